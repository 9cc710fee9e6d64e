/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A small regency as plain data, for the tests of calendar, planner and describe: a policy needs no file to
 * exist. 100 Mbit/s, 5 % headroom: a budget of 95 Mbit/s. Each test may change its own copy (regency()).
 */
#include "../../lib/cleanup.h"
#include "../../lib/clock.h"
#include "../../policy/planner.h"
#include <check.h>
#include <string.h>

#define KBIT UINT64_C(1000)
#define MBIT UINT64_C(1000000)
#define BOTH(n)                                                                                              \
	{                                                                                                    \
		(n), (n)                                                                                     \
	}
#define AT(h, m) ((h)*60 + (m))
#define WEEKDAYS(from, to)                                                                                   \
	{1, from, to}, {2, from, to}, {3, from, to}, {4, from, to},                                          \
	{                                                                                                    \
		5, from, to                                                                                  \
	}
#define EVERY_DAY(from, to)                                                                                  \
	{0, from, to}, WEEKDAYS(from, to),                                                                   \
	{                                                                                                    \
		6, from, to                                                                                  \
	}
#define ROWS(array) array, ELEMENTS(array)
#define DEVICES(array) .devices = array, .n_devices = ELEMENTS(array)

enum { KANTOR, ALL_DAY, TAMAN, SIX_DAYS, NIGHT, FRIDAY, SCHEDULES };

static struct policy_window kantor_windows[] = {WEEKDAYS(AT(7, 30), AT(16, 0))};
static struct policy_window ramadan_windows[] = {WEEKDAYS(AT(8, 0), AT(15, 0))};
static struct policy_window all_day_windows[] = {EVERY_DAY(0, AT(24, 0))};
static struct policy_window taman_windows[] = {EVERY_DAY(AT(6, 0), AT(22, 0))};
static struct policy_window six_windows[] = {WEEKDAYS(AT(7, 30), AT(14, 0)), {6, AT(7, 30), AT(14, 0)}};
static struct policy_window six_ramadan_windows[] = {{1, AT(8, 0), AT(14, 0)},	{2, AT(8, 0), AT(14, 0)},
						     {3, AT(8, 0), AT(14, 0)},	{4, AT(8, 0), AT(14, 0)},
						     {5, AT(8, 0), AT(10, 30)}, {6, AT(8, 0), AT(14, 0)}};
static struct policy_window night_windows[] = {EVERY_DAY(AT(20, 0), AT(28, 0))};
static struct policy_window friday_windows[] = {
    {4, AT(7, 30), AT(16, 0)}, {5, AT(7, 30), AT(11, 0)}, {5, AT(13, 0), AT(16, 30)}};

static struct policy_period kantor_periods[1], six_periods[1];
static struct policy_holiday the_holidays[7];
static struct policy_schedule the_schedules[SCHEDULES];
static char dinkes_devices[][IFNAMSIZ] = {"lan0"}, rsud_devices[][IFNAMSIZ] = {"lan1", "lan0"};
static struct prefix dinkes_prefixes[2], rsud_prefixes[1];
static struct policy_office the_offices[2];
static struct policy_zone the_zones[2];
static struct policy the_policy;

enum { DINKES, RSUD };
enum { TAMAN_KOTA, ALUN };

static void regency_schedules(void)
{
	static const struct policy_schedule schedules[SCHEDULES] = {
	    [KANTOR] = {"kantor", ROWS(kantor_windows), true, ROWS(kantor_periods)},
	    [ALL_DAY] = {"24-jam", ROWS(all_day_windows)},
	    [TAMAN] = {"taman", ROWS(taman_windows)},
	    [SIX_DAYS] = {"enam-hari", ROWS(six_windows), true, ROWS(six_periods)},
	    [NIGHT] = {"malam", ROWS(night_windows), true},
	    [FRIDAY] = {"jumat", ROWS(friday_windows), true},
	};
	int32_t from = calendar_day(2026, 2, 19), to = calendar_day(2026, 3, 20);

	memcpy(the_schedules, schedules, sizeof(schedules));
	kantor_periods[0] = (struct policy_period){"Ramadan 1447", from, to, ROWS(ramadan_windows)};
	six_periods[0] = (struct policy_period){"Ramadan 1447", from, to, ROWS(six_ramadan_windows)};
}

static void regency_holidays(void)
{
	static const struct {
		int month, day;
		char *name;
	} days[] = {{1, 1, "Tahun Baru"},	 {3, 18, "Cuti bersama Nyepi"},
		    {3, 19, "Hari Suci Nyepi"},	 {3, 20, "Cuti bersama Idul Fitri"},
		    {8, 17, "Hari Kemerdekaan"}, {12, 24, "Cuti bersama Natal"},
		    {12, 25, "Hari Raya Natal"}};

	for (size_t i = 0; i < ELEMENTS(days); i++)
		the_holidays[i] =
		    (struct policy_holiday){calendar_day(2026, days[i].month, days[i].day), days[i].name};
}

