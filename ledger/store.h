/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Inside the ledger: statements, transactions and SQLite's errors as errno. A subject's file (pass.c,
 * voucher.c, ...) holds its SQL and its rows and calls this; nothing outside this folder includes it.
 */
#include <sqlite3.h>
#include "ledger.h"
#include "../lib/cleanup.h"

#define STORE_STATEMENTS 256u
#define STORE_KEY 32
#define STORE_ERROR 256

struct ledger {
	sqlite3 *db;
	uint8_t key[STORE_KEY];
	bool keyed;   /* false: a reader that may not read the key */
	bool begun;   /* between ledger_begin() and its end */
	bool durable; /* something in it must be on the disk when it is committed */
	int lost;     /* -errno: SQLite has undone the whole transaction, the rest of it must not run alone */
	bool damaged; /* the file is not touched any more */
	bool reader;  /* opened by ledger_open_read() */
	unsigned looks; /* store_look() that have not ended */
	size_t n_prepared; /* by the address of their text */
	struct {
		const char *sql;
		sqlite3_stmt *statement;
	} prepared[STORE_STATEMENTS];
	char error[STORE_ERROR];
};

/* ---- values that are bound, in the order of the question marks ---- */

enum value_type { VALUE_INTEGER, VALUE_TEXT, VALUE_BLOB };
struct value {
	enum value_type type;
	int64_t integer;  /* for a blob: its length */
	const void *data; /* NULL: SQL's NULL */
};
#define INT(v)                                                                                               \
	{                                                                                                    \
		.type = VALUE_INTEGER, .integer = (int64_t)(v)                                               \
	}
#define COUNT(v)                                                                                             \
	{                                                                                                    \
		.type = VALUE_INTEGER, .integer = (int64_t)MIN((uint64_t)(v), (uint64_t)INT64_MAX)           \
	} /* SQLite has no uint64 */
#define TEXT(v)                                                                                              \
	{                                                                                                    \
		.type = VALUE_TEXT, .data = (v)                                                              \
	}
#define BLOB(v, length)                                                                                      \
	{                                                                                                    \
		.type = VALUE_BLOB, .data = (v), .integer = (int64_t)(length)                                \
	}
#define VALUES(...) (const struct value[]){__VA_ARGS__}, ELEMENTS(((const struct value[]){__VA_ARGS__}))

/* ---- statements: `sql` is a static text, prepared once ---- */

/* 0 or -errno. How many rows it touched: store_changes(). */
int store_run(struct ledger *ledger, const char *sql, const struct value *values, size_t n);
int store_changes(const struct ledger *ledger);
/* The same; -ENOENT where no row was touched. */
int store_run_one(struct ledger *ledger, const char *sql, const struct value *values, size_t n);
/* The first row: 0, or -ENOENT. After 0 the columns are read, then store_done(). */
int store_find(struct ledger *ledger, const char *sql, const struct value *values, size_t n,
	       sqlite3_stmt **out);
/* The first row into `out`: 0, or -ENOENT. */
int store_read(struct ledger *ledger, const char *sql, const struct value *values, size_t n,
	       void (*read)(sqlite3_stmt *statement, void *out), void *out);
/* Every row; `row` returns non-zero to stop, and that is returned. It may run other statements, not the same
 * one. */
int store_each(struct ledger *ledger, const char *sql, const struct value *values, size_t n,
	       int (*row)(sqlite3_stmt *statement, void *userdata), void *userdata);
void store_done(sqlite3_stmt *statement);
/* One statement as a transaction of its own, on the disk before it returns; `id` (or NULL): of the row that was
 * inserted. */
int store_insert(struct ledger *ledger, const char *sql, const struct value *values, size_t n, int64_t *id);
/* The same; -ENOENT where no row was touched. */
int store_change(struct ledger *ledger, const char *sql, const struct value *values, size_t n);
/* Texts that are run once (pragmas, schema). */
int store_execute(struct ledger *ledger, const char *sql);
int store_integer(struct ledger *ledger, const char *sql, int64_t *out); /* one row of one number */

/* ---- columns ---- */

uint64_t store_count(sqlite3_stmt *statement, int column);
void store_text(sqlite3_stmt *statement, int column, char *out, size_t size); /* cut where it is longer */
bool store_blob(sqlite3_stmt *statement, int column, void *out,
		size_t size); /* false: not of this length, `out` untouched */

/* ---- a call of several statements: all of it or nothing, inside a transaction of the caller or alone ----
 */

enum store_durability { STORE_SOON, STORE_DURABLE };
int store_enter(struct ledger *ledger, enum store_durability durability);
int store_leave(struct ledger *ledger,
		int result); /* negative: undoes. Returns `result`, or why it is not in the file */

/* Several statements of a reader see one instant of a file that a daemon is writing. The writer sees nobody else's
 * changes, and needs none. */
int store_look(struct ledger *ledger);
int store_looked(struct ledger *ledger, int result); /* returns `result` */

/* What was erased leaves the write-ahead log as well; what cannot be done now is done by the next checkpoint. */
void store_empty_log(struct ledger *ledger);
int store_judge(const struct ledger *ledger);	   /* 0: a statement may run now */
int store_failed(struct ledger *ledger, int code); /* SQLite's code as -errno; keeps its words */
void store_finalize(struct ledger *ledger);
