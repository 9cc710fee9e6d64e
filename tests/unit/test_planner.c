/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves policy/planner: the rows of a plan with HTB's numbers, and that a large regency is planned quickly.
 */
#include "planner_fixture.h"

/* ---- rows ---- */

START_TEST(the_tree_hangs_together)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct plan plan;

	blocks.slot_plus_1[5] = 3;
	plan = plan_of(&in);
	ck_assert_uint_eq(plan.n_classes, 2 * (3 + 2 * 2 + 2 * 2 + 64));
	for (size_t i = 0; i < plan.n_classes; i++) {
		const struct plan_class *c = &plan.classes[i],
					*parent = plan_find_class(&plan, c->tree, c->parent);

		ck_assert(c->minor == PLAN_ROOT ? c->parent == 0 : parent && parent->leaf == PLAN_LEAF_NONE);
		ck_assert_uint_le(c->rate_bps, c->ceiling_bps);
		ck_assert(c->rate_bps % 8 == 0 && c->rate_bps && c->ceiling_bps % 8 == 0);
		ck_assert(c->burst_usec % 8 == 0 && c->burst_usec >= 4000 && c->burst_usec <= 60000000);
		ck_assert(c->cburst_usec % 8 == 0 && c->cburst_usec >= 4000);
		if (c->leaf == PLAN_LEAF_NONE)
			ck_assert(!c->quantum_bytes && !c->limit_bytes && !c->prio);
		else
			ck_assert(c->quantum_bytes >= 1514 && c->quantum_bytes <= 2000000 &&
				  c->limit_bytes >= 32000);
	}
	plan_clear(&plan);
}
END_TEST

START_TEST(a_class_has_the_office_s_numbers)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct plan plan = plan_of(&in);
	const struct plan_class *rest = plan_find_class(&plan, PLAN_DOWN, PLAN_REST(0));
	const struct plan_class *inner = plan_find_class(&plan, PLAN_UP, PLAN_INNER(0));

	ck_assert_uint_eq(rest->rate_bps, 40 * MBIT);
	ck_assert_uint_eq(rest->ceiling_bps, 80 * MBIT);
	ck_assert_uint_eq(rest->quantum_bytes, 30000);
	ck_assert_uint_eq(rest->limit_bytes, 500000); /* 100 ms at 40 Mbit/s */
	ck_assert_uint_eq(rest->burst_usec, 4000);
	ck_assert_uint_eq(inner->rate_bps, 40 * MBIT);
	ck_assert_uint_eq(inner->parent, PLAN_ROOT);
	plan_clear(&plan);
}
END_TEST

/* Both of 1 and 2 Mbit/s have more than a frame, so that what is left over is shared 1 : 2. */
START_TEST(quanta_keep_the_ratio_of_small_guarantees)
{
	struct planner_input in = input("2026-11-23 18:00");
	struct plan plan;

	the_offices[DINKES].outside.guaranteed.down_bps = 1 * MBIT;
	the_offices[RSUD].inside.guaranteed.down_bps = the_offices[RSUD].outside.guaranteed.down_bps =
	    2 * MBIT;
	plan = plan_of(&in);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_DOWN, PLAN_REST(0))->quantum_bytes, 1514);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_DOWN, PLAN_REST(1))->quantum_bytes, 3028);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_UP, PLAN_REST(0))->quantum_bytes,
			  3000); /* 6 ms at 4 Mbit/s */
	plan_clear(&plan);
}
END_TEST

START_TEST(own_borrows_and_unattributed_does_not)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct plan plan = plan_of(&in);
	const struct plan_class *own = plan_find_class(&plan, PLAN_DOWN, PLAN_OWN);
	const struct plan_class *unattributed = plan_find_class(&plan, PLAN_UP, PLAN_UNATTRIBUTED);

	ck_assert(own->rate_bps == 2 * MBIT && own->ceiling_bps == 95 * MBIT && own->prio == 1);
	ck_assert(unattributed->rate_bps == 1 * MBIT && unattributed->ceiling_bps == 1 * MBIT);
	ck_assert_uint_eq(unattributed->prio, 4);
	ck_assert_uint_eq(unattributed->burst_usec, 24800); /* 3,100 bytes at 1 Mbit/s */
	plan_clear(&plan);
}
END_TEST

