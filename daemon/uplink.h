/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The uplink as it is: what gerbang-watch's probes and the device's counters say of it goes through delay.h,
 * adjust.h and shortfall.h, and what comes of that goes to the planner, the log and `gerbang status`. Without
 * probes nothing of it happens. All functions accept NULL.
 */
#include <jansson.h>
#include "../policy/policy.h"

struct daemon;
struct plan;
struct uplink;

int uplink_new(struct daemon *daemon, struct uplink **out); /* 0 or -errno */
struct uplink *uplink_free(struct uplink *uplink);

/* One round of probes is over (WATCH_PROBE). */
void uplink_probe(struct uplink *uplink, const char *device, uint32_t rtt_usec);
/* The policy is another: bounds and device may be, too. Does not plan. */
void uplink_policy(struct uplink *uplink);
/* What the kernel holds when this daemon comes: an adjusted rate stays where it was. */
void uplink_adopt(struct uplink *uplink, const struct plan *actual);

/* For the planner: zeroes where the rates are as configured. */
struct policy_rate uplink_rate(const struct uplink *uplink);
/* How late probes are, beyond the empty line's round trip: while two of three are. */
uint64_t uplink_late(const struct uplink *uplink);
/* Puts "adjust", "alarm", "probe" and what it carries into the status' "uplink". */
void uplink_describe(const struct uplink *uplink, json_t *object);
