/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a telephone has IPv6, its resolver and the portal's address from this one packet. It must never carry
 * an option that is cut short: then the receiver drops them all.
 */
#include "ra.h"
#include <netinet/icmp6.h>
#include <string.h>

#define OPTION_RDNSS 25
#define OPTION_CAPTIVE 37
#define HOP_LIMIT 64
#define VALID_SECONDS 86400u
#define PREFERRED_SECONDS 14400u
#define AUTONOMOUS_BITS 64 /* RFC 4862: interface identifiers have the rest */

struct writer {
	uint8_t *bytes;
	size_t length;
};

static void put(struct writer *writer, const void *bytes, size_t n)
{
	memcpy(writer->bytes + writer->length, bytes, n);
	writer->length += n;
}

static void put8(struct writer *writer, unsigned value)
{
	writer->bytes[writer->length++] = (uint8_t)value;
}

static void put16(struct writer *writer, unsigned value)
{
	put8(writer, value >> 8);
	put8(writer, value & 255);
}

static void put32(struct writer *writer, uint32_t value)
{
	put16(writer, value >> 16);
	put16(writer, value & 65535);
}

static void put_header(struct writer *writer, const struct ra *ra)
{
	put8(writer, ND_ROUTER_ADVERT);
	put8(writer, 0);
	put16(writer, 0);
	put8(writer, HOP_LIMIT);
	put8(writer, ND_RA_FLAG_OTHER); /* the resolver and the portal by DHCPv6, too; no addresses */
	put16(writer, ra->last ? 0 : RA_ROUTER_SECONDS);
	put32(writer, 0);
	put32(writer, 0);
}

static void put_link(struct writer *writer, const struct ra *ra)
{
	put8(writer, ND_OPT_SOURCE_LINKADDR);
	put8(writer, 1);
	put(writer, ra->mac.octets, sizeof(ra->mac.octets));
	if (!ra->mtu)
		return;
	put8(writer, ND_OPT_MTU);
	put8(writer, 1);
	put16(writer, 0);
	put32(writer, ra->mtu);
}

static void put_prefix(struct writer *writer, const struct ra *ra)
{
	const struct prefix network = prefix_network(&ra->address);
	const bool autonomous = network.length == AUTONOMOUS_BITS;

	put8(writer, ND_OPT_PREFIX_INFORMATION);
	put8(writer, 4);
	put8(writer, network.length);
	put8(writer, ND_OPT_PI_FLAG_ONLINK | (autonomous ? ND_OPT_PI_FLAG_AUTO : 0));
	put32(writer, ra->withdrawn ? 0 : VALID_SECONDS);
	put32(writer, ra->withdrawn ? 0 : PREFERRED_SECONDS);
	put32(writer, 0);
	put(writer, network.addr.octets, 16);
}

static void put_resolver(struct writer *writer, const struct ra *ra)
{
	put8(writer, OPTION_RDNSS);
	put8(writer, 3);
	put16(writer, 0);
	put32(writer, ra->last ? 0 : RA_ROUTER_SECONDS);
	put(writer, ra->address.addr.octets, 16);
}

/* Padded with zeros to whole units of eight octets. */
static size_t captive_units(const struct ra *ra)
{
	return (2 + strlen(ra->api) + 7) / 8;
}

static void put_captive(struct writer *writer, const struct ra *ra)
{
	size_t length = strlen(ra->api), units = captive_units(ra);

	put8(writer, OPTION_CAPTIVE);
	put8(writer, (unsigned)units);
	put(writer, ra->api, length);
	for (size_t i = 2 + length; i < units * 8; i++)
		put8(writer, 0);
}

size_t ra_build(const struct ra *ra, uint8_t out[static RA_MAX])
{
	struct writer writer = {.bytes = out};

	if (captive_units(ra) > 255 || 16 + 8 + 8 + 32 + 24 + captive_units(ra) * 8 > RA_MAX)
		return 0;
	put_header(&writer, ra);
	put_link(&writer, ra);
	put_prefix(&writer, ra);
	put_resolver(&writer, ra);
	if (*ra->api && !ra->last)
		put_captive(&writer, ra);
	return writer.length;
}
