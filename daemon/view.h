/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the planner decided at the last look: the phase, each zone, each office, and when to look again. Kept
 * so that a guest's question costs no calendar, and so that each change is said once, with its cause.
 */
#include "../policy/planner.h"

struct engine_zone {
	const struct policy_zone *zone;
	int slot; /* -ENOENT: none */
	bool open;
	int64_t next_wall_usec; /* when that changes; 0: not in sight */
	char *next_cause;	/* English; NULL: none */
};

struct view {
	const struct policy *policy;
	struct engine_zone *zones; /* as policy->zones */
	uint8_t *offices;	   /* enum office_state, as policy->offices */
	bool public_phase;
	bool seen;		/* false: nothing decided yet */
	int64_t next_wall_usec; /* when anything changes; 0: not in sight */
	char *next_cause;
};

/* An empty view of a policy, with what `before` (or NULL) knew of the zones and offices that stay. 0 or
 * -ENOMEM. */
int view_make(const struct policy *policy, const struct view *before, struct view *out);
void view_clear(struct view *view);
/* Decides anew, and logs what has changed and why. `cause` where the calendar is not it. */
void view_update(struct view *view, const struct planner_input *in, const char *cause);
