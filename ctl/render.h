/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The daemon's and the policy library's JSON for people: aligned tables, units, colour on a terminal. A key
 * that is missing shows as "-", never as a failure: an older or newer daemon may answer.
 */
#include <jansson.h>

void render_json(const json_t *document); /* as it is, one document */
void render_status(const json_t *status);
void render_sessions(const json_t *sessions);
void render_plan(const json_t *document); /* {"plan", "changes"} */
/* [{"what", "id", "key", "from", "to"}, ...]: one line for each office or zone; none: says so. */
void render_changes(const json_t *changes);
void render_schedule(const json_t *schedule);
void render_done(const json_t *document);  /* what an order's answer says, or that it is done */
void render_apply(const json_t *document); /* {"text", "warnings", "changes"} */
