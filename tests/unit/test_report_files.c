/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves report/files: names, modes, a folder that is made; and that whatever a writer cannot write leaves
 * the former file, no draft, and a sentence that names it. The writers are the real ones.
 */
#include "../../report/files.h"
#include "../../lib/cleanup.h"
#include "../../policy/policy.h"
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* fontconfig's, for as long as the process lives. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig";
}

#define ALL (POLICY_FORMAT_HTML | POLICY_FORMAT_PDF | POLICY_FORMAT_XLSX | POLICY_FORMAT_CSV)

static char place[] = "/tmp/gerbang-unit-files-XXXXXX";
static char folder[64];

static void set_up(void)
{
	memcpy(place + sizeof(place) - 7, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(place));
	snprintf(folder, sizeof(folder), "%s/laporan", place);
}

static size_t each(void (*seen)(int directory, const char *name))
{
	DIR *directory = opendir(folder);
	const struct dirent *entry;
	size_t n = 0;

	while (directory && (entry = readdir(directory))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		n++;
		if (seen)
			seen(dirfd(directory), entry->d_name);
	}
	if (directory)
		closedir(directory);
	return n;
}

static void erase(int directory, const char *name)
{
	unlinkat(directory, name, 0);
}

static void tear_down(void)
{
	each(erase);
	rmdir(folder);
	ck_assert_int_eq(rmdir(place), 0);
}

/* As little as a document can be: two tables, one of them for the public. */
static struct report_document *document(void)
{
	static struct report_document empty;
	struct report_document *made = malloc(sizeof(*made));
	struct report_build build = {.document = made};
	struct report_column columns[] = {
	    {.key = "name", .title = (char *)"Kantor", .unit = REPORT_TEXT, .weight = 3, .open = true},
	    {.key = "down_bytes",
	     .title = (char *)"Unduh (GB)",
	     .unit = REPORT_BYTES,
	     .weight = 1,
	     .total = true,
	     .open = true}};
	const struct report_table open = {.key = "offices",
					  .title = (char *)"Kantor",
					  .columns = columns,
					  .n_columns = 2,
					  .total = true,
					  .group = -1,
					  .open = true,
					  .description = {"Pemakaian tiap kantor", "Usage of each office"}};
	struct report_table inner = open;

	ck_assert_ptr_nonnull(made);
	*made = empty;
	made->month = 2026 * 12 + 10;
	made->title = strdup("Laporan Pemakaian Internet");
	made->subtitle = strdup("November 2026");
	made->footer = strdup("Laporan November 2026");
	build_section(&build, "offices", "Kantor", "Kantor");
	build_text(&build, REPORT_PARAGRAPH, "Dua tabel.");
	build_table(&build, &open);
	for (int i = 0; i < 200; i++)
		build_row(
		    &build,
		    (struct report_cell[]){cell_text("Dinas Kesehatan"), cell(INT64_C(1234567890123) + i)},
		    2);
	inner.key = "inner";
	inner.open = false;
	build_table(&build, &inner);
	build_row(&build, (struct report_cell[]){cell_text("Dinas"), cell(1)}, 2);
	ck_assert_int_eq(build.error, 0);
	return made;
}

static off_t size_of(const char *name)
{
	char path[160];
	struct stat status;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	ck_assert_msg(lstat(path, &status) == 0, "%s", name);
	ck_assert_msg(S_ISREG(status.st_mode) && (status.st_mode & 07777) == 0644, "%s", name);
	return status.st_size;
}

