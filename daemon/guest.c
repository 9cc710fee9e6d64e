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
#include <sys/queue.h>
#include "answer.h"
#include "daemon.h"
#include "engine.h"
#include "life.h"
#include "neighbour.h"
#include "server.h"
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "../lib/privilege.h"
#include "../lib/units.h"

#define WAITING_MAX 4096u
#define CLASS_PATIENCE_USEC (2 * USEC_PER_SEC) /* for classes that are being built */
#define CLASS_RETRY_USEC (50 * USEC_PER_MSEC)
#define SAY_EVERY_USEC (10 * USEC_PER_SEC)
#define LOOK_EVERY_USEC (2 * USEC_PER_SEC)

TAILQ_HEAD(parked_list, parked);

struct guests {
	struct daemon *daemon;
	struct server *server;
	unsigned n_waiting;
	int64_t said_usec;
	struct parked_list parked;
	sd_event_source *retry;
};

/* One question, with what is known of who asks. */
struct question {
	struct guests *guests;
	uint64_t peer, id;
	struct addr address;
	const struct engine_zone *zone;
	unsigned ifindex;
	struct mac mac;
	struct addr address4;	    /* of a login; family 0: not known */
	int64_t patience_mono_usec; /* of a login that waits for a class: until then; 0: does not wait yet */
};

/* A guest's question that waits for the kernel. Zones may be others by then: the guest is kept by device. */
struct waiting {
	struct session_waiter waiter;
	struct guests *guests;
	uint64_t peer, id;
	char device[IFNAMSIZ];
	struct mac mac;
};

/* A login that waits for a class. question.zone is found anew. */
struct parked {
	TAILQ_ENTRY(parked) link;
	struct question question;
	char device[IFNAMSIZ];
};

/* ---- answers ---- */

static void send_state(struct guests *guests, uint64_t peer, uint64_t id,
		       const struct message_guest_state *state)
{
	union message message = {.guest_state = *state};

	message.header.id = id;
	server_send(guests->server, peer, MESSAGE_GUEST_STATE, &message, -1);
}

static void answer(struct guests *guests, uint64_t peer, uint64_t id, const char *device,
		   const struct mac *mac, bool busy)
{
	const struct message_guest_state state = answer_state(guests->daemon, device, mac, busy);

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

/* ---- waiting for the kernel ---- */

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

/* ---- the three questions ---- */

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

/* A telephone that got another IPv4 address may well come here over IPv6, and would be told that it is
 * online. To look for the address is to read the neighbour table: not for every page. */
static struct addr address4_now(const struct question *question, struct session *session)
{
	const int64_t now = clock_now().mono_usec;

	if (question->address.family != AF_INET) {
		if (session->looked_usec && now - session->looked_usec < LOOK_EVERY_USEC)
			return session->row.address4;
		session->looked_usec = now;
	}
	return address4_of(question);
}

static void on_ask(const struct question *question, struct session *session)
{
	struct addr address4;

	if (session && session->state == SESSION_ONLINE && question->zone->open) {
		address4 = address4_now(question, session);
		if (address4.family == AF_INET && !addr_equal(&session->row.address4, &address4))
			life_address(question->guests->daemon->life, session, &address4);
	}
	answer_now(question, false);
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

/* The classes are on their way: tries again soon, for a while. False: not this time. */
static bool park(const struct question *question)
{
	struct guests *guests = question->guests;
	int64_t now = clock_now().mono_usec;
	struct parked *parked;

	if (question->patience_mono_usec ? now >= question->patience_mono_usec
					 : guests->n_waiting >= WAITING_MAX)
		return false;
	parked = calloc(1, sizeof(*parked));
	if (!parked)
		return false;
	parked->question = *question;
	if (!question->patience_mono_usec)
		parked->question.patience_mono_usec = now + CLASS_PATIENCE_USEC;
	memcpy(parked->device, question->zone->zone->device, sizeof(parked->device));
	if (TAILQ_EMPTY(&guests->parked)) {
		sd_event_source_set_time_relative(guests->retry, CLASS_RETRY_USEC);
		sd_event_source_set_enabled(guests->retry, SD_EVENT_ONESHOT);
	}
	TAILQ_INSERT_TAIL(&guests->parked, parked, link);
	guests->n_waiting++;
	return true;
}

static void join(const struct question *question)
{
	const struct life_guest guest = {
	    .zone = question->zone->zone,
	    .slot = (unsigned)question->zone->slot,
	    .mac = question->mac,
	    .address4 = question->address4,
	    .login = POLICY_LOGIN_CLICK,
	};
	struct session_waiter *waiter = wait_for(question);
	int r = waiter ? life_join(question->guests->daemon->life, &guest, waiter) : -ENOBUFS;

	if (r >= 0)
		return;
	if (waiter)
		wait_not(question, waiter);
	if (r == -EAGAIN && park(question))
		return;
	log_busy(question, r);
	answer_now(question, true);
}

static void login(const struct question *question, struct session *session)
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

static void on_login(const struct question *question, struct session *session)
{
	struct question with_address = *question;

	with_address.address4 = session ? (struct addr){0} : address4_of(question);
	login(&with_address, session);
}

static void try_again(struct parked *parked)
{
	struct question *question = &parked->question;
	struct guests *guests = question->guests;

	guests->n_waiting--;
	question->zone = engine_zone_by_device(guests->daemon->engine, parked->device);
	if (question->zone)
		login(question, sessions_find(guests->daemon->sessions, parked->device, &question->mac));
	else
		answer_unknown(question);
	free(parked);
}

static int on_retry(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct guests *guests = userdata;
	struct parked_list parked = TAILQ_HEAD_INITIALIZER(parked);
	struct parked *first;

	TAILQ_CONCAT(&parked, &guests->parked, link);
	while ((first = TAILQ_FIRST(&parked))) {
		TAILQ_REMOVE(&parked, first, link);
		try_again(first);
	}
	return 0;
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

/* ---- who asks ---- */

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

/* ---- the socket ---- */

static bool allowed(uid_t uid, gid_t gid _unused_)
{
	uid_t portal;

	return uid == 0 || (privilege_uid(USER_PORTAL, &portal) >= 0 && uid == portal);
}

static void on_connected(void *userdata, uint64_t peer)
{
	struct guests *guests = userdata;
	union message message = answer_settings(engine_policy(guests->daemon->engine));

	log_debug("the portal has connected");
	server_send(guests->server, peer, MESSAGE_PORTAL_SETTINGS, &message, -1);
}

void guests_settings(struct guests *guests)
{
	const union message message = answer_settings(engine_policy(guests->daemon->engine));

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
	TAILQ_INIT(&guests->parked);
	r = sd_event_add_time(daemon->event, &guests->retry, CLOCK_MONOTONIC, 0, 0, on_retry, guests);
	if (r >= 0)
		r = sd_event_source_set_enabled(guests->retry, SD_EVENT_OFF);
	if (r >= 0)
		r = server_new(daemon->event, path, 0666, GUESTS_PEERS, &events, guests, &guests->server);
	if (r < 0) {
		guests_free(guests);
		return r;
	}
	*out = guests;
	return 0;
}

struct guests *guests_free(struct guests *guests)
{
	struct parked *parked;

	if (!guests)
		return NULL;
	while ((parked = TAILQ_FIRST(&guests->parked))) {
		TAILQ_REMOVE(&guests->parked, parked, link);
		free(parked);
	}
	sd_event_source_disable_unref(guests->retry);
	server_free(guests->server);
	free(guests);
	return NULL;
}
