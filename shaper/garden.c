/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Judges one address of the garden. A table says what is nobody's public address (RFC 6890 and its
 * registries); the configuration and the machine say what is ours. It never asks the network.
 */
#include "garden.h"
#include "../lib/cleanup.h"
#include <errno.h>
#include <ifaddrs.h>
#include <stdarg.h>
#include <string.h>

#define IP4(a, b, c, d, bits, why)                                                                           \
	{                                                                                                    \
		{{AF_INET, {a, b, c, d}}, bits}, why                                                         \
	}
#define IP6(a, b, bits, why)                                                                                 \
	{                                                                                                    \
		{{AF_INET6, {a, b}}, bits}, why                                                              \
	}

static const struct {
	struct prefix network;
	const char *why;
} never[] = {
    IP4(0, 0, 0, 0, 8, "this network"),
    IP4(10, 0, 0, 0, 8, "private"),
    IP4(100, 64, 0, 0, 10, "a provider's own"),
    IP4(127, 0, 0, 0, 8, "loopback"),
    IP4(169, 254, 0, 0, 16, "link-local"),
    IP4(172, 16, 0, 0, 12, "private"),
    IP4(192, 168, 0, 0, 16, "private"),
    IP4(224, 0, 0, 0, 4, "multicast"),
    IP4(240, 0, 0, 0, 4, "reserved"),
    /* ::/8 holds the loopback, the unspecified and all embedded IPv4 addresses. */
    IP6(0, 0, 8, "not a host's"),
    IP6(0xfc, 0, 7, "private"),
    IP6(0xfe, 0x80, 10, "link-local"),
    IP6(0xfe, 0xc0, 10, "site-local"),
    IP6(0xff, 0, 8, "multicast"),
};

struct judge {
	const struct policy *policy;
	const struct message_garden *garden;
	char *text;
	size_t size;
};

static int refuse(const struct judge *judge, const char *why)
{
	char address[ADDR_TEXT];

	snprintf(judge->text, judge->size, "garden of %s: %s is %s", judge->garden->device,
		 addr_text(&judge->garden->address, address), why);
	return -EPERM;
}

static bool is_zone(const struct policy *policy, const char *device)
{
	for (size_t i = 0; i < policy->n_zones; i++)
		if (strcmp(policy->zones[i].device, device) == 0)
			return true;
	return false;
}

static bool holds(const struct prefix *prefix, const struct addr *address)
{
	const struct prefix network = prefix_network(prefix);

	return prefix->addr.family == address->family && prefix_contains(&network, address);
}

/* What cannot be compared as bytes would pass for nobody's. */
static bool is_address(const struct addr *address)
{
	static const uint8_t zero[sizeof(address->octets)];
	const size_t used = addr_bits(address) / 8;

	return used > 0 && memcmp(address->octets + used, zero, sizeof(zero) - used) == 0;
}

static int judge_kind(const struct judge *judge)
{
	const struct addr *address = &judge->garden->address;

	for (size_t i = 0; i < ELEMENTS(never); i++)
		if (holds(&never[i].network, address))
			return refuse(judge, never[i].why);
	return 0;
}

static int judge_networks(const struct judge *judge)
{
	const struct policy *policy = judge->policy;
	const struct addr *address = &judge->garden->address;

	for (size_t i = 0; i < policy->n_offices; i++)
		for (size_t k = 0; k < policy->offices[i].n_prefixes; k++)
			if (holds(&policy->offices[i].prefixes[k], address))
				return refuse(judge, "an office's");
	for (size_t i = 0; i < policy->n_zones; i++)
		if (holds(&policy->zones[i].address4, address) || holds(&policy->zones[i].address6, address))
			return refuse(judge, "a zone's");
	return 0;
}

/* The uplink's, above all, which no configuration names. */
static int judge_own(const struct judge *judge)
{
	struct ifaddrs *own = NULL;
	bool found = false;

	if (getifaddrs(&own) < 0)
		return -errno;
	for (const struct ifaddrs *row = own; row && !found; row = row->ifa_next) {
		const struct addr here = row->ifa_addr ? addr_from_sockaddr(row->ifa_addr) : (struct addr){};

		found = addr_equal(&here, &judge->garden->address);
	}
	freeifaddrs(own);
	return found ? refuse(judge, "the gateway's own") : 0;
}

int garden_judge(const struct policy *policy, const struct message_garden *garden, char *text, size_t size)
{
	const struct judge judge = {policy, garden, text, size};
	int r;

	if (!is_zone(policy, garden->device)) {
		snprintf(text, size, "garden of %s: not a zone's device", garden->device);
		return -EPERM;
	}
	if (!is_address(&garden->address))
		return refuse(&judge, "no address");
	if (garden->lifetime_seconds == 0 || garden->lifetime_seconds > GARDEN_LIFETIME_MAX)
		return refuse(&judge, "given for no time, or for more than a day");
	r = judge_kind(&judge);
	if (r == 0)
		r = judge_networks(&judge);
	return r == 0 ? judge_own(&judge) : r;
}
