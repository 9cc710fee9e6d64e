/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves daemon/texts: every sentence in both languages with the same places for values, and values put in as
 * they are, whatever is in them.
 */
#include "../../daemon/texts.h"
#include "../../lib/cleanup.h"
#include <check.h>
#include <string.h>

static size_t places(const char *text)
{
	size_t n = 0;

	while ((text = strstr(text, "{}"))) {
		text += 2;
		n++;
	}
	return n;
}

START_TEST(every_sentence_in_both_languages)
{
	const char *id = text_of(LANGUAGE_ID, (enum text)_i), *en = text_of(LANGUAGE_EN, (enum text)_i);

	ck_assert_msg(id && *id, "sentence %d is missing in Indonesian", _i);
	ck_assert_msg(en && *en, "sentence %d is missing in English", _i);
	ck_assert_msg(places(id) == places(en), "\"%s\" has other places than \"%s\"", id, en);
	ck_assert_ptr_null(strchr(id, '%'));
	ck_assert_ptr_null(strchr(en, '%'));
}
END_TEST

START_TEST(values_are_put_in)
{
	_cleanup_(freep) char *en = NULL, *id = NULL, *bare = NULL, *hostile = NULL, *within = NULL;

	en = text_fill(LANGUAGE_EN, TEXT_ZONE_OPENED, TEXT_VALUES("taman", "until 22:00"));
	ck_assert_str_eq(en, "zone taman: opened until 22:00");
	id = text_fill(LANGUAGE_ID, TEXT_ZONE_OPENED, TEXT_VALUES("taman", "sampai 22:00"));
	ck_assert_str_eq(id, "zona taman: dibuka sampai 22:00");
	bare = text_fill(LANGUAGE_EN, TEXT_UNTIL_AUTO, TEXT_VALUES());
	ck_assert_str_eq(bare, "until `gerbang zone auto`");
	within = text_fill(LANGUAGE_EN, TEXT_NOT_WITHIN, TEXT_VALUES("valid", "1 min", "3660 d", "1 s"));
	ck_assert_str_eq(within, "valid: must be from 1 min to 3660 d, got 1 s");
	hostile = text_fill(LANGUAGE_EN, TEXT_NOT_ZONE, TEXT_VALUES("id", "%s%n{}"));
	ck_assert_str_eq(hostile, "id: must be a zone of the configuration, got \"%s%n{}\"");
}
END_TEST

START_TEST(too_few_and_too_many_values)
{
	_cleanup_(freep) char *few = text_fill(LANGUAGE_EN, TEXT_ZONE_OPENED, TEXT_VALUES("taman"));
	_cleanup_(freep) char *many = text_fill(LANGUAGE_EN, TEXT_UNTIL, TEXT_VALUES("a", "b", "c"));

	ck_assert_str_eq(few, "zone taman: opened ");
	ck_assert_str_eq(many, "until a");
}
END_TEST

START_TEST(one_and_many)
{
	static const struct {
		enum text one;
		int64_t n;
		const char *id, *en;
	} rows[] = {
	    {TEXT_VOUCHER, 1, "1 voucher", "1 voucher"}, {TEXT_VOUCHER, 2, "2 voucher", "2 vouchers"},
	    {TEXT_SESSION, 1, "1 sesi", "1 session"},	 {TEXT_SESSION, 0, "0 sesi", "0 sessions"},
	    {TEXT_CHANGE, 1, "1 perubahan", "1 change"}, {TEXT_CHANGE, 3, "3 perubahan", "3 changes"}};

	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		_cleanup_(freep) char *id = text_count(LANGUAGE_ID, rows[i].one, rows[i].n);
		_cleanup_(freep) char *en = text_count(LANGUAGE_EN, rows[i].one, rows[i].n);

		ck_assert_str_eq(id, rows[i].id);
		ck_assert_str_eq(en, rows[i].en);
	}
}
END_TEST

START_TEST(as_json)
{
	json_t *text = text_json(LANGUAGE_ID, TEXT_KICKED, TEXT_VALUES("10.200.0.5"));

	ck_assert_str_eq(json_string_value(text), "10.200.0.5: sesinya diakhiri");
	json_decref(text);
}
END_TEST

START_TEST(languages_by_name)
{
	ck_assert_int_eq(language_find("id", LANGUAGE_EN), LANGUAGE_ID);
	ck_assert_int_eq(language_find("en", LANGUAGE_ID), LANGUAGE_EN);
	ck_assert_int_eq(language_find("fr", LANGUAGE_EN), LANGUAGE_EN);
	ck_assert_int_eq(language_find(NULL, LANGUAGE_ID), LANGUAGE_ID);
	ck_assert_str_eq(language_name(LANGUAGE_ID), "id");
	ck_assert_str_eq(language_name(LANGUAGE_EN), "en");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sentences");
	TCase *tests = tcase_create("sentences");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, every_sentence_in_both_languages, 0, TEXTS);
	tcase_add_test(tests, values_are_put_in);
	tcase_add_test(tests, too_few_and_too_many_values);
	tcase_add_test(tests, one_and_many);
	tcase_add_test(tests, as_json);
	tcase_add_test(tests, languages_by_name);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
