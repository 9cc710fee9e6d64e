/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves ctl/span and ctl/dates: a month, a day or a time as it is typed becomes exactly the rows of the
 * ledger that belong to it, in zones with and without summer time, also where midnight does not exist; what
 * no row begins at is refused; days and months are written as people of each language write them.
 */
#include "../../ctl/dates.h"
#include "../../ctl/span.h"
#include "../../ctl/words.h"
#include "../../lib/clock.h"
#include "../../lib/units.h"
#include "../../policy/calendar.h"
#include "capture.h"
#include <errno.h>

#define MONTH(year, month) ((year)*12 + (month)-1)

/* Seconds since 1970, from what `date -u -d ... +%s` says. */
static const struct {
	const char *zone, *now, *month, *since, *until;
	int64_t from_sec, until_sec;
	int32_t in_month; /* -1: none */
	enum ledger_grain grain;
	int32_t days; /* whole ones in it */
} spans[] = {
    /* the present month, a month, and its last second's day */
    {"Asia/Pontianak", "2026-11-23 16:00", NULL, NULL, NULL, 1793466000, 1796058000, MONTH(2026, 11),
     LEDGER_MONTHS, 30},
    {"Asia/Pontianak", "2026-11-30 23:59:59", NULL, NULL, NULL, 1793466000, 1796058000, MONTH(2026, 11),
     LEDGER_MONTHS, 30},
    {"Asia/Pontianak", "2026-12-01 00:00", NULL, NULL, NULL, 1796058000, 1798736400, MONTH(2026, 12),
     LEDGER_MONTHS, 31},
    {"Asia/Pontianak", "2026-11-23 16:00", "2026-02", NULL, NULL, 1769878800, 1772298000, MONTH(2026, 2),
     LEDGER_MONTHS, 28},
    {"Asia/Pontianak", "2026-11-23 16:00", "2028-02", NULL, NULL, 1832950800, 1835456400, MONTH(2028, 2),
     LEDGER_MONTHS, 29},
    /* a date alone is its whole day; --until is with it */
    {"Asia/Pontianak", "2026-11-23 16:00", NULL, "2026-11-01", "2026-11-30", 1793466000, 1796058000,
     MONTH(2026, 11), LEDGER_MONTHS, 30},
    {"Asia/Pontianak", "2026-11-23 16:00", NULL, "2026-10-01", "2026-11-30", 1790787600, 1796058000, -1,
     LEDGER_MONTHS, 61},
    {"Asia/Pontianak", "2026-11-23 16:00", NULL, "2026-11-23", "2026-11-23", 1795366800, 1795453200, -1,
     LEDGER_DAYS, 1},
    {"Asia/Pontianak", "2026-11-23 16:00", NULL, "2026-11-22", NULL, 1795280400, 1795453200, -1, LEDGER_DAYS,
     2},
    {"Asia/Pontianak", "2026-11-23 16:00", NULL, NULL, "2026-11-02", 1793466000, 1793638800, -1, LEDGER_DAYS,
     2},
    /* times: hours, rows, and the days that are whole in between */
    {"Asia/Pontianak", "2026-11-23 16:00", NULL, "2026-11-23 08:00", "2026-11-23 12:00", 1795395600,
     1795410000, -1, LEDGER_HOURS, 0},
    {"Asia/Pontianak", "2026-11-23 16:00", NULL, "2026-11-23 08:05", "2026-11-23 12:00", 1795395900,
     1795410000, -1, LEDGER_ROWS, 0},
    {"Asia/Pontianak", "2026-11-23 16:00", NULL, "2026-11-21 08:00", "2026-11-23 12:00", 1795222800,
     1795410000, -1, LEDGER_HOURS, 1},
    {"Asia/Pontianak", "2026-11-23 16:00", NULL, "2026-11-22 00:00", "2026-11-23 12:00", 1795280400,
     1795410000, -1, LEDGER_HOURS, 1},
    /* an hour more in October, an hour less in March: the month is as long as it is */
    {"Europe/Berlin", "2026-10-25 12:00", NULL, NULL, NULL, 1790805600, 1793487600, MONTH(2026, 10),
     LEDGER_MONTHS, 31},
    {"Europe/Berlin", "2026-03-29 12:00", NULL, "2026-03-29", "2026-03-29", 1774738800, 1774821600, -1,
     LEDGER_DAYS, 1},
    {"Europe/Berlin", "2026-10-25 12:00", NULL, "2026-10-25", "2026-10-25", 1792879200, 1792969200, -1,
     LEDGER_DAYS, 1},
    /* midnight that does not exist: the day begins an hour later */
    {"America/Santiago", "2026-09-06 12:00", NULL, "2026-09-06", "2026-09-06", 1788667200, 1788750000, -1,
     LEDGER_DAYS, 1},
    /* offsets that are no whole hours: a local hour is one all the same */
    {"Asia/Kathmandu", "2026-11-23 16:00", NULL, "2026-11-23 08:00", "2026-11-23 09:00", 1795399200 + 900,
     1795402800 + 900, -1, LEDGER_HOURS, 0},
};

