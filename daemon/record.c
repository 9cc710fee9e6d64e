/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what a visitor has used must outlive this process and the machine's power, and the disk must never decide who may
 * use the network. So the table in memory is the truth, and this brings the ledger up to it, little by little.
 */
#include "record.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "daemon.h"
#include "engine.h"
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "../lib/units.h"

#define SAVE_USEC (3 * USEC_PER_SEC)
#define RETRY_FIRST_USEC (5 * USEC_PER_SEC)
#define RETRY_LAST_USEC (60 * USEC_PER_SEC)
#define PRUNE_USEC USEC_PER_DAY
#define PRUNE_FIRST_USEC (10 * USEC_PER_MINUTE)
#define ROWS_A_TURN 250u /* about 5 ms of SQLite */
#define ENDED_MAX 65536u /* with a ledger that is away for long: the rest is lost, and said */

struct ended {
	TAILQ_ENTRY(ended) link;
	struct ledger_session row;
	enum ledger_end how;
	int64_t wall_usec;
};
TAILQ_HEAD(ended_list, ended);

struct records {
	struct daemon *daemon;
	char *directory;
	struct ended_list ended;
	unsigned n_ended;
	char error[160]; /* "": all is well */
	int64_t retry_usec;
	sd_event_source *timer, *turn, *prune;
};

static void timer_arm(struct records *records, int64_t usec)
{
	sd_event_source_set_time_relative(records->timer, (uint64_t)usec);
	sd_event_source_set_enabled(records->timer, SD_EVENT_ONESHOT);
}

/* ---- a ledger that fails ---- */

static void say_failed(struct records *records, const char *what, int error)
{
	const char *words = records->daemon->ledger ? ledger_error(records->daemon->ledger) : NULL;

	if (!records->error[0])
		log_error("the ledger cannot be %s: %s%s%s; all goes on, and is written as soon as it can be", what,
			  strerror(-error), words && *words ? ": " : "", words ? words : "");
	snprintf(records->error, sizeof(records->error), "%s: %s", what, strerror(-error));
	records->retry_usec = CLAMP(2 * records->retry_usec, RETRY_FIRST_USEC, RETRY_LAST_USEC);
	timer_arm(records, records->retry_usec);
}

static void say_well(struct records *records)
{
	if (records->error[0])
		log_notice("the ledger works again");
	records->error[0] = '\0';
	records->retry_usec = 0;
}

const char *records_error(const struct records *records)
{
	return records->error[0] ? records->error : NULL;
}

static int open_ledger(struct records *records)
{
	struct daemon *daemon = records->daemon;
	uint64_t last = 0;
	int r = ledger_open(records->directory, &daemon->ledger);

	if (r >= 0) {
		r = ledger_session_last(daemon->ledger, &last);
		if (r < 0)
			daemon->ledger = ledger_close(daemon->ledger);
	}
	if (r < 0)
		return r;
	sessions_ids_after(daemon->sessions, last);
	return 0;
}

/* ---- rows ---- */

bool records_row(const struct daemon *daemon, const struct session *session, struct ledger_session *out)
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

