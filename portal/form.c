// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Reads forms, queries and cookies: bounded, without memory of its own, and without a guess. What is not
 * plainly what a browser makes of our own forms is refused as a whole; a value must never be cut short or
 * stand for another.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "form.h"

struct slice {
	const char *bytes;
	size_t length;
};

/* Cuts `text` at the first `mark`; what follows is left in `text`. */
static struct slice slice_take(struct slice *text, char mark)
{
	const char *end = text->length ? memchr(text->bytes, mark, text->length) : NULL;
	struct slice taken = {text->bytes, end ? (size_t)(end - text->bytes) : text->length};

	text->bytes += taken.length + (end ? 1 : 0);
	text->length -= taken.length + (end ? 1 : 0);
	return taken;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The next byte, decoded; -EBADMSG for a percent sign without two digits. */
static int byte_take(struct slice *text)
{
	char first = *text->bytes++;
	int high, low;

	text->length--;
	if (first == '+')
		return ' ';
	if (first != '%')
		return (unsigned char)first;
	high = text->length >= 2 ? hex_digit(text->bytes[0]) : -1;
	low = text->length >= 2 ? hex_digit(text->bytes[1]) : -1;
	if (high < 0 || low < 0)
		return -EBADMSG;
	text->bytes += 2;
	text->length -= 2;
	return high << 4 | low;
}

static bool name_is(struct slice text, const char *name)
{
	while (text.length > 0 && *name) {
		if (byte_take(&text) != (unsigned char)*name++)
			return false;
	}
	return text.length == 0 && !*name;
}

/* Length of the sequence that a byte starts, 0 for none (RFC 3629). */
static unsigned sequence_length(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if (c >= 0xe0 && c <= 0xef)
		return 3;
	return c >= 0xf0 && c <= 0xf4 ? 4 : 0;
}

/* Of the second byte: no overlong form, no surrogate, nothing above U+10FFFF. */
static bool second_fits(unsigned char first, unsigned char second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0;
	case 0xed:
		return second < 0xa0;
	case 0xf0:
		return second >= 0x90;
	case 0xf4:
		return second < 0x90;
	default:
		return true;
	}
}

static bool is_text(const char *value)
{
	const unsigned char *at = (const unsigned char *)value;

	while (*at) {
		unsigned n = sequence_length(*at);

		if (n == 0 || *at < ' ' || *at == 0x7f || (n > 1 && !second_fits(at[0], at[1])))
			return false;
		for (unsigned i = 1; i < n; i++) {
			if ((at[i] & 0xc0) != 0x80)
				return false;
		}
		at += n;
	}
	return true;
}

/* A value longer than its room counts as none, but must be well-formed all the same. */
static int value_read(struct slice text, const struct form_field *field)
{
	size_t length = 0;

	while (text.length > 0) {
		int byte = byte_take(&text);

		if (byte <= 0)
			return -EBADMSG;
		if (length < field->size - 1)
			field->value[length] = (char)byte;
		length++;
	}
	field->value[length < field->size ? length : 0] = '\0';
	return is_text(field->value) ? 0 : -EBADMSG;
}

static void fields_clear(const struct form_field *fields, size_t n)
{
	for (size_t i = 0; i < n; i++)
		explicit_bzero(fields[i].value, fields[i].size);
}

static int pair_read(struct slice pair, const struct form_field *fields, size_t n, uint64_t *seen)
{
	struct slice name = slice_take(&pair, '=');

	for (size_t i = 0; i < n; i++) {
		if (!name_is(name, fields[i].name))
			continue;
		if (*seen >> i & 1)
			return -EBADMSG;
		*seen |= UINT64_C(1) << i;
		return value_read(pair, &fields[i]);
	}
	return 0;
}

int form_read(const char *text, size_t length, const struct form_field *fields, size_t n)
{
	struct slice rest = {text, length};
	uint64_t seen = 0;

	fields_clear(fields, n);
	while (rest.length > 0) {
		if (pair_read(slice_take(&rest, '&'), fields, n, &seen) == 0)
			continue;
		fields_clear(fields, n);
		return -EBADMSG;
	}
	return 0;
}

static struct slice trim(struct slice text)
{
	while (text.length > 0 && (*text.bytes == ' ' || *text.bytes == '\t')) {
		text.bytes++;
		text.length--;
	}
	while (text.length > 0 && strchr(" \t", text.bytes[text.length - 1]))
		text.length--;
	return text;
}

bool form_cookie(const char *header, const char *name, char *out, size_t size)
{
	struct slice rest = {header, strlen(header)};

	*out = '\0';
	while (rest.length > 0) {
		struct slice value = trim(slice_take(&rest, ';')), key = slice_take(&value, '=');

		if (key.length != strlen(name) || memcmp(key.bytes, name, key.length) != 0)
			continue;
		if (value.length >= 2 && value.bytes[0] == '"' && value.bytes[value.length - 1] == '"')
			value = (struct slice){value.bytes + 1, value.length - 2};
		if (value.length >= size)
			return false;
		memcpy(out, value.bytes, value.length);
		out[value.length] = '\0';
		return true;
	}
	return false;
}
