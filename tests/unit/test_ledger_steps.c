/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves the promise on lost bytes: whatever step of writing fails, is cut off, or is the last before the
 * power goes, an interval is in the file whole or not at all, with its marks, and a daemon that goes on from
 * the marks counts every byte once.
 */
#include "metering_fixture.h"
#include "small_disk.h"
#include "vfs_trouble.h"
#include "../../ledger/month.h"
#include "../../ledger/store.h"
#include <errno.h>
#include <sys/wait.h>

#define INTERVAL_BYTES 1000
#define INTERVALS 4 /* of a run; among them a checkpoint and the closing of a day */

/* A kernel whose counter stands at 1000 bytes for each interval that passed; and a daemon's memory of how far
 * it has booked. */
static uint64_t booked;

static int book_until(unsigned i)
{
	const int64_t at = NOON + 10 * (int64_t)i;
	uint64_t counter = (uint64_t)i * INTERVAL_BYTES;
	struct ledger_part parts[] = {OFFICE("dinkes", counter - booked, 0),
				      part_of(LEDGER_UPLINK, "", counter - booked, 0)};
	struct ledger_mark mark = {.minor = 1, .kind = LEDGER_OFFICE, .id = "dinkes", .bytes = counter};
	struct ledger_interval interval = interval_at(at, 10, parts, 2);
	int r;

	interval.marks = &mark;
	interval.n_marks = 1;
	r = ledger_interval_put(ledger, &interval);
	if (r == 0)
		booked = counter;
	return r;
}

/* As a daemon that starts: the marks say how far. */
static void go_on_from_the_marks(void)
{
	_cleanup_(freep) struct ledger_mark *marks = NULL;
	int64_t end;
	size_t n = 0;
	int r = ledger_marks(ledger, BOOT, &marks, &n, &end);

	ck_assert(r == 0 || r == -ENOENT);
	booked = n ? marks[0].bytes : 0;
}

