/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A password from standard input: asked for twice without echo where that is a terminal, else its first line.
 * Never from the command line, where every user of the machine could read it.
 */
#include <stddef.h>

#define PASSWORD_TEXT 256 /* longer than any that is accepted: the daemon says so */

/* 0; -EINVAL (the two differ), -EMSGSIZE, -ENODATA (nothing there), -EINTR (given up) or what read(2) said.
 * `out` is wiped where it failed; else the caller wipes it. */
int password_read(char out[static PASSWORD_TEXT]);
