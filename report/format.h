/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Numbers as people of a language write them: "1.234,57" and "Rp7.000.000,00" in Indonesian, "1,234.57" and "Rp7,000,000.00" in English. All rounding
 * is half away from zero on integers; no locale of the machine has a say. Months and days in words.
 */
#include <stdbool.h>
#include <stdint.h>
#include "document.h"

#define FORMAT_TEXT 64
/* `brief`: as in a table ("23 Nov 2026"). An absent cell: "–". TEXT: the cell's own text is returned. */
const char *format_cell(const struct report_cell *cell, enum report_unit unit, bool english, bool brief, char out[static FORMAT_TEXT]);
const char *format_value(int64_t value, enum report_unit unit, bool english, bool brief, char out[static FORMAT_TEXT]);
/* "1,23 TB", "456,70 GB": for sentences; "12 jam 3 menit" */
const char *format_volume(uint64_t bytes, bool english, char out[static FORMAT_TEXT]);
const char *format_length(int64_t seconds, bool english, char out[static FORMAT_TEXT]);
/* As a machine reads it, whatever the language: integers in base units, "2026-11-23", "2026-11", RFC 3339 with offset. */
const char *format_plain(int64_t value, enum report_unit unit, char out[static FORMAT_TEXT]);
const char *format_month_name(int month, bool english); /* 0..11 */
/* "text", "count", "bytes", "bps", "permyriad", "rupiah", "day", "month", "time", "seconds": what format_plain() is in. */
const char *format_unit(enum report_unit unit);
