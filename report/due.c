/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a letter that is dated on a Sunday or a holiday was written by a machine, and people do not sign
 * those. It must never read a clock.
 */
#include "due.h"
#include "../lib/clock.h"
#include "../policy/calendar.h"

static int32_t first_day(int32_t month)
{
	return calendar_day(month / 12, month % 12 + 1, 1);
}

static int64_t midnight(int32_t day)
{
	int year, month, mday;

	calendar_civil(day, &year, &month, &mday);
	return clock_from_local(year, month, mday, 0, 0, 0);
}

static bool is_working_day(const struct policy *policy, int32_t day)
{
	const int64_t begins = midnight(day);
	struct calendar_change next;

	if (calendar_inside(policy, policy->site_schedule, begins))
		return true;
	next = calendar_next(policy, policy->site_schedule, begins);
	return next.wall_usec && next.inside && next.wall_usec < midnight(day + 1);
}

int32_t due_day(const struct policy *policy, int32_t month)
{
	const int32_t first = first_day(month), end = first_day(month + 1);

	for (int32_t day = first; policy->site_schedule && day < end; day++)
		if (is_working_day(policy, day))
			return day;
	return first;
}
