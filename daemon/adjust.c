/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a provider that gives less than was bought keeps the queue on its side, where nobody shares fairly. It
 * must never leave the bounds, never fall because of a line that is idle or dead, and come to rest: once the
 * line is known to fill up at a rate, it stays a step below and tries again ever more seldom.
 */
#include "adjust.h"
#include "../lib/cleanup.h"
#include "../lib/units.h"

#define BUSY 750u	   /* thousandths: it carries what it may */
#define SUSPECT_SHARE 600u /* of the fuller direction's load: it may be the cause, too */
#define CUT_MOST_PERCENT 60u
#define SETTLE_USEC (3 * USEC_PER_SEC) /* senders need this to notice */
#define DRAIN_USEC (10 * USEC_PER_SEC) /* a queue that shrinks is let drain so long */
#define APART_USEC (1 * USEC_PER_SEC)
#define RISE_USEC (2 * USEC_PER_SEC)
#define RISE_IDLE_USEC (30 * USEC_PER_SEC)
#define PATIENCE_LEAST_USEC (10 * USEC_PER_SEC)
#define PATIENCE_MOST_USEC (60 * USEC_PER_SEC)
#define KNEE_USEC (10 * USEC_PER_MINUTE) /* then it may be another line */

/* ---- the ladder ---- */

static uint64_t step_below(uint64_t bps)
{
	return bps / 100 * (100 - ADJUST_STEP_PERCENT) / 8 * 8;
}

/* The highest step that is not above `bps`, and not below the minimum. */
static uint64_t ladder_floor(uint64_t configured, uint64_t minimum, uint64_t bps)
{
	uint64_t step = configured;

	while (step > bps && step > minimum)
		step = step_below(step);
	return MAX(step, minimum);
}

static uint64_t ladder_above(uint64_t configured, uint64_t bps)
{
	uint64_t step = configured, above = configured;

	while (step > bps) {
		above = step;
		step = step_below(step);
	}
	return above;
}

static uint64_t minimum_of(const struct adjust_settings *settings, unsigned way)
{
	return MIN(settings->minimum_bps[way], settings->configured_bps[way]);
}

unsigned adjust_load(uint64_t delivered_bps, uint64_t rate_bps, unsigned headroom_percent)
{
	uint64_t shaped = rate_bps / 100 * (100 - MIN(headroom_percent, 99u));

	return (unsigned)MIN(delivered_bps / MAX(shaped / 1000, UINT64_C(1)), UINT64_C(10000));
}

static void set(struct adjust *adjust, unsigned way, uint64_t bps, int64_t now)
{
	adjust->rates[way].bps = bps;
	adjust->rates[way].changed_mono_usec = now;
	adjust->rates[way].busy_mono_usec = 0;
	adjust->changed_mono_usec = now;
}

/* It has just been raised past what is known to fill the line: who else would it be. */
static bool is_trying(const struct adjust_rate *rate, int64_t now)
{
	return rate->knee_bps && rate->bps >= rate->knee_bps && now - rate->changed_mono_usec < DRAIN_USEC;
}

/* ---- down ---- */

/* What it carries beside what it may, or 0 where it can neither be the cause nor be lowered: one that gives
 * more than it is asked for (of a download that is the line's own word) is emptying its queue. */
static unsigned suspicion(const struct adjust *adjust, const struct adjust_settings *settings,
			  const struct adjust_sample *sample, unsigned way)
{
	const uint64_t minimum = minimum_of(settings, way), delivered = sample->delivered_bps[way];

	if (!minimum || adjust->rates[way].bps <= minimum || delivered / 3 < minimum / 4 ||
	    delivered / 10 * 9 >= adjust->rates[way].bps)
		return 0;
	return adjust_load(delivered, adjust->rates[way].bps, settings->headroom_percent);
}

/* The line filled up while it gave `delivered`: at that rate, or below what was allowed. True: it was known,
 * and only tried again. */
