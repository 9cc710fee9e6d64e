/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Parts of render_status() and render_plan(): what stands before the tables, and the table of round trips.
 */
#include <jansson.h>
#include "words.h"

void render_head(const json_t *status);
void render_latency(const json_t *status); /* nothing where nothing was measured */
/* What quotas, ledger and evidence have to say: nothing where all is well. */
void render_books(const json_t *status, const char *today);
void render_label(enum word key); /* "Uplink            " */