START_TEST(guests_borrow_in_equal_turns_from_their_zone)
{
	struct planner_input in = input("2026-11-23 18:00");
	uint64_t sum = 0;
	struct plan plan;
	const struct plan_class *guest;

	blocks.slot_plus_1[0] = blocks.slot_plus_1[700] = 3;
	plan = plan_of(&in);
	guest = plan_find_class(&plan, PLAN_DOWN, PLAN_GUEST(700, 63));
	ck_assert_uint_eq(guest->rate_bps, 8);
	ck_assert_uint_eq(guest->ceiling_bps, 10 * MBIT);
	ck_assert(guest->parent == PLAN_INNER(2) && guest->leaf == PLAN_LEAF_GUEST && guest->prio == 3);
	ck_assert_uint_eq(guest->quantum_bytes, 3028);
	ck_assert_uint_eq(guest->limit_bytes, 62500);
	ck_assert_uint_eq(guest->cburst_usec, 4000);
	for (size_t i = 0; i < plan.n_classes; i++)
		if (plan.classes[i].tree == PLAN_DOWN && plan.classes[i].leaf == PLAN_LEAF_GUEST)
			sum += plan.classes[i].rate_bps;
	ck_assert_uint_le(sum, 20 * MBIT);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_DOWN, PLAN_INNER(2))->rate_bps, 20 * MBIT);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_DOWN, PLAN_REST(2))->rate_bps, 8 * KBIT);
	plan_clear(&plan);
}
END_TEST

START_TEST(a_guest_s_ceiling_is_within_the_zone)
{
	struct planner_input in = input("2026-11-23 18:00");
	struct plan plan;

	blocks.slot_plus_1[0] = 4;
	plan = plan_of(&in);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_DOWN, PLAN_GUEST(0, 0))->ceiling_bps, 20 * MBIT);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_UP, PLAN_GUEST(0, 0))->ceiling_bps, 5 * MBIT);
	plan_clear(&plan);
}
END_TEST

/* Else the ceiling would cut turns short, and the shares of what is free with them. */
START_TEST(a_turn_fits_into_the_burst_at_the_ceiling)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct plan plan = plan_of(&in);

	for (size_t i = 0; i < plan.n_classes; i++) {
		const struct plan_class *c = &plan.classes[i];

		ck_assert_uint_ge(c->ceiling_bps / 8 * c->cburst_usec / 1000000, c->quantum_bytes);
	}
	plan_clear(&plan);
}
END_TEST

START_TEST(only_an_office_that_is_always_fast_keeps_packets_whole)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct policy_office *office = &the_offices[RSUD];
	struct plan plan;

	((struct policy *)in.policy)->uplink_rate = (struct policy_rate){10000 * MBIT, 10000 * MBIT};
	office->inside.guaranteed = office->outside.guaranteed = (struct policy_rate){400 * MBIT, 400 * MBIT};
	office->inside.ceiling = office->outside.ceiling = (struct policy_rate){1000 * MBIT, 1000 * MBIT};
	plan = plan_of(&in);
	ck_assert_int_eq(plan_find_class(&plan, PLAN_UP, PLAN_REST(RSUD))->leaf, PLAN_LEAF_WIDE);
	ck_assert_int_eq(plan_find_class(&plan, PLAN_UP, PLAN_REST(DINKES))->leaf, PLAN_LEAF_SHARED);
	plan_clear(&plan);
	office->outside.guaranteed.up_bps = 10 * MBIT;
	plan = plan_of(&in);
	ck_assert_int_eq(plan_find_class(&plan, PLAN_DOWN, PLAN_REST(RSUD))->leaf, PLAN_LEAF_SHARED);
	plan_clear(&plan);
}
END_TEST

START_TEST(a_closed_zone_keeps_its_classes)
{
	struct planner_input in = input("2026-11-23 18:00");
	struct plan open, closed;
	const struct plan_class *inner;

	blocks.slot_plus_1[0] = 3;
	open = plan_of(&in);
	in.now.wall_usec = at("2026-11-23 23:00");
	closed = plan_of(&in);
	ck_assert_uint_eq(open.n_classes, closed.n_classes);
	inner = plan_find_class(&closed, PLAN_DOWN, PLAN_INNER(2));
	ck_assert(inner->rate_bps == 8 * KBIT && inner->ceiling_bps == 60 * MBIT);
	for (int i = 0; i < PLAN_GUEST_BLOCK; i++)
		ck_assert_mem_eq(plan_find_class(&open, PLAN_UP, PLAN_GUEST(0, i)),
				 plan_find_class(&closed, PLAN_UP, PLAN_GUEST(0, i)),
				 sizeof(struct plan_class));
	plan_clear(&open);
	plan_clear(&closed);
}
END_TEST

