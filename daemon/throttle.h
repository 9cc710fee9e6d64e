/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * How often secrets may be tried. A guest (device, MAC) tries five times at once, then once in twelve
 * seconds. A MAC costs nothing to change, so failures also draw on their zone's bucket of 20 a second: while
 * it is empty, whoever has failed before waits; a guest's first attempt always passes. Pure: time is an
 * argument, monotonic, in microseconds.
 */
#include <stddef.h>
#include <stdint.h>
#include "../lib/addr.h"

struct throttle;

#define THROTTLE_GUEST_BURST 5
#define THROTTLE_GUEST_USEC (12 * INT64_C(1000000))
#define THROTTLE_ZONE_BURST 20
#define THROTTLE_ZONE_USEC (INT64_C(1000000) / 20)
#define THROTTLE_GUESTS 8192u /* the one that was here longest ago makes room */

struct throttle *throttle_new(void);
struct throttle *throttle_free(struct throttle *throttle);

/* 0: go on, an attempt is taken; > 0: not before so many seconds. -ENOMEM: not now. */
int64_t throttle_try(struct throttle *throttle, const char *device, const struct mac *mac, int64_t now_usec);
/* What became of it: a failure is charged to the zone, anything else gives the attempt back. */
void throttle_failed(struct throttle *throttle, const char *device, const struct mac *mac, int64_t now_usec);
void throttle_passed(struct throttle *throttle, const char *device, const struct mac *mac, int64_t now_usec);
