/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves that money is neither made nor lost: shares add up to the rupiah for every key and mix, nobody is
 * more than a rupiah away from what is exactly due, and equals are told apart by their order alone.
 */
#include "../../report/split.h"
#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "../../lib/cleanup.h"

#define MOST 400
typedef __int128 wide;

static int64_t out[MOST];
static uint64_t weights[MOST];

static int64_t total(size_t n)
{
	int64_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += out[i];
	return sum;
}

/* |share x sum - amount x weight| < sum: less than a rupiah from what is due. */
static void is_fair(int64_t amount, size_t n)
{
	wide sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += weights[i];
	for (size_t i = 0; i < n; i++) {
		wide off = (wide)out[i] * sum - (wide)amount * weights[i];

		ck_assert_int_ge(out[i], 0);
		ck_assert((off < 0 ? -off : off) < sum);
	}
}

/* Who was rounded up had a remainder at least as large as who was not; among equal ones the first. */
static void is_hamilton(int64_t amount, size_t n)
{
	wide sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += weights[i];
	for (size_t i = 0; i < n; i++) {
		wide mine = (wide)amount * weights[i];
		bool up = out[i] > (int64_t)(mine / sum);

		for (size_t j = 0; up && j < n; j++) {
			wide other = (wide)amount * weights[j];

			if (out[j] > (int64_t)(other / sum))
				continue;
			ck_assert(mine % sum > other % sum || (mine % sum == other % sum && i < j));
		}
	}
}

START_TEST(by_hand)
{
	const uint64_t three[] = {1, 1, 1}, votes[] = {47000, 16000, 15900, 12000, 6000, 3100};
	const int64_t seats[] = {5, 2, 1, 1, 1, 0};

	ck_assert_int_eq(split_amount(100, three, 3, out), 0);
	ck_assert_int_eq(out[0], 34);
	ck_assert_int_eq(out[1], 33);
	ck_assert_int_eq(out[2], 33);
	/* a textbook's example of Hamilton's method */
	ck_assert_int_eq(split_amount(10, votes, 6, out), 0);
	for (size_t i = 0; i < ELEMENTS(seats); i++)
		ck_assert_int_eq(out[i], seats[i]);
}
END_TEST

START_TEST(edges)
{
	const uint64_t none[] = {0, 0, 0}, huge[] = {UINT64_MAX, 1}, large[] = {UINT64_MAX - 1, 1};
	const uint64_t one[] = {0, 7, 0};

	ck_assert_int_eq(split_amount(11, none, 3, out), 0); /* nobody weighs anything: equal */
	ck_assert_int_eq(out[0], 4);
	ck_assert_int_eq(out[1], 4);
	ck_assert_int_eq(out[2], 3);
	ck_assert_int_eq(split_amount(11, one, 3, out), 0);
	ck_assert_int_eq(out[1], 11);
	ck_assert_int_eq(split_amount(0, one, 3, out), 0);
	ck_assert_int_eq(total(3), 0);
	ck_assert_int_eq(split_amount(0, NULL, 0, out), 0);
	ck_assert_int_eq(split_amount(1, NULL, 0, out), -EINVAL);
	ck_assert_int_eq(split_amount(-1, one, 3, out), -EINVAL);
	ck_assert_int_eq(split_amount(5, huge, 2, out), -EOVERFLOW);
	ck_assert_int_eq(split_amount(INT64_MAX, large, 2, out), 0);
	ck_assert_int_eq(total(2), INT64_MAX);
}
END_TEST

static uint64_t any(unsigned bits)
{
	uint64_t value =
	    ((uint64_t)(unsigned)rand() << 33) ^ ((uint64_t)(unsigned)rand() << 11) ^ (unsigned)rand();

	return bits < 64 ? value & ((UINT64_C(1) << bits) - 1) : value;
}

START_TEST(adds_up)
{
	srand(1);
	for (int turn = 0; turn < 2000; turn++) {
		size_t n = 1 + (size_t)rand() % 60;
		int64_t amount = (int64_t)any(1 + (unsigned)rand() % 45);

		for (size_t i = 0; i < n; i++)
			weights[i] = rand() % 5 ? any(1 + (unsigned)rand() % 50) : 3;
		weights[0]++;
		ck_assert_int_eq(split_amount(amount, weights, n, out), 0);
		ck_assert_int_eq(total(n), amount);
		is_fair(amount, n);
		is_hamilton(amount, n);
	}
}
END_TEST

/* ---- keys ---- */

static struct split_weights offices[MOST];

