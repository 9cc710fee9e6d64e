/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves watch/pairs and watch/histogram: what is a round trip and what only looks like one; that a flood of
 * strangers neither grows the tables nor hides those who were there; that times come out as they went in.
 */
#include <check.h>
#include <stdlib.h>
#include "../../watch/histogram.h"
#include "../../watch/pairs.h"

#define MSEC INT64_C(1000)
#define SEC INT64_C(1000000)
#define HERE 5u

static struct pairs *pairs;
static int64_t now;

static void setup(void)
{
	pairs = pairs_new();
	now = 1000 * SEC;
}

static void teardown(void)
{
	pairs = pairs_free(pairs);
}

static struct segment made(bool to_host, uint8_t flags)
{
	const struct addr host = {.family = AF_INET, .octets = {10, 10, 1, 10}};
	const struct addr server = {.family = AF_INET, .octets = {192, 0, 2, 1}};

	return (struct segment){.from = to_host ? server : host,
				.to = to_host ? host : server,
				.source_port = to_host ? 443 : 40000,
				.destination_port = to_host ? 40000 : 443,
				.flags = flags};
}

static struct segment stamped(bool to_host, uint32_t stamp, uint32_t echo, uint32_t data)
{
	struct segment segment = made(to_host, SEGMENT_ACK);

	segment.stamped = true;
	segment.stamp = stamp;
	segment.echo = echo;
	segment.data = data;
	return segment;
}

/* -1: no sample. */
static int64_t take(struct segment segment, int64_t after)
{
	int64_t rtt;

	now += after;
	return pairs_take(pairs, HERE, &segment, now, &rtt) ? rtt : -1;
}

START_TEST(a_stamp_and_its_first_echo)
{
	ck_assert_int_eq(take(stamped(false, 100, 1, 500), 0), -1);
	ck_assert_int_eq(take(stamped(false, 100, 1, 500), 2 * MSEC), -1); /* the same tick */
	ck_assert_int_eq(take(stamped(true, 900, 100, 0), 38 * MSEC), 40 * MSEC);
	ck_assert_int_eq(take(stamped(true, 901, 100, 0), 200 * MSEC), -1); /* only the first */
	ck_assert_int_eq(take(stamped(false, 100, 1, 500), MSEC), -1);
	ck_assert_int_eq(take(stamped(true, 902, 100, 0), 200 * MSEC), -1);
}
END_TEST

START_TEST(another_point_or_connection_is_none)
{
	struct segment answer = stamped(true, 900, 100, 0), other = answer;
	int64_t rtt;

	take(stamped(false, 100, 1, 500), 0);
	ck_assert(!pairs_take(pairs, HERE + 1, &answer, now + MSEC, &rtt));
	other.destination_port++;
	ck_assert(!pairs_take(pairs, HERE, &other, now + MSEC, &rtt));
	other = stamped(false, 900, 100, 0); /* of the same direction */
	ck_assert(!pairs_take(pairs, HERE, &other, now + MSEC, &rtt));
	ck_assert(pairs_take(pairs, HERE, &answer, now + MSEC, &rtt));
}
END_TEST

START_TEST(a_silent_application_is_no_slow_line)
{
	/* The host acknowledges; the server has nothing more to say for 5 s. */
	take(stamped(true, 900, 99, 1400), 0);
	take(stamped(false, 100, 900, 0), MSEC);
	ck_assert_int_eq(take(stamped(true, 5900, 100, 1400), 5 * SEC), -1);
	/* Data keep coming: what follows the acknowledgement waited for it. */
	take(stamped(false, 200, 5900, 0), MSEC);
	for (unsigned i = 0; i < 9; i++)
		ck_assert_int_eq(take(stamped(true, 6000 + i, 100, 1400), 4 * MSEC), -1);
	ck_assert_int_eq(take(stamped(true, 6010, 200, 1400), 4 * MSEC), 40 * MSEC);
}
END_TEST

START_TEST(a_handshake)
{
	struct segment syn = made(false, SEGMENT_SYN), answer = made(true, SEGMENT_SYN | SEGMENT_ACK);
	struct segment last = made(false, SEGMENT_ACK);

	syn.sequence = 0xffffffff;
	answer.acknowledged = 0;
	answer.sequence = 77;
	last.acknowledged = 78;
	ck_assert_int_eq(take(syn, 0), -1);
	ck_assert_int_eq(take(answer, 30 * MSEC), 30 * MSEC);
	ck_assert_int_eq(take(last, 5 * MSEC), 5 * MSEC);
	ck_assert_int_eq(take(last, 5 * MSEC), -1);
}
END_TEST

