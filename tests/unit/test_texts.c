/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves portal/texts, catalogue and values: a text is found in its language and is English where it is not;
 * a catalogue that is damaged in any way is refused or read, never worse; a further language needs a
 * catalogue alone; times, weekdays, months, durations and figures read as each language writes them; the
 * browser's wish is heard.
 */
#include "../../lib/units.h"
#include "../../portal/catalogue.h"
#include "../../portal/texts.h"
#include "catalogues.h"
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define NB "\xc2\xa0"

/* ---- catalogues ---- */

START_TEST(a_text_in_its_language)
{
	ck_assert_str_eq(text_of(LANGUAGE_ID, "Agree and log in"), "Setuju dan masuk");
	ck_assert_str_eq(text_of(LANGUAGE_EN, "Agree and log in"), "Agree and log in");
	ck_assert_str_eq(text_of(LANGUAGE_ID, "Nobody translated this"), "Nobody translated this");
	ck_assert_str_eq(text_of((enum language)99, "Log out"), "Log out");
	ck_assert_str_eq(language_name(LANGUAGE_ID), "Bahasa Indonesia");
	ck_assert_str_eq(language_name(LANGUAGE_EN), "English");
}
END_TEST

START_TEST(a_missing_catalogue_is_english)
{
	ck_assert_int_eq(texts_load("/nonexistent", "id"), -ENOENT);
	ck_assert_str_eq(text_of(LANGUAGE_ID, "Log out"), "Log out");
	ck_assert_str_eq(language_name(LANGUAGE_ID), "Bahasa Indonesia");
	ck_assert_uint_eq(language_count(), LANGUAGES);
}
END_TEST

/* The Indonesian catalogue under another name: what po/xx.po and its line in LINGUAS come to. */
START_TEST(a_further_language_is_a_file)
{
	char root[] = "/tmp/gerbang-unit-XXXXXX", path[256], command[64];
	enum language language;

	ck_assert_ptr_nonnull(mkdtemp(root));
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), i ? "%s/jv/LC_MESSAGES" : "%s/jv", root);
		ck_assert_int_eq(mkdir(path, 0700), 0);
	}
	snprintf(path, sizeof(path), "%s/jv/LC_MESSAGES/gerbang.mo", root);
	ck_assert_int_eq(symlink(catalogue_path(), path), 0);
	ck_assert_int_eq(texts_load(root, "jv"), 0);
	ck_assert_uint_eq(language_count(), LANGUAGES + 1);
	ck_assert(language_find("jv", &language));
	ck_assert_str_eq(text_of(language, "Log out"), "Keluar");
	ck_assert_str_eq(language_code(language), "jv");
	ck_assert_int_eq(language_theme(language), LANGUAGE_ID);
	ck_assert_int_eq(language_accept("fr, jv-ID;q=0.9, en;q=0.2", LANGUAGE_EN), language);
	ck_assert_str_eq(text_duration(language, 60, command), "1" NB "menit");
	unlink(path);
	snprintf(path, sizeof(path), "%s/jv/LC_MESSAGES", root);
	rmdir(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	rmdir(root);
}
END_TEST

START_TEST(too_many_languages_are_refused)
{
	texts_load("/nonexistent", "a1 a2 a3 a4 a5 a6 a7 a8 a9 x averyverylongname\n\n");
	ck_assert_uint_eq(language_count(), LANGUAGES_MAX);
	ck_assert_str_eq(language_code((enum language)2), "a1");
}
END_TEST

static size_t read_catalogue(char *bytes, size_t size)
{
	FILE *file = fopen(catalogue_path(), "r");
	size_t length;

	ck_assert_ptr_nonnull(file);
	length = fread(bytes, 1, size, file);
	fclose(file);
	ck_assert(length > 1000 && length < size);
	return length;
}

static int read_bytes(const char *bytes, size_t length)
{
	_cleanup_(catalogue_freep) struct catalogue *catalogue = NULL;
	char path[] = "/tmp/gerbang-unit-XXXXXX";
	FILE *file = fdopen(mkstemp(path), "w");
	int r;

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
	fclose(file);
	r = catalogue_read(path, &catalogue);
	if (r == 0) /* what it holds must lie inside it: a sanitizer looks on */
		for (const char *key = "abcXYZ{}"; *key; key++) {
			const char *text = catalogue_find(catalogue, key);

			ck_assert(!text || strlen(text) < length);
		}
	unlink(path);
	return r;
}

START_TEST(a_damaged_catalogue_is_refused_or_read)
{
	static char whole[65536], damaged[65536];
	size_t length = read_catalogue(whole, sizeof(whole));
	uint32_t n;

	ck_assert_int_eq(read_bytes(whole, length), 0);
	ck_assert_int_eq(read_bytes("", 0), -EBADMSG);
	ck_assert_int_eq(read_bytes(whole, 27), -EBADMSG);
	ck_assert_int_eq(read_bytes(whole, length - 1), -EBADMSG);
	memcpy(&n, whole + 8, sizeof(n));
	for (size_t i = 0; i < 28 + n * 16; i++) { /* head and both tables, byte by byte */
		memcpy(damaged, whole, length);
		damaged[i] = (char)(damaged[i] ^ 0xff);
		read_bytes(damaged, length);
	}
	memcpy(damaged, whole, length);
	memset(damaged + 8, 0xff, 4);
	ck_assert_int_eq(read_bytes(damaged, length), -EBADMSG);
}
END_TEST

/* A page asks some sixty times. */
START_TEST(a_text_costs_next_to_nothing)
{
	struct timespec from, to;
	double seconds;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (int i = 0; i < 200000; i++)
		ck_assert_ptr_nonnull(
		    text_of((enum language)(i % 2), i % 3 ? "Agree and log in" : "Your data is used up"));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
	ck_assert_msg(seconds < 1, "5 us a text is too much: %.3f s for 200,000", seconds);
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

START_TEST(since_when)
{
	char out[TEXT_VALUE];
	int64_t wall = local_usec("2026-11-23 16:40");

	text_since(LANGUAGE_ID, "2026-11-23 16:40", wall, wall + USEC_PER_HOUR, out);
	ck_assert_str_eq(out, "sejak pukul" NB "16.40");
	text_since(LANGUAGE_EN, "2026-11-23 16:40", wall, wall + USEC_PER_HOUR, out);
	ck_assert_str_eq(out, "since" NB "16:40");
	text_since(LANGUAGE_EN, "2026-11-23 16:40", wall, wall + USEC_PER_DAY, out);
	ck_assert_str_eq(out, "since Monday 23" NB "November at" NB "16:40");
	ck_assert_str_eq(text_since(LANGUAGE_ID, "", 0, 0, out), "");
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

	tcase_add_unchecked_fixture(tests, load_catalogues, NULL);
	tcase_add_test(tests, a_text_in_its_language);
	tcase_add_test(tests, a_missing_catalogue_is_english);
	tcase_add_test(tests, a_further_language_is_a_file);
	tcase_add_test(tests, too_many_languages_are_refused);
	tcase_add_test(tests, a_damaged_catalogue_is_refused_or_read);
	tcase_add_test(tests, a_text_costs_next_to_nothing);
	tcase_add_test(tests, since_when);
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
