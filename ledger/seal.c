/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a hash says nothing unless everybody makes it of the same bytes. This is the one place that turns a
 * day into bytes; closing and verifying both come here. It names subjects by kind and id, never by number, so
 * that a dictionary cannot be altered unseen.
 */
#include "seal.h"
#include <errno.h>
#include <string.h>

_Static_assert(LEDGER_DIGEST == crypto_generichash_BYTES, "BLAKE2b-256");

#define INTEGER 8u
#define MAGIC "gerbang day 1"

/* ---- the form ---- */

static uint8_t *put_integer(uint8_t *to, int64_t value)
{
	for (unsigned i = 0; i < INTEGER; i++)
		*to++ = (uint8_t)((uint64_t)value >> (8 * i));
	return to;
}

void seal_begin(struct seal *seal)
{
	crypto_generichash_init(&seal->state, NULL, 0, LEDGER_DIGEST);
}

void seal_integer(struct seal *seal, int64_t value)
{
	uint8_t bytes[INTEGER];

	put_integer(bytes, value);
	crypto_generichash_update(&seal->state, bytes, sizeof(bytes));
}

void seal_text(struct seal *seal, const void *text, size_t length)
{
	seal_integer(seal, (int64_t)length);
	if (length)
		crypto_generichash_update(&seal->state, text, length);
}

void seal_usage(struct seal *seal, int64_t at, const struct subject *subject, const struct usage *usage)
{
	uint8_t bytes[INTEGER * (3 + USAGE_VALUES) + LEDGER_ID], *to = bytes;
	size_t length = subject ? strlen(subject->id) : 0;

	to = put_integer(to, at);
	to = put_integer(to, subject ? subject->kind : 0);
	to = put_integer(to, (int64_t)length);
	if (length)
		memcpy(to, subject->id, length);
	to += length;
	for (size_t i = 0; i < USAGE_VALUES; i++)
		to = put_integer(to, usage->values[i]);
	crypto_generichash_update(&seal->state, bytes, (size_t)(to - bytes));
}

void seal_end(struct seal *seal, uint8_t out[static LEDGER_DIGEST])
{
	crypto_generichash_final(&seal->state, out, LEDGER_DIGEST);
}

/* ---- rows of five minutes ---- */

static const char rows_of_day[] =
    "SELECT key, hour, " USAGE_COLUMNS " FROM slice CROSS JOIN usage_row"
    " ON key BETWEEN slice.at << 16 AND (slice.at << 16) + 65535 WHERE day = ? ORDER BY slice.at, key";

struct walk {
	int (*row)(int64_t key, int64_t hour, const struct usage *usage, void *userdata);
	void *userdata;
};

static int on_row(sqlite3_stmt *row, void *userdata)
{
	const struct walk *walk = userdata;
	struct usage usage;

	usage_read(row, 2, &usage);
	return walk->row(sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1), &usage, walk->userdata);
}

int seal_walk(struct ledger *ledger, int32_t day,
	      int (*row)(int64_t key, int64_t hour, const struct usage *usage, void *userdata),
	      void *userdata)
{
	struct walk walk = {row, userdata};

	return store_each(ledger, rows_of_day, VALUES(INT(day)), on_row, &walk);
}

struct rows {
	struct seal seal;
	struct subjects subjects;
};

static int on_usage(int64_t key, int64_t hour _unused_, const struct usage *usage, void *userdata)
{
	struct rows *rows = userdata;

	seal_usage(&rows->seal, usage_at(key), subject_at(&rows->subjects, usage_number(key)), usage);
	return 0;
}

int seal_rows(struct ledger *ledger, int32_t day, uint8_t out[static LEDGER_DIGEST])
{
	struct rows rows = {0};
	int r = subjects_load(ledger, &rows.subjects);

	if (r < 0)
		return r;
	seal_begin(&rows.seal);
	r = seal_walk(ledger, day, on_usage, &rows);
	if (r == 0)
		seal_end(&rows.seal, out);
	subjects_done(&rows.subjects);
	return r;
}

/* ---- totals, and what happened ---- */

/* Each row is sealed as the section's name and its columns, in this order. A subject is its kind and id.
 * `stamp` marks what the link is to hold: all that is over and in no link yet. A section that came with a
 * later version stands below the others: a day that was closed before it has no row of it, and so the same
 * digest. */
