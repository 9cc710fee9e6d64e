/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Errands under way: a process each, with a deadline, of which nothing is believed but the few bytes that it answers: a server, a library
 * that ends its process, or a name that never resolves stop one errand and nothing else. At most DESK_MOST at a time.
 */
#include <jansson.h>
#include <systemd/sd-event.h>
#include "../lib/cleanup.h"

#define DESK_MOST 4
#define DESK_ANSWER 4096

struct desk;

int desk_new(sd_event *event, struct desk **out);
struct desk *desk_free(struct desk *desk); /* ends what is under way */
DEFINE_CLEANUP(struct desk *, desk_free)

/* `answer` is the callee's only during the call: {"error", "retry", ...}. */
typedef void (*desk_done)(void *userdata, uint64_t id, const json_t *answer);
/* Steals `errand`. 0: `done` will be called, never from within this call, unless desk_forget() comes first. -EBUSY: too many. */
int desk_take(struct desk *desk, uint64_t id, json_t *errand, desk_done done, void *userdata);
void desk_forget(struct desk *desk); /* nobody wants the answers of what is under way any more */
