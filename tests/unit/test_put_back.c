/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves ctl/put_back: a former configuration's files come back all or none, what was there stays beside
 * them, and no name leads out of the folder.
 */
#include <ftw.h>
#include <sys/stat.h>
#include "../../ctl/put_back.h"
#include "../../ctl/words.h"
#include "capture.h"

static char folder[64], conf[96];

static const char *at(const char *name)
{
	static char paths[4][160];
	static unsigned turn;
	char *path = paths[turn++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static void put(const char *name, const char *text)
{
	FILE *file = fopen(at(name), "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

static const char *got(const char *name)
{
	static char text[64];
	FILE *file = fopen(at(name), "r");
	size_t n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	if (file)
		fclose(file);
	text[n] = '\0';
	return file ? text : NULL;
}

static void setup(void)
{
	snprintf(folder, sizeof(folder), "/tmp/put-back-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(conf, sizeof(conf), "%s/gerbang.conf", folder);
	put("gerbang.conf", "new");
	put("offices.conf", "same");
	chmod(conf, 0640);
}

static int remove_one(const char *path, const struct stat *st _unused_, int type _unused_,
		      struct FTW *ftw _unused_)
{
	return remove(path);
}

static void teardown(void)
{
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static int give(const char *text, struct put_back *out)
{
	json_t *files = json_loads(text, 0, NULL);
	struct capture capture = capture_start(STDERR_FILENO);
	int r = put_back(conf, files, out);

	free(capture_end(&capture));
	json_decref(files);
	return r;
}

static void undo(struct put_back *put)
{
	struct capture capture = capture_start(STDERR_FILENO);

	put_back_undo(put);
	free(capture_end(&capture));
}

#define BOTH_FILES                                                                                           \
	"{\"name\":\"gerbang.conf\",\"text\":\"old\"},{\"name\":\"offices.conf\",\"text\":\"same\"}"

START_TEST(what_was_there_is_beside)
{
	_cleanup_(put_back_clear) struct put_back put = {0};
	struct stat st;

	ck_assert_int_eq(give("[" BOTH_FILES ",{\"name\":\"theme/logo.png\",\"base64\":\"AAEC\"}]", &put), 0);
	ck_assert_uint_eq(put.n, 2); /* what is the same is left alone */
	ck_assert_str_eq(got("gerbang.conf"), "old");
	ck_assert_str_eq(got("gerbang.conf.before-rollback"), "new");
	ck_assert_ptr_null(got("offices.conf.before-rollback"));
	ck_assert_int_eq(stat(conf, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0640);
	ck_assert_int_eq(stat(at("theme/logo.png"), &st), 0);
	ck_assert_int_eq(st.st_size, 3);
}
END_TEST

START_TEST(undone_it_is_as_before)
{
	_cleanup_(put_back_clear) struct put_back put = {0};

	ck_assert_int_eq(give("[" BOTH_FILES ",{\"name\":\"more.conf\",\"text\":\"x\"}]", &put), 0);
	undo(&put);
	ck_assert_str_eq(got("gerbang.conf"), "new");
	ck_assert_ptr_null(got("more.conf"));
	ck_assert_ptr_null(got("gerbang.conf.before-rollback"));
}
END_TEST

/* Else the former file would be lost: it is where the second one goes. */
START_TEST(no_place_is_taken_twice)
{
	_cleanup_(put_back_clear) struct put_back put = {0};

	ck_assert_int_lt(give(_i ? "[" BOTH_FILES ",{\"name\":\"gerbang.conf\",\"text\":\"again\"}]"
				 : "[{\"name\":\"gerbang.conf.before-rollback\",\"text\":\"x\"}," BOTH_FILES
				   "]",
			      &put),
			 0);
	ck_assert_str_eq(got("gerbang.conf"), "new");
	ck_assert_ptr_null(got("gerbang.conf.before-rollback"));
}
END_TEST

static const char *const strange[] = {
    "{\"name\":\"../x\",\"text\":\"x\"}",
    "{\"name\":\"/tmp/x\",\"text\":\"x\"}",
    "{\"name\":\"a/../../x\",\"text\":\"x\"}",
    "{\"name\":\"\",\"text\":\"x\"}",
    "{\"name\":\"a//x\",\"text\":\"x\"}",
    "{\"name\":\".x\",\"text\":\"x\"}",
    "{\"name\":\"out/x\",\"text\":\"x\"}", /* a link */
    "{\"name\":\"link.conf\",\"text\":\"x\"}",
    "{\"name\":\"theme\",\"text\":\"x\"}",
    "{\"name\":\"b\",\"base64\":\"?\"}",
    "{\"name\":\"c\"}",
    "{\"text\":\"x\"}",
    "5",
};

START_TEST(a_strange_one_and_none_is_put)
{
	_cleanup_(put_back_clear) struct put_back put = {0};
	char text[256];

	ck_assert_int_eq(symlink("/tmp", at("out")), 0);
	ck_assert_int_eq(symlink("/etc/passwd", at("link.conf")), 0);
	ck_assert_int_eq(mkdir(at("theme"), 0755), 0);
	snprintf(text, sizeof(text), "[%s,%s]", BOTH_FILES, strange[_i]);
	if (_i < 11)
		ck_assert_int_lt(give(text, &put), 0);
	else
		give(text, &put); /* named "-", below the folder */
	if (_i < 11)
		ck_assert_str_eq(got("gerbang.conf"), "new");
	put_back_clear(&put);
	ck_assert_ptr_null(got(".gerbang.conf.rollback"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("put_back");
	TCase *tcase = tcase_create("put_back");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, what_was_there_is_beside);
	tcase_add_test(tcase, undone_it_is_as_before);
	tcase_add_loop_test(tcase, no_place_is_taken_twice, 0, 2);
	tcase_add_loop_test(tcase, a_strange_one_and_none_is_put, 0, ELEMENTS(strange));
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
