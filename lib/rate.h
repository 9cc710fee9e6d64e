/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A token bucket: what strangers cause must be bounded, in events to the daemon and in packets of ours.
 */
#include <stdbool.h>
#include <stdint.h>

struct rate {
	int64_t every_usec; /* one token */
	int64_t burst;
	int64_t spent_until_usec; /* the bucket is full again at this time */
};

static inline bool rate_take(struct rate *rate, int64_t now_usec)
{
	int64_t from = rate->spent_until_usec > now_usec ? rate->spent_until_usec : now_usec;

	if (from - now_usec > rate->every_usec * (rate->burst - 1))
		return false;
	rate->spent_until_usec = from + rate->every_usec;
	return true;
}
