/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way of a LAN device's packets into the download tree: clsact, and at its egress one u32 filter each for
 * IPv4 and IPv6 that matches everything and redirects to the IFB. ARP has no filter and passes. Our filters
 * are told from others by their priorities; a clsact or a filter that somebody else made is never touched.
 */
#include "tc.h"
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <linux/tc_act/tc_mirred.h>
#include <string.h>
#include <arpa/inet.h>

#define EGRESS TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)
#define INGRESS TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)

static const struct {
	uint16_t priority, protocol;
} filters[2] = {{0x4704, ETH_P_IP}, {0x4706, ETH_P_IPV6}};

static uint32_t filter_info(size_t which)
{
	return TC_H_MAKE((uint32_t)filters[which].priority << 16, htons(filters[which].protocol));
}

/* ---- reading ---- */

struct seen_redirect {
	int ifb;
	struct tc_redirect *out;
};

static const struct nlattr *find_nested(const struct nlattr *nest, uint16_t type)
{
	const struct nlattr *attr;

	if (!nest)
		return NULL;
	mnl_attr_for_each_nested(attr, nest) if (mnl_attr_get_type(attr) == type) return attr;
	return NULL;
}

static const struct nlattr *find_attr(const struct nlmsghdr *message, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message,
			  sizeof(struct tcmsg)) if (mnl_attr_get_type(attr) == type) return attr;
	return NULL;
}

/* Does the u32 node match everything and redirect to the IFB? */
static bool is_complete(const struct nlattr *options, int ifb)
{
	const struct nlattr *sel = find_nested(options, TCA_U32_SEL);
	const struct nlattr *action = find_nested(find_nested(options, TCA_U32_ACT), 1);
	const struct nlattr *parameters = find_nested(find_nested(action, TCA_ACT_OPTIONS), TCA_MIRRED_PARMS);
	struct tc_u32_sel selector;
	struct tc_mirred mirred;

	if (!sel || mnl_attr_get_payload_len(sel) < sizeof(selector) + sizeof(struct tc_u32_key))
		return false;
	if (!parameters || mnl_attr_get_payload_len(parameters) < sizeof(mirred))
		return false;
	memcpy(&selector, mnl_attr_get_payload(sel), sizeof(selector));
	memcpy(&mirred, mnl_attr_get_payload(parameters), sizeof(mirred));
	return selector.nkeys == 1 && mirred.eaction == TCA_EGRESS_REDIR && mirred.ifindex == (uint32_t)ifb;
}

static int see_filter(const struct nlmsghdr *message, void *data)
{
	struct seen_redirect *seen = data;
	const struct tcmsg *tc = mnl_nlmsg_get_payload(message);

	if (message->nlmsg_type != RTM_NEWTFILTER)
		return 0;
	for (size_t i = 0; i < ELEMENTS(filters); i++) {
		const struct nlattr *options;

		if (tc->tcm_parent != EGRESS || TC_H_MAJ(tc->tcm_info) >> 16 != filters[i].priority)
			continue;
		seen->out->stale[i] = true;
		options = find_attr(message, TCA_OPTIONS);
		if (tc->tcm_info == filter_info(i) && is_complete(options, seen->ifb))
			seen->out->ours[i] = true;
		return 0;
	}
	seen->out->foreign = true;
	return 0;
}

static int dump_filters(struct netlink *netlink, int ifindex, uint32_t parent, struct seen_redirect *seen)
{
	_cleanup_(netlink_batch_clear) struct netlink_batch batch = {};
	struct nlmsghdr *message = tc_message(&batch, RTM_GETTFILTER, 0, ifindex, parent, 0);
	int r;

	if (!message)
		return -ENOMEM;
	do
		r = netlink_dump(netlink, message, see_filter, seen);
	while (r == -EINTR);
	return r;
}

int tc_read_redirect(struct netlink *netlink, const struct tc_qdiscs *qdiscs, int ifindex, int ifb,
		     bool whole, struct tc_redirect *out)
{
	const struct tc_qdisc *qdisc = tc_find_qdisc(qdiscs, ifindex, TC_H_CLSACT);
	struct tc_redirect redirect = {.clsact = qdisc && strcmp(qdisc->kind, "clsact") == 0};
	struct seen_redirect seen = {ifb, &redirect};
	int r = redirect.clsact ? dump_filters(netlink, ifindex, EGRESS, &seen) : 0;

	if (r == 0 && redirect.clsact && whole)
		r = dump_filters(netlink, ifindex, INGRESS, &seen);
	if (r < 0)
		return r;
	for (size_t i = 0; i < ELEMENTS(filters); i++)
		redirect.stale[i] = redirect.stale[i] && !redirect.ours[i];
	*out = redirect;
	return 0;
}

