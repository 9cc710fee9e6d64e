/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The pages that a guest sees: what to say for which state. Plain HTML, no script, no further request but the
 * logo. A page is written into `html`; the result is the HTTP status that goes with it. Forms post to the
 * paths of PATH_*, with the field names given there; http posts are judged in request.c.
 *
 * A page that refreshes itself says so in html->refresh: the value of a Refresh header, "" for none. (Not a
 * <meta>: WCAG's checkers refuse that, and the header reloads the same address with its language and redir.)
 * The stylesheet is one <style> without any style attribute: the policy that fits is "default-src 'none';
 * style-src 'sha256-...'; img-src 'self'; ...", with page_style_hash().
 */
#include "../lib/message.h"
#include "html.h"
#include "settings.h"
#include "texts.h"

#define PATH_FRONT "/"
#define PATH_LOGIN "/login" /* POST: click. All POSTs also carry `lang` and `redir` */
#define PATH_VOUCHER                                                                                         \
	"/voucher" /* GET: the page, with ?code= (of a QR code) filled in, pressed by the guest. POST:       \
		      `code` */
#define PATH_ACCOUNT "/account" /* POST: `name`, `password` */
#define PATH_RESUME "/resume"	/* GET: the page. POST: `code` */
#define PATH_LOGOUT "/logout"	/* POST */
#define PATH_TERMS "/terms"	/* GET: terms, and the notice on personal data */
#define PATH_LOGO "/logo"
#define PATH_API "/api"

/* message_guest_state.logins and .login: enum policy_login, which the portal does not include (a unit test
 * compares). */
enum way { WAY_CLICK = 1, WAY_VOUCHER = 2, WAY_ACCOUNT = 4, WAY_RADIUS = 8 };

struct page_context {
	enum language language;
	const struct settings *settings; /* NULL: the daemon has not spoken yet */
	const char
	    *redir; /* the http(s) page first asked for, checked, or NULL: offered as a link once online */
	bool out;   /* just logged out: said where the guest is out indeed */
	const char *code; /* what to fill into a code's field, or NULL. Escaped here */
	const char
	    *name; /* the same for the account's name. Not NULL: a refusal belongs to the account's form */
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
/* The page for a guest's state: login (all of the zone's ways in, what was refused and why), online, closed,
 * busy, used up; on each the uplink's outage, if there is one. */
unsigned page_guest(struct html *html, const struct page_context *context,
		    const struct message_guest_state *guest);
/* PATH_VOUCHER and PATH_RESUME by GET: one form in the middle. For a guest who is online or shut out: as
 * page_guest(). */
unsigned page_voucher(struct html *html, const struct page_context *context,
		      const struct message_guest_state *guest);
unsigned page_resume(struct html *html, const struct page_context *context,
		     const struct message_guest_state *guest);
unsigned page_terms(struct html *html, const struct page_context *context);
/* Seconds for Retry-After with this status, 0 for none. */
unsigned page_retry(unsigned status);
/* "'sha256-...'" of the <style> that pages carry with these settings (NULL: before any), for style-src. Kept:
 * costs nothing while the colours stay. Valid until the next call with other colours. */
const char *page_style_hash(const struct settings *settings);
