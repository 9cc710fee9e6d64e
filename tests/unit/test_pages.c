/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves portal/pages and what it is made of: every state, refusal and notice in every language is one whole
 * page within its bound, carries no script and no style but its one sheet, asks nobody but us, shows a
 * stranger's words as text, and says what the guest came for. What a page looks like is
 * tests/browser/test_gallery.py's.
 */
#include "../../lib/cleanup.h"
#include "../../lib/units.h"
#include "../../policy/policy.h"
#include "../../portal/pages.h"
#include "catalogues.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

#define NB "\xc2\xa0"
#define HOSTILE "<script>\"'&</script>{}"
#define SHOWN "&lt;script&gt;&quot;&#39;&amp;&lt;/script&gt;{}"

_Static_assert(WAY_CLICK == (int)POLICY_LOGIN_CLICK && WAY_VOUCHER == (int)POLICY_LOGIN_VOUCHER &&
		   WAY_ACCOUNT == (int)POLICY_LOGIN_ACCOUNT && WAY_RADIUS == (int)POLICY_LOGIN_RADIUS,
	       "the portal's ways in are the policy's");

static struct html page;

static const char *written(void)
{
	static char text[HTML_MAX + 1];

	ck_assert(!page.overflow);
	memcpy(text, page.bytes, page.length);
	text[page.length] = '\0';
	return text;
}

static bool says(const char *text)
{
	return strstr(written(), text) != NULL;
}

static struct settings *hostile_settings(void)
{
	static char *paragraphs[] = {HOSTILE};
	static struct settings_link link = {"https://x.example/?a=1&b=\"", {HOSTILE, ""}};
	static struct settings settings = {
	    .site = HOSTILE,
	    .tls_port = 8443,
	    .theme = {.name = HOSTILE,
		      .accent = "#0a6353",
		      .background = "#eaf1ee",
		      .terms = {paragraphs, paragraphs},
		      .n_terms = {1, 1},
		      .logo_size = 100,
		      .links = &link,
		      .n_links = 1},
	};

	return &settings;
}

static struct page_context context_in(enum language language)
{
	return (struct page_context){.language = language,
				     .settings = hostile_settings(),
				     .redir = "http://a.example/\"><script>?x=1&y=2",
				     .code = HOSTILE,
				     .name = HOSTILE};
}

static struct message_guest_state guest_in(enum guest_state state)
{
	return (struct message_guest_state){
	    .state = (uint8_t)state,
	    .logins = WAY_CLICK | WAY_VOUCHER | WAY_ACCOUNT,
	    .login = WAY_CLICK,
	    .zone = "taman-kota",
	    .zone_name = HOSTILE,
	    .seconds_remaining = 5399,
	    .bytes_remaining = 2000000000,
	    .retry_seconds = 5400,
	    .session_usec = 2 * USEC_PER_HOUR,
	    .down_bps = 10000000,
	    .up_bps = 3000000,
	    .down_bytes = UINT64_MAX,
	    .up_bytes = 17,
	    .outage = 1,
	    .opens_text = "2026-11-24 16:00",
	    .closes_text = "2026-11-23 22:00",
	    .outage_text = "2026-11-23 12:00",
	    .code = "ABCDE-FGHJK",
	};
}

static size_t count(const char *needle)
{
	size_t n = 0;

	for (const char *at = written(); (at = strstr(at, needle)); at++)
		n++;
	return n;
}

static void check_whole(enum language language)
{
	static const char *const never[] = {"<script", "javascript:", " style=", " onclick",
					    " onload", "http-equiv",  "@import", "url("};
	char opening[64];

	snprintf(opening, sizeof(opening), "<!doctype html>\n<html lang=\"%s\">", language_code(language));
	ck_assert_int_eq(strncmp(written(), opening, strlen(opening)), 0);
	ck_assert(says("</body></html>\n"));
	ck_assert(says(language == LANGUAGE_ID ? "?lang=en" : "?lang=id"));
	for (size_t i = 0; i < ELEMENTS(never); i++)
		ck_assert_msg(!says(never[i]), "%s in a page", never[i]);
	ck_assert_uint_eq(count("<style>"), 1);
	ck_assert_uint_eq(count("<h1>"), 1);
	ck_assert_uint_eq(count(" src="), 1); /* the logo, ours */
	ck_assert(says("<img src=\"/logo\" alt=\"\">"));
	ck_assert_uint_eq(count("<form"), count("</form>"));
	ck_assert_uint_eq(count("<form"), count("name=\"lang\""));
	ck_assert_uint_lt(page.length, 15000); /* far below the bound of 30 kB */
}