/* ---- writing ---- */

static int put_clsact(struct netlink_batch *batch, int ifindex)
{
	struct nlmsghdr *message = tc_message(batch, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, ifindex,
					      TC_H_CLSACT, TC_H_MAKE(TC_H_CLSACT, 0));

	if (!message)
		return -ENOMEM;
	mnl_attr_put_strz(message, TCA_KIND, "clsact");
	netlink_batch_add(batch);
	return 0;
}

static void put_redirect_action(struct nlmsghdr *message, int ifb)
{
	const struct tc_mirred mirred = {
	    .action = TC_ACT_STOLEN, .eaction = TCA_EGRESS_REDIR, .ifindex = (uint32_t)ifb};
	struct nlattr *actions = mnl_attr_nest_start(message, TCA_U32_ACT);
	struct nlattr *action = mnl_attr_nest_start(message, 1);
	struct nlattr *options;

	mnl_attr_put_strz(message, TCA_ACT_KIND, "mirred");
	options = mnl_attr_nest_start(message, TCA_ACT_OPTIONS);
	mnl_attr_put(message, TCA_MIRRED_PARMS, sizeof(mirred), &mirred);
	mnl_attr_nest_end(message, options);
	mnl_attr_nest_end(message, action);
	mnl_attr_nest_end(message, actions);
}

static int put_filter(struct netlink_batch *batch, int ifindex, int ifb, size_t which)
{
	struct {
		struct tc_u32_sel selector;
		struct tc_u32_key key; /* mask 0: anything */
	} match = {.selector = {.flags = TC_U32_TERMINAL, .nkeys = 1}};
	struct nlmsghdr *message =
	    tc_message(batch, RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_EXCL, ifindex, EGRESS, 0);
	struct nlattr *options;

	if (!message)
		return -ENOMEM;
	((struct tcmsg *)mnl_nlmsg_get_payload(message))->tcm_info = filter_info(which);
	mnl_attr_put_strz(message, TCA_KIND, "u32");
	options = mnl_attr_nest_start(message, TCA_OPTIONS);
	mnl_attr_put(message, TCA_U32_SEL, sizeof(match), &match);
	put_redirect_action(message, ifb);
	mnl_attr_nest_end(message, options);
	netlink_batch_add(batch);
	return 0;
}

static int delete_filter(struct netlink_batch *batch, int ifindex, size_t which)
{
	struct nlmsghdr *message = tc_message(batch, RTM_DELTFILTER, 0, ifindex, EGRESS, 0);

	if (!message)
		return -ENOMEM;
	/* No handle: the whole priority, whatever its protocol. */
	((struct tcmsg *)mnl_nlmsg_get_payload(message))->tcm_info = (uint32_t)filters[which].priority << 16;
	netlink_batch_add(batch);
	return 0;
}

int tc_redirect_put(struct netlink_batch *batch, int ifindex, int ifb, const struct tc_redirect *have)
{
	int r = have->clsact ? 0 : put_clsact(batch, ifindex);

	for (size_t i = 0; i < ELEMENTS(filters) && r == 0; i++) {
		if (have->ours[i])
			continue;
		if (have->stale[i])
			r = delete_filter(batch, ifindex, i);
		if (r == 0)
			r = put_filter(batch, ifindex, ifb, i);
	}
	return r;
}

int tc_redirect_delete(struct netlink_batch *batch, int ifindex, const struct tc_redirect *have)
{
	int r = 0;

	for (size_t i = 0; i < ELEMENTS(filters) && r == 0; i++)
		if (have->ours[i] || have->stale[i])
			r = delete_filter(batch, ifindex, i);
	if (r < 0 || !have->clsact || have->foreign)
		return r;
	if (!tc_message(batch, RTM_DELQDISC, 0, ifindex, TC_H_CLSACT, TC_H_MAKE(TC_H_CLSACT, 0)))
		return -ENOMEM;
	netlink_batch_add(batch);
	return 0;
}
