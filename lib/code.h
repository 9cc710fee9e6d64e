/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Codes that people type: vouchers, resume codes. Ten symbols of 32 (Crockford's base 32: no I, L, O, U), 50 random bits,
 * written "ABCDE-FGHJK". What is typed may be lower case, without the hyphen or with spaces or hyphens anywhere, with O for 0
 * and I or L for 1.
 */
#include <stdbool.h>
#include <stddef.h>

#define CODE_TEXT 12

void code_make(char out[static CODE_TEXT]); /* from the kernel's random numbers */
/* The canonical form of what was typed; false: cannot be a code (length, symbols), `out` is then "". */
bool code_read(const char *typed, char out[static CODE_TEXT]);
