/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Holidays from an iCalendar file (RFC 5545): all-day events, each day from DTSTART to the day before DTEND;
 * FREQ=YEARLY is expanded from HOLIDAYS_YEAR_FIRST to HOLIDAYS_YEAR_LAST. The text is hostile.
 */
#include "policy.h"

#define HOLIDAYS_BYTES_MOST (1u << 20)
#define HOLIDAYS_DAYS_MOST 4096u
#define HOLIDAYS_YEAR_FIRST 2020
#define HOLIDAYS_YEAR_LAST 2045

/* One call a fault, "must be ..." and the value, at a line of the text. */
typedef void holidays_fault(void *context, unsigned line, const char *rule, const char *value);

/* `text` ends with a NUL. Rows in the order of the events, dates may repeat; malloc'd with their names. 0
 * even where faults were reported, or -ENOMEM. */
int holidays_parse(const char *text, struct policy_holiday **days, size_t *n, holidays_fault *fault,
		   void *context);
