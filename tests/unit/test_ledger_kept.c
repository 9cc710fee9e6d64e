/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves what is kept and for how long, that a file of version 1 goes on, and that whoever only reads does so
 * beside a daemon, as another user, and without changing a byte.
 */
#include "metering_fixture.h"
#include "ledger_version1.h"
#include "../../ledger/store.h"
#include "../bench/ledger_city.h"
#include <errno.h>
#include <sys/wait.h>

#define FIRST 20770
#define DAYS 9
#define NOBODY 65534

static void make_city(void)
{
	const struct ledger_city city = {.offices = 4,
					 .zones = 1,
					 .from_day = FIRST,
					 .until_day = FIRST + DAYS,
					 .rows_from = FIRST,
					 .seed = 5,
					 .close = true};

	ck_assert_int_eq(ledger_city_make(ledger, &city), 0);
}

static int64_t end_of(int32_t day)
{
	return civil_midnight_usec(day + 1);
}

/* ---- retention ---- */

START_TEST(rows_go_and_totals_stay)
{
	const struct ledger_retention retention = {.rows_usec = 2 * USEC_PER_DAY};
	int64_t total, wall = end_of(FIRST + 3) + retention.rows_usec;
	int n;

	make_city();
	total = ask("SELECT sum(down_bytes) FROM usage_day");
	ck_assert_int_eq(ledger_prune_kept(ledger, end_of(FIRST) + retention.rows_usec - 1000000, &retention),
			 0); /* a second too early */
	n = ledger_prune_kept(ledger, wall, &retention);
	ck_assert_int_eq(n, 3 * (288 + 24) * 8); /* three days of a call */
	ck_assert_int_gt(ledger_prune_kept(ledger, wall, &retention), 0);
	ck_assert_int_eq(ledger_prune_kept(ledger, wall, &retention), 0);
	ck_assert_int_eq(ask("SELECT min(day) FROM slice"), FIRST + 4);
	ck_assert_int_eq(ask("SELECT count(*) FROM usage_row WHERE at NOT IN (SELECT at FROM slice)"), 0);
	ck_assert_int_eq(ask("SELECT count(*) FROM usage_hour"), (DAYS - 4) * 24 * 8);
	ck_assert_int_eq(ask("SELECT sum(down_bytes) FROM usage_day"), total);
	it_closes();
	ck_assert_uint_eq(verified.days_pruned, 4);
	ck_assert_uint_eq(verified.days, DAYS - 1);
	tamper("UPDATE usage_day SET up_bytes = up_bytes + 1 WHERE at = 20771 AND subject = 1"); /* the totals
												    are sealed
												    all the
												    same */
	ck_assert_uint_gt(verify(), 0);
	ck_assert_int_eq(findings[0].day, FIRST + 1);
}
END_TEST

START_TEST(an_open_day_is_not_pruned)
{
	const struct ledger_retention retention = {.rows_usec = USEC_PER_DAY};

	book_one(NOON, 10, "a", 1, 1);
	ck_assert_int_eq(ledger_prune_kept(ledger, NOW + 1000 * USEC_PER_DAY, &retention), 0);
	ck_assert_int_eq(ledger_close_days(ledger, day_of(NOON) + 1, NOW, 1), 1);
	ck_assert_int_eq(ledger_prune_kept(ledger, NOW + 1000 * USEC_PER_DAY, &(struct ledger_retention){0}),
			 0); /* for ever */
	ck_assert_int_eq(ledger_prune_kept(ledger, NOW + 1000 * USEC_PER_DAY, &retention), 2);
	it_closes();
	book_one(NOON + 10, 10, "a", 1, 1); /* and still goes nowhere near it */
	ck_assert_uint_eq(usage_by(LEDGER_DAYS, 0, INT64_MAX, 0, NULL), 2);
	it_closes();
}
END_TEST

