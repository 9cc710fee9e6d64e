/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what a tally has summed goes to the ledger as parts and marks, and comes back from it as marks; and
 * what was planned says how much of it was borrowed. The readings themselves are tally.c's.
 */
#include "tally.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "../lib/units.h"

/* ---- the plan ---- */

static uint64_t bits_of(uint64_t bps, int64_t usec)
{
	return usec > 0 ? (uint64_t)((double)bps * (double)usec / USEC_PER_SEC) : 0;
}

void tally_pass(struct tally *tally, int64_t usec)
{
	for (unsigned i = 0; i < TALLY_ROWS; i++)
		for (unsigned tree = 0; tree < PLAN_TREES && tally->rows[i].kind; tree++) {
			struct tally_way *way = &tally->rows[i].ways[tree];
			const uint64_t bits = bits_of(way->guaranteed_bps, usec);

			way->interval_bits += bits;
			way->reading_bits += bits;
		}
}

void tally_plan(struct tally *tally, const struct plan *plan)
{
	for (unsigned i = 0; i < TALLY_ROWS; i++)
		for (unsigned tree = 0; tree < PLAN_TREES && tally->rows[i].kind; tree++)
			tally->rows[i].ways[tree].guaranteed_bps = 0;
	tally->planned = true;
	for (size_t i = 0; i < plan->n_classes; i++) {
		const struct plan_class *class = &plan->classes[i];
		const unsigned row = tally_row_of(class->minor);

		if (class->tree >= PLAN_TREES)
			continue;
		tally->leaves[class->tree][class->minor].ceiling_bps = class->ceiling_bps;
		if (row != TALLY_NONE)
			tally->rows[row].ways[class->tree].guaranteed_bps = class->rate_bps;
	}
}

/* ---- the end of an interval ---- */

static bool may_borrow(const struct tally_row *row)
{
	return row->kind == LEDGER_OFFICE || row->kind == LEDGER_ZONE;
}

static void close_way(const struct tally *tally, const struct tally_row *row, struct tally_way *way)
{
	const uint64_t measured = way->flow.bytes - way->flow.late_bytes;
	const uint64_t guaranteed = way->interval_bits / 8;

	if (tally->planned && may_borrow(row) && measured > guaranteed)
		way->flow.borrowed += measured - guaranteed;
	way->flow.demand_sec += (uint32_t)((way->demand_usec + USEC_PER_SEC / 2) / USEC_PER_SEC);
	way->interval_bits = 0;
	way->demand_usec = 0;
}

void tally_close(struct tally *tally)
{
	for (unsigned i = 0; i < TALLY_ROWS; i++)
		for (unsigned tree = 0; tree < PLAN_TREES && tally->rows[i].kind; tree++)
			close_way(tally, &tally->rows[i], &tally->rows[i].ways[tree]);
}

static bool has_moved(const struct tally_row *row)
{
	for (unsigned tree = 0; tree < PLAN_TREES; tree++)
		if (row->ways[tree].flow.bytes || row->ways[tree].flow.dropped)
			return true;
	return false;
}

static struct ledger_part part_of(struct tally_row *row)
{
	struct ledger_part part = {
	    .kind = row->kind, .down = row->ways[PLAN_DOWN].flow, .up = row->ways[PLAN_UP].flow};

	memcpy(part.id, row->id, sizeof(part.id));
	for (unsigned tree = 0; tree < PLAN_TREES; tree++)
		row->ways[tree].flow = (struct ledger_flow){.backlog = row->ways[tree].flow.backlog};
	return part;
}

static int by_subject(const void *a, const void *b)
{
	const struct ledger_part *one = a, *other = b;

	return one->kind != other->kind ? (int)one->kind - (int)other->kind : strcmp(one->id, other->id);
}

static void add_flow(struct ledger_flow *to, const struct ledger_flow *from)
{
	to->bytes += from->bytes;
	to->packets += from->packets;
	to->dropped += from->dropped;
	to->late_bytes += from->late_bytes;
	to->borrowed += from->borrowed;
	to->backlog += from->backlog;
	to->demand_sec = MAX(to->demand_sec, from->demand_sec);
	to->short_sec = MAX(to->short_sec, from->short_sec);
}

/* A subject whose class is becoming another has two rows for a moment. */
static ssize_t join_same(struct ledger_part *parts, ssize_t n)
{
	ssize_t last = 0;

	for (ssize_t i = 1; i < n; i++) {
		if (by_subject(&parts[last], &parts[i]) != 0) {
			parts[++last] = parts[i];
			continue;
		}
		add_flow(&parts[last].down, &parts[i].down);
		add_flow(&parts[last].up, &parts[i].up);
	}
	return n ? last + 1 : 0;
}

