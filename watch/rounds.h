/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The rounds of probes that still count: what was asked in each, and who has answered it. Pure: the caller says
 * what time it is.
 *
 * A target has answered a round if its answer to that round's request was there when the round was judged: at the
 * end of the round, or, where rounds are shorter than ROUNDS_ANSWER_USEC, as soon as the round is that old (give or
 * take half a round). An answer that is later still keeps the uplink up and has its round trip told, but the probe
 * counts as lost. Each round is judged once and told once; where several become due together (the time between
 * rounds was changed, the process was halted) the newest stands for them.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "echo.h"

#define ROUNDS_ANSWER_USEC (2 * INT64_C(1000000))
#define ROUNDS_KEPT 75u

struct rounds {
	struct round {
		struct echo echo;
		int64_t sent_usec;
		uint16_t sent, answered; /* bit i: the i-th target */
	} rows[ROUNDS_KEPT]; /* the newest at index `newest` % ROUNDS_KEPT */
	unsigned newest;     /* counts from 1; 0: there was none yet */
	unsigned told;	     /* the newest that was told */
	int64_t shortest_usec; /* of the answers since the last verdict; 0: none */
};

struct rounds_verdict {
	uint32_t rtt_usec;	 /* the shortest of the answers that came since the last verdict; 0: none came */
	uint16_t sent, answered; /* of the latest round whose time for answers is over; sent 0: none newer is */
};

void rounds_reset(struct rounds *rounds);
/* The new round's; the caller fills the echo's id and payload. `sent`: who will be asked. */
struct round *rounds_begin(struct rounds *rounds, int64_t now_usec, uint16_t sent);
/* An answer of the targets in `from`: how long it took, at least 1; 0: it answers no round of the last `keep_usec`. */
int64_t rounds_answer(struct rounds *rounds, int64_t now_usec, int64_t keep_usec, uint16_t from, bool v6, const uint8_t *bytes,
		      size_t length);
/* Before the next round begins. */
struct rounds_verdict rounds_judge(struct rounds *rounds, int64_t now_usec, int64_t period_usec);
