/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves daemon/history*.c and daemon/paths.c on a real folder: what is mirrored, what a start goes by, that
 * power may fail at any operation on the disk and that any of them may be refused, and leave the old or the
 * new configuration, whole. Power is cut by a child process that ends at the n-th mkdir(), write(), fsync(),
 * rename() or unlink(): this program's own, in the place of the C library's.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include "../../daemon/history.h"
#include "../../daemon/history_disk.h"
#include "../../daemon/history_store.h"
#include "../../daemon/paths.h"
#include "../../lib/cleanup.h"
#include "../../lib/clock.h"

#define CUT 9
#define HEAD                                                                                                 \
	"site = { name = \"Kota\"; timezone = \"Asia/Pontianak\"; schedule = \"kantor\"; };\n"               \
	"schedules = ( { id = \"kantor\"; windows = ( \"mon-fri 07:30-16:00\" ); holidays = true; } );\n"    \
	"uplink = { device = \"wan0\"; download = \"100 Mbit\"; upload = \"100 Mbit\"; };\n"

static char directory[64], state[96], etc[96], conf[128];

/* ---- trouble ---- */

enum trouble { POWER, ONE_REFUSED, ALL_REFUSED };
static enum trouble trouble_kind;
static long trouble_in = -1; /* operations until then; -1: none */

/* True: the operation is refused. */
static bool trouble(void)
{
	if (trouble_in < 0 || trouble_in-- > 0)
		return false;
	if (trouble_kind == POWER)
		_exit(CUT);
	if (trouble_kind == ALL_REFUSED)
		trouble_in = 0;
	errno = ENOSPC;
	return true;
}

int mkdir(const char *path, mode_t mode)
{
	return trouble() ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}

