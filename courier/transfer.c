/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a server on the other side may be slow, endless or hostile. It costs a bounded time, and nothing that
 * it says is believed or kept but a line for the log.
 */
#include "transfer.h"
#include <stdio.h>
#include <string.h>

/* An SMTP reply, or the head of an HTTP response: the last line that says something. */
static size_t on_header(char *bytes, size_t size, size_t n, void *userdata)
{
	struct transfer *transfer = userdata;
	size_t length = size * n;

	while (length && (unsigned char)bytes[length - 1] <= ' ')
		length--;
	if (length)
		snprintf(transfer->reply, sizeof(transfer->reply), "%.*s",
			 (int)MIN(length, TRANSFER_REPLY - 1), bytes);
	return size * n;
}

static size_t on_body(char *bytes _unused_, size_t size, size_t n, void *userdata _unused_)
{
	return size * n;
}

/* No proxy, no .netrc, no other protocol than was meant, no signal. */
static void set_limits(struct transfer *transfer, const char *protocols)
{
	transfer_set(transfer, CURLOPT_PROTOCOLS_STR, protocols);
	transfer_set(transfer, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	transfer_set(transfer, CURLOPT_FOLLOWLOCATION, 0L);
	transfer_set(transfer, CURLOPT_NOPROXY, "*");
	transfer_set(transfer, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	transfer_set(transfer, CURLOPT_NOSIGNAL, 1L);
	transfer_set(transfer, CURLOPT_CONNECTTIMEOUT, TRANSFER_CONNECT_SEC);
	transfer_set(transfer, CURLOPT_TIMEOUT, TRANSFER_SEC);
	transfer_set(transfer, CURLOPT_SSL_VERIFYPEER, 1L);
	transfer_set(transfer, CURLOPT_SSL_VERIFYHOST, 2L);
	transfer_set(transfer, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
}

bool transfer_begin(struct transfer *transfer, const char *url, const char *protocols,
		    struct errand_answer *answer)
{
	*transfer = (struct transfer){.curl = curl_easy_init()};
	target_name(url, transfer->name);
	if (!transfer->curl) {
		errand_fail(answer, true, transfer->name, "no memory");
		return false;
	}
	transfer_set(transfer, CURLOPT_ERRORBUFFER, transfer->words);
	transfer_set(transfer, CURLOPT_HEADERFUNCTION, on_header);
	transfer_set(transfer, CURLOPT_HEADERDATA, transfer);
	transfer_set(transfer, CURLOPT_WRITEFUNCTION, on_body);
	set_limits(transfer, protocols);
	transfer_set(transfer, CURLOPT_URL, url);
	return true;
}

void transfer_end(struct transfer *transfer)
{
	if (transfer->curl)
		curl_easy_cleanup(transfer->curl);
	transfer->curl = NULL;
}

CURLcode transfer_run(struct transfer *transfer)
{
	if (transfer->broken) {
		snprintf(transfer->words, sizeof(transfer->words), "libcurl refuses %s", transfer->broken);
		return CURLE_BAD_FUNCTION_ARGUMENT;
	}
	return curl_easy_perform(transfer->curl);
}

void transfer_failed(struct transfer *transfer, CURLcode code, bool retry, struct errand_answer *answer)
{
	const char *words = transfer->words[0] ? transfer->words : curl_easy_strerror(code);

	if (transfer->reply[0])
		errand_fail(answer, retry, transfer->name, "%s (it said: %.120s)", words, transfer->reply);
	else
		errand_fail(answer, retry, transfer->name, "%s", words);
}
