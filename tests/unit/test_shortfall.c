/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves daemon/shortfall.c and daemon/slow.c: a line that gives less than was bought is said after a minute
 * of proof and no sooner, is taken back, and is not made up from a line that nobody uses, from another's
 * delay, or from numbers without sense.
 */
#include "../../daemon/shortfall.h"
#include "../../daemon/slow.h"
#include "../../lib/cleanup.h"
#include "../../lib/units.h"
#include <check.h>

#define MBIT UINT64_C(1000000)
#define ROUND_USEC (5 * USEC_PER_SEC)

static int64_t now;

static struct shortfall_sample sample_of(enum delay_verdict delay, uint64_t down_mbit, uint64_t up_mbit)
{
	return (struct shortfall_sample){
	    .seen = {.delay = delay, .delivered_bps = {down_mbit * MBIT, up_mbit * MBIT}},
	    .configured_bps = {500 * MBIT, 100 * MBIT},
	    .adjusted_bps = {500 * MBIT, 100 * MBIT},
	    .headroom_percent = 5,
	};
}

/* What changed in so many seconds of the same. */
static unsigned feed(struct shortfall *shortfall, struct shortfall_sample sample, int seconds)
{
	unsigned changed = 0;

	for (int64_t end = now + seconds * USEC_PER_SEC; now < end;) {
		now += ROUND_USEC;
		sample.seen.mono_usec = now;
		changed |= shortfall_take(shortfall, &sample);
	}
	return changed;
}

START_TEST(after_a_minute_with_the_figure_and_taken_back)
{
	struct shortfall shortfall = {0};

	now = USEC_PER_SEC;
	ck_assert_uint_eq(feed(&shortfall, sample_of(DELAY_HIGH, 312, 10), 55), 0);
	ck_assert_uint_eq(feed(&shortfall, sample_of(DELAY_HIGH, 312, 10), 15), 1u << ADJUST_DOWN);
	ck_assert(shortfall.ways[ADJUST_DOWN].raised && !shortfall.ways[ADJUST_UP].raised);
	ck_assert_uint_eq(shortfall.ways[ADJUST_DOWN].given_bps, 312 * MBIT);
	ck_assert_uint_eq(feed(&shortfall, sample_of(DELAY_NONE, 100, 10), 600), 0); /* proves nothing */
	ck_assert_uint_eq(feed(&shortfall, sample_of(DELAY_NONE, 470, 10), 15), 1u << ADJUST_DOWN);
	ck_assert(!shortfall.ways[ADJUST_DOWN].raised);
}
END_TEST

START_TEST(uploads_are_told_apart)
{
	struct shortfall shortfall = {0};

	now = USEC_PER_SEC;
	ck_assert_uint_eq(feed(&shortfall, sample_of(DELAY_HIGH, 20, 60), 80), 1u << ADJUST_UP);
	ck_assert_uint_eq(shortfall.ways[ADJUST_UP].given_bps, 60 * MBIT);
}
END_TEST

START_TEST(no_proof_no_alarm)
{
	struct shortfall shortfall = {0};

	now = USEC_PER_SEC;
	ck_assert_uint_eq(feed(&shortfall, sample_of(DELAY_HIGH, 50, 5), 3600), 0);   /* another's delay */
	ck_assert_uint_eq(feed(&shortfall, sample_of(DELAY_NONE, 300, 50), 3600), 0); /* nobody wants more */
	ck_assert_uint_eq(feed(&shortfall, sample_of(DELAY_HIGH, 470, 5), 3600), 0); /* all that was bought */
	ck_assert_uint_eq(feed(&shortfall, sample_of(DELAY_SILENT, 300, 50), 3600),
			  0); /* an outage is another word */
}
END_TEST

START_TEST(short_moments_far_apart_are_none)
{
	struct shortfall shortfall = {0};

	now = USEC_PER_SEC;
	for (int i = 0; i < 50; i++) {
		ck_assert_uint_eq(feed(&shortfall, sample_of(DELAY_HIGH, 300, 5), 10), 0);
		ck_assert_uint_eq(feed(&shortfall, sample_of(DELAY_NONE, 100, 5), 300), 0);
	}
}
END_TEST

