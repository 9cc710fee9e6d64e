/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves policy/calendar: windows, breaks, midnight, holidays, periods, daylight saving, and that a next
 * change is always a change, with its cause. Check forks for each test: a changed time zone reaches no other.
 */
#include "policy_fixture.h"
#include "../../lib/units.h"

/* ---- dates ---- */

START_TEST(dates_count_from_1970)
{
	ck_assert_int_eq(calendar_day(1970, 1, 1), 0);
	ck_assert_int_eq(calendar_day(1969, 12, 31), -1);
	ck_assert_int_eq(calendar_day(2000, 2, 29), 11016);
	ck_assert_int_eq(calendar_day(2026, 12, 25), 20812);
}
END_TEST

START_TEST(dates_go_both_ways)
{
	for (int32_t day = calendar_day(1899, 12, 1); day < calendar_day(2101, 2, 1); day++) {
		int y, m, d;

		calendar_civil(day, &y, &m, &d);
		ck_assert_int_eq(calendar_day(y, m, d), day);
		ck_assert(calendar_date_valid(y, m, d));
	}
}
END_TEST

static const int wrong_dates[][3] = {{2026, 2, 29}, {2100, 2, 29}, {2026, 0, 1},  {2026, 13, 1},
				     {2026, 4, 31}, {2026, 1, 0},  {2026, 1, 32}, {0, 1, 1},
				     {2026, -1, 1}, {99999, 1, 1}};

START_TEST(dates_that_do_not_exist)
{
	ck_assert(!calendar_date_valid(wrong_dates[_i][0], wrong_dates[_i][1], wrong_dates[_i][2]));
}
END_TEST

START_TEST(a_leap_day_exists)
{
	ck_assert(calendar_date_valid(2028, 2, 29) && calendar_date_valid(2000, 2, 29));
}
END_TEST

START_TEST(the_day_is_the_local_one)
{
	regency();
	ck_assert_int_eq(calendar_day_of(at("2026-11-23 00:00")), calendar_day(2026, 11, 23));
	ck_assert_int_eq(calendar_day_of(at("2026-11-23 00:00") - 1), calendar_day(2026, 11, 22));
	ck_assert_int_eq(calendar_day_of(at("2026-11-23 23:59:59")), calendar_day(2026, 11, 23));
}
END_TEST

/* ---- states ---- */

static const struct {
	int schedule;
	const char *time;
	bool inside;
} states[] = {
    {KANTOR, "2026-11-23 07:29:59", false},
    {KANTOR, "2026-11-23 07:30", true},
    {KANTOR, "2026-11-23 15:59:59", true},
    {KANTOR, "2026-11-23 16:00", false},
    {KANTOR, "2026-11-22 10:00", false}, /* Sunday */
    /* Ramadan replaces the windows, both of its days inside */
    {KANTOR, "2026-02-18 07:45", true},
    {KANTOR, "2026-02-19 07:45", false},
    {KANTOR, "2026-02-19 08:00", true},
    {KANTOR, "2026-02-19 15:30", false},
    {KANTOR, "2026-03-17 15:30", false},
    {KANTOR, "2026-03-23 07:45", true},
    /* a holiday wins over a period */
    {KANTOR, "2026-03-20 10:00", false},
    {KANTOR, "2026-03-19 10:00", false},
    /* a holiday, the eve, and the working day after */
    {KANTOR, "2026-12-23 10:00", true},
    {KANTOR, "2026-12-24 10:00", false},
    {KANTOR, "2026-12-25 10:00", false},
    {KANTOR, "2026-12-28 10:00", true},
    /* around the clock, holidays or not, year's end */
    {ALL_DAY, "2026-12-25 00:00", true},
    {ALL_DAY, "2026-12-31 23:59:59", true},
    {ALL_DAY, "2027-01-01 00:00", true},
    {KANTOR, "2026-01-01 10:00", false},
    {KANTOR, "2026-12-31 15:59", true},
    {KANTOR, "2027-01-01 10:00", true}, /* 2027's is not in the list */
    /* holidays do not touch a schedule that does not ask for them */
    {TAMAN, "2026-12-25 06:00", true},
    {TAMAN, "2026-12-25 22:00", false},
    /* six days, and their own Ramadan */
    {SIX_DAYS, "2026-11-21 13:59", true},
    {SIX_DAYS, "2026-11-22 10:00", false},
    {SIX_DAYS, "2026-02-20 10:29", true},
    {SIX_DAYS, "2026-02-20 10:30", false},
    {SIX_DAYS, "2026-02-21 13:59", true},
    {SIX_DAYS, "2026-02-21 07:45", false},
    /* a break on Friday */
    {FRIDAY, "2026-11-20 10:59", true},
    {FRIDAY, "2026-11-20 11:00", false},
    {FRIDAY, "2026-11-20 12:59:59", false},
    {FRIDAY, "2026-11-20 13:00", true},
    {FRIDAY, "2026-11-20 16:29", true},
    {FRIDAY, "2026-11-20 16:30", false},
    /* across midnight: the day of the start decides. 12-24 and 12-25 are holidays */
    {NIGHT, "2026-12-23 20:00", true},
    {NIGHT, "2026-12-24 00:00", true},
    {NIGHT, "2026-12-24 03:59", true},
    {NIGHT, "2026-12-24 04:00", false},
    {NIGHT, "2026-12-24 21:00", false},
    {NIGHT, "2026-12-25 03:00", false},
    {NIGHT, "2026-12-26 03:00", false},
    {NIGHT, "2026-12-26 20:00", true},
    {NIGHT, "2026-12-31 23:59", true},
    {NIGHT, "2027-01-01 03:59", true},
};