/* Not a row fewer than what the retention says is kept: a day that was deleted by hand is no pruned one. */
START_TEST(deleted_is_not_pruned)
{
	make_city();
	tamper("DELETE FROM usage_row WHERE at IN (SELECT at FROM slice WHERE day = 20771);"
	       "DELETE FROM usage_hour WHERE at IN (SELECT hour FROM slice WHERE day = 20771);"
	       "DELETE FROM slice WHERE day = 20771");
	ck_assert_uint_gt(verify(), 0);
	ck_assert_int_eq(findings[0].day, FIRST + 1);
}
END_TEST

START_TEST(an_old_session_is_nobodys)
{
	const struct ledger_retention retention = {.sessions_usec = 10 * USEC_PER_DAY};
	struct ledger_session session = session_of(1, 1);

	session.kind = LEDGER_ACCOUNT;
	session.person = 7;
	session.down_packets = 1000;
	session.up_packets = 300;
	session.down_dropped = 4;
	session.up_dropped = 1;
	ck_assert_int_eq(ledger_session_put(ledger, &session), 0);
	ck_assert_int_eq(ledger_session_end(ledger, &session, LEDGER_END_LOGOUT, NOW), 0);
	ck_assert_int_eq(ledger_prune_kept(ledger, NOW + 10 * USEC_PER_DAY, &retention), 0);
	ck_assert_int_eq(ask("SELECT count(*) FROM session WHERE hash IS NOT NULL AND person = 7"), 1);
	ck_assert_int_eq(ledger_prune_kept(ledger, NOW + 10 * USEC_PER_DAY + 1, &retention), 1);
	ck_assert_int_eq(
	    ask("SELECT count(*) FROM session WHERE hash IS NULL AND kind = 0 AND person = 0 AND down_bytes "
		"= 1000"
		" AND down_packets = 1000 AND up_packets = 300 AND down_dropped = 4 AND up_dropped = 1"),
	    1);
	ck_assert_int_eq(ledger_prune_kept(ledger, NOW + 10 * USEC_PER_DAY + 1, &retention), 0);
	ck_assert_int_eq(ask("SELECT count(*) FROM (SELECT 1 FROM pragma_index_list('session') WHERE name = "
			     "'session_known')"),
			 1);
}
END_TEST

START_TEST(packets_of_a_live_session)
{
	struct ledger_session session = session_of(1, 1), found;

	session.down_packets = 11;
	session.up_packets = 12;
	session.down_dropped = 13;
	session.up_dropped = 14;
	ck_assert_int_eq(ledger_session_put(ledger, &session), 0);
	session.up_packets = 15;
	ck_assert_int_eq(ledger_session_put(ledger, &session), 0);
	reopen();
	ck_assert_int_eq(ledger_session(ledger, 1, &found), 0);
	ck_assert_uint_eq(found.down_packets, 11);
	ck_assert_uint_eq(found.up_packets, 15);
	ck_assert_uint_eq(found.down_dropped, 13);
	ck_assert_uint_eq(found.up_dropped, 14);
}
END_TEST

START_TEST(hosts_and_notices_go)
{
	const struct ledger_retention retention = {.hosts_usec = 30 * USEC_PER_DAY};
	struct ledger_host host = {.day = (int32_t)(NOW / USEC_PER_DAY) - 29,
				   .office = "a",
				   .address = {AF_INET, {10, 0, 0, 1}},
				   .down_bytes = 1};
	struct ledger_notice notice = {.way = LEDGER_NOTICE_MAIL};

	ck_assert_int_eq(ledger_host_add(ledger, &host), 0);
	host.day -= 2;
	ck_assert_int_eq(ledger_host_add(ledger, &host), 0);
	ck_assert_int_eq(ledger_notice_put(ledger, &notice), 0);
	ck_assert_int_eq(ledger_notice_done(ledger, notice.id, NOW - 91 * USEC_PER_DAY, false), 0);
	ck_assert_int_eq(ledger_notice_put(ledger, &notice), 0);
	ck_assert_int_eq(ledger_prune_kept(ledger, NOW, &retention), 2);
	ck_assert_int_eq(ask("SELECT (SELECT count(*) FROM host) + (SELECT count(*) FROM notice)"), 2);
}
END_TEST

static struct ledger_kept kept[16];
static unsigned n_kept;

