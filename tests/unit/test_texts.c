/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves portal/texts: every text is there in both languages with the same places for values and no markup;
 * times, weekdays, months, durations and figures read as each language writes them; the browser's wish is
 * heard.
 */
#include "../../lib/units.h"
#include "../../portal/texts.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NB "\xc2\xa0"

static size_t places(const char *text)
{
	size_t n = 0;

	while ((text = strstr(text, "{}"))) {
		text += 2;
		n++;
	}
	return n;
}

START_TEST(every_text_in_both_languages)
{
	const char *id = text_of(LANGUAGE_ID, (enum text)_i), *en = text_of(LANGUAGE_EN, (enum text)_i);

	ck_assert_ptr_nonnull(id);
	ck_assert_ptr_nonnull(en);
	ck_assert_uint_gt(strlen(id), 0);
	ck_assert_uint_gt(strlen(en), 0);
	ck_assert_msg(places(id) == places(en), "\"%s\" has other places than \"%s\"", id, en);
	ck_assert_msg(!strpbrk(id, "<>&") && !strpbrk(en, "<>&"), "markup in \"%s\" or \"%s\"", id, en);
}
END_TEST

static bool is_a_text(const char *wanted)
{
	for (int i = 0; i < TEXTS * LANGUAGES; i++)
		if (strcmp(text_of((enum language)(i % LANGUAGES), (enum text)(i / LANGUAGES)), wanted) == 0)
			return true;
	return false;
}

/* What docs/visitors.md prints in bold, a visitor finds on the page. */
START_TEST(the_visitors_document_quotes_the_page)
{
	static char document[16384];
	FILE *file = fopen("docs/visitors.md", "r");
	unsigned quoted = 0;

	ck_assert_ptr_nonnull(file);
	document[fread(document, 1, sizeof(document) - 1, file)] = '\0';
	fclose(file);
	for (char *from = document, *to; (from = strstr(from, "**")); from = to + 2) {
		from += 2;
		to = strstr(from, "**");
		ck_assert_ptr_nonnull(to);
		*to = '\0';
		ck_assert_msg(is_a_text(from), "the page does not say \"%s\"", from);
		quoted++;
	}
	ck_assert_uint_ge(quoted, 8);
}
END_TEST

START_TEST(language_codes)
{
	enum language language = LANGUAGE_EN;

	ck_assert(language_find("id", &language));
	ck_assert_int_eq(language, LANGUAGE_ID);
	ck_assert(language_find("en", &language));
	ck_assert_int_eq(language, LANGUAGE_EN);
	ck_assert(!language_find("EN", &language) && !language_find("", &language));
	ck_assert(!language_find("fr", &language) && !language_find(NULL, &language));
	ck_assert_str_eq(language_code(LANGUAGE_ID), "id");
	ck_assert_str_eq(language_code(LANGUAGE_EN), "en");
}
END_TEST

static const struct {
	const char *header;
	enum language otherwise, expected;
} wishes[] = {
    {NULL, LANGUAGE_ID, LANGUAGE_ID},
    {"", LANGUAGE_EN, LANGUAGE_EN},
    {"en", LANGUAGE_ID, LANGUAGE_EN},
    {"en-US,en;q=0.9", LANGUAGE_ID, LANGUAGE_EN},
    {"id-ID,id;q=0.9,en-US;q=0.8,en;q=0.7", LANGUAGE_EN, LANGUAGE_ID},
    {"in-ID", LANGUAGE_EN, LANGUAGE_ID}, /* old Android */
    {"fr, en;q=0.5, id;q=0.4", LANGUAGE_ID, LANGUAGE_EN},
    {"fr, en;q=0.4, id;q=0.5", LANGUAGE_EN, LANGUAGE_ID},
    {"en;q=0, id;q=0.1", LANGUAGE_EN, LANGUAGE_ID},
    {"en;q=0", LANGUAGE_ID, LANGUAGE_ID},
    {"fr-FR,fr", LANGUAGE_EN, LANGUAGE_EN},
    {"EN", LANGUAGE_ID, LANGUAGE_EN},
    {"english", LANGUAGE_ID, LANGUAGE_ID},
    {"en;q=nonsense", LANGUAGE_ID, LANGUAGE_ID},
    {",,;;q==,en ; q=0.3", LANGUAGE_ID, LANGUAGE_EN},
    {"*", LANGUAGE_ID, LANGUAGE_ID},
    {"en;q=1.000, id;q=0.999", LANGUAGE_ID, LANGUAGE_EN},
    {";q=", LANGUAGE_ID, LANGUAGE_ID},
};

