/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves policy/services.c and policy/plan_services.c: what names stand for, what a service has of its
 * office, and the rows that come of it. Nothing that a service has may come from anywhere but its office.
 */
#include "planner_fixture.h"
#include "../../policy/services.h"

static struct policy_service services[4];

static void give(struct policy_office *office, size_t n)
{
	office->services = services;
	office->n_services = n;
}

/* As in a configuration that names them. */
static struct policy_service named(const char *id)
{
	const struct policy_service *known = service_known(id);

	ck_assert_msg(known != NULL, "%s", id);
	return *known;
}

static struct policy_service absolute(const char *id, uint64_t bps)
{
	return (struct policy_service){
	    .id = (char *)id, .rate = {bps, bps}, .priority = POLICY_PRIORITY_NORMAL, .mark = -1};
}

static const struct plan_class *class_of(const struct plan *plan, enum plan_tree tree, const char *service)
{
	int slot = slots_find_service(&slots, "dinkes", service);
	const struct plan_class *row;

	ck_assert_int_ge(slot, 0);
	row = plan_find_class(plan, tree, PLAN_SERVICE(slot));
	ck_assert_ptr_nonnull(row);
	return row;
}

/* ---- names ---- */

static const char *const names[] = {"voip", "conference", "cctv", "attendance"};

static bool share_a_packet(const struct policy_service *a, const struct policy_service *b)
{
	for (size_t i = 0; i < a->n_ports; i++)
		for (size_t j = 0; j < b->n_ports; j++)
			if (a->ports[i].protocol == b->ports[j].protocol &&
			    a->ports[i].first <= b->ports[j].last && b->ports[j].first <= a->ports[i].last)
				return true;
	for (size_t i = 0; i < a->n_dscp; i++)
		for (size_t j = 0; j < b->n_dscp; j++)
			if (a->dscp[i] == b->dscp[j])
				return true;
	return false;
}

START_TEST(all_known_services_can_be_had_together)
{
	unsigned percent = 0;

	for (size_t i = 0; i < ELEMENTS(names); i++) {
		struct policy_service s = named(names[i]);

		percent += s.percent;
		ck_assert_ptr_nonnull(strstr(service_known_names(), names[i]));
		for (size_t p = 0; p < s.n_ports; p++)
			ck_assert(s.ports[p].first && s.ports[p].first <= s.ports[p].last);
		for (size_t j = 0; j < i; j++)
			ck_assert_msg(!share_a_packet(&s, service_known(names[j])), "%s and %s", names[i],
				      names[j]);
	}
	ck_assert_uint_le(percent, 90);
	ck_assert_ptr_null(service_known("voice"));
}
END_TEST

START_TEST(a_dscp_has_the_number_of_its_rfc)
{
	static const struct {
		const char *name;
		int dscp;
	} cases[] = {{"cs0", 0},    {"cs7", 56},     {"af11", 10},     {"af43", 38},	 {"af31", 26},
		     {"ef", 46},    {"va", 44},	     {"le", 1},	       {"cs8", -EINVAL}, {"af44", -EINVAL},
		     {"", -EINVAL}, {"EF", -EINVAL}, {"af5", -EINVAL}, {"46", -EINVAL}};

	for (size_t i = 0; i < ELEMENTS(cases); i++)
		ck_assert_int_eq(service_dscp(cases[i].name), cases[i].dscp);
}
END_TEST

/* ---- shares ---- */

START_TEST(a_percentage_is_of_the_guarantee_as_it_is)
{
	struct policy_office *office = (regency(), &the_offices[DINKES]);
	struct policy_share inside = {{40 * MBIT, 16 * MBIT}, BOTH(80 * MBIT)}, own;

	services[0] = named("voip");
	services[1] = named("conference");
	give(office, 2);
	own = planner_service_share(office, &services[0], inside);
	ck_assert(own.guaranteed.down_bps == 4 * MBIT && own.guaranteed.up_bps == 1600 * KBIT);
	ck_assert_mem_eq(&own.ceiling, &own.guaranteed, sizeof(own.ceiling)); /* first, so never more */
	own = planner_service_share(office, &services[1], inside);
	ck_assert(own.guaranteed.down_bps == 16 * MBIT && own.guaranteed.up_bps == 6400 * KBIT);
	ck_assert_uint_eq(own.ceiling.down_bps, 80 * MBIT);
}
END_TEST

