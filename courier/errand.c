/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what the daemon asks is looked at once more before anything of it goes out, and every failure is a
 * sentence that names the server.
 */
#include "errand.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "../lib/units.h"

#define TEST_MOST 60u
#define CALL_USEC (90 * USEC_PER_SEC)
#define SLOW_BYTES_SEC 64000u /* a line that is full with other things */
#define LONGER_SEC 180u	      /* with the rest still less than the daemon's patience */

const char *errand_text(const json_t *errand, const char *key)
{
	const char *text = json_string_value(json_object_get(errand, key));

	return text ? text : "";
}

void errand_fail(struct errand_answer *answer, bool retry, const char *server, const char *format, ...)
{
	char reason[256];
	va_list values;

	va_start(values, format);
	vsnprintf(reason, sizeof(reason), format, values);
	va_end(values);
	snprintf(answer->error, sizeof(answer->error), "%.120s: %.180s", server, reason);
	for (char *c = answer->error; *c; c++)
		if ((unsigned char)*c < ' ' || (unsigned char)*c > '~')
			*c = '?';
	answer->retry = retry;
}

static unsigned seconds_of(const json_t *errand)
{
	const json_int_t seconds = json_integer_value(json_object_get(errand, "seconds"));

	return (unsigned)CLAMP(seconds, 1, (json_int_t)TEST_MOST);
}

static void test_run(const json_t *errand, struct errand_answer *answer)
{
	const char *server = errand_text(errand, "server");

	if (strncmp(server, "iperf3://", 9) == 0)
		measure_iperf(server, seconds_of(errand), answer);
	else if (strncmp(server, "http://", 7) == 0 || strncmp(server, "https://", 8) == 0)
		measure_http(server, seconds_of(errand), answer);
	else
		errand_fail(answer, false, server, "must be iperf3://, http:// or https://");
}

static const struct {
	const char *kind;
	void (*run)(const json_t *errand, struct errand_answer *answer);
} kinds[] = {{"mail", mail_run}, {"webhook", webhook_run}, {"test", test_run}};

void errand_run(const json_t *errand, struct errand_answer *answer)
{
	const char *kind = errand_text(errand, "kind");

	*answer = (struct errand_answer){.retry = true};
	for (size_t i = 0; i < ELEMENTS(kinds); i++) {
		if (strcmp(kinds[i].kind, kind) == 0) {
			kinds[i].run(errand, answer);
			return;
		}
	}
	errand_fail(answer, false, kind, "is no errand that this courier knows");
}

unsigned errand_bytes_sec(size_t length)
{
	return (unsigned)MIN(length / SLOW_BYTES_SEC, (size_t)LONGER_SEC);
}

static size_t attached(const json_t *errand)
{
	const json_t *rows = json_object_get(errand, "attachments"), *row;
	size_t i, sum = 0;

	json_array_foreach(rows, i, row) sum += json_string_length(json_object_get(row, "base64"));
	return sum + sum / 32; /* line breaks */
}

/* A test by iperf3 is one each way, with what it takes to begin and to end. */
int64_t errand_usec(const json_t *errand)
{
	if (strcmp(errand_text(errand, "kind"), "test") != 0)
		return CALL_USEC + errand_bytes_sec(attached(errand)) * USEC_PER_SEC;
	return (2 * (int64_t)seconds_of(errand) + 40) * USEC_PER_SEC;
}
