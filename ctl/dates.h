/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Days and months as people of the terminal's language write them, and as the public JSON does. Texts of the JSON are
 * judged, not trusted: what is no date comes back as it is.
 */
#include <stdbool.h>
#include <stdint.h>

#define DATE_TEXT 48

/* "2026-11" -> "November 2026" */
const char *date_month(const char *month, char out[static DATE_TEXT]);
/* "2026-11-23" -> "23 Nov 2026"; "2026-11-23T14:05:00+07:00" -> "23 Nov 2026 14:05", with seconds where they are not 0 */
const char *date_short(const char *text, char out[static DATE_TEXT]);
/* The last day before an instant at local midnight: "2026-12-01T00:00:00+07:00" -> "2026-11-30". False: it is none. */
bool date_before(const char *rfc3339, char out[static DATE_TEXT]);

/* Of the ledger: days since 1970-01-01, month = year * 12 + month - 1. "2026-11-23", "2026-11" */
const char *date_of_day(int32_t day, char out[static DATE_TEXT]);
const char *date_of_month(int32_t month, char out[static DATE_TEXT]);
int32_t date_month_of(int32_t day);
int64_t date_day_begins(int32_t day);	  /* its local midnight, in seconds */
int64_t date_month_begins(int32_t month); /* likewise */
