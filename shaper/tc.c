/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTB as rtnetlink speaks it. A rate goes out in bytes a second (64 bits beside the old 32), a burst in ticks
 * of 64 ns: a multiple of 8 us is exact. A change of a class replaces its parameters in place and loses
 * nothing; a tree with our handle is never rebuilt (kernel-facts.md 10).
 */
#include "tc.h"
#include <errno.h>
#include <linux/gen_stats.h>
#include <string.h>

#define TICKS_PER_8_USEC 125u
/* The kernel keeps quantum and priority of a class only while it is a leaf; an inner one gets this, so that
 * nothing warns. */
#define INNER_QUANTUM 1514u
#define DIRECT_MARK 71u /* 'G' */

struct nlmsghdr *tc_message(struct netlink_batch *batch, uint16_t type, uint16_t flags, int ifindex,
			    uint32_t parent, uint32_t handle)
{
	void *room = netlink_batch_room(batch);
	struct nlmsghdr *message;
	struct tcmsg *tc;

	if (!room)
		return NULL;
	message = mnl_nlmsg_put_header(room);
	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_REQUEST | flags;
	tc = mnl_nlmsg_put_extra_header(message, sizeof(*tc));
	tc->tcm_family = AF_UNSPEC;
	tc->tcm_ifindex = ifindex;
	tc->tcm_parent = parent;
	tc->tcm_handle = handle;
	return message;
}

/* Attributes of `message` behind its tcmsg, by type; those beyond `max` are not ours to know. */
static void parse(const struct nlattr **table, uint16_t max, const struct nlmsghdr *message)
{
	const struct nlattr *attr;

	memset(table, 0, sizeof(*table) * (max + 1u));
	mnl_attr_for_each(attr, message, sizeof(struct tcmsg)) if (mnl_attr_get_type(attr) <= max)
	    table[mnl_attr_get_type(attr)] = attr;
}

static void parse_nested(const struct nlattr **table, uint16_t max, const struct nlattr *nest)
{
	const struct nlattr *attr;

	memset(table, 0, sizeof(*table) * (max + 1u));
	if (!nest)
		return;
	mnl_attr_for_each_nested(attr, nest) if (mnl_attr_get_type(attr) <= max)
	    table[mnl_attr_get_type(attr)] = attr;
}

/* Copies an attribute's payload where it is long enough: the kernel aligns to 4 bytes only. */
static bool get(const struct nlattr *attr, void *out, size_t size)
{
	if (!attr || mnl_attr_get_payload_len(attr) < size)
		return false;
	memcpy(out, mnl_attr_get_payload(attr), size);
	return true;
}

/* ---- qdiscs ---- */

void tc_qdiscs_clear(struct tc_qdiscs *qdiscs)
{
	free(qdiscs->rows);
	*qdiscs = (struct tc_qdiscs){};
}

static int compare_qdiscs(const void *a, const void *b)
{
	const struct tc_qdisc *x = a, *y = b;

	if (x->ifindex != y->ifindex)
		return x->ifindex < y->ifindex ? -1 : 1;
	return (x->parent > y->parent) - (x->parent < y->parent);
}

static uint64_t drops_of(const struct nlattr *stats)
{
	const struct nlattr *parts[TCA_STATS_MAX + 1];
	struct gnet_stats_queue queue = {};

	parse_nested(parts, TCA_STATS_MAX, stats);
	get(parts[TCA_STATS_QUEUE], &queue, sizeof(queue));
	return queue.drops;
}

static void read_htb(const struct nlattr *options, struct tc_qdisc *row)
{
	const struct nlattr *parts[TCA_HTB_MAX + 1];
	struct tc_htb_glob global = {};

	parse_nested(parts, TCA_HTB_MAX, options);
	get(parts[TCA_HTB_INIT], &global, sizeof(global));
	row->default_class = global.defcls;
	row->rate2quantum = global.rate2quantum;
}

static struct tc_qdisc *new_row(struct tc_qdiscs *qdiscs)
{
	if (qdiscs->n == qdiscs->size) {
		size_t size = MAX(qdiscs->size * 2, 256);
		struct tc_qdisc *rows = reallocarray(qdiscs->rows, size, sizeof(*rows));

		if (!rows)
			return NULL;
		qdiscs->rows = rows;
		qdiscs->size = size;
	}
	return &qdiscs->rows[qdiscs->n++];
}

