/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A list and a table. It must never hold a final twice: whoever deletes a class tells of it by one way alone,
 * and what was sent is forgotten.
 */
#include "tally.h"
#include "../lib/log.h"
#include <errno.h>
#include <string.h>

#define MINORS 65536u

struct tally {
	struct message_counter *finals;
	size_t n, size;
	bool full;		     /* said in the log */
	uint64_t (*dropped)[MINORS]; /* a tree each; pages that nobody uses are not there */
};

int tally_new(struct tally **out)
{
	_cleanup_(tally_freep) struct tally *tally = calloc(1, sizeof(*tally));

	if (tally)
		tally->dropped = calloc(PLAN_TREES, sizeof(*tally->dropped));
	if (!tally || !tally->dropped)
		return -ENOMEM;
	*out = tally;
	tally = NULL;
	return 0;
}

struct tally *tally_free(struct tally *tally)
{
	if (tally) {
		free(tally->finals);
		free(tally->dropped);
	}
	free(tally);
	return NULL;
}

bool tally_is_inner(uint16_t minor)
{
	return minor == PLAN_ROOT ||
	       (minor >= PLAN_FIRST_INNER && minor < PLAN_FIRST_SERVICE && minor % 2 == 0);
}

void tally_leaf(struct tally *tally, enum plan_tree tree, uint16_t minor, uint64_t dropped_packets)
{
	tally->dropped[tree][minor] = dropped_packets;
}

uint64_t tally_dropped(const struct tally *tally, enum plan_tree tree, uint16_t minor)
{
	return tally->dropped[tree][minor];
}

/* ---- finals ---- */

static bool has_room(struct tally *tally)
{
	size_t size = MIN(MAX(tally->size * 2, (size_t)256), (size_t)TALLY_FINALS_MAX);
	struct message_counter *rows;

	if (tally->n < tally->size)
		return true;
	rows = tally->n < size ? reallocarray(tally->finals, size, sizeof(*rows)) : NULL;
	if (!rows)
		return false;
	tally->finals = rows;
	tally->size = size;
	return true;
}

void tally_final(struct tally *tally, const struct message_counter *row)
{
	if (has_room(tally)) {
		tally->finals[tally->n] = *row;
		tally->finals[tally->n++].final = 1;
		return;
	}
	if (!tally->full)
		log_error(
		    "last figures of deleted classes are lost: nobody has asked for the %zu before them",
		    tally->n);
	tally->full = true;
}

static bool is_own_download(const struct plan_class *class)
{
	return class->tree == PLAN_DOWN && class->minor == PLAN_OWN;
}

static void final_of(struct tally *tally, const struct tc_class_seen *class, uint64_t dropped)
{
	const struct message_counter row = {
	    .tree = class->class.tree,
	    .minor = class->class.minor,
	    .delivered_bytes = class->delivered_bytes,
	    .delivered_packets = class->delivered_packets,
	    .dropped_packets = dropped,
	};

	if (!is_own_download(&class->class)) /* an nft counter stands for it, and goes on */
		tally_final(tally, &row);
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

void tally_gone(struct tally *tally, const struct tc_class_seen *class)
{
	uint64_t *dropped = tally->dropped[class->class.tree];
	uint64_t *mine = &dropped[class->class.minor];
	const uint64_t drops = MAX(class->dropped_packets, *mine);

	final_of(tally, class, drops);
	*mine = 0;
	/* A class that had leaves has no drops of its own, and theirs are above already. */
	if (!tally_is_inner(class->class.minor))
		leave(dropped, class->class.parent, drops);
}

void tally_tree_gone(struct tally *tally, const struct tc_class_seen *classes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!tally_is_inner(classes[i].class.minor))
			tally_gone(tally, &classes[i]);
	for (size_t i = 0; i < n; i++)
		if (tally_is_inner(classes[i].class.minor))
			tally_gone(tally, &classes[i]);
	if (n > 0)
		memset(tally->dropped[classes[0].class.tree], 0, sizeof(*tally->dropped));
}

const struct message_counter *tally_finals(const struct tally *tally, size_t *n)
{
	*n = tally->n;
	return tally->finals;
}

void tally_told(struct tally *tally, size_t n)
{
	n = MIN(n, tally->n);
	if (n == 0)
		return;
	tally->n -= n;
	memmove(tally->finals, tally->finals + n, tally->n * sizeof(*tally->finals));
	tally->full = false;
	if (tally->n > 0)
		return;
	free(tally->finals); /* a tree's were megabytes */
	tally->finals = NULL;
	tally->size = 0;
}
