/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * TCP segments as honest hosts send them, from the IP header on, for the tests of what reads and chooses
 * them.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10 };

struct made {
	bool v6, stamped, to_host; /* to_host: from the server */
	uint16_t host_port, server_port;
	uint8_t flags;
	uint32_t sequence, acknowledged, stamp, echo;
	uint16_t data; /* bytes that the header says and that are not here */
};

static inline uint8_t *put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
	return at + 2;
}

static inline uint8_t *put32(uint8_t *at, uint32_t value)
{
	return put16(put16(at, value >> 16), value & 0xffff);
}

static inline uint8_t *put_ip(uint8_t *at, const struct made *made, size_t length)
{
	static const uint8_t host[16] = {10, 10, 1, 10}, server[16] = {192, 0, 2, 1};
	static const uint8_t host6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 10},
			     server6[16] = {0x20, 0x01, 0xff, [15] = 1};
	const uint8_t *mine = made->v6 ? host6 : host, *its = made->v6 ? server6 : server;
	const size_t n = made->v6 ? 16 : 4;

	if (made->v6) {
		at[0] = 0x60;
		put16(at + 4, (unsigned)length);
		at[6] = 6;
		at[7] = 64;
		at += 8;
	} else {
		at[0] = 0x45;
		put16(at + 2, (unsigned)length + 20);
		at[8] = 64;
		at[9] = 6;
		at += 12;
	}
	memcpy(at, made->to_host ? its : mine, n);
	memcpy(at + n, made->to_host ? mine : its, n);
	return at + 2 * n;
}

static inline uint8_t *put_options(uint8_t *at, const struct made *made)
{
	if (made->flags & SYN)
		at = put32(at, 0x020405b4); /* the largest segment */
	if (!made->stamped)
		return at;
	return put32(put32(put32(at, 0x0101080a), made->stamp), made->echo);
}

/* Its length; `out` takes 120 bytes. */
static inline size_t make_segment(const struct made *made, uint8_t *out)
{
	const size_t options = (made->flags & SYN ? 4u : 0u) + (made->stamped ? 12u : 0u);
	uint8_t *at;

	memset(out, 0, 120);
	at = put_ip(out, made, 20 + options + made->data);
	at = put16(at, made->to_host ? made->server_port : made->host_port);
	at = put16(at, made->to_host ? made->host_port : made->server_port);
	at = put32(put32(at, made->sequence), made->acknowledged);
	*at++ = (uint8_t)((20 + options) / 4 << 4);
	*at++ = made->flags;
	at = put_options(at + 6, made);
	return (size_t)(at - out);
}
