// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Deletes entries of the connection table over ctnetlink: one socket reads the table, another deletes what
 * matches, a few hundred at a time, so that neither memory nor a receive buffer grows with the table. It must
 * never touch an entry of somebody who was not named.
 */
#include <netinet/in.h>
#include "conntrack.h"
#include "netlink.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <string.h>

#define BATCH_MAX (64u * 1024)

struct sweep {
	const struct conntrack_forget *who;
	struct addr *addresses; /* sorted: a closing zone may name thousands */
	struct netlink *deleter;
	struct netlink_batch batch;
	unsigned deleted;
};

/* What is compared of one direction of an entry. */
struct tuple {
	struct addr source, destination;
	uint8_t protocol;
	uint16_t source_port;
};

static struct addr get_address(const struct nlattr *attr, uint8_t family)
{
	struct addr addr = {};

	if (mnl_attr_get_payload_len(attr) != (family == AF_INET ? 4 : 16))
		return addr;
	addr.family = family;
	memcpy(addr.octets, mnl_attr_get_payload(attr), mnl_attr_get_payload_len(attr));
	return addr;
}

static void parse_addresses(const struct nlattr *nest, struct tuple *tuple)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest)
	{
		switch (mnl_attr_get_type(attr)) {
		case CTA_IP_V4_SRC:
			tuple->source = get_address(attr, AF_INET);
			break;
		case CTA_IP_V4_DST:
			tuple->destination = get_address(attr, AF_INET);
			break;
		case CTA_IP_V6_SRC:
			tuple->source = get_address(attr, AF_INET6);
			break;
		case CTA_IP_V6_DST:
			tuple->destination = get_address(attr, AF_INET6);
			break;
		}
	}
}

static void parse_protocol(const struct nlattr *nest, struct tuple *tuple)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest)
	{
		if (mnl_attr_get_type(attr) == CTA_PROTO_NUM && mnl_attr_get_payload_len(attr) >= 1)
			tuple->protocol = mnl_attr_get_u8(attr);
		if (mnl_attr_get_type(attr) == CTA_PROTO_SRC_PORT && mnl_attr_get_payload_len(attr) >= 2)
			tuple->source_port = ntohs(mnl_attr_get_u16(attr));
	}
}

static struct tuple parse_tuple(const struct nlattr *nest)
{
	const struct nlattr *attr;
	struct tuple tuple = {};

	mnl_attr_for_each_nested(attr, nest)
	{
		if (mnl_attr_get_type(attr) == CTA_TUPLE_IP)
			parse_addresses(attr, &tuple);
		if (mnl_attr_get_type(attr) == CTA_TUPLE_PROTO)
			parse_protocol(attr, &tuple);
	}
	return tuple;
}

static int compare_addresses(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct addr));
}

static int sort_addresses(struct sweep *sweep)
{
	const size_t n = sweep->who->n_addresses;

	sweep->addresses = calloc(n + 1, sizeof(*sweep->addresses));
	if (!sweep->addresses)
		return -ENOMEM;
	if (n)
		memcpy(sweep->addresses, sweep->who->addresses, n * sizeof(*sweep->addresses));
	qsort(sweep->addresses, n, sizeof(*sweep->addresses), compare_addresses);
	return 0;
}

static bool is_named(const struct sweep *sweep, const struct addr *addr)
{
	const struct conntrack_forget *who = sweep->who;

	if (bsearch(addr, sweep->addresses, who->n_addresses, sizeof(*addr), compare_addresses))
		return true;
	for (size_t i = 0; i < who->n_prefixes; i++)
		if (prefix_contains(&who->prefixes[i], addr))
			return true;
	return false;
}

static int send_batch(struct sweep *sweep)
{
	/* Entries may be gone by themselves. */
	int r = netlink_batch_send(sweep->deleter, &sweep->batch, NULL, 0);

	netlink_batch_clear(&sweep->batch);
	return r == -ENOENT ? 0 : r;
}

