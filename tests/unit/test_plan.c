/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves lib/plan and lib/plan_print: order, look-up, differences, and what a person reads of them.
 */
#include "plan_fixture.h"

START_TEST(sorting_puts_rows_in_the_order_of_their_keys)
{
	_cleanup_(plan_clear) struct plan plan = sorted();

	ck_assert_uint_eq(plan.n_classes, 10);
	for (size_t i = 1; i < plan.n_classes; i++)
		ck_assert_uint_lt(plan.classes[i - 1].tree << 16 | plan.classes[i - 1].minor,
				  plan.classes[i].tree << 16 | plan.classes[i].minor);
	ck_assert_str_eq(plan.devices[0].name, "lan0");
	ck_assert_str_eq(plan.devices[2].name, "zone0");
	for (size_t i = 0; i < plan.n_sessions; i++)
		ck_assert_uint_eq(plan.sessions[i].mac.octets[5], i + 1);
	ck_assert_str_eq(plan.chains[0].name, "forward");
}
END_TEST

START_TEST(find_knows_every_row_and_no_other)
{
	_cleanup_(plan_clear) struct plan plan = sorted();
	struct plan empty = {0};
	const struct mac mac = {{2, 0, 0, 0, 0, 4}}, stranger = {{2, 0, 0, 0, 0, 99}};

	for (size_t i = 0; i < plan.n_classes; i++)
		ck_assert_ptr_eq(plan_find_class(&plan, plan.classes[i].tree, plan.classes[i].minor),
				 &plan.classes[i]);
	ck_assert_ptr_null(plan_find_class(&plan, PLAN_UP, 0x7777));
	ck_assert_uint_eq(plan_find_device(&plan, "zone0")->role, PLAN_ZONE);
	ck_assert_ptr_null(plan_find_device(&plan, "zone"));
	ck_assert_ptr_null(plan_find_device(&plan, "zone0-and-much-more-than-fits"));
	ck_assert_uint_eq(plan_find_session(&plan, "zone0", &mac)->id, 4);
	ck_assert_ptr_null(plan_find_session(&plan, "zone1", &mac));
	ck_assert_ptr_null(plan_find_session(&plan, "zone0", &stranger));
	ck_assert_ptr_null(plan_find_class(&empty, PLAN_UP, PLAN_ROOT));
	ck_assert_ptr_null(plan_find_device(&empty, "wan0"));
}
END_TEST

START_TEST(what_follows_a_name_is_cleared_on_adding)
{
	_cleanup_(plan_clear) struct plan plan = {0};
	struct plan_device row = {.role = PLAN_OFFICE};

	memset(row.name, 'x', sizeof(row.name));
	memcpy(row.name, "lan0", 5);
	plan_add_device(&plan, &row);
	for (size_t i = 4; i < sizeof(row.name); i++)
		ck_assert_int_eq(plan.devices[0].name[i], 0);
	ck_assert_int_eq(plan.devices[0].role, PLAN_OFFICE);
}
END_TEST

START_TEST(a_copy_is_equal_and_apart)
{
	_cleanup_(plan_clear) struct plan plan = sorted(), copy = {0};
	struct plan_session row = session_row("zone0", 77, PLAN_GUEST(0, 60));

	ck_assert_int_eq(plan_copy(&copy, &plan), 0);
	ck_assert_uint_eq(differences(&plan, &copy), 0);
	ck_assert_str_eq(copy.uplink, "wan0");
	copy.sessions[0].id = 1000;
	ck_assert_uint_eq(plan.sessions[0].id, 1);
	/* A copy (and a decoded plan) can grow: nine rows, then across the next power of two. */
	for (int i = 0; i < 20; i++)
		ck_assert_int_eq(plan_add_session(&copy, &row), 0);
	ck_assert_uint_eq(copy.n_sessions, 29);
}
END_TEST

