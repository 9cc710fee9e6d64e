/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves what is left to whom: how the limits of zones, vouchers, accounts and visits combine, what a clock
 * that went back gives away (nothing), when a day begins, and how close to the end the meter looks.
 */
#include "../../daemon/limit.h"
#include "../../lib/units.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

#define MB UINT64_C(1000000)

static int64_t noon; /* 2026-11-23 12:00 local */

static struct policy_zone zone_of(void)
{
	return (struct policy_zone){
	    .id = (char *)"taman", .session_usec = 2 * 3600 * UINT64_C(1000000), .client_devices = 3};
}

static struct person person_of(enum ledger_kind kind)
{
	struct person person = {.key = {.kind = kind, .id = 1}, .day = limit_day(noon)};

	return person;
}

static struct person visitor(const struct policy_zone *zone)
{
	struct person person = person_of(LEDGER_PASS);

	visit_begin(&person.pass, zone, noon);
	return person;
}

/* ---- bytes ---- */

START_TEST(without_limits_there_is_no_end)
{
	const struct policy_zone zone = zone_of();
	const struct person person = visitor(&zone);

	ck_assert(limit_data(&zone, &person, 99 * MB, noon).bytes == LIMIT_NONE);
}
END_TEST

START_TEST(the_nearest_limit_counts)
{
	struct policy_zone zone = zone_of();
	struct person person = visitor(&zone);

	zone.daily_bytes = 10 * MB;
	zone.session_bytes = 4 * MB;
	person.pass.visit_bytes = 1 * MB;
	person.day_bytes = 2 * MB;
	ck_assert(limit_data(&zone, &person, 0, noon).bytes == 3 * MB);
	person.day_bytes = 8 * MB;
	ck_assert(limit_data(&zone, &person, 0, noon).bytes == 2 * MB);
	person.day_bytes = 11 * MB;
	ck_assert(limit_data(&zone, &person, 0, noon).bytes == 0);
}
END_TEST

START_TEST(through_another_zone_is_no_way_to_new_data)
{
	struct policy_zone zone = zone_of(), other = zone_of();
	struct person person = visitor(&zone);

	other.id = (char *)"jelawat";
	person.pass.visit_bytes = 3 * MB;
	visit_begin(&person.pass, &other, noon + 60 * USEC_PER_SEC);
	ck_assert(person.pass.visit_bytes == 3 * MB);
	visit_begin(&person.pass, &zone, noon + 120 * USEC_PER_SEC);
	ck_assert(person.pass.visit_bytes == 3 * MB);
	visit_begin(&person.pass, &zone, noon + 3 * USEC_PER_HOUR);
	ck_assert(person.pass.visit_bytes == 0);
}
END_TEST

START_TEST(says_when_there_is_more)
{
	struct policy_zone zone = zone_of();
	struct person person = visitor(&zone);

	zone.session_bytes = 4 * MB;
	person.pass.visit_bytes = 5 * MB;
	ck_assert_int_eq(limit_data(&zone, &person, 0, noon + 60 * USEC_PER_MINUTE).again_usec,
			 60 * USEC_PER_MINUTE);
	zone.daily_bytes = 10 * MB;
	person.day_bytes = 10 * MB; /* both: until the later one */
	ck_assert_int_eq(limit_data(&zone, &person, 0, noon).again_usec, 12 * USEC_PER_HOUR);
	ck_assert(!limit_data(&zone, &person, 0, noon).own);
}
END_TEST

START_TEST(a_day_is_over_at_local_midnight)
{
	struct policy_zone zone = zone_of();
	struct person person = visitor(&zone);
	const int64_t midnight = limit_midnight(noon);

	zone.daily_bytes = 10 * MB;
	person.day_bytes = 10 * MB;
	ck_assert_int_eq(midnight, clock_from_local(2026, 11, 24, 0, 0, 0));
	ck_assert_int_eq(limit_day(midnight), limit_day(midnight - 1) + 1);
	ck_assert(limit_data(&zone, &person, 0, midnight - 1).bytes == 0);
	/* A clock that was months ahead keeps nobody out until then. */
	ck_assert(limit_data(&zone, &person, 0, noon - 90 * 24 * USEC_PER_HOUR).bytes > 0);
	ck_assert(limit_data(&zone, &person, 0, midnight).bytes == 10 * MB);
	ck_assert_msg(limit_data(&zone, &person, 0, noon - USEC_PER_DAY).bytes == 0,
		      "a clock that went back gives the day again");
}
END_TEST

