/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * dnsmasq's configuration (dnsmasq(8)), from the policy alone: DHCP for each zone (range, lease, options 3, 6, 114 with a
 * certificate; DHCPv6 stateless with option 103 and resolver), DNS on the zones' addresses only, forwarding to `dns`, the
 * portal's name answered with the zone's own address (in IPv6, and to questions over IPv6, with every zone's: dnsmasq tells IPv4
 * networks apart and no others; each is the gateway's own, and the portal answers on it). No router advertisements: gerbang-watch sends them. Nothing that needs
 * CAP_NET_ADMIN (replies are broadcast where the client has no address yet), no script, no leases outside `lease_file`.
 */
#include <stdio.h>
#include "policy.h"

/* 0 or -errno of the stream. */
int dnsmasq_write(FILE *out, const struct policy *policy, const char *lease_file);
/* The zone's range: what it configures, or the upper half of its network but for the last five addresses. */
void policy_dhcp_range(const struct policy_zone *zone, struct addr *first, struct addr *last);
