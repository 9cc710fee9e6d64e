/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * "It is slow" has three answers: the provider, our queue, the office's own network. The one that is furthest beyond
 * what is usual for it is named; none where all are usual. Pure.
 */
#include <stdint.h>

/* Medians of the last minute, in microseconds; 0: not known. */
struct slow_figures {
	uint64_t provider_usec; /* round trips beyond the uplink */
	uint64_t late_usec;	/* probes, beyond the empty line's */
	uint64_t queue_usec, office_usec;
};

/* Usual: up to this. */
#define SLOW_PROVIDER_USEC 200000 /* servers abroad are that far */
#define SLOW_LATE_USEC 50000
#define SLOW_QUEUE_USEC 30000
#define SLOW_OFFICE_USEC 40000 /* a cable has one, a good radio ten milliseconds */

const char *slow_where(const struct slow_figures *figures); /* "provider", "queue", "office", or NULL */
