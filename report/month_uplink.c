/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what was bought is held against what the line gave, by the device's own counters, the minutes in which
 * somebody watched it, and each outage. What was lent to the public and what lay idle are told beside it.
 */
#include "month_parts.h"
#include <errno.h>
#include "../lib/units.h"

/* ---- minutes ---- */

struct minutes {
	const struct span *span;
	struct ledger_availability *out;
};

static int on_minutes(const struct ledger_availability *day, void *userdata)
{
	const struct minutes *minutes = userdata;

	minutes->out[day->day - minutes->span->from_day] = *day;
	return 0;
}

int minutes_load(struct ledger *ledger, const struct span *span, struct ledger_availability *out)
{
	struct minutes minutes = {span, out};

	for (unsigned i = 0; i < span->days; i++)
		out[i] = (struct ledger_availability){.day = span->from_day + (int32_t)i};
	return ledger_availabilities(ledger, span->from_day, span->until_day, on_minutes, &minutes);
}

uint32_t month_available(uint32_t measured_min, uint32_t down_min)
{
	return split_permyriad(measured_min - MIN(down_min, measured_min), measured_min);
}

static void add_minutes(struct maker *maker)
{
	struct report_uplink *uplink = &maker->month->uplink;

	for (unsigned i = 0; i < maker->basis.span.days; i++) {
		const struct ledger_availability *day = &maker->minutes[i];

		uplink->measured_min += day->measured_min;
		uplink->down_min += day->down_min;
		uplink->carrier_min += day->carrier_min;
		uplink->silent_min += day->silent_min;
		uplink->loss_min += day->loss_min;
	}
	uplink->available_permyriad = month_available(uplink->measured_min, uplink->down_min);
}

/* ---- outages and tests ---- */

static int on_outage(const struct ledger_outage *outage, void *userdata)
{
	const struct maker *maker = userdata;
	const struct span *span = &maker->basis.span;
	struct report_uplink *uplink = &maker->month->uplink;
	int64_t last = CLAMP(span->now_usec, span_begin(span), span_end(span));
	int64_t until = outage->ended_wall_usec ? outage->ended_wall_usec : last;
	struct report_outage *more =
	    reallocarray(uplink->outages, uplink->n_outages + 1, sizeof(*uplink->outages));

	if (!more)
		return -ENOMEM;
	uplink->outages = more;
	more = &uplink->outages[uplink->n_outages++];
	*more = (struct report_outage){.cause = outage->cause};
	more->began_sec = MAX(outage->began_wall_usec, span_begin(span)) / USEC_PER_SEC;
	until = MIN(until, span_end(span)) / USEC_PER_SEC;
	more->seconds = (uint32_t)MAX(until - more->began_sec, 0);
	more->ended_sec = outage->ended_wall_usec ? until : 0;
	uplink->outage_sec += more->seconds;
	return 0;
}

static int on_test(const struct ledger_test *test, void *userdata)
{
	const struct maker *maker = userdata;
	struct report_uplink *uplink = &maker->month->uplink;
	struct ledger_test *more = reallocarray(uplink->tests, uplink->n_tests + 1, sizeof(*more));

	if (!more)
		return -ENOMEM;
	uplink->tests = more;
	uplink->tests[uplink->n_tests++] = *test;
	return 0;
}

/* ---- days ---- */

static uint64_t spare(struct policy_rate bought, const struct report_uplink_day *day, uint32_t measured_sec)
{
	__int128 could = ((__int128)bought.down_bps + bought.up_bps) * measured_sec / 8;
	__int128 did = (__int128)(int64_t)day->down_bytes + (int64_t)day->up_bytes;

	return (uint64_t)CLAMP(could - did, 0, (__int128)INT64_MAX);
}

static void make_day(const struct maker *maker, const struct member *uplink, unsigned at,
		     struct report_uplink_day *out)
{
	const struct span *span = &maker->basis.span;
	const struct member_day *day = uplink ? &uplink->days[at] : NULL;

	out->day = span->from_day + (int32_t)at;
	out->down_bytes = day ? (uint64_t)day->down_bytes : 0;
	out->up_bytes = day ? (uint64_t)day->up_bytes : 0;
	out->measured_min = maker->minutes[at].measured_min;
	out->down_min = maker->minutes[at].down_min;
	out->spare_bytes = spare(
	    timeline_bought(&maker->timeline, maker->settings->policy, span->midnight_usec[at + 1], NULL),
	    out, day ? day->measured_sec : 0);
}

/* What zones got, on the days of the uplink. */
static void add_zone(struct report_uplink *uplink, const struct member *zone)
{
	for (size_t i = 0; i < uplink->n_days; i++) {
		uplink->days[i].lent_bytes += zone->days[i].borrowed;
		uplink->days[i].public_bytes += (uint64_t)(zone->days[i].down_bytes + zone->days[i].up_bytes);
	}
}

