/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves portal/redir: only a plain web address becomes a link, and probes of operating systems do not.
 */
#include "../../portal/redir.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

static const char *const good[] = {
    "http://example.com",
    "http://example.com/",
    "HTTPS://Example.COM/a/b?c=d&e=%20#f",
    "http://example.com:8080/x",
    "http://192.0.2.80/",
    "http://[2001:db8::80]:80/x",
    "http://a_b.example/",
    "http://xn--bcher-kva.example/?q='x'",
    "http://example.com?x",
    "http://example.com/a@b",
};

static const char *const bad[] = {
    "",
    "/path",
    "//example.com/",
    "example.com",
    "javascript:alert(1)",
    "JavaScript://example.com/%0aalert(1)",
    "data:text/html,x",
    "ftp://example.com/",
    "http:/example.com",
    "http:///x",
    "http://",
    "http://user@example.com/",
    "http://user:word@example.com/",
    "http://example.com:80@evil.test/",
    "http://example.com\\@evil.test/",
    "http://example.com\r\nSet-Cookie: a=b",
    "http://example.com/\n",
    "http://example.com/a b",
    "http://example.com/\"onclick=",
    "http://example.com/<script>",
    "http://example.com/%",
    "http://example.com/%0",
    "http://example.com/%zz",
    "http://example.com:123456/",
    "http://example.com:x/",
    "http://-example.com/",
    "http://.example.com/",
    "http://[::1/",
    "http://[]/",
    "http://[x]/",
    "http://ex\xc3\xa4mple.com/",
    " http://example.com/",
};

START_TEST(a_web_address_is_a_link)
{
	ck_assert_msg(redir_good(good[_i]), "%s", good[_i]);
}
END_TEST

START_TEST(nothing_else_is)
{
	ck_assert_msg(!redir_good(bad[_i]), "%s", bad[_i]);
}
END_TEST

START_TEST(it_is_bounded)
{
	char url[REDIR_MAX + 1] = "http://example.com/";

	memset(url + strlen(url), 'a', REDIR_MAX - 1 - strlen(url));
	ck_assert(redir_good(url));
	strcat(url, "a");
	ck_assert(!redir_good(url));
}
END_TEST

static const struct {
	const char *host, *target, *url;
} requests[] = {
    {"example.com", "/a?b=c", "http://example.com/a?b=c"},
    {"example.com:8080", "/", "http://example.com:8080/"},
    {"example.com", "/%2e%2e/", "http://example.com/%2e%2e/"},
    {"example.com", "*", ""},
    {"example.com", "", ""},
    {"user@example.com", "/", ""},
    {"evil.test/x?", "/y", "http://evil.test/x?/y"},
    {"example.com", "/\"", ""},
    {"", "/x", ""},
    /* nobody wants to read these */
    {"connectivitycheck.gstatic.com", "/generate_204", ""},
    {"Captive.Apple.com", "/", ""},
    {"captive.apple.com:80", "/hotspot-detect.html", ""},
    {"example.com", "/generate_204", ""},
    {"example.com", "/generate_204?x", ""},
    {"www.msftconnecttest.com", "/redirect", ""},
    {"example.com", "/favicon.ico", ""},
    {"example.com", "/generate_2048", "http://example.com/generate_2048"},
    {"captive.apple.com.example", "/", ""},
    {"captive.apple.comx.example", "/", "http://captive.apple.comx.example/"},
};

START_TEST(what_a_request_asked_for)
{
	char out[REDIR_MAX];

	ck_assert(redir_make(requests[_i].host, requests[_i].target, out) == (*requests[_i].url != '\0'));
	ck_assert_str_eq(out, requests[_i].url);
}
END_TEST

START_TEST(encoded_for_a_query)
{
	char out[REDIR_ENCODED], url[REDIR_MAX];

	ck_assert_str_eq(redir_encode("http://a.test/x?y=1&z=%20#f", out),
			 "http://a.test/x%3Fy%3D1%26z%3D%2520%23f");
	memset(url, '&', sizeof(url) - 1);
	url[sizeof(url) - 1] = '\0';
	ck_assert_uint_eq(strlen(redir_encode(url, out)), 3 * (REDIR_MAX - 1));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("redir");
	TCase *tests = tcase_create("redir");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, a_web_address_is_a_link, 0, sizeof(good) / sizeof(good[0]));
	tcase_add_loop_test(tests, nothing_else_is, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(tests, it_is_bounded);
	tcase_add_loop_test(tests, what_a_request_asked_for, 0, sizeof(requests) / sizeof(requests[0]));
	tcase_add_test(tests, encoded_for_a_query);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
