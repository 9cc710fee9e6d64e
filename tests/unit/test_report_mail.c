/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves daemon/report_mail: of a folder only regular files go out, whole and by name; too much of them, or
 * none, is said in the mail instead; a notice is UTF-8 whatever the site is called, and fits.
 */
#include "../../daemon/report_mail.h"
#include "../../lib/cleanup.h"
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

static char state[] = "/tmp/gerbang-unit-report-XXXXXX";
static char folder[64];

static void set_up(void)
{
	char reports[64];

	memcpy(state + sizeof(state) - 7, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(state));
	snprintf(reports, sizeof(reports), "%s/reports", state);
	snprintf(folder, sizeof(folder), "%s/reports/2026-11", state);
	ck_assert(mkdir(reports, 0755) == 0 && mkdir(folder, 0755) == 0);
}

static void tear_down(void)
{
	char command[5][96];
	const int directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	static const char *const names[] = {"gerbang-2026-11.pdf",
					    "gerbang-2026-11.xlsx",
					    "a.csv",
					    "sent",
					    "written",
					    ".draft",
					    "link.pdf",
					    "pipe.pdf",
					    "big.pdf",
					    "kosong.json",
					    "folder.pdf"};

	for (size_t i = 0; i < ELEMENTS(names); i++)
		if (unlinkat(directory, names[i], 0) < 0)
			unlinkat(directory, names[i], AT_REMOVEDIR);
	for (int i = 0; i < 70; i++) {
		snprintf(command[0], sizeof(command[0]), "many-%02d.csv", i);
		unlinkat(directory, command[0], 0);
	}
	close(directory);
	snprintf(command[1], sizeof(command[1]), "%s/reports", state);
	ck_assert(rmdir(folder) == 0 && rmdir(command[1]) == 0 && rmdir(state) == 0);
}

