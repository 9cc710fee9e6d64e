/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: carriers bill by the 95th percentile of five minutes' rates, and argue about its definition. Ours is
 * in metering.h, whole numbers all the way, so that anybody who recomputes it gets the same to the last bit.
 */
#include <errno.h>
#include "usage.h"

#define DROPPED_PERCENT 5
#define HALF_MSEC (LEDGER_ROW_SEC * 1000 / 2)

struct samples {
	uint64_t *down, *up;
	size_t n, room;
	int64_t first, last;
	bool any;
};

static uint64_t rate(const int64_t *flow, int64_t msec)
{
	unsigned __int128 bytes = (uint64_t)MAX(flow[USAGE_BYTES] - flow[USAGE_LATE], 0);
	unsigned __int128 bps = bytes * 8000u / (uint64_t)msec;

	return (uint64_t)MIN(bps, (unsigned __int128)UINT64_MAX);
}

static int make_room(struct samples *samples)
{
	size_t room = samples->room ? samples->room * 2 : 1024;
	uint64_t *down = realloc(samples->down, room * sizeof(*down)), *up;

	if (!down)
		return -ENOMEM;
	samples->down = down;
	up = realloc(samples->up, room * sizeof(*up));
	if (!up)
		return -ENOMEM;
	samples->up = up;
	samples->room = room;
	return 0;
}

static int on_row(int64_t key, const struct usage *usage, void *userdata)
{
	struct samples *samples = userdata;
	int64_t msec = usage->values[USAGE_MSEC];
	int r = samples->n == samples->room ? make_room(samples) : 0;

	if (r < 0)
		return r;
	if (!samples->any)
		samples->first = usage_at(key);
	samples->any = true;
	samples->last = usage_at(key);
	if (msec < HALF_MSEC)
		return 0;
	samples->down[samples->n] = rate(&usage->values[USAGE_DOWN], msec);
	samples->up[samples->n++] = rate(&usage->values[USAGE_UP], msec);
	return 0;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static uint64_t highest_left(uint64_t *rates, size_t n)
{
	if (n == 0)
		return 0;
	qsort(rates, n, sizeof(*rates), compare);
	return rates[n - 1 - n * DROPPED_PERCENT / 100];
}

static void conclude(struct samples *samples, struct ledger_percentile *out)
{
	int64_t rows = samples->any ? (samples->last - samples->first) / LEDGER_ROW_SEC + 1 : 0;

	*out = (struct ledger_percentile){
	    .down_bps = highest_left(samples->down, samples->n),
	    .up_bps = highest_left(samples->up, samples->n),
	    .samples = (uint32_t)samples->n,
	    .missing = (uint32_t)(rows - (int64_t)samples->n),
	    .peak_down_bps = samples->n > 0 ? samples->down[samples->n - 1] : 0, /* sorted above */
	    .peak_up_bps = samples->n > 0 ? samples->up[samples->n - 1] : 0,
	};
}

int ledger_percentile(struct ledger *ledger, enum ledger_subject kind, const char *id, int64_t from_sec,
		      int64_t until_sec, struct ledger_percentile *out)
{
	struct samples samples = {0};
	int64_t number;
	int r = subject_find(ledger, kind, id ? id : "", &number);

	if (r == 0)
		r = usage_walk(ledger, LEDGER_ROWS, from_sec, until_sec, number, on_row, &samples);
	if (r == 0 || r == -ENOENT)
		conclude(&samples, out);
	free(samples.down);
	free(samples.up);
	return r == -ENOENT ? 0 : r;
}

/* ---- of everybody, in one walk ---- */

#define AT_MAX (INT64_C(1) << 46)
static const char everybodys[] =
    "SELECT key, msec, down_bytes, down_late_bytes, up_bytes, up_late_bytes FROM usage_row"
    " WHERE key >= ? AND key < ?";

struct everybody {
	struct subjects subjects;
	struct samples *by_number;
};

static int on_anybody(sqlite3_stmt *row, void *userdata)
{
	struct everybody *everybody = userdata;
	int64_t key = sqlite3_column_int64(row, 0);
	struct usage usage = {.values = {[USAGE_MSEC] = sqlite3_column_int64(row, 1)}};

	if ((size_t)usage_number(key) >= everybody->subjects.n)
		return 0;
	usage.values[USAGE_DOWN + (int)USAGE_BYTES] = sqlite3_column_int64(row, 2);
	usage.values[USAGE_DOWN + (int)USAGE_LATE] = sqlite3_column_int64(row, 3);
	usage.values[USAGE_UP + (int)USAGE_BYTES] = sqlite3_column_int64(row, 4);
	usage.values[USAGE_UP + (int)USAGE_LATE] = sqlite3_column_int64(row, 5);
	return on_row(key, &usage, &everybody->by_number[usage_number(key)]);
}

static int collect(struct ledger *ledger, struct everybody *everybody, int64_t from_sec, int64_t until_sec)
{
	int r = subjects_load(ledger, &everybody->subjects);

	if (r < 0)
		return r;
	everybody->by_number = calloc(everybody->subjects.n + 1, sizeof(*everybody->by_number));
	if (!everybody->by_number)
		return -ENOMEM;
	return store_each(ledger, everybodys,
			  VALUES(INT(USAGE_KEY(CLAMP(from_sec, 0, AT_MAX), 0)),
				 INT(USAGE_KEY(CLAMP(until_sec, 0, AT_MAX), 0))),
			  on_anybody, everybody);
}

int ledger_percentiles(struct ledger *ledger, int64_t from_sec, int64_t until_sec,
		       int (*seen)(enum ledger_subject kind, const char *id,
				   const struct ledger_percentile *percentile, void *userdata),
		       void *userdata)
{
	struct everybody everybody = {0};
	int r = store_look(ledger);

	if (r == 0)
		r = store_looked(ledger, collect(ledger, &everybody, from_sec, until_sec));
	for (size_t i = 0; everybody.by_number && i < everybody.subjects.n; i++) {
		const struct subject *subject = subject_at(&everybody.subjects, (int64_t)i);
		struct samples *samples = &everybody.by_number[i];
		struct ledger_percentile percentile;

		if (r == 0 && subject && samples->any) {
			conclude(samples, &percentile);
			r = seen((enum ledger_subject)subject->kind, subject->id, &percentile, userdata);
		}
		free(samples->down);
		free(samples->up);
	}
	free(everybody.by_number);
	subjects_done(&everybody.subjects);
	return r;
}
