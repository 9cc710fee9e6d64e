/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves daemon/outage.c and daemon/minutes.c with tables of rounds: what is an outage and what is none, when
 * it began and ended, that one does not flap into many, that nothing is made up where nobody watched, and
 * which minutes count.
 */
#include "../../daemon/minutes.h"
#include "../../lib/cleanup.h"
#include "../../lib/units.h"
#include <check.h>
#include <string.h>

#define START (1000 * USEC_PER_SEC)
#define WALL (INT64_C(1764000000) * USEC_PER_SEC) /* a whole minute */

/* What was told, in order. */
struct told {
	bool began; /* else ended */
	enum ledger_outage_cause cause;
	double at; /* seconds since the start */
	bool over;
};

static struct outage outage;
static struct minutes minutes;
static struct told told[64];
static unsigned n_told;
static int64_t now_usec;

static struct instant now(void)
{
	return (struct instant){.wall_usec = WALL + now_usec, .mono_usec = START + now_usec};
}

static double at(struct instant instant)
{
	return (double)(instant.mono_usec - START) / USEC_PER_SEC;
}

static void note(struct outage_change change)
{
	minutes_outage(&minutes, &change);
	if (change.ended)
		told[n_told++] = (struct told){false, change.ended_cause, at(change.ended_at), change.over};
	if (change.began)
		told[n_told++] = (struct told){true, change.began_cause, at(change.began_at), false};
	ck_assert_uint_lt(n_told, ELEMENTS(told) - 2);
}

static void turn(void)
{
	note(outage_turn(&outage, now()));
	minutes_turn(&minutes, now(), 7, outage_measured(&outage, now()));
}

/* Seconds without a round. */
static void pass(int seconds)
{
	for (int i = 0; i < seconds; i++) {
		now_usec += USEC_PER_SEC;
		turn();
	}
}

static void round_of(uint16_t sent, uint16_t answered)
{
	pass(5);
	minutes_round(&minutes, sent, answered);
	note(outage_round(&outage, now(), sent, answered));
}

static void rounds(int n, uint16_t sent, uint16_t answered)
{
	for (int i = 0; i < n; i++)
		round_of(sent, answered);
}

/* Every second round lost, to each target at another time. */
static void lossy_rounds(int n)
{
	for (int i = 0; i < n; i++)
		round_of(7, i % 2 ? 5 : 2);
}

static void begin(bool probed)
{
	outage = (struct outage){.probed = probed, .lag_usec = 5 * USEC_PER_SEC, .loss_percent = 40};
	minutes = (struct minutes){0};
	n_told = 0;
	now_usec = 0;
	turn();
	note(outage_carrier(&outage, now(), true));
	if (probed) {
		note(outage_watched(&outage, now(), true));
		rounds(14, 7, 7);
	}
}

static void expect(const struct told *rows, unsigned n)
{
	for (unsigned i = 0; i < MIN(n, n_told); i++) {
		ck_assert_msg(told[i].began == rows[i].began && told[i].cause == rows[i].cause &&
				  told[i].over == rows[i].over && told[i].at >= rows[i].at - 0.01 &&
				  told[i].at <= rows[i].at + 0.01,
			      "row %u: %s cause %d at %.1f over %d", i, told[i].began ? "began" : "ended",
			      told[i].cause, told[i].at, told[i].over);
	}
	ck_assert_uint_eq(n_told, n);
}

#define EXPECT(...)                                                                                          \
	do {                                                                                                 \
		static const struct told rows[] = {__VA_ARGS__};                                             \
		expect(rows, ELEMENTS(rows));                                                                \
	} while (0)

START_TEST(silence_begins_with_the_first_lost_round)
{
	begin(true); /* the last answered round was told at 70 s */
	rounds(2, 7, 0);
	ck_assert_uint_eq(n_told, 0); /* 10 s of silence */
	rounds(1, 7, 0);
	EXPECT({true, LEDGER_OUTAGE_SILENT, 70, false});
	ck_assert(outage_is(&outage, now()));
	rounds(10, 7, 0);
	round_of(7, 1); /* told at 140, sent at 135 */
	ck_assert(!outage_is(&outage, now()));
	rounds(3, 7, 7);
	EXPECT({true, LEDGER_OUTAGE_SILENT, 70, false}, {false, LEDGER_OUTAGE_SILENT, 135, true});
	rounds(20, 7, 7);
	ck_assert_uint_eq(n_told, 2); /* and what was lost in it is no loss */
}
END_TEST

START_TEST(an_answer_between_two_rounds_ends_it_at_once)
{
	begin(true);
	rounds(4, 7, 0);
	pass(2);
	note(outage_answered(&outage, now()));
	ck_assert(!outage_is(&outage, now()));
	pass(3);
	rounds(3, 7, 7);
	EXPECT({true, LEDGER_OUTAGE_SILENT, 70, false}, {false, LEDGER_OUTAGE_SILENT, 92, true});
}
END_TEST

