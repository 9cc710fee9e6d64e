/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: iperf3's own library, so that any iperf3 server will do: first down, then up, TCP, a few connections
 * each way. It may end this process: the desk then says so.
 */
#include <stdint.h>
#include <iperf_api.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>
#include "../lib/cleanup.h"
#include "../lib/units.h"
#include "errand.h"
#include "target.h"

#define STREAMS 4
#define WARM_UP_SEC 1
#define CONNECT_MSEC 10000

DEFINE_CLEANUP(struct iperf_test *, iperf_free_test)

static void set_up(struct iperf_test *test, const char *host, unsigned port, unsigned seconds, bool down)
{
	iperf_set_test_role(test, 'c');
	iperf_set_test_server_hostname(test, host);
	iperf_set_test_server_port(test, (int)port);
	iperf_set_test_connect_timeout(test, CONNECT_MSEC);
	iperf_set_test_duration(test, (int)seconds);
	iperf_set_test_omit(test, WARM_UP_SEC);
	iperf_set_test_num_streams(test, STREAMS);
	iperf_set_test_reverse(test, down);
	iperf_set_test_json_output(test, 1);
	iperf_set_test_reporter_interval(test, 0);
}

/* With JSON some failures are told there alone. */
static json_t *outcome(struct iperf_test *test)
{
	const char *text = iperf_get_test_json_output_string(test);

	return text ? json_loads(text, 0, NULL) : NULL;
}

/* What was received: what was sent may still lie in a queue. */
static uint64_t received(const json_t *document)
{
	const json_t *sum = json_object_get(json_object_get(document, "end"), "sum_received");
	const double bps = json_number_value(json_object_get(sum, "bits_per_second"));

	return bps > 0 && bps < 1e13 ? (uint64_t)bps : 0;
}

/* 0: said in the answer. */
static uint64_t judge(struct iperf_test *test, const char *name, bool failed, struct errand_answer *answer)
{
	json_t *document = outcome(test);
	const char *error = json_string_value(json_object_get(document, "error"));
	const uint64_t bps = failed || error ? 0 : received(document);

	if (!bps)
		errand_fail(answer, true, name, "%s",
			    error    ? error
			    : failed ? iperf_strerror(i_errno)
				     : "nothing arrived");
	json_decref(document);
	return bps;
}

/* 0: said in the answer. */
static uint64_t measure(const char *name, const char *host, unsigned port, unsigned seconds, bool down,
			struct errand_answer *answer)
{
	_cleanup_(iperf_free_testp) struct iperf_test *test = iperf_new_test();

	if (!test || iperf_defaults(test) < 0) {
		errand_fail(answer, true, name, "no memory");
		return 0;
	}
	set_up(test, host, port, seconds, down);
	return judge(test, name, iperf_run_client(test) < 0, answer);
}

void measure_iperf(const char *server, unsigned seconds, struct errand_answer *answer)
{
	char host[TARGET_HOST], name[TARGET_NAME];
	unsigned port;

	target_name(server, name);
	if (target_host(server, host, &port) < 0) {
		errand_fail(answer, false, name, "must be iperf3://HOST or iperf3://HOST:PORT");
		return;
	}
	answer->down_bps = measure(name, host, port, seconds, true, answer);
	if (!answer->down_bps)
		return;
	sleep(1); /* the server gets ready for the next one */
	answer->up_bps = measure(name, host, port, seconds, false, answer);
	if (!answer->up_bps)
		answer->down_bps = 0;
}
