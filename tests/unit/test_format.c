// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Proves report/format: separators and words of both languages, rounding half away from zero on integers at
 * every edge, and the machine's form. Thousands of values are besides compared with another program's
 * arithmetic (report_text.py).
 */
#include "../../report/format.h"
#include <check.h>
#include <string.h>
#include <time.h>

static const struct {
	int64_t value;
	enum report_unit unit;
	const char *id, *en;
} written[] = {
    {0, REPORT_COUNT, "0", "0"},
    {999, REPORT_COUNT, "999", "999"},
    {1234, REPORT_COUNT, "1.234", "1,234"},
    {-1234567, REPORT_COUNT, "-1.234.567", "-1,234,567"},
    {INT64_MAX, REPORT_COUNT, "9.223.372.036.854.775.807", "9,223,372,036,854,775,807"},
    {INT64_MIN, REPORT_COUNT, "-9.223.372.036.854.775.808", "-9,223,372,036,854,775,808"},
    {1234567890123, REPORT_BYTES, "1.234,57", "1,234.57"},
    {4999999, REPORT_BYTES, "0,00", "0.00"},
    {5000000, REPORT_BYTES, "0,01", "0.01"},
    {-4999999, REPORT_BYTES, "0,00", "0.00"},
    {-5000000, REPORT_BYTES, "-0,01", "-0.01"},
    {994999999, REPORT_BYTES, "0,99", "0.99"},
    {995000000, REPORT_BYTES, "1,00", "1.00"},
    {INT64_MIN, REPORT_BYTES, "-9.223.372.036,85", "-9,223,372,036.85"},
    {812345678, REPORT_BPS, "812,35", "812.35"},
    {5000, REPORT_BPS, "0,01", "0.01"},
    {4999, REPORT_BPS, "0,00", "0.00"},
    {9987, REPORT_PERCENT, "99,87 %", "99.87 %"},
    {10000, REPORT_PERCENT, "100,00 %", "100.00 %"},
    {-5, REPORT_PERCENT, "-0,05 %", "-0.05 %"},
    {7000000, REPORT_RUPIAH, "Rp7.000.000,00", "Rp7,000,000.00"},
    {-1, REPORT_RUPIAH, "-Rp1,00", "-Rp1.00"},
    {INT64_MIN, REPORT_RUPIAH, "-Rp9.223.372.036.854.775.808,00", "-Rp9,223,372,036,854,775,808.00"},
    {20781, REPORT_DAY, "24 November 2026", "24 November 2026"},
    {20512, REPORT_DAY, "28 Februari 2026", "28 February 2026"},
    {INT64_MAX, REPORT_DAY, "–", "–"},
    {INT64_MIN, REPORT_DAY, "–", "–"},
    {2026 * 12 + 7, REPORT_MONTH, "Agustus 2026", "August 2026"},
    {-1, REPORT_MONTH, "–", "–"},
    {1795503909, REPORT_TIME, "24 November 2026 14.05.09", "24 November 2026 14:05:09"},
    {INT64_MAX, REPORT_TIME, "–", "–"},
    {3723, REPORT_SECONDS, "1:02:03", "1:02:03"},
    {90061, REPORT_SECONDS, "25:01:01", "25:01:01"},
    {-61, REPORT_SECONDS, "-0:01:01", "-0:01:01"},
};

START_TEST(values)
{
	char out[FORMAT_TEXT];

	ck_assert_str_eq(format_value(written[_i].value, written[_i].unit, false, false, out),
			 written[_i].id);
	ck_assert_str_eq(format_value(written[_i].value, written[_i].unit, true, false, out), written[_i].en);
}
END_TEST

START_TEST(brief_dates)
{
	static const char *const months[2][12] = {
	    {"Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"},
	    {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}};
	char out[FORMAT_TEXT], expected[FORMAT_TEXT];

	for (int english = 0; english < 2; english++)
		for (int i = 0; i < 12; i++) {
			snprintf(expected, sizeof(expected), "%s 2026", months[english][i]);
			ck_assert_str_eq(format_value(2026 * 12 + i, REPORT_MONTH, english, true, out),
					 expected);
		}
	ck_assert_str_eq(format_value(20781, REPORT_DAY, false, true, out), "24 Nov 2026");
	ck_assert_str_eq(format_value(1795503909, REPORT_TIME, false, true, out), "24 Nov 2026 14.05.09");
	ck_assert_str_eq(format_value(1795503909, REPORT_TIME, true, true, out), "24 Nov 2026 14:05:09");
	ck_assert_str_eq(format_month_name(11, false), "Desember");
	ck_assert_str_eq(format_month_name(12, false), "–");
}
END_TEST