/* The original tuple, the zone and the id name the entry; they go back as they came. */
static int forget(struct sweep *sweep, const struct nlmsghdr *entry)
{
	const struct nfgenmsg *from = mnl_nlmsg_get_payload(entry);
	struct nlmsghdr *message = netlink_batch_room(&sweep->batch);
	const struct nlattr *attr;
	struct nfgenmsg *header;

	if (!message)
		return -ENOMEM;
	message = mnl_nlmsg_put_header(message);
	message->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE;
	message->nlmsg_flags = NLM_F_REQUEST;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->nfgen_family = from->nfgen_family;
	header->version = NFNETLINK_V0;
	mnl_attr_for_each(attr, entry, sizeof(*from))
	{
		uint16_t type = mnl_attr_get_type(attr);

		if (type == CTA_TUPLE_ORIG)
			mnl_attr_put(message, type | NLA_F_NESTED, mnl_attr_get_payload_len(attr),
				     mnl_attr_get_payload(attr));
		else if (type == CTA_ZONE || type == CTA_ID)
			mnl_attr_put(message, type, mnl_attr_get_payload_len(attr),
				     mnl_attr_get_payload(attr));
	}
	netlink_batch_add(&sweep->batch);
	sweep->deleted++;
	return sweep->batch.length > BATCH_MAX ? send_batch(sweep) : 0;
}

static bool is_kept(const struct conntrack_forget *who, const struct tuple *reply)
{
	for (size_t i = 0; i < ELEMENTS(who->keep_ports); i++)
		if (who->keep_ports[i] && reply->protocol == IPPROTO_TCP &&
		    reply->source_port == who->keep_ports[i])
			return true;
	return false;
}

static int seen_entry(const struct nlmsghdr *message, void *data)
{
	struct sweep *sweep = data;
	struct tuple original = {}, reply = {};
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(struct nfgenmsg))
	{
		if (mnl_attr_get_type(attr) == CTA_TUPLE_ORIG)
			original = parse_tuple(attr);
		if (mnl_attr_get_type(attr) == CTA_TUPLE_REPLY)
			reply = parse_tuple(attr);
	}
	if (!is_named(sweep, &original.source) && !is_named(sweep, &original.destination))
		return 0;
	return is_kept(sweep->who, &reply) ? 0 : forget(sweep, message);
}

static bool concerns(const struct conntrack_forget *who, uint8_t family)
{
	for (size_t i = 0; i < who->n_addresses; i++)
		if (who->addresses[i].family == family)
			return true;
	for (size_t i = 0; i < who->n_prefixes; i++)
		if (who->prefixes[i].addr.family == family)
			return true;
	return false;
}

static int sweep_family(struct sweep *sweep, struct netlink *reader, uint8_t family)
{
	char buffer[MNL_ALIGN(sizeof(struct nlmsghdr)) + MNL_ALIGN(sizeof(struct nfgenmsg))]
	    __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct nfgenmsg *header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	int r;

	message->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET;
	header->nfgen_family = family;
	header->version = NFNETLINK_V0;
	r = netlink_dump(reader, message, seen_entry, sweep);
	/* An interrupted dump has missed entries at worst; the gate is elsewhere. */
	return r == -EINTR ? 0 : r;
}

int conntrack_forget(const struct conntrack_forget *who, unsigned *deleted)
{
	static const uint8_t families[] = {AF_INET, AF_INET6};
	_cleanup_(netlink_closep) struct netlink *reader = NULL;
	_cleanup_(netlink_closep) struct netlink *deleter = NULL;
	struct sweep sweep = {.who = who};
	int r = netlink_open(NETLINK_NETFILTER, 0, &reader);

	if (r == 0)
		r = netlink_open(NETLINK_NETFILTER, 0, &deleter);
	if (r == 0)
		r = sort_addresses(&sweep);
	sweep.deleter = deleter;
	for (size_t i = 0; i < ELEMENTS(families) && r == 0; i++)
		if (concerns(who, families[i]))
			r = sweep_family(&sweep, reader, families[i]);
	if (r == 0)
		r = send_batch(&sweep);
	netlink_batch_clear(&sweep.batch);
	free(sweep.addresses);
	if (r == 0 && deleted)
		*deleted = sweep.deleted;
	return r;
}
