/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Parts of render_status() and render_plan(): what stands before the tables, and the table of round trips.
 */
#include <jansson.h>

void render_head(const json_t *status);
void render_latency(const json_t *status); /* nothing where nothing was measured */
