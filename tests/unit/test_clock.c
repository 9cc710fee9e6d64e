/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves lib/clock: local time both ways in zones with and without daylight saving, strict parsing, and a
 * rehearsal that runs on. Check forks for each test: the zone and the rehearsal of one do not reach another.
 */
#include "../../lib/clock.h"
#include "../../lib/cleanup.h"
#include "../../lib/units.h"
#include <check.h>
#include <errno.h>
#include <string.h>

static int64_t parsed(const char *text)
{
	int64_t wall = 0;

	ck_assert_msg(clock_parse(text, &wall) == 0, "%s", text);
	return wall;
}

START_TEST(zones_are_names_of_the_database)
{
	static const char *const wrong[] = {
	    "",
	    "Asia/Nowhere",
	    "../../../etc/passwd",
	    "/usr/share/zoneinfo/UTC",
	    "Asia/../UTC",
	    "Asia",
	    "zone.tab",
	    "tzdata.zi",
	    "WIB-7",
	    "UTC\n",
	    "-x",
	    "Asia/Pontianak/"
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"};

	ck_assert_int_eq(clock_zone_set("Asia/Makassar"), 0);
	for (size_t i = 0; i < ELEMENTS(wrong); i++)
		ck_assert_msg(clock_zone_set(wrong[i]) == -ENOENT, "%s", wrong[i]);
	ck_assert_str_eq(getenv("TZ"), "Asia/Makassar");
	ck_assert_int_eq(clock_zone_set("UTC"), 0);
	ck_assert_int_eq(clock_zone_set("Etc/GMT+7"), 0);
}
END_TEST

START_TEST(local_time_goes_both_ways)
{
	char text[CLOCK_TEXT];
	int64_t wall;

	clock_zone_set("Asia/Pontianak");
	wall = clock_from_local(2026, 11, 23, 15, 59, 50);
	ck_assert(wall == INT64_C(1795424390) * USEC_PER_SEC);
	ck_assert_str_eq(clock_text(wall, text), "2026-11-23T15:59:50+07:00");
	ck_assert_str_eq(clock_text(wall + 999999, text), "2026-11-23T15:59:50+07:00");
	ck_assert_int_eq(clock_local(wall).tm_wday, 1);
	/* "to 24:00" is the next day's midnight. */
	ck_assert(clock_from_local(2026, 12, 31, 24, 0, 0) == clock_from_local(2027, 1, 1, 0, 0, 0));
	clock_zone_set("America/St_Johns");
	ck_assert_str_eq(clock_text(INT64_C(1795424390) * USEC_PER_SEC, text), "2026-11-23T05:29:50-03:30");
	ck_assert_str_eq(clock_text(-1, text), "1969-12-31T20:29:59-03:30");
}
END_TEST

START_TEST(a_time_in_a_gap_moves_forward)
{
	char text[CLOCK_TEXT];

	clock_zone_set("Europe/Berlin");
	ck_assert_str_eq(clock_text(clock_from_local(2026, 3, 29, 2, 30, 0), text),
			 "2026-03-29T03:30:00+02:00");
	ck_assert_str_eq(clock_text(clock_from_local(2026, 3, 29, 1, 59, 59), text),
			 "2026-03-29T01:59:59+01:00");
	ck_assert_str_eq(clock_text(clock_from_local(2026, 3, 29, 3, 0, 0), text),
			 "2026-03-29T03:00:00+02:00");
	/* Twice: the first. */
	ck_assert_str_eq(clock_text(clock_from_local(2026, 10, 25, 2, 30, 0), text),
			 "2026-10-25T02:30:00+02:00");
	ck_assert_str_eq(clock_text(clock_from_local(2026, 10, 25, 3, 0, 0), text),
			 "2026-10-25T03:00:00+01:00");
	/* A whole day that never was. */
	clock_zone_set("Pacific/Apia");
	ck_assert_str_eq(clock_text(clock_from_local(2011, 12, 30, 12, 0, 0), text),
			 "2011-12-31T12:00:00+14:00");
}
END_TEST

START_TEST(every_hour_of_a_year_comes_back)
{
	static const char *const zones[] = {"Asia/Pontianak", "Europe/Berlin", "Australia/Lord_Howe"};

	for (size_t z = 0; z < ELEMENTS(zones); z++) {
		ck_assert_int_eq(clock_zone_set(zones[z]), 0);
		for (int64_t wall = parsed("2026-01-01 00:00"); wall < parsed("2027-01-02 00:00");
		     wall += USEC_PER_HOUR / 2) {
			struct tm tm = clock_local(wall);
			int64_t back = clock_from_local(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
							tm.tm_hour, tm.tm_min, tm.tm_sec);

			/* At most the first of two equal times, never another one. */
			ck_assert(back == wall || (back < wall && wall - back <= USEC_PER_HOUR &&
						   clock_local(back).tm_hour == tm.tm_hour));
		}
	}
}
END_TEST

START_TEST(times_are_parsed_strictly)
{
	static const char *const wrong[] = {"",
					    "2026-11-23",
					    "2026-11-23 15",
					    "2026-11-23 15:5",
					    "2026-11-23 15:59:5",
					    "2026-11-23  15:59",
					    "2026-11-23x15:59",
					    "2026/11/23 15:59",
					    "2026-11-23 15:59 ",
					    "2026-11-23 15:59:50Z",
					    "2026-11-23 24:00",
					    "2026-11-23 15:60",
					    "2026-11-23 15:59:60",
					    "2026-02-29 00:00",
					    "2026-04-31 00:00",
					    "2026-13-01 00:00",
					    "2026-00-01 00:00",
					    "2026-01-00 00:00",
					    "1969-12-31 00:00",
					    "+026-01-01 00:00",
					    "2026-1 -01 00:00"};
	int64_t wall = 77;

	clock_zone_set("Asia/Pontianak");
	for (size_t i = 0; i < ELEMENTS(wrong); i++)
		ck_assert_msg(clock_parse(wrong[i], &wall) == -EINVAL && wall == 77, "%s", wrong[i]);
	ck_assert(parsed("2026-11-23 15:59:50") == INT64_C(1795424390) * USEC_PER_SEC);
	ck_assert(parsed("2026-11-23T15:59:50") == INT64_C(1795424390) * USEC_PER_SEC);
	ck_assert(parsed("2026-11-23 15:59") == INT64_C(1795424340) * USEC_PER_SEC);
	ck_assert(parsed("2028-02-29 00:00") == clock_from_local(2028, 2, 29, 0, 0, 0));
	parsed("9999-12-31 23:59:59");
}
END_TEST

START_TEST(a_rehearsal_runs_on_from_its_time)
{
	struct instant before = clock_now(), then, later;
	int64_t wanted;

	clock_zone_set("Asia/Pontianak");
	wanted = parsed("2026-11-23 15:59:50");
	ck_assert(!clock_is_rehearsal());
	clock_rehearse(wanted);
	ck_assert(clock_is_rehearsal());
	then = clock_now();
	ck_assert(then.wall_usec >= wanted && then.wall_usec < wanted + 5 * USEC_PER_SEC);
	usleep(20000);
	later = clock_now();
	ck_assert(later.wall_usec - then.wall_usec == later.mono_usec - then.mono_usec);
	ck_assert(later.wall_usec - then.wall_usec >= 20000);
	ck_assert(then.mono_usec >= before.mono_usec);
	clock_rehearse(wanted - USEC_PER_DAY); /* back */
	ck_assert(clock_now().wall_usec < then.wall_usec);
	ck_assert(clock_now().mono_usec >= later.mono_usec);
}
END_TEST

START_TEST(without_a_rehearsal_the_wall_is_the_machines)
{
	time_t now = time(NULL);
	int64_t wall = clock_now().wall_usec;

	ck_assert(wall / USEC_PER_SEC >= now - 1 && wall / USEC_PER_SEC <= now + 5);
}
END_TEST

/* Setting the machine's clock is not for a unit test: that it is quiet otherwise, and stays so. */
START_TEST(the_step_descriptor_is_quiet_without_a_step)
{
	_cleanup_(closep) int fd = clock_step_fd();
	uint64_t n;

	ck_assert_int_ge(fd, 0);
	ck_assert(read(fd, &n, sizeof(n)) < 0 && errno == EAGAIN);
	ck_assert_int_eq(clock_step_rearm(fd), 0);
	ck_assert(read(fd, &n, sizeof(n)) < 0 && errno == EAGAIN);
	ck_assert_int_eq(clock_step_rearm(-1), -EBADF);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("clock");
	TCase *tests = tcase_create("clock");

	/* First, for where Check does not fork (CK_FORK=no, under valgrind). */
	tcase_add_test(tests, without_a_rehearsal_the_wall_is_the_machines);
	tcase_add_test(tests, zones_are_names_of_the_database);
	tcase_add_test(tests, local_time_goes_both_ways);
	tcase_add_test(tests, a_time_in_a_gap_moves_forward);
	tcase_add_test(tests, every_hour_of_a_year_comes_back);
	tcase_add_test(tests, times_are_parsed_strictly);
	tcase_add_test(tests, a_rehearsal_runs_on_from_its_time);
	tcase_add_test(tests, the_step_descriptor_is_quiet_without_a_step);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
