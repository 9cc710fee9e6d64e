// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The only way of a text into the page. A name in the configuration may be a script, a closed tag, half a
 * letter: here it becomes letters.
 */
#include <string.h>
#include "html.h"
#include "letters.h"

static const char *entity_of(uint32_t letter)
{
	switch (letter) {
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
	return NULL;
}

void html_text(FILE *out, const char *text)
{
	uint32_t letter;
	char bytes[4];

	for (text = letters_next(text, &letter); letter; text = letters_next(text, &letter)) {
		const char *entity = entity_of(letter);

		if (entity)
			fputs(entity, out);
		else if (letter < 0x80)
			putc((int)letter, out);
		else
			fwrite(bytes, 1, letters_encode(letter, bytes), out);
	}
}

/* All but letters, digits, spaces and full stops by number (CSS Syntax 4.3.7), so that neither the string nor
 * the element can end early. */
void html_css_text(FILE *out, const char *text)
{
	static const char plain[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz .";
	uint32_t letter;

	for (text = letters_next(text, &letter); letter; text = letters_next(text, &letter)) {
		if (letter < 0x80 && strchr(plain, (int)letter))
			putc((int)letter, out);
		else
			fprintf(out, "\\%06X", (unsigned)letter);
	}
}

/* Keys are the program's; spaces and the like have no place in an id all the same. */
void html_id(FILE *out, const char *prefix, const char *key)
{
	fputs(prefix, out);
	for (; *key; key++)
		putc((*key >= 'a' && *key <= 'z') || (*key >= '0' && *key <= '9') ? *key : '-', out);
}
