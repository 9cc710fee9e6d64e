/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Whether the classes of a plan fit the budget that the configuration gives, and one another.
 */
#include <stddef.h>
#include "../lib/plan.h"
#include "../policy/policy.h"

/* 0; -EPERM with the rule and the value in `text`; -ENOMEM. The plan is sorted. */
int bounds_classes(const struct policy *policy, const struct plan *plan, char *text, size_t size);
