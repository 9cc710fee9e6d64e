/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a guest must not notice that a program, or the machine, was started anew; and a session that was over
 * must not begin again because of it. Whoever is in doubt taps once more.
 */
#include "restore.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "daemon.h"
#include "engine.h"
#include "life.h"
#include "limit.h"
#include "meter.h"
#include "record.h"
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "../lib/units.h"

#define RETRY_USEC (50 * USEC_PER_MSEC)
#define PATIENCE_USEC (60 * USEC_PER_SEC)

struct restore {
	struct daemon *daemon;
	struct ledger_session *rows; /* those to put back: from `next` on */
	size_t n, room, next;
	size_t n_restored;
	int64_t until_mono_usec; /* then the rest is given up: nothing could be put back for so long */
	sd_event_source *retry;
};

/* ---- reading ---- */

static int on_row(const struct ledger_session *row, void *userdata)
{
	struct restore *restore = userdata;
	struct ledger_session *more;

	if (restore->n == restore->room) {
		more = reallocarray(restore->rows, restore->room * 2 + 64, sizeof(*more));
		if (!more)
			return -ENOMEM;
		restore->rows = more;
		restore->room = restore->room * 2 + 64;
	}
	restore->rows[restore->n++] = *row;
	return 0;
}

static void forget_rows(struct restore *restore)
{
	free(restore->rows);
	restore->rows = NULL;
	restore->n = restore->room = restore->next = 0;
}

/* ---- sessions that the kernel has ---- */

static struct person *person_of(struct daemon *daemon, const struct plan_session *session,
				const struct ledger_session *row)
{
	struct person *person = NULL;

	if (row && row->kind)
		person = persons_get(daemon->persons, (enum ledger_kind)row->kind, row->person);
	if (!person)
		person = persons_known(daemon->persons, &session->mac, "");
	return person ? person : persons_new_pass(daemon->persons, &session->mac);
}

/* While nobody counted, a voucher's time went on: its device was in. */
static void catch_up(struct person *person, const struct ledger_session *row, int64_t wall_usec)
{
	struct ledger_voucher *voucher = &person->voucher;

	if (person->key.kind != LEDGER_VOUCHER || !LIST_EMPTY(&person->sessions) ||
	    wall_usec <= row->saved_wall_usec)
		return;
	voucher->used_usec += wall_usec - row->saved_wall_usec;
	if (voucher->time_usec)
		voucher->used_usec = MIN(voucher->used_usec, voucher->time_usec);
	person->unsaved = true;
}

static bool join(void *userdata, struct session *session)
{
	struct restore *restore = userdata;
	struct daemon *daemon = restore->daemon;
	const struct instant now = clock_now();
	struct ledger_session row;
	struct person *person;
	bool known = daemon->ledger && ledger_session(daemon->ledger, session->row.id, &row) >= 0 &&
		     !memcmp(&row.mac, &session->row.mac, sizeof(row.mac)) &&
		     !strncmp(row.device, session->row.device, sizeof(row.device));

	person = person_of(daemon, &session->row, known ? &row : NULL);
	if (!person)
		return false;
	if (known) {
		session->billed[PLAN_DOWN] = row.down_bytes;
		session->billed[PLAN_UP] = row.up_bytes;
		session->packets[PLAN_DOWN] = row.down_packets;
		session->packets[PLAN_UP] = row.up_packets;
		session->dropped[PLAN_DOWN] = row.down_dropped;
		session->dropped[PLAN_UP] = row.up_dropped;
		catch_up(person, &row, now.wall_usec);
	}
	session->unsaved = true;
	session->heard_mono_usec = now.mono_usec;
	if (person->key.kind == LEDGER_PASS)
		persons_device(daemon->persons, &session->row.mac, person);
	person_attach(person, session, now);
	return true;
}

/* ---- sessions that it has not ---- */

static void over(struct restore *restore, const struct ledger_session *row, enum ledger_end how)
{
	records_end(restore->daemon->records, row, how);
}

/* The zone has been open from when the row was written until now. */
static bool stayed_open(const struct daemon *daemon, const struct policy_zone *zone,
			const struct ledger_session *row, struct instant now)
{
	struct planner_input in = engine_input(daemon->engine, now);
	int64_t next;

	if (!planner_zone_open(&in, zone))
		return false;
	if (row->saved_wall_usec >= now.wall_usec)
		return true;
	in.now.wall_usec = row->saved_wall_usec;
	if (!planner_zone_open(&in, zone))
		return false;
	next = planner_zone_next(&in, zone).wall_usec;
	return !next || next > now.wall_usec;
}

/* What is left: by its person's time where that is a voucher's own, for that stood still meanwhile. */
static int64_t left_usec(const struct policy_zone *zone, const struct person *person,
			 const struct ledger_session *row, int64_t wall_usec)
{
	int64_t usec = limit_left_usec(row->ends_wall_usec, row->saved_wall_usec, wall_usec);

	if (person->key.kind == LEDGER_VOUCHER && person->voucher.time_usec)
		return limit_time(zone, person, wall_usec);
	return usec;
}

static struct life_guest guest_of(const struct engine_zone *zone, struct person *person,
				  const struct ledger_session *row, int64_t left, struct instant now)
{
	struct life_guest guest = {
	    .zone = zone->zone,
	    .slot = (unsigned)zone->slot,
	    .mac = row->mac,
	    .address4 = row->address4,
	    .login = row->login,
	    .person = person,
	    .id = row->id,
	    .ends_mono_usec = now.mono_usec + left,
	    .started_mono_usec = now.mono_usec - MAX(now.wall_usec - row->started_wall_usec, (int64_t)0),
	    .bytes = {[PLAN_UP] = row->up_bytes, [PLAN_DOWN] = row->down_bytes},
	    .packets = {[PLAN_UP] = row->up_packets, [PLAN_DOWN] = row->down_packets},
	    .dropped = {[PLAN_UP] = row->up_dropped, [PLAN_DOWN] = row->down_dropped},
	};

	return guest;
}

