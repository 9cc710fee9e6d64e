/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices and addresses over rtnetlink. The IFB needs its queue length before anything is attached to it
 * (kernel-facts.md 4). Addresses of ours carry IFA_PROTO, so that a removal never takes an address which an
 * admin gave. It never sets an address or a state on a device that the plan does not name.
 */
#include "link.h"
#include <errno.h>
#include <limits.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#define ADDRESS_MARK 0x47 /* IFA_PROTO of ours: 'G' */

void links_clear(struct links *links)
{
	free(links->rows);
	*links = (struct links){};
}

static int compare_links(const void *a, const void *b)
{
	return strcmp(((const struct link *)a)->name, ((const struct link *)b)->name);
}

const struct link *links_find(const struct links *links, const char *name)
{
	struct link key = {};

	if (links->n == 0)
		return NULL;
	snprintf(key.name, sizeof(key.name), "%s", name);
	return bsearch(&key, links->rows, links->n, sizeof(key), compare_links);
}

const struct link *links_find_index(const struct links *links, int index)
{
	for (size_t i = 0; i < links->n; i++)
		if (links->rows[i].index == index)
			return &links->rows[i];
	return NULL;
}

bool link_has_ethernet(const struct link *link)
{
	return link->type != ARPHRD_PPP && link->type != ARPHRD_NONE && link->type != ARPHRD_RAWIP;
}

/* What is too short, or does not end, is none: whoever made the device chose its kind. */
static uint32_t get_number(const struct nlattr *attr)
{
	return mnl_attr_validate(attr, MNL_TYPE_U32) < 0 ? 0 : mnl_attr_get_u32(attr);
}

static void get_text(const struct nlattr *attr, char out[static IFNAMSIZ])
{
	if (mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
		snprintf(out, IFNAMSIZ, "%s", mnl_attr_get_str(attr));
}

static void read_kind(const struct nlattr *info, struct link *link)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, info) if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
	    get_text(attr, link->kind);
}

static struct link *new_row(struct links *links)
{
	if (links->n == links->size) {
		size_t size = MAX(links->size * 2, 64);
		struct link *rows = reallocarray(links->rows, size, sizeof(*rows));

		if (!rows)
			return NULL;
		links->rows = rows;
		links->size = size;
	}
	return memset(&links->rows[links->n++], 0, sizeof(struct link));
}

int links_pretend(struct links *links, const char *name, const char *kind)
{
	struct link *link = new_row(links);

	if (!link)
		return -ENOMEM;
	link->index = INT_MAX;
	link->up = true;
	snprintf(link->name, sizeof(link->name), "%s", name);
	snprintf(link->kind, sizeof(link->kind), "%s", kind);
	qsort(links->rows, links->n, sizeof(*links->rows), compare_links);
	return 0;
}

static int see_link(const struct nlmsghdr *message, void *data)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
	const struct nlattr *attr;
	bool elsewhere = false;
	struct link *link;

	if (message->nlmsg_type != RTM_NEWLINK)
		return 0;
	link = new_row(data);
	if (!link)
		return -ENOMEM;
	link->index = info->ifi_index;
	link->up = info->ifi_flags & IFF_UP;
	link->type = info->ifi_type;
	mnl_attr_for_each(attr, message, sizeof(*info))
	{
		switch (mnl_attr_get_type(attr)) {
		case IFLA_IFNAME:
			get_text(attr, link->name);
			break;
		case IFLA_MTU:
			link->mtu = get_number(attr);
			break;
		case IFLA_TXQLEN:
			link->tx_queue = get_number(attr);
			break;
		case IFLA_LINKINFO:
			read_kind(attr, link);
			break;
		case IFLA_LINK:
			link->lower = (int)get_number(attr);
			break;
		case IFLA_LINK_NETNSID:
			elsewhere = true;
			break;
		case IFLA_MASTER:
			link->master = (int)get_number(attr);
			break;
		default:
			break;
		}
	}
	if (elsewhere)
		link->lower = 0;
	return 0;
}

