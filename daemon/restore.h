/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * At the start of the daemon: the ledger's live sessions beside what the kernel holds. Those that the kernel
 * has are joined with their rows. Where the kernel has forgotten everything (a reboot), sessions whose time
 * is not over, in zones that have been open all the while, are put back, once there are classes for them. All
 * other rows are over.
 */
#include "../lib/plan.h"

struct daemon;
struct restore;

int restore_new(struct daemon *daemon, struct restore **out);
struct restore *restore_free(struct restore *restore);

/* The shaper has said for the first time what the kernel holds. */
void restore_begin(struct restore *restore, const struct plan *actual);
/* The kernel holds a plan: there may be classes. */
void restore_settled(struct restore *restore);
