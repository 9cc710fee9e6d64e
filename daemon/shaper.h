/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The connection to gerbang-shaper: connects for ever, checks whom it talks to, pairs answers with requests.
 * Requests are sent in the order in which they are made, at most SHAPER_WINDOW unanswered ones at a time.
 */
#include <stdbool.h>
#include <systemd/sd-event.h>
#include "../lib/message.h"

#define SHAPER_WINDOW 64u
#define SHAPER_QUEUE 16384u

struct shaper_answer {
	int error;			     /* 0, -ECONNRESET: unanswered, or what the shaper said */
	const struct message_result *result; /* NULL where none came */
	const struct message_counter *counters;
	size_t n_counters;
	const char *text; /* of TRIED: lines; NULL else */
};
/* Called exactly once, never from within shaper_request(). */
typedef void (*shaper_done)(void *userdata, uint64_t tag, const struct shaper_answer *answer);

struct shaper_events {
	void (*state)(void *userdata,
		      const struct plan *actual); /* connected: this is what the kernel holds */
	void (*drift)(void *userdata);		  /* the kernel no longer holds what was applied */
	void (*alarm)(void *userdata, const char *text); /* what no apply mends; "": it is over */
};

struct shaper;

int shaper_new(sd_event *event, const char *path, const struct shaper_events *events, void *userdata,
	       struct shaper **out);
struct shaper *shaper_free(struct shaper *shaper); /* calls nobody */

const char *shaper_alarm(const struct shaper *shaper); /* the last; "": none */
bool shaper_ready(const struct shaper *shaper); /* connected, and its STATE has been seen */
/* 0 or -errno: -ENOTCONN: the shaper is away; -ENOBUFS: too many wait. `session` for SESSION_*, else NULL.
 * `blob` for APPLY and TRY, else -1; it is closed in every case. */
int shaper_request(struct shaper *shaper, enum message_type type, const struct plan_session *session,
		   int blob, shaper_done done, void *userdata, uint64_t tag);
/* The same for GARDEN: device, address and lifetime of `garden`. */
int shaper_garden(struct shaper *shaper, const struct message_garden *garden, shaper_done done,
		  void *userdata, uint64_t tag);
