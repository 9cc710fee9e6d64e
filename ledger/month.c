/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: percentiles need a month's every row of five minutes, and visitors need hashes that are soon
 * forgotten. Both are computed here, from the file alone, and written by somebody else: this may run beside
 * the writer.
 */
#include "month.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "civil.h"
#include "slice.h"
#include "../lib/units.h"

struct ledger_month_record *ledger_month_free(struct ledger_month_record *record)
{
	if (!record)
		return NULL;
	free(record->rates);
	free(record->visits);
	free(record);
	return NULL;
}
DEFINE_CLEANUP(struct ledger_month_record *, ledger_month_free)

/* ---- may it be computed? ---- */

#define MONTHS (10000 * 12)
#define SEC_MAX (INT64_C(1) << 42)

static const char rows_to[] =
    "SELECT max(day) FROM slice WHERE day >= ? AND day < ? HAVING max(day) IS NOT NULL";
static const char closed_from[] =
    "SELECT min(day) FROM link WHERE day >= ? AND day < ? HAVING min(day) IS NOT NULL";
static const char pruned_before[] = "SELECT before_day FROM pruned";

static void read_day(sqlite3_stmt *row, void *out)
{
	*(int64_t *)out = sqlite3_column_int64(row, 0);
}

static int judge(struct ledger *ledger, int32_t month)
{
	int32_t from = civil_first_day(month), until = civil_first_day(month + 1), closed;
	int64_t first = until, last = 0, pruned = SLICE_NONE;
	int r = store_read(ledger, rows_to, VALUES(INT(from), INT(until)), read_day, &last);

	if (r == -ENOENT)
		return -ENODATA;
	if (r == 0)
		r = slice_closed(ledger, &closed);
	if (r == 0 && last > closed)
		return -EAGAIN;
	if (r == 0)
		r = store_read(ledger, closed_from, VALUES(INT(from), INT(until)), read_day, &first);
	if (r == 0)
		r = store_integer(ledger, pruned_before, &pruned);
	if (r < 0 && r != -ENOENT)
		return r;
	return first < pruned ? -ENODATA : 0;
}

/* ---- rates ---- */

static int on_percentile(enum ledger_subject kind, const char *id, const struct ledger_percentile *percentile,
			 void *userdata)
{
	struct ledger_month_record *record = userdata;
	struct ledger_month_rate *rates =
	    reallocarray(record->rates, record->n_rates + 1, sizeof(*record->rates));

	if (!rates)
		return -ENOMEM;
	record->rates = rates;
	rates += record->n_rates++;
	*rates = (struct ledger_month_rate){.kind = kind, .percentile = *percentile};
	snprintf(rates->id, sizeof(rates->id), "%s", id);
	return 0;
}

static int compare_rates(const void *a, const void *b)
{
	const struct ledger_month_rate *x = a, *y = b;

	return x->kind != y->kind ? (x->kind > y->kind) - (x->kind < y->kind) : strcmp(x->id, y->id);
}

/* ---- visits ---- */

static int on_visits(const struct ledger_visits *visits, void *userdata)
{
	struct ledger_month_record *record = userdata;
	struct ledger_visits *rows =
	    reallocarray(record->visits, record->n_visits + 1, sizeof(*record->visits));

	if (!rows)
		return -ENOMEM;
	record->visits = rows;
	rows[record->n_visits++] = *visits;
	return 0;
}

/* ---- both ---- */

static int compute(struct ledger *ledger, struct ledger_month_record *record)
{
	int r = judge(ledger, record->month);

	if (r == 0)
		r = ledger_percentiles(ledger, record->from_sec, record->until_sec, on_percentile, record);
	if (r == 0 && record->n_rates > 0)
		qsort(record->rates, record->n_rates, sizeof(*record->rates), compare_rates);
	if (r == 0)
		r = ledger_visits(ledger, record->from_sec * USEC_PER_SEC, record->until_sec * USEC_PER_SEC,
				  on_visits, record);
	return r;
}

int ledger_month_compute(struct ledger *ledger, int32_t month, int64_t from_sec, int64_t until_sec,
			 int64_t wall_usec, struct ledger_month_record **out)
{
	_cleanup_(ledger_month_freep) struct ledger_month_record *record = calloc(1, sizeof(*record));
	int r;

	if (!record)
		return -ENOMEM;
	if (month < 0 || month >= MONTHS || from_sec < 0 || until_sec < from_sec || until_sec > SEC_MAX)
		return -EINVAL;
	*record = (struct ledger_month_record){
	    .month = month, .wall_usec = wall_usec, .from_sec = from_sec, .until_sec = until_sec};
	r = store_look(ledger);
	if (r == 0)
		r = store_looked(ledger, compute(ledger, record));
	if (r < 0)
		return r;
	*out = record;
	record = NULL;
	return 0;
}
