/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves portal/style: the hash that the policy names is that of the sheet in the page, for every theme; the
 * theme's colours are in it. Whether they can be read is for axe, in a browser.
 */
#include "../../portal/pages.h"
#include <check.h>
#include <gnutls/crypto.h>
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

static bool says(const char *text)
{
	return strstr(written(), text) != NULL;
}

static struct settings themed(const char *accent, const char *background)
{
	struct settings settings = {.site = "Diskominfo"};

	strcpy(settings.theme.accent, accent);
	strcpy(settings.theme.background, background);
	return settings;
}

START_TEST(the_hash_is_the_styles)
{
	struct settings settings = themed("#0a6353", "#eaf1ee");
	struct page_context context = {.language = LANGUAGE_EN, .settings = &settings};
	const char *from, *to;
	char expected[80], first[80];
	uint8_t digest[32];
	gnutls_datum_t base64;

	page_terms(&page, &context);
	from = strstr(written(), "<style>") + strlen("<style>");
	to = strstr(from, "</style>");
	ck_assert_int_eq(gnutls_hash_fast(GNUTLS_DIG_SHA256, from, (size_t)(to - from), digest), 0);
	ck_assert_int_eq(gnutls_base64_encode2(&(gnutls_datum_t){digest, sizeof(digest)}, &base64), 0);
	snprintf(expected, sizeof(expected), "'sha256-%.*s'", (int)base64.size, (char *)base64.data);
	gnutls_free(base64.data);
	ck_assert_str_eq(page_style_hash(&settings), expected);
	snprintf(first, sizeof(first), "%s", page_style_hash(&settings));
	strcpy(settings.theme.accent, "#123456");
	ck_assert_str_ne(page_style_hash(&settings), first);
	ck_assert_ptr_nonnull(page_style_hash(NULL));
}
END_TEST

START_TEST(the_style_fits_and_holds_the_themes_colours)
{
	struct settings settings = themed("#0a6353", "#eaf1ee");
	struct page_context context = {.language = LANGUAGE_EN, .settings = &settings};

	strcpy(settings.theme.accent, "#123456");
	strcpy(settings.theme.background, "#fedcba");
	page_terms(&page, &context);
	ck_assert(says("background:#123456") && says("body{background:#fedcba"));
	ck_assert(says("@media(prefers-color-scheme:dark)") && says("}}</style>"));
	ck_assert(!says("$"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("style");
	TCase *tests = tcase_create("style");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tests, the_hash_is_the_styles);
	tcase_add_test(tests, the_style_fits_and_holds_the_themes_colours);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
