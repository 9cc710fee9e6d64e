/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The bytes of a router advertisement: RFC 4861, 4.2 (header, source link-layer address, MTU, prefix), RFC
 * 8106, 5.1 (resolver), RFC 8910, 2.3 (captive portal). Pure. The checksum is the kernel's.
 */
#include <stddef.h>
#include <stdint.h>
#include "../lib/addr.h"

#define RA_MAX 1232u /* with IPv6's header within the least MTU of 1280 */
#define RA_ROUTER_SECONDS 1800u

struct ra {
	struct prefix address; /* the gateway's own; its network is the zone's prefix */
	struct mac mac;
	uint32_t mtu;
	const char *api; /* URI; "": none */
	bool last;	 /* lifetimes are zero: the gateway is no router from now on */
	bool withdrawn;	 /* and the prefix is no longer to be used */
};

/* Length; 0: does not fit (the URI is too long). */
size_t ra_build(const struct ra *ra, uint8_t out[static RA_MAX]);
