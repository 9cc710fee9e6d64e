/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A list and a table. It must never hold a final twice: whoever deletes a class tells of it by one way alone,
 * and what was sent is forgotten.
 */
#include "remains.h"
#include "../lib/log.h"
#include <errno.h>
#include <string.h>

#define MINORS 65536u

struct remains {
	struct message_counter *finals;
	size_t n, size;
	bool full;		     /* said in the log */
	uint64_t (*dropped)[MINORS]; /* a tree each; pages that nobody uses are not there */
};

int remains_new(struct remains **out)
{
	_cleanup_(remains_freep) struct remains *remains = calloc(1, sizeof(*remains));

	if (remains)
		remains->dropped = calloc(PLAN_TREES, sizeof(*remains->dropped));
	if (!remains || !remains->dropped)
		return -ENOMEM;
	*out = remains;
	remains = NULL;
	return 0;
}

struct remains *remains_free(struct remains *remains)
{
	if (remains) {
		free(remains->finals);
		free(remains->dropped);
	}
	free(remains);
	return NULL;
}

bool remains_is_inner(uint16_t minor)
{
	return minor == PLAN_ROOT ||
	       (minor >= PLAN_FIRST_INNER && minor < PLAN_FIRST_SERVICE && minor % 2 == 0);
}

void remains_leaf(struct remains *remains, enum plan_tree tree, uint16_t minor, uint64_t dropped_packets)
{
	remains->dropped[tree][minor] = dropped_packets;
}

uint64_t remains_dropped(const struct remains *remains, enum plan_tree tree, uint16_t minor)
{
	return remains->dropped[tree][minor];
}

/* ---- finals ---- */

static bool has_room(struct remains *remains)
{
	size_t size = MIN(MAX(remains->size * 2, (size_t)256), (size_t)REMAINS_FINALS_MAX);
	struct message_counter *rows;

	if (remains->n < remains->size)
		return true;
	rows = remains->n < size ? reallocarray(remains->finals, size, sizeof(*rows)) : NULL;
	if (!rows)
		return false;
	remains->finals = rows;
	remains->size = size;
	return true;
}

void remains_final(struct remains *remains, const struct message_counter *row)
{
	if (has_room(remains)) {
		remains->finals[remains->n] = *row;
		remains->finals[remains->n++].final = 1;
		return;
	}
	if (!remains->full)
		log_error(
		    "last figures of deleted classes are lost: nobody has asked for the %zu before them",
		    remains->n);
	remains->full = true;
}

static bool is_own_download(const struct plan_class *class)
{
	return class->tree == PLAN_DOWN && class->minor == PLAN_OWN;
}

static void final_of(struct remains *remains, const struct tc_class_seen *class, uint64_t dropped)
{
	const struct message_counter row = {
	    .tree = class->class.tree,
	    .minor = class->class.minor,
	    .delivered_bytes = class->delivered_bytes,
	    .delivered_packets = class->delivered_packets,
	    .dropped_packets = dropped,
	};

	if (!is_own_download(&class->class)) /* an nft counter stands for it, and goes on */
		remains_final(remains, &row);
}

/* Its drops stay with those above: the inner class of an office or zone, and the root. */
static void leave(uint64_t dropped[static MINORS], uint16_t parent, uint64_t drops)
{
	if (parent == 0)
		return;
	dropped[parent] += drops;
	if (parent != PLAN_ROOT)
		dropped[PLAN_ROOT] += drops;
}

void remains_gone(struct remains *remains, const struct tc_class_seen *class)
{
	uint64_t *dropped = remains->dropped[class->class.tree];
	uint64_t *mine = &dropped[class->class.minor];
	const uint64_t drops = MAX(class->dropped_packets, *mine);

	final_of(remains, class, drops);
	*mine = 0;
	/* A class that had leaves has no drops of its own, and theirs are above already. */
	if (!remains_is_inner(class->class.minor))
		leave(dropped, class->class.parent, drops);
}

void remains_tree_gone(struct remains *remains, const struct tc_class_seen *classes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!remains_is_inner(classes[i].class.minor))
			remains_gone(remains, &classes[i]);
	for (size_t i = 0; i < n; i++)
		if (remains_is_inner(classes[i].class.minor))
			remains_gone(remains, &classes[i]);
	if (n > 0)
		memset(remains->dropped[classes[0].class.tree], 0, sizeof(*remains->dropped));
}

const struct message_counter *remains_finals(const struct remains *remains, size_t *n)
{
	*n = remains->n;
	return remains->finals;
}

void remains_told(struct remains *remains, size_t n)
{
	n = MIN(n, remains->n);
	if (n == 0)
		return;
	remains->n -= n;
	memmove(remains->finals, remains->finals + n, remains->n * sizeof(*remains->finals));
	remains->full = false;
	if (remains->n > 0)
		return;
	free(remains->finals); /* a tree's were megabytes */
	remains->finals = NULL;
	remains->size = 0;
}
