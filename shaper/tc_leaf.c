/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The queue below a leaf class: which of them a class gets, of which qdiscs it is made, and how it is
 * recognised. At the most two: the splitter, a TBF so fast that it never delays, and what queues inside it.
 * A queue that is not exactly as it would be written is nobody's and will be replaced. It never touches a
 * class.
 */
#include "tc.h"
#include <errno.h>
#include <string.h>

#define RTT_MIN_USEC 1000u /* less than any configuration may say */

/* ---- what a leaf is made of ---- */

enum { OUTER, INNER };
static const uint8_t shared_builds[LEAF_KINDS][2] = {
    [LEAF_CAKE] = {PART_CAKE},
    [LEAF_FQ_CODEL] = {PART_SPLITTER, PART_FQ_CODEL},
    [LEAF_FIFO] = {PART_SPLITTER}, /* has a byte FIFO of its own */
};
static const uint8_t wide_builds[LEAF_KINDS][2] = {
    [LEAF_CAKE] = {PART_CAKE},
    [LEAF_FQ_CODEL] = {PART_FQ_CODEL},
    [LEAF_FIFO] = {PART_FIFO},
};

/* A guest's says so itself: there is not room for two qdiscs with every one. */
static const uint8_t *build_of(const struct leaves *leaves, const struct plan_class *class)
{
	if (class->leaf == PLAN_LEAF_GUEST)
		return shared_builds[class->rtt_usec ? LEAF_FQ_CODEL : LEAF_FIFO];
	return (class->leaf == PLAN_LEAF_WIDE ? wide_builds : shared_builds)[leaves->shared];
}

static bool has_part(const uint8_t *build, enum leaf_part part)
{
	return build[OUTER] == part || build[INNER] == part;
}

/* ---- handles: a major for every qdisc, none of them 1:, 2: or ffff: (clsact) ----
 *
 * The outer has its class's minor. The inner of an office's or service's has the minor of the slot's inner
 * class, which has no qdisc. Guests alone are three quarters of all majors: the first half of them have their
 * inner ones where the second half has its outer ones, and go without when those are there. */

#define GUEST_INNER_OFFSET 0x6000u
#define LAST_GUEST_WITH_INNER (0xffffu - GUEST_INNER_OFFSET)

static uint32_t outer_major(uint16_t minor)
{
	if (minor < PLAN_FIRST_INNER)
		return 0x0f00u + minor;
	return minor == 0xffff ? 0x0fffu : minor;
}

static uint32_t inner_major(uint16_t minor)
{
	if (minor < PLAN_FIRST_INNER)
		return 0x0e00u + minor;
	if (minor < PLAN_FIRST_SERVICE)
		return PLAN_INNER(PLAN_SLOT_OF(minor));
	if (minor < PLAN_FIRST_GUEST)
		return PLAN_INNER(minor - PLAN_FIRST_SERVICE);
	return minor == LAST_GUEST_WITH_INNER ? 0x0ffeu : minor + GUEST_INNER_OFFSET;
}

static bool has_room(const struct plan *tree, const struct plan_class *class)
{
	return class->minor <= LAST_GUEST_WITH_INNER &&
	       !plan_find_class(tree, class->tree, (uint16_t)(class->minor + GUEST_INNER_OFFSET));
}

/* ---- the table of names ---- */

static const struct {
	const char *name, *option;
} kinds[LEAF_KINDS] = {
    [LEAF_CAKE] = {"cake", "cake"},
    [LEAF_FQ_CODEL] = {"tbf+fq_codel", "fq_codel"},
    [LEAF_FIFO] = {"tbf+bfifo", "fifo"},
};

const char *leaf_name(enum leaf_kind kind)
{
	return kinds[kind].name;
}

int leaf_parse(const char *text, enum leaf_kind *out)
{
	for (size_t i = 0; i < ELEMENTS(kinds); i++) {
		if (strcmp(kinds[i].option, text) != 0)
			continue;
		*out = i;
		return 0;
	}
	return -EINVAL;
}

/* ---- wanting ---- */

