/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a contract says a number, and an admin must hear it when the line does not keep it, with a figure to
 * show to the provider. It must not cry for a busy minute, nor go on for ever once nobody uses the line.
 */
#include "shortfall.h"
#include "../lib/cleanup.h"
#include "../lib/units.h"

#define RAISE_USEC (60 * USEC_PER_SEC)
#define END_USEC (10 * USEC_PER_SEC)
#define FORGET_USEC (1 * USEC_PER_HOUR)
#define GAP_MOST_USEC (10 * USEC_PER_SEC)
#define SOME 200u /* thousandths of what may pass: less than this fills no line */
#define WELL 900u
#define FADE 10 /* ten minutes without evidence undo a minute of it */

enum evidence { EVIDENCE_NONE, EVIDENCE_SHORT, EVIDENCE_WELL };

static uint64_t percent(uint64_t bps, unsigned of)
{
	return bps / 100 * of;
}

static unsigned load_of(const struct shortfall_sample *sample, unsigned way)
{
	return adjust_load(sample->seen.delivered_bps[way], sample->configured_bps[way],
			   sample->headroom_percent);
}

/* The direction that is fuller is to blame: a round trip cannot say. */
static bool is_fuller(const struct shortfall_sample *sample, unsigned way)
{
	const unsigned other = load_of(sample, !way);

	return other >= WELL || load_of(sample, way) >= other;
}

static enum evidence look(const struct shortfall_way *way_state, const struct shortfall_sample *sample,
			  unsigned way)
{
	const unsigned load = load_of(sample, way);

	if (load >= WELL)
		return EVIDENCE_WELL;
	if (sample->adjusted_bps[way] < percent(sample->configured_bps[way], 90))
		return EVIDENCE_SHORT;
	if (sample->seen.delay == DELAY_HIGH && load >= SOME && is_fuller(sample, way))
		return EVIDENCE_SHORT;
	if (sample->seen.delay == DELAY_NONE && way_state->given_bps &&
	    sample->seen.delivered_bps[way] > percent(way_state->given_bps, 115))
		return EVIDENCE_WELL;
	return EVIDENCE_NONE;
}

/* A line that fills up gives what is delivered; one that is adjusted, what was found to fit. */
static void learn(struct shortfall_way *state, const struct shortfall_sample *sample, unsigned way)
{
	const bool adjusted = sample->adjusted_bps[way] < sample->configured_bps[way];
	const uint64_t now = adjusted ? sample->adjusted_bps[way] : sample->seen.delivered_bps[way];

	state->given_bps = state->given_bps ? (3 * state->given_bps + now) / 4 : now;
}

static bool way_take(struct shortfall_way *state, const struct shortfall_sample *sample, unsigned way,
		     int64_t gap)
{
	const bool before = state->raised;
	const enum evidence evidence = look(state, sample, way);

	if (evidence != EVIDENCE_NONE)
		state->evidence_mono_usec = sample->seen.mono_usec;
	switch (evidence) {
	case EVIDENCE_NONE:
		state->short_usec = MAX(state->short_usec - gap / FADE, (int64_t)0);
		break;
	case EVIDENCE_SHORT:
		learn(state, sample, way);
		state->short_usec = MIN(state->short_usec + gap, RAISE_USEC);
		state->well_usec = 0;
		break;
	case EVIDENCE_WELL:
		state->well_usec += gap;
		break;
	}
	if (state->well_usec >= END_USEC || sample->seen.mono_usec - state->evidence_mono_usec > FORGET_USEC)
		*state = (struct shortfall_way){.evidence_mono_usec = sample->seen.mono_usec};
	else if (state->short_usec >= RAISE_USEC)
		state->raised = true;
	return state->raised != before;
}

unsigned shortfall_take(struct shortfall *shortfall, const struct shortfall_sample *sample)
{
	int64_t gap = sample->seen.mono_usec - shortfall->last_mono_usec;
	unsigned changed = 0;

	if (!shortfall->last_mono_usec || gap <= 0) {
		if (!shortfall->last_mono_usec)
			shortfall->last_mono_usec = sample->seen.mono_usec;
		return 0;
	}
	shortfall->last_mono_usec = sample->seen.mono_usec;
	for (unsigned way = 0; way < ADJUST_WAYS; way++)
		changed |=
		    way_take(&shortfall->ways[way], sample, way, MIN(gap, GAP_MOST_USEC)) ? 1u << way : 0;
	return changed;
}
