/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves that guessing is slow, for one guest and for many, that a first attempt always passes, and that the
 * memory of it does not grow with the number of those who try.
 */
#include "../../daemon/throttle.h"
#include "../../lib/units.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

#define NOW (1000 * USEC_PER_SEC)

static struct mac mac_of(uint32_t number)
{
	struct mac mac = {.octets = {2}};

	memcpy(mac.octets + 2, &number, sizeof(number));
	return mac;
}

/* 0 and it failed, or the seconds to wait. */
static int64_t guess(struct throttle *throttle, uint32_t number, int64_t now)
{
	const struct mac mac = mac_of(number);
	int64_t wait = throttle_try(throttle, "zone0", &mac, now);

	if (!wait)
		throttle_failed(throttle, "zone0", &mac, now);
	return wait;
}

START_TEST(five_quick_then_one_in_twelve_seconds)
{
	struct throttle *throttle = throttle_new();

	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(guess(throttle, 1, NOW + i), 0);
	ck_assert_int_eq(guess(throttle, 1, NOW + 5), 12);
	ck_assert_int_eq(guess(throttle, 1, NOW + 11 * USEC_PER_SEC), 1);
	ck_assert_int_eq(guess(throttle, 1, NOW + 12 * USEC_PER_SEC + 10), 0);
	ck_assert_int_eq(guess(throttle, 1, NOW + 12 * USEC_PER_SEC + 20), 12);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(guess(throttle, 1, NOW + 100 * USEC_PER_SEC), 0);
	throttle_free(throttle);
}
END_TEST

START_TEST(what_is_right_costs_nothing)
{
	struct throttle *throttle = throttle_new();
	const struct mac mac = mac_of(1);

	for (int i = 0; i < 100; i++) {
		ck_assert_int_eq(throttle_try(throttle, "zone0", &mac, NOW + i), 0);
		throttle_passed(throttle, "zone0", &mac, NOW + i);
	}
	throttle_free(throttle);
}
END_TEST

START_TEST(a_zone_takes_twenty_failures_a_second_and_a_first_attempt_always)
{
	struct throttle *throttle = throttle_new();
	const struct mac honest = mac_of(70000);

	for (uint32_t i = 0; i < 40; i++) /* each with a MAC of its own */
		ck_assert_int_eq(guess(throttle, i, NOW), 0);
	ck_assert_int_gt(guess(throttle, 0, NOW), 0);
	ck_assert_int_eq(throttle_try(throttle, "zone0", &honest, NOW), 0);
	ck_assert_int_eq(throttle_try(throttle, "zone1", &(struct mac){.octets = {2}}, NOW), 0);
	ck_assert_int_eq(guess(throttle, 0, NOW + 3 * USEC_PER_SEC), 0);
	for (uint32_t i = 0; i < 100000; i++)
		guess(throttle, 1000 + i, NOW + 4 * USEC_PER_SEC);
	ck_assert_int_eq(
	    throttle_try(throttle, "zone0", &(struct mac){.octets = {6}}, NOW + 4 * USEC_PER_SEC), 0);
	ck_assert_int_eq(guess(throttle, 100999, NOW + 7 * USEC_PER_SEC), 0);
	throttle_free(throttle);
}
END_TEST

/* A minute of it: the guests' own buckets hold. */
START_TEST(many_guessers_get_little)
{
	struct throttle *throttle = throttle_new();
	unsigned passed = 0;

	for (int ms = 0; ms < 60000; ms += 10)
		for (uint32_t i = 0; i < 20; i++)
			passed += guess(throttle, i, NOW + ms * USEC_PER_MSEC) == 0;
	ck_assert_uint_le(passed, 20 * (5 + 60 / 12 + 1));
	ck_assert_uint_ge(passed, 20 * 8);
	throttle_free(throttle);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("throttle");
	TCase *attempts = tcase_create("attempts");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(attempts, five_quick_then_one_in_twelve_seconds);
	tcase_add_test(attempts, what_is_right_costs_nothing);
	tcase_add_test(attempts, a_zone_takes_twenty_failures_a_second_and_a_first_attempt_always);
	tcase_add_test(attempts, many_guessers_get_little);
	suite_add_tcase(suite, attempts);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
