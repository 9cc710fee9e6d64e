/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves lib/code: what is made can be read, however it is typed; what cannot be a code is refused; no symbol
 * is likelier than another and no two codes are alike.
 */
#include "../../lib/code.h"
#include "../../lib/cleanup.h"
#include <check.h>
#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static const struct {
	const char *typed, *code;
} good[] = {
    {"ABCDE-FGHJK", "ABCDE-FGHJK"},
    {"abcde-fghjk", "ABCDE-FGHJK"},
    {"abcdefghjk", "ABCDE-FGHJK"},
    {" ABCDE FGHJK ", "ABCDE-FGHJK"},
    {"a-b-c-d-e f g h j k", "ABCDE-FGHJK"},
    {"-----ABCDEFGHJK", "ABCDE-FGHJK"},
    {"OoIiLl0011", "00111-10011"},
    {"01234-56789", "01234-56789"},
    {"VWXYZ-mnpqr", "VWXYZ-MNPQR"},
    {"ABCDE\tFGHJK\r\n", "ABCDE-FGHJK"},
    {"ABCDE\xe2\x80\x93"
     "FGHJK",
     "ABCDE-FGHJK"}, /* en dash, as telephones write it */
    {"ABCDE\xc2\xa0"
     "FGHJK",
     "ABCDE-FGHJK"}, /* no-break space */
};

START_TEST(typed_in_any_way)
{
	char code[CODE_TEXT];

	ck_assert_msg(code_read(good[_i].typed, code), "%s", good[_i].typed);
	ck_assert_str_eq(code, good[_i].code);
}
END_TEST

static const char *const bad[] = {
    "",
    " ",
    "-",
    "ABCDE-FGHJ",
    "ABCDE-FGHJKM",
    "ABCDE-FGHJU", /* U is no symbol */
    "ABCDE-FGHJ!",
    "ABCDE_FGHJK",
    "ABCDE.FGHJK",
    "ABCDE-FGHJ\xc3\x84",
    "ABCDE-FGHJ\xff",
    "ABCDE\xe2\x80",
    "\xe2\x80\x93",
    "ABCDEFGHJ\xef\xbc\xab", /* a full-width K is not one of ours */
    "ABCDE-FGHJ\x01",
    "' OR 1=1--",
};

START_TEST(refused)
{
	char code[CODE_TEXT] = "what it was";

	ck_assert_msg(!code_read(bad[_i], code), "%s", bad[_i]);
	ck_assert_str_eq(code, "");
}
END_TEST

/* Every byte that is no symbol and no separator refuses a code that it stands in. */
START_TEST(no_other_byte_is_taken)
{
	for (int byte = 1; byte < 256; byte++) {
		char typed[] = "?BCDEFGHJK", code[CODE_TEXT];
		bool symbol =
		    byte < 128 && (strchr(alphabet, byte) || strchr("abcdefghjkmnpqrstvwxyzOoIiLl", byte));

		typed[0] = (char)byte;
		ck_assert_msg(code_read(typed, code) == symbol, "byte %d", byte);
	}
}
END_TEST

START_TEST(a_long_text_is_refused)
{
	char typed[100001], code[CODE_TEXT];

	memset(typed, 'A', sizeof(typed) - 1);
	typed[sizeof(typed) - 1] = '\0';
	ck_assert(!code_read(typed, code));
	memset(typed, '-', sizeof(typed) - 1);
	ck_assert(!code_read(typed, code));
}
END_TEST

START_TEST(what_is_made_can_be_read)
{
	for (int i = 0; i < 10000; i++) {
		char made[CODE_TEXT], code[CODE_TEXT];

		code_make(made);
		ck_assert_uint_eq(strlen(made), CODE_TEXT - 1);
		ck_assert(code_read(made, code));
		ck_assert_str_eq(made, code);
	}
}
END_TEST

/* 20,000 codes: each of 32 symbols is expected 625 times at each of ten places; five standard deviations are
 * 123. */
START_TEST(no_symbol_is_likelier)
{
	unsigned counts[CODE_TEXT][256] = {0};

	for (int i = 0; i < 20000; i++) {
		char code[CODE_TEXT];

		code_make(code);
		for (size_t at = 0; at < CODE_TEXT - 1; at++)
			counts[at][(unsigned char)code[at]]++;
	}
	for (size_t at = 0; at < CODE_TEXT - 1; at++)
		for (const char *symbol = alphabet; *symbol && at != 5; symbol++)
			ck_assert_msg(counts[at][(unsigned char)*symbol] > 450 &&
					  counts[at][(unsigned char)*symbol] < 800,
				      "%c at %zu: %u", *symbol, at, counts[at][(unsigned char)*symbol]);
}
END_TEST

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, CODE_TEXT);
}

/* Of 2^50, two alike among 20,000 happen once in five million runs. */
START_TEST(no_two_are_alike)
{
	static char codes[20000][CODE_TEXT];

	for (size_t i = 0; i < ELEMENTS(codes); i++)
		code_make(codes[i]);
	qsort(codes, ELEMENTS(codes), CODE_TEXT, compare);
	for (size_t i = 1; i < ELEMENTS(codes); i++)
		ck_assert_str_ne(codes[i - 1], codes[i]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("code");
	TCase *tests = tcase_create("code");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tests);
	tcase_add_loop_test(tests, typed_in_any_way, 0, ELEMENTS(good));
	tcase_add_loop_test(tests, refused, 0, ELEMENTS(bad));
	tcase_add_test(tests, no_other_byte_is_taken);
	tcase_add_test(tests, a_long_text_is_refused);
	tcase_add_test(tests, what_is_made_can_be_read);
	tcase_add_test(tests, no_symbol_is_likelier);
	tcase_add_test(tests, no_two_are_alike);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
