/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves ctl/table: columns as wide as their widest cell in characters, aligned as asked, no colour where
 * there is no terminal, no blanks at a line's end, and no control character from a name.
 */
#include "../../ctl/table.h"
#include "capture.h"

static char *printed(const char *align, const char *const *cells, size_t n)
{
	struct table *table = table_new(align);
	struct capture capture = capture_start(STDOUT_FILENO);

	for (size_t i = 0; i < n; i++)
		table_cell(table, COLOUR_BAD, cells[i]);
	table_print(table);
	table_free(table);
	return capture_end(&capture);
}

#define PRINTED(align, ...)                                                                                  \
	printed(align, (const char *const[]){__VA_ARGS__}, ELEMENTS(((const char *const[]){__VA_ARGS__})))

START_TEST(columns_line_up)
{
	_cleanup_(freep) char *text = PRINTED("lr", "ZONA", "SESI", "taman-kota", "7", "x", "1234567");

	ck_assert_str_eq(text, "ZONA           SESI\n"
			       "taman-kota        7\n"
			       "x           1234567\n");
}
END_TEST

START_TEST(characters_are_counted_and_not_bytes)
{
	_cleanup_(freep) char *text = PRINTED("ll", "Caf\xc3\xa9", "|", "\xe2\x80\x94\xe2\x80\x94", "|");

	ck_assert_str_eq(text, "Caf\xc3\xa9  |\n\xe2\x80\x94\xe2\x80\x94    |\n");
}
END_TEST

START_TEST(a_name_does_not_control_the_terminal)
{
	_cleanup_(freep) char *text = PRINTED("l", "a\033[31mb\r\n\tc\x7f");

	ck_assert_str_eq(text, "a?[31mb???c?\n");
}
END_TEST

START_TEST(nothing_behind_the_last_cell)
{
	_cleanup_(freep) char *text = PRINTED("lll", "a", "b", "ccc", "d", "", NULL, "", "", "");

	ck_assert_str_eq(text, "a  b  ccc\nd\n\n");
}
END_TEST

/* What `fit` prints of two columns, the first as long as that. */
static char *fitted(size_t first, const char *last)
{
	char wide[128] = "";
	struct table *table = table_new("ll");
	struct capture capture;

	memset(wide, 'x', first);
	table_cell(table, COLOUR_NONE, wide);
	table_cell(table, COLOUR_NONE, last);
	capture = capture_start(STDOUT_FILENO);
	table_print_fit(table);
	table_free(table);
	return capture_end(&capture);
}

START_TEST(the_last_column_gives_way)
{
	_cleanup_(freep) char *fits = fitted(70, "12345678"), *cut = fitted(70, "123456789"),
			      *gone = fitted(75, "12345678"), *least = fitted(74, "12345"),
			      *accent = fitted(70, "1234567\xc3\xa9\xc3\xa9");

	ck_assert_str_eq(fits + 70, "  12345678\n");
	ck_assert_str_eq(cut + 70, "  1234567\xe2\x80\xa6\n");
	ck_assert_str_eq(accent + 70, "  1234567\xe2\x80\xa6\n");
	ck_assert_str_eq(least + 74, "  123\xe2\x80\xa6\n");
	ck_assert_str_eq(gone + 75, "\n");
}
END_TEST

START_TEST(many_rows)
{
	_cleanup_(freep) char *text = NULL;
	struct table *table = table_new("r");
	struct capture capture;

	for (int i = 0; i < 1000; i++)
		table_cell(table, COLOUR_NONE, "x");
	table_cell(table, COLOUR_NONE, "yy");
	capture = capture_start(STDOUT_FILENO);
	table_print(table);
	text = capture_end(&capture);
	ck_assert_uint_eq(strlen(text), 1001 * 3);
	ck_assert_str_eq(text + 1000 * 3, "yy\n");
	table_free(table);
}
END_TEST

START_TEST(an_empty_table_and_none)
{
	struct capture capture = capture_start(STDOUT_FILENO);
	_cleanup_(freep) char *text = NULL;
	struct table *table = table_new("ll");

	table_print(table);
	table_print(NULL);
	table_cell(NULL, COLOUR_NONE, "x");
	table_free(table);
	ck_assert_ptr_null(table_free(NULL));
	text = capture_end(&capture);
	ck_assert_str_eq(text, "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("table");
	TCase *tests = tcase_create("table");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tests, columns_line_up);
	tcase_add_test(tests, characters_are_counted_and_not_bytes);
	tcase_add_test(tests, a_name_does_not_control_the_terminal);
	tcase_add_test(tests, nothing_behind_the_last_cell);
	tcase_add_test(tests, the_last_column_gives_way);
	tcase_add_test(tests, many_rows);
	tcase_add_test(tests, an_empty_table_and_none);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
