/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: this daemon has no network. Who has is a program of its own that may be away, hang or be fooled by a
 * server: what it answers is data, and every errand ends, with an answer or without.
 */
#include "courier.h"
#include <errno.h>
#include <string.h>
#include <sys/queue.h>
#include "daemon.h"
#include "engine.h"
#include "notify.h"
#include "server.h"
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/privilege.h"
#include "../lib/units.h"

#define PEERS 2 /* one, and the next that takes its place */
#define ASKS 8
#define PATIENCE_USEC (5 * USEC_PER_MINUTE) /* the courier's own are shorter */
#define ANSWER_BYTES (64u << 10)

struct ask {
	TAILQ_ENTRY(ask) link;
	uint64_t id, peer;
	int64_t until_mono;
	courier_done done;
	void *userdata;
};
TAILQ_HEAD(asks, ask);

struct courier {
	struct daemon *daemon;
	struct server *server;
	sd_event_source *timer, *welcome;
	struct asks asks;
	unsigned n_asks;
	uint64_t next_id, peer; /* peer 0: nobody is there; else its serial + 1 */
};

/* ---- errands that are open ---- */

static struct ask *take_out(struct courier *courier, struct ask *ask)
{
	TAILQ_REMOVE(&courier->asks, ask, link);
	courier->n_asks--;
	return ask;
}

static void finish(struct courier *courier, struct ask *ask, const json_t *answer)
{
	_cleanup_(freep) struct ask *owned = take_out(courier, ask);

	owned->done(owned->userdata, answer);
}

/* Those of a peer that went, or that took too long. A `done` may ask anew: such an errand is younger. */
static void abandon(struct courier *courier, uint64_t peer, int64_t mono_usec)
{
	const uint64_t newest = courier->next_id;
	struct ask *ask, *next;

	for (ask = TAILQ_FIRST(&courier->asks); ask && ask->id <= newest; ask = next) {
		next = TAILQ_NEXT(ask, link);
		if (ask->peer == peer || ask->until_mono <= mono_usec)
			finish(courier, ask, NULL);
	}
}

void courier_forget(struct courier *courier, const void *userdata)
{
	struct ask *ask, *next;

	for (ask = courier ? TAILQ_FIRST(&courier->asks) : NULL; ask; ask = next) {
		next = TAILQ_NEXT(ask, link);
		if (ask->userdata == userdata)
			free(take_out(courier, ask));
	}
}

bool courier_there(const struct courier *courier)
{
	return courier && courier->peer;
}

int courier_ask(struct courier *courier, json_t *errand, courier_done done, void *userdata)
{
	_cleanup_(freep) char *text = errand ? json_dumps(errand, JSON_COMPACT) : NULL;
	_cleanup_(closep) int blob = text ? wire_blob(text, strlen(text)) : -ENOMEM;
	union message message = {0};
	struct ask *ask;

	json_decref(errand);
	if (!courier_there(courier))
		return -ENOTCONN;
	if (blob < 0 || courier->n_asks >= ASKS)
		return blob < 0 ? blob : -EBUSY;
	ask = calloc(1, sizeof(*ask));
	if (!ask)
		return -ENOMEM;
	*ask = (struct ask){.id = ++courier->next_id,
			    .peer = courier->peer,
			    .until_mono = clock_now().mono_usec + PATIENCE_USEC,
			    .done = done,
			    .userdata = userdata};
	TAILQ_INSERT_TAIL(&courier->asks, ask, link);
	courier->n_asks++;
	message.header.id = ask->id;
	/* Should this peer be dropped for it, on_gone() is what answers: put off, since that must not be now.
	 */
	server_send(courier->server, courier->peer - 1, MESSAGE_COURIER, &message, blob);
	return 0;
}

/* ---- the socket ---- */

static bool allowed(uid_t uid, gid_t gid _unused_)
{
	uid_t user;

	return uid == 0 || (privilege_uid(USER_COURIER, &user) >= 0 && uid == user);
}

/* What waits is tried from the loop, not from within whoever accepted. */
static int on_welcome(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct courier *courier = userdata;

	abandon(courier, 0, INT64_MIN);
	if (courier->peer)
		notify_courier(courier->daemon->notify);
	return 0;
}

static void soon(struct courier *courier)
{
	sd_event_source_set_time_relative(courier->welcome, 0);
	sd_event_source_set_enabled(courier->welcome, SD_EVENT_ONESHOT);
}

static void on_connected(void *userdata, uint64_t peer)
{
	struct courier *courier = userdata;

	courier->peer = peer + 1;
	log_info("gerbang-courier is there");
	soon(courier);
}

static void on_gone(void *userdata, uint64_t peer)
{
	struct courier *courier = userdata;
	struct ask *ask;

	if (courier->peer == peer + 1) {
		courier->peer = 0;
		log_notice("gerbang-courier is away: notices wait");
	}
	TAILQ_FOREACH(ask, &courier->asks, link)
	if (ask->peer == peer + 1)
		ask->peer = 0;
	soon(courier);
}

static int on_message(void *userdata, uint64_t peer, const union message *message, int blob)
{
	struct courier *courier = userdata;
	_cleanup_(freep) void *text = NULL;
	struct ask *ask;
	json_t *answer;
	size_t length;

	if (message->header.type != MESSAGE_COURIER_DONE)
		return -EBADMSG;
	if (wire_blob_read(blob, ANSWER_BYTES, &text, &length) < 0)
		return -EBADMSG;
	TAILQ_FOREACH(ask, &courier->asks, link)
	if (ask->id == message->header.id && ask->peer == peer + 1)
		break;
	if (!ask)
		return 0; /* it took too long, or nobody wants to know any more */
	answer = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
	finish(courier, ask, answer);
	json_decref(answer);
	return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec _unused_, void *userdata)
{
	abandon(userdata, 0, clock_now().mono_usec);
	sd_event_source_set_time_relative(source, 10 * USEC_PER_SEC);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static int listen_there(struct courier *courier)
{
	static const struct server_events events = {
	    .allowed = allowed, .connected = on_connected, .gone = on_gone, .message = on_message};
	_cleanup_(freep) char *path = NULL;
	sd_event *event = courier->daemon->event;
	int r;

	if (asprintf(&path, "%s/" MESSAGE_SOCKET_COURIER,
		     engine_policy(courier->daemon->engine)->run_directory) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	r = sd_event_add_time_relative(event, &courier->timer, CLOCK_MONOTONIC, 10 * USEC_PER_SEC, 0,
				       on_timer, courier);
	if (r >= 0)
		r = sd_event_add_time(event, &courier->welcome, CLOCK_MONOTONIC, UINT64_MAX, 1000, on_welcome,
				      courier);
	return r < 0 ? r : server_new(event, path, 0666, PEERS, &events, courier, &courier->server);
}

int courier_new(struct daemon *daemon, struct courier **out)
{
	struct courier *courier = calloc(1, sizeof(*courier));
	int r;

	if (!courier)
		return -ENOMEM;
	courier->daemon = daemon;
	TAILQ_INIT(&courier->asks);
	r = listen_there(courier);
	if (r < 0) {
		courier_free(courier);
		return r;
	}
	*out = courier;
	return 0;
}

struct courier *courier_free(struct courier *courier)
{
	struct ask *ask;

	if (!courier)
		return NULL;
	courier->peer = 0;
	while ((ask = TAILQ_FIRST(&courier->asks)))
		finish(courier, ask, NULL);
	server_free(courier->server);
	sd_event_source_disable_unref(courier->timer);
	sd_event_source_disable_unref(courier->welcome);
	free(courier);
	return NULL;
}
