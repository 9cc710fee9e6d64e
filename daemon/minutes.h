/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Minutes of availability. Pure. A minute of the wall clock is judged when all that can still be said of it has been (an outage is known up to a
 * minute after it began): measured where somebody watched for more than half of it, down where more than half of it lies in outages.
 * Lengths are of the monotonic clock, so that a clock that is set makes at most its own minute wrong.
 */
#include "outage.h"

#define MINUTES_LATE_USEC (75 * INT64_C(1000000))
#define MINUTES_OPEN 4
#define MINUTES_OUTAGES 16

struct minute {
	int64_t index; /* of the wall clock's minutes */
	int32_t day;
	int64_t from_mono, to_mono, seen_usec;
	uint32_t sent[OUTAGE_TARGETS], answered[OUTAGE_TARGETS];
};

struct minutes {
	struct minute open[MINUTES_OPEN]; /* oldest first; the last one fills */
	unsigned n_open;
	struct { int64_t from_mono, to_mono; enum ledger_outage_cause cause; } outages[MINUTES_OUTAGES]; /* to 0: not yet over */
	unsigned n_outages;
	int64_t last_mono;
};

void minutes_turn(struct minutes *minutes, struct instant now, int32_t day, bool measured); /* at least every few seconds */
void minutes_round(struct minutes *minutes, uint16_t sent, uint16_t answered);
void minutes_outage(struct minutes *minutes, const struct outage_change *change);
void minutes_targets_changed(struct minutes *minutes);
/* The oldest minute that can be judged, with its targets' counts; false: none. `end`: all can be, also the one that
 * fills: more than half of it cannot be measured twice. */
bool minutes_take(struct minutes *minutes, struct instant now, bool end, struct ledger_availability *out, struct minute *raw);