static int see_qdisc(const struct nlmsghdr *message, void *data)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(message);
	const struct nlattr *attrs[TCA_MAX + 1];
	struct tc_qdisc *row;

	parse(attrs, TCA_MAX, message);
	if (message->nlmsg_type != RTM_NEWQDISC || !attrs[TCA_KIND])
		return 0;
	row = new_row(data);
	if (!row)
		return -ENOMEM;
	*row =
	    (struct tc_qdisc){.ifindex = tc->tcm_ifindex, .parent = tc->tcm_parent, .handle = tc->tcm_handle};
	snprintf(row->kind, sizeof(row->kind), "%s", mnl_attr_get_str(attrs[TCA_KIND]));
	if (strcmp(row->kind, "htb") == 0)
		read_htb(attrs[TCA_OPTIONS], row);
	else
		leaf_read(row->kind, attrs[TCA_OPTIONS], &row->leaf_values);
	row->dropped_packets = drops_of(attrs[TCA_STATS2]);
	return 0;
}

/* Rows are sorted. */
static void judge_leaves(const struct leaves *leaves, struct tc_qdiscs *qdiscs)
{
	for (size_t i = 0; i < qdiscs->n; i++) {
		struct tc_qdisc *row = &qdiscs->rows[i];
		const uint32_t major = TC_H_MAJ(row->parent);
		const struct tc_qdisc *inner;

		if (major != TC_ROOT(PLAN_UP) && major != TC_ROOT(PLAN_DOWN))
			continue;
		inner = tc_find_qdisc(qdiscs, row->ifindex, row->handle | TC_INNER);
		leaf_judge(leaves, row, inner);
		if (inner)
			row->dropped_packets = MAX(row->dropped_packets, inner->dropped_packets);
	}
}

int tc_read_qdiscs(struct netlink *netlink, const struct leaves *leaves, struct tc_qdiscs *out)
{
	_cleanup_(tc_qdiscs_clear) struct tc_qdiscs qdiscs = {};
	_cleanup_(netlink_batch_clear) struct netlink_batch batch = {};
	struct nlmsghdr *message = tc_message(&batch, RTM_GETQDISC, 0, 0, 0, 0);
	int r;

	if (!message)
		return -ENOMEM;
	do {
		qdiscs.n = 0;
		r = netlink_dump(netlink, message, see_qdisc, &qdiscs);
	} while (r == -EINTR);
	if (r < 0)
		return r;
	if (qdiscs.n > 0)
		qsort(qdiscs.rows, qdiscs.n, sizeof(*qdiscs.rows), compare_qdiscs);
	judge_leaves(leaves, &qdiscs);
	*out = qdiscs;
	qdiscs = (struct tc_qdiscs){};
	return 0;
}

const struct tc_qdisc *tc_find_qdisc(const struct tc_qdiscs *qdiscs, int ifindex, uint32_t parent)
{
	const struct tc_qdisc key = {.ifindex = ifindex, .parent = parent};

	if (qdiscs->n == 0)
		return NULL;
	return bsearch(&key, qdiscs->rows, qdiscs->n, sizeof(key), compare_qdiscs);
}

/* Every class of ours has its quantum, so the ratio for those without is free to say whose a direct tree is.
 */
static struct tc_htb_glob root_parameters(bool direct)
{
	return (struct tc_htb_glob){
	    .version = 3, .rate2quantum = direct ? DIRECT_MARK : 10, .defcls = direct ? 0 : TC_DEFAULT};
}

bool tc_root_is_ours(const struct tc_qdiscs *qdiscs, int ifindex, enum plan_tree tree, bool direct)
{
	const struct tc_qdisc *root = tc_find_qdisc(qdiscs, ifindex, TC_H_ROOT);
	const struct tc_htb_glob ours = root_parameters(direct);

	return root && root->handle == TC_ROOT(tree) && strcmp(root->kind, "htb") == 0 &&
	       root->default_class == ours.defcls && (!direct || root->rate2quantum == ours.rate2quantum);
}

int tc_root_put(struct netlink_batch *batch, int ifindex, enum plan_tree tree, bool direct)
{
	const struct tc_htb_glob global = root_parameters(direct);
	struct nlmsghdr *message =
	    tc_message(batch, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, ifindex, TC_H_ROOT, TC_ROOT(tree));
	struct nlattr *options;

	if (!message)
		return -ENOMEM;
	mnl_attr_put_strz(message, TCA_KIND, "htb");
	options = mnl_attr_nest_start(message, TCA_OPTIONS);
	mnl_attr_put(message, TCA_HTB_INIT, sizeof(global), &global);
	mnl_attr_nest_end(message, options);
	netlink_batch_add(batch);
	return 0;
}

