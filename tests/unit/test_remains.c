/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves shaper/remains: finals in their order and each once, a bound on how many, and drops that stay with
 * an inner class when its leaves go.
 */
#include "../../shaper/remains.h"
#include "../../lib/cleanup.h"
#include <check.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define OFFICE PLAN_INNER(3)
#define REST PLAN_REST(3)

static struct remains *remains;

static void set_up(void)
{
	ck_assert_int_eq(remains_new(&remains), 0);
}

static void tear_down(void)
{
	remains = remains_free(remains);
}

static struct tc_class_seen class_of(uint16_t minor, uint16_t parent, uint64_t bytes, uint64_t drops)
{
	return (struct tc_class_seen){.class = {.tree = PLAN_UP, .minor = minor, .parent = parent},
				      .delivered_bytes = bytes,
				      .delivered_packets = bytes / 100,
				      .dropped_packets = drops,
				      .backlog_bytes = 7};
}

static void gone(uint16_t minor, uint16_t parent, uint64_t bytes, uint64_t drops)
{
	const struct tc_class_seen seen = class_of(minor, parent, bytes, drops);

	remains_gone(remains, &seen);
}

static void is_final(size_t index, uint16_t minor, uint64_t bytes, uint64_t drops)
{
	size_t n;
	const struct message_counter *rows = remains_finals(remains, &n);

	ck_assert_uint_lt(index, n);
	ck_assert_uint_eq(rows[index].final, 1);
	ck_assert_uint_eq(rows[index].minor, minor);
	ck_assert_uint_eq(rows[index].delivered_bytes, bytes);
	ck_assert_uint_eq(rows[index].delivered_packets, bytes / 100);
	ck_assert_uint_eq(rows[index].dropped_packets, drops);
	ck_assert_uint_eq(rows[index].backlog_bytes, 0);
}

static size_t count(void)
{
	size_t n;

	(void)remains_finals(remains, &n);
	return n;
}

START_TEST(finals_are_told_in_their_order_and_once)
{
	ck_assert_uint_eq(count(), 0);
	gone(REST, OFFICE, 1000, 1);
	gone(0x4000, OFFICE, 2000, 0);
	gone(REST, OFFICE, 300, 0);
	is_final(0, REST, 1000, 1);
	is_final(1, 0x4000, 2000, 0);
	is_final(2, REST, 300, 0);
	remains_told(remains, 2); /* those that were there when it was sent */
	ck_assert_uint_eq(count(), 1);
	is_final(0, REST, 300, 0);
	remains_told(remains, 1);
	remains_told(remains, 0);
	ck_assert_uint_eq(count(), 0);
	gone(REST, OFFICE, 100, 0);
	ck_assert_uint_eq(count(), 1);
}
END_TEST

START_TEST(drops_stay_with_those_above)
{
	gone(REST, OFFICE, 1000, 5);
	ck_assert_uint_eq(remains_dropped(remains, PLAN_UP, OFFICE), 5);
	ck_assert_uint_eq(remains_dropped(remains, PLAN_UP, PLAN_ROOT), 5);
	ck_assert_uint_eq(remains_dropped(remains, PLAN_DOWN, OFFICE), 0);
	gone(PLAN_UNATTRIBUTED, PLAN_ROOT, 10, 2);
	ck_assert_uint_eq(remains_dropped(remains, PLAN_UP, PLAN_ROOT),
			  7); /* once, though it is the parent */
	gone(OFFICE, PLAN_ROOT, 1000, 0);
	is_final(2, OFFICE, 1000, 5);
	ck_assert_uint_eq(remains_dropped(remains, PLAN_UP, OFFICE),
			  0); /* another of this number begins at nothing */
	ck_assert_uint_eq(remains_dropped(remains, PLAN_UP, PLAN_ROOT), 7);
}
END_TEST

START_TEST(a_leaf_that_drops_unseen_by_its_class)
{
	remains_leaf(remains, PLAN_UP, REST, 40);
	ck_assert_uint_eq(remains_dropped(remains, PLAN_UP, REST), 40);
	gone(REST, OFFICE, 1000, 5);
	is_final(0, REST, 1000, 40);
	ck_assert_uint_eq(remains_dropped(remains, PLAN_UP, REST), 0);
	ck_assert_uint_eq(remains_dropped(remains, PLAN_UP, OFFICE), 40);
}
END_TEST

START_TEST(a_tree_that_goes_has_finals_of_all_in_any_order)
{
	const struct tc_class_seen rows[] = {class_of(OFFICE, PLAN_ROOT, 900, 0),
					     class_of(REST, OFFICE, 900, 3), class_of(PLAN_ROOT, 0, 1000, 0),
					     class_of(PLAN_OWN, PLAN_ROOT, 100, 1)};

	remains_tree_gone(remains, rows, ELEMENTS(rows));
	ck_assert_uint_eq(count(), 4);
	is_final(0, REST, 900, 3);
	is_final(1, PLAN_OWN, 100, 1);
	is_final(2, OFFICE, 900, 3);
	is_final(3, PLAN_ROOT, 1000, 4);
	for (unsigned minor = 0; minor < 65536; minor++)
		ck_assert_uint_eq(remains_dropped(remains, PLAN_UP, (uint16_t)minor), 0);
	remains_tree_gone(remains, NULL, 0);
}
END_TEST

START_TEST(what_an_nft_counter_stands_for_has_no_final)
{
	struct tc_class_seen own = class_of(PLAN_OWN, PLAN_ROOT, 100, 0);

	own.class.tree = PLAN_DOWN;
	remains_gone(remains, &own);
	ck_assert_uint_eq(count(), 0);
}
END_TEST

START_TEST(there_is_a_bound)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC), kept = dup(STDERR_FILENO);

	dup2(null, STDERR_FILENO); /* it says so */
	for (size_t i = 0; i < REMAINS_FINALS_MAX + 10; i++)
		gone(0x4000, OFFICE, i * 100, 0);
	dup2(kept, STDERR_FILENO);
	close(null);
	close(kept);
	ck_assert_uint_eq(count(), REMAINS_FINALS_MAX);
	is_final(0, 0x4000, 0, 0); /* the oldest stay: they are told first */
	remains_told(remains, REMAINS_FINALS_MAX);
	gone(0x4000, OFFICE, 100, 0);
	ck_assert_uint_eq(count(), 1);
}
END_TEST

START_TEST(inner_classes_are_known_by_their_numbers)
{
	unsigned inner = 0;

	for (unsigned minor = 0; minor < 65536; minor++)
		inner += remains_is_inner((uint16_t)minor);
	ck_assert_uint_eq(inner, 1 + PLAN_SLOTS);
	ck_assert(remains_is_inner(PLAN_ROOT) && remains_is_inner(OFFICE) && !remains_is_inner(REST));
	ck_assert(!remains_is_inner(PLAN_OWN) && !remains_is_inner(PLAN_SERVICE(0)) &&
		  !remains_is_inner(0x4000));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("remains");
	TCase *tests = tcase_create("remains");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, finals_are_told_in_their_order_and_once);
	tcase_add_test(tests, drops_stay_with_those_above);
	tcase_add_test(tests, a_leaf_that_drops_unseen_by_its_class);
	tcase_add_test(tests, a_tree_that_goes_has_finals_of_all_in_any_order);
	tcase_add_test(tests, what_an_nft_counter_stands_for_has_no_final);
	tcase_add_test(tests, there_is_a_bound);
	tcase_add_test(tests, inner_classes_are_known_by_their_numbers);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