START_TEST(all_of_them_by_name)
{
	static const char *const names[] = {"gerbang-2026-11.pdf",
					    "gerbang-2026-11.xlsx",
					    "gerbang-2026-11.html",
					    "gerbang-2026-11-offices.csv",
					    "gerbang-2026-11-inner.csv",
					    "gerbang-2026-11-open.json",
					    "gerbang-2026-11-open-offices.csv",
					    "gerbang-2026-11-open-dictionary.csv"};
	_cleanup_(report_document_freep) struct report_document *made = document();
	struct report_files files;
	const mode_t mask = umask(0077);
	struct stat status;

	ck_assert_int_eq(report_files_write(made, folder, ALL, true, &files), 0);
	umask(mask);
	ck_assert(stat(folder, &status) == 0 && (status.st_mode & 07777) == 0755);
	ck_assert_uint_eq(files.n, ELEMENTS(names));
	for (size_t i = 0; i < files.n; i++) {
		ck_assert_str_eq(files.names[i], names[i]);
		ck_assert_int_gt(size_of(names[i]), 0);
	}
	ck_assert_uint_eq(each(NULL), ELEMENTS(names));
	report_files_clear(&files);
	ck_assert_int_eq(report_files_write(made, folder, 0, true, &files), 0);
	ck_assert_uint_eq(files.n, 3);
	report_files_clear(&files);
}
END_TEST

static const struct {
	unsigned format;
	const char *name;
} formats[] = {{POLICY_FORMAT_HTML, "gerbang-2026-11.html"},
	       {POLICY_FORMAT_PDF, "gerbang-2026-11.pdf"},
	       {POLICY_FORMAT_XLSX, "gerbang-2026-11.xlsx"},
	       {POLICY_FORMAT_CSV, "gerbang-2026-11-offices.csv"}};

/* A file may not become longer than a kilobyte, as on a disk that is full. */
START_TEST(what_cannot_be_written_leaves_the_former)
{
	_cleanup_(report_document_freep) struct report_document *made = document();
	const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY}, little = {1024, RLIM_INFINITY};
	struct report_files files;
	off_t before;
	int r;

	ck_assert_int_eq(report_files_write(made, folder, formats[_i].format, false, &files), 0);
	report_files_clear(&files);
	before = size_of(formats[_i].name);
	ck_assert_int_gt(before, 1024);
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &little);
	r = report_files_write(made, folder, formats[_i].format, false, &files);
	setrlimit(RLIMIT_FSIZE, &none);
	ck_assert_int_lt(r, 0);
	ck_assert_uint_eq(files.n, 0);
	ck_assert_msg(strncmp(files.failed, formats[_i].name, strlen(formats[_i].name)) == 0, "%s",
		      files.failed);
	report_files_clear(&files);
	ck_assert_int_eq(size_of(formats[_i].name), before);
	ck_assert_uint_eq(each(NULL), formats[_i].format == POLICY_FORMAT_CSV ? 2 : 1);
}
END_TEST

/* What somebody has put in the place of a file is replaced, not written through. */
START_TEST(a_link_is_not_followed)
{
	_cleanup_(report_document_freep) struct report_document *made = document();
	char victim[160], link[160];
	struct report_files files;
	struct stat status;

	snprintf(victim, sizeof(victim), "%s/victim", place);
	snprintf(link, sizeof(link), "%s/gerbang-2026-11.html", folder);
	close(open(victim, O_CREAT | O_WRONLY, 0600));
	ck_assert(mkdir(folder, 0755) == 0 && symlink(victim, link) == 0);
	ck_assert_int_eq(report_files_write(made, folder, POLICY_FORMAT_HTML, false, &files), 0);
	report_files_clear(&files);
	ck_assert(stat(victim, &status) == 0 && status.st_size == 0);
	size_of("gerbang-2026-11.html");
	unlink(victim);
}
END_TEST

START_TEST(a_folder_that_cannot_be)
{
	_cleanup_(report_document_freep) struct report_document *made = document();
	char deep[160];
	struct report_files files;

	snprintf(deep, sizeof(deep), "%s/a/b", place);
	ck_assert_int_eq(report_files_write(made, deep, ALL, false, &files), -ENOENT);
	ck_assert_ptr_nonnull(strstr(files.failed, deep));
	report_files_clear(&files);
	ck_assert_int_eq(report_files_write(made, "/dev/null", POLICY_FORMAT_HTML, false, &files), -ENOTDIR);
	report_files_clear(&files);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("report files");
	Suite *suite = suite_create("report files");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 30);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, all_of_them_by_name);
	tcase_add_loop_test(tcase, what_cannot_be_written_leaves_the_former, 0, (int)ELEMENTS(formats));
	tcase_add_test(tcase, a_link_is_not_followed);
	tcase_add_test(tcase, a_folder_that_cannot_be);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
