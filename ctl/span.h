/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Which time is asked about, in the site's zone (TZ is set): a local month, or from one local time to another. A date alone
 * is its whole day: `--until 2026-11-30` is with the 30th.
 */
#include "../ledger/metering.h"

struct span_typed {
	const char *month, *since, *until; /* as typed, or NULL */
	bool any_minute;		   /* not only where a row of five minutes begins: of what has an instant */
};

struct span {
	int64_t from_sec, until_sec; /* wall: from_sec <= t < until_sec */
	int32_t from_day, until_day; /* the local days that lie in it as a whole; none: equal */
	int32_t month;		     /* where it is exactly this one, else -1 */
	enum ledger_grain grain;     /* the coarsest that it is made of */
	int64_t from, until;	     /* in that grain, or in days or months */
};

/* Without anything typed: the month of `now`. 0, or -EINVAL: said. */
int span_read(const struct span_typed *typed, int64_t now_wall_usec, struct span *out);
/* The same time in rows of another grain: days and months as far as they lie in it as a whole. */
struct ledger_query span_query(const struct span *span, enum ledger_grain grain);