START_TEST(the_browsers_wish)
{
	ck_assert_msg(language_accept(wishes[_i].header, wishes[_i].otherwise) == wishes[_i].expected, "%s",
		      wishes[_i].header);
}
END_TEST

static const struct {
	int64_t seconds;
	const char *id, *en;
} durations[] = {
    {-5, "0" NB "detik", "0" NB "seconds"}, {0, "0" NB "detik", "0" NB "seconds"},
    {1, "1" NB "detik", "1" NB "second"},   {59, "59" NB "detik", "59" NB "seconds"},
    {60, "1" NB "menit", "1" NB "minute"},  {3599, "59" NB "menit", "59" NB "minutes"},
    {3600, "1" NB "jam", "1" NB "hour"},    {7140, "1" NB "jam 59" NB "menit", "1" NB "h 59" NB "min"},
    {7200, "2" NB "jam", "2" NB "hours"},   {INT64_MAX, "9999" NB "jam", "9999" NB "hours"},
};

START_TEST(durations_in_words)
{
	char out[TEXT_VALUE];

	ck_assert_str_eq(text_duration(LANGUAGE_ID, durations[_i].seconds, out), durations[_i].id);
	ck_assert_str_eq(text_duration(LANGUAGE_EN, durations[_i].seconds, out), durations[_i].en);
}
END_TEST

START_TEST(figures_with_the_languages_decimal_sign)
{
	char out[TEXT_VALUE];

	ck_assert_str_eq(text_rate(LANGUAGE_ID, 10000000, out), "10" NB "Mbit/s");
	ck_assert_str_eq(text_rate(LANGUAGE_EN, 2500000, out), "2.5" NB "Mbit/s");
	ck_assert_str_eq(text_rate(LANGUAGE_ID, 2500000, out), "2,5" NB "Mbit/s");
	ck_assert_str_eq(text_volume(LANGUAGE_EN, 1240000000, out), "1.24" NB "GB");
	ck_assert_str_eq(text_volume(LANGUAGE_ID, 1240000000, out), "1,24" NB "GB");
	ck_assert_str_eq(text_volume(LANGUAGE_ID, 0, out), "0" NB "B");
	text_volume(LANGUAGE_ID, UINT64_MAX, out);
	ck_assert_ptr_nonnull(strstr(out, NB));
}
END_TEST

/* ---- moments ---- */

/* 2026-11-23 16:00 in Sampit is 09:00 UTC. */
#define SEVEN_HOURS (7 * USEC_PER_HOUR)

static int64_t local_usec(const char *local)
{
	struct tm tm = {0};

	ck_assert_ptr_nonnull(strptime(local, "%Y-%m-%d %H:%M", &tm));
	return (int64_t)timegm(&tm) * USEC_PER_SEC - SEVEN_HOURS;
}

static const struct {
	const char *local, *now, *id, *en;
} moments[] = {
    {"2026-11-23 16:00", "2026-11-23 15:59", "pukul" NB "16.00", "16:00" NB "today"},
    {"2026-11-23 16:00", "2026-11-23 00:00", "pukul" NB "16.00", "16:00" NB "today"},
    {"2026-11-23 06:00", "2026-11-22 23:59", "besok pukul" NB "06.00", "06:00" NB "tomorrow"},
    {"2026-11-23 00:00", "2026-11-22 22:00", "besok pukul" NB "00.00", "00:00" NB "tomorrow"},
    {"2026-11-23 16:00", "2026-11-21 23:59", "Senin, 23" NB "November pukul" NB "16.00",
     "Monday 23" NB "November at" NB "16:00"},
    {"2027-01-01 06:00", "2026-12-31 22:00", "besok pukul" NB "06.00", "06:00" NB "tomorrow"},
    {"2028-03-01 06:00", "2028-02-28 22:00", "Rabu, 1" NB "Maret pukul" NB "06.00",
     "Wednesday 1" NB "March at" NB "06:00"},
    {"2028-02-29 06:00", "2028-02-28 22:00", "besok pukul" NB "06.00", "06:00" NB "tomorrow"},
    {"2026-11-23 16:00", NULL, "Senin, 23" NB "November pukul" NB "16.00",
     "Monday 23" NB "November at" NB "16:00"},
};

