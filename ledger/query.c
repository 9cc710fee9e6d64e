/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: whoever asks gets the figures that are in the file, in one order, by name. Nothing is estimated here,
 * and nothing corrected: corrections are rows of their own.
 */
#include <errno.h>
#include <string.h>
#include "usage.h"

/* ---- rows as they are ---- */

struct query {
	const struct ledger_query *ask;
	struct subjects subjects;
	int64_t number; /* 0: not one alone */
	int (*seen)(const struct ledger_usage *usage, void *userdata);
	void *userdata;
	struct usage *sums; /* by number, or NULL */
	uint8_t *there;
};

static bool wanted(const struct query *query, const struct subject *subject)
{
	const struct ledger_query *ask = query->ask;

	return subject && (!ask->kind || (int64_t)ask->kind == subject->kind) &&
	       (!ask->id || strcmp(ask->id, subject->id) == 0);
}

static int say(const struct query *query, int64_t at, int64_t number, const struct usage *usage)
{
	const struct subject *subject = subject_at(&query->subjects, number);
	struct ledger_usage out = {.at = at};

	if (!wanted(query, subject))
		return 0;
	usage_unpack(usage, &out);
	out.part.kind = (enum ledger_subject)subject->kind;
	snprintf(out.part.id, sizeof(out.part.id), "%s", subject->id);
	return query->seen(&out, query->userdata);
}

static int on_usage(int64_t key, const struct usage *usage, void *userdata)
{
	return say(userdata, usage_at(key), usage_number(key), usage);
}

/* 1: there is something to walk through. 0: nobody of that name was ever metered. */
static int prepare(struct ledger *ledger, struct query *query)
{
	const struct ledger_query *ask = query->ask;
	int r;

	if (ask->grain < LEDGER_ROWS || ask->grain > LEDGER_MONTHS)
		return -EINVAL;
	if (ask->kind && ask->id) {
		r = subject_find(ledger, ask->kind, ask->id, &query->number);
		if (r < 0)
			return r == -ENOENT ? 0 : r;
	}
	r = subjects_load(ledger, &query->subjects);
	return r < 0 ? r : 1;
}

static int walk(struct ledger *ledger, struct query *query,
		int (*row)(int64_t key, const struct usage *usage, void *userdata))
{
	return usage_walk(ledger, query->ask->grain, query->ask->from, query->ask->until, query->number, row,
			  query);
}

int ledger_usage(struct ledger *ledger, const struct ledger_query *ask,
		 int (*seen)(const struct ledger_usage *usage, void *userdata), void *userdata)
{
	struct query query = {.ask = ask, .seen = seen, .userdata = userdata};
	int r = prepare(ledger, &query);

	if (r > 0)
		r = walk(ledger, &query, on_usage);
	subjects_done(&query.subjects);
	return r;
}

/* ---- sums ---- */

static int on_sum(int64_t key, const struct usage *usage, void *userdata)
{
	struct query *query = userdata;
	int64_t number = usage_number(key);

	if (!wanted(query, subject_at(&query->subjects, number)))
		return 0;
	query->there[number] = 1;
	return usage_plus(&query->sums[number], usage);
}

static const char by_name[] = "SELECT number FROM subject ORDER BY kind, id";

static int on_number(sqlite3_stmt *row, void *userdata)
{
	const struct query *query = userdata;
	int64_t number = sqlite3_column_int64(row, 0);

	if (!subject_at(&query->subjects, number) || !query->there[number])
		return 0;
	return say(query, query->ask->from, number, &query->sums[number]);
}

static int sum(struct ledger *ledger, struct query *query)
{
	int r;

	query->sums = calloc(query->subjects.n, sizeof(*query->sums));
	query->there = calloc(query->subjects.n, 1);
	if (!query->sums || !query->there)
		return -ENOMEM;
	r = walk(ledger, query, on_sum);
	return r == 0 ? store_each(ledger, by_name, NULL, 0, on_number, query) : r;
}

int ledger_sums(struct ledger *ledger, const struct ledger_query *ask,
		int (*seen)(const struct ledger_usage *usage, void *userdata), void *userdata)
{
	struct query query = {.ask = ask, .seen = seen, .userdata = userdata};
	int r = prepare(ledger, &query);

	if (r > 0)
		r = sum(ledger, &query);
	subjects_done(&query.subjects);
	free(query.sums);
	free(query.there);
	return r;
}

/* ---- who was there ---- */

static const char presences[] =
    "SELECT subject.kind, subject.id, min(key) >> 16, max(key) >> 16 FROM usage_day"
    " JOIN subject ON subject.number = (key & 65535) WHERE key >= ? AND key < ?"
    " GROUP BY key & 65535 ORDER BY subject.kind, subject.id";

struct seen {
	int (*seen)(const struct ledger_presence *presence, void *userdata);
	void *userdata;
};

static int on_presence(sqlite3_stmt *row, void *userdata)
{
	const struct seen *seen = userdata;
	struct ledger_presence presence = {
	    .kind = (enum ledger_subject)sqlite3_column_int(row, 0),
	    .first_day = (int32_t)sqlite3_column_int64(row, 2),
	    .last_day = (int32_t)sqlite3_column_int64(row, 3),
	};

	store_text(row, 1, presence.id, sizeof(presence.id));
	return seen->seen(&presence, seen->userdata);
}

int ledger_presences(struct ledger *ledger, int32_t from_day, int32_t until_day,
		     int (*seen)(const struct ledger_presence *presence, void *userdata), void *userdata)
{
	struct seen data = {seen, userdata};

	return store_each(ledger, presences,
			  VALUES(INT(USAGE_KEY(from_day, 0)), INT(USAGE_KEY(until_day, 0))), on_presence,
			  &data);
}
