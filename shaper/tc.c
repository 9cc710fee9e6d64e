/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Queue disciplines as rtnetlink speaks them: all of them in one dump, and the roots of our trees. A tree
 * with our handle is never rebuilt (kernel-facts.md 10).
 */
#include "tc.h"
#include <errno.h>
#include <linux/gen_stats.h>
#include <string.h>

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

void tc_parse(const struct nlattr **table, uint16_t max, const struct nlmsghdr *message)
{
	const struct nlattr *attr;

	memset(table, 0, sizeof(*table) * (max + 1u));
	mnl_attr_for_each(attr, message, sizeof(struct tcmsg)) if (mnl_attr_get_type(attr) <= max)
	    table[mnl_attr_get_type(attr)] = attr;
}

void tc_parse_nested(const struct nlattr **table, uint16_t max, const struct nlattr *nest)
{
	const struct nlattr *attr;

	memset(table, 0, sizeof(*table) * (max + 1u));
	if (!nest)
		return;
	mnl_attr_for_each_nested(attr, nest) if (mnl_attr_get_type(attr) <= max)
	    table[mnl_attr_get_type(attr)] = attr;
}

bool tc_get(const struct nlattr *attr, void *out, size_t size)
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

	tc_parse_nested(parts, TCA_STATS_MAX, stats);
	tc_get(parts[TCA_STATS_QUEUE], &queue, sizeof(queue));
	return queue.drops;
}

static void read_htb(const struct nlattr *options, struct tc_qdisc *row)
{
	const struct nlattr *parts[TCA_HTB_MAX + 1];
	struct tc_htb_glob global = {};

	tc_parse_nested(parts, TCA_HTB_MAX, options);
	tc_get(parts[TCA_HTB_INIT], &global, sizeof(global));
	row->default_class = global.defcls;
	row->rate2quantum = global.rate2quantum;
}

int tc_qdiscs_add(struct tc_qdiscs *qdiscs, const struct tc_qdisc *row)
{
	if (qdiscs->n == qdiscs->size) {
		size_t size = MAX(qdiscs->size * 2, 256);
		struct tc_qdisc *rows = reallocarray(qdiscs->rows, size, sizeof(*rows));

		if (!rows)
			return -ENOMEM;
		qdiscs->rows = rows;
		qdiscs->size = size;
	}
	qdiscs->rows[qdiscs->n++] = *row;
	return 0;
}

void tc_qdiscs_sort(struct tc_qdiscs *qdiscs)
{
	if (qdiscs->n > 0)
		qsort(qdiscs->rows, qdiscs->n, sizeof(*qdiscs->rows), compare_qdiscs);
}

static bool read_qdisc(const struct nlmsghdr *message, const struct nlattr **attrs, struct tc_qdisc *row)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(message);

	tc_parse(attrs, TCA_MAX, message);
	if (message->nlmsg_type != RTM_NEWQDISC || !attrs[TCA_KIND] ||
	    mnl_attr_validate(attrs[TCA_KIND], MNL_TYPE_NUL_STRING) < 0)
		return false;
	*row =
	    (struct tc_qdisc){.ifindex = tc->tcm_ifindex, .parent = tc->tcm_parent, .handle = tc->tcm_handle};
	snprintf(row->kind, sizeof(row->kind), "%s", mnl_attr_get_str(attrs[TCA_KIND]));
	if (strcmp(row->kind, "htb") == 0)
		read_htb(attrs[TCA_OPTIONS], row);
	row->dropped_packets = drops_of(attrs[TCA_STATS2]);
	return true;
}

bool tc_qdisc_brief(const struct nlmsghdr *message, struct tc_qdisc *out)
{
	const struct nlattr *attrs[TCA_MAX + 1];

	return read_qdisc(message, attrs, out);
}

static int see_qdisc(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *attrs[TCA_MAX + 1];
	struct tc_qdisc row;

	if (!read_qdisc(message, attrs, &row))
		return 0;
	if (strcmp(row.kind, "htb") != 0)
		leaf_read(row.kind, attrs[TCA_OPTIONS], &row.leaf_values);
	return tc_qdiscs_add(data, &row);
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

struct nlmsghdr *tc_qdisc_dump(struct netlink_batch *batch)
{
	return tc_message(batch, RTM_GETQDISC, 0, 0, 0, 0);
}

int tc_read_qdiscs(struct netlink *netlink, const struct leaves *leaves, struct tc_qdiscs *out)
{
	_cleanup_(tc_qdiscs_clear) struct tc_qdiscs qdiscs = {};
	_cleanup_(netlink_batch_clear) struct netlink_batch batch = {};
	struct nlmsghdr *message = tc_qdisc_dump(&batch);
	int r;

	if (!message)
		return -ENOMEM;
	do {
		qdiscs.n = 0;
		r = netlink_dump(netlink, message, see_qdisc, &qdiscs);
	} while (r == -EINTR);
	if (r < 0)
		return r;
	tc_qdiscs_sort(&qdiscs);
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
