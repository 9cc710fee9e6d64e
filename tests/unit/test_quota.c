/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves daemon/quota_judge.c: stages and what is said of them once, throttles that neither a missing figure
 * nor a restart undoes, readings so near to each other that a limit is passed by little whatever the office
 * does, exemptions and months.
 */
#include "../../daemon/quota_judge.h"
#include "../../lib/cleanup.h"
#include "../../lib/clock.h"
#include "../../lib/units.h"
#include <check.h>
#include <string.h>

#define GB UINT64_C(1000000000)
#define LIMIT (100 * GB)

static const struct quota_case plain = {
    .limit_bytes = LIMIT, .notice_percent = 80, .over = POLICY_OVER_THROTTLE, .trust = QUOTA_TRUST_STAGE};

static struct quota_case used(uint64_t bytes)
{
	struct quota_case about = plain;

	about.used_bytes = bytes;
	return about;
}

static void assert_verdict(const struct quota_case *about, enum ledger_quota_stage stage, bool throttled,
			   enum quota_say say)
{
	const struct quota_verdict verdict = quota_judge(about);

	ck_assert_int_eq(verdict.stage, stage);
	ck_assert_int_eq(verdict.throttled, throttled);
	ck_assert_int_eq(verdict.say, say);
}

/* What it has come to is what it was, next time. */
static struct quota_case after(const struct quota_case *about, uint64_t bytes)
{
	const struct quota_verdict verdict = quota_judge(about);
	struct quota_case next = *about;

	next.used_bytes = bytes;
	next.stage = verdict.stage;
	next.throttled = verdict.throttled;
	next.trust = QUOTA_TRUST_STAGE;
	return next;
}

/* ---- stages ---- */

START_TEST(each_stage_is_said_once)
{
	struct quota_case about = used(79 * GB);

	assert_verdict(&about, LEDGER_QUOTA_NONE, false, QUOTA_SAY_NOTHING);
	about = after(&about, 80 * GB);
	assert_verdict(&about, LEDGER_QUOTA_NOTICED, false, QUOTA_SAY_NOTICE);
	about = after(&about, 81 * GB);
	assert_verdict(&about, LEDGER_QUOTA_NOTICED, false, QUOTA_SAY_NOTHING);
	about = after(&about, LIMIT - 1);
	assert_verdict(&about, LEDGER_QUOTA_NOTICED, false, QUOTA_SAY_NOTHING);
	about = after(&about, LIMIT);
	assert_verdict(&about, LEDGER_QUOTA_OVER, true, QUOTA_SAY_THROTTLE);
	about = after(&about, 2 * LIMIT);
	assert_verdict(&about, LEDGER_QUOTA_OVER, true, QUOTA_SAY_NOTHING);
}
END_TEST

START_TEST(a_leap_says_the_last_thing_alone)
{
	struct quota_case about = used(LIMIT + 1);

	assert_verdict(&about, LEDGER_QUOTA_OVER, true, QUOTA_SAY_THROTTLE);
}
END_TEST

START_TEST(notice_only_throttles_nobody)
{
	struct quota_case about = used(LIMIT);

	about.over = POLICY_OVER_NOTICE;
	assert_verdict(&about, LEDGER_QUOTA_OVER, false, QUOTA_SAY_OVER);
	about = after(&about, 3 * LIMIT);
	assert_verdict(&about, LEDGER_QUOTA_OVER, false, QUOTA_SAY_NOTHING);
}
END_TEST

START_TEST(no_quota_is_no_stage)
{
	struct quota_case about = used(UINT64_MAX);

	about.limit_bytes = 0;
	assert_verdict(&about, LEDGER_QUOTA_NONE, false, QUOTA_SAY_NOTHING);
	about.throttled = true; /* it had one */
	about.stage = LEDGER_QUOTA_OVER;
	assert_verdict(&about, LEDGER_QUOTA_NONE, false, QUOTA_SAY_RESTORE);
}
END_TEST

START_TEST(a_notice_at_a_hundred_percent_is_the_end_itself)
{
	struct quota_case about = used(LIMIT - 1);

	about.notice_percent = 100;
	assert_verdict(&about, LEDGER_QUOTA_NONE, false, QUOTA_SAY_NOTHING);
	about = after(&about, LIMIT);
	assert_verdict(&about, LEDGER_QUOTA_OVER, true, QUOTA_SAY_THROTTLE);
}
END_TEST

