/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves policy/decision, next and overcommit: who is inside, open or overruled at an instant, who yields,
 * what changes next, and that no state of the calendar is oversold unseen.
 */
#include "planner_fixture.h"

/* ---- states ---- */

static const struct {
	const char *time;
	bool public, dinkes_inside, taman_open;
} states[] = {
    {"2026-11-23 05:59:59", true, false, false}, /* Monday */
    {"2026-11-23 06:00", true, false, true},	 {"2026-11-23 07:30", false, true, false},
    {"2026-11-23 15:59:59", false, true, false}, {"2026-11-23 16:00", true, false, true},
    {"2026-11-23 22:00", true, false, false},	 {"2026-12-25 10:00", true, false, true}, /* a holiday */
    {"2026-02-19 07:45", true, false, true},						  /* Ramadan */
    {"2026-02-19 08:00", false, true, false},	 {"2026-02-19 15:00", true, false, true},
    {"2026-11-22 10:00", true, false, true}, /* Sunday */
};

START_TEST(state)
{
	struct planner_input in = input(states[_i].time);
	const struct policy *p = in.policy;

	ck_assert_int_eq(planner_public_phase(&in), states[_i].public);
	ck_assert_int_eq(planner_office_state(&in, &p->offices[DINKES]),
			 states[_i].dinkes_inside ? OFFICE_INSIDE : OFFICE_OUTSIDE);
	ck_assert_int_eq(planner_zone_open(&in, &p->zones[TAMAN_KOTA]), states[_i].taman_open);
	ck_assert_int_eq(planner_office_state(&in, &p->offices[RSUD]), OFFICE_INSIDE);
	ck_assert(planner_zone_open(&in, &p->zones[ALUN]));
}
END_TEST

START_TEST(shares_follow_the_state)
{
	struct planner_input in = input("2026-11-23 10:00");
	const struct policy *p = in.policy;

	ck_assert_uint_eq(planner_office_share(&in, &p->offices[DINKES]).guaranteed.down_bps, 40 * MBIT);
	ck_assert_uint_eq(planner_office_share(&in, &p->offices[DINKES]).ceiling.up_bps, 80 * MBIT);
	ck_assert_uint_eq(planner_zone_share(&in, &p->zones[TAMAN_KOTA]).ceiling.down_bps, 0);
	ck_assert_uint_eq(planner_guarantees(&in).down_bps, (2 + 1 + 40 + 20 + 5) * MBIT);
	in.now.wall_usec = at("2026-11-23 16:00");
	ck_assert_uint_eq(planner_office_share(&in, &p->offices[DINKES]).guaranteed.down_bps, 4 * MBIT);
	ck_assert_uint_eq(planner_office_share(&in, &p->offices[DINKES]).ceiling.up_bps, 60 * MBIT);
	ck_assert_uint_eq(planner_zone_share(&in, &p->zones[TAMAN_KOTA]).guaranteed.down_bps, 20 * MBIT);
	ck_assert_uint_eq(planner_zone_share(&in, &p->zones[TAMAN_KOTA]).guaranteed.up_bps, 10 * MBIT);
	ck_assert_uint_eq(planner_guarantees(&in).down_bps, (2 + 1 + 4 + 20 + 20 + 5) * MBIT);
	ck_assert_uint_eq(planner_guarantees(&in).up_bps, (2 + 1 + 4 + 20 + 10 + 5) * MBIT);
}
END_TEST

START_TEST(a_ceiling_is_capped_at_the_budget)
{
	struct planner_input in = input("2026-11-23 10:00");

	ck_assert_uint_eq(planner_office_share(&in, &the_offices[RSUD]).ceiling.down_bps, 95 * MBIT);
}
END_TEST

/* ---- overrides ---- */

