/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a round trip is two packets of strangers that belong together. What waits for its echo waits in a
 * table that cannot grow, in a place that nobody can foresee; what an application leaves unanswered for a
 * while is not taken for a slow line.
 */
#include "pairs.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define WAYS 4u
#define PAIR_SETS 4096u
#define FLOW_SETS 2048u

enum kind { KIND_STAMP = 1, KIND_SEQUENCE, KIND_FLOW };

/* Whose echo it would be: what is hashed, without gaps. */
struct key {
	uint32_t point, value;
	uint16_t source_port, destination_port;
	struct addr from, to;
	uint8_t kind;
	uint8_t zero[1];
};

_Static_assert(sizeof(struct key) == 48, "what is hashed has no gaps");

enum state {
	STATE_WAITS,
	STATE_WAITS_IDLE, /* nothing forces the other end to answer it at once */
	STATE_DONE	  /* answered, or not to be told which one was answered (Karn) */
};

struct pair {
	uint64_t tag; /* 0: empty */
	int64_t at_usec;
	uint8_t state;
};

struct flow { /* one direction of a connection */
	uint64_t tag;
	int64_t at_usec;
	int64_t data_usec; /* its last segment with data; 0: none */
	int64_t next_usec; /* no sample before */
};

struct pairs {
	uint8_t secret[crypto_shorthash_KEYBYTES];
	struct pair pairs[PAIR_SETS][WAYS];
	struct flow flows[FLOW_SETS][WAYS];
};

struct pairs *pairs_new(void)
{
	struct pairs *pairs = calloc(1, sizeof(*pairs));

	if (pairs && getrandom(pairs->secret, sizeof(pairs->secret), 0) != (ssize_t)sizeof(pairs->secret))
		return pairs_free(pairs);
	return pairs;
}

struct pairs *pairs_free(struct pairs *pairs)
{
	free(pairs);
	return NULL;
}

void pairs_clear(struct pairs *pairs)
{
	memset(pairs->pairs, 0, sizeof(pairs->pairs));
	memset(pairs->flows, 0, sizeof(pairs->flows));
}

static uint64_t tag_of(const struct pairs *pairs, const struct key *key)
{
	uint64_t tag = 0;

	crypto_shorthash((void *)&tag, (const void *)key, sizeof(*key), pairs->secret);
	return tag ? tag : 1;
}

/* As the segment itself, or as the one that it would answer. */
static struct key key_of(uint32_t point, const struct segment *segment, bool answered, enum kind kind,
			 uint32_t value)
{
	struct key key = {.point = point, .value = value, .kind = kind};

	key.from = answered ? segment->to : segment->from;
	key.to = answered ? segment->from : segment->to;
	key.source_port = answered ? segment->destination_port : segment->source_port;
	key.destination_port = answered ? segment->source_port : segment->destination_port;
	return key;
}

/* ---- the tables ---- */

static bool is_old(int64_t at_usec, int64_t now_usec)
{
	return now_usec - at_usec > PAIRS_MAX_USEC || now_usec < at_usec;
}

static struct pair *find_pair(struct pairs *pairs, uint64_t tag, int64_t now_usec)
{
	struct pair *set = pairs->pairs[tag % PAIR_SETS];

	for (unsigned i = 0; i < WAYS; i++)
		if (set[i].tag == tag && !is_old(set[i].at_usec, now_usec))
			return &set[i];
	return NULL;
}

static void put_pair(struct pairs *pairs, uint64_t tag, enum state state, int64_t now_usec)
{
	struct pair *set = pairs->pairs[tag % PAIR_SETS], *oldest = set;

	for (unsigned i = 1; i < WAYS; i++)
		if (set[i].at_usec < oldest->at_usec)
			oldest = &set[i];
	*oldest = (struct pair){.tag = tag, .at_usec = now_usec, .state = state};
}

static struct flow *flow_of(struct pairs *pairs, uint32_t point, const struct segment *segment,
			    int64_t now_usec)
{
	const struct key key = key_of(point, segment, false, KIND_FLOW, 0);
	const uint64_t tag = tag_of(pairs, &key);
	struct flow *set = pairs->flows[tag % FLOW_SETS], *oldest = set;

	for (unsigned i = 0; i < WAYS; i++) {
		if (set[i].tag == tag && !is_old(set[i].at_usec, now_usec)) {
			set[i].at_usec = now_usec;
			return &set[i];
		}
		if (set[i].at_usec < oldest->at_usec)
			oldest = &set[i];
	}
	*oldest = (struct flow){.tag = tag, .at_usec = now_usec};
	return oldest;
}

