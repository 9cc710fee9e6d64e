/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What one transaction of the ledger holds: rows of persons, their days and their sessions, taken from the
 * tables. The caller (record.c) begins and commits; until that has held, all counts as unsaved.
 */
#include "person.h"

struct daemon;

#define SAVE_ROWS 200u /* then others have their turn: a few milliseconds of SQLite */

struct save {
	struct {
		struct person *person;
		int64_t id_before; /* a pass gets its id here */
	} persons[SAVE_ROWS];
	unsigned n, rows;
};

bool save_is_needed(const struct person *person);
/* Persons with something unsaved, with their sessions; as many as SAVE_ROWS rows. 0 or -errno of the ledger.
 */
int save_persons(struct daemon *daemon, struct save *save);
/* A session that begins, its person, and whose device it is. */
int save_login(struct daemon *daemon, struct save *save, struct session *session);
int save_ended(struct daemon *daemon, const struct ledger_session *row, enum ledger_end how,
	       int64_t wall_usec);

void save_held(const struct save *save);			/* the commit has held */
void save_undo(struct daemon *daemon, const struct save *save); /* it has not */

/* A session as a row. False: its zone is unknown now. */
bool save_row(const struct daemon *daemon, const struct session *session, struct ledger_session *out);
