/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Untrusted text, letter by letter, as the writers may show it. Bytes that are no UTF-8 become U+FFFD. Left out: control characters (a tab is a space, a
 * newline stays), what turns the direction of the text around it (U+202A..E, U+2066..9: a name must not write the figures beside it backwards), and what
 * XML may not hold (U+FFFE, U+FFFF).
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The next letter that is shown, 0 at the end; returns where to go on. */
const char *letters_next(const char *text, uint32_t *letter);
size_t letters_count(const char *text);
/* The letter as UTF-8; returns the number of bytes. */
size_t letters_encode(uint32_t letter, char out[static 4]);
/* A copy of at most so many letters, an ellipsis included where it was cut. NULL: no memory. */
char *letters_clean(const char *text, size_t most);
