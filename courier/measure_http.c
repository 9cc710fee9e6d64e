/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: where nobody runs iperf3, a large file does. Bytes are counted for as long as was asked, the first
 * second left out (a connection that begins is slow whatever the line), and thrown away.
 */
#include <curl/curl.h>
#include <string.h>
#include "../lib/clock.h"
#include "../lib/units.h"
#include "transfer.h"

#define WARM_UP_USEC USEC_PER_SEC
#define LEAST_USEC USEC_PER_SEC /* of what is counted */
#define REDIRECTS 3L

struct count {
	int64_t began_usec, counted_from_usec, last_usec, end_usec;
	uint64_t bytes;
};

static size_t on_bytes(char *bytes _unused_, size_t size, size_t n, void *userdata)
{
	struct count *count = userdata;

	count->last_usec = clock_now().mono_usec;
	if (!count->began_usec)
		count->began_usec = count->last_usec;
	if (count->last_usec - count->began_usec < WARM_UP_USEC)
		return size * n;
	if (!count->counted_from_usec)
		count->counted_from_usec = count->last_usec;
	else
		count->bytes += size * n;
	return size * n;
}

/* Ends the transfer when the time is over. */
static int on_progress(void *userdata, curl_off_t all _unused_, curl_off_t now _unused_,
		       curl_off_t up _unused_, curl_off_t up_now _unused_)
{
	const struct count *count = userdata;

	return count->began_usec && clock_now().mono_usec - count->began_usec >= count->end_usec;
}

static void judge(struct transfer *transfer, CURLcode code, const struct count *count,
		  struct errand_answer *answer)
{
	const int64_t usec = count->last_usec - count->counted_from_usec;
	long status = 0;

	curl_easy_getinfo(transfer->curl, CURLINFO_RESPONSE_CODE, &status);
	if (code != CURLE_OK && code != CURLE_ABORTED_BY_CALLBACK) {
		transfer->reply[0] = '\0';
		transfer_failed(transfer, code, true, answer);
	} else if (status != 200) {
		errand_fail(answer, true, transfer->name, "answers %ld", status);
	} else if (!count->counted_from_usec || usec < LEAST_USEC) {
		errand_fail(answer, false, transfer->name,
			    "the file is too small for this line: it was over after %d ms",
			    (int)((count->last_usec - count->began_usec) / USEC_PER_MSEC));
	} else {
		answer->down_bps = (uint64_t)((double)count->bytes * 8e6 / (double)usec);
	}
}

void measure_http(const char *server, unsigned seconds, struct errand_answer *answer)
{
	struct count count = {.end_usec = (int64_t)seconds * USEC_PER_SEC + WARM_UP_USEC};
	struct transfer transfer;

	if (!transfer_begin(&transfer, server, "http,https", answer))
		return;
	transfer_set(&transfer, CURLOPT_FOLLOWLOCATION, 1L);
	transfer_set(&transfer, CURLOPT_MAXREDIRS, REDIRECTS);
	transfer_set(&transfer, CURLOPT_TIMEOUT, (long)seconds + 30);
	transfer_set(&transfer, CURLOPT_BUFFERSIZE, 256L << 10);
	transfer_set(&transfer, CURLOPT_USERAGENT, "gerbang/" GERBANG_VERSION);
	transfer_set(&transfer, CURLOPT_WRITEFUNCTION, on_bytes);
	transfer_set(&transfer, CURLOPT_WRITEDATA, &count);
	transfer_set(&transfer, CURLOPT_XFERINFOFUNCTION, on_progress);
	transfer_set(&transfer, CURLOPT_XFERINFODATA, &count);
	transfer_set(&transfer, CURLOPT_NOPROGRESS, 0L);
	judge(&transfer, transfer_run(&transfer), &count, answer);
	transfer_end(&transfer);
}
