/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves daemon/adjust.c and daemon/delay.c against a line made of water: what is sent into the provider's
 * queue beyond the line's real rate waits there, and every probe waits with it. The rate must come to rest
 * below the real one, rise again with it, leave the innocent direction alone, and stay within its bounds
 * whatever the numbers say.
 */
#include "../../daemon/adjust.h"
#include "../../lib/cleanup.h"
#include "../../lib/units.h"
#include <check.h>

#define MBIT UINT64_C(1000000)
#define TICK_USEC (500 * USEC_PER_MSEC)
#define EMPTY_USEC 20000 /* the empty line's round trip */
#define LIMIT_USEC (30 * USEC_PER_MSEC)
#define QUEUE_SECONDS 1.0 /* what the provider keeps at most */

struct line {
	double real[ADJUST_WAYS], demand[ADJUST_WAYS], sent[ADJUST_WAYS],
	    queue[ADJUST_WAYS];	       /* bit/s, bits */
	double delivered[ADJUST_WAYS]; /* smoothed, as the uplink's counters say */
	int64_t now;
	uint32_t noise;
	struct delay delay;
	struct adjust adjust;
	struct adjust_settings settings;
	unsigned changes;
	int64_t last_change, least_apart;
};

static struct line line_of(uint64_t down, uint64_t up)
{
	return (struct line){
	    .real = {(double)down, (double)up},
	    .now = 1000 * USEC_PER_SEC,
	    .least_apart = INT64_MAX,
	    .settings = {.configured_bps = {down, up},
			 .minimum_bps = {down / 5, up / 5},
			 .headroom_percent = 5},
	};
}

static double allowed(const struct line *line, unsigned way)
{
	const uint64_t bps =
	    line->adjust.rates[way].bps ? line->adjust.rates[way].bps : line->settings.configured_bps[way];

	return (double)bps * 0.95;
}

/* Senders follow what our queue lets through within about a second; what the counters see of a download is
 * what the line gave, of an upload what was sent into it. */
static void flow(struct line *line, unsigned way, double seconds)
{
	const double wanted = MIN(line->demand[way], allowed(line, way));
	const double most = line->real[way] * QUEUE_SECONDS;
	double passed;

	line->sent[way] += (wanted - line->sent[way]) * MIN(seconds / (way == ADJUST_DOWN ? 1.0 : 0.2), 1.0);
	line->queue[way] += (line->sent[way] - line->real[way]) * seconds;
	passed = line->queue[way] > 0 ? line->real[way] : line->sent[way];
	line->queue[way] = CLAMP(line->queue[way], 0.0, most);
	if (way == ADJUST_UP)
		passed = line->sent[way];
	line->delivered[way] += (passed - line->delivered[way]) * 0.5 * seconds / 0.5;
}

static uint32_t round_trip(struct line *line)
{
	double waits = 0;

	line->noise = line->noise * 1664525u + 1013904223u;
	for (unsigned way = 0; way < ADJUST_WAYS; way++)
		if (line->real[way] > 0)
			waits += line->queue[way] / line->real[way];
	return EMPTY_USEC + (uint32_t)(waits * 1e6) + line->noise % 4000;
}

static void tick_with(struct line *line, uint32_t rtt_usec)
{
	struct delay_probe probe = {.rtt_usec = rtt_usec, .limit_usec = LIMIT_USEC};
	struct adjust_sample sample;

	line->now += TICK_USEC;
	for (unsigned way = 0; way < ADJUST_WAYS; way++) {
		for (int i = 0; i < 10; i++)
			flow(line, way, (double)TICK_USEC / 1e7);
		probe.loaded |= line->delivered[way] > 0.5 * (double)line->settings.minimum_bps[way];
	}
	probe.mono_usec = line->now;
	sample = (struct adjust_sample){
	    .mono_usec = line->now,
	    .delay = delay_take(&line->delay, &probe),
	    .extra_usec = line->delay.extra_usec,
	    .delivered_bps = {(uint64_t)line->delivered[0], (uint64_t)line->delivered[1]}};
	if (adjust_take(&line->adjust, &line->settings, &sample)) {
		if (line->changes++)
			line->least_apart = MIN(line->least_apart, line->now - line->last_change);
		line->last_change = line->now;
	}
}

