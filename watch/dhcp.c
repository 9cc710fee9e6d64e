/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what the gateway's DHCP server acknowledges is the one claim to an IPv4 address that is no claim but a
 * fact. Only acknowledgements are read; options have lengths of their own, which are believed as far as the
 * message goes.
 */
#include "frames.h"
#include <errno.h>
#include "view.h"

#define BOOTP_FIXED 236u
#define BOOTP_REPLY 2
#define ETHERNET 1
#define MAGIC 0x63825363u
#define PORT_SERVER 67
#define PORT_CLIENT 68
#define TYPE_ACK 5
#define AT_YIADDR 16
#define AT_CHADDR 28

enum { OPTION_PAD = 0, OPTION_LEASE = 51, OPTION_TYPE = 53, OPTION_END = 255 };

struct options {
	uint8_t type;
	uint32_t lease_seconds;
};

static void option(uint8_t code, const uint8_t *value, uint8_t length, struct options *out)
{
	if (code == OPTION_TYPE && length == 1)
		out->type = value[0];
	else if (code == OPTION_LEASE && length == 4)
		out->lease_seconds = read32(value);
}

static int read_options(struct view view, struct options *out)
{
	const uint8_t *head, *value;

	while ((head = view_take(&view, 1)) && head[0] != OPTION_END) {
		if (head[0] == OPTION_PAD)
			continue;
		if (!view_take(&view, 1))
			return -EBADMSG;
		value = view_take(&view, head[1]);
		if (!value)
			return -EBADMSG;
		option(head[0], value, head[1], out);
	}
	return 0;
}

int frame_dhcp(const uint8_t *bytes, size_t length, struct frame_dhcp *out)
{
	struct frame_datagram datagram;
	struct options options = {0};
	struct frame_dhcp dhcp = {.address = {.family = AF_INET}};
	const uint8_t *fixed, *magic;
	struct view view;

	if (frame_datagram(bytes, length, &datagram) < 0 || datagram.protocol != IPPROTO_UDP ||
	    datagram.from.family != AF_INET || datagram.source_port != PORT_SERVER ||
	    datagram.destination_port != PORT_CLIENT)
		return -EBADMSG;
	view = (struct view){datagram.payload, datagram.length};
	fixed = view_take(&view, BOOTP_FIXED);
	magic = view_take(&view, 4);
	if (!fixed || !magic || fixed[0] != BOOTP_REPLY || fixed[1] != ETHERNET || fixed[2] != 6 ||
	    read32(magic) != MAGIC)
		return -EBADMSG;
	if (read_options(view, &options) < 0 || options.type != TYPE_ACK)
		return -EBADMSG;
	dhcp.server = datagram.from;
	memcpy(dhcp.mac.octets, fixed + AT_CHADDR, sizeof(dhcp.mac.octets));
	memcpy(dhcp.address.octets, fixed + AT_YIADDR, 4);
	dhcp.lease_seconds = options.lease_seconds;
	/* Without an address or a lease it answers a DHCPINFORM. */
	if (!mac_is_unicast(&dhcp.mac) || read32(dhcp.address.octets) == 0 || dhcp.lease_seconds == 0)
		return -EBADMSG;
	*out = dhcp;
	return 0;
}
