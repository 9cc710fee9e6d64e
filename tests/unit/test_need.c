/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves each rule of the advice at both sides of its edge, their order, and that nothing is suggested
 * against the advice itself.
 */
#include "../../report/need.h"
#include <check.h>
#include <stdlib.h>

#define MBIT UINT64_C(1000000)

/* A guarantee of 10 Mbit/s down and 5 up, used by half. */
static const struct need_month usual = {
    .p95_down_bps = 5 * MBIT,
    .p95_up_bps = 2 * MBIT,
    .guaranteed_down_bps = 10 * MBIT,
    .guaranteed_up_bps = 5 * MBIT,
    .rated = true,
    .measured_sec = 1000000,
    .active_days = 20,
};
static struct need_month months[3];
static struct report_advice advice;

static void set_up(void)
{
	for (size_t i = 0; i < ELEMENTS(months); i++)
		months[i] = usual;
}

static void is(enum report_need need, enum report_need_reason reason)
{
	advice = need_judge(months, ELEMENTS(months));
	ck_assert_int_eq(advice.need, need);
	ck_assert_int_eq(advice.reason, reason);
}

static void suggests(uint64_t down_mbit, uint64_t up_mbit)
{
	ck_assert_uint_eq(advice.suggested_down_bps, down_mbit * MBIT);
	ck_assert_uint_eq(advice.suggested_up_bps, up_mbit * MBIT);
}

START_TEST(it_fits)
{
	is(REPORT_NEED_FITS, REPORT_REASON_FITS);
	suggests(0, 0);
	ck_assert_uint_eq(advice.months, 3);
	ck_assert_uint_eq(advice.active_days, 60);
	ck_assert_uint_eq(advice.p95_down_bps, 5 * MBIT);
}
END_TEST

START_TEST(too_short_a_time)
{
	months[0].active_days = 13;
	months[1] = months[2] = (struct need_month){0};
	is(REPORT_NEED_UNKNOWN, REPORT_REASON_SHORT_TIME);
	suggests(0, 0);
	months[0].active_days = 14;
	is(REPORT_NEED_FITS, REPORT_REASON_FITS);
	ck_assert_uint_eq(advice.months, 1);
	months[0].active_days = 13;
	months[1] = usual;
	months[1].rated = false; /* its days say nothing */
	is(REPORT_NEED_UNKNOWN, REPORT_REASON_SHORT_TIME);
	months[0] = usual;
	months[0].guaranteed_down_bps = months[0].guaranteed_up_bps = 0;
	is(REPORT_NEED_UNKNOWN, REPORT_REASON_SHORT_TIME);
	advice = need_judge(months, 0);
	ck_assert_int_eq(advice.need, REPORT_NEED_UNKNOWN);
}
END_TEST

static void idle(void)
{
	for (size_t i = 0; i < ELEMENTS(months); i++) {
		months[i].p95_down_bps = 4 * MBIT - 1;
		months[i].p95_up_bps = 2 * MBIT - 1;
	}
}

START_TEST(idle_in_all_months_and_both_ways)
{
	idle();
	is(REPORT_NEED_LOWER, REPORT_REASON_IDLE);
	suggests(5, 3); /* 4.99... up, 2.49... up */
	months[2].p95_down_bps = 4 * MBIT;
	is(REPORT_NEED_FITS, REPORT_REASON_FITS);
	idle();
	months[1].p95_up_bps = 2 * MBIT;
	is(REPORT_NEED_FITS, REPORT_REASON_FITS);
}
END_TEST

START_TEST(nobody_is_told_to_lower_what_is_lowest)
{
	for (size_t i = 0; i < ELEMENTS(months); i++) {
		months[i].guaranteed_down_bps = months[i].guaranteed_up_bps = MBIT;
		months[i].p95_down_bps = months[i].p95_up_bps = 1000;
	}
	is(REPORT_NEED_FITS, REPORT_REASON_FITS);
	suggests(0, 0);
	months[0].guaranteed_down_bps = 2 * MBIT;
	months[0].guaranteed_up_bps = MBIT / 2; /* is not raised on the way */
	is(REPORT_NEED_LOWER, REPORT_REASON_IDLE);
	ck_assert_uint_eq(advice.suggested_down_bps, MBIT);
	ck_assert_uint_eq(advice.suggested_up_bps, MBIT / 2);
}
END_TEST

