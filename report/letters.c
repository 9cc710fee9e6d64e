// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a name may do to a page is decided here and nowhere else: it is read once, letter by letter, and what
 * comes out can be shown. It never says that a text is wrong: an office with a strange name still has its
 * line in the report.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "letters.h"

#define REPLACEMENT 0xFFFD
#define ELLIPSIS 0x2026

/* How many bytes follow the first one, what it holds itself, and the least letter of that length (shorter
 * forms are no UTF-8). */
static const struct {
	unsigned char mask, lead, more;
	uint32_t least;
} forms[] = {{0x80, 0x00, 0, 0}, {0xE0, 0xC0, 1, 0x80}, {0xF0, 0xE0, 2, 0x800}, {0xF8, 0xF0, 3, 0x10000}};

static bool letter_is_one(uint32_t letter, uint32_t least)
{
	return letter >= least && letter <= 0x10FFFF && (letter < 0xD800 || letter > 0xDFFF);
}

static const char *decode(const char *text, uint32_t *letter)
{
	const unsigned char *at = (const unsigned char *)text;

	*letter = REPLACEMENT;
	for (size_t i = 0; i < ELEMENTS(forms); i++) {
		uint32_t value = *at & (unsigned char)~forms[i].mask;
		size_t taken = 1;

		if ((*at & forms[i].mask) != forms[i].lead)
			continue;
		for (; taken <= forms[i].more && (at[taken] & 0xC0) == 0x80; taken++)
			value = value << 6 | (at[taken] & 0x3F);
		if (taken <= forms[i].more || !letter_is_one(value, forms[i].least))
			return text + 1;
		*letter = value;
		return text + taken;
	}
	return text + 1;
}

static bool letter_is_shown(uint32_t letter)
{
	if (letter < ' ')
		return letter == '\n' || letter == '\t';
	return !((letter >= 0x7F && letter <= 0x9F) || (letter >= 0x202A && letter <= 0x202E) ||
		 (letter >= 0x2066 && letter <= 0x2069) || (letter & 0xFFFE) == 0xFFFE);
}

const char *letters_next(const char *text, uint32_t *letter)
{
	*letter = 0;
	while (*text) {
		text = decode(text, letter);
		if (letter_is_shown(*letter)) {
			*letter = *letter == '\t' ? ' ' : *letter;
			return text;
		}
		*letter = 0;
	}
	return text;
}

size_t letters_count(const char *text)
{
	uint32_t letter;
	size_t count = 0;

	for (text = letters_next(text, &letter); letter; text = letters_next(text, &letter))
		count++;
	return count;
}

size_t letters_encode(uint32_t letter, char out[static 4])
{
	size_t more = letter < 0x80 ? 0 : letter < 0x800 ? 1 : letter < 0x10000 ? 2 : 3;

	out[0] = (char)(forms[more].lead | letter >> (6 * more));
	for (size_t i = 1; i <= more; i++)
		out[i] = (char)(0x80 | (letter >> (6 * (more - i)) & 0x3F));
	return more + 1;
}

char *letters_clean(const char *text, size_t most)
{
	/* A byte that is no letter becomes three. */
	char *clean = malloc(3 * strlen(text) + 4), *end = clean;
	size_t count = letters_count(text), keep = count > most ? most - 1 : count;
	uint32_t letter;

	if (!clean)
		return NULL;
	for (size_t i = 0; i < keep; i++) {
		text = letters_next(text, &letter);
		end += letters_encode(letter, end);
	}
	if (keep < count)
		end += letters_encode(ELLIPSIS, end);
	*end = '\0';
	return clean;
}