static int64_t wall_of(const char *text)
{
	int64_t wall_usec;

	ck_assert_int_eq(clock_parse(text, &wall_usec), 0);
	return wall_usec;
}

START_TEST(what_is_typed_is_that_time)
{
	const struct span_typed typed = {
	    .month = spans[_i].month, .since = spans[_i].since, .until = spans[_i].until};
	struct span span;

	ck_assert_int_eq(clock_zone_set(spans[_i].zone), 0);
	ck_assert_int_eq(span_read(&typed, wall_of(spans[_i].now), &span), 0);
	ck_assert_int_eq(span.from_sec, spans[_i].from_sec);
	ck_assert_int_eq(span.until_sec, spans[_i].until_sec);
	ck_assert_int_eq(span.month, spans[_i].in_month);
	ck_assert_int_eq(span.grain, spans[_i].grain);
	ck_assert_int_eq(span.until_day - span.from_day, spans[_i].days);
}
END_TEST

/* Every month of 25 years, in zones that change their clocks: months touch, none overlaps, each is its days.
 */
START_TEST(months_touch_and_are_their_days)
{
	static const char *const zones[] = {
	    "Asia/Pontianak",	 "Europe/Berlin",  "America/Santiago", "Australia/Lord_Howe",
	    "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia",     "UTC"};
	int64_t before = 0;

	ck_assert_int_eq(clock_zone_set(zones[_i]), 0);
	for (int32_t month = MONTH(2005, 1); month < MONTH(2030, 1); month++) {
		char text[DATE_TEXT], day[DATE_TEXT];
		struct span_typed typed = {.month = date_of_month(month, text)};
		struct span span;

		ck_assert_int_eq(span_read(&typed, 0, &span), 0);
		ck_assert_int_eq(span.month, month);
		ck_assert(!before || span.from_sec == before);
		before = span.until_sec;
		for (int32_t d = span.from_day; d < span.until_day; d++)
			ck_assert_msg(strncmp(date_of_day(d, day), text, 7) == 0, "%s is not in %s", day,
				      text);
		ck_assert_int_eq(calendar_day_of(span.from_sec * USEC_PER_SEC), span.from_day);
		ck_assert_int_eq(calendar_day_of(span.until_sec * USEC_PER_SEC - 1) + 1, span.until_day);
		ck_assert_int_eq(date_day_begins(span.from_day), span.from_sec);
	}
}
END_TEST

START_TEST(the_same_time_in_other_rows)
{
	struct span_typed typed = {.since = "2026-10-15 10:05", .until = "2026-12-02 11:00"};
	struct ledger_query query;
	struct span span;

	ck_assert_int_eq(clock_zone_set("Asia/Pontianak"), 0);
	ck_assert_int_eq(span_read(&typed, wall_of("2026-11-23 16:00"), &span), 0);
	query = span_query(&span, LEDGER_DAYS);
	ck_assert_int_eq(query.from, calendar_day(2026, 10, 16));
	ck_assert_int_eq(query.until, calendar_day(2026, 12, 2));
	query = span_query(&span, LEDGER_MONTHS);
	ck_assert_int_eq(query.from, MONTH(2026, 11));
	ck_assert_int_eq(query.until, MONTH(2026, 12));
	query = span_query(&span, LEDGER_ROWS);
	ck_assert_int_eq(query.from, span.from_sec);
	ck_assert_int_eq(query.until, span.until_sec);
}
END_TEST

#define BAD_MONTH "a month is \"YYYY-MM\", got "
#define BAD_DATE "a time is \"YYYY-MM-DD\" or \"YYYY-MM-DD HH:MM\" and exists, got "

static const struct {
	const char *month, *since, *until, *said;
} refusals[] = {
    {"2026-13", NULL, NULL, BAD_MONTH "\"2026-13\""},
    {"2026-00", NULL, NULL, BAD_MONTH "\"2026-00\""},
    {"2026-1", NULL, NULL, BAD_MONTH "\"2026-1\""},
    {"1970-01", NULL, NULL, BAD_MONTH "\"1970-01\""},
    {"november", NULL, NULL, BAD_MONTH "\"november\""},
    {"", NULL, NULL, BAD_MONTH "\"\""},
    {NULL, "2026-02-30", NULL, BAD_DATE "\"2026-02-30\""},
    {NULL, NULL, "yesterday", BAD_DATE "\"yesterday\""},
    {NULL, "08:00", NULL, BAD_DATE "\"08:00\""},
    {NULL, "1970-01-01", NULL, BAD_DATE "\"1970-01-01\""},
    {NULL, "2026-11-23 08:03", NULL,
     "the ledger has rows of 5 minutes: a time must be a multiple of them, got \"2026-11-23 08:03\""},
    {NULL, "2026-11-24", "2026-11-22",
     "the time asked about is empty, it would begin with \"2026-11-24\" and end before that"},
    {NULL, "2026-11-23 08:00", "2026-11-23 08:00",
     "the time asked about is empty, it would begin with \"2026-11-23 08:00\" and end before that"},
    {"2026-11", "2026-11-01", NULL, "--month goes with neither --since nor --until"},
};

