/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The page that a guest asked for before the portal came in between: carried along as `redir`, and offered as
 * a link once the guest is online. The portal itself never redirects to it.
 */
#include <stdbool.h>
#include <stddef.h>

#define REDIR_MAX 512		      /* with its NUL; a longer address is not carried */
#define REDIR_ENCODED (3 * REDIR_MAX) /* with its NUL */

/* A link that may be shown: "http://" or "https://" and a host, of RFC 3986's characters alone, without user
 * information. */
bool redir_good(const char *url);
/* The URL of a request to somebody else's host, in plain HTTP. False, and "": too long, not good, or an
 * operating system's probe, which nobody wants to read. */
bool redir_make(const char *host, const char *target, char out[static REDIR_MAX]);
/* Percent-encoded, for a query. */
const char *redir_encode(const char *url, char out[static REDIR_ENCODED]);
