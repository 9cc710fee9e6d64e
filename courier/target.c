/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: one place that takes URLs apart, and it is libcurl's own parser that does it: what is said and what is
 * connected to are the same.
 */
#include "target.h"
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/cleanup.h"

#define IPERF_PORT 5201

static void curl_freep(char **text)
{
	curl_free(*text);
}

DEFINE_CLEANUP(CURLU *, curl_url_cleanup)

static CURLU *parse(const char *url)
{
	CURLU *parsed = curl_url();

	if (parsed && curl_url_set(parsed, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
		curl_url_cleanup(parsed);
		return NULL;
	}
	return parsed;
}

const char *target_name(const char *url, char out[static TARGET_NAME])
{
	_cleanup_(curl_url_cleanupp) CURLU *parsed = parse(url);
	_cleanup_(curl_freep) char *scheme = NULL;
	_cleanup_(curl_freep) char *host = NULL;
	_cleanup_(curl_freep) char *port = NULL;

	if (!parsed || curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0) ||
	    curl_url_get(parsed, CURLUPART_HOST, &host, 0)) {
		snprintf(out, TARGET_NAME, "an address that cannot be read");
		return out;
	}
	curl_url_get(parsed, CURLUPART_PORT, &port, 0);
	snprintf(out, TARGET_NAME, "%.8s://%.100s%s%.6s", scheme, host, port ? ":" : "", port ? port : "");
	return out;
}

/* "[::1]" -> "::1" */
static void copy_host(char *out, const char *host)
{
	const size_t length = strlen(host);
	const int bare = host[0] == '[' && length > 2;

	snprintf(out, TARGET_HOST, "%.*s", (int)(bare ? length - 2 : length), bare ? host + 1 : host);
}

int target_host(const char *url, char host[static TARGET_HOST], unsigned *port)
{
	_cleanup_(curl_url_cleanupp) CURLU *parsed = parse(url);
	_cleanup_(curl_freep) char *name = NULL;
	_cleanup_(curl_freep) char *number = NULL;
	long value = IPERF_PORT;

	if (!parsed || curl_url_get(parsed, CURLUPART_HOST, &name, 0) || strlen(name) >= TARGET_HOST)
		return -EINVAL;
	if (curl_url_get(parsed, CURLUPART_PORT, &number, 0) == CURLUE_OK)
		value = strtol(number, NULL, 10);
	if (value < 1 || value > 65535)
		return -EINVAL;
	copy_host(host, name);
	*port = (unsigned)value;
	return 0;
}