static void run(struct line *line, int seconds)
{
	for (int64_t end = line->now + seconds * USEC_PER_SEC; line->now < end;)
		tick_with(line, round_trip(line));
}

static double rate(const struct line *line, unsigned way)
{
	return (double)line->adjust.rates[way].bps / (double)MBIT;
}

START_TEST(a_line_that_gives_what_was_bought_is_left_alone)
{
	struct line line = line_of(500 * MBIT, 100 * MBIT);

	line.demand[ADJUST_DOWN] = line.demand[ADJUST_UP] = 1e12;
	run(&line, 600);
	ck_assert_uint_eq(line.changes, 0);
	ck_assert_uint_eq(line.adjust.rates[ADJUST_DOWN].bps, 500 * MBIT);
}
END_TEST

/* At rest: below the real rate, not by more than three steps, and nearly without a queue. */
static void assert_rest(struct line *line, unsigned way, double real_mbit, int seconds)
{
	double least = 1e12, most = 0;
	int64_t high = 0;

	for (int i = 0; i < 2 * seconds; i++) {
		tick_with(line, round_trip(line));
		least = MIN(least, rate(line, way));
		most = MAX(most, rate(line, way));
		high += line->queue[way] > line->real[way] * 0.05 ? TICK_USEC : 0;
	}
	ck_assert_msg(least >= real_mbit * 0.84, "fell to %.1f of %.1f", least, real_mbit);
	ck_assert_msg(most <= real_mbit * 1.14, "rose to %.1f of %.1f", most, real_mbit);
	ck_assert_msg(high <= seconds * USEC_PER_SEC / 8, "a queue for %d s of %d",
		      (int)(high / USEC_PER_SEC), seconds);
}

START_TEST(it_finds_a_rate_that_fell_and_the_one_that_came_back)
{
	static const double reals[] = {0.3, 0.6, 0.85};
	struct line line = line_of(500 * MBIT, 100 * MBIT);

	line.demand[ADJUST_DOWN] = 1e12;
	line.demand[ADJUST_UP] = 2e6;
	run(&line, 30);
	line.real[ADJUST_DOWN] = reals[_i] * 500e6;
	run(&line, 20);
	assert_rest(&line, ADJUST_DOWN, reals[_i] * 500, 300);
	ck_assert_uint_eq(line.adjust.rates[ADJUST_UP].bps, 100 * MBIT);
	line.real[ADJUST_DOWN] = 500e6;
	run(&line, 130);
	ck_assert_uint_eq(line.adjust.rates[ADJUST_DOWN].bps, 500 * MBIT);
	ck_assert_int_ge(line.least_apart, USEC_PER_SEC);
}
END_TEST

START_TEST(uploads_too_where_nothing_but_the_delay_says_so)
{
	struct line line = line_of(20 * MBIT, 5 * MBIT);

	line.demand[ADJUST_UP] = 1e12;
	line.demand[ADJUST_DOWN] = 2e5;
	run(&line, 10);
	line.real[ADJUST_UP] = 3e6;
	run(&line, 40);
	assert_rest(&line, ADJUST_UP, 3, 200);
	ck_assert_uint_eq(line.adjust.rates[ADJUST_DOWN].bps, 20 * MBIT);
}
END_TEST

START_TEST(both_directions_full_and_one_of_them_short)
{
	struct line line = line_of(20 * MBIT, 5 * MBIT);
	double up = 0;

	line.demand[ADJUST_UP] = line.demand[ADJUST_DOWN] = 1e12;
	run(&line, 10);
	line.real[ADJUST_DOWN] = 12e6;
	run(&line, 30);
	assert_rest(&line, ADJUST_DOWN, 12, 200);
	for (int i = 0; i < 400; i++) {
		tick_with(&line, round_trip(&line));
		up += rate(&line, ADJUST_UP) / 400;
	}
	ck_assert_msg(up >= 4, "the innocent direction has %.2f of 5 in the mean", up);
}
END_TEST

START_TEST(at_rest_it_tries_ever_more_seldom)
{
	struct line line = line_of(500 * MBIT, 100 * MBIT);
	unsigned before;

	line.demand[ADJUST_DOWN] = 1e12;
	line.real[ADJUST_DOWN] = 300e6;
	run(&line, 300);
	before = line.changes;
	run(&line, 600);
	ck_assert_msg(line.changes - before <= 80, "%u changes in 10 min", line.changes - before);
}
END_TEST

