/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTB's classes as rtnetlink speaks them. A rate goes out in bytes a second (64 bits beside the old 32), a
 * burst in ticks of 64 ns: a multiple of 8 us is exact. A change of a class replaces its parameters in place
 * and loses nothing.
 */
#include "tc.h"
#include <errno.h>
#include <linux/gen_stats.h>
#include <string.h>

#define TICKS_PER_8_USEC 125u
/* The kernel keeps quantum and priority of a class only while it is a leaf; an inner one gets this, so that
 * nothing warns. */
#define INNER_QUANTUM 1514u

static uint32_t ticks(uint32_t usec)
{
	return (uint32_t)MIN((uint64_t)usec * TICKS_PER_8_USEC / 8, (uint64_t)UINT32_MAX);
}

static uint32_t usec(uint32_t ticks_of_64_nsec)
{
	return (uint32_t)((uint64_t)ticks_of_64_nsec * 8 / TICKS_PER_8_USEC);
}

/* What the provider's line adds to a frame counts against the rate, never in a counter. */
static struct tc_ratespec ratespec(uint64_t bps, const struct plan_class *class)
{
	/* With a link layer named, the kernel wants no rate table. */
	return (struct tc_ratespec){
	    .linklayer = TC_LINKLAYER_ETHERNET,
	    .rate = (uint32_t)MIN(bps / 8, (uint64_t)UINT32_MAX),
	    .overhead = class->overhead_bytes,
	    .mpu = class->mpu_bytes,
	};
}

int tc_class_put(struct netlink_batch *batch, int ifindex, const struct plan_class *class)
{
	const bool inner = class->leaf == PLAN_LEAF_NONE;
	const struct tc_htb_opt parameters = {
	    .rate = ratespec(class->rate_bps, class),
	    .ceil = ratespec(class->ceiling_bps, class),
	    .buffer = ticks(class->burst_usec),
	    .cbuffer = ticks(class->cburst_usec),
	    .quantum = inner ? INNER_QUANTUM : class->quantum_bytes,
	    .prio = inner ? 0 : class->prio,
	};
	struct nlmsghdr *message =
	    tc_message(batch, RTM_NEWTCLASS, NLM_F_CREATE | NLM_F_REPLACE, ifindex,
		       TC_CLASS(class->tree, class->parent), TC_CLASS(class->tree, class->minor));
	struct nlattr *options;

	if (!message)
		return -ENOMEM;
	mnl_attr_put_strz(message, TCA_KIND, "htb");
	options = mnl_attr_nest_start(message, TCA_OPTIONS);
	mnl_attr_put(message, TCA_HTB_PARMS, sizeof(parameters), &parameters);
	mnl_attr_put_u64(message, TCA_HTB_RATE64, class->rate_bps / 8);
	mnl_attr_put_u64(message, TCA_HTB_CEIL64, class->ceiling_bps / 8);
	mnl_attr_nest_end(message, options);
	netlink_batch_add(batch);
	return 0;
}

int tc_class_delete(struct netlink_batch *batch, int ifindex, const struct plan_class *class)
{
	if (!tc_message(batch, RTM_DELTCLASS, NLM_F_ECHO, ifindex, 0, TC_CLASS(class->tree, class->minor)))
		return -ENOMEM;
	netlink_batch_add(batch);
	return 0;
}

static uint64_t rate_of(const struct tc_ratespec *rate, const struct nlattr *rate64)
{
	uint64_t bytes = rate->rate;

	tc_get(rate64, &bytes, sizeof(bytes));
	return bytes * 8;
}

/* Rate and ceiling have the same. */
static bool read_line(const struct tc_htb_opt *parameters, struct plan_class *class)
{
	const struct tc_ratespec *rate = &parameters->rate, *ceil = &parameters->ceil;

	class->overhead_bytes = (uint8_t)rate->overhead;
	class->mpu_bytes = (uint8_t)rate->mpu;
	return rate->overhead == ceil->overhead && rate->mpu == ceil->mpu && rate->overhead <= UINT8_MAX &&
	       rate->mpu <= UINT8_MAX && rate->linklayer == ceil->linklayer &&
	       rate->linklayer == TC_LINKLAYER_ETHERNET;
}

static int read_parameters(const struct nlattr *options, struct plan_class *class)
{
	const struct nlattr *parts[TCA_HTB_MAX + 1];
	struct tc_htb_opt parameters;

	tc_parse_nested(parts, TCA_HTB_MAX, options);
	if (!tc_get(parts[TCA_HTB_PARMS], &parameters, sizeof(parameters)))
		return -EBADMSG;
	class->rate_bps = rate_of(&parameters.rate, parts[TCA_HTB_RATE64]);
	class->ceiling_bps = rate_of(&parameters.ceil, parts[TCA_HTB_CEIL64]);
	if (!read_line(&parameters, class))
		class->rate_bps = 0; /* somebody's: no rate of ours, so it will be written anew */
	class->burst_usec = usec(parameters.buffer);
	class->cburst_usec = usec(parameters.cbuffer);
	if (parameters.level > 0)
		return 1;
	class->quantum_bytes = parameters.quantum;
	class->prio = (uint8_t)parameters.prio;
	return 0;
}

