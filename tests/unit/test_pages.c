/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves portal/pages: every state and notice in both languages is one whole page within its bound, carries
 * no script and asks for nothing further, and shows a name as text whatever is in it.
 */
#include "../../lib/cleanup.h"
#include "../../lib/units.h"
#include "../../portal/pages.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

#define NB "\xc2\xa0"
#define HOSTILE "<script>\"'&</script>{}"

static struct html page;

static const char *written(void)
{
	static char text[HTML_MAX + 1];

	ck_assert(!page.overflow);
	memcpy(text, page.bytes, page.length);
	text[page.length] = '\0';
	return text;
}

static struct message_guest_state guest_in(enum guest_state state)
{
	return (struct message_guest_state){
	    .state = (uint8_t)state,
	    .zone = "taman-kota",
	    .zone_name = HOSTILE,
	    .seconds_remaining = 5399,
	    .session_usec = 2 * USEC_PER_HOUR,
	    .down_bps = 10000000,
	    .up_bps = 3000000,
	    .down_bytes = UINT64_MAX,
	    .up_bytes = 17,
	    .opens_text = "2026-11-24 16:00",
	    .closes_text = "2026-11-23 22:00",
	};
}

static void check_whole(enum language language)
{
	static const char *const never[] = {"<script",	"src=",	    "javascript:", "http://",
					    "https://", "onclick=", "{}\"",	   "onload="};
	const char *text = written();
	char opening[64];

	snprintf(opening, sizeof(opening), "<!doctype html>\n<html lang=\"%s\">", language_code(language));
	ck_assert_int_eq(strncmp(text, opening, strlen(opening)), 0);
	ck_assert_ptr_nonnull(strstr(text, "</body></html>\n"));
	ck_assert_ptr_nonnull(strstr(text, language == LANGUAGE_ID ? "?lang=en" : "?lang=id"));
	for (size_t i = 0; i < ELEMENTS(never); i++)
		ck_assert_msg(!strstr(text, never[i]), "%s in a page", never[i]);
	ck_assert_uint_lt(page.length, 8000); /* far below the bound of 30 kB */
}

START_TEST(every_state_is_a_whole_page)
{
	enum language language = _i % 2 ? LANGUAGE_EN : LANGUAGE_ID;
	struct page_context context = {.language = language, .site = HOSTILE};
	struct message_guest_state guest = guest_in((enum guest_state)(_i / 2));
	unsigned status = page_guest(&page, &context, &guest);

	check_whole(language);
	ck_assert(status == 200 || status == 503);
}
END_TEST

START_TEST(every_notice_is_a_whole_page)
{
	enum language language = _i % 2 ? LANGUAGE_EN : LANGUAGE_ID;
	struct page_context context = {.language = language, .site = HOSTILE};
	unsigned status = page_notice(&page, &context, (enum notice)(_i / 2));

	check_whole(language);
	ck_assert_uint_eq(page_retry(status), status == 503 ? 5 : 0);
}
END_TEST

static const struct {
	enum guest_state state;
	const char *id, *en;
} shown[] = {
    {GUEST_CAPTIVE, "<button type=\"submit\">Setuju dan masuk</button>",
     "<button type=\"submit\">Agree and log in</button>"},
    {GUEST_ONLINE, "1" NB "jam 29" NB "menit", "1" NB "h 29" NB "min"},
    {GUEST_ONLINE, ">Keluar</button>", ">Log out</button>"},
    {GUEST_CLOSED, "Selasa, 24" NB "November pukul" NB "16.00", "Tuesday 24" NB "November at" NB "16:00"},
    {GUEST_BUSY, "Belum bisa masuk", "Not possible just now"},
    {GUEST_UNKNOWN, "Perangkat ini bukan tamu", "This device is not a guest"},
};

START_TEST(what_the_guest_came_for_is_there)
{
	struct page_context context = {.language = LANGUAGE_ID, .site = "Diskominfo"};
	struct message_guest_state guest = guest_in(shown[_i].state);

	page_guest(&page, &context, &guest);
	ck_assert_ptr_nonnull(strstr(written(), shown[_i].id));
	context.language = LANGUAGE_EN;
	page_guest(&page, &context, &guest);
	ck_assert_ptr_nonnull(strstr(written(), shown[_i].en));
}
END_TEST

START_TEST(a_name_is_text)
{
	struct page_context context = {.language = LANGUAGE_ID, .site = HOSTILE};
	struct message_guest_state guest = guest_in(GUEST_CAPTIVE);

	page_guest(&page, &context, &guest);
	ck_assert_ptr_nonnull(strstr(written(), "&lt;script&gt;&quot;&#39;&amp;&lt;/script&gt;{}"));
}
END_TEST

START_TEST(an_unknown_state_is_asked_to_wait)
{
	struct page_context context = {.language = LANGUAGE_EN, .site = "x"};
	struct message_guest_state guest = guest_in((enum guest_state)200);

	ck_assert_uint_eq(page_guest(&page, &context, &guest), 503);
	ck_assert_ptr_nonnull(strstr(written(), text_of(LANGUAGE_EN, TEXT_WAIT)));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pages");
	TCase *tests = tcase_create("pages");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, every_state_is_a_whole_page, 0, 2 * (GUEST_BUSY + 1));
	tcase_add_loop_test(tests, every_notice_is_a_whole_page, 0, 2 * NOTICES);
	tcase_add_loop_test(tests, what_the_guest_came_for_is_there, 0, ELEMENTS(shown));
	tcase_add_test(tests, a_name_is_text);
	tcase_add_test(tests, an_unknown_state_is_asked_to_wait);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
