/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves portal/html: no value becomes markup, whatever is in it, and a page that does not fit is marked and
 * never longer than its bound.
 */
#include "../../portal/html.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct html page;

static const char *written(void)
{
	static char text[HTML_MAX + 1];

	ck_assert(!page.overflow);
	memcpy(text, page.bytes, page.length);
	text[page.length] = '\0';
	return text;
}

static const struct {
	const char *value, *shown;
} escapes[] = {
    {"Taman Kota Sampit", "Taman Kota Sampit"},
    {"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
    {"\" onclick=\"x", "&quot; onclick=&quot;x"},
    {"' onclick='x", "&#39; onclick=&#39;x"},
    {"A & B &amp; C", "A &amp; B &amp;amp; C"},
    {"{}", "{}"},
    {"a\nb", "a\nb"},
    {"a\tb\rc\x1b[2J", "a b c [2J"},
    {"Caf\xc3\xa9 \xe2\x80\x94 \xf0\x9f\x8c\xb4", "Caf\xc3\xa9 \xe2\x80\x94 \xf0\x9f\x8c\xb4"},
    {"", ""},
};

START_TEST(a_value_never_becomes_markup)
{
	char whole[512];

	html_start(&page);
	html_write(&page, "<b title=\"{}\">{}</b>", escapes[_i].value, escapes[_i].value);
	snprintf(whole, sizeof(whole), "<b title=\"%s\">%s</b>", escapes[_i].shown, escapes[_i].shown);
	ck_assert_str_eq(written(), whole);
}
END_TEST

START_TEST(every_byte_but_text_is_escaped_or_blank)
{
	for (int byte = 1; byte < 256; byte++) {
		const char value[] = {(char)byte, '\0'};

		html_start(&page);
		html_escape(&page, value);
		ck_assert_uint_ge(page.length, 1);
		ck_assert_ptr_null(strpbrk(written(), "<>\"'"));
		if (byte < ' ' && byte != '\n')
			ck_assert_str_eq(written(), " ");
	}
}
END_TEST

START_TEST(markup_is_kept_and_values_come_in_order)
{
	html_start(&page);
	html_raw(&page, "<p>");
	html_write(&page, "{}-{}-{}", "1", "2", "3");
	html_raw(&page, "</p>");
	ck_assert_str_eq(written(), "<p>1-2-3</p>");
}
END_TEST

START_TEST(a_place_without_a_value_is_empty)
{
	html_start(&page);
	html_write(&page, "[{}{}]", "1");
	ck_assert_str_eq(written(), "[1]");
}
END_TEST

START_TEST(a_text_with_values_is_escaped_itself)
{
	html_start(&page);
	html_text(&page, "<{}> & {", "<i>");
	ck_assert_str_eq(written(), "&lt;&lt;i&gt;&gt; &amp; {");
}
END_TEST

START_TEST(a_query_is_percent_encoded)
{
	html_start(&page);
	html_query(&page, "http://a.id/b?c=d&e=%20\"'<>#\xc3\xa9 ~_-.");
	ck_assert_str_eq(written(), "http%3A%2F%2Fa.id%2Fb%3Fc%3Dd%26e%3D%2520%22%27%3C%3E%23%C3%A9%20~_-.");
}
END_TEST

START_TEST(a_page_begins_without_a_refresh)
{
	strcpy(page.refresh, "5");
	html_start(&page);
	ck_assert_str_eq(page.refresh, "");
}
END_TEST

START_TEST(a_page_that_does_not_fit_is_marked)
{
	static char large[HTML_MAX + 2];

	memset(large, 'x', HTML_MAX);
	html_start(&page);
	html_escape(&page, large);
	ck_assert(!page.overflow);
	ck_assert_uint_eq(page.length, HTML_MAX);
	html_escape(&page, "&");
	ck_assert(page.overflow);
	ck_assert_uint_eq(page.length, HTML_MAX);
	html_start(&page);
	ck_assert_str_eq(written(), "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("html");
	TCase *tests = tcase_create("html");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, a_value_never_becomes_markup, 0, sizeof(escapes) / sizeof(escapes[0]));
	tcase_add_test(tests, every_byte_but_text_is_escaped_or_blank);
	tcase_add_test(tests, markup_is_kept_and_values_come_in_order);
	tcase_add_test(tests, a_place_without_a_value_is_empty);
	tcase_add_test(tests, a_text_with_values_is_escaped_itself);
	tcase_add_test(tests, a_query_is_percent_encoded);
	tcase_add_test(tests, a_page_begins_without_a_refresh);
	tcase_add_test(tests, a_page_that_does_not_fit_is_marked);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
