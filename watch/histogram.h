/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Times in a bounded place: 16 steps to an octave, so that what comes out is within 4 % of what came in.
 * Times from 1 us to HISTOGRAM_MAX_USEC; a step that is full (65,535) takes no more. Pure.
 */
#include <stdint.h>

#define HISTOGRAM_MAX_USEC ((INT64_C(1) << 25) - 1) /* 33 s */
#define HISTOGRAM_STEPS (16 * 22 + 16)

struct histogram {
	uint32_t n;
	uint16_t steps[HISTOGRAM_STEPS];
};

/* Times below 16 us have a step each; above, the first bit and the four behind it are the step. */
static inline unsigned histogram_step(int64_t usec)
{
	unsigned octave;

	if (usec < 16)
		return (unsigned)usec;
	octave = 63 - (unsigned)__builtin_clzll((unsigned long long)usec);
	return (octave - 3) * 16 + (unsigned)(usec >> (octave - 4) & 15);
}

/* The middle of a step. */
static inline int64_t histogram_usec(unsigned step)
{
	unsigned octave = step / 16 + 3;

	if (step < 16)
		return step;
	return ((INT64_C(16) + step % 16) << (octave - 4)) + (INT64_C(1) << (octave - 4)) / 2;
}

static inline void histogram_add(struct histogram *histogram, int64_t usec)
{
	uint16_t *step;

	if (usec < 1 || usec > HISTOGRAM_MAX_USEC)
		return;
	step = &histogram->steps[histogram_step(usec)];
	if (*step == UINT16_MAX)
		return;
	(*step)++;
	histogram->n++;
}

/* The time that so many percent do not exceed; 0 without samples. */
static inline int64_t histogram_percentile(const struct histogram *histogram, unsigned percent)
{
	uint64_t wanted = ((uint64_t)histogram->n * percent + 99) / 100, seen = 0;

	for (unsigned i = 0; i < HISTOGRAM_STEPS; i++) {
		seen += histogram->steps[i];
		if (histogram->steps[i] && seen >= wanted)
			return histogram_usec(i) > 0 ? histogram_usec(i) : 1;
	}
	return 0;
}
