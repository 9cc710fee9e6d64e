// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The portal's end of the socket to gerbangd. It keeps nothing of a guest beyond the open question, and never
 * guesses an answer: a guest is online when the daemon said so, and only then.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include "../lib/log.h"
#include "../lib/peer.h"
#include "../lib/privilege.h"
#include "../lib/units.h"
#include "daemon.h"

#define RETRY_USEC (200 * USEC_PER_MSEC)
#define ANSWER_USEC (5 * USEC_PER_SEC)
#define SETTINGS_BYTES (1u << 20)
#define RECEIVE_BATCH 64 /* answers taken before guests get a turn again */

TAILQ_HEAD(asks, ask);

struct daemon {
	sd_event *event;
	sd_event_source *io, *retry, *timeout;
	int fd;
	bool said; /* that it is away: logged once */
	uint64_t next_id;
	struct asks waiting, sent; /* each in order of deadlines; what is sent is older than what waits */
	daemon_settings_handler settings;
	void *userdata;
	char path[108];
};

static uint64_t now_usec(struct daemon *daemon)
{
	uint64_t now = 0;

	sd_event_now(daemon->event, CLOCK_MONOTONIC, &now);
	return now;
}

static void finish(struct daemon *daemon, struct ask *ask, const struct message_guest_state *state)
{
	if (ask->sent)
		TAILQ_REMOVE(&daemon->sent, ask, link);
	else
		TAILQ_REMOVE(&daemon->waiting, ask, link);
	explicit_bzero(ask->message.guest.secret, sizeof(ask->message.guest.secret));
	ask->answered(ask, state);
}

static void disconnect(struct daemon *daemon, const char *why)
{
	struct ask *ask;

	daemon->io = sd_event_source_disable_unref(daemon->io);
	close(daemon->fd);
	daemon->fd = -1;
	/* asked again if the daemon is back in time: each request may be repeated */
	TAILQ_FOREACH(ask, &daemon->sent, link)
	ask->sent = false;
	TAILQ_CONCAT(&daemon->sent, &daemon->waiting, link);
	TAILQ_CONCAT(&daemon->waiting, &daemon->sent, link);
	log_notice("the daemon is away (%s): guests are asked to wait", why);
	daemon->said = true;
	sd_event_source_set_time_relative(daemon->retry, 0);
	sd_event_source_set_enabled(daemon->retry, SD_EVENT_ONESHOT);
}

