/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two event sockets and two timers. Losing events (ENOBUFS) counts as an event, for what was lost may have
 * been ours (kernel-facts.md 17). Events of other people's devices, containers say, wake nobody further. What
 * we wrote ourselves is told by the number of our sockets.
 */
#include "drift.h"
#include "devices.h"
#include "flowtables.h"
#include "foreign.h"
#include "link.h"
#include "nft.h"
#include "../lib/log.h"
#include "../lib/units.h"
#include <errno.h>
#include <linux/netconf.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

#define SETTLE_USEC (300 * USEC_PER_MSEC)
#define OPEN_USEC                                                                                            \
	(10 * USEC_PER_MSEC) /* a table of ours was touched, and with it a gate: no time to wait for more    \
				events */
#define SWITCHES_USEC (5 * USEC_PER_SEC)
#define LOOKS 6u /* at all of it, each so many looks at the switches */

struct drift {
	struct netlink *route, *tables;
	sd_event_source *route_source, *tables_source, *timer, *slow;
	const struct bounds *bounds;
	const struct kernel *kernel;
	struct drift_events events;
	void *data;
	struct devices devices;
	struct foreign foreign;
	bool waiting;
	unsigned changes, looks;
	char alarm[160];
};

/* ---- what concerns us ---- */

static bool name_is_ours(const void *data, const char *name)
{
	const struct drift *drift = data;

	return strcmp(name, PLAN_IFB) == 0 || bounds_has_device(drift->bounds, name);
}

static bool index_is_ours(const struct drift *drift, unsigned index)
{
	return placement_concerns(&drift->kernel->placement, (int)index, 0) ||
	       devices_find(&drift->devices, (int)index);
}

/* A flowtable on the trunk below takes the packets of our VLANs as well. */
static bool carries_ours(const void *data, const char *name)
{
	const struct drift *drift = data;
	const unsigned index = if_nametoindex(name);

	return name_is_ours(drift, name) ||
	       (index && placement_concerns(&drift->kernel->placement, (int)index, 0));
}

/* Whoever puts a VLAN on a trunk of ours, or takes it away, may move the download tree. */
static bool link_is_ours(struct drift *drift, const struct nlmsghdr *message)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
	const bool known = devices_see(&drift->devices, message, name_is_ours, drift);
	const struct nlattr *attr;
	bool elsewhere = false;
	int lower = 0;

	mnl_attr_for_each(attr, message, sizeof(*info))
	{
		if (mnl_attr_get_type(attr) == IFLA_LINK)
			lower = (int)netlink_number(attr);
		else if (mnl_attr_get_type(attr) == IFLA_LINK_NETNSID)
			elsewhere = true;
	}
	if (elsewhere)
		lower = 0;
	return known || placement_concerns(&drift->kernel->placement, info->ifi_index, lower);
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

/* Another process asked for it: neither the kernel by itself nor we. */
static bool is_foreign(const struct drift *drift, const struct nlmsghdr *message)
{
	return message->nlmsg_pid != 0 && message->nlmsg_pid != netlink_port(drift->kernel->route) &&
	       message->nlmsg_pid != nft_port(drift->kernel->nft);
}

/* ---- events of devices and queues ---- */

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

static bool see_link(struct drift *drift, const struct nlmsghdr *message)
{
	return link_is_ours(drift, message);
}

static bool see_address(struct drift *drift, const struct nlmsghdr *message)
{
	const struct ifaddrmsg *info = mnl_nlmsg_get_payload(message);
	const bool ours = index_is_ours(drift, info->ifa_index);

	if (ours && message->nlmsg_type == RTM_DELADDR && is_foreign(drift, message))
		foreign_route(&drift->foreign, message);
	return ours;
}

static bool see_queue(struct drift *drift, const struct nlmsghdr *message)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(message);

	if (!index_is_ours(drift, (unsigned)tc->tcm_ifindex))
		return false;
	if (message->nlmsg_type == RTM_DELTCLASS)
		see_class_gone(drift, message);
	if (is_foreign(drift, message))
		foreign_route(&drift->foreign, message);
	return true;
}