static struct nlmsghdr *link_message(struct netlink_batch *batch, uint16_t type, uint16_t flags, int index)
{
	void *room = netlink_batch_room(batch);
	struct nlmsghdr *message;
	struct ifinfomsg *info;

	if (!room)
		return NULL;
	message = mnl_nlmsg_put_header(room);
	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_REQUEST | flags;
	info = mnl_nlmsg_put_extra_header(message, sizeof(*info));
	info->ifi_index = index;
	return message;
}

int links_read(struct netlink *netlink, struct links *out)
{
	_cleanup_(links_clear) struct links links = {};
	_cleanup_(netlink_batch_clear) struct netlink_batch batch = {};
	struct nlmsghdr *message = link_message(&batch, RTM_GETLINK, 0, 0);
	int r;

	if (!message)
		return -ENOMEM;
	mnl_attr_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	do {
		links.n = 0;
		r = netlink_dump(netlink, message, see_link, &links);
	} while (r == -EINTR);
	if (r < 0)
		return r;
	if (links.n > 0)
		qsort(links.rows, links.n, sizeof(*links.rows), compare_links);
	*out = links;
	links = (struct links){};
	return 0;
}

int link_put_ifb(struct netlink_batch *batch, const char *name, uint32_t tx_queue)
{
	struct nlmsghdr *message = link_message(batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0);
	struct ifinfomsg *info;
	struct nlattr *nest;

	if (!message)
		return -ENOMEM;
	info = mnl_nlmsg_get_payload(message);
	info->ifi_flags = info->ifi_change = IFF_UP;
	mnl_attr_put_strz(message, IFLA_IFNAME, name);
	mnl_attr_put_u32(message, IFLA_TXQLEN, tx_queue);
	nest = mnl_attr_nest_start(message, IFLA_LINKINFO);
	mnl_attr_put_strz(message, IFLA_INFO_KIND, "ifb");
	mnl_attr_nest_end(message, nest);
	netlink_batch_add(batch);
	return 0;
}

int link_put_up(struct netlink_batch *batch, int index)
{
	struct nlmsghdr *message = link_message(batch, RTM_NEWLINK, 0, index);
	struct ifinfomsg *info;

	if (!message)
		return -ENOMEM;
	info = mnl_nlmsg_get_payload(message);
	info->ifi_flags = info->ifi_change = IFF_UP;
	netlink_batch_add(batch);
	return 0;
}

int link_put_queue(struct netlink_batch *batch, int index, uint32_t tx_queue)
{
	struct nlmsghdr *message = link_message(batch, RTM_NEWLINK, 0, index);

	if (!message)
		return -ENOMEM;
	mnl_attr_put_u32(message, IFLA_TXQLEN, tx_queue);
	netlink_batch_add(batch);
	return 0;
}

int link_delete(struct netlink_batch *batch, const char *name)
{
	struct nlmsghdr *message = link_message(batch, RTM_DELLINK, 0, 0);

	if (!message)
		return -ENOMEM;
	mnl_attr_put_strz(message, IFLA_IFNAME, name);
	netlink_batch_add(batch);
	return 0;
}

/* ---- addresses ---- */

struct address_reading {
	const struct links *links;
	const struct plan *want;
	struct plan *have;
};

static size_t octets_of(uint8_t family)
{
	return family == AF_INET ? 4 : 16;
}

static bool is_wanted(const struct plan *want, const struct plan_address *row)
{
	for (size_t i = 0; want && i < want->n_addresses; i++)
		if (memcmp(&want->addresses[i], row, sizeof(*row)) == 0)
			return true;
	return false;
}

