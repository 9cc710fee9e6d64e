/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A plan while it is made, for planner.c and plan_*.c alone.
 */
#include "decision.h"

/* HTB offers what is left over to the lowest first. */
enum { PRIO_HIGH, PRIO_OFFICE, PRIO_LOW, PRIO_ZONE, PRIO_UNATTRIBUTED };
#define PRIO_NONE 0 /* an inner class */

#define PLAN_TOKEN_BPS 8000 /* what a class keeps that is guaranteed nothing: HTB knows no zero */
#define PLAN_STEP_BPS 8

struct build {
	const struct planner_input *in;
	const struct decision *decision;
	const struct policy_zone **zone_of_slot; /* in->slots->n; NULL where the slot is not a zone's */
	struct plan *plan;
	uint64_t quantum_usec[PLAN_TREES];
	int error; /* the first */
};

struct class_shape {
	uint16_t minor, parent;
	uint8_t leaf, prio;
	struct policy_share share;
	struct policy_rate turns; /* what its turns are reckoned by; 0: its guarantee */
};

static inline uint64_t in_tree(struct policy_rate rate, int tree)
{
	return tree == PLAN_DOWN ? rate.down_bps : rate.up_bps;
}

static inline void build_keep(struct build *b, int r)
{
	if (b->error == 0 && r < 0)
		b->error = r;
}

/* plan_classes.c: HTB's numbers */
void build_class(struct build *b, const struct class_shape *shape); /* in both trees */
uint64_t build_quantum_usec(const struct policy *policy, int tree);
/* Whether an office is always so fast that packets of segmentation offload may stay whole. */
bool build_is_wide(const struct build *b, const struct policy_office *office);

/* plan_services.c: the classes, matches and marks of an office's services. Returns what is left for its
 * `rest`. */
struct policy_share build_services(struct build *b, const struct policy_office *office, int slot,
				   struct policy_share share);
