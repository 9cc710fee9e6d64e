/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: people may have what is kept of them erased (UU 27/2022, article 8). Erased means gone from the file,
 * the log and the free pages, not hidden. Sums that name nobody stay.
 */
#include "store.h"
#include <errno.h>
#include <string.h>

/* ---- one device ---- */

static const char pass_of[] = "SELECT pass FROM device WHERE hash = ?";
static const char forget_devices[] = "DELETE FROM device WHERE pass = ?";
static const char forget_pass[] = "DELETE FROM pass WHERE id = ?";
static const char forget_days[] = "DELETE FROM day WHERE kind = ? AND person = ?";
static const char forget_hash[] = "UPDATE session SET hash = NULL WHERE hash = ?";
#define FORGET_SESSION                                                                                       \
	"UPDATE session SET mac = NULL, address4 = NULL, hash = NULL, kind = 0, person = 0,"                 \
	" ended_wall_usec = coalesce(ended_wall_usec, saved_wall_usec), how = coalesce(how, ?)"
static const char forget_person[] = FORGET_SESSION " WHERE kind = ? AND person = ?";
static const char forget_session[] = FORGET_SESSION " WHERE id = ?";
static const char live[] = "SELECT id, mac FROM session WHERE ended_wall_usec IS NULL";

/* Counts the rows that a statement touched. */
static int erase(struct ledger *ledger, const char *sql, const struct value *values, size_t n,
		 unsigned *count)
{
	int r = store_run(ledger, sql, values, n);

	if (r < 0)
		return r;
	*count += (unsigned)store_changes(ledger);
	return 0;
}

/* All that hangs on the device's pass, its other addresses too: they are the same visitor's. */
static int erase_pass(struct ledger *ledger, int64_t pass, struct ledger_forgotten *count)
{
	unsigned days = 0;
	int r = erase(ledger, forget_person, VALUES(INT(LEDGER_END_KICK), INT(LEDGER_PASS), INT(pass)),
		      &count->sessions);

	if (r == 0)
		r = erase(ledger, forget_days, VALUES(INT(LEDGER_PASS), INT(pass)), &days);
	if (r == 0)
		r = erase(ledger, forget_devices, VALUES(INT(pass)), &count->devices);
	if (r == 0)
		r = erase(ledger, forget_pass, VALUES(INT(pass)), &count->passes);
	return r;
}

struct live {
	struct ledger *ledger;
	const uint8_t *hash;
	struct ledger_forgotten *count;
};

/* A live row knows its device by MAC. Whoever ends that session later finds no live row, and stores nothing.
 */
static int on_live(sqlite3_stmt *row, void *userdata)
{
	const struct live *data = userdata;
	uint8_t hash[LEDGER_HASH];
	struct mac mac;

	if (!store_blob(row, 1, mac.octets, sizeof(mac.octets)))
		return 0;
	ledger_hash(data->ledger, &mac, hash);
	if (memcmp(hash, data->hash, sizeof(hash)) != 0)
		return 0;
	return erase(data->ledger, forget_session,
		     VALUES(INT(LEDGER_END_KICK), INT(sqlite3_column_int64(row, 0))), &data->count->sessions);
}

static int erase_device(struct ledger *ledger, const uint8_t *hash, struct ledger_forgotten *count)
{
	struct live data = {ledger, hash, count};
	sqlite3_stmt *row;
	int64_t pass = 0;
	int r = store_find(ledger, pass_of, VALUES(BLOB(hash, LEDGER_HASH)), &row);

	if (r < 0 && r != -ENOENT)
		return r;
	if (r == 0) {
		pass = sqlite3_column_int64(row, 0);
		store_done(row);
	}
	r = pass ? erase_pass(ledger, pass, count) : 0;
	if (r == 0)
		r = erase(ledger, forget_hash, VALUES(BLOB(hash, LEDGER_HASH)), &count->sessions);
	if (r == 0)
		r = store_each(ledger, live, NULL, 0, on_live, &data);
	return r;
}

int ledger_forget(struct ledger *ledger, const uint8_t hash[static LEDGER_HASH], struct ledger_forgotten *out)
{
	struct ledger_forgotten count = {0};
	int r = store_enter(ledger, STORE_DURABLE);

	if (r == 0)
		r = store_leave(ledger, erase_device(ledger, hash, &count));
	if (r < 0)
		return r;
	store_empty_log(ledger);
	*out = count;
	return 0;
}
