/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A ledger full of a made-up city, fast: for benches, for tests of what reads ledgers, for reports. The same seed gives
 * the same city. Rows are written by the ledger's own code, but many in one transaction.
 */
#include "../../ledger/chain.h"

struct ledger_city_subject { char id[LEDGER_ID]; double mean_bps, hunger; }; /* hunger: how many times the usual seconds of demand */
struct ledger_city {
	unsigned offices, zones;     /* "kantor-001"..., "taman-01"...; and own, unattributed, uplink */
	const struct ledger_city_subject *named; /* offices, then zones; NULL: as above, of many sizes */
	int32_t from_day, until_day; /* local days of the process's time zone */
	int32_t rows_from;	     /* from this day on with rows of five minutes; before it as if they had been pruned */
	uint64_t seed;
	bool holes; /* rows that are missing, short or late: not every machine is always on */
	bool close; /* every day but the last */

	/* A city with a story of its own; each NULL: as it comes. `at` is the begin of a row, or a day's noon where there are no rows. */
	double (*load)(const struct ledger_city *city, size_t subject, int64_t at); /* how busy: 1 is its mean; below 0: it has no row */
	double (*measured)(const struct ledger_city *city, int64_t at); /* seconds of the row; 0: nobody was there to write it */
	int (*morning)(struct ledger *ledger, const struct ledger_city *city, int32_t day); /* outside of a transaction, before the day */
	int (*evening)(struct ledger *ledger, const struct ledger_city *city, int32_t day); /* in the day's, before it is closed */
	void *userdata;
};
int ledger_city_make(struct ledger *ledger, const struct ledger_city *city); /* 0 or -errno */

/* What the city's subjects did in so many seconds from `at` on. Room for ledger_city_subjects(). */
size_t ledger_city_subjects(const struct ledger_city *city);
void ledger_city_parts(const struct ledger_city *city, int64_t at, double seconds, struct ledger_part *parts);