static int on_kept(const struct ledger_kept *row, void *userdata _unused_)
{
	ck_assert_uint_lt(n_kept, ELEMENTS(kept));
	kept[n_kept++] = *row;
	return 0;
}

START_TEST(what_is_kept_is_said)
{
	const struct ledger_retention retention = {.rows_usec = 5, .sessions_usec = 6, .hosts_usec = 7};

	make_city();
	ck_assert_int_eq(ledger_kept(ledger, &retention, on_kept, NULL), 0);
	ck_assert_uint_eq(n_kept, 10);
	ck_assert_str_eq(kept[0].what, "rows");
	ck_assert_uint_eq(kept[0].rows, DAYS * 288 * 8);
	ck_assert_uint_gt(kept[0].bytes, kept[0].rows * 30);
	ck_assert_uint_lt(kept[0].bytes, kept[0].rows * 70);
	ck_assert_int_eq(kept[0].oldest_wall_usec, civil_midnight_usec(FIRST));
	ck_assert_int_eq(kept[0].newest_wall_usec, civil_midnight_usec(FIRST + DAYS) - 300 * USEC_PER_SEC);
	ck_assert_int_eq(kept[0].keep_usec, 5);
	ck_assert_int_eq(kept[2].oldest_wall_usec, civil_midnight_usec(FIRST));
	ck_assert_int_eq(kept[2].keep_usec, 0);
	ck_assert_int_eq(kept[3].oldest_wall_usec, civil_midnight_usec(20758)); /* 2026-11-01 */
	ck_assert_uint_eq(kept[4].rows, DAYS - 1);
	ck_assert_int_eq(kept[5].keep_usec, 6);
	ck_assert_uint_eq(kept[5].rows, 0);
	ck_assert_int_eq(kept[5].oldest_wall_usec, 0);
}
END_TEST

/* ---- version 1 ---- */

static void make_version1(void)
{
	sqlite3 *db;

	ledger = ledger_close(ledger);
	unlink(path_of("ledger.db"));
	ck_assert_int_eq(sqlite3_open(path_of("ledger.db"), &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, ledger_version1, NULL, NULL, NULL), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db,
				      "INSERT INTO pass VALUES (4, 'ABCDE-FGHJK', 'taman', 5, 6, 7);"
				      "INSERT INTO session VALUES (9, 'taman', 'zone0', x'020000000001', "
				      "NULL, NULL, 1, 1, 4, 10, 20, 15, 1000, 200, NULL, NULL);"
				      "INSERT INTO session VALUES (8, 'taman', 'zone0', NULL, NULL, "
				      "zeroblob(16), 1, 2, 3, 10, 20, 15, 77, 7, 21, 1);",
				      NULL, NULL, NULL),
			 SQLITE_OK);
	sqlite3_close(db);
}

START_TEST(a_file_of_version_1_goes_on)
{
	struct ledger_session session;
	struct ledger_pass pass;
	uint64_t last;

	make_version1();
	ck_assert_int_eq(ledger_open_read(directory, &ledger), -EPROTO);
	open_ledger();
	ck_assert_int_eq(ask("PRAGMA user_version"), 3);
	ck_assert_int_eq(ledger_pass_by_code(ledger, "ABCDE-FGHJK", &pass), 0);
	ck_assert_uint_eq(pass.visit_bytes, 6);
	ck_assert_int_eq(ledger_session(ledger, 9, &session), 0);
	ck_assert_uint_eq(session.down_bytes, 1000);
	ck_assert_uint_eq(session.down_packets + session.up_dropped, 0);
	ck_assert_int_eq(ledger_session_last(ledger, &last), 0);
	ck_assert_uint_eq(last, 9);
	book_one(NOON, 10, "a", 1, 1);
	it_closes();
	ck_assert_int_eq(ledger_prune(ledger, NOW), 1); /* the old session is nobody's; who is in stays */
	ck_assert_int_eq(
	    ask("SELECT count(*) FROM session WHERE id = 8 AND hash IS NULL AND down_bytes = 77"), 1);
}
END_TEST

/* ---- readers ---- */

