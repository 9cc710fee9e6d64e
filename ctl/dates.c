// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: a bill is read by people who write "1 Agustus 2026", and no locale of the machine can be relied upon
 * to know that. Nothing here reads a clock.
 */
#include "dates.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/clock.h"
#include "../lib/units.h"
#include "../policy/calendar.h"
#include "words.h"

static const char *const months[WORDS_LANGUAGES][12] = {
    [WORDS_EN] = {"January", "February", "March", "April", "May", "June", "July", "August", "September",
		  "October", "November", "December"},
    [WORDS_ID] = {"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
		  "Oktober", "November", "Desember"},
};
static const char *const brief[WORDS_LANGUAGES][12] = {
    [WORDS_EN] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
    [WORDS_ID] = {"Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"},
};

/* How many fields of "YYYY-MM-DD" `text` begins with: 0, 2 or 3. */
static int read_date(const char *text, int *year, int *month, int *day)
{
	int n = text ? sscanf(text, "%4d-%2d-%2d", year, month, day) : 0;

	return n >= 2 && *month >= 1 && *month <= 12 ? n : 0;
}

const char *date_month(const char *month, char out[static DATE_TEXT])
{
	int y, m, d;

	if (!read_date(month, &y, &m, &d))
		return month ? month : "-";
	snprintf(out, DATE_TEXT, "%s %d", months[words_language()][m - 1], y);
	return out;
}

const char *date_short(const char *text, char out[static DATE_TEXT])
{
	int y, m, d, n;

	if (read_date(text, &y, &m, &d) != 3)
		return text ? text : "-";
	n = snprintf(out, DATE_TEXT, "%d %s %d", d, brief[words_language()][m - 1], y);
	if (strlen(text) >= 19 && text[10] == 'T')
		snprintf(out + n, DATE_TEXT - (size_t)n, " %.*s", memcmp(text + 16, ":00", 3) == 0 ? 5 : 8,
			 text + 11);
	return out;
}

bool date_before(const char *rfc3339, char out[static DATE_TEXT])
{
	int y, m, d;

	if (read_date(rfc3339, &y, &m, &d) != 3 || strlen(rfc3339) < 19 ||
	    memcmp(rfc3339 + 10, "T00:00:00", 9) != 0)
		return false;
	date_of_day(calendar_day(y, m, d) - 1, out);
	return true;
}

/* ---- the ledger's days and months ---- */

const char *date_of_day(int32_t day, char out[static DATE_TEXT])
{
	int y, m, d;

	calendar_civil(day, &y, &m, &d);
	snprintf(out, DATE_TEXT, "%04d-%02d-%02d", y, m, d);
	return out;
}

const char *date_of_month(int32_t month, char out[static DATE_TEXT])
{
	snprintf(out, DATE_TEXT, "%04d-%02d", month / 12, month % 12 + 1);
	return out;
}

int32_t date_month_of(int32_t day)
{
	int y, m, d;

	calendar_civil(day, &y, &m, &d);
	return y * 12 + m - 1;
}

int64_t date_day_begins(int32_t day)
{
	int y, m, d;

	calendar_civil(day, &y, &m, &d);
	return clock_from_local(y, m, d, 0, 0, 0) / USEC_PER_SEC;
}

int64_t date_month_begins(int32_t month)
{
	return clock_from_local(month / 12, month % 12 + 1, 1, 0, 0, 0) / USEC_PER_SEC;
}
