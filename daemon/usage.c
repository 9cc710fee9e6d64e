/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: limits that hold. This turns counters into what a person has used and ends what is over; how limits
 * combine is limit.c's, what is written and when is record.c's.
 */
#include "usage.h"
#include <errno.h>
#include <stdlib.h>
#include "daemon.h"
#include "engine.h"
#include "life.h"
#include "limit.h"
#include "meter.h"
#include "record.h"
#include "save.h"
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "../lib/units.h"

#define LOOK_LEAST_USEC (1 * USEC_PER_SEC)
#define TAIL_USEC (300 * USEC_PER_MSEC) /* many may leave at once: one look for them all */

/* A session that is over, whose last bytes are not known yet. */
struct tail {
	TAILQ_ENTRY(tail) link;
	struct person *person; /* held, or NULL */
	uint64_t count;	       /* settled by an answer later than this */
	uint64_t base[PLAN_TREES], billed[PLAN_TREES];
	uint64_t seen_packets[PLAN_TREES], seen_dropped[PLAN_TREES];
	uint16_t minor;
	bool recorded, seen;
	enum ledger_end how;
	struct ledger_session row;
};
TAILQ_HEAD(tail_list, tail);

struct usage {
	struct daemon *daemon;
	struct tail_list tails;
};

/* ---- charging ---- */

static uint64_t charge(struct person *person, uint64_t *billed, uint64_t bytes)
{
	uint64_t delta = bytes > *billed ? bytes - *billed : 0;

	*billed += delta;
	if (person)
		person_charge(person, delta);
	return delta;
}

/* Packets have no base in the kernel, as bytes do: what passed while no daemon looked is not among them. True: it has sent something. */
static bool count_packets(const struct usage *usage, struct session *session)
{
	bool sent = false;

	for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES; tree++) {
		const struct meter_row *row = meter_row(usage->daemon->meter, tree, session->row.minor);

		if (tree == PLAN_UP)
			sent = row->packets != session->seen_packets[tree];
		if (session->seen) {
			session->packets[tree] += row->packets - session->seen_packets[tree];
			session->dropped[tree] += row->dropped - session->seen_dropped[tree];
		}
		session->seen_packets[tree] = row->packets;
		session->seen_dropped[tree] = row->dropped;
	}
	session->seen = true;
	return sent;
}

static void charge_session(struct usage *usage, struct session *session, struct instant now)
{
	struct daemon *daemon = usage->daemon;
	uint64_t delta = 0;

	for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES; tree++)
		delta +=
		    charge(session->person, &session->billed[tree], life_bytes(daemon->life, session, tree));
	if (count_packets(usage, session))
		session->heard_mono_usec = now.mono_usec;
	person_tick(session->person, now);
	/* a voucher's row says up to when its time was counted */
	session->unsaved |= delta || session->person->key.kind == LEDGER_VOUCHER;
}

/* ---- tails ---- */

static void count_last(const struct usage *usage, struct tail *tail)
{
	const struct meter_row *down = meter_row(usage->daemon->meter, PLAN_DOWN, tail->minor);
	const struct meter_row *up = meter_row(usage->daemon->meter, PLAN_UP, tail->minor);

	tail->row.down_packets += down->packets - tail->seen_packets[PLAN_DOWN];
	tail->row.up_packets += up->packets - tail->seen_packets[PLAN_UP];
	tail->row.down_dropped += down->dropped - tail->seen_dropped[PLAN_DOWN];
	tail->row.up_dropped += up->dropped - tail->seen_dropped[PLAN_UP];
}

static void tail_settle(struct usage *usage, struct tail *tail)
{
	TAILQ_REMOVE(&usage->tails, tail, link);
	for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES; tree++)
		charge(tail->person, &tail->billed[tree],
		       life_bytes_of(usage->daemon->life, tail->minor, tail->base, tree));
	tail->row.down_bytes = tail->billed[PLAN_DOWN];
	tail->row.up_bytes = tail->billed[PLAN_UP];
	if (tail->seen)
		count_last(usage, tail);
	if (tail->recorded)
		records_end(usage->daemon->records, &tail->row, tail->how);
	if (tail->person)
		tail->person->held--;
	records_soon(usage->daemon->records);
	free(tail);
}

static void settle_tails(struct usage *usage, uint64_t answered)
{
	struct tail *tail, *next;

	for (tail = TAILQ_FIRST(&usage->tails); tail; tail = next) {
		next = TAILQ_NEXT(tail, link);
		if (tail->count < answered)
			tail_settle(usage, tail);
	}
}

