/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what a report of two years ago said must still be what it says. A month's record is written once,
 * whole, and never again; the day that is closed next seals it.
 */
#include <errno.h>
#include <stdlib.h>
#include "month.h"
#include "subject.h"

DEFINE_CLEANUP(struct ledger_month_record *, ledger_month_free)

/* ---- putting ---- */

static const char insert[] =
    "INSERT INTO month_record (month, wall_usec, from_sec, until_sec) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (month) DO NOTHING";
static const char insert_rate[] =
    "INSERT INTO month_rate (month, kind, id, down_bps, up_bps, samples, missing, peak_down_bps, peak_up_bps)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
static const char insert_visits[] =
    "INSERT INTO month_visits (month, zone, sessions, visitors, anonymous, down_bytes, up_bytes, online_sec)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

static int put_rate(struct ledger *ledger, int32_t month, const struct ledger_month_rate *rate)
{
	const struct ledger_percentile *percentile = &rate->percentile;
	int r = subject_judge(rate->kind, rate->id);

	return r < 0 ? r
		     : store_run(ledger, insert_rate,
				 VALUES(INT(month), INT(rate->kind), TEXT(rate->id),
					COUNT(percentile->down_bps), COUNT(percentile->up_bps),
					INT(percentile->samples), INT(percentile->missing),
					COUNT(percentile->peak_down_bps), COUNT(percentile->peak_up_bps)));
}

static int put_visits(struct ledger *ledger, int32_t month, const struct ledger_visits *visits)
{
	return store_run(ledger, insert_visits,
			 VALUES(INT(month), TEXT(visits->zone), COUNT(visits->sessions),
				COUNT(visits->visitors), COUNT(visits->anonymous), COUNT(visits->down_bytes),
				COUNT(visits->up_bytes), COUNT(visits->online_sec)));
}

static int put_all(struct ledger *ledger, const struct ledger_month_record *record)
{
	int r = store_run(ledger, insert,
			  VALUES(INT(record->month), INT(record->wall_usec), INT(record->from_sec),
				 INT(record->until_sec)));

	if (r == 0 && store_changes(ledger) == 0)
		return 1;
	for (size_t i = 0; r == 0 && i < record->n_rates; i++)
		r = put_rate(ledger, record->month, &record->rates[i]);
	for (size_t i = 0; r == 0 && i < record->n_visits; i++)
		r = put_visits(ledger, record->month, &record->visits[i]);
	return r;
}

int ledger_month_put(struct ledger *ledger, const struct ledger_month_record *record)
{
	int r = store_enter(ledger, STORE_DURABLE);

	return r < 0 ? r : store_leave(ledger, put_all(ledger, record));
}

/* ---- reading ---- */

static const char find[] = "SELECT month, wall_usec, from_sec, until_sec,"
			   " (SELECT count(*) FROM month_rate WHERE month = ?1),"
			   " (SELECT count(*) FROM month_visits WHERE month = ?1)"
			   " FROM month_record WHERE month = ?1";
static const char rates[] = "SELECT kind, id, down_bps, up_bps, samples, missing, peak_down_bps, peak_up_bps"
			    " FROM month_rate WHERE month = ? ORDER BY kind, id";
static const char visits[] = "SELECT zone, sessions, visitors, anonymous, down_bytes, up_bytes, online_sec"
			     " FROM month_visits WHERE month = ? ORDER BY zone = '', zone";

struct filling {
	struct ledger_month_record *record;
	size_t room_rates, room_visits;
};

static void read_record(sqlite3_stmt *row, void *to)
{
	struct filling *filling = to;

	*filling->record = (struct ledger_month_record){
	    .month = (int32_t)sqlite3_column_int64(row, 0),
	    .wall_usec = sqlite3_column_int64(row, 1),
	    .from_sec = sqlite3_column_int64(row, 2),
	    .until_sec = sqlite3_column_int64(row, 3),
	};
	filling->room_rates = (size_t)store_count(row, 4);
	filling->room_visits = (size_t)store_count(row, 5);
}

static int on_rate(sqlite3_stmt *row, void *userdata)
{
	struct filling *filling = userdata;
	struct ledger_month_rate *out = &filling->record->rates[filling->record->n_rates];

	if (filling->record->n_rates == filling->room_rates)
		return 0;
	*out = (struct ledger_month_rate){
	    .kind = (enum ledger_subject)sqlite3_column_int(row, 0),
	    .percentile = {store_count(row, 2), store_count(row, 3), (uint32_t)store_count(row, 4),
			   (uint32_t)store_count(row, 5), store_count(row, 6), store_count(row, 7)},
	};
	store_text(row, 1, out->id, sizeof(out->id));
	filling->record->n_rates++;
	return 0;
}

static int on_visits(sqlite3_stmt *row, void *userdata)
{
	struct filling *filling = userdata;
	struct ledger_visits *out = &filling->record->visits[filling->record->n_visits];

	if (filling->record->n_visits == filling->room_visits)
		return 0;
	*out = (struct ledger_visits){
	    .sessions = store_count(row, 1),
	    .visitors = store_count(row, 2),
	    .anonymous = store_count(row, 3),
	    .down_bytes = store_count(row, 4),
	    .up_bytes = store_count(row, 5),
	    .online_sec = store_count(row, 6),
	};
	store_text(row, 0, out->zone, sizeof(out->zone));
	filling->record->n_visits++;
	return 0;
}

static int read_all(struct ledger *ledger, int32_t month, struct filling *filling)
{
	struct ledger_month_record *record = filling->record;
	int r = store_read(ledger, find, VALUES(INT(month)), read_record, filling);

	if (r < 0)
		return r;
	record->rates = calloc(filling->room_rates + 1, sizeof(*record->rates));
	record->visits = calloc(filling->room_visits + 1, sizeof(*record->visits));
	if (!record->rates || !record->visits)
		return -ENOMEM;
	r = store_each(ledger, rates, VALUES(INT(month)), on_rate, filling);
	return r == 0 ? store_each(ledger, visits, VALUES(INT(month)), on_visits, filling) : r;
}

int ledger_month(struct ledger *ledger, int32_t month, struct ledger_month_record **out)
{
	_cleanup_(ledger_month_freep) struct ledger_month_record *record = calloc(1, sizeof(*record));
	struct filling filling = {.record = record};
	int r;

	if (!record)
		return -ENOMEM;
	r = store_look(ledger);
	if (r == 0)
		r = store_looked(ledger, read_all(ledger, month, &filling));
	if (r < 0)
		return r;
	*out = record;
	record = NULL;
	return 0;
}