START_TEST(it_is_forgotten_when_nobody_uses_the_line)
{
	struct shortfall shortfall = {0};

	now = USEC_PER_SEC;
	feed(&shortfall, sample_of(DELAY_HIGH, 300, 5), 80);
	ck_assert(shortfall.ways[ADJUST_DOWN].raised);
	ck_assert_uint_eq(feed(&shortfall, sample_of(DELAY_NONE, 1, 1), 3500), 0);
	ck_assert_uint_eq(feed(&shortfall, sample_of(DELAY_NONE, 1, 1), 200), 1u << ADJUST_DOWN);
}
END_TEST

START_TEST(an_adjusted_line_has_no_delay_and_is_short_all_the_same)
{
	struct shortfall_sample sample = sample_of(DELAY_NONE, 280, 5);
	struct shortfall shortfall = {0};

	now = USEC_PER_SEC;
	sample.adjusted_bps[ADJUST_DOWN] = 300 * MBIT;
	ck_assert_uint_eq(feed(&shortfall, sample, 80), 1u << ADJUST_DOWN);
	ck_assert_uint_eq(shortfall.ways[ADJUST_DOWN].given_bps, 300 * MBIT);
	sample = sample_of(DELAY_NONE, 470, 5);
	ck_assert_uint_eq(feed(&shortfall, sample, 20), 1u << ADJUST_DOWN);
}
END_TEST

START_TEST(numbers_without_sense)
{
	static const uint64_t odd[] = {0, 1, 7, MBIT, 500 * MBIT, UINT64_MAX};
	struct shortfall shortfall = {0};
	uint32_t random = 1;

	for (int i = 0; i < 20000; i++) {
		struct shortfall_sample sample = {0};

		random = random * 1664525u + 1013904223u;
		sample.seen.mono_usec = random % 7 ? (int64_t)random << (random >> 27) : -(int64_t)random;
		sample.seen.delay = (enum delay_verdict)(random >> 9 & 3u);
		sample.headroom_percent = random >> 12 & 127u;
		for (unsigned way = 0; way < ADJUST_WAYS; way++) {
			sample.seen.delivered_bps[way] = odd[(random >> (8 + way)) % ELEMENTS(odd)];
			sample.configured_bps[way] = odd[(random >> (13 + way)) % ELEMENTS(odd)];
			sample.adjusted_bps[way] = odd[(random >> (17 + way)) % ELEMENTS(odd)];
		}
		ck_assert_uint_le(shortfall_take(&shortfall, &sample), 3);
	}
}
END_TEST

START_TEST(where_it_is_slow)
{
	static const struct {
		struct slow_figures figures;
		const char *where;
	} rows[] = {
	    {{0, 0, 0, 0}, NULL},
	    {{30000, 0, 2000, 3000}, NULL},
	    {{200000, 50000, 30000, 40000}, NULL},
	    {{260000, 0, 2000, 3000}, "provider"},
	    {{30000, 80000, 2000, 3000}, "provider"},
	    {{30000, 0, 90000, 3000}, "queue"},
	    {{30000, 0, 5000, 120000}, "office"},
	    {{30000, 60000, 300000, 120000}, "queue"},
	    {{30000, 0, 40000, 400000}, "office"},
	};

	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		const char *where = slow_where(&rows[i].figures);

		if (!rows[i].where)
			ck_assert_msg(!where, "row %zu: %s", i, where);
		else
			ck_assert_str_eq(where ? where : "nowhere", rows[i].where);
	}
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("shortfall");
	Suite *suite = suite_create("shortfall");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, after_a_minute_with_the_figure_and_taken_back);
	tcase_add_test(tcase, uploads_are_told_apart);
	tcase_add_test(tcase, no_proof_no_alarm);
	tcase_add_test(tcase, short_moments_far_apart_are_none);
	tcase_add_test(tcase, it_is_forgotten_when_nobody_uses_the_line);
	tcase_add_test(tcase, an_adjusted_line_has_no_delay_and_is_short_all_the_same);
	tcase_add_test(tcase, numbers_without_sense);
	tcase_add_test(tcase, where_it_is_slow);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
