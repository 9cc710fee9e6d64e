/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: the file numbers local days and months, and people read dates. The calendar's arithmetic alone: what
 * day it is, is never asked here. Howard Hinnant, chrono-compatible low-level date algorithms.
 */
#include "civil.h"
#include <stdio.h>
#include "../lib/clock.h"

#define EPOCH 719468 /* days from 0000-03-01 to 1970-01-01 */
#define DAYS_ERA 146097

struct civil {
	int year, month, day;
};

static struct civil civil_of(int32_t number)
{
	int64_t z = (int64_t)number + EPOCH;
	int64_t era = (z >= 0 ? z : z - DAYS_ERA + 1) / DAYS_ERA;
	int64_t doe = z - era * DAYS_ERA;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / (DAYS_ERA - 1)) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	int month = (int)(mp < 10 ? mp + 3 : mp - 9);

	return (struct civil){(int)(yoe + era * 400) + (month <= 2), month,
			      (int)(doy - (153 * mp + 2) / 5 + 1)};
}

int32_t civil_month(int32_t day)
{
	struct civil civil = civil_of(day);

	return civil.year * 12 + civil.month - 1;
}

int32_t civil_first_day(int32_t month)
{
	int64_t m = month % 12 + 1, y = (int64_t)month / 12 - (m <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400, yoe = y - era * 400;
	int64_t doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5;

	return (int32_t)(era * DAYS_ERA + yoe * 365 + yoe / 4 - yoe / 100 + doy - EPOCH);
}

int64_t civil_midnight_usec(int32_t day)
{
	struct civil civil = civil_of(day);

	return clock_from_local(civil.year, civil.month, civil.day, 0, 0, 0);
}

const char *civil_day_text(int64_t day, char text[static CIVIL_TEXT])
{
	struct civil civil = {0};

	if (day < 0 || day > 2932896) /* of the year 9999, the last */
		snprintf(text, CIVIL_TEXT, "day ?");
	else {
		civil = civil_of((int32_t)day);
		snprintf(text, CIVIL_TEXT, "%04u-%02u-%02u", (unsigned)civil.year % 10000u,
			 (unsigned)civil.month % 100u, (unsigned)civil.day % 100u);
	}
	return text;
}

const char *civil_month_text(int64_t month, char text[static CIVIL_TEXT])
{
	snprintf(text, CIVIL_TEXT, "%04u-%02u", (unsigned)(month / 12 % 10000), (unsigned)(month % 12 + 1));
	return text;
}
