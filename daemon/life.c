/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a login touches one class and three set elements, never the whole plan; and the table must not say
 * more than the kernel does: nobody is online before the shaper says so, and no class is free before its
 * elements are gone.
 */
#include "life.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "blocks.h"
#include "daemon.h"
#include "engine.h"
#include "meter.h"
#include "person.h"
#include "record.h"
#include "shaper.h"
#include "usage.h"
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "../lib/units.h"

struct life {
	struct daemon *daemon;
	sd_event_source *timer; /* the next end */
};

static void timer_arm(struct life *life)
{
	const struct session *first = sessions_first_to_end(life->daemon->sessions);

	if (first)
		sd_event_source_set_time(life->timer, (uint64_t)MAX(first->row.ends_mono_usec, (int64_t)0));
	sd_event_source_set_enabled(life->timer, first ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

/* Out of the table, its class back to the pool, and everybody who waited is told. */
static void drop(struct life *life, struct session *session, int error)
{
	struct daemon *daemon = life->daemon;
	const struct blocks *blocks = engine_blocks(daemon->engine);
	struct session_waiter *waiters = session->waiters;
	uint16_t minor = session->row.minor;
	int slot = blocks_slot(blocks, minor);

	session->waiters = NULL;
	usage_end(daemon->usage, session);
	sessions_remove(daemon->sessions, session);
	if (slot >= 0 && blocks_ready(blocks, minor))
		pool_put(daemon->pool, (unsigned)slot, minor, meter_asked(daemon->meter));
	timer_arm(life);
	session_wake(waiters, error);
}

/* ---- leaving ---- */

static void wake(struct session *session, int error)
{
	struct session_waiter *waiters = session->waiters;

	session->waiters = NULL;
	session_wake(waiters, error);
}

static void on_left(void *userdata, uint64_t id, const struct shaper_answer *answer)
{
	struct life *life = userdata;
	struct session *session = sessions_find_id(life->daemon->sessions, id);

	if (!session || session->state != SESSION_LEAVING)
		return;
	if (!answer->error) {
		drop(life, session, 0);
		return;
	}
	wake(session, answer->error);
	if (answer->error != -ECONNRESET) /* else the plan on reconnection leaves it out */
		engine_update(life->daemon->engine, "a session that would not go");
}

/* Where this cannot be asked for, the next plan leaves the session out. */
static int ask_to_remove(struct life *life, struct session *session, enum ledger_end how)
{
	session->end = (uint8_t)how;
	sessions_leaving(life->daemon->sessions, session);
	timer_arm(life);
	return shaper_request(life->daemon->shaper, MESSAGE_SESSION_REMOVE, &session->row, -1, on_left, life,
			      session->row.id);
}

int life_leave(struct life *life, struct session *session, enum ledger_end how, struct session_waiter *waiter)
{
	int r = 0;

	if (!shaper_ready(life->daemon->shaper))
		return -ENOTCONN;
	if (session->state != SESSION_LEAVING)
		r = ask_to_remove(life, session, how);
	if (r >= 0 && waiter)
		session_wait(session, waiter);
	if (r < 0)
		engine_update(life->daemon->engine, "a session that has to go");
	return r;
}

void life_end(struct life *life, struct session *session, enum ledger_end how)
{
	if (session->state != SESSION_LEAVING && ask_to_remove(life, session, how) < 0 &&
	    shaper_ready(life->daemon->shaper))
		engine_update(life->daemon->engine, "a session that has to go");
}

static int on_end(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct life *life = userdata;
	int64_t now = clock_now().mono_usec;
	struct session *session;

	while ((session = sessions_first_to_end(life->daemon->sessions)) &&
	       session->row.ends_mono_usec <= now) {
		log_debug("session %ju ends by its time", (uintmax_t)session->row.id);
		ask_to_remove(life, session, LEDGER_END_TIME);
	}
	timer_arm(life);
	return 0;
}

/* ---- joining ---- */

static void on_joined(void *userdata, uint64_t id, const struct shaper_answer *answer)
{
	struct life *life = userdata;
	struct session *session = sessions_find_id(life->daemon->sessions, id);

	if (!session || session->state != SESSION_JOINING)
		return;
	if (!answer->error) {
		session->state = SESSION_ONLINE;
		wake(session, 0);
		return;
	}
	if (answer->result)
		log_warning("a session was refused by the shaper: %s", answer->result->text);
	wake(session, answer->error);
	ask_to_remove(life, session, LEDGER_END_LOST); /* whatever half of it is there */
}

static struct plan_session row_of(const struct life *life, const struct life_guest *guest, uint16_t minor)
{
	const struct meter *meter = life->daemon->meter;
	struct plan_session row = {
	    .id = guest->id,
	    .started_mono_usec = guest->started_mono_usec ? guest->started_mono_usec : clock_now().mono_usec,
	    .ends_mono_usec = guest->ends_mono_usec,
	    /* less what it brings along: this may wrap, see life_bytes_of() */
	    .down_base_bytes = meter_row(meter, PLAN_DOWN, minor)->raw_bytes - guest->bytes[PLAN_DOWN],
	    .up_base_bytes = meter_row(meter, PLAN_UP, minor)->raw_bytes - guest->bytes[PLAN_UP],
	    .mac = guest->mac,
	    .minor = minor,
	    .address4 = guest->address4,
	    .login = guest->login,
	};

	memcpy(row.device, guest->zone->device, sizeof(row.device));
	return row;
}

static void begin(const struct life *life, const struct life_guest *guest, struct session *session)
{
	for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES; tree++) {
		session->billed[tree] = guest->bytes[tree];
		session->packets[tree] = guest->packets[tree];
		session->dropped[tree] = guest->dropped[tree];
		session->base[tree] =
		    meter_row(life->daemon->meter, tree, session->row.minor)->bytes - guest->bytes[tree];
	}
	person_attach(guest->person, session, clock_now());
	usage_begin(life->daemon->usage, session);
	records_begin(life->daemon->records, session);
}

/* A class for one more guest; where there is none, says whether one is coming (-EAGAIN). */
static int take_class(struct life *life, const struct life_guest *guest, uint16_t *minor)
{
	struct daemon *daemon = life->daemon;
	int r = pool_take(daemon->pool, guest->slot, meter_answered(daemon->meter), minor);

	engine_grow(daemon->engine, guest->zone);
	if (r == -EAGAIN)
		meter_ask(daemon->meter);
	if (r == -ENOENT && blocks_classes(engine_blocks(daemon->engine), guest->slot) >
				sessions_count(daemon->sessions, guest->zone->device))
		r = -EAGAIN;
	return r;
}

int life_join(struct life *life, const struct life_guest *guest, struct session_waiter *waiter)
{
	struct daemon *daemon = life->daemon;
	struct session *session;
	struct plan_session row;
	uint16_t minor;
	int r;

	if (!shaper_ready(daemon->shaper))
		return -ENOTCONN;
	r = take_class(life, guest, &minor);
	if (r < 0)
		return r;
	row = row_of(life, guest, minor);
	r = sessions_add(daemon->sessions, &row, SESSION_JOINING, &session);
	if (r < 0) {
		pool_put(daemon->pool, guest->slot, minor, meter_asked(daemon->meter));
		return r;
	}
	begin(life, guest, session);
	r = shaper_request(daemon->shaper, MESSAGE_SESSION_ADD, &session->row, -1, on_joined, life,
			   session->row.id);
	if (r < 0) {
		session->end = LEDGER_END_LOST;
		drop(life, session, r);
		return r;
	}
	if (waiter)
		session_wait(session, waiter);
	timer_arm(life);
	return 0;
}

/* ---- a new address ---- */

static void on_changed(void *userdata, uint64_t id _unused_, const struct shaper_answer *answer)
{
	struct life *life = userdata;

	if (answer->error && answer->error != -ECONNRESET)
		engine_update(life->daemon->engine, "a guest's new address");
}

void life_address(struct life *life, struct session *session, const struct addr *address4)
{
	struct plan_session row = session->row;

	row.address4 = *address4;
	if (shaper_request(life->daemon->shaper, MESSAGE_SESSION_CHANGE, &row, -1, on_changed, life, row.id) <
	    0)
		return;
	session->row.address4 = *address4; /* so that a plan made meanwhile says the same */
	session->unsaved = true;
	records_soon(life->daemon->records);
}

/* ---- the whole ---- */

static bool makes_sense(const struct life *life, const struct plan_session *row, const bool *used)
{
	const struct engine_zone *zone = engine_zone_by_device(life->daemon->engine, row->device);

	return zone && row->id && row->minor >= PLAN_FIRST_GUEST && !used[row->minor] &&
	       blocks_slot(engine_blocks(life->daemon->engine), row->minor) == zone->slot;
}

/* The kernel closes a zone by itself. Where it has, the sessions of then are over, though nobody saw it and
 * the zone may be open again. */
static bool is_gate_open(const struct plan *actual, const char *device)
{
	for (size_t i = 0; i < actual->n_gates; i++)
		if (!strncmp(actual->gates[i].device, device, IFNAMSIZ))
			return true;
	return false;
}

void life_adopt(struct life *life, const struct plan *actual,
		bool (*join)(void *userdata, struct session *session), void *userdata)
{
	_cleanup_(freep) bool *used = calloc(0x10000, sizeof(*used));
	size_t adopted = 0;

	for (size_t i = 0; used && i < actual->n_sessions; i++) {
		const struct plan_session *row = &actual->sessions[i];
		struct session *session;

		if (!makes_sense(life, row, used) || !is_gate_open(actual, row->device) ||
		    sessions_add(life->daemon->sessions, row, SESSION_ONLINE, &session) < 0)
			continue;
		session->base[PLAN_DOWN] = row->down_base_bytes;
		session->base[PLAN_UP] = row->up_base_bytes;
		if (!join(userdata, session)) {
			sessions_remove(life->daemon->sessions, session);
			continue;
		}
		used[row->minor] = true;
		adopted++;
	}
	if (actual->n_sessions)
		log_notice("adopted %zu of %zu sessions that the kernel holds", adopted, actual->n_sessions);
	timer_arm(life);
}

static void leave_with_zone(struct life *life, struct session *session)
{
	session->end = LEDGER_END_CLOSED;
	sessions_leaving(life->daemon->sessions, session);
}

void life_close(struct life *life)
{
	struct sessions *sessions = life->daemon->sessions;

	for (struct session *s = sessions_next(sessions, NULL); s; s = sessions_next(sessions, s)) {
		const struct engine_zone *zone = engine_zone_by_device(life->daemon->engine, s->row.device);

		if (zone && !zone->open && s->state != SESSION_LEAVING)
			leave_with_zone(life, s);
	}
	timer_arm(life);
}

static bool stays(const struct life *life, const struct session *session, struct instant now)
{
	const struct engine_zone *zone = engine_zone_by_device(life->daemon->engine, session->row.device);

	return session->state != SESSION_LEAVING && session->row.ends_mono_usec > now.mono_usec && zone &&
	       zone->open &&
	       blocks_slot(engine_blocks(life->daemon->engine), session->row.minor) == zone->slot;
}

int life_plan(struct life *life, struct instant now, uint64_t apply, struct plan_session **out, size_t *n)
{
	struct sessions *sessions = life->daemon->sessions;
	struct plan_session *rows = calloc(sessions_total(sessions) + 1, sizeof(*rows));
	size_t count = 0;

	if (!rows)
		return -ENOMEM;
	for (struct session *s = sessions_next(sessions, NULL); s; s = sessions_next(sessions, s)) {
		s->gone_with = stays(life, s, now) ? 0 : apply;
		if (s->gone_with && !s->end)
			s->end = s->row.ends_mono_usec <= now.mono_usec ? LEDGER_END_TIME : LEDGER_END_CLOSED;
		if (!s->gone_with)
			rows[count++] = s->row;
	}
	*out = rows;
	*n = count;
	return 0;
}

void life_settle(struct life *life, uint64_t apply)
{
	struct session *next;

	for (struct session *s = sessions_next(life->daemon->sessions, NULL); s; s = next) {
		next = sessions_next(life->daemon->sessions, s);
		if (s->gone_with == apply)
			drop(life, s, s->state == SESSION_JOINING ? -ECANCELED : 0);
	}
}

/* A base beyond the total is that of a class that began anew meanwhile, or, far beyond, what the session
 * brought along. */
uint64_t life_bytes_of(const struct life *life, uint16_t minor, const uint64_t base[PLAN_TREES],
		       enum plan_tree tree)
{
	uint64_t total = meter_row(life->daemon->meter, tree, minor)->bytes;

	return total >= base[tree] || base[tree] > INT64_MAX ? total - base[tree] : total;
}

uint64_t life_bytes(const struct life *life, const struct session *session, enum plan_tree tree)
{
	return life_bytes_of(life, session->row.minor, session->base, tree);
}

int life_new(struct daemon *daemon, struct life **out)
{
	struct life *life = calloc(1, sizeof(*life));
	int r;

	if (!life)
		return -ENOMEM;
	life->daemon = daemon;
	r = sd_event_add_time(daemon->event, &life->timer, CLOCK_MONOTONIC, 0, 10 * USEC_PER_MSEC, on_end,
			      life);
	if (r >= 0)
		r = sd_event_source_set_enabled(life->timer, SD_EVENT_OFF);
	if (r < 0) {
		life_free(life);
		return r;
	}
	*out = life;
	return 0;
}

struct life *life_free(struct life *life)
{
	struct sessions *sessions;

	if (!life)
		return NULL;
	sessions = life->daemon->sessions;
	for (struct session *s = sessions_next(sessions, NULL); s; s = sessions_next(sessions, s))
		wake(s, -ESHUTDOWN);
	sd_event_source_disable_unref(life->timer);
	free(life);
	return NULL;
}
