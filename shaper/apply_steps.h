/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Inside apply*.c only: the work on one plan, and its steps that speak rtnetlink. Each step sends what
 * differs and nothing else; 0 or -errno with the result's text filled.
 */
#include "actual.h"
#include "apply.h"

struct work {
	struct kernel *kernel;
	struct plan want;	    /* what of the plan can be: its devices are there */
	struct placement placement; /* of the download tree */
	struct actual actual;
	struct plan_changes changes;
	struct apply_result *result;
};

/* Keeps the first text; returns `r`. */
int apply_fail(struct work *work, int r, const char *what);
int apply_links(struct work *work);	/* the IFB where it is needed, zones up, their addresses */
int apply_trees(struct work *work);	/* roots, classes new and changed, leaves */
int apply_leftovers(struct work *work); /* redirection; then classes, addresses and trees no longer wanted */
/* Appends what redirection lacks, and the removal of a download tree elsewhere; an empty batch afterwards:
 * downloads go where they should. */
int apply_batch_downloads(struct work *work, struct netlink_batch *batch);
/* Trees of ours that go as a whole (apply_former.c). The kernel says nothing of their classes, so these are read before:
 * right before, and after the last packet was sent to them. What cannot be read is not counted, and no reason to keep a tree. */
struct class_figures { /* sorted by minor */
	struct tc_class_seen *rows;
	size_t n, size;
};
void figures_clear(struct class_figures *figures);
void apply_begin_former(const struct work *work, struct class_figures *before); /* before the redirection changes */
int apply_batch_former(const struct work *work, struct netlink_batch *batch);
void apply_note_former(const struct work *work, const struct class_figures *before);
void apply_note_root(const struct work *work, const struct link *link, uint32_t handle); /* of whatever is in the way */
