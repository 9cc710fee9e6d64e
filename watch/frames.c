/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: whoever is near the access point can send any frame to these functions. Each takes what it needs
 * through a view that ends where the frame ends; a length field may shorten a view and never lengthen it.
 */
#include "frames.h"
#include <errno.h>
#include <net/ethernet.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include "view.h"

#define IPV4_HEADER 20u
#define IPV6_HEADER 40u
#define TCP_HEADER 20u
#define ND_HOP_LIMIT 255 /* from this link: no router has passed it on */
#define ARP_ETHERNET 1
#define OPTION_SOURCE_MAC 1
#define OPTION_TARGET_MAC 2

static struct addr address4(const uint8_t *bytes)
{
	struct addr address = {.family = AF_INET};

	memcpy(address.octets, bytes, 4);
	return address;
}

static struct addr address6(const uint8_t *bytes)
{
	struct addr address = {.family = AF_INET6};

	memcpy(address.octets, bytes, 16);
	return address;
}

static struct mac mac_of(const uint8_t *bytes)
{
	struct mac mac;

	memcpy(mac.octets, bytes, sizeof(mac.octets));
	return mac;
}

static bool is_unspecified(const struct addr *address)
{
	static const uint8_t zero[sizeof(address->octets)];

	return memcmp(address->octets, zero, sizeof(zero)) == 0;
}

static bool is_multicast(const struct addr *address)
{
	return address->family == AF_INET ? address->octets[0] >= 224 : address->octets[0] == 0xff;
}

/* The frame's header is taken; its type, or 0. */
static uint16_t take_ethernet(struct view *view, struct mac *source)
{
	const uint8_t *header = view_take(view, ETHER_HDR_LEN);

	if (!header)
		return 0;
	*source = mac_of(header + 6);
	return mac_is_unicast(source) ? read16(header + 12) : 0;
}

uint16_t frame_ether_type(const uint8_t *bytes, size_t length)
{
	return length < ETHER_HDR_LEN ? 0 : read16(bytes + 12);
}

/* ---- ARP ---- */

int frame_arp(const uint8_t *bytes, size_t length, struct frame_arp *out)
{
	struct view view = {bytes, length};
	struct frame_arp arp;
	const uint8_t *body;

	if (take_ethernet(&view, &arp.source) != ETHERTYPE_ARP)
		return -EBADMSG;
	body = view_take(&view, 28);
	if (!body || read16(body) != ARP_ETHERNET || read16(body + 2) != ETHERTYPE_IP || body[4] != 6 ||
	    body[5] != 4)
		return -EBADMSG;
	if (read16(body + 6) != 1 && read16(body + 6) != 2)
		return -EBADMSG;
	arp.reply = read16(body + 6) == 2;
	arp.mac = mac_of(body + 8);
	arp.address = address4(body + 14);
	arp.target = address4(body + 24);
	if (!mac_is_unicast(&arp.mac) || is_multicast(&arp.address))
		return -EBADMSG;
	*out = arp;
	return 0;
}

/* ---- IP ---- */

struct packet {
	struct addr from, to;
	uint8_t protocol, hop_limit;
	struct view body;
};

static int take_ipv4(struct view view, struct packet *out)
{
	const uint8_t *header = view_take(&view, IPV4_HEADER);
	size_t header_length, total;

	if (!header || header[0] >> 4 != 4)
		return -EBADMSG;
	header_length = (header[0] & 15u) * 4u;
	total = read16(header + 2);
	if (header_length < IPV4_HEADER || total < header_length || (read16(header + 6) & 0x3fff))
		return -EBADMSG; /* a fragment is nobody's whole message */
	if (!view_take(&view, header_length - IPV4_HEADER) || !view_cut(&view, total - header_length))
		return -EBADMSG;
	*out = (struct packet){.from = address4(header + 12),
			       .to = address4(header + 16),
			       .protocol = header[9],
			       .hop_limit = header[8],
			       .body = view};
	return 0;
}

/* Extension headers are not read on: what is meant here has none. */
static int take_ipv6(struct view view, struct packet *out)
{
	const uint8_t *header = view_take(&view, IPV6_HEADER);

	if (!header || header[0] >> 4 != 6 || !view_cut(&view, read16(header + 4)))
		return -EBADMSG;
	*out = (struct packet){.from = address6(header + 8),
			       .to = address6(header + 24),
			       .protocol = header[6],
			       .hop_limit = header[7],
			       .body = view};
	return 0;
}

static int take_ip(const uint8_t *bytes, size_t length, struct mac *source, struct packet *out)
{
	struct view view = {bytes, length};

	switch (take_ethernet(&view, source)) {
	case ETHERTYPE_IP:
		return take_ipv4(view, out);
	case ETHERTYPE_IPV6:
		return take_ipv6(view, out);
	default:
		return -EBADMSG;
	}
}