static bool learn_knee(struct adjust_rate *rate, const struct adjust_settings *settings, unsigned way,
		       uint64_t delivered, int64_t now)
{
	uint64_t given = delivered / (100 - MIN(settings->headroom_percent, 99u)) * 100;
	uint64_t knee =
	    ladder_floor(settings->configured_bps[way], minimum_of(settings, way), MIN(given, rate->bps));
	bool same = rate->knee_bps && knee >= step_below(step_below(rate->knee_bps)) &&
		    step_below(step_below(knee)) <= rate->knee_bps;

	rate->patience_usec = same ? MIN(2 * rate->patience_usec, PATIENCE_MOST_USEC) : PATIENCE_LEAST_USEC;
	rate->knee_bps = knee;
	rate->knee_mono_usec = now;
	return same;
}

static void cut(struct adjust *adjust, const struct adjust_settings *settings,
		const struct adjust_sample *sample, unsigned way)
{
	struct adjust_rate *rate = &adjust->rates[way];
	const uint64_t delivered = sample->delivered_bps[way];
	const uint64_t below = step_below(rate->bps), fits = delivered / 10 * 9;
	const bool tried = rate->knee_bps && rate->bps >= rate->knee_bps;
	uint64_t target = MIN(fits, below);

	/* A known rate was passed by a step: a step below it the little queue drains. */
	if (learn_knee(rate, settings, way, delivered, sample->mono_usec) && tried)
		target = MAX(target, MIN(step_below(rate->knee_bps), below));
	/* Senders that have just lost much deliver little for a moment: that is not what the line gives. */
	target = MAX(target, rate->bps / 100 * CUT_MOST_PERCENT);
	target = ladder_floor(settings->configured_bps[way], minimum_of(settings, way), target);
	set(adjust, way, target, sample->mono_usec);
}

/* Not yet: senders have not noticed the last cut, or the queue is draining. */
static bool is_settling(const struct adjust *adjust, const struct adjust_sample *sample)
{
	const int64_t since = sample->mono_usec - adjust->cut_mono_usec;

	if (!adjust->cut_mono_usec || since > DRAIN_USEC)
		return false;
	return since < SETTLE_USEC || sample->extra_usec < adjust->cut_extra_usec / 4 * 3;
}

/* The directions that are lowered, as bits. */
static unsigned suspects(const struct adjust *adjust, const struct adjust_settings *settings,
			 const struct adjust_sample *sample)
{
	unsigned loads[ADJUST_WAYS], most = 0, all = 0, trying = 0;

	for (unsigned way = 0; way < ADJUST_WAYS; way++) {
		loads[way] = suspicion(adjust, settings, sample, way);
		most = MAX(most, loads[way]);
	}
	for (unsigned way = 0; way < ADJUST_WAYS; way++) {
		if (!loads[way] || loads[way] < most * SUSPECT_SHARE / 1000)
			continue;
		all |= 1u << way;
		trying |= is_trying(&adjust->rates[way], sample->mono_usec) ? 1u << way : 0;
	}
	return trying ? trying : all;
}

static bool lower(struct adjust *adjust, const struct adjust_settings *settings,
		  const struct adjust_sample *sample)
{
	unsigned guilty;

	for (unsigned way = 0; way < ADJUST_WAYS; way++)
		adjust->rates[way].busy_mono_usec = 0;
	if (is_settling(adjust, sample))
		return false;
	guilty = suspects(adjust, settings, sample);
	for (unsigned way = 0; way < ADJUST_WAYS; way++)
		if (guilty & 1u << way)
			cut(adjust, settings, sample, way);
	if (!guilty)
		return false;
	adjust->cut_mono_usec = sample->mono_usec;
	adjust->cut_extra_usec = sample->extra_usec;
	return true;
}

/* ---- up ---- */

