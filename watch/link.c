/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: the daemon may be restarted at any time, and guests go on meanwhile. A daemon that reads slowly loses
 * events; it must never make this program wait, or grow.
 */
#include "link.h"
#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <sys/epoll.h>
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "../lib/peer.h"
#include "../lib/privilege.h"
#include "../lib/units.h"

#define RETRY_USEC (200 * USEC_PER_MSEC)
#define QUESTION_MAX 4096

struct link {
	sd_event *event;
	sd_event_source *io, *retry;
	int fd;
	bool said; /* that it is away */
	struct link_events events;
	void *userdata;
	char path[108];
};

DEFINE_CLEANUP(struct link *, link_free)

static void disconnect(struct link *link, const char *why)
{
	link->io = sd_event_source_disable_unref(link->io);
	closep(&link->fd);
	link->fd = -1;
	log_notice("the daemon is away (%s): gardens learn no addresses until it is back", why);
	link->said = true;
	sd_event_source_set_time_relative(link->retry, RETRY_USEC);
	sd_event_source_set_enabled(link->retry, SD_EVENT_ONESHOT);
}

static int take_settings(struct link *link, const union message *message _unused_, int blob)
{
	_cleanup_(freep) void *bytes = NULL;
	struct settings *settings;
	size_t length;
	int r = wire_blob_read(blob, MESSAGE_JSON_MAX, &bytes, &length);

	if (r >= 0)
		r = settings_read(bytes, length, &settings);
	if (r < 0)
		return r;
	link->events.settings(link->userdata, settings);
	return 0;
}

static int take_question(struct link *link, const union message *message, int blob)
{
	_cleanup_(freep) void *bytes = NULL;
	json_auto_t *document = NULL;
	const char *office;
	size_t length;
	int r = wire_blob_read(blob, QUESTION_MAX, &bytes, &length);

	if (r < 0)
		return r;
	document = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);
	office = json_string_value(json_object_get(document, "office"));
	if (!office)
		return -EBADMSG;
	link->events.talk(link->userdata, message->header.id, office);
	return 0;
}

static const struct {
	int (*take)(struct link *link, const union message *message, int blob);
	const char *what;
} messages[MESSAGE_TYPES] = {
    [MESSAGE_WATCH_SETTINGS] = {take_settings, "settings cannot be read: those before stay"},
    [MESSAGE_WATCH_TALK] = {take_question, "question cannot be read: it has no answer"},
};

static int on_io(sd_event_source *source _unused_, int fd _unused_, uint32_t revents _unused_, void *userdata)
{
	_cleanup_(closep) int blob = -1;
	struct link *link = userdata;
	union message message;
	int r = message_receive(link->fd, &message, &blob);

	if (r == -EAGAIN)
		return 0;
	if (r <= 0)
		disconnect(link, r < 0 ? strerror(-r) : "it closed the connection");
	else if (!messages[message.header.type].take)
		disconnect(link, "it sent a message that is not for this program");
	else if (messages[message.header.type].take(link, &message, blob) < 0)
		log_error("the daemon's %s", messages[message.header.type].what);
	return 0;
}

static int try_connect(struct link *link)
{
	_cleanup_(closep) int fd = peer_connect(link->path, USER_DAEMON);
	int r;

	if (fd < 0)
		return fd;
	r = sd_event_add_io(link->event, &link->io, fd, EPOLLIN, on_io, link);
	if (r < 0)
		return r;
	link->fd = fd;
	fd = -1;
	return 0;
}

static int on_retry(sd_event_source *source, uint64_t usec _unused_, void *userdata)
{
	struct link *link = userdata;
	int r = try_connect(link);

	if (r >= 0) {
		if (link->said)
			log_notice("connected to the daemon");
		link->said = false;
		link->events.connected(link->userdata);
		return 0;
	}
	if (!link->said)
		log_notice("waiting for the daemon at %s: %s", link->path, strerror(-r));
	link->said = true;
	sd_event_source_set_time_relative(source, RETRY_USEC);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static bool send_message(struct link *link, enum message_type type, union message *message, int blob)
{
	int r;

	if (link->fd < 0)
		return false;
	r = message_send(link->fd, type, message, blob);
	if (r < 0 && r != -EAGAIN)
		disconnect(link, strerror(-r));
	return r >= 0;
}

bool link_send(struct link *link, const struct message_watch_event *event)
{
	union message message = {.watch_event = *event};

	return send_message(link, MESSAGE_WATCH_EVENT, &message, -1);
}

bool link_send_json(struct link *link, enum message_type type, uint64_t id, const char *json)
{
	_cleanup_(closep) int blob = link->fd < 0 ? -ENOTCONN : wire_blob(json, strlen(json));
	union message message = {.header.id = id};

	return blob >= 0 && send_message(link, type, &message, blob);
}

int link_new(sd_event *event, const char *run_directory, const struct link_events *events, void *userdata,
	     struct link **out)
{
	_cleanup_(link_freep) struct link *link = calloc(1, sizeof(*link));
	int r;

	if (!link)
		return -ENOMEM;
	*link =
	    (struct link){.fd = -1, .event = sd_event_ref(event), .events = *events, .userdata = userdata};
	r = snprintf(link->path, sizeof(link->path), "%s/%s", run_directory, MESSAGE_SOCKET_WATCH);
	if (r < 0 || (size_t)r >= sizeof(link->path))
		return -ENAMETOOLONG;
	r = sd_event_add_time_relative(event, &link->retry, CLOCK_MONOTONIC, 0, 1000, on_retry, link);
	if (r < 0)
		return r;
	*out = link;
	link = NULL;
	return 0;
}

struct link *link_free(struct link *link)
{
	if (!link)
		return NULL;
	sd_event_source_disable_unref(link->io);
	sd_event_source_disable_unref(link->retry);
	sd_event_unref(link->event);
	closep(&link->fd);
	free(link);
	return NULL;
}
