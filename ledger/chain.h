/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A local day that is over is closed: BLAKE2b-256 over everything that it holds, in a fixed order and a fixed form, chained to the day
 * before; what happened is in the link that is closed next after it was recorded. Whoever wrote down one month's hash can tell for ever whether anything before it has been altered. A day has two digests: of its
 * rows of five minutes (which are pruned after the retention) and of its totals, openings, corrections, outages, gaps, shortfalls, terms and months' records (which are not);
 * hash = BLAKE2b-256("gerbang day 1" || previous hash (the first: 32 zero bytes) || day (64 bits, little-endian) || digest of rows || digest of totals).
 * docs/ledger.md has the form, byte by byte, and a script of twenty lines that recomputes it.
 */
#include "evidence.h"

#define LEDGER_DIGEST 32
struct ledger_day {
	int32_t day;
	int64_t closed_wall_usec;
	uint8_t rows[LEDGER_DIGEST], totals[LEDGER_DIGEST], hash[LEDGER_DIGEST];
};
/* Closes every day that has rows and is before `day`, oldest first. The number closed, or -errno. Each day durably, in a transaction of its own;
 * at most `most` in one call, so that the caller's loop goes on. */
int ledger_close_days(struct ledger *ledger, int32_t day, int64_t wall_usec, unsigned most);
int ledger_days(struct ledger *ledger, int32_t from_day, int32_t until_day, int (*seen)(const struct ledger_day *day, void *userdata),
		void *userdata);
int ledger_last_closed(struct ledger *ledger, struct ledger_day *out); /* -ENOENT: none yet */

/* Everything that can be recomputed is. Each finding in a sentence, with place, expected and found; the first is what does not close first. */
struct ledger_finding {
	enum ledger_finding_kind { LEDGER_FOUND_FILE = 1, LEDGER_FOUND_SUM, LEDGER_FOUND_CHAIN, LEDGER_FOUND_UPLINK, LEDGER_FOUND_ROW } kind;
	int32_t day; /* 0: none in particular */
	char text[320];
};
struct ledger_verified {
	uint32_t days, days_pruned; /* closed days that were checked; those of them whose rows are no longer there */
	uint64_t rows;
	uint32_t findings;
	int64_t uplink_permyriad; /* the worst day's difference between the classes' sum and the uplink's, in hundredths of a percent */
	struct ledger_day last;
};
/* 0 also with findings. Checks: SQLite's own integrity; hours, days and months against rows; months' records against rows, while these are kept, and sessions; each day's digests and the chain; each day's closing
 * equations within 1 % (or 10 MB): what the classes sent up = what the uplink sent; what they delivered down = what it received, less what
 * the queues dropped (each packet between the mean one and a whole frame), less the growth of the backlog, less the gateway's own. A day with a gap in which bytes were lost is not judged by these. */
int ledger_verify(struct ledger *ledger, int (*seen)(const struct ledger_finding *finding, void *userdata), void *userdata,
		  struct ledger_verified *out);