START_TEST(cells)
{
	struct report_cell absent = cell_absent(), text = cell_text("=1+1"), zero = cell(0);
	char out[FORMAT_TEXT];

	ck_assert_str_eq(format_cell(&absent, REPORT_RUPIAH, false, true, out), "–");
	ck_assert_str_eq(format_cell(&absent, REPORT_TEXT, false, true, out), "–");
	ck_assert_ptr_eq(format_cell(&text, REPORT_TEXT, false, true, out), text.text);
	ck_assert_str_eq(format_cell(&zero, REPORT_TEXT, false, true, out), "");
	ck_assert_str_eq(format_cell(&zero, REPORT_BYTES, false, true, out), "0,00");
}
END_TEST

START_TEST(sentences)
{
	char out[FORMAT_TEXT];

	ck_assert_str_eq(format_volume(1234567890123, false, out), "1,23 TB");
	ck_assert_str_eq(format_volume(456700000000, true, out), "456.70 GB");
	ck_assert_str_eq(format_volume(1000000, false, out), "1,00 MB");
	ck_assert_str_eq(format_volume(999, false, out), "999 B");
	ck_assert_str_eq(format_volume(0, false, out), "0 B");
	ck_assert_str_eq(format_volume(UINT64_MAX, false, out), "9.223.372,04 TB");
	ck_assert_str_eq(format_length(43380, false, out), "12 jam 3 menit");
	ck_assert_str_eq(format_length(3661, true, out), "1 hour 1 minute 1 second");
	ck_assert_str_eq(format_length(7325, true, out), "2 hours 2 minutes 5 seconds");
	ck_assert_str_eq(format_length(0, false, out), "0 detik");
	ck_assert_str_eq(format_length(-5, true, out), "0 seconds");
	ck_assert_str_eq(format_length(3600, false, out), "1 jam");
	ck_assert_uint_lt(strlen(format_length(INT64_MAX, false, out)), FORMAT_TEXT);
}
END_TEST

START_TEST(machines)
{
	char out[FORMAT_TEXT];

	ck_assert_str_eq(format_plain(-1234567, REPORT_BYTES, out), "-1234567");
	ck_assert_str_eq(format_plain(20781, REPORT_DAY, out), "2026-11-24");
	ck_assert_str_eq(format_plain(2026 * 12 + 10, REPORT_MONTH, out), "2026-11");
	ck_assert_str_eq(format_plain(1795503909, REPORT_TIME, out), "2026-11-24T14:05:09+07:00");
	ck_assert_str_eq(format_plain(INT64_MAX, REPORT_TIME, out), "");
	ck_assert_str_eq(format_plain(INT64_MAX, REPORT_DAY, out), "");
	ck_assert_str_eq(format_plain(90061, REPORT_SECONDS, out), "90061");
	ck_assert_str_eq(format_unit(REPORT_PERCENT), "permyriad");
	for (int unit = 0; unit < REPORT_UNITS; unit++)
		ck_assert(*format_unit((enum report_unit)unit));
}
END_TEST

/* The machine's locale has no say, and neither has where it stands beyond the site's time zone. */
START_TEST(locales)
{
	char out[FORMAT_TEXT];

	setenv("LC_ALL", "C", 1);
	ck_assert_str_eq(format_value(1234567890123, REPORT_BYTES, false, false, out), "1.234,57");
	setenv("TZ", "Asia/Jayapura", 1);
	tzset();
	ck_assert_str_eq(format_plain(1795503909, REPORT_TIME, out), "2026-11-24T16:05:09+09:00");
	setenv("TZ", "America/St_Johns", 1); /* half hours, west */
	tzset();
	ck_assert_str_eq(format_plain(1795503909, REPORT_TIME, out), "2026-11-24T03:35:09-03:30");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("format");
	TCase *tests = tcase_create("format");
	SRunner *runner;
	int failed;

	setenv("TZ", "Asia/Pontianak", 1);
	tzset();
	tcase_add_loop_test(tests, values, 0, ELEMENTS(written));
	tcase_add_test(tests, brief_dates);
	tcase_add_test(tests, cells);
	tcase_add_test(tests, sentences);
	tcase_add_test(tests, machines);
	tcase_add_test(tests, locales);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
