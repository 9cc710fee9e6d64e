/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: availability is owed in minutes, and an outage is known only after it began. So each minute waits a
 * little until it is judged. It must never count a minute that nobody watched.
 */
#include "minutes.h"
#include <string.h>
#include "../lib/cleanup.h"
#include "../lib/units.h"

#define TURN_USEC (5 * USEC_PER_SEC) /* a longer one was not a turn but a sleep */

static void minute_begin(struct minutes *minutes, struct instant now, int32_t day)
{
	const unsigned kept = MIN(minutes->n_open, MINUTES_OPEN - 1);

	memmove(minutes->open, minutes->open + minutes->n_open - kept, kept * sizeof(*minutes->open));
	minutes->open[kept] = (struct minute){.index = now.wall_usec / USEC_PER_MINUTE,
					      .day = day,
					      .from_mono = now.mono_usec,
					      .to_mono = now.mono_usec};
	minutes->n_open = kept + 1;
}

void minutes_turn(struct minutes *minutes, struct instant now, int32_t day, bool measured)
{
	const int64_t passed = minutes->last_mono ? now.mono_usec - minutes->last_mono : 0;
	struct minute *minute = minutes->n_open ? &minutes->open[minutes->n_open - 1] : NULL;

	minutes->last_mono = now.mono_usec;
	if (minute && passed <= TURN_USEC) {
		minute->to_mono = now.mono_usec;
		minute->seen_usec += measured ? passed : 0;
	}
	if (!minute || minute->index != now.wall_usec / USEC_PER_MINUTE)
		minute_begin(minutes, now, day);
}

void minutes_round(struct minutes *minutes, uint16_t sent, uint16_t answered)
{
	struct minute *minute = minutes->n_open ? &minutes->open[minutes->n_open - 1] : NULL;

	for (unsigned i = 0; minute && i < OUTAGE_TARGETS; i++) {
		minute->sent[i] += sent >> i & 1;
		minute->answered[i] += sent >> i & answered >> i & 1;
	}
}

static void outage_push(struct minutes *minutes, int64_t from_mono, enum ledger_outage_cause cause)
{
	const unsigned kept = MIN(minutes->n_outages, MINUTES_OUTAGES - 1);

	memmove(minutes->outages, minutes->outages + minutes->n_outages - kept,
		kept * sizeof(*minutes->outages));
	minutes->outages[kept].from_mono = from_mono;
	minutes->outages[kept].to_mono = 0;
	minutes->outages[kept].cause = cause;
	minutes->n_outages = kept + 1;
}

void minutes_outage(struct minutes *minutes, const struct outage_change *change)
{
	if (change->ended && minutes->n_outages)
		minutes->outages[minutes->n_outages - 1].to_mono = change->ended_at.mono_usec;
	if (change->began)
		outage_push(minutes, change->began_at.mono_usec, change->began_cause);
}

void minutes_targets_changed(struct minutes *minutes)
{
	for (unsigned i = 0; i < minutes->n_open; i++) {
		memset(minutes->open[i].sent, 0, sizeof(minutes->open[i].sent));
		memset(minutes->open[i].answered, 0, sizeof(minutes->open[i].answered));
	}
}

/* How much of the minute lies in outages of each cause. */
static void overlaps(const struct minutes *minutes, const struct minute *minute, int64_t usec[static 4])
{
	for (unsigned i = 0; i < minutes->n_outages; i++) {
		const int64_t until = minutes->outages[i].to_mono ? minutes->outages[i].to_mono : INT64_MAX;
		const int64_t from = MAX(minutes->outages[i].from_mono, minute->from_mono);
		const int64_t to = MIN(until, minute->to_mono);

		if (to > from)
			usec[minutes->outages[i].cause & 3] += to - from;
	}
}

static void judge(const struct minutes *minutes, const struct minute *minute, struct ledger_availability *out)
{
	int64_t usec[4] = {0};

	*out = (struct ledger_availability){.day = minute->day};
	for (unsigned i = 0; i < OUTAGE_TARGETS; i++) {
		out->sent += minute->sent[i];
		out->answered += minute->answered[i];
	}
	overlaps(minutes, minute, usec);
	out->measured_min = minute->seen_usec > USEC_PER_MINUTE / 2;
	out->down_min = out->measured_min &&
			usec[LEDGER_OUTAGE_CARRIER] + usec[LEDGER_OUTAGE_SILENT] + usec[LEDGER_OUTAGE_LOSS] >
			    USEC_PER_MINUTE / 2;
	if (!out->down_min)
		return;
	if (usec[LEDGER_OUTAGE_CARRIER] >= MAX(usec[LEDGER_OUTAGE_SILENT], usec[LEDGER_OUTAGE_LOSS]))
		out->carrier_min = 1;
	else if (usec[LEDGER_OUTAGE_SILENT] >= usec[LEDGER_OUTAGE_LOSS])
		out->silent_min = 1;
	else
		out->loss_min = 1;
}

bool minutes_take(struct minutes *minutes, struct instant now, bool end, struct ledger_availability *out,
		  struct minute *raw)
{
	struct minute *minute = minutes->open;

	if (!minutes->n_open ||
	    (!end && (minutes->n_open < 2 || now.mono_usec - minute->to_mono < MINUTES_LATE_USEC)))
		return false;
	judge(minutes, minute, out);
	*raw = *minute;
	minutes->n_open--;
	memmove(minute, minute + 1, minutes->n_open * sizeof(*minute));
	return true;
}
