/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * An uplink whose real rate is lower than bought, and changes: the rate that is planned with follows it, in
 * each direction between a minimum and the configured one, so that the queue stays here. Pure: no clock, no
 * kernel, no log.
 *
 * The idea is that of cake-autorate (github.com/lynxthecat/cake-autorate): late probes while the line carries
 * say that the queue is not ours, and what was delivered meanwhile is what the line gives. What a round trip
 * cannot say is in which direction the queue is: each that carries much is lowered, and the one that was
 * innocent rises again. Rates stand on a ladder of ADJUST_STEP_PERCENT below the configured one; one step or
 * fall a second at most.
 */
#include <stdbool.h>
#include <stdint.h>
#include "delay.h"

#define ADJUST_STEP_PERCENT 5u

enum adjust_way { ADJUST_DOWN, ADJUST_UP, ADJUST_WAYS };

struct adjust_settings {
	uint64_t configured_bps[ADJUST_WAYS];
	uint64_t minimum_bps[ADJUST_WAYS]; /* 0: not adjusted */
	unsigned headroom_percent;
};

struct adjust_sample {
	int64_t mono_usec;
	enum delay_verdict delay;
	int64_t extra_usec;		     /* of the last answer, beyond the empty line's */
	uint64_t delivered_bps[ADJUST_WAYS]; /* at the uplink, lately */
};

struct adjust_rate {
	uint64_t bps;	   /* 0: not begun */
	uint64_t knee_bps; /* the line filled up at this rate; 0: nothing known */
	int64_t knee_mono_usec;
	int64_t patience_usec; /* before the knee is tried again */
	int64_t changed_mono_usec,
	    busy_mono_usec; /* since when it carries much without delay; 0: it does not */
};

struct adjust {
	struct adjust_rate rates[ADJUST_WAYS];
	int64_t last_mono_usec, changed_mono_usec, cut_mono_usec;
	int64_t cut_extra_usec; /* how late answers were at the last cut */
};

/* True: a rate has changed. Rates are within the bounds after every call. */
bool adjust_take(struct adjust *adjust, const struct adjust_settings *settings,
		 const struct adjust_sample *sample);
/* The settings may be others. True: that alone moved a rate. */
bool adjust_bounds(struct adjust *adjust, const struct adjust_settings *settings);
/* What the kernel holds when this daemon comes: begin there. */
void adjust_adopt(struct adjust *adjust, const struct adjust_settings *settings, enum adjust_way way,
		  uint64_t bps);
/* Of what may pass in that direction (less the headroom), in thousandths. */
unsigned adjust_load(uint64_t delivered_bps, uint64_t rate_bps, unsigned headroom_percent);
