/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what a guest is told of its zone and its session, in one message. It only reads: nothing a guest asks
 * for passes here.
 */
#include "answer.h"
#include <string.h>
#include "daemon.h"
#include "life.h"
#include "shaper.h"
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/units.h"

static void put_text(char *to, size_t size, const char *from)
{
	memset(to, 0, size);
	memcpy(to, from, strnlen(from, size - 1));
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

static void put_session(struct message_guest_state *state, const struct life *life,
			const struct session *session)
{
	struct instant now = clock_now();
	int64_t left = session->row.ends_mono_usec - now.mono_usec;

	if (state->closes_wall_usec)
		left = MIN(left, state->closes_wall_usec - now.wall_usec);
	state->seconds_remaining = MAX(left, (int64_t)0) / USEC_PER_SEC;
	state->down_bytes = life_bytes(life, session, PLAN_DOWN);
	state->up_bytes = life_bytes(life, session, PLAN_UP);
}

static enum guest_state state_of(const struct daemon *daemon, const struct engine_zone *zone,
				 const struct session *session)
{
	if (!zone->open)
		return GUEST_CLOSED;
	if (session && session->state == SESSION_ONLINE)
		return GUEST_ONLINE;
	return shaper_ready(daemon->shaper) ? GUEST_CAPTIVE : GUEST_BUSY;
}

struct message_guest_state answer_state(const struct daemon *daemon, const char *device,
					const struct mac *mac, bool busy)
{
	const struct engine_zone *zone = engine_zone_by_device(daemon->engine, device);
	const struct session *session = sessions_find(daemon->sessions, device, mac);
	struct message_guest_state state = {.state = GUEST_UNKNOWN, .now_wall_usec = clock_now().wall_usec};

	if (!zone)
		return state;
	state.state = (uint8_t)state_of(daemon, zone, session);
	if (busy && state.state == GUEST_CAPTIVE)
		state.state = GUEST_BUSY;
	put_zone(&state, zone);
	if (state.state == GUEST_ONLINE)
		put_session(&state, daemon->life, session);
	return state;
}

union message answer_settings(const struct policy *policy)
{
	union message message = {.portal_settings.port = policy->portal.port};
	struct message_portal_settings *out = &message.portal_settings;

	if (policy->portal.hostname)
		put_text(out->hostname, sizeof(out->hostname), policy->portal.hostname);
	put_text(out->site, sizeof(out->site), policy->site_name);
	put_text(out->language, sizeof(out->language), policy->language);
	return message;
}
