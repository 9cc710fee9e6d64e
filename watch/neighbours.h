/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Who uses which address on one device, as far as it shows, and who claims what is another's. Bounded: the
 * least recently seen is forgotten first. Knows no clock and no socket.
 */
#include <stdbool.h>
#include <stdint.h>
#include "../lib/addr.h"

#define NEIGHBOURS_MAX 4096u
#define NEIGHBOURS_HELD_USEC                                                                                 \
	(120 * INT64_C(1000000)) /* an address is its user's for so long after it was last seen */
#define NEIGHBOURS_REPORT_USEC (60 * INT64_C(1000000)) /* the same is not said more often */

enum neighbours_how {
	NEIGHBOURS_CLAIM,  /* the sender says so of itself */
	NEIGHBOURS_FORGED, /* says so of another than the frame's sender: counts as a conflict, never as a
			      fact */
	NEIGHBOURS_LEASE   /* our own DHCP server has given it */
};

enum neighbours_outcome {
	NEIGHBOURS_OLD = 0,  /* nothing to say */
	NEIGHBOURS_NEW,	     /* a binding to be told, or told again */
	NEIGHBOURS_CONFLICT, /* the address is `holder`'s */
	NEIGHBOURS_TWICE     /* one MAC alternates between `before` and this address: two devices have it */
};

struct neighbours;

struct neighbours *neighbours_new(void); /* NULL: no memory */
struct neighbours *neighbours_free(struct neighbours *neighbours);
enum neighbours_outcome neighbours_seen(struct neighbours *neighbours, const struct addr *address,
					const struct mac *mac, enum neighbours_how how, int64_t now_usec,
					struct mac *holder);

/* A lease was given to that MAC: kept until the device itself uses the address. */
void neighbours_leased(struct neighbours *neighbours, const struct addr *address, const struct mac *mac,
		       uint32_t lease_seconds);
/* That MAC uses the address: the lease that it waited for, once. 0: there is none. */
uint32_t neighbours_confirmed(struct neighbours *neighbours, const struct addr *address,
			      const struct mac *mac);