START_TEST(a_zone_that_yields_leaves_its_guests_classes_alone)
{
	struct planner_input in = input("2026-11-23 20:00");
	struct plan before, plan;

	blocks.slot_plus_1[0] = 3;
	before = plan_of(&in);
	override(&in, OVERRIDE_OFFICE_INSIDE, "dinkes", NULL);
	the_offices[DINKES].inside.guaranteed.down_bps = 60 * MBIT;
	plan = plan_of(&in);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_DOWN, PLAN_INNER(2))->rate_bps, 8 * KBIT);
	ck_assert_mem_eq(plan_find_class(&before, PLAN_DOWN, PLAN_GUEST(0, 0)),
			 plan_find_class(&plan, PLAN_DOWN, PLAN_GUEST(0, 0)), sizeof(struct plan_class));
	plan_clear(&before);
	plan_clear(&plan);
}
END_TEST

START_TEST(promises_never_pass_the_budget)
{
	struct planner_input in = input("2026-11-23 00:00");

	blocks.slot_plus_1[0] = 3;
	blocks.slot_plus_1[1] = 4;
	override(&in, OVERRIDE_OFFICE_INSIDE, "dinkes", NULL);
	override(&in, OVERRIDE_ZONE_OPEN, "taman-kota", "2026-11-23 14:00");
	for (uint64_t mbit = 10; mbit <= 90; mbit += 10) {
		the_offices[DINKES].inside.guaranteed =
		    (struct policy_rate){mbit * MBIT, (100 - mbit) * MBIT};
		for (int hour = 0; hour < 24; hour++) {
			struct planner_input then = in;
			uint64_t sums[PLAN_TREES] = {0};
			struct plan plan;

			then.now.wall_usec += hour * USEC_PER_HOUR;
			if (calendar_inside(&the_policy, &the_schedules[KANTOR], then.now.wall_usec))
				continue; /* there the configuration itself would be refused */
			plan = plan_of(&then);
			for (size_t i = 0; i < plan.n_classes; i++)
				if (plan.classes[i].parent == PLAN_ROOT)
					sums[plan.classes[i].tree] += plan.classes[i].rate_bps;
			/* tokens of zones that are guaranteed nothing come on top */
			ck_assert_uint_le(sums[PLAN_DOWN], 95 * MBIT + 16 * KBIT);
			ck_assert_uint_le(sums[PLAN_UP], 95 * MBIT + 16 * KBIT);
			plan_clear(&plan);
		}
	}
}
END_TEST

START_TEST(devices_prefixes_and_addresses)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct plan plan = plan_of(&in);
	static const char expected[] = "device lan0 office\n"
				       "device lan1 office\n"
				       "device wan0 uplink\n"
				       "device zone0 zone class 1005\n"
				       "device zone1 zone class 1007\n"
				       "prefix lan0 10.10.2.0/24 class 1001\n"
				       "prefix lan0 10.10.3.0/24 class 1003\n"
				       "prefix lan0 2001:db8:2::/64 class 1001\n"
				       "prefix lan1 10.10.3.0/24 class 1003\n"
				       "address zone0 10.200.0.1/20\n"
				       "address zone0 2001:db8:200::1/64\n"
				       "address zone1 10.201.0.1/24\n"
				       "gate zone1 open\n";
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	plan_print(out, &plan, MONO);
	fclose(out);
	ck_assert_ptr_nonnull(strstr(text, "device "));
	ck_assert_str_eq(strstr(text, "device "), expected);
	ck_assert(plan.nat && !plan.nat66 && plan.between_offices && plan.portal_port == 8080);
	ck_assert_str_eq(plan.uplink, "wan0");
	free(text);
	plan_clear(&plan);
}
END_TEST

/* Where there is no certificate, nothing must be sent to a port that nobody listens to. */
START_TEST(https_has_a_port_with_a_certificate_only)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct plan plan;

	the_policy.portal.tls_port = 8443;
	plan = plan_of(&in);
	ck_assert_uint_eq(plan.tls_port, 0);
	plan_clear(&plan);
	the_policy.portal.certificate = "/c";
	plan = plan_of(&in);
	ck_assert_uint_eq(plan.tls_port, 8443);
	plan_clear(&plan);
}
END_TEST

