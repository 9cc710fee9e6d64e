/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What a form, a query and a Cookie header say: application/x-www-form-urlencoded (WHATWG URL, 5.1) and RFC
 * 6265, 4.2.1. Only fields that the caller names are kept; the bytes are a stranger's.
 */
#include <stdbool.h>
#include <stddef.h>

struct form_field {
	const char *name;
	char *value; /* `size` bytes of the caller's, always NUL-terminated */
	size_t size;
};

/*
 * Fills the named fields, "" for those that do not occur or are longer than their room: half a password is
 * none. 0; or -EBADMSG, and all fields are "", where a named field occurs twice, or where one has a broken
 * percent-encoding, broken UTF-8, a NUL or another control character: no form of ours sends that.
 */
int form_read(const char *text, size_t length, const struct form_field *fields, size_t n);

/* The value of the first cookie of that name, unquoted. False, and "", where there is none that fits. */
bool form_cookie(const char *header, const char *name, char *out, size_t size);
