/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what was counted is never changed, but it can be wrong. A correction stands beside it, with who made
 * it and why, and can itself only be corrected by another one.
 */
#include <errno.h>
#include "civil.h"
#include "evidence.h"
#include "subject.h"
#include "usage.h"

static const char counted[] = "SELECT down_bytes, up_bytes FROM usage_month WHERE key = ?";
static const char corrected[] =
    "SELECT coalesce(sum(down_bytes), 0), coalesce(sum(up_bytes), 0) FROM correction"
    " WHERE month = ? AND subject = ?";
static const char insert[] =
    "INSERT INTO correction (wall_usec, day, month, subject, down_bytes, up_bytes, who, reason)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
static const char every[] =
    "SELECT correction.id, wall_usec, day, month, subject.kind, subject.id, down_bytes, up_bytes,"
    " who, reason FROM correction JOIN subject ON subject.number = correction.subject"
    " WHERE day >= ? AND day < ? ORDER BY correction.id";

/* Adds two columns to what is there; no row adds nothing. */
static int add_pair(struct ledger *ledger, const char *sql, const struct value *values, size_t n,
		    int64_t sum[2])
{
	sqlite3_stmt *row;
	bool over = false;
	int r = store_find(ledger, sql, values, n, &row);

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	for (int i = 0; i < 2; i++)
		over |= __builtin_add_overflow(sum[i], sqlite3_column_int64(row, i), &sum[i]);
	store_done(row);
	return over ? -EINVAL : 0;
}

static int judge_sum(struct ledger *ledger, const struct ledger_correction *correction, int64_t number)
{
	int64_t sum[2] = {correction->down_bytes, correction->up_bytes};
	int r = add_pair(ledger, counted, VALUES(INT(USAGE_KEY(correction->month, number))), sum);

	if (r == 0)
		r = add_pair(ledger, corrected, VALUES(INT(correction->month), INT(number)), sum);
	return r < 0 ? r : sum[0] < 0 || sum[1] < 0 ? -EINVAL : 0;
}

static int put_one(struct ledger *ledger, const struct ledger_correction *correction, int64_t *id)
{
	int64_t number;
	int r = subject_make(ledger, correction->kind, correction->id_of, &number);

	if (r == 0)
		r = judge_sum(ledger, correction, number);
	if (r == 0)
		r = store_run(ledger, insert,
			      VALUES(INT(correction->wall_usec), INT(correction->day), INT(correction->month),
				     INT(number), INT(correction->down_bytes), INT(correction->up_bytes),
				     TEXT(correction->who), TEXT(correction->reason)));
	if (r == 0)
		*id = sqlite3_last_insert_rowid(ledger->db);
	return r;
}

int ledger_correction_put(struct ledger *ledger, struct ledger_correction *correction)
{
	int64_t id = 0;
	int r = subject_judge(correction->kind, correction->id_of);

	if (r < 0 || !correction->who[0] || !correction->reason[0] || correction->day < 0 ||
	    civil_month(correction->day) != correction->month)
		return -EINVAL;
	r = store_enter(ledger, STORE_DURABLE);
	if (r == 0)
		r = store_leave(ledger, put_one(ledger, correction, &id));
	if (r == 0)
		correction->id = id;
	return r;
}

struct seen {
	int (*seen)(const struct ledger_correction *correction, void *userdata);
	void *userdata;
};

static int on_row(sqlite3_stmt *row, void *userdata)
{
	const struct seen *seen = userdata;
	struct ledger_correction correction = {
	    .id = sqlite3_column_int64(row, 0),
	    .wall_usec = sqlite3_column_int64(row, 1),
	    .day = (int32_t)sqlite3_column_int64(row, 2),
	    .month = (int32_t)sqlite3_column_int64(row, 3),
	    .kind = (enum ledger_subject)sqlite3_column_int(row, 4),
	    .down_bytes = sqlite3_column_int64(row, 6),
	    .up_bytes = sqlite3_column_int64(row, 7),
	};

	store_text(row, 5, correction.id_of, sizeof(correction.id_of));
	store_text(row, 8, correction.who, sizeof(correction.who));
	store_text(row, 9, correction.reason, sizeof(correction.reason));
	return seen->seen(&correction, seen->userdata);
}

int ledger_corrections(struct ledger *ledger, int32_t from_day, int32_t until_day,
		       int (*seen)(const struct ledger_correction *correction, void *userdata),
		       void *userdata)
{
	struct seen data = {seen, userdata};

	return store_each(ledger, every, VALUES(INT(from_day), INT(until_day)), on_row, &data);
}
