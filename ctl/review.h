/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * `gerbang plan` and `gerbang diff` for people: what is set otherwise, what that changes now and in each coming state, who feels it.
 */
#include <jansson.h>

void render_review(const json_t *document); /* the daemon's "plan": daemon/plan_review.h */