static void regency_offices(void)
{
	static const struct policy_office dinkes = {.id = "dinkes",
						    .name = "Dinas Kesehatan",
						    .schedule = &the_schedules[KANTOR],
						    DEVICES(dinkes_devices),
						    .prefixes = dinkes_prefixes,
						    .n_prefixes = 2,
						    .inside = {BOTH(40 * MBIT), BOTH(80 * MBIT)},
						    .outside = {BOTH(4 * MBIT), BOTH(60 * MBIT)}};
	static const struct policy_office rsud = {.id = "rsud",
						  .name = "RSUD dr. Murjani",
						  .schedule = &the_schedules[ALL_DAY],
						  DEVICES(rsud_devices),
						  .prefixes = rsud_prefixes,
						  .n_prefixes = 1,
						  .inside = {BOTH(20 * MBIT), BOTH(100 * MBIT)},
						  .outside = {BOTH(20 * MBIT), BOTH(100 * MBIT)}};

	ck_assert_int_eq(prefix_parse("10.10.2.0/24", &dinkes_prefixes[0]), 0);
	ck_assert_int_eq(prefix_parse("2001:db8:2::/64", &dinkes_prefixes[1]), 0);
	ck_assert_int_eq(prefix_parse("10.10.3.0/24", &rsud_prefixes[0]), 0);
	the_offices[DINKES] = dinkes;
	the_offices[RSUD] = rsud;
}

static void regency_zones(void)
{
	static const struct policy_zone taman = {.id = "taman-kota",
						 .name = "Taman Kota Sampit",
						 .device = "zone0",
						 .open = &the_schedules[TAMAN],
						 .not_during = &the_schedules[KANTOR],
						 .share = {{20 * MBIT, 10 * MBIT}, {60 * MBIT, 50 * MBIT}},
						 .client = {10 * MBIT, 3 * MBIT},
						 .session_usec = UINT64_C(7200000000),
						 .logins = POLICY_LOGIN_CLICK};
	static const struct policy_zone alun = {.id = "alun-alun",
						.name = "Alun-alun",
						.device = "zone1",
						.open = &the_schedules[ALL_DAY],
						.share = {BOTH(5 * MBIT), BOTH(20 * MBIT)},
						.client = {50 * MBIT, 5 * MBIT},
						.session_usec = UINT64_C(7200000000),
						.logins = POLICY_LOGIN_CLICK};

	the_zones[TAMAN_KOTA] = taman;
	the_zones[ALUN] = alun;
	ck_assert_int_eq(prefix_parse("10.200.0.1/20", &the_zones[TAMAN_KOTA].address4), 0);
	ck_assert_int_eq(prefix_parse("2001:db8:200::1/64", &the_zones[TAMAN_KOTA].address6), 0);
	ck_assert_int_eq(prefix_parse("10.201.0.1/24", &the_zones[ALUN].address4), 0);
}

static _unused_ struct policy *regency(void)
{
	static const struct policy policy = {.site_name = "Diskominfo",
					     .timezone = "Asia/Pontianak",
					     .language = "en",
					     .site_schedule = &the_schedules[KANTOR],
					     .uplink = "wan0",
					     .uplink_rate = BOTH(100 * MBIT),
					     .headroom_percent = 5,
					     .nat = true,
					     .own = BOTH(2 * MBIT),
					     .unattributed = BOTH(1 * MBIT),
					     .schedules = the_schedules,
					     .n_schedules = SCHEDULES,
					     .holidays = the_holidays,
					     .n_holidays = ELEMENTS(the_holidays),
					     .offices = the_offices,
					     .n_offices = 2,
					     .between_offices = true,
					     .zones = the_zones,
					     .n_zones = 2,
					     .portal = {.port = 8080}};

	ck_assert_int_eq(clock_zone_set("Asia/Pontianak"), 0);
	regency_schedules();
	regency_holidays();
	regency_offices();
	regency_zones();
	the_policy = policy;
	return &the_policy;
}

static _unused_ int64_t at(const char *text)
{
	int64_t wall = 0;

	ck_assert_msg(clock_parse(text, &wall) == 0, "%s", text);
	return wall;
}

/* The instant's local time, as at() reads it, in one of a few buffers. */
static _unused_ const char *local(int64_t wall_usec)
{
	static char texts[4][20];
	static unsigned turn;
	char *text = texts[turn++ % 4];
	struct tm tm = clock_local(wall_usec);

	strftime(text, 20, "%Y-%m-%d %H:%M:%S", &tm);
	return wall_usec ? text : "never";
}
