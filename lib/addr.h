/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * IPv4 and IPv6 addresses, prefixes (RFC 4632, RFC 4291) and Ethernet addresses as plain data:
 * no padding, comparable with memcmp, fit to be sent in a message.
 * Parsers return 0 or -EINVAL and leave the output alone on error.
 */
#include <stdbool.h>
#include <stdint.h>
#include <netinet/in.h>

struct mac {
	uint8_t octets[6];
};

/* An IPv4 address lies in octets[0..3], the rest is zero. family 0 is "no address". */
struct addr {
	uint8_t family; /* AF_INET, AF_INET6, 0 */
	uint8_t octets[16];
};

/* `length` counts bits of the address's own family. Host bits may be set where an interface address is
 * meant ("10.200.0.1/20"); prefix_network() clears them. */
struct prefix {
	struct addr addr;
	uint8_t length;
};

#define ADDR_TEXT INET6_ADDRSTRLEN
#define PREFIX_TEXT (INET6_ADDRSTRLEN + 4)
#define MAC_TEXT 18

int addr_parse(const char *text, struct addr *out);
int prefix_parse(const char *text, struct prefix *out); /* "a.b.c.d/n", "x::/n"; the length is required */
/* "02:00:5e:10:00:01", "02-00-5E-10-00-01" or "0200.5e10.0001": as devices show them, capitals or not. */
int mac_parse(const char *text, struct mac *out);
/* All three write at most the sizes above and return `text`. */
const char *addr_text(const struct addr *addr, char text[static ADDR_TEXT]);
const char *prefix_text(const struct prefix *prefix, char text[static PREFIX_TEXT]);
const char *mac_text(const struct mac *mac, char text[static MAC_TEXT]);

struct addr addr_from_sockaddr(const struct sockaddr *sockaddr); /* an IPv4-mapped address becomes IPv4 */
bool addr_equal(const struct addr *a, const struct addr *b);
bool addr_is_link_local(const struct addr *addr);
unsigned addr_bits(const struct addr *addr); /* 32 or 128 */

struct prefix prefix_network(const struct prefix *prefix);
bool prefix_has_host_bits(const struct prefix *prefix);
bool prefix_contains(const struct prefix *prefix, const struct addr *addr);
bool prefix_overlaps(const struct prefix *a, const struct prefix *b);
struct addr prefix_first(const struct prefix *prefix);
struct addr prefix_last(const struct prefix *prefix);
bool prefix_is_unique_local(const struct prefix *prefix); /* RFC 4193, fc00::/7 */
bool mac_is_unicast(const struct mac *mac);