START_TEST(days_are_those_of_the_calendar)
{
	ck_assert_int_eq(limit_day(clock_from_local(1970, 1, 1, 12, 0, 0)), 0);
	ck_assert_int_eq(limit_day(clock_from_local(2000, 3, 1, 0, 0, 0)), 11017);
	ck_assert_int_eq(limit_day(clock_from_local(2026, 12, 31, 23, 59, 59)) + 1,
			 limit_day(clock_from_local(2027, 1, 1, 0, 0, 0)));
	ck_assert_int_eq(limit_midnight(clock_from_local(2028, 2, 28, 5, 0, 0)),
			 clock_from_local(2028, 2, 29, 0, 0, 0));
}
END_TEST

START_TEST(a_vouchers_own_volume_replaces_the_visits)
{
	struct policy_zone zone = zone_of();
	struct person person = person_of(LEDGER_VOUCHER);

	zone.session_bytes = 1 * MB;
	ck_assert(limit_data(&zone, &person, 1 * MB, noon).bytes == 0);
	person.voucher.data_bytes = 50 * MB;
	person.voucher.used_bytes = 20 * MB;
	ck_assert(limit_data(&zone, &person, 9 * MB, noon).bytes == 30 * MB);
	person.voucher.used_bytes = 50 * MB;
	ck_assert(limit_data(&zone, &person, 0, noon).own);
	zone.daily_bytes = 10 * MB; /* the day's counts for everybody */
	person.voucher.used_bytes = 0;
	ck_assert(limit_data(&zone, &person, 0, noon).bytes == 10 * MB);
}
END_TEST

START_TEST(an_accounts_own_day_replaces_the_zones)
{
	struct policy_zone zone = zone_of();
	struct person person = person_of(LEDGER_ACCOUNT);

	zone.daily_bytes = 10 * MB;
	person.day_bytes = 12 * MB;
	ck_assert(limit_data(&zone, &person, 0, noon).bytes == 0);
	person.account.daily_bytes = 20 * MB;
	ck_assert(limit_data(&zone, &person, 0, noon).bytes == 8 * MB);
}
END_TEST

/* ---- time ---- */

START_TEST(a_visit_keeps_its_end)
{
	const struct policy_zone zone = zone_of();
	const struct person person = visitor(&zone);

	ck_assert_int_eq(limit_time(&zone, &person, noon + 30 * USEC_PER_MINUTE), 90 * USEC_PER_MINUTE);
	ck_assert_int_le(limit_time(&zone, &person, noon + 120 * USEC_PER_MINUTE), 0);
}
END_TEST

START_TEST(a_clock_that_went_back_gives_nothing_away)
{
	const struct policy_zone zone = zone_of();
	struct person person = visitor(&zone);

	person.pass.seen_wall_usec = noon + 90 * USEC_PER_MINUTE;
	ck_assert_int_eq(limit_time(&zone, &person, noon - USEC_PER_DAY), 30 * USEC_PER_MINUTE);
	ck_assert_int_eq(limit_left_usec(100, 40, 50), 50);
	ck_assert_int_eq(limit_left_usec(100, 40, 10), 60);
}
END_TEST

START_TEST(a_vouchers_time_is_its_own_and_its_date_is_last)
{
	const struct policy_zone zone = zone_of();
	struct person person = person_of(LEDGER_VOUCHER);
	struct ledger_voucher *voucher = &person.voucher;

	voucher->valid_until_wall_usec = noon + 10 * USEC_PER_DAY;
	ck_assert_int_eq(limit_time(&zone, &person, noon), (int64_t)zone.session_usec);
	voucher->time_usec = 30 * USEC_PER_HOUR;
	voucher->used_usec = 5 * USEC_PER_HOUR;
	ck_assert_int_eq(limit_time(&zone, &person, noon), 25 * USEC_PER_HOUR);
	voucher->valid_until_wall_usec = noon + USEC_PER_HOUR;
	ck_assert_int_eq(limit_time(&zone, &person, noon), USEC_PER_HOUR);
	voucher->revoked_wall_usec = noon;
	ck_assert_int_eq(limit_time(&zone, &person, noon), 0);
}
END_TEST

