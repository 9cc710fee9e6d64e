/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: between bytes that were read and events for the daemon stand a few rules. A guest's frame is a claim,
 * never a fact about anybody else; an answer counts only where it comes from the gateway's own address by the
 * way out.
 */
#include "sight.h"
#include <errno.h>
#include <net/ethernet.h>
#include <netinet/icmp6.h>
#include <string.h>
#include "frames.h"
#include "view.h"
#include "../lib/cleanup.h"
#include "../lib/units.h"

#define PORT_DNS 53
#define PORT_DHCP_SERVER 67

int sight_init(struct sight *sight, const struct settings_zone *zone,
	       void (*tell)(void *userdata, const struct message_watch_event *event), void *userdata)
{
	*sight = (struct sight){
	    .zone = zone,
	    .neighbours = neighbours_new(),
	    .facts = {.every_usec = 10 * USEC_PER_MSEC, .burst = 1000},
	    .leases = {.every_usec = 10 * USEC_PER_MSEC, .burst = 1000},
	    .gardens = {.every_usec = 5 * USEC_PER_MSEC, .burst = 1000},
	    .conflicts = {.every_usec = USEC_PER_SEC, .burst = 10},
	    .tell = tell,
	    .userdata = userdata,
	};
	return sight->neighbours ? 0 : -ENOMEM;
}

void sight_clear(struct sight *sight)
{
	sight->neighbours = neighbours_free(sight->neighbours);
}

static struct message_watch_event event_of(const struct sight *sight, enum watch_event kind)
{
	struct message_watch_event event = {.event = kind};

	memcpy(event.device, sight->zone->device, sizeof(event.device));
	return event;
}

