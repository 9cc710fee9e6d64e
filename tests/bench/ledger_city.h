/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A ledger full of a made-up city, fast: for benches, for tests of what reads ledgers, for reports. The same seed gives
 * the same city. Rows are written by the ledger's own code, but many in one transaction.
 */
#include "../../ledger/chain.h"

struct ledger_city {
	unsigned offices, zones;     /* "kantor-001"..., "taman-01"...; and own, unattributed, uplink */
	int32_t from_day, until_day; /* local days of the process's time zone */
	int32_t rows_from;	     /* from this day on with rows of five minutes; before it as if they had been pruned */
	uint64_t seed;
	bool holes; /* rows that are missing, short or late: not every machine is always on */
	bool close; /* every day but the last */
};
int ledger_city_make(struct ledger *ledger, const struct ledger_city *city); /* 0 or -errno */

/* What the city's subjects did in so many seconds from `at` on. Room for ledger_city_subjects(). */
size_t ledger_city_subjects(const struct ledger_city *city);
void ledger_city_parts(const struct ledger_city *city, int64_t at, double seconds, struct ledger_part *parts);