START_TEST(a_repeated_syn_says_nothing)
{
	struct segment syn = made(false, SEGMENT_SYN), answer = made(true, SEGMENT_SYN | SEGMENT_ACK);

	syn.sequence = 1;
	answer.acknowledged = 2;
	take(syn, 0);
	take(syn, SEC);
	ck_assert_int_eq(take(answer, 30 * MSEC), -1);
}
END_TEST

START_TEST(the_first_word_is_no_handshake)
{
	struct segment answer = made(true, SEGMENT_SYN | SEGMENT_ACK), word = made(false, SEGMENT_ACK);

	answer.sequence = 77;
	word.acknowledged = 78;
	word.data = 300; /* a browser that connects ahead and asks later */
	take(answer, 0);
	ck_assert_int_eq(take(word, 3 * SEC), -1);
}
END_TEST

START_TEST(bounds)
{
	take(stamped(false, 100, 1, 500), 0);
	ck_assert_int_eq(take(stamped(true, 900, 100, 0), 0), -1); /* no time at all */
	take(stamped(false, 101, 1, 500), SEC);
	ck_assert_int_eq(take(stamped(true, 900, 101, 0), 31 * SEC), -1);
	take(stamped(false, 102, 1, 500), 0);
	ck_assert_int_eq(take(stamped(true, 900, 102, 0), -SEC), -1); /* a clock that was set back */
	take(stamped(false, 103, 1, 500), 10 * SEC);
	pairs_clear(pairs);
	ck_assert_int_eq(take(stamped(true, 900, 103, 0), MSEC), -1);
	take(stamped(false, 104, 1, 500), 0);
	struct segment reset = stamped(true, 900, 104, 0);
	reset.flags |= SEGMENT_RST;
	ck_assert_int_eq(take(reset, MSEC), -1);
}
END_TEST

START_TEST(a_connection_speaks_ten_times_a_second)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < 1000; i++) {
		take(stamped(false, i, 1, 500), MSEC / 2);
		n += take(stamped(true, 900, i, 0), MSEC / 2) > 0;
	}
	ck_assert_uint_ge(n, 9);
	ck_assert_uint_le(n, 11);
}
END_TEST

START_TEST(a_flood_hides_nobody_for_long)
{
	unsigned n = 0;

	for (uint32_t round = 0; round < 50; round++) {
		take(stamped(false, round, 1, 500), 200 * MSEC);
		for (uint32_t i = 0; i < 200; i++) { /* 2,000 a second, in 100 ms */
			struct segment strange = stamped(false, i, 1, 500);

			strange.from.octets[3] = (uint8_t)i;
			strange.source_port = (uint16_t)(round * 200 + i);
			take(strange, 500);
		}
		n += take(stamped(true, 900, round, 0), 0) == 100 * MSEC;
	}
	ck_assert_uint_ge(n, 48);
}
END_TEST

START_TEST(times_come_out_as_they_went_in)
{
	for (int64_t usec = 1; usec <= HISTOGRAM_MAX_USEC; usec += 1 + usec / 50) {
		struct histogram histogram = {0};
		int64_t out;

		histogram_add(&histogram, usec);
		out = histogram_percentile(&histogram, 50);
		ck_assert_msg(llabs(out - usec) <= usec / 25 + 1, "%jd became %jd", (intmax_t)usec,
			      (intmax_t)out);
	}
}
END_TEST

START_TEST(percentiles)
{
	struct histogram histogram = {0};

	ck_assert_int_eq(histogram_percentile(&histogram, 50), 0);
	for (int i = 1; i <= 100; i++)
		histogram_add(&histogram, i * MSEC);
	histogram_add(&histogram, 0);
	histogram_add(&histogram, HISTOGRAM_MAX_USEC + 1);
	histogram_add(&histogram, -1);
	ck_assert_uint_eq(histogram.n, 100);
	ck_assert_int_le(llabs(histogram_percentile(&histogram, 50) - 50 * MSEC), 2 * MSEC);
	ck_assert_int_le(llabs(histogram_percentile(&histogram, 95) - 95 * MSEC), 4 * MSEC);
	for (int i = 0; i < 100000; i++)
		histogram_add(&histogram, MSEC);
	ck_assert_uint_le(histogram.n, 65635);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pairs");
	TCase *tcase = tcase_create("pairs");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_stamp_and_its_first_echo);
	tcase_add_test(tcase, another_point_or_connection_is_none);
	tcase_add_test(tcase, a_silent_application_is_no_slow_line);
	tcase_add_test(tcase, a_handshake);
	tcase_add_test(tcase, a_repeated_syn_says_nothing);
	tcase_add_test(tcase, the_first_word_is_no_handshake);
	tcase_add_test(tcase, bounds);
	tcase_add_test(tcase, a_connection_speaks_ten_times_a_second);
	tcase_add_test(tcase, a_flood_hides_nobody_for_long);
	tcase_add_test(tcase, times_come_out_as_they_went_in);
	tcase_add_test(tcase, percentiles);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
