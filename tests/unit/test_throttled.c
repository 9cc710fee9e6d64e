/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves what policy/decision makes of a quota that is used up: the lesser of two shares at any time of day,
 * and nothing for anybody else but to borrow.
 */
#include "planner_fixture.h"

static bool throttled[PLAN_SLOTS];

static const struct policy_rate throttle = BOTH(3 * MBIT);

static struct planner_input throttled_input(const char *time, struct policy_rate rate)
{
	struct planner_input in = input(time);
	struct policy_office *dinkes = &the_offices[DINKES];

	dinkes->quota_bytes = 1000;
	dinkes->quota_over = POLICY_OVER_THROTTLE;
	dinkes->quota_throttle = rate;
	memset(throttled, 0, sizeof(throttled));
	throttled[slots_find(&slots, "office", "dinkes")] = true;
	in.throttled = throttled;
	return in;
}

static void assert_share(const struct planner_input *in, size_t office, uint64_t guaranteed, uint64_t ceiling)
{
	struct policy_share share = planner_office_share(in, &the_offices[office]);

	ck_assert_uint_eq(share.guaranteed.down_bps, guaranteed);
	ck_assert_uint_eq(share.guaranteed.up_bps, guaranteed);
	ck_assert_uint_eq(share.ceiling.down_bps, ceiling);
	ck_assert_uint_eq(share.ceiling.up_bps, ceiling);
}

START_TEST(guarantee_and_ceiling_are_lowered)
{
	struct planner_input in = throttled_input("2026-11-23 10:00", throttle);

	ck_assert_int_eq(planner_office_state(&in, &the_offices[DINKES]), OFFICE_THROTTLED);
	ck_assert_int_eq(planner_office_state(&in, &the_offices[RSUD]), OFFICE_INSIDE);
	assert_share(&in, DINKES, 3 * MBIT, 3 * MBIT);
	assert_share(&in, RSUD, 20 * MBIT, 95 * MBIT);
}
END_TEST

START_TEST(the_lesser_of_the_state_s_and_the_throttle_s)
{
	struct planner_input in = throttled_input("2026-11-23 20:00", (struct policy_rate)BOTH(10 * MBIT));

	assert_share(&in, DINKES, 4 * MBIT, 10 * MBIT);
	in.now.wall_usec = at("2026-11-23 10:00");
	assert_share(&in, DINKES, 10 * MBIT, 10 * MBIT);
	the_offices[DINKES].quota_throttle = (struct policy_rate)BOTH(90 * MBIT);
	assert_share(&in, DINKES, 40 * MBIT, 80 * MBIT);
	ck_assert_int_eq(planner_office_state(&in, &the_offices[DINKES]), OFFICE_THROTTLED);
}
END_TEST

START_TEST(each_direction_by_itself)
{
	struct planner_input in = throttled_input("2026-11-23 10:00", (struct policy_rate){50 * MBIT, MBIT});
	struct policy_share share = planner_office_share(&in, &the_offices[DINKES]);

	ck_assert_uint_eq(share.guaranteed.down_bps, 40 * MBIT);
	ck_assert_uint_eq(share.ceiling.down_bps, 50 * MBIT);
	ck_assert_uint_eq(share.guaranteed.up_bps, MBIT);
	ck_assert_uint_eq(share.ceiling.up_bps, MBIT);
}
END_TEST

START_TEST(overtime_does_not_lift_it)
{
	struct planner_input in = throttled_input("2026-11-23 20:00", (struct policy_rate)BOTH(10 * MBIT));

	override(&in, OVERRIDE_OFFICE_INSIDE, "dinkes", NULL);
	assert_share(&in, DINKES, 10 * MBIT, 10 * MBIT);
	ck_assert_int_eq(planner_office_state(&in, &the_offices[DINKES]), OFFICE_THROTTLED);
}
END_TEST

START_TEST(notice_alone_lowers_nothing)
{
	struct planner_input in = throttled_input("2026-11-23 10:00", throttle);

	the_offices[DINKES].quota_over = POLICY_OVER_NOTICE;
	assert_share(&in, DINKES, 40 * MBIT, 80 * MBIT);
	ck_assert_int_eq(planner_office_state(&in, &the_offices[DINKES]), OFFICE_INSIDE);
	the_offices[DINKES].quota_over = POLICY_OVER_THROTTLE;
	the_offices[DINKES].quota_bytes = 0; /* the quota went with a new configuration */
	assert_share(&in, DINKES, 40 * MBIT, 80 * MBIT);
}
END_TEST

/* 68 of 95 Mbit/s are promised at 10:00, and 37 of them are dinkes's throttle's to lower: they stay nobody's.
 */
START_TEST(what_it_frees_is_nobody_s_guarantee)
{
	struct planner_input in = throttled_input("2026-11-23 10:00", throttle);

	override(&in, OVERRIDE_ZONE_OPEN, "taman-kota", NULL);
	the_zones[TAMAN_KOTA].share.guaranteed.down_bps = 28 * MBIT; /* one more than is left */
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[TAMAN_KOTA]).guaranteed.down_bps, 0);
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[ALUN]).guaranteed.down_bps, 5 * MBIT);
	ck_assert_uint_eq(planner_guarantees(&in).down_bps, 68 * MBIT); /* the sum that has to fit */
}
END_TEST

