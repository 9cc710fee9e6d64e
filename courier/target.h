/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Where something goes, for people and for a library that takes host and port apart. What a log may say of a URL is its server: path and query may
 * hold a secret.
 */
#include <stddef.h>

#define TARGET_NAME 128
#define TARGET_HOST 256

/* "https://HOST:PORT" of a URL, or "an address that cannot be read". */
const char *target_name(const char *url, char out[static TARGET_NAME]);
/* "iperf3://HOST:PORT" -> host without brackets, port (5201 without). 0 or -EINVAL. */
int target_host(const char *url, char host[static TARGET_HOST], unsigned *port);
