// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The escaping writer. It exists so that forgetting to escape is not possible rather than merely forbidden:
 * there is no function here that copies a value unescaped into a page.
 */
#include <string.h>
#include "../lib/cleanup.h"
#include "html.h"

void html_start(struct html *html)
{
	html->length = 0;
	html->overflow = false;
	html->refresh[0] = '\0';
}

void html_append(struct html *html, const char *bytes, size_t length)
{
	if (length > sizeof(html->bytes) - html->length) {
		html->overflow = true;
		return;
	}
	memcpy(html->bytes + html->length, bytes, length);
	html->length += length;
}

/* NULL: as it is. Control characters have no place in HTML; bytes of UTF-8 pass. */
static const char *entity_of(unsigned char byte)
{
	switch (byte) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	}
	return byte < ' ' && byte != '\n' ? " " : NULL;
}

/* Runs of ordinary text are copied whole: a page is mostly that. */
static void escape(struct html *html, const char *text, size_t length)
{
	const char *end = text + length, *run = text;

	for (; text < end; text++) {
		const char *entity = entity_of((unsigned char)*text);

		if (!entity)
			continue;
		html_append(html, run, (size_t)(text - run));
		html_append(html, entity, strlen(entity));
		run = text + 1;
	}
	html_append(html, run, (size_t)(end - run));
}

void html_escape(struct html *html, const char *text)
{
	escape(html, text, strlen(text));
}

static bool unreserved(unsigned char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
	       memchr("-._~", byte, 4);
}

void html_query(struct html *html, const char *text)
{
	static const char digits[] = "0123456789ABCDEF";

	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;
		const char hex[] = {'%', digits[byte >> 4], digits[byte & 15]};

		if (unreserved(byte))
			html_append(html, text, 1);
		else
			html_append(html, hex, sizeof(hex));
	}
}

void html_fill(struct html *html, const char *pattern, bool escaped, const char *const values[])
{
	const char *place;

	for (; (place = strstr(pattern, "{}")); pattern = place + 2) {
		(escaped ? escape : html_append)(html, pattern, (size_t)(place - pattern));
		if (*values)
			html_escape(html, *values++);
	}
	(escaped ? escape : html_append)(html, pattern, strlen(pattern));
}