START_TEST(the_largest_figures_fit)
{
	struct quota_case about = used(INT64_MAX - 1);

	about.limit_bytes = INT64_MAX;
	assert_verdict(&about, LEDGER_QUOTA_NOTICED, false, QUOTA_SAY_NOTICE);
	ck_assert_uint_eq(quota_permille(INT64_MAX - 1, INT64_MAX), 999);
	ck_assert_uint_eq(quota_permille(UINT64_MAX, 1), INT32_MAX);
	ck_assert_uint_eq(quota_permille(5, 0), 0);
}
END_TEST

/* ---- what is not known ---- */

static struct quota_case over_at(uint64_t bytes, enum quota_trust trust)
{
	struct quota_case about = used(bytes);

	about.stage = LEDGER_QUOTA_OVER;
	about.throttled = true;
	about.trust = trust;
	return about;
}

START_TEST(figures_that_vanish_free_nobody)
{
	struct quota_case about = over_at(0, QUOTA_TRUST_STAGE);

	assert_verdict(&about, LEDGER_QUOTA_OVER, true, QUOTA_SAY_NOTHING);
}
END_TEST

START_TEST(a_stage_in_the_ledger_throttles_before_anything_is_counted)
{
	struct quota_case about = over_at(0, QUOTA_TRUST_STAGE);

	about.throttled = false; /* this program has just begun */
	assert_verdict(&about, LEDGER_QUOTA_OVER, true, QUOTA_SAY_THROTTLE);
}
END_TEST

START_TEST(a_power_cut_frees_nobody)
{
	struct quota_case about = over_at(LIMIT - LIMIT / 200, QUOTA_TRUST_NEARLY);

	assert_verdict(&about, LEDGER_QUOTA_OVER, true, QUOTA_SAY_NOTHING);
	about =
	    over_at(LIMIT - LIMIT / 50, QUOTA_TRUST_NEARLY); /* the quota was raised while nobody was here */
	assert_verdict(&about, LEDGER_QUOTA_NOTICED, false, QUOTA_SAY_RESTORE);
	about = used(LIMIT - LIMIT / 200); /* nor does it throttle anybody too early */
	about.trust = QUOTA_TRUST_NEARLY;
	about.stage = LEDGER_QUOTA_NOTICED;
	assert_verdict(&about, LEDGER_QUOTA_NOTICED, false, QUOTA_SAY_NOTHING);
}
END_TEST

START_TEST(a_raised_quota_restores_at_once)
{
	struct quota_case about = over_at(LIMIT, QUOTA_TRUST_BYTES);

	about.limit_bytes = LIMIT + 1;
	assert_verdict(&about, LEDGER_QUOTA_NOTICED, false, QUOTA_SAY_RESTORE);
	about.limit_bytes = 10 * LIMIT;
	assert_verdict(&about, LEDGER_QUOTA_NONE, false, QUOTA_SAY_RESTORE);
	about = after(&about, 8 * LIMIT); /* and all is said anew */
	assert_verdict(&about, LEDGER_QUOTA_NOTICED, false, QUOTA_SAY_NOTICE);
}
END_TEST

START_TEST(a_lowered_quota_throttles_at_once)
{
	struct quota_case about = used(50 * GB);

	about.limit_bytes = 10 * GB;
	about.trust = QUOTA_TRUST_BYTES;
	assert_verdict(&about, LEDGER_QUOTA_OVER, true, QUOTA_SAY_THROTTLE);
}
END_TEST

START_TEST(a_quota_that_no_longer_throttles)
{
	struct quota_case about = over_at(LIMIT, QUOTA_TRUST_STAGE);

	about.over = POLICY_OVER_NOTICE;
	assert_verdict(&about, LEDGER_QUOTA_OVER, false, QUOTA_SAY_RESTORE);
}
END_TEST

START_TEST(another_month)
{
	struct quota_case about = over_at(0, QUOTA_TRUST_STAGE);

	about.stage = LEDGER_QUOTA_NONE; /* as the ledger says of it */
	assert_verdict(&about, LEDGER_QUOTA_NONE, false, QUOTA_SAY_RESTORE);
	about = after(&about, 0);
	about.stage = LEDGER_QUOTA_OVER; /* and back */
	assert_verdict(&about, LEDGER_QUOTA_OVER, true, QUOTA_SAY_THROTTLE);
}
END_TEST

