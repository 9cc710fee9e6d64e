/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Rows of counters in the making: what each class delivered, dropped and holds, as one dump a tree brings it, and
 * for `own`, download, the nft counter of what reached the gateway itself. HTB keeps neither drops nor backlog for
 * an inner class: it gets the sums of what is below it.
 */
#include "kernel.h"
#include "link.h"
#include "../lib/message.h"

struct counters_sum {
	uint64_t dropped, backlog;
};
struct counters {
	struct message_counter *rows;
	size_t n, size;
	struct counters_sum *sums; /* of inner classes, by tree and minor */
};
void counters_clear(struct counters *counters);
int counters_begin(struct counters *counters); /* with nothing. 0 or -ENOMEM */
/* One class; `remains` knows its leaf's drops. 0 or -ENOMEM. */
int counters_add(struct counters *counters, const struct remains *remains, const struct tc_class_seen *class);
/* After the last one: the inner classes' sums, and the gateway's own row. 0 or -errno. */
int counters_end(struct counters *counters, struct kernel *kernel, const struct links *links);

/* -ENOENT: there is no table of ours. */
int counters_own(struct kernel *kernel, const struct links *links, struct message_counter *out);
