/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * One DNS answer (RFC 1035): which name was asked for, and which addresses it led to, through the aliases of
 * the same message and no other. Pure, bounded: names of at most 255 octets, compression pointers that only
 * go back, at most DNS_ALIASES aliases and DNS_ADDRESSES addresses; what is beyond is left out.
 */
#include <stddef.h>
#include <stdint.h>
#include "../lib/addr.h"

#define DNS_NAME 256
#define DNS_ALIASES 16
#define DNS_ADDRESSES 32

struct dns_address {
	struct addr address;
	uint32_t ttl_seconds;
};

struct dns_answer {
	char name[DNS_NAME]; /* asked for: lower case, no dot at the end, [a-z0-9_-] in its labels */
	struct dns_address addresses[DNS_ADDRESSES];
	size_t n_addresses;
};

/* 0: an answer without error to a question for an address; 1: some other message; -EBADMSG: not DNS. */
int dns_read(const uint8_t *bytes, size_t length, struct dns_answer *out);
/* `name` is `suffix` or ends in "." and `suffix`; both in lower case. */
bool dns_is_within(const char *name, const char *suffix);