int rename(const char *from, const char *to)
{
	return trouble() ? -1 : (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

int fsync(int fd)
{
	return trouble() ? -1 : (int)syscall(SYS_fsync, fd);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
	return trouble() ? -1 : (ssize_t)syscall(SYS_write, fd, bytes, length);
}

int unlink(const char *path)
{
	return trouble() ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

/* ---- the folder ---- */

static void put(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", etc, name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

/* Offices' guaranteed rate is the configuration's mark. */
static void edit(unsigned mbit)
{
	char text[600];

	snprintf(
	    text, sizeof(text),
	    "offices = ( { id = \"dinkes\"; name = \"Dinkes\"; schedule = \"kantor\"; devices = ( \"lan0\" );"
	    " prefixes = ( \"10.10.1.0/24\" ); inside = { guaranteed = \"%u Mbit\"; ceiling = \"90 Mbit\"; "
	    "}; } );\n",
	    mbit);
	put("offices.conf", text);
}

static void setup(void)
{
	char path[160], text[1600];

	trouble_in = -1;
	snprintf(directory, sizeof(directory), "/tmp/gerbang-unit-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(state, sizeof(state), "%s/state", directory);
	snprintf(etc, sizeof(etc), "%s/etc", directory);
	snprintf(conf, sizeof(conf), "%s/gerbang.conf", etc);
	mkdir(state, 0755);
	mkdir(etc, 0755);
	snprintf(path, sizeof(path), "%s/theme", etc);
	mkdir(path, 0755);
	snprintf(text, sizeof(text),
		 HEAD "paths = { state = \"%s\"; run = \"%s/run\"; };\n"
		      "holiday_files = ( \"holidays.ics\" );\n"
		      "portal = { hostname = \"wifi.test\"; theme = \"theme\"; };\n"
		      "@include \"offices.conf\"\n@include \"%s/outside.conf\"\n",
		 state, directory, directory);
	put("gerbang.conf", text);
	put("../outside.conf", "dns = ( \"1.1.1.1\" );\n");
	put("holidays.ics",
	    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//"
	    "EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n"
	    "DTSTART;VALUE=DATE:20261225\r\nSUMMARY:Natal\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
	put("theme/theme.conf", "name = \"Wifi Kota\";\n");
	edit(5);
}

static void teardown(void)
{
	trouble_in = -1;
	disk_remove(directory);
}

/* ---- what is asked of it ---- */

static struct history *start(void)
{
	struct history *history;

	ck_assert_int_eq(history_new(state, conf, &history), 0);
	return history;
}

static unsigned rate_of(const struct policy *policy)
{
	return (unsigned)(policy->offices[0].inside.guaranteed.down_bps / 1000000);
}

/* What a start would go by. */
static unsigned boot(struct history *history)
{
	struct policy *policy = NULL;
	unsigned rate;

	ck_assert_int_eq(history_boot(history, &policy), 0);
	rate = rate_of(policy);
	policy_free(policy);
	return rate;
}

static struct history *booted(void)
{
	struct history *history = start();

	boot(history);
	return history;
}

static int prepare(struct history *history)
{
	struct history_entry about = {.origin = HISTORY_APPLY, .who = "adi"};
	struct config_report report;
	struct policy *policy = NULL;
	uint64_t number;
	int r = history_prepare(history, &about, &policy, &report, &number);

	config_report_clear(&report);
	policy_free(policy);
	return r;
}

static int apply(struct history *history)
{
	int r = prepare(history);

	return r ? r : history_good(history);
}

static bool is_there(const char *name)
{
	char path[256];
	struct stat st;

	snprintf(path, sizeof(path), "%s/history/%s", state, name);
	return stat(path, &st) == 0;
}

/* ---- mirrors and starts ---- */

START_TEST(a_first_start_records_all_files_of_the_folder)
{
	struct history *history = start();
	struct history_entry entry;

	ck_assert_uint_eq(history_current(history), 0);
	ck_assert_uint_eq(boot(history), 5);
	ck_assert_uint_eq(history_current(history), 1);
	ck_assert_int_eq(history_entry(history, 1, &entry), 0);
	ck_assert_int_eq(entry.state, HISTORY_GOOD);
	ck_assert_int_eq(entry.origin, HISTORY_BOOT);
	ck_assert(is_there("000001/files/gerbang.conf") && is_there("000001/files/offices.conf") &&
		  is_there("000001/files/holidays.ics") && is_there("000001/files/theme/theme.conf") &&
		  is_there("current") && !is_there("000001.commit") && !is_there(".new"));
	ck_assert(!is_there("000001/files/outside.conf"));
	history_free(history);
}
END_TEST

START_TEST(an_edit_is_not_what_a_start_goes_by)
{
	struct history *history = booted();
	char text[HISTORY_FAULT];

	ck_assert_int_eq(history_edited(history, text), HISTORY_SAME);
	ck_assert_str_eq(text, "");
	edit(6);
	ck_assert_int_eq(history_edited(history, text), HISTORY_DIFFERS);
	ck_assert_str_eq(text, "offices.conf");
	history_free(history);
	history = start();
	ck_assert_uint_eq(boot(history), 5);
	edit(5);
	ck_assert_int_eq(history_edited(history, text), HISTORY_SAME);
	put("holidays.ics", "nothing");
	ck_assert_int_eq(history_edited(history, text), HISTORY_BROKEN);
	ck_assert_ptr_nonnull(strstr(text, "holidays.ics"));
	history_free(history);
}
END_TEST

/* A file that is missing, one that has a fault, a folder that is gone. */
START_TEST(a_broken_folder_starts_with_the_last_good)
{
	struct history *history = booted();
	char path[160];

	history_free(history);
	put("offices.conf", "offices = ( {");
	history = start();
	ck_assert_uint_eq(boot(history), 5);
	history_free(history);
	snprintf(path, sizeof(path), "%s/offices.conf", etc);
	unlink(path);
	history = start();
	ck_assert_uint_eq(boot(history), 5);
	history_free(history);
	disk_remove(etc);
	history = start();
	ck_assert_uint_eq(boot(history), 5);
	history_free(history);
}
END_TEST

START_TEST(without_a_history_a_broken_file_starts_nothing)
{
	struct history *history = start();
	struct policy *policy = NULL;

	put("offices.conf", "offices = ( {");
	ck_assert_int_eq(history_boot(history, &policy), 1);
	ck_assert_ptr_null(policy);
	history_free(history);
}
END_TEST

/* Its mirror was damaged: the one before it, then the edited files. */
START_TEST(an_entry_that_cannot_be_loaded_is_passed_over)
{
	struct history *history = booted();
	char path[256];

	edit(6);
	ck_assert_int_eq(apply(history), 0);
	history_free(history);
	edit(7);
	snprintf(path, sizeof(path), "%s/history/000002/files/offices.conf", state);
	ck_assert_int_eq(truncate(path, 9), 0);
	history = start();
	ck_assert_uint_eq(boot(history), 5);
	ck_assert_uint_eq(history_current(history), 1);
	history_free(history);
	snprintf(path, sizeof(path), "%s/history/000001/files", state);
	disk_remove(path);
	history = start();
	ck_assert_uint_eq(boot(history), 7);
	ck_assert_uint_eq(history_current(history), 3);
	history_free(history);
}
END_TEST

/* ---- applying ---- */

START_TEST(what_is_pending_is_not_what_a_start_goes_by)
{
	struct history *history = booted();
	struct history_entry entry;

	edit(6);
	ck_assert_int_eq(prepare(history), 0);
	ck_assert_uint_eq(history_pending(history), 2);
	ck_assert_int_eq(prepare(history), -EBUSY);
	history_free(history);
	history = start();
	ck_assert_uint_eq(boot(history), 5);
	ck_assert_uint_eq(history_pending(history), 0);
	ck_assert_int_eq(history_entry(history, 2, &entry), 0);
	ck_assert_int_eq(entry.state, HISTORY_EXPIRED);
	ck_assert_str_eq(entry.who, "adi");
	ck_assert_int_eq(apply(history), 0);
	ck_assert_uint_eq(history_current(history), 3);
	history_free(history);
	history = start();
	ck_assert_uint_eq(boot(history), 6);
	history_free(history);
}
END_TEST

START_TEST(the_same_once_more_is_no_entry)
{
	struct history *history = booted();

	ck_assert_int_eq(prepare(history), -EALREADY);
	put("../outside.conf", "dns = ( \"9.9.9.9\" );\n");
	ck_assert_int_eq(apply(history), 0);
	ck_assert_uint_eq(history_current(history), 2);
	ck_assert_int_eq(prepare(history), -EALREADY);
	ck_assert(!is_there("000003"));
	history_free(history);
}
END_TEST

START_TEST(what_was_refused_says_why)
{
	struct history *history = booted();
	struct history_entry *rows;

	edit(6);
	ck_assert_int_eq(prepare(history), 0);
	history_drop(history, HISTORY_REFUSED, "the kernel said no");
	ck_assert_int_eq(prepare(history), 0);
	history_drop(history, HISTORY_EXPIRED, "not confirmed within 5 min");
	ck_assert_int_eq(history_list(history, &rows), 3);
	ck_assert_uint_eq(rows[0].number, 3);
	ck_assert_int_eq(rows[0].state, HISTORY_EXPIRED);
	ck_assert_int_eq(rows[1].state, HISTORY_REFUSED);
	ck_assert_str_eq(rows[1].text, "the kernel said no");
	ck_assert_int_eq(rows[2].state, HISTORY_GOOD);
	free(rows);
	history_free(history);
}
END_TEST

START_TEST(a_hundred_are_kept_and_the_good_one_always)
{
	struct history *history = booted();
	struct history_entry *rows;

	for (unsigned i = 0; i < HISTORY_KEPT + 20; i++) {
		edit(6 + i % 2);
		ck_assert_int_eq(prepare(history), 0);
		history_drop(history, HISTORY_REFUSED, "no");
	}
	ck_assert_int_eq(history_list(history, &rows), HISTORY_KEPT);
	ck_assert_uint_eq(rows[0].number, HISTORY_KEPT + 21);
	ck_assert_uint_eq(rows[HISTORY_KEPT - 1].number, 1);
	free(rows);
	ck_assert_int_eq(apply(history), 0);
	ck_assert_uint_eq(history_current(history), HISTORY_KEPT + 22);
	ck_assert(!is_there("000001"));
	ck_assert_int_eq(history_policy(history, 1, &(struct policy *){NULL}, &(struct config_report){0}),
			 -ENOENT);
	history_free(history);
}
END_TEST

static int count_file(void *userdata, const char *name, const char *bytes, size_t length)
{
	unsigned *seen = userdata;

	ck_assert(*name != '/' && bytes[length] == '\0');
	*seen += strcmp(name, "theme/theme.conf") ? 1 : 100;
	return 0;
}

START_TEST(files_of_an_entry_and_of_the_folder)
{
	struct history *history = booted();
	unsigned seen = 0;

	ck_assert_int_eq(history_files(history, 1, count_file, &seen), 0);
	ck_assert_uint_eq(seen, 103);
	seen = 0;
	ck_assert_int_eq(history_files(history, HISTORY_EDITED, count_file, &seen), 0);
	ck_assert_uint_eq(seen, 103);
	ck_assert_int_eq(history_files(history, 9, count_file, &seen), -ENOENT);
	history_free(history);
}
END_TEST

/* ---- trouble ---- */

/* A child applies, and ends at the n-th operation. True: it got to its end. */
static bool apply_with_power_for(long n)
{
	int status;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		struct history *history = booted();

		trouble_kind = POWER;
		trouble_in = n;
		_exit(apply(history) == 0 ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == CUT));
	return WEXITSTATUS(status) == 0;
}

START_TEST(power_may_fail_at_every_operation)
{
	unsigned mark = 5, others = 0;
	bool whole = false;

	history_free(booted());
	for (long n = 0; !whole; n++) {
		struct history *history;
		unsigned next = mark == 5 ? 6 : 5, rate;

		edit(next);
		whole = apply_with_power_for(n);
		history = start();
		rate = boot(history);
		ck_assert_msg(rate == mark || rate == next, "operation %ld: %u", n, rate);
		ck_assert_msg(!whole || rate == next, "it was told that it was good");
		others += rate == next;
		mark = rate;
		ck_assert(!is_there(".new") && !is_there(".old"));
		ck_assert_uint_eq(history_pending(history), 0);
		history_free(history);
		ck_assert_int_lt(n, 200);
	}
	ck_assert_uint_ge(others, 2); /* what comes after the commit is not needed for it */
}
END_TEST

static void refuse_each(enum trouble kind)
{
	struct history *history = booted();
	unsigned mark = 5;
	int r = -1;

	for (long n = 0; r != 0; n++) {
		edit(mark + 1);
		trouble_kind = kind;
		trouble_in = n;
		r = prepare(history);
		if (r == 0)
			r = history_good(history);
		if (trouble_in >= 0 && kind == ONE_REFUSED)
			ck_assert_int_eq(r, 0); /* it never came to it */
		trouble_in = -1;
		history_drop(history, HISTORY_REFUSED, "disk");
		if (r == 0)
			mark++;
		ck_assert_msg(r == 0 || r == -ENOSPC, "operation %ld: %s", n, strerror(-r));
		ck_assert_uint_eq(history_pending(history), 0);
		ck_assert_int_lt(n, 200);
	}
	ck_assert_ptr_null(history_error(history));
	history_free(history);
	history = start();
	ck_assert_uint_eq(boot(history), mark);
	history_free(history);
}

START_TEST(each_operation_may_be_refused)
{
	refuse_each(ONE_REFUSED);
}
END_TEST

START_TEST(a_disk_may_be_full_from_any_operation_on)
{
	refuse_each(ALL_REFUSED);
}
END_TEST

/* Recorded it cannot be; start it does. */
START_TEST(a_full_disk_stops_no_start)
{
	struct history *history;

	trouble_kind = ALL_REFUSED;
	trouble_in = 0;
	history = start();
	ck_assert_uint_eq(boot(history), 5);
	ck_assert_uint_eq(history_current(history), 0);
	ck_assert_ptr_nonnull(history_error(history));
	edit(6);
	ck_assert_int_eq(prepare(history), -ENOSPC);
	trouble_in = -1;
	ck_assert_int_eq(apply(history), 0);
	ck_assert_ptr_null(history_error(history));
	history_free(history);
	history = start();
	ck_assert_uint_eq(boot(history), 6);
	history_free(history);
}
END_TEST

/* ---- where things are ---- */

START_TEST(paths_of_a_broken_file)
{
	static const struct {
		const char *text, *state;
	} rows[] = {
	    {"paths = { state = \"/srv/g\"; run = \"/run/g\"; };", "/srv/g"},
	    {"# paths = { state = \"/no\"; };\n  paths: {\n\trun = \"/run/g\";\n\tstate: "
	     "\"/srv/g\";\n};\nbroken = {",
	     "/srv/g"},
	    {"site = { }; paths={state=\"/srv/g\"}", "/srv/g"},
	    {"mypaths = { state = \"/no\"; };", NULL},
	    {"paths = { estate = \"/no\"; };", NULL},
	    {"paths = { }; other = { state = \"/no\"; };", NULL},
	    {"paths = { state = \"relative\"; };", NULL},
	    {"paths = { state = \"/a/../b\"; };", NULL},
	    {"paths = { state = \"/open\n\"; };", NULL},
	    {"paths", NULL},
	    {"", NULL},
	};

	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		_cleanup_(freep) char *found = config_scan_text(rows[i].text, "state");

		ck_assert_pstr_eq(found, rows[i].state);
	}
}
END_TEST

START_TEST(paths_are_the_edited_files_own)
{
	struct paths paths;

	ck_assert_int_eq(paths_find(conf, &paths), 0);
	ck_assert_str_eq(paths.state, state);
	paths_clear(&paths);
	put("offices.conf", "offices = ( {");
	ck_assert_int_eq(paths_find(conf, &paths), 1);
	ck_assert_str_eq(paths.state, state);
	paths_clear(&paths);
	disk_remove(etc);
	ck_assert_int_eq(paths_find(conf, &paths), 1);
	ck_assert_str_eq(paths.state, "/var/lib/gerbang");
	paths_clear(&paths);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("history");
	TCase *tcase = tcase_create("all");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_first_start_records_all_files_of_the_folder);
	tcase_add_test(tcase, an_edit_is_not_what_a_start_goes_by);
	tcase_add_test(tcase, a_broken_folder_starts_with_the_last_good);
	tcase_add_test(tcase, without_a_history_a_broken_file_starts_nothing);
	tcase_add_test(tcase, an_entry_that_cannot_be_loaded_is_passed_over);
	tcase_add_test(tcase, what_is_pending_is_not_what_a_start_goes_by);
	tcase_add_test(tcase, the_same_once_more_is_no_entry);
	tcase_add_test(tcase, what_was_refused_says_why);
	tcase_add_test(tcase, a_hundred_are_kept_and_the_good_one_always);
	tcase_add_test(tcase, files_of_an_entry_and_of_the_folder);
	tcase_add_test(tcase, power_may_fail_at_every_operation);
	tcase_add_test(tcase, each_operation_may_be_refused);
	tcase_add_test(tcase, a_disk_may_be_full_from_any_operation_on);
	tcase_add_test(tcase, a_full_disk_stops_no_start);
	tcase_add_test(tcase, paths_of_a_broken_file);
	tcase_add_test(tcase, paths_are_the_edited_files_own);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