START_TEST(state)
{
	struct policy *policy = regency();

	ck_assert_msg(calendar_inside(policy, &the_schedules[states[_i].schedule], at(states[_i].time)) ==
			  states[_i].inside,
		      "%s at %s", the_schedules[states[_i].schedule].id, states[_i].time);
}
END_TEST

/* ---- next changes ---- */

static const struct {
	int schedule;
	const char *from, *next; /* next NULL: none */
	bool inside;
	enum calendar_cause_kind cause;
	const char *name;
} changes[] = {
    {KANTOR, "2026-11-23 15:59:50", "2026-11-23 16:00:00", false, CALENDAR_WINDOW},
    {KANTOR, "2026-11-23 16:00", "2026-11-24 07:30:00", true, CALENDAR_WINDOW},
    {KANTOR, "2026-11-20 16:00", "2026-11-23 07:30:00", true, CALENDAR_WINDOW},
    {KANTOR, "2026-12-23 16:00", "2026-12-28 07:30:00", true, CALENDAR_WINDOW},
    {KANTOR, "2026-02-19 02:00", "2026-02-19 08:00:00", true, CALENDAR_PERIOD, "Ramadan 1447"},
    {KANTOR, "2026-02-19 08:00", "2026-02-19 15:00:00", false, CALENDAR_PERIOD, "Ramadan 1447"},
    {KANTOR, "2026-03-17 15:00", "2026-03-23 07:30:00", true, CALENDAR_WINDOW},
    {ALL_DAY, "2026-12-31 12:00", NULL, true},
    {TAMAN, "2026-12-25 12:00", "2026-12-25 22:00:00", false, CALENDAR_WINDOW},
    {SIX_DAYS, "2026-02-20 09:00", "2026-02-20 10:30:00", false, CALENDAR_PERIOD, "Ramadan 1447"},
    {FRIDAY, "2026-11-20 08:00", "2026-11-20 11:00:00", false, CALENDAR_WINDOW},
    {FRIDAY, "2026-11-20 11:00", "2026-11-20 13:00:00", true, CALENDAR_WINDOW},
    {NIGHT, "2026-12-23 20:00", "2026-12-24 04:00:00", false, CALENDAR_WINDOW},
    {NIGHT, "2026-12-24 04:00", "2026-12-26 20:00:00", true, CALENDAR_WINDOW},
    {NIGHT, "2026-12-31 20:00", "2027-01-01 04:00:00", false, CALENDAR_WINDOW},
};

START_TEST(next_change)
{
	struct policy *policy = regency();
	struct calendar_change c =
	    calendar_next(policy, &the_schedules[changes[_i].schedule], at(changes[_i].from));

	ck_assert_str_eq(local(c.wall_usec), changes[_i].next ? changes[_i].next : "never");
	ck_assert_int_eq(c.inside, changes[_i].inside);
	if (changes[_i].next) {
		ck_assert_int_eq(c.cause, changes[_i].cause);
		ck_assert_pstr_eq(c.name, changes[_i].name);
	}
}
END_TEST

