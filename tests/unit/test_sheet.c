/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves ctl/sheet and ctl/card as paper: the PDF is rendered by poppler and its QR codes are read back by
 * zbar, each holding its own card's address; the printed words are there in the site's language, every font
 * is embedded, whatever names are in it. The file is there whole or not at all, and its owner's alone. And
 * the texts of times, durations and volumes.
 */
#include "../../ctl/card.h"
#include "../../ctl/sheet.h"
#include "../../lib/cleanup.h"
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* What fontconfig keeps until the process ends is not ours. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig";
}

static char folder[64], file[96];

static void set_up(void)
{
	snprintf(folder, sizeof(folder), "/tmp/test-sheet-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(file, sizeof(file), "%s/sheet.pdf", folder);
}

static unsigned files(bool remove)
{
	DIR *directory = opendir(folder);
	unsigned n = 0;

	for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
		n += entry->d_name[0] != '.';
		if (remove)
			unlinkat(dirfd(directory), entry->d_name, 0);
	}
	closedir(directory);
	return n;
}

static void tear_down(void)
{
	files(true);
	rmdir(folder);
}

/* ---- vouchers ---- */

static json_t *voucher(unsigned i, const char *zone_name)
{
	char code[16], url[80];

	snprintf(code, sizeof(code), "ABC%02u-FGHJK", i);
	snprintf(url, sizeof(url), "http://wifi.kotimkab.go.id/voucher?code=%s", code);
	return json_pack("{s:s, s:i, s:s, s:s?, s:s, s:s, s:i, s:I, s:i}", "code", code, "batch", 3, "zone",
			 "taman-kota", "zone_name", zone_name, "url", url, "valid_until",
			 "2026-12-23T14:35:10+07:00", "time_seconds", 7200, "data_bytes",
			 (json_int_t)1500000000, "devices", 2);
}

static json_t *vouchers(unsigned n, const char *zone_name)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(array, voucher(i, zone_name));
	return array;
}

static int write_vouchers(const char *site, const char *language, json_t *array, unsigned *pages)
{
	int r = sheet_write(file, site, language, array, pages);

	json_decref(array);
	return r;
}

/* What a program of the system prints, given the file. */
static const char *output_of(const char *format)
{
	static char text[65536];
	char command[1024];
	FILE *stream;
	size_t n;

	snprintf(command, sizeof(command), format, file, folder);
	stream = popen(command, "r");
	ck_assert_ptr_nonnull(stream);
	n = fread(text, 1, sizeof(text) - 1, stream);
	text[n] = '\0';
	ck_assert_msg(pclose(stream) == 0, "%s", command);
	return text;
}

/* At resolutions of cheap printers and cameras: zbar overlooks one code of a hundred at any one of them. */
static const char *codes_on_page(unsigned page)
{
	static char command[512];

	snprintf(command, sizeof(command),
		 "for r in 120 150 200 300; do pdftoppm -r $r -gray -f %u -l %u %%1$s %%2$s/page$r; done && "
		 "zbarimg -q --raw %s/page*.pgm 2>/dev/null | sort -u && rm %s/page*",
		 page, page, folder, folder);
	return output_of(command);
}

static unsigned count(const char *text, const char *part)
{
	unsigned n = 0;

	while ((text = strstr(text, part))) {
		n++;
		text += strlen(part);
	}
	return n;
}

static bool contains(const char *text, const char *part)
{
	return strstr(text, part);
}

START_TEST(every_code_can_be_read_back)
{
	unsigned pages = 0;

	ck_assert_int_eq(write_vouchers("Diskominfo Kabupaten Kotawaringin Timur", "id",
					vouchers(13, "Taman Kota Sampit"), &pages),
			 0);
	ck_assert_uint_eq(pages, 2);
	for (unsigned page = 1; page <= 2; page++) {
		const char *read = codes_on_page(page);

		ck_assert_uint_eq(count(read, "http://"), page == 1 ? 10 : 3);
		for (unsigned i = 0; i < 13; i++) {
			char url[80];

			snprintf(url, sizeof(url), "http://wifi.kotimkab.go.id/voucher?code=ABC%02u-FGHJK\n",
				 i);
			ck_assert_msg(contains(read, url) == (i / 10 + 1 == page), "%s on page %u", url,
				      page);
		}
	}
}
END_TEST

START_TEST(words_in_the_sites_language)
{
	unsigned pages;
	const char *text;

	ck_assert_int_eq(write_vouchers("Diskominfo", "id", vouchers(1, "Taman Kota"), &pages), 0);
	text = output_of("pdftotext -layout %s -");
	ck_assert_msg(contains(text, "Diskominfo") && contains(text, "Taman Kota") &&
			  contains(text, "ABC00-FGHJK"),
		      "%s", text);
	ck_assert_msg(contains(text, "Berlaku sampai 23 Desember 2026 pukul 14.35"), "%s", text);
	ck_assert_msg(contains(text, "Waktu daring 2 jam \xc2\xb7 Data 1,5 GB \xc2\xb7 2 perangkat"), "%s",
		      text);
	ck_assert_msg(contains(text, "Kumpulan 3, halaman 1 dari 1"), "%s", text);
	ck_assert_int_eq(write_vouchers("Diskominfo", "en", vouchers(1, "Taman Kota"), &pages), 0);
	text = output_of("pdftotext -layout %s -");
	ck_assert_msg(contains(text, "Valid until 23 December 2026, 14:35"), "%s", text);
	ck_assert_msg(contains(text, "2 hours online \xc2\xb7 Data 1.5 GB \xc2\xb7 2 devices"), "%s", text);
}
END_TEST