/* Patience before the knee; once past it the line gives more than it did, and all of it is wanted. */
static bool rise(struct adjust *adjust, const struct adjust_settings *settings, unsigned way, int64_t now)
{
	struct adjust_rate *rate = &adjust->rates[way];
	uint64_t above = ladder_above(settings->configured_bps[way], rate->bps);
	bool before_knee = rate->knee_bps && above >= rate->knee_bps && rate->bps < rate->knee_bps;
	int64_t wait = before_knee ? rate->patience_usec : RISE_USEC;

	if (now - MAX(rate->busy_mono_usec, rate->changed_mono_usec) < wait)
		return false;
	if (before_knee && is_trying(&adjust->rates[!way], now))
		return false; /* one at a time: else nobody could tell whose queue it is */
	if (rate->knee_bps && step_below(step_below(rate->bps)) > rate->knee_bps)
		rate->knee_bps = 0;
	set(adjust, way, above, now);
	return true;
}

/* Nothing is learnt from a line that carries little: back towards the knee, and in the end towards what was
 * bought. */
static bool rise_idle(struct adjust *adjust, const struct adjust_settings *settings, unsigned way,
		      int64_t now)
{
	struct adjust_rate *rate = &adjust->rates[way];
	uint64_t above = ladder_above(settings->configured_bps[way], rate->bps);

	if (now - rate->knee_mono_usec > KNEE_USEC)
		rate->knee_bps = 0;
	if (now - rate->changed_mono_usec < RISE_IDLE_USEC || (rate->knee_bps && above >= rate->knee_bps))
		return false;
	set(adjust, way, above, now);
	return true;
}

static bool raise(struct adjust *adjust, const struct adjust_settings *settings,
		  const struct adjust_sample *sample)
{
	const int64_t now = sample->mono_usec;

	for (unsigned way = 0; way < ADJUST_WAYS; way++) {
		struct adjust_rate *rate = &adjust->rates[way];
		unsigned load =
		    adjust_load(sample->delivered_bps[way], rate->bps, settings->headroom_percent);

		if (load < BUSY)
			rate->busy_mono_usec = 0;
		else if (!rate->busy_mono_usec)
			rate->busy_mono_usec = now;
		if (rate->bps >= settings->configured_bps[way])
			continue;
		if (load < BUSY ? rise_idle(adjust, settings, way, now) : rise(adjust, settings, way, now))
			return true;
	}
	return false;
}

/* ---- both ---- */

bool adjust_bounds(struct adjust *adjust, const struct adjust_settings *settings)
{
	bool changed = false;

	for (unsigned way = 0; way < ADJUST_WAYS; way++) {
		struct adjust_rate *rate = &adjust->rates[way];
		const uint64_t configured = settings->configured_bps[way];
		const uint64_t minimum = minimum_of(settings, way);
		const uint64_t before = rate->bps;

		rate->bps = !before || !minimum ? configured : CLAMP(before, minimum, configured);
		changed |= before && before != rate->bps;
	}
	return changed;
}

bool adjust_take(struct adjust *adjust, const struct adjust_settings *settings,
		 const struct adjust_sample *sample)
{
	bool changed = adjust_bounds(adjust, settings);

	if (changed || sample->mono_usec <= adjust->last_mono_usec)
		return changed;
	adjust->last_mono_usec = sample->mono_usec;
	if (adjust->changed_mono_usec && sample->mono_usec - adjust->changed_mono_usec < APART_USEC)
		return false;
	switch (sample->delay) {
	case DELAY_HIGH:
		return lower(adjust, settings, sample);
	case DELAY_NONE:
		return raise(adjust, settings, sample);
	case DELAY_UNSURE:
	case DELAY_SILENT:
		break;
	}
	return false;
}

void adjust_adopt(struct adjust *adjust, const struct adjust_settings *settings, enum adjust_way way,
		  uint64_t bps)
{
	const uint64_t minimum = minimum_of(settings, way);

	adjust->rates[way].bps = minimum ? ladder_floor(settings->configured_bps[way], minimum, bps)
					 : settings->configured_bps[way];
}
