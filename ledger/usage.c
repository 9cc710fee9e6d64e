/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: rows, hours, days and months must say the same, so one piece of code writes all four, with the same
 * list of figures. It never decides which row something belongs to.
 */
#include "usage.h"
#include <errno.h>

static const char *const names[USAGE_VALUES] = {
    "msec",	     "down_bytes",	"down_packets",	  "down_dropped", "down_late_bytes",
    "down_borrowed", "down_demand_sec", "down_short_sec", "down_backlog", "up_bytes",
    "up_packets",    "up_dropped",	"up_late_bytes",  "up_borrowed",  "up_demand_sec",
    "up_short_sec",  "up_backlog",
};

#define ADD(column) column " = " column " + excluded." column ","
#define ADD_FLOW(way)                                                                                        \
	ADD(way "_bytes")                                                                                    \
	ADD(way "_packets")                                                                                  \
	ADD(way "_dropped")                                                                                  \
	ADD(way "_late_bytes") ADD(way "_borrowed") ADD(way "_demand_sec") ADD(way "_short_sec")
#define INSERT(table)                                                                                        \
	"INSERT INTO " table " (key, " USAGE_COLUMNS                                                         \
	") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"                                             \
	" ?, ?, ?) ON CONFLICT (key) DO UPDATE SET " ADD("msec") ADD_FLOW("down")                            \
	    ADD_FLOW("up") " down_backlog = excluded.down_backlog, up_backlog = excluded.up_backlog"
#define NEXT(table) "SELECT key >> 16 FROM " table " WHERE key >= ? ORDER BY key LIMIT 1"
#define ONE(table) "SELECT key, " USAGE_COLUMNS " FROM " table " WHERE key = ?"
#define NAMED(table)                                                                                         \
	"SELECT key, " USAGE_COLUMNS " FROM " table " JOIN subject ON subject.number = (key & 65535)"        \
	" WHERE key BETWEEN ?1 AND ?1 + 65535 ORDER BY subject.kind, subject.id"
#define NUMBERED(table)                                                                                      \
	"SELECT key, " USAGE_COLUMNS " FROM " table " WHERE key BETWEEN ?1 AND ?1 + 65535 ORDER BY key"
#define GRAIN(name)                                                                                          \
	{                                                                                                    \
		INSERT("usage_" name), NEXT("usage_" name), ONE("usage_" name), NAMED("usage_" name),        \
		    NUMBERED("usage_" name)                                                                  \
	}

static const struct {
	const char *insert, *next, *one, *named, *numbered;
} tables[USAGE_GRAINS] = {
    [LEDGER_ROWS] = GRAIN("row"),
    [LEDGER_HOURS] = GRAIN("hour"),
    [LEDGER_DAYS] = GRAIN("day"),
    [LEDGER_MONTHS] = GRAIN("month"),
};

/* One subject's rows of five minutes, the common question, in one go. */
static const char rows_of_one[] = "SELECT key, " USAGE_COLUMNS " FROM slice CROSS JOIN usage_row"
				  " ON key = (slice.at << 16) + ?3 WHERE slice.at >= ?1 AND slice.at < ?2"
				  " ORDER BY slice.at";

const char *usage_name(enum usage_value value)
{
	return names[value];
}

/* ---- figures ---- */

static int pack_flow(const struct ledger_flow *flow, int64_t *out)
{
	const uint64_t values[USAGE_FLOW] = {flow->bytes,      flow->packets,  flow->dropped,
					     flow->late_bytes, flow->borrowed, flow->demand_sec,
					     flow->short_sec,  flow->backlog};

	for (size_t i = 0; i < USAGE_FLOW; i++) {
		if (values[i] > INT64_MAX)
			return -EINVAL;
		out[i] = (int64_t)values[i];
	}
	return 0;
}

int usage_pack(const struct ledger_part *part, int64_t seconds_usec, struct usage *out)
{
	int r = pack_flow(&part->down, &out->values[USAGE_DOWN]);

	out->values[USAGE_MSEC] = seconds_usec / 1000 + (seconds_usec % 1000 >= 500);
	return r < 0 ? r : pack_flow(&part->up, &out->values[USAGE_UP]);
}