START_TEST(a_holiday_cuts_and_resumes_a_day_of_24_hours)
{
	struct policy *policy = regency();
	struct calendar_change c;

	the_schedules[ALL_DAY].holidays = true;
	c = calendar_next(policy, &the_schedules[ALL_DAY], at("2026-12-20 12:00"));
	ck_assert_str_eq(local(c.wall_usec), "2026-12-24 00:00:00");
	ck_assert(!c.inside && c.cause == CALENDAR_HOLIDAY);
	ck_assert_str_eq(c.name, "Cuti bersama Natal");
	c = calendar_next(policy, &the_schedules[ALL_DAY], c.wall_usec);
	ck_assert_str_eq(local(c.wall_usec), "2026-12-26 00:00:00");
	ck_assert(c.inside && c.cause == CALENDAR_HOLIDAY);
	ck_assert_str_eq(c.name, "Hari Raya Natal");
}
END_TEST

START_TEST(adjacent_and_overlapping_windows_are_one)
{
	static struct policy_window windows[] = {{1, AT(10, 0), AT(12, 0)},
						 {1, AT(8, 0), AT(10, 0)},
						 {1, AT(11, 0), AT(13, 0)},
						 {1, AT(22, 0), AT(26, 0)},
						 {2, AT(1, 0), AT(3, 0)}};
	struct policy *policy = regency();

	the_schedules[NIGHT].windows = windows;
	the_schedules[NIGHT].n_windows = ELEMENTS(windows);
	ck_assert_str_eq(
	    local(calendar_next(policy, &the_schedules[NIGHT], at("2026-11-23 08:00")).wall_usec),
	    "2026-11-23 13:00:00");
	ck_assert_str_eq(
	    local(calendar_next(policy, &the_schedules[NIGHT], at("2026-11-23 23:00")).wall_usec),
	    "2026-11-24 03:00:00");
}
END_TEST

START_TEST(no_windows_never_change)
{
	struct policy *policy = regency();

	the_schedules[NIGHT].n_windows = 0;
	ck_assert_int_eq(calendar_next(policy, &the_schedules[NIGHT], at("2026-11-23 08:00")).wall_usec, 0);
	ck_assert(!calendar_inside(policy, &the_schedules[NIGHT], at("2026-11-23 21:00")));
}
END_TEST

START_TEST(a_window_of_48_hours)
{
	static struct policy_window windows[] = {{5, 0, 2880}};
	struct policy *policy = regency();
	struct calendar_change c;

	the_schedules[NIGHT].windows = windows;
	the_schedules[NIGHT].n_windows = 1;
	c = calendar_next(policy, &the_schedules[NIGHT], at("2026-11-19 00:00"));
	ck_assert_str_eq(local(c.wall_usec), "2026-11-20 00:00:00");
	c = calendar_next(policy, &the_schedules[NIGHT], c.wall_usec);
	ck_assert_str_eq(local(c.wall_usec), "2026-11-22 00:00:00");
}
END_TEST

static const struct {
	int schedule;
	const char *time;
	bool inside;
	enum calendar_cause_kind cause;
	const char *name;
} reasons[] = {
    {KANTOR, "2026-11-23 10:00", true, CALENDAR_WINDOW},
    {KANTOR, "2026-11-23 17:00", false, CALENDAR_WINDOW},
    {KANTOR, "2026-12-25 10:00", false, CALENDAR_HOLIDAY, "Hari Raya Natal"},
    {KANTOR, "2026-12-25 17:00", false, CALENDAR_WINDOW}, /* outside on any day */
    {KANTOR, "2026-02-19 10:00", true, CALENDAR_PERIOD, "Ramadan 1447"},
    {KANTOR, "2026-02-19 15:30", false, CALENDAR_PERIOD, "Ramadan 1447"},
    {KANTOR, "2026-03-19 10:00", false, CALENDAR_HOLIDAY, "Hari Suci Nyepi"},
    {NIGHT, "2026-12-24 03:00", true, CALENDAR_WINDOW},
    {NIGHT, "2026-12-26 03:00", false, CALENDAR_HOLIDAY, "Hari Raya Natal"},
};

