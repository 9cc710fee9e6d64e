/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: the process that strangers talk to must not be able to do more than ask, for the address that it saw,
 * the three things below. Whatever it sends, it never gets a session for a MAC that the kernel does not see
 * at that address, never two for one guest, and never a stop of this daemon.
 */
#include "guest.h"
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include "daemon.h"
#include "engine.h"
#include "life.h"
#include "meter.h"
#include "neighbour.h"
#include "server.h"
#include "shaper.h"
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "../lib/privilege.h"
#include "../lib/units.h"

#define WAITING_MAX 4096u
#define SAY_EVERY_USEC (10 * USEC_PER_SEC)

struct guests {
	struct daemon *daemon;
	struct server *server;
	unsigned n_waiting;
	int64_t said_usec;
};

/* One question, with what is known of who asks. */
struct question {
	struct guests *guests;
	uint64_t peer, id;
	struct addr address;
	const struct engine_zone *zone;
	unsigned ifindex;
	struct mac mac;
};

/* A guest's question that waits for the kernel. Zones may be others by then: the guest is kept by device. */
struct waiting {
	struct session_waiter waiter;
	struct guests *guests;
	uint64_t peer, id;
	char device[IFNAMSIZ];
	struct mac mac;
};

/* --- answers
 * ------------------------------------------------------------------------------------------------- */

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

static enum guest_state state_of(const struct guests *guests, const struct engine_zone *zone,
				 const struct session *session)
{
	if (!zone->open)
		return GUEST_CLOSED;
	if (session && session->state == SESSION_ONLINE)
		return GUEST_ONLINE;
	return shaper_ready(guests->daemon->shaper) ? GUEST_CAPTIVE : GUEST_BUSY;
}

static void send_state(struct guests *guests, uint64_t peer, uint64_t id,
		       const struct message_guest_state *state)
{
	union message message = {.guest_state = *state};

	message.header.id = id;
	server_send(guests->server, peer, MESSAGE_GUEST_STATE, &message, -1);
}

/* The guest's state as it is; `busy` where it asked for something that could not be had. */
static void answer(struct guests *guests, uint64_t peer, uint64_t id, const char *device,
		   const struct mac *mac, bool busy)
{
	const struct engine_zone *zone = engine_zone_by_device(guests->daemon->engine, device);
	const struct session *session = sessions_find(guests->daemon->sessions, device, mac);
	struct message_guest_state state = {.state = GUEST_UNKNOWN};

	if (zone) {
		state.state = (uint8_t)state_of(guests, zone, session);
		if (busy && state.state == GUEST_CAPTIVE)
			state.state = GUEST_BUSY;
		put_zone(&state, zone);
	}
	if (state.state == GUEST_ONLINE)
		put_session(&state, guests->daemon->life, session);
	send_state(guests, peer, id, &state);
}

static void answer_now(const struct question *question, bool busy)
{
	answer(question->guests, question->peer, question->id, question->zone->zone->device, &question->mac,
	       busy);
}

static void answer_unknown(const struct question *question)
{
	const struct message_guest_state state = {.state = GUEST_UNKNOWN};

	send_state(question->guests, question->peer, question->id, &state);
}

/* --- waiting for the kernel
 * ---------------------------------------------------------------------------------- */

static void on_done(struct session_waiter *waiter, int error)
{
	struct waiting *waiting = (struct waiting *)waiter; /* its first member */

	waiting->guests->n_waiting--;
	if (error != -ESHUTDOWN) /* this daemon ends: nobody to ask or tell */
		answer(waiting->guests, waiting->peer, waiting->id, waiting->device, &waiting->mac,
		       error < 0);
	free(waiting);
}

static struct session_waiter *wait_for(const struct question *question)
{
	struct waiting *waiting;

	if (question->guests->n_waiting >= WAITING_MAX)
		return NULL;
	waiting = calloc(1, sizeof(*waiting));
	if (!waiting)
		return NULL;
	waiting->waiter.done = on_done;
	waiting->guests = question->guests;
	waiting->peer = question->peer;
	waiting->id = question->id;
	waiting->mac = question->mac;
	memcpy(waiting->device, question->zone->zone->device, sizeof(waiting->device));
	question->guests->n_waiting++;
	return &waiting->waiter;
}

static void wait_not(const struct question *question, struct session_waiter *waiter)
{
	question->guests->n_waiting--;
	free(waiter);
}

/* --- the three questions
 * ------------------------------------------------------------------------------------- */

static void on_ask(const struct question *question, struct session *session)
{
	if (session && session->state == SESSION_ONLINE && question->zone->open &&
	    question->address.family == AF_INET && !addr_equal(&session->row.address4, &question->address))
		life_address(question->guests->daemon->life, session, &question->address);
	answer_now(question, false);
}

static struct addr address4_of(const struct question *question)
{
	struct addr address = {0};

	if (question->address.family == AF_INET)
		return question->address;
	if (question->zone->zone->address4.addr.family)
		neighbour_address4(question->guests->daemon->neighbour, question->ifindex, &question->mac,
				   &question->zone->zone->address4, &address);
	return address;
}

/* Now and then: a crowd at a full zone must not fill the journal. */
static void log_busy(const struct question *question, int error)
{
	int64_t now = clock_now().mono_usec;

	if (error != -ENOENT || now < question->guests->said_usec + SAY_EVERY_USEC) {
		log_debug("zone %s: a guest has to wait: %s", question->zone->zone->id, strerror(-error));
		return;
	}
	question->guests->said_usec = now;
	log_warning("zone %s: full, no class is free for another guest", question->zone->zone->id);
}

