/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: whoever runs a gateway should see what it keeps, since when, how large it is and when it goes. Sizes
 * are pages of the file, as SQLite's own table of pages says.
 */
#include <errno.h>
#include "civil.h"
#include "metering.h"
#include "store.h"
#include "../lib/units.h"

enum kept_time { KEPT_USEC, KEPT_KEY_SEC, KEPT_KEY_DAY, KEPT_KEY_MONTH, KEPT_DAY };

#define NAMES(list) "(SELECT name FROM sqlite_schema WHERE tbl_name IN (" list "))"
#define SIZE(list)                                                                                           \
	"(SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE aggregate = 1 AND name IN " NAMES(list) ")"
#define SPAN(table, list, column)                                                                            \
	"SELECT count(*), (SELECT min(" column ") FROM " table "), (SELECT max(" column ") FROM " table      \
	"), " SIZE(list) " FROM " table

static const struct {
	const char *what, *sql;
	enum kept_time time;
	size_t keep; /* offset in struct ledger_retention; NEVER: for ever */
} kinds[] = {
#define NEVER SIZE_MAX
    {"rows", SPAN("usage_row", "'usage_row', 'slice'", "key"), KEPT_KEY_SEC,
     offsetof(struct ledger_retention, rows_usec)},
    {"hours", SPAN("usage_hour", "'usage_hour'", "key"), KEPT_KEY_SEC,
     offsetof(struct ledger_retention, rows_usec)},
    {"days", SPAN("usage_day", "'usage_day'", "key"), KEPT_KEY_DAY, NEVER},
    {"months", SPAN("usage_month", "'usage_month'", "key"), KEPT_KEY_MONTH, NEVER},
    {"chain", SPAN("link", "'link'", "day"), KEPT_DAY, NEVER},
    {"sessions", SPAN("session", "'session'", "started_wall_usec"), KEPT_USEC,
     offsetof(struct ledger_retention, sessions_usec)},
    {"hosts", SPAN("host", "'host'", "day"), KEPT_DAY, offsetof(struct ledger_retention, hosts_usec)},
    {"events", SPAN("event", "'event'", "wall_usec"), KEPT_USEC, NEVER},
    {"evidence",
     "SELECT (SELECT count(*) FROM availability) + (SELECT count(*) FROM outage) + (SELECT count(*) FROM gap)"
     " + (SELECT count(*) FROM line_test) + (SELECT count(*) FROM shortfall) + (SELECT count(*) FROM "
     "correction)"
     " + (SELECT count(*) FROM target) + (SELECT count(*) FROM exemption) + (SELECT count(*) FROM terms)"
     " + (SELECT count(*) FROM opening) + (SELECT count(*) FROM month_record)"
     " + (SELECT count(*) FROM month_rate) + (SELECT count(*) FROM month_visits),"
     " (SELECT min(day) FROM availability), (SELECT max(day) FROM availability), " SIZE(
	 "'availability', 'outage', 'gap', 'line_test', 'shortfall', 'correction', 'target', 'exemption', "
	 "'terms', 'opening', 'month_record', 'month_rate', 'month_visits'"),
     KEPT_DAY, NEVER},
    {"notices", SPAN("notice", "'notice'", "created_wall_usec"), KEPT_USEC, NEVER},
};

static int64_t wall_of(enum kept_time time, int64_t value)
{
	switch (time) {
	case KEPT_USEC:
		return value;
	case KEPT_KEY_SEC:
		return (value >> 16) * USEC_PER_SEC;
	case KEPT_KEY_DAY:
		return civil_midnight_usec((int32_t)(value >> 16));
	case KEPT_KEY_MONTH:
		return civil_midnight_usec(civil_first_day((int32_t)(value >> 16)));
	case KEPT_DAY:
		return civil_midnight_usec((int32_t)value);
	}
	return 0;
}

static int read_kind(struct ledger *ledger, size_t i, const struct ledger_retention *retention,
		     struct ledger_kept *out)
{
	sqlite3_stmt *row;
	int r = store_find(ledger, kinds[i].sql, NULL, 0, &row);

	if (r < 0)
		return r;
	*out = (struct ledger_kept){
	    .what = kinds[i].what,
	    .rows = store_count(row, 0),
	    .bytes = store_count(row, 3),
	};
	if (sqlite3_column_type(row, 1) != SQLITE_NULL) {
		out->oldest_wall_usec = wall_of(kinds[i].time, sqlite3_column_int64(row, 1));
		out->newest_wall_usec = wall_of(kinds[i].time, sqlite3_column_int64(row, 2));
	}
	if (kinds[i].keep != NEVER)
		out->keep_usec = *(const int64_t *)((const char *)retention + kinds[i].keep);
	store_done(row);
	return 0;
}

int ledger_kept(struct ledger *ledger, const struct ledger_retention *retention,
		int (*seen)(const struct ledger_kept *kept, void *userdata), void *userdata)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ELEMENTS(kinds); i++) {
		struct ledger_kept kept;

		r = read_kind(ledger, i, retention, &kept);
		if (r == 0)
			r = seen(&kept, userdata);
	}
	return r;
}
