/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: adding an HTB class costs up to a millisecond (kernel-facts 11), so classes are built in the
 * background, a block at a time, before anybody needs them. A block must never serve two zones, nor a class
 * two guests.
 */
#include "blocks.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/cleanup.h"

static bool is_zone_slot(const struct policy *policy, const struct slots *slots, unsigned slot)
{
	const char *id = slot < slots->n ? slots->ids[slot] : "";

	return !strncmp(id, "zone/", 5) && policy_zone(policy, id + 5);
}

static void want(struct blocks *blocks, unsigned block, unsigned slot)
{
	blocks->map.slot_plus_1[block] = (uint16_t)(slot + 1);
	blocks->ready[block] = false;
	blocks->asked[block] = BLOCK_UNASKED;
	blocks->n[slot]++;
}

static void adopt_class(struct blocks *blocks, const struct plan_class *row, const struct policy *policy,
			const struct slots *slots)
{
	unsigned block, slot;

	if (row->minor < PLAN_FIRST_GUEST || row->parent < PLAN_FIRST_INNER ||
	    row->parent >= PLAN_FIRST_GUEST)
		return;
	block = (row->minor - PLAN_FIRST_GUEST) / PLAN_GUEST_BLOCK;
	slot = PLAN_SLOT_OF(row->parent);
	if (row->parent == PLAN_INNER(slot) && !blocks->map.slot_plus_1[block] &&
	    is_zone_slot(policy, slots, slot))
		want(blocks, block, slot);
}

void blocks_adopt(struct blocks *blocks, const struct plan *actual, const struct policy *policy,
		  const struct slots *slots)
{
	for (size_t i = 0; i < actual->n_classes; i++)
		adopt_class(blocks, &actual->classes[i], policy, slots);
}

int blocks_slot(const struct blocks *blocks, uint16_t minor)
{
	unsigned owner;

	if (minor < PLAN_FIRST_GUEST)
		return -ENOENT;
	owner = blocks->map.slot_plus_1[(minor - PLAN_FIRST_GUEST) / PLAN_GUEST_BLOCK];
	return owner ? (int)owner - 1 : -ENOENT;
}

/* No more classes than the zone's IPv4 network has addresses for guests. */
static unsigned limit_of(const struct policy_zone *zone)
{
	unsigned host_bits;

	if (!zone->address4.addr.family)
		return PLAN_GUEST_BLOCKS;
	host_bits = 32u - zone->address4.length;
	if (host_bits >= 16)
		return PLAN_GUEST_BLOCKS;
	return ((1u << host_bits) + PLAN_GUEST_BLOCK - 1) / PLAN_GUEST_BLOCK;
}

static bool want_one(struct blocks *blocks, unsigned slot)
{
	for (unsigned block = 0; block < PLAN_GUEST_BLOCKS; block++)
		if (!blocks->map.slot_plus_1[block]) {
			want(blocks, block, slot);
			return true;
		}
	return false;
}

bool blocks_grow(struct blocks *blocks, const struct policy_zone *zone, unsigned slot, size_t users)
{
	const size_t have = blocks_classes(blocks, slot), need = users + BLOCKS_AHEAD;
	unsigned limit = limit_of(zone), more;
	bool grown = false;

	if (blocks->n[slot] && have >= users + BLOCKS_LOW)
		return false;
	more = MIN((unsigned)((need - have + PLAN_GUEST_BLOCK - 1) / PLAN_GUEST_BLOCK), BLOCKS_A_PLAN);
	more = MAX(more, MIN(blocks->n[slot], BLOCKS_A_PLAN)); /* a crowd is coming: twice as many */
	while (more-- && blocks->n[slot] < limit && want_one(blocks, slot))
		grown = true;
	return grown;
}

struct guest_blocks blocks_ask(struct blocks *blocks, const struct policy *policy, const struct slots *slots)
{
	struct guest_blocks map = blocks->map;

	for (unsigned block = 0; block < PLAN_GUEST_BLOCKS; block++) {
		unsigned owner = map.slot_plus_1[block];

		blocks->asked[block] = BLOCK_UNASKED;
		if (!owner)
			continue;
		blocks->asked[block] = is_zone_slot(policy, slots, owner - 1) ? BLOCK_ASKED : BLOCK_LEFT_OUT;
		if (blocks->asked[block] == BLOCK_LEFT_OUT)
			map.slot_plus_1[block] = 0;
	}
	return map;
}

static void settle_ready(struct blocks *blocks, struct pool *pool, unsigned block, const bool *used,
			 uint64_t count)
{
	blocks->ready[block] = true;
	for (unsigned i = 0; i < PLAN_GUEST_BLOCK; i++)
		if (!used[PLAN_GUEST(block, i) - PLAN_FIRST_GUEST])
			pool_put(pool, blocks->map.slot_plus_1[block] - 1u, PLAN_GUEST(block, i), count);
}

static void settle_gone(struct blocks *blocks, struct pool *pool, unsigned block)
{
	unsigned slot = blocks->map.slot_plus_1[block] - 1u;

	pool_clear(pool, slot); /* a zone goes with all of its blocks */
	blocks->map.slot_plus_1[block] = 0;
	blocks->ready[block] = false;
	blocks->asked[block] = BLOCK_UNASKED;
	blocks->n[slot]--;
}

static bool *used_classes(const struct sessions *sessions)
{
	bool *used = calloc(PLAN_GUEST_BLOCKS * PLAN_GUEST_BLOCK, sizeof(*used));

	for (const struct session *s = sessions_next(sessions, NULL); used && s;
	     s = sessions_next(sessions, s))
		if (s->row.minor >= PLAN_FIRST_GUEST)
			used[s->row.minor - PLAN_FIRST_GUEST] = true;
	return used;
}

bool blocks_settle(struct blocks *blocks, struct pool *pool, const struct sessions *sessions, uint64_t count)
{
	_cleanup_(freep) bool *used = used_classes(sessions);
	bool fresh = false;

	for (unsigned block = 0; block < PLAN_GUEST_BLOCKS; block++) {
		if (blocks->asked[block] == BLOCK_LEFT_OUT)
			settle_gone(blocks, pool, block);
		if (blocks->asked[block] != BLOCK_ASKED || blocks->ready[block] || !used)
			continue;
		settle_ready(blocks, pool, block, used, count);
		fresh = true;
	}
	return fresh;
}

bool blocks_ready(const struct blocks *blocks, uint16_t minor)
{
	return minor >= PLAN_FIRST_GUEST && blocks->ready[(minor - PLAN_FIRST_GUEST) / PLAN_GUEST_BLOCK];
}

size_t blocks_classes(const struct blocks *blocks, unsigned slot)
{
	return (size_t)blocks->n[slot] * PLAN_GUEST_BLOCK;
}
