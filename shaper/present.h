/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The part of a plan that can be now: rows of devices that are there, in the form in which the kernel keeps
 * them.
 */
#include "kernel.h"
#include "link.h"

/* Fills *out (unsorted rows stay in order). Warns when the set of absent devices is not that of last time;
 * takes the splitter's MTU from the uplink; says in out->download where the download tree belongs, and in
 * *placement (cleared by the caller) why. 0, -EINVAL (a slot that is an office's and a service's) or -ENOMEM.
 */
int present_plan(struct kernel *kernel, const struct links *links, const struct plan *plan, struct plan *out,
		 struct placement *placement);
