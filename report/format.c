// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: one place decides how a number looks, so that no two pages of the report can differ in rounding,
 * separators or units. It must never use floating point, the machine's locale, or a word that is not of the
 * asked language.
 */
#include "format.h"
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define DAY_SEC 86400
#define NOTHING "–"
/* Far beyond any date that is meant: years of up to four digits. */
#define DAYS_MAX 2932896
#define SECONDS_MAX ((int64_t)DAYS_MAX * DAY_SEC)

static const char *const months[2][12] = {
    {"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober",
     "November", "Desember"},
    {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
     "November", "December"},
};
static const char *const brief_months[2][12] = {
    {"Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"},
    {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
};

const char *format_month_name(int month, bool english)
{
	return month >= 0 && month < 12 ? months[english][month] : NOTHING;
}

static uint64_t magnitude(int64_t value)
{
	return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

/* "1.234.567": `value` in groups of three. */
static void grouped(uint64_t value, bool english, char out[static 32])
{
	char digits[24];
	size_t n = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, value), at = 0;

	for (size_t i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			out[at++] = english ? ',' : '.';
		out[at++] = digits[i];
	}
	out[at] = '\0';
}

/* value / unit with two decimals, half away from zero; "-0,00" is 0. unit: 1 (already hundredths), or a
 * multiple of 100. */
static void hundredths(int64_t value, uint64_t unit, bool english, char out[static FORMAT_TEXT])
{
	uint64_t each = unit / 100 ? unit / 100 : 1, rounded = magnitude(value) / each;
	char whole[32];

	if (magnitude(value) % each >= each - each / 2)
		rounded++;
	grouped(rounded / 100, english, whole);
	snprintf(out, FORMAT_TEXT, "%s%s%c%02u", value < 0 && rounded > 0 ? "-" : "", whole,
		 english ? '.' : ',', (unsigned)(rounded % 100));
}

static bool civil(int64_t day, struct tm *out)
{
	time_t at;

	if (day < -DAYS_MAX || day > DAYS_MAX)
		return false;
	at = (time_t)day * DAY_SEC;
	return gmtime_r(&at, out) != NULL;
}

static bool local(int64_t second, struct tm *out)
{
	time_t at = (time_t)second;

	return second >= -SECONDS_MAX && second <= SECONDS_MAX && localtime_r(&at, out) != NULL;
}

/* ---- each unit ---- */

static void count(int64_t value, bool english, bool brief, char out[static FORMAT_TEXT])
{
	char whole[32];

	(void)brief;
	grouped(magnitude(value), english, whole);
	snprintf(out, FORMAT_TEXT, "%s%s", value < 0 ? "-" : "", whole);
}

static void gigabytes(int64_t value, bool english, bool brief, char out[static FORMAT_TEXT])
{
	(void)brief;
	hundredths(value, 1000000000, english, out);
}

static void megabits(int64_t value, bool english, bool brief, char out[static FORMAT_TEXT])
{
	(void)brief;
	hundredths(value, 1000000, english, out);
}

static void percent(int64_t value, bool english, bool brief, char out[static FORMAT_TEXT])
{
	char number[FORMAT_TEXT];

	(void)brief;
	hundredths(value, 1, english, number);
	snprintf(out, FORMAT_TEXT, "%.60s %%", number);
}

static void rupiah(int64_t value, bool english, bool brief, char out[static FORMAT_TEXT])
{
	char whole[32];

	(void)brief;
	grouped(magnitude(value), english, whole);
	snprintf(out, FORMAT_TEXT, "%sRp%s%s", value < 0 ? "-" : "", whole, english ? ".00" : ",00");
}

static void date(const struct tm *tm, bool english, bool brief, char out[static FORMAT_TEXT])
{
	snprintf(out, FORMAT_TEXT, "%d %s %d", tm->tm_mday,
		 (brief ? brief_months : months)[english][tm->tm_mon], tm->tm_year + 1900);
}

static void day(int64_t value, bool english, bool brief, char out[static FORMAT_TEXT])
{
	struct tm tm;

	if (civil(value, &tm))
		date(&tm, english, brief, out);
	else
		snprintf(out, FORMAT_TEXT, NOTHING);
}

static void month(int64_t value, bool english, bool brief, char out[static FORMAT_TEXT])
{
	if (value < 0 || value >= 12 * 10000)
		snprintf(out, FORMAT_TEXT, NOTHING);
	else
		snprintf(out, FORMAT_TEXT, "%s %d", (brief ? brief_months : months)[english][value % 12],
			 (int)(value / 12));
}

static void instant(int64_t value, bool english, bool brief, char out[static FORMAT_TEXT])
{
	char of_day[FORMAT_TEXT], dot = english ? ':' : '.';
	struct tm tm;

	if (!local(value, &tm)) {
		snprintf(out, FORMAT_TEXT, NOTHING);
		return;
	}
	date(&tm, english, brief, of_day);
	snprintf(out, FORMAT_TEXT, "%.40s %02d%c%02d%c%02d", of_day, tm.tm_hour, dot, tm.tm_min, dot,
		 tm.tm_sec);
}

static void clock_length(int64_t value, bool english, bool brief, char out[static FORMAT_TEXT])
{
	uint64_t seconds = magnitude(value);

	(void)english;
	(void)brief;
	snprintf(out, FORMAT_TEXT, "%s%" PRIu64 ":%02u:%02u", value < 0 ? "-" : "", seconds / 3600,
		 (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60));
}

static void (*const writers[REPORT_UNITS])(int64_t, bool, bool, char out[static FORMAT_TEXT]) = {
    [REPORT_TEXT] = count,	[REPORT_COUNT] = count,
    [REPORT_BYTES] = gigabytes, [REPORT_BPS] = megabits,
    [REPORT_PERCENT] = percent, [REPORT_RUPIAH] = rupiah,
    [REPORT_DAY] = day,		[REPORT_MONTH] = month,
    [REPORT_TIME] = instant,	[REPORT_SECONDS] = clock_length,
};

const char *format_value(int64_t value, enum report_unit unit, bool english, bool brief,
			 char out[static FORMAT_TEXT])
{
	writers[unit < REPORT_UNITS ? unit : REPORT_COUNT](value, english, brief, out);
	return out;
}

const char *format_cell(const struct report_cell *cell, enum report_unit unit, bool english, bool brief,
			char out[static FORMAT_TEXT])
{
	if (cell->absent)
		return NOTHING;
	if (unit == REPORT_TEXT)
		return cell->text ? cell->text : "";
	return format_value(cell->value, unit, english, brief, out);
}

/* ---- for sentences ---- */

const char *format_volume(uint64_t bytes, bool english, char out[static FORMAT_TEXT])
{
	static const struct {
		uint64_t unit;
		const char *name;
	} scales[] = {{UINT64_C(1000000000000), "TB"}, {1000000000, "GB"}, {1000000, "MB"}, {1000, "kB"}};
	char number[FORMAT_TEXT];

	for (size_t i = 0; i < sizeof(scales) / sizeof(scales[0]); i++)
		if (bytes >= scales[i].unit) {
			hundredths((int64_t)MIN(bytes, (uint64_t)INT64_MAX), scales[i].unit, english, number);
			snprintf(out, FORMAT_TEXT, "%.50s %s", number, scales[i].name);
			return out;
		}
	snprintf(out, FORMAT_TEXT, "%u B", (unsigned)bytes);
	return out;
}

/* Whole parts, those that are 0 left out: exact, and never rounded. */
const char *format_length(int64_t seconds, bool english, char out[static FORMAT_TEXT])
{
	static const struct {
		unsigned seconds;
		const char *words[3]; /* Indonesian, one, more */
	} parts[] = {{3600, {"jam", "hour", "hours"}},
		     {60, {"menit", "minute", "minutes"}},
		     {1, {"detik", "second", "seconds"}}};
	uint64_t left = seconds > 0 ? (uint64_t)seconds : 0;
	char number[32];
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < 3; i++) {
		uint64_t n = left / parts[i].seconds;

		left %= parts[i].seconds;
		if (n == 0 && !(i == 2 && at == 0))
			continue;
		grouped(n, english, number);
		at += (size_t)snprintf(out + at, FORMAT_TEXT - at, "%s%s %s", at ? " " : "", number,
				       parts[i].words[!english ? 0
						      : n == 1 ? 1
							       : 2]);
	}
	return out;
}

