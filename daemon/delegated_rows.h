/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Of the addresses that the kernel lists: which say a prefix that a device of an office has now. Pure.
 *
 * A prefix counts as soon as one usable address of the device lies in it, and until the last is gone:
 * temporary ones (RFC 8981) name the same prefix, deprecated ones (RFC 4862, 5.5.4) still have connections.
 * Tentative ones and those found twice are nobody's yet.
 */
#include <libmnl/libmnl.h>
#include "../policy/planner.h"

#define DELEGATED_MOST 1024u /* so many prefixes are kept: what comes after is left out */

struct delegated_rows {
	struct planner_delegated *rows;
	size_t n, room;
};

/* 1: a prefix, its device by index; 0: an address that says none; -EBADMSG: no RTM_NEWADDR. */
int delegated_parse(const struct nlmsghdr *message, unsigned *ifindex, struct prefix *out);
/* 0, -ENOMEM, -ENOSPC. */
int delegated_add(struct delegated_rows *rows, const char *device, const struct prefix *prefix);
/* Keeps what the policy asks for and what fits beside it: devices of offices with `delegated`, each prefix
 * once, none that overlaps another's or what the configuration names. Sorted. How many did not fit. */
size_t delegated_judge(struct delegated_rows *rows, const struct policy *policy);
bool delegated_equal(const struct delegated_rows *a, const struct delegated_rows *b);
void delegated_clear(struct delegated_rows *rows);