START_TEST(why_it_is_so)
{
	struct policy *policy = regency();
	struct calendar_change c =
	    calendar_state(policy, &the_schedules[reasons[_i].schedule], at(reasons[_i].time));

	ck_assert_int_eq(c.inside, reasons[_i].inside);
	ck_assert_int_eq(c.cause, reasons[_i].cause);
	ck_assert_pstr_eq(c.name, reasons[_i].name);
}
END_TEST

/* ---- any schedule, any zone: what next says is what inside does ---- */

static const char *const zones[] = {"Asia/Pontianak", "Europe/Berlin", "America/Sao_Paulo",
				    "Australia/Lord_Howe", "America/New_York"};

START_TEST(next_agrees_with_inside)
{
	struct policy *policy = regency();

	ck_assert_int_eq(clock_zone_set(zones[_i]), 0);
	for (int s = 0; s < SCHEDULES; s++) {
		int64_t wall = at("2026-01-01 00:00"), end = at("2027-01-01 00:00");
		bool inside = calendar_inside(policy, &the_schedules[s], wall);

		while (wall < end) {
			struct calendar_change c = calendar_next(policy, &the_schedules[s], wall);
			int64_t to = c.wall_usec ? c.wall_usec : end;

			ck_assert(!c.wall_usec || c.inside != inside);
			for (int64_t t = wall; t < to && t < end; t += 17 * USEC_PER_MINUTE)
				ck_assert_msg(calendar_inside(policy, &the_schedules[s], t) == inside,
					      "%s %s", the_schedules[s].id, local(t));
			ck_assert(calendar_inside(policy, &the_schedules[s], to - 1) == inside);
			wall = to;
			inside = c.wall_usec ? c.inside : inside;
			ck_assert(calendar_inside(policy, &the_schedules[s], wall) == inside);
		}
	}
}
END_TEST

/* Berlin, 2026-03-29: 02:00 -> 03:00; 2026-10-25: 03:00 -> 02:00. */
START_TEST(daylight_saving)
{
	static struct policy_window windows[] = {{0, AT(1, 0), AT(2, 30)}};
	struct policy *policy = regency();
	const struct policy_schedule *s = &the_schedules[NIGHT];
	int64_t start;

	ck_assert_int_eq(clock_zone_set("Europe/Berlin"), 0);
	the_schedules[NIGHT].windows = windows;
	the_schedules[NIGHT].n_windows = 1;
	start = at("2026-03-29 01:00");
	ck_assert(calendar_inside(policy, s, start));
	ck_assert_int_eq(calendar_next(policy, s, start).wall_usec - start, 90 * USEC_PER_MINUTE);
	start = at("2026-10-25 01:00");
	ck_assert_int_eq(calendar_next(policy, s, start).wall_usec - start, 90 * USEC_PER_MINUTE);
	/* in the hour that comes twice the window ends once */
	ck_assert(!calendar_inside(policy, s, start + 130 * USEC_PER_MINUTE));
	ck_assert_str_eq(local(start + 130 * USEC_PER_MINUTE), "2026-10-25 02:10:00");
}
END_TEST

/* An end that the gap moves behind the next start: 02:30 is 03:30, and 03:15 begins before. */
START_TEST(windows_that_a_gap_pushes_together)
{
	static struct policy_window windows[] = {{0, AT(1, 0), AT(2, 30)}, {0, AT(3, 15), AT(5, 0)}};
	struct policy *policy = regency();
	const struct policy_schedule *s = &the_schedules[NIGHT];

	ck_assert_int_eq(clock_zone_set("Europe/Berlin"), 0);
	the_schedules[NIGHT].windows = windows;
	the_schedules[NIGHT].n_windows = 2;
	for (int64_t wall = at("2026-03-29 00:00"); wall < at("2026-03-29 06:00"); wall += USEC_PER_MINUTE) {
		struct calendar_change c = calendar_next(policy, s, wall);

		ck_assert_int_eq(calendar_inside(policy, s, c.wall_usec), c.inside);
		ck_assert_int_eq(calendar_inside(policy, s, c.wall_usec - 1),
				 calendar_inside(policy, s, wall));
	}
}
END_TEST

/* ---- lists ---- */

