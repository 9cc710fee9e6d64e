/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: figures without their gaps and corrections would claim more than was seen, and without the chain
 * nobody could tell whether they were altered. All of them are told, none is weighed here.
 */
#include "month_parts.h"
#include <errno.h>
#include "../lib/units.h"

static int on_gap(const struct ledger_gap *gap, void *userdata)
{
	const struct maker *maker = userdata;
	const struct span *span = &maker->basis.span;
	struct report_month *month = maker->month;
	int64_t from =
	    MIN(gap->from_wall_usec, gap->to_wall_usec); /* a clock that was set back is one, too */
	int64_t until = MAX(gap->from_wall_usec, gap->to_wall_usec);
	struct report_gap *more = reallocarray(month->gaps, month->n_gaps + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	month->gaps = more;
	from = MAX(from, span_begin(span)) / USEC_PER_SEC;
	until = MIN(until, span_end(span)) / USEC_PER_SEC;
	month->gaps[month->n_gaps++] = (struct report_gap){*gap, (uint32_t)MAX(until - from, 0)};
	return 0;
}

static int on_correction(const struct ledger_correction *correction, void *userdata)
{
	struct report_month *month = userdata;
	struct ledger_correction *more =
	    reallocarray(month->corrections, month->n_corrections + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	month->corrections = more;
	month->corrections[month->n_corrections++] = *correction;
	return 0;
}

static int on_closed(const struct ledger_day *day, void *userdata)
{
	struct report_month *month = userdata;

	month->hash_day = day->day;
	for (size_t i = 0; i < sizeof(day->hash); i++)
		snprintf(&month->hash[2 * i], 3, "%02x", day->hash[i]);
	return 0;
}

/* A month is final once it is over and its last day with rows is closed: from then on nothing is added to it.
 */
static bool is_open(const struct maker *maker)
{
	const struct basis *basis = &maker->basis;

	return basis->span.now_usec < span_end(&basis->span) ||
	       (basis->last_day != INT32_MIN &&
		(!maker->month->hash[0] || maker->month->hash_day < basis->last_day));
}

int month_happened(struct maker *maker)
{
	const struct span *span = &maker->basis.span;
	struct report_month *month = maker->month;
	int r = ledger_gaps(maker->ledger, span_begin(span), span_end(span), on_gap, maker);

	if (r == 0)
		r = ledger_corrections(maker->ledger, span->from_day, span->until_day, on_correction, month);
	if (r == 0)
		r = ledger_days(maker->ledger, span->from_day, span->until_day, on_closed, month);
	month->provisional = is_open(maker);
	month->recorded = maker->rates.recorded;
	month->assumed = maker->timeline.first_usec > span_begin(span);
	if (maker->timeline.first_usec != INT64_MAX)
		month->assumed_day = span_local_day(maker->timeline.first_usec);
	return r;
}
