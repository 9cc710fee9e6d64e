/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves portal/api against RFC 8908: keys where they mean something and nowhere else; and who gets JSON, who
 * the page.
 */
#include "../../portal/api.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *accept;
	bool page;
} accepts[] = {
    /* programs */
    {NULL, false},
    {"", false},
    {"*/*", false},
    {"application/captive+json", false},
    {"application/captive+json, */*;q=0.1", false},
    {"application/json", false},
    {"application/json, text/plain, */*", false},
    {"application/captive+json, text/html;q=0.9", false},
    {"text/html, application/captive+json", false}, /* as well liked: JSON is what lives here */
    {"text/html;q=0, */*", false},
    {"text/*", false},
    {"text/html;q=0.5, application/json", false},
    {"text/html;q=0.1, */*;q=0.2", false},
    {"text/htmlx", false},
    {",,;;q=,text/", false},
    /* browsers: Firefox, Chromium, Safari, an old Internet Explorer */
    {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", true},
    {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
     "application/signed-exchange;v=b3;q=0.7",
     true},
    {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true},
    {"text/html, application/xhtml+xml, */*", true},
    {"TEXT/HTML", true},
    {"text/html;charset=utf-8;q=0.9, application/captive+json;q=0.85", true},
    {"text/html; q=0.002, application/json; q=0.001", true},
};

START_TEST(who_is_sent_to_the_page)
{
	ck_assert_msg(api_wants_page(accepts[_i].accept) == accepts[_i].page, "%s", accepts[_i].accept);
}
END_TEST

static const char *document(const struct message_guest_state *guest, const char *venue)
{
	static char out[API_TEXT + 1];
	size_t length = api_write(out, guest, "https://wifi.example/", venue);

	ck_assert_uint_gt(length, 0);
	out[length] = '\0';
	return out;
}

#define URL "\"user-portal-url\":\"https://wifi.example/\""

START_TEST(a_captive_guest_has_no_remains)
{
	static const unsigned states[] = {GUEST_CAPTIVE, GUEST_CLOSED, GUEST_BUSY, GUEST_USED_UP};
	struct message_guest_state guest = {.seconds_remaining = 7, .bytes_remaining = 9, .extensible = 1};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		guest.state = (uint8_t)states[i];
		ck_assert_str_eq(document(&guest, ""), "{\"captive\":true," URL "}");
	}
	guest.state = GUEST_UNKNOWN;
	ck_assert_str_eq(document(&guest, ""), "{\"captive\":false," URL "}");
}
END_TEST

START_TEST(a_guest_online_has_those_that_are_limited)
{
	struct message_guest_state guest = {
	    .state = GUEST_ONLINE, .seconds_remaining = 7200, .bytes_remaining = -1};

	ck_assert_str_eq(document(&guest, ""), "{\"captive\":false," URL
					       ",\"seconds-remaining\":7200,\"can-extend-session\":false}");
	guest.bytes_remaining = 5000000000;
	guest.extensible = 1;
	ck_assert_str_eq(
	    document(&guest, "https://kota.example/"),
	    "{\"captive\":false," URL ",\"venue-info-url\":\"https://kota.example/\","
	    "\"seconds-remaining\":7200,\"bytes-remaining\":5000000000,\"can-extend-session\":true}");
	guest.seconds_remaining = -1; /* an end that has passed is no number */
	guest.bytes_remaining = 0;
	ck_assert_str_eq(document(&guest, ""),
			 "{\"captive\":false," URL ",\"bytes-remaining\":0,\"can-extend-session\":true}");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("api");
	TCase *tests = tcase_create("api");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, who_is_sent_to_the_page, 0, sizeof(accepts) / sizeof(accepts[0]));
	tcase_add_test(tests, a_captive_guest_has_no_remains);
	tcase_add_test(tests, a_guest_online_has_those_that_are_limited);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
