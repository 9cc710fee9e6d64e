/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Guest classes that nobody uses, for each zone (by its slot), in the order in which they became free. The
 * one that was released longest ago is taken first, and none before its counters have been read once after
 * its release: a guest never inherits bytes of another. All operations but pool_clear() are O(1).
 */
#include <stddef.h>
#include <stdint.h>

struct pool;

struct pool *pool_new(void);
struct pool *pool_free(struct pool *pool);

/* `count` is the number of the last COUNT that was asked for when the class became free. */
void pool_put(struct pool *pool, unsigned slot, uint16_t minor, uint64_t count);
/* 0; -ENOENT: none is free; -EAGAIN: the oldest waits for a COUNT later than `answered`. */
int pool_take(struct pool *pool, unsigned slot, uint64_t answered, uint16_t *minor);
size_t pool_count(const struct pool *pool, unsigned slot);
void pool_clear(struct pool *pool, unsigned slot); /* the zone's classes are no more */