/* ---- a segment as an answer ---- */

/* Data that follow a bare acknowledgement were waiting for it only where data keep coming: else an
 * application was silent for so long, not the line. */
static bool is_trip(const struct pair *pair, const struct flow *flow, const struct segment *segment,
		    int64_t now_usec)
{
	const int64_t rtt = now_usec - pair->at_usec;

	if (pair->state == STATE_WAITS)
		return rtt > 0;
	return rtt > 0 && segment->data && flow->data_usec && 2 * (now_usec - flow->data_usec) < rtt;
}

static bool answers(struct pairs *pairs, const struct key *key, const struct flow *flow,
		    const struct segment *segment, int64_t now_usec, int64_t *rtt_usec)
{
	struct pair *pair = find_pair(pairs, tag_of(pairs, key), now_usec);
	bool trip;

	if (!pair || pair->state == STATE_DONE)
		return false;
	trip = is_trip(pair, flow, segment, now_usec);
	pair->state = STATE_DONE;
	*rtt_usec = now_usec - pair->at_usec;
	return trip;
}

static bool match(struct pairs *pairs, uint32_t point, const struct segment *segment, const struct flow *flow,
		  int64_t now_usec, int64_t *rtt_usec)
{
	struct key key;

	if (!(segment->flags & SEGMENT_ACK))
		return false;
	if (segment->stamped && !(segment->flags & SEGMENT_SYN)) {
		key = key_of(point, segment, true, KIND_STAMP, segment->echo);
		if (answers(pairs, &key, flow, segment, now_usec, rtt_usec))
			return true;
	}
	if (segment->data) /* an application that waits before its first word */
		return false;
	key = key_of(point, segment, true, KIND_SEQUENCE, segment->acknowledged);
	return answers(pairs, &key, flow, segment, now_usec, rtt_usec);
}

/* ---- a segment that waits for its answer ---- */

/* A second SYN is the first one's again: which of both is answered nobody can tell. */
static void remember_syn(struct pairs *pairs, const struct key *key, int64_t now_usec)
{
	const uint64_t tag = tag_of(pairs, key);
	struct pair *pair = find_pair(pairs, tag, now_usec);

	if (pair)
		pair->state = STATE_DONE;
	else
		put_pair(pairs, tag, STATE_WAITS, now_usec);
}

/* The first segment with that timestamp alone: echoed is the first (RFC 7323, 4.3). */
static void remember_stamp(struct pairs *pairs, const struct key *key, enum state state, int64_t now_usec)
{
	const uint64_t tag = tag_of(pairs, key);

	if (!find_pair(pairs, tag, now_usec))
		put_pair(pairs, tag, state, now_usec);
}

static void remember(struct pairs *pairs, uint32_t point, const struct segment *segment, int64_t now_usec)
{
	struct key key;

	if (segment->flags & SEGMENT_SYN) {
		key = key_of(point, segment, false, KIND_SEQUENCE, segment->sequence + 1);
		remember_syn(pairs, &key, now_usec);
	} else if (segment->stamped) {
		key = key_of(point, segment, false, KIND_STAMP, segment->stamp);
		remember_stamp(pairs, &key, segment->data ? STATE_WAITS : STATE_WAITS_IDLE, now_usec);
	}
}

bool pairs_take(struct pairs *pairs, uint32_t point, const struct segment *segment, int64_t now_usec,
		int64_t *rtt_usec)
{
	struct flow *flow;
	bool measured;

	if (segment->flags & SEGMENT_RST)
		return false;
	flow = flow_of(pairs, point, segment, now_usec);
	measured = match(pairs, point, segment, flow, now_usec, rtt_usec) && now_usec >= flow->next_usec;
	if (measured)
		flow->next_usec = now_usec + PAIRS_EVERY_USEC;
	if (segment->data)
		flow->data_usec = now_usec;
	remember(pairs, point, segment, now_usec);
	return measured;
}
