/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * gerbang-watch's end of the socket to gerbangd: connects for ever, hands out settings, carries events while
 * somebody listens. Nothing is kept for a daemon that is away: what matters is seen again.
 */
#include <systemd/sd-event.h>
#include "../lib/message.h"
#include "settings.h"

struct link;

struct link_events {
	void (*connected)(void *userdata);
	void (*settings)(void *userdata, struct settings *settings); /* takes them */
	void (*talk)(void *userdata, uint64_t id, const char *office); /* who talks? "": of everybody */
};

int link_new(sd_event *event, const char *run_directory, const struct link_events *events, void *userdata,
	     struct link **out);
struct link *link_free(struct link *link);
/* False: not sent, nobody listens or it does not read. */
bool link_send(struct link *link, const struct message_watch_event *event);
/* A document (WATCH_LATENCY, WATCH_TALKERS); `id` is that of the question. */
bool link_send_json(struct link *link, enum message_type type, uint64_t id, const char *json);
