/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: whether the uplink lives is read off answers that anybody may send. Only the one with the payload of
 * our own last requests counts.
 */
#include "echo.h"
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include "view.h"

#define IPV4_HEADER 20u

/* RFC 1071; over a whole number of 16-bit words. */
static uint16_t checksum(const uint8_t *bytes, size_t length)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < length; i += 2)
		sum += read16(bytes + i);
	sum = (sum >> 16) + (sum & 0xffff);
	sum += sum >> 16;
	return (uint16_t)~sum;
}

static void write16(uint8_t *bytes, uint16_t value)
{
	bytes[0] = (uint8_t)(value >> 8);
	bytes[1] = (uint8_t)value;
}

void echo_build(const struct echo *echo, bool v6, uint8_t out[static ECHO_LENGTH])
{
	memset(out, 0, ECHO_LENGTH);
	out[0] = v6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
	write16(out + 4, echo->id);
	write16(out + 6, echo->sequence);
	memcpy(out + 8, echo->payload, ECHO_PAYLOAD);
	if (!v6) /* the kernel makes ICMPv6's */
		write16(out + 2, checksum(out, ECHO_LENGTH));
}

static bool skip_ipv4(struct view *view)
{
	const uint8_t *header = view_take(view, IPV4_HEADER);
	size_t length = header ? (header[0] & 15u) * 4u : 0;

	return length >= IPV4_HEADER && view_take(view, length - IPV4_HEADER);
}

bool echo_answers(const struct echo *echo, bool v6, const uint8_t *bytes, size_t length)
{
	struct view view = {bytes, length};
	const uint8_t *message;

	if (!v6 && !skip_ipv4(&view))
		return false;
	message = view_take(&view, ECHO_LENGTH);
	return message && view.length == 0 && message[0] == (v6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY) &&
	       message[1] == 0 && read16(message + 4) == echo->id && read16(message + 6) == echo->sequence &&
	       memcmp(message + 8, echo->payload, ECHO_PAYLOAD) == 0;
}
