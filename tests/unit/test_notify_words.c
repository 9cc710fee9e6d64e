/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves daemon/notify_words.c and daemon/outbox.h: each sentence takes the same values in both languages
 * (else a notice would print what it was not given), none is there twice, and tries come when they are said
 * to.
 */
#include "../../daemon/notify_words.h"
#include "../../daemon/outbox.h"
#include "../../lib/cleanup.h"
#include <check.h>
#include <string.h>

/* "%s%u%%": the conversions of a format, in order. */
static void conversions(const char *format, char *out, size_t size)
{
	size_t n = 0;

	for (const char *c = strchr(format, '%'); c; c = strchr(c, '%')) {
		const size_t length = strspn(c + 1, "0123456789.-+ #lhjzt") + 2;

		ck_assert_msg(strchr("%sdiuxXcf", c[length - 1]), "%s", format);
		ck_assert_uint_lt(n + length, size);
		memcpy(out + n, c, length);
		n += length;
		c += length;
	}
	out[n] = '\0';
}

START_TEST(both_languages_take_the_same_values)
{
	char indonesian[64], english[64];
	size_t i = 0;

	for (const char *const *row; (row = notify_sentence_at(i)); i++) {
		conversions(row[LANGUAGE_ID], indonesian, sizeof(indonesian));
		conversions(row[LANGUAGE_EN], english, sizeof(english));
		ck_assert_msg(!strcmp(indonesian, english), "%s: %s, %s", row[LANGUAGE_EN], english,
			      indonesian);
		ck_assert_str_ne(row[LANGUAGE_ID], row[LANGUAGE_EN]);
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(row[LANGUAGE_EN], notify_sentence_at(j)[LANGUAGE_EN]);
	}
	ck_assert_uint_gt(i, 5);
}
END_TEST

START_TEST(what_is_not_known_is_said_in_english)
{
	ck_assert_str_eq(notify_sentence(LANGUAGE_ID, "something %s new"), "something %s new");
	ck_assert_str_eq(notify_subject(LANGUAGE_ID, "something.new"), "something.new");
	ck_assert_str_eq(notify_subject(LANGUAGE_ID, "outage.begin"), "Gangguan uplink");
	ck_assert_str_eq(notify_subject(LANGUAGE_EN, "outage.begin"), "Uplink outage");
	for (enum notify_label label = 0; label < NOTIFY_LABELS; label++)
		ck_assert(*notify_label(LANGUAGE_ID, label) && *notify_label(LANGUAGE_EN, label));
}
END_TEST

START_TEST(tries_are_after_1_5_15_60_minutes_and_then_hourly)
{
	static const int64_t minutes[] = {0, 1, 5, 15, 60, 60, 60};

	for (unsigned tries = 0; tries < ELEMENTS(minutes); tries++)
		ck_assert_int_eq(outbox_delay(tries), minutes[tries] * USEC_PER_MINUTE);
	ck_assert_int_eq(outbox_delay(1000000), USEC_PER_HOUR);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("notify_words");
	Suite *suite = suite_create("notify_words");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, both_languages_take_the_same_values);
	tcase_add_test(tcase, what_is_not_known_is_said_in_english);
	tcase_add_test(tcase, tries_are_after_1_5_15_60_minutes_and_then_hourly);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