#define WHO " LEFT JOIN subject ON subject.number = "
static const struct {
	const char *name, *select, *stamp;
} sections[] = {
    {"total",
     "SELECT key >> 16, subject.kind, subject.id, " USAGE_COLUMNS " FROM usage_day" WHO "(key & 65535)"
     " WHERE key BETWEEN ?1 << 16 AND (?1 << 16) + 65535 ORDER BY key",
     NULL},
    {"availability",
     "SELECT day, measured_min, down_min, carrier_min, silent_min, loss_min, sent, answered FROM availability"
     " WHERE day = ?",
     NULL},
    {"correction",
     "SELECT correction.id, wall_usec, day, month, subject.kind, subject.id, down_bytes, up_bytes, who, "
     "reason"
     " FROM correction" WHO "correction.subject WHERE sealed = ? ORDER BY correction.id",
     "UPDATE correction SET sealed = ? WHERE sealed IS NULL"},
    {"gap", "SELECT id, from_wall_usec, to_wall_usec, cause, lost FROM gap WHERE sealed = ? ORDER BY id",
     "UPDATE gap SET sealed = ? WHERE sealed IS NULL"},
    {"outage", "SELECT id, began_wall_usec, ended_wall_usec, cause FROM outage WHERE sealed = ? ORDER BY id",
     "UPDATE outage SET sealed = ? WHERE sealed IS NULL AND ended_wall_usec <> 0"},
    {"shortfall",
     "SELECT minute_sec, subject.kind, subject.id, up, achieved_bps, entitled_bps FROM shortfall" WHO
     "shortfall.subject WHERE sealed = ? ORDER BY minute_sec, shortfall.subject, up",
     "UPDATE shortfall SET sealed = ? WHERE sealed IS NULL"},
    {"test",
     "SELECT id, wall_usec, server, down_bps, up_bps, error FROM line_test WHERE sealed = ? ORDER BY id",
     "UPDATE line_test SET sealed = ? WHERE sealed IS NULL"},
    {"event", "SELECT id, wall_usec, kind, subject, who, text FROM event WHERE sealed = ? ORDER BY id",
     "UPDATE event SET sealed = ? WHERE sealed IS NULL"},
    {"opening", "SELECT day, zone, open_min FROM opening WHERE day = ? ORDER BY zone", NULL},
    {"terms", "SELECT id, wall_usec, kind, subject, document FROM terms WHERE sealed = ? ORDER BY id",
     "UPDATE terms SET sealed = ? WHERE sealed IS NULL"},
    {"month",
     "SELECT month, wall_usec, from_sec, until_sec FROM month_record WHERE sealed = ? ORDER BY month",
     "UPDATE month_record SET sealed = ? WHERE sealed IS NULL"},
    {"rate",
     "SELECT month, kind, id, down_bps, up_bps, samples, missing, peak_down_bps, peak_up_bps"
     " FROM month_record JOIN month_rate USING (month) WHERE sealed = ? ORDER BY month, kind, id",
     NULL},
    {"visits",
     "SELECT month, zone, sessions, visitors, anonymous, down_bytes, up_bytes, online_sec"
     " FROM month_record JOIN month_visits USING (month) WHERE sealed = ? ORDER BY month, zone",
     NULL},
};

struct totals {
	struct seal seal;
	const char *section;
};

static int on_total(sqlite3_stmt *row, void *userdata)
{
	struct totals *totals = userdata;

	seal_text(&totals->seal, totals->section, strlen(totals->section));
	for (int i = 0; i < sqlite3_column_count(row); i++) {
		if (sqlite3_column_type(row, i) == SQLITE_TEXT)
			seal_text(&totals->seal, sqlite3_column_text(row, i),
				  (size_t)sqlite3_column_bytes(row, i));
		else
			seal_integer(&totals->seal, sqlite3_column_int64(row, i));
	}
	return 0;
}

int seal_totals(struct ledger *ledger, int32_t day, uint8_t out[static LEDGER_DIGEST])
{
	struct totals totals;
	int r = 0;

	seal_begin(&totals.seal);
	for (size_t i = 0; r == 0 && i < ELEMENTS(sections); i++) {
		totals.section = sections[i].name;
		r = store_each(ledger, sections[i].select, VALUES(INT(day)), on_total, &totals);
	}
	if (r == 0)
		seal_end(&totals.seal, out);
	return r;
}

/* ---- the link ---- */

void seal_link(const uint8_t before[static LEDGER_DIGEST], int32_t day,
	       const uint8_t rows[static LEDGER_DIGEST], const uint8_t totals[static LEDGER_DIGEST],
	       uint8_t out[static LEDGER_DIGEST])
{
	struct seal seal;

	seal_begin(&seal);
	crypto_generichash_update(&seal.state, (const uint8_t *)MAGIC, sizeof(MAGIC) - 1);
	crypto_generichash_update(&seal.state, before, LEDGER_DIGEST);
	seal_integer(&seal, day);
	crypto_generichash_update(&seal.state, rows, LEDGER_DIGEST);
	crypto_generichash_update(&seal.state, totals, LEDGER_DIGEST);
	seal_end(&seal, out);
}

static const char insert[] =
    "INSERT INTO link (day, closed_wall_usec, rows, totals, hash) VALUES (?, ?, ?, ?, ?)";

static int put_link(struct ledger *ledger, const struct ledger_day *day)
{
	return store_run(ledger, insert,
			 VALUES(INT(day->day), INT(day->closed_wall_usec), BLOB(day->rows, LEDGER_DIGEST),
				BLOB(day->totals, LEDGER_DIGEST), BLOB(day->hash, LEDGER_DIGEST)));
}

int seal_day(struct ledger *ledger, int32_t number, int64_t wall_usec, const uint8_t *rows)
{
	struct ledger_day day = {.day = number, .closed_wall_usec = wall_usec}, before = {0};
	int r = ledger_last_closed(ledger, &before);

	if (r == -ENOENT)
		r = 0;
	for (size_t i = 0; r == 0 && i < ELEMENTS(sections); i++)
		if (sections[i].stamp)
			r = store_run(ledger, sections[i].stamp, VALUES(INT(number)));
	if (r == 0 && rows)
		memcpy(day.rows, rows, LEDGER_DIGEST);
	else if (r == 0)
		r = seal_rows(ledger, number, day.rows);
	if (r == 0)
		r = seal_totals(ledger, number, day.totals);
	if (r < 0)
		return r;
	seal_link(before.hash, number, day.rows, day.totals, day.hash);
	return put_link(ledger, &day);
}