static int see_address(const struct nlmsghdr *message, void *data)
{
	const struct address_reading *reading = data;
	const struct ifaddrmsg *info = mnl_nlmsg_get_payload(message);
	const struct link *link = links_find_index(reading->links, (int)info->ifa_index);
	struct plan_address row = {};
	const struct nlattr *attr, *address = NULL, *local = NULL;
	uint8_t mark = 0;

	if (message->nlmsg_type != RTM_NEWADDR || !link ||
	    (info->ifa_family != AF_INET && info->ifa_family != AF_INET6))
		return 0;
	mnl_attr_for_each(attr, message, sizeof(*info))
	{
		if (mnl_attr_get_type(attr) == IFA_ADDRESS)
			address = attr;
		else if (mnl_attr_get_type(attr) == IFA_LOCAL)
			local = attr;
		else if (mnl_attr_get_type(attr) == IFA_PROTO && mnl_attr_get_payload_len(attr) >= 1)
			mark = mnl_attr_get_u8(attr);
	}
	local = local ? local : address;
	if (!local || mnl_attr_get_payload_len(local) != octets_of(info->ifa_family))
		return 0;
	memcpy(row.device, link->name, sizeof(row.device));
	row.prefix.addr.family = info->ifa_family;
	memcpy(row.prefix.addr.octets, mnl_attr_get_payload(local), octets_of(info->ifa_family));
	row.prefix.length = info->ifa_prefixlen;
	if (mark != ADDRESS_MARK && !is_wanted(reading->want, &row))
		return 0;
	return plan_add_address(reading->have, &row);
}

static struct nlmsghdr *address_message(struct netlink_batch *batch, uint16_t type, uint16_t flags, int index,
					const struct prefix *prefix)
{
	void *room = netlink_batch_room(batch);
	struct nlmsghdr *message;
	struct ifaddrmsg *info;

	if (!room)
		return NULL;
	message = mnl_nlmsg_put_header(room);
	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_REQUEST | flags;
	info = mnl_nlmsg_put_extra_header(message, sizeof(*info));
	info->ifa_index = (uint32_t)index;
	if (!prefix)
		return message;
	info->ifa_family = prefix->addr.family;
	info->ifa_prefixlen = prefix->length;
	mnl_attr_put(message, IFA_LOCAL, octets_of(prefix->addr.family), prefix->addr.octets);
	mnl_attr_put(message, IFA_ADDRESS, octets_of(prefix->addr.family), prefix->addr.octets);
	return message;
}

int addresses_read(struct netlink *netlink, const struct links *links, const struct plan *want,
		   struct plan *have)
{
	_cleanup_(netlink_batch_clear) struct netlink_batch batch = {};
	struct address_reading reading = {links, want, have};
	struct nlmsghdr *message = address_message(&batch, RTM_GETADDR, 0, 0, NULL);
	const size_t before = have->n_addresses;
	int r;

	if (!message)
		return -ENOMEM;
	do {
		have->n_addresses = before;
		r = netlink_dump(netlink, message, see_address, &reading);
	} while (r == -EINTR);
	return r;
}

static void put_broadcast(struct nlmsghdr *message, const struct prefix *prefix)
{
	struct addr last;
	struct prefix network;

	if (prefix->addr.family != AF_INET || prefix->length > 30)
		return;
	network = prefix_network(prefix);
	last = prefix_last(&network);
	mnl_attr_put(message, IFA_BROADCAST, 4, last.octets);
}

int address_put(struct netlink_batch *batch, int index, const struct prefix *prefix)
{
	struct nlmsghdr *message =
	    address_message(batch, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, index, prefix);

	if (!message)
		return -ENOMEM;
	put_broadcast(message, prefix);
	mnl_attr_put_u8(message, IFA_PROTO, ADDRESS_MARK);
	if (prefix->addr.family ==
	    AF_INET6) /* the gateway must answer at once, not after duplicate detection */
		mnl_attr_put_u32(message, IFA_FLAGS, IFA_F_NODAD);
	netlink_batch_add(batch);
	return 0;
}

int address_delete(struct netlink_batch *batch, int index, const struct prefix *prefix)
{
	if (!address_message(batch, RTM_DELADDR, 0, index, prefix))
		return -ENOMEM;
	netlink_batch_add(batch);
	return 0;
}

/* ---- events ---- */

int link_monitor(struct netlink **out)
{
	return netlink_open(NETLINK_ROUTE, RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_TC,
			    out);
}
