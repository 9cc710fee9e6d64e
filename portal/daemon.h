/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The one place that asks the daemon. A question is put once, waits in order while the socket is full, is put
 * again when the daemon comes back in time, and always ends with exactly one answer: the daemon's, or none.
 */
#include <sys/queue.h>
#include <systemd/sd-event.h>
#include "../lib/cleanup.h"
#include "../lib/message.h"
#include "settings.h"

struct daemon;

struct ask {
	TAILQ_ENTRY(ask) link;
	uint64_t deadline_usec; /* CLOCK_MONOTONIC */
	bool sent;
	union message message;
	/* `state` is NULL when no answer came in time. The ask belongs to the caller again. */
	void (*answered)(struct ask *ask, const struct message_guest_state *state);
};

/* What a guest wants; texts that do not belong to the request are NULL. They are copied, and a secret's copy
 * is wiped with the answer. */
struct question {
	enum guest_request request;
	const char *name, *secret, *cookie;
};

/* The settings are the handler's to free. */
typedef void (*daemon_settings_handler)(void *userdata, struct settings *settings);

/* `settings` is called on every connection and on every change. 0 or -errno. */
int daemon_new(sd_event *event, const char *run_directory, daemon_settings_handler settings, void *userdata,
	       struct daemon **out);
/* 0: `ask->answered` will be called, never from within this call. -ENOTCONN: the daemon is away. */
int daemon_ask(struct daemon *daemon, struct ask *ask, const struct sockaddr *guest,
	       const struct question *question);
void daemon_abandon(struct daemon *daemon); /* answers every open question with none */
struct daemon *daemon_free(struct daemon *daemon);
DEFINE_CLEANUP(struct daemon *, daemon_free)
