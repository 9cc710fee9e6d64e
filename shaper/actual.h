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
/* `want` (may be NULL) tells where the download tree is to be read, and which addresses count as ours even
 * without our mark; without it the tree is read where it is. `links` (may be NULL), where the caller has just
 * read them, are taken over. 0 or -errno. */
int actual_read(struct kernel *kernel, const char *uplink, const struct plan *want, struct links *links,
		struct actual *out);
/* Is there a chain of ours that every forwarded packet passes? */
bool actual_is_gated(const struct plan *have);
/* The device that carries a tree of this plan, or NULL. */
const struct link *actual_tree_device(const struct links *links, const struct plan *plan,
				      enum plan_tree tree);
/* Does that device carry more than what is in our classes? */
bool actual_is_direct(const char *device, enum plan_tree tree);
/* Is a tree of ours, complete or not, at that device's root? */
bool actual_has_tree(const struct tc_qdiscs *qdiscs, const struct link *link, enum plan_tree tree);
/* Where the download tree is: `likely` (may be empty) if it is there, else the first device found. "":
 * nowhere. */
void actual_find_download(const struct links *links, const struct tc_qdiscs *qdiscs, const char *likely,
			  char out[static IFNAMSIZ]);
