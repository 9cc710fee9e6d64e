/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Whose packet it is: the offices' and zones' addresses, and the devices where they are looked at (taps.h).
 * Made of the settings, and anew when devices change.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "settings.h"

#define OWNERS_NOBODY (-1)

struct owners;

int owners_new(const struct settings *settings, struct owners **out); /* 0, -ENOMEM */
struct owners *owners_free(struct owners *owners);
/* The owner (0..n-1: offices in the order of the settings, then zones) of an address, or OWNERS_NOBODY. */
int owners_find(const struct owners *owners, const struct addr *address);
bool owners_has_tap(const struct owners *owners, int owner, unsigned ifindex);
/* Whose a packet is that comes in from (or `leaves` to) the inside there: its inner end is his, its outer end
 * nobody's. */
int owners_of_packet(const struct owners *owners, unsigned ifindex, bool leaves, const struct addr *from,
		     const struct addr *to);
/* All devices at which somebody's packets are looked at, each once. */
const unsigned *owners_taps(const struct owners *owners, size_t *n);
