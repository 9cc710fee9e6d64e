/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The kernel's neighbour table: which MAC has this address on this device (RTM_GETNEIGH, one entry), and
 * which IPv4 address has this MAC. Needs no capability. Only entries that the kernel would send to count.
 */
#include <sys/types.h>
#include "../lib/addr.h"

struct neighbour;

int neighbour_new(struct neighbour **out);
struct neighbour *neighbour_free(struct neighbour *neighbour);

/* The device's index, or 0: if_nametoindex() without a socket of its own for each question. */
unsigned neighbour_device(const struct neighbour *neighbour, const char *device);
/* 0, -ENOENT: no such neighbour, or -errno. */
int neighbour_mac(struct neighbour *neighbour, unsigned ifindex, const struct addr *address, struct mac *out);
/* The one within `network` that was confirmed last. 0, -ENOENT or -errno. Reads the device's table: for a
 * login over IPv6. */
int neighbour_address4(struct neighbour *neighbour, unsigned ifindex, const struct mac *mac,
		       const struct prefix *network, struct addr *out);

struct neighbour_row {
	unsigned ifindex;
	struct mac mac;
	struct addr address;
};
/* The whole table but link-local addresses, sorted by device, MAC and address; malloc'd. Count or -errno. */
ssize_t neighbour_all(struct neighbour *neighbour, struct neighbour_row **out);
