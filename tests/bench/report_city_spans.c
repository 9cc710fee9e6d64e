// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: outages and gaps decide availability, refunds and percentiles, so a made-up city has them where
 * mistakes live: across midnight, across a month's end, one inside another day, one that is not over. They
 * are the same in every table: what was down carried nothing.
 */
#include "report_city.h"
#include <stdio.h>
#include <string.h>
#include "../../ledger/civil.h"
#include "../../lib/cleanup.h"
#include "../../ledger/month.h"
#include "../../lib/units.h"

#define MINUTE 60
#define DAY 86400

static int64_t midnight(int32_t day)
{
	return civil_midnight_usec(day) / USEC_PER_SEC;
}

static void put(struct span *spans, size_t *n, int64_t from, int64_t length, unsigned cause, bool lost)
{
	if (*n < TALE_SPANS && !tale_span(spans, *n, from) && !tale_span(spans, *n, from + length))
		spans[(*n)++] = (struct span){from, from + length, cause, lost};
}

static void outages_of(struct tale *tale, int32_t day)
{
	uint64_t luck = tale_dice(tale, 11, (uint64_t)day);
	bool last = civil_month(day + 1) != civil_month(day);

	if (!tale->calm && last) /* into the next month, and not in whole seconds */
		put(tale->outages, &tale->n_outages, midnight(day + 1) - 17 * MINUTE - 11, 40 * MINUTE + 25,
		    LEDGER_OUTAGE_SILENT, false);
	else if (luck % (tale->calm ? 11 : 6) == 0)
		put(tale->outages, &tale->n_outages,
		    midnight(day) + (int64_t)(luck / 16 % (22 * 60)) * MINUTE + (int64_t)(luck / 4096 % 50),
		    (int64_t)(3 + luck / 65536 % (tale->calm ? 55 : 75)) * MINUTE +
			(int64_t)(luck / 997 % 60),
		    1 + (unsigned)(luck / 7 % 3), false);
}

static void gaps_of(struct tale *tale, int32_t day)
{
	static const struct {
		unsigned cause;
		bool lost;
	} kinds[] = {{LEDGER_GAP_DAEMON, false}, {LEDGER_GAP_POWER, true},    {LEDGER_GAP_SHAPER, false},
		     {LEDGER_GAP_DISK, false},	 {LEDGER_GAP_COUNTERS, true}, {LEDGER_GAP_CLOCK, false}};
	uint64_t luck = tale_dice(tale, 12, (uint64_t)day);
	size_t kind = luck / 8 % ELEMENTS(kinds);
	bool last = civil_month(day + 1) != civil_month(day);

	if (!tale->calm && last)
		put(tale->gaps, &tale->n_gaps, midnight(day + 1) - 130, 400, LEDGER_GAP_POWER, true);
	else if (luck % (tale->calm ? 17 : 5) == 0)
		put(tale->gaps, &tale->n_gaps, midnight(day) + (int64_t)(luck / 64 % (20 * 3600)),
		    20 + (int64_t)(luck / 4096 % 2500), kinds[kind].cause, kinds[kind].lost);
}

void tale_spans(struct tale *tale)
{
	for (int32_t day = tale->city.from_day; day < tale->city.until_day; day++) {
		outages_of(tale, day);
		gaps_of(tale, day);
	}
	if (!tale->calm) /* one that is not over */
		put(tale->outages, &tale->n_outages, midnight(tale->city.until_day) - 1000, 999,
		    LEDGER_OUTAGE_CARRIER, false);
}

/* ---- as they were noted ---- */

/* Seconds of a minute that lie in one of them. */
static int64_t covered(const struct span *spans, size_t n, int64_t minute, unsigned *cause)
{
	int64_t most = 0;

	for (size_t i = 0; i < n; i++) {
		int64_t from = MAX(spans[i].from_sec, minute),
			until = MIN(spans[i].until_sec, minute + MINUTE);

		if (until - from > most) {
			most = until - from;
			*cause = spans[i].cause;
		}
	}
	return most;
}