/* ---- neighbour discovery ---- */

/* The link-layer address option of that type. 0, 1: there is none, -EBADMSG. */
static int find_mac(struct view options, uint8_t wanted, struct mac *out)
{
	while (options.length) {
		const uint8_t *option = options.bytes;

		if (options.length < 8 || option[1] == 0 || !view_take(&options, option[1] * 8u))
			return -EBADMSG;
		if (option[0] != wanted)
			continue;
		*out = mac_of(option + 2);
		return mac_is_unicast(out) ? 0 : -EBADMSG;
	}
	return 1;
}

/* Fixed parts (RFC 4861, 4), and whose address stands beside which option. */
static const struct {
	uint8_t fixed, option;
	bool target; /* the target's address, not the sender's */
} nd_types[] = {
    [ND_ROUTER_SOLICIT - ND_ROUTER_SOLICIT] = {8, OPTION_SOURCE_MAC, false},
    [ND_ROUTER_ADVERT - ND_ROUTER_SOLICIT] = {16, OPTION_SOURCE_MAC, false},
    [ND_NEIGHBOR_SOLICIT - ND_ROUTER_SOLICIT] = {24, OPTION_SOURCE_MAC, false},
    [ND_NEIGHBOR_ADVERT - ND_ROUTER_SOLICIT] = {24, OPTION_TARGET_MAC, true},
    [ND_REDIRECT - ND_ROUTER_SOLICIT] = {40, 0, false},
};

/* Whose is what: a claim needs an address, and a MAC beside it or (an advertisement's option is optional)
 * that of the frame. */
static int claim(struct view options, const uint8_t *fixed, struct frame_nd *nd)
{
	const uint8_t index = nd->type - ND_ROUTER_SOLICIT;
	struct addr address = nd_types[index].target ? address6(fixed + 8) : nd->from;
	int r;

	nd->mac = nd->source;
	nd->address = (struct addr){0};
	r = find_mac(options, nd_types[index].option, &nd->mac);
	if (r < 0)
		return r;
	if (is_multicast(&address))
		return -EBADMSG;
	if (!is_unspecified(&address))
		nd->address = address;
	return 0;
}

int frame_nd(const uint8_t *bytes, size_t length, struct frame_nd *out)
{
	struct packet packet;
	struct frame_nd nd;
	const uint8_t *fixed;
	uint8_t type;

	if (take_ip(bytes, length, &nd.source, &packet) < 0 || packet.protocol != IPPROTO_ICMPV6 ||
	    packet.from.family != AF_INET6 || packet.hop_limit != ND_HOP_LIMIT || packet.body.length < 8)
		return -EBADMSG;
	type = packet.body.bytes[0];
	if (type < ND_ROUTER_SOLICIT || type > ND_REDIRECT || packet.body.bytes[1] != 0)
		return -EBADMSG;
	fixed = view_take(&packet.body, nd_types[type - ND_ROUTER_SOLICIT].fixed);
	if (!fixed || is_multicast(&packet.from))
		return -EBADMSG;
	nd.type = type;
	nd.from = packet.from;
	if (claim(packet.body, fixed, &nd) < 0)
		return -EBADMSG;
	*out = nd;
	return 0;
}

/* ---- UDP and TCP ---- */

static bool take_udp(struct view *view)
{
	const uint8_t *header = view_take(view, sizeof(struct udphdr));

	return header && read16(header + 4) >= sizeof(struct udphdr) &&
	       view_cut(view, read16(header + 4) - sizeof(struct udphdr));
}

static bool take_tcp(struct view *view)
{
	const uint8_t *header = view_take(view, TCP_HEADER);
	size_t length = header ? (header[12] >> 4) * 4u : 0;

	return length >= TCP_HEADER && view_take(view, length - TCP_HEADER);
}

int frame_datagram(const uint8_t *bytes, size_t length, struct frame_datagram *out)
{
	struct packet packet;
	struct mac source;
	const uint8_t *ports;

	if (take_ip(bytes, length, &source, &packet) < 0 || packet.body.length < 4)
		return -EBADMSG;
	ports = packet.body.bytes;
	if (packet.protocol == IPPROTO_UDP ? !take_udp(&packet.body)
					   : packet.protocol != IPPROTO_TCP || !take_tcp(&packet.body))
		return -EBADMSG;
	*out = (struct frame_datagram){.source = source,
				       .from = packet.from,
				       .to = packet.to,
				       .protocol = packet.protocol,
				       .source_port = read16(ports),
				       .destination_port = read16(ports + 2),
				       .payload = packet.body.bytes,
				       .length = packet.body.length};
	return 0;
}
