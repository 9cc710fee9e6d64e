/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves ctl/words: every word in both languages, with the same values in the same order, and the language
 * chosen as the locale's variables say.
 */
#include "../../ctl/words.h"
#include "capture.h"

/* The conversions of a format, one after the other: "%s%zu". */
static void conversions(const char *format, char out[static 64])
{
	size_t n = 0;

	for (const char *c = strchr(format, '%'); c && n < 60; c = strchr(c, '%')) {
		out[n++] = *c++;
		while (*c && strchr("-+ #0123456789.*hljztL", *c) && n < 60)
			out[n++] = *c++;
		if (*c)
			out[n++] = *c++;
	}
	out[n] = '\0';
}

START_TEST(every_word_in_both_languages)
{
	char in_id[64], in_en[64];
	const char *id, *en;

	speak("id");
	id = word((enum word)_i);
	speak("en");
	en = word((enum word)_i);
	ck_assert_msg(id && *id, "word %d is missing in Indonesian", _i);
	ck_assert_msg(en && *en, "word %d is missing in English", _i);
	conversions(id, in_id);
	conversions(en, in_en);
	ck_assert_msg(strcmp(in_id, in_en) == 0, "\"%s\" takes other values than \"%s\"", id, en);
}
END_TEST

static const struct {
	const char *lc_all, *lc_messages, *lang, *name;
} locales[] = {
    {NULL, NULL, NULL, "en"},	       {NULL, NULL, "id_ID.UTF-8", "id"},
    {NULL, NULL, "id", "id"},	       {NULL, NULL, "id.UTF-8", "id"},
    {NULL, NULL, "en_US.UTF-8", "en"}, {NULL, NULL, "C", "en"},
    {NULL, NULL, "ido", "en"},	       {NULL, NULL, "", "en"},
    {NULL, "id_ID", "en_US", "id"},    {NULL, "en_US", "id_ID", "en"},
    {"C", "id_ID", "id_ID", "en"},     {"id_ID", "en_US", "en_US", "id"},
    {"", "", "id_ID", "id"},
};

static void put(const char *name, const char *value)
{
	if (value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

START_TEST(the_locale_chooses)
{
	put("LC_ALL", locales[_i].lc_all);
	put("LC_MESSAGES", locales[_i].lc_messages);
	put("LANG", locales[_i].lang);
	words_open();
	ck_assert_str_eq(words_language_name(), locales[_i].name);
	ck_assert_int_eq(words_language(), strcmp(locales[_i].name, "id") == 0 ? WORDS_ID : WORDS_EN);
}
END_TEST

START_TEST(a_complaint_names_the_program)
{
	struct capture capture;
	_cleanup_(freep) char *text = NULL;

	speak("id");
	capture = capture_start(STDERR_FILENO);
	complain(WORD_NOT_FOR, "--at", "kick");
	text = capture_end(&capture);
	ck_assert_str_eq(text, "gerbang: \"--at\" bukan opsi dari \"kick\"\n");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("words");
	TCase *tests = tcase_create("words");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, every_word_in_both_languages, 0, WORDS);
	tcase_add_loop_test(tests, the_locale_chooses, 0, ELEMENTS(locales));
	tcase_add_test(tests, a_complaint_names_the_program);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
