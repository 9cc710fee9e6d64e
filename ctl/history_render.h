/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The history for people, and what of it stands in the status.
 */
#include <jansson.h>
#include <stdbool.h>

void render_history(const json_t *document);
/* The lines of `gerbang status`; nothing where the daemon says nothing of its configuration. */
void render_configuration(const json_t *status, const char *today);
/* Only that something is on trial, and how long still. False: nothing is. */
bool render_trial(const json_t *status, const char *today);
