/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What of a month can only be computed while its rows of five minutes and its visits' hashes are kept: percentiles and visitors. They are
 * computed once, after the month's last day is closed, written beside the month, and sealed in the chain with the link that is closed
 * next: so a report of two years ago says what it said then, and one of last month need not walk three million rows.
 * Also the minutes that a zone was open. Errors as in ledger.h.
 */
#include "evidence.h"

/* Sessions of a zone that began in a time, and how many devices they were of (keyed hashes; one without a hash any more is not counted). */
struct ledger_visits { char zone[LEDGER_ID]; uint64_t sessions, visitors, anonymous; /* sessions whose device is no longer known */
	uint64_t down_bytes, up_bytes; uint64_t online_sec; }; /* each session's whole seconds */
/* By zone; live sessions are in it, up to what was saved of them. With zone NULL in `seen`'s row (""): all zones together, last; its visitors are distinct over all. */
int ledger_visits(struct ledger *ledger, int64_t from_wall_usec, int64_t until_wall_usec,
		  int (*seen)(const struct ledger_visits *visits, void *userdata), void *userdata);

struct ledger_month_rate { enum ledger_subject kind; char id[LEDGER_ID]; struct ledger_percentile percentile; };
struct ledger_month_record {
	int32_t month;
	int64_t wall_usec; /* when it was computed */
	int64_t from_sec, until_sec; /* the month's local begin and end, as they were then */
	struct ledger_month_rate *rates; /* by kind and id */
	size_t n_rates;
	struct ledger_visits *visits; /* as ledger_visits() tells them */
	size_t n_visits;
};
/* Computes, writes nothing: may run on another connection (ledger_open_read()) in another thread. -EAGAIN: the month's last local day that has rows
 * is not closed yet, -ENODATA: its rows are no longer kept, or there were none. `from_sec`, `until_sec`: the month's local begin and end (-EINVAL: none such). */
int ledger_month_compute(struct ledger *ledger, int32_t month, int64_t from_sec, int64_t until_sec, int64_t wall_usec,
			 struct ledger_month_record **out);
struct ledger_month_record *ledger_month_free(struct ledger_month_record *record);
int ledger_month_put(struct ledger *ledger, const struct ledger_month_record *record); /* durable; 1: it is there already, and stays */
int ledger_month(struct ledger *ledger, int32_t month, struct ledger_month_record **out); /* -ENOENT: not recorded */
/* The oldest month with closed rows that has no record and is over before local day `day`; -ENOENT: none. */
int ledger_month_due(struct ledger *ledger, int32_t day, int32_t *month);

/* Minutes of a local day in which a zone was open to guests; added to once a minute, with the availability's minute, and as that goes to the first open day. -EINVAL: no zone. */
struct ledger_opening { int32_t day; char zone[LEDGER_ID]; uint32_t open_min; };
int ledger_opening_add(struct ledger *ledger, const struct ledger_opening *minute); /* not durable by itself */
int ledger_openings(struct ledger *ledger, int32_t from_day, int32_t until_day,
		    int (*seen)(const struct ledger_opening *opening, void *userdata), void *userdata); /* by day and zone */
