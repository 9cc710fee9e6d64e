// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What zones, the portal and the resolvers say together: everything between a guest's first address and the
 * page. It refuses what would leave guests outside or the gateway open; what merely works less well than it
 * could is a warning that says what is missing.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include "../lib/units.h"
#include "config_reader.h"

static void check_zone_address(struct config_reader *r, config_setting_t *setting,
			       const struct prefix *prefix)
{
	struct prefix network = prefix_network(prefix);
	struct addr last = prefix_last(prefix);
	bool four = prefix->addr.family == AF_INET;
	const char *special = config_special_range(&network);

	if (prefix->length > (four ? 30 : 64))
		config_fault(r, setting,
			     four ? "must leave room for guests: a length of at most 30"
				  : "must leave room for the addresses that guests give themselves: a "
				    "length of at most 64");
	else if (!prefix_has_host_bits(prefix))
		config_fault(r, setting,
			     "must be the gateway's address in the network, not the network's own");
	else if (four && addr_equal(&prefix->addr, &last))
		config_fault(r, setting, "must not be the broadcast address");
	if (special)
		config_fault(r, setting, "must not overlap with %s", special);
	if (prefix_is_unique_local(&network) && !r->policy->nat66)
		config_warn_tally(
		    r, setting, "unique-local",
		    "unique-local IPv6 does not reach the Internet while uplink.nat66 is false");
}

static void check_login(struct config_reader *r, config_setting_t *setting, unsigned logins)
{
	if (!setting || !(logins & POLICY_LOGIN_RADIUS))
		return;
	if (logins == POLICY_LOGIN_RADIUS)
		config_warn_tally(
		    r, setting, "login",
		    "with \"radius\" alone nobody can log in: this version does not enforce it yet");
	else
		config_warn_tally(r, setting, "login",
				  "\"radius\" is accepted, but this version does not enforce it");
}

/* ---- DHCP ---- */

enum { LEASE_LEAST_USEC = 2 * 60 * 1000000 }; /* dnsmasq(8): a shorter one is made this long */

static bool inside(const struct prefix *network, const struct addr *addr)
{
	struct addr first = prefix_first(network), last = prefix_last(network);

	return prefix_contains(network, addr) && !addr_equal(addr, &first) && !addr_equal(addr, &last);
}

/* Only the form: the zone's address may not have been read yet. */
void config_check_dhcp(struct config_reader *r, config_setting_t *group, void *row)
{
	const struct policy_zone *zone = row;
	config_setting_t *first = config_setting_get_member(group, "first");
	config_setting_t *last = config_setting_get_member(group, "last");

	if (!first != !last)
		config_fault_got(r, group, first ? "last" : "first", "nothing",
				 "must be given: a range has both ends");
	if (zone->dhcp.lease_usec && zone->dhcp.lease_usec < LEASE_LEAST_USEC)
		config_fault(r, config_setting_get_member(group, "lease"), "must be at least 2 min");
}

/* Whether it is sound. */
static bool check_end(struct config_reader *r, config_setting_t *setting, const struct policy_zone *zone,
		      const struct addr *addr)
{
	struct prefix network = prefix_network(&zone->address4);
	char text[PREFIX_TEXT];

	if (!addr->family)
		return false;
	if (addr->family == AF_INET6)
		config_fault(r, setting, "must be an IPv4 address: guests choose IPv6 addresses themselves");
	else if (!zone->address4.addr.family)
		config_fault(r, setting, "must not be given in a zone without address");
	else if (!inside(&network, addr))
		config_fault(r, setting, "must be an address for guests in the zone's network %s",
			     prefix_text(&network, text));
	else
		return true;
	return false;
}

static bool between(const struct addr *addr, const struct addr *first, const struct addr *last)
{
	return memcmp(addr, first, sizeof(*addr)) >= 0 && memcmp(addr, last, sizeof(*addr)) <= 0;
}

static void check_range(struct config_reader *r, config_setting_t *group, const struct policy_zone *zone)
{
	config_setting_t *dhcp = config_setting_get_member(group, "dhcp");
	const struct addr *first = &zone->dhcp.first, *last = &zone->dhcp.last;
	char text[ADDR_TEXT];
	bool sound;

	if (!dhcp || !config_setting_is_group(dhcp))
		return;
	sound = check_end(r, config_setting_get_member(dhcp, "first"), zone, first);
	if (!check_end(r, config_setting_get_member(dhcp, "last"), zone, last) || !sound)
		return;
	if (memcmp(first, last, sizeof(*first)) > 0)
		config_fault(r, config_setting_get_member(dhcp, "last"), "must not be before first");
	else if (between(&zone->address4.addr, first, last))
		config_fault(r, config_setting_get_member(dhcp, "first"),
			     "must begin a range without the gateway's own address (%s)",
			     addr_text(&zone->address4.addr, text));
}

/* ---- a zone ---- */

static void check_garden(struct config_reader *r, config_setting_t *list, const struct policy_zone *zone)
{
	for (size_t i = 0; i < zone->n_garden; i++)
		if (zone->garden[i] && !strchr(zone->garden[i], '.'))
			config_warn_tally(r, config_setting_get_elem(list, (unsigned)i), "garden",
					  "a name without a dot opens everything below it before login");
}

