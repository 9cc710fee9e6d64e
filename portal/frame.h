/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What all pages share: the frame around <main>, and the small parts that more than one page has. Only
 * pages.c, login.c, online.c and terms.c include this.
 */
#include "pages.h"

struct page {
	struct html *html;
	const struct page_context *context;
	const struct message_guest_state *guest; /* NULL: nothing is known of the guest */
	const char *path;			 /* of this page: where the language links lead */
	bool failed;				 /* what was asked for was not done: the title says so */
};

/* The text in the page's language; "{}" stays. */
const char *say(const struct page *page, const char *english);
/* Refreshes itself after so many seconds: at the same address, or (front) at the front page. Only a page
 * without fields does. */
void frame_refresh(const struct page *page, int64_t seconds, bool front);
void frame_start(const struct page *page, const char *title);
void frame_end(const struct page *page);

void frame_paragraph(const struct page *page, const char *text);
/* href="PATH?lang=..&redir=..[&code=..]": with quotes, so that a page only writes <a before it. */
void frame_href(const struct page *page, const char *path);
/* The start of a form that posts to `path`, with `lang` and `redir`. */
void frame_form(const struct page *page, const char *path);
/* A link that looks like a button. */
void frame_button(const struct page *page, const char *path, const char *text);
/* The theme's links as items of a list. */
void frame_links(const struct page *page, const char *class);
/* That the line is down, and since when; nothing where it is not. */
void frame_outage(const struct page *page);
/* That the guest has logged out, where that is what brought him here. */
bool frame_is_out(const struct page *page);
void frame_out(const struct page *page);

/* login.c: the forms of the zone's ways in, without the click; of a page that was refused, the refusal beside
 * its field. */
bool login_takes(const struct page *page, enum way way);
bool login_has_fields(const struct page *page);
void login_forms(const struct page *page);
void login_alert(const struct page *page);
unsigned login_page(const struct page *page);
unsigned login_voucher(const struct page *page);
unsigned login_resume(const struct page *page);
/* online.c */
unsigned online_page(const struct page *page);
unsigned online_used_up(const struct page *page);
unsigned online_closed(const struct page *page);
/* terms.c: the short list below a login button. */
void terms_short(const struct page *page);
