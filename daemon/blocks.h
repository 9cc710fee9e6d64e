/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Which zone has which blocks of guest classes. A block is wanted, then in the kernel (ready: its classes are
 * in the pool); it goes only when its zone leaves the configuration. An open zone keeps BLOCKS_LOW classes
 * free.
 */
#include <stdbool.h>
#include "../policy/planner.h"
#include "pool.h"
#include "session.h"

/* Ahead: what a crowd that arrives at once finds ready (20 kB of kernel memory a class). A plan: the shaper
 * lets logins wait while it builds; fewer, longer plans read the kernel less often (2,048 logins at 64 a
 * time: 720 a second with 32 and 2, 1,400 with these). */
#define BLOCKS_AHEAD 128u
#define BLOCKS_LOW 64u /* fewer free ones than this: more, up to BLOCKS_AHEAD */
#define BLOCKS_A_PLAN 4u

enum block_asked { BLOCK_UNASKED, BLOCK_ASKED, BLOCK_LEFT_OUT };

struct blocks {
	struct guest_blocks map;
	bool ready[PLAN_GUEST_BLOCKS];
	uint8_t asked[PLAN_GUEST_BLOCKS]; /* enum block_asked: of the last plan */
	unsigned n[PLAN_SLOTS];		  /* of each slot */
};

/* The blocks that the kernel has, seen as classes below a zone's slot: wanted, not ready before the first
 * APPLY. */
void blocks_adopt(struct blocks *blocks, const struct plan *actual, const struct policy *policy,
		  const struct slots *slots);
/* The slot that a guest class belongs to, or -ENOENT. */
int blocks_slot(const struct blocks *blocks, uint16_t minor);
/* Wants more where the zone runs low with `users` sessions. True: something to plan. */
bool blocks_grow(struct blocks *blocks, const struct policy_zone *zone, unsigned slot, size_t users);

/* What the planner is to see: without the blocks of slots that are no zone's any more. Marks what it asked
 * for. */
struct guest_blocks blocks_ask(struct blocks *blocks, const struct policy *policy, const struct slots *slots);
/* The kernel now has what was asked for: fills the pool with its free classes, frees the rest. True: new
 * classes. */
bool blocks_settle(struct blocks *blocks, struct pool *pool, const struct sessions *sessions, uint64_t count);
/* The class's block is in the kernel: a class that becomes free goes to the pool. */
bool blocks_ready(const struct blocks *blocks, uint16_t minor);
/* How many classes the slot has, in the kernel or on their way there. */
size_t blocks_classes(const struct blocks *blocks, unsigned slot);
