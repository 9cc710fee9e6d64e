/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a daily limit is a person's, whatever device or login it was used by, and holds over a new login, a
 * restart and a reboot.
 */
#include "store.h"
#include <errno.h>

static const char find[] = "SELECT bytes FROM day WHERE kind = ? AND person = ? AND day = ?";
static const char put[] = "INSERT INTO day (kind, person, day, bytes) VALUES (?, ?, ?, ?)"
			  " ON CONFLICT (kind, person, day) DO UPDATE SET bytes = excluded.bytes";

int ledger_day(struct ledger *ledger, enum ledger_kind kind, int64_t id, int32_t day, uint64_t *bytes)
{
	sqlite3_stmt *row;
	int r = store_find(ledger, find, VALUES(INT(kind), INT(id), INT(day)), &row);

	if (r == -ENOENT) {
		*bytes = 0;
		return 0;
	}
	if (r < 0)
		return r;
	*bytes = store_count(row, 0);
	store_done(row);
	return 0;
}

int ledger_day_set(struct ledger *ledger, enum ledger_kind kind, int64_t id, int32_t day, uint64_t bytes)
{
	return store_run(ledger, put, VALUES(INT(kind), INT(id), INT(day), COUNT(bytes)));
}
