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
	struct plan want; /* what of the plan can be: its devices are there */
	struct actual actual;
	struct plan_changes changes;
	struct apply_result *result;
};

/* Keeps the first text; returns `r`. */
int apply_fail(struct work *work, int r, const char *what);
int apply_links(struct work *work);	/* the IFB, zones up, their addresses */
int apply_trees(struct work *work);	/* roots, classes new and changed, leaves */
int apply_leftovers(struct work *work); /* redirection; then classes, addresses and a tree no longer wanted */
/* Appends what redirection lacks; an empty batch afterwards: it holds. */
int apply_batch_redirects(struct work *work, struct netlink_batch *batch);
