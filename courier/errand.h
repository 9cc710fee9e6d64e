/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What an errand is (message.h, COURIER): by "kind", run in a process of its own, to an answer. Blocks; ends within errand_usec().
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include "../lib/cleanup.h"

struct errand_answer {
	char error[320]; /* "": done. Names the server and the reason */
	bool retry;	 /* another try may help */
	uint64_t down_bps, up_bps;
};

void errand_run(const json_t *errand, struct errand_answer *answer);
int64_t errand_usec(const json_t *errand); /* the longest that it may take */
/* How much longer than another one may that carries so many bytes: at 512 kbit/s, at most 3 minutes. */
unsigned errand_bytes_sec(size_t length);

/* "SERVER: REASON", without what a terminal or log would take for more than text. */
void errand_fail(struct errand_answer *answer, bool retry, const char *server, const char *format, ...) _printf_(4, 5);
/* The text of a key, or "". */
const char *errand_text(const json_t *errand, const char *key);

/* The kinds. */
void mail_run(const json_t *errand, struct errand_answer *answer);
void webhook_run(const json_t *errand, struct errand_answer *answer);
void measure_iperf(const char *server, unsigned seconds, struct errand_answer *answer); /* iperf3://HOST:PORT */
void measure_http(const char *server, unsigned seconds, struct errand_answer *answer);