START_TEST(clearing_leaves_an_empty_plan)
{
	struct plan plan = example(), zero = {0};

	plan_clear(&plan);
	ck_assert_int_eq(memcmp(&plan, &zero, sizeof(plan)), 0);
	plan_clear(&plan);
}
END_TEST

START_TEST(equal_plans_do_not_differ)
{
	_cleanup_(plan_clear) struct plan have = sorted(), want = sorted();
	struct plan empty = {0};

	ck_assert_uint_eq(differences(&have, &want), 0);
	ck_assert_uint_eq(differences(&empty, &empty), 0);
}
END_TEST

START_TEST(from_nothing_all_is_added_and_to_nothing_removed)
{
	_cleanup_(plan_clear) struct plan plan = sorted();
	const size_t n = plan.n_classes + plan.n_devices + plan.n_prefixes + plan.n_matches + plan.n_marks +
			 plan.n_addresses + plan.n_gates + plan.n_sessions + plan.n_chains;
	struct plan empty = {0};
	_cleanup_(plan_changes_clear) struct plan_changes up = {0}, down = {0};

	ck_assert_int_eq(plan_diff(&empty, &plan, &up), 0);
	ck_assert_int_eq(plan_diff(&plan, &empty, &down), 0);
	ck_assert_uint_eq(up.n, n);
	ck_assert_uint_eq(down.n, n);
	for (size_t i = 0; i < n; i++) {
		ck_assert_int_eq(up.rows[i].op, PLAN_ADD);
		ck_assert_int_eq(down.rows[i].op, PLAN_REMOVE);
		if (i)
			ck_assert_int_ge(up.rows[i].kind, up.rows[i - 1].kind);
	}
	ck_assert_uint_eq(up.rows[1].want, 1);
	ck_assert_uint_eq(down.rows[1].have, 1);
}
END_TEST

START_TEST(add_change_and_remove_are_told_apart)
{
	_cleanup_(plan_clear) struct plan have = sorted(), want = sorted();
	_cleanup_(plan_changes_clear) struct plan_changes changes = {0};
	struct plan_class row = class_row(PLAN_UP, PLAN_INNER(3));

	want.classes[1].rate_bps = 8;			    /* 1:2 */
	plan_add_class(&want, &row);			    /* 1:1006 */
	want.sessions[8] = session_row("zone1", 1, 0x4777); /* instead of the ninth */
	plan_sort(&want);
	ck_assert_int_eq(plan_diff(&have, &want, &changes), 0);
	ck_assert_uint_eq(changes.n, 4);
	ck_assert(changes.rows[0].kind == PLAN_CLASSES && changes.rows[0].op == PLAN_CHANGE);
	ck_assert(changes.rows[0].have == 1 && changes.rows[0].want == 1);
	ck_assert(changes.rows[1].kind == PLAN_CLASSES && changes.rows[1].op == PLAN_ADD);
	ck_assert_uint_eq(want.classes[changes.rows[1].want].minor, PLAN_INNER(3));
	ck_assert(changes.rows[2].kind == PLAN_SESSIONS && changes.rows[2].op == PLAN_REMOVE);
	ck_assert_uint_eq(have.sessions[changes.rows[2].have].id, 9);
	ck_assert(changes.rows[3].kind == PLAN_SESSIONS && changes.rows[3].op == PLAN_ADD);
	ck_assert_str_eq(want.sessions[changes.rows[3].want].device, "zone1");
}
END_TEST

START_TEST(times_within_the_slack_are_the_same)
{
	_cleanup_(plan_clear) struct plan have = sorted(), want = sorted();

	want.gates[0].closes_mono_usec += PLAN_TIME_SLACK_USEC;
	want.sessions[0].ends_mono_usec -= PLAN_TIME_SLACK_USEC;
	ck_assert_uint_eq(differences(&have, &want), 0);
	want.gates[0].closes_mono_usec++;
	ck_assert_uint_eq(differences(&have, &want), 1);
	want.sessions[0].ends_mono_usec--;
	ck_assert_uint_eq(differences(&have, &want), 2);
	want.sessions[1].ends_mono_usec = INT64_MAX;
	have.sessions[1].ends_mono_usec = INT64_MIN;
	ck_assert_uint_eq(differences(&have, &want), 3);
}
END_TEST