static int make_days(struct maker *maker, const struct member *member)
{
	struct report_uplink *uplink = &maker->month->uplink;

	uplink->n_days = maker->basis.span.seen;
	uplink->days = calloc(uplink->n_days + 1, sizeof(*uplink->days));
	if (!uplink->days)
		return -ENOMEM;
	for (unsigned i = 0; i < uplink->n_days; i++)
		make_day(maker, member, i, &uplink->days[i]);
	for (size_t i = 0; i < maker->basis.n; i++)
		if (maker->basis.members[i].kind == LEDGER_ZONE)
			add_zone(uplink, &maker->basis.members[i]);
	return 0;
}

static void sum_days(struct report_month *month)
{
	for (size_t i = 0; i < month->uplink.n_days; i++) {
		const struct report_uplink_day *day = &month->uplink.days[i];

		month->lent_bytes += day->lent_bytes;
		month->public_bytes += day->public_bytes;
		month->spare_bytes += day->spare_bytes;
	}
}

/* ---- hours ---- */

static uint64_t hourly(const struct ledger_flow *flow)
{
	return (flow->bytes - MIN(flow->late_bytes, flow->bytes)) * 8 / 3600;
}

static int on_hour(const struct ledger_usage *hour, void *userdata)
{
	struct maker *maker = userdata;
	struct report_uplink *uplink = &maker->month->uplink;
	unsigned at = span_day(&maker->basis.span, hour->at * USEC_PER_SEC);
	uint64_t down = hourly(&hour->part.down), up = hourly(&hour->part.up);

	if (at >= uplink->n_days)
		return 0;
	uplink->days[at].busy_down_bps = MAX(uplink->days[at].busy_down_bps, down);
	uplink->days[at].busy_up_bps = MAX(uplink->days[at].busy_up_bps, up);
	uplink->busy_down_bps = MAX(uplink->busy_down_bps, down);
	uplink->busy_up_bps = MAX(uplink->busy_up_bps, up);
	return 0;
}

static int load_hours(struct maker *maker)
{
	const struct span *span = &maker->basis.span;
	const struct ledger_query query = {LEDGER_HOURS, span_begin(span) / USEC_PER_SEC,
					   span_end(span) / USEC_PER_SEC, LEDGER_UPLINK, ""};

	return ledger_usage(maker->ledger, &query, on_hour, maker);
}

/* ---- all of it ---- */

static void measure(struct maker *maker, const struct member *member)
{
	const struct span *span = &maker->basis.span;
	struct report_uplink *uplink = &maker->month->uplink;
	const struct ledger_percentile *percentile = rates_of(&maker->rates, LEDGER_UPLINK, "");
	struct policy_rate bought = timeline_bought(&maker->timeline, maker->settings->policy, span_end(span),
						    &uplink->headroom_percent);
	uint32_t seen = (uint32_t)((UINT64_C(1) << span->seen) - 1);
	static const struct member nobody;

	member = member ? member : &nobody;
	month_rate(&uplink->down, &member->down, member->corrected_down, span_seconds(span, seen),
		   (struct policy_rate){bought.down_bps, bought.down_bps});
	month_rate(&uplink->up, &member->up, member->corrected_up, span_seconds(span, seen),
		   (struct policy_rate){bought.up_bps, bought.up_bps});
	uplink->rated = percentile && percentile->samples > 0;
	if (percentile)
		month_rated(&uplink->down, &uplink->up, percentile);
	uplink->month_min = (uint32_t)(span_seconds(span, seen) / 60);
}

static void add_others(struct maker *maker)
{
	struct report_uplink *uplink = &maker->month->uplink;
	const struct member *own = basis_find(&maker->basis, LEDGER_OWN, "");
	const struct member *nobodys = basis_find(&maker->basis, LEDGER_UNATTRIBUTED, "");

	uplink->own_down = own ? member_down(own) : 0;
	uplink->own_up = own ? member_up(own) : 0;
	uplink->unattributed_down = nobodys ? member_down(nobodys) : 0;
	uplink->unattributed_up = nobodys ? member_up(nobodys) : 0;
}

int month_uplink(struct maker *maker)
{
	const struct span *span = &maker->basis.span;
	const struct member *member = basis_find(&maker->basis, LEDGER_UPLINK, "");
	int r;

	add_minutes(maker);
	measure(maker, member);
	add_others(maker);
	r = make_days(maker, member);
	if (r < 0)
		return r;
	sum_days(maker->month);
	r = load_hours(maker);
	if (r == 0)
		r = ledger_outages(maker->ledger, span_begin(span), span_end(span), on_outage, maker);
	return r == 0 ? ledger_tests(maker->ledger, span_begin(span), span_end(span), on_test, maker) : r;
}
