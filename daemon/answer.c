/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what a guest is told of its zone and its session, in one message. It only reads: nothing a guest asks
 * for passes here.
 */
#include "answer.h"
#include <string.h>
#include "admit.h"
#include "daemon.h"
#include "evidence.h"
#include "life.h"
#include "limit.h"
#include "shaper.h"
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/units.h"

static void put_text(char *to, size_t size, const char *from)
{
	memset(to, 0, size);
	memcpy(to, from, MIN(strlen(from), size - 1));
}

static void put_local(char text[static 64], int64_t wall_usec)
{
	struct tm local = clock_local(wall_usec);

	memset(text, 0, 64);
	if (wall_usec)
		strftime(text, 64, "%Y-%m-%d %H:%M", &local);
}

static void put_zone(struct message_guest_state *state, const struct engine_zone *zone)
{
	put_text(state->zone, sizeof(state->zone), zone->zone->id);
	state->logins = (uint8_t)zone->zone->logins;
	put_text(state->zone_name, sizeof(state->zone_name), zone->zone->name);
	state->session_usec = (int64_t)zone->zone->session_usec;
	state->down_bps = zone->zone->client.down_bps;
	state->up_bps = zone->zone->client.up_bps;
	if (zone->open)
		state->closes_wall_usec = zone->next_wall_usec;
	else
		state->opens_wall_usec = zone->next_wall_usec;
	put_local(state->opens_text, state->opens_wall_usec);
	put_local(state->closes_text, state->closes_wall_usec);
}

/* In whole minutes, as it is shown: whoever comes back then must not be early. */
static void put_again(struct message_guest_state *state, int64_t again_wall_usec)
{
	int64_t left = MAX(again_wall_usec - state->now_wall_usec, (int64_t)0);

	state->retry_seconds = (left + USEC_PER_SEC - 1) / USEC_PER_SEC;
	state->opens_wall_usec = (again_wall_usec + USEC_PER_MINUTE - 1) / USEC_PER_MINUTE * USEC_PER_MINUTE;
	put_local(state->opens_text, state->opens_wall_usec);
}

static void put_code(struct message_guest_state *state, const struct person *person)
{
	if (person->key.kind == LEDGER_PASS)
		put_text(state->code, sizeof(state->code), person->pass.code);
	else if (person->key.kind == LEDGER_VOUCHER)
		put_text(state->code, sizeof(state->code), person->voucher.code);
}

/* Whether this guest may have another session when this one is over. */
static bool is_extensible(const struct person *person, struct limit limit)
{
	const struct ledger_voucher *voucher = &person->voucher;

	return limit.bytes &&
	       !(person->key.kind == LEDGER_VOUCHER && (voucher->time_usec || voucher->data_bytes));
}

static void put_session(struct message_guest_state *state, const struct daemon *daemon,
			const struct policy_zone *zone, const struct session *session)
{
	struct instant now = clock_now();
	int64_t left = session->row.ends_mono_usec - now.mono_usec;
	struct limit limit;

	if (state->closes_wall_usec)
		left = MIN(left, state->closes_wall_usec - now.wall_usec);
	state->seconds_remaining = MAX(left, (int64_t)0) / USEC_PER_SEC;
	state->down_bytes = life_bytes(daemon->life, session, PLAN_DOWN);
	state->up_bytes = life_bytes(daemon->life, session, PLAN_UP);
	state->login = session->row.login;
	limit = limit_data(zone, session->person, session->billed[PLAN_DOWN] + session->billed[PLAN_UP],
			   now.wall_usec);
	if (limit.bytes != LIMIT_NONE)
		state->bytes_remaining = (int64_t)MIN(limit.bytes, (uint64_t)INT64_MAX);
	state->extensible = is_extensible(session->person, limit);
	put_code(state, session->person);
}

static void put_outage(struct message_guest_state *state, const struct daemon *daemon)
{
	state->outage = evidence_outage(daemon->evidence, &state->outage_wall_usec, NULL);
	if (!state->outage)
		state->outage_wall_usec = 0;
	put_local(state->outage_text, state->outage_wall_usec);
}

/* The table holds whatever the kernel may hold, from the moment that the latter is known; what is in it and
 * not ONLINE may be in the kernel or not. So only who is not in it is out. */
static enum guest_state state_of(const struct daemon *daemon, const struct engine_zone *zone,
				 const struct session *session)
{
	if (!zone->open)
		return GUEST_CLOSED;
	if (session && session->state == SESSION_ONLINE)
		return GUEST_ONLINE;
	if (session || !engine_adopted(daemon->engine))
		return GUEST_UNSURE;
	return shaper_ready(daemon->shaper) ? GUEST_CAPTIVE : GUEST_BUSY;
}

/* Of a guest who is not in: what came of the request, else whether a click could come to anything. */
static void put_captive(struct message_guest_state *state, struct daemon *daemon,
			const struct policy_zone *zone, const struct mac *mac, const char *cookie,
			const struct answer_note *note)
{
	struct admission peek = {.used_up = note->used_up, .again_wall_usec = note->again_wall_usec};

	state->retry_seconds = note->retry_seconds;
	state->refusal = note->refusal;
	if (note->busy)
		state->state = GUEST_BUSY;
	else if (!note->used_up && !note->refusal && (zone->logins & POLICY_LOGIN_CLICK))
		peek = admit_peek(daemon, zone, mac, cookie);
	if (!peek.used_up)
		return;
	state->state = GUEST_USED_UP;
	put_again(state, peek.again_wall_usec);
}

struct message_guest_state answer_state(struct daemon *daemon, const char *device, const struct mac *mac,
					const char *cookie, const struct answer_note *note)
{
	const struct engine_zone *zone = engine_zone_by_device(daemon->engine, device);
	const struct session *session = sessions_find(daemon->sessions, device, mac);
	struct message_guest_state state = {
	    .state = GUEST_UNKNOWN, .bytes_remaining = -1, .now_wall_usec = clock_now().wall_usec};

	if (!zone)
		return state;
	state.state = (uint8_t)state_of(daemon, zone, session);
	put_zone(&state, zone);
	put_outage(&state, daemon);
	if (state.state == GUEST_ONLINE)
		put_session(&state, daemon, zone->zone, session);
	else if (state.state == GUEST_CAPTIVE)
		put_captive(&state, daemon, zone->zone, mac, cookie, note);
	return state;
}
