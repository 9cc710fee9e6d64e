/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Whether the services and marks of a plan are those of the offices that the configuration names.
 */
#include <stddef.h>
#include "../lib/plan.h"
#include "../policy/policy.h"

/* Which office of the configuration each `rest` class of the plan stands for, by the prefixes in it: index
 * plus one, 0: nobody's. */
struct bounds_owners {
	uint16_t office_plus_1[PLAN_SLOTS];
};

/* 0; -EPERM with the rule and the value in `text`; -ENOMEM. The plan is sorted, its classes' parents have
 * been judged. */
int bounds_services(const struct policy *policy, const struct plan *plan, const struct bounds_owners *owners,
		    char *text, size_t size);
