/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The shaper's hold on the kernel, passed to whoever reads or writes it, and the parts that have no header of
 * their own: forwarding (sysctl.c) and what the kernel must offer (probe.c).
 */
#include "netlink.h"
#include "nft.h"
#include "tc.h"

struct kernel {
	struct netlink *route;
	struct nft *nft;
	struct leaves leaves;
	char uplink[IFNAMSIZ]; /* where the upload tree was last put */
	char *absent; /* configured devices that were not there at the last apply, for one warning a change */
};

/* Forwarding is off until the plan was read back. A value that is already right is not written; each write
 * adds to *operations. The uplink keeps accepting router advertisements. 0 or -errno, said in the log. */
int sysctl_forwarding_on(const char *uplink, unsigned *operations);
int sysctl_forwarding_off(unsigned *operations);

/* Tries what the trees need on throw-away devices, and chooses the leaves; `forced` (may be NULL) names the
 * only one to try. 0; 1: `missing` names what the kernel lacks; -errno. */
int probe_kernel(struct kernel *kernel, const char *forced, char *missing, size_t size);
