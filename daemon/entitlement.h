/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Did an office or zone get what it was entitled to, minute by minute? Pure.
 *
 * Demand: a queue of it held something at both readings, or dropped in between. It is entitled to its guarantee, and to no more than
 * its queues with demand may pass and the others did pass: a guest held at his own rate is no shortfall of the park. A minute is short
 * where there was demand all the time, its queues stood full at (nearly) every reading, and it got less than 95 %. A burst that
 * dropped something and was over is not: it had what it asked for.
 * What it got is counted as the rate is: with what each packet costs on the provider's line.
 */
#include <stdbool.h>
#include <stdint.h>

struct entitlement_sample { /* between two readings */
	int64_t usec;
	uint64_t guaranteed_bits, got_bits;
	uint64_t able_bits; /* what its queues may have passed: see above */
	bool demand, pressed; /* pressed: a queue held something at both readings */
};

struct entitlement { /* of a minute, so far */
	int64_t usec, demand_usec, pressed_usec;
	uint64_t entitled_bits, got_bits;
};

struct entitlement_minute {
	bool is_short;
	uint64_t achieved_bps, entitled_bps;
};

void entitlement_add(struct entitlement *minute, const struct entitlement_sample *sample);
/* The minute is over: what it was, and the next begins. */
struct entitlement_minute entitlement_end(struct entitlement *minute);

/* A row of short minutes, with fewer than five others in a row between them, is one alarm. */
struct entitlement_alarm {
	bool raised;
	uint8_t well; /* minutes since the last short one */
};
enum entitlement_news { ENTITLEMENT_NOTHING, ENTITLEMENT_RAISED, ENTITLEMENT_OVER };
enum entitlement_news entitlement_alarm(struct entitlement_alarm *alarm, bool is_short);
