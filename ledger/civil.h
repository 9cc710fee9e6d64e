/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Local days and months as the ledger numbers them: days since 1970-01-01, month = year * 12 + month - 1, of
 * the proleptic Gregorian calendar. No clock, and no time zone except in civil_midnight_usec().
 */
#include <stdint.h>

int32_t civil_month(int32_t day); /* in which it lies */
int32_t civil_first_day(int32_t month);
int64_t civil_midnight_usec(int32_t day); /* wall clock, in the process's time zone */
#define CIVIL_TEXT 16
const char *civil_day_text(int64_t day, char text[static CIVIL_TEXT]);	   /* "2026-11-23" */
const char *civil_month_text(int64_t month, char text[static CIVIL_TEXT]); /* "2026-11" */
