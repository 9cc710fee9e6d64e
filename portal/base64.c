// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Base64 as the daemon writes it. Strict: one text for each value, so that what is accepted is what was
 * meant.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "base64.h"

static int symbol(char c)
{
	static const char symbols[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = c ? strchr(symbols, c) : NULL;

	return at ? (int)(at - symbols) : -1;
}

/* Four symbols, the last `padding` of them absent, into 3 - padding bytes. */
static int group_read(const char *text, unsigned padding, uint8_t out[static 3])
{
	uint32_t bits = 0;

	for (unsigned i = 0; i < 4; i++) {
		int value = i < 4 - padding ? symbol(text[i]) : 0;

		if (value < 0)
			return -EBADMSG;
		bits = bits << 6 | (uint32_t)value;
	}
	if (bits & ((1u << (8 * padding)) - 1))
		return -EBADMSG;
	for (unsigned i = 0; i < 3 - padding; i++)
		out[i] = (uint8_t)(bits >> (16 - 8 * i));
	return 0;
}

int base64_read(const char *text, void **out, size_t *length)
{
	size_t n = strlen(text);
	unsigned padding = n > 0 && text[n - 1] == '=' ? 1 + (n > 1 && text[n - 2] == '=') : 0;
	_cleanup_(freep) uint8_t *bytes = NULL;

	if (n % 4)
		return -EBADMSG;
	bytes = malloc(n / 4 * 3 + 1);
	if (!bytes)
		return -ENOMEM;
	for (size_t i = 0; i < n / 4; i++) {
		if (group_read(text + 4 * i, i == n / 4 - 1 ? padding : 0, bytes + 3 * i) < 0)
			return -EBADMSG;
	}
	*length = n / 4 * 3 - padding;
	*out = bytes;
	bytes = NULL;
	return 0;
}
