/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: the alarm and the adjustment of the uplink's rate must have one opinion on what is late. A single late
 * answer says nothing (a radio link, a busy host), and an answer is never trusted to be a sane number.
 */
#include "delay.h"
#include "../lib/cleanup.h"
#include "../lib/units.h"

#define RTT_MOST_USEC (10 * USEC_PER_SEC) /* later than this is lost */
#define GAP_MOST_USEC (10 * USEC_PER_SEC)
#define SILENT_USEC (15 * USEC_PER_SEC)
#define RISE_USEC (120 * USEC_PER_SEC)
#define RISE_LOADED_USEC (1800 * USEC_PER_SEC)
#define LATE_USEC (900 * USEC_PER_MSEC) /* senders that begin fill any line for a moment */
#define ROUNDS 3u

static void base_update(struct delay *delay, int64_t rtt_usec, int64_t gap_usec, bool loaded)
{
	int64_t rise = loaded ? RISE_LOADED_USEC : RISE_USEC;

	if (!delay->base_usec || rtt_usec < delay->base_usec)
		delay->base_usec = rtt_usec;
	else
		delay->base_usec += (rtt_usec - delay->base_usec) * gap_usec / rise;
}

static bool is_late(struct delay *delay, const struct delay_probe *probe, int64_t gap_usec)
{
	if (!probe->rtt_usec || probe->rtt_usec > RTT_MOST_USEC)
		return probe->loaded;
	delay->heard_mono_usec = probe->mono_usec;
	base_update(delay, probe->rtt_usec, gap_usec, probe->loaded);
	delay->extra_usec = probe->rtt_usec - delay->base_usec;
	return delay->extra_usec > probe->limit_usec;
}

static enum delay_verdict judge(const struct delay *delay)
{
	const unsigned late = (delay->late & 1u) + (delay->late >> 1 & 1u) + (delay->late >> 2 & 1u);

	if (!delay->base_usec || delay->rounds < ROUNDS)
		return DELAY_UNSURE;
	if (delay->last_mono_usec - delay->heard_mono_usec > SILENT_USEC)
		return DELAY_SILENT;
	if (late >= 2 && delay->last_mono_usec - delay->late_mono_usec >= LATE_USEC)
		return DELAY_HIGH;
	return late ? DELAY_UNSURE : DELAY_NONE;
}

enum delay_verdict delay_take(struct delay *delay, const struct delay_probe *probe)
{
	int64_t gap = probe->mono_usec - delay->last_mono_usec;
	bool late;

	if (!delay->rounds)
		delay->heard_mono_usec = probe->mono_usec;
	else if (gap <= 0)
		return DELAY_UNSURE; /* this clock only goes forward: whoever says otherwise knows nothing */
	gap = delay->rounds ? MIN(gap, GAP_MOST_USEC) : 0;
	delay->last_mono_usec = probe->mono_usec;
	late = is_late(delay, probe, gap);
	if (late && !(delay->late & 3u))
		delay->late_mono_usec = probe->mono_usec;
	delay->late = (uint8_t)(delay->late << 1 | late);
	delay->rounds = (uint8_t)MIN(delay->rounds + 1u, ROUNDS);
	return judge(delay);
}
