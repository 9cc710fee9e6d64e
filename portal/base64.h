/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/* RFC 4648, section 4, without white space: how a logo travels in JSON. */
#include <stddef.h>

/* Allocates; 0, -EBADMSG or -ENOMEM. */
int base64_read(const char *text, void **out, size_t *length);
