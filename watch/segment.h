/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The heads of packets that pass through, as far as a round trip can be read off them: strangers' bytes, from
 * the IP header on, cut short by the capture. Pure. 0: read; -EBADMSG: not such a packet, or one that lies
 * about its lengths; the output is left alone then. Nothing is read past `length`. TCP: RFC 9293; timestamps:
 * RFC 7323. IPv6 extension headers are not followed.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../lib/addr.h"

#define SEGMENT_MAX 120u /* the longest head: both headers with all their options */
#define SEGMENT_FIN 0x01u
#define SEGMENT_SYN 0x02u
#define SEGMENT_RST 0x04u
#define SEGMENT_ACK 0x10u

struct segment {
	struct addr from, to;
	uint16_t source_port, destination_port;
	uint32_t sequence, acknowledged;
	uint32_t data;	      /* bytes behind the headers, as the IP header says: they are not here */
	uint32_t stamp, echo; /* TSval, TSecr */
	uint8_t flags;
	bool stamped;
};

int segment_read(const uint8_t *bytes, size_t length, struct segment *out);
/* The ends alone, of any IP packet. */
int segment_ends(const uint8_t *bytes, size_t length, struct addr *from, struct addr *to);