static json_t *vouchers_of_batches(unsigned n, unsigned per_batch)
{
	json_t *array = vouchers(n, "Taman Kota"), *row;
	size_t i;

	json_array_foreach(array, i, row)
	    json_object_set_new(row, "batch", json_integer((json_int_t)(3 + i / per_batch)));
	return array;
}

START_TEST(a_page_names_every_batch_on_it)
{
	unsigned pages;
	const char *text;

	ck_assert_int_eq(write_vouchers("Diskominfo", "id", vouchers_of_batches(14, 4), &pages), 0);
	text = output_of("pdftotext -layout %s -");
	ck_assert_msg(contains(text, "Kumpulan 3, 4 dan 5, halaman 1 dari 2"), "%s", text);
	ck_assert_msg(contains(text, "Kumpulan 5 dan 6, halaman 2 dari 2"), "%s", text);
	ck_assert_int_eq(write_vouchers("Diskominfo", "en", vouchers_of_batches(11, 10), &pages), 0);
	text = output_of("pdftotext -layout %s -");
	ck_assert_msg(contains(text, "Batch 3, page 1 of 2"), "%s", text);
	ck_assert_msg(contains(text, "Batch 4, page 2 of 2"), "%s", text);
	ck_assert_int_eq(write_vouchers("Diskominfo", "en", vouchers_of_batches(10, 1), &pages), 0);
	text = output_of("pdftotext -layout %s -");
	ck_assert_msg(contains(text, "Batches 3, 4, 5, 6, 7, 8, 9, 10, 11 and 12, page 1 of 1"), "%s", text);
}
END_TEST

START_TEST(a4_with_its_fonts_inside)
{
	unsigned pages;
	const char *text;

	ck_assert_int_eq(write_vouchers("Diskominfo", "id", vouchers(2, "Taman Kota"), &pages), 0);
	text = output_of("pdfinfo %s");
	ck_assert_msg(contains(text, "(A4)") && contains(text, "Pages:           1"), "%s", text);
	text = output_of("pdffonts %s | tail -n +3");
	ck_assert_uint_ge(count(text, "\n"), 2);
	ck_assert_msg(count(text, " yes yes ") == count(text, "\n"), "%s", text); /* embedded, subset */
}
END_TEST

/* Names from a configuration may be any UTF-8: long, of other scripts, right to left, with control
 * characters. */
static const char *const names[] = {
    "",
    "A",
    "Pelabuhan Penyeberangan dan Terminal Penumpang Kecamatan Mentawa Baru Ketapang Kabupaten Kotawaringin "
    "Timur",
    "Tanpaspasitanpaspasitanpaspasitanpaspasitanpaspasitanpaspasitanpaspasitanpaspasitanpaspasitanpaspasi",
    "\xe4\xb8\xad\xe6\x96\x87\xe5\x85\xac\xe5\x9b\xad",
    "\xd8\xad\xd8\xaf\xd9\x8a\xd9\x82\xd8\xa9 \xd8\xa7\xd9\x84\xd9\x85\xd8\xaf\xd9\x8a\xd9\x86\xd8\xa9",
    "Taman \xf0\x9f\x8c\xb4\xf0\x9f\x8c\xb4 Kota",
    "one\ntwo\nthree\nfour\nfive\nsix\tseven\x01\x7f",
    "<b>%s%n</b> & \xe2\x80\xae reversed",
    "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
};

START_TEST(any_name_leaves_the_code_alone)
{
	unsigned pages;

	ck_assert_int_eq(write_vouchers(names[_i], "id", vouchers(10, names[_i]), &pages), 0);
	ck_assert_uint_eq(count(output_of("pdftotext -layout %s -"), "-FGHJK"), 10);
	ck_assert_uint_eq(count(codes_on_page(1), "http://"), 10);
}
END_TEST

START_TEST(what_is_missing_is_left_out)
{
	json_t *poor = json_pack("[{s:s, s:n, s:n, s:n, s:s}, {}, {s:i, s:[]}]", "code", "ABCDE-FGHJK",
				 "zone", "url", "time_seconds", "valid_until", "soon", "code", 5, "url");
	unsigned pages;
	const char *text;

	ck_assert_ptr_nonnull(poor);
	ck_assert_int_eq(write_vouchers(NULL, NULL, poor, &pages), 0);
	text = output_of("pdftotext -layout %s -");
	ck_assert_msg(contains(text, "ABCDE-FGHJK") && contains(text, "Semua lokasi"), "%s", text);
}
END_TEST

