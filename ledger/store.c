/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: SQLite reports trouble in many ways, and undoes a transaction by itself in some of them. Here that
 * becomes one rule for the subjects: a call is in the file whole or not at all, and a transaction that lost a
 * part is lost as a whole. A file that turns out to be damaged is never written again.
 */
#include "store.h"
#include <errno.h>
#include <string.h>

/* ---- errors ---- */

static const struct {
	int code, error;
} errors[] = {
    {SQLITE_CONSTRAINT_UNIQUE, -EEXIST},
    {SQLITE_CONSTRAINT_PRIMARYKEY, -EEXIST},
    {SQLITE_CONSTRAINT_ROWID, -EEXIST},
    {SQLITE_CONSTRAINT_FOREIGNKEY, -ENOENT},
    {SQLITE_CONSTRAINT, -EINVAL},
    {SQLITE_MISMATCH, -EINVAL},
    {SQLITE_FULL, -ENOSPC},
    {SQLITE_READONLY, -EROFS},
    {SQLITE_BUSY, -EBUSY},
    {SQLITE_LOCKED, -EBUSY},
    {SQLITE_NOMEM, -ENOMEM},
    {SQLITE_TOOBIG, -EFBIG},
    {SQLITE_PERM, -EACCES},
    {SQLITE_CORRUPT, -EIO},
    {SQLITE_NOTADB, -EIO},
};

/* What the system said under an error of SQLite that names none. SQLite does not pass it on from a commit, so
 * errno is cleared before each step. Never -ENOENT: that is a row's. */
static int system_error(sqlite3 *db, int system)
{
	int error = sqlite3_system_errno(db) ? sqlite3_system_errno(db) : system;

	switch (error) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG: /* a limit on the file's size */
		return -ENOSPC;
	case EROFS:
	case EACCES:
	case EPERM:
	case EMFILE:
	case ENFILE:
		return -error;
	default:
		return -EIO;
	}
}

static int error_of(sqlite3 *db, int code, int system)
{
	for (size_t i = 0; i < ELEMENTS(errors); i++)
		if (errors[i].code == code || errors[i].code == (code & 0xff))
			return errors[i].error;
	return system_error(db, system);
}