/* What of the switches would have to be written: said, and true. */
static bool switches_are_off(const struct drift *drift)
{
	_cleanup_(freep) char *text = NULL;
	size_t size;
	FILE *out = drift->kernel->remembered ? open_memstream(&text, &size) : NULL;
	char *rest, *line;

	if (!out)
		return false;
	(void)sysctl_forwarding_words(drift->kernel->uplink, out);
	if (fclose(out) == EOF || size == 0)
		return false;
	rest = text;
	while ((line = strsep(&rest, "\n")))
		if (line[0])
			log_warning("somebody else changed what is ours: it has to be %s", line);
	return true;
}

/* Forwarding of all devices; each device's own follows it. */
static bool see_switches(struct drift *drift, const struct nlmsghdr *message)
{
	const struct nlattr *attr;
	int index = 0, forwarding = 1;

	mnl_attr_for_each(attr, message, sizeof(struct netconfmsg))
	{
		if (mnl_attr_get_type(attr) == NETCONFA_IFINDEX)
			index = (int)netlink_number(attr);
		else if (mnl_attr_get_type(attr) == NETCONFA_FORWARDING)
			forwarding = (int)netlink_number(attr);
	}
	if (index == NETCONFA_IFINDEX_ALL && !forwarding && switches_are_off(drift))
		arm(drift, OPEN_USEC);
	return false;
}

static const struct {
	uint16_t type;
	bool (*see)(struct drift *drift, const struct nlmsghdr *message);
} route_events[] = {
    {RTM_NEWLINK, see_link},	 {RTM_DELLINK, see_link},	 {RTM_NEWADDR, see_address},
    {RTM_DELADDR, see_address},	 {RTM_NEWQDISC, see_queue},	 {RTM_DELQDISC, see_queue},
    {RTM_NEWTCLASS, see_queue},	 {RTM_DELTCLASS, see_queue},	 {RTM_NEWTFILTER, see_queue},
    {RTM_DELTFILTER, see_queue}, {RTM_NEWNETCONF, see_switches},
};

static int see_route(const struct nlmsghdr *message, void *data)
{
	struct drift *drift = data;

	for (size_t i = 0; i < ELEMENTS(route_events); i++) {
		if (route_events[i].type != message->nlmsg_type || !route_events[i].see(drift, message))
			continue;
		drift->changes++;
		arm(drift, SETTLE_USEC);
	}
	return 0;
}

/* ---- events of tables ---- */

static void look_for_flowtables(struct drift *drift)
{
	char text[sizeof(drift->alarm)] = "";
	struct netlink *netlink;

	if (netlink_open(NETLINK_NETFILTER, 0, &netlink) < 0)
		return;
	if (flowtables_find(netlink, carries_ours, drift, text, sizeof(text)) == 0 &&
	    strcmp(text, drift->alarm) != 0) {
		snprintf(drift->alarm, sizeof(drift->alarm), "%s", text);
		if (text[0])
			log_error("alarm: %s", text);
		else
			log_notice("the alarm is over: no flowtable is on a device of ours any more");
		drift->events.alarm(drift->data, drift->alarm);
	}
	netlink_close(netlink);
}

/* The first attribute names the table, of whatever it is. */
static bool names_our_table(const struct nlmsghdr *message)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message,
			  sizeof(struct nfgenmsg)) if (mnl_attr_get_type(attr) ==
						       NFTA_TABLE_NAME) return strcmp(netlink_text(attr),
										      NFT_TABLE) == 0;
	return false;
}

static int see_tables(const struct nlmsghdr *message, void *data)
{
	struct drift *drift = data;
	const uint8_t type = NFNL_MSG_TYPE(message->nlmsg_type);

	if (NFNL_SUBSYS_ID(message->nlmsg_type) != NFNL_SUBSYS_NFTABLES)
		return 0;
	if (type == NFT_MSG_NEWFLOWTABLE || type == NFT_MSG_DELFLOWTABLE)
		look_for_flowtables(drift);
	if (type == NFT_MSG_NEWGEN || !is_foreign(drift, message) || !names_our_table(message))
		return 0;
	foreign_nft(&drift->foreign, message);
	arm(drift, OPEN_USEC);
	return 0;
}