static void make_offices(size_t n)
{
	for (size_t i = 0; i < n; i++)
		offices[i] = (struct split_weights){
		    .by = {1 + (uint64_t)rand() % 31, any(20), rand() % 3 ? any(45) : 0, any(30)}};
}

START_TEST(every_key_and_mix_adds_up)
{
	srand(2);
	for (int turn = 0; turn < 500; turn++) {
		unsigned percent[POLICY_SPLITS] = {0}, left = 100;
		size_t n = 1 + (size_t)rand() % MOST;
		int64_t amount = rand() % 3 ? 120000000 + rand() % 1000 : rand() % 1000;

		make_offices(n);
		for (size_t key = 0; key + 1 < POLICY_SPLITS && turn >= 4; key++) {
			percent[key] = (unsigned)rand() % (left + 1);
			left -= percent[key];
		}
		percent[turn < 4 ? turn : POLICY_SPLIT_P95] += left;
		ck_assert_int_eq(split_contract(amount, percent, offices, n, out), 0);
		ck_assert_int_eq(total(n), amount);
		for (size_t i = 0; i < n; i++)
			ck_assert_int_ge(out[i], 0);
	}
}
END_TEST

START_TEST(a_mix_by_hand)
{
	/* 30 % of 1001 equally is 300 or 301 (300.3: down), 70 % by what was delivered 701 (700.7: up) */
	const unsigned percent[POLICY_SPLITS] = {[POLICY_SPLIT_EQUAL] = 30, [POLICY_SPLIT_DELIVERED] = 70};
	const unsigned equal[POLICY_SPLITS] = {0};
	struct split_weights two[] = {{.by = {[POLICY_SPLIT_EQUAL] = 30, [POLICY_SPLIT_DELIVERED] = 1000}},
				      {.by = {[POLICY_SPLIT_EQUAL] = 15, [POLICY_SPLIT_DELIVERED] = 0}}};

	ck_assert_int_eq(split_contract(1001, percent, two, 2, out), 0);
	ck_assert_int_eq(out[0], 200 + 701);
	ck_assert_int_eq(out[1], 100);
	ck_assert_int_eq(split_contract(90, equal, two, 2, out), 0); /* no key: equal */
	ck_assert_int_eq(out[0], 60);
	ck_assert_int_eq(out[1], 30);
	two[0].by[POLICY_SPLIT_DELIVERED] = UINT64_MAX;
	two[1].by[POLICY_SPLIT_DELIVERED] = 1;
	ck_assert_int_eq(split_contract(1001, percent, two, 2, out), -EOVERFLOW);
	ck_assert_int_eq(split_contract(1001, percent, two, 0, out), -EINVAL);
	ck_assert_int_eq(split_contract(0, percent, two, 0, out), 0);
}
END_TEST

/* ---- parts ---- */

START_TEST(parts_are_rounded_half_up)
{
	static const struct {
		int64_t amount, numerator, denominator, part;
	} cases[] = {
	    {120000000, 15, 31, 58064516},
	    {100, 1, 3, 33},
	    {101, 1, 2, 51},
	    {99, 5, 100, 5},
	    {10, 5, 100, 1},
	    {9, 5, 100, 0},
	    {0, 5, 100, 0},
	    {5, 0, 100, 0},
	    {INT64_MAX, 100, 100, INT64_MAX},
	    {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX},
	    {INT64_MAX, 2, 1, INT64_MAX},
	};

	for (size_t i = 0; i < ELEMENTS(cases); i++)
		ck_assert_int_eq(split_part(cases[i].amount, cases[i].numerator, cases[i].denominator),
				 cases[i].part);
}
END_TEST

START_TEST(percentages_are_rounded_half_up)
{
	ck_assert_uint_eq(split_permyriad(1, 3), 3333);
	ck_assert_uint_eq(split_permyriad(2, 3), 6667);
	ck_assert_uint_eq(split_permyriad(1, 20000), 1); /* half of a hundredth */
	ck_assert_uint_eq(split_permyriad(1, 20001), 0);
	ck_assert_uint_eq(split_permyriad(5, 0), 0);
	ck_assert_uint_eq(split_permyriad(UINT64_MAX, UINT64_MAX), 10000);
	ck_assert_uint_eq(split_permyriad(UINT64_MAX, 1), UINT32_MAX);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {by_hand,
				      edges,
				      adds_up,
				      every_key_and_mix_adds_up,
				      a_mix_by_hand,
				      parts_are_rounded_half_up,
				      percentages_are_rounded_half_up};
	Suite *suite = suite_create("split");
	TCase *cases = tcase_create("split");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, cases);
	for (size_t i = 0; i < ELEMENTS(tests); i++)
		tcase_add_test(cases, tests[i]);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
