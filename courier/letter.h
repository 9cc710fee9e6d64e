/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A mail's bytes (RFC 5322, RFC 2045, RFC 2047): plain text in UTF-8, encoded so that any server takes it. Pure. Addresses are bare
 * ("a@b"); nothing that is put in can make a header line of its own.
 */
#include <stddef.h>
#include <stdint.h>

struct letter {
	const char *from, *const *to;
	size_t n_to;
	const char *subject, *text, *message_id;
	int64_t time_sec; /* when it was written */
};

#define LETTER_TO 16

/* An address that can be used: one "@", printable ASCII, nothing that SMTP or a header would read as more than an address. */
int letter_address_check(const char *address); /* 0 or -EINVAL */
/* malloc'd, CRLF lines; NULL: no memory. */
char *letter_write(const struct letter *letter, size_t *length);
