/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a device that came by click is known by nothing but a code that it was given. Its pass carries a
 * visit's end and data to the device's next address; which device it was is a keyed hash.
 */
#include "store.h"
#include <errno.h>
#include "../lib/code.h"

#define CODE_TRIES 8 /* of 2^50: the second is never needed */
#define COLUMNS                                                                                              \
	"pass.id, pass.code, pass.visit_zone, pass.visit_ends_wall_usec, pass.visit_bytes, "                 \
	"pass.seen_wall_usec"

_Static_assert(LEDGER_CODE == CODE_TEXT, "codes are lib/code.h's");

static const char by_id[] = "SELECT " COLUMNS " FROM pass WHERE id = ?";
static const char by_code[] = "SELECT " COLUMNS " FROM pass WHERE code = ?";
static const char by_device[] =
    "SELECT " COLUMNS " FROM device JOIN pass ON pass.id = device.pass WHERE device.hash = ?";
static const char insert[] =
    "INSERT INTO pass (code, visit_zone, visit_ends_wall_usec, visit_bytes, seen_wall_usec)"
    " VALUES (?, ?, ?, ?, ?)";
static const char update[] =
    "UPDATE pass SET visit_zone = ?, visit_ends_wall_usec = ?, visit_bytes = ?, seen_wall_usec = ?"
    " WHERE id = ?";
static const char put_device[] = "INSERT INTO device (hash, pass, seen_wall_usec) VALUES (?, ?, ?)"
				 " ON CONFLICT (hash) DO UPDATE SET pass = excluded.pass,"
				 " seen_wall_usec = excluded.seen_wall_usec";

static void read_row(sqlite3_stmt *row, void *to)
{
	struct ledger_pass *out = to;

	*out = (struct ledger_pass){
	    .id = sqlite3_column_int64(row, 0),
	    .visit_ends_wall_usec = sqlite3_column_int64(row, 3),
	    .visit_bytes = store_count(row, 4),
	    .seen_wall_usec = sqlite3_column_int64(row, 5),
	};
	store_text(row, 1, out->code, sizeof(out->code));
	store_text(row, 2, out->visit_zone, sizeof(out->visit_zone));
}

int ledger_pass(struct ledger *ledger, int64_t id, struct ledger_pass *out)
{
	return store_read(ledger, by_id, VALUES(INT(id)), read_row, out);
}

int ledger_pass_by_code(struct ledger *ledger, const char *code, struct ledger_pass *out)
{
	return store_read(ledger, by_code, VALUES(TEXT(code)), read_row, out);
}

int ledger_pass_by_device(struct ledger *ledger, const uint8_t hash[static LEDGER_HASH],
			  struct ledger_pass *out)
{
	return store_read(ledger, by_device, VALUES(BLOB(hash, LEDGER_HASH)), read_row, out);
}

static int put_new(struct ledger *ledger, struct ledger_pass *pass)
{
	char code[LEDGER_CODE];
	int r = -EEXIST;

	for (int i = 0; i < CODE_TRIES && r == -EEXIST; i++) {
		code_make(code);
		r = store_run(ledger, insert,
			      VALUES(TEXT(code), TEXT(pass->visit_zone), INT(pass->visit_ends_wall_usec),
				     COUNT(pass->visit_bytes), INT(pass->seen_wall_usec)));
	}
	if (r < 0)
		return r;
	pass->id = sqlite3_last_insert_rowid(ledger->db);
	snprintf(pass->code, sizeof(pass->code), "%s", code);
	return 0;
}

int ledger_pass_put(struct ledger *ledger, struct ledger_pass *pass)
{
	if (pass->id == 0)
		return put_new(ledger, pass);
	return store_run_one(ledger, update,
			     VALUES(TEXT(pass->visit_zone), INT(pass->visit_ends_wall_usec),
				    COUNT(pass->visit_bytes), INT(pass->seen_wall_usec), INT(pass->id)));
}

int ledger_device_put(struct ledger *ledger, const uint8_t hash[static LEDGER_HASH], int64_t pass,
		      int64_t wall_usec)
{
	return store_run(ledger, put_device, VALUES(BLOB(hash, LEDGER_HASH), INT(pass), INT(wall_usec)));
}