static void read_statistics(const struct nlattr *stats, struct tc_class_seen *seen)
{
	const struct nlattr *parts[TCA_STATS_MAX + 1];
	struct gnet_stats_basic basic = {};
	struct gnet_stats_queue queue = {};

	tc_parse_nested(parts, TCA_STATS_MAX, stats);
	tc_get(parts[TCA_STATS_BASIC], &basic, sizeof(basic));
	tc_get(parts[TCA_STATS_QUEUE], &queue, sizeof(queue));
	seen->delivered_bytes = basic.bytes;
	seen->delivered_packets = basic.packets;
	tc_get(parts[TCA_STATS_PKT64], &seen->delivered_packets, sizeof(seen->delivered_packets));
	seen->dropped_packets = queue.drops;
	seen->backlog_bytes = queue.backlog;
}

/* A CoDel leaf drops at its head, and a splitter parts of offloaded packets, unseen by the class. */
static void read_leaf(const struct tc_qdiscs *qdiscs, int ifindex, uint32_t handle,
		      struct tc_class_seen *seen)
{
	const struct tc_qdisc *leaf = qdiscs ? tc_find_qdisc(qdiscs, ifindex, handle) : NULL;

	if (!leaf)
		return;
	seen->class.leaf = leaf->leaf;
	seen->class.limit_bytes = leaf->limit_bytes;
	seen->class.rtt_usec = leaf->rtt_usec;
	seen->dropped_packets = MAX(seen->dropped_packets, leaf->dropped_packets);
}

/* Its number, parent and place. false: of no tree of ours. */
static bool read_place(const struct nlmsghdr *message, int ifindex, enum plan_tree tree,
		       struct tc_class_seen *out)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(message);

	if ((message->nlmsg_type != RTM_NEWTCLASS && message->nlmsg_type != RTM_DELTCLASS) ||
	    tc->tcm_ifindex != ifindex || TC_H_MAJ(tc->tcm_handle) != TC_ROOT(tree))
		return false;
	*out = (struct tc_class_seen){
	    .class = {.tree = (uint8_t)tree,
		      .minor = TC_H_MIN(tc->tcm_handle),
		      .parent = tc->tcm_parent == TC_H_ROOT ? 0 : TC_H_MIN(tc->tcm_parent)}};
	return true;
}

bool tc_class_figures(const struct nlmsghdr *message, int ifindex, enum plan_tree tree,
		      struct tc_class_seen *out)
{
	const struct nlattr *attr;

	if (!read_place(message, ifindex, tree, out))
		return false;
	mnl_attr_for_each(attr, message, sizeof(struct tcmsg)) if (mnl_attr_get_type(attr) == TCA_STATS2)
	    read_statistics(attr, out);
	return true;
}

int tc_class_parse(const struct nlmsghdr *message, int ifindex, enum plan_tree tree,
		   const struct tc_qdiscs *qdiscs, struct tc_class_seen *out)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(message);
	const struct nlattr *attrs[TCA_MAX + 1];
	int r;

	if (!read_place(message, ifindex, tree, out))
		return 0;
	tc_parse(attrs, TCA_MAX, message);
	r = read_parameters(attrs[TCA_OPTIONS], &out->class);
	if (r < 0)
		return r;
	read_statistics(attrs[TCA_STATS2], out);
	if (r == 0)
		read_leaf(qdiscs, ifindex, tc->tcm_handle, out);
	if (out->class.leaf == PLAN_LEAF_NONE)
		out->class.quantum_bytes = out->class.prio = 0;
	return 1;
}

struct class_reading {
	enum plan_tree tree;
	int ifindex;
	const struct tc_qdiscs *qdiscs;
	tc_class_fn seen;
	void *data;
};

static int see_class(const struct nlmsghdr *message, void *data)
{
	const struct class_reading *reading = data;
	struct tc_class_seen seen;
	int r = tc_class_parse(message, reading->ifindex, reading->tree, reading->qdiscs, &seen);

	return r == 1 ? reading->seen(&seen, reading->data) : r;
}

/* With a parent the kernel leaves out the classes of the leaves: every TBF has one. */
struct nlmsghdr *tc_class_dump(struct netlink_batch *batch, int ifindex, enum plan_tree tree)
{
	return tc_message(batch, RTM_GETTCLASS, 0, ifindex, TC_ROOT(tree), 0);
}

int tc_read_classes(struct netlink *netlink, int ifindex, enum plan_tree tree, const struct tc_qdiscs *qdiscs,
		    tc_class_fn seen, void *data)
{
	_cleanup_(netlink_batch_clear) struct netlink_batch batch = {};
	struct class_reading reading = {tree, ifindex, qdiscs, seen, data};
	struct nlmsghdr *message = tc_class_dump(&batch, ifindex, tree);

	if (!message)
		return -ENOMEM;
	return netlink_dump(netlink, message, see_class, &reading);
}
