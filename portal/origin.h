/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Whose page a request is for: the portal's own name, or anybody else's, whom the redirect answers for. The
 * portal is known by its configured name, and by the address that the guest's connection came in at.
 */
#include <stdbool.h>
#include <stddef.h>
#include "../lib/addr.h"

#define ORIGIN_TEXT 256

/* "wifi.example", or the address where `hostname` is empty, in brackets for IPv6: what goes behind "http://".
 */
const char *origin_host(const char *hostname, const struct addr *local, char out[static ORIGIN_TEXT]);
/* `authority` is "host[:port]" (RFC 3986, 3.2) without user information. */
bool origin_is_ours(const char *authority, size_t length, const char *hostname, const struct addr *local);
/* Splits "http://authority/path" or "https://…": the authority's length, and where it starts; 0 for anything
 * else. */
size_t origin_of_url(const char *url, const char **authority);