void config_check_zone(struct config_reader *r, config_setting_t *group, void *row)
{
	const struct policy_zone *zone = row;
	config_setting_t *address = config_setting_get_member(group, "address");
	config_setting_t *address6 = config_setting_get_member(group, "address6");
	config_setting_t *client = config_setting_get_member(group, "client");

	if (!address && !address6)
		config_fault_got(r, group, "address", "nothing", "must be given, or address6");
	if (zone->address4.addr.family)
		check_zone_address(r, address, &zone->address4);
	if (zone->address6.addr.family)
		check_zone_address(r, address6, &zone->address6);
	config_check_share(r, group, (void *)&zone->share);
	if (client && config_setting_is_group(client))
		config_check_rate(r, client, "rate", &zone->client, &r->policy->uplink_rate, "the uplink");
	check_range(r, group, zone);
	check_login(r, config_setting_get_member(group, "login"), zone->logins);
	check_garden(r, config_setting_get_member(group, "garden"), zone);
}

/* ---- the portal ---- */

static void warn_missing_file(struct config_reader *r, config_setting_t *setting, const char *path)
{
	struct stat st;

	if (setting && path && stat(path, &st) < 0 && (errno == ENOENT || errno == ENOTDIR))
		config_warn(r, setting,
			    "there is no such file now: the portal serves HTTP alone until it appears");
}

void config_check_portal(struct config_reader *r, config_setting_t *group, void *row)
{
	const struct policy *policy = row;
	config_setting_t *certificate = config_setting_get_member(group, "certificate");
	config_setting_t *key = config_setting_get_member(group, "key");

	if (!certificate != !key)
		config_fault_got(r, group, certificate ? "key" : "certificate", "nothing",
				 "must be given: a certificate and its key come together");
	if (certificate && !config_setting_get_member(group, "hostname"))
		config_fault_got(r, group, "hostname", "nothing",
				 "must be given: a certificate is for a name, and guests' devices check it");
	if (policy->portal.tls_port && policy->portal.tls_port == policy->portal.port)
		config_fault(r, config_setting_get_member(group, "tls_port"), "must differ from port");
	warn_missing_file(r, certificate, policy->portal.certificate);
	warn_missing_file(r, key, policy->portal.key);
	config_read_theme(r, config_setting_get_member(group, "theme"));
}

/* ---- the whole ---- */

static void check_certificate(struct config_reader *r, config_setting_t *root)
{
	config_setting_t *portal = config_setting_get_member(root, "portal");

	if (r->policy->portal.certificate)
		return;
	config_warn(r, portal,
		    "without certificate and key the page works over HTTP, but phones are not told of it "
		    "(RFC 8910: DHCP options 114 and 103, RA option 37) and the API (RFC 8908) is off");
}

static const char *not_a_resolver(const struct policy *policy, const struct addr *addr)
{
	static const char *const ranges[] = {"0.0.0.0/8", "224.0.0.0/3", "169.254.0.0/16",
					     "::/128",	  "fe80::/10",	 "ff00::/8"};

	for (size_t i = 0; i < ELEMENTS(ranges); i++) {
		struct prefix range;

		if (prefix_parse(ranges[i], &range) == 0 && prefix_contains(&range, addr))
			return "must be a resolver's own address, not unspecified, link-local or multicast";
	}
	for (size_t i = 0; i < policy->n_zones; i++)
		if (addr_equal(addr, &policy->zones[i].address4.addr) ||
		    addr_equal(addr, &policy->zones[i].address6.addr))
			return "must not be the gateway's own address in a zone: names would be asked in a "
			       "circle";
	return NULL;
}

static void check_dns(struct config_reader *r, config_setting_t *root)
{
	const struct policy *policy = r->policy;
	config_setting_t *dns = config_setting_get_member(root, "dns");

	for (size_t i = 0; i < policy->n_dns; i++) {
		const char *rule = policy->dns[i].family ? not_a_resolver(policy, &policy->dns[i]) : NULL;

		if (rule)
			config_fault(r, config_setting_get_elem(dns, (unsigned)i), "%s", rule);
	}
}

static void check_resolvers(struct config_reader *r, config_setting_t *root)
{
	config_setting_t *dns = config_setting_get_member(root, "dns");

	if (!r->policy->n_dns)
		config_warn(r, dns ? dns : config_setting_get_member(root, "zones"),
			    "without dns guests can resolve no name but the portal's own");
}

static void check_roam(struct config_reader *r, config_setting_t *root)
{
	config_setting_t *zones = config_setting_get_member(root, "zones");
	size_t n = 0, last = 0;

	for (size_t i = 0; i < r->policy->n_zones; i++)
		if (r->policy->zones[i].roam) {
			last = i;
			n++;
		}
	if (n == 1)
		config_warn(r,
			    config_setting_get_member(config_setting_get_elem(zones, (unsigned)last), "roam"),
			    "a guest roams between zones that have it, and no other zone has");
}

void config_check_guests(struct config_reader *r, config_setting_t *root)
{
	check_dns(r, root);
	if (r->faults.n || !r->policy->n_zones)
		return; /* advice is for a file that is accepted */
	check_resolvers(r, root);
	check_roam(r, root);
	check_certificate(r, root);
}
