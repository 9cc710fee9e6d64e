/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What others did to what is ours, for the log: a line each in the words of tc and nft, a few of a burst and the number of the rest.
 * Who it was no event tells; what it was is enough to find the script.
 */
#include "netlink.h"

struct foreign {
	char *lines[8];
	size_t n;
	unsigned more;
};
void foreign_route(struct foreign *foreign, const struct nlmsghdr *message);
void foreign_nft(struct foreign *foreign, const struct nlmsghdr *message);
void foreign_say(struct foreign *foreign); /* to the log; begins anew */
void foreign_clear(struct foreign *foreign);
