/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the kernel holds, as a plan, and beside it what a plan has no rows for: the devices and their root
 * qdiscs.
 */
#include "kernel.h"
#include "link.h"

struct actual {
	struct links links;
	struct tc_qdiscs qdiscs;
	struct plan plan; /* sorted */
};
void actual_clear(struct actual *actual);
/* `want` (may be NULL) tells which addresses count as ours even without our mark; `links` (may be NULL),
 * where the caller has just read them, are taken over. 0 or -errno. */
int actual_read(struct kernel *kernel, const char *uplink, const struct plan *want, struct links *links,
		struct actual *out);
/* Is there a chain of ours that every forwarded packet passes? */
bool actual_is_gated(const struct plan *have);
/* The device that carries a tree, or NULL. */
const struct link *actual_tree_device(const struct links *links, const char *uplink, enum plan_tree tree);