static void unpack_flow(const int64_t *values, struct ledger_flow *out)
{
	*out = (struct ledger_flow){
	    .bytes = (uint64_t)MAX(values[USAGE_BYTES], 0),
	    .packets = (uint64_t)MAX(values[USAGE_PACKETS], 0),
	    .dropped = (uint64_t)MAX(values[USAGE_DROPPED], 0),
	    .late_bytes = (uint64_t)MAX(values[USAGE_LATE], 0),
	    .borrowed = (uint64_t)MAX(values[USAGE_BORROWED], 0),
	    .demand_sec = (uint32_t)CLAMP(values[USAGE_DEMAND], 0, UINT32_MAX),
	    .short_sec = (uint32_t)CLAMP(values[USAGE_SHORT], 0, UINT32_MAX),
	    .backlog = (uint64_t)MAX(values[USAGE_BACKLOG], 0),
	};
}

void usage_unpack(const struct usage *usage, struct ledger_usage *out)
{
	int64_t msec = usage->values[USAGE_MSEC];

	unpack_flow(&usage->values[USAGE_DOWN], &out->part.down);
	unpack_flow(&usage->values[USAGE_UP], &out->part.up);
	out->measured_sec = (uint32_t)CLAMP(msec / 1000 + (msec % 1000 >= 500), 0, UINT32_MAX);
}

void usage_read(sqlite3_stmt *row, int column, struct usage *out)
{
	for (int i = 0; i < USAGE_VALUES; i++)
		out->values[i] = sqlite3_column_int64(row, column + i);
}

int usage_plus(struct usage *sum, const struct usage *more)
{
	for (int i = 0; i < USAGE_VALUES; i++) {
		if (usage_is_state((enum usage_value)i))
			sum->values[i] = more->values[i];
		else if (__builtin_add_overflow(sum->values[i], more->values[i], &sum->values[i]))
			return -EINVAL;
	}
	return 0;
}

/* ---- the tables ---- */

int usage_add(struct ledger *ledger, enum ledger_grain grain, int64_t at, int64_t number,
	      const struct usage *usage)
{
	struct value values[1 + USAGE_VALUES] = {INT(USAGE_KEY(at, number))};

	for (size_t i = 0; i < USAGE_VALUES; i++)
		values[1 + i] = (struct value)INT(usage->values[i]);
	return store_run(ledger, tables[grain].insert, values, ELEMENTS(values));
}

struct walk {
	int (*row)(int64_t key, const struct usage *usage, void *userdata);
	void *userdata;
};

static int on_row(sqlite3_stmt *row, void *userdata)
{
	const struct walk *walk = userdata;
	struct usage usage;

	usage_read(row, 1, &usage);
	return walk->row(sqlite3_column_int64(row, 0), &usage, walk->userdata);
}

/* 1: *at is the first from `from` on. */
static int next_at(struct ledger *ledger, enum ledger_grain grain, int64_t from, int64_t *at)
{
	sqlite3_stmt *row;
	int r = store_find(ledger, tables[grain].next, VALUES(INT(USAGE_KEY(from, 0))), &row);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	*at = sqlite3_column_int64(row, 0);
	store_done(row);
	return 1;
}

#define AT_MAX (INT64_C(1) << 46)

static int walk_all(struct ledger *ledger, enum ledger_grain grain, int64_t from, int64_t until,
		    int64_t number, struct walk *walk)
{
	int64_t at = CLAMP(from, 0, AT_MAX);
	int r;

	if (grain == LEDGER_ROWS && number)
		return store_each(ledger, rows_of_one, VALUES(INT(from), INT(until), INT(number)), on_row, walk);
	for (;; at++) {
		r = next_at(ledger, grain, at, &at);
		if (r <= 0 || at >= until)
			return MIN(r, 0);
		r = store_each(ledger, number ? tables[grain].one : tables[grain].named,
			       VALUES(INT(USAGE_KEY(at, number))), on_row, walk);
		if (r != 0)
			return r;
	}
}

int usage_walk(struct ledger *ledger, enum ledger_grain grain, int64_t from, int64_t until, int64_t number,
	       int (*row)(int64_t key, const struct usage *usage, void *userdata), void *userdata)
{
	struct walk walk = {row, userdata};
	int r = store_look(ledger);

	return r < 0 ? r : store_looked(ledger, walk_all(ledger, grain, from, until, number, &walk));
}

int usage_of(struct ledger *ledger, enum ledger_grain grain, int64_t at,
	     int (*row)(int64_t key, const struct usage *usage, void *userdata), void *userdata)
{
	struct walk walk = {row, userdata};

	return store_each(ledger, tables[grain].numbered, VALUES(INT(USAGE_KEY(at, 0))), on_row, &walk);
}