START_TEST(a_prefix_row_has_no_host_bits)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct plan plan;

	ck_assert_int_eq(prefix_parse("10.10.2.77/24", &dinkes_prefixes[0]), 0);
	plan = plan_of(&in);
	for (size_t i = 0; i < plan.n_prefixes; i++)
		ck_assert(!prefix_has_host_bits(&plan.prefixes[i].prefix));
	plan_clear(&plan);
}
END_TEST

START_TEST(a_gate_closes_with_the_calendar)
{
	struct planner_input in = input("2026-11-23 21:59:00");
	struct plan plan = plan_of(&in);

	ck_assert_uint_eq(plan.n_gates, 2);
	ck_assert_str_eq(plan.gates[0].device, "zone0");
	ck_assert_int_eq(plan.gates[0].closes_mono_usec, MONO + 60 * USEC_PER_SEC);
	ck_assert_int_eq(plan.gates[1].closes_mono_usec, 0);
	plan_clear(&plan);
	in.now.wall_usec = at("2026-11-23 22:00");
	plan = plan_of(&in);
	ck_assert_uint_eq(plan.n_gates, 1);
	plan_clear(&plan);
}
END_TEST

static struct plan_session session(const char *device, uint16_t minor, int64_t ends)
{
	struct plan_session s = {
	    .id = minor, .ends_mono_usec = ends, .minor = minor, .login = POLICY_LOGIN_CLICK};

	s.mac.octets[5] = (uint8_t)minor;
	snprintf(s.device, sizeof(s.device), "%s", device);
	return s;
}

START_TEST(sessions_that_may_be)
{
	struct planner_input in = input("2026-11-23 18:00");
	const struct plan_session sessions[] = {
	    session("zone0", PLAN_GUEST(7, 0), MONO + 1),   /* in */
	    session("zone0", PLAN_GUEST(7, 1), MONO),	    /* past its end */
	    session("zone0", PLAN_GUEST(8, 0), MONO + 1),   /* no such block */
	    session("zone1", PLAN_GUEST(7, 2), MONO + 1),   /* the block is another zone's */
	    session("zone9", PLAN_GUEST(7, 3), MONO + 1),   /* no such zone */
	    session("zone0", PLAN_REST(2), MONO + 1),	    /* not a guest's class */
	    session("zone0", PLAN_GUEST(9, 0), MONO + 1),   /* a block of a slot that is no zone's */
	    session("zone1", PLAN_GUEST(10, 63), MONO + 9), /* in */
	};
	struct plan plan;

	blocks.slot_plus_1[7] = 3;
	blocks.slot_plus_1[9] = 4096;
	blocks.slot_plus_1[10] = 4;
	in.sessions = sessions;
	in.n_sessions = ELEMENTS(sessions);
	plan = plan_of(&in);
	ck_assert_uint_eq(plan.n_sessions, 2);
	ck_assert_mem_eq(&plan.sessions[0], &sessions[0], sizeof(sessions[0]));
	ck_assert_mem_eq(&plan.sessions[1], &sessions[7], sizeof(sessions[0]));
	plan_clear(&plan);
	in.now.wall_usec = at("2026-11-23 23:00"); /* zone0 is closed */
	plan = plan_of(&in);
	ck_assert_uint_eq(plan.n_sessions, 1);
	plan_clear(&plan);
	in.blocks = NULL;
	plan = plan_of(&in);
	ck_assert_uint_eq(plan.n_sessions, 0);
	plan_clear(&plan);
}
END_TEST

START_TEST(a_plan_without_slots_is_refused)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct slots none = {0};
	struct plan plan = {.n_classes = 77};

	in.slots = &none;
	ck_assert_int_eq(planner_plan(&in, &plan), -ENOENT);
	ck_assert_uint_eq(plan.n_classes, 77);
}
END_TEST

START_TEST(the_same_input_gives_the_same_bytes)
{
	struct planner_input in = input("2026-11-23 18:00");
	struct plan a, b;
	void *x = NULL, *y = NULL;
	size_t n, m;

	blocks.slot_plus_1[3] = 3;
	a = plan_of(&in);
	b = plan_of(&in);
	ck_assert_int_eq(plan_encode(&a, &x, &n), 0);
	ck_assert_int_eq(plan_encode(&b, &y, &m), 0);
	ck_assert_uint_eq(n, m);
	ck_assert_mem_eq(x, y, n);
	free(x);
	free(y);
	plan_clear(&a);
	plan_clear(&b);
}
END_TEST

