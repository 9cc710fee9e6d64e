/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves that a month's record cannot be altered unseen: the rows prove it while they are kept, the chain
 * when they are gone, and what becomes of sessions later is no finding. A file of version 2 goes on with the
 * chain that it has.
 */
#include "month_fixture.h"
#include "../../ledger/terms.h"
#include <errno.h>

/* ---- proof ---- */

/* What is done to the record, and the words of what is found first; before it is sealed the rows alone prove
 * it. */
static const struct {
	const char *sql, *words;
} tamperings[] = {
    {"UPDATE month_rate SET down_bps = down_bps - 1 WHERE id = 'kantor-002'",
     "2026-10, office kantor-002, 95th percentile down: the rows give"},
    {"UPDATE month_rate SET up_bps = up_bps + 1 WHERE kind = 5", "2026-10, uplink, 95th percentile up"},
    {"UPDATE month_rate SET samples = samples - 1 WHERE id = 'taman-01'", "zone taman-01, samples"},
    {"UPDATE month_rate SET missing = missing + 1 WHERE id = 'taman-01'", "zone taman-01, missing samples"},
    {"UPDATE month_rate SET peak_down_bps = 0 WHERE id = 'taman-01'", "zone taman-01, peak down"},
    {"UPDATE month_rate SET peak_up_bps = 0 WHERE id = 'taman-01'", "zone taman-01, peak up"},
    {"DELETE FROM month_rate WHERE id = 'kantor-003'", "office kantor-003: it has rows"},
    {"UPDATE month_rate SET id = 'kantor-999' WHERE id = 'kantor-003'", "office kantor-003: it has rows"},
    {"INSERT INTO month_rate SELECT month, 1, 'kantor-999', 1, 1, 1, 1, 1, 1 FROM month_record",
     "office kantor-999: the month's record has rates of it"},
    {"UPDATE month_visits SET sessions = sessions + 1 WHERE zone = 'taman-01'",
     "zone taman-01, sessions: the sessions give at most"},
    {"UPDATE month_visits SET visitors = 8 WHERE zone = ''", "all zones, visitors"},
    {"UPDATE month_visits SET down_bytes = down_bytes + 1 WHERE zone = 'taman-02'",
     "zone taman-02, down_bytes"},
    {"UPDATE month_visits SET up_bytes = up_bytes + 1 WHERE zone = 'taman-02'", "zone taman-02, up_bytes"},
    {"UPDATE month_visits SET anonymous = 1 WHERE zone = 'taman-02'", "zone taman-02, anonymous"},
    {"UPDATE month_visits SET zone = 'taman-77' WHERE zone = 'taman-02'", "zone taman-77, sessions"},
    {"UPDATE month_record SET from_sec = 0", "2026-10: the month's record is of the seconds 0 to"},
    {"UPDATE month_record SET until_sec = 9223372036854775807", "which are not that month"},
    {"UPDATE month_record SET until_sec = until_sec - 300", "the rows give"},
    {"UPDATE month_record SET month = 9223372036854775807", "a record of month 9223372036854775807"},
    {"INSERT INTO month_rate VALUES (7, 1, 'a', 1, 1, 1, 1, 1, 1)", "rates of a month that has no record"},
    {"INSERT INTO month_visits VALUES (7, 'a', 1, 1, 1, 1, 1, 1)", "visits of a month that has no record"},
};

START_TEST(the_rows_prove_it)
{
	make_city();
	record(OCTOBER);
	it_closes();
	tamper(tamperings[_i].sql);
	ck_assert_msg(verify() > 0, "%s: not found", tamperings[_i].sql);
	ck_assert_msg(strstr(findings[0].text, tamperings[_i].words), "%s: %s", tamperings[_i].sql,
		      findings[0].text);
}
END_TEST

static void close_november(void)
{
	book_one(begin_of(NOVEMBER) + 2 * DAY + 5000, 10, "kantor-001", 1, 1);
	ck_assert_int_ge(ledger_close_days(ledger, civil_first_day(NOVEMBER) + 3, NOW, 99), 1);
}

