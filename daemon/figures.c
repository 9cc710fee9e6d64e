/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: quota decisions and `gerbang status` ask for the month many times between two writes. Here is the only
 * place of the daemon that reads sums back; it neither adds nor decides.
 */
#include "figures.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../ledger/evidence.h"
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/units.h"
#include "../policy/calendar.h"

struct reading {
	struct figures *figures;
	const struct tally *tally;
	int64_t from_usec, to_usec;
	unsigned guess;
};

int figures_new(struct figures *figures)
{
	*figures = (struct figures){.rows = calloc(TALLY_ROWS, sizeof(*figures->rows))};
	return figures->rows ? 0 : -ENOMEM;
}

void figures_clear(struct figures *figures)
{
	free(figures->rows);
	*figures = (struct figures){0};
}

/* ---- the calendar ---- */

struct figures_time figures_time(int64_t wall_usec)
{
	const struct tm local = clock_local(wall_usec);
	const int year = local.tm_year + 1900;
	const int64_t seconds = wall_usec / USEC_PER_SEC;

	return (struct figures_time){
	    .row_sec = seconds - seconds % LEDGER_ROW_SEC,
	    .hour_sec = seconds - local.tm_min * 60 - MIN(local.tm_sec, 59),
	    .day = calendar_day(year, local.tm_mon + 1, local.tm_mday),
	    .month = year * 12 + local.tm_mon,
	};
}

int64_t figures_day_begin(int32_t day)
{
	int year, month, mday;

	calendar_civil(day, &year, &month, &mday);
	return clock_from_local(year, month, mday, 0, 0, 0);
}

/* ---- rows ---- */

/* The ledger's order is by id, the tally's by slot: often the next one. */
static struct figures_row *row_of(struct reading *reading, enum ledger_subject kind, const char *id)
{
	for (unsigned i = 0; i < TALLY_ROWS; i++) {
		const unsigned at = (reading->guess + i) % TALLY_ROWS;
		const struct tally_row *row = &reading->tally->rows[at];

		if (row->kind != kind || strcmp(row->id, id) != 0)
			continue;
		reading->guess = (at + 1) % TALLY_ROWS;
		return &reading->figures->rows[at];
	}
	return NULL;
}

static int on_month(const struct ledger_usage *usage, void *userdata)
{
	struct figures_row *row = row_of(userdata, usage->part.kind, usage->part.id);

	if (row)
		row->month_bytes += (int64_t)(usage->part.down.bytes + usage->part.up.bytes);
	return 0;
}

static int on_correction(const struct ledger_correction *correction, void *userdata)
{
	struct figures_row *row = row_of(userdata, correction->kind, correction->id_of);

	if (row)
		row->month_bytes += correction->down_bytes + correction->up_bytes;
	return 0;
}

static int on_day(const struct ledger_usage *usage, void *userdata)
{
	struct figures_row *row = row_of(userdata, usage->part.kind, usage->part.id);

	if (!row)
		return 0;
	row->borrowed[PLAN_DOWN] += usage->part.down.borrowed;
	row->borrowed[PLAN_UP] += usage->part.up.borrowed;
	row->short_sec += usage->part.down.short_sec + usage->part.up.short_sec;
	return 0;
}

static int on_gap(const struct ledger_gap *gap, void *userdata)
{
	const struct reading *reading = userdata;
	const int64_t usec =
	    MIN(gap->to_wall_usec, reading->to_usec) - MAX(gap->from_wall_usec, reading->from_usec);

	if (usec > 0 && gap->cause != LEDGER_GAP_CLOCK) {
		reading->figures->gap_usec += usec;
		reading->figures->lost_usec += gap->lost ? usec : 0;
	}
	return 0;
}

/* ---- reading ---- */

static void begin(struct figures *figures, const struct figures_time *now)
{
	memset(figures->rows, 0, TALLY_ROWS * sizeof(*figures->rows));
	figures->gap_usec = figures->lost_usec = 0;
	figures->month = now->month;
	figures->day = now->day;
}

static int read_month(struct ledger *ledger, const struct figures_time *now, struct reading *reading)
{
	const struct ledger_query month = {
	    .grain = LEDGER_MONTHS, .from = now->month, .until = now->month + 1};
	const int32_t first = calendar_day(now->month / 12, now->month % 12 + 1, 1);
	const int32_t next = calendar_day((now->month + 1) / 12, (now->month + 1) % 12 + 1, 1);
	int r = ledger_usage(ledger, &month, on_month, reading);

	return r < 0 ? r : ledger_corrections(ledger, first, next, on_correction, reading);
}

static int read_day(struct ledger *ledger, const struct figures_time *now, struct reading *reading)
{
	const struct ledger_query day = {.grain = LEDGER_DAYS, .from = now->day, .until = now->day + 1};
	int r = ledger_usage(ledger, &day, on_day, reading);

	return r < 0 ? r : ledger_gaps(ledger, reading->from_usec, reading->to_usec, on_gap, reading);
}

int figures_read(struct figures *figures, struct ledger *ledger, const struct tally *tally, int64_t wall_usec)
{
	const struct figures_time now = figures_time(wall_usec);
	_cleanup_(figures_clear) struct figures fresh = {0};
	struct reading reading = {.figures = &fresh,
				  .tally = tally,
				  .from_usec = figures_day_begin(now.day),
				  .to_usec = figures_day_begin(now.day + 1)};
	int r = figures_new(&fresh);

	if (r < 0)
		return r;
	begin(&fresh, &now);
	r = ledger ? read_month(ledger, &now, &reading) : -ENODEV;
	if (r >= 0)
		r = read_day(ledger, &now, &reading);
	if (r >= 0) {
		const struct figures before = *figures;

		*figures = fresh;
		fresh = before;
		return 0;
	}
	if (figures->month != now.month)
		begin(figures, &now);
	return r;
}
