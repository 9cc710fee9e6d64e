/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a month is judged by what was agreed in it, and a configuration only says what is agreed today. Rows
 * are added, never changed, and a clock that was set does not make an old agreement the newest one.
 */
#include "terms.h"
#include <errno.h>
#include <string.h>
#include "store.h"

#define COLUMNS "id, wall_usec, kind, subject, document"

static const char insert[] = "INSERT INTO terms (wall_usec, kind, subject, document) VALUES (?, ?, ?, ?)";
static const char valid_at[] = "SELECT wall_usec, document FROM terms WHERE kind = ? AND subject = ?"
			       " AND wall_usec <= ? ORDER BY wall_usec DESC, id DESC LIMIT 1";
static const char every[] = "SELECT " COLUMNS " FROM terms WHERE wall_usec < ? ORDER BY wall_usec, id";
static const char last[] =
    "SELECT " COLUMNS " FROM terms AS t WHERE document <> '' AND NOT EXISTS"
    " (SELECT 1 FROM terms AS later WHERE later.kind = t.kind AND later.subject = t.subject"
    " AND (later.wall_usec, later.id) > (t.wall_usec, t.id)) ORDER BY kind, subject";

/* ---- putting ---- */

static int judge(const struct ledger_terms *terms)
{
	bool named = terms->kind == LEDGER_TERMS_OFFICE || terms->kind == LEDGER_TERMS_ZONE;

	if (terms->kind < LEDGER_TERMS_SITE || terms->kind > LEDGER_TERMS_ZONE || !terms->document)
		return -EINVAL;
	if (!memchr(terms->of, '\0', sizeof(terms->of)) || named != (terms->of[0] != '\0'))
		return -EINVAL;
	return strnlen(terms->document, LEDGER_TERMS_MAX + 1) <= LEDGER_TERMS_MAX ? 0 : -EINVAL;
}

/* 1: what is valid at this instant is not what it shall be. `since`: from when on that is valid. */
static int differs(struct ledger *ledger, const struct ledger_terms *terms, int64_t wall_usec, int64_t *since)
{
	const char *valid;
	sqlite3_stmt *row;
	int r = store_find(ledger, valid_at, VALUES(INT(terms->kind), TEXT(terms->of), INT(wall_usec)), &row);

	if (r == -ENOENT) /* what never was need not end */
		return terms->document[0] != '\0';
	if (r < 0)
		return r;
	*since = sqlite3_column_int64(row, 0);
	valid = (const char *)sqlite3_column_text(row, 1);
	r = !valid || strcmp(valid, terms->document) != 0;
	store_done(row);
	return r;
}

static int add(struct ledger *ledger, const struct ledger_terms *terms, int64_t wall_usec)
{
	int r = store_run(ledger, insert,
			  VALUES(INT(wall_usec), INT(terms->kind), TEXT(terms->of), TEXT(terms->document)));

	return r < 0 ? r : 1;
}

/* Rows of a time to come were written by a clock that was wrong: the last of them is superseded too, else it
 * would be valid some day. */
static int put_both(struct ledger *ledger, const struct ledger_terms *terms)
{
	int64_t since = 0;
	int now = differs(ledger, terms, terms->wall_usec, &since), later;

	if (now > 0)
		now = add(ledger, terms, terms->wall_usec);
	if (now < 0)
		return now;
	later = differs(ledger, terms, INT64_MAX, &since);
	if (later > 0)
		later = add(ledger, terms, since);
	if (later < 0)
		return later;
	return now == 0 && later == 0 ? 1 : 0;
}

int ledger_terms_put(struct ledger *ledger, const struct ledger_terms *terms)
{
	int r = judge(terms);

	if (r == 0)
		r = store_enter(ledger, STORE_DURABLE);
	return r < 0 ? r : store_leave(ledger, put_both(ledger, terms));
}

/* ---- reading ---- */

struct seen {
	int (*seen)(const struct ledger_terms *terms, void *userdata);
	void *userdata;
};

static int on_row(sqlite3_stmt *row, void *userdata)
{
	const struct seen *seen = userdata;
	struct ledger_terms terms = {
	    .id = sqlite3_column_int64(row, 0),
	    .wall_usec = sqlite3_column_int64(row, 1),
	    .kind = (enum ledger_terms_kind)sqlite3_column_int(row, 2),
	    .document = (const char *)sqlite3_column_text(row, 4),
	};

	if (!terms.document)
		return -ENOMEM;
	store_text(row, 3, terms.of, sizeof(terms.of));
	return seen->seen(&terms, seen->userdata);
}

int ledger_terms(struct ledger *ledger, int64_t until_wall_usec,
		 int (*seen)(const struct ledger_terms *terms, void *userdata), void *userdata)
{
	struct seen data = {seen, userdata};

	return store_each(ledger, every, VALUES(INT(until_wall_usec)), on_row, &data);
}

int ledger_terms_last(struct ledger *ledger, int (*seen)(const struct ledger_terms *terms, void *userdata),
		      void *userdata)
{
	struct seen data = {seen, userdata};

	return store_each(ledger, last, NULL, 0, on_row, &data);
}
