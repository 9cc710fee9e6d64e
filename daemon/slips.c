/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a disk that is full costs nobody a byte on the bill, and nobody memory without end: what waits is
 * added up, day by day. What is written is taken off the list only when the disk has it.
 */
#include "slips.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "../lib/log.h"

#define LATE_SECONDS_USEC 1 /* not measured as time: its gap says which */

void slips_init(struct slips *slips)
{
	*slips = (struct slips){0};
	TAILQ_INIT(&slips->list);
}

static void slip_free(struct slip *slip)
{
	free(slip->parts);
	free(slip->marks);
	free(slip);
}

static void drop_first(struct slips *slips)
{
	struct slip *slip = TAILQ_FIRST(&slips->list);

	TAILQ_REMOVE(&slips->list, slip, link);
	slip_free(slip);
}

void slips_clear(struct slips *slips)
{
	while (!TAILQ_EMPTY(&slips->list))
		drop_first(slips);
	free(slips->shortfalls);
	slips_init(slips);
}

int slips_add(struct slips *slips, const struct ledger_interval *head, struct ledger_part *parts,
	      size_t n_parts, struct ledger_mark *marks, size_t n_marks)
{
	struct slip *slip = calloc(1, sizeof(*slip));

	if (!slip) {
		free(parts);
		free(marks);
		return -ENOMEM;
	}
	*slip = (struct slip){
	    .head = *head, .parts = parts, .marks = marks, .n_parts = n_parts, .n_marks = n_marks};
	TAILQ_INSERT_TAIL(&slips->list, slip, link);
	return 0;
}

void slips_gap(struct slips *slips, const struct ledger_gap *gap)
{
	struct ledger_gap *last = slips->n_gaps ? &slips->gaps[slips->n_gaps - 1] : NULL;

	if (gap->to_wall_usec <= gap->from_wall_usec)
		return;
	if (last && (slips->n_gaps == SLIPS_GAPS || (last->cause == gap->cause && last->lost == gap->lost &&
						     last->to_wall_usec >= gap->from_wall_usec &&
						     last->from_wall_usec <= gap->to_wall_usec))) {
		last->from_wall_usec = MIN(last->from_wall_usec, gap->from_wall_usec);
		last->to_wall_usec = MAX(last->to_wall_usec, gap->to_wall_usec);
		last->lost |= gap->lost;
		return;
	}
	slips->gaps[slips->n_gaps++] = *gap;
}

void slips_shortfall(struct slips *slips, const struct ledger_shortfall *shortfall)
{
	if (!slips->shortfalls)
		slips->shortfalls = calloc(SLIPS_SHORTFALLS, sizeof(*slips->shortfalls));
	if (slips->shortfalls && slips->n_shortfalls < SLIPS_SHORTFALLS)
		slips->shortfalls[slips->n_shortfalls++] = *shortfall;
}

/* ---- holding back ---- */

static void make_late(struct slip *slip)
{
	for (size_t i = 0; i < slip->n_parts; i++) {
		slip->parts[i].down.late_bytes = slip->parts[i].down.bytes;
		slip->parts[i].up.late_bytes = slip->parts[i].up.bytes;
	}
	slip->head.seconds_usec = LATE_SECONDS_USEC;
}

static void add_flow(struct ledger_flow *to, const struct ledger_flow *from)
{
	to->bytes += from->bytes;
	to->packets += from->packets;
	to->dropped += from->dropped;
	to->late_bytes += from->late_bytes;
	to->borrowed += from->borrowed;
	to->backlog = from->backlog;
	to->demand_sec += from->demand_sec;
	to->short_sec += from->short_sec;
}

static struct ledger_part *find_part(const struct slip *slip, const struct ledger_part *part, size_t guess)
{
	for (size_t i = 0; i < slip->n_parts; i++) {
		struct ledger_part *row = &slip->parts[(guess + i) % slip->n_parts];

		if (row->kind == part->kind && strcmp(row->id, part->id) == 0)
			return row;
	}
	return NULL;
}

/* True: all of `from` is in `to` now, which then ends where `from` did. */
static bool merge(struct slip *to, struct slip *from)
{
	struct ledger_part *parts = reallocarray(to->parts, to->n_parts + from->n_parts, sizeof(*parts));

	if (!parts)
		return false;
	to->parts = parts;
	for (size_t i = 0; i < from->n_parts; i++) {
		struct ledger_part *part = find_part(to, &from->parts[i], i);

		if (!part) {
			to->parts[to->n_parts++] = from->parts[i];
			continue;
		}
		add_flow(&part->down, &from->parts[i].down);
		add_flow(&part->up, &from->parts[i].up);
	}
	free(to->marks);
	to->marks = from->marks;
	to->n_marks = from->n_marks;
	from->marks = NULL;
	to->head = from->head;
	return true;
}