/* ---- timers ---- */

static int on_timer(_unused_ sd_event_source *source, _unused_ uint64_t usec, void *data)
{
	struct drift *drift = data;

	drift->waiting = false;
	foreign_say(&drift->foreign);
	drift->events.seen(drift->data);
	return 0;
}

static int on_slow(sd_event_source *source, _unused_ uint64_t usec, void *data)
{
	struct drift *drift = data;

	if (switches_are_off(drift))
		arm(drift, OPEN_USEC);
	if (++drift->looks % LOOKS == 0) {
		look_for_flowtables(drift);
		arm(drift, SETTLE_USEC);
	}
	(void)sd_event_source_set_time_relative(source, SWITCHES_USEC);
	(void)sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	return 0;
}

/* ---- sources ---- */

static int read_events(struct drift *drift, struct netlink *netlink, netlink_message_fn seen)
{
	int r = netlink_events(netlink, seen, drift);

	if (r == -ENOBUFS) {
		drift->changes++;
		(void)devices_read(&drift->devices, drift->kernel->route, name_is_ours, drift);
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

static int open_sockets(struct drift *drift)
{
	int r = link_monitor(&drift->route);

	if (r == 0)
		r = netlink_membership(drift->route, RTNLGRP_IPV4_NETCONF, true);
	if (r == 0)
		r = netlink_membership(drift->route, RTNLGRP_IPV6_NETCONF, true);
	if (r == 0)
		r = netlink_open(NETLINK_NETFILTER, 0, &drift->tables);
	if (r == 0)
		r = netlink_membership(drift->tables, NFNLGRP_NFTABLES, true);
	return r < 0 ? r : devices_read(&drift->devices, drift->kernel->route, name_is_ours, drift);
}

static int add_sources(sd_event *event, struct drift *drift)
{
	int r =
	    sd_event_add_io(event, &drift->route_source, netlink_fd(drift->route), EPOLLIN, on_route, drift);

	if (r >= 0)
		r = sd_event_add_io(event, &drift->tables_source, netlink_fd(drift->tables), EPOLLIN,
				    on_tables, drift);
	if (r >= 0)
		r = sd_event_add_time(event, &drift->timer, CLOCK_MONOTONIC, 0, 0, on_timer, drift);
	if (r >= 0)
		r = sd_event_source_set_enabled(drift->timer, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_add_time_relative(event, &drift->slow, CLOCK_MONOTONIC, SWITCHES_USEC, 0,
					       on_slow, drift);
	return r < 0 ? r : 0;
}

int drift_open(sd_event *event, const struct bounds *bounds, const struct kernel *kernel,
	       const struct drift_events *events, void *data, struct drift **out)
{
	_cleanup_(drift_closep) struct drift *drift = calloc(1, sizeof(*drift));
	int r;

	if (!drift)
		return -ENOMEM;
	drift->bounds = bounds;
	drift->kernel = kernel;
	drift->events = *events;
	drift->data = data;
	r = open_sockets(drift);
	if (r == 0)
		r = add_sources(event, drift);
	if (r < 0)
		return r;
	look_for_flowtables(drift);
	*out = drift;
	drift = NULL;
	return 0;
}

struct drift *drift_close(struct drift *drift)
{
	if (!drift)
		return NULL;
	sd_event_source_disable_unref(drift->slow);
	sd_event_source_disable_unref(drift->timer);
	sd_event_source_disable_unref(drift->tables_source);
	sd_event_source_disable_unref(drift->route_source);
	netlink_close(drift->tables);
	netlink_close(drift->route);
	foreign_clear(&drift->foreign);
	devices_clear(&drift->devices);
	free(drift);
	return NULL;
}

unsigned drift_changes(const struct drift *drift)
{
	return drift->changes;
}

/* A new plan may name devices that were there before. */
void drift_touch(struct drift *drift)
{
	drift->changes++;
	(void)devices_read(&drift->devices, drift->kernel->route, name_is_ours, drift);
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

const char *drift_alarm(const struct drift *drift)
{
	return drift->alarm;
}
