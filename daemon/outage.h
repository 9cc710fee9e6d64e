/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Rounds of probes and the carrier in, outages out. Pure: no clock, no ledger.
 *
 *   carrier  the device has none. Begins at once.
 *   silent   no target answered for OUTAGE_SILENT_USEC. Begins when the first of the lost rounds was sent.
 *   loss     over the last minute at least `loss_percent` of the probes were lost, of all targets but those wholly silent, and no target did much
 *            better (less than half of that): one target that loses is not the line. Begins with the lossy stretch that goes on.
 *
 * A graver cause (in this order) ends the outage of a lesser one and begins its own at that instant; a lesser one never ends a graver: an outage is
 * over when nothing is wrong any more: the carrier is there, answers come (where there are probes), and the loss of the minute is below
 * half of the bound. It ended when the first answered round was sent (carrier: when it came, without probes; loss: after the last
 * lossy stretch), and is written so OUTAGE_CALM_USEC later, if nothing was wrong again meanwhile: else it has never ended.
 *
 * Suspended (nobody watches): nothing changes. Afterwards the outage goes on if it is still so; if not it ended at the last instant at which it
 * was known to be, and so it does where nobody had watched for OUTAGE_GAP_USEC.
 */
#include <stdbool.h>
#include <stdint.h>
#include "../ledger/evidence.h"
#include "../lib/clock.h"

#define OUTAGE_TARGETS 16
#define OUTAGE_SILENT_USEC (15 * INT64_C(1000000))
#define OUTAGE_CALM_USEC (10 * INT64_C(1000000))
#define OUTAGE_GAP_USEC (300 * INT64_C(1000000))
#define OUTAGE_BUCKETS 13 /* of 5 s: the minute, and the one that fills */

struct outage_bucket { /* 5 s of probes */
	struct instant began;
	uint16_t sent[OUTAGE_TARGETS], answered[OUTAGE_TARGETS];
};

struct outage {
	/* set by the caller before anything else, and on change */
	bool probed;	       /* targets are configured */
	int64_t lag_usec;      /* a round is told so long after it was sent */
	unsigned loss_percent; /* 100: never an outage for loss */

	/* what is so: read by the caller */
	enum ledger_outage_cause cause; /* 0: none. While it may be over (ending) it still stands here */
	struct instant began, first_began; /* of this cause; of the whole of it */
	struct instant ending;		   /* when it may have ended; mono_usec 0: it has not */

	/* its own */
	bool watched, carrier_known, no_carrier;
	bool suspended;		     /* the cause is of before a gap, and not yet known to be so still */
	struct instant seen;	     /* the last instant at which the cause was known to be so */
	struct instant round;	     /* when the last round was over; mono_usec 0: none since the watch came */
	struct instant silent_since; /* when the first of the rounds that were lost in a row was sent; mono_usec 0: none is */
	struct instant heard;	     /* when the round was sent that was answered last */
	struct instant calm_since;   /* when `ending` was noted */
	struct outage_bucket buckets[OUTAGE_BUCKETS]; /* newest first */
	unsigned n_buckets;
	struct instant filling_since;
};

/* What has changed: up to two, to be done in this order. */
struct outage_change {
	bool ended, began;
	enum ledger_outage_cause ended_cause, began_cause;
	struct instant ended_at, began_at;
	bool over; /* ended, and nothing graver has begun in its place */
};

/* What was open in the ledger when the program came, and when it was last known to be so. */
void outage_adopt(struct outage *outage, enum ledger_outage_cause cause, struct instant began, struct instant seen);
struct outage_change outage_watched(struct outage *outage, struct instant now, bool there);
struct outage_change outage_carrier(struct outage *outage, struct instant now, bool up);
struct outage_change outage_round(struct outage *outage, struct instant now, uint16_t sent, uint16_t answered);
struct outage_change outage_answered(struct outage *outage, struct instant now); /* an answer between two rounds */
struct outage_change outage_turn(struct outage *outage, struct instant now);	 /* time passes: at least every few seconds */
/* What guests are told: something is wrong and has not just ended; what was so before a gap holds for half a minute. */
bool outage_is(const struct outage *outage, struct instant now);
/* Whether there is anything to judge by just now: rounds come, or the carrier says enough. */
bool outage_measured(const struct outage *outage, struct instant now);
void outage_targets_changed(struct outage *outage); /* bits mean others from now on */
/* Percent of the last minute's probes that were lost; 0 also where nothing is known. */
unsigned outage_loss(const struct outage *outage, struct instant now);
