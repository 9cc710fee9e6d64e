// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dnsmasq.conf out of the policy: what guests are told of addresses and names before they have said a word to
 * the portal. Every value has passed the configuration's checks, which leave no character that means
 * something to dnsmasq. It must never make a name resolve to what it is not: no address=, no rebind filter,
 * no names out of DHCP.
 */
#include <errno.h>
#include <string.h>
#include "../lib/units.h"
#include "dnsmasq.h"
#include "../lib/cleanup.h"

/* A flood of requests with invented MACs ends here and not in memory. */
#define LEASES_MOST 65536u

/* ---- the range of a zone ---- */

static uint32_t number(const struct addr *addr)
{
	const uint8_t *o = addr->octets;

	return (uint32_t)o[0] << 24 | (uint32_t)o[1] << 16 | (uint32_t)o[2] << 8 | o[3];
}

static struct addr address(uint32_t number)
{
	return (struct addr){.family = AF_INET,
			     .octets = {(uint8_t)(number >> 24), (uint8_t)(number >> 16),
					(uint8_t)(number >> 8), (uint8_t)number}};
}

/* Of a network so small that five addresses matter only the broadcast address is left out; where all of the
 * half is the gateway, the other half serves. */
void policy_dhcp_range(const struct policy_zone *zone, struct addr *first, struct addr *last)
{
	const struct prefix *own = &zone->address4;
	struct addr network = prefix_first(own), broadcast = prefix_last(own);
	uint32_t low = number(&network), high = number(&broadcast), gateway = number(&own->addr);
	uint32_t from = low + (high - low) / 2 + 1, to = high - (high - low < 31 ? 1 : 5);

	*first = zone->dhcp.first;
	*last = zone->dhcp.last;
	if (zone->dhcp.first.family || !own->addr.family)
		return;
	if (from == gateway && from == to)
		from = to = low + 1;
	*first = address(from);
	*last = address(to);
}

static uint32_t range_size(const struct policy_zone *zone)
{
	struct addr first, last;

	policy_dhcp_range(zone, &first, &last);
	return first.family ? number(&last) - number(&first) + 1 : 0;
}

static uint32_t leases(const struct policy *policy)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < policy->n_zones; i++)
		sum += range_size(&policy->zones[i]);
	return (uint32_t)CLAMP(sum, 1, LEASES_MOST);
}

/* ---- what holds for all zones ---- */

static const char common[] =
    "# dnsmasq(8) for the zones, written by gerbangd from the configuration: an edit here does not last.\n"
    "\n"
    "# Nothing of the system's: no resolv.conf, no hosts file, no loopback; a socket for each zone's "
    "address, whenever it comes.\n"
    "no-resolv\n"
    "no-hosts\n"
    "bind-dynamic\n"
    "except-interface=lo\n"
    "pid-file=\n"
    "# What a guest asks for is nobody's business: neither names nor addresses are logged.\n"
    "log-facility=-\n"
    "quiet-dhcp\n"
    "quiet-dhcp6\n"
    "\n"
    "# Answers are those of the resolvers. stop-dns-rebind is not used: it would suppress true answers of a "
    "city's own sites, and\n"
    "# what a guest reaches is decided by the packet filter. Names from DHCP are not used: a guest could "
    "call itself anything.\n"
    "domain-needed\n"
    "bogus-priv\n"
    "dhcp-ignore-names\n"
    "localise-queries\n"
    "local-ttl=60\n"
    "cache-size=10000\n"
    "dns-forward-max=10000\n"
    "edns-packet-max=1232\n"
    "\n"
    "# Answers go to the broadcast address where the client has none yet, so that no ARP entry needs to be "
    "written\n"
    "# (CAP_NET_ADMIN). dnsmasq sends no router advertisements: gerbang-watch does.\n"
    "dhcp-authoritative\n"
    "dhcp-broadcast\n"
    "no-ping\n";

static void write_names(FILE *out, const struct policy *policy)
{
	char text[ADDR_TEXT];

	for (size_t i = 0; i < policy->n_dns; i++)
		fprintf(out, "server=%s\n", addr_text(&policy->dns[i], text));
	if (policy->portal.hostname)
		fprintf(out, "local=/%s/\n", policy->portal.hostname); /* never asked outside */
}

/* ---- a zone ---- */

/* RFC 8910: only with a certificate, since the API is HTTPS. */
static void write_api(FILE *out, const struct policy *policy, const struct policy_zone *zone,
		      const char *option)
{
	if (policy->portal.certificate && policy->portal.hostname)
		fprintf(out, "dhcp-option-force=tag:%s,%s,https://%s/api\n", zone->id, option,
			policy->portal.hostname);
}

static void write_zone4(FILE *out, const struct policy *policy, const struct policy_zone *zone)
{
	struct prefix all = {.addr = {.family = AF_INET, .octets = {255, 255, 255, 255}},
			     .length = zone->address4.length};
	struct addr first, last, mask = prefix_first(&all);
	char text[4][ADDR_TEXT];

	policy_dhcp_range(zone, &first, &last);
	fprintf(out, "dhcp-range=set:%s,%s,%s,%s,%llu\n", zone->id, addr_text(&first, text[0]),
		addr_text(&last, text[1]), addr_text(&mask, text[2]),
		(unsigned long long)zone->dhcp.lease_usec / USEC_PER_SEC);
	addr_text(&zone->address4.addr, text[3]);
	fprintf(out, "dhcp-option=tag:%s,option:router,%s\n", zone->id, text[3]);
	fprintf(out, "dhcp-option=tag:%s,option:dns-server,%s\n", zone->id, text[3]);
	write_api(out, policy, zone, "114");
}

/* "static" and no range of addresses: information requests are answered, and no address is given out (RFC
 * 8415, 18.3.6). */
static void write_zone6(FILE *out, const struct policy *policy, const struct policy_zone *zone)
{
	char text[ADDR_TEXT];

	fprintf(out, "dhcp-range=set:%s,::,constructor:%s,static\n", zone->id, zone->device);
	fprintf(out, "dhcp-option=tag:%s,option6:dns-server,[%s]\n", zone->id,
		addr_text(&zone->address6.addr, text));
	write_api(out, policy, zone, "option6:103");
}

static void write_zone(FILE *out, const struct policy *policy, const struct policy_zone *zone)
{
	fprintf(out, "\n# %s\ninterface=%s\n", zone->id, zone->device);
	if (policy->portal.hostname)
		fprintf(out, "interface-name=%s,%s\n", policy->portal.hostname, zone->device);
	if (zone->address4.addr.family)
		write_zone4(out, policy, zone);
	if (zone->address6.addr.family)
		write_zone6(out, policy, zone);
}

/* A path is the only value that may hold what dnsmasq reads as a quote, an escape or a comment. */
static bool path_is_plain(const char *path)
{
	return !strpbrk(path, "\"\\#\n");
}

int dnsmasq_write(FILE *out, const struct policy *policy, const char *lease_file)
{
	if (!path_is_plain(lease_file))
		return -EINVAL;
	fputs(common, out);
	fprintf(out, "dhcp-lease-max=%u\ndhcp-leasefile=%s\n\n", leases(policy), lease_file);
	if (policy->n_zones == 0)
		fputs("# No zone: nothing to serve.\nport=0\n", out);
	else
		write_names(out, policy);
	for (size_t i = 0; i < policy->n_zones; i++)
		write_zone(out, policy, &policy->zones[i]);
	return fflush(out) == EOF || ferror(out) ? -EIO : 0;
}