/* ---- exemptions ---- */

START_TEST(an_exemption_lifts_and_ends)
{
	struct quota_case about = over_at(LIMIT, QUOTA_TRUST_STAGE);

	about.exempt = true;
	assert_verdict(&about, LEDGER_QUOTA_OVER, false, QUOTA_SAY_NOTHING); /* who gave it has said so */
	about = after(&about, LIMIT);
	assert_verdict(&about, LEDGER_QUOTA_OVER, false, QUOTA_SAY_NOTHING);
	about.exempt = false;
	assert_verdict(&about, LEDGER_QUOTA_OVER, true, QUOTA_SAY_THROTTLE);
}
END_TEST

START_TEST(over_while_exempt)
{
	struct quota_case about = used(LIMIT);

	about.exempt = true;
	assert_verdict(&about, LEDGER_QUOTA_OVER, false, QUOTA_SAY_EXEMPT);
}
END_TEST

START_TEST(exemptions_by_office_and_time)
{
	static const struct quota_exemption rows[] = {
	    {"dinkes", 1, 1000, 2000}, {"dinkes", 2, 1500, 3000}, {"rsud", 3, 0, 9000}};

	ck_assert_int_eq(quota_exempt_until(rows, 3, "dinkes", 999), 0); /* the clock was set back */
	ck_assert_int_eq(quota_exempt_until(rows, 3, "dinkes", 1000), 2000);
	ck_assert_int_eq(quota_exempt_until(rows, 3, "dinkes", 1500), 3000);
	ck_assert_int_eq(quota_exempt_until(rows, 3, "dinkes", 2999), 3000);
	ck_assert_int_eq(quota_exempt_until(rows, 3, "dinkes", 3000), 0);
	ck_assert_int_eq(quota_exempt_until(rows, 3, "dink", 1500), 0);
	ck_assert_int_eq(quota_exempt_until(rows, 0, "dinkes", 1500), 0);
}
END_TEST

/* ---- how soon to look again ---- */

/* Whatever an office does between two readings, and however its rate leaps, it passes the limit by a
 * four-hundredth, or by what goes through in the least time between two readings. */
START_TEST(a_limit_is_passed_by_little)
{
	static const struct {
		uint64_t limit, bps;
	} lines[] = {{20 * 1000 * 1000, 80000000}, {GB, 80000000},	     {LIMIT, 400000000},
		     {2000 * GB, 1000000000},	   {20 * 1000, 20000000000}, {INT64_MAX, 8}};

	for (size_t i = 0; i < ELEMENTS(lines); i++) {
		struct quota_case about = plain;
		unsigned __int128 passed;

		about.limit_bytes = lines[i].limit;
		for (unsigned part = 0; part < 1000; part++) {
			uint64_t least = lines[i].bps / 8 / 100 + 1,
				 slack = MAX(about.limit_bytes / 400, least);
			int64_t wait;

			about.used_bytes = about.limit_bytes / 1000 * part;
			wait = quota_wait(&about, lines[i].bps);
			ck_assert_int_ge(wait, 10 * USEC_PER_MSEC);
			passed = about.used_bytes +
				 (unsigned __int128)lines[i].bps / 8 * (uint64_t)wait / USEC_PER_SEC;
			ck_assert(passed <= (unsigned __int128)about.limit_bytes + slack);
		}
	}
}
END_TEST

START_TEST(a_real_quota_needs_no_hurry)
{
	struct quota_case about = plain;

	about.limit_bytes = 2000 * GB;
	about.used_bytes = about.limit_bytes - 1;
	ck_assert_int_gt(quota_wait(&about, 1000000000),
			 10 * USEC_PER_SEC); /* two directions of 500 Mbit/s */
}
END_TEST

