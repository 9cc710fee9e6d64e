/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The shaper's hold on the kernel, passed to whoever reads or writes it, and the parts that have no header of
 * their own: forwarding (sysctl.c) and what the kernel must offer (probe.c).
 */
#include "netlink.h"
#include "nft.h"
#include "placement.h"
#include "remains.h"
#include "tc.h"
#include "../policy/policy.h"

struct kernel {
	struct netlink *route;
	struct nft *nft;
	bool has[LEAF_KINDS];	    /* which queues the kernel offers */
	const char *leaf_option;    /* the command line's, or NULL */
	struct leaves leaves;	    /* which are used */
	char leaf_reason[96];	    /* why those */
	struct placement placement; /* where the download tree was last put; no device: nowhere yet */
	char uplink[IFNAMSIZ];	    /* where the upload tree was last put */
	struct remains *remains;	    /* figures that the kernel forgets */
	bool remembered;	    /* a plan was applied since the start; of the last one: */
	struct leaves held;	    /* its leaves */
	struct plan applied;	    /* and the plan as it was written, with its options: no reading gives those back */
	char *absent; /* configured devices that were not there at the last apply, for one warning a change */
};

/* Forwarding is off until the plan was read back. A value that is already right is not written; each write
 * adds to *operations. The uplink keeps accepting router advertisements. 0 or -errno, said in the log. */
int sysctl_forwarding_on(const char *uplink, unsigned *operations);
int sysctl_forwarding_off(unsigned *operations);

/* The two switches as they are, for a way back; and what turning them on would write, a line each. */
struct forwarding {
	char ip4, ip6; /* '0', '1'; ip6 0: no IPv6 */
};
int sysctl_forwarding_read(struct forwarding *out);
int sysctl_forwarding_restore(const struct forwarding *former, unsigned *operations);
int sysctl_forwarding_words(const char *uplink, FILE *out);

/* Tries what the trees need on throw-away devices, and which queues there are. 0; 1: `missing` names what the
 * kernel lacks; -errno. */
int probe_kernel(struct kernel *kernel, char *missing, size_t size);

/* Chooses the leaves among those that the kernel has: what the command line says (leaf_parse() knows it),
 * else what the configuration does, else the best. The reason is for the log and the admin. 0, or -EOPNOTSUPP
 * where the kernel lacks what the command line says; what the configuration says and the kernel lacks is
 * replaced by the best that there is, for traffic goes before taste. */
int choose_leaves(struct kernel *kernel, enum policy_queue queue);
