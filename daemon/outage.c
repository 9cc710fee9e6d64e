/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a bill is argued about with what this says, so it must neither make an outage up nor let one flap into
 * twenty. What one far end does is not the line's doing, and what nobody watched is not known.
 */
#include "outage.h"
#include <string.h>
#include "../lib/cleanup.h"
#include "../lib/units.h"

#define BUCKET_USEC (5 * USEC_PER_SEC)
#define HEARS_USEC (30 * USEC_PER_SEC) /* without a round for so long nobody is probing */
#define BELIEVED_USEC (30 * USEC_PER_SEC)
#define LEAST_PROBES 8

static const unsigned ranks[] = {
    [LEDGER_OUTAGE_LOSS] = 1, [LEDGER_OUTAGE_SILENT] = 2, [LEDGER_OUTAGE_CARRIER] = 3};

static struct instant later(struct instant a, struct instant b)
{
	return a.mono_usec >= b.mono_usec ? a : b;
}

static bool is_set(struct instant instant)
{
	return instant.mono_usec != 0;
}

static bool hears(const struct outage *outage, struct instant now)
{
	return outage->probed && outage->watched && is_set(outage->round) &&
	       now.mono_usec - outage->round.mono_usec < HEARS_USEC;
}

/* ---- the minute ---- */

struct tally {
	unsigned sent, lost;
};

static unsigned percent(struct tally tally)
{
	return tally.sent ? 100 * tally.lost / tally.sent : 0;
}

static void forget_minute(struct outage *outage)
{
	outage->n_buckets = 0;
	outage->filling_since = (struct instant){0};
}

static void bucket_push(struct outage *outage, struct instant now)
{
	const unsigned kept = MIN(outage->n_buckets, OUTAGE_BUCKETS - 1);

	memmove(outage->buckets + 1, outage->buckets, kept * sizeof(*outage->buckets));
	outage->buckets[0] = (struct outage_bucket){.began = now};
	outage->n_buckets = kept + 1;
}

static void minute_add(struct outage *outage, struct instant now, uint16_t sent, uint16_t answered)
{
	struct outage_bucket *bucket = outage->buckets;

	if (!is_set(outage->filling_since))
		outage->filling_since = now;
	if (!outage->n_buckets || now.mono_usec - bucket->began.mono_usec >= BUCKET_USEC)
		bucket_push(outage, now);
	for (unsigned i = 0; i < OUTAGE_TARGETS; i++) {
		bucket->sent[i] = (uint16_t)(bucket->sent[i] + (sent >> i & 1));
		bucket->answered[i] = (uint16_t)(bucket->answered[i] + (sent >> i & answered >> i & 1));
	}
}

static bool is_of_minute(const struct outage_bucket *bucket, struct instant now)
{
	return now.mono_usec - bucket->began.mono_usec <= USEC_PER_MINUTE;
}

static struct tally tally_target(const struct outage *outage, struct instant now, unsigned target)
{
	struct tally tally = {0};

	for (unsigned i = 0; i < outage->n_buckets && is_of_minute(&outage->buckets[i], now); i++) {
		tally.sent += outage->buckets[i].sent[target];
		tally.lost += outage->buckets[i].sent[target] - outage->buckets[i].answered[target];
	}
	return tally;
}

/* Of all targets that answered at all, with the percentage of the best of them. */
static struct tally tally_minute(const struct outage *outage, struct instant now, unsigned *best,
				 uint16_t *alive)
{
	struct tally sum = {0};

	*best = 100;
	*alive = 0;
	for (unsigned i = 0; i < OUTAGE_TARGETS; i++) {
		const struct tally one = tally_target(outage, now, i);

		if (one.sent == one.lost)
			continue;
		sum.sent += one.sent;
		sum.lost += one.lost;
		*best = MIN(*best, percent(one));
		*alive = (uint16_t)(*alive | 1u << i);
	}
	return sum;
}

static struct tally tally_bucket(const struct outage_bucket *bucket, uint16_t alive)
{
	struct tally tally = {0};

	for (unsigned i = 0; i < OUTAGE_TARGETS; i++) {
		if (!(alive >> i & 1))
			continue;
		tally.sent += bucket->sent[i];
		tally.lost += bucket->sent[i] - bucket->answered[i];
	}
	return tally;
}

/* So much that it is the line's doing and no single target's. */
static bool is_bucket_lossy(const struct outage *outage, const struct outage_bucket *bucket, uint16_t alive)
{
	unsigned lost = 0, asked = 0;

	for (unsigned i = 0; i < OUTAGE_TARGETS; i++) {
		if (!(alive >> i & 1) || !bucket->sent[i])
			continue;
		asked++;
		lost += bucket->answered[i] < bucket->sent[i];
	}
	return lost >= MIN(asked, 2u) && 2 * percent(tally_bucket(bucket, alive)) >= outage->loss_percent;
}