START_TEST(where_it_does_not_matter)
{
	struct quota_case about = used(LIMIT - 1);

	ck_assert_int_lt(quota_wait(&about, 1000000000), INT64_MAX);
	ck_assert_int_eq(quota_wait(&about, 0), INT64_MAX);
	about.exempt = true;
	ck_assert_int_eq(quota_wait(&about, 1000000000), INT64_MAX);
	about = used(LIMIT);
	ck_assert_int_eq(quota_wait(&about, 1000000000), INT64_MAX);
	about = used(LIMIT - 1);
	about.over = POLICY_OVER_NOTICE;
	ck_assert_int_eq(quota_wait(&about, 1000000000), INT64_MAX);
	about.limit_bytes = 0;
	ck_assert_int_eq(quota_wait(&about, 1000000000), INT64_MAX);
}
END_TEST

/* ---- months ---- */

static int64_t at(const char *text)
{
	int64_t wall = 0;

	ck_assert_msg(clock_parse(text, &wall) == 0, "%s", text);
	return wall;
}

START_TEST(months_are_local)
{
	char text[8];
	int32_t month;

	ck_assert_int_eq(clock_zone_set("Asia/Pontianak"), 0);
	month = quota_month(at("2026-11-30 23:59:59"));
	ck_assert_str_eq(quota_month_text(month, text), "2026-11");
	ck_assert_str_eq(quota_month_text(quota_month(at("2026-12-01 00:00")), text), "2026-12");
	ck_assert_int_eq(month, 2026 * 12 + 10);
	ck_assert_int_eq(quota_month_begin(month), at("2026-11-01 00:00"));
	ck_assert_int_eq(quota_month_begin(month + 2), at("2027-01-01 00:00"));
	ck_assert_str_eq(quota_month_text(month + 2, text), "2027-01");
}
END_TEST

START_TEST(nothing_changes_by_itself_in_a_span)
{
	const struct quota_exemption rows[] = {{"dinkes", 1, at("2026-11-10 08:00"), at("2026-11-20 08:00")},
					       {"rsud", 2, at("2026-11-12 08:00"), at("2026-12-24 08:00")}};
	struct quota_span span = quota_span(NULL, 0, at("2026-11-15 12:00"));

	ck_assert_int_eq(span.from_wall_usec, at("2026-11-01 00:00"));
	ck_assert_int_eq(span.until_wall_usec, at("2026-12-01 00:00"));
	span = quota_span(rows, 2, at("2026-11-15 12:00"));
	ck_assert_int_eq(span.from_wall_usec, at("2026-11-12 08:00"));
	ck_assert_int_eq(span.until_wall_usec, at("2026-11-20 08:00"));
	span = quota_span(rows, 2, at("2026-11-20 08:00"));
	ck_assert_int_eq(span.from_wall_usec, at("2026-11-20 08:00"));
	ck_assert_int_eq(span.until_wall_usec, at("2026-12-01 00:00"));
	span = quota_span(rows, 2, at("2026-11-10 07:59"));
	ck_assert_int_eq(span.until_wall_usec, at("2026-11-10 08:00"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("quota");
	TCase *tests = tcase_create("quota");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tests, each_stage_is_said_once);
	tcase_add_test(tests, a_leap_says_the_last_thing_alone);
	tcase_add_test(tests, notice_only_throttles_nobody);
	tcase_add_test(tests, no_quota_is_no_stage);
	tcase_add_test(tests, a_notice_at_a_hundred_percent_is_the_end_itself);
	tcase_add_test(tests, the_largest_figures_fit);
	tcase_add_test(tests, figures_that_vanish_free_nobody);
	tcase_add_test(tests, a_stage_in_the_ledger_throttles_before_anything_is_counted);
	tcase_add_test(tests, a_power_cut_frees_nobody);
	tcase_add_test(tests, a_raised_quota_restores_at_once);
	tcase_add_test(tests, a_lowered_quota_throttles_at_once);
	tcase_add_test(tests, a_quota_that_no_longer_throttles);
	tcase_add_test(tests, another_month);
	tcase_add_test(tests, an_exemption_lifts_and_ends);
	tcase_add_test(tests, over_while_exempt);
	tcase_add_test(tests, exemptions_by_office_and_time);
	tcase_add_test(tests, a_limit_is_passed_by_little);
	tcase_add_test(tests, a_real_quota_needs_no_hurry);
	tcase_add_test(tests, where_it_does_not_matter);
	tcase_add_test(tests, months_are_local);
	tcase_add_test(tests, nothing_changes_by_itself_in_a_span);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
