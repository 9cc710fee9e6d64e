/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the kernel would be told if a configuration were applied now: asked of the shaper, who tells and does
 * nothing.
 */
#include "control.h"
#include "../policy/planner.h"

/* Answers the ticket with `document` (stolen) and "operations" in it, one line each, or "operations_error". `in` is what would be planned;
 * blocks and sessions are added here. */
void plan_try(const struct ticket *ticket, const struct planner_input *in, enum control_status status,
	      json_t *document);