START_TEST(lost_packets_and_one_silent_target_are_none)
{
	begin(true);
	for (int i = 0; i < 50; i++) { /* one round in three, all of it */
		rounds(2, 7, 7);
		round_of(7, 0);
	}
	ck_assert_uint_eq(n_told, 0);
	rounds(200, 7, 3);
	ck_assert_uint_eq(n_told, 0);
	begin(true);
	rounds(200, 7, 1); /* two of three silent: two thirds of all probes, and no outage */
	ck_assert_uint_eq(n_told, 0);
	begin(true);
	for (int i = 0; i < 100; i++) /* one answers every fourth round, the others always */
		round_of(3, i % 4 ? 1 : 3);
	ck_assert_uint_eq(n_told, 0);
}
END_TEST

START_TEST(loss_is_an_outage_once_a_minute_has_it_and_does_not_flap)
{
	begin(true);
	lossy_rounds(60); /* half of all for five minutes */
	ck_assert_uint_eq(n_told, 1);
	ck_assert(told[0].began && told[0].cause == LEDGER_OUTAGE_LOSS);
	ck_assert(told[0].at >= 70 && told[0].at <= 80);
	/* A few good rounds are no end, and more than half of the bound is none either. */
	rounds(4, 7, 7);
	lossy_rounds(6);
	ck_assert_uint_eq(n_told, 1);
	rounds(20, 7, 7);
	ck_assert_uint_eq(n_told, 2);
	ck_assert(!told[1].began && told[1].over);
	ck_assert(told[1].at >= 420 && told[1].at <= 430);
}
END_TEST

START_TEST(loss_needs_a_whole_minute_and_can_be_switched_off)
{
	begin(true);
	outage_targets_changed(&outage);
	lossy_rounds(11);
	ck_assert_uint_eq(n_told, 0);
	lossy_rounds(4);
	ck_assert_uint_eq(n_told, 1);
	begin(true);
	outage.loss_percent = 100;
	lossy_rounds(100);
	ck_assert_uint_eq(n_told, 0);
}
END_TEST

START_TEST(a_graver_cause_takes_over_where_the_other_ends)
{
	begin(true);
	lossy_rounds(20); /* until 170 */
	rounds(4, 7, 0);  /* silent from 170 */
	pass(2);	  /* 192 */
	note(outage_carrier(&outage, now(), false));
	rounds(2, 7, 0);
	note(outage_carrier(&outage, now(), true)); /* 202: still no answer */
	rounds(2, 7, 0);			    /* 212 */
	rounds(4, 7, 7);			    /* the first was sent at 212 */
	ck_assert_uint_eq(n_told, 6);
	ck_assert_int_eq(told[0].cause, LEDGER_OUTAGE_LOSS);
	ck_assert(!told[1].began && told[1].cause == LEDGER_OUTAGE_LOSS && told[1].at == 170 &&
		  !told[1].over);
	ck_assert(told[2].began && told[2].cause == LEDGER_OUTAGE_SILENT && told[2].at == 170);
	ck_assert(!told[3].began && told[3].at == 192 && !told[3].over);
	ck_assert(told[4].began && told[4].cause == LEDGER_OUTAGE_CARRIER && told[4].at == 192);
	ck_assert(!told[5].began && told[5].cause == LEDGER_OUTAGE_CARRIER && told[5].at == 212 &&
		  told[5].over);
}
END_TEST

START_TEST(without_probes_the_carrier_alone)
{
	begin(false);
	pass(600);
	ck_assert(outage_measured(&outage, now()));
	note(outage_carrier(&outage, now(), false)); /* 600 */
	pass(30);
	note(outage_carrier(&outage, now(), true)); /* 630 */
	pass(5);
	note(outage_carrier(&outage, now(), false)); /* it bounces: one outage */
	pass(5);
	note(outage_carrier(&outage, now(), true)); /* 640 */
	pass(20);
	EXPECT({true, LEDGER_OUTAGE_CARRIER, 600, false}, {false, LEDGER_OUTAGE_CARRIER, 640, true});
}
END_TEST

START_TEST(a_line_that_answers_now_and_then_does_not_flap)
{
	begin(true);
	for (int i = 0; i < 20; i++) { /* four rounds of silence, one answer */
		rounds(4, 7, 0);
		round_of(7, 1);
	}
	ck_assert_uint_eq(n_told, 1);
	rounds(4, 7, 7);
	ck_assert_uint_eq(n_told, 2);
	ck_assert(told[1].over && told[1].at == 565);
}
END_TEST

