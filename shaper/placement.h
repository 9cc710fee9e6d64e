/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Where the download tree belongs: on the one device by which all LAN traffic leaves, else on the IFB. A pure
 * function of what devices there are. The redirection to an IFB costs a tenth of the packets a second.
 */
#include "link.h"

struct placement {
	char device[IFNAMSIZ]; /* PLAN_IFB, or the one device */
	const char *why;       /* "all LANs leave by it", "lan1 is another device", ... */
	int *bases; /* the devices below the LANs (themselves, where they are no VLANs): malloc'd */
	size_t n_bases;
};
void placement_clear(struct placement *placement);
/* `plan`: of devices that are there. 0 or -ENOMEM. */
int placement_decide(const struct links *links, const struct plan *plan, struct placement *out);
/* Could something that happens to this device, or to one on top of `lower` (0: of none), change the decision?
 */
bool placement_concerns(const struct placement *placement, int index, int lower);
