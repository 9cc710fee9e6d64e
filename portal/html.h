/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A page under construction. Markup can only be a string literal of the program; every value that is put into
 * its "{}" is escaped, so that a zone's name or a stranger's header can never become markup. A page that
 * grows past its bound is marked and must not be sent.
 */
#include <stdbool.h>
#include <stddef.h>

#define HTML_MAX 30000 /* what a slow link is asked to carry, at most */
#define HTML_REFRESH 160

struct html {
	size_t length;
	bool overflow;
	char refresh[HTML_REFRESH]; /* the value of a Refresh header, or "" */
	char bytes[HTML_MAX];
};

void html_start(struct html *html);
/* The literal as it is. */
#define html_raw(html, markup) html_append(html, "" markup "", sizeof(markup) - 1)
/* html_write(html, "<b>{}</b>", value, ...): each "{}" takes one value. */
#define html_write(html, markup, ...)                                                                        \
	html_fill(html, "" markup "", false, (const char *const[]){__VA_ARGS__, NULL})
/* A text of texts.c with its values: all of it is escaped. */
#define html_text(html, text, ...) html_fill(html, text, true, (const char *const[]){__VA_ARGS__, NULL})

void html_append(struct html *html, const char *bytes, size_t length);
void html_escape(struct html *html, const char *text);
/* A value of a query in an attribute's address (RFC 3986): all but unreserved characters as %XX. */
void html_query(struct html *html, const char *text);
void html_fill(struct html *html, const char *pattern, bool escape, const char *const values[]);
