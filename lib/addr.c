/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses as plain data. Parsing is inet_pton()'s, which takes no octal, no scope and no short form; the
 * rest is arithmetic on octets. It must never ask a resolver, and a length beyond the family's bits must
 * never read past the octets.
 */
#include "addr.h"
#include "cleanup.h"
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

unsigned addr_bits(const struct addr *addr)
{
	switch (addr->family) {
	case AF_INET:
		return 32;
	case AF_INET6:
		return 128;
	}
	return 0;
}

int addr_parse(const char *text, struct addr *out)
{
	struct addr addr = {.family = strchr(text, ':') ? AF_INET6 : AF_INET};

	if (inet_pton(addr.family, text, addr.octets) != 1)
		return -EINVAL;
	*out = addr;
	return 0;
}

/* Decimal, no sign, no leading zero. */
static int length_parse(const char *text, unsigned max, uint8_t *out)
{
	unsigned value = 0;

	if (!*text || (text[0] == '0' && text[1]))
		return -EINVAL;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return -EINVAL;
		value = value * 10 + (unsigned)(*text - '0');
		if (value > max)
			return -EINVAL;
	}
	*out = (uint8_t)value;
	return 0;
}

int prefix_parse(const char *text, struct prefix *out)
{
	const char *slash = strchr(text, '/');
	char address[ADDR_TEXT];
	struct prefix prefix = {0};

	if (!slash || (size_t)(slash - text) >= sizeof(address))
		return -EINVAL;
	memcpy(address, text, (size_t)(slash - text));
	address[slash - text] = '\0';
	if (addr_parse(address, &prefix.addr) < 0)
		return -EINVAL;
	if (length_parse(slash + 1, addr_bits(&prefix.addr), &prefix.length) < 0)
		return -EINVAL;
	*out = prefix;
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* As telephones, Windows and switches show them: the separator, and behind how many octets it stands. */
static const struct {
	char separator;
	unsigned octets;
} mac_forms[] = {{':', 1}, {'-', 1}, {'.', 2}};

static int mac_parse_form(const char *text, char separator, unsigned octets, struct mac *out)
{
	struct mac mac;

	for (unsigned i = 0; i < ELEMENTS(mac.octets); i++) {
		int high, low;

		if (i > 0 && i % octets == 0 && *text++ != separator)
			return -EINVAL;
		high = hex_digit(text[0]);
		low = high < 0 ? -1 : hex_digit(text[1]);
		if (low < 0)
			return -EINVAL;
		mac.octets[i] = (uint8_t)(high << 4 | low);
		text += 2;
	}
	if (*text)
		return -EINVAL;
	*out = mac;
	return 0;
}

int mac_parse(const char *text, struct mac *out)
{
	for (size_t i = 0; i < ELEMENTS(mac_forms); i++)
		if (mac_parse_form(text, mac_forms[i].separator, mac_forms[i].octets, out) == 0)
			return 0;
	return -EINVAL;
}

const char *addr_text(const struct addr *addr, char text[static ADDR_TEXT])
{
	if (!addr_bits(addr) || !inet_ntop(addr->family, addr->octets, text, ADDR_TEXT))
		memcpy(text, "-", 2);
	return text;
}

const char *prefix_text(const struct prefix *prefix, char text[static PREFIX_TEXT])
{
	size_t n = strlen(addr_text(&prefix->addr, text));

	snprintf(text + n, PREFIX_TEXT - n, "/%u", prefix->length);
	return text;
}

const char *mac_text(const struct mac *mac, char text[static MAC_TEXT])
{
	const uint8_t *o = mac->octets;

	snprintf(text, MAC_TEXT, "%02x:%02x:%02x:%02x:%02x:%02x", o[0], o[1], o[2], o[3], o[4], o[5]);
	return text;
}

struct addr addr_from_sockaddr(const struct sockaddr *sockaddr)
{
	struct addr addr = {0};

	if (sockaddr->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)sockaddr;

		addr.family = AF_INET;
		memcpy(addr.octets, &in->sin_addr, 4);
	} else if (sockaddr->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)sockaddr;
		bool mapped = IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr);

		addr.family = mapped ? AF_INET : AF_INET6;
		memcpy(addr.octets, in6->sin6_addr.s6_addr + (mapped ? 12 : 0), mapped ? 4 : 16);
	}
	return addr;
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

bool addr_is_link_local(const struct addr *addr)
{
	const uint8_t *o = addr->octets;

	if (addr->family == AF_INET)
		return o[0] == 169 && o[1] == 254;
	return addr->family == AF_INET6 && o[0] == 0xfe && (o[1] & 0xc0) == 0x80;
}

static unsigned prefix_bits(const struct prefix *prefix)
{
	return MIN(prefix->length, addr_bits(&prefix->addr));
}

/* The bits of octet `i` that belong to the host part of a prefix of `length` bits. */
static uint8_t host_mask(unsigned length, unsigned i)
{
	if (length >= 8 * (i + 1))
		return 0;
	if (length <= 8 * i)
		return 0xff;
	return (uint8_t)(0xff >> (length - 8 * i));
}

struct addr prefix_first(const struct prefix *prefix)
{
	struct addr addr = prefix->addr;

	for (unsigned i = 0; i < addr_bits(&addr) / 8; i++)
		addr.octets[i] &= (uint8_t)~host_mask(prefix_bits(prefix), i);
	return addr;
}

struct addr prefix_last(const struct prefix *prefix)
{
	struct addr addr = prefix->addr;

	for (unsigned i = 0; i < addr_bits(&addr) / 8; i++)
		addr.octets[i] |= host_mask(prefix_bits(prefix), i);
	return addr;
}

struct prefix prefix_network(const struct prefix *prefix)
{
	return (struct prefix){.addr = prefix_first(prefix), .length = prefix->length};
}

bool prefix_has_host_bits(const struct prefix *prefix)
{
	struct addr first = prefix_first(prefix);

	return !addr_equal(&first, &prefix->addr);
}

bool prefix_contains(const struct prefix *prefix, const struct addr *addr)
{
	struct prefix other = {.addr = *addr, .length = prefix->length};
	struct addr network = prefix_first(prefix), its = prefix_first(&other);

	return addr->family != 0 && addr_equal(&network, &its);
}

bool prefix_overlaps(const struct prefix *a, const struct prefix *b)
{
	return a->length <= b->length ? prefix_contains(a, &b->addr) : prefix_contains(b, &a->addr);
}

bool prefix_is_unique_local(const struct prefix *prefix)
{
	return prefix->addr.family == AF_INET6 && prefix->length >= 7 &&
	       (prefix->addr.octets[0] & 0xfe) == 0xfc;
}

bool mac_is_unicast(const struct mac *mac)
{
	static const struct mac none;

	return !(mac->octets[0] & 1) && memcmp(mac, &none, sizeof(none)) != 0;
}
