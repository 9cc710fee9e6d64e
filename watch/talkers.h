/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Who talks: bytes of sampled packets by owner and inner address, in a table that cannot grow. When it is
 * full the one that was seen least makes room, and its successor inherits its rank (Metwally's space-saving),
 * so that whoever really talks stays, whatever addresses a stranger invents. Pure.
 */
#include <stddef.h>
#include <stdint.h>
#include "../lib/addr.h"

#define TALKERS_MAX 4096u

struct talker {
	int owner;
	struct addr address;
	uint64_t down_bytes, up_bytes;
	uint32_t packets; /* seen of it */
};

struct talkers;

struct talkers *talkers_new(void); /* NULL: no memory */
struct talkers *talkers_free(struct talkers *talkers);
void talkers_clear(struct talkers *talkers);
void talkers_seen(struct talkers *talkers, int owner, const struct addr *address, int leaves, uint32_t bytes);
/* Largest first; those of one owner, or of all (negative). At most `max`; returns how many. */
size_t talkers_top(const struct talkers *talkers, int owner, struct talker *out, size_t max);
