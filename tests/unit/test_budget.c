/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves what the planner does when the uplink gives less than it should, and with prefixes that come and go:
 * no plan may ever promise more than there is.
 */
#include "planner_fixture.h"

static struct planner_delegated delegated[8];

static void give(struct planner_input *in, const char *device, const char *prefix)
{
	struct planner_delegated *d = &delegated[in->n_delegated++];

	in->delegated = delegated;
	snprintf(d->device, sizeof(d->device), "%s", device);
	ck_assert_int_eq(prefix_parse(prefix, &d->prefix), 0);
}

/* What leaves are guaranteed together; tokens of what is closed aside. */
static struct policy_rate promised(const struct plan *plan)
{
	struct policy_rate sum = {0};

	for (size_t i = 0; i < plan->n_classes; i++) {
		const struct plan_class *c = &plan->classes[i];

		if ((c->parent != PLAN_ROOT) || c->rate_bps == 8 * KBIT)
			continue;
		if (c->tree == PLAN_DOWN)
			sum.down_bps += c->rate_bps;
		else
			sum.up_bps += c->rate_bps;
	}
	return sum;
}

START_TEST(the_budget_is_of_what_the_uplink_gives)
{
	struct planner_input in = input("2026-11-23 10:00");

	ck_assert_uint_eq(planner_budget(&in).down_bps, 95 * MBIT);
	in.uplink.up_bps = 80 * MBIT;
	ck_assert_uint_eq(planner_budget(&in).down_bps, 95 * MBIT);
	ck_assert_uint_eq(planner_budget(&in).up_bps, 76 * MBIT);
	in.uplink.down_bps = 200 * MBIT; /* never more than was bought */
	ck_assert_uint_eq(planner_budget(&in).down_bps, 95 * MBIT);
	in.uplink.down_bps = 33333333; /* in whole bytes */
	ck_assert_uint_eq(planner_budget(&in).down_bps, 31666664);
}
END_TEST

START_TEST(guarantees_that_fit_stay_and_ceilings_end_at_the_budget)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct policy_share before = planner_office_share(&in, &the_offices[DINKES]), share;

	in.uplink = (struct policy_rate)BOTH(80 * MBIT); /* 76; 40 + 20 + 5 + 2 + 1 are guaranteed */
	share = planner_office_share(&in, &the_offices[DINKES]);
	ck_assert_mem_eq(&share.guaranteed, &before.guaranteed, sizeof(share.guaranteed));
	ck_assert_uint_eq(share.ceiling.down_bps, 76 * MBIT);
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[ALUN]).guaranteed.down_bps, 5 * MBIT);
}
END_TEST

/* 68 Mbit/s are guaranteed where there are 34: everybody keeps half, in one direction alone. */
START_TEST(guarantees_that_no_longer_fit_shrink_by_one_factor)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct policy *policy = (struct policy *)in.policy;
	struct plan plan;

	policy->headroom_percent = 0;
	in.uplink.down_bps = 34 * MBIT;
	ck_assert_uint_eq(planner_office_share(&in, &the_offices[DINKES]).guaranteed.down_bps, 20 * MBIT);
	ck_assert_uint_eq(planner_office_share(&in, &the_offices[DINKES]).guaranteed.up_bps, 40 * MBIT);
	ck_assert_uint_eq(planner_office_share(&in, &the_offices[RSUD]).guaranteed.down_bps, 10 * MBIT);
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[ALUN]).guaranteed.down_bps, 2500 * KBIT);
	plan = plan_of(&in);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_DOWN, PLAN_OWN)->rate_bps, 1 * MBIT);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_DOWN, PLAN_UNATTRIBUTED)->rate_bps, 500 * KBIT);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_DOWN, PLAN_UNATTRIBUTED)->ceiling_bps, 1 * MBIT);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_DOWN, PLAN_ROOT)->rate_bps, 34 * MBIT);
	ck_assert_uint_eq(promised(&plan).down_bps, 34 * MBIT);
	plan_clear(&plan);
	/* What was promised is told as before. */
	ck_assert_uint_eq(planner_guarantees(&in).down_bps, 68 * MBIT);
}
END_TEST

/* At every rate, in every phase, with overtime and a zone that a person opened. */
START_TEST(nothing_exceeds_what_there_is)
{
	static const char *const times[] = {"2026-11-23 10:00", "2026-11-23 18:00", "2026-11-23 23:00"};

	for (size_t t = 0; t < ELEMENTS(times) * 2; t++) {
		struct planner_input in = input(times[t / 2]);

		if (t % 2) {
			override(&in, OVERRIDE_OFFICE_INSIDE, "dinkes", NULL);
			override(&in, OVERRIDE_ZONE_OPEN, "taman-kota", NULL);
		}
		for (uint64_t bps = 700 * KBIT; bps < 110 * MBIT; bps += bps / 7 + 1) {
			struct plan plan;
			struct policy_rate budget;

			in.uplink = (struct policy_rate){bps, bps / 2};
			budget = planner_budget(&in);
			plan = plan_of(&in);
			ck_assert_uint_le(promised(&plan).down_bps, budget.down_bps);
			ck_assert_uint_le(promised(&plan).up_bps, budget.up_bps);
			for (size_t i = 0; i < plan.n_classes; i++) {
				const struct plan_class *c = &plan.classes[i];

				ck_assert(c->rate_bps % 8 == 0 && c->ceiling_bps % 8 == 0 && c->rate_bps);
				ck_assert_uint_le(c->ceiling_bps,
						  c->tree == PLAN_DOWN ? budget.down_bps : budget.up_bps);
			}
			plan_clear(&plan);
		}
	}
}
END_TEST

