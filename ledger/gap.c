/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: time in which nobody measured has a name and a row. Figures without their gaps would claim more than
 * was seen.
 */
#include <errno.h>
#include "metering.h"
#include "store.h"

static const char insert[] =
    "INSERT INTO gap (from_wall_usec, to_wall_usec, cause, lost) VALUES (?, ?, ?, ?)";
static const char touching[] =
    "SELECT id, from_wall_usec, to_wall_usec, cause, lost FROM gap"
    " WHERE min(from_wall_usec, to_wall_usec) < ?2 AND max(from_wall_usec, to_wall_usec) >= ?1"
    " ORDER BY from_wall_usec, id";

int ledger_gap_put(struct ledger *ledger, const struct ledger_gap *gap)
{
	if (gap->cause < LEDGER_GAP_DAEMON || gap->cause > LEDGER_GAP_COUNTERS)
		return -EINVAL;
	return store_insert(
	    ledger, insert,
	    VALUES(INT(gap->from_wall_usec), INT(gap->to_wall_usec), INT(gap->cause), INT(gap->lost)), NULL);
}

struct seen {
	int (*seen)(const struct ledger_gap *gap, void *userdata);
	void *userdata;
};

static int on_row(sqlite3_stmt *row, void *userdata)
{
	const struct seen *seen = userdata;
	const struct ledger_gap gap = {
	    .id = sqlite3_column_int64(row, 0),
	    .from_wall_usec = sqlite3_column_int64(row, 1),
	    .to_wall_usec = sqlite3_column_int64(row, 2),
	    .cause = (enum ledger_gap_cause)sqlite3_column_int(row, 3),
	    .lost = sqlite3_column_int(row, 4) != 0,
	};

	return seen->seen(&gap, seen->userdata);
}

int ledger_gaps(struct ledger *ledger, int64_t from_wall_usec, int64_t to_wall_usec,
		int (*seen)(const struct ledger_gap *gap, void *userdata), void *userdata)
{
	struct seen data = {seen, userdata};

	return store_each(ledger, touching, VALUES(INT(from_wall_usec), INT(to_wall_usec)), on_row, &data);
}