/* Where the line gives half, all shrink by one factor, with or without a throttle. */
START_TEST(a_lowered_uplink_shrinks_the_others_as_before)
{
	struct planner_input in = throttled_input("2026-11-23 10:00", throttle), without;
	struct policy_share with_it, without_it;

	in.uplink = (struct policy_rate)BOTH(50 * MBIT);
	without = in;
	without.throttled = NULL;
	with_it = planner_office_share(&in, &the_offices[RSUD]);
	without_it = planner_office_share(&without, &the_offices[RSUD]);
	ck_assert_uint_lt(with_it.guaranteed.down_bps, 20 * MBIT);
	ck_assert_uint_eq(with_it.guaranteed.down_bps, without_it.guaranteed.down_bps);
	assert_share(&in, DINKES, 3 * MBIT, 3 * MBIT);
}
END_TEST

static const struct plan_class *class_of(const struct plan *plan, uint16_t minor)
{
	const struct plan_class *row = plan_find_class(plan, PLAN_DOWN, minor);

	ck_assert_ptr_nonnull(row);
	return row;
}

static unsigned slot(const char *kind, const char *id)
{
	int found = slots_find(&slots, kind, id);

	ck_assert_int_ge(found, 0);
	return (unsigned)found;
}

START_TEST(services_shrink_with_it)
{
	static struct policy_service services[] = {
	    {.id = "voip", .rate = BOTH(4 * MBIT), .priority = POLICY_PRIORITY_HIGH, .mark = -1},
	    {.id = "cctv", .percent = 20, .priority = POLICY_PRIORITY_LOW, .mark = -1}};
	struct planner_input in = throttled_input("2026-11-23 10:00", (struct policy_rate)BOTH(MBIT));
	const struct plan_class *inner, *rest, *voip, *cctv;
	struct plan plan;

	the_offices[DINKES].services = services;
	the_offices[DINKES].n_services = ELEMENTS(services);
	ck_assert_int_eq(slots_assign(&slots, in.policy), 0);
	plan = plan_of(&in);
	inner = class_of(&plan, PLAN_INNER(slot("office", "dinkes")));
	rest = class_of(&plan, PLAN_REST(slot("office", "dinkes")));
	voip = class_of(&plan, PLAN_SERVICE((unsigned)slots_find_service(&slots, "dinkes", "voip")));
	cctv = class_of(&plan, PLAN_SERVICE((unsigned)slots_find_service(&slots, "dinkes", "cctv")));
	ck_assert_uint_eq(inner->rate_bps, MBIT);
	ck_assert_uint_eq(inner->ceiling_bps, MBIT);
	ck_assert_uint_le(voip->rate_bps + cctv->rate_bps + rest->rate_bps, MBIT);
	ck_assert_uint_eq(voip->ceiling_bps, voip->rate_bps);
	ck_assert_uint_gt(voip->rate_bps, cctv->rate_bps);
	ck_assert_uint_ge(rest->rate_bps, 8000);
	plan_clear(&plan);
}
END_TEST

/* The least that the configuration takes; and HTB knows no zero. */
START_TEST(every_class_keeps_a_rate)
{
	struct planner_input in = throttled_input("2026-11-23 10:00", (struct policy_rate)BOTH(8 * KBIT));
	struct plan plan = plan_of(&in);

	ck_assert_uint_eq(class_of(&plan, PLAN_INNER(slot("office", "dinkes")))->rate_bps, 8000);
	ck_assert_uint_eq(class_of(&plan, PLAN_REST(slot("office", "dinkes")))->ceiling_bps, 8000);
	for (size_t i = 0; i < plan.n_classes; i++)
		ck_assert_uint_ge(plan.classes[i].rate_bps, 8);
	plan_clear(&plan);
}
END_TEST

/* Its schedule goes on, but nothing of the plan changes with it where the throttle is below both states. */
START_TEST(a_change_that_the_throttle_hides_is_none)
{
	struct planner_input in = throttled_input("2026-11-23 10:00", throttle);

	for (size_t i = 0; i < in.policy->n_zones; i++)
		the_zones[i].open = &the_schedules[ALL_DAY], the_zones[i].not_during = NULL;
	the_policy.site_schedule = &the_schedules[ALL_DAY];
	ck_assert_int_eq(planner_next(&in).wall_usec, 0);
	in.throttled = NULL;
	ck_assert_str_eq(local(planner_next(&in).wall_usec), "2026-11-23 16:00:00");
}
END_TEST

START_TEST(a_slot_of_nobody_throttles_nobody)
{
	struct planner_input in = throttled_input("2026-11-23 10:00", throttle);

	memset(throttled, true, sizeof(throttled)); /* zones', services' and free slots too */
	throttled[slot("office", "dinkes")] = false;
	assert_share(&in, DINKES, 40 * MBIT, 80 * MBIT);
	assert_share(&in, RSUD, 20 * MBIT, 95 * MBIT); /* it has no quota */
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("throttled");
	TCase *tests = tcase_create("throttled");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tests, NULL, clear);
	tcase_add_test(tests, guarantee_and_ceiling_are_lowered);
	tcase_add_test(tests, the_lesser_of_the_state_s_and_the_throttle_s);
	tcase_add_test(tests, each_direction_by_itself);
	tcase_add_test(tests, overtime_does_not_lift_it);
	tcase_add_test(tests, notice_alone_lowers_nothing);
	tcase_add_test(tests, what_it_frees_is_nobody_s_guarantee);
	tcase_add_test(tests, a_lowered_uplink_shrinks_the_others_as_before);
	tcase_add_test(tests, services_shrink_with_it);
	tcase_add_test(tests, every_class_keeps_a_rate);
	tcase_add_test(tests, a_change_that_the_throttle_hides_is_none);
	tcase_add_test(tests, a_slot_of_nobody_throttles_nobody);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
