/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counting is reading: nothing here resets or writes (design: counters are never reset). Bytes are those of
 * the queueing discipline, layer 2, after the queue (decision 4).
 */
#include "counters.h"
#include <errno.h>
#include <string.h>

#define ETHERNET_BYTES 14 /* nft counts from the IP header on; PPP has none, and its classes count none */
#define SUMS ((size_t)PLAN_FIRST_SERVICE) /* all inner classes' minors are below */

void counters_clear(struct counters *counters)
{
	free(counters->rows);
	free(counters->sums);
	*counters = (struct counters){};
}

int counters_begin(struct counters *counters)
{
	counters_clear(counters);
	counters->sums = calloc(PLAN_TREES * SUMS, sizeof(*counters->sums));
	return counters->sums ? 0 : -ENOMEM;
}

static struct message_counter *new_row(struct counters *counters)
{
	if (counters->n == counters->size) {
		size_t size = MAX(counters->size * 2, 512);
		struct message_counter *rows = reallocarray(counters->rows, size, sizeof(*rows));

		if (!rows)
			return NULL;
		counters->rows = rows;
		counters->size = size;
	}
	return memset(&counters->rows[counters->n++], 0, sizeof(struct message_counter));
}

static struct counters_sum *sum_of(const struct counters *counters, uint8_t tree, uint16_t minor)
{
	return &counters->sums[tree * SUMS + minor];
}

static void add_up(const struct counters *counters, uint8_t tree, uint16_t minor, uint64_t dropped,
		   uint64_t backlog)
{
	struct counters_sum *sum;

	if (!remains_is_inner(minor))
		return;
	sum = sum_of(counters, tree, minor);
	sum->dropped += dropped;
	sum->backlog += backlog;
}

/* To its parent, and to the root above it: there are no more than these. */
static void add_above(const struct counters *counters, const struct plan_class *class, uint64_t dropped,
		      uint64_t backlog)
{
	add_up(counters, class->tree, class->parent, dropped, backlog);
	if (class->parent != PLAN_ROOT)
		add_up(counters, class->tree, PLAN_ROOT, dropped, backlog);
}

int counters_add(struct counters *counters, const struct remains *remains, const struct tc_class_seen *seen)
{
	const struct plan_class *class = &seen->class;
	const uint64_t kept = remains_dropped(remains, class->tree, class->minor);
	const uint64_t dropped = MAX(seen->dropped_packets, kept);
	struct message_counter *row;

	if (remains_is_inner(class->minor))
		add_up(counters, class->tree, class->minor, dropped, 0); /* those of leaves that are gone */
	else
		add_above(counters, class, dropped, seen->backlog_bytes);
	if (class->tree == PLAN_DOWN && class->minor == PLAN_OWN)
		return 0; /* the nft counter stands for it */
	row = new_row(counters);
	if (!row)
		return -ENOMEM;
	row->tree = class->tree;
	row->minor = class->minor;
	row->backlog_bytes = seen->backlog_bytes;
	row->delivered_bytes = seen->delivered_bytes;
	row->delivered_packets = seen->delivered_packets;
	row->dropped_packets = dropped;
	return 0;
}

static void put_sums(struct counters *counters)
{
	for (size_t i = 0; i < counters->n; i++) {
		struct message_counter *row = &counters->rows[i];
		const struct counters_sum *sum;

		if (!remains_is_inner(row->minor))
			continue;
		sum = sum_of(counters, row->tree, row->minor);
		row->dropped_packets = sum->dropped;
		row->backlog_bytes = (uint32_t)MIN(sum->backlog, (uint64_t)UINT32_MAX);
	}
}

int counters_own(struct kernel *kernel, const struct links *links, struct message_counter *out)
{
	const struct link *uplink = links_find(links, kernel->uplink);
	const unsigned header = uplink && !link_has_ethernet(uplink) ? 0 : ETHERNET_BYTES;
	uint64_t bytes, packets;
	int r = nft_own_down(kernel->nft, &bytes, &packets);

	if (r < 0)
		return r;
	*out = (struct message_counter){.tree = PLAN_DOWN,
					.minor = PLAN_OWN,
					.delivered_bytes = bytes + packets * header,
					.delivered_packets = packets};
	return 0;
}

int counters_end(struct counters *counters, struct kernel *kernel, const struct links *links)
{
	struct message_counter own, *row;
	int r = counters_own(kernel, links, &own);

	put_sums(counters);
	if (r == -ENOENT)
		return 0;
	row = r == 0 ? new_row(counters) : NULL;
	if (!row)
		return r < 0 ? r : -ENOMEM;
	*row = own;
	return 0;
}