START_TEST(the_watch_away_makes_none_up)
{
	begin(true);
	note(outage_watched(&outage, now(), false));
	ck_assert(!outage_measured(&outage, now()));
	pass(3600);
	note(outage_watched(&outage, now(), true));
	rounds(3, 7, 7);
	ck_assert_uint_eq(n_told, 0);
}
END_TEST

START_TEST(an_outage_lives_on_where_it_is_still_so)
{
	begin(true);
	rounds(6, 7, 0);			     /* 100; the last was told then */
	note(outage_watched(&outage, now(), false)); /* 100 */
	pass(20);
	ck_assert(outage_is(&outage, now()));
	pass(40);
	ck_assert(!outage_is(&outage, now())); /* not known any more, and guests are let go on */
	note(outage_watched(&outage, now(), true));
	rounds(2, 7, 0);
	ck_assert(!outage_is(&outage, now()));
	rounds(2, 7, 0);
	ck_assert(outage_is(&outage, now()));
	rounds(5, 7, 7); /* the first of them was sent at 180 */
	EXPECT({true, LEDGER_OUTAGE_SILENT, 70, false}, {false, LEDGER_OUTAGE_SILENT, 180, true});
}
END_TEST

START_TEST(and_ends_when_it_was_last_known_where_not)
{
	begin(true);
	rounds(6, 7, 0); /* 100 */
	note(outage_watched(&outage, now(), false));
	pass(60);
	note(outage_watched(&outage, now(), true));
	rounds(2, 7, 7);
	EXPECT({true, LEDGER_OUTAGE_SILENT, 70, false}, {false, LEDGER_OUTAGE_SILENT, 100, true});
	begin(true);
	rounds(6, 7, 0);
	note(outage_watched(&outage, now(), false));
	pass(400); /* too long: whatever comes is another */
	EXPECT({true, LEDGER_OUTAGE_SILENT, 70, false}, {false, LEDGER_OUTAGE_SILENT, 100, true});
	note(outage_watched(&outage, now(), true)); /* 500 */
	rounds(4, 7, 0);
	ck_assert_uint_eq(n_told, 3);
	ck_assert(told[2].began && told[2].at == 500);
}
END_TEST

START_TEST(what_was_open_at_a_crash)
{
	static const struct {
		enum ledger_outage_cause cause;
		bool carrier;
		uint16_t answered;
		bool goes_on;
	} rows[] = {
	    {LEDGER_OUTAGE_SILENT, true, 0, true},   {LEDGER_OUTAGE_SILENT, true, 7, false},
	    {LEDGER_OUTAGE_CARRIER, false, 0, true}, {LEDGER_OUTAGE_CARRIER, true, 7, false},
	    {LEDGER_OUTAGE_LOSS, true, 7, false},
	};

	for (unsigned i = 0; i < ELEMENTS(rows); i++) {
		struct instant began, seen;

		outage = (struct outage){.probed = true, .lag_usec = 5 * USEC_PER_SEC, .loss_percent = 40};
		n_told = 0;
		now_usec = 1000 * USEC_PER_SEC;
		began = seen = now();
		began.mono_usec -= 100 * USEC_PER_SEC;
		seen.mono_usec -= 10 * USEC_PER_SEC;
		outage_adopt(&outage, rows[i].cause, began, seen);
		note(outage_carrier(&outage, now(), rows[i].carrier));
		note(outage_watched(&outage, now(), true));
		rounds(14, 7, rows[i].answered);
		if (rows[i].goes_on) {
			ck_assert_msg(n_told == 0 && outage.cause == rows[i].cause, "row %u", i);
			continue;
		}
		ck_assert_msg(n_told == 1 && !told[0].began && told[0].at == 990 && told[0].over,
			      "row %u: %u told, at %f", i, n_told, told[0].at);
	}
}
END_TEST

START_TEST(numbers_without_sense)
{
	uint32_t random = 1;

	begin(true);
	for (int i = 0; i < 200000; i++) {
		struct outage_change change;
		struct instant then;

		random = random * 1664525u + 1013904223u;
		now_usec += (int64_t)(random >> 20) * ((random >> 3 & 255) ? 1000 : 5000000);
		then = now();
		then.wall_usec += random % 5 ? 0 : (int64_t)random * 1000000 - (INT64_C(1) << 51);
		switch (random >> 8 & 7) {
		case 0:
			change = outage_carrier(&outage, then, random >> 12 & 3);
			break;
		case 1:
			change = outage_watched(&outage, then, random >> 12 & 7);
			break;
		case 2:
			change = outage_answered(&outage, then);
			break;
		case 3:
			change = outage_turn(&outage, then);
			break;
		default:
			change = outage_round(&outage, then, (uint16_t)(random >> 16),
					      (uint16_t)(random >> 12 & random >> 3));
		}
		ck_assert(!change.began || outage.cause == change.began_cause);
		ck_assert(!change.over || change.ended);
		minutes_outage(&minutes, &change);
		minutes_turn(&minutes, then, (int32_t)(random >> 24), outage_measured(&outage, then));
	}
}
END_TEST

