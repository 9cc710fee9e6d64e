/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: several calls are one write to the disk, and one call may be several statements. Whoever asks for
 * durability gets it before the call returns; whoever is told of an error finds nothing of it in the file.
 */
#include "store.h"
#include <errno.h>

/* ---- transactions ---- */

/* A commit that succeeded is in the write-ahead log; this waits until the log is on the disk. */
static int sync_log(struct ledger *ledger)
{
	sqlite3_file *file = NULL;
	int r = sqlite3_file_control(ledger->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);

	if (r != SQLITE_OK || !file || !file->pMethods)
		return store_failed(ledger, r);
	return store_failed(ledger, file->pMethods->xSync(file, SQLITE_SYNC_NORMAL));
}

static int commit(struct ledger *ledger)
{
	int r = store_execute(ledger, "COMMIT");

	if (r < 0 && !sqlite3_get_autocommit(ledger->db))
		sqlite3_exec(ledger->db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

static void rollback(struct ledger *ledger)
{
	if (!sqlite3_get_autocommit(ledger->db))
		sqlite3_exec(ledger->db, "ROLLBACK", NULL, NULL, NULL);
}

static void end(struct ledger *ledger)
{
	ledger->begun = ledger->durable = false;
	ledger->lost = 0;
}

int ledger_begin(struct ledger *ledger)
{
	int r;

	if (ledger->begun)
		return -EALREADY;
	r = store_execute(ledger, "BEGIN IMMEDIATE");
	ledger->begun = r == 0;
	return r;
}

int ledger_commit(struct ledger *ledger, bool durable)
{
	int r = store_judge(ledger);

	if (!ledger->begun)
		return -EINVAL;
	durable = durable || ledger->durable;
	if (r == 0)
		r = commit(ledger);
	else
		rollback(ledger);
	end(ledger);
	return r == 0 && durable ? sync_log(ledger) : r;
}

void ledger_rollback(struct ledger *ledger)
{
	rollback(ledger);
	end(ledger);
}

/* ---- calls of several statements ---- */

static void set_synchronous(struct ledger *ledger, bool full)
{
	sqlite3_exec(ledger->db, full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", NULL,
		     NULL, NULL);
}

int store_enter(struct ledger *ledger, enum store_durability durability)
{
	int r;

	if (ledger->begun) {
		ledger->durable |= durability == STORE_DURABLE;
		return store_execute(ledger, "SAVEPOINT call");
	}
	if (durability == STORE_DURABLE)
		set_synchronous(ledger, true); /* cannot be changed once it has begun */
	r = store_execute(ledger, "BEGIN IMMEDIATE");
	if (r < 0)
		set_synchronous(ledger, false);
	return r;
}

static int leave_savepoint(struct ledger *ledger, int result)
{
	int r;

	if (result < 0 && !sqlite3_get_autocommit(ledger->db))
		sqlite3_exec(ledger->db, "ROLLBACK TO call", NULL, NULL, NULL);
	if (result < 0 && sqlite3_get_autocommit(ledger->db))
		return result;
	r = store_execute(ledger, "RELEASE call");
	return result < 0 || r == 0 ? result : r;
}

int store_leave(struct ledger *ledger, int result)
{
	int r = 0;

	if (ledger->begun)
		return leave_savepoint(ledger, result);
	if (result < 0)
		rollback(ledger);
	else
		r = commit(ledger);
	set_synchronous(ledger, false);
	return r < 0 ? r : result;
}

void store_empty_log(struct ledger *ledger)
{
	if (!ledger->begun && !ledger->damaged)
		sqlite3_wal_checkpoint_v2(ledger->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
}

/* ---- one statement, durably ---- */

static int insert(struct ledger *ledger, const char *sql, const struct value *values, size_t n, int64_t *id)
{
	int r = store_run(ledger, sql, values, n);

	if (r == 0 && id)
		*id = sqlite3_last_insert_rowid(ledger->db);
	return r;
}

int store_insert(struct ledger *ledger, const char *sql, const struct value *values, size_t n, int64_t *id)
{
	int64_t made = 0;
	int r = store_enter(ledger, STORE_DURABLE);

	if (r == 0)
		r = store_leave(ledger, insert(ledger, sql, values, n, &made));
	if (r == 0 && id)
		*id = made;
	return r;
}

int store_change(struct ledger *ledger, const char *sql, const struct value *values, size_t n)
{
	int r = store_enter(ledger, STORE_DURABLE);

	return r < 0 ? r : store_leave(ledger, store_run_one(ledger, sql, values, n));
}

/* ---- one instant for a reader ---- */

int store_look(struct ledger *ledger)
{
	int r = ledger->reader && ledger->looks == 0 ? store_execute(ledger, "BEGIN") : 0;

	if (r == 0)
		ledger->looks++;
	return r;
}

int store_looked(struct ledger *ledger, int result)
{
	ledger->looks--;
	if (ledger->reader && ledger->looks == 0)
		sqlite3_exec(ledger->db, "COMMIT", NULL, NULL, NULL);
	return result;
}
