/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what a visitor has used must outlive this process and the machine's power, and the disk must never
 * decide who may use the network. So the table in memory is the truth, and this brings the ledger up to it,
 * little by little.
 */
#include "record.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "daemon.h"
#include "save.h"
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "../lib/units.h"

#define SAVE_USEC (3 * USEC_PER_SEC)
#define RETRY_FIRST_USEC (5 * USEC_PER_SEC)
#define RETRY_LAST_USEC (60 * USEC_PER_SEC)
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
	sd_event_source *timer, *turn;
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
	const char *why = records->daemon->ledger ? strerror(-error) : ledger_open_error(error);

	if (!records->error[0])
		log_error("the ledger cannot be %s: %s%s%s; all goes on, and is written as soon as it can be",
			  what, why, words && *words ? ": " : "", words ? words : "");
	snprintf(records->error, sizeof(records->error), "%s: %s", what, why);
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

/* ---- one transaction ---- */

static int save_some_ended(struct records *records, unsigned *n)
{
	struct ended *ended;
	int r = 0;

	TAILQ_FOREACH(ended, &records->ended, link)
	{
		if (*n == SAVE_ROWS)
			break;
		r = save_ended(records->daemon, &ended->row, ended->how, ended->wall_usec);
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

/* `r`: of what the transaction was filled with. */
static int end_transaction(struct records *records, const struct save *rows, int r)
{
	struct ledger *ledger = records->daemon->ledger;

	if (r < 0)
		ledger_rollback(ledger);
	else
		r = ledger_commit(ledger, false);
	if (r < 0) {
		save_undo(records->daemon, rows);
		say_failed(records, "written", r);
		return r;
	}
	save_held(rows);
	return 0;
}

/* Some of it, as one transaction. 1: there may be more; 0: all is written; -errno: said, tried again later.
 */
static int save_some(struct records *records)
{
	struct save rows = {0};
	unsigned ended = 0;
	int r = ledger_begin(records->daemon->ledger);

	if (r < 0) {
		say_failed(records, "written", r);
		return r;
	}
	r = save_persons(records->daemon, &rows);
	if (r >= 0 && rows.rows < SAVE_ROWS / 2)
		r = save_some_ended(records, &ended);
	r = end_transaction(records, &rows, r);
	if (r < 0)
		return r;
	say_well(records);
	drop_ended(records, ended);
	return rows.n || ended;
}

/* ---- when ---- */

static int on_turn(sd_event_source *source, void *userdata)
{
	struct records *records = userdata;

	if (save_some(records) > 0)
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
		if (save_is_needed(person))
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
	while (save_some(records) > 0)
		;
}

void records_begin(struct records *records, struct session *session)
{
	struct ledger *ledger = records->daemon->ledger;
	struct save rows = {0};
	int r;

	session->unsaved = true;
	records_soon(records);
	if (!ledger || records->error[0])
		return;
	r = ledger_begin(ledger);
	if (r < 0)
		say_failed(records, "written", r);
	else
		end_transaction(records, &rows, save_login(records->daemon, &rows, session));
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
	return r;
}

/* Without what it holds nobody knows which ids were used: they go on far above it. */
static void begin_without(struct records *records, int error)
{
	say_failed(records, "opened", error);
	sessions_ids_after(records->daemon->sessions, (uint64_t)(clock_now().wall_usec / USEC_PER_SEC) << 16);
}

const char *records_directory(const struct records *records)
{
	return records->directory;
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
	records->daemon->ledger = ledger_close(records->daemon->ledger);
	free(records->directory);
	free(records);
	return NULL;
}
