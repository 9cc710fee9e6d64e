/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What each class has delivered and dropped. Asks the shaper when the wall clock's seconds are a multiple of 10, every second
 * while somebody looks, sooner where a limit is near (usage.h, quota.h), and turns the kernel's counters into totals that never
 * fall: a counter that fell has begun a new epoch, and the last figures of a class that was deleted belong to the former.
 */
#include <stdbool.h>
#include "../lib/clock.h"
#include "../lib/plan.h"

struct daemon;
struct meter;

struct meter_row {
	uint64_t raw_bytes, raw_dropped; /* as the kernel said last */
	uint64_t bytes, dropped;	 /* totals: equal to raw in the first epoch */
	uint64_t raw_packets, packets;	 /* the same, delivered */
	uint64_t rate_bps;		 /* between the last two readings */
	uint64_t seen;			 /* number of the COUNT that had it; 0: never */
};

int meter_new(struct daemon *daemon, struct meter **out);
struct meter *meter_free(struct meter *meter);

/* A row of zeroes where nothing is known yet. Valid until the next event. */
const struct meter_row *meter_row(const struct meter *meter, enum plan_tree tree, uint16_t minor);

/* COUNTs are numbered from 1: the last one asked for, the last one answered. */
uint64_t meter_asked(const struct meter *meter);
uint64_t meter_answered(const struct meter *meter);
void meter_ask(struct meter *meter);		      /* soon: one more COUNT */
void meter_within(struct meter *meter, int64_t usec); /* one more within this time */

/* Calls `done` once the figures are fresh (at once when they are, or when the shaper is away), and reads each
 * second for ten more. error: 0, or -ESHUTDOWN when this daemon ends. */
void meter_watch(struct meter *meter, void (*done)(void *userdata, int error), void *userdata);