static int save_pass(struct records *records, struct person *person)
{
	struct daemon *daemon = records->daemon;
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
static int save_device(struct records *records, const struct session *session)
{
	struct device_put put = {.ledger = records->daemon->ledger,
				 .pass = session->person->key.id,
				 .wall_usec = clock_now().wall_usec};

	put_device(&put, &session->row.mac);
	return unless_gone(put.error);
}

static int save_used(struct records *records, struct person *person)
{
	const struct ledger_voucher *voucher = &person->voucher;

	switch ((enum ledger_kind)person->key.kind) {
	case LEDGER_PASS:
		return save_pass(records, person);
	case LEDGER_VOUCHER:
		return unless_gone(ledger_voucher_used(records->daemon->ledger, voucher->id, voucher->used_usec,
						       voucher->used_bytes, voucher->first_used_wall_usec));
	case LEDGER_ACCOUNT:
		return 0;
	}
	return 0;
}

static int save_session(struct records *records, struct session *session)
{
	struct ledger_session row;
	int r;

	if (!records_row(records->daemon, session, &row))
		return 0;
	r = ledger_session_put(records->daemon->ledger, &row);
	if (r >= 0)
		session->recorded = true;
	return r;
}

/* With the transaction around it; whether it is unsaved still is for the caller to say once that has held. */
static int save_person(struct records *records, struct person *person, unsigned *rows)
{
	struct session *session;
	int r = 0;

	if (person->unsaved || person->key.id < 0)
		r = save_used(records, person);
	if (r >= 0 && person->unsaved_day)
		r = unless_gone(ledger_day_set(records->daemon->ledger, (enum ledger_kind)person->key.kind,
					       person->key.id, person->day, person->day_bytes));
	LIST_FOREACH(session, &person->sessions, of_person)
	{
		if (r >= 0 && session->unsaved) {
			r = save_session(records, session);
			++*rows;
		}
	}
	++*rows;
	return r < 0 ? r : 0;
}

static bool is_unsaved(const struct person *person)
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

struct batch {
	struct {
		struct person *person;
		int64_t id_before;
	} rows[ROWS_A_TURN];
	unsigned n;
};

static int batch_person(struct records *records, struct batch *batch, struct person *person, unsigned *rows)
{
	batch->rows[batch->n].person = person;
	batch->rows[batch->n++].id_before = person->key.id;
	return save_person(records, person, rows);
}

static void batch_saved(struct batch *batch)
{
	for (unsigned i = 0; i < batch->n; i++)
		mark_saved(batch->rows[i].person);
}

/* An id that was given in a transaction that did not hold is nobody's. */
static void batch_undo(struct records *records, struct batch *batch)
{
	for (unsigned i = 0; i < batch->n; i++) {
		struct person *person = batch->rows[i].person;

		if (person->key.id == batch->rows[i].id_before)
			continue;
		persons_born(records->daemon->persons, person, batch->rows[i].id_before);
		person->pass.code[0] = '\0';
	}
}

static int save_persons(struct records *records, struct batch *batch)
{
	struct persons *persons = records->daemon->persons;
	struct person *person, *next;
	unsigned rows = 0;
	int r = 0;

	for (person = persons_next(persons, NULL); person && r >= 0 && rows < ROWS_A_TURN; person = next) {
		next = persons_next(persons, person); /* a pass that is born goes to the end */
		if (is_unsaved(person))
			r = batch_person(records, batch, person, &rows);
	}
	return r;
}

static int save_ended(struct records *records, unsigned *n)
{
	struct ended *ended;
	int r = 0;

	TAILQ_FOREACH(ended, &records->ended, link)
	{
		if (*n == ROWS_A_TURN)
			break;
		r = unless_gone(ledger_session_end(records->daemon->ledger, &ended->row, ended->how, ended->wall_usec));
		if (r < 0)
			break;
		++*n;
	}
	return r;
}

static void drop_ended(struct records *records, unsigned n)
{
	while (n--) {
		struct ended *ended = TAILQ_FIRST(&records->ended);

		TAILQ_REMOVE(&records->ended, ended, link);
		records->n_ended--;
		free(ended);
	}
}

/* Some of it, as one transaction. 1: there is more; 0: all is written; -errno: said, tried again later. */
static int save(struct records *records)
{
	struct ledger *ledger = records->daemon->ledger;
	struct batch batch = {0};
	unsigned ended = 0;
	int r = ledger_begin(ledger);

	if (r < 0) {
		say_failed(records, "written", r);
		return r;
	}
	r = save_persons(records, &batch);
	if (r >= 0 && batch.n < ROWS_A_TURN / 2)
		r = save_ended(records, &ended);
	if (r < 0)
		ledger_rollback(ledger);
	else
		r = ledger_commit(ledger, false);
	if (r < 0) {
		batch_undo(records, &batch);
		say_failed(records, "written", r);
		return r;
	}
	say_well(records);
	batch_saved(&batch);
	drop_ended(records, ended);
	return batch.n || ended;
}

/* ---- when ---- */

static int on_turn(sd_event_source *source, void *userdata)
{
	struct records *records = userdata;

	if (save(records) > 0)
		return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	persons_sweep(records->daemon->persons);
	return 0;
}

static bool anything(const struct records *records)
{
	const struct person *person = NULL;

	if (!TAILQ_EMPTY(&records->ended))
		return true;
	while ((person = persons_next(records->daemon->persons, person)))
		if (is_unsaved(person))
			return true;
	return false;
}

static int on_timer(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct records *records = userdata;
	int r = records->daemon->ledger ? 0 : open_ledger(records);

	if (r < 0)
		say_failed(records, "opened", r);
	else if (anything(records) || records->error[0])
		sd_event_source_set_enabled(records->turn, SD_EVENT_ONESHOT);
	else
		persons_sweep(records->daemon->persons);
	return 0;
}

void records_soon(struct records *records)
{
	int enabled = SD_EVENT_OFF;

	if (sd_event_source_get_enabled(records->timer, &enabled) >= 0 && enabled == SD_EVENT_OFF)
		timer_arm(records, SAVE_USEC);
}

void records_flush(struct records *records)
{
	if (!records->daemon->ledger || !anything(records))
		return;
	while (save(records) > 0)
		;
}

void records_begin(struct records *records, struct session *session)
{
	struct ledger *ledger = records->daemon->ledger;
	struct batch batch = {0};
	unsigned rows = 0;
	int r;

	session->unsaved = true;
	records_soon(records);
	if (!ledger || records->error[0])
		return;
	r = ledger_begin(ledger);
	if (r >= 0) {
		r = batch_person(records, &batch, session->person, &rows);
		if (r >= 0 && session->person->key.kind == LEDGER_PASS)
			r = save_device(records, session);
		if (r < 0)
			ledger_rollback(ledger);
		else
			r = ledger_commit(ledger, false);
	}
	if (r >= 0) {
		batch_saved(&batch);
		return;
	}
	batch_undo(records, &batch);
	say_failed(records, "written", r);
}

void records_end(struct records *records, const struct ledger_session *row, enum ledger_end how)
{
	struct ended *ended = records->n_ended < ENDED_MAX ? malloc(sizeof(*ended)) : NULL;

	if (!ended)
		return; /* its row stays: the next start finds it over */
	*ended = (struct ended){.row = *row, .how = how, .wall_usec = clock_now().wall_usec};
	TAILQ_INSERT_TAIL(&records->ended, ended, link);
	records->n_ended++;
	records_soon(records);
}

static int on_prune(sd_event_source *source, uint64_t usec _unused_, void *userdata)
{
	struct records *records = userdata;
	int r = records->daemon->ledger ? ledger_prune(records->daemon->ledger, clock_now().wall_usec) : 0;

	if (r < 0)
		say_failed(records, "pruned", r);
	else if (r > 0)
		log_info("the ledger forgot %d rows that are past their time", r);
	sd_event_source_set_time_relative(source, PRUNE_USEC);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* ---- the whole ---- */

static int add_sources(struct records *records)
{
	sd_event *event = records->daemon->event;
	int r;

	r = sd_event_add_time(event, &records->timer, CLOCK_MONOTONIC, 0, 0, on_timer, records);
	if (r >= 0)
		r = sd_event_source_set_enabled(records->timer, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_add_defer(event, &records->turn, on_turn, records);
	if (r >= 0)
		r = sd_event_source_set_enabled(records->turn, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_add_time_relative(event, &records->prune, CLOCK_MONOTONIC, PRUNE_FIRST_USEC,
					       USEC_PER_MINUTE, on_prune, records);
	return r;
}

/* Without what it holds nobody knows which ids were used: they go on far above it. */
static void begin_without(struct records *records, int error)
{
	say_failed(records, "opened", error);
	sessions_ids_after(records->daemon->sessions, (uint64_t)(clock_now().wall_usec / USEC_PER_SEC) << 16);
}

int records_new(struct daemon *daemon, const char *directory, struct records **out)
{
	struct records *records = calloc(1, sizeof(*records));
	int r;

	if (!records)
		return -ENOMEM;
	records->daemon = daemon;
	TAILQ_INIT(&records->ended);
	records->directory = strdup(directory);
	r = records->directory ? add_sources(records) : -ENOMEM;
	if (r < 0) {
		records_free(records);
		return r;
	}
	r = open_ledger(records);
	if (r < 0)
		begin_without(records, r);
	*out = records;
	return 0;
}

struct records *records_free(struct records *records)
{
	if (!records)
		return NULL;
	records_flush(records);
	drop_ended(records, records->n_ended);
	sd_event_source_disable_unref(records->timer);
	sd_event_source_disable_unref(records->turn);
	sd_event_source_disable_unref(records->prune);
	records->daemon->ledger = ledger_close(records->daemon->ledger);
	free(records->directory);
	free(records);
	return NULL;
}
