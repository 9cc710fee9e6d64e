/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * When the timer's report is due: on the first working day of a month, for the month before: the first day on which site.schedule is inside at some time
 * (holidays and periods count). Pure.
 */
#include "../policy/policy.h"

/* The first working day of `month`; where it has none, its first day. */
int32_t due_day(const struct policy *policy, int32_t month);
