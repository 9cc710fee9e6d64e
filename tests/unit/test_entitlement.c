/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Minutes in which somebody had demand: short or not, and when it is an alarm. */
#include "../../daemon/entitlement.h"
#include <check.h>
#include <stdlib.h>
#include "../../lib/cleanup.h"
#include "../../lib/units.h"

#define MBIT UINT64_C(1000000)
#define TEN (10 * USEC_PER_SEC)

static struct entitlement_sample sample(uint64_t entitled_mbit, uint64_t got_mbit)
{
	return (struct entitlement_sample){.usec = TEN,
					   .guaranteed_bits = entitled_mbit * MBIT * 10,
					   .able_bits = UINT64_MAX,
					   .got_bits = got_mbit * MBIT * 10,
					   .demand = true,
					   .pressed = true};
}

static struct entitlement_minute minute_of(const struct entitlement_sample *samples, unsigned n)
{
	struct entitlement minute = {0};

	for (unsigned i = 0; i < n; i++)
		entitlement_add(&minute, &samples[i]);
	return entitlement_end(&minute);
}

static struct entitlement_minute six(struct entitlement_sample row)
{
	const struct entitlement_sample rows[] = {row, row, row, row, row, row};

	return minute_of(rows, ELEMENTS(rows));
}

START_TEST(test_bound)
{
	struct entitlement_minute minute = six(sample(20, 18));

	ck_assert(minute.is_short);
	ck_assert_uint_eq(minute.achieved_bps, 18 * MBIT);
	ck_assert_uint_eq(minute.entitled_bps, 20 * MBIT);
	ck_assert(!six(sample(20, 19)).is_short); /* 95 % is enough */
	ck_assert(!six(sample(20, 60)).is_short);
	ck_assert(!six(sample(0, 0)).is_short); /* entitled to nothing */
}
END_TEST

START_TEST(test_demand)
{
	struct entitlement_sample row = sample(20, 5), rows[6];

	row.demand = row.pressed = false;
	ck_assert(!six(row).is_short);
	for (unsigned i = 0; i < 6; i++)
		rows[i] = sample(20, 5);
	rows[2].demand = rows[2].pressed = false; /* for ten seconds it asked for nothing */
	ck_assert(!minute_of(rows, 6).is_short);
	row = sample(20, 5);
	row.pressed = false; /* bursts that dropped something and were over */
	ck_assert(!six(row).is_short);
	rows[2] = row;
	ck_assert(minute_of(rows, 6).is_short); /* empty at one reading of seven */
}
END_TEST

START_TEST(test_hardly_measured)
{
	const struct entitlement_sample rows[] = {sample(20, 5), sample(20, 5), sample(20, 5), sample(20, 5)};

	ck_assert(!minute_of(rows, ELEMENTS(rows)).is_short);
}
END_TEST

/* A guest at his own rate, in a park that is guaranteed more. */
START_TEST(test_no_more_than_its_queues_may_pass)
{
	struct entitlement_sample row = sample(20, 10);

	row.able_bits = 10 * MBIT * 10;
	ck_assert(!six(row).is_short);
	row.able_bits = 12 * MBIT * 10;
	ck_assert(six(row).is_short);
	ck_assert_uint_eq(six(row).entitled_bps, 12 * MBIT);
}
END_TEST

/* What it was entitled to changed within the minute: both parts count. */
START_TEST(test_a_change_within_the_minute)
{
	const struct entitlement_sample rows[] = {sample(40, 40), sample(40, 40), sample(40, 40),
						  sample(4, 4),	  sample(4, 4),	  sample(4, 4)};

	ck_assert(!minute_of(rows, 6).is_short);
	ck_assert_uint_eq(minute_of(rows, 6).entitled_bps, 22 * MBIT);
}
END_TEST

START_TEST(test_minutes_do_not_run_on)
{
	const struct entitlement_sample low = sample(20, 1), high = sample(20, 20);
	struct entitlement minute = {0};

	for (unsigned i = 0; i < 6; i++)
		entitlement_add(&minute, &low);
	ck_assert(entitlement_end(&minute).is_short);
	for (unsigned i = 0; i < 6; i++)
		entitlement_add(&minute, &high);
	ck_assert(!entitlement_end(&minute).is_short);
	ck_assert(!entitlement_end(&minute).is_short);
}
END_TEST

START_TEST(test_one_alarm_a_row)
{
	struct entitlement_alarm alarm = {0};

	ck_assert_int_eq(entitlement_alarm(&alarm, false), ENTITLEMENT_NOTHING);
	ck_assert_int_eq(entitlement_alarm(&alarm, true), ENTITLEMENT_RAISED);
	ck_assert_int_eq(entitlement_alarm(&alarm, true), ENTITLEMENT_NOTHING);
	for (unsigned i = 0; i < 4; i++)
		ck_assert_int_eq(entitlement_alarm(&alarm, false), ENTITLEMENT_NOTHING);
	ck_assert_int_eq(entitlement_alarm(&alarm, true), ENTITLEMENT_NOTHING); /* the same row */
	for (unsigned i = 0; i < 4; i++)
		ck_assert_int_eq(entitlement_alarm(&alarm, false), ENTITLEMENT_NOTHING);
	ck_assert_int_eq(entitlement_alarm(&alarm, false), ENTITLEMENT_OVER);
	ck_assert_int_eq(entitlement_alarm(&alarm, false), ENTITLEMENT_NOTHING);
	ck_assert_int_eq(entitlement_alarm(&alarm, true), ENTITLEMENT_RAISED);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {test_bound,
				      test_demand,
				      test_hardly_measured,
				      test_no_more_than_its_queues_may_pass,
				      test_a_change_within_the_minute,
				      test_minutes_do_not_run_on,
				      test_one_alarm_a_row};
	Suite *suite = suite_create("entitlement");
	TCase *rows = tcase_create("entitlement");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, rows);
	for (size_t i = 0; i < ELEMENTS(tests); i++)
		tcase_add_test(rows, tests[i]);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
