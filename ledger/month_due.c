/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a month is recorded once it is over and closed, and a machine that was off then makes up for it,
 * oldest first. A month that can no longer be computed whole never stands in the way of the next.
 */
#include <errno.h>
#include "civil.h"
#include "month.h"
#include "slice.h"

static const char next_day[] = "SELECT min(day) FROM slice WHERE day >= ? HAVING min(day) IS NOT NULL";
static const char is_due[] =
    "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM month_record WHERE month = ?1)"
    " AND NOT EXISTS (SELECT 1 FROM slice WHERE day >= ?2 AND day < ?3"
    " AND day > (SELECT coalesce(max(day), -1) FROM link))"
    " AND NOT EXISTS (SELECT 1 FROM link JOIN pruned ON link.day < before_day WHERE day >= ?2 AND day < ?3)";

static void read_month(sqlite3_stmt *row, void *out)
{
	*(int32_t *)out = civil_month((int32_t)sqlite3_column_int64(row, 0));
}

static int judge(struct ledger *ledger, int32_t month)
{
	sqlite3_stmt *row;
	int r = store_find(ledger, is_due,
			   VALUES(INT(month), INT(civil_first_day(month)), INT(civil_first_day(month + 1))),
			   &row);

	if (r == 0)
		store_done(row);
	return r;
}

static int find(struct ledger *ledger, int32_t day, int32_t *out)
{
	int32_t from = SLICE_NONE, month;
	int r;

	for (;;) {
		r = store_read(ledger, next_day, VALUES(INT(from)), read_month, &month);
		if (r < 0)
			return r;
		from = civil_first_day(month + 1);
		if (from > day)
			return -ENOENT;
		r = judge(ledger, month);
		if (r != -ENOENT)
			break;
	}
	if (r == 0)
		*out = month;
	return r;
}

int ledger_month_due(struct ledger *ledger, int32_t day, int32_t *month)
{
	int r = store_look(ledger);

	return r < 0 ? r : store_looked(ledger, find(ledger, day, month));
}