int tc_root_delete(struct netlink_batch *batch, int ifindex)
{
	if (!tc_message(batch, RTM_DELQDISC, 0, ifindex, TC_H_ROOT, 0))
		return -ENOMEM;
	netlink_batch_add(batch);
	return 0;
}

/* ---- classes ---- */

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
	if (!tc_message(batch, RTM_DELTCLASS, 0, ifindex, 0, TC_CLASS(class->tree, class->minor)))
		return -ENOMEM;
	netlink_batch_add(batch);
	return 0;
}

struct class_reading {
	enum plan_tree tree;
	int ifindex;
	const struct tc_qdiscs *qdiscs;
	tc_class_fn seen;
	void *data;
};

static uint64_t rate_of(const struct tc_ratespec *rate, const struct nlattr *rate64)
{
	uint64_t bytes = rate->rate;

	get(rate64, &bytes, sizeof(bytes));
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

	parse_nested(parts, TCA_HTB_MAX, options);
	if (!get(parts[TCA_HTB_PARMS], &parameters, sizeof(parameters)))
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

	parse_nested(parts, TCA_STATS_MAX, stats);
	get(parts[TCA_STATS_BASIC], &basic, sizeof(basic));
	get(parts[TCA_STATS_QUEUE], &queue, sizeof(queue));
	seen->delivered_bytes = basic.bytes;
	seen->delivered_packets = basic.packets;
	get(parts[TCA_STATS_PKT64], &seen->delivered_packets, sizeof(seen->delivered_packets));
	seen->dropped_packets = queue.drops;
	seen->backlog_bytes = queue.backlog;
}

/* A CoDel leaf drops at its head, unseen by the class; a FIFO leaf's drops are the class's as well. */
static void read_leaf(const struct class_reading *reading, uint32_t handle, struct tc_class_seen *seen)
{
	const struct tc_qdisc *leaf =
	    reading->qdiscs ? tc_find_qdisc(reading->qdiscs, reading->ifindex, handle) : NULL;

	if (!leaf)
		return;
	seen->class.leaf = leaf->leaf;
	seen->class.limit_bytes = leaf->limit_bytes;
	seen->class.rtt_usec = leaf->rtt_usec;
	seen->dropped_packets = MAX(seen->dropped_packets, leaf->dropped_packets);
}

static int see_class(const struct nlmsghdr *message, void *data)
{
	const struct class_reading *reading = data;
	const struct tcmsg *tc = mnl_nlmsg_get_payload(message);
	const struct nlattr *attrs[TCA_MAX + 1];
	struct tc_class_seen seen = {};
	int r;

	if (message->nlmsg_type != RTM_NEWTCLASS || TC_H_MAJ(tc->tcm_handle) != TC_ROOT(reading->tree))
		return 0;
	parse(attrs, TCA_MAX, message);
	seen.class.tree = (uint8_t)reading->tree;
	seen.class.minor = TC_H_MIN(tc->tcm_handle);
	seen.class.parent = tc->tcm_parent == TC_H_ROOT ? 0 : TC_H_MIN(tc->tcm_parent);
	r = read_parameters(attrs[TCA_OPTIONS], &seen.class);
	if (r < 0)
		return r;
	if (r == 0)
		read_leaf(reading, tc->tcm_handle, &seen);
	if (seen.class.leaf == PLAN_LEAF_NONE)
		seen.class.quantum_bytes = seen.class.prio = 0;
	read_statistics(attrs[TCA_STATS2], &seen);
	return reading->seen(&seen, reading->data);
}

int tc_read_classes(struct netlink *netlink, int ifindex, enum plan_tree tree, const struct tc_qdiscs *qdiscs,
		    tc_class_fn seen, void *data)
{
	_cleanup_(netlink_batch_clear) struct netlink_batch batch = {};
	struct class_reading reading = {tree, ifindex, qdiscs, seen, data};
	struct nlmsghdr *message = tc_message(&batch, RTM_GETTCLASS, 0, ifindex, 0, 0);

	if (!message)
		return -ENOMEM;
	return netlink_dump(netlink, message, see_class, &reading);
}