/* ---- for machines ---- */

static void plain_time(int64_t value, char out[static FORMAT_TEXT])
{
	struct tm tm;
	long offset;

	if (!local(value, &tm)) {
		out[0] = '\0';
		return;
	}
	offset = tm.tm_gmtoff / 60;
	snprintf(out, FORMAT_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d%c%02ld:%02ld", tm.tm_year + 1900,
		 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, offset < 0 ? '-' : '+',
		 (offset < 0 ? -offset : offset) / 60, (offset < 0 ? -offset : offset) % 60);
}

const char *format_plain(int64_t value, enum report_unit unit, char out[static FORMAT_TEXT])
{
	struct tm tm;

	out[0] = '\0';
	if (unit == REPORT_TIME)
		plain_time(value, out);
	else if (unit == REPORT_DAY && civil(value, &tm))
		snprintf(out, FORMAT_TEXT, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	else if (unit == REPORT_MONTH && value >= 0 && value < 12 * 10000)
		snprintf(out, FORMAT_TEXT, "%04d-%02d", (int)(value / 12), (int)(value % 12) + 1);
	else if (unit != REPORT_DAY && unit != REPORT_MONTH)
		snprintf(out, FORMAT_TEXT, "%" PRId64, value);
	return out;
}

const char *format_unit(enum report_unit unit)
{
	static const char *const names[REPORT_UNITS] = {
	    [REPORT_TEXT] = "text",	  [REPORT_COUNT] = "count",	  [REPORT_BYTES] = "bytes",
	    [REPORT_BPS] = "bps",	  [REPORT_PERCENT] = "permyriad", [REPORT_RUPIAH] = "rupiah",
	    [REPORT_DAY] = "day",	  [REPORT_MONTH] = "month",	  [REPORT_TIME] = "time",
	    [REPORT_SECONDS] = "seconds",
	};

	return unit < REPORT_UNITS ? names[unit] : "";
}
