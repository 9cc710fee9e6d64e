/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: an interval is what a power cut may take, and the only thing. Rows, hours, days, months and the marks
 * of the counters become true together or not at all: a byte that was booked is behind its mark, a byte that
 * was not is before it. Nothing is ever booked by halves, and nothing twice.
 */
#include <errno.h>
#include <string.h>
#include "civil.h"
#include "slice.h"
#include "usage.h"

#define HOUR_SEC 3600
#define AT_LAST (INT64_C(1) << 40)

/* ---- what may be booked ---- */

static int judge(const struct ledger_interval *interval)
{
	int64_t into = interval->row_sec - interval->hour_sec;

	if (interval->seconds_usec <= 0 || !interval->boot || !*interval->boot ||
	    strlen(interval->boot) >= LEDGER_BOOT)
		return -EINVAL;
	if (interval->row_sec < 0 || interval->row_sec > AT_LAST || interval->row_sec % LEDGER_ROW_SEC ||
	    interval->hour_sec < 0 || into < 0 || into >= HOUR_SEC)
		return -EINVAL;
	return interval->day >= 0 && civil_month(interval->day) == interval->month ? 0 : -EINVAL;
}

/* ---- the parts ---- */

struct booking {
	struct ledger *ledger;
	int64_t at[USAGE_GRAINS];
	int64_t seconds_usec;
	uint8_t
	    seen[(SUBJECT_MAX + 1) / 8]; /* a subject that came twice would have measured twice the time */
};

static bool seen_before(struct booking *booking, int64_t number)
{
	uint8_t *byte = &booking->seen[number / 8], bit = (uint8_t)(1u << (number % 8));
	bool before = *byte & bit;

	*byte |= bit;
	return before;
}

static int put_part(struct booking *booking, const struct ledger_part *part)
{
	struct usage usage;
	int64_t number;
	int r = subject_judge(part->kind, part->id);

	if (r == 0)
		r = usage_pack(part, booking->seconds_usec, &usage);
	if (r == 0)
		r = subject_make(booking->ledger, part->kind, part->id, &number);
	if (r == 0 && seen_before(booking, number))
		r = -EINVAL;
	for (int grain = LEDGER_ROWS; r == 0 && grain <= LEDGER_MONTHS; grain++)
		r = usage_add(booking->ledger, (enum ledger_grain)grain, booking->at[grain], number, &usage);
	return r;
}

/* ---- the marks ---- */

static const char clear_marks[] = "DELETE FROM mark";
static const char put_mark[] =
    "INSERT INTO mark (key, subject, bytes, packets, dropped) VALUES (?, ?, ?, ?, ?)";
static const char put_booked[] =
    "INSERT INTO booked (one, boot, end_wall_usec) VALUES (1, ?, ?) ON CONFLICT (one)"
    " DO UPDATE SET boot = excluded.boot, end_wall_usec = excluded.end_wall_usec";
static const char find_booked[] = "SELECT boot = ?, end_wall_usec FROM booked";
static const char every_mark[] = "SELECT key, subject.kind, subject.id, bytes, packets, dropped FROM mark"
				 " JOIN subject ON subject.number = mark.subject ORDER BY key";
static const char count_marks[] = "SELECT count(*) FROM mark";

static int put_one_mark(struct ledger *ledger, const struct ledger_mark *mark)
{
	int64_t number;
	int r = subject_judge(mark->kind, mark->id);

	if (r == 0 && (mark->bytes > INT64_MAX || mark->packets > INT64_MAX || mark->dropped > INT64_MAX))
		r = -EINVAL;
	if (r == 0)
		r = subject_make(ledger, mark->kind, mark->id, &number);
	if (r < 0)
		return r;
	return store_run(ledger, put_mark,
			 VALUES(INT((int64_t)mark->tree << 16 | mark->minor), INT(number), INT(mark->bytes),
				INT(mark->packets), INT(mark->dropped)));
}

static int put_marks(struct ledger *ledger, const struct ledger_interval *interval)
{
	int r = store_run(ledger, clear_marks, NULL, 0);

	for (size_t i = 0; r == 0 && i < interval->n_marks; i++)
		r = put_one_mark(ledger, &interval->marks[i]);
	if (r == 0)
		r = store_run(ledger, put_booked, VALUES(TEXT(interval->boot), INT(interval->end_wall_usec)));
	return r;
}

/* ---- the interval ---- */

static int put_all(struct ledger *ledger, const struct ledger_interval *interval)
{
	const struct slice wanted = {interval->row_sec, interval->hour_sec, interval->day};
	struct booking booking = {.ledger = ledger, .seconds_usec = interval->seconds_usec};
	struct slice slice;
	int r = slice_open(ledger, &wanted, &slice);

	if (r < 0)
		return r;
	booking.at[LEDGER_ROWS] = slice.at;
	booking.at[LEDGER_HOURS] = slice.hour;
	booking.at[LEDGER_DAYS] = slice.day;
	booking.at[LEDGER_MONTHS] = civil_month(slice.day);
	for (size_t i = 0; r == 0 && i < interval->n_parts; i++)
		r = put_part(&booking, &interval->parts[i]);
	return r == 0 ? put_marks(ledger, interval) : r;
}

int ledger_interval_put(struct ledger *ledger, const struct ledger_interval *interval)
{
	int r = judge(interval);

	if (r == 0 && ledger->begun)
		r = -EALREADY;
	if (r == 0)
		r = store_enter(ledger, STORE_DURABLE);
	return r < 0 ? r : store_leave(ledger, put_all(ledger, interval));
}

/* ---- reading the marks ---- */

struct marks {
	struct ledger_mark *rows;
	size_t n, room;
};

static int on_mark(sqlite3_stmt *row, void *userdata)
{
	struct marks *marks = userdata;
	struct ledger_mark *mark = &marks->rows[marks->n];
	int64_t key = sqlite3_column_int64(row, 0);

	if (marks->n == marks->room)
		return 0;
	*mark = (struct ledger_mark){
	    .tree = (uint8_t)(key >> 16),
	    .minor = (uint16_t)key,
	    .kind = (enum ledger_subject)sqlite3_column_int(row, 1),
	    .bytes = store_count(row, 3),
	    .packets = store_count(row, 4),
	    .dropped = store_count(row, 5),
	};
	store_text(row, 2, mark->id, sizeof(mark->id));
	marks->n++;
	return 0;
}

static int read_marks(struct ledger *ledger, struct marks *out)
{
	int64_t room;
	int r = store_integer(ledger, count_marks, &room);

	if (r < 0)
		return r;
	out->room = (size_t)MAX(room, 0);
	out->rows = calloc(out->room + 1, sizeof(*out->rows));
	return out->rows ? store_each(ledger, every_mark, NULL, 0, on_mark, out) : -ENOMEM;
}

int ledger_marks(struct ledger *ledger, const char *boot, struct ledger_mark **out, size_t *n,
		 int64_t *end_wall_usec)
{
	struct marks marks = {0};
	sqlite3_stmt *row;
	int64_t end;
	bool same;
	int r = store_find(ledger, find_booked, VALUES(TEXT(boot)), &row);

	if (r < 0)
		return r;
	same = sqlite3_column_int(row, 0) == 1;
	end = sqlite3_column_int64(row, 1);
	store_done(row);
	r = same ? read_marks(ledger, &marks) : 0;
	if (r < 0) {
		free(marks.rows);
		return r;
	}
	*out = marks.rows;
	*n = marks.n;
	*end_wall_usec = end;
	return 0;
}