START_TEST(moments_in_words)
{
	const char *local = moments[_i].local, *now = moments[_i].now;
	int64_t now_usec = now ? local_usec(now) : 0;
	char out[TEXT_VALUE];

	ck_assert_str_eq(text_moment(LANGUAGE_ID, local, local_usec(local), now_usec, out), moments[_i].id);
	ck_assert_str_eq(text_moment(LANGUAGE_EN, local, local_usec(local), now_usec, out), moments[_i].en);
}
END_TEST

START_TEST(every_weekday_and_month_has_its_name)
{
	static const char *const days[LANGUAGES][7] = {
	    {"Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"},
	    {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}};
	static const char *const months[LANGUAGES][12] = {
	    {"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September",
	     "Oktober", "November", "Desember"},
	    {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
	     "November", "December"}};

	for (int day = 0; day < 366; day++) {		/* the year has a leap day */
		time_t noon = 1830297600 + day * 86400; /* 2028-01-01 00:00 UTC */
		char local[32], out[TEXT_VALUE], expected[TEXT_VALUE];
		struct tm tm = *gmtime(&noon);

		strftime(local, sizeof(local), "%Y-%m-%d 06:05", &tm);
		text_moment(LANGUAGE_ID, local, 0, 0, out);
		snprintf(expected, sizeof(expected), "%s, %d" NB "%s pukul" NB "06.05",
			 days[LANGUAGE_ID][tm.tm_wday], tm.tm_mday, months[LANGUAGE_ID][tm.tm_mon]);
		ck_assert_str_eq(out, expected);
		text_moment(LANGUAGE_EN, local, 0, 0, out);
		snprintf(expected, sizeof(expected), "%s %d" NB "%s at" NB "06:05",
			 days[LANGUAGE_EN][tm.tm_wday], tm.tm_mday, months[LANGUAGE_EN][tm.tm_mon]);
		ck_assert_str_eq(out, expected);
	}
}
END_TEST

START_TEST(what_is_no_moment_is_empty)
{
	static const char *const wrong[] = {"",
					    "soon",
					    "2026-11-23",
					    "2026-13-23 16:00",
					    "16:00",
					    "2026-00-01 00:00",
					    "9999-99-99 99:99",
					    "2026-11-23x16:00",
					    "2026-11-32 16:00",
					    "2026-11-23 24:61",
					    "2026-11-00 16:00",
					    "2026-11-23 -1:00"};
	char out[TEXT_VALUE];

	ck_assert_msg(*text_moment(LANGUAGE_ID, wrong[_i], 1, 1, out) == '\0', "\"%s\" gave \"%s\"",
		      wrong[_i], out);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("texts");
	TCase *tests = tcase_create("texts");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, every_text_in_both_languages, 0, TEXTS);
	tcase_add_test(tests, the_visitors_document_quotes_the_page);
	tcase_add_test(tests, language_codes);
	tcase_add_loop_test(tests, the_browsers_wish, 0, sizeof(wishes) / sizeof(wishes[0]));
	tcase_add_loop_test(tests, durations_in_words, 0, sizeof(durations) / sizeof(durations[0]));
	tcase_add_test(tests, figures_with_the_languages_decimal_sign);
	tcase_add_loop_test(tests, moments_in_words, 0, sizeof(moments) / sizeof(moments[0]));
	tcase_add_test(tests, every_weekday_and_month_has_its_name);
	tcase_add_loop_test(tests, what_is_no_moment_is_empty, 0, 12);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
