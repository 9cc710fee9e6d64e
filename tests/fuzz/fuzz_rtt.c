/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as packets that pass the gateway: a stretch of heads, each behind a byte of its length and one of
 * its time, through what reads and pairs them. Whatever comes out is within bounds; who talks is counted of
 * any bytes, too.
 *
 *   clang-14 -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_rtt.c
 * watch/segment.c watch/pairs.c watch/talkers.c lib/addr.c -lsodium -o fuzz_rtt
 *   ./fuzz_rtt -max_total_time=60 -max_len=2000 tests/fuzz/corpus/rtt
 *
 * The corpus is made by rtt.py: exchanges as honest hosts have them.
 */
#include "../../watch/histogram.h"
#include "../../watch/pairs.h"
#include "../../watch/segment.h"
#include "../../watch/talkers.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void take(struct pairs *pairs, struct talkers *talkers, const uint8_t *bytes, size_t length,
		 int64_t now_usec)
{
	struct histogram histogram = {0};
	struct segment segment;
	struct addr from, to;
	int64_t rtt_usec;

	if (segment_ends(bytes, length, &from, &to) == 0) {
		check((from.family == AF_INET || from.family == AF_INET6) && to.family == from.family);
		talkers_seen(talkers, 0, &from, 0, 1);
	}
	if (segment_read(bytes, length, &segment) < 0)
		return;
	check(segment.data <= 65535 && segment.from.family == from.family);
	if (!pairs_take(pairs, 1, &segment, now_usec, &rtt_usec))
		return;
	check(rtt_usec > 0 && rtt_usec <= PAIRS_MAX_USEC);
	histogram_add(&histogram, rtt_usec);
	check(histogram.n == 1 && histogram_percentile(&histogram, 95) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static struct pairs *pairs;
	static struct talkers *talkers;
	int64_t now_usec = 1;
	struct talker top[4];

	pairs = pairs ? pairs : pairs_new();
	talkers = talkers ? talkers : talkers_new();
	if (!pairs || !talkers)
		return 0;
	pairs_clear(pairs);
	talkers_clear(talkers);
	while (length >= 2) {
		const size_t n = bytes[0] < length - 2 ? bytes[0] : length - 2;
		uint8_t *exact = malloc(n + 1);

		check(exact);
		memcpy(exact, bytes + 2, n);
		now_usec += (int64_t)bytes[1] * bytes[1] * 1000;
		take(pairs, talkers, exact, n, now_usec);
		free(exact);
		bytes += 2 + n;
		length -= 2 + n;
	}
	check(talkers_top(talkers, -1, top, 4) <= 4);
	return 0;
}
