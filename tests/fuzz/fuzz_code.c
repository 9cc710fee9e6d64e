/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any text into code_read(), as people type codes of vouchers and visits. What it accepts has one canonical
 * form, which it reads as itself; what it refuses leaves nothing.
 *
 *   clang-14 -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined \
 *	tests/fuzz/fuzz_code.c lib/code.c -o fuzz_code
 *   ./fuzz_code -max_total_time=30 -max_len=64 tests/fuzz/corpus/code
 */
#include "../../lib/cleanup.h"
#include "../../lib/code.h"
#include <stdint.h>
#include <string.h>

#define SYMBOLS "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_(freep) char *typed = malloc(length + 1);
	char code[CODE_TEXT], again[CODE_TEXT];

	check(typed);
	memcpy(typed, bytes, length);
	typed[length] = '\0';
	if (!code_read(typed, code)) {
		check(!*code);
		return 0;
	}
	check(strlen(code) == CODE_TEXT - 1 && strspn(code, SYMBOLS) == 5 && code[5] == '-' &&
	      strspn(code + 6, SYMBOLS) == 5);
	check(code_read(code, again) && strcmp(code, again) == 0);
	return 0;
}
