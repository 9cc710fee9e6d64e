/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: the daemon may be restarted at any time, and an errand that was done must not be answered to another
 * daemon's question. A connection's end forgets what was asked over it.
 */
#include "daemon.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include "../lib/log.h"
#include "../lib/message.h"
#include "../lib/peer.h"
#include "../lib/privilege.h"
#include "../lib/units.h"

#define RETRY_USEC (500 * USEC_PER_MSEC)

struct daemon {
	sd_event *event;
	sd_event_source *io, *retry;
	struct desk *desk;
	int fd;
	bool said; /* that it is away: logged once */
	char path[108];
};

static void look_again(struct daemon *daemon)
{
	sd_event_source_set_time_relative(daemon->retry, RETRY_USEC);
	sd_event_source_set_enabled(daemon->retry, SD_EVENT_ONESHOT);
}

static void disconnect(struct daemon *daemon, const char *why)
{
	daemon->io = sd_event_source_disable_unref(daemon->io);
	close(daemon->fd);
	daemon->fd = -1;
	desk_forget(daemon->desk);
	log_notice("the daemon is away (%s)", why);
	daemon->said = true;
	look_again(daemon);
}

/* The socket holds more answers than there can be errands: one that does not fit is a daemon that is no more.
 */
static void tell(struct daemon *daemon, uint64_t id, const json_t *answer)
{
	_cleanup_(freep) char *text = json_dumps(answer, JSON_COMPACT);
	_cleanup_(closep) int blob = text ? wire_blob(text, strlen(text)) : -ENOMEM;
	union message message = {.header.id = id};
	int r = blob < 0 ? blob : message_send(daemon->fd, MESSAGE_COURIER_DONE, &message, blob);

	if (r < 0)
		disconnect(daemon, strerror(-r));
}

static void on_done(void *userdata, uint64_t id, const json_t *answer)
{
	struct daemon *daemon = userdata;
	const char *error = json_string_value(json_object_get(answer, "error"));

	if (error && *error)
		log_warning("%s", error);
	if (daemon->fd >= 0)
		tell(daemon, id, answer);
}

static void refuse(struct daemon *daemon, uint64_t id, const char *why)
{
	json_t *answer = json_pack("{s:s, s:b}", "error", why, "retry", true);

	if (answer)
		tell(daemon, id, answer);
	json_decref(answer);
}

static void take_errand(struct daemon *daemon, uint64_t id, int blob)
{
	_cleanup_(freep) void *text = NULL;
	json_t *errand = NULL;
	size_t length;
	int r = wire_blob_read(blob, MESSAGE_JSON_MAX, &text, &length);

	if (r >= 0)
		errand = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(errand)) {
		json_decref(errand);
		refuse(daemon, id, "the errand cannot be understood");
		return;
	}
	log_debug("an errand: %s", json_string_value(json_object_get(errand, "kind")));
	r = desk_take(daemon->desk, id, errand, on_done, daemon);
	if (r < 0)
		refuse(daemon, id, strerror(-r));
}

static int on_io(sd_event_source *source _unused_, int fd, uint32_t revents _unused_, void *userdata)
{
	struct daemon *daemon = userdata;
	_cleanup_(closep) int passed = -1;
	union message message;
	int r = message_receive(fd, &message, &passed);

	if (r == -EAGAIN)
		return 0;
	if (r <= 0)
		disconnect(daemon, r < 0 ? strerror(-r) : "it closed the connection");
	else if (message.header.type != MESSAGE_COURIER)
		disconnect(daemon, "it sent a message that is not for a courier");
	else
		take_errand(daemon, message.header.id, passed);
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

static int on_retry(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct daemon *daemon = userdata;
	int r = try_connect(daemon);

	if (r >= 0) {
		log_notice("connected to the daemon");
		daemon->said = false;
		return 0;
	}
	if (!daemon->said)
		log_notice("waiting for the daemon at %s: %s", daemon->path, strerror(-r));
	daemon->said = true;
	look_again(daemon);
	return 0;
}

int daemon_new(sd_event *event, const char *run_directory, struct desk *desk, struct daemon **out)
{
	_cleanup_(daemon_freep) struct daemon *daemon = calloc(1, sizeof(*daemon));
	int r;

	if (!daemon)
		return -ENOMEM;
	daemon->fd = -1;
	daemon->event = sd_event_ref(event);
	daemon->desk = desk;
	r = snprintf(daemon->path, sizeof(daemon->path), "%s/%s", run_directory, MESSAGE_SOCKET_COURIER);
	if (r < 0 || (size_t)r >= sizeof(daemon->path))
		return -ENAMETOOLONG;
	r = sd_event_add_time_relative(event, &daemon->retry, CLOCK_MONOTONIC, 0, 1000, on_retry, daemon);
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
	desk_forget(daemon->desk);
	sd_event_source_disable_unref(daemon->io);
	sd_event_source_disable_unref(daemon->retry);
	sd_event_unref(daemon->event);
	closep(&daemon->fd);
	free(daemon);
	return NULL;
}
