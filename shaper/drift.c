/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two event sockets and a timer. Losing events (ENOBUFS) counts as an event, for what was lost may have been
 * ours (kernel-facts.md 17). Events of other people's devices, containers say, wake nobody further.
 */
#include "drift.h"
#include "link.h"
#include "nft.h"
#include "../lib/log.h"
#include "../lib/units.h"
#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

#define SETTLE_USEC (300 * USEC_PER_MSEC)
#define OPEN_USEC                                                                                            \
	(10 *                                                                                                \
	 USEC_PER_MSEC) /* a table of ours is gone, and with it a gate: no time to wait for more events */

struct drift {
	struct netlink *route, *tables;
	sd_event_source *route_source, *tables_source, *timer;
	const struct bounds *bounds;
	const struct kernel *kernel;
	drift_fn seen;
	void *data;
	bool waiting;
	unsigned changes;
};

/* ---- what concerns us ---- */

static bool name_is_ours(const struct drift *drift, const char *name)
{
	return strcmp(name, PLAN_IFB) == 0 || bounds_has_device(drift->bounds, name);
}

static bool index_is_ours(const struct drift *drift, unsigned index)
{
	char name[IFNAMSIZ];

	return placement_concerns(&drift->kernel->placement, (int)index, 0) ||
	       (if_indextoname(index, name) && name_is_ours(drift, name));
}

/* Whoever puts a VLAN on a trunk of ours, or takes it away, may move the download tree. */
static bool link_is_ours(const struct drift *drift, const struct nlmsghdr *message)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
	const struct nlattr *attr;
	bool named = false, elsewhere = false;
	int lower = 0;

	mnl_attr_for_each(attr, message, sizeof(*info))
	{
		if (mnl_attr_get_type(attr) == IFLA_IFNAME)
			named = name_is_ours(drift, mnl_attr_get_str(attr));
		else if (mnl_attr_get_type(attr) == IFLA_LINK)
			lower = (int)mnl_attr_get_u32(attr);
		else if (mnl_attr_get_type(attr) == IFLA_LINK_NETNSID)
			elsewhere = true;
	}
	if (elsewhere)
		lower = 0;
	return named || placement_concerns(&drift->kernel->placement, info->ifi_index, lower);
}

static void arm(struct drift *drift, uint64_t usec)
{
	if (drift->waiting)
		return;
	if (sd_event_source_set_time_relative(drift->timer, usec) < 0 ||
	    sd_event_source_set_enabled(drift->timer, SD_EVENT_ONESHOT) < 0)
		return;
	drift->waiting = true;
}

/* Its last figures. We do not hear of our own deletions here (drift_pause()): their echo tells. */
static void see_class_gone(const struct drift *drift, const struct nlmsghdr *message)
{
	const struct kernel *kernel = drift->kernel;
	const char *devices[PLAN_TREES] = {kernel->uplink, kernel->placement.device};
	struct tc_class_seen seen;

	for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES; tree++)
		if (tc_class_figures(message, (int)if_nametoindex(devices[tree]), tree, &seen))
			remains_gone(kernel->remains, &seen);
}

static int see_route(const struct nlmsghdr *message, void *data)
{
	struct drift *drift = data;
	bool ours = false;

	switch (message->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		ours = link_is_ours(drift, message);
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		ours = index_is_ours(drift,
				     ((const struct ifaddrmsg *)mnl_nlmsg_get_payload(message))->ifa_index);
		break;
	case RTM_NEWQDISC:
	case RTM_DELQDISC:
	case RTM_NEWTCLASS:
	case RTM_DELTCLASS:
	case RTM_DELTFILTER:
		ours = index_is_ours(
		    drift, (unsigned)((const struct tcmsg *)mnl_nlmsg_get_payload(message))->tcm_ifindex);
		break;
	default:
		break;
	}
	if (!ours)
		return 0;
	drift->changes++;
	if (message->nlmsg_type == RTM_DELTCLASS)
		see_class_gone(drift, message);
	arm(drift, SETTLE_USEC);
	return 0;
}

/* Only what takes away: elements come and go with every guest. The first attribute of all four names the
 * table. */
