/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: whoever sends a packet through the gateway chooses these bytes. Each function takes what it needs
 * through a view that ends where the captured head ends; a length field may shorten what is read and never
 * lengthen it.
 */
#include "segment.h"
#include <errno.h>
#include "view.h"

#define IPV4_HEADER 20u
#define IPV6_HEADER 40u
#define TCP_HEADER 20u
#define OPTION_END 0
#define OPTION_NOTHING 1
#define OPTION_STAMP 8
#define OPTION_STAMP_LENGTH 10u

static struct addr address_of(uint8_t family, const uint8_t *bytes)
{
	struct addr address = {.family = family};

	memcpy(address.octets, bytes, family == AF_INET ? 4 : 16);
	return address;
}

struct packet {
	struct addr from, to;
	size_t length;	  /* behind the IP header, as it says */
	uint8_t protocol; /* 0: a fragment, or unknown */
	struct view body; /* what there is of it */
};

static int take_ipv4(struct view view, struct packet *out)
{
	const uint8_t *header = view_take(&view, IPV4_HEADER);
	size_t header_length = header ? (header[0] & 15u) * 4u : 0;

	if (header_length < IPV4_HEADER || read16(header + 2) < header_length ||
	    !view_take(&view, header_length - IPV4_HEADER))
		return -EBADMSG;
	*out = (struct packet){.from = address_of(AF_INET, header + 12),
			       .to = address_of(AF_INET, header + 16),
			       .length = read16(header + 2) - header_length,
			       .protocol = read16(header + 6) & 0x3fff ? 0 : header[9],
			       .body = view};
	return 0;
}

static int take_ipv6(struct view view, struct packet *out)
{
	const uint8_t *header = view_take(&view, IPV6_HEADER);

	if (!header)
		return -EBADMSG;
	*out = (struct packet){.from = address_of(AF_INET6, header + 8),
			       .to = address_of(AF_INET6, header + 24),
			       .length = read16(header + 4),
			       .protocol = header[6],
			       .body = view};
	return 0;
}

static int take_ip(const uint8_t *bytes, size_t length, struct packet *out)
{
	const struct view view = {bytes, length};

	switch (length ? bytes[0] >> 4 : 0) {
	case 4:
		return take_ipv4(view, out);
	case 6:
		return take_ipv6(view, out);
	default:
		return -EBADMSG;
	}
}

int segment_ends(const uint8_t *bytes, size_t length, struct addr *from, struct addr *to)
{
	struct packet packet;
	int r = take_ip(bytes, length, &packet);

	if (r < 0)
		return r;
	*from = packet.from;
	*to = packet.to;
	return 0;
}

/* Options that do not end where they should are those of a liar: what came before counts no more. */
static int read_options(struct view options, struct segment *segment)
{
	const uint8_t *option;

	while (options.length && options.bytes[0] != OPTION_END) {
		if (options.bytes[0] == OPTION_NOTHING) {
			view_take(&options, 1);
			continue;
		}
		option = options.bytes;
		if (options.length < 2 || option[1] < 2 || !view_take(&options, option[1]))
			return -EBADMSG;
		if (option[0] != OPTION_STAMP)
			continue;
		if (option[1] != OPTION_STAMP_LENGTH)
			return -EBADMSG;
		segment->stamped = true;
		segment->stamp = read32(option + 2);
		segment->echo = read32(option + 6);
	}
	return 0;
}

int segment_read(const uint8_t *bytes, size_t length, struct segment *out)
{
	struct packet packet;
	struct segment segment;
	const uint8_t *header;
	size_t header_length;

	if (take_ip(bytes, length, &packet) < 0 || packet.protocol != IPPROTO_TCP)
		return -EBADMSG;
	header = view_take(&packet.body, TCP_HEADER);
	header_length = header ? (header[12] >> 4) * 4u : 0;
	if (header_length < TCP_HEADER || packet.length < header_length ||
	    !view_cut(&packet.body, header_length - TCP_HEADER))
		return -EBADMSG;
	segment = (struct segment){.from = packet.from,
				   .to = packet.to,
				   .source_port = read16(header),
				   .destination_port = read16(header + 2),
				   .sequence = read32(header + 4),
				   .acknowledged = read32(header + 8),
				   .data = (uint32_t)(packet.length - header_length),
				   .flags = header[13]};
	if (read_options(packet.body, &segment) < 0)
		return -EBADMSG;
	*out = segment;
	return 0;
}
