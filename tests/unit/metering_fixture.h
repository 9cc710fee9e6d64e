/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A ledger that meters, in a site of UTC+7: intervals as a daemon books them, and an independent eye on the
 * four tables.
 */
#include "ledger_fixture.h"
#include "../../ledger/chain.h"
#include "../../ledger/civil.h"
#include "../../lib/clock.h"

#define BOOT "6f2c3c3e-0000-4000-8000-000000000001"
#define NOON INT64_C(1795410000) /* 2026-11-23 12:00 in Pontianak */
#define DAY INT64_C(86400)

static void set_up_site(void)
{
	ck_assert_int_eq(clock_zone_set("Asia/Pontianak"), 0);
	set_up();
}

static _unused_ struct ledger_part part_of(enum ledger_subject kind, const char *id, uint64_t down,
					   uint64_t up)
{
	struct ledger_part part = {.kind = kind,
				   .down = {.bytes = down, .packets = down / 1000},
				   .up = {.bytes = up, .packets = up / 1000}};

	snprintf(part.id, sizeof(part.id), "%s", id);
	return part;
}
#define OFFICE(id, down, up) part_of(LEDGER_OFFICE, id, down, up)

static _unused_ int32_t day_of(int64_t sec)
{
	struct tm local = clock_local(sec * USEC_PER_SEC);

	return (int32_t)((sec + local.tm_gmtoff) / DAY);
}

/* The interval that ends now: in the row, hour, day and month in which it ends. */
static _unused_ struct ledger_interval interval_at(int64_t end_sec, int64_t seconds,
						   const struct ledger_part *parts, size_t n)
{
	return (struct ledger_interval){
	    .end_wall_usec = end_sec * USEC_PER_SEC,
	    .seconds_usec = seconds * USEC_PER_SEC,
	    .row_sec = end_sec - end_sec % LEDGER_ROW_SEC,
	    .hour_sec = end_sec - end_sec % 3600,
	    .day = day_of(end_sec),
	    .month = civil_month(day_of(end_sec)),
	    .parts = parts,
	    .n_parts = n,
	    .boot = BOOT,
	};
}

static _unused_ int try_book(int64_t end_sec, int64_t seconds, const struct ledger_part *parts, size_t n)
{
	struct ledger_interval interval = interval_at(end_sec, seconds, parts, n);

	return ledger_interval_put(ledger, &interval);
}

static _unused_ void book(int64_t end_sec, int64_t seconds, const struct ledger_part *parts, size_t n)
{
	ck_assert_int_eq(try_book(end_sec, seconds, parts, n), 0);
}

static _unused_ void book_one(int64_t end_sec, int64_t seconds, const char *office, uint64_t down,
			      uint64_t up)
{
	struct ledger_part part = OFFICE(office, down, up);

	book(end_sec, seconds, &part, 1);
}

/* Rows, hours, days and months have the same sums for every subject and column: asked of SQLite, not of the
 * ledger. */
static _unused_ void grains_are_equal(void)
{
	static const char *const columns[] = {
	    "msec",	     "down_bytes",     "down_packets",	  "down_dropped",  "down_late_bytes",
	    "down_borrowed", "down_short_sec", "down_demand_sec", "up_bytes",	   "up_packets",
	    "up_dropped",    "up_late_bytes",  "up_borrowed",	  "up_demand_sec", "up_short_sec"};
	static const char *const tables[] = {"hour", "day", "month"};
	char sql[512];

	for (size_t t = 0; t < ELEMENTS(tables); t++) {
		for (size_t i = 0; i < ELEMENTS(columns); i++) {
			snprintf(sql, sizeof(sql),
				 "SELECT count(*) FROM (SELECT subject, sum(%s) FROM usage_row GROUP BY 1"
				 " EXCEPT SELECT subject, sum(%s) FROM usage_%s GROUP BY 1)",
				 columns[i], columns[i], tables[t]);
			ck_assert_msg(ask(sql) == 0, "%s of %s", columns[i], tables[t]);
		}
		snprintf(sql, sizeof(sql),
			 "SELECT (SELECT count(DISTINCT subject) FROM usage_%s) - (SELECT count(DISTINCT "
			 "subject) FROM usage_row)",
			 tables[t]);
		ck_assert_int_eq(ask(sql), 0);
	}
}

/* ---- what came out ---- */

static _unused_ struct ledger_usage usages[2048];
static _unused_ size_t n_usages;

static _unused_ int on_usage(const struct ledger_usage *usage, void *userdata _unused_)
{
	ck_assert_uint_lt(n_usages, ELEMENTS(usages));
	usages[n_usages++] = *usage;
	return 0;
}

static _unused_ size_t usage_by(enum ledger_grain grain, int64_t from, int64_t until,
				enum ledger_subject kind, const char *id)
{
	const struct ledger_query query = {grain, from, until, kind, id};

	n_usages = 0;
	ck_assert_int_eq(ledger_usage(ledger, &query, on_usage, NULL), 0);
	return n_usages;
}

static _unused_ size_t sums_by(enum ledger_grain grain, int64_t from, int64_t until, enum ledger_subject kind,
			       const char *id)
{
	const struct ledger_query query = {grain, from, until, kind, id};

	n_usages = 0;
	ck_assert_int_eq(ledger_sums(ledger, &query, on_usage, NULL), 0);
	return n_usages;
}

/* Changes the file behind the ledger's back. */
static _unused_ void tamper(const char *sql)
{
	char *error = NULL;
	sqlite3 *db;

	ck_assert_int_eq(sqlite3_open(path_of("ledger.db"), &db), SQLITE_OK);
	ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, &error) == SQLITE_OK, "%s: %s", sql, error);
	ck_assert_msg(sqlite3_total_changes(db) > 0, "%s: changes nothing", sql);
	sqlite3_close(db);
}

static _unused_ struct ledger_finding findings[64];
static _unused_ size_t n_findings;
static _unused_ struct ledger_verified verified;

static _unused_ int on_finding(const struct ledger_finding *finding, void *userdata _unused_)
{
	if (n_findings < ELEMENTS(findings))
		findings[n_findings++] = *finding;
	return 0;
}

static _unused_ size_t verify(void)
{
	n_findings = 0;
	ck_assert_int_eq(ledger_verify(ledger, on_finding, NULL, &verified), 0);
	ck_assert_uint_ge(verified.findings, n_findings);
	return n_findings;
}

static _unused_ void it_closes(void)
{
	size_t n = verify();

	ck_assert_msg(n == 0, "%s", findings[0].text);
}
