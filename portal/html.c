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

static void escape_byte(struct html *html, char byte)
{
	static const struct {
		char byte;
		const char *entity;
	} entities[] = {
	    {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"},
	};

	for (size_t i = 0; i < ELEMENTS(entities); i++) {
		if (entities[i].byte == byte) {
			html_append(html, entities[i].entity, strlen(entities[i].entity));
			return;
		}
	}
	/* control characters have no place in HTML; bytes of UTF-8 pass */
	html_append(html, (unsigned char)byte < ' ' && byte != '\n' ? " " : &byte, 1);
}

void html_escape(struct html *html, const char *text)
{
	for (; *text; text++)
		escape_byte(html, *text);
}

void html_fill(struct html *html, const char *pattern, bool escape, const char *const values[])
{
	while (*pattern) {
		if (pattern[0] == '{' && pattern[1] == '}') {
			if (*values)
				html_escape(html, *values++);
			pattern += 2;
			continue;
		}
		if (escape)
			escape_byte(html, *pattern);
		else
			html_append(html, pattern, 1);
		pattern++;
	}
}
