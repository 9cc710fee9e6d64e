/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A ledger in a folder of its own for each test, and SQLite beside it as an independent eye on the file.
 */
#include "../../ledger/ledger.h"
#include "../../lib/cleanup.h"
#include "../../lib/units.h"
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>

#define NOW (INT64_C(1795400000) * USEC_PER_SEC) /* 2026-11-23 */

static char directory[64];
static struct ledger *ledger;

static _unused_ const char *path_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static _unused_ void open_ledger(void)
{
	ck_assert_int_eq(ledger_open(directory, &ledger), 0);
}

static _unused_ void reopen(void)
{
	ledger = ledger_close(ledger);
	open_ledger();
}

static void make_directory(void)
{
	snprintf(directory, sizeof(directory), "/tmp/test-ledger-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
}

static void remove_directory(void)
{
	DIR *folder = opendir(directory);

	for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
		unlinkat(dirfd(folder), entry->d_name, 0);
	closedir(folder);
	rmdir(directory);
}

static _unused_ void set_up(void)
{
	make_directory();
	open_ledger();
}

static _unused_ void tear_down(void)
{
	ledger = ledger_close(ledger);
	remove_directory();
}

/* One number, by a connection that is not the ledger's. */
static _unused_ int64_t ask(const char *sql)
{
	sqlite3_stmt *statement;
	sqlite3 *db;
	int64_t value;

	ck_assert_int_eq(sqlite3_open_v2(path_of("ledger.db"), &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &statement, NULL) == SQLITE_OK, "%s: %s", sql,
		      sqlite3_errmsg(db));
	ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
	value = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return value;
}

static _unused_ void hash_of(uint8_t last, uint8_t out[static LEDGER_HASH])
{
	ledger_hash(ledger, &(struct mac){{2, 0, 0, 0, 0, last}}, out);
}

/* A new pass whose device is the one with this last octet. */
static _unused_ struct ledger_pass add_pass(uint8_t last, int64_t seen_wall_usec)
{
	struct ledger_pass pass = {.seen_wall_usec = seen_wall_usec};
	uint8_t hash[LEDGER_HASH];

	hash_of(last, hash);
	ck_assert_int_eq(ledger_pass_put(ledger, &pass), 0);
	ck_assert_int_eq(ledger_device_put(ledger, hash, pass.id, seen_wall_usec), 0);
	return pass;
}

static _unused_ struct ledger_session session_of(uint64_t id, uint8_t last)
{
	struct ledger_session session = {
	    .id = id,
	    .zone = "taman-kota",
	    .device = "zone0",
	    .mac = {{2, 0, 0, 0, 0, last}},
	    .login = 1,
	    .started_wall_usec = NOW,
	    .ends_wall_usec = NOW + 2 * USEC_PER_HOUR,
	    .saved_wall_usec = NOW + 1,
	    .down_bytes = 1000,
	    .up_bytes = 200,
	};

	ck_assert_int_eq(addr_parse("10.200.0.7", &session.address4), 0);
	return session;
}

/* One case of these tests, and one more that runs `times` times with _i counting (or NULL): the program's exit status. */
static _unused_ int run_tests_and_loop(const char *name, const TTest *const tests[], size_t n, double seconds,
				       SFun before, SFun after, const TTest *loop, size_t times)
{
	Suite *suite = suite_create(name);
	TCase *rows = tcase_create(name);
	SRunner *runner = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, rows);
	tcase_set_timeout(rows, seconds);
	tcase_add_checked_fixture(rows, before, after);
	for (size_t i = 0; i < n; i++)
		tcase_add_test(rows, tests[i]);
	if (loop)
		tcase_add_loop_test(rows, loop, 0, (int)times);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static _unused_ int run_tests(const char *name, const TTest *const tests[], size_t n, double seconds,
			      SFun before, SFun after)
{
	return run_tests_and_loop(name, tests, n, seconds, before, after, NULL, 0);
}
