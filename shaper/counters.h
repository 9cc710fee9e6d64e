/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What each class delivered, dropped and holds: the kernel's own monotonic counters, one dump of qdiscs and
 * one of classes a tree, and for `own`, download, the nft counter of what reached the gateway itself.
 */
#include "kernel.h"
#include "../lib/message.h"

/* malloc'd rows; 0 or -errno. A tree that is not there has no rows. */
int counters_read(struct kernel *kernel, const char *uplink, struct message_counter **rows, size_t *n);
