/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rates within the uplink's budget, guarantees within their parents': what HTB would not refuse itself, and
 * then not hold. It never corrects a plan.
 */
#include "bounds_classes.h"
#include "refusal.h"
#include "../lib/cleanup.h"
#include "../lib/units.h"
#include <errno.h>
#include <string.h>

#define TOKEN_BPS 64000 /* a class that is guaranteed nothing still needs a rate */
#define GUEST_TOKEN_BPS 8
#define BURST_MAX_USEC (60 * USEC_PER_SEC)
#define LIMIT_MAX_BYTES (1u << 30)

struct judge {
	const struct policy *policy;
	const struct plan *plan;
	struct refusal refusal;
};

static uint64_t budget(const struct judge *judge, uint8_t tree)
{
	const struct policy_rate rate = policy_budget(judge->policy);

	return tree == PLAN_UP ? rate.up_bps : rate.down_bps;
}

static int judge_root(const struct judge *judge, const struct plan_class *row)
{
	char text[UNITS_TEXT];

	if (row->minor != PLAN_ROOT)
		return refuse(&judge->refusal, "class %x:%x: only class 1 hangs on the qdisc itself",
			      row->tree + 1, row->minor);
	if (row->rate_bps > budget(judge, row->tree) || row->ceiling_bps > budget(judge, row->tree))
		return refuse(&judge->refusal,
			      "class %x:1: must stay within the uplink less its headroom, got %s",
			      row->tree + 1, units_rate_text(MAX(row->rate_bps, row->ceiling_bps), text));
	return 0;
}

static bool numbers_are_sound(const struct plan_class *row)
{
	return row->rate_bps >= 8 && row->rate_bps % 8 == 0 && row->ceiling_bps >= row->rate_bps &&
	       row->ceiling_bps % 8 == 0 && row->burst_usec <= BURST_MAX_USEC &&
	       row->cburst_usec <= BURST_MAX_USEC && row->burst_usec % 8 == 0 && row->cburst_usec % 8 == 0 &&
	       row->limit_bytes <= LIMIT_MAX_BYTES &&
	       (row->leaf == PLAN_LEAF_NONE || (row->quantum_bytes > 0 && row->limit_bytes > 0));
}

/* Before all others: HTB gives what is free to the lowest number, so that a ceiling above the rate would
 * starve the rest. */
static bool is_first(const struct plan_class *row)
{
	return row->leaf != PLAN_LEAF_NONE && row->prio == 0;
}

/* A parent has the smaller minor: no loops, and an order in which the kernel takes them. */
static int judge_class(const struct judge *judge, size_t i)
{
	const struct plan_class *row = &judge->plan->classes[i];
	const struct plan_class *parent;

	if (!numbers_are_sound(row))
		return refuse(&judge->refusal, "class %x:%x: rates, bursts or limit out of bounds",
			      row->tree + 1, row->minor);
	if (row->overhead_bytes != judge->policy->overhead_bytes ||
	    row->mpu_bytes != judge->policy->mpu_bytes)
		return refuse(&judge->refusal,
			      "class %x:%x: what a frame costs must be as uplink.link says, got %u and %u",
			      row->tree + 1, row->minor, row->overhead_bytes, row->mpu_bytes);
	if (row->parent == 0)
		return judge_root(judge, row);
	parent = row->parent < row->minor ? plan_find_class(judge->plan, row->tree, row->parent) : NULL;
	if (!parent || parent->leaf != PLAN_LEAF_NONE)
		return refuse(&judge->refusal,
			      "class %x:%x: its parent must be an inner class before it, got %x",
			      row->tree + 1, row->minor, row->parent);
	if (is_first(row) && row->ceiling_bps > row->rate_bps)
		return refuse(&judge->refusal,
			      "class %x:%x: who is served first must not have more than its rate",
			      row->tree + 1, row->minor);
	if (row->rate_bps > parent->ceiling_bps)
		return refuse(&judge->refusal, "class %x:%x: guaranteed more than its parent may ever have",
			      row->tree + 1, row->minor);
	return 0;
}

struct sum {
	uint64_t bps; /* of the children's guarantees */
	unsigned n;
};

static int judge_children(const struct judge *judge, const struct plan_class *parent, const struct sum *sum)
{
	uint64_t most = parent->rate_bps / 100 * 101 + TOKEN_BPS;
	char text[2][UNITS_TEXT];

	/* A zone's guests are many and guaranteed next to nothing; what hangs on the root are a few. */
	most += sum->n * (uint64_t)(parent->minor == PLAN_ROOT ? TOKEN_BPS : GUEST_TOKEN_BPS);
	if (sum->bps <= most)
		return 0;
	return refuse(&judge->refusal, "class %x:%x: its children's guarantees must fit %s, got %s",
		      parent->tree + 1, parent->minor, units_rate_text(parent->rate_bps, text[0]),
		      units_rate_text(sum->bps, text[1]));
}

/* HTB serves a class's own rate even where its parent has nothing left: what is guaranteed must fit, at every
 * level. */
static int judge_sums(const struct judge *judge, uint8_t tree)
{
	_cleanup_(freep) struct sum *sums = calloc(UINT16_MAX + 1, sizeof(*sums));
	int r = sums ? 0 : -ENOMEM;

	for (size_t i = 0; i < judge->plan->n_classes && r == 0; i++) {
		const struct plan_class *row = &judge->plan->classes[i];
		struct sum *sum = &sums[row->parent];

		if (row->tree != tree)
			continue;
		sum->bps = row->rate_bps > UINT64_MAX - sum->bps ? UINT64_MAX : sum->bps + row->rate_bps;
		sum->n++;
	}
	for (size_t i = 0; i < judge->plan->n_classes && r == 0; i++) {
		const struct plan_class *row = &judge->plan->classes[i];

		if (row->tree == tree)
			r = judge_children(judge, row, &sums[row->minor]);
	}
	return r;
}

int bounds_classes(const struct policy *policy, const struct plan *plan, char *text, size_t size)
{
	const struct judge judge = {policy, plan, {text, size}};
	int r = 0;

	for (size_t i = 0; i < plan->n_classes && r == 0; i++)
		r = judge_class(&judge, i);
	for (uint8_t tree = 0; tree < PLAN_TREES && r == 0; tree++)
		r = judge_sums(&judge, tree);
	return r;
}