/* 6 Mbit/s and 2 Mbit/s where there is 1: three quarters and one, less what the rest keeps. */
START_TEST(rates_that_no_longer_fit_shrink_by_one_factor)
{
	struct policy_office *office = (regency(), &the_offices[DINKES]);
	struct policy_share throttled = {BOTH(1 * MBIT), BOTH(2 * MBIT)}, a, b;

	services[0] = absolute("a", 6 * MBIT);
	services[1] = absolute("b", 2 * MBIT);
	services[1].priority = POLICY_PRIORITY_HIGH;
	give(office, 2);
	a = planner_service_share(office, &services[0], throttled);
	b = planner_service_share(office, &services[1], throttled);
	ck_assert_uint_eq(a.guaranteed.down_bps, 744000);
	ck_assert_uint_eq(b.guaranteed.up_bps, 248000);
	ck_assert_uint_eq(b.ceiling.up_bps, 248000);
	ck_assert_uint_eq(a.ceiling.down_bps, 2 * MBIT);
}
END_TEST

/* One direction may be short without the other. */
START_TEST(directions_shrink_by_themselves)
{
	struct policy_office *office = (regency(), &the_offices[DINKES]);
	struct policy_share share = {{10 * MBIT, 1 * MBIT}, BOTH(20 * MBIT)}, own;

	services[0] = absolute("a", 2 * MBIT);
	give(office, 1);
	own = planner_service_share(office, &services[0], share);
	ck_assert(own.guaranteed.down_bps == 2 * MBIT && own.guaranteed.up_bps == 992 * KBIT);
}
END_TEST

START_TEST(together_they_never_have_more_than_the_office)
{
	static const uint64_t guarantees[] = {1000,	8 * KBIT,   64 * KBIT,	  100008,	1 * MBIT,
					      33333336, 333 * MBIT, 10000 * MBIT, 100000 * MBIT};
	struct policy_office *office = (regency(), &the_offices[DINKES]);

	give(office, 4);
	services[0] = named("conference");
	services[1] = absolute("b", 5 * MBIT);
	services[2] = absolute("c", 99999992);
	services[3] = named("voip");
	services[3].percent = 60;
	for (size_t i = 0; i < ELEMENTS(guarantees); i++) {
		struct policy_share share = {BOTH(guarantees[i]), BOTH(guarantees[i])};
		uint64_t sum = 0;

		for (size_t j = 0; j < 4; j++) {
			struct policy_share own = planner_service_share(office, &services[j], share);

			ck_assert(own.guaranteed.up_bps % 8 == 0 && own.guaranteed.up_bps >= 8);
			sum += own.guaranteed.up_bps;
		}
		ck_assert_msg(sum < guarantees[i], "%zu of %zu", (size_t)sum, (size_t)guarantees[i]);
	}
}
END_TEST

/* ---- rows ---- */

START_TEST(each_service_is_a_leaf_beside_the_rest)
{
	struct planner_input in;
	struct plan plan;
	const struct plan_class *voip, *cctv, *meeting, *rest;

	services[0] = named("voip");
	services[1] = named("conference");
	services[2] = named("cctv");
	regency();
	in = input("2026-11-23 10:00");
	give(&the_offices[DINKES], 3);
	ck_assert_int_eq(slots_assign(&slots, in.policy), 0);
	plan = plan_of(&in);
	voip = class_of(&plan, PLAN_DOWN, "voip");
	meeting = class_of(&plan, PLAN_DOWN, "conference");
	cctv = class_of(&plan, PLAN_UP, "cctv");
	rest = plan_find_class(&plan, PLAN_DOWN, PLAN_REST(0));
	ck_assert(voip->parent == PLAN_INNER(0) && voip->leaf == PLAN_LEAF_SHARED && voip->prio == 0);
	ck_assert(voip->rate_bps == 4 * MBIT && voip->ceiling_bps == 4 * MBIT);
	ck_assert(meeting->prio == 1 && meeting->rate_bps == 16 * MBIT && meeting->ceiling_bps == 80 * MBIT);
	ck_assert(cctv->prio == 2 && cctv->rate_bps == 8 * MBIT && cctv->ceiling_bps == 80 * MBIT);
	ck_assert(rest->prio == 1 && rest->rate_bps == 12 * MBIT && rest->ceiling_bps == 80 * MBIT);
	/* What is free is shared as before: by the whole office's guarantee. */
	ck_assert_uint_eq(rest->quantum_bytes, 30000);
	ck_assert_uint_eq(meeting->quantum_bytes, 12000);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_DOWN, PLAN_INNER(0))->rate_bps, 40 * MBIT);
	plan_clear(&plan);
}
END_TEST

