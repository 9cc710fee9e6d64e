/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A share -> a class with its numbers for HTB, in both trees. Rates are exact; bursts and turns are chosen so
 * that the kernel keeps them as they are and says nothing about them, from 64 kbit/s to 10 Gbit/s and beyond.
 */
#include "plan_build.h"
#include "../lib/cleanup.h"
#include "../lib/units.h"

#define BURST_STEP_USEC 8
#define BURST_MAX_USEC (60 * USEC_PER_SEC)
#define BURST_BYTES 3100 /* two full frames: leaves split segmentation offload (kernel-facts.md 8) */
#define BURST_MIN_USEC                                                                                       \
	(4 * USEC_PER_MSEC) /* timers come late on a loaded machine: 1 ms lost 10 % of 900 Mbit/s */
#define FRAME_BYTES 1514
#define QUANTUM_MAX_BYTES 2000000
#define QUANTUM_USEC (6 * USEC_PER_MSEC)
#define QUANTUM_MAX_USEC (25 * USEC_PER_MSEC) /* others wait for it */
#define LIMIT_MIN_BYTES 32000
#define OFFLOAD_BYTES 66000 /* one packet of segmentation offload */
#define WIDE_BPS (UINT64_C(1000000000))

static uint32_t burst_usec(uint64_t bps, uint64_t bytes)
{
	uint64_t usec = (bytes * 8 * USEC_PER_SEC + bps - 1) / bps;

	usec = MAX(usec, (uint64_t)BURST_MIN_USEC);
	usec = (usec + BURST_STEP_USEC - 1) / BURST_STEP_USEC * BURST_STEP_USEC;
	return (uint32_t)MIN(usec, (uint64_t)BURST_MAX_USEC);
}

static uint64_t bytes_in_msec(uint64_t bps, unsigned msec)
{
	return bps / 8000 * msec + bps % 8000 * msec / 8000;
}

/* What is left over is shared in the ratio of the quanta, which HTB serves in turn: a time at the guarantee,
 * the same for all, long enough that the smallest is a frame and the ratio holds for it too. By what the
 * offices are ever guaranteed, so that a change of schedule does not touch those whom it leaves alone. */
uint64_t build_quantum_usec(const struct policy *policy, int tree)
{
	uint64_t least = UINT64_MAX, most = 1, needed, allowed;

	for (size_t i = 0; i < policy->n_offices; i++) {
		uint64_t inside = in_tree(policy->offices[i].inside.guaranteed, tree);
		uint64_t outside = in_tree(policy->offices[i].outside.guaranteed, tree);

		least = MIN(least, MIN(inside, outside));
		most = MAX(most, MAX(inside, outside));
	}
	if (least == UINT64_MAX)
		return QUANTUM_USEC;
	needed = (FRAME_BYTES * 8 * USEC_PER_SEC + least - 1) / MAX(least, (uint64_t)1);
	allowed = QUANTUM_MAX_BYTES * 8 * USEC_PER_SEC / most;
	return CLAMP(MIN(needed, allowed), (uint64_t)QUANTUM_USEC, (uint64_t)QUANTUM_MAX_USEC);
}

static uint32_t quantum_bytes(int leaf, uint64_t guaranteed_bps, uint64_t usec)
{
	if (leaf == PLAN_LEAF_GUEST)
		return 2 * FRAME_BYTES;
	return (uint32_t)CLAMP(guaranteed_bps / 8 * usec / USEC_PER_SEC, (uint64_t)FRAME_BYTES,
			       (uint64_t)QUANTUM_MAX_BYTES);
}

static uint32_t limit_bytes(int leaf, uint64_t guaranteed_bps, uint64_t ceiling_bps)
{
	uint64_t bytes = 0;

	switch ((enum plan_leaf)leaf) {
	case PLAN_LEAF_NONE:
		return 0;
	case PLAN_LEAF_GUEST:
		bytes = bytes_in_msec(ceiling_bps, 50);
		break;
	case PLAN_LEAF_SHARED:
	case PLAN_LEAF_WIDE:
		bytes = MAX(bytes_in_msec(guaranteed_bps, 100), bytes_in_msec(ceiling_bps, 5));
		break;
	}
	return (uint32_t)CLAMP(bytes, (uint64_t)LIMIT_MIN_BYTES, (uint64_t)UINT32_MAX);
}

void build_class(struct build *b, const struct class_shape *shape)
{
	const struct policy *policy = b->in->policy;

	for (int tree = 0; tree < PLAN_TREES; tree++) {
		uint64_t ceiling = MAX(in_tree(shape->share.ceiling, tree), (uint64_t)PLAN_STEP_BPS);
		uint64_t rate = MIN(in_tree(shape->share.guaranteed, tree), ceiling);
		struct plan_class row = {.tree = tree,
					 .minor = shape->minor,
					 .parent = shape->parent,
					 .leaf = shape->leaf,
					 .prio = shape->prio,
					 .overhead_bytes = policy->overhead_bytes,
					 .mpu_bytes = policy->mpu_bytes};
		uint64_t turns = in_tree(shape->turns, tree);
		uint32_t quantum;

		row.rate_bps = rate ? rate : MIN((uint64_t)PLAN_TOKEN_BPS, ceiling);
		row.ceiling_bps = ceiling;
		quantum = quantum_bytes(shape->leaf, turns ? turns : row.rate_bps, b->quantum_usec[tree]);
		row.burst_usec = burst_usec(row.rate_bps, BURST_BYTES);
		/* At least a turn: else the ceiling cuts turns short, and shares of what is free with them.
		 */
		row.cburst_usec = burst_usec(ceiling, MAX(quantum + FRAME_BYTES, BURST_BYTES));
		/* The kernel keeps neither quantum nor prio of an inner class. */
		row.quantum_bytes = shape->leaf == PLAN_LEAF_NONE ? 0 : quantum;
		row.limit_bytes = limit_bytes(shape->leaf, row.rate_bps, ceiling);
		row.rtt_usec = shape->leaf == PLAN_LEAF_NONE ? 0 : (uint32_t)policy->rtt_usec;
		build_keep(b, plan_add_class(b->plan, &row));
	}
}

/* Where a packet of segmentation offload is no more than a turn, and half a millisecond, nobody gains by
 * splitting it. By the lower of the office's two shares, so that its queue never changes kind with packets in
 * it. */
bool build_is_wide(const struct build *b, const struct policy_office *office)
{
	for (int tree = 0; tree < PLAN_TREES; tree++) {
		uint64_t guaranteed =
		    MIN(in_tree(office->inside.guaranteed, tree), in_tree(office->outside.guaranteed, tree));
		uint64_t ceiling =
		    MIN(in_tree(office->inside.ceiling, tree), in_tree(office->outside.ceiling, tree));

		if (ceiling < WIDE_BPS ||
		    quantum_bytes(PLAN_LEAF_WIDE, guaranteed, b->quantum_usec[tree]) < OFFLOAD_BYTES)
			return false;
	}
	return true;
}
