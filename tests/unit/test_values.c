/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves ctl/values: a value of the public JSON as the short text of a cell, and "-" for whatever is missing
 * or of another kind.
 */
#include "../../ctl/values.h"
#include "../../ctl/words.h"
#include "capture.h"

static const struct {
	const char *json, *rate, *volume;
} numbers[] = {
    {"0", "0", "0"},
    {"500000", "500k", "500k"},
    {"40000000", "40M", "40M"},
    {"39800000", "39.8M", "39.8M"},
    {"1240000000", "1.24G", "1.24G"},
    {"2000000000000", NULL, "2T"},
    {"-1", "-", "-"},
    {"1.5", "-", "-"},
    {"\"40M\"", "-", "-"},
    {"null", "-", "-"},
    {"{}", "-", "-"},
};

START_TEST(figures_are_short)
{
	json_t *value = json_loads(numbers[_i].json, JSON_DECODE_ANY, NULL);
	char text[UNITS_TEXT];

	if (numbers[_i].rate)
		ck_assert_str_eq(value_rate(value, text), numbers[_i].rate);
	ck_assert_str_eq(value_volume(value, text), numbers[_i].volume);
	json_decref(value);
	ck_assert_str_eq(value_rate(NULL, text), "-");
}
END_TEST

/* 1,24 GB is what a clerk writes; a figure in JSON or CSV does not pass here. */
/* A terminal would obey it. */
START_TEST(no_control_character_is_shown)
{
	json_t *value =
	    json_loads("{\"a\":[\"x\\u001b[2J\\u007f\",{\"b\":\"c\\r\\n\\td\"}],\"n\":1}", 0, NULL);
	json_t *tame = value_tame(value), *wanted;

	wanted = json_loads("{\"a\":[\"x?[2J?\",{\"b\":\"c?\\n\\td\"}],\"n\":1}", 0, NULL);
	ck_assert_int_eq(json_equal(tame, wanted), 1);
	json_decref(value);
	json_decref(tame);
	json_decref(wanted);
}
END_TEST

START_TEST(a_decimal_comma_in_indonesian)
{
	json_t *value = json_integer(1240000000);
	char text[UNITS_TEXT];

	speak("id");
	ck_assert_str_eq(value_volume(value, text), "1,24G");
	ck_assert_str_eq(value_rate(value, text), "1,24G");
	json_decref(value);
	value = json_integer(123);
	ck_assert_str_eq(value_volume(value, text), "123");
	json_decref(value);
	speak("en");
}
END_TEST

static const struct {
	const char *json, *text;
} pairs[] = {
    {"{\"down\":{\"k\":40000000},\"up\":{\"k\":20000000}}", "40M/20M"},
    {"{\"down\":{\"k\":40000000},\"up\":{\"k\":40000000}}", "40M"},
    {"{\"down\":{\"k\":40000000}}", "40M/-"},
    {"{\"down\":7,\"up\":[]}", "-"},
    {"{}", "-"},
    {"[]", "-"},
};

START_TEST(both_directions_in_one_cell)
{
	json_t *object = json_loads(pairs[_i].json, 0, NULL);
	char out[VALUE_PAIR];

	ck_assert_str_eq(value_pair(object, "k", value_rate, out), pairs[_i].text);
	json_decref(object);
}
END_TEST

static const struct {
	const char *rfc3339, *plain, *exact, *near;
} times[] = {
    {"2026-11-23T16:00:00+07:00", "2026-11-23 16:00", "2026-11-23 16:00:00", "16:00"},
    {"2026-11-23T16:00:05+07:00", "2026-11-23 16:00:05", "2026-11-23 16:00:05", "16:00:05"},
    {"2026-11-24T06:00:00+07:00", "2026-11-24 06:00", "2026-11-24 06:00:00", "2026-11-24 06:00"},
    {"soon", "soon", "soon", "soon"},
    {"2026-11-23 16:00:00", "2026-11-23 16:00:00", "2026-11-23 16:00:00", "2026-11-23 16:00:00"},
    {NULL, "-", "-", "-"},
};

START_TEST(times_for_people)
{
	const char *today = "2026-11-23T15:59:50+07:00";
	char out[UNITS_TEXT];

	ck_assert_str_eq(value_time(times[_i].rfc3339, false, out), times[_i].plain);
	ck_assert_str_eq(value_time(times[_i].rfc3339, true, out), times[_i].exact);
	ck_assert_str_eq(value_near_time(times[_i].rfc3339, today, out), times[_i].near);
	ck_assert_str_eq(value_near_time(times[_i].rfc3339, NULL, out), times[_i].plain);
	ck_assert_str_eq(value_near_time(times[_i].rfc3339, "x", out), times[_i].plain);
}
END_TEST

static const struct {
	const char *json, *name, *id, *en;
} states[] = {
    {"\"inside\"", "inside", "jam kerja", "inside"},
    {"\"outside\"", "outside", "di luar", "outside"},
    {"\"throttled\"", "throttled", "dibatasi", "throttled"},
    {"\"office\"", "office", "kantor", "office"},
    {"\"public\"", "public", "publik", "public"},
    {"true", "true", "buka", "open"},
    {"false", "false", "tutup", "closed"},
    {"\"zone-open\"", "zone-open", "zona dibuka:", "zone opened:"},
    {"\"something new\"", "something new", "something new", "something new"},
    {"null", "-", "-", "-"},
    {"3", "-", "-", "-"},
};

START_TEST(states_in_words)
{
	json_t *value = json_loads(states[_i].json, JSON_DECODE_ANY, NULL);
	enum colour colour;

	ck_assert_str_eq(value_state_name(value), states[_i].name);
	speak("id");
	ck_assert_str_eq(value_state(value, &colour), states[_i].id);
	speak("en");
	ck_assert_str_eq(value_state(value, &colour), states[_i].en);
	json_decref(value);
}
END_TEST

START_TEST(a_text_or_a_dash)
{
	json_t *object = json_pack("{s:s,s:i}", "a", "x", "b", 5);

	ck_assert_str_eq(value_text(object, "a"), "x");
	ck_assert_str_eq(value_text(object, "b"), "-");
	ck_assert_str_eq(value_text(object, "c"), "-");
	ck_assert_str_eq(value_text(NULL, "a"), "-");
	json_decref(object);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("values");
	TCase *tests = tcase_create("values");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, figures_are_short, 0, ELEMENTS(numbers));
	tcase_add_test(tests, no_control_character_is_shown);
	tcase_add_test(tests, a_decimal_comma_in_indonesian);
	tcase_add_loop_test(tests, both_directions_in_one_cell, 0, ELEMENTS(pairs));
	tcase_add_loop_test(tests, times_for_people, 0, ELEMENTS(times));
	tcase_add_loop_test(tests, states_in_words, 0, ELEMENTS(states));
	tcase_add_test(tests, a_text_or_a_dash);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
