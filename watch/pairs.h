/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Round trips of TCP as seen at one point of the path: the first segment with a timestamp that passes in one
 * direction, and the first that echoes it in the other (RFC 7323; the method of pping); SYN and SYN/ACK,
 * SYN/ACK and its acknowledgement. Knows no clock and no socket.
 *
 * Bounded: two tables of fixed size, the oldest of a set makes room; places are by SipHash with a random key,
 * so nobody chooses whom he pushes out. A connection gives one sample in PAIRS_EVERY_USEC a direction,
 * whatever it sends. What counts as a sample is between 1 us and 30 s.
 *
 * What may deceive it: an end that delays its acknowledgements adds that delay; one that echoes what it has
 * not got, or two accomplices at both sides, may make up any figure, of their own office alone.
 */
#include <stdbool.h>
#include <stdint.h>
#include "segment.h"

#define PAIRS_MAX_USEC (30 * INT64_C(1000000))
#define PAIRS_EVERY_USEC (100 * INT64_C(1000))

struct pairs;

struct pairs *pairs_new(void); /* NULL: no memory, or no random numbers */
struct pairs *pairs_free(struct pairs *pairs);
void pairs_clear(struct pairs *pairs); /* the clock was set: what waits has no meaning any more */
/* A segment that passes `point`. True: it answers one that passed in the other direction *rtt_usec ago. */
bool pairs_take(struct pairs *pairs, uint32_t point, const struct segment *segment, int64_t now_usec,
		int64_t *rtt_usec);