ssize_t tally_parts(struct tally *tally, struct ledger_part **out)
{
	struct ledger_part *parts = calloc(TALLY_ROWS, sizeof(*parts));
	ssize_t n = 0;

	if (!parts)
		return -ENOMEM;
	for (unsigned i = 0; i < TALLY_ROWS; i++)
		if (tally->rows[i].kind && (tally->rows[i].configured || has_moved(&tally->rows[i])))
			parts[n++] = part_of(&tally->rows[i]);
	qsort(parts, (size_t)n, sizeof(*parts), by_subject);
	*out = parts;
	return join_same(parts, n);
}

void tally_hold(struct tally *tally)
{
	for (unsigned i = 0; i < TALLY_ROWS; i++)
		for (unsigned tree = 0; tree < PLAN_TREES && tally->rows[i].kind; tree++)
			tally->rows[i].ways[tree].flow.late_bytes = tally->rows[i].ways[tree].flow.bytes;
}

/* ---- marks ---- */

static struct ledger_mark mark_of(unsigned i, const struct tally_row *row, enum plan_tree tree)
{
	const struct tally_count *count = &row->ways[tree].mark;
	struct ledger_mark mark = {.tree = tree,
				   .minor = tally_class_of(i),
				   .kind = row->kind,
				   .bytes = count->bytes,
				   .packets = count->packets,
				   .dropped = count->dropped};

	if (i == TALLY_UPLINK) {
		mark.tree = LEDGER_MARK_DEVICE;
		mark.minor = tree == PLAN_UP;
	}
	memcpy(mark.id, row->id, sizeof(mark.id));
	return mark;
}

ssize_t tally_marks(const struct tally *tally, struct ledger_mark **out)
{
	struct ledger_mark *marks = calloc((size_t)TALLY_ROWS * PLAN_TREES, sizeof(*marks));
	ssize_t n = 0;

	if (!marks)
		return -ENOMEM;
	for (unsigned i = 0; i < TALLY_ROWS; i++)
		for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES && tally->rows[i].kind; tree++) {
			const struct tally_count *count = &tally->rows[i].ways[tree].mark;

			if (count->bytes || count->packets || count->dropped || tally->rows[i].configured)
				marks[n++] = mark_of(i, &tally->rows[i], tree);
		}
	*out = marks;
	return n;
}

static unsigned row_of_mark(const struct ledger_mark *mark, enum plan_tree *tree)
{
	if (mark->tree == LEDGER_MARK_DEVICE) {
		*tree = mark->minor ? PLAN_UP : PLAN_DOWN;
		return mark->minor <= 1 ? TALLY_UPLINK : TALLY_NONE;
	}
	*tree = mark->tree;
	return mark->tree < PLAN_TREES ? tally_row_of(mark->minor) : TALLY_NONE;
}

/* The row's owner is the mark's: what passed while nobody looked is booked to that one. */
void tally_restore(struct tally *tally, const struct ledger_mark *marks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct ledger_mark *mark = &marks[i];
		enum plan_tree tree;
		const unsigned at = row_of_mark(mark, &tree);
		struct tally_row *row = &tally->rows[at];

		if (at == TALLY_NONE || mark->kind <= 0 || mark->kind >= LEDGER_SUBJECTS)
			continue;
		if (row->kind != mark->kind || strcmp(row->id, mark->id) != 0)
			tally_owner(tally, at, mark->kind, mark->id);
		row->ways[tree].mark = (struct tally_count){mark->bytes, mark->packets, mark->dropped};
	}
}

static uint64_t grown(uint64_t before, uint64_t now)
{
	return now >= before ? now - before : now;
}

static void add_late(struct tally_way *way, const struct tally_count *mark)
{
	const uint64_t bytes = grown(mark->bytes, way->origin.bytes);

	way->flow.bytes += bytes;
	way->flow.late_bytes += bytes;
	way->flow.packets += grown(mark->packets, way->origin.packets);
	way->flow.dropped += way->origin.dropped > mark->dropped ? way->origin.dropped - mark->dropped : 0;
	way->origin = (struct tally_count){0};
}

void tally_before(struct tally *tally, const struct ledger_mark *marks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct tally_count mark = {marks[i].bytes, marks[i].packets, marks[i].dropped};
		enum plan_tree tree;
		const unsigned at = row_of_mark(&marks[i], &tree);

		if (at != TALLY_NONE && tally->rows[at].kind)
			add_late(&tally->rows[at].ways[tree], &mark);
	}
	for (unsigned i = 0; i < TALLY_ROWS; i++)
		for (unsigned tree = 0; tree < PLAN_TREES && tally->rows[i].kind; tree++)
			add_late(&tally->rows[i].ways[tree], &(struct tally_count){0});
}