START_TEST(a_person_opens_and_closes)
{
	struct planner_input in = input("2026-11-23 10:00");

	override(&in, OVERRIDE_ZONE_OPEN, "taman-kota", "2026-11-23 11:00");
	override(&in, OVERRIDE_ZONE_CLOSED, "alun-alun", NULL);
	ck_assert(planner_zone_open(&in, &the_zones[TAMAN_KOTA]));
	ck_assert(!planner_zone_open(&in, &the_zones[ALUN]));
	in.now.wall_usec = at("2026-11-23 11:00"); /* past its end */
	ck_assert(!planner_zone_open(&in, &the_zones[TAMAN_KOTA]));
	ck_assert(!planner_zone_open(&in, &the_zones[ALUN]));
}
END_TEST

START_TEST(the_last_override_wins)
{
	struct planner_input in = input("2026-11-23 10:00");

	override(&in, OVERRIDE_ZONE_OPEN, "taman-kota", NULL);
	override(&in, OVERRIDE_ZONE_CLOSED, "taman-kota", "2026-11-23 11:00");
	ck_assert(!planner_zone_open(&in, &the_zones[TAMAN_KOTA]));
	in.now.wall_usec = at("2026-11-23 12:00");
	ck_assert(planner_zone_open(&in, &the_zones[TAMAN_KOTA]));
}
END_TEST

START_TEST(an_override_of_nobody_is_ignored)
{
	struct planner_input in = input("2026-11-23 10:00");

	override(&in, OVERRIDE_ZONE_OPEN, "dinkes", NULL);
	override(&in, OVERRIDE_OFFICE_INSIDE, "taman-kota", NULL);
	ck_assert(!planner_zone_open(&in, &the_zones[TAMAN_KOTA]));
	ck_assert_uint_eq(planner_guarantees(&in).down_bps, 68 * MBIT);
}
END_TEST

/* 68 of 95 Mbit/s are promised at 10:00: 20 more fit, 30 do not. */
START_TEST(an_opened_zone_that_fits_is_guaranteed)
{
	struct planner_input in = input("2026-11-23 10:00");

	override(&in, OVERRIDE_ZONE_OPEN, "taman-kota", NULL);
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[TAMAN_KOTA]).guaranteed.down_bps, 20 * MBIT);
	ck_assert_uint_eq(planner_guarantees(&in).down_bps, 88 * MBIT);
}
END_TEST

START_TEST(an_opened_zone_that_does_not_fit_only_borrows)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct policy_share share;

	override(&in, OVERRIDE_ZONE_OPEN, "taman-kota", NULL);
	the_zones[TAMAN_KOTA].share.guaranteed.up_bps = 28 * MBIT; /* in one direction is enough */
	share = planner_zone_share(&in, &the_zones[TAMAN_KOTA]);
	ck_assert_uint_eq(share.guaranteed.down_bps, 0);
	ck_assert_uint_eq(share.guaranteed.up_bps, 0);
	ck_assert_uint_eq(share.ceiling.down_bps, 60 * MBIT);
	/* the zone that the calendar opens is not touched */
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[ALUN]).guaranteed.down_bps, 5 * MBIT);
}
END_TEST

START_TEST(opened_zones_fill_what_is_left_in_order)
{
	struct planner_input in = input("2026-11-23 10:00");

	override(&in, OVERRIDE_ZONE_OPEN, "taman-kota", NULL);
	override(&in, OVERRIDE_ZONE_OPEN, "alun-alun", NULL);
	the_zones[ALUN].open = &the_schedules[TAMAN];
	the_zones[ALUN].not_during = &the_schedules[KANTOR];
	the_zones[TAMAN_KOTA].share.guaranteed.down_bps = 33 * MBIT; /* 95 - 63 = 32 */
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[TAMAN_KOTA]).guaranteed.down_bps, 0);
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[ALUN]).guaranteed.down_bps, 5 * MBIT);
	the_zones[TAMAN_KOTA].share.guaranteed.down_bps = 30 * MBIT;
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[TAMAN_KOTA]).guaranteed.down_bps, 30 * MBIT);
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[ALUN]).guaranteed.down_bps, 0);
}
END_TEST