static int see_tables(const struct nlmsghdr *message, void *data)
{
	static const uint8_t losses[] = {NFT_MSG_DELTABLE, NFT_MSG_DELCHAIN, NFT_MSG_DELRULE, NFT_MSG_DELSET};
	const struct nlattr *attr;

	if (NFNL_SUBSYS_ID(message->nlmsg_type) != NFNL_SUBSYS_NFTABLES ||
	    !memchr(losses, NFNL_MSG_TYPE(message->nlmsg_type), sizeof(losses)))
		return 0;
	mnl_attr_for_each(attr, message,
			  sizeof(struct nfgenmsg)) if (mnl_attr_get_type(attr) == NFTA_TABLE_NAME &&
						       strcmp(mnl_attr_get_str(attr), NFT_TABLE) == 0)
	    arm(data, OPEN_USEC);
	return 0;
}

/* ---- sources ---- */

static int on_timer(_unused_ sd_event_source *source, _unused_ uint64_t usec, void *data)
{
	struct drift *drift = data;

	drift->waiting = false;
	drift->seen(drift->data);
	return 0;
}

static int read_events(struct drift *drift, struct netlink *netlink, netlink_message_fn seen)
{
	int r = netlink_events(netlink, seen, drift);

	if (r == -ENOBUFS) {
		drift->changes++;
		arm(drift, SETTLE_USEC);
		return 0;
	}
	if (r < 0)
		log_error("kernel events: %s", strerror(-r));
	return r;
}

static int on_route(_unused_ sd_event_source *source, _unused_ int fd, _unused_ uint32_t events, void *data)
{
	struct drift *drift = data;

	return read_events(drift, drift->route, see_route);
}

static int on_tables(_unused_ sd_event_source *source, _unused_ int fd, _unused_ uint32_t events, void *data)
{
	struct drift *drift = data;

	return read_events(drift, drift->tables, see_tables);
}

static int open_sources(sd_event *event, struct drift *drift)
{
	int r = link_monitor(&drift->route);

	if (r == 0)
		r = netlink_open(NETLINK_NETFILTER, 0, &drift->tables);
	if (r == 0)
		r = netlink_membership(drift->tables, NFNLGRP_NFTABLES, true);
	if (r == 0)
		r = sd_event_add_io(event, &drift->route_source, netlink_fd(drift->route), EPOLLIN, on_route,
				    drift);
	if (r >= 0)
		r = sd_event_add_io(event, &drift->tables_source, netlink_fd(drift->tables), EPOLLIN,
				    on_tables, drift);
	if (r >= 0)
		r = sd_event_add_time(event, &drift->timer, CLOCK_MONOTONIC, 0, 0, on_timer, drift);
	if (r >= 0)
		r = sd_event_source_set_enabled(drift->timer, SD_EVENT_OFF);
	return r < 0 ? r : 0;
}

int drift_open(sd_event *event, const struct bounds *bounds, const struct kernel *kernel, drift_fn seen,
	       void *data, struct drift **out)
{
	_cleanup_(drift_closep) struct drift *drift = calloc(1, sizeof(*drift));
	int r;

	if (!drift)
		return -ENOMEM;
	drift->bounds = bounds;
	drift->kernel = kernel;
	drift->seen = seen;
	drift->data = data;
	r = open_sources(event, drift);
	if (r < 0)
		return r;
	*out = drift;
	drift = NULL;
	return 0;
}

struct drift *drift_close(struct drift *drift)
{
	if (!drift)
		return NULL;
	sd_event_source_disable_unref(drift->timer);
	sd_event_source_disable_unref(drift->tables_source);
	sd_event_source_disable_unref(drift->route_source);
	netlink_close(drift->tables);
	netlink_close(drift->route);
	free(drift);
	return NULL;
}

unsigned drift_changes(const struct drift *drift)
{
	return drift->changes;
}

void drift_touch(struct drift *drift)
{
	drift->changes++;
}

void drift_read(struct drift *drift)
{
	(void)read_events(drift, drift->route, see_route);
}

void drift_pause(struct drift *drift, bool paused)
{
	int r = netlink_membership(drift->route, RTNLGRP_TC, !paused);

	if (r < 0)
		log_warning("kernel events of queues: %s", strerror(-r));
}
