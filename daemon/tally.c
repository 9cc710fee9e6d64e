/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: every byte once, to whom it belongs, whatever the kernel's classes went through meanwhile. A sum here
 * never falls; what is summed is above a mark, and the mark goes up with it.
 */
#include "tally.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "../lib/units.h"

#define MINORS 65536

/* ---- rows ---- */

struct tally *tally_new(void)
{
	struct tally *tally = calloc(1, sizeof(*tally));

	if (!tally)
		return NULL;
	tally->rows = calloc(TALLY_ROWS, sizeof(*tally->rows));
	for (unsigned tree = 0; tree < PLAN_TREES; tree++)
		tally->leaves[tree] = calloc(MINORS, sizeof(struct tally_leaf));
	if (!tally->rows || !tally->leaves[PLAN_UP] || !tally->leaves[PLAN_DOWN])
		return tally_free(tally);
	return tally;
}

struct tally *tally_free(struct tally *tally)
{
	if (!tally)
		return NULL;
	for (unsigned tree = 0; tree < PLAN_TREES; tree++)
		free(tally->leaves[tree]);
	free(tally->rows);
	free(tally);
	return NULL;
}

void tally_owner(struct tally *tally, unsigned row, enum ledger_subject kind, const char *id)
{
	struct tally_row *to = &tally->rows[row];

	to->kind = kind;
	snprintf(to->id, sizeof(to->id), "%s", id);
	for (unsigned tree = 0; tree < PLAN_TREES; tree++) {
		to->ways[tree].flow = (struct ledger_flow){0};
		to->ways[tree].minute = (struct entitlement){0};
	}
}

uint16_t tally_class_of(unsigned row)
{
	switch (row) {
	case TALLY_OWN:
		return PLAN_OWN;
	case TALLY_UNATTRIBUTED:
		return PLAN_UNATTRIBUTED;
	default:
		return row < PLAN_SLOTS ? PLAN_INNER(row) : 0;
	}
}

static bool is_of_slots(uint16_t minor)
{
	return minor >= PLAN_FIRST_INNER && minor < PLAN_FIRST_SERVICE;
}

unsigned tally_row_of(uint16_t minor)
{
	if (minor == PLAN_OWN)
		return TALLY_OWN;
	if (minor == PLAN_UNATTRIBUTED)
		return TALLY_UNATTRIBUTED;
	if (is_of_slots(minor) && PLAN_INNER(PLAN_SLOT_OF(minor)) == minor)
		return PLAN_SLOT_OF(minor);
	return TALLY_NONE;
}

/* Whose queue this class is. */
static unsigned row_of_leaf(const struct tally *tally, uint16_t minor)
{
	uint16_t owner = 0;

	if (minor == PLAN_OWN)
		return TALLY_OWN;
	if (minor == PLAN_UNATTRIBUTED)
		return TALLY_UNATTRIBUTED;
	if (is_of_slots(minor) && PLAN_REST(PLAN_SLOT_OF(minor)) == minor)
		return PLAN_SLOT_OF(minor);
	if (minor >= PLAN_FIRST_GUEST)
		owner = tally->blocks[(minor - PLAN_FIRST_GUEST) / PLAN_GUEST_BLOCK];
	else if (minor >= PLAN_FIRST_SERVICE)
		owner = tally->services[minor - PLAN_FIRST_SERVICE];
	return owner && owner <= PLAN_SLOTS ? owner - 1u : TALLY_NONE;
}

/* ---- a reading ---- */

static uint64_t grown(uint64_t before, uint64_t now)
{
	return now >= before ? now - before : now;
}

static void begin_way(struct tally_way *way)
{
	way->delta = (struct tally_count){0};
	way->backlog = way->able_bps = way->passed_bits = 0;
	way->demand = way->pressed = false;
}

void tally_begin(struct tally *tally)
{
	tally->fell = false;
	for (unsigned i = 0; i < TALLY_ROWS; i++)
		for (unsigned tree = 0; tree < PLAN_TREES && tally->rows[i].kind; tree++)
			begin_way(&tally->rows[i].ways[tree]);
}

/* After final figures the class's next ones begin at 0. Drops that fell are those of a queue that was made
 * anew. */
