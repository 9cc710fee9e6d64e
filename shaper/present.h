/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The part of a plan that can be now: rows of devices that are there, in the form in which the kernel keeps
 * them.
 */
#include "kernel.h"
#include "link.h"

/* Fills *out (unsorted rows stay in order). Warns when the set of absent devices is not that of last time;
 * takes the splitter's MTU from the uplink. 0 or -ENOMEM. */
int present_plan(struct kernel *kernel, const struct links *links, const struct plan *plan, struct plan *out);
