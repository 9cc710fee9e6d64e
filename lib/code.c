/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a code is a key to somebody's time online, printed or written on a hand. It must not be guessable, nor
 * depend on how carefully it is typed. A code that is not random is never made: without the kernel's random
 * numbers the program ends.
 */
#include "code.h"
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define SYMBOLS 10u
#define HYPHEN_AT 5u
#define SYMBOL_BITS 5u

static const char alphabet[] =
    "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* 32: five bits are one symbol, none is likelier */

/* What people or their telephones put between the symbols: spaces, and the dashes that a keyboard makes of a
 * hyphen. */
static const char *const separators[] = {" ",
					 "\t",
					 "\r",
					 "\n",
					 "-",
					 "\xc2\xa0",
					 "\xe2\x80\x90",
					 "\xe2\x80\x91",
					 "\xe2\x80\x92",
					 "\xe2\x80\x93",
					 "\xe2\x80\x94",
					 "\xe2\x80\x95",
					 "\xe2\x88\x92"};

static uint64_t random_bits(void)
{
	uint64_t bits;
	ssize_t n;

	do
		n = getrandom(&bits, sizeof(bits), 0);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(bits))
		abort();
	return bits;
}

void code_make(char out[static CODE_TEXT])
{
	uint64_t bits = random_bits();

	for (size_t i = 0; i < CODE_TEXT - 1; i++) {
		if (i == HYPHEN_AT) {
			out[i] = '-';
			continue;
		}
		out[i] = alphabet[bits & ((1u << SYMBOL_BITS) - 1)];
		bits >>= SYMBOL_BITS;
	}
	out[CODE_TEXT - 1] = '\0';
}

static size_t separator_length(const char *typed)
{
	for (size_t i = 0; i < sizeof(separators) / sizeof(separators[0]); i++) {
		size_t length = strlen(separators[i]);

		if (!strncmp(typed, separators[i], length))
			return length;
	}
	return 0;
}

/* The symbol that is meant, or 0. */
static char symbol_of(char typed)
{
	if (typed >= 'a' && typed <= 'z')
		typed = (char)(typed - 'a' + 'A');
	if (typed == 'O')
		typed = '0';
	if (typed == 'I' || typed == 'L')
		typed = '1';
	return typed && strchr(alphabet, typed) ? typed : 0;
}

/* False: not exactly SYMBOLS symbols. */
static bool read_symbols(const char *typed, char symbols[static SYMBOLS])
{
	size_t n = 0;

	while (*typed) {
		size_t skip = separator_length(typed);

		if (!skip) {
			if (n == SYMBOLS)
				return false;
			symbols[n] = symbol_of(*typed);
			if (!symbols[n++])
				return false;
		}
		typed += skip ? skip : 1;
	}
	return n == SYMBOLS;
}

bool code_read(const char *typed, char out[static CODE_TEXT])
{
	char symbols[SYMBOLS];

	out[0] = '\0';
	if (!read_symbols(typed, symbols))
		return false;
	memcpy(out, symbols, HYPHEN_AT);
	out[HYPHEN_AT] = '-';
	memcpy(out + HYPHEN_AT + 1, symbols + HYPHEN_AT, SYMBOLS - HYPHEN_AT);
	out[CODE_TEXT - 1] = '\0';
	return true;
}