START_TEST(no_end_in_sight_is_not_a_time_near_zero)
{
	_cleanup_(plan_clear) struct plan have = sorted(), want = sorted();

	have.gates[0].closes_mono_usec = 1000;
	want.gates[0].closes_mono_usec = 0;
	ck_assert_uint_eq(differences(&have, &want), 1);
	have.gates[0].closes_mono_usec = 0;
	ck_assert_uint_eq(differences(&have, &want), 0);
}
END_TEST

START_TEST(a_session_with_another_address_or_class_differs)
{
	_cleanup_(plan_clear) struct plan have = sorted(), want = sorted();

	want.sessions[0].address4.octets[3]++;
	want.sessions[1].minor++;
	want.sessions[2].down_base_bytes++;
	ck_assert_uint_eq(differences(&have, &want), 3);
}
END_TEST

START_TEST(a_plan_is_printed_one_line_a_row)
{
	_cleanup_(plan_clear) struct plan plan = {
	    .nat = true, .portal_port = 8081, .tls_port = 8443, .uplink = "wan0"};
	struct plan_class row = class_row(PLAN_DOWN, PLAN_REST(8));
	struct plan_session session = session_row("zone0", 1, PLAN_GUEST(1, 2));
	struct plan_gate open = {0, "zone1"}, closing = {90 * MINUTE, "zone0"};
	char *text;

	plan_add_class(&plan, &row);
	plan_add_gate(&plan, &open);
	plan_add_gate(&plan, &closing);
	plan_add_session(&plan, &session);
	plan_sort(&plan);
	text = printed(&plan);
	ck_assert_str_eq(text,
			 "uplink wan0 nat yes nat66 no between-offices no portal-port 8081 tls-port 8443\n"
			 "class 2:1011 parent 2:1 shared prio 0 rate 40 Mbit ceiling 200 Mbit burst 1000 us"
			 " cburst 1000 us quantum 30000 limit 500000\n"
			 "gate zone0 closes in 5400.000 s\n"
			 "gate zone1 open\n"
			 "session zone0 02:00:00:00:00:01 10.200.0.1 id 1 class 4042 ends in 7200.000 s"
			 " started -60.000 s ago login 1 base down 0 up 0\n");
	free(text);
}
END_TEST

START_TEST(a_match_s_class_is_not_its_key)
{
	_cleanup_(plan_clear) struct plan have = sorted(), want = sorted();
	_cleanup_(plan_changes_clear) struct plan_changes changes = {0};

	for (size_t i = 0; i < want.n_matches; i++)
		want.matches[i].minor = PLAN_SERVICE(50);
	want.marks[0].dscp = 0;
	ck_assert_int_eq(plan_diff(&have, &want, &changes), 0);
	ck_assert_uint_eq(changes.n, want.n_matches + 1);
	for (size_t i = 0; i < changes.n; i++)
		ck_assert_int_eq(changes.rows[i].op, PLAN_CHANGE);
}
END_TEST

/* Each part of what is matched makes another row. */
START_TEST(every_part_of_a_match_is_its_key)
{
	_cleanup_(plan_clear) struct plan have = {0}, want = {0};
	struct plan_match row = {0x1001, 0x3000, 80, 90, PLAN_DSCP_NONE, 6, network("203.0.113.0/24")};

	plan_add_match(&have, &row);
	for (int part = 0; part < 6; part++) {
		struct plan_match other = row;

		other.office += part == 0;
		other.first_port += part == 1;
		other.last_port += part == 2;
		other.dscp -= part == 3;
		other.protocol += part == 4;
		other.prefix.length += part == 5;
		ck_assert_int_eq(plan_add_match(&want, &other), 0);
	}
	plan_sort(&want);
	ck_assert_uint_eq(differences(&have, &want), 7);
}
END_TEST