/* Who yields to whom is decided by what was bought: a slow line turns nobody's guarantee into another's. */
START_TEST(a_slow_line_changes_nobody_s_turn_to_yield)
{
	struct planner_input in = input("2026-11-23 18:00");
	struct policy_share park;

	in.uplink = (struct policy_rate)BOTH(20 * MBIT);
	park = planner_zone_share(&in, &the_zones[TAMAN_KOTA]); /* 20 down, 10 up, of 52 and 42 in all */
	ck_assert_uint_eq(park.guaranteed.down_bps, 19 * MBIT * 20 / 52 / 8 * 8);
	ck_assert_uint_eq(park.guaranteed.up_bps, 19 * MBIT * 10 / 42 / 8 * 8);
}
END_TEST

/* ---- delegated prefixes ---- */

static bool has_prefix(const struct plan *plan, const char *device, const char *text, uint16_t minor)
{
	char own[PREFIX_TEXT];

	for (size_t i = 0; i < plan->n_prefixes; i++)
		if (!strcmp(plan->prefixes[i].device, device) && plan->prefixes[i].minor == minor &&
		    !strcmp(prefix_text(&plan->prefixes[i].prefix, own), text))
			return true;
	return false;
}

START_TEST(a_delegated_prefix_belongs_to_the_office_of_its_device)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct plan plan;

	the_offices[DINKES].delegated = true;
	give(&in, "lan0", "2001:db8:a::1/64"); /* as the device has it */
	give(&in, "lan1", "2001:db8:b::/64");  /* rsud's, which takes none */
	plan = plan_of(&in);
	ck_assert(has_prefix(&plan, "lan0", "2001:db8:a::/64", PLAN_REST(DINKES)));
	ck_assert_uint_eq(plan.n_prefixes, 5); /* 2 and 1 behind two devices as configured */
	plan_clear(&plan);
}
END_TEST

START_TEST(an_office_may_have_none_but_delegated_prefixes)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct plan plan;

	the_offices[DINKES].delegated = true;
	the_offices[DINKES].n_prefixes = 0;
	plan = plan_of(&in); /* none yet */
	ck_assert_uint_eq(plan.n_prefixes, 2);
	ck_assert_ptr_nonnull(plan_find_device(&plan, "lan0"));
	plan_clear(&plan);
}
END_TEST

START_TEST(a_delegated_prefix_takes_nobody_s)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct plan plan;
	void *bytes;
	size_t length;

	the_offices[DINKES].delegated = the_offices[RSUD].delegated = true;
	give(&in, "lan1", "2001:db8:2::/48");	/* dinkes's own lies in it */
	give(&in, "lan1", "2001:db8:200::/64"); /* the park's */
	give(&in, "lan1", "10.77.0.0/24");
	give(&in, "lan1", "::/0");
	give(&in, "lan1", "2001:db8:a::/64");
	give(&in, "lan1", "2001:db8:a::2/64"); /* again: a second address */
	give(&in, "lan0", "2001:db8:b::/60");
	give(&in, "lan1", "2001:db8:b::/64"); /* another device's */
	plan = plan_of(&in);
	ck_assert(has_prefix(&plan, "lan1", "2001:db8:a::/64", PLAN_REST(RSUD)));
	ck_assert(has_prefix(&plan, "lan0", "2001:db8:b::/60", PLAN_REST(DINKES)));
	ck_assert_uint_eq(plan.n_prefixes, 6);
	ck_assert_int_eq(plan_encode(&plan, &bytes, &length), 0);
	free(bytes);
	plan_clear(&plan);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("budget");
	TCase *tests = tcase_create("budget");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, NULL, clear);
	tcase_add_test(tests, the_budget_is_of_what_the_uplink_gives);
	tcase_add_test(tests, guarantees_that_fit_stay_and_ceilings_end_at_the_budget);
	tcase_add_test(tests, guarantees_that_no_longer_fit_shrink_by_one_factor);
	tcase_add_test(tests, nothing_exceeds_what_there_is);
	tcase_add_test(tests, a_slow_line_changes_nobody_s_turn_to_yield);
	tcase_add_test(tests, a_delegated_prefix_belongs_to_the_office_of_its_device);
	tcase_add_test(tests, an_office_may_have_none_but_delegated_prefixes);
	tcase_add_test(tests, a_delegated_prefix_takes_nobody_s);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
