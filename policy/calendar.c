/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Windows, holidays and periods -> inside or outside, and the next edge. All reckoning is in local minutes
 * (day * 1440
 * + minute of the day), where 24:00 meets 00:00 by itself; only an edge's instant goes through the time zone,
 * so that a day of 23 or 25 hours needs no rule of its own. It must never read a clock or keep state.
 */
#include "calendar.h"
#include "../lib/cleanup.h"
#include "../lib/clock.h"

#define DAY_MINUTES ((int64_t)1440)
#define HORIZON_DAYS 400
#define NEVER INT64_MAX
/* Longer than any daylight saving step: within it, local minutes and instants may be in another order. */
#define STEP_MINUTES 180

/* ---- civil dates; the algorithms are Howard Hinnant's "chrono-compatible low-level date algorithms" ---- */

int32_t calendar_day(int year, int month, int day)
{
	int y = year - (month <= 2);
	int era = (y >= 0 ? y : y - 399) / 400;
	int year_of_era = y - era * 400;
	int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

void calendar_civil(int32_t day, int *year, int *month, int *mday)
{
	int shifted = day + 719468;
	int era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int day_of_era = shifted - era * 146097;
	int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int m = (5 * day_of_year + 2) / 153; /* March is 0 */

	*month = m < 10 ? m + 3 : m - 9;
	*year = year_of_era + era * 400 + (*month <= 2);
	*mday = day_of_year - (153 * m + 2) / 5 + 1;
}

bool calendar_date_valid(int year, int month, int day)
{
	int y, m, d;

	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31)
		return false;
	calendar_civil(calendar_day(year, month, day), &y, &m, &d);
	return y == year && m == month && d == day;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int32_t day_of_minute(int64_t minute)
{
	return (int32_t)floor_div(minute, DAY_MINUTES);
}

static int weekday(int32_t day)
{
	return (int)(((int64_t)day % 7 + 11) % 7); /* day 0 was a Thursday */
}

static int64_t local_minute(int64_t wall_usec)
{
	struct tm tm = clock_local(wall_usec);

	return calendar_day(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday) * DAY_MINUTES + tm.tm_hour * 60 +
	       tm.tm_min;
}

static int64_t minute_instant(int64_t minute)
{
	int32_t day = day_of_minute(minute);
	int in_day = (int)(minute - day * DAY_MINUTES), y, m, d;

	calendar_civil(day, &y, &m, &d);
	return clock_from_local(y, m, d, in_day / 60, in_day % 60, 0);
}

int32_t calendar_day_of(int64_t wall_usec)
{
	return day_of_minute(local_minute(wall_usec));
}

/* ---- which windows a day has ---- */

struct calendar {
	const struct policy *policy;
	const struct policy_schedule *schedule;
};

struct windows {
	const struct policy_window *rows;
	size_t n;
};

static const struct policy_holiday *holiday_on(const struct calendar *c, int32_t day)
{
	return c->schedule->holidays ? policy_holiday(c->policy, day) : NULL;
}

static const struct policy_period *period_on(const struct calendar *c, int32_t day)
{
	for (size_t i = 0; i < c->schedule->n_periods; i++)
		if (c->schedule->periods[i].from_day <= day && day <= c->schedule->periods[i].to_day)
			return &c->schedule->periods[i];
	return NULL;
}

static struct windows plain_windows(const struct calendar *c)
{
	return (struct windows){c->schedule->windows, c->schedule->n_windows};
}

/* As if the day were no holiday. */
static struct windows working_windows(const struct calendar *c, int32_t day)
{
	const struct policy_period *period = period_on(c, day);

	return period ? (struct windows){period->windows, period->n_windows} : plain_windows(c);
}

static struct windows windows_on(const struct calendar *c, int32_t day)
{
	return holiday_on(c, day) ? (struct windows){0} : working_windows(c, day);
}

/* The latest end of those of these windows that start on `day` and contain `minute`; `minute` itself if none
 * does. */
static int64_t windows_reach(struct windows windows, int32_t day, int64_t minute)
{
	int64_t offset = minute - day * DAY_MINUTES, reach = offset;

	for (size_t i = 0; i < windows.n; i++) {
		const struct policy_window *w = &windows.rows[i];

		if (w->weekday == weekday(day) && w->start_minute <= offset && offset < w->end_minute)
			reach = MAX(reach, (int64_t)w->end_minute);
	}
	return reach + day * DAY_MINUTES;
}

/* A window ends at the latest with the day after its start: two days are all that can contain a minute. */
static int64_t reach(const struct calendar *c, int64_t minute)
{
	int32_t day = day_of_minute(minute);
	int64_t today = windows_reach(windows_on(c, day), day, minute);
	int64_t yesterday = windows_reach(windows_on(c, day - 1), day - 1, minute);

	return MAX(today, yesterday);
}

static bool inside_minute(const struct calendar *c, int64_t minute)
{
	return reach(c, minute) > minute;
}

/* ---- edges ---- */

static int64_t first_start_after(struct windows windows, int32_t day, int64_t minute)
{
	int64_t best = NEVER;

	for (size_t i = 0; i < windows.n; i++) {
		int64_t start = day * DAY_MINUTES + windows.rows[i].start_minute;

		if (windows.rows[i].weekday == weekday(day) && start > minute)
			best = MIN(best, start);
	}
	return best;
}

static int64_t next_start(const struct calendar *c, int64_t minute, int64_t limit)
{
	for (int32_t day = day_of_minute(minute); day * DAY_MINUTES < limit; day++) {
		int64_t start = first_start_after(windows_on(c, day), day, minute);

		if (start < limit)
			return start;
	}
	return NEVER;
}

static int64_t next_end(const struct calendar *c, int64_t minute, int64_t limit)
{
	for (int64_t end = reach(c, minute); end < limit; minute = end, end = reach(c, minute))
		if (end == minute)
			return end;
	return NEVER;
}

/* The first minute in (minute, limit) at which the state is another. */
static int64_t next_edge(const struct calendar *c, int64_t minute, int64_t limit)
{
	return inside_minute(c, minute) ? next_end(c, minute, limit) : next_start(c, minute, limit);
}

/* The minute of the last edge before or at `wall_usec` (or one some hours back): the state since then is the
 * state now. */
static int64_t locate(const struct calendar *c, int64_t wall_usec)
{
	int64_t now = local_minute(wall_usec), minute = now - STEP_MINUTES;

	for (;;) {
		int64_t edge = next_edge(c, minute, now + STEP_MINUTES);

		if (edge == NEVER || minute_instant(edge) > wall_usec)
			return minute;
		minute = edge;
	}
}

/* ---- causes ---- */

static bool contains(struct windows windows, int32_t day, int64_t minute)
{
	return windows_reach(windows, day, minute) > minute;
}

/* Outside at `minute`, but inside had there been no holiday (or, failing that, no period). */
static bool suppressed(const struct calendar *c, int64_t minute, struct calendar_change *out)
{
	int32_t today = day_of_minute(minute);

	for (int32_t day = today; day >= today - 1; day--) {
		const struct policy_holiday *holiday = holiday_on(c, day);

		if (holiday && contains(working_windows(c, day), day, minute)) {
			out->cause = CALENDAR_HOLIDAY;
			out->name = holiday->name;
			return true;
		}
	}
	for (int32_t day = today; day >= today - 1; day--) {
		const struct policy_period *period = period_on(c, day);

		if (period && !holiday_on(c, day) && contains(plain_windows(c), day, minute)) {
			out->cause = CALENDAR_PERIOD;
			out->name = period->name;
			return true;
		}
	}
	return false;
}

/* Which windows put `minute` inside. */
static void set_source(const struct calendar *c, int64_t minute, struct calendar_change *out)
{
	int32_t day = day_of_minute(minute);
	const struct policy_period *period;

	if (!contains(windows_on(c, day), day, minute))
		day--;
	period = period_on(c, day);
	out->cause = period ? CALENDAR_PERIOD : CALENDAR_WINDOW;
	out->name = period ? period->name : NULL;
}

static struct calendar_change edge_change(const struct calendar *c, int64_t edge)
{
	struct calendar_change change = {.wall_usec = minute_instant(edge), .inside = inside_minute(c, edge)};
	int64_t outside = change.inside ? edge - 1 : edge;
	int64_t inside = change.inside ? edge : edge - 1;

	if (!suppressed(c, outside, &change))
		set_source(c, inside, &change);
	return change;
}

/* ---- what the header promises ---- */

bool calendar_inside(const struct policy *policy, const struct policy_schedule *schedule, int64_t wall_usec)
{
	struct calendar c = {policy, schedule};

	return inside_minute(&c, locate(&c, wall_usec));
}

struct calendar_change calendar_next(const struct policy *policy, const struct policy_schedule *schedule,
				     int64_t wall_usec)
{
	struct calendar c = {policy, schedule};
	int64_t limit = local_minute(wall_usec) + HORIZON_DAYS * DAY_MINUTES;
	int64_t minute = locate(&c, wall_usec);
	bool now = inside_minute(&c, minute);

	for (;;) {
		int64_t edge = next_edge(&c, minute, limit), at;

		if (edge == NEVER)
			return (struct calendar_change){.inside = now};
		/* Two edges may fall together, or change places, where the clocks go forward. */
		at = minute_instant(edge);
		minute = MAX(edge, locate(&c, at));
		if (inside_minute(&c, minute) != now)
			return edge_change(&c, edge);
	}
}

struct calendar_change calendar_state(const struct policy *policy, const struct policy_schedule *schedule,
				      int64_t wall_usec)
{
	struct calendar c = {policy, schedule};
	int64_t minute = MAX(locate(&c, wall_usec), local_minute(wall_usec));
	struct calendar_change state = {.wall_usec = wall_usec, .inside = inside_minute(&c, minute)};

	if (state.inside)
		set_source(&c, minute, &state);
	else if (!suppressed(&c, minute, &state))
		state.cause = CALENDAR_WINDOW;
	return state;
}
