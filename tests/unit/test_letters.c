// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Proves that any bytes come out as letters that a page may hold: nothing that is no UTF-8, nothing that
 * controls or turns the text around it, and that a text is never read past its end.
 */
#include "../../report/letters.h"
#include "../../lib/cleanup.h"
#include <check.h>
#include <string.h>

static void ck_clean(const char *text, size_t most, const char *expected)
{
	/* Exactly as long as the text, so that a sanitizer sees a byte too many. */
	_cleanup_(freep) char *exact = strdup(text), *clean = letters_clean(exact, most);

	ck_assert_str_eq(clean, expected);
}

START_TEST(letters_of_every_length_stay)
{
	ck_clean("Dinas Été مكتب 関 \U0001F600", 100, "Dinas Été مكتب 関 \U0001F600");
	ck_assert_uint_eq(letters_count("Été\xF0\x9F\x98\x80"), 4);
}
END_TEST

START_TEST(what_is_no_utf8_becomes_one_mark_a_byte)
{
	ck_clean("a\xFF"
		 "b\x80"
		 "c",
		 100, "a\uFFFDb\uFFFDc");
	ck_clean("\xC0\xAF", 100, "\uFFFD\uFFFD");		       /* "/" in two bytes */
	ck_clean("\xE0\x80\xAF", 100, "\uFFFD\uFFFD\uFFFD");	       /* and in three */
	ck_clean("\xED\xA0\x80", 100, "\uFFFD\uFFFD\uFFFD");	       /* half of a pair */
	ck_clean("\xF4\x90\x80\x80", 100, "\uFFFD\uFFFD\uFFFD\uFFFD"); /* beyond U+10FFFF */
}
END_TEST

START_TEST(an_end_in_the_middle_of_a_letter_is_an_end)
{
	ck_clean("a\xE2\x82", 100, "a\uFFFD\uFFFD");
	ck_clean("\xF0", 100, "\uFFFD");
	ck_clean("", 100, "");
}
END_TEST

START_TEST(what_controls_or_turns_is_left_out)
{
	ck_clean("a\x01\x1F\x7F\xC2\x85"
		 "b",
		 100, "ab");
	ck_clean("\u202Eabc\u202C\u2066d\u2069", 100, "abcd");
	ck_clean("a\tb\nc\r", 100, "a b\nc");
	ck_clean("a\xEF\xBF\xBE\xEF\xBF\xBF"
		 "b",
		 100, "ab");
	ck_assert_uint_eq(letters_count("\u202E\x01"), 0);
}
END_TEST

START_TEST(what_is_too_long_says_so)
{
	ck_clean("abcdef", 6, "abcdef");
	ck_clean("abcdefg", 6, "abcde…");
	ck_clean("ÉÉÉ", 2, "É…");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("letters");
	TCase *tcase = tcase_create("letters");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, letters_of_every_length_stay);
	tcase_add_test(tcase, what_is_no_utf8_becomes_one_mark_a_byte);
	tcase_add_test(tcase, an_end_in_the_middle_of_a_letter_is_an_end);
	tcase_add_test(tcase, what_controls_or_turns_is_left_out);
	tcase_add_test(tcase, what_is_too_long_says_so);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
