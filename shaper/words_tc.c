/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What rtnetlink says, as tc(8) and ip(8) would: devices, addresses, queues, classes, filters. A line is for
 * people to judge by, so rates and places are there and sizes of queues only where they are the point. It
 * never decides what is written.
 */
#include "words.h"
#include "tc.h"
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <string.h>

#define WORD 48

static const char *device(const struct words *words, int index, char text[static IFNAMSIZ])
{
	const struct link *link = words->links ? links_find_index(words->links, index) : NULL;

	if (link)
		return link->name;
	if (if_indextoname((unsigned)index, text))
		return text;
	snprintf(text, IFNAMSIZ, "#%d", index);
	return text;
}

/* As tc prints it: a multiple of the largest unit that keeps it whole. */
static const char *rate(uint64_t bps, char text[static WORD])
{
	static const struct {
		uint64_t size;
		const char *name;
	} units[] = {{1000000000, "Gbit"}, {1000000, "Mbit"}, {1000, "Kbit"}, {1, "bit"}};
	size_t i = 0;

	while (i < ELEMENTS(units) - 1 && bps % units[i].size)
		i++;
	snprintf(text, WORD, "%" PRIu64 "%s", bps / units[i].size, units[i].name);
	return text;
}

static const char *id(uint32_t id, char text[static WORD])
{
	if (id == TC_H_ROOT)
		return "root";
	if (TC_H_MIN(id))
		snprintf(text, WORD, "%x:%x", id >> 16, TC_H_MIN(id));
	else
		snprintf(text, WORD, "%x:", id >> 16);
	return text;
}

/* ---- classes ---- */

static bool is_known(const struct words *words, const struct tcmsg *tc)
{
	const uint32_t major = TC_H_MAJ(tc->tcm_handle);

	if (!words->have)
		return true;
	return (major == TC_ROOT(PLAN_UP) || major == TC_ROOT(PLAN_DOWN)) &&
	       plan_find_class(words->have, major == TC_ROOT(PLAN_UP) ? PLAN_UP : PLAN_DOWN,
			       TC_H_MIN(tc->tcm_handle));
}

static void put_rates(const struct words *words, const struct nlattr *options)
{
	const struct nlattr *parts[TCA_HTB_MAX + 1];
	struct tc_htb_opt parameters;
	uint64_t bytes, ceiling;
	char text[WORD], more[WORD];

	tc_parse_nested(parts, TCA_HTB_MAX, options);
	if (!tc_get(parts[TCA_HTB_PARMS], &parameters, sizeof(parameters)))
		return;
	bytes = parameters.rate.rate;
	ceiling = parameters.ceil.rate;
	tc_get(parts[TCA_HTB_RATE64], &bytes, sizeof(bytes));
	tc_get(parts[TCA_HTB_CEIL64], &ceiling, sizeof(ceiling));
	fprintf(words->out, " htb rate %s ceil %s prio %u", rate(bytes * 8, text), rate(ceiling * 8, more),
		parameters.prio);
	if (parameters.quantum)
		fprintf(words->out, " quantum %u", parameters.quantum);
}

static void put_class(struct words *words, const struct nlmsghdr *message)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(message);
	const struct nlattr *attrs[TCA_MAX + 1];
	const bool gone = message->nlmsg_type == RTM_DELTCLASS;
	char name[IFNAMSIZ], text[WORD], parent[WORD];

	tc_parse(attrs, TCA_MAX, message);
	fprintf(words->out, "tc class %s dev %s",
		gone		      ? "delete"
		: is_known(words, tc) ? "change"
				      : "add",
		device(words, tc->tcm_ifindex, name));
	if (!gone)
		fprintf(words->out, " parent %s", id(tc->tcm_parent, parent));
	fprintf(words->out, " classid %s", id(tc->tcm_handle, text));
	if (!gone)
		put_rates(words, attrs[TCA_OPTIONS]);
	fputc('\n', words->out);
}

/* ---- queues ---- */

static void put_leaf(const struct words *words, const char *kind, const struct nlattr *options)
{
	static const char *const first[LEAF_PARTS] = {
	    [PART_CAKE] = "rtt", [PART_FQ_CODEL] = "interval", [PART_FIFO] = "limit"};
	struct leaf_values values = {};

	fprintf(words->out, " %s", kind);
	if (strcmp(kind, "htb") == 0 || !options)
		return;
	leaf_read(kind, options, &values);
	if (values.part < LEAF_PARTS && first[values.part])
		fprintf(words->out, " %s %" PRIu64 "%s", first[values.part], values.values[0],
			values.part == PART_FIFO ? "" : "us");
}