START_TEST(an_accounts_session_is_its_own_or_the_zones)
{
	const struct policy_zone zone = zone_of();
	struct person person = person_of(LEDGER_ACCOUNT);

	ck_assert_int_eq(limit_time(&zone, &person, noon), (int64_t)zone.session_usec);
	person.account.session_usec = USEC_PER_DAY;
	ck_assert_int_eq(limit_time(&zone, &person, noon), USEC_PER_DAY);
}
END_TEST

/* ---- visits, devices, looks ---- */

START_TEST(a_visit_goes_on_in_its_zone_and_where_guests_roam)
{
	struct policy_zone here = zone_of(), there = zone_of();
	const struct person person = visitor(&here);

	there.id = (char *)"alun";
	ck_assert(visit_goes_on(&person.pass, &here, &here, noon + USEC_PER_HOUR));
	ck_assert(!visit_goes_on(&person.pass, &here, &here, noon + 2 * USEC_PER_HOUR));
	ck_assert(!visit_goes_on(&person.pass, NULL, &here, noon));
	ck_assert(!visit_goes_on(&person.pass, &here, &there, noon));
	here.roam = true;
	ck_assert(!visit_goes_on(&person.pass, &here, &there, noon));
	there.roam = true;
	ck_assert(visit_goes_on(&person.pass, &here, &there, noon));
}
END_TEST

START_TEST(devices_are_its_own_or_the_zones)
{
	const struct policy_zone zone = zone_of();
	struct person voucher = person_of(LEDGER_VOUCHER), account = person_of(LEDGER_ACCOUNT);

	ck_assert_uint_eq(limit_devices(&zone, &voucher), 3);
	voucher.voucher.devices = 1;
	account.account.devices = 9;
	ck_assert_uint_eq(limit_devices(&zone, &voucher), 1);
	ck_assert_uint_eq(limit_devices(&zone, &account), 9);
}
END_TEST

START_TEST(looks_come_closer_to_the_end)
{
	int64_t now = 0, left = 100 * (int64_t)MB;
	unsigned looks = 0;

	while (left > 0 &&
	       looks < 100) { /* somebody at 8 Mbit/s: 1 MB a second, looked at no sooner than each second */
		int64_t step = limit_look_usec((uint64_t)left, 8000000);

		step = step < USEC_PER_SEC ? USEC_PER_SEC : step;
		now += step;
		left -= step;
		looks++;
	}
	ck_assert_int_le(now, 101 * USEC_PER_SEC);
	ck_assert_uint_lt(looks, 12);
	ck_assert_int_eq(limit_look_usec(LIMIT_NONE, 8000000), INT64_MAX);
	ck_assert_int_eq(limit_look_usec(5, 0), INT64_MAX);
	ck_assert_int_gt(limit_look_usec(LIMIT_NONE - 1, 8), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("limit");
	TCase *bytes = tcase_create("bytes"), *time = tcase_create("time"), *visits = tcase_create("visits");
	SRunner *runner = srunner_create(suite);
	int failed;

	clock_zone_set("Asia/Pontianak");
	noon = clock_from_local(2026, 11, 23, 12, 0, 0);
	tcase_add_test(bytes, without_limits_there_is_no_end);
	tcase_add_test(bytes, the_nearest_limit_counts);
	tcase_add_test(bytes, through_another_zone_is_no_way_to_new_data);
	tcase_add_test(bytes, says_when_there_is_more);
	tcase_add_test(bytes, a_day_is_over_at_local_midnight);
	tcase_add_test(bytes, days_are_those_of_the_calendar);
	tcase_add_test(bytes, a_vouchers_own_volume_replaces_the_visits);
	tcase_add_test(bytes, an_accounts_own_day_replaces_the_zones);
	tcase_add_test(time, a_visit_keeps_its_end);
	tcase_add_test(time, a_clock_that_went_back_gives_nothing_away);
	tcase_add_test(time, a_vouchers_time_is_its_own_and_its_date_is_last);
	tcase_add_test(time, an_accounts_session_is_its_own_or_the_zones);
	tcase_add_test(visits, a_visit_goes_on_in_its_zone_and_where_guests_roam);
	tcase_add_test(visits, devices_are_its_own_or_the_zones);
	tcase_add_test(visits, looks_come_closer_to_the_end);
	suite_add_tcase(suite, bytes);
	suite_add_tcase(suite, time);
	suite_add_tcase(suite, visits);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
