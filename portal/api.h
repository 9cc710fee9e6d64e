/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The Captive Portal API, RFC 8908, and who is answered by it: written from a guest's state alone.
 */
#include <stdbool.h>
#include <stddef.h>
#include "../lib/message.h"

#define API_TYPE "application/captive+json"
#define API_TEXT 2048

/*
 * Whether this Accept header (RFC 9110, 12.5.1) is a browser's that a person uses: it names HTML, and likes
 * it better than JSON of either name. NULL, nothing but wildcards and JSON are a program's.
 */
bool api_wants_page(const char *accept);
/* The document of section 5; its length. `portal` is the page's URL, `venue` a URL or "". 0: no memory. */
size_t api_write(char out[static API_TEXT], const struct message_guest_state *guest, const char *portal,
		 const char *venue);