static int put_availability(struct ledger *ledger, const struct tale *tale, int32_t day)
{
	struct ledger_availability sum = {.day = day, .sent = 8640, .answered = 8600};

	for (int64_t at = midnight(day); at < midnight(day + 1); at += MINUTE) {
		unsigned cause = 0, why = 0;

		if (covered(tale->gaps, tale->n_gaps, at, &why) * 2 > MINUTE)
			continue;
		sum.measured_min++;
		if (covered(tale->outages, tale->n_outages, at, &cause) * 2 <= MINUTE)
			continue;
		sum.down_min++;
		sum.carrier_min += cause == LEDGER_OUTAGE_CARRIER;
		sum.silent_min += cause == LEDGER_OUTAGE_SILENT;
		sum.loss_min += cause == LEDGER_OUTAGE_LOSS;
	}
	return ledger_availability_add(ledger, &sum);
}

/* One that ends within the day is told as over; one that crosses midnight is ended on the next day, the last
 * one of all never. */
static int put_outages(struct ledger *ledger, const struct tale *tale, int32_t day)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < tale->n_outages; i++) {
		const struct span *span = &tale->outages[i];
		struct ledger_outage outage = {.began_wall_usec = span->from_sec * USEC_PER_SEC + 250000,
					       .cause = (enum ledger_outage_cause)span->cause};
		bool open = !tale->calm && span->until_sec == midnight(tale->city.until_day) - 1;

		if (span->from_sec < midnight(day) || span->from_sec >= midnight(day + 1))
			continue;
		r = ledger_outage_begin(ledger, &outage);
		if (r == 0 && !open)
			r = ledger_outage_end(ledger, outage.id, span->until_sec * USEC_PER_SEC + 250000);
	}
	return r;
}

static int put_gaps(struct ledger *ledger, const struct tale *tale, int32_t day)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < tale->n_gaps; i++) {
		const struct span *span = &tale->gaps[i];
		const struct ledger_gap gap = {.from_wall_usec = span->from_sec * USEC_PER_SEC + 700000,
					       .to_wall_usec = span->until_sec * USEC_PER_SEC + 100000,
					       .cause = (enum ledger_gap_cause)span->cause,
					       .lost = span->lost};

		if (span->until_sec > midnight(day) && span->until_sec <= midnight(day + 1))
			r = ledger_gap_put(ledger, &gap);
	}
	return r;
}

static int put_test(struct ledger *ledger, const struct tale *tale, int32_t day)
{
	const struct policy *policy = tale->stages[0].policy;
	uint64_t luck = tale_dice(tale, 13, (uint64_t)day);
	struct ledger_test test = {.wall_usec = (midnight(day) + 3 * 3600) * USEC_PER_SEC,
				   .server = "iperf3://speedtest.example.id"};

	if (day % 7 != 3) /* Sundays */
		return 0;
	if (!tale->calm && luck % 4 == 0)
		snprintf(test.error, sizeof(test.error), "no answer, \"=1+1\"");
	else {
		test.down_bps = policy->uplink_rate.down_bps / 1000 * (930 + luck % 60);
		test.up_bps = policy->uplink_rate.up_bps / 1000 * (900 + luck % 90);
	}
	return ledger_test_put(ledger, &test);
}

static int put_openings(struct ledger *ledger, const struct tale *tale, int32_t day)
{
	int r = 0;

	for (size_t i = tale->city.offices; r == 0 && i < tale->city.offices + tale->city.zones; i++) {
		const struct trait *trait = &tale->traits[i];
		struct ledger_opening opening = {.day = day};

		memcpy(opening.zone, tale->subjects[i].id, sizeof(opening.zone));
		for (int64_t at = midnight(day); at < midnight(day + 1); at += 5 * MINUTE)
			if (at >= trait->from_sec && at < trait->until_sec &&
			    tale_inside(tale, trait->open, at) &&
			    !(trait->not_during && tale_inside(tale, trait->not_during, at)))
				opening.open_min += 5;
		if (opening.open_min)
			r = ledger_opening_add(ledger, &opening);
	}
	return r;
}

int tale_watch(struct ledger *ledger, const struct tale *tale, int32_t day)
{
	int r = put_availability(ledger, tale, day);

	if (r == 0)
		r = put_outages(ledger, tale, day);
	if (r == 0)
		r = put_gaps(ledger, tale, day);
	if (r == 0)
		r = put_test(ledger, tale, day);
	return r == 0 ? put_openings(ledger, tale, day) : r;
}
