/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Devices and addresses: which devices are there, the IFB that carries the download tree, the zones'
 * addresses (marked as ours by their IFA_PROTO), and events when a device comes or goes. 0 or -errno; writers
 * append to a batch.
 */
#include "netlink.h"
#include "../lib/plan.h"

struct link {
	int index;
	char name[IFNAMSIZ];
	char kind[IFNAMSIZ]; /* "ifb", "veth", empty for hardware */
	uint32_t mtu, tx_queue;
	int lower;  /* what it stands on, a VLAN's trunk say; 0: nothing, or something in another namespace */
	int master; /* the bridge or bond that it is part of; 0: none */
	uint16_t type; /* ARPHRD_ */
	bool up;       /* by the admin's will */
};
struct links {
	struct link *rows; /* sorted by name */
	size_t n, size;
};
void links_clear(struct links *links);
int links_read(struct netlink *netlink, struct links *out);
const struct link *links_find(const struct links *links, const char *name);
const struct link *links_find_index(const struct links *links, int index);
/* A row that no kernel has, for a rehearsal. 0 or -ENOMEM. */
int links_pretend(struct links *links, const char *name, const char *kind);
/* Do packets in its queue have an Ethernet header? Those of PPP have none. */
bool link_has_ethernet(const struct link *link);

int link_put_ifb(struct netlink_batch *batch, const char *name, uint32_t tx_queue);
int link_put_up(struct netlink_batch *batch, int index);
int link_put_queue(struct netlink_batch *batch, int index, uint32_t tx_queue);
int link_delete(struct netlink_batch *batch, const char *name);

/* Appends to have->addresses: those that carry our mark, and those in `want` (may be NULL) whoever made them.
 */
int addresses_read(struct netlink *netlink, const struct links *links, const struct plan *want,
		   struct plan *have);
int address_put(struct netlink_batch *batch, int index, const struct prefix *prefix);
int address_delete(struct netlink_batch *batch, int index, const struct prefix *prefix);

/* A socket whose netlink_events() sees devices and addresses change. */
int link_monitor(struct netlink **out);
