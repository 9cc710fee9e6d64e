/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a login takes a class that the kernel already has, at once. A list for each slot runs through one
 * array indexed by class, so that nothing is allocated and nothing is searched. It must never hand a class
 * out twice.
 */
#include "pool.h"
#include <errno.h>
#include <stdlib.h>
#include "../lib/plan.h"

#define POOL_CLASSES (PLAN_GUEST_BLOCKS * PLAN_GUEST_BLOCK)

struct pool_class {
	uint64_t count;
	uint16_t next; /* 0: the last one; minors below PLAN_FIRST_GUEST are no guests' */
};
struct pool_list {
	uint16_t head, tail;
	uint16_t n;
};
struct pool {
	struct pool_class classes[POOL_CLASSES];
	struct pool_list lists[PLAN_SLOTS];
};

static struct pool_class *class_of(struct pool *pool, uint16_t minor)
{
	return &pool->classes[minor - PLAN_FIRST_GUEST];
}

struct pool *pool_new(void)
{
	return calloc(1, sizeof(struct pool));
}

struct pool *pool_free(struct pool *pool)
{
	free(pool);
	return NULL;
}

void pool_put(struct pool *pool, unsigned slot, uint16_t minor, uint64_t count)
{
	struct pool_list *list = &pool->lists[slot];

	*class_of(pool, minor) = (struct pool_class){.count = count};
	if (list->n++)
		class_of(pool, list->tail)->next = minor;
	else
		list->head = minor;
	list->tail = minor;
}

int pool_take(struct pool *pool, unsigned slot, uint64_t answered, uint16_t *minor)
{
	struct pool_list *list = &pool->lists[slot];

	if (!list->n)
		return -ENOENT;
	if (class_of(pool, list->head)->count >= answered)
		return -EAGAIN;
	*minor = list->head;
	list->head = class_of(pool, list->head)->next;
	list->n--;
	return 0;
}

size_t pool_count(const struct pool *pool, unsigned slot)
{
	return pool->lists[slot].n;
}

void pool_clear(struct pool *pool, unsigned slot)
{
	pool->lists[slot] = (struct pool_list){0};
}