static void join(const struct question *question)
{
	const struct life_guest guest = {
	    .zone = question->zone->zone,
	    .slot = (unsigned)question->zone->slot,
	    .mac = question->mac,
	    .address4 = address4_of(question),
	    .login = POLICY_LOGIN_CLICK,
	};
	struct session_waiter *waiter = wait_for(question);
	int r;

	if (!waiter) {
		answer_now(question, true);
		return;
	}
	r = life_join(question->guests->daemon->life, &guest, waiter);
	if (r < 0) {
		wait_not(question, waiter);
		log_busy(question, r);
		answer_now(question, true);
	}
}

static void on_login(const struct question *question, struct session *session)
{
	struct session_waiter *waiter;

	if (!question->zone->open || question->zone->slot < 0 ||
	    !(question->zone->zone->logins & POLICY_LOGIN_CLICK)) {
		answer_now(question, false);
	} else if (!session) {
		join(question);
	} else if (session->state == SESSION_JOINING && (waiter = wait_for(question))) {
		session_wait(session, waiter);
	} else if (session->state == SESSION_ONLINE) {
		on_ask(question, session);
	} else {
		answer_now(question, true);
	}
}

static void on_logout(const struct question *question, struct session *session)
{
	struct session_waiter *waiter;

	if (!session) {
		answer_now(question, false);
		return;
	}
	waiter = wait_for(question);
	if (waiter && life_leave(question->guests->daemon->life, session, waiter) >= 0)
		return;
	if (waiter)
		wait_not(question, waiter);
	answer_now(question, true);
}

static void (*const requests[])(const struct question *, struct session *) = {
    [GUEST_ASK] = on_ask,
    [GUEST_LOGIN_CLICK] = on_login,
    [GUEST_LOGOUT] = on_logout,
};

/* --- who asks
 * ------------------------------------------------------------------------------------------------ */

static const struct engine_zone *zone_of(const struct guests *guests, const struct message_guest *message)
{
	const struct engine *engine = guests->daemon->engine;
	char device[IFNAMSIZ];

	if (!addr_is_link_local(&message->address))
		return engine_zone_by_address(engine, &message->address);
	if (!if_indextoname(message->scope_id, device))
		return NULL;
	return engine_zone_by_device(engine, device);
}

/* False: not a guest that can be named. */
static bool who(struct question *question, const struct message_guest *message)
{
	int r;

	if (message->address.family != AF_INET && message->address.family != AF_INET6)
		return false;
	question->address = message->address;
	question->zone = zone_of(question->guests, message);
	if (!question->zone)
		return false;
	question->ifindex = if_nametoindex(question->zone->zone->device);
	if (!question->ifindex)
		return false;
	r = neighbour_mac(question->guests->daemon->neighbour, question->ifindex, &question->address,
			  &question->mac);
	if (r < 0 && r != -ENOENT)
		log_warning("cannot ask for a neighbour on %s: %s", question->zone->zone->device,
			    strerror(-r));
	return r >= 0;
}

static int on_message(void *userdata, uint64_t peer, const union message *message, int blob _unused_)
{
	struct guests *guests = userdata;
	struct question question = {.guests = guests, .peer = peer, .id = message->header.id};
	const struct message_guest *guest = &message->guest;

	if (message->header.type != MESSAGE_GUEST || guest->request >= ELEMENTS(requests) ||
	    !requests[guest->request])
		return -EBADMSG;
	if (!who(&question, guest)) {
		answer_unknown(&question);
		return 0;
	}
	requests[guest->request](
	    &question, sessions_find(guests->daemon->sessions, question.zone->zone->device, &question.mac));
	return 0;
}

/* --- the socket
 * ---------------------------------------------------------------------------------------------- */

static bool allowed(uid_t uid, gid_t gid _unused_)
{
	uid_t portal;

	return uid == 0 || (privilege_uid(USER_PORTAL, &portal) >= 0 && uid == portal);
}

static union message settings(const struct guests *guests)
{
	const struct policy *policy = engine_policy(guests->daemon->engine);
	union message message = {0};
	struct message_portal_settings *out = &message.portal_settings;

	out->port = policy->portal.port;
	if (policy->portal.hostname)
		put_text(out->hostname, sizeof(out->hostname), policy->portal.hostname);
	put_text(out->site, sizeof(out->site), policy->site_name);
	put_text(out->language, sizeof(out->language), policy->language);
	return message;
}

static void on_connected(void *userdata, uint64_t peer)
{
	struct guests *guests = userdata;
	union message message = settings(guests);

	log_debug("the portal has connected");
	server_send(guests->server, peer, MESSAGE_PORTAL_SETTINGS, &message, -1);
}

void guests_settings(struct guests *guests)
{
	const union message message = settings(guests);

	server_send_all(guests->server, MESSAGE_PORTAL_SETTINGS, &message);
}

int guests_new(struct daemon *daemon, const char *path, struct guests **out)
{
	static const struct server_events events = {
	    .allowed = allowed, .connected = on_connected, .message = on_message};
	struct guests *guests = calloc(1, sizeof(*guests));
	int r;

	if (!guests)
		return -ENOMEM;
	guests->daemon = daemon;
	r = server_new(daemon->event, path, 0666, GUESTS_PEERS, &events, guests, &guests->server);
	if (r < 0) {
		free(guests);
		return r;
	}
	*out = guests;
	return 0;
}

struct guests *guests_free(struct guests *guests)
{
	if (!guests)
		return NULL;
	server_free(guests->server);
	free(guests);
	return NULL;
}
