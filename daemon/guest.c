/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: the process that strangers talk to must not be able to do more than ask, for the address that it saw,
 * the few things below. Whatever it sends, it never gets a session for a MAC that the kernel does not see
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
#include "login.h"
#include "neighbour.h"
#include "roam.h"
#include "server.h"
#include "settings.h"
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "../lib/privilege.h"
#include "../lib/units.h"

#define LOOK_EVERY_USEC (2 * USEC_PER_SEC)

struct guests {
	struct daemon *daemon;
	struct server *server;
	struct logins *logins;
};

/* ---- answers ---- */

static void send_state(const struct question *question, const struct message_guest_state *state)
{
	union message message = {.guest_state = *state};

	message.header.id = question->id;
	server_send(question->guests->server, question->peer, MESSAGE_GUEST_STATE, &message, -1);
}

void question_answer(const struct question *question, const struct answer_note *note)
{
	const struct message_guest_state state =
	    answer_state(question->guests->daemon, question->device, &question->mac, question->cookie, note);

	send_state(question, &state);
}

void question_unknown(const struct question *question)
{
	const struct message_guest_state state = {.state = GUEST_UNKNOWN, .bytes_remaining = -1};

	send_state(question, &state);
}

static void answer_busy(const struct question *question)
{
	question_answer(question, &(struct answer_note){.busy = true});
}

static void answer_plainly(const struct question *question)
{
	question_answer(question, &(struct answer_note){0});
}

/* ---- what is known of the guest ---- */

bool question_zone(struct question *question)
{
	question->zone = engine_zone_by_device(question->guests->daemon->engine, question->device);
	if (!question->zone)
		question_unknown(question);
	return question->zone;
}

struct session *question_session(const struct question *question)
{
	return sessions_find(question->guests->daemon->sessions, question->device, &question->mac);
}

struct addr question_address4(const struct question *question)
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
	return question_address4(question);
}

void question_online(const struct question *question, struct session *session)
{
	struct addr address4;

	if (session->state == SESSION_ONLINE && question->zone->open) {
		address4 = address4_now(question, session);
		if (address4.family == AF_INET && !addr_equal(&session->row.address4, &address4))
			life_address(question->guests->daemon->life, session, &address4);
	}
	answer_plainly(question);
}

/* ---- the questions ---- */

/* A guest who has walked from one roaming zone to another may be in here as well. */
static void on_ask(const struct question *question, const struct message_guest *message _unused_)
{
	struct session *session = question_session(question);

	if (!session) {
		roam_seen(question->guests->daemon, question->device, &question->mac, &question->address);
		session = question_session(question);
	}
	if (!session)
		answer_plainly(question);
	else if (session->state != SESSION_JOINING)
		question_online(question, session);
	else if (!login_wait(question->guests->logins, question, session))
		answer_busy(question);
}

static void on_login(const struct question *question, const struct message_guest *message)
{
	login_ask(question->guests->logins, question, message->name, message->secret);
}

static void on_logout(const struct question *question, const struct message_guest *message _unused_)
{
	struct session *session = question_session(question);

	if (!session)
		answer_plainly(question);
	else if (!login_leave(question->guests->logins, question, session))
		answer_busy(question);
}

static void (*const requests[])(const struct question *, const struct message_guest *) = {
    [GUEST_ASK] = on_ask,
    [GUEST_LOGIN_CLICK] = on_login,
    [GUEST_LOGIN_VOUCHER] = on_login,
    [GUEST_LOGIN_ACCOUNT] = on_login,
    [GUEST_RESUME] = on_login,
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
	memcpy(question->device, question->zone->zone->device, sizeof(question->device));
	question->ifindex =
	    neighbour_device(question->guests->daemon->neighbour, question->zone->zone->device);
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
	const struct message_guest *guest = &message->guest;
	struct question question = {
	    .guests = guests, .peer = peer, .id = message->header.id, .request = guest->request};

	if (message->header.type != MESSAGE_GUEST || guest->request >= ELEMENTS(requests) ||
	    !requests[guest->request])
		return -EBADMSG;
	memcpy(question.cookie, guest->cookie, sizeof(question.cookie));
	if (who(&question, guest))
		requests[guest->request](&question, guest);
	else
		question_unknown(&question);
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
	_cleanup_(closep) int blob = settings_portal(engine_policy(guests->daemon->engine));
	union message message = {0};

	log_debug("the portal has connected");
	if (blob < 0)
		log_error("no settings for the portal: %s", strerror(-blob));
	else
		server_send(guests->server, peer, MESSAGE_PORTAL_SETTINGS, &message, blob);
}

void guests_settings(struct guests *guests)
{
	_cleanup_(closep) int blob = settings_portal(engine_policy(guests->daemon->engine));
	const union message message = {0};

	if (blob < 0)
		log_error("no settings for the portal: %s", strerror(-blob));
	else
		server_send_all(guests->server, MESSAGE_PORTAL_SETTINGS, &message, blob);
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
	r = logins_new(daemon, &guests->logins);
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
	if (!guests)
		return NULL;
	logins_free(guests->logins);
	server_free(guests->server);
	free(guests);
	return NULL;
}