static void take_count(struct tally *tally, struct tally_way *way, const struct tally_count *count,
		       bool is_final)
{
	if (!way->begun && tally->begin_here && !tally->readings) {
		way->origin = *count;
	} else {
		tally->fell |= count->bytes < way->mark.bytes;
		way->delta.bytes += grown(way->mark.bytes, count->bytes);
		way->delta.packets += grown(way->mark.packets, count->packets);
		if (count->dropped > way->mark.dropped)
			way->delta.dropped += count->dropped - way->mark.dropped;
	}
	way->begun = true;
	way->mark = is_final ? (struct tally_count){0} : *count;
}

/* Demand is a queue's, and so is what it may pass. */
static void take_leaf(const struct tally *tally, struct tally_way *way, struct tally_leaf *leaf,
		      const struct message_counter *counter)
{
	const uint64_t passed = grown(leaf->bytes, counter->delivered_bytes);
	const bool full = leaf->backlog && counter->backlog_bytes;
	const bool dropped = counter->dropped_packets > leaf->dropped;

	leaf->bytes = counter->final ? 0 : counter->delivered_bytes;
	leaf->dropped = counter->final ? 0 : counter->dropped_packets;
	leaf->backlog = counter->final ? 0 : counter->backlog_bytes;
	if (!tally->readings)
		return;
	way->pressed |= full;
	way->demand |= full || dropped;
	if (full || dropped)
		way->able_bps += leaf->ceiling_bps;
	else
		way->passed_bits += passed * 8;
}

void tally_take(struct tally *tally, const struct message_counter *counter)
{
	const struct tally_count count = {.bytes = counter->delivered_bytes,
					  .packets = counter->delivered_packets,
					  .dropped = counter->dropped_packets};
	struct tally_way *way;
	unsigned row;

	if (counter->tree >= PLAN_TREES)
		return;
	row = tally_row_of(counter->minor);
	if (row != TALLY_NONE && tally->rows[row].kind) {
		way = &tally->rows[row].ways[counter->tree];
		take_count(tally, way, &count, counter->final);
		way->backlog = counter->final ? 0 : counter->backlog_bytes;
	}
	row = row_of_leaf(tally, counter->minor);
	if (row != TALLY_NONE && tally->rows[row].kind)
		take_leaf(tally, &tally->rows[row].ways[counter->tree],
			  &tally->leaves[counter->tree][counter->minor], counter);
}

void tally_device(struct tally *tally, enum plan_tree tree, const struct tally_count *count)
{
	struct tally_row *row = &tally->rows[TALLY_UPLINK];

	if (row->anew)
		row->ways[tree].mark = *count;
	take_count(tally, &row->ways[tree], count, false);
}

/* ---- the end of a reading ---- */

static void judge(struct tally_way *way, const struct tally_span *span)
{
	const double able = (double)way->able_bps * (double)span->usec / USEC_PER_SEC;
	const uint64_t line = MAX(way->delta.bytes + way->delta.packets * span->overhead_bytes,
				  way->delta.packets * span->mpu_bytes);
	const struct entitlement_sample sample = {
	    .usec = span->usec,
	    .guaranteed_bits = way->reading_bits,
	    .able_bits = (uint64_t)MIN(able, 1e18) + way->passed_bits,
	    .got_bits = line * 8,
	    .demand = way->demand,
	    .pressed = way->pressed,
	};

	entitlement_add(&way->minute, &sample);
}

static void end_way(const struct tally_row *row, struct tally_way *way, const struct tally_span *span)
{
	way->flow.bytes += way->delta.bytes;
	way->total += way->delta.bytes;
	way->flow.packets += way->delta.packets;
	way->flow.dropped += way->delta.dropped;
	way->flow.backlog = way->backlog;
	way->rate_bps = 0;
	if (span->late) {
		way->flow.late_bytes += way->delta.bytes;
	} else if (span->usec > 0) {
		way->rate_bps = (uint64_t)((double)way->delta.bytes * 8e6 / (double)span->usec);
		way->demand_usec += way->demand ? span->usec : 0;
		if (row->judged)
			judge(way, span);
	}
	way->reading_bits = 0;
}

void tally_end(struct tally *tally, const struct tally_span *span)
{
	for (unsigned i = 0; i < TALLY_ROWS; i++)
		for (unsigned tree = 0; tree < PLAN_TREES && tally->rows[i].kind; tree++)
			end_way(&tally->rows[i], &tally->rows[i].ways[tree], span);
	tally->rows[TALLY_UPLINK].anew = false;
	tally->readings++;
}
