/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The pages that a guest sees: what to say for which state. Plain HTML, no script, no cookie, no further
 * request. A page is written into `html`; the result is the HTTP status that goes with it.
 */
#include "../lib/message.h"
#include "html.h"
#include "texts.h"

struct page_context {
	enum language language;
	const char *site; /* the site's name */
};

/* What needs no answer of the daemon. */
enum notice {
	NOTICE_WAIT,
	NOTICE_BUSY,
	NOTICE_UNKNOWN,
	NOTICE_MISSING,
	NOTICE_METHOD,
	NOTICE_REFUSED,
	NOTICES
};

unsigned page_notice(struct html *html, const struct page_context *context, enum notice notice);
unsigned page_guest(struct html *html, const struct page_context *context,
		    const struct message_guest_state *guest);
/* Seconds for Retry-After with this status, 0 for none. */
unsigned page_retry(unsigned status);