/* 0: on its way, or over. -EAGAIN: once there is a class. */
static int put_back(struct restore *restore, const struct ledger_session *row)
{
	struct daemon *daemon = restore->daemon;
	const struct engine_zone *zone = engine_zone_by_device(daemon->engine, row->device);
	const struct instant now = clock_now();
	struct life_guest guest;
	struct person *person;
	int64_t left;
	int r;

	if (!zone || zone->slot < 0 || strcmp(zone->zone->id, row->zone) != 0 ||
	    !stayed_open(daemon, zone->zone, row, now)) {
		over(restore, row, LEDGER_END_CLOSED);
		return 0;
	}
	if (sessions_find(daemon->sessions, row->device, &row->mac)) { /* was quicker */
		over(restore, row, LEDGER_END_LOST);
		return 0;
	}
	person = person_of(daemon, &(struct plan_session){.mac = row->mac}, row);
	left = person ? left_usec(zone->zone, person, row, now.wall_usec) : 0;
	if (left <= 0 ||
	    !limit_data(zone->zone, person, row->down_bytes + row->up_bytes, now.wall_usec).bytes) {
		over(restore, row, left <= 0 ? LEDGER_END_TIME : LEDGER_END_DATA);
		return 0;
	}
	guest = guest_of(zone, person, row, left, now);
	r = life_join(daemon->life, &guest, NULL);
	if (r >= 0)
		restore->n_restored++;
	else if (r != -EAGAIN && r != -ENOTCONN && r != -ENOBUFS)
		over(restore, row, LEDGER_END_LOST);
	return r == -EAGAIN || r == -ENOTCONN || r == -ENOBUFS ? -EAGAIN : 0;
}

static void finish(struct restore *restore)
{
	for (; restore->next < restore->n; restore->next++)
		over(restore, &restore->rows[restore->next], LEDGER_END_LOST);
	if (restore->n_restored)
		log_notice("restored %zu of %zu sessions that the ledger holds", restore->n_restored,
			   restore->n);
	forget_rows(restore);
}

/* Goes on where it stopped: rows of a zone that is full for now hold up the others for a moment only. */
static void put_back_all(struct restore *restore)
{
	while (restore->next < restore->n && put_back(restore, &restore->rows[restore->next]) == 0) {
		restore->next++;
		restore->until_mono_usec = clock_now().mono_usec + PATIENCE_USEC;
	}
	if (restore->next < restore->n && clock_now().mono_usec < restore->until_mono_usec) {
		sd_event_source_set_time_relative(restore->retry, RETRY_USEC);
		sd_event_source_set_enabled(restore->retry, SD_EVENT_ONESHOT);
	} else {
		finish(restore);
	}
}

static int on_retry(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	put_back_all(userdata);
	return 0;
}

void restore_settled(struct restore *restore)
{
	if (!restore->rows || restore->until_mono_usec)
		return;
	restore->until_mono_usec = clock_now().mono_usec + PATIENCE_USEC;
	put_back_all(restore);
}

/* ---- the beginning ---- */

/* Drops the rows that the kernel's sessions have been joined with. */
static void keep_missing(struct restore *restore)
{
	size_t n = 0;

	for (size_t i = 0; i < restore->n; i++)
		if (!sessions_find_id(restore->daemon->sessions, restore->rows[i].id))
			restore->rows[n++] = restore->rows[i];
	restore->n = n;
}

/* Why a row is over that the kernel no longer has although it was not started anew. */
static enum ledger_end how_over(const struct daemon *daemon, const struct ledger_session *row,
				int64_t wall_usec)
{
	const struct engine_zone *zone = engine_zone_by_device(daemon->engine, row->device);

	if (row->ends_wall_usec <= wall_usec)
		return LEDGER_END_TIME;
	return zone && zone->open ? LEDGER_END_LOST : LEDGER_END_CLOSED;
}

void restore_begin(struct restore *restore, const struct plan *actual)
{
	struct daemon *daemon = restore->daemon;
	bool anew = !actual->n_classes || !actual->n_chains;
	int r;

	life_adopt(daemon->life, actual, join, restore);
	r = daemon->ledger ? ledger_sessions(daemon->ledger, on_row, restore) : 0;
	if (r < 0)
		log_error("the ledger's sessions cannot be read: %s", strerror(-r));
	keep_missing(restore);
	if (anew)
		return; /* put back once there are classes */
	for (size_t i = 0; i < restore->n; i++)
		over(restore, &restore->rows[i], how_over(daemon, &restore->rows[i], clock_now().wall_usec));
	forget_rows(restore);
}

int restore_new(struct daemon *daemon, struct restore **out)
{
	struct restore *restore = calloc(1, sizeof(*restore));
	int r;

	if (!restore)
		return -ENOMEM;
	restore->daemon = daemon;
	r = sd_event_add_time(daemon->event, &restore->retry, CLOCK_MONOTONIC, 0, 0, on_retry, restore);
	if (r >= 0)
		r = sd_event_source_set_enabled(restore->retry, SD_EVENT_OFF);
	if (r < 0) {
		restore_free(restore);
		return r;
	}
	*out = restore;
	return 0;
}

struct restore *restore_free(struct restore *restore)
{
	if (!restore)
		return NULL;
	forget_rows(restore);
	sd_event_source_disable_unref(restore->retry);
	free(restore);
	return NULL;
}