typedef unsigned (*page_writer)(struct html *html, const struct page_context *context,
				const struct message_guest_state *guest);
static const page_writer writers[] = {page_guest, page_voucher, page_resume};

START_TEST(every_state_is_a_whole_page)
{
	for (enum guest_state state = 0; state <= GUEST_USED_UP; state++) {
		for (enum language language = 0; language < LANGUAGES; language++) {
			struct page_context context = context_in(language);
			struct message_guest_state guest = guest_in(state);
			unsigned status = writers[_i](&page, &context, &guest);

			check_whole(language);
			ck_assert(status == 200 || status == 503);
		}
	}
}
END_TEST

START_TEST(every_refusal_is_said_on_a_whole_page)
{
	for (unsigned refusal = 1; refusal <= GUEST_REFUSED_WAY + 1;
	     refusal++) { /* and one that is not known yet */
		struct page_context context = context_in(LANGUAGE_EN);
		struct message_guest_state guest = guest_in(GUEST_CAPTIVE);

		guest.refusal = (uint8_t)refusal;
		for (unsigned logins = 0; logins < 16; logins++) {
			guest.logins = (uint8_t)logins;
			writers[_i](&page, &context, &guest);
			check_whole(LANGUAGE_EN);
			ck_assert_uint_eq(count("role=\"alert\""), 1);
			ck_assert(says("<title>Not done: "));
		}
	}
}
END_TEST

START_TEST(every_notice_is_a_whole_page)
{
	enum language language = _i % 2 ? LANGUAGE_EN : LANGUAGE_ID;
	struct page_context context = context_in(language);
	unsigned status = page_notice(&page, &context, (enum notice)(_i / 2));

	check_whole(language);
	ck_assert_uint_eq(page_retry(status), status == 503 ? 5 : 0);
	ck_assert((status == 503) == (page.refresh[0] != '\0'));
}
END_TEST

START_TEST(the_terms_are_a_whole_page)
{
	for (enum language language = 0; language < LANGUAGES; language++) {
		struct page_context context = context_in(language);

		ck_assert_uint_eq(page_terms(&page, &context), 200);
		check_whole(language);
		ck_assert(says("<p>" SHOWN "</p>"));
		ck_assert(
		    says(language == LANGUAGE_ID ? "Undang-Undang Nomor 27 Tahun 2022" : "Law 27 of 2022"));
		ck_assert(
		    says("href=\"https://x.example/?a=1&amp;b=&quot;\" rel=\"noreferrer\">" SHOWN "</a>"));
	}
}
END_TEST

START_TEST(before_the_daemon_speaks)
{
	struct page_context context = {.language = LANGUAGE_EN};

	ck_assert_uint_eq(page_notice(&page, &context, NOTICE_WAIT), 503);
	ck_assert(says("One moment, please"));
	ck_assert_uint_eq(page_terms(&page, &context), 200);
}
END_TEST

static const struct {
	enum guest_state state;
	const char *id, *en;
} shown[] = {
    {GUEST_CAPTIVE, "<button type=\"submit\">Setuju dan masuk</button>",
     "<button type=\"submit\">Agree and log in</button>"},
    {GUEST_CAPTIVE, "action=\"/voucher\"", "action=\"/account\""},
    {GUEST_CAPTIVE, "Saya punya kode lanjutan", "I have a resume code"},
    {GUEST_CAPTIVE, "Jaringan ke internet sedang putus sejak", "The line to the internet is down since"},
    {GUEST_ONLINE, "1" NB "jam 29" NB "menit", "1" NB "h 29" NB "min"},
    {GUEST_ONLINE, ">Keluar</button>", ">Log out</button>"},
    {GUEST_ONLINE, "2" NB "GB", "10" NB "Mbit/s down"},
    {GUEST_ONLINE, "<p class=\"code\">ABCDE-FGHJK</p>", "<p class=\"code\">ABCDE-FGHJK</p>"},
    {GUEST_ONLINE, "sedang putus", "You are logged in"}, /* not "online": the line is down */
    {GUEST_CLOSED, "Selasa, 24" NB "November pukul" NB "16.00", "Tuesday 24" NB "November at" NB "16:00"},
    {GUEST_USED_UP, "Selasa, 24" NB "November pukul" NB "16.00", "Your data is used up"},
    {GUEST_USED_UP, "action=\"/voucher\"", "With one of these you may go on at once:"},
    {GUEST_BUSY, "Belum bisa masuk", "Not possible just now"},
    {GUEST_UNSURE, "Mohon tunggu sebentar", "One moment, please"},
    {GUEST_UNKNOWN, "Perangkat ini bukan tamu", "This device is not a guest"},
};

