// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: where a month begins and ends decides a bill. Local midnight is asked of the site's zone each time, so
 * a day of 23 or 25 hours is a day; nothing is rounded: a time that no row begins at is refused.
 */
#include "span.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "../lib/clock.h"
#include "../lib/units.h"
#include "../policy/calendar.h"
#include "dates.h"
#include "words.h"

#define YEAR_LEAST 1971 /* no row is older, and a month before is still a number */

static int bad(enum word why, const char *typed)
{
	complain(why, typed);
	return -EINVAL;
}

static int read_month(const char *typed, int32_t *month)
{
	char date[32];
	int64_t wall_usec;

	if (strlen(typed) != 7 || snprintf(date, sizeof(date), "%s-01 00:00", typed) < 0 ||
	    clock_parse(date, &wall_usec) < 0 || atoi(typed) < YEAR_LEAST)
		return bad(WORD_BAD_MONTH, typed);
	*month = atoi(typed) * 12 + atoi(typed + 5) - 1;
	return 0;
}

/* "YYYY-MM-DD", whose day it then is, or with a time. */
static int read_instant(const char *typed, int after, bool any_minute, int64_t *sec)
{
	char text[40];
	int64_t wall_usec;

	if (strlen(typed) == 10) {
		snprintf(text, sizeof(text), "%s 12:00", typed);
		if (clock_parse(text, &wall_usec) < 0 || atoi(typed) < YEAR_LEAST)
			return bad(WORD_BAD_DATE, typed);
		*sec = date_day_begins(calendar_day_of(wall_usec) + after);
		return 0;
	}
	if (clock_parse(typed, &wall_usec) < 0 || atoi(typed) < YEAR_LEAST)
		return bad(WORD_BAD_DATE, typed);
	*sec = wall_usec / USEC_PER_SEC;
	return any_minute || *sec % LEDGER_ROW_SEC == 0 ? 0 : bad(WORD_NO_ROW, typed);
}

static int32_t day_of(int64_t sec)
{
	return calendar_day_of(sec * USEC_PER_SEC);
}

static bool begins_day(int64_t sec)
{
	return date_day_begins(day_of(sec)) == sec;
}

static bool begins_month(int64_t sec)
{
	return date_month_begins(date_month_of(day_of(sec))) == sec;
}

static bool begins_hour(int64_t sec)
{
	struct tm tm = clock_local(sec * USEC_PER_SEC);

	return tm.tm_min == 0 && tm.tm_sec == 0;
}

static enum ledger_grain coarsest(int64_t from, int64_t until)
{
	if (begins_month(from) && begins_month(until))
		return LEDGER_MONTHS;
	if (begins_day(from) && begins_day(until))
		return LEDGER_DAYS;
	return begins_hour(from) && begins_hour(until) ? LEDGER_HOURS : LEDGER_ROWS;
}

static int32_t first_day_in(int64_t sec)
{
	return day_of(sec) + !begins_day(sec);
}

static void fill(int64_t from_sec, int64_t until_sec, struct span *out)
{
	struct ledger_query query;

	*out = (struct span){.from_sec = from_sec, .until_sec = until_sec, .month = -1};
	out->from_day = first_day_in(from_sec);
	out->until_day = MAX(day_of(until_sec), out->from_day);
	out->grain = coarsest(from_sec, until_sec);
	query = span_query(out, out->grain);
	out->from = query.from;
	out->until = query.until;
	if (out->grain == LEDGER_MONTHS && out->until == out->from + 1)
		out->month = (int32_t)out->from;
}

static int read_range(const struct span_typed *typed, int64_t now_wall_usec, struct span *out)
{
	int64_t from = 0, until = date_day_begins(calendar_day_of(now_wall_usec) + 1);
	int r = typed->until ? read_instant(typed->until, 1, typed->any_minute, &until) : 0;

	if (r == 0 && typed->since)
		r = read_instant(typed->since, 0, typed->any_minute, &from);
	else if (r == 0)
		from = date_month_begins(date_month_of(day_of(until - 1)));
	if (r < 0)
		return r;
	if (from >= until)
		return bad(WORD_SPAN_EMPTY, typed->since ? typed->since : typed->until);
	fill(from, until, out);
	return 0;
}

int span_read(const struct span_typed *typed, int64_t now_wall_usec, struct span *out)
{
	int32_t month = date_month_of(calendar_day_of(now_wall_usec));

	if (typed->month && (typed->since || typed->until)) {
		complain(WORD_MONTH_OR_SINCE);
		return -EINVAL;
	}
	if (typed->since || typed->until)
		return read_range(typed, now_wall_usec, out);
	if (typed->month && read_month(typed->month, &month) < 0)
		return -EINVAL;
	fill(date_month_begins(month), date_month_begins(month + 1), out);
	return 0;
}

static int32_t first_month_in(int64_t sec)
{
	return date_month_of(day_of(sec)) + !begins_month(sec);
}

struct ledger_query span_query(const struct span *span, enum ledger_grain grain)
{
	struct ledger_query query = {.grain = grain, .from = span->from_sec, .until = span->until_sec};

	switch (grain) {
	case LEDGER_ROWS:
	case LEDGER_HOURS:
		break;
	case LEDGER_DAYS:
		query.from = span->from_day;
		query.until = span->until_day;
		break;
	case LEDGER_MONTHS:
		query.from = first_month_in(span->from_sec);
		query.until = MAX(date_month_of(day_of(span->until_sec)), query.from);
		break;
	}
	return query;
}