static void put(const char *name, const void *bytes, size_t size)
{
	char path[160];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	ck_assert(file && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

static const char *text_at(const json_t *files, size_t i, const char *key)
{
	return json_string_value(json_object_get(json_array_get(files, i), key));
}

START_TEST(files_go_whole_and_by_name)
{
	static const unsigned char pdf[] = {'%', 'P', 'D', 'F', 0, 0xff, 0x80, '\n'};
	unsigned char back[16];
	json_t *files = NULL;
	size_t n;

	put("gerbang-2026-11.xlsx", "PK", 2);
	put("gerbang-2026-11.pdf", pdf, sizeof(pdf));
	put("a.csv", "day\r\n", 5);
	put("kosong.json", "", 0);
	ck_assert_int_eq(report_mail_files(folder, &files), 0);
	ck_assert_uint_eq(json_array_size(files), 4);
	ck_assert_str_eq(text_at(files, 0, "name"), "a.csv");
	ck_assert_str_eq(text_at(files, 0, "type"), "text/csv");
	ck_assert_str_eq(text_at(files, 1, "name"), "gerbang-2026-11.pdf");
	ck_assert_str_eq(text_at(files, 1, "type"), "application/pdf");
	ck_assert_str_eq(text_at(files, 3, "base64"), "");
	ck_assert_int_eq(sodium_base642bin(back, sizeof(back), text_at(files, 1, "base64"),
					   strlen(text_at(files, 1, "base64")), NULL, &n, NULL,
					   sodium_base64_VARIANT_ORIGINAL),
			 0);
	ck_assert(n == sizeof(pdf) && memcmp(back, pdf, n) == 0);
	json_decref(files);
}
END_TEST

START_TEST(nothing_but_files)
{
	char path[160];
	json_t *files = NULL;

	put("sent", "", 0);
	put("written", "", 0);
	put(".draft", "half", 4);
	snprintf(path, sizeof(path), "%s/link.pdf", folder);
	ck_assert_int_eq(symlink("/etc/passwd", path), 0);
	snprintf(path, sizeof(path), "%s/pipe.pdf", folder);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	snprintf(path, sizeof(path), "%s/folder.pdf", folder);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_int_eq(report_mail_files(folder, &files), -ENOENT);
	ck_assert_int_eq(report_mail_files(folder, NULL), -ENOENT);
	put("gerbang-2026-11.pdf", "%PDF", 4);
	ck_assert_int_eq(report_mail_files(folder, NULL), 0);
	ck_assert_int_eq(report_mail_files(folder, &files), 0);
	ck_assert_uint_eq(json_array_size(files), 1);
	json_decref(files);
	ck_assert_int_eq(report_mail_files("/nonexistent", &files), -ENOENT);
	snprintf(path, sizeof(path), "%s/link", folder);
	ck_assert_int_eq(symlink(folder, path), 0);
	ck_assert_int_eq(report_mail_files(path, &files), -ENOTDIR);
	unlink(path);
}
END_TEST

START_TEST(too_much_for_a_mail)
{
	char path[160], name[32];
	json_t *files = NULL;

	put("gerbang-2026-11.pdf", "%PDF", 4);
	put("big.pdf", "", 0);
	snprintf(path, sizeof(path), "%s/big.pdf", folder);
	ck_assert_int_eq(truncate(path, REPORT_MAIL_MOST - 4), 0);
	ck_assert_int_eq(report_mail_files(folder, &files), 0);
	json_decref(files);
	files = NULL;
	ck_assert_int_eq(truncate(path, REPORT_MAIL_MOST - 3), 0);
	ck_assert_int_eq(report_mail_files(folder, &files), 1);
	unlink(path);
	for (int i = 0; i < 64; i++) {
		snprintf(name, sizeof(name), "many-%02d.csv", i);
		put(name, "", 0);
	}
	ck_assert_int_eq(report_mail_files(folder, &files), 1);
	ck_assert_ptr_null(files);
}
END_TEST

static bool is_utf8(const char *text)
{
	json_t *string = json_string(text);

	json_decref(string);
	return string;
}

/* The errand of a notice's mail, as the outbox makes it. */
static json_t *errand_of(const struct policy *policy, const struct ledger_notice *notice)
{
	json_t *errand = json_pack("{s:s}", "text", notice->text);

	report_mail_attach(policy, notice, errand);
	return errand;
}

START_TEST(a_mail_says_why_it_has_no_files)
{
	struct policy policy = {.state_directory = state, .site_name = "Diskominfo"};
	struct ledger_notice notice;
	char path[160];
	json_t *errand;

	report_mail_notice(&policy, "2026-11", &notice);
	ck_assert_str_eq(notice.subject, "[Diskominfo] Laporan pemakaian internet November 2026");
	ck_assert_ptr_nonnull(strstr(notice.text, folder));
	ck_assert(strcmp(notice.month, "2026-11") == 0 && notice.way == LEDGER_NOTICE_MAIL);
	errand = errand_of(&policy, &notice);
	ck_assert_ptr_nonnull(
	    strstr(json_string_value(json_object_get(errand, "text")), "tidak dapat dibaca"));
	json_decref(errand);
	put("big.pdf", "", 0);
	snprintf(path, sizeof(path), "%s/big.pdf", folder);
	ck_assert_int_eq(truncate(path, REPORT_MAIL_MOST + 1), 0);
	policy.report.english = true;
	report_mail_notice(&policy, "2026-11", &notice);
	errand = errand_of(&policy, &notice);
	ck_assert_ptr_null(json_object_get(errand, "attachments"));
	ck_assert_ptr_nonnull(
	    strstr(json_string_value(json_object_get(errand, "text")), "too large for this mail"));
	ck_assert_ptr_nonnull(strstr(json_string_value(json_object_get(errand, "text")), folder));
	json_decref(errand);
}
END_TEST

START_TEST(a_long_name_is_cut_between_characters)
{
	char name[3200] = "";
	struct policy policy = {.state_directory = state, .site_name = name};
	struct ledger_notice notice;

	for (int i = 0; i < 4; i++) {
		memset(name, 'x', (size_t)i);
		name[i] = '\0';
		while (strlen(name) < 3000)
			strcat(name, "漢𐍈é");
		report_mail_notice(&policy, "2026-05", &notice);
		ck_assert(is_utf8(notice.subject) && strlen(notice.subject) > 150);
		ck_assert(is_utf8(notice.text));
	}
}
END_TEST

START_TEST(months)
{
	static const char *const good[] = {"2026-11", "2000-01", "9999-12"};
	static const char *const bad[] = {"",	     "2026-00", "2026-13",  "2026-1",  "../..",	 "2026/11",
					  "2026-1a", "0026-11", "2026-111", "-026-11", "2026-99"};

	for (size_t i = 0; i < ELEMENTS(good); i++)
		ck_assert(report_mail_is_month(good[i]));
	for (size_t i = 0; i < ELEMENTS(bad); i++)
		ck_assert_msg(!report_mail_is_month(bad[i]), "%s", bad[i]);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("report mail");
	Suite *suite = suite_create("report mail");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, files_go_whole_and_by_name);
	tcase_add_test(tcase, nothing_but_files);
	tcase_add_test(tcase, too_much_for_a_mail);
	tcase_add_test(tcase, a_mail_says_why_it_has_no_files);
	tcase_add_test(tcase, a_long_name_is_cut_between_characters);
	tcase_add_test(tcase, months);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
