/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What all transfers by libcurl have in common: limits of time, size and protocol, no credentials but those given, nothing of the environment;
 * and what went wrong, in words.
 */
#include <curl/curl.h>
#include "../lib/cleanup.h"
#include "errand.h"
#include "target.h"

#define TRANSFER_CONNECT_SEC 20L
#define TRANSFER_SEC 60L
#define TRANSFER_REPLY 200

DEFINE_CLEANUP(CURL *, curl_easy_cleanup)
DEFINE_CLEANUP(struct curl_slist *, curl_slist_free_all)

struct transfer {
	CURL *curl;
	char name[TARGET_NAME];
	char words[CURL_ERROR_SIZE];
	char reply[TRANSFER_REPLY]; /* the last line that the server said (SMTP), or its status line */
	const char *broken;	    /* an option that could not be set */
};

/* `protocols` as CURLOPT_PROTOCOLS_STR. False: said in the answer. */
bool transfer_begin(struct transfer *transfer, const char *url, const char *protocols, struct errand_answer *answer);
void transfer_end(struct transfer *transfer);
/* Says why it failed. */
void transfer_failed(struct transfer *transfer, CURLcode code, bool retry, struct errand_answer *answer);
/* An option that cannot be set must not be done without: the first is remembered, and transfer_run() refuses. */
#define transfer_set(transfer, option, value)                                                                  \
	do {                                                                                                   \
		if (curl_easy_setopt((transfer)->curl, option, value) != CURLE_OK && !(transfer)->broken)      \
			(transfer)->broken = #option;                                                          \
	} while (0)
CURLcode transfer_run(struct transfer *transfer);
