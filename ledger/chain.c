/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a day that is over is closed once, and never opened again. Days are closed one at a time, each in a
 * transaction of its own, so that nothing else waits for long.
 */
#include <errno.h>
#include <limits.h>
#include "chain.h"
#include "seal.h"
#include "slice.h"

#define COLUMNS "day, closed_wall_usec, rows, totals, hash"

static const char last[] = "SELECT " COLUMNS " FROM link ORDER BY day DESC LIMIT 1";
static const char days[] = "SELECT " COLUMNS " FROM link WHERE day >= ? AND day < ? ORDER BY day";
static const char next_open[] =
    "SELECT min(day) FROM slice WHERE day > ? AND day < ? HAVING min(day) IS NOT NULL";

static void read_row(sqlite3_stmt *row, void *to)
{
	struct ledger_day *out = to;

	*out = (struct ledger_day){.day = (int32_t)sqlite3_column_int64(row, 0),
				   .closed_wall_usec = sqlite3_column_int64(row, 1)};
	store_blob(row, 2, out->rows, LEDGER_DIGEST);
	store_blob(row, 3, out->totals, LEDGER_DIGEST);
	store_blob(row, 4, out->hash, LEDGER_DIGEST);
}

int ledger_last_closed(struct ledger *ledger, struct ledger_day *out)
{
	return store_read(ledger, last, NULL, 0, read_row, out);
}

struct seen {
	int (*seen)(const struct ledger_day *day, void *userdata);
	void *userdata;
};

static int on_row(sqlite3_stmt *row, void *userdata)
{
	const struct seen *seen = userdata;
	struct ledger_day day;

	read_row(row, &day);
	return seen->seen(&day, seen->userdata);
}

int ledger_days(struct ledger *ledger, int32_t from_day, int32_t until_day,
		int (*seen)(const struct ledger_day *day, void *userdata), void *userdata)
{
	struct seen data = {seen, userdata};

	return store_each(ledger, days, VALUES(INT(from_day), INT(until_day)), on_row, &data);
}

/* ---- closing ---- */

/* -ENOENT: none. */
static int find_next(struct ledger *ledger, int32_t before, int32_t *out)
{
	sqlite3_stmt *row;
	int32_t closed;
	int r = slice_closed(ledger, &closed);

	if (r == 0)
		r = store_find(ledger, next_open, VALUES(INT(closed), INT(before)), &row);
	if (r < 0)
		return r;
	*out = (int32_t)sqlite3_column_int64(row, 0);
	store_done(row);
	return 0;
}

static int close_one(struct ledger *ledger, int32_t day, int64_t wall_usec)
{
	int r = store_enter(ledger, STORE_DURABLE);

	return r < 0 ? r : store_leave(ledger, seal_day(ledger, day, wall_usec, NULL));
}

int ledger_close_days(struct ledger *ledger, int32_t day, int64_t wall_usec, unsigned most)
{
	unsigned n;

	for (n = 0; n < MIN(most, (unsigned)INT_MAX); n++) {
		int32_t next;
		int r = find_next(ledger, day, &next);

		if (r == -ENOENT)
			break;
		if (r == 0)
			r = close_one(ledger, next, wall_usec);
		if (r < 0)
			return r;
	}
	return (int)n;
}