static void put_qdisc(struct words *words, const struct nlmsghdr *message)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(message);
	const struct nlattr *attrs[TCA_MAX + 1];
	const bool gone = message->nlmsg_type == RTM_DELQDISC;
	char name[IFNAMSIZ], text[WORD], parent[WORD];
	const char *verb = gone					  ? "delete"
			   : message->nlmsg_flags & NLM_F_REPLACE ? "replace"
			   : message->nlmsg_flags & NLM_F_CREATE  ? "add"
								  : "change";

	tc_parse(attrs, TCA_MAX, message);
	fprintf(words->out, "tc qdisc %s dev %s", verb, device(words, tc->tcm_ifindex, name));
	if (tc->tcm_parent == TC_H_CLSACT) {
		fputs(" clsact\n", words->out);
		return;
	}
	fprintf(words->out, tc->tcm_parent == TC_H_ROOT ? " %s" : " parent %s", id(tc->tcm_parent, parent));
	if (tc->tcm_handle)
		fprintf(words->out, " handle %s", id(tc->tcm_handle, text));
	if (attrs[TCA_KIND])
		put_leaf(words, netlink_text(attrs[TCA_KIND]), gone ? NULL : attrs[TCA_OPTIONS]);
	fputc('\n', words->out);
}

static void put_filter(struct words *words, const struct nlmsghdr *message)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(message);
	char name[IFNAMSIZ];

	fprintf(words->out, "tc filter %s dev %s egress pref %u%s\n",
		message->nlmsg_type == RTM_DELTFILTER ? "delete" : "add",
		device(words, tc->tcm_ifindex, name), TC_H_MAJ(tc->tcm_info) >> 16,
		message->nlmsg_type == RTM_DELTFILTER
		    ? ""
		    : " u32 match u32 0 0 action mirred egress redirect dev " PLAN_IFB);
}

/* ---- devices and addresses ---- */

static const struct nlattr *find(const struct nlmsghdr *message, size_t header, uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, header) if (mnl_attr_get_type(attr) == type) return attr;
	return NULL;
}

static void put_link(struct words *words, const struct nlmsghdr *message)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
	const struct nlattr *named = find(message, sizeof(*info), IFLA_IFNAME);
	const struct nlattr *queue = find(message, sizeof(*info), IFLA_TXQLEN);
	char text[IFNAMSIZ];
	const char *name = named ? netlink_text(named) : device(words, info->ifi_index, text);

	if (message->nlmsg_type == RTM_DELLINK)
		fprintf(words->out, "ip link delete %s\n", name);
	else if (find(message, sizeof(*info), IFLA_LINKINFO) && info->ifi_index == 0)
		fprintf(words->out, "ip link add %s type ifb\n", name);
	else if (queue && info->ifi_change == 0)
		fprintf(words->out, "ip link set %s txqueuelen %u\n", name, netlink_number(queue));
	else
		fprintf(words->out, "ip link set %s %s\n", name, info->ifi_flags & IFF_UP ? "up" : "down");
}

static void put_address(struct words *words, const struct nlmsghdr *message)
{
	const struct ifaddrmsg *info = mnl_nlmsg_get_payload(message);
	const struct nlattr *address = find(message, sizeof(*info), IFA_LOCAL);
	char name[IFNAMSIZ], text[INET6_ADDRSTRLEN] = "?";

	if (!address)
		address = find(message, sizeof(*info), IFA_ADDRESS);
	if (address && mnl_attr_get_payload_len(address) == (info->ifa_family == AF_INET ? 4 : 16))
		inet_ntop(info->ifa_family, mnl_attr_get_payload(address), text, sizeof(text));
	fprintf(words->out, "ip address %s %s/%u dev %s\n",
		message->nlmsg_type == RTM_DELADDR ? "delete" : "add", text, info->ifa_prefixlen,
		device(words, (int)info->ifa_index, name));
}

static const struct {
	uint16_t type;
	void (*put)(struct words *words, const struct nlmsghdr *message);
} kinds[] = {
    {RTM_NEWTCLASS, put_class}, {RTM_DELTCLASS, put_class},   {RTM_NEWQDISC, put_qdisc},
    {RTM_DELQDISC, put_qdisc},	{RTM_NEWTFILTER, put_filter}, {RTM_DELTFILTER, put_filter},
    {RTM_NEWLINK, put_link},	{RTM_DELLINK, put_link},      {RTM_NEWADDR, put_address},
    {RTM_DELADDR, put_address},
};

void words_route(struct words *words, const struct nlmsghdr *message)
{
	for (size_t i = 0; i < ELEMENTS(kinds); i++)
		if (kinds[i].type == message->nlmsg_type)
			kinds[i].put(words, message);
}