START_TEST(a_line_that_does_not_give_the_minimum_has_the_minimum)
{
	struct line line = line_of(500 * MBIT, 100 * MBIT);

	line.demand[ADJUST_DOWN] = 1e12;
	line.real[ADJUST_DOWN] = 80e6; /* the minimum is 100 */
	run(&line, 120);
	ck_assert_uint_eq(line.adjust.rates[ADJUST_DOWN].bps, 100 * MBIT);
}
END_TEST

START_TEST(an_idle_line_is_not_lowered_and_forgets)
{
	struct line line = line_of(500 * MBIT, 100 * MBIT);

	line.demand[ADJUST_DOWN] = 1e6;
	for (int i = 0; i < 200; i++) /* another host's delay */
		tick_with(&line, EMPTY_USEC + (i > 10 ? 300000 : 0));
	ck_assert_uint_eq(line.changes, 0);
	line = line_of(500 * MBIT, 100 * MBIT);
	line.demand[ADJUST_DOWN] = 1e12;
	line.real[ADJUST_DOWN] = 200e6;
	run(&line, 60);
	ck_assert(rate(&line, ADJUST_DOWN) < 220);
	line.demand[ADJUST_DOWN] = 0;
	run(&line, 60);
	ck_assert_msg(rate(&line, ADJUST_DOWN) < 220, "known is forgotten at once");
	run(&line, 1800);
	ck_assert_uint_eq(line.adjust.rates[ADJUST_DOWN].bps, 500 * MBIT);
}
END_TEST

START_TEST(an_outage_changes_nothing)
{
	struct line line = line_of(500 * MBIT, 100 * MBIT);

	line.demand[ADJUST_DOWN] = 1e12;
	run(&line, 30);
	line.real[ADJUST_DOWN] = 0;
	line.real[ADJUST_UP] = 0;
	line.queue[ADJUST_DOWN] = 0;
	line.demand[ADJUST_DOWN] = 0;
	line.delivered[ADJUST_DOWN] = 0;
	for (int i = 0; i < 240; i++)
		tick_with(&line, 0);
	ck_assert_uint_eq(line.changes, 0);
}
END_TEST

START_TEST(lost_probes_under_load_are_late_ones_and_silence_is_none)
{
	struct line line = line_of(500 * MBIT, 100 * MBIT);
	unsigned before;

	line.demand[ADJUST_DOWN] = 1e12;
	run(&line, 30);
	line.real[ADJUST_DOWN] = 250e6;
	for (int i = 0; i < 20; i++)
		tick_with(&line, i % 3 ? 0 : round_trip(&line));
	ck_assert_uint_gt(line.changes, 0);
	for (int i = 0; i < 40; i++)
		tick_with(&line, 0);
	before = line.changes;
	for (int i = 0; i < 400; i++)
		tick_with(&line, 0);
	ck_assert_uint_eq(line.changes, before);
}
END_TEST

START_TEST(another_route_becomes_the_measure)
{
	struct line line = line_of(500 * MBIT, 100 * MBIT);

	run(&line, 60);
	for (int i = 0; i < 1200; i++) /* 10 min idle, 80 ms longer */
		tick_with(&line, round_trip(&line) + 80000);
	line.demand[ADJUST_DOWN] = 1e12;
	for (int i = 0; i < 600; i++)
		tick_with(&line, round_trip(&line) + 80000);
	ck_assert_uint_eq(line.changes, 0);
}
END_TEST

START_TEST(adopted_it_goes_on_where_it_was)
{
	struct line line = line_of(500 * MBIT, 100 * MBIT);

	adjust_adopt(&line.adjust, &line.settings, ADJUST_DOWN, 300 * MBIT);
	ck_assert(rate(&line, ADJUST_DOWN) <= 300 && rate(&line, ADJUST_DOWN) > 280);
	adjust_adopt(&line.adjust, &line.settings, ADJUST_DOWN, UINT64_MAX);
	ck_assert_uint_eq(line.adjust.rates[ADJUST_DOWN].bps, 500 * MBIT);
	adjust_adopt(&line.adjust, &line.settings, ADJUST_DOWN, 0);
	ck_assert_uint_eq(line.adjust.rates[ADJUST_DOWN].bps, 100 * MBIT);
}
END_TEST

