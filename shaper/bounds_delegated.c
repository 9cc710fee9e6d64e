// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Judges delegated prefixes. The daemon says which prefixes came and went, and is not believed: the kernel is
 * asked what the device has. What the configuration gives to anybody by name is never an office's by
 * delegation. A network that lies at the uplink as well may be one: only root can have given it to both (a
 * relay of neighbours does), and a refusal would hold up every other change. It changes nothing and remembers
 * nothing.
 */
#include "bounds_delegated.h"
#include "refusal.h"
#include <errno.h>
#include <ifaddrs.h>
#include <string.h>

#define SHORTEST 24 /* nobody is delegated more */

/* ---- what the kernel has ---- */

static unsigned mask_length(const struct sockaddr *mask)
{
	const uint8_t *octets = ((const struct sockaddr_in6 *)mask)->sin6_addr.s6_addr;
	unsigned bits = 0;

	while (bits < 128 && octets[bits / 8] & 0x80 >> bits % 8)
		bits++;
	return bits;
}

static bool is_global(const struct prefix *prefix)
{
	/* RFC 4291, 2.4; unique local ones (RFC 4193) are routed within the site. */
	return prefix->addr.family == AF_INET6 &&
	       ((prefix->addr.octets[0] & 0xe0) == 0x20 || prefix_is_unique_local(prefix));
}

static int add(struct bounds_networks *networks, const char *device, const struct prefix *prefix)
{
	struct bounds_network *rows = reallocarray(networks->rows, networks->n + 1, sizeof(*rows));

	if (!rows)
		return -ENOMEM;
	networks->rows = rows;
	rows[networks->n] = (struct bounds_network){.prefix = prefix_network(prefix)};
	snprintf(rows[networks->n].device, sizeof(rows->device), "%s", device);
	networks->n++;
	return 0;
}

static int see(struct bounds_networks *networks, const struct ifaddrs *row)
{
	struct prefix prefix;

	if (!row->ifa_addr || !row->ifa_netmask || row->ifa_addr->sa_family != AF_INET6)
		return 0;
	prefix = (struct prefix){addr_from_sockaddr(row->ifa_addr), (uint8_t)mask_length(row->ifa_netmask)};
	return is_global(&prefix) ? add(networks, row->ifa_name, &prefix) : 0;
}

int bounds_networks_read(struct bounds_networks *out)
{
	_cleanup_(bounds_networks_clear) struct bounds_networks networks = {};
	struct ifaddrs *all;
	int r = 0;

	if (getifaddrs(&all) < 0)
		return -errno;
	for (const struct ifaddrs *row = all; row && r == 0; row = row->ifa_next)
		r = see(&networks, row);
	freeifaddrs(all);
	if (r < 0)
		return r;
	*out = networks;
	networks = (struct bounds_networks){};
	return 0;
}

void bounds_networks_clear(struct bounds_networks *networks)
{
	free(networks->rows);
	*networks = (struct bounds_networks){};
}

/* ---- judging ---- */

static bool has_device(const struct policy_office *office, const char *device)
{
	for (size_t i = 0; i < office->n_devices; i++)
		if (strcmp(office->devices[i], device) == 0)
			return true;
	return false;
}

static const struct policy_office *taker(const struct policy *policy, const char *device)
{
	for (size_t i = 0; i < policy->n_offices; i++)
		if (policy->offices[i].delegated && has_device(&policy->offices[i], device))
			return &policy->offices[i];
	return NULL;
}

static bool overlaps(const struct prefix *prefix, const struct prefix *other)
{
	return other->addr.family == prefix->addr.family && prefix_overlaps(prefix, other);
}

static bool is_named(const struct policy *policy, const struct prefix *prefix)
{
	for (size_t i = 0; i < policy->n_zones; i++)
		if (overlaps(prefix, &policy->zones[i].address6))
			return true;
	for (size_t i = 0; i < policy->n_offices; i++)
		for (size_t k = 0; k < policy->offices[i].n_prefixes; k++)
			if (overlaps(prefix, &policy->offices[i].prefixes[k]))
				return true;
	return false;
}

static bool is_anothers(const struct plan *plan, const struct plan_prefix *row)
{
	for (size_t i = 0; i < plan->n_prefixes; i++)
		if (plan->prefixes[i].minor != row->minor &&
		    overlaps(&row->prefix, &plan->prefixes[i].prefix))
			return true;
	return false;
}

static bool is_there(const struct bounds_networks *networks, const struct plan_prefix *row)
{
	for (size_t i = 0; i < networks->n; i++)
		if (memcmp(&networks->rows[i].prefix, &row->prefix, sizeof(row->prefix)) == 0 &&
		    strcmp(networks->rows[i].device, row->device) == 0)
			return true;
	return false;
}

int bounds_delegated(const struct policy *policy, const struct bounds_networks *networks,
		     const struct plan *plan, const struct plan_prefix *row, char *text, size_t size)
{
	const struct refusal refusal = {text, size};
	const struct policy_office *office = taker(policy, row->device);
	char name[PREFIX_TEXT];

	prefix_text(&row->prefix, name);
	if (!office || row->prefix.addr.family != AF_INET6)
		return refuse(&refusal, "prefix %s on %s: no office has it there in the configuration", name,
			      row->device);
	if (!is_global(&row->prefix) || row->prefix.length < SHORTEST)
		return refuse(&refusal,
			      "prefix %s on %s: a delegated one must be global unicast, /%u or longer", name,
			      row->device, SHORTEST);
	if (is_named(policy, &row->prefix))
		return refuse(&refusal, "prefix %s on %s: overlaps one that the configuration names", name,
			      row->device);
	if (is_anothers(plan, row))
		return refuse(&refusal, "prefix %s on %s: overlaps another office's", name, row->device);
	if (!is_there(networks, row))
		return refuse(&refusal, "prefix %s on %s: the device has no address in it", name,
			      row->device);
	return (int)(office - policy->offices);
}
