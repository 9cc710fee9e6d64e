/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves report/due: weekends, holidays and periods as the calendar has them, a month without a working day,
 * and a site that never closes.
 */
#include "../../report/due.h"
#include "policy_fixture.h"

static const struct {
	int month, year, schedule, day;
} rows[] = {
    {1, 2026, KANTOR, 2},   /* the first is New Year, a Thursday */
    {2, 2026, KANTOR, 2},   /* the first is a Sunday */
    {3, 2026, KANTOR, 2},   /* a Sunday; within Ramadan */
    {5, 2026, KANTOR, 1},   /* a Friday that is no holiday here */
    {8, 2026, KANTOR, 3},   /* a Saturday */
    {8, 2026, SIX_DAYS, 1}, /* people who work on Saturdays */
    {11, 2026, KANTOR, 2},  {11, 2026, ALL_DAY, 1},
    {12, 2026, NIGHT, 1}, /* inside after midnight, by the evening before */
    {2, 2028, KANTOR, 1},
};

START_TEST(first_working_day)
{
	struct policy *policy = regency();

	policy->site_schedule = &policy->schedules[rows[_i].schedule];
	ck_assert_int_eq(due_day(policy, rows[_i].year * 12 + rows[_i].month - 1),
			 calendar_day(rows[_i].year, rows[_i].month, rows[_i].day));
}
END_TEST

START_TEST(a_row_of_holidays)
{
	static struct policy_holiday holidays[31];
	struct policy *policy = regency();

	for (int i = 0; i < 31; i++)
		holidays[i] = (struct policy_holiday){calendar_day(2026, 12, 1) + i, "Libur"};
	policy->holidays = holidays;
	policy->n_holidays = 8;
	ck_assert_int_eq(due_day(policy, 2026 * 12 + 11), calendar_day(2026, 12, 9));
	policy->n_holidays = 31;
	ck_assert_int_eq(due_day(policy, 2026 * 12 + 11), calendar_day(2026, 12, 1));
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("due");
	Suite *suite = suite_create("due");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, first_working_day, 0, (int)ELEMENTS(rows));
	tcase_add_test(tcase, a_row_of_holidays);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