/* Sends what waits, in order; a full socket is waited for. */
static void flush_asks(struct daemon *daemon)
{
	struct ask *ask;
	int r = 0;

	while ((ask = TAILQ_FIRST(&daemon->waiting))) {
		r = message_send(daemon->fd, MESSAGE_GUEST, &ask->message, -1);
		if (r < 0)
			break;
		TAILQ_REMOVE(&daemon->waiting, ask, link);
		TAILQ_INSERT_TAIL(&daemon->sent, ask, link);
		ask->sent = true;
	}
	if (r < 0 && r != -EAGAIN) {
		disconnect(daemon, strerror(-r));
		return;
	}
	sd_event_source_set_io_events(daemon->io, r == -EAGAIN ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

static void take_answer(struct daemon *daemon, const union message *message)
{
	struct ask *ask;

	TAILQ_FOREACH(ask, &daemon->sent, link)
	{
		if (ask->message.header.id == message->header.id) {
			finish(daemon, ask, &message->guest_state);
			return;
		}
	}
	log_debug("an answer came too late");
}

/* Settings that cannot be read leave those before in force. */
static void take_settings(struct daemon *daemon, int fd)
{
	struct settings *settings = NULL;
	_cleanup_(freep) void *json = NULL;
	size_t length;
	int r = wire_blob_read(fd, SETTINGS_BYTES, &json, &length);

	r = r < 0 ? r : settings_read(json, length, &settings);
	if (r < 0)
		log_error("the daemon's settings cannot be used: %s", strerror(-r));
	else
		daemon->settings(daemon->userdata, settings);
}

/* 1: there may be more; 0: none now, or disconnected. */
static int receive_one(struct daemon *daemon)
{
	union message message;
	_cleanup_(closep) int passed = -1;
	int r = message_receive(daemon->fd, &message, &passed);

	if (r == -EAGAIN)
		return 0;
	if (r <= 0) {
		disconnect(daemon, r < 0 ? strerror(-r) : "it closed the connection");
		return 0;
	}
	if (message.header.type == MESSAGE_GUEST_STATE) {
		take_answer(daemon, &message);
	} else if (message.header.type == MESSAGE_PORTAL_SETTINGS) {
		take_settings(daemon, passed);
	} else {
		disconnect(daemon, "it sent a message that is not for a portal");
		return 0;
	}
	return 1;
}

static int on_io(sd_event_source *source _unused_, int fd _unused_, uint32_t revents, void *userdata)
{
	struct daemon *daemon = userdata;

	for (int i = 0; i < RECEIVE_BATCH && (revents & (EPOLLIN | EPOLLHUP | EPOLLERR)); i++) {
		if (!receive_one(daemon))
			break;
	}
	if (daemon->io && (revents & EPOLLOUT))
		flush_asks(daemon);
	return 0;
}

static int try_connect(struct daemon *daemon)
{
	_cleanup_(closep) int fd = peer_connect(daemon->path, USER_DAEMON);
	int r;

	if (fd < 0)
		return fd;
	r = sd_event_add_io(daemon->event, &daemon->io, fd, EPOLLIN, on_io, daemon);
	if (r < 0)
		return r;
	daemon->fd = fd;
	fd = -1;
	return 0;
}

static int on_retry(sd_event_source *source, uint64_t usec _unused_, void *userdata)
{
	struct daemon *daemon = userdata;
	int r = try_connect(daemon);

	if (r == 0) {
		log_notice("connected to the daemon");
		daemon->said = false;
		flush_asks(daemon);
		return 0;
	}
	if (!daemon->said)
		log_notice("waiting for the daemon at %s: %s", daemon->path, strerror(-r));
	daemon->said = true;
	sd_event_source_set_time_relative(source, RETRY_USEC);
	sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	return 0;
}

static struct ask *oldest(struct daemon *daemon)
{
	struct ask *first = TAILQ_FIRST(&daemon->sent);

	return first ? first : TAILQ_FIRST(&daemon->waiting);
}

static void arm_timeout(struct daemon *daemon)
{
	struct ask *first = oldest(daemon);

	if (!first)
		return;
	sd_event_source_set_time(daemon->timeout, first->deadline_usec);
	sd_event_source_set_enabled(daemon->timeout, SD_EVENT_ONESHOT);
}

static int on_timeout(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct daemon *daemon = userdata;
	struct ask *first;

	while ((first = oldest(daemon)) && first->deadline_usec <= now_usec(daemon))
		finish(daemon, first, NULL);
	arm_timeout(daemon);
	return 0;
}

static void copy_text(char *out, size_t size, const char *text)
{
	if (text)
		snprintf(out, size, "%s", text);
}

int daemon_ask(struct daemon *daemon, struct ask *ask, const struct sockaddr *guest,
	       const struct question *question)
{
	struct message_guest *message = &ask->message.guest;

	if (daemon->fd < 0)
		return -ENOTCONN;
	*message = (struct message_guest){
	    .header.id = ++daemon->next_id,
	    .address = addr_from_sockaddr(guest),
	    .request = question->request,
	};
	if (guest->sa_family == AF_INET6)
		message->scope_id = ((const struct sockaddr_in6 *)guest)->sin6_scope_id;
	copy_text(message->name, sizeof(message->name), question->name);
	copy_text(message->secret, sizeof(message->secret), question->secret);
	copy_text(message->cookie, sizeof(message->cookie), question->cookie);
	ask->deadline_usec = now_usec(daemon) + ANSWER_USEC;
	ask->sent = false;
	TAILQ_INSERT_TAIL(&daemon->waiting, ask, link);
	if (oldest(daemon) == ask)
		arm_timeout(daemon);
	flush_asks(daemon);
	return 0;
}

void daemon_abandon(struct daemon *daemon)
{
	struct ask *first;

	while ((first = oldest(daemon)))
		finish(daemon, first, NULL);
}

int daemon_new(sd_event *event, const char *run_directory, daemon_settings_handler settings, void *userdata,
	       struct daemon **out)
{
	_cleanup_(daemon_freep) struct daemon *daemon = calloc(1, sizeof(*daemon));
	int r;

	if (!daemon)
		return -ENOMEM;
	daemon->fd = -1;
	daemon->event = sd_event_ref(event);
	daemon->settings = settings;
	daemon->userdata = userdata;
	TAILQ_INIT(&daemon->waiting);
	TAILQ_INIT(&daemon->sent);
	r = snprintf(daemon->path, sizeof(daemon->path), "%s/%s", run_directory, MESSAGE_SOCKET_PORTAL);
	if (r < 0 || (size_t)r >= sizeof(daemon->path))
		return -ENAMETOOLONG;
	r = sd_event_add_time_relative(event, &daemon->retry, CLOCK_MONOTONIC, 0, 1000, on_retry, daemon);
	if (r < 0)
		return r;
	r = sd_event_add_time(event, &daemon->timeout, CLOCK_MONOTONIC, UINT64_MAX, 10000, on_timeout,
			      daemon);
	if (r < 0)
		return r;
	*out = daemon;
	daemon = NULL;
	return 0;
}

struct daemon *daemon_free(struct daemon *daemon)
{
	if (!daemon)
		return NULL;
	daemon_abandon(daemon);
	sd_event_source_disable_unref(daemon->io);
	sd_event_source_disable_unref(daemon->retry);
	sd_event_source_disable_unref(daemon->timeout);
	sd_event_unref(daemon->event);
	if (daemon->fd >= 0)
		close(daemon->fd);
	free(daemon);
	return NULL;
}
