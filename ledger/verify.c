/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: whoever doubts a figure should be able to have all of them computed again, and be told the first thing
 * that does not close, by name. Nothing here writes, and nothing is believed because it was written before.
 */
#include "verify.h"
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include "civil.h"
#include "seal.h"
#include "slice.h"

int verify_found(struct verify *verify, enum ledger_finding_kind kind, int32_t day, const char *format, ...)
{
	struct ledger_finding finding = {.kind = kind, .day = day};
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(finding.text, sizeof(finding.text), format, arguments);
	va_end(arguments);
	verify->out->findings++;
	return verify->seen ? verify->seen(&finding, verify->userdata) : 0;
}

/* ---- the file ---- */

static const char integrity[] = "PRAGMA integrity_check(10)";

static int on_integrity(sqlite3_stmt *row, void *userdata)
{
	char text[256];

	store_text(row, 0, text, sizeof(text));
	return strcmp(text, "ok") == 0 ? 0
				       : verify_found(userdata, LEDGER_FOUND_FILE, 0, "the file: %s", text);
}

/* ---- the chain ---- */

static const char pruned_before[] = "SELECT before_day FROM pruned";
static const char has_rows[] = "SELECT count(*) FROM (SELECT 1 FROM slice WHERE day = ? LIMIT 1)";
static const char unlinked[] = "SELECT DISTINCT day FROM slice WHERE day <= (SELECT max(day) FROM link) AND "
			       "day NOT IN (SELECT day FROM link)"
			       " ORDER BY day";
static const char open_days[] =
    "SELECT DISTINCT day FROM slice WHERE day > (SELECT coalesce(max(day), -1) FROM link) ORDER BY day";

struct chain {
	struct verify *verify;
	int64_t pruned;
	uint8_t before[LEDGER_DIGEST];
};

static int differs(struct verify *verify, int32_t day, const char *what, const uint8_t *computed,
		   const uint8_t *held)
{
	char date[CIVIL_TEXT], a[LEDGER_DIGEST * 2 + 1], b[LEDGER_DIGEST * 2 + 1];

	if (memcmp(computed, held, LEDGER_DIGEST) == 0)
		return 0;
	return verify_found(verify, LEDGER_FOUND_CHAIN, day, "%s: %s: computed %s, closed with %s",
			    civil_day_text(day, date), what,
			    sodium_bin2hex(a, sizeof(a), computed, LEDGER_DIGEST),
			    sodium_bin2hex(b, sizeof(b), held, LEDGER_DIGEST));
}

/* The day's own rows, where they are still kept. */
static int check_rows(struct chain *chain, const struct ledger_day *day)
{
	struct verify *verify = chain->verify;
	uint8_t digest[LEDGER_DIGEST];
	sqlite3_stmt *row;
	bool there;
	int r = store_find(verify->ledger, has_rows, VALUES(INT(day->day)), &row);

	if (r < 0)
		return r;
	there = sqlite3_column_int(row, 0) != 0;
	store_done(row);
	if (!there && day->day < chain->pruned) {
		verify->out->days_pruned++;
		return 0;
	}
	r = verify_rows(verify, day->day, digest);
	return r != 0 ? r : differs(verify, day->day, "rows of five minutes", digest, day->rows);
}

static int on_link(const struct ledger_day *day, void *userdata)
{
	struct chain *chain = userdata;
	struct verify *verify = chain->verify;
	uint8_t digest[LEDGER_DIGEST];
	int r = check_rows(chain, day);

	if (r == 0)
		r = seal_totals(verify->ledger, day->day, digest);
	if (r == 0)
		r = differs(verify, day->day, "totals, corrections and what happened", digest, day->totals);
	seal_link(chain->before, day->day, day->rows, day->totals, digest);
	if (r == 0)
		r = differs(verify, day->day, "link to the day before", digest, day->hash);
	memcpy(chain->before, day->hash, LEDGER_DIGEST);
	verify->out->days++;
	verify->out->last = *day;
	return r;
}

static int on_unlinked(sqlite3_stmt *row, void *userdata)
{
	struct verify *verify = userdata;
	int32_t day = (int32_t)sqlite3_column_int64(row, 0);
	uint8_t digest[LEDGER_DIGEST];
	char date[CIVIL_TEXT];
	int r = verify_found(verify, LEDGER_FOUND_CHAIN, day,
			     "%s: it has rows, later days are closed, its link is missing",
			     civil_day_text(day, date));

	return r != 0 ? r : verify_rows(verify, day, digest);
}

static int on_open_day(sqlite3_stmt *row, void *userdata)
{
	uint8_t digest[LEDGER_DIGEST];

	return verify_rows(userdata, (int32_t)sqlite3_column_int64(row, 0), digest);
}