/* What is in the file is what the marks say, in all four tables. */
static void nothing_twice_nothing_half(void)
{
	char sql[256];

	go_on_from_the_marks();
	grains_are_equal();
	snprintf(sql, sizeof(sql),
		 "SELECT coalesce(sum(down_bytes), 0) = %ju FROM usage_month WHERE subject = 1",
		 (uintmax_t)booked);
	ck_assert_msg(ask(sql) == 1, "%ju bytes are behind the mark", (uintmax_t)booked);
	ck_assert_int_eq(ask("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
	ck_assert_int_eq(ask("SELECT 2 * count(*) - (SELECT count(*) FROM month_rate) FROM month_record"), 0);
	ck_assert_int_eq(ask("SELECT 2 * count(*) - (SELECT count(*) FROM month_visits) FROM month_record"),
			 0);
	it_closes();
}

/* A month that has no rows here, so that nothing but the record itself can be wrong. */
static int put_record(unsigned month)
{
	int64_t begin = civil_first_day((int32_t)month) * DAY;
	struct ledger_month_rate rates[] = {{.kind = LEDGER_OFFICE, .id = "dinkes"}, {.kind = LEDGER_UPLINK}};
	struct ledger_visits visits[] = {{.zone = "taman", .sessions = 1}, {.sessions = 1}};
	const struct ledger_month_record record = {.month = (int32_t)month,
						   .from_sec = begin,
						   .until_sec = civil_first_day((int32_t)month + 1) * DAY,
						   .rates = rates,
						   .n_rates = 2,
						   .visits = visits,
						   .n_visits = 2};

	return ledger_month_put(ledger, &record);
}

/* Everything that a daemon writes in a day, shortly. */
static int run(unsigned from)
{
	int r = 0;

	for (unsigned i = from; r == 0 && i < from + INTERVALS; i++) {
		r = book_until(i);
		if (r == 0 && i == from + 1) {
			r = ledger_close_days(ledger, INT32_MAX, NOW, 1);
			r = MIN(r, 0);
			sqlite3_wal_checkpoint_v2(ledger->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
		}
		if (r == 0 && i == from + 2)
			r = put_record(12 * 2000 + from);
	}
	return MIN(r, 0);
}

/* ---- killed, and without power ---- */

/* A process of its own: false when it came to its end before the step. */
static bool died_at(unsigned step, enum trouble_kind kind, unsigned from)
{
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		trouble_at(step, kind);
		if (ledger_open(directory, &ledger) < 0)
			_exit(1);
		go_on_from_the_marks();
		if (run(from) < 0)
			_exit(1);
		ledger_close(ledger);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFSIGNALED(status) || WEXITSTATUS(status) == 0, "step %u", step);
	return WIFSIGNALED(status);
}

static void die_at_every_step(enum trouble_kind kind)
{
	unsigned step, last = 0;
	bool died = true;

	trouble_install();
	ledger = ledger_close(ledger);
	for (step = 1; died; step++) {
		uint64_t before = booked;

		died = died_at(step, kind, last + 1);
		if (kind == TROUBLE_POWER)
			unlink(path_of("ledger.db-shm")); /* it was memory */
		open_ledger();
		nothing_twice_nothing_half();
		ck_assert_uint_ge(booked, before);
		last += INTERVALS; /* what the kernel counted meanwhile is booked by the next run */
		ledger = ledger_close(ledger);
	}
	ck_assert_uint_eq(booked, (uint64_t)last * INTERVAL_BYTES);
	ck_assert_uint_gt(step, 40);
	open_ledger();
}

START_TEST(killed_at_every_step)
{
	die_at_every_step(TROUBLE_KILL);
}
END_TEST

START_TEST(without_power_at_every_step)
{
	die_at_every_step(TROUBLE_POWER);
}
END_TEST

/* What was told to be on the disk is there whenever the power goes afterwards. */
START_TEST(booked_is_on_the_disk)
{
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	trouble_install();
	ledger = ledger_close(ledger);
	if (pid == 0) {
		trouble_at(1000000, TROUBLE_POWER);
		if (ledger_open(directory, &ledger) < 0 || run(1) < 0)
			_exit(1);
		trouble_at(1, TROUBLE_POWER);
		sqlite3_wal_checkpoint_v2(ledger->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
		_exit(1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	unlink(path_of("ledger.db-shm"));
	open_ledger();
	nothing_twice_nothing_half();
	ck_assert_uint_eq(booked, INTERVALS * INTERVAL_BYTES);
}
END_TEST

/* ---- a disk that fails ---- */

/* The daemon lives on: it keeps what could not be written, and writes it when it can. */
static void fail_at_every_step(enum trouble_kind kind, int error)
{
	unsigned i = 1;
	bool was_met = true;

	trouble_install();
	reopen();
	for (unsigned step = 1; was_met; step++) {
		int r;

		trouble_at(step, kind);
		r = run(i);
		was_met = trouble_met();
		trouble_over();
		ck_assert_msg(r == 0 || r == error, "step %u: %d", step, r);
		i += INTERVALS;
		ck_assert_int_eq(book_until(i++), 0); /* as soon as it can be written */
		ck_assert_uint_eq(booked, (uint64_t)(i - 1) * INTERVAL_BYTES);
		nothing_twice_nothing_half();
	}
	ck_assert_uint_gt(i, 40);
	reopen();
	nothing_twice_nothing_half();
}

START_TEST(a_write_fails_at_every_step)
{
	fail_at_every_step(TROUBLE_FAIL, -EIO);
}
END_TEST

START_TEST(every_write_fails_from_every_step_on)
{
	fail_at_every_step(TROUBLE_FAIL_ALL, -EIO);
}
END_TEST

START_TEST(no_room_from_every_step_on)
{
	fail_at_every_step(TROUBLE_FULL, -ENOSPC);
}
END_TEST

/* A disk that failed and then the power: what was said to have failed may be there whole, and the marks know
 * it. */
START_TEST(it_fails_and_then_it_dies)
{
	trouble_install();
	ledger = ledger_close(ledger);
	for (unsigned step = 1; step < 60; step++) {
		int status;
		pid_t pid = fork();

		ck_assert_int_ge(pid, 0);
		if (pid == 0) {
			if (ledger_open(directory, &ledger) < 0)
				_exit(1);
			go_on_from_the_marks();
			trouble_at(step, TROUBLE_FAIL_ALL);
			run(step * INTERVALS);
			kill(getpid(), SIGKILL);
		}
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert(WIFSIGNALED(status));
		open_ledger();
		nothing_twice_nothing_half();
		ledger = ledger_close(ledger);
	}
	open_ledger();
}
END_TEST

/* ---- a disk that is full ---- */

/* A row of its own for each, so that the file grows. */
static int book_row(unsigned i, uint64_t bytes)
{
	struct ledger_part part = OFFICE("dinkes", bytes, 0);
	struct ledger_mark mark = {
	    .minor = 1, .kind = LEDGER_OFFICE, .id = "dinkes", .bytes = booked + bytes};
	struct ledger_interval interval = interval_at(NOON + 300 * (int64_t)i, 10, &part, 1);
	int r;

	interval.marks = &mark;
	interval.n_marks = 1;
	r = ledger_interval_put(ledger, &interval);
	if (r == 0)
		booked += bytes;
	return r;
}

static void fill_then(void (*make_room)(void))
{
	uint64_t waiting = 0, before;
	unsigned i = 0;

	while (book_row(i, INTERVAL_BYTES) == 0)
		ck_assert_uint_lt(++i, 100000);
	for (int tries = 0; tries < 5; tries++) {
		waiting += INTERVAL_BYTES;
		ck_assert_int_eq(book_row(i++, waiting), -ENOSPC);
		ck_assert_int_ne(*ledger_error(ledger), '\0');
		nothing_twice_nothing_half();
	}
	before = booked;
	make_room();
	ck_assert_int_eq(book_row(i++, waiting), 0);
	ck_assert_uint_eq(booked, before + waiting);
	reopen();
	nothing_twice_nothing_half();
}

START_TEST(files_may_not_grow)
{
	if (!may_limit())
		return;
	set_limit(600000);
	fill_then(lift_limit);
}
END_TEST

START_TEST(a_disk_may_be_full)
{
	ledger = ledger_close(ledger);
	if (!mount_small()) {
		open_ledger();
		return;
	}
	open_ledger();
	fill_then(enlarge);
	ledger = ledger_close(ledger);
	ck_assert_int_eq(umount2(directory, MNT_DETACH), 0);
	open_ledger();
}
END_TEST

/* ---- at random ---- */

START_TEST(killed_at_random_200_times)
{
	unsigned last = 0;

	ledger = ledger_close(ledger);
	for (unsigned round = 0; round < 200; round++) {
		int status;
		pid_t pid = fork();

		ck_assert_int_ge(pid, 0);
		if (pid == 0) {
			if (ledger_open(directory, &ledger) < 0)
				_exit(1);
			go_on_from_the_marks();
			for (unsigned i = last + 1;; i++)
				if (book_until(i) < 0)
					_exit(1);
		}
		usleep(500 + (unsigned)rand() % 8000);
		kill(pid, SIGKILL);
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert(WIFSIGNALED(status));
		open_ledger();
		go_on_from_the_marks();
		ck_assert_int_eq(
		    ask("SELECT (SELECT coalesce(sum(down_bytes), 0) FROM usage_month WHERE subject = 1)"
			" - (SELECT coalesce(sum(bytes), 0) FROM mark)"),
		    0);
		last = (unsigned)(booked / INTERVAL_BYTES);
		ledger = ledger_close(ledger);
	}
	open_ledger();
	nothing_twice_nothing_half();
	ck_assert_uint_gt(last, 0);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    killed_at_every_step,	 without_power_at_every_step,	       booked_is_on_the_disk,
	    a_write_fails_at_every_step, every_write_fails_from_every_step_on, no_room_from_every_step_on,
	    it_fails_and_then_it_dies,	 killed_at_random_200_times,	       files_may_not_grow,
	    a_disk_may_be_full,
	};

	return run_tests("ledger: every step", tests, ELEMENTS(tests), 60, set_up_site, tear_down);
}