/* The last one goes into the one before, where that is of the same day. */
static void merge_last(struct slips *slips)
{
	struct slip *last = TAILQ_LAST(&slips->list, slip_list);
	struct slip *before = last ? TAILQ_PREV(last, slip_list, link) : NULL;

	if (!before || before->head.day != last->head.day || !merge(before, last))
		return;
	TAILQ_REMOVE(&slips->list, last, link);
	slip_free(last);
}

static int64_t began(const struct slip *slip)
{
	return slip->head.end_wall_usec - slip->head.seconds_usec;
}

void slips_hold(struct slips *slips)
{
	struct slip *last = TAILQ_LAST(&slips->list, slip_list);

	if (!last)
		return;
	if (!slips->held_from_wall_usec)
		slips->held_from_wall_usec = began(TAILQ_FIRST(&slips->list));
	make_late(last);
	merge_last(slips);
}

/* ---- writing ---- */

static int put_slip(const struct slip *slip, struct ledger *ledger)
{
	struct ledger_interval interval = slip->head;

	interval.parts = slip->parts;
	interval.n_parts = slip->n_parts;
	interval.marks = slip->marks;
	interval.n_marks = slip->n_marks;
	return ledger_interval_put(ledger, &interval);
}

/* Before the interval behind it: a gap that is said twice is still that gap, one that is not said is a lie.
 */
static int put_gaps(struct slips *slips, struct ledger *ledger)
{
	while (slips->n_gaps) {
		int r = ledger_gap_put(ledger, &slips->gaps[slips->n_gaps - 1]);

		if (r < 0)
			return r;
		slips->n_gaps--;
	}
	return 0;
}

static int put_shortfalls(struct slips *slips, struct ledger *ledger)
{
	while (slips->n_shortfalls) {
		int r = ledger_shortfall_put(ledger, &slips->shortfalls[slips->n_shortfalls - 1]);

		if (r < 0)
			return r;
		slips->n_shortfalls--;
	}
	return 0;
}

/* One that the ledger will never take must not keep all others out. */
static void give_up(struct slips *slips)
{
	const struct slip *slip = TAILQ_FIRST(&slips->list);
	const struct ledger_gap gap = {
	    .from_wall_usec = slips->held_from_wall_usec ? slips->held_from_wall_usec : began(slip),
	    .to_wall_usec = slip->head.end_wall_usec,
	    .cause = LEDGER_GAP_COUNTERS,
	    .lost = true};

	log_error("the ledger refuses an interval: it is left out, and named as a gap");
	slips_gap(slips, &gap);
}

static int put_all(struct slips *slips, struct ledger *ledger)
{
	struct slip *slip;
	int r = put_gaps(slips, ledger);

	while (r >= 0 && (slip = TAILQ_FIRST(&slips->list))) {
		r = put_slip(slip, ledger);
		if (r == -EINVAL) {
			give_up(slips);
			r = 0;
		}
		if (r >= 0)
			drop_first(slips);
	}
	return r < 0 ? r : put_shortfalls(slips, ledger);
}

/* What was held back ends where the newest interval begins. */
int slips_write(struct slips *slips, struct ledger *ledger)
{
	const struct slip *last = TAILQ_LAST(&slips->list, slip_list);
	const struct ledger_gap held = {.from_wall_usec = slips->held_from_wall_usec,
					.to_wall_usec = last ? began(last) : 0,
					.cause = LEDGER_GAP_DISK};
	int r;

	if (!last)
		return 0;
	r = put_all(slips, ledger);
	if (r < 0) {
		slips_hold(slips);
		return r;
	}
	if (held.from_wall_usec)
		slips_gap(slips, &held);
	slips->held_from_wall_usec = 0;
	return put_gaps(slips, ledger);
}

uint64_t slips_month(const struct slips *slips, int32_t month, enum ledger_subject kind, const char *id)
{
	const struct slip *slip;
	uint64_t bytes = 0;

	TAILQ_FOREACH(slip, &slips->list, link)
	for (size_t i = 0; i < slip->n_parts && slip->head.month == month; i++)
		if (slip->parts[i].kind == kind && strcmp(slip->parts[i].id, id) == 0)
			bytes += slip->parts[i].down.bytes + slip->parts[i].up.bytes;
	return bytes;
}