START_TEST(overtime_keeps_the_inside_rates)
{
	struct planner_input in = input("2026-11-23 20:00");

	override(&in, OVERRIDE_OFFICE_INSIDE, "dinkes", "2026-11-23 21:00");
	ck_assert_int_eq(planner_office_state(&in, &the_offices[DINKES]), OFFICE_INSIDE);
	ck_assert_uint_eq(planner_office_share(&in, &the_offices[DINKES]).guaranteed.down_bps, 40 * MBIT);
	ck_assert(planner_public_phase(&in)); /* of the site, not of an office */
	in.now.wall_usec = at("2026-11-23 21:00");
	ck_assert_int_eq(planner_office_state(&in, &the_offices[DINKES]), OFFICE_OUTSIDE);
}
END_TEST

/* 2 + 1 + 40 + 20 + 20 + 5 = 88 of 95. */
START_TEST(zones_yield_to_overtime_last_first)
{
	struct planner_input in = input("2026-11-23 20:00");

	override(&in, OVERRIDE_OFFICE_INSIDE, "dinkes", NULL);
	the_offices[DINKES].inside.guaranteed.down_bps = 50 * MBIT; /* 3 over: the 5 of alun-alun */
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[TAMAN_KOTA]).guaranteed.down_bps, 20 * MBIT);
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[ALUN]).guaranteed.down_bps, 0);
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[ALUN]).ceiling.down_bps, 20 * MBIT);
	the_offices[DINKES].inside.guaranteed.down_bps = 60 * MBIT;
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[TAMAN_KOTA]).guaranteed.down_bps, 0);
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[ALUN]).guaranteed.down_bps, 0);
	ck_assert_uint_eq(planner_office_share(&in, &the_offices[DINKES]).guaranteed.down_bps, 60 * MBIT);
	ck_assert_uint_eq(planner_guarantees(&in).down_bps, 83 * MBIT);
}
END_TEST

START_TEST(overtime_that_cannot_fit_is_not_promised_but_told)
{
	struct planner_input in = input("2026-11-23 20:00");
	struct policy_share share;

	override(&in, OVERRIDE_OFFICE_INSIDE, "dinkes", NULL);
	the_offices[DINKES].inside.guaranteed.down_bps = 75 * MBIT;
	ck_assert_uint_eq(planner_guarantees(&in).down_bps, (3 + 75 + 20 + 20 + 5) * MBIT);
	share = planner_office_share(&in, &the_offices[DINKES]);
	ck_assert_uint_eq(share.guaranteed.down_bps, 4 * MBIT);
	ck_assert_uint_eq(share.ceiling.down_bps, 80 * MBIT);
	ck_assert_int_eq(planner_office_state(&in, &the_offices[DINKES]), OFFICE_INSIDE);
}
END_TEST

/* ---- what changes next ---- */

START_TEST(the_next_change_of_a_zone)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct planner_change c = planner_zone_next(&in, &the_zones[TAMAN_KOTA]);

	ck_assert_str_eq(local(c.wall_usec), "2026-11-23 16:00:00");
	ck_assert_ptr_eq(c.schedule, &the_schedules[KANTOR]);
	ck_assert(c.cause == CALENDAR_WINDOW && !c.inside && !c.opening);
	in.now.wall_usec = at("2026-11-23 16:00");
	c = planner_zone_next(&in, &the_zones[TAMAN_KOTA]);
	ck_assert_str_eq(local(c.wall_usec), "2026-11-23 22:00:00");
	ck_assert_ptr_eq(c.schedule, &the_schedules[TAMAN]);
	ck_assert(c.opening);
	in.now.wall_usec = at("2026-12-25 06:00"); /* the office hours of a holiday do not close it */
	ck_assert_str_eq(local(planner_zone_next(&in, &the_zones[TAMAN_KOTA]).wall_usec),
			 "2026-12-25 22:00:00");
	ck_assert_int_eq(planner_zone_next(&in, &the_zones[ALUN]).wall_usec, 0);
}
END_TEST

