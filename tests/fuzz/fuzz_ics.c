/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as an iCalendar file. Whatever comes in, each day is a date within the years that are looked at,
 * with a name, there are no more than so many, and each fault is at a line of the text.
 *
 *   clang -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_ics.c \
 *	policy/*.c lib/addr.c lib/clock.c lib/plan.c lib/plan_codec.c lib/plan_diff.c lib/units.c \
 *	-lconfig -lical -ljansson -lm -o fuzz_ics
 *   ./fuzz_ics -max_total_time=60 -max_len=4096 tests/fuzz/corpus/ics
 */
#include "../../lib/clock.h"
#include "../../policy/holidays.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static unsigned last_line;

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void on_fault(void *context, unsigned line, const char *rule, const char *value)
{
	unsigned *faults = context;

	check(line >= 1 && line <= last_line && rule && *rule && value);
	(*faults)++;
}

static unsigned lines_of(const char *text)
{
	unsigned lines = 1;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	char *text = malloc(length + 1);
	struct policy_holiday *days = NULL;
	unsigned faults = 0;
	size_t n = 0;

	if (!text)
		return 0;
	memcpy(text, bytes, length);
	text[length] = '\0';
	last_line = lines_of(text) + 1;
	if (holidays_parse(text, &days, &n, on_fault, &faults) == 0) {
		check(n <= HOLIDAYS_DAYS_MOST);
		for (size_t i = 0; i < n; i++) {
			check(days[i].name != NULL);
			free(days[i].name);
		}
		free(days);
	}
	free(text);
	return 0;
}
