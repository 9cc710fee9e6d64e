/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What gerbang-watch has measured of TCP round trips (MESSAGE_WATCH_LATENCY): kept for a minute, then it is no
 * figure any more. The newest windows count, as many as make LATENCY_ENOUGH samples; so a change shows within
 * ten seconds on a busy line, and a quiet one still has a figure. Knows no policy: of an office that is gone
 * nobody asks, and what nobody reports ages out.
 */
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>

#define LATENCY_KEEP_USEC (60 * INT64_C(1000000))
#define LATENCY_ENOUGH 20u
#define LATENCY_OFFICES 4096u /* so many are kept; what is beyond is not */

struct latency;

struct latency *latency_new(void); /* NULL: no memory */
struct latency *latency_free(struct latency *latency);
/* 0, -ENOMEM, or -EBADMSG: not such a document; what was known stays. A row that makes no sense is left out. */
int latency_take(struct latency *latency, const char *json, size_t length, int64_t now_mono_usec);

/* For `gerbang status`; new references, never NULL but for want of memory; `latency` may be NULL.
 * The provider's side, seen at the uplink device: {"samples", "p50_usec", "p95_usec"}, or null without samples. */
json_t *latency_uplink(const struct latency *latency);
/* {"uplink": figure or null, "office": figure or null, "queue_usec": integer or null}, or null where nothing is known.
 * "uplink" is what the office's hosts wait for the internet: provider plus our queues. "office" is between us and
 * its hosts. "queue_usec" is "uplink" less the provider's (medians), not below 0: an estimate of our own queues,
 * since the two are seen on different connections. */
json_t *latency_office(const struct latency *latency, const char *id);
