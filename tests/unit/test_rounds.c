/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves watch/rounds: each round of probes is told once, with those targets that answered in time, whether
 * rounds are longer or shorter than the time for an answer; late and foreign answers are not in it.
 */
#include "../../watch/rounds.h"
#include "../../lib/cleanup.h"
#include <check.h>
#include <string.h>

#define SEC INT64_C(1000000)
#define KEEP (15 * SEC)

static struct rounds rounds;

static void set_up(void)
{
	rounds_reset(&rounds);
}

static struct echo begin(int64_t now, uint16_t sent)
{
	struct round *round = rounds_begin(&rounds, now, sent);

	round->echo.id = (uint16_t)(1000 + rounds.newest);
	memset(round->echo.payload, (int)rounds.newest, ECHO_PAYLOAD);
	return round->echo;
}

/* ICMPv6: without an IP header before it. */
static int64_t answer(const struct echo *echo, int64_t now, uint16_t from)
{
	uint8_t bytes[ECHO_LENGTH];

	echo_build(echo, true, bytes);
	bytes[0] = 129;
	return rounds_answer(&rounds, now, KEEP, from, true, bytes, sizeof(bytes));
}

static void told(int64_t now, int64_t period, uint16_t sent, uint16_t answered, uint32_t rtt)
{
	struct rounds_verdict verdict = rounds_judge(&rounds, now, period);

	ck_assert_uint_eq(verdict.sent, sent);
	ck_assert_uint_eq(verdict.answered, answered);
	ck_assert_uint_eq(verdict.rtt_usec, rtt);
}

START_TEST(a_long_round_is_told_at_its_end)
{
	struct echo echo = begin(100 * SEC, 7);

	ck_assert_int_eq(answer(&echo, 100 * SEC + 20000, 1), 20000);
	ck_assert_int_eq(answer(&echo, 100 * SEC + 9000, 4), 9000);
	told(105 * SEC, 5 * SEC, 7, 5, 9000);
	told(105 * SEC, 5 * SEC, 0, 0, 0); /* once */
}
END_TEST

START_TEST(a_round_without_answers_is_told_too)
{
	begin(100 * SEC, 3);
	told(105 * SEC, 5 * SEC, 3, 0, 0);
}
END_TEST

START_TEST(an_answer_behind_the_end_of_a_long_round_is_late)
{
	struct echo first = begin(100 * SEC, 3), second;

	told(105 * SEC, 5 * SEC, 3, 0, 0);
	second = begin(105 * SEC, 3);
	ck_assert_int_eq(answer(&first, 106 * SEC, 3), 6 * SEC);
	ck_assert_int_eq(answer(&second, 106 * SEC, 2), 1 * SEC);
	told(110 * SEC, 5 * SEC, 3, 2, 1 * SEC); /* of the second alone */
}
END_TEST

START_TEST(short_rounds_are_told_two_seconds_late)
{
	const int64_t period = SEC / 5;
	struct echo echoes[32];
	uint32_t rtt;

	for (int i = 0; i < 30; i++) { /* each is answered 1.5 s later, the odd ones by one target alone */
		const int64_t now = 100 * SEC + i * period;

		if (i >= 8)
			answer(&echoes[i - 8], now - SEC / 10, (i - 8) % 2 ? 1 : 3);
		rtt = i >= 8 ? 3 * SEC / 2 : 0;
		if (i > 0)
			told(now, period, i >= 10 ? 3 : 0, i >= 10 ? ((i - 10) % 2 ? 1 : 3) : 0, rtt);
		echoes[i] = begin(now, 3);
	}
}
END_TEST

START_TEST(every_round_is_told_once_whatever_its_length)
{
	for (int64_t period = SEC / 5; period <= 5 * SEC; period += SEC / 10) {
		unsigned count = 0, begun = 0;

		set_up();
		for (int64_t now = 50 * SEC; now < 250 * SEC; now += period + 137) { /* timers are late */
			if (begun)
				count += rounds_judge(&rounds, now, period).sent != 0;
			begin(now, 1);
			begun++;
		}
		ck_assert_uint_le(begun - count, (unsigned)(ROUNDS_ANSWER_USEC / period) + 1);
		ck_assert_uint_lt(count, begun);
	}
}
END_TEST

START_TEST(of_rounds_that_are_due_together_the_newest_is_told)
{
	struct echo last = {};

	for (int i = 0; i < 20; i++)
		last = begin(100 * SEC + i * SEC / 5, 1);
	answer(&last, 104 * SEC, 1);
	told(120 * SEC, SEC / 5, 1, 1, (uint32_t)(SEC / 5));
	told(120 * SEC, SEC / 5, 0, 0, 0);
}
END_TEST

START_TEST(strangers_and_those_not_asked_do_not_count)
{
	struct echo echo = begin(100 * SEC, 1), other = echo;

	ck_assert_int_gt(answer(&echo, 100 * SEC + 5, 2), 0); /* the target of bit 1 was not asked */
	other.payload[0]++;
	ck_assert_int_eq(answer(&other, 100 * SEC + 5, 1), 0);
	ck_assert_int_eq(answer(&echo, 100 * SEC + KEEP + 1, 1), 0);
	ck_assert_int_eq(answer(&echo, 100 * SEC, 0), 1); /* at once is no zero */
	told(105 * SEC, 5 * SEC, 1, 0, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rounds");
	TCase *tests = tcase_create("rounds");

	tcase_add_checked_fixture(tests, set_up, NULL);
	tcase_add_test(tests, a_long_round_is_told_at_its_end);
	tcase_add_test(tests, a_round_without_answers_is_told_too);
	tcase_add_test(tests, an_answer_behind_the_end_of_a_long_round_is_late);
	tcase_add_test(tests, short_rounds_are_told_two_seconds_late);
	tcase_add_test(tests, every_round_is_told_once_whatever_its_length);
	tcase_add_test(tests, of_rounds_that_are_due_together_the_newest_is_told);
	tcase_add_test(tests, strangers_and_those_not_asked_do_not_count);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