static bool same_mac(const struct mac *a, const struct mac *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static bool is_own(const struct sight *sight, const struct addr *address)
{
	return address->family &&
	       (addr_equal(address, &sight->zone->address4.addr) ||
		addr_equal(address, &sight->zone->address6.addr) || addr_equal(address, &sight->link_local));
}

static bool is_of_zone(const struct sight *sight, const struct addr *address)
{
	const struct prefix *network =
	    address->family == AF_INET ? &sight->zone->address4 : &sight->zone->address6;

	return (network->addr.family && prefix_contains(network, address)) ||
	       (address->family == AF_INET6 && addr_is_link_local(address));
}

/* ---- claims ---- */

static void tell_conflict(struct sight *sight, const struct mac *holder, const struct mac *other,
			  const struct addr *address, const char *what, int64_t now_usec)
{
	struct message_watch_event event = event_of(sight, WATCH_CONFLICT);

	if (!rate_take(&sight->conflicts, now_usec))
		return;
	event.mac = *holder;
	event.other_mac = *other;
	event.address = *address;
	snprintf(event.name, sizeof(event.name), "%s", what);
	sight->tell(sight->userdata, &event);
}

static void tell_fact(struct sight *sight, const struct mac *mac, const struct addr *address,
		      uint32_t lease_seconds, int64_t now_usec)
{
	struct message_watch_event event = event_of(sight, WATCH_NEIGHBOUR);

	/* However many claims there are, a lease is told. */
	if (!rate_take(lease_seconds ? &sight->leases : &sight->facts, now_usec))
		return;
	event.mac = *mac;
	event.address = *address;
	event.lifetime_seconds = lease_seconds;
	sight->tell(sight->userdata, &event);
}

static void claimed(struct sight *sight, const struct mac *source, const struct mac *mac,
		    const struct addr *address, int64_t now_usec)
{
	static const struct addr none;
	struct mac holder = {0};
	uint32_t lease_seconds = 0;

	if (is_own(sight, address)) {
		tell_conflict(sight, &sight->mac, mac, address, "claims the gateway's address", now_usec);
		return;
	}
	if (same_mac(mac, &sight->mac)) {
		tell_conflict(sight, mac, source, &none, "uses the gateway's own MAC", now_usec);
		return;
	}
	if (!is_of_zone(sight, address))
		return;
	if (same_mac(source, mac))
		lease_seconds = neighbours_confirmed(sight->neighbours, address, mac);
	if (lease_seconds)
		tell_fact(sight, mac, address, lease_seconds, now_usec);
	switch (neighbours_seen(sight->neighbours, address, mac,
				same_mac(source, mac) ? NEIGHBOURS_CLAIM : NEIGHBOURS_FORGED, now_usec,
				&holder)) {
	case NEIGHBOURS_OLD:
		return;
	case NEIGHBOURS_NEW:
		if (!lease_seconds)
			tell_fact(sight, mac, address, 0, now_usec);
		return;
	case NEIGHBOURS_CONFLICT:
		tell_conflict(sight, &holder, mac, address, "claims an address that another device uses",
			      now_usec);
		return;
	case NEIGHBOURS_TWICE:
		tell_conflict(sight, mac, mac, &none, "shares its MAC with another", now_usec);
		return;
	}
}

static void on_arp(struct sight *sight, const uint8_t *bytes, size_t length, int64_t now_usec)
{
	static const struct addr nobody = {.family = AF_INET};
	struct frame_arp arp;

	/* Who only asks whether an address is free (RFC 5227) claims nothing. */
	if (frame_arp(bytes, length, &arp) == 0 && !addr_equal(&arp.address, &nobody))
		claimed(sight, &arp.source, &arp.mac, &arp.address, now_usec);
}

static void on_stranger_serving(struct sight *sight, const struct mac *mac, const struct addr *address,
				const char *what, int64_t now_usec)
{
	tell_conflict(sight, &sight->mac, mac, address, what, now_usec);
}

/* 0, or that it was no neighbour discovery. */
static int on_nd(struct sight *sight, const uint8_t *bytes, size_t length, int64_t now_usec, bool *solicits)
{
	struct frame_nd nd;
	int r = frame_nd(bytes, length, &nd);

	if (r < 0)
		return r;
	*solicits = nd.type == ND_ROUTER_SOLICIT;
	if (nd.type == ND_ROUTER_ADVERT)
		on_stranger_serving(sight, &nd.source, &nd.from, "sends router advertisements", now_usec);
	else if (nd.type == ND_REDIRECT)
		on_stranger_serving(sight, &nd.source, &nd.from, "sends redirects as a router does",
				    now_usec);
	else if (nd.address.family)
		claimed(sight, &nd.source, &nd.mac, &nd.address, now_usec);
	return 0;
}

bool sight_in(struct sight *sight, const uint8_t *bytes, size_t length, int64_t now_usec)
{
	struct frame_datagram datagram;
	bool solicits = false;

	if (frame_ether_type(bytes, length) == ETHERTYPE_ARP)
		on_arp(sight, bytes, length, now_usec);
	else if (on_nd(sight, bytes, length, now_usec, &solicits) < 0 &&
		 frame_datagram(bytes, length, &datagram) == 0 && datagram.source_port == PORT_DHCP_SERVER)
		on_stranger_serving(sight, &datagram.source, &datagram.from, "answers DHCP requests",
				    now_usec);
	return solicits;
}

/* ---- what we say ourselves ---- */

static void tell_garden(struct sight *sight, const char *name, const struct dns_address *row,
			int64_t now_usec)
{
	struct message_watch_event event = event_of(sight, WATCH_GARDEN);

	if (!rate_take(&sight->gardens, now_usec))
		return;
	event.address = row->address;
	event.lifetime_seconds = CLAMP(row->ttl_seconds, SIGHT_GARDEN_MIN_SECONDS, SIGHT_GARDEN_MAX_SECONDS);
	memcpy(event.name, name, DNS_NAME);
	sight->tell(sight->userdata, &event);
}

static bool is_garden(const struct sight *sight, const char *name)
{
	for (size_t i = 0; i < sight->zone->n_garden; i++)
		if (dns_is_within(name, sight->zone->garden[i]))
			return true;
	return false;
}

/* Over TCP a message follows its length; one that does not come in one segment is not put together. */
static bool strip_length(struct frame_datagram *datagram)
{
	struct view view = {datagram->payload, datagram->length};
	const uint8_t *length;

	if (datagram->protocol != IPPROTO_TCP)
		return true;
	length = view_take(&view, 2);
	datagram->payload = view.bytes;
	datagram->length = view.length;
	return length && read16(length) == view.length;
}

void sight_answer(struct sight *sight, const struct dns_answer *answer, int64_t now_usec)
{
	if (!is_garden(sight, answer->name))
		return;
	for (size_t i = 0; i < answer->n_addresses; i++)
		tell_garden(sight, answer->name, &answer->addresses[i], now_usec);
}

static void on_dns(struct sight *sight, struct frame_datagram *datagram, int64_t now_usec)
{
	struct dns_answer answer;

	if (sight->zone->n_garden && strip_length(datagram) &&
	    dns_read(datagram->payload, datagram->length, &answer) == 0)
		sight_answer(sight, &answer, now_usec);
}

/* A lease says what the server gave, not who asked: a request may name another's MAC. So it becomes a fact
 * when that device itself uses the address. */
static void on_dhcp(struct sight *sight, const uint8_t *bytes, size_t length, int64_t now_usec)
{
	struct frame_dhcp dhcp;
	struct mac holder;

	if (frame_dhcp(bytes, length, &dhcp) < 0 || !is_of_zone(sight, &dhcp.address))
		return;
	neighbours_seen(sight->neighbours, &dhcp.address, &dhcp.mac, NEIGHBOURS_LEASE, now_usec, &holder);
	neighbours_leased(sight->neighbours, &dhcp.address, &dhcp.mac, dhcp.lease_seconds);
}

void sight_out(struct sight *sight, const uint8_t *bytes, size_t length, int64_t now_usec)
{
	struct frame_datagram datagram;

	if (frame_datagram(bytes, length, &datagram) < 0 || !is_own(sight, &datagram.from))
		return;
	if (datagram.source_port == PORT_DNS)
		on_dns(sight, &datagram, now_usec);
	else if (datagram.source_port == PORT_DHCP_SERVER)
		on_dhcp(sight, bytes, length, now_usec);
}
