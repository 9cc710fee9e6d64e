/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Netlink messages as the lines of tc, ip and nft that say the same: what a plan would change, for whoever reviews it, and what
 * somebody else changed, for the log. A line leaves out what has no bearing on who gets what. Reads a message, never the kernel
 * but for the names of devices.
 */
#include <stdio.h>
#include "link.h"

struct words {
	FILE *out;
	const struct links *links; /* tells the devices' names; NULL: the kernel does */
	const struct plan *have;   /* tells a changed class from a new one; NULL: all are changed */
	char chain[64];		   /* whose rules are counted into one line */
	unsigned rules;
};
void words_route(struct words *words, const struct nlmsghdr *message);
void words_nft(struct words *words, const struct nlmsghdr *message);
/* The line of the last rules. */
void words_end(struct words *words);
