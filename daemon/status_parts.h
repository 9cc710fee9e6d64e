/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Parts of `gerbang status` that other rooms' figures go into: each fills one row of what describe.h made.
 */
#include <jansson.h>
#include "../lib/plan.h"

struct daemon;

/* delivered_bytes, dropped_packets and rate_bps of a class in both directions. */
void status_class(const struct daemon *daemon, json_t *object, uint16_t minor);
/* The same for one direction: of `minor`, but for what was dropped. */
void status_figures(const struct daemon *daemon, json_t *object, enum plan_tree tree, uint16_t minor,
		    uint64_t dropped);
/* An office: its figures, month and quota, its services and its latency. */
void status_office(const struct daemon *daemon, json_t *object);
/* The uplink: device, queue, what it carries, what is judged of it. */
void status_uplink(const struct daemon *daemon, json_t *object);
