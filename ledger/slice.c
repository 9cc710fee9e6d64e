/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a closed day is never written to again, whatever a clock says, and an hour belongs to one day. So
 * where an interval is booked is decided here, by what the file already holds, before anything is added up.
 */
#include "slice.h"
#include <errno.h>
#include "civil.h"
#include "../lib/units.h"

static const char closed_day[] = "SELECT max(day) FROM link HAVING max(day) IS NOT NULL";
static const char find[] = "SELECT at, hour, day FROM slice WHERE at = ?";
static const char same_hour[] =
    "SELECT at, hour, day FROM slice WHERE at >= ?1 AND at < ?1 + 3600 AND hour = ?1 LIMIT 1";
static const char first_open[] =
    "SELECT min(at), hour, day FROM slice WHERE day > ? HAVING min(at) IS NOT NULL";
static const char last_row[] = "SELECT coalesce(max(at), -300) FROM slice";
static const char insert[] = "INSERT INTO slice (at, hour, day) VALUES (?, ?, ?)";

static void read_slice(sqlite3_stmt *row, void *to)
{
	struct slice *out = to;

	*out = (struct slice){sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1),
			      (int32_t)sqlite3_column_int64(row, 2)};
}

int slice_closed(struct ledger *ledger, int32_t *day)
{
	int64_t found = SLICE_NONE;
	int r = store_integer(ledger, closed_day, &found);

	if (r < 0 && r != -ENOENT)
		return r;
	*day = (int32_t)found;
	return 0;
}

static int make(struct ledger *ledger, const struct slice *slice, struct slice *out)
{
	int r = store_run(ledger, insert, VALUES(INT(slice->at), INT(slice->hour), INT(slice->day)));

	if (r == 0)
		*out = *slice;
	return r;
}

/* The day after the last closed one, from its midnight on, and behind all rows that there are. */
static int make_first(struct ledger *ledger, int32_t closed, struct slice *out)
{
	int64_t last, midnight = civil_midnight_usec(closed + 1) / USEC_PER_SEC;
	struct slice slice = {.day = closed + 1};
	int r = store_integer(ledger, last_row, &last);

	if (r < 0)
		return r;
	midnight -= midnight % LEDGER_ROW_SEC;
	slice.at = slice.hour = MAX(midnight, last + LEDGER_ROW_SEC);
	return make(ledger, &slice, out);
}

int slice_open(struct ledger *ledger, const struct slice *wanted, struct slice *out)
{
	struct slice slice = *wanted;
	bool there = true;
	int32_t closed;
	int r = slice_closed(ledger, &closed);

	if (r == 0)
		r = store_read(ledger, find, VALUES(INT(wanted->at)), read_slice, &slice);
	if (r == -ENOENT) {
		struct slice other;

		there = false;
		r = store_read(ledger, same_hour, VALUES(INT(wanted->hour)), read_slice, &other);
		slice.day = r == 0 ? other.day : wanted->day;
	}
	if (r < 0 && r != -ENOENT)
		return r;
	if (slice.day > closed) {
		*out = slice;
		return there ? 0 : make(ledger, &slice, out);
	}
	r = store_read(ledger, first_open, VALUES(INT(closed)), read_slice, out);
	return r == -ENOENT ? make_first(ledger, closed, out) : r;
}
