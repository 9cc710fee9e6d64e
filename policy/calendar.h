/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * When a schedule is inside its windows, and when that changes. Pure: policy and a wall time in, an answer out.
 * Windows belong to the local civil day on which they start: a window across midnight that starts on a working day runs
 * on into a holiday; a holiday or a period decides by the day of the start. On a holiday `holidays = true` wins over a period.
 */
#include "policy.h"

enum calendar_cause_kind {
	CALENDAR_WINDOW,	/* an ordinary window begins or ends */
	CALENDAR_HOLIDAY,	/* the state is or would be otherwise but for a holiday: name says which */
	CALENDAR_PERIOD,	/* by the windows of a dated period: name says which */
	CALENDAR_OVERRIDE	/* a person's override ends */
};

bool calendar_inside(const struct policy *policy, const struct policy_schedule *schedule, int64_t wall_usec);

struct calendar_change {
	int64_t wall_usec; /* when; 0: no change within the horizon (400 days) */
	bool inside;	   /* the state from then on */
	enum calendar_cause_kind cause;
	const char *name; /* of the holiday or period, points into the policy; NULL */
};
/* The first instant after `wall_usec` at which calendar_inside() differs from now. */
struct calendar_change calendar_next(const struct policy *policy, const struct policy_schedule *schedule, int64_t wall_usec);

/* Why the schedule is in the state that it has at `wall_usec` (a holiday, a period, an ordinary window). */
struct calendar_change calendar_state(const struct policy *policy, const struct policy_schedule *schedule, int64_t wall_usec);

/* Civil dates (proleptic Gregorian), days since 1970-01-01. */
int32_t calendar_day(int year, int month, int day);
void calendar_civil(int32_t day, int *year, int *month, int *mday);
bool calendar_date_valid(int year, int month, int day);
int32_t calendar_day_of(int64_t wall_usec); /* local */

/* Every wall time in [from, to) at which a schedule of the policy may begin or end a window, sorted, without
 * duplicates: the instants at which anything can change. malloc'd; count or -ENOMEM. */
ssize_t calendar_instants(const struct policy *policy, int64_t from_usec, int64_t to_usec, int64_t **out);
/* Local days that together show every state which the calendar can ever reach: a week on each side of
 * each date at which a holiday or period begins or ends, or one plain week. malloc'd, sorted; count or -ENOMEM. */
ssize_t calendar_sample_days(const struct policy *policy, int32_t **out);