START_TEST(what_is_no_time_is_refused)
{
	const struct span_typed typed = {
	    .month = refusals[_i].month, .since = refusals[_i].since, .until = refusals[_i].until};
	_cleanup_(freep) char *text = NULL;
	struct capture capture;
	char expected[256];
	struct span span;
	int r;

	speak("en");
	ck_assert_int_eq(clock_zone_set("Asia/Pontianak"), 0);
	capture = capture_start(STDERR_FILENO);
	r = span_read(&typed, wall_of("2026-11-23 16:00"), &span);
	text = capture_end(&capture);
	snprintf(expected, sizeof(expected), "gerbang: %s\n", refusals[_i].said);
	ck_assert_str_eq(text, expected);
	ck_assert_int_eq(r, -EINVAL);
}
END_TEST

START_TEST(what_has_an_instant_may_be_asked_by_the_second)
{
	struct span_typed typed = {.since = "2026-11-23 08:03:07", .any_minute = true};
	struct span span;

	ck_assert_int_eq(clock_zone_set("Asia/Pontianak"), 0);
	ck_assert_int_eq(span_read(&typed, wall_of("2026-11-23 16:00"), &span), 0);
	ck_assert_int_eq(span.from_sec, 1795395787);
}
END_TEST

/* ---- dates ---- */

static const struct {
	const char *text, *id, *en;
} shorts[] = {
    {"2026-11-23", "23 Nov 2026", "23 Nov 2026"},
    {"2026-08-01", "1 Agu 2026", "1 Aug 2026"},
    {"2026-05-01T00:00:00+07:00", "1 Mei 2026 00:00", "1 May 2026 00:00"},
    {"2026-10-09T23:59:58+07:00", "9 Okt 2026 23:59:58", "9 Oct 2026 23:59:58"},
    {"2026-12-31T23:59:00+07:00", "31 Des 2026 23:59", "31 Dec 2026 23:59"},
    {"soon", "soon", "soon"},
    {"2026-13-01", "2026-13-01", "2026-13-01"},
    {NULL, "-", "-"},
};

START_TEST(days_as_people_write_them)
{
	char out[DATE_TEXT];

	speak("id");
	ck_assert_str_eq(date_short(shorts[_i].text, out), shorts[_i].id);
	speak("en");
	ck_assert_str_eq(date_short(shorts[_i].text, out), shorts[_i].en);
}
END_TEST

START_TEST(months_as_people_write_them)
{
	static const char *const id[] = {"Januari",   "Februari", "Maret",    "April",
					 "Mei",	      "Juni",	  "Juli",     "Agustus",
					 "September", "Oktober",  "November", "Desember"};
	char out[DATE_TEXT], month[DATE_TEXT], expected[DATE_TEXT];

	date_of_month(MONTH(2026, _i + 1), month);
	snprintf(expected, sizeof(expected), "%s 2026", id[_i]);
	speak("id");
	ck_assert_str_eq(date_month(month, out), expected);
	speak("en");
	ck_assert_str_eq(date_month("2026-08", out), "August 2026");
	ck_assert_str_eq(date_month("x", out), "x");
	ck_assert_str_eq(date_month(NULL, out), "-");
}
END_TEST

START_TEST(the_last_day_before_midnight)
{
	char out[DATE_TEXT];

	ck_assert(date_before("2028-03-01T00:00:00+07:00", out));
	ck_assert_str_eq(out, "2028-02-29");
	ck_assert(date_before("2027-01-01T00:00:00+07:00", out));
	ck_assert_str_eq(out, "2026-12-31");
	ck_assert(!date_before("2027-01-01T00:05:00+07:00", out));
	ck_assert(!date_before("2027-01-01", out));
	ck_assert(!date_before("", out));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("span");
	TCase *tests = tcase_create("span");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, what_is_typed_is_that_time, 0, ELEMENTS(spans));
	tcase_add_loop_test(tests, months_touch_and_are_their_days, 0, 8);
	tcase_add_test(tests, the_same_time_in_other_rows);
	tcase_add_loop_test(tests, what_is_no_time_is_refused, 0, ELEMENTS(refusals));
	tcase_add_test(tests, what_has_an_instant_may_be_asked_by_the_second);
	tcase_add_loop_test(tests, days_as_people_write_them, 0, ELEMENTS(shorts));
	tcase_add_loop_test(tests, months_as_people_write_them, 0, 12);
	tcase_add_test(tests, the_last_day_before_midnight);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
