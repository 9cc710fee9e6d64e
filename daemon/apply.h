/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The way of a plan to the shaper: one at a time, numbered; what is wanted meanwhile becomes one more; a
 * failure is tried again after 1 s, 2 s, ... 30 s.
 */
#include <stdbool.h>
#include <stdint.h>
#include "../lib/clock.h"
#include "../lib/plan.h"

struct daemon;
struct apply;

struct apply_report { /* "" until the shaper has said so */
	char leaf[16], leaf_reason[96];
	char download[IFNAMSIZ]; /* the device that carries the download tree */
};

struct apply_events {
	int (*plan)(void *userdata, struct instant now, uint64_t number, struct plan *out);
	void (*settled)(void *userdata, uint64_t number); /* the kernel holds that plan */
	void (*again)(void *userdata, const char *cause); /* decide anew and send */
};

int apply_new(struct daemon *daemon, const struct apply_events *events, void *userdata, struct apply **out);
struct apply *apply_free(struct apply *apply);

/* Plans for `now` and sends; later when one is on its way; not at all when the shaper is away. */
void apply_send(struct apply *apply, struct instant now, const char *cause);
/* The same for an uplink whose rate follows the line, which may be every second: said at DEBUG. */
void apply_adjust(struct apply *apply, struct instant now);
/* As engine_wait(). */
void apply_wait(struct apply *apply, void (*done)(void *userdata, int error, const char *text),
		void *userdata);
const struct apply_report *apply_report(const struct apply *apply);