START_TEST(instants_are_all_and_sorted)
{
	struct policy *policy = regency();
	_cleanup_(freep) int64_t *instants = NULL;
	static const char *const friday[] = {"04:00:00", "06:00:00", "07:30:00", "11:00:00", "13:00:00",
					     "14:00:00", "16:00:00", "16:30:00", "20:00:00", "22:00:00"};
	ssize_t n = calendar_instants(policy, at("2026-11-20 04:00"), at("2026-11-21 04:00"), &instants);

	ck_assert_int_eq(n, ELEMENTS(friday));
	for (ssize_t i = 0; i < n; i++)
		ck_assert_str_eq(local(instants[i]) + 11, friday[i]);
}
END_TEST

START_TEST(instants_beyond_a_long_silence)
{
	struct policy *policy = regency();
	_cleanup_(freep) int64_t *instants = NULL;

	policy->n_schedules = 2;
	the_schedules[ALL_DAY].holidays = true;
	the_schedules[KANTOR].n_windows = the_schedules[KANTOR].n_periods = 0;
	the_holidays[0].day = calendar_day(2036, 1, 1); /* the list need not be sorted for one holiday */
	policy->n_holidays = 1;
	ck_assert_int_eq(calendar_instants(policy, at("2026-01-01 00:00"), at("2037-01-01 00:00"), &instants),
			 2);
	ck_assert_str_eq(local(instants[0]), "2036-01-01 00:00:00");
	ck_assert_str_eq(local(instants[1]), "2036-01-02 00:00:00");
}
END_TEST

static bool has_day(const int32_t *days, ssize_t n, int32_t day)
{
	for (ssize_t i = 0; i < n; i++)
		if (days[i] == day)
			return true;
	return false;
}

START_TEST(sample_days_surround_every_turn)
{
	struct policy *policy = regency();
	_cleanup_(freep) int32_t *days = NULL;
	ssize_t n = calendar_sample_days(policy, &days);

	for (ssize_t i = 1; i < n; i++)
		ck_assert_int_lt(days[i - 1], days[i]);
	for (int d = -7; d <= 7; d++) {
		ck_assert(has_day(days, n, calendar_day(2026, 8, 17) + d));
		ck_assert(has_day(days, n, calendar_day(2026, 2, 19) + d));
		ck_assert(has_day(days, n, calendar_day(2026, 3, 20) + d));
	}
	ck_assert(!has_day(days, n, calendar_day(2026, 6, 15)));
}
END_TEST

START_TEST(a_plain_week_where_nothing_turns)
{
	struct policy *policy = regency();
	_cleanup_(freep) int32_t *days = NULL;

	policy->n_holidays = the_schedules[KANTOR].n_periods = the_schedules[SIX_DAYS].n_periods = 0;
	ck_assert_int_ge(calendar_sample_days(policy, &days), 8);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("calendar");
	TCase *tests = tcase_create("calendar");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, dates_count_from_1970);
	tcase_add_test(tests, dates_go_both_ways);
	tcase_add_loop_test(tests, dates_that_do_not_exist, 0, ELEMENTS(wrong_dates));
	tcase_add_test(tests, a_leap_day_exists);
	tcase_add_test(tests, the_day_is_the_local_one);
	tcase_add_loop_test(tests, state, 0, ELEMENTS(states));
	tcase_add_loop_test(tests, next_change, 0, ELEMENTS(changes));
	tcase_add_test(tests, a_holiday_cuts_and_resumes_a_day_of_24_hours);
	tcase_add_test(tests, adjacent_and_overlapping_windows_are_one);
	tcase_add_test(tests, no_windows_never_change);
	tcase_add_test(tests, a_window_of_48_hours);
	tcase_add_loop_test(tests, why_it_is_so, 0, ELEMENTS(reasons));
	tcase_add_loop_test(tests, next_agrees_with_inside, 0, ELEMENTS(zones));
	tcase_add_test(tests, daylight_saving);
	tcase_add_test(tests, windows_that_a_gap_pushes_together);
	tcase_add_test(tests, instants_are_all_and_sorted);
	tcase_add_test(tests, instants_beyond_a_long_silence);
	tcase_add_test(tests, sample_days_surround_every_turn);
	tcase_add_test(tests, a_plain_week_where_nothing_turns);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