static bool minute_is_full(const struct outage *outage, struct instant now)
{
	return is_set(outage->filling_since) &&
	       now.mono_usec - outage->filling_since.mono_usec >= USEC_PER_MINUTE;
}

unsigned outage_loss(const struct outage *outage, struct instant now)
{
	unsigned best;
	uint16_t alive;

	return percent(tally_minute(outage, now, &best, &alive));
}

/* A round that nobody answered may be the first of a silence: then it is not judged here. */
static bool is_lossy(const struct outage *outage, struct instant now)
{
	unsigned best;
	uint16_t alive;
	const struct tally tally = tally_minute(outage, now, &best, &alive);

	return outage->loss_percent && outage->loss_percent < 100 && minute_is_full(outage, now) &&
	       !is_set(outage->silent_since) && tally.sent >= LEAST_PROBES &&
	       percent(tally) >= outage->loss_percent && 2 * best >= outage->loss_percent;
}

static bool is_hardly_lossy(const struct outage *outage, struct instant now)
{
	return 2 * outage_loss(outage, now) < outage->loss_percent;
}

/* Where the stretch began that goes on until now: fifteen good seconds are before its beginning, however
 * lossy it was before. */
static struct instant lossy_from(const struct outage *outage, struct instant now)
{
	struct instant from = now;
	unsigned best, quiet = 0;
	uint16_t alive;

	tally_minute(outage, now, &best, &alive);
	for (unsigned i = 0; i < outage->n_buckets && is_of_minute(&outage->buckets[i], now); i++) {
		if (is_bucket_lossy(outage, &outage->buckets[i], alive)) {
			from = outage->buckets[i].began;
			quiet = 0;
		} else if (++quiet > 2) {
			break;
		}
	}
	return from;
}

/* Where the last such stretch ended. */
static struct instant lossy_until(const struct outage *outage, struct instant now)
{
	struct instant until = now;
	unsigned best;
	uint16_t alive;

	tally_minute(outage, now, &best, &alive);
	for (unsigned i = 0; i < outage->n_buckets && is_of_minute(&outage->buckets[i], now); i++) {
		if (is_bucket_lossy(outage, &outage->buckets[i], alive))
			break;
		until = outage->buckets[i].began;
	}
	return until;
}

/* ---- what is wrong now ---- */

struct finding {
	enum ledger_outage_cause cause; /* 0: nothing */
	struct instant began;
};

static struct finding find(const struct outage *outage, struct instant now)
{
	if (outage->no_carrier)
		return (struct finding){LEDGER_OUTAGE_CARRIER, now};
	if (!hears(outage, now))
		return (struct finding){0};
	if (is_set(outage->silent_since) &&
	    outage->round.mono_usec - outage->silent_since.mono_usec >= OUTAGE_SILENT_USEC)
		return (struct finding){LEDGER_OUTAGE_SILENT, outage->silent_since};
	if (is_lossy(outage, now))
		return (struct finding){LEDGER_OUTAGE_LOSS, lossy_from(outage, now)};
	return (struct finding){0};
}

/* Whether what had begun still is so: carrier and silence until an answer, loss until it is clearly less. */
static bool is_still(const struct outage *outage, struct instant now)
{
	if (outage->no_carrier)
		return true;
	if (!hears(outage, now))
		return false;
	if (is_set(outage->silent_since))
		return true;
	return outage->cause == LEDGER_OUTAGE_LOSS && !is_hardly_lossy(outage, now);
}

static struct instant end_of(const struct outage *outage, struct instant now)
{
	struct instant end = now;

	if (outage->cause == LEDGER_OUTAGE_LOSS)
		end = lossy_until(outage, now);
	else if (hears(outage, now))
		end = outage->heard;
	return later(end, outage->began);
}

/* ---- changes ---- */

static void end_at(struct outage *outage, struct instant at, struct outage_change *change)
{
	change->ended = change->over = true;
	change->ended_cause = outage->cause;
	change->ended_at = later(at, outage->began);
	outage->cause = 0;
	outage->suspended = false;
	outage->ending = (struct instant){0};
}

/* One that takes another's place begins no sooner than that one; the whole of it is as old as the first. */
static void begin(struct outage *outage, struct finding found, bool follows, struct outage_change *change)
{
	if (follows)
		found.began = later(found.began, change->ended_at);
	else
		outage->first_began = found.began;
	outage->cause = found.cause;
	outage->began = outage->seen = found.began;
	outage->ending = (struct instant){0};
	change->began = true;
	change->began_cause = found.cause;
	change->began_at = found.began;
	change->over = change->over && !follows;
}

