/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Flowtables that others have put on our devices: what an offloaded flow sends leaves its class unseen and unbilled, and passes a gate
 * that has closed (design, decision 11). They are not ours to remove; people must hear of it.
 */
#include <stdbool.h>
#include <stddef.h>
#include "netlink.h"

typedef bool (*flowtables_ours_fn)(const void *data, const char *device);
/* All there are: "" in `text` where none has a device of ours, else a sentence of them. A kernel without flowtables has none. 0 or -errno. */
int flowtables_find(struct netlink *netlink, flowtables_ours_fn ours, const void *data, char *text, size_t size);
/* One message of the answer: the sentence, where one of its devices is ours. */
bool flowtables_parse(const struct nlmsghdr *message, flowtables_ours_fn ours, const void *data, char *text, size_t size);