/* ---- size ---- */

#define MANY_OFFICES 300
#define MANY_ZONES 50

static struct policy *big(void)
{
	static struct policy_office offices[MANY_OFFICES];
	static struct policy_zone zones[MANY_ZONES];
	static struct policy_holiday holidays[40];
	static char ids[MANY_OFFICES + MANY_ZONES][16];
	struct policy *policy = regency();

	for (int i = 0; i < MANY_OFFICES; i++) {
		offices[i] = the_offices[i % 2];
		offices[i].id = ids[i];
		offices[i].schedule = &the_schedules[i % SCHEDULES];
		offices[i].inside.guaranteed = offices[i].outside.guaranteed =
		    (struct policy_rate)BOTH(100 * KBIT);
		snprintf(ids[i], sizeof(ids[i]), "office-%d", i);
	}
	for (int i = 0; i < MANY_ZONES; i++) {
		zones[i] = the_zones[i % 2];
		zones[i].id = ids[MANY_OFFICES + i];
		zones[i].share.guaranteed = (struct policy_rate)BOTH(100 * KBIT);
		snprintf(zones[i].id, sizeof(ids[0]), "zone-%d", i);
		snprintf(zones[i].device, sizeof(zones[i].device), "zone%d", i);
	}
	for (int i = 0; i < 40; i++)
		holidays[i] = (struct policy_holiday){calendar_day(2026, 1, 1) + 9 * i, "Hari Libur"};
	policy->offices = offices;
	policy->n_offices = MANY_OFFICES;
	policy->zones = zones;
	policy->n_zones = MANY_ZONES;
	policy->holidays = holidays;
	policy->n_holidays = 40;
	return policy;
}

START_TEST(a_large_regency_is_quick)
{
	struct planner_input in = {.policy = big(), .slots = &slots, .now = {at("2026-11-23 18:00"), MONO}};
	struct plan plan;
	struct policy_rate sum;
	int64_t wall, start = clock_now().mono_usec, after_check, after_plan;

	ck_assert_int_eq(planner_overcommitted(in.policy, &wall, &sum), 0);
	after_check = clock_now().mono_usec;
	ck_assert_int_eq(slots_assign(&slots, in.policy), 0);
	plan = plan_of(&in);
	after_plan = clock_now().mono_usec;
	printf("300 offices, 50 zones, 40 holidays: check %.1f ms, plan %.1f ms\n",
	       (double)(after_check - start) / 1000, (double)(after_plan - after_check) / 1000);
	ck_assert_int_lt(after_check - start,
			 1000 * USEC_PER_MSEC); /* 200 ms without sanitizers on an idle machine */
	plan_clear(&plan);
	slots_clear(&slots);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("planner");
	TCase *tests = tcase_create("planner");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, NULL, clear);
	tcase_add_test(tests, the_tree_hangs_together);
	tcase_add_test(tests, a_class_has_the_office_s_numbers);
	tcase_add_test(tests, quanta_keep_the_ratio_of_small_guarantees);
	tcase_add_test(tests, own_borrows_and_unattributed_does_not);
	tcase_add_test(tests, guests_borrow_in_equal_turns_from_their_zone);
	tcase_add_test(tests, a_guest_s_ceiling_is_within_the_zone);
	tcase_add_test(tests, a_turn_fits_into_the_burst_at_the_ceiling);
	tcase_add_test(tests, only_an_office_that_is_always_fast_keeps_packets_whole);
	tcase_add_test(tests, a_closed_zone_keeps_its_classes);
	tcase_add_test(tests, a_zone_that_yields_leaves_its_guests_classes_alone);
	tcase_add_test(tests, promises_never_pass_the_budget);
	tcase_add_test(tests, devices_prefixes_and_addresses);
	tcase_add_test(tests, https_has_a_port_with_a_certificate_only);
	tcase_add_test(tests, a_prefix_row_has_no_host_bits);
	tcase_add_test(tests, a_gate_closes_with_the_calendar);
	tcase_add_test(tests, sessions_that_may_be);
	tcase_add_test(tests, a_plan_without_slots_is_refused);
	tcase_add_test(tests, the_same_input_gives_the_same_bytes);
	tcase_add_test(tests, a_large_regency_is_quick);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