static void judge_ending(struct outage *outage, struct instant now, struct outage_change *change)
{
	if (is_still(outage, now)) {
		outage->ending = (struct instant){0};
		outage->seen = now;
		return;
	}
	if (!is_set(outage->ending)) {
		outage->ending = end_of(outage, now);
		outage->calm_since = now;
		if (outage->cause != LEDGER_OUTAGE_LOSS)
			forget_minute(outage); /* what was lost in it is told already */
	} else if (now.mono_usec - outage->calm_since.mono_usec >= OUTAGE_CALM_USEC) {
		end_at(outage, outage->ending, change);
	}
}

/* After a gap. True: it is still so; it goes on. */
static bool is_confirmed(const struct outage *outage, struct instant now, struct finding found)
{
	return found.cause == outage->cause || (outage->cause == LEDGER_OUTAGE_LOSS && hears(outage, now) &&
						minute_is_full(outage, now) && !is_hardly_lossy(outage, now));
}

/* True: it is so no more, or nobody will ever know. */
static bool is_refuted(const struct outage *outage, struct instant now, struct finding found)
{
	if (now.mono_usec - outage->seen.mono_usec > OUTAGE_GAP_USEC ||
	    ranks[found.cause] > ranks[outage->cause])
		return true;
	if (outage->cause == LEDGER_OUTAGE_CARRIER)
		return outage->carrier_known && !outage->no_carrier;
	if (!outage->probed)
		return true;
	if (!hears(outage, now) || is_set(outage->silent_since))
		return false;
	return outage->cause == LEDGER_OUTAGE_SILENT || minute_is_full(outage, now);
}

static struct outage_change judge(struct outage *outage, struct instant now)
{
	struct outage_change change = {0};
	const struct finding found = find(outage, now);

	if (outage->cause && outage->suspended) {
		if (is_refuted(outage, now, found))
			end_at(outage, outage->seen, &change);
		else if (is_confirmed(outage, now, found))
			outage->suspended = false;
		else
			return change;
	}
	if (found.cause && outage->cause && ranks[found.cause] > ranks[outage->cause]) {
		end_at(outage, found.began, &change);
		begin(outage, found, true, &change);
	} else if (found.cause && !outage->cause) {
		begin(outage, found, false, &change);
	} else if (outage->cause) {
		judge_ending(outage, now, &change);
	}
	return change;
}

/* ---- what is told ---- */

void outage_adopt(struct outage *outage, enum ledger_outage_cause cause, struct instant began,
		  struct instant seen)
{
	outage->cause = cause;
	outage->began = outage->first_began = began;
	outage->seen = later(seen, began);
	outage->suspended = true;
}

/* Nobody probes any more: what had just ended has; what was so may be or not. */
static struct outage_change suspend(struct outage *outage)
{
	struct outage_change change = {0};

	if (!outage->cause || outage->cause == LEDGER_OUTAGE_CARRIER || outage->suspended)
		return change;
	if (is_set(outage->ending))
		end_at(outage, outage->ending, &change);
	else
		outage->suspended = true;
	return change;
}

struct outage_change outage_watched(struct outage *outage, struct instant now, bool there)
{
	struct outage_change change = {0};

	if (there == outage->watched)
		return change;
	if (!there)
		change = suspend(outage);
	outage->watched = there;
	outage->round = outage->silent_since = (struct instant){0};
	forget_minute(outage);
	return change.ended ? change : judge(outage, now);
}

struct outage_change outage_carrier(struct outage *outage, struct instant now, bool up)
{
	/* Nobody has answered yet since it came back. */
	if (outage->no_carrier && up && hears(outage, now))
		outage->silent_since = now;
	outage->carrier_known = true;
	outage->no_carrier = !up;
	return judge(outage, now);
}

struct outage_change outage_round(struct outage *outage, struct instant now, uint16_t sent, uint16_t answered)
{
	const struct instant asked = {.wall_usec = now.wall_usec - outage->lag_usec,
				      .mono_usec = now.mono_usec - outage->lag_usec};

	outage->round = now;
	if (!sent)
		return judge(outage, now);
	minute_add(outage, now, sent, answered);
	if (sent & answered) {
		outage->heard = asked;
		outage->silent_since = (struct instant){0};
	} else if (!is_set(outage->silent_since)) {
		outage->silent_since = asked;
	}
	return judge(outage, now);
}

struct outage_change outage_answered(struct outage *outage, struct instant now)
{
	outage->heard = now;
	outage->silent_since = (struct instant){0};
	return judge(outage, now);
}

struct outage_change outage_turn(struct outage *outage, struct instant now)
{
	return judge(outage, now);
}

void outage_targets_changed(struct outage *outage)
{
	forget_minute(outage);
}

bool outage_is(const struct outage *outage, struct instant now)
{
	return outage->cause && !is_set(outage->ending) &&
	       (!outage->suspended || now.mono_usec - outage->seen.mono_usec < BELIEVED_USEC);
}

bool outage_measured(const struct outage *outage, struct instant now)
{
	return outage->no_carrier || !outage->probed ? outage->carrier_known : hears(outage, now);
}