/* Closing must not write either. */
static void leave_alone(struct ledger *ledger)
{
	ledger->damaged = true;
	sqlite3_db_config(ledger->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
}

int store_failed(struct ledger *ledger, int code)
{
	int error, system = errno;

	if (code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE)
		return 0;
	error = error_of(ledger->db, code, system);
	snprintf(ledger->error, sizeof(ledger->error), "%s (%s)", sqlite3_errmsg(ledger->db),
		 sqlite3_errstr(code));
	if ((code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB)
		leave_alone(ledger);
	if (ledger->begun && !ledger->lost && sqlite3_get_autocommit(ledger->db))
		ledger->lost = error;
	return error;
}

int store_judge(const struct ledger *ledger)
{
	if (ledger->damaged)
		return -EIO;
	return ledger->begun ? ledger->lost : 0;
}

/* ---- statements ---- */

static int prepare(struct ledger *ledger, const char *sql, sqlite3_stmt **out)
{
	sqlite3_stmt *statement;
	int r;

	for (size_t i = 0; i < ledger->n_prepared; i++) {
		if (ledger->prepared[i].sql == sql) {
			*out = ledger->prepared[i].statement;
			return 0;
		}
	}
	if (ledger->n_prepared == STORE_STATEMENTS)
		return -ENOBUFS;
	r = sqlite3_prepare_v3(ledger->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
	if (r != SQLITE_OK)
		return store_failed(ledger, r);
	ledger->prepared[ledger->n_prepared].sql = sql;
	ledger->prepared[ledger->n_prepared++].statement = statement;
	*out = statement;
	return 0;
}

/* The caller's values outlive the statement's run: store_done() lets go of them. */
static int bind_value(sqlite3_stmt *statement, int at, const struct value *value)
{
	switch (value->type) {
	case VALUE_INTEGER:
		return sqlite3_bind_int64(statement, at, value->integer);
	case VALUE_TEXT:
		return sqlite3_bind_text(statement, at, value->data, -1, SQLITE_STATIC);
	case VALUE_BLOB:
		return sqlite3_bind_blob(statement, at, value->data, (int)value->integer, SQLITE_STATIC);
	}
	return SQLITE_MISUSE;
}

void store_done(sqlite3_stmt *statement)
{
	sqlite3_reset(statement);
	sqlite3_clear_bindings(statement);
}

static int start(struct ledger *ledger, const char *sql, const struct value *values, size_t n,
		 sqlite3_stmt **out)
{
	sqlite3_stmt *statement = NULL;
	int r = store_judge(ledger);

	if (r == 0)
		r = prepare(ledger, sql, &statement);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		r = bind_value(statement, (int)i + 1, &values[i]);
		if (r != SQLITE_OK) {
			r = store_failed(ledger, r);
			store_done(statement);
			return r;
		}
	}
	*out = statement;
	return 0;
}

/* 1: a row. 0: no more. The statement is done with after 0 and -errno. */
static int step(struct ledger *ledger, sqlite3_stmt *statement)
{
	int r;

	errno = 0;
	r = sqlite3_step(statement);
	if (r == SQLITE_ROW)
		return 1;
	r = store_failed(ledger, r);
	store_done(statement);
	return r;
}

int store_run(struct ledger *ledger, const char *sql, const struct value *values, size_t n)
{
	sqlite3_stmt *statement;
	int r = start(ledger, sql, values, n, &statement);

	if (r < 0)
		return r;
	r = step(ledger, statement);
	if (r > 0)
		store_done(statement);
	return MIN(r, 0);
}

int store_changes(const struct ledger *ledger)
{
	return sqlite3_changes(ledger->db);
}

int store_run_one(struct ledger *ledger, const char *sql, const struct value *values, size_t n)
{
	int r = store_run(ledger, sql, values, n);

	if (r < 0)
		return r;
	return store_changes(ledger) > 0 ? 0 : -ENOENT;
}

int store_find(struct ledger *ledger, const char *sql, const struct value *values, size_t n,
	       sqlite3_stmt **out)
{
	sqlite3_stmt *statement;
	int r = start(ledger, sql, values, n, &statement);

	if (r < 0)
		return r;
	r = step(ledger, statement);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	*out = statement;
	return 0;
}

int store_read(struct ledger *ledger, const char *sql, const struct value *values, size_t n,
	       void (*read)(sqlite3_stmt *statement, void *out), void *out)
{
	sqlite3_stmt *row;
	int r = store_find(ledger, sql, values, n, &row);

	if (r < 0)
		return r;
	read(row, out);
	store_done(row);
	return 0;
}

int store_each(struct ledger *ledger, const char *sql, const struct value *values, size_t n,
	       int (*row)(sqlite3_stmt *statement, void *userdata), void *userdata)
{
	sqlite3_stmt *statement;
	int r = start(ledger, sql, values, n, &statement);

	if (r < 0)
		return r;
	for (;;) {
		r = step(ledger, statement);
		if (r <= 0)
			return r;
		r = row(statement, userdata);
		if (r != 0) {
			store_done(statement);
			return r;
		}
	}
}

int store_execute(struct ledger *ledger, const char *sql)
{
	int r = store_judge(ledger);

	if (r < 0)
		return r;
	errno = 0;
	return store_failed(ledger, sqlite3_exec(ledger->db, sql, NULL, NULL, NULL));
}

int store_integer(struct ledger *ledger, const char *sql, int64_t *out)
{
	sqlite3_stmt *statement;
	int r = store_find(ledger, sql, NULL, 0, &statement);

	if (r < 0)
		return r;
	*out = sqlite3_column_int64(statement, 0);
	store_done(statement);
	return 0;
}

void store_finalize(struct ledger *ledger)
{
	for (size_t i = 0; i < ledger->n_prepared; i++)
		sqlite3_finalize(ledger->prepared[i].statement);
	ledger->n_prepared = 0;
}

/* ---- columns ---- */

uint64_t store_count(sqlite3_stmt *statement, int column)
{
	return (uint64_t)MAX(sqlite3_column_int64(statement, column), 0);
}

void store_text(sqlite3_stmt *statement, int column, char *out, size_t size)
{
	const unsigned char *text = sqlite3_column_text(statement, column);

	snprintf(out, size, "%s", text ? (const char *)text : "");
}

bool store_blob(sqlite3_stmt *statement, int column, void *out, size_t size)
{
	const void *data = sqlite3_column_blob(statement, column);

	if (!data || (size_t)sqlite3_column_bytes(statement, column) != size)
		return false;
	memcpy(out, data, size);
	return true;
}
