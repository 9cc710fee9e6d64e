/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A secret from a file: one line (a newline at the end is not of it), at most SECRET_MOST bytes. Never in a message, a log, an environment or a
 * command line; wiped by secret_wipe().
 */
#include <stddef.h>

#define SECRET_MOST 1024

struct secret {
	char bytes[SECRET_MOST + 1];
	size_t length;
};

/* 0; -EPERM: others may read it; -EINVAL: empty, too long or not one line; other -errno as the file's. */
int secret_read(const char *path, struct secret *out);
const char *secret_error(int error); /* a rule, in words */
void secret_wipe(struct secret *secret);