START_TEST(a_reader_makes_nothing)
{
	struct ledger *reader = NULL;

	ledger = ledger_close(ledger);
	unlink(path_of("ledger.db"));
	unlink(path_of("ledger.key"));
	ck_assert_int_eq(ledger_open_read(directory, &reader), -ENOENT);
	ck_assert_int_ne(access(path_of("ledger.db"), F_OK), 0);
	ck_assert_int_eq(ledger_open_read("/nowhere", &reader), -ENOENT);
	open_ledger();
	ledger = ledger_close(ledger);
	tamper("CREATE TABLE t (a); INSERT INTO t VALUES (1); PRAGMA user_version = 99");
	ck_assert_int_eq(ledger_open_read(directory, &reader), -EPROTONOSUPPORT);
	ck_assert_ptr_null(reader);
}
END_TEST

START_TEST(a_reader_beside_the_writer)
{
	struct ledger *writer = ledger, *reader;
	struct ledger_part part = OFFICE("a", 1, 1);
	struct ledger_session session = session_of(1, 1);

	book_one(NOON, 10, "a", 100, 1);
	ck_assert_int_eq(ledger_open_read(directory, &reader), 0);
	ledger = reader;
	ck_assert_uint_eq(usage_by(LEDGER_MONTHS, 0, INT64_MAX, 0, NULL), 1);
	ck_assert_uint_eq(usages[0].part.down.bytes, 100);
	it_closes();
	ck_assert_int_eq(try_book(NOON, 10, &part, 1), -EROFS);
	ck_assert_int_eq(ledger_session_put(reader, &session), -EROFS);
	ck_assert_int_eq(ledger_close_days(reader, INT32_MAX, NOW, 1), -EROFS);
	ledger = writer;
	book_one(NOON + 10, 10, "a", 100, 1);
	ledger = reader;
	ck_assert_uint_eq(sums_by(LEDGER_ROWS, 0, INT64_MAX, 0, NULL), 1);
	ck_assert_uint_eq(usages[0].part.down.bytes, 200);
	ledger_close(reader);
	ledger = writer;
	book_one(NOON + 20, 10, "a", 100, 1);
}
END_TEST

/* Of several questions, one after another; nested, too. */
START_TEST(what_is_looked_at_stays_as_it_was)
{
	struct ledger *writer = ledger, *reader;

	book_one(NOON, 10, "a", 100, 1);
	ck_assert_int_eq(ledger_open_read(directory, &reader), 0);
	ck_assert_int_eq(ledger_look(reader), 0);
	for (unsigned i = 0; i < 2; i++) {
		ledger = reader;
		ck_assert_int_eq(ledger_look(reader), 0);
		ck_assert_uint_eq(sums_by(LEDGER_ROWS, 0, INT64_MAX, 0, NULL), 1);
		ck_assert_uint_eq(usages[0].part.down.bytes, 100);
		ledger_looked(reader);
		ledger = writer;
		book_one(NOON + 10 + i, 1, "a", 100, 1);
	}
	ledger_looked(reader);
	ledger = reader;
	ck_assert_uint_eq(sums_by(LEDGER_ROWS, 0, INT64_MAX, 0, NULL), 1);
	ck_assert_uint_eq(usages[0].part.down.bytes, 300);
	ledger_close(reader);
	ledger = writer;
}
END_TEST

struct writing {
	struct ledger *writer;
	int rows;
};

static int write_meanwhile(const struct ledger_usage *usage _unused_, void *userdata)
{
	struct writing *writing = userdata;
	struct ledger *reader = ledger;

	writing->rows++;
	ledger = writing->writer;
	book_one(NOON + 300 * (20 + writing->rows), 10, "a", 1, 1);
	ledger = reader;
	return 0;
}

/* A walk sees one instant, however long it takes, and the daemon is not held up by it. */
START_TEST(a_walk_sees_one_instant)
{
	const struct ledger_query query = {LEDGER_ROWS, 0, INT64_MAX, 0, NULL};
	struct writing writing = {ledger, 0};

	for (int i = 0; i < 10; i++)
		book_one(NOON + 300 * i, 10, "a", 1, 1);
	ck_assert_int_eq(ledger_open_read(directory, &ledger), 0);
	ck_assert_int_eq(ledger_usage(ledger, &query, write_meanwhile, &writing), 0);
	ck_assert_int_eq(writing.rows, 10);
	ck_assert_uint_eq(usage_by(LEDGER_ROWS, 0, INT64_MAX, 0, NULL), 20);
	ledger_close(ledger);
	ledger = writing.writer;
}
END_TEST

