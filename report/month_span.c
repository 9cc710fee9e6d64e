/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a month is local days, and where these begin is asked of the calendar once, not at every row. No
 * clock: how far the month has come is told.
 */
#include "month_parts.h"
#include "../ledger/civil.h"
#include "../lib/clock.h"
#include "../lib/units.h"

static unsigned days_begun(const struct span *span)
{
	unsigned n = 0;

	while (n < span->days && span->midnight_usec[n] < span->now_usec)
		n++;
	return n;
}

void span_of(int32_t month, int64_t now_usec, struct span *out)
{
	*out = (struct span){
	    .month = month,
	    .from_day = civil_first_day(month),
	    .until_day = civil_first_day(month + 1),
	    .now_usec = now_usec,
	};
	out->days = (unsigned)(out->until_day - out->from_day);
	for (unsigned i = 0; i <= out->days; i++)
		out->midnight_usec[i] = civil_midnight_usec(out->from_day + (int32_t)i);
	out->seen = days_begun(out);
}

unsigned span_day(const struct span *span, int64_t wall_usec)
{
	unsigned day = 0;

	while (day + 1 < span->days && span->midnight_usec[day + 1] <= wall_usec)
		day++;
	return day;
}

static int64_t length_usec(const struct span *span, unsigned day)
{
	int64_t from = span->midnight_usec[day], until = span->midnight_usec[day + 1];

	return (span->now_usec > from && span->now_usec < until ? span->now_usec : until) - from;
}

int64_t span_seconds(const struct span *span, uint32_t days)
{
	int64_t usec = 0;

	for (unsigned i = 0; i < span->days; i++)
		if (days & (UINT32_C(1) << i))
			usec += length_usec(span, i);
	return usec / USEC_PER_SEC;
}

int32_t span_local_day(int64_t wall_usec)
{
	struct tm local = clock_local(wall_usec);
	int64_t sec = wall_usec / USEC_PER_SEC + local.tm_gmtoff;

	return (int32_t)(sec / 86400 - (sec % 86400 < 0));
}