START_TEST(services_and_options_are_printed)
{
	_cleanup_(plan_clear) struct plan plan = {
	    .dscp_clear = true, .ifb_always = true, .portal_port = 80, .uplink = "wan0", .download = "lan0"};
	_cleanup_(plan_clear) struct plan rows = sorted();
	struct plan_class row = class_row(PLAN_UP, PLAN_SERVICE(4));
	char *text;

	row.rtt_usec = 100000;
	row.overhead_bytes = 24;
	row.mpu_bytes = 84;
	plan_add_class(&plan, &row);
	for (size_t i = 0; i < rows.n_matches; i++)
		plan_add_match(&plan, &rows.matches[i]);
	plan_add_mark(&plan, &rows.marks[0]);
	text = printed(&plan);
	ck_assert_str_eq(text,
			 "uplink wan0 nat no nat66 no between-offices no portal-port 80 dscp clear"
			 " ifb always download lan0\n"
			 "class 1:3004 parent 1:1 shared prio 0 rate 40 Mbit ceiling 200 Mbit burst 1000 us"
			 " cburst 1000 us quantum 30000 limit 500000 rtt 100000 us overhead 24 mpu 84\n"
			 "match 1001 dscp 46 class 3008\n"
			 "match 1001 tcp 5060-5061 class 3008\n"
			 "match 1001 udp 5060-5061 class 3008\n"
			 "match 1001 203.0.113.7/32 class 3007\n"
			 "match 1001 2001:db8:77::/48 tcp 443-443 class 3007\n"
			 "match 1003 dscp 46 class 3009\n"
			 "mark 3008 dscp 46\n");
	free(text);
}
END_TEST

START_TEST(changes_are_printed_with_both_sides)
{
	_cleanup_(plan_clear) struct plan have = {0}, want = {0};
	_cleanup_(plan_changes_clear) struct plan_changes changes = {0};
	struct plan_device zone = {"zone0", PLAN_ZONE, {0}, 0x1001}, lan = {"lan0", PLAN_OFFICE},
			   wan = {"wan0", PLAN_UPLINK};
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	plan_add_device(&have, &lan);
	plan_add_device(&have, &zone);
	zone.minor = 0x1003;
	plan_add_device(&want, &zone);
	plan_add_device(&want, &wan);
	plan_sort(&have);
	plan_sort(&want);
	ck_assert_int_eq(plan_diff(&have, &want, &changes), 0);
	plan_changes_print(out, &have, &want, &changes);
	fclose(out);
	ck_assert_str_eq(text, "- device lan0 office\n"
			       "+ device wan0 uplink\n"
			       "< device zone0 zone class 1001\n"
			       "> device zone0 zone class 1003\n");
	free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan");
	TCase *tests = tcase_create("plan");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tests, sorting_puts_rows_in_the_order_of_their_keys);
	tcase_add_test(tests, find_knows_every_row_and_no_other);
	tcase_add_test(tests, what_follows_a_name_is_cleared_on_adding);
	tcase_add_test(tests, a_copy_is_equal_and_apart);
	tcase_add_test(tests, clearing_leaves_an_empty_plan);
	tcase_add_test(tests, equal_plans_do_not_differ);
	tcase_add_test(tests, from_nothing_all_is_added_and_to_nothing_removed);
	tcase_add_test(tests, add_change_and_remove_are_told_apart);
	tcase_add_test(tests, times_within_the_slack_are_the_same);
	tcase_add_test(tests, no_end_in_sight_is_not_a_time_near_zero);
	tcase_add_test(tests, a_session_with_another_address_or_class_differs);
	tcase_add_test(tests, a_plan_is_printed_one_line_a_row);
	tcase_add_test(tests, a_match_s_class_is_not_its_key);
	tcase_add_test(tests, every_part_of_a_match_is_its_key);
	tcase_add_test(tests, services_and_options_are_printed);
	tcase_add_test(tests, changes_are_printed_with_both_sides);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