/* As somebody who may read the files and nothing else: 0, or what went wrong. */
static int read_as_nobody(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct ledger *reader;
		struct ledger_verified out;
		int r =
		    setgid(NOBODY) < 0 || setuid(NOBODY) < 0 ? -EPERM : ledger_open_read(directory, &reader);

		if (r == 0)
			r = ledger_verify(reader, NULL, NULL, &out);
		if (r == 0)
			r = out.rows == 1 && out.findings == 0 ? 0 : -EBADMSG;
		_exit(-r);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return -WEXITSTATUS(status);
}

static void let_read(const char *name, mode_t mode)
{
	ck_assert(chmod(path_of(name), mode) == 0 || errno == ENOENT);
}

START_TEST(another_user_reads_where_it_may)
{
	if (geteuid() != 0)
		return;
	book_one(NOON, 10, "a", 100, 1);
	ck_assert_int_eq(chmod(directory, 0755), 0);
	ck_assert_int_eq(read_as_nobody(), -EACCES);
	let_read("ledger.db", 0644);
	let_read("ledger.db-wal", 0644);
	let_read("ledger.db-shm", 0644);
	ck_assert_int_eq(read_as_nobody(), 0); /* beside the daemon */
	ledger = ledger_close(ledger);
	ck_assert_int_eq(read_as_nobody(), 0); /* without one */
	ck_assert_int_ne(access(path_of("ledger.db-wal"), F_OK), 0);
}
END_TEST

/* ---- the cache of statements ---- */

/* Of one file of the ledger, by lines. */
static unsigned texts_in(FILE *file)
{
	static const char *const verbs[] = {"\"SELECT ", "\"INSERT ", "\"UPDATE ", "\"DELETE "};
	unsigned texts = 0;
	char line[512];

	while (fgets(line, sizeof(line), file))
		for (size_t i = 0; i < ELEMENTS(verbs); i++)
			texts += strstr(line, verbs[i]) != NULL;
	return texts;
}

#define FOUR_TABLES 60 /* what macros multiply: five texts of four tables, and more */

/* A connection may meet every statement that there is. */
START_TEST(every_statement_has_room)
{
	DIR *folder = opendir("ledger");
	unsigned texts = FOUR_TABLES;

	ck_assert_ptr_nonnull(folder); /* run in the source's folder */
	for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
		_cleanup_(fclosep) FILE *file = NULL;
		char path[300];

		snprintf(path, sizeof(path), "ledger/%s", entry->d_name);
		file = strstr(entry->d_name, ".c") ? fopen(path, "r") : NULL;
		texts += file ? texts_in(file) : 0;
	}
	closedir(folder);
	ck_assert_uint_gt(texts, 100);
	ck_assert_uint_lt(texts, STORE_STATEMENTS);
	make_city();
	ck_assert_int_eq(ledger_kept(ledger, &(struct ledger_retention){0}, on_kept, NULL), 0);
	it_closes();
	ck_assert_uint_lt(ledger->n_prepared, STORE_STATEMENTS / 2);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    rows_go_and_totals_stay,
	    an_open_day_is_not_pruned,
	    deleted_is_not_pruned,
	    an_old_session_is_nobodys,
	    packets_of_a_live_session,
	    hosts_and_notices_go,
	    what_is_kept_is_said,
	    a_file_of_version_1_goes_on,
	    a_reader_makes_nothing,
	    a_reader_beside_the_writer,
	    what_is_looked_at_stays_as_it_was,
	    a_walk_sees_one_instant,
	    another_user_reads_where_it_may,
	    every_statement_has_room,
	};

	return run_tests("ledger: kept", tests, ELEMENTS(tests), 30, set_up_site, tear_down);
}