START_TEST(edited_bounds_hold_at_once)
{
	struct line line = line_of(500 * MBIT, 100 * MBIT);
	struct adjust_sample sample = {.mono_usec = 1};

	adjust_adopt(&line.adjust, &line.settings, ADJUST_DOWN, 100 * MBIT);
	line.settings.minimum_bps[ADJUST_DOWN] = 200 * MBIT;
	ck_assert(adjust_take(&line.adjust, &line.settings, &sample));
	ck_assert_uint_eq(line.adjust.rates[ADJUST_DOWN].bps, 200 * MBIT);
	line.settings.minimum_bps[ADJUST_DOWN] = 0; /* no longer adjusted */
	ck_assert(adjust_take(&line.adjust, &line.settings, &sample));
	ck_assert_uint_eq(line.adjust.rates[ADJUST_DOWN].bps, 500 * MBIT);
}
END_TEST

/* Any number, in any order: within the bounds, no more often than once a second, and it ends. */
START_TEST(hostile_numbers)
{
	static const uint64_t odd[] = {0, 1, 7, 8, 999, MBIT, 500 * MBIT, UINT64_C(1) << 40, UINT64_MAX};
	static const int64_t jumps[] = {0, -1, 1, 500000, 1000000, -1000000000, 3600000000, INT64_C(1) << 50};
	struct line line = line_of(500 * MBIT, 100 * MBIT);
	uint32_t random = (uint32_t)_i + 1;
	int64_t mono = 0, changed = INT64_MIN / 2;

	if (_i % 3 == 0)
		line.settings.minimum_bps[ADJUST_DOWN] = odd[_i % ELEMENTS(odd)];
	for (int i = 0; i < 5000; i++) {
		struct delay_probe probe = {.limit_usec = LIMIT_USEC};
		struct adjust_sample sample = {0};

		random = random * 1664525u + 1013904223u;
		mono = MIN(mono + jumps[(random >> 8) % ELEMENTS(jumps)], INT64_C(1) << 60);
		probe.mono_usec = mono;
		probe.rtt_usec = random % 5 ? random : 0;
		probe.loaded = random >> 30 & 1;
		sample.mono_usec = mono;
		sample.delay = delay_take(&line.delay, &probe);
		sample.extra_usec = line.delay.extra_usec;
		sample.delivered_bps[0] = odd[(random >> 12) % ELEMENTS(odd)];
		sample.delivered_bps[1] = odd[(random >> 20) % ELEMENTS(odd)];
		if (adjust_take(&line.adjust, &line.settings, &sample)) {
			ck_assert_int_ge(mono - changed, USEC_PER_SEC);
			changed = mono;
		}
		for (unsigned way = 0; way < ADJUST_WAYS; way++) {
			const uint64_t least = line.settings.minimum_bps[way],
				       most = line.settings.configured_bps[way];

			ck_assert_uint_le(line.adjust.rates[way].bps, most);
			ck_assert_uint_ge(line.adjust.rates[way].bps, least ? MIN(least, most) : most);
		}
	}
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("adjust");
	Suite *suite = suite_create("adjust");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, a_line_that_gives_what_was_bought_is_left_alone);
	tcase_add_loop_test(tcase, it_finds_a_rate_that_fell_and_the_one_that_came_back, 0, 3);
	tcase_add_test(tcase, uploads_too_where_nothing_but_the_delay_says_so);
	tcase_add_test(tcase, both_directions_full_and_one_of_them_short);
	tcase_add_test(tcase, at_rest_it_tries_ever_more_seldom);
	tcase_add_test(tcase, a_line_that_does_not_give_the_minimum_has_the_minimum);
	tcase_add_test(tcase, an_idle_line_is_not_lowered_and_forgets);
	tcase_add_test(tcase, an_outage_changes_nothing);
	tcase_add_test(tcase, lost_probes_under_load_are_late_ones_and_silence_is_none);
	tcase_add_test(tcase, another_route_becomes_the_measure);
	tcase_add_test(tcase, adopted_it_goes_on_where_it_was);
	tcase_add_test(tcase, edited_bounds_hold_at_once);
	tcase_add_loop_test(tcase, hostile_numbers, 0, 40);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
