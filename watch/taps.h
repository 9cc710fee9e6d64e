/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Where the traffic of a device is to be looked at so that "leaves" means: behind our queue. A device's own
 * qdisc lies before the place where its packets are seen. A VLAN has none of its own where the tree sits on
 * the device below it: there its packets are seen too early, and on the device below at the right time. Where
 * the tree sits on an IFB, packets have passed it before they are seen on either. So: the lowest device under
 * VLANs.
 */

/* The index of the device to look at for `name`, now; 0: there is none of that name. */
unsigned taps_index(const char *name);
