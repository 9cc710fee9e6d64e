/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asks the kernel by doing: each part that the trees need is put on a throw-away IFB, so that a kernel
 * without it is refused at start by the name of what it lacks, and never half-way through a plan. A module is
 * loaded by the same act.
 */
#include "kernel.h"
#include "link.h"
#include "../lib/log.h"
#include <errno.h>
#include <string.h>

#define PROBE_DEVICE "gerbang-probe"

static int try(struct kernel *kernel, struct netlink_batch *batch, int built)
{
	int r = built < 0 ? built : netlink_batch_send(kernel->route, batch, NULL, 0);

	netlink_batch_clear(batch);
	return r;
}

static void remove_device(struct kernel *kernel)
{
	struct netlink_batch batch = {};

	(void)try(kernel, &batch, link_delete(&batch, PROBE_DEVICE)); /* -ENODEV: as it should be */
}

static int make_device(struct kernel *kernel, int *index)
{
	_cleanup_(links_clear) struct links links = {};
	struct netlink_batch batch = {};
	const struct link *link;
	int r;

	remove_device(kernel); /* of a start that was cut short */
	r = try(kernel, &batch, link_put_ifb(&batch, PROBE_DEVICE, 32));
	if (r == 0)
		r = links_read(kernel->route, &links);
	if (r < 0)
		return r;
	link = links_find(&links, PROBE_DEVICE);
	if (!link)
		return -ENODEV;
	*index = link->index;
	return 0;
}

/* ---- steps ---- */

static const struct plan_class inner = {.rate_bps = 8000000,
					.ceiling_bps = 8000000,
					.burst_usec = 8000,
					.cburst_usec = 8000,
					.quantum_bytes = 1514,
					.minor = PLAN_ROOT,
					.tree = PLAN_UP};
static const struct plan_class leaf = {.rate_bps = 8000000,
				       .ceiling_bps = 8000000,
				       .burst_usec = 8000,
				       .cburst_usec = 8000,
				       .quantum_bytes = 1514,
				       .limit_bytes = 32000,
				       .rtt_usec = 100000,
				       .minor = PLAN_OWN,
				       .parent = PLAN_ROOT,
				       .tree = PLAN_UP,
				       .leaf = PLAN_LEAF_SHARED};
static int put_root(struct netlink_batch *batch, int index)
{
	int r = tc_root_put(batch, index, PLAN_UP, false);

	if (r == 0)
		r = tc_class_put(batch, index, &inner);
	return r < 0 ? r : tc_class_put(batch, index, &leaf);
}

static int put_clsact(struct netlink_batch *batch, int index)
{
	const struct tc_redirect have = {.ours = {true, true}};

	return tc_redirect_put(batch, index, index, &have);
}

static int put_filters(struct netlink_batch *batch, int index)
{
	const struct tc_redirect have = {.clsact = true};

	return tc_redirect_put(batch, index, index, &have);
}

static const struct {
	const char *feature;
	int (*put)(struct netlink_batch *batch, int index);
} steps[] = {
    {"the HTB queueing discipline (CONFIG_NET_SCH_HTB)", put_root},
    {"the clsact queueing discipline (CONFIG_NET_SCH_INGRESS)", put_clsact},
    {"the u32 filter with the mirred action (CONFIG_NET_CLS_U32, CONFIG_NET_ACT_MIRRED)", put_filters},
};

static bool has_leaf(struct kernel *kernel, int index, enum leaf_kind kind)
{
	const struct leaves leaves = {.shared = kind, .guest = LEAF_FIFO, .mtu = 1500, .nat = true};
	struct netlink_batch batch = {};
	struct plan_class class = leaf;
	bool has;

	leaf_normalise(&leaves, &(struct plan){}, &class);
	has = try(kernel, &batch, leaf_put(&batch, &leaves, index, &class, true)) == 0;
	if (has || kind == LEAF_FQ_CODEL) /* half of it may be there */
		(void)try(kernel, &batch, leaf_delete(&batch, index, &class));
	return has;
}

/* Guests can always fall back on the last kind, so that one must be there. 1: it is lacking. */
static int probe_leaves(struct kernel *kernel, int index, const char **missing)
{
	for (enum leaf_kind kind = LEAF_CAKE; kind < LEAF_KINDS; kind++)
		kernel->has[kind] = has_leaf(kernel, index, kind);
	*missing = "the queueing discipline tbf with bfifo (CONFIG_NET_SCH_TBF, _FIFO)";
	return !kernel->has[LEAF_FIFO];
}

static int probe_device(struct kernel *kernel, int index, const char **missing)
{
	for (size_t i = 0; i < ELEMENTS(steps); i++) {
		struct netlink_batch batch = {};
		int r = try(kernel, &batch, steps[i].put(&batch, index));

		if (r == -ENOMEM || r == -EPERM)
			return r;
		if (r < 0) {
			*missing = steps[i].feature;
			return 1;
		}
	}
	return probe_leaves(kernel, index, missing);
}

int probe_kernel(struct kernel *kernel, char *missing, size_t size)
{
	const char *feature = "IFB devices (CONFIG_IFB)";
	int index, r = make_device(kernel, &index);

	if (r == 0) {
		r = probe_device(kernel, index, &feature);
		remove_device(kernel);
	} else if (r == -EOPNOTSUPP) {
		r = 1;
	}
	if (r == 1)
		snprintf(missing, size, "%s", feature);
	return r;
}

/* ---- choosing ---- */

static const char *const lacking[LEAF_KINDS] = {
    [LEAF_CAKE] = "the kernel has it",
    [LEAF_FQ_CODEL] = "no cake in this kernel",
    [LEAF_FIFO] = "neither cake nor fq_codel in this kernel",
};
static const enum leaf_kind configured[] = {
    [POLICY_QUEUE_AUTO] = LEAF_KINDS,
    [POLICY_QUEUE_CAKE] = LEAF_CAKE,
    [POLICY_QUEUE_FQ_CODEL] = LEAF_FQ_CODEL,
    [POLICY_QUEUE_FIFO] = LEAF_FIFO,
};

static enum leaf_kind best(const struct kernel *kernel)
{
	enum leaf_kind kind = LEAF_CAKE;

	while (kind < LEAF_FIFO && !kernel->has[kind])
		kind++;
	return kind;
}

int choose_leaves(struct kernel *kernel, enum policy_queue queue)
{
	enum leaf_kind kind = configured[queue];
	char reason[sizeof(kernel->leaf_reason)] = "uplink.queue says so";

	if (kernel->leaf_option) {
		if (leaf_parse(kernel->leaf_option, &kind) < 0 || !kernel->has[kind])
			return -EOPNOTSUPP;
		snprintf(reason, sizeof(reason), "--leaf says so");
	} else if (kind == LEAF_KINDS) {
		kind = best(kernel);
		snprintf(reason, sizeof(reason), "%s", lacking[kind]);
	} else if (!kernel->has[kind]) {
		snprintf(reason, sizeof(reason), "uplink.queue says %s, which this kernel lacks",
			 leaf_name(kind));
		kind = best(kernel);
	}
	kernel->leaves.shared = kind;
	kernel->leaves.guest = kind != LEAF_FIFO && kernel->has[LEAF_FQ_CODEL] ? LEAF_FQ_CODEL : LEAF_FIFO;
	if (strcmp(reason, kernel->leaf_reason) != 0)
		log_notice("queue of offices and zones: %s (%s); of guests: %s", leaf_name(kind), reason,
			   leaf_name(kernel->leaves.guest));
	memcpy(kernel->leaf_reason, reason, sizeof(reason));
	return 0;
}
