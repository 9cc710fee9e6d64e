/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: "every office got what it is entitled to" is proven by the minutes in which it did not. One row for
 * each, said twice or once.
 */
#include <errno.h>
#include "subject.h"
#include "evidence.h"

static const char put[] =
    "INSERT INTO shortfall (minute_sec, subject, up, achieved_bps, entitled_bps) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (minute_sec, subject, up) DO UPDATE SET achieved_bps = excluded.achieved_bps,"
    " entitled_bps = excluded.entitled_bps WHERE sealed IS NULL";
static const char every[] =
    "SELECT minute_sec, subject.kind, subject.id, up, achieved_bps, entitled_bps FROM shortfall"
    " JOIN subject ON subject.number = shortfall.subject WHERE minute_sec >= ? AND minute_sec < ?"
    " ORDER BY minute_sec, subject.kind, subject.id, up";

static int put_one(struct ledger *ledger, const struct ledger_shortfall *shortfall)
{
	int64_t number;
	int r = subject_make(ledger, shortfall->kind, shortfall->id, &number);

	if (r < 0)
		return r;
	return store_run(ledger, put,
			 VALUES(INT(shortfall->minute_sec), INT(number), INT(shortfall->up),
				COUNT(shortfall->achieved_bps), COUNT(shortfall->entitled_bps)));
}

int ledger_shortfall_put(struct ledger *ledger, const struct ledger_shortfall *shortfall)
{
	int r = subject_judge(shortfall->kind, shortfall->id);

	if (r == 0)
		r = store_enter(ledger, STORE_DURABLE);
	return r < 0 ? r : store_leave(ledger, put_one(ledger, shortfall));
}

struct seen {
	int (*seen)(const struct ledger_shortfall *shortfall, void *userdata);
	void *userdata;
};

static int on_row(sqlite3_stmt *row, void *userdata)
{
	const struct seen *seen = userdata;
	struct ledger_shortfall shortfall = {
	    .minute_sec = sqlite3_column_int64(row, 0),
	    .kind = (enum ledger_subject)sqlite3_column_int(row, 1),
	    .up = sqlite3_column_int(row, 3) != 0,
	    .achieved_bps = store_count(row, 4),
	    .entitled_bps = store_count(row, 5),
	};

	store_text(row, 2, shortfall.id, sizeof(shortfall.id));
	return seen->seen(&shortfall, seen->userdata);
}

int ledger_shortfalls(struct ledger *ledger, int64_t from_sec, int64_t until_sec,
		      int (*seen)(const struct ledger_shortfall *shortfall, void *userdata), void *userdata)
{
	struct seen data = {seen, userdata};

	return store_each(ledger, every, VALUES(INT(from_sec), INT(until_sec)), on_row, &data);
}
