/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a login, a browser that came back with another MAC, and the page that says "used up" must judge alike.
 * It judges; the login (login.c) carries it out.
 */
#include "admit.h"
#include <string.h>
#include "daemon.h"
#include "life.h"
#include "limit.h"
#include "../lib/cleanup.h"
#include "../lib/code.h"
#include "../lib/message.h"
#include "../lib/units.h"

/* A device that is in use is heard every few seconds, and one that is asleep asks for its messages within a
 * minute or so; one that got another MAC, or left, is never heard again. So long somebody may wait who is
 * told that the places are taken. */
#define SILENT_USEC (2 * USEC_PER_MINUTE)
#define LEAST_USEC                                                                                           \
	(1 * USEC_PER_SEC) /* less than this is no session: kernel and voucher do not end in the same        \
			      microsecond */

static bool goes_on(struct daemon *daemon, const struct policy_zone *zone, const struct person *person,
		    int64_t wall_usec)
{
	const struct policy_zone *before =
	    policy_zone(engine_policy(daemon->engine), person->pass.visit_zone);

	return visit_goes_on(&person->pass, before, zone, wall_usec);
}

/* New data is of use to nobody before the zone opens. */
static int64_t open_from(const struct daemon *daemon, const struct policy_zone *zone, int64_t wall_usec)
{
	const struct engine_zone *now = engine_zone_by_device(daemon->engine, zone->device);
	struct planner_input in;
	int64_t next;

	if (now && now->open && (!now->next_wall_usec || wall_usec < now->next_wall_usec))
		return wall_usec; /* costs no calendar */
	in = engine_input(daemon->engine, clock_now());
	in.now.wall_usec = wall_usec;
	if (planner_zone_open(&in, zone))
		return wall_usec;
	next = planner_zone_next(&in, zone).wall_usec;
	return next ? next : wall_usec;
}

static struct admission judge_data(const struct daemon *daemon, const struct policy_zone *zone,
				   const struct person *person, int64_t wall_usec)
{
	struct limit limit = limit_data(zone, person, 0, wall_usec);
	struct admission admission = {0};

	if (limit.bytes)
		return admission;
	if (limit.own) {
		admission.refusal = GUEST_REFUSED_SPENT;
	} else {
		admission.used_up = true;
		admission.again_wall_usec = open_from(daemon, zone, wall_usec + limit.again_usec);
	}
	return admission;
}

static enum guest_refusal why_no_time(const struct person *person)
{
	const struct ledger_voucher *voucher = &person->voucher;

	return voucher->time_usec && voucher->used_usec + LEAST_USEC > voucher->time_usec
		   ? GUEST_REFUSED_SPENT
		   : GUEST_REFUSED_EXPIRED;
}

/* The one that is taken for a device that has come back with another MAC. */
static struct session *silent_longest(const struct person *person, const struct mac *but)
{
	struct session *session, *found = NULL;

	LIST_FOREACH(session, &person->sessions, of_person)
	{
		if (session->state == SESSION_LEAVING || !memcmp(&session->row.mac, but, sizeof(*but)))
			continue;
		if (!found || session->heard_mono_usec < found->heard_mono_usec)
			found = session;
	}
	return found;
}

/* The browser that holds the voucher's code was in with it, by a MAC that it no longer has. */
static bool was_in(const struct person *person, const char *cookie)
{
	char code[CODE_TEXT];

	return person->key.kind == LEDGER_VOUCHER && code_read(cookie, code) &&
	       !strcmp(code, person->voucher.code);
}

static bool is_silent(const struct session *session)
{
	return clock_now().mono_usec - session->heard_mono_usec >= SILENT_USEC;
}

/* As many as before are in: who comes is one of those who may, and takes the place of one that is not there
 * any more. Without a cookie that says so, what is in use stays in. */
static void judge_devices(const struct policy_zone *zone, const struct person *person, const struct mac *mac,
			  const char *cookie, struct admission *admission)
{
	unsigned devices = limit_devices(zone, person);
	struct session *other;

	if (person->key.kind == LEDGER_PASS || !devices || person_devices(person, mac) < devices)
		return;
	other = silent_longest(person, mac);
	if (other && was_in(person, cookie)) {
		admission->instead = other;
	} else if (other && is_silent(other)) {
		admission->instead = other;
		admission->by_silence = true;
	} else {
		admission->refusal = GUEST_REFUSED_DEVICES;
	}
}

struct admission admit(struct daemon *daemon, const struct policy_zone *zone, struct person *person,
		       const struct mac *mac, const char *cookie)
{
	const struct instant now = clock_now();
	struct admission admission;

	person_tick(person, now);
	if (person->key.kind == LEDGER_PASS && !goes_on(daemon, zone, person, now.wall_usec)) {
		visit_begin(&person->pass, zone, now.wall_usec);
		person->unsaved = true;
	}
	admission = judge_data(daemon, zone, person, now.wall_usec);
	if (admission.refusal || admission.used_up)
		return admission;
	admission.lasts_usec = limit_time(zone, person, now.wall_usec);
	if (admission.lasts_usec < LEAST_USEC)
		admission.refusal = (uint8_t)why_no_time(person);
	else
		judge_devices(zone, person, mac, cookie, &admission);
	return admission;
}

struct admission admit_peek(struct daemon *daemon, const struct policy_zone *zone, const struct mac *mac,
			    const char *cookie)
{
	const int64_t wall_usec = clock_now().wall_usec;
	const struct person *known;
	struct person person;
	char code[CODE_TEXT];

	code_read(cookie, code);
	known = persons_known(daemon->persons, mac, code);
	if (!known)
		return (struct admission){0};
	person = *known;
	if (!goes_on(daemon, zone, &person, wall_usec))
		visit_begin(&person.pass, zone, wall_usec);
	return judge_data(daemon, zone, &person, wall_usec);
}

void admit_moved(struct daemon *daemon, struct session *session)
{
	struct person *person = session->person;
	struct session *other;

	LIST_FOREACH(other, &person->sessions, of_person)
	if (other != session && (person->key.kind == LEDGER_PASS ||
				 !memcmp(&other->row.mac, &session->row.mac, sizeof(other->row.mac))))
		life_end(daemon->life, other, LEDGER_END_MOVED);
}
