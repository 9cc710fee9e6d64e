/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a voucher is paper. Once it is printed its row must be there whatever happens, so what makes or ends
 * one is durable; what is used of it comes every few seconds and is not.
 */
#include "store.h"
#include <errno.h>
#include <string.h>
#include "../lib/code.h"

#define CODE_TRIES 8
#define BATCH_MAX 100000u
#define COLUMNS                                                                                              \
	"id, batch, code, zone, created_wall_usec, valid_until_wall_usec, revoked_wall_usec, "               \
	"first_used_wall_usec,"                                                                              \
	" time_usec, used_usec, data_bytes, used_bytes, devices"

static const char by_id[] = "SELECT " COLUMNS " FROM voucher WHERE id = ?";
static const char by_code[] = "SELECT " COLUMNS " FROM voucher WHERE code = ?";
static const char every[] =
    "SELECT " COLUMNS " FROM voucher WHERE (?1 IS NULL OR zone = ?1) AND (?2 = 0 OR batch = ?2)"
    " ORDER BY batch DESC, id";
static const char insert_batch[] = "INSERT INTO batch (created_wall_usec) VALUES (?)";
static const char insert[] =
    "INSERT INTO voucher (batch, code, zone, created_wall_usec, valid_until_wall_usec, time_usec,"
    " data_bytes, devices) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
static const char revoke_by_code[] =
    "UPDATE voucher SET revoked_wall_usec = ? WHERE code = ? AND revoked_wall_usec = 0";
static const char use[] =
    "UPDATE voucher SET used_usec = ?, used_bytes = ?, first_used_wall_usec = ? WHERE id = ?";

static void read_row(sqlite3_stmt *row, void *to)
{
	struct ledger_voucher *out = to;

	*out = (struct ledger_voucher){
	    .id = sqlite3_column_int64(row, 0),
	    .batch = sqlite3_column_int64(row, 1),
	    .created_wall_usec = sqlite3_column_int64(row, 4),
	    .valid_until_wall_usec = sqlite3_column_int64(row, 5),
	    .revoked_wall_usec = sqlite3_column_int64(row, 6),
	    .first_used_wall_usec = sqlite3_column_int64(row, 7),
	    .time_usec = sqlite3_column_int64(row, 8),
	    .used_usec = sqlite3_column_int64(row, 9),
	    .data_bytes = store_count(row, 10),
	    .used_bytes = store_count(row, 11),
	    .devices = (unsigned)store_count(row, 12),
	};
	store_text(row, 2, out->code, sizeof(out->code));
	store_text(row, 3, out->zone, sizeof(out->zone));
}

int ledger_voucher(struct ledger *ledger, int64_t id, struct ledger_voucher *out)
{
	return store_read(ledger, by_id, VALUES(INT(id)), read_row, out);
}

int ledger_voucher_by_code(struct ledger *ledger, const char *code, struct ledger_voucher *out)
{
	return store_read(ledger, by_code, VALUES(TEXT(code)), read_row, out);
}

struct seen {
	int (*seen)(const struct ledger_voucher *voucher, void *userdata);
	void *userdata;
};

static int on_row(sqlite3_stmt *row, void *userdata)
{
	const struct seen *seen = userdata;
	struct ledger_voucher voucher;

	read_row(row, &voucher);
	return seen->seen(&voucher, seen->userdata);
}

int ledger_vouchers(struct ledger *ledger, const char *zone, int64_t batch,
		    int (*seen)(const struct ledger_voucher *voucher, void *userdata), void *userdata)
{
	struct seen data = {seen, userdata};

	return store_each(ledger, every, VALUES(TEXT(zone), INT(batch)), on_row, &data);
}

/* ---- making and revoking ---- */

static int create_one(struct ledger *ledger, const struct ledger_voucher *like, int64_t batch)
{
	char code[LEDGER_CODE];
	int r = -EEXIST;

	for (int i = 0; i < CODE_TRIES && r == -EEXIST; i++) {
		code_make(code);
		r = store_run(ledger, insert,
			      VALUES(INT(batch), TEXT(code), TEXT(like->zone), INT(like->created_wall_usec),
				     INT(like->valid_until_wall_usec), INT(like->time_usec),
				     COUNT(like->data_bytes), INT(like->devices)));
	}
	return r;
}

static int create_all(struct ledger *ledger, const struct ledger_voucher *like, unsigned count,
		      int64_t *batch)
{
	int r = store_run(ledger, insert_batch, VALUES(INT(like->created_wall_usec)));

	*batch = sqlite3_last_insert_rowid(ledger->db);
	for (unsigned i = 0; r == 0 && i < count; i++)
		r = create_one(ledger, like, *batch);
	return r;
}

int ledger_vouchers_create(struct ledger *ledger, const struct ledger_voucher *like, unsigned count,
			   int64_t *batch)
{
	int64_t made = 0;
	int r;

	if (count == 0 || count > BATCH_MAX)
		return -EINVAL;
	r = store_enter(ledger, STORE_DURABLE);
	if (r == 0)
		r = store_leave(ledger, create_all(ledger, like, count, &made));
	if (r == 0)
		*batch = made;
	return r;
}

static int revoke_one(struct ledger *ledger, const char *code, int64_t wall_usec)
{
	struct ledger_voucher voucher;
	int r = store_run_one(ledger, revoke_by_code, VALUES(INT(wall_usec), TEXT(code)));

	if (r != -ENOENT)
		return r;
	r = ledger_voucher_by_code(ledger, code, &voucher);
	return r < 0 ? r : 1;
}

int ledger_voucher_revoke(struct ledger *ledger, const char *code, int64_t wall_usec)
{
	int r = store_enter(ledger, STORE_DURABLE);

	return r < 0 ? r : store_leave(ledger, revoke_one(ledger, code, wall_usec));
}

int ledger_voucher_used(struct ledger *ledger, int64_t id, int64_t used_usec, uint64_t used_bytes,
			int64_t first_used_wall_usec)
{
	return store_run_one(ledger, use,
			     VALUES(INT(used_usec), COUNT(used_bytes), INT(first_used_wall_usec), INT(id)));
}