START_TEST(full_in_any_month_and_either_way)
{
	months[1].p95_down_bps = 10 * MBIT - 1;
	is(REPORT_NEED_FITS, REPORT_REASON_FITS);
	months[1].p95_down_bps = 10 * MBIT;
	is(REPORT_NEED_HIGHER, REPORT_REASON_FULL);
	suggests(13, 5); /* 12.5 up; up stays */
	set_up();
	months[2].p95_up_bps = 5 * MBIT;
	is(REPORT_NEED_HIGHER, REPORT_REASON_FULL);
	suggests(10, 7);
}
END_TEST

START_TEST(judged_by_what_is_guaranteed_now)
{
	months[1].p95_down_bps = 4 * MBIT; /* was full, and has been raised since */
	months[1].guaranteed_down_bps = 4 * MBIT;
	is(REPORT_NEED_FITS, REPORT_REASON_FITS);
}
END_TEST

START_TEST(demand_in_over_two_percent)
{
	months[1].demand_sec = 20000;
	is(REPORT_NEED_FITS, REPORT_REASON_FITS);
	ck_assert_uint_eq(advice.demand_permyriad, 200);
	months[1].demand_sec++;
	is(REPORT_NEED_HIGHER, REPORT_REASON_DEMAND);
	suggests(0, 0); /* 6.25 and 2.5 Mbit/s are below what there is */
	months[2].demand_sec = 10;
	months[2].measured_sec = 100; /* the share counts, not the seconds */
	is(REPORT_NEED_HIGHER, REPORT_REASON_DEMAND);
	ck_assert_uint_eq(advice.demand_permyriad, 1000);
	set_up();
	months[0].demand_sec = 5;
	months[0].measured_sec = 0;
	is(REPORT_NEED_FITS, REPORT_REASON_FITS);
}
END_TEST

START_TEST(quota_in_two_months)
{
	months[0].quota_used_up = true;
	is(REPORT_NEED_FITS, REPORT_REASON_FITS);
	months[2].quota_used_up = true;
	is(REPORT_NEED_HIGHER, REPORT_REASON_QUOTA);
	idle();
	is(REPORT_NEED_HIGHER, REPORT_REASON_QUOTA); /* goes before idle */
	months[0].demand_sec = 500000;
	is(REPORT_NEED_HIGHER, REPORT_REASON_DEMAND);
	months[0].p95_up_bps = 50 * MBIT;
	is(REPORT_NEED_HIGHER, REPORT_REASON_FULL);
	suggests(10, 63);
}
END_TEST

START_TEST(enormous_figures)
{
	months[0].p95_down_bps = UINT64_MAX;
	months[0].measured_sec = months[0].demand_sec = UINT32_MAX;
	is(REPORT_NEED_HIGHER, REPORT_REASON_FULL);
	ck_assert_uint_ge(advice.suggested_down_bps, UINT64_MAX - MBIT);
	ck_assert_uint_eq(advice.demand_permyriad, 10000);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {it_fits,
				      too_short_a_time,
				      idle_in_all_months_and_both_ways,
				      nobody_is_told_to_lower_what_is_lowest,
				      full_in_any_month_and_either_way,
				      judged_by_what_is_guaranteed_now,
				      demand_in_over_two_percent,
				      quota_in_two_months,
				      enormous_figures};
	Suite *suite = suite_create("need");
	TCase *cases = tcase_create("need");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, cases);
	tcase_add_checked_fixture(cases, set_up, NULL);
	for (size_t i = 0; i < ELEMENTS(tests); i++)
		tcase_add_test(cases, tests[i]);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
