/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a person's use and that of its sessions must be in the ledger together or not at all, so that nothing
 * is charged twice after a crash. This fills one transaction from the tables; it neither begins nor commits
 * it, and knows no timer.
 */
#include "save.h"
#include <errno.h>
#include <string.h>
#include "daemon.h"
#include "engine.h"
#include "../lib/cleanup.h"

/* ---- rows ---- */

bool save_row(const struct daemon *daemon, const struct session *session, struct ledger_session *out)
{
	const struct engine_zone *zone = engine_zone_by_device(daemon->engine, session->row.device);
	const struct instant now = clock_now();
	const struct plan_session *from = &session->row;
	struct ledger_session row = {
	    .id = from->id,
	    .mac = from->mac,
	    .address4 = from->address4,
	    .login = from->login,
	    .started_wall_usec = now.wall_usec + (from->started_mono_usec - now.mono_usec),
	    .ends_wall_usec = now.wall_usec + (from->ends_mono_usec - now.mono_usec),
	    .saved_wall_usec = now.wall_usec,
	    .down_bytes = session->billed[PLAN_DOWN],
	    .up_bytes = session->billed[PLAN_UP],
	    .down_packets = session->packets[PLAN_DOWN],
	    .up_packets = session->packets[PLAN_UP],
	    .down_dropped = session->dropped[PLAN_DOWN],
	    .up_dropped = session->dropped[PLAN_UP],
	};

	if (!zone)
		return false;
	if (session->person && session->person->key.id > 0) {
		row.kind = (uint8_t)session->person->key.kind;
		row.person = session->person->key.id;
	}
	memcpy(row.zone, zone->zone->id, strnlen(zone->zone->id, sizeof(row.zone) - 1));
	memcpy(row.device, from->device, sizeof(row.device));
	*out = row;
	return true;
}

/* What is gone from the ledger was forgotten there on purpose. */
static int unless_gone(int r)
{
	return r == -ENOENT ? 0 : r;
}

struct device_put {
	struct ledger *ledger;
	int64_t pass, wall_usec;
	int error;
};

static void put_device(void *userdata, const struct mac *mac)
{
	struct device_put *put = userdata;
	uint8_t hash[LEDGER_HASH];

	if (put->error < 0)
		return;
	ledger_hash(put->ledger, mac, hash);
	put->error = ledger_device_put(put->ledger, hash, put->pass, put->wall_usec);
}

static int save_pass(struct daemon *daemon, struct person *person)
{
	struct ledger_pass row = person->pass;
	struct device_put put = {.ledger = daemon->ledger, .wall_usec = clock_now().wall_usec};
	bool unborn = person->key.id < 0;
	int r;

	if (unborn)
		row.id = 0;
	r = ledger_pass_put(daemon->ledger, &row);
	if (r < 0 || !unborn)
		return unless_gone(r);
	put.pass = row.id;
	persons_each_device(daemon->persons, person, put_device, &put);
	if (put.error < 0)
		return put.error;
	memcpy(person->pass.code, row.code, sizeof(row.code));
	persons_born(daemon->persons, person, row.id);
	return 0;
}

/* Seen now, and perhaps new to this pass. */
static int save_device(struct daemon *daemon, const struct session *session)
{
	struct device_put put = {
	    .ledger = daemon->ledger, .pass = session->person->key.id, .wall_usec = clock_now().wall_usec};

	put_device(&put, &session->row.mac);
	return unless_gone(put.error);
}

static int save_used(struct daemon *daemon, struct person *person)
{
	const struct ledger_voucher *voucher = &person->voucher;

	switch ((enum ledger_kind)person->key.kind) {
	case LEDGER_PASS:
		return save_pass(daemon, person);
	case LEDGER_VOUCHER:
		return unless_gone(ledger_voucher_used(daemon->ledger, voucher->id, voucher->used_usec,
						       voucher->used_bytes, voucher->first_used_wall_usec));
	case LEDGER_ACCOUNT:
		return 0;
	}
	return 0;
}

static int save_session(struct daemon *daemon, const struct session *session)
{
	struct ledger_session row;

	if (!save_row(daemon, session, &row))
		return 0;
	return ledger_session_put(daemon->ledger, &row);
}

static int save_person(struct daemon *daemon, struct person *person, unsigned *rows)
{
	struct session *session;
	int r = 0;

	if (person->unsaved || person->key.id < 0)
		r = save_used(daemon, person);
	if (r >= 0 && person->unsaved_day)
		r = unless_gone(ledger_day_set(daemon->ledger, (enum ledger_kind)person->key.kind,
					       person->key.id, person->day, person->day_bytes));
	LIST_FOREACH(session, &person->sessions, of_person)
	{
		if (r >= 0 && session->unsaved) {
			r = save_session(daemon, session);
			++*rows;
		}
	}
	++*rows;
	return r < 0 ? r : 0;
}

bool save_is_needed(const struct person *person)
{
	const struct session *session;

	if (person->unsaved || person->unsaved_day)
		return true;
	LIST_FOREACH(session, &person->sessions, of_person)
	if (session->unsaved)
		return true;
	return false;
}

static void mark_saved(struct person *person)
{
	struct session *session;

	person->unsaved = person->unsaved_day = false;
	LIST_FOREACH(session, &person->sessions, of_person)
	session->unsaved = false;
}

/* ---- one transaction ---- */

static int save_one(struct daemon *daemon, struct save *save, struct person *person)
{
	save->persons[save->n].person = person;
	save->persons[save->n++].id_before = person->key.id;
	return save_person(daemon, person, &save->rows);
}

int save_login(struct daemon *daemon, struct save *save, struct session *session)
{
	int r = save_one(daemon, save, session->person);

	return r >= 0 && session->person->key.kind == LEDGER_PASS ? save_device(daemon, session) : r;
}

int save_persons(struct daemon *daemon, struct save *save)
{
	struct person *person, *next;
	int r = 0;

	for (person = persons_next(daemon->persons, NULL); person && r >= 0 && save->rows < SAVE_ROWS;
	     person = next) {
		next = persons_next(daemon->persons, person); /* a pass that is born goes to the end */
		if (save_is_needed(person))
			r = save_one(daemon, save, person);
	}
	return r;
}

/* One that began and ended while the ledger was away has no row yet. */
int save_ended(struct daemon *daemon, const struct ledger_session *row, enum ledger_end how,
	       int64_t wall_usec)
{
	int r = ledger_session_end(daemon->ledger, row, how, wall_usec);

	if (r != -ENOENT)
		return r;
	r = ledger_session_put(daemon->ledger, row);
	return r < 0 ? r : ledger_session_end(daemon->ledger, row, how, wall_usec);
}

void save_held(const struct save *save)
{
	for (unsigned i = 0; i < save->n; i++)
		mark_saved(save->persons[i].person);
}

/* An id that was given in a transaction that did not hold is nobody's. */
void save_undo(struct daemon *daemon, const struct save *save)
{
	for (unsigned i = 0; i < save->n; i++) {
		struct person *person = save->persons[i].person;

		if (person->key.id == save->persons[i].id_before)
			continue;
		persons_born(daemon->persons, person, save->persons[i].id_before);
		person->pass.code[0] = '\0';
	}
}