static int check_days(struct verify *verify)
{
	struct chain chain = {.verify = verify, .pruned = SLICE_NONE};
	int r = store_integer(verify->ledger, pruned_before, &chain.pruned);

	if (r == 0 || r == -ENOENT)
		r = ledger_days(verify->ledger, INT32_MIN, INT32_MAX, on_link, &chain);
	if (r == 0)
		r = store_each(verify->ledger, unlinked, NULL, 0, on_unlinked, verify);
	return r == 0 ? store_each(verify->ledger, open_days, NULL, 0, on_open_day, verify) : r;
}

/* ---- what belongs to nothing ---- */

static const char count_rows[] = "SELECT count(*) FROM usage_row";
static const char count_hours[] = "SELECT count(*) FROM usage_hour";
static const char stray_days[] =
    "SELECT count(*) FROM usage_day WHERE (key >> 16) NOT IN (SELECT day FROM link)"
    " AND (key >> 16) NOT IN (SELECT day FROM slice)";
#define STRAY(table)                                                                                         \
	"SELECT count(*) FROM " table " WHERE sealed IS NOT NULL AND sealed NOT IN (SELECT day FROM link)"
#define PART(table) "SELECT count(*) FROM " table " WHERE month NOT IN (SELECT month FROM month_record)"
static const struct {
	const char *sql, *what;
} strays[] = {
    {stray_days, "totals of a day that has neither rows nor a link"},
    {STRAY("correction"), "corrections that name a link which is not there"},
    {STRAY("gap"), "gaps that name a link which is not there"},
    {STRAY("outage"), "outages that name a link which is not there"},
    {STRAY("shortfall"), "shortfalls that name a link which is not there"},
    {STRAY("line_test"), "tests of the line that name a link which is not there"},
    {STRAY("event"), "events that name a link which is not there"},
    {STRAY("terms"), "terms that name a link which is not there"},
    {STRAY("month_record"), "months' records that name a link which is not there"},
    {PART("month_rate"), "rates of a month that has no record"},
    {PART("month_visits"), "visits of a month that has no record"},
};

static int check_count(struct verify *verify, const char *sql, uint64_t expected, const char *what)
{
	int64_t n;
	int r = store_integer(verify->ledger, sql, &n);

	if (r < 0 || (uint64_t)n == expected)
		return r;
	return verify_found(verify, LEDGER_FOUND_ROW, 0, "%s: expected are %ju, found %jd", what,
			    (uintmax_t)expected, (intmax_t)n);
}

static int check_strays(struct verify *verify)
{
	int r = check_count(verify, count_rows, verify->out->rows,
			    "rows of five minutes, of days that there are");

	if (r == 0)
		r = check_count(verify, count_hours, verify->hours, "hours of days that there are");
	for (size_t i = 0; r == 0 && i < ELEMENTS(strays); i++)
		r = check_count(verify, strays[i].sql, 0, strays[i].what);
	return r;
}

/* ---- all of it ---- */

static int check_all(struct verify *verify)
{
	int r = store_each(verify->ledger, integrity, NULL, 0, on_integrity, verify);

	if (r == 0)
		r = subjects_load(verify->ledger, &verify->subjects);
	if (r == 0)
		r = tally_new(&verify->day, verify->subjects.n);
	if (r == 0)
		r = tally_new(&verify->month, verify->subjects.n);
	if (r == 0)
		r = check_days(verify);
	if (r == 0)
		r = verify_months(verify);
	if (r == 0)
		r = verify_uplink(verify);
	if (r == 0)
		r = verify_records(verify);
	return r == 0 ? check_strays(verify) : r;
}

static void done(struct verify *verify)
{
	subjects_done(&verify->subjects);
	tally_done(&verify->day);
	tally_done(&verify->month);
	for (size_t i = 0; i < verify->room_hours; i++)
		tally_done(&verify->by_hour[i].tally);
	free(verify->by_hour);
}

int ledger_verify(struct ledger *ledger, int (*seen)(const struct ledger_finding *finding, void *userdata),
		  void *userdata, struct ledger_verified *out)
{
	struct ledger_verified verified = {0};
	struct verify verify = {.ledger = ledger, .seen = seen, .userdata = userdata, .out = &verified};
	int r = store_look(ledger);

	if (r < 0)
		return r;
	r = store_looked(ledger, check_all(&verify));
	if (r == -EIO && ledger->damaged) /* met on the way: a finding, not a failure */
		r = verify_found(&verify, LEDGER_FOUND_FILE, 0, "the file is damaged: %s", ledger->error);
	done(&verify);
	*out = verified;
	return r;
}