/* ---- minutes ---- */

static struct ledger_availability sum_minutes(void)
{
	struct ledger_availability sum = {0}, one;
	struct minute raw;

	while (minutes_take(&minutes, now(), true, &one, &raw)) {
		ck_assert_int_eq(one.day, 7);
		ck_assert_uint_eq(one.down_min, one.carrier_min + one.silent_min + one.loss_min);
		sum.measured_min += one.measured_min;
		sum.down_min += one.down_min;
		sum.silent_min += one.silent_min;
		sum.carrier_min += one.carrier_min;
		sum.sent += one.sent;
		sum.answered += one.answered;
	}
	return sum;
}

/* As the daemon takes them: each as soon as it can be judged. */
static void take_all(struct ledger_availability *sum)
{
	struct ledger_availability one;
	struct minute raw;

	while (minutes_take(&minutes, now(), false, &one, &raw)) {
		sum->measured_min += one.measured_min;
		sum->silent_min += one.silent_min;
		sum->down_min += one.down_min;
	}
}

START_TEST(minutes_are_down_where_more_than_half_is)
{
	struct ledger_availability sum = {0};

	begin(true);		       /* 70 s */
	for (int i = 0; i < 14; i++) { /* silent from 70 to 140: 50 s of one minute, 20 of the next */
		round_of(7, 0);
		take_all(&sum);
	}
	for (int i = 0; i < 40; i++) {
		round_of(7, 7);
		take_all(&sum);
	}
	ck_assert_uint_eq(sum.measured_min, 4); /* those that can be judged by 340 s */
	ck_assert_uint_eq(sum.down_min, 1);
	ck_assert_uint_eq(sum.silent_min, 1);
}
END_TEST

START_TEST(minutes_that_nobody_watched_are_not_measured)
{
	struct ledger_availability sum;

	begin(true);
	note(outage_watched(&outage, now(), false)); /* 70 */
	pass(110);				     /* 180: the minute from 120 saw nobody */
	sum = sum_minutes();
	ck_assert_uint_eq(sum.measured_min, 1);
	ck_assert_uint_eq(sum.down_min, 0);
	ck_assert_uint_eq(sum.sent, 42);
	ck_assert_uint_eq(sum.answered, 42);
}
END_TEST

START_TEST(a_machine_that_slept_measured_nothing)
{
	struct ledger_availability sum;

	begin(false);
	pass(65);
	now_usec += 3600 * USEC_PER_SEC;
	pass(130);
	sum = sum_minutes();
	ck_assert_uint_ge(sum.measured_min, 2);
	ck_assert_uint_le(sum.measured_min, 3);
	ck_assert_uint_eq(sum.down_min, 0);
}
END_TEST

START_TEST(carrier_minutes)
{
	struct ledger_availability sum;

	begin(false);
	note(outage_carrier(&outage, now(), false));
	pass(185);
	sum = sum_minutes();
	ck_assert_uint_eq(sum.measured_min, 3);
	ck_assert_uint_eq(sum.carrier_min, 3);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("outage");
	Suite *suite = suite_create("outage");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, silence_begins_with_the_first_lost_round);
	tcase_add_test(tcase, an_answer_between_two_rounds_ends_it_at_once);
	tcase_add_test(tcase, lost_packets_and_one_silent_target_are_none);
	tcase_add_test(tcase, loss_is_an_outage_once_a_minute_has_it_and_does_not_flap);
	tcase_add_test(tcase, loss_needs_a_whole_minute_and_can_be_switched_off);
	tcase_add_test(tcase, a_graver_cause_takes_over_where_the_other_ends);
	tcase_add_test(tcase, without_probes_the_carrier_alone);
	tcase_add_test(tcase, a_line_that_answers_now_and_then_does_not_flap);
	tcase_add_test(tcase, the_watch_away_makes_none_up);
	tcase_add_test(tcase, an_outage_lives_on_where_it_is_still_so);
	tcase_add_test(tcase, and_ends_when_it_was_last_known_where_not);
	tcase_add_test(tcase, what_was_open_at_a_crash);
	tcase_add_test(tcase, numbers_without_sense);
	tcase_add_test(tcase, minutes_are_down_where_more_than_half_is);
	tcase_add_test(tcase, minutes_that_nobody_watched_are_not_measured);
	tcase_add_test(tcase, a_machine_that_slept_measured_nothing);
	tcase_add_test(tcase, carrier_minutes);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