START_TEST(what_the_guest_came_for_is_there)
{
	struct page_context context = {.language = LANGUAGE_ID, .settings = hostile_settings()};
	struct message_guest_state guest = guest_in(shown[_i].state);

	page_guest(&page, &context, &guest);
	ck_assert_msg(says(shown[_i].id), "no %s", shown[_i].id);
	context.language = LANGUAGE_EN;
	page_guest(&page, &context, &guest);
	ck_assert_msg(says(shown[_i].en), "no %s", shown[_i].en);
}
END_TEST

/* What a clock says where that is known: the zone may open hours after the day has begun. */
START_TEST(used_up_says_when_there_is_more)
{
	struct page_context context = {.language = LANGUAGE_ID, .settings = hostile_settings()};
	struct message_guest_state guest = guest_in(GUEST_USED_UP);

	memcpy(guest.opens_text, "2026-11-24 06:00", sizeof("2026-11-24 06:00"));
	guest.opens_wall_usec =
	    INT64_C(1795474800) * USEC_PER_SEC; /* 2026-11-23 23:00 UTC: 06:00 at +07:00 */
	guest.now_wall_usec = guest.opens_wall_usec - 13 * USEC_PER_HOUR;
	guest.retry_seconds = 13 * 3600;
	page_guest(&page, &context, &guest);
	ck_assert(says("Kuota baru tersedia mulai</p><p class=\"big\">besok pukul" NB "06.00"));
	context.language = LANGUAGE_EN;
	page_guest(&page, &context, &guest);
	ck_assert(says("There is more from</p><p class=\"big\">06:00" NB "tomorrow"));
	guest.opens_text[0] = '\0';
	page_guest(&page, &context, &guest);
	ck_assert(says("There is more in</p><p class=\"big\">13" NB "h"));
}
END_TEST

START_TEST(only_the_ways_of_the_zone_are_offered)
{
	static const char *const forms[] = {"action=\"/login\"", "action=\"/voucher\"",
					    "action=\"/account\""};
	struct page_context context = {.language = LANGUAGE_EN, .settings = hostile_settings()};
	struct message_guest_state guest = guest_in(GUEST_CAPTIVE);

	for (unsigned logins = 0; logins < 8; logins++) {
		guest.logins = (uint8_t)logins;
		page_guest(&page, &context, &guest);
		for (unsigned i = 0; i < 3; i++)
			ck_assert(says(forms[i]) == !!(logins & 1u << i));
	}
}
END_TEST

START_TEST(a_voucher_page_only_where_vouchers_are_taken)
{
	struct page_context context = {
	    .language = LANGUAGE_EN, .settings = hostile_settings(), .code = "ABCDE-FGHJK"};
	struct message_guest_state guest = guest_in(GUEST_CAPTIVE);

	page_voucher(&page, &context, &guest);
	ck_assert(says("<h1>Use a voucher</h1>") && says("value=\"ABCDE-FGHJK\""));
	guest.logins = WAY_CLICK;
	page_voucher(&page, &context, &guest);
	ck_assert(!says("Use a voucher") && says("action=\"/login\""));
	guest.state = GUEST_ONLINE;
	page_resume(&page, &context, &guest);
	ck_assert(!says("Go on with your visit") && says("Log out"));
}
END_TEST

START_TEST(a_refusal_stands_by_its_form)
{
	struct page_context context = {
	    .language = LANGUAGE_EN, .settings = hostile_settings(), .name = "siti"};
	struct message_guest_state guest = guest_in(GUEST_CAPTIVE);

	guest.refusal = GUEST_REFUSED_PATIENCE;
	guest.retry_seconds = 95;
	page_guest(&page, &context, &guest);
	ck_assert(says("aria-describedby=\"account-error\"") && !says("code-error"));
	ck_assert(says("Please try again in 1" NB "minute."));
	context.name = NULL;
	page_guest(&page, &context, &guest);
	ck_assert(says("aria-describedby=\"code-error code-hint\"") && !says("account-error"));
	guest.logins = WAY_CLICK; /* neither form is on the page */
	page_guest(&page, &context, &guest);
	ck_assert(says("<div class=\"alert\" role=\"alert\"><b>Too many attempts.</b>"));
}
END_TEST

START_TEST(a_password_is_never_given_back)
{
	struct page_context context = context_in(LANGUAGE_EN);
	struct message_guest_state guest = guest_in(GUEST_CAPTIVE);

	guest.refusal = GUEST_REFUSED_PASSWORD;
	page_guest(&page, &context, &guest);
	ck_assert_ptr_null(strstr(strstr(written(), "type=\"password\""), "value="));
}
END_TEST

