/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves the ledger under trouble: a process that is killed leaves all or nothing; a disk that is full or
 * read-only is an error with a name, nothing half-written, and works again afterwards; a file that is
 * damaged, newer or somebody else's is left as it is, byte for byte. What needs a file system of its own runs
 * as root alone.
 */
#include "ledger_fixture.h"
#include "small_disk.h"
#include <errno.h>
#include <sys/wait.h>

/* ---- killed ---- */

static void write_many(int n)
{
	for (int i = 0; i < n; i++) {
		struct ledger_pass pass = {.seen_wall_usec = NOW};

		if (ledger_pass_put(ledger, &pass) < 0)
			_exit(1);
	}
}

/* A process of its own does this to the ledger and is killed on the spot. */
static void killed_after(void (*act)(void))
{
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		if (ledger_open(directory, &ledger) == 0)
			act();
		kill(getpid(), SIGKILL);
		pause();
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	open_ledger();
	ck_assert_int_eq(ask("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
}

static void begin_and_write(void)
{
	if (ledger_begin(ledger) < 0)
		_exit(1);
	write_many(5000); /* more than SQLite holds back: some of it has reached the log */
}

static void and_commit(void)
{
	begin_and_write();
	if (ledger_commit(ledger, false) < 0)
		_exit(1);
}

static void create_vouchers(void)
{
	struct ledger_voucher like = {.valid_until_wall_usec = NOW};
	int64_t batch;

	if (ledger_vouchers_create(ledger, &like, 500, &batch) < 0)
		_exit(1);
}

START_TEST(killed_before_commit)
{
	killed_after(begin_and_write);
	ck_assert_int_eq(ask("SELECT count(*) FROM pass"), 0);
	add_pass(1, NOW);
}
END_TEST

START_TEST(killed_after_commit)
{
	killed_after(and_commit);
	ck_assert_int_eq(ask("SELECT count(*) FROM pass"), 5000);
	ledger = ledger_close(ledger);
	killed_after(create_vouchers);
	ck_assert_int_eq(ask("SELECT count(*) FROM voucher"), 500);
}
END_TEST

/* At whatever moment: every batch that is there is whole. */
START_TEST(killed_at_any_moment)
{
	for (int round = 0; round < 10; round++) {
		int status;
		pid_t pid = fork();

		ck_assert_int_ge(pid, 0);
		if (pid == 0) {
			for (int r = ledger_open(directory, &ledger); r == 0;)
				create_vouchers();
			_exit(1);
		}
		usleep(20000 + 7000 * (unsigned)round);
		kill(pid, SIGKILL);
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert(WIFSIGNALED(status));
		open_ledger();
		ck_assert_int_eq(ask("SELECT count(*) FROM (SELECT count(*) AS n FROM voucher GROUP BY "
				     "batch) WHERE n <> 500"),
				 0);
		ck_assert_int_eq(ask("SELECT count(*) = 500 * (SELECT count(*) FROM batch) FROM voucher"), 1);
		ledger = ledger_close(ledger);
	}
}
END_TEST

/* ---- a disk that is full ---- */

static int fill_until_error(void)
{
	int r = 0;

	for (int i = 0; i < 100000 && r == 0; i++) {
		struct ledger_pass pass = {.seen_wall_usec = NOW};

		r = ledger_pass_put(ledger, &pass);
	}
	return r;
}

/* What must hold once writing fails with `error`, and once there is room again. */
static void check_full(int error, void (*make_room)(void))
{
	struct ledger_account account = {.name = "budi", .password = "x"};
	struct ledger_voucher like = {.valid_until_wall_usec = NOW};
	int64_t batch, before = ask("SELECT count(*) FROM pass");

	ck_assert_int_eq(ledger_vouchers_create(ledger, &like, 5000, &batch), error);
	ck_assert_int_ne(*ledger_error(ledger), '\0');
	ck_assert_int_eq(ledger_account_add(ledger, &account), error);
	ck_assert_int_eq(ledger_begin(ledger), 0);
	fill_until_error();
	ck_assert_int_lt(ledger_commit(ledger, false), 0);
	ck_assert_int_eq(ask("SELECT count(*) FROM pass"), before);
	ck_assert_int_eq(ask("SELECT (SELECT count(*) FROM voucher) + (SELECT count(*) FROM account)"), 0);
	make_room();
	ck_assert_int_eq(ledger_vouchers_create(ledger, &like, 500, &batch), 0);
	ck_assert_int_eq(ledger_account_add(ledger, &account), 0);
	ck_assert_int_eq(ledger_begin(ledger), 0);
	add_pass(1, NOW);
	ck_assert_int_eq(ledger_commit(ledger, true), 0);
	reopen();
	ck_assert_int_eq(ask("SELECT count(*) FROM pass"), before + 1);
	ck_assert_int_eq(ask("SELECT count(*) FROM voucher"), 500);
	ck_assert_int_eq(ask("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
}

START_TEST(files_may_not_grow)
{
	if (!may_limit())
		return;
	open_ledger();
	set_limit(300000);
	ck_assert_int_eq(fill_until_error(), -ENOSPC);
	check_full(-ENOSPC, lift_limit);
}
END_TEST

START_TEST(a_disk_may_be_full)
{
	if (!mount_small())
		return;
	open_ledger();
	ck_assert_int_eq(fill_until_error(), -ENOSPC);
	check_full(-ENOSPC, enlarge);
	ledger = ledger_close(ledger);
	ck_assert_int_eq(umount2(directory, MNT_DETACH), 0);
}
END_TEST

/* Full before there is a ledger at all. */
START_TEST(no_room_to_begin)
{
	char filler[4096] = {0};
	int fd;

	if (!mount_small())
		return;
	fd = open(path_of("filler"), O_WRONLY | O_CREAT, 0600);
	while (write(fd, filler, sizeof(filler)) > 0)
		;
	close(fd);
	ck_assert_int_eq(ledger_open(directory, &ledger), -ENOSPC);
	ck_assert_ptr_null(ledger);
	ck_assert_int_ne(access(path_of("ledger.key"), F_OK), 0); /* no key is better than a part of one */
	unlink(path_of("filler"));
	open_ledger();
	add_pass(1, NOW);
	ledger = ledger_close(ledger);
	ck_assert_int_eq(umount2(directory, MNT_DETACH), 0);
}
END_TEST

START_TEST(a_disk_may_be_read_only)
{
	if (!mount_small())
		return;
	ck_assert_int_eq(mount("tmpfs", directory, "tmpfs", MS_REMOUNT | MS_RDONLY, "size=512k"), 0);
	ck_assert_int_eq(ledger_open(directory, &ledger), -EROFS); /* nothing there yet */
	enlarge();
	open_ledger();
	add_pass(1, NOW);
	ledger = ledger_close(ledger);
	ck_assert_int_eq(mount("tmpfs", directory, "tmpfs", MS_REMOUNT | MS_RDONLY, "size=512k"), 0);
	ck_assert_int_eq(ledger_open(directory, &ledger), -EROFS);
	enlarge();
	open_ledger();
	add_pass(2, NOW);
	ledger = ledger_close(ledger);
	ck_assert_int_eq(umount2(directory, MNT_DETACH), 0);
}
END_TEST

/* ---- somebody else at the file ---- */

START_TEST(a_second_writer_is_told)
{
	sqlite3 *db;

	open_ledger();
	ck_assert_int_eq(sqlite3_open(path_of("ledger.db"), &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	ck_assert_int_eq(ledger_begin(ledger), -EBUSY);
	ck_assert_int_eq(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	ck_assert_int_eq(ledger_begin(ledger), 0);
	ck_assert_int_eq(ledger_commit(ledger, false), 0);
	sqlite3_close(db);
}
END_TEST

/* ---- a file that is not to be written ---- */

struct snapshot {
	uint8_t bytes[1 << 20];
	size_t size;
};

static void take(struct snapshot *out)
{
	_cleanup_(closep) int fd = open(path_of("ledger.db"), O_RDONLY);
	ssize_t n = read(fd, out->bytes, sizeof(out->bytes));

	ck_assert_int_ge(n, 0);
	ck_assert_int_lt(n, (int)sizeof(out->bytes));
	out->size = (size_t)n;
}

/* Twice, as the daemon tries again: the same error, the same bytes. */
static void refused_and_left_alone(int error)
{
	static struct snapshot before, after;

	take(&before);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(ledger_open(directory, &ledger), error);
		ck_assert_ptr_null(ledger);
		take(&after);
		ck_assert_uint_eq(before.size, after.size);
		ck_assert_mem_eq(before.bytes, after.bytes, before.size);
	}
}

static void make_ledger(void)
{
	open_ledger();
	for (int i = 0; i < 500; i++)
		add_pass((uint8_t)i, NOW);
	ledger = ledger_close(ledger);
}

static void overwrite(off_t at, const void *bytes, size_t size)
{
	_cleanup_(closep) int fd = open(path_of("ledger.db"), O_WRONLY);

	ck_assert_int_eq(pwrite(fd, bytes, size, at), (ssize_t)size);
}

START_TEST(no_database_at_all)
{
	make_ledger();
	overwrite(0, "this is no database", 19);
	refused_and_left_alone(-EIO);
}
END_TEST

START_TEST(cut_short)
{
	make_ledger();
	ck_assert_int_eq(truncate(path_of("ledger.db"), 4096 * 3 + 100), 0);
	refused_and_left_alone(-EIO);
}
END_TEST

START_TEST(a_damaged_first_page)
{
	uint8_t garbage[3000];

	memset(garbage, 0xa5, sizeof(garbage));
	make_ledger();
	overwrite(100, garbage, sizeof(garbage));
	refused_and_left_alone(-EIO);
}
END_TEST

START_TEST(written_by_a_newer_version)
{
	sqlite3 *db;

	make_ledger();
	ck_assert_int_eq(sqlite3_open(path_of("ledger.db"), &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, "PRAGMA user_version = 9999", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	refused_and_left_alone(-EPROTONOSUPPORT);
}
END_TEST

START_TEST(somebody_elses_database)
{
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(path_of("ledger.db"), &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, "CREATE TABLE recipes (name TEXT)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	refused_and_left_alone(-EIO);
}
END_TEST

START_TEST(a_link_is_not_followed)
{
	ck_assert_int_eq(symlink("/tmp/elsewhere.db", path_of("ledger.db")), 0);
	ck_assert_int_eq(ledger_open(directory, &ledger), -EIO);
	ck_assert_int_ne(access("/tmp/elsewhere.db", F_OK), 0);
}
END_TEST

START_TEST(no_folder)
{
	ck_assert_int_eq(ledger_open("/tmp/test-ledger-none", &ledger), -ENOENT);
}
END_TEST

/* Damage that is met on the way: from then on nothing is written, so that a person can still rescue the rest.
 */
START_TEST(damage_that_is_met_later)
{
	static struct snapshot before, after;
	struct ledger_pass pass = {.seen_wall_usec = NOW};
	struct ledger_account account = {.name = "budi", .password = "x"};
	uint8_t garbage[4096];
	int64_t root;
	int r = 0;

	memset(garbage, 0xa5, sizeof(garbage));
	make_ledger();
	root = ask("SELECT rootpage FROM sqlite_schema WHERE name = 'pass'");
	overwrite((root - 1) * 4096, garbage, sizeof(garbage));
	take(&before);
	r = ledger_open(directory, &ledger);
	if (r == 0) {
		ck_assert_int_eq(ledger_pass(ledger, 1, &pass), -EIO);
		ck_assert_int_eq(ledger_account_add(ledger, &account), -EIO);
		ck_assert_int_eq(ledger_begin(ledger), -EIO);
		ledger = ledger_close(ledger);
	}
	take(&after);
	ck_assert_mem_eq(before.bytes, after.bytes, before.size);
}
END_TEST

/* ---- the key ---- */

START_TEST(a_key_that_is_none)
{
	int fd = open(path_of("ledger.key"), O_WRONLY | O_CREAT, 0600);
	struct stat status;

	ck_assert_int_eq(write(fd, "short", 5), 5);
	close(fd);
	ck_assert_int_eq(ledger_open(directory, &ledger), -EIO);
	ck_assert_int_eq(stat(path_of("ledger.key"), &status), 0);
	ck_assert_int_eq(status.st_size, 5);
}
END_TEST

START_TEST(a_key_half_made_is_made_anew)
{
	int fd = open(path_of("ledger.key.new"), O_WRONLY | O_CREAT, 0600);
	struct stat status;

	ck_assert_int_eq(write(fd, "half", 4), 4);
	close(fd);
	open_ledger();
	ck_assert_int_eq(stat(path_of("ledger.key"), &status), 0);
	ck_assert_int_eq(status.st_size, 32);
	ck_assert_int_ne(access(path_of("ledger.key.new"), F_OK), 0);
}
END_TEST

START_TEST(wide_permissions_are_narrowed)
{
	static const char *const names[] = {"ledger.db", "ledger.key"};
	struct stat status;

	make_ledger();
	for (size_t i = 0; i < ELEMENTS(names); i++)
		ck_assert_int_eq(chmod(path_of(names[i]), 0666), 0);
	open_ledger();
	for (size_t i = 0; i < ELEMENTS(names); i++) {
		ck_assert_int_eq(stat(path_of(names[i]), &status), 0);
		ck_assert_int_eq(status.st_mode & 07777, 0600);
	}
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    killed_before_commit,
	    killed_after_commit,
	    killed_at_any_moment,
	    files_may_not_grow,
	    a_disk_may_be_full,
	    no_room_to_begin,
	    a_disk_may_be_read_only,
	    a_second_writer_is_told,
	    no_database_at_all,
	    cut_short,
	    a_damaged_first_page,
	    written_by_a_newer_version,
	    somebody_elses_database,
	    a_link_is_not_followed,
	    no_folder,
	    damage_that_is_met_later,
	    a_key_that_is_none,
	    a_key_half_made_is_made_anew,
	    wide_permissions_are_narrowed,
	};

	return run_tests("ledger: trouble", tests, ELEMENTS(tests), 60, make_directory, tear_down);
}
