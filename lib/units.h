/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Rates, volumes and durations as people write them, and back. Decimal units throughout (IEC 80000-13).
 * Parsers take digits, an optional decimal part where the result is whole, an optional space and a unit:
 *   rate      bit kbit Mbit Gbit, a positive multiple of 8 bit/s
 *   volume    B kB MB GB TB
 *   duration  ms s min h d
 * Returns 0, -EINVAL (not of this form) or -ERANGE (does not fit); the output is left alone on error.
 */
#include <stdint.h>
#include <stddef.h>

int units_rate(const char *text, uint64_t *bps);
int units_volume(const char *text, uint64_t *bytes);
int units_duration(const char *text, uint64_t *usec);

#define UNITS_TEXT 32
/* "40 Mbit", "1.5 Gbit": the shortest exact form, for configuration-like text. */
const char *units_rate_text(uint64_t bps, char text[static UNITS_TEXT]);
/* "39.8 Mbit/s", "1.24 GB", "1 h 59 min": three digits, for people. */
const char *units_rate_human(uint64_t bps, char text[static UNITS_TEXT]);
const char *units_volume_human(uint64_t bytes, char text[static UNITS_TEXT]);
const char *units_duration_human(uint64_t usec, char text[static UNITS_TEXT]);

#define USEC_PER_MSEC ((int64_t)1000)
#define USEC_PER_SEC ((int64_t)1000000)
#define USEC_PER_MINUTE (60 * USEC_PER_SEC)
#define USEC_PER_HOUR (60 * USEC_PER_MINUTE)
#define USEC_PER_DAY (24 * USEC_PER_HOUR)