START_TEST(an_unencrypted_password_is_warned_of)
{
	struct settings plain = *hostile_settings();
	struct page_context context = {.language = LANGUAGE_EN, .settings = &plain};
	struct message_guest_state guest = guest_in(GUEST_CAPTIVE);

	page_guest(&page, &context, &guest);
	ck_assert(!says("not encrypted"));
	plain.tls_port = 0;
	page_guest(&page, &context, &guest);
	ck_assert(says("not encrypted") && says("aria-describedby=\"password-hint\""));
}
END_TEST

START_TEST(what_was_asked_for_first_is_kept)
{
	struct page_context context = {
	    .language = LANGUAGE_EN, .settings = hostile_settings(), .redir = "http://a.example/b?c=1&d=2"};
	struct message_guest_state guest = guest_in(GUEST_CAPTIVE);

	page_guest(&page, &context, &guest);
	ck_assert_uint_eq(count("name=\"redir\" value=\"http://a.example/b?c=1&amp;d=2\""), 3);
	ck_assert(says("href=\"/?lang=id&amp;redir=http%3A%2F%2Fa.example%2Fb%3Fc%3D1%26d%3D2\""));
	guest.state = GUEST_ONLINE;
	guest.outage = 0;
	page_guest(&page, &context, &guest);
	ck_assert(says("href=\"http://a.example/b?c=1&amp;d=2\">Continue to a.example</a>"));
	context.redir = "ftp://a.example/";
	page_guest(&page, &context, &guest);
	ck_assert(!says("Continue to"));
}
END_TEST

static const struct {
	enum guest_state state;
	bool out;
	uint8_t refusal;
	bool said;
} leaving[] = {
    {GUEST_CAPTIVE, true, GUEST_REFUSED_NOT, true},   {GUEST_CAPTIVE, false, GUEST_REFUSED_NOT, false},
    {GUEST_CAPTIVE, true, GUEST_REFUSED_CODE, false}, {GUEST_ONLINE, true, GUEST_REFUSED_NOT, false},
    {GUEST_CLOSED, true, GUEST_REFUSED_NOT, true},    {GUEST_USED_UP, true, GUEST_REFUSED_NOT, true},
};

START_TEST(who_logged_out_is_told_so)
{
	static const char *const words[LANGUAGES] = {
	    [LANGUAGE_ID] = "<p class=\"panel\" role=\"status\">Anda sudah keluar.",
	    [LANGUAGE_EN] = "<p class=\"panel\" role=\"status\">You are logged out."};

	for (enum language language = 0; language < language_count(); language++) {
		struct page_context context = context_in(language);
		struct message_guest_state guest = guest_in(leaving[_i].state);

		context.out = leaving[_i].out;
		guest.refusal = leaving[_i].refusal;
		page_guest(&page, &context, &guest);
		check_whole(language);
		ck_assert_int_eq(says(words[language]), leaving[_i].said);
		ck_assert_int_eq(says("&amp;out=1"), leaving[_i].said);
		if (leaving[_i].state == GUEST_CAPTIVE)
			ck_assert_int_eq(says(language == LANGUAGE_ID ? "<title>Anda sudah keluar"
								      : "<title>You are logged out"),
					 leaving[_i].said);
	}
}
END_TEST

START_TEST(what_is_never_kept_is_no_item_of_what_is)
{
	struct page_context context = {.language = LANGUAGE_EN, .settings = hostile_settings()};

	page_terms(&page, &context);
	ck_assert(says("</ul><p>What is never kept: which sites you visit"));
	context.language = LANGUAGE_ID;
	page_terms(&page, &context);
	ck_assert(says("</ul><p>Yang tidak pernah disimpan: situs yang Anda buka"));
}
END_TEST

START_TEST(the_language_link_stays_on_the_page)
{
	struct page_context context = {
	    .language = LANGUAGE_EN, .settings = hostile_settings(), .code = "AB&CD"};
	struct message_guest_state guest = guest_in(GUEST_CAPTIVE);

	page_voucher(&page, &context, &guest);
	ck_assert(says(
	    "href=\"/voucher?lang=id&amp;code=AB%26CD\" lang=\"id\" hreflang=\"id\">Bahasa Indonesia</a>"));
	page_resume(&page, &context, &guest);
	ck_assert(says("href=\"/resume?lang=id"));
	page_terms(&page, &context);
	ck_assert(says("href=\"/terms?lang=id"));
}
END_TEST