void usage_settle(struct usage *usage)
{
	settle_tails(usage, UINT64_MAX);
}

void usage_end(struct usage *usage, struct session *session)
{
	struct daemon *daemon = usage->daemon;
	struct tail *tail = calloc(1, sizeof(*tail));

	if (tail) {
		tail->seen = session->seen;
		tail->minor = session->row.minor;
		tail->count = meter_asked(daemon->meter);
		tail->recorded = save_row(daemon, session, &tail->row);
		tail->how = session->end ? session->end : LEDGER_END_LOST;
		tail->person = session->person;
		if (tail->person)
			tail->person->held++;
		for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES; tree++) {
			tail->base[tree] = session->base[tree];
			tail->billed[tree] = session->billed[tree];
			tail->seen_packets[tree] = session->seen_packets[tree];
			tail->seen_dropped[tree] = session->seen_dropped[tree];
		}
		TAILQ_INSERT_TAIL(&usage->tails, tail, link);
		meter_within(daemon->meter, TAIL_USEC);
	}
	person_detach(session, clock_now());
	records_soon(daemon->records);
}

/* ---- limits ---- */

static bool is_idle(const struct session *session, const struct policy_zone *zone, struct instant now)
{
	return zone->idle_usec && now.mono_usec - session->heard_mono_usec >= (int64_t)zone->idle_usec;
}

static struct limit data_of(const struct session *session, const struct policy_zone *zone, struct instant now)
{
	return limit_data(zone, session->person, session->billed[PLAN_DOWN] + session->billed[PLAN_UP],
			  now.wall_usec);
}

/* When to look again: each of a person's sessions may run at the zone's ceiling. */
static int64_t next_look(const struct session *session, const struct policy_zone *zone, struct limit limit)
{
	uint64_t bps =
	    (zone->client.down_bps + zone->client.up_bps) * MAX(person_devices(session->person, NULL), 1u);

	return MAX(limit_look_usec(limit.bytes, bps), LOOK_LEAST_USEC);
}

static int64_t judge(struct usage *usage, struct session *session, struct instant now)
{
	const struct engine_zone *zone = engine_zone_by_device(usage->daemon->engine, session->row.device);
	struct limit limit;

	if (!zone || session->state != SESSION_ONLINE)
		return INT64_MAX;
	limit = data_of(session, zone->zone, now);
	if (!limit.bytes) {
		log_debug("session %ju ends: its data is used up", (uintmax_t)session->row.id);
		life_end(usage->daemon->life, session, LEDGER_END_DATA);
		return INT64_MAX;
	}
	if (is_idle(session, zone->zone, now)) {
		log_debug("session %ju ends: nothing was heard of it", (uintmax_t)session->row.id);
		life_end(usage->daemon->life, session, LEDGER_END_IDLE);
		return INT64_MAX;
	}
	return next_look(session, zone->zone, limit);
}

int64_t usage_turn(struct usage *usage)
{
	struct sessions *sessions = usage->daemon->sessions;
	struct instant now = clock_now();
	int64_t next = INT64_MAX;

	settle_tails(usage, meter_answered(usage->daemon->meter));
	for (struct session *s = sessions_next(sessions, NULL); s; s = sessions_next(sessions, s))
		if (s->state != SESSION_JOINING)
			charge_session(usage, s, now);
	for (struct session *s = sessions_next(sessions, NULL); s; s = sessions_next(sessions, s))
		next = MIN(next, judge(usage, s, now));
	if (sessions_total(sessions))
		records_soon(usage->daemon->records);
	return next;
}

void usage_begin(struct usage *usage, struct session *session)
{
	const struct engine_zone *zone = engine_zone_by_device(usage->daemon->engine, session->row.device);
	struct instant now = clock_now();

	session->heard_mono_usec = now.mono_usec;
	count_packets(usage, session); /* from here on */
	if (zone)
		meter_within(usage->daemon->meter,
			     next_look(session, zone->zone, data_of(session, zone->zone, now)));
}

/* ---- the whole ---- */

int usage_new(struct daemon *daemon, struct usage **out)
{
	struct usage *usage = calloc(1, sizeof(*usage));

	if (!usage)
		return -ENOMEM;
	usage->daemon = daemon;
	TAILQ_INIT(&usage->tails);
	*out = usage;
	return 0;
}

struct usage *usage_free(struct usage *usage)
{
	if (!usage)
		return NULL;
	usage_settle(usage);
	free(usage);
	return NULL;
}