START_TEST(the_next_change_of_an_overridden_zone)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct planner_change c;

	override(&in, OVERRIDE_ZONE_OPEN, "taman-kota", "2026-11-23 12:00");
	c = planner_zone_next(&in, &the_zones[TAMAN_KOTA]);
	ck_assert_str_eq(local(c.wall_usec), "2026-11-23 12:00:00");
	ck_assert(c.cause == CALENDAR_OVERRIDE && c.override == &overrides[0] && !c.schedule);
	overrides[0].until_wall_usec = at("2026-11-23 17:00"); /* open then by the calendar too */
	c = planner_zone_next(&in, &the_zones[TAMAN_KOTA]);
	ck_assert_str_eq(local(c.wall_usec), "2026-11-23 22:00:00");
	overrides[0].until_wall_usec = 0;
	ck_assert_int_eq(planner_zone_next(&in, &the_zones[TAMAN_KOTA]).wall_usec, 0);
}
END_TEST

START_TEST(the_next_change_of_anything)
{
	struct planner_input in = input("2026-11-23 15:59:50");
	struct planner_change c = planner_next(&in);

	ck_assert_str_eq(local(c.wall_usec), "2026-11-23 16:00:00");
	ck_assert_ptr_eq(c.schedule, &the_schedules[KANTOR]);
	in.now.wall_usec = c.wall_usec;
	c = planner_next(&in);
	/* schedules that nobody uses (malam, at 20:00) are no change */
	ck_assert_str_eq(local(c.wall_usec), "2026-11-23 22:00:00");
	in.now.wall_usec = at("2026-12-23 22:00");
	c = planner_next(&in);
	ck_assert_str_eq(local(c.wall_usec), "2026-12-24 06:00:00");
}
END_TEST

START_TEST(an_override_s_end_is_a_change_where_it_matters)
{
	struct planner_input in = input("2026-11-23 16:30");
	struct planner_change c;

	override(&in, OVERRIDE_OFFICE_INSIDE, "dinkes", "2026-11-23 18:00");
	override(&in, OVERRIDE_ZONE_OPEN, "taman-kota", "2026-11-23 17:00"); /* it is open anyway */
	c = planner_next(&in);
	ck_assert_str_eq(local(c.wall_usec), "2026-11-23 18:00:00");
	ck_assert(c.cause == CALENDAR_OVERRIDE && c.override == &overrides[0]);
}
END_TEST

START_TEST(nothing_ever_changes)
{
	struct planner_input in = input("2026-11-23 16:30");

	the_policy.site_schedule = the_offices[DINKES].schedule = the_zones[TAMAN_KOTA].open =
	    &the_schedules[ALL_DAY];
	the_zones[TAMAN_KOTA].not_during = NULL;
	ck_assert_int_eq(planner_next(&in).wall_usec, 0);
}
END_TEST

/* ---- overcommitment ---- */

START_TEST(the_regency_fits)
{
	int64_t wall = 1;
	struct policy_rate sum = {7, 7};

	ck_assert_int_eq(planner_overcommitted(regency(), &wall, &sum), 0);
	ck_assert(wall == 1 && sum.down_bps == 7);
}
END_TEST

START_TEST(office_hours_that_do_not_fit)
{
	struct policy *policy = regency();
	int64_t wall;
	struct policy_rate sum;

	the_offices[DINKES].inside.guaranteed.up_bps = 68 * MBIT; /* + 28 = 96 */
	ck_assert_int_eq(planner_overcommitted(policy, &wall, &sum), 1);
	ck_assert_uint_eq(sum.up_bps, 96 * MBIT);
	ck_assert(calendar_inside(policy, &the_schedules[KANTOR], wall));
	the_offices[DINKES].inside.guaranteed.up_bps = 67 * MBIT; /* exactly full */
	ck_assert_int_eq(planner_overcommitted(policy, &wall, &sum), 0);
}
END_TEST

