/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small table, and a sentence for each thing that can happen to a row of it. It changes no device.
 */
#include "devices.h"
#include "../lib/log.h"
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

void devices_clear(struct devices *devices)
{
	free(devices->rows);
	*devices = (struct devices){};
}

static struct device_seen *find(const struct devices *devices, int index)
{
	for (size_t i = 0; i < devices->n; i++)
		if (devices->rows[i].index == index)
			return &devices->rows[i];
	return NULL;
}

const struct device_seen *devices_find(const struct devices *devices, int index)
{
	return find(devices, index);
}

static int add(struct devices *devices, int index, const char *name, bool up)
{
	struct device_seen *rows = reallocarray(devices->rows, devices->n + 1, sizeof(*rows));

	if (!rows)
		return -ENOMEM;
	devices->rows = rows;
	rows[devices->n] = (struct device_seen){.index = index, .up = up};
	snprintf(rows[devices->n++].name, sizeof(rows->name), "%s", name);
	return 0;
}

static void drop(struct devices *devices, struct device_seen *row)
{
	*row = devices->rows[--devices->n];
}

int devices_read(struct devices *devices, struct netlink *netlink, devices_ours_fn ours, const void *data)
{
	_cleanup_(links_clear) struct links links = {};
	_cleanup_(devices_clear) struct devices fresh = {};
	int r = links_read(netlink, &links);

	for (size_t i = 0; i < links.n && r == 0; i++)
		if (ours(data, links.rows[i].name))
			r = add(&fresh, links.rows[i].index, links.rows[i].name, links.rows[i].up);
	if (r < 0)
		return r;
	devices_clear(devices);
	*devices = fresh;
	fresh = (struct devices){};
	return 0;
}

static const char *name_of(const struct nlmsghdr *message)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, message, sizeof(struct ifinfomsg)) if (mnl_attr_get_type(attr) ==
								       IFLA_IFNAME) return netlink_text(attr);
	return "";
}

/* The IFB comes and goes by our own hand; whoever mends it says so (apply_steps.c). */
static bool is_said(const char *name)
{
	return strcmp(name, PLAN_IFB) != 0;
}

static bool see_gone(struct devices *devices, struct device_seen *row)
{
	if (!row)
		return false;
	if (is_said(row->name))
		log_warning("device %s has gone", row->name);
	drop(devices, row);
	return true;
}

static void see_change(struct devices *devices, struct device_seen *row, const char *name, bool up, bool ours)
{
	if (up != row->up && is_said(name))
		log_warning("device %s was set %s", name, up ? "up" : "down");
	row->up = up;
	if (strcmp(row->name, name) == 0)
		return;
	log_warning("device %s is now called %s", row->name, name);
	if (ours)
		snprintf(row->name, sizeof(row->name), "%s", name);
	else
		drop(devices, row);
}

bool devices_see(struct devices *devices, const struct nlmsghdr *message, devices_ours_fn ours,
		 const void *data)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
	struct device_seen *row = find(devices, info->ifi_index);
	const char *name = name_of(message);
	const bool up = info->ifi_flags & IFF_UP, is_ours = ours(data, name);

	if (info->ifi_family != AF_UNSPEC) /* a bridge tells of its ports in the same words */
		return row || is_ours;
	if (message->nlmsg_type == RTM_DELLINK)
		return see_gone(devices, row);
	if (row) {
		see_change(devices, row, name, up, is_ours);
		return true;
	}
	if (!is_ours)
		return false;
	if (is_said(name))
		log_notice("device %s is there", name);
	(void)add(devices, info->ifi_index, name, up);
	return true;
}
