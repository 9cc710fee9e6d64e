/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Ethernet frames of strangers, read as far as gerbang-watch is concerned with them. Each function is pure:
 * bytes and their length in, a struct out, nothing kept. 0: read; -EBADMSG: not such a frame, or one that
 * lies about its lengths; the output is left alone then. Nothing is read past `length`, whatever the frame
 * says. ARP: RFC 826, 5227. Neighbour discovery: RFC 4861. DHCPv4: RFC 2131, 2132.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../lib/addr.h"

#define FRAME_MAX 1600u /* bytes of a frame that are looked at */

struct frame_arp {
	struct mac source; /* of the frame */
	struct mac mac;	   /* that the sender claims to have */
	struct addr address, target;
	bool reply;
};

/* Neighbour discovery (ICMPv6 133 to 137; hop limit 255). */
struct frame_nd {
	struct mac source; /* of the frame */
	uint8_t type;
	struct addr from;
	struct addr address; /* that `mac` claims to have; family 0: none */
	struct mac mac;
};

/* A DHCP server's acknowledgement: `mac` may use `address` for lease_seconds. */
struct frame_dhcp {
	struct addr server; /* the packet's source */
	struct mac mac;
	struct addr address;
	uint32_t lease_seconds;
};

/* UDP, or a TCP segment, that is no fragment. */
struct frame_datagram {
	struct mac source;
	struct addr from, to;
	uint8_t protocol;
	uint16_t source_port, destination_port;
	const uint8_t *payload; /* within the frame */
	size_t length;
};

int frame_arp(const uint8_t *bytes, size_t length, struct frame_arp *out);
int frame_nd(const uint8_t *bytes, size_t length, struct frame_nd *out);
int frame_datagram(const uint8_t *bytes, size_t length, struct frame_datagram *out);
int frame_dhcp(const uint8_t *bytes, size_t length, struct frame_dhcp *out);
uint16_t frame_ether_type(const uint8_t *bytes, size_t length); /* 0: too short */
