/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The four tables of usage, which are one: rows of five minutes, hours, days, months. A row is found by its
 * time and its subject's number, and holds one list of figures.
 */
#include "subject.h"

enum usage_flow { /* of one direction, in the tables' order */
		  USAGE_BYTES,
		  USAGE_PACKETS,
		  USAGE_DROPPED,
		  USAGE_LATE,
		  USAGE_BORROWED,
		  USAGE_DEMAND,
		  USAGE_SHORT,
		  USAGE_BACKLOG,
		  USAGE_FLOW
};
enum usage_value {
	USAGE_MSEC,
	USAGE_DOWN,
	USAGE_UP = (int)USAGE_DOWN + (int)USAGE_FLOW,
	USAGE_VALUES = (int)USAGE_UP + (int)USAGE_FLOW
};
struct usage {
	int64_t values[USAGE_VALUES];
};
#define USAGE_GRAINS (LEDGER_MONTHS + 1)
#define USAGE_COLUMNS                                                                                        \
	"msec, down_bytes, down_packets, down_dropped, down_late_bytes, down_borrowed, down_demand_sec, "    \
	"down_short_sec, down_backlog, up_bytes, up_packets, up_dropped, up_late_bytes, up_borrowed, "       \
	"up_demand_sec, up_short_sec, up_backlog"

#define USAGE_KEY(at, number) ((int64_t)(at) * (INT64_C(1) << SUBJECT_BITS) + (number))
static inline int64_t usage_at(int64_t key)
{
	return key >> SUBJECT_BITS;
}
static inline int64_t usage_number(int64_t key)
{
	return key & SUBJECT_MAX;
}

const char *usage_name(enum usage_value value);		  /* "down_bytes" */
static inline bool usage_is_state(enum usage_value value) /* the last one stays; all others are added up */
{
	return value == USAGE_DOWN + USAGE_BACKLOG || value == USAGE_UP + USAGE_BACKLOG;
}
int usage_pack(const struct ledger_part *part, int64_t seconds_usec,
	       struct usage *out);					/* -EINVAL: over 63 bits */
void usage_unpack(const struct usage *usage, struct ledger_usage *out); /* flows and time; not who and when */
void usage_read(sqlite3_stmt *row, int column, struct usage *out); /* USAGE_COLUMNS from this column on */
/* -EINVAL: a sum would not fit into 63 bits any more. */
int usage_plus(struct usage *sum, const struct usage *more);

/* Adds to a row, or makes it. -EINVAL as above. */
int usage_add(struct ledger *ledger, enum ledger_grain grain, int64_t at, int64_t number,
	      const struct usage *usage);
/* Every row with from <= at < until, by time, within it by kind and id; number 0: of all. `row` may run other
 * statements, not the same walk of the same grain. */
int usage_walk(struct ledger *ledger, enum ledger_grain grain, int64_t from, int64_t until, int64_t number,
	       int (*row)(int64_t key, const struct usage *usage, void *userdata), void *userdata);
/* Those of one `at`, by number, also of numbers that are nobody's. */
int usage_of(struct ledger *ledger, enum ledger_grain grain, int64_t at,
	     int (*row)(int64_t key, const struct usage *usage, void *userdata), void *userdata);