/* A FIFO keeps the limit, CAKE and fq_codel keep the round-trip time; an inner class keeps neither. */
void leaf_normalise(const struct leaves *leaves, const struct plan *tree, struct plan_class *class)
{
	const bool inner = class->leaf == PLAN_LEAF_NONE;
	const uint8_t *build;

	class->rtt_usec = inner ? 0 : MAX(class->rtt_usec, RTT_MIN_USEC);
	if (class->leaf == PLAN_LEAF_GUEST && (leaves->guest == LEAF_FIFO || !has_room(tree, class)))
		class->rtt_usec = 0;
	build = build_of(leaves, class);
	if (has_part(build, PART_FQ_CODEL))
		class->rtt_usec = leaf_codel_usec(class->rtt_usec);
	else if (!has_part(build, PART_CAKE))
		class->rtt_usec = 0;
	if (inner || class->rtt_usec)
		class->limit_bytes = 0;
}

bool leaf_changes_in_place(const struct leaves *leaves, const struct plan_class *have,
			   const struct plan_class *want)
{
	if (have->leaf == PLAN_LEAF_NONE)
		return false;
	return memcmp(build_of(leaves, have), build_of(leaves, want), sizeof(shared_builds[0])) == 0;
}

static int put(struct netlink_batch *batch, int ifindex, uint32_t parent, uint32_t handle,
	       const struct leaves *leaves, const struct leaf_values *values, bool fresh)
{
	struct nlmsghdr *message =
	    tc_message(batch, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, ifindex, parent, handle);

	if (!message)
		return -ENOMEM;
	leaf_write(message, leaves, values, fresh);
	netlink_batch_add(batch);
	return 0;
}

int leaf_put(struct netlink_batch *batch, const struct leaves *leaves, int ifindex,
	     const struct plan_class *class, bool fresh)
{
	const uint8_t *build = build_of(leaves, class);
	const uint32_t outer = outer_major(class->minor) << 16, inner = inner_major(class->minor) << 16;
	struct leaf_values values;
	int r;

	leaf_want(build[OUTER], leaves, class, &values);
	r = put(batch, ifindex, TC_CLASS(class->tree, class->minor), outer, leaves, &values, fresh);
	if (r < 0 || !build[INNER])
		return r;
	leaf_want(build[INNER], leaves, class, &values);
	return put(batch, ifindex, outer | TC_INNER, inner, leaves, &values, fresh);
}

int leaf_delete(struct netlink_batch *batch, int ifindex, const struct plan_class *class)
{
	if (!tc_message(batch, RTM_DELQDISC, 0, ifindex, TC_CLASS(class->tree, class->minor), 0))
		return -ENOMEM;
	netlink_batch_add(batch);
	return 0;
}

/* ---- recognising ---- */

static bool is_part(const struct tc_qdisc *row, uint32_t major, enum leaf_part part,
		    const struct leaves *leaves, const struct plan_class *class)
{
	struct leaf_values want;

	if (!row || part == PART_FOREIGN)
		return !row && part == PART_FOREIGN;
	leaf_want(part, leaves, class, &want);
	return row->handle == major << 16 && leaf_same(&row->leaf_values, &want);
}

/* The class that would have this leaf, with limit and round-trip time as they are. */
static bool is_leaf_of(const struct leaves *leaves, const struct tc_qdisc *row, const struct tc_qdisc *inner,
		       struct plan_class *class)
{
	const struct tc_qdisc *timed = inner ? inner : row;
	const uint8_t part = timed->leaf_values.part;
	const uint32_t value = (uint32_t)timed->leaf_values.values[0];
	const bool queues = part == PART_CAKE || part == PART_FQ_CODEL;
	const uint8_t *build;

	class->rtt_usec = queues ? value : 0;
	class->limit_bytes = queues ? 0 : value;
	build = build_of(leaves, class);
	return is_part(row, outer_major(class->minor), build[OUTER], leaves, class) &&
	       is_part(inner, inner_major(class->minor), build[INNER], leaves, class);
}

void leaf_judge(const struct leaves *leaves, struct tc_qdisc *row, const struct tc_qdisc *inner)
{
	const uint16_t minor = TC_H_MIN(row->parent);
	const bool guest = minor >= PLAN_FIRST_GUEST;
	const uint8_t last = guest ? PLAN_LEAF_GUEST : PLAN_LEAF_WIDE;
	struct plan_class class = {.minor = minor,
				   .tree = TC_H_MAJ(row->parent) == TC_ROOT(PLAN_UP) ? PLAN_UP : PLAN_DOWN,
				   .leaf = guest ? PLAN_LEAF_GUEST : PLAN_LEAF_SHARED};

	for (; class.leaf <= last; class.leaf++) {
		if (!is_leaf_of(leaves, row, inner, &class))
			continue;
		row->leaf = class.leaf;
		row->limit_bytes = class.limit_bytes;
		row->rtt_usec = class.rtt_usec;
		return;
	}
}
