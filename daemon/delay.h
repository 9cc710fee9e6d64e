/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Is there a queue before the uplink or behind it? Probes say so: what their answers take longer than they
 * would on an empty line. Pure: a probe's answer and an instant in, a verdict out.
 *
 * The empty line's round trip is the least one seen, which rises slowly towards what is seen (half of the way
 * in about 80 s of a line that is not loaded, in 20 min of one that is): so another route becomes the new
 * measure, and a queue does not.
 */
#include <stdbool.h>
#include <stdint.h>

enum delay_verdict {
	DELAY_UNSURE, /* one late answer among three, or nothing known yet */
	DELAY_NONE,
	DELAY_HIGH,  /* two of the last three came late, or not at all while the line was carrying; for a
			second */
	DELAY_SILENT /* no answer at all for so long that this is no queue */
};

struct delay {
	int64_t base_usec;  /* the empty line's round trip; 0: not known */
	int64_t extra_usec; /* the last answer's beyond it */
	int64_t last_mono_usec, heard_mono_usec;
	int64_t late_mono_usec; /* the first of the late ones */
	uint8_t late;		/* of the last rounds, one bit each, the newest lowest */
	uint8_t rounds;
};

struct delay_probe {
	int64_t mono_usec;
	uint32_t rtt_usec; /* 0: none came in time */
	bool loaded;
	int64_t limit_usec; /* more than this beyond the empty line's is a queue */
};

enum delay_verdict delay_take(struct delay *delay, const struct delay_probe *probe);
