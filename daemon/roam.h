/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A device that is known turns up with another address, or in another zone. With another IPv4 address of its
 * zone the session follows (life_address()). In another zone, where both zones have `roam`, the session moves
 * there with what is left of it. Everything else is not for this.
 */
#include "../lib/addr.h"

struct daemon;

/* From watch.c: `mac` uses `address` (family 0: not known) on `device`. Called often: answers at once where
 * nothing is to do. */
void roam_seen(struct daemon *daemon, const char *device, const struct mac *mac, const struct addr *address);
