/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Tidying the connection table after a guest has gone or a zone has closed. It is never the gate (nft.h is):
 * it only spares the table entries that nobody will use again, and NAT from replying to old ones.
 */
#include <stddef.h>
#include <stdint.h>
#include "../lib/addr.h"

struct conntrack_forget {
	const struct addr *addresses; /* a guest's */
	size_t n_addresses;
	const struct prefix *prefixes; /* a whole zone's networks */
	size_t n_prefixes;
	uint16_t keep_ports[2]; /* TCP connections that these ports of ours answer stay: the portal's own
				   reply. 0: none */
};

/* Deletes the entries whose original source or destination is among these. 0 or -errno; *deleted (may be
 * NULL) gets how many. Memory does not grow with the table. */
int conntrack_forget(const struct conntrack_forget *who, unsigned *deleted);
