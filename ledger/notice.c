/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a notice that nobody could be given yet waits here, over restarts and days, until it was sent or given
 * up. It may be sent twice where the power failed between; it is never forgotten.
 */
#include <errno.h>
#include "evidence.h"
#include "store.h"

static const char insert[] =
    "INSERT INTO notice (created_wall_usec, next_wall_usec, way, tries, kind, subject, text, error, month)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
static const char tried[] = "UPDATE notice SET tries = tries + 1, next_wall_usec = ?, error = ?"
			    " WHERE id = ? AND done_wall_usec IS NULL";
static const char done[] =
    "UPDATE notice SET done_wall_usec = ?, given_up = ? WHERE id = ? AND done_wall_usec IS NULL";
static const char waiting[] =
    "SELECT id, created_wall_usec, next_wall_usec, way, tries, kind, subject, text, error, month"
    " FROM notice WHERE done_wall_usec IS NULL ORDER BY id";

int ledger_notice_put(struct ledger *ledger, struct ledger_notice *notice)
{
	if (notice->way != LEDGER_NOTICE_MAIL && notice->way != LEDGER_NOTICE_WEBHOOK)
		return -EINVAL;
	return store_insert(ledger, insert,
			    VALUES(INT(notice->created_wall_usec), INT(notice->next_wall_usec),
				   INT(notice->way), INT(notice->tries), TEXT(notice->kind),
				   TEXT(notice->subject), TEXT(notice->text), TEXT(notice->error),
				   TEXT(notice->month)),
			    &notice->id);
}

int ledger_notice_tried(struct ledger *ledger, int64_t id, int64_t next_wall_usec, const char *error)
{
	return store_change(ledger, tried, VALUES(INT(next_wall_usec), TEXT(error ? error : ""), INT(id)));
}

int ledger_notice_done(struct ledger *ledger, int64_t id, int64_t wall_usec, bool given_up)
{
	return store_change(ledger, done, VALUES(INT(wall_usec), INT(given_up), INT(id)));
}

struct seen {
	int (*seen)(const struct ledger_notice *notice, void *userdata);
	void *userdata;
};

static int on_row(sqlite3_stmt *row, void *userdata)
{
	const struct seen *seen = userdata;
	struct ledger_notice notice = {
	    .id = sqlite3_column_int64(row, 0),
	    .created_wall_usec = sqlite3_column_int64(row, 1),
	    .next_wall_usec = sqlite3_column_int64(row, 2),
	    .way = (enum ledger_notice_way)sqlite3_column_int(row, 3),
	    .tries = (unsigned)store_count(row, 4),
	};

	store_text(row, 5, notice.kind, sizeof(notice.kind));
	store_text(row, 6, notice.subject, sizeof(notice.subject));
	store_text(row, 7, notice.text, sizeof(notice.text));
	store_text(row, 8, notice.error, sizeof(notice.error));
	store_text(row, 9, notice.month, sizeof(notice.month));
	return seen->seen(&notice, seen->userdata);
}

int ledger_notices(struct ledger *ledger, int (*seen)(const struct ledger_notice *notice, void *userdata),
		   void *userdata)
{
	struct seen data = {seen, userdata};

	return store_each(ledger, waiting, NULL, 0, on_row, &data);
}
