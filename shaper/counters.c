/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counting is reading: nothing here resets or writes (design: counters are never reset). Bytes are those of
 * the queueing discipline, layer 2, after the queue (decision 4).
 */
#include "counters.h"
#include "actual.h"
#include <errno.h>
#include <string.h>

#define ETHERNET_BYTES 14 /* nft counts from the IP header on; PPP has none, and its classes count none */

struct counting {
	struct message_counter *rows;
	size_t n, size;
};

static void counting_clear(struct counting *counting)
{
	free(counting->rows);
}

static struct message_counter *new_row(struct counting *counting)
{
	if (counting->n == counting->size) {
		size_t size = MAX(counting->size * 2, 512);
		struct message_counter *rows = reallocarray(counting->rows, size, sizeof(*rows));

		if (!rows)
			return NULL;
		counting->rows = rows;
		counting->size = size;
	}
	return memset(&counting->rows[counting->n++], 0, sizeof(struct message_counter));
}

static bool is_own_download(const struct plan_class *class)
{
	return class->tree == PLAN_DOWN && class->minor == PLAN_OWN;
}

static int see_class(const struct tc_class_seen *seen, void *data)
{
	struct message_counter *row;

	if (is_own_download(&seen->class))
		return 0; /* the nft counter stands for it */
	row = new_row(data);
	if (!row)
		return -ENOMEM;
	row->tree = seen->class.tree;
	row->minor = seen->class.minor;
	row->backlog_bytes = seen->backlog_bytes;
	row->delivered_bytes = seen->delivered_bytes;
	row->delivered_packets = seen->delivered_packets;
	row->dropped_packets = seen->dropped_packets;
	return 0;
}

static int count_tree(struct kernel *kernel, const struct actual *actual, enum plan_tree tree,
		      struct counting *counting)
{
	const struct link *link = actual_tree_device(&actual->links, &actual->plan, tree);
	const size_t before = counting->n;
	int r;

	if (!link || !actual_has_tree(&actual->qdiscs, link, tree))
		return 0;
	do {
		counting->n = before;
		r = tc_read_classes(kernel->route, link->index, tree, &actual->qdiscs, see_class, counting);
	} while (r == -EINTR);
	return r;
}

static int count_own(struct kernel *kernel, const struct actual *actual, struct counting *counting)
{
	const struct link *uplink = links_find(&actual->links, actual->plan.uplink);
	const unsigned header = uplink && !link_has_ethernet(uplink) ? 0 : ETHERNET_BYTES;
	struct message_counter *row;
	uint64_t bytes, packets;
	int r = nft_own_down(kernel->nft, &bytes, &packets);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	row = new_row(counting);
	if (!row)
		return -ENOMEM;
	row->tree = PLAN_DOWN;
	row->minor = PLAN_OWN;
	row->delivered_bytes = bytes + packets * header;
	row->delivered_packets = packets;
	return 0;
}

int counters_read(struct kernel *kernel, const char *uplink, struct message_counter **rows, size_t *n)
{
	_cleanup_(actual_clear) struct actual actual = {};
	_cleanup_(counting_clear) struct counting counting = {};
	int r = links_read(kernel->route, &actual.links);

	if (r == 0)
		r = tc_read_qdiscs(kernel->route, &kernel->leaves, &actual.qdiscs);
	if (r == 0) {
		snprintf(actual.plan.uplink, sizeof(actual.plan.uplink), "%s", uplink);
		actual_find_download(&actual.links, &actual.qdiscs, kernel->placement.device,
				     actual.plan.download);
	}
	for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES && r == 0; tree++)
		r = count_tree(kernel, &actual, tree, &counting);
	if (r == 0)
		r = count_own(kernel, &actual, &counting);
	if (r < 0)
		return r;
	*rows = counting.rows;
	*n = counting.n;
	counting = (struct counting){};
	return 0;
}
