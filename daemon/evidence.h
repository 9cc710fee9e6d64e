/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Whether the uplink reached anybody, so that it can be shown to somebody who was not there: what gerbang-watch's probes and the
 * uplink's carrier say goes through outage.h and minutes.h into the ledger (outages, minutes of availability, probes by target),
 * the journal, notices and `gerbang status`. It looks at the carrier itself, once a second. Without probes the carrier alone counts, and
 * the status says so. While nobody watches, nothing is measured and nothing made up. All functions accept NULL.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "../ledger/evidence.h"

struct daemon;
struct evidence;

/* After ledger, engine and notify are there; before the watch's socket. 0 or -errno. */
int evidence_new(struct daemon *daemon, struct evidence **out);
struct evidence *evidence_free(struct evidence *evidence); /* an open outage stays open in the ledger; before the ledger is closed */

/* One round of probes is over (WATCH_PROBE): bits as in the message. */
void evidence_probe(struct evidence *evidence, uint16_t sent, uint16_t answered);
/* WATCH_UPLINK: heard between two rounds; an outage for want of answers ends with the first. */
void evidence_uplink(struct evidence *evidence, bool answered);
void evidence_carrier(struct evidence *evidence, bool up); /* whoever hears of it before evidence looks */
void evidence_watch(struct evidence *evidence, bool there); /* gerbang-watch has connected, or the last of it is gone */
void evidence_policy(struct evidence *evidence);	    /* device, probes or bounds may be others */

/* Whether the uplink is down, since when and why; either may be NULL. What guests are told. */
bool evidence_outage(const struct evidence *evidence, int64_t *since_wall_usec, enum ledger_outage_cause *cause);
const char *evidence_cause(enum ledger_outage_cause cause); /* "carrier", "silent", "loss" */

/* Puts into the status: "outage": null or {"since", "cause"}; "evidence": {"probes": number, "watched": bool, "says": "probes" or
 * "carrier only: no probes are configured", "targets": [{"address", "sent", "answered"} of the last minute], "test": null or the last one}. */
void evidence_describe(const struct evidence *evidence, json_t *status);
