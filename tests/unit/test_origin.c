/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves portal/origin: our name and the address that the guest came in at are ours, in every way of writing
 * them; everything else, however near, is a stranger's.
 */
#include "../../portal/origin.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

#define NAME "wifi.kotimkab.go.id"

static struct addr address(const char *text)
{
	struct addr addr = {0};

	ck_assert_int_eq(addr_parse(text, &addr), 0);
	return addr;
}

static const struct {
	const char *authority, *local;
	bool ours;
} authorities[] = {
    {NAME, "10.200.0.1", true},
    {"WiFi.KotimKab.go.id", "10.200.0.1", true},
    {NAME ".", "10.200.0.1", true},
    {NAME ":80", "10.200.0.1", true},
    {NAME ":", "10.200.0.1", true},
    {"10.200.0.1", "10.200.0.1", true},
    {"10.200.0.1:8080", "10.200.0.1", true},
    {"[2001:db8:200::1]", "2001:db8:200::1", true},
    {"[2001:DB8:200:0:0:0:0:1]:80", "2001:db8:200::1", true},
    /* strangers */
    {"", "10.200.0.1", false},
    {".", "10.200.0.1", false},
    {"example.com", "10.200.0.1", false},
    {NAME ".example.com", "10.200.0.1", false},
    {"x" NAME, "10.200.0.1", false},
    {"x." NAME, "10.200.0.1", false},
    {NAME "..", "10.200.0.1", false},
    {NAME ":80x", "10.200.0.1", false},
    {NAME ":800000", "10.200.0.1", false},
    {"user@" NAME, "10.200.0.1", false},
    {NAME "@example.com", "10.200.0.1", false},
    {"10.200.0.2", "10.200.0.1", false},
    {"10.200.0.1.", "10.200.0.1", false},
    {"10.200.1", "10.200.0.1", false},
    {"[2001:db8:200::1", "2001:db8:200::1", false},
    {"[2001:db8:200::1]x", "2001:db8:200::1", false},
    {"[]", "2001:db8:200::1", false},
    {"[", "2001:db8:200::1", false},
    {"2001:db8:200::1", "2001:db8:200::1", false},
    {"[2001:db8:200::2]", "2001:db8:200::1", false},
    {"99999999999999999999999999999999999999999999999999999999999999999999", "10.200.0.1", false},
};

START_TEST(whose_authority)
{
	const char *authority = authorities[_i].authority;
	struct addr local = address(authorities[_i].local);

	ck_assert_msg(origin_is_ours(authority, strlen(authority), NAME, &local) == authorities[_i].ours,
		      "%s", authority);
}
END_TEST

START_TEST(without_a_name_only_the_address_is_ours)
{
	struct addr local = address("10.200.0.1");

	ck_assert(!origin_is_ours("", 0, "", &local));
	ck_assert(!origin_is_ours(NAME, strlen(NAME), "", &local));
	ck_assert(origin_is_ours("10.200.0.1", 10, "", &local));
}
END_TEST

START_TEST(no_byte_beyond_the_length_is_read)
{
	struct addr local = address("10.200.0.1");
	const char *text = NAME "/path";
	char *exact = malloc(strlen(NAME)); /* the sanitizer watches its end */

	memcpy(exact, NAME, strlen(NAME));
	ck_assert(origin_is_ours(exact, strlen(NAME), NAME, &local));
	ck_assert(origin_is_ours(text, strlen(NAME), NAME, &local));
	ck_assert(!origin_is_ours(text, strlen(text), NAME, &local));
	free(exact);
}
END_TEST

static const struct {
	const char *url;
	size_t length;
	const char *rest;
} urls[] = {
    {"http://a.example/x", 9, "a.example/x"},
    {"HTTPS://a.example", 9, "a.example"},
    {"http://a.example:80?q", 12, "a.example:80?q"},
    {"http://a.example#f", 9, "a.example#f"},
    {"http:///x", 0, NULL},
    {"/path", 0, NULL},
    {"null", 0, NULL},
    {"ftp://a.example", 0, NULL},
    {"http:/a.example", 0, NULL},
    {"", 0, NULL},
};

START_TEST(the_authority_of_a_url)
{
	const char *authority = NULL;

	ck_assert_uint_eq(origin_of_url(urls[_i].url, &authority), urls[_i].length);
	if (urls[_i].rest)
		ck_assert_str_eq(authority, urls[_i].rest);
}
END_TEST

START_TEST(where_a_guest_is_sent)
{
	struct addr four = address("10.200.0.1"), six = address("2001:db8:200::1");
	char out[ORIGIN_TEXT];

	ck_assert_str_eq(origin_host(NAME, &four, out), NAME);
	ck_assert_str_eq(origin_host("", &four, out), "10.200.0.1");
	ck_assert_str_eq(origin_host("", &six, out), "[2001:db8:200::1]");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("origin");
	TCase *tests = tcase_create("origin");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, whose_authority, 0, sizeof(authorities) / sizeof(authorities[0]));
	tcase_add_test(tests, without_a_name_only_the_address_is_ours);
	tcase_add_test(tests, no_byte_beyond_the_length_is_read);
	tcase_add_loop_test(tests, the_authority_of_a_url, 0, sizeof(urls) / sizeof(urls[0]));
	tcase_add_test(tests, where_a_guest_is_sent);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
