/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Whether the uplink reaches anybody, and how fast: an echo request to each address, round after round. Down after
 * all of them were silent for 15 s, however long a round is; up again with the first answer. Where the uplink's rate
 * is adjusted rounds are short, and an answer may come after the next has begun: it counts in the round in which it
 * comes, with the time that it took. Which targets answered is told of each round when its time for answers is over
 * (rounds.h). A target that cannot be reached for lack of a route, or while the carrier is gone, was asked and is silent.
 */
#include <stdbool.h>
#include <systemd/sd-event.h>
#include "../lib/addr.h"
#include "rounds.h"

enum probe_state { PROBE_UNKNOWN, PROBE_DOWN, PROBE_UP };

#define PROBE_SILENT_USEC (15 * INT64_C(1000000))

struct probe;

struct probe_events {
	void (*changed)(void *userdata, enum probe_state state);
	/* A round is over, also where nothing came in it. */
	void (*round)(void *userdata, const struct rounds_verdict *verdict);
};

/* Opens the sockets, bound to the uplink; needs CAP_NET_RAW. */
int probe_new(sd_event *event, const char *uplink, const struct probe_events *events, void *userdata,
	      struct probe **out);
struct probe *probe_free(struct probe *probe);
/* From now on these, copied, a round every `period_usec` (SETTINGS_PROBE_MIN_USEC to .._MAX_USEC); none: nothing is
 * sent and the state is unknown. */
int probe_set(struct probe *probe, const struct addr *addresses, size_t n, int64_t period_usec);
enum probe_state probe_state(const struct probe *probe);