/* The rows are gone after a year, the chain is not. */
START_TEST(the_chain_proves_it_when_the_rows_are_gone)
{
	static const char *const fates[] = {
	    "UPDATE month_rate SET down_bps = down_bps - 1 WHERE id = 'kantor-002'",
	    "UPDATE month_visits SET visitors = visitors - 1 WHERE zone = ''",
	    "UPDATE month_record SET wall_usec = wall_usec + 1",
	    "UPDATE month_record SET until_sec = until_sec - 300",
	    "DELETE FROM month_rate WHERE id = 'kantor-002'",
	    "INSERT INTO month_visits SELECT month, 'taman-77', 1, 1, 1, 1, 1, 1 FROM month_record",
	};
	static const char keep[] = "CREATE TABLE IF NOT EXISTS kept_rate AS SELECT * FROM month_rate;"
				   "CREATE TABLE IF NOT EXISTS kept_visits AS SELECT * FROM month_visits;"
				   "CREATE TABLE IF NOT EXISTS kept_record AS SELECT * FROM month_record;";
	struct ledger_retention kept = {.rows_usec = 1};
	char sql[512];

	make_city();
	record(OCTOBER);
	close_november();
	it_closes();
	for (int i = 0; i < 9; i++)
		ck_assert_int_ge(ledger_prune_kept(ledger, NOW + 90 * USEC_PER_DAY, &kept), 0);
	ck_assert_int_eq(ask("SELECT count(*) FROM usage_row"), 0);
	it_closes();
	for (size_t i = 0; i < ELEMENTS(fates); i++) {
		snprintf(sql, sizeof(sql), "%s%s", keep, fates[i]);
		tamper(sql);
		ck_assert_msg(verify() > 0, "%s: not found", fates[i]);
		ck_assert_msg(findings[0].kind == LEDGER_FOUND_CHAIN && strstr(findings[0].text, "totals"),
			      "%s: %s", fates[i], findings[0].text);
		tamper("DELETE FROM month_rate; DELETE FROM month_visits; DELETE FROM month_record;"
		       "INSERT INTO month_record SELECT * FROM kept_record; INSERT INTO month_rate SELECT * "
		       "FROM kept_rate;"
		       "INSERT INTO month_visits SELECT * FROM kept_visits");
		it_closes();
	}
}
END_TEST

/* Time goes on: sessions end and grow, devices are forgotten, hashes go. That alters no record, and is no
 * finding. */
START_TEST(what_happens_to_sessions_later_is_no_finding)
{
	_cleanup_(ledger_month_freep) struct ledger_month_record *before = NULL, *after = NULL;
	struct ledger_forgotten forgotten;
	uint8_t hash[LEDGER_HASH];

	make_city();
	record(OCTOBER);
	ck_assert_int_eq(ledger_month(ledger, OCTOBER, &before), 0);
	close_november();
	visit(1, 2, "taman-01", begin_of(NOVEMBER) + 60, 90000,
	      true); /* was online; and then the clock was set */
	hash_of(4, hash);
	ck_assert_int_eq(ledger_forget(ledger, hash, &forgotten), 0);
	it_closes();
	ck_assert_int_gt(ledger_prune(ledger, NOW + 200 * USEC_PER_DAY), 0);
	it_closes();
	ck_assert_int_eq(ledger_month(ledger, OCTOBER, &after), 0);
	equal(before, after);
}
END_TEST

/* ---- version 2 ---- */

static void make_version2(void)
{
	char *text = NULL;
	size_t size = 0;
	_cleanup_(fclosep) FILE *file = fopen("tests/unit/ledger_version2.sql", "r");
	sqlite3 *db;

	ck_assert_ptr_nonnull(file); /* run in the source's folder */
	ck_assert_int_gt(getdelim(&text, &size, '\0', file), 0);
	ledger = ledger_close(ledger);
	unlink(path_of("ledger.db"));
	ck_assert_int_eq(sqlite3_open(path_of("ledger.db"), &db), SQLITE_OK);
	ck_assert_int_eq(sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL), SQLITE_OK);
	ck_assert_msg(sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
	sqlite3_close(db);
	free(text);
}

static int keep_notice(const struct ledger_notice *notice, void *userdata)
{
	*(struct ledger_notice *)userdata = *notice;
	return 0;
}

START_TEST(a_file_of_version_2_goes_on)
{
	struct ledger_notice notice = {0};
	struct ledger_terms terms = {.wall_usec = NOW, .kind = LEDGER_TERMS_SITE, .document = "{}"};
	struct ledger_day last;
	int32_t month;

	make_version2();
	ck_assert_int_eq(ledger_open_read(directory, &ledger), -EPROTO);
	open_ledger();
	ck_assert_int_eq(ask("PRAGMA user_version"), 3);
	it_closes(); /* the days that version 2 closed */
	ck_assert_uint_eq(verified.days, 2);
	ck_assert_int_eq(ledger_last_closed(ledger, &last), 0);
	ck_assert_uint_eq(last.hash[0], 0x79);
	ck_assert_uint_eq(last.hash[31], 0x10);
	ck_assert_int_eq(ledger_notices(ledger, keep_notice, &notice), 0);
	ck_assert_str_eq(notice.text, "dinkes");
	ck_assert_str_eq(notice.month, "");
	ck_assert_int_eq(ledger_month_due(ledger, last.day + 1, &month), 0);
	ck_assert_int_eq(month, OCTOBER);
	record(OCTOBER);
	ck_assert_int_eq(ledger_terms_put(ledger, &terms), 0);
	ck_assert_int_eq(ledger_close_days(ledger, last.day + 2, NOW, 9), 1);
	it_closes();
	ck_assert_uint_eq(verified.days, 3);
	ck_assert_int_eq(ask("SELECT count(*) FROM terms JOIN month_record USING (sealed)"), 1);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    the_chain_proves_it_when_the_rows_are_gone,
	    what_happens_to_sessions_later_is_no_finding,
	    a_file_of_version_2_goes_on,
	};

	return run_tests_and_loop("ledger: records", tests, ELEMENTS(tests), 30, set_up_site, tear_down,
				  the_rows_prove_it, ELEMENTS(tamperings));
}
