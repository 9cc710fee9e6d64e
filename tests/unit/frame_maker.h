/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Frames as honest senders make them, for tests to take apart. Lengths are filled in; what a test wants wrong
 * it makes wrong itself.
 */
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "../../lib/addr.h"

#define MAKER_GUEST "02:6e:00:00:00:01"
#define MAKER_OTHER "02:6e:00:00:00:02"
#define MAKER_GATEWAY "02:67:00:00:00:fe"

struct made {
	uint8_t bytes[2048];
	size_t length;
};

static inline void put(struct made *made, const void *bytes, size_t n)
{
	memcpy(made->bytes + made->length, bytes, n);
	made->length += n;
}

static inline void put8(struct made *made, unsigned value)
{
	made->bytes[made->length++] = (uint8_t)value;
}

static inline void put16(struct made *made, unsigned value)
{
	put8(made, value >> 8);
	put8(made, value & 255);
}

static inline void put32(struct made *made, uint32_t value)
{
	put16(made, value >> 16);
	put16(made, value & 65535);
}

static inline void put_zero(struct made *made, size_t n)
{
	while (n--)
		put8(made, 0);
}

static inline void put_mac(struct made *made, const char *text)
{
	struct mac mac = {0};

	if (mac_parse(text, &mac) < 0)
		abort();
	put(made, mac.octets, 6);
}

static inline void put_addr(struct made *made, const char *text)
{
	struct addr addr = {0};

	if (addr_parse(text, &addr) < 0)
		abort();
	put(made, addr.octets, addr_bits(&addr) / 8);
}

static inline void put_ethernet(struct made *made, const char *from, unsigned type)
{
	put_mac(made, "02:ff:ff:ff:ff:f0");
	put_mac(made, from);
	put16(made, type);
}

static inline struct made make_arp(const char *from, unsigned operation, const char *mac, const char *address,
				   const char *target)
{
	struct made made = {.length = 0};

	put_ethernet(&made, from, 0x0806);
	put16(&made, 1);
	put16(&made, 0x0800);
	put8(&made, 6);
	put8(&made, 4);
	put16(&made, operation);
	put_mac(&made, mac);
	put_addr(&made, address);
	put_zero(&made, 6);
	put_addr(&made, target);
	return made;
}

/* IPv4 or IPv6, as `from` is; hop limit 255. */
static inline struct made make_packet(const char *mac, const char *from, const char *to, unsigned protocol,
				      const struct made *body)
{
	struct made made = {.length = 0};

	if (strchr(from, ':')) {
		put_ethernet(&made, mac, 0x86dd);
		put32(&made, 0x60000000);
		put16(&made, (unsigned)body->length);
		put8(&made, protocol);
		put8(&made, 255);
	} else {
		put_ethernet(&made, mac, 0x0800);
		put16(&made, 0x4500);
		put16(&made, 20 + (unsigned)body->length);
		put32(&made, 0x00010000);
		put8(&made, 255);
		put8(&made, protocol);
		put16(&made, 0);
	}
	put_addr(&made, from);
	put_addr(&made, to);
	put(&made, body->bytes, body->length);
	return made;
}

static inline struct made make_udp(const char *mac, const char *from, const char *to, unsigned source_port,
				   unsigned destination_port, const struct made *payload)
{
	struct made udp = {.length = 0};

	put16(&udp, source_port);
	put16(&udp, destination_port);
	put16(&udp, 8 + (unsigned)payload->length);
	put16(&udp, 0);
	put(&udp, payload->bytes, payload->length);
	return make_packet(mac, from, to, IPPROTO_UDP, &udp);
}

/* Type 133 to 137 with its fixed part, `target` (or NULL), and the link-layer address option (0: none). */
static inline struct made make_nd(const char *frame_mac, const char *from, unsigned type, const char *target,
				  unsigned option, const char *mac)
{
	struct made nd = {.length = 0};

	put8(&nd, type);
	put8(&nd, 0);
	put_zero(&nd, type == 134 ? 14 : 6);
	if (target)
		put_addr(&nd, target);
	if (option) {
		put8(&nd, option);
		put8(&nd, 1);
		put_mac(&nd, mac);
	}
	return make_packet(frame_mac, from, "ff02::1", IPPROTO_ICMPV6, &nd);
}

/* From the gateway's server; `type` 5 is the acknowledgement. */
static inline struct made make_dhcp(const char *from, unsigned type, const char *mac, const char *address,
				    uint32_t lease)
{
	struct made dhcp = {.length = 0};

	put32(&dhcp, 0x02010600);
	put_zero(&dhcp, 12);
	put_addr(&dhcp, address);
	put_zero(&dhcp, 8);
	put_mac(&dhcp, mac);
	put_zero(&dhcp, 236 - 34);
	put32(&dhcp, 0x63825363);
	put8(&dhcp, 0); /* padding */
	put8(&dhcp, 53);
	put8(&dhcp, 1);
	put8(&dhcp, type);
	put8(&dhcp, 51);
	put8(&dhcp, 4);
	put32(&dhcp, lease);
	put8(&dhcp, 255);
	return make_udp(MAKER_GATEWAY, from, "255.255.255.255", 67, 68, &dhcp);
}

/* ---- DNS ---- */

static inline void put_name(struct made *made, const char *name)
{
	while (*name) {
		size_t n = strcspn(name, ".");

		put8(made, (unsigned)n);
		put(made, name, n);
		name += n + (name[n] == '.');
	}
	put8(made, 0);
}

static inline struct made make_question(const char *name, unsigned type, unsigned answers)
{
	struct made dns = {.length = 0};

	put16(&dns, 0x1234);
	put16(&dns, 0x8180);
	put16(&dns, 1);
	put16(&dns, answers);
	put32(&dns, 0);
	put_name(&dns, name);
	put16(&dns, type);
	put16(&dns, 1);
	return dns;
}

static inline void put_record(struct made *dns, const char *owner, unsigned type, uint32_t ttl)
{
	if (owner)
		put_name(dns, owner);
	else
		put16(dns, 0xc00c); /* the question's */
	put16(dns, type);
	put16(dns, 1);
	put32(dns, ttl);
}

static inline void put_address(struct made *dns, const char *owner, const char *address, uint32_t ttl)
{
	const bool v6 = strchr(address, ':');

	put_record(dns, owner, v6 ? 28 : 1, ttl);
	put16(dns, v6 ? 16 : 4);
	put_addr(dns, address);
}

static inline void put_alias(struct made *dns, const char *owner, const char *target, uint32_t ttl)
{
	put_record(dns, owner, 5, ttl);
	put16(dns, (unsigned)strlen(target) + 2);
	put_name(dns, target);
}