static const struct plan_match *find_match(const struct plan *plan, const struct plan_match *wanted)
{
	for (size_t i = 0; i < plan->n_matches; i++)
		if (!memcmp(&plan->matches[i], wanted, sizeof(*wanted)))
			return &plan->matches[i];
	return NULL;
}

START_TEST(what_belongs_to_a_service_is_in_one_of_three_forms)
{
	static struct prefix prefixes[2];
	static struct policy_ports ports[] = {{IPPROTO_TCP, 443, 443}, {IPPROTO_UDP, 4000, 4010}};
	static uint8_t dscp[] = {0, 26};
	struct planner_input in = input("2026-11-23 10:00");
	struct plan_match any = {.last_port = 65535, .dscp = PLAN_DSCP_NONE}, port, tos;
	struct plan plan;

	ck_assert_int_eq(prefix_parse("203.0.113.7/32", &prefixes[0]), 0);
	ck_assert_int_eq(prefix_parse("2001:db8:77::/48", &prefixes[1]), 0);
	services[0] = absolute("far", 1 * MBIT);
	services[0].prefixes = prefixes;
	services[0].n_prefixes = 1;
	services[1] = absolute("both", 1 * MBIT);
	services[1].prefixes = prefixes + 1;
	services[1].n_prefixes = 1;
	services[1].ports = ports;
	services[1].n_ports = 2;
	services[1].dscp = dscp;
	services[1].n_dscp = 2;
	services[1].mark = 0;
	give(&the_offices[DINKES], 2);
	ck_assert_int_eq(slots_assign(&slots, in.policy), 0);
	plan = plan_of(&in);
	ck_assert_uint_eq(plan.n_matches, 5);
	any.office = PLAN_REST(0);
	any.minor = PLAN_SERVICE(slots_find_service(&slots, "dinkes", "far"));
	any.prefix = prefixes[0];
	ck_assert_ptr_nonnull(find_match(&plan, &any));
	port = (struct plan_match){PLAN_REST(0),   PLAN_SERVICE(slots_find_service(&slots, "dinkes", "both")),
				   4000,	   4010,
				   PLAN_DSCP_NONE, IPPROTO_UDP,
				   prefixes[1]};
	ck_assert_ptr_nonnull(find_match(&plan, &port));
	tos = (struct plan_match){.office = PLAN_REST(0), .minor = port.minor, .dscp = 26};
	ck_assert_ptr_nonnull(find_match(&plan, &tos));
	/* DSCP 0 is a mark as any other. */
	ck_assert(plan.n_marks == 1 && plan.marks[0].minor == port.minor && plan.marks[0].dscp == 0);
	plan_clear(&plan);
}
END_TEST

START_TEST(a_plan_with_services_is_sound_as_bytes)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct plan plan, back = {0};
	void *bytes;
	size_t length;

	for (size_t i = 0; i < ELEMENTS(names); i++)
		services[i] = named(names[i]);
	give(&the_offices[DINKES], 4);
	give(&the_offices[RSUD], 4);
	ck_assert_int_eq(slots_assign(&slots, in.policy), 0);
	plan = plan_of(&in);
	ck_assert_int_eq(plan_encode(&plan, &bytes, &length), 0);
	ck_assert_int_eq(plan_decode(bytes, length, &back), 0);
	ck_assert_uint_eq(back.n_matches, 2 * (4 + 3 + 7 + 2 + 2));
	free(bytes);
	plan_clear(&plan);
	plan_clear(&back);
}
END_TEST

START_TEST(a_service_without_a_slot_is_an_error)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct plan plan;

	services[0] = named("voip");
	give(&the_offices[DINKES], 1);
	ck_assert_int_eq(planner_plan(&in, &plan), -ENOENT);
}
END_TEST

/* ---- HTB's numbers ---- */

static const uint64_t rates[] = {64 * KBIT,  100 * KBIT,  512 * KBIT, 2 * MBIT,	   20 * MBIT,
				 100 * MBIT, 333333336,	  500 * MBIT, 1000 * MBIT, 2500 * MBIT,
				 4294967296, 8000 * MBIT, 9999999992, 10000 * MBIT};