/* Zone open and office inside meet on holidays only: the six-day office works on, kantor does not. */
START_TEST(a_state_that_only_a_holiday_shows)
{
	struct policy *policy = regency();
	int64_t wall;
	struct policy_rate sum;

	the_schedules[SIX_DAYS].holidays = false;
	the_schedules[SIX_DAYS].n_windows = 5; /* Monday to Friday, within the office hours */
	the_schedules[SIX_DAYS].n_periods = 0;
	the_schedules[KANTOR].n_periods = 0;
	the_offices[RSUD].schedule = &the_schedules[SIX_DAYS];
	the_offices[RSUD].inside.guaranteed.down_bps = 65 * MBIT; /* 3 + 4 + 65 + 20 + 5 = 97 */
	the_offices[RSUD].outside.guaranteed.down_bps = 1 * MBIT;
	the_offices[DINKES].inside.guaranteed.down_bps = 4 * MBIT;
	ck_assert_int_eq(planner_overcommitted(policy, &wall, &sum), 1);
	ck_assert_str_eq(local(wall), "2026-01-01 07:30:00");
	ck_assert_uint_eq(sum.down_bps, 97 * MBIT);
	policy->n_holidays = 0;
	ck_assert_int_eq(planner_overcommitted(policy, &wall, &sum), 0);
}
END_TEST

/* Ramadan's Friday afternoon: the night shift of the day before a period, a minute of overlap, and so on: the
 * sweep finds what minute by minute finds. */
START_TEST(the_sweep_is_exact)
{
	struct policy *policy = regency();
	struct planner_input in = {.policy = policy};
	struct policy_rate worst = {0}, sum;
	int64_t wall;

	the_offices[RSUD].schedule = &the_schedules[NIGHT];
	the_offices[RSUD].outside.guaranteed.down_bps = 0;
	the_zones[ALUN].open = &the_schedules[FRIDAY];
	the_zones[ALUN].not_during = &the_schedules[SIX_DAYS];
	the_offices[DINKES].inside.guaranteed.down_bps = 10 * MBIT;
	for (in.now.wall_usec = at("2026-01-01 00:00"); in.now.wall_usec < at("2027-01-01 00:00");
	     in.now.wall_usec += 15 * USEC_PER_MINUTE) {
		struct policy_rate here = planner_guarantees(&in);

		worst.down_bps = MAX(worst.down_bps, here.down_bps);
	}
	policy->headroom_percent = 0;
	policy->uplink_rate.down_bps = worst.down_bps;
	ck_assert_int_eq(planner_overcommitted(policy, &wall, &sum), 0);
	policy->uplink_rate.down_bps = worst.down_bps - 8;
	ck_assert_int_eq(planner_overcommitted(policy, &wall, &sum), 1);
	ck_assert_uint_eq(sum.down_bps, worst.down_bps);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("decision");
	TCase *tests = tcase_create("decision");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, NULL, clear);
	tcase_add_loop_test(tests, state, 0, ELEMENTS(states));
	tcase_add_test(tests, shares_follow_the_state);
	tcase_add_test(tests, a_ceiling_is_capped_at_the_budget);
	tcase_add_test(tests, a_person_opens_and_closes);
	tcase_add_test(tests, the_last_override_wins);
	tcase_add_test(tests, an_override_of_nobody_is_ignored);
	tcase_add_test(tests, an_opened_zone_that_fits_is_guaranteed);
	tcase_add_test(tests, an_opened_zone_that_does_not_fit_only_borrows);
	tcase_add_test(tests, opened_zones_fill_what_is_left_in_order);
	tcase_add_test(tests, overtime_keeps_the_inside_rates);
	tcase_add_test(tests, zones_yield_to_overtime_last_first);
	tcase_add_test(tests, overtime_that_cannot_fit_is_not_promised_but_told);
	tcase_add_test(tests, the_next_change_of_a_zone);
	tcase_add_test(tests, the_next_change_of_an_overridden_zone);
	tcase_add_test(tests, the_next_change_of_anything);
	tcase_add_test(tests, an_override_s_end_is_a_change_where_it_matters);
	tcase_add_test(tests, nothing_ever_changes);
	tcase_add_test(tests, the_regency_fits);
	tcase_add_test(tests, office_hours_that_do_not_fit);
	tcase_add_test(tests, a_state_that_only_a_holiday_shows);
	tcase_add_test(tests, the_sweep_is_exact);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