/* ---- the file ---- */

START_TEST(the_file_is_its_owners)
{
	struct stat status;
	unsigned pages;
	FILE *before = fopen(file, "w");

	fputs("an older sheet", before);
	fclose(before);
	ck_assert_int_eq(chmod(file, 0666), 0);
	ck_assert_int_eq(write_vouchers("Diskominfo", "id", vouchers(1, NULL), &pages), 0);
	ck_assert_int_eq(stat(file, &status), 0);
	ck_assert_int_eq(status.st_mode & 07777, 0600);
	ck_assert_uint_eq(files(false), 1);
}
END_TEST

START_TEST(whole_or_not_at_all)
{
	struct rlimit limit = {.rlim_cur = 20000, .rlim_max = RLIM_INFINITY};
	unsigned pages = 77;

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert_int_eq(write_vouchers("Diskominfo", "id", vouchers(200, "Taman"), &pages), -EFBIG);
	ck_assert_uint_eq(files(false), 0);
	ck_assert_uint_eq(pages, 77);
	snprintf(file, sizeof(file), "%s/none/sheet.pdf", folder);
	ck_assert_int_eq(write_vouchers("Diskominfo", "id", vouchers(1, "Taman"), &pages), -ENOENT);
	snprintf(file, sizeof(file), "/dev/full/sheet.pdf");
	ck_assert_int_eq(write_vouchers("Diskominfo", "id", vouchers(1, "Taman"), &pages), -ENOTDIR);
}
END_TEST

/* ---- texts ---- */

static const struct {
	int64_t value;
	const char *id, *en;
} durations[] = {
    {0, "", ""},
    {1, "1 detik", "1 second"},
    {59, "59 detik", "59 seconds"},
    {60, "1 menit", "1 minute"},
    {3600, "1 jam", "1 hour"},
    {7200, "2 jam", "2 hours"},
    {5400, "1 jam 30 menit", "1 hour 30 minutes"},
    {86400, "1 hari", "1 day"},
    {2592000, "30 hari", "30 days"},
    {90061, "1 hari 1 jam", "1 day 1 hour"},
    {86401, "1 hari 1 detik", "1 day 1 second"},
};

static const struct {
	int64_t value;
	const char *id, *en;
} volumes[] = {
    {0, "0 B", "0 B"},
    {999, "999 B", "999 B"},
    {1000, "1 kB", "1 kB"},
    {1050, "1,05 kB", "1.05 kB"},
    {500000000, "500 MB", "500 MB"},
    {1500000000, "1,5 GB", "1.5 GB"},
    {1250000000, "1,25 GB", "1.25 GB"},
    {1009999999, "1 GB", "1 GB"},
    {1019999999, "1,01 GB", "1.01 GB"},
    {2000000000000, "2 TB", "2 TB"},
    {INT64_C(1500000000000000), "1500 TB", "1500 TB"},
};

static const struct {
	const char *value, *id, *en;
} times[] = {
    {"2026-12-23T14:35:10+07:00", "23 Desember 2026 pukul 14.35", "23 December 2026, 14:35"},
    {"2026-01-01T00:05:00Z", "1 Januari 2026 pukul 00.05", "1 January 2026, 00:05"},
    {"2026-13-01T00:05:00Z", "", ""},
    {"2026-00-01T00:05:00Z", "", ""},
    {"soon", "", ""},
    {"", "", ""},
    {NULL, "", ""},
};

START_TEST(texts_of_a_card)
{
	char text[CARD_TEXT];

	for (size_t i = 0; i < ELEMENTS(durations); i++) {
		ck_assert_str_eq(card_duration(durations[i].value, CARD_ID, text), durations[i].id);
		ck_assert_str_eq(card_duration(durations[i].value, CARD_EN, text), durations[i].en);
	}
	for (size_t i = 0; i < ELEMENTS(volumes); i++) {
		ck_assert_str_eq(card_volume(volumes[i].value, CARD_ID, text), volumes[i].id);
		ck_assert_str_eq(card_volume(volumes[i].value, CARD_EN, text), volumes[i].en);
	}
	for (size_t i = 0; i < ELEMENTS(times); i++) {
		ck_assert_str_eq(card_time(times[i].value, CARD_ID, text), times[i].id);
		ck_assert_str_eq(card_time(times[i].value, CARD_EN, text), times[i].en);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sheet");
	TCase *tests = tcase_create("sheet");
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tests);
	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, every_code_can_be_read_back);
	tcase_add_test(tests, words_in_the_sites_language);
	tcase_add_test(tests, a_page_names_every_batch_on_it);
	tcase_add_test(tests, a4_with_its_fonts_inside);
	tcase_add_loop_test(tests, any_name_leaves_the_code_alone, 0, ELEMENTS(names));
	tcase_add_test(tests, what_is_missing_is_left_out);
	tcase_add_test(tests, the_file_is_its_owners);
	tcase_add_test(tests, whole_or_not_at_all);
	tcase_add_test(tests, texts_of_a_card);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
