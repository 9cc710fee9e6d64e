/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Does the uplink give what was bought? Late probes while it carries less than may pass here say that
 * somebody else is the narrow place. Pure: a minute of such evidence raises the alarm for a direction, ten
 * seconds of the contrary end it, and so does an hour without any. A line that nobody uses proves nothing.
 */
#include "adjust.h"

struct shortfall_way {
	bool raised;
	int64_t short_usec, well_usec; /* of evidence */
	int64_t evidence_mono_usec;    /* the last, either way */
	uint64_t given_bps;	       /* what it gave while it was short */
};

struct shortfall {
	struct shortfall_way ways[ADJUST_WAYS];
	int64_t last_mono_usec;
};

struct shortfall_sample {
	struct adjust_sample seen;
	uint64_t configured_bps[ADJUST_WAYS];
	uint64_t
	    adjusted_bps[ADJUST_WAYS]; /* as planned with; the configured ones where nothing is adjusted */
	unsigned headroom_percent;
};

/* What of `raised` has changed: bit 1 << way. */
unsigned shortfall_take(struct shortfall *shortfall, const struct shortfall_sample *sample);
