/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a /64 has more addresses than any memory. Rows are found by uthash and never more than TALKERS_MAX; to
 * find the least costs a walk over them, and so few packets are sampled that this is nothing.
 */
#include "talkers.h"
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

struct row {
	struct {
		int owner;
		struct addr address;
		uint8_t zero[3];
	} key;
	struct talker talker;
	uint32_t rank;
	UT_hash_handle hh;
};

struct talkers {
	struct row *by_key;
	struct row rows[TALKERS_MAX];
	size_t n;
};

struct talkers *talkers_new(void)
{
	return calloc(1, sizeof(struct talkers));
}

struct talkers *talkers_free(struct talkers *talkers)
{
	if (talkers)
		HASH_CLEAR(hh, talkers->by_key);
	free(talkers);
	return NULL;
}

void talkers_clear(struct talkers *talkers)
{
	HASH_CLEAR(hh, talkers->by_key);
	talkers->n = 0;
}

static struct row *make_room(struct talkers *talkers, uint32_t *rank)
{
	struct row *least = talkers->rows;

	*rank = 0;
	if (talkers->n < TALKERS_MAX)
		return &talkers->rows[talkers->n++];
	for (size_t i = 1; i < TALKERS_MAX && least->rank > 1; i++)
		if (talkers->rows[i].rank < least->rank)
			least = &talkers->rows[i];
	HASH_DEL(talkers->by_key, least);
	*rank = least->rank;
	return least;
}

void talkers_seen(struct talkers *talkers, int owner, const struct addr *address, int leaves, uint32_t bytes)
{
	struct row wanted = {.key = {.owner = owner, .address = *address}}, *row;
	uint32_t rank;

	HASH_FIND(hh, talkers->by_key, &wanted.key, sizeof(wanted.key), row);
	if (!row) {
		row = make_room(talkers, &rank);
		*row = wanted;
		row->rank = rank;
		row->talker = (struct talker){.owner = owner, .address = *address};
		HASH_ADD(hh, talkers->by_key, key, sizeof(row->key), row);
	}
	row->rank++;
	row->talker.packets++;
	*(leaves ? &row->talker.down_bytes : &row->talker.up_bytes) += bytes;
}

static int compare(const void *a, const void *b)
{
	const struct talker *x = a, *y = b;
	const uint64_t left = x->down_bytes + x->up_bytes, right = y->down_bytes + y->up_bytes;

	return left < right ? 1 : left > right ? -1 : memcmp(&x->address, &y->address, sizeof(x->address));
}

size_t talkers_top(const struct talkers *talkers, int owner, struct talker *out, size_t max)
{
	struct talker *all = malloc(TALKERS_MAX * sizeof(*all));
	size_t n = 0;

	for (size_t i = 0; all && i < talkers->n; i++)
		if (owner < 0 || talkers->rows[i].talker.owner == owner)
			all[n++] = talkers->rows[i].talker;
	if (n)
		qsort(all, n, sizeof(*all), compare);
	if (n > max)
		n = max;
	if (n)
		memcpy(out, all, n * sizeof(*all));
	free(all);
	return n;
}
