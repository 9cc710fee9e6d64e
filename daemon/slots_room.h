/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Class slots when all are taken: a slot stays with its id for ever, and a town that renames services for years would
 * one day not start any more. Then, and only then, ids that neither policy has are forgotten.
 */
#include "../policy/planner.h"

/* As slots_assign() for `policy`, with room made where there is none; `also` (or NULL) keeps its ids. 0, -ENOMEM,
 * -ENOSPC: there are more ids than slots. */
int slots_assign_room(struct slots *slots, const struct policy *policy, const struct policy *also);
