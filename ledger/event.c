/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what was decided, by whom or by which rule, has to be found again when somebody asks months later. The
 * journal is added to, and sealed with the day; nothing in it is ever changed.
 */
#include <errno.h>
#include <string.h>
#include "evidence.h"
#include "store.h"

static const char insert[] = "INSERT INTO event (wall_usec, kind, subject, who, text) VALUES (?, ?, ?, ?, ?)";
static const char newest[] = "SELECT id, wall_usec, kind, subject, who, text FROM event"
			     " WHERE wall_usec >= ?1 AND wall_usec < ?2"
			     " AND (?3 IS NULL OR substr(kind, 1, length(?3)) = ?3)"
			     " AND (?4 IS NULL OR subject = ?4) ORDER BY wall_usec DESC, id DESC";

int ledger_event_put(struct ledger *ledger, const struct ledger_event *event)
{
	if (!event->kind[0])
		return -EINVAL;
	return store_insert(ledger, insert,
			    VALUES(INT(event->wall_usec), TEXT(event->kind), TEXT(event->subject),
				   TEXT(event->who), TEXT(event->text)),
			    NULL);
}

struct seen {
	int (*seen)(const struct ledger_event *event, void *userdata);
	void *userdata;
};

static int on_row(sqlite3_stmt *row, void *userdata)
{
	const struct seen *seen = userdata;
	struct ledger_event event = {.id = sqlite3_column_int64(row, 0),
				     .wall_usec = sqlite3_column_int64(row, 1)};

	store_text(row, 2, event.kind, sizeof(event.kind));
	store_text(row, 3, event.subject, sizeof(event.subject));
	store_text(row, 4, event.who, sizeof(event.who));
	store_text(row, 5, event.text, sizeof(event.text));
	return seen->seen(&event, seen->userdata);
}

int ledger_events(struct ledger *ledger, int64_t from_wall_usec, int64_t until_wall_usec, const char *kind,
		  const char *subject, int (*seen)(const struct ledger_event *event, void *userdata),
		  void *userdata)
{
	struct seen data = {seen, userdata};

	return store_each(ledger, newest,
			  VALUES(INT(from_wall_usec), INT(until_wall_usec), TEXT(kind), TEXT(subject)),
			  on_row, &data);
}
