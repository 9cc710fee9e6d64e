/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A mail's bytes (RFC 5322, RFC 2045, RFC 2046, RFC 2047, RFC 2231): plain text in UTF-8 and files beside it, encoded so that any server takes
 * it. Pure. Addresses are bare ("a@b"); nothing that is put in can make a header line or a part of its own.
 */
#include <stddef.h>
#include <stdint.h>

/* A file that goes with it, as it comes: base64 without line breaks. A name may be any UTF-8, a type that is none is "application/octet-stream". */
struct letter_part {
	const char *name, *type, *base64;
};

struct letter {
	const char *from, *const *to;
	size_t n_to;
	const char *subject, *text, *message_id;
	int64_t time_sec; /* when it was written */
	const struct letter_part *parts;
	size_t n_parts; /* 0: a mail of one part, the text */
};

#define LETTER_TO 16
#define LETTER_PARTS 64

/* An address that can be used: one "@", printable ASCII, nothing that SMTP or a header would read as more than an address. */
int letter_address_check(const char *address); /* 0 or -EINVAL */
/* RFC 4648, 4, padded: what a part may consist of. 0 or -EINVAL. */
int letter_base64_check(const char *text);
/* malloc'd, CRLF lines; NULL: no memory. Parts have passed letter_base64_check(). */
char *letter_write(const struct letter *letter, size_t *length);
