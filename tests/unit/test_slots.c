/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Proves policy/slots: an id keeps its slot for ever, a new one takes the lowest free, and the end is said.
 */
#include "policy_fixture.h"
#include <errno.h>
#include <stdio.h>

START_TEST(slots_follow_the_file)
{
	struct policy *policy = regency();
	_cleanup_(slots_clear) struct slots slots = {0};

	ck_assert_int_eq(slots_assign(&slots, policy), 0);
	ck_assert_uint_eq(slots.n, 4);
	ck_assert_int_eq(slots_find(&slots, "office", "dinkes"), 0);
	ck_assert_int_eq(slots_find(&slots, "office", "rsud"), 1);
	ck_assert_int_eq(slots_find(&slots, "zone", "taman-kota"), 2);
	ck_assert_int_eq(slots_find(&slots, "zone", "alun-alun"), 3);
	ck_assert_int_eq(slots_find(&slots, "zone", "dinkes"), -ENOENT);
	ck_assert_int_eq(slots_find(&slots, "office", "nobody"), -ENOENT);
}
END_TEST

START_TEST(assigning_again_changes_nothing)
{
	struct policy *policy = regency();
	_cleanup_(slots_clear) struct slots slots = {0};

	ck_assert_int_eq(slots_assign(&slots, policy), 0);
	ck_assert_int_eq(slots_assign(&slots, policy), 0);
	ck_assert_uint_eq(slots.n, 4);
	ck_assert_int_eq(slots_find(&slots, "zone", "taman-kota"), 2);
}
END_TEST

START_TEST(an_id_that_goes_keeps_its_slot)
{
	struct policy *policy = regency();
	_cleanup_(slots_clear) struct slots slots = {0};

	ck_assert_int_eq(slots_assign(&slots, policy), 0);
	the_offices[DINKES].id = "disdik";
	ck_assert_int_eq(slots_assign(&slots, policy), 0);
	ck_assert_int_eq(slots_find(&slots, "office", "dinkes"), 0);
	ck_assert_int_eq(slots_find(&slots, "office", "disdik"), 4);
	the_offices[DINKES].id = "dinkes";
	ck_assert_int_eq(slots_assign(&slots, policy), 0);
	ck_assert_int_eq(slots_find(&slots, "office", "dinkes"), 0);
}
END_TEST

START_TEST(a_free_slot_is_taken_first)
{
	struct policy *policy = regency();
	_cleanup_(slots_clear) struct slots slots = {0};

	slots.n = 3;
	slots.ids = calloc(slots.n, sizeof(*slots.ids));
	snprintf(slots.ids[0], sizeof(slots.ids[0]), "zone/taman-kota");
	snprintf(slots.ids[2], sizeof(slots.ids[2]), "office/rsud");
	ck_assert_int_eq(slots_assign(&slots, policy), 0);
	ck_assert_int_eq(slots_find(&slots, "zone", "taman-kota"), 0);
	ck_assert_int_eq(slots_find(&slots, "office", "dinkes"), 1);
	ck_assert_int_eq(slots_find(&slots, "office", "rsud"), 2);
	ck_assert_int_eq(slots_find(&slots, "zone", "alun-alun"), 3);
	ck_assert_uint_eq(slots.n, 4);
}
END_TEST

START_TEST(the_longest_id_fits)
{
	struct policy *policy = regency();
	_cleanup_(slots_clear) struct slots slots = {0};
	char id[] = "a-name-of-thirty-two-characters-", other[] = "a-name-of-thirty-two-characters+";

	the_offices[DINKES].id = id;
	the_offices[RSUD].id = other;
	ck_assert_uint_eq(strlen(id), 32);
	ck_assert_int_eq(slots_assign(&slots, policy), 0);
	ck_assert_int_eq(slots_find(&slots, "office", id), 0);
	ck_assert_int_eq(slots_find(&slots, "office", other), 1);
}
END_TEST

START_TEST(when_all_slots_are_taken)
{
	struct policy *policy = regency();
	_cleanup_(slots_clear) struct slots slots = {0};

	slots.n = PLAN_SLOTS - 3;
	slots.ids = calloc(slots.n, sizeof(*slots.ids));
	for (size_t i = 0; i < slots.n; i++)
		snprintf(slots.ids[i], sizeof(slots.ids[i]), "office/old-%zu", i);
	ck_assert_int_eq(slots_assign(&slots, policy), -ENOSPC);
	ck_assert_uint_le(slots.n, PLAN_SLOTS);
	ck_assert_int_eq(slots_find(&slots, "zone", "taman-kota"), PLAN_SLOTS - 1);
	ck_assert_int_eq(slots_find(&slots, "zone", "alun-alun"), -ENOENT);
}
END_TEST

static struct policy_service services[2];

/* After all that was there before there were services; two offices may have the same. */
START_TEST(services_come_last_and_keep_theirs)
{
	struct policy *policy = regency();
	_cleanup_(slots_clear) struct slots slots = {0};

	services[0].id = "voip";
	services[1].id = "cctv";
	the_offices[DINKES].services = the_offices[RSUD].services = services;
	the_offices[DINKES].n_services = the_offices[RSUD].n_services = 2;
	ck_assert_int_eq(slots_assign(&slots, policy), 0);
	ck_assert_uint_eq(slots.n, 8);
	ck_assert_int_eq(slots_find(&slots, "zone", "alun-alun"), 3);
	ck_assert_int_eq(slots_find_service(&slots, "dinkes", "voip"), 4);
	ck_assert_int_eq(slots_find_service(&slots, "rsud", "cctv"), 7);
	ck_assert_int_eq(slots_find_service(&slots, "rsud", "conference"), -ENOENT);
	services[0].id = "conference";
	ck_assert_int_eq(slots_assign(&slots, policy), 0);
	ck_assert_int_eq(slots_find_service(&slots, "dinkes", "voip"), 4);
	ck_assert_int_eq(slots_find_service(&slots, "dinkes", "conference"), 8);
}
END_TEST

START_TEST(the_longest_service_fits)
{
	struct policy *policy = regency();
	_cleanup_(slots_clear) struct slots slots = {0};
	static char office[33], a[33], b[33];

	memset(office, 'o', 32);
	memset(a, 's', 32);
	memset(b, 's', 32);
	b[31] = 't';
	services[0].id = a;
	services[1].id = b;
	the_offices[DINKES].id = office;
	the_offices[DINKES].services = services;
	the_offices[DINKES].n_services = 2;
	ck_assert_int_eq(slots_assign(&slots, policy), 0);
	ck_assert_int_eq(slots_find_service(&slots, office, a), 4);
	ck_assert_int_eq(slots_find_service(&slots, office, b), 5);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("slots");
	TCase *tests = tcase_create("slots");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tests, slots_follow_the_file);
	tcase_add_test(tests, assigning_again_changes_nothing);
	tcase_add_test(tests, an_id_that_goes_keeps_its_slot);
	tcase_add_test(tests, a_free_slot_is_taken_first);
	tcase_add_test(tests, the_longest_id_fits);
	tcase_add_test(tests, when_all_slots_are_taken);
	tcase_add_test(tests, services_come_last_and_keep_theirs);
	tcase_add_test(tests, the_longest_service_fits);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
