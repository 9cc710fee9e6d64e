/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * ICMP and ICMPv6 echo (RFC 792, RFC 4443, 4): the request's bytes, and whether what came is the answer to
 * it. Pure.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ECHO_PAYLOAD 16u
#define ECHO_LENGTH (8u + ECHO_PAYLOAD)

struct echo {
	uint16_t id, sequence;
	uint8_t payload[ECHO_PAYLOAD]; /* random: nobody who has not seen the request knows it */
};

void echo_build(const struct echo *echo, bool v6, uint8_t out[static ECHO_LENGTH]);
/* `bytes` as the raw socket gives them: IPv4 with its header. */
bool echo_answers(const struct echo *echo, bool v6, const uint8_t *bytes, size_t length);