/* What the kernel keeps: rates in bytes a second of 64 bits, times in ticks of 64 ns of 32 bits, a quantum
 * that is given (no warning, whatever it is) and at least a frame, so that no class waits for several turns.
 */
static void check_numbers(const struct plan_class *c)
{
	ck_assert(c->rate_bps % 8 == 0 && c->ceiling_bps % 8 == 0);
	ck_assert(c->burst_usec % 8 == 0 && c->cburst_usec % 8 == 0);
	ck_assert(c->burst_usec && (uint64_t)c->burst_usec * 1000 / 64 <= UINT32_MAX);
	ck_assert(c->cburst_usec && (uint64_t)c->cburst_usec * 1000 / 64 <= UINT32_MAX);
	ck_assert_uint_ge(c->ceiling_bps / 8 * c->cburst_usec / 1000000, c->quantum_bytes);
	if (c->leaf == PLAN_LEAF_NONE)
		return;
	ck_assert(c->quantum_bytes >= 1514 && c->quantum_bytes <= 2000000);
	ck_assert_uint_eq(c->rtt_usec, 100000);
}

START_TEST(numbers_hold_from_64_kbit_to_10_gbit)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct policy *policy = (struct policy *)in.policy;
	struct policy_office *office = &the_offices[DINKES];
	struct plan plan;

	policy->uplink_rate = (struct policy_rate)BOTH(40000 * MBIT);
	policy->rtt_usec = 100000;
	services[0] = absolute("a", rates[_i] / 4 / 8 * 8);
	services[0].priority = POLICY_PRIORITY_HIGH;
	give(office, 1);
	office->inside = office->outside = (struct policy_share){BOTH(rates[_i]), BOTH(10000 * MBIT)};
	ck_assert_int_eq(slots_assign(&slots, in.policy), 0);
	plan = plan_of(&in);
	for (size_t i = 0; i < plan.n_classes; i++)
		check_numbers(&plan.classes[i]);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_UP, PLAN_INNER(0))->rate_bps, rates[_i]);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_UP, PLAN_INNER(0))->ceiling_bps, 10000 * MBIT);
	ck_assert_uint_eq(class_of(&plan, PLAN_UP, "a")->rate_bps, rates[_i] / 4 / 8 * 8);
	plan_clear(&plan);
}
END_TEST

START_TEST(every_class_knows_what_a_frame_costs)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct policy *policy = (struct policy *)in.policy;
	struct plan plan;

	policy->overhead_bytes = 32;
	policy->mpu_bytes = 84;
	policy->rtt_usec = 60000;
	policy->dscp_clear = policy->ifb_always = true;
	blocks.slot_plus_1[0] = 3;
	plan = plan_of(&in);
	ck_assert(plan.dscp_clear && plan.ifb_always);
	for (size_t i = 0; i < plan.n_classes; i++) {
		const struct plan_class *c = &plan.classes[i];

		ck_assert(c->overhead_bytes == 32 && c->mpu_bytes == 84);
		ck_assert_uint_eq(c->rtt_usec, c->leaf == PLAN_LEAF_NONE ? 0 : 60000);
	}
	plan_clear(&plan);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("services");
	TCase *tests = tcase_create("services");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tests, NULL, clear);
	tcase_add_test(tests, all_known_services_can_be_had_together);
	tcase_add_test(tests, a_dscp_has_the_number_of_its_rfc);
	tcase_add_test(tests, a_percentage_is_of_the_guarantee_as_it_is);
	tcase_add_test(tests, rates_that_no_longer_fit_shrink_by_one_factor);
	tcase_add_test(tests, directions_shrink_by_themselves);
	tcase_add_test(tests, together_they_never_have_more_than_the_office);
	tcase_add_test(tests, each_service_is_a_leaf_beside_the_rest);
	tcase_add_test(tests, what_belongs_to_a_service_is_in_one_of_three_forms);
	tcase_add_test(tests, a_plan_with_services_is_sound_as_bytes);
	tcase_add_test(tests, a_service_without_a_slot_is_an_error);
	tcase_add_loop_test(tests, numbers_hold_from_64_kbit_to_10_gbit, 0, ELEMENTS(rates));
	tcase_add_test(tests, every_class_knows_what_a_frame_costs);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
