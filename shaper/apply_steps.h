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
	bool dry;		 /* nothing is written, and nothing remembered */
	const char *unwanted_up; /* going back: a device whose upload tree was not there before; else NULL */
};
void work_clear(struct work *work);
/* The kernel as it is, and what of `want` differs. `links` as in actual_read(). */
int apply_read(struct work *work, struct links *links);
/* What is wanted of what is there, then apply_read(). */
int apply_begin(struct work *work, const struct plan *plan);
/* All steps in their order; then read back: nothing may differ. */
int apply_write(struct work *work);
int apply_verify(struct work *work);

/* What of the plan that was applied before is not as it was, and is wanted still: to the log (apply_damage.c). */
void apply_say_damage(const struct work *work);

/* A root queue of somebody else's that is in the way of a tree (apply_root.c); handle 0: none. */
struct former_root {
	char device[IFNAMSIZ], kind[IFNAMSIZ];
	uint32_t handle;
	uint16_t length;
	uint8_t options[4096];
};
int former_root_read(struct kernel *kernel, const struct actual *actual, const char *device, enum plan_tree tree,
		     struct former_root *out);
int former_root_restore(struct kernel *kernel, const struct former_root *root);

/* What the kernel held before a plan was written, and the way back to it (apply_undo.c). */
struct former {
	bool known;
	struct plan plan;
	struct forwarding forwarding;
	struct leaves leaves;
	bool has_up; /* there was an upload tree of ours */
	struct former_root roots[PLAN_TREES];
};
void former_clear(struct former *former);
int former_read(struct kernel *kernel, const struct plan *tried, struct former *out);
/* After `result` tells what was refused: goes back, reads back, and adds to the text what became of it. */
void apply_say(struct apply_result *result, const char *text); /* one more half sentence */
void former_restore(struct kernel *kernel, struct former *former, const struct plan *tried, struct apply_result *result);

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