/* It would not fit: then the page is shown without it. */
START_TEST(a_page_that_would_not_fit_goes_without_redir)
{
	static char redir[6000] = "http://a.example/";
	struct page_context context = context_in(LANGUAGE_ID);
	struct message_guest_state guest = guest_in(GUEST_CAPTIVE);

	memset(redir + strlen(redir), '"', sizeof(redir) - 1 - strlen(redir));
	context.redir = redir;
	ck_assert_uint_eq(page_guest(&page, &context, &guest), 200);
	check_whole(LANGUAGE_ID);
	ck_assert(!says("redir"));
}
END_TEST

static const struct {
	enum guest_state state;
	unsigned logins;
	int64_t seconds;
	const char *refresh;
} refreshes[] = {
    {GUEST_ONLINE, WAY_CLICK, 5399, "60; url=/?lang=en"},
    {GUEST_ONLINE, WAY_CLICK, 10, "11; url=/?lang=en"},
    {GUEST_CLOSED, WAY_CLICK, 0, "60; url=/?lang=en"},
    {GUEST_CAPTIVE, WAY_CLICK, 0, "60; url=/?lang=en"}, /* an outage */
    {GUEST_CAPTIVE, WAY_VOUCHER, 0, ""},
    {GUEST_USED_UP, WAY_CLICK, 0, "60; url=/?lang=en"},
    {GUEST_USED_UP, WAY_VOUCHER, 0, ""}, /* somebody may be typing */
    {GUEST_BUSY, WAY_CLICK, 0, "15; url=/?lang=en"},
    {GUEST_UNSURE, WAY_CLICK, 0, "5; url=/?lang=en"},
};

START_TEST(a_page_without_fields_refreshes_itself)
{
	struct page_context context = {.language = LANGUAGE_EN, .settings = hostile_settings()};
	struct message_guest_state guest = guest_in(refreshes[_i].state);

	guest.logins = (uint8_t)refreshes[_i].logins;
	guest.seconds_remaining = refreshes[_i].seconds;
	page_guest(&page, &context, &guest);
	ck_assert_str_eq(page.refresh, refreshes[_i].refresh);
}
END_TEST

START_TEST(a_name_is_text)
{
	struct page_context context = context_in(LANGUAGE_ID);
	struct message_guest_state guest = guest_in(GUEST_CAPTIVE);

	page_guest(&page, &context, &guest);
	ck_assert(says("Selamat datang di " SHOWN));
	ck_assert(says("name=\"code\" value=\"" SHOWN "\""));
	ck_assert(says("name=\"name\" value=\"" SHOWN "\""));
}
END_TEST

START_TEST(an_unknown_state_is_asked_to_wait)
{
	struct page_context context = {.language = LANGUAGE_EN};
	struct message_guest_state guest = guest_in((enum guest_state)200);

	ck_assert_uint_eq(page_guest(&page, &context, &guest), 503);
	ck_assert(says("One moment, please"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pages");
	TCase *tests = tcase_create("pages");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_unchecked_fixture(tests, load_catalogues, NULL);
	tcase_add_loop_test(tests, every_state_is_a_whole_page, 0, ELEMENTS(writers));
	tcase_add_loop_test(tests, every_refusal_is_said_on_a_whole_page, 0, ELEMENTS(writers));
	tcase_add_loop_test(tests, every_notice_is_a_whole_page, 0, 2 * NOTICES);
	tcase_add_test(tests, the_terms_are_a_whole_page);
	tcase_add_test(tests, before_the_daemon_speaks);
	tcase_add_loop_test(tests, what_the_guest_came_for_is_there, 0, ELEMENTS(shown));
	tcase_add_test(tests, used_up_says_when_there_is_more);
	tcase_add_test(tests, only_the_ways_of_the_zone_are_offered);
	tcase_add_test(tests, a_voucher_page_only_where_vouchers_are_taken);
	tcase_add_test(tests, a_refusal_stands_by_its_form);
	tcase_add_test(tests, a_password_is_never_given_back);
	tcase_add_test(tests, an_unencrypted_password_is_warned_of);
	tcase_add_test(tests, what_was_asked_for_first_is_kept);
	tcase_add_loop_test(tests, who_logged_out_is_told_so, 0, ELEMENTS(leaving));
	tcase_add_test(tests, what_is_never_kept_is_no_item_of_what_is);
	tcase_add_test(tests, the_language_link_stays_on_the_page);
	tcase_add_test(tests, a_page_that_would_not_fit_goes_without_redir);
	tcase_add_loop_test(tests, a_page_without_fields_refreshes_itself, 0, ELEMENTS(refreshes));
	tcase_add_test(tests, a_name_is_text);
	tcase_add_test(tests, an_unknown_state_is_asked_to_wait);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
