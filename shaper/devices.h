/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Our devices as the last event told of them, by their index: so that one which goes, comes, is renamed or is set down is known as ours
 * although the event no longer has its name.
 */
#include <stdbool.h>
#include "link.h"

struct devices {
	struct device_seen {
		int index;
		char name[IFNAMSIZ];
		bool up;
	} *rows;
	size_t n;
};
typedef bool (*devices_ours_fn)(const void *data, const char *name);
/* Those of all that are there; after -errno those known before. */
int devices_read(struct devices *devices, struct netlink *netlink, devices_ours_fn ours, const void *data);
void devices_clear(struct devices *devices);
const struct device_seen *devices_find(const struct devices *devices, int index);
/* RTM_NEWLINK, RTM_DELLINK: whether it concerns one of ours; what happened to it is said in the log. */
bool devices_see(struct devices *devices, const struct nlmsghdr *message, devices_ours_fn ours, const void *data);
