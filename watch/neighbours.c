/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: the gateway's neighbour table believes the last who speaks. This one remembers who spoke before. A
 * stranger who invents addresses may push others out of it, and must not make it grow.
 */
#include "neighbours.h"
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

/* Two devices of one MAC answer in turn: so many returns to the address before, each within so long. */
#define TURNS 3u
#define TURN_USEC (30 * INT64_C(1000000))
#define NEVER INT64_MIN

/* One shape for all tables: by address (holders, leases), and by MAC. */
struct row {
	union {
		struct addr address;
		struct mac mac;
	} key;
	union {
		struct { /* by address */
			struct mac holder;
			uint32_t lease_seconds;
		};
		struct { /* by MAC: IPv4 alone */
			struct addr last, before;
			int64_t changed_usec;
			unsigned turns;
		} station;
	};
	int64_t seen_usec, told_usec, warned_usec;
	UT_hash_handle hh; /* in order of being seen */
};

struct neighbours {
	struct row *addresses, *stations, *leases;
};

struct neighbours *neighbours_new(void)
{
	return calloc(1, sizeof(struct neighbours));
}

static void rows_free(struct row **rows)
{
	struct row *row, *next;

	HASH_ITER(hh, *rows, row, next)
	{
		HASH_DEL(*rows, row);
		free(row);
	}
}

struct neighbours *neighbours_free(struct neighbours *neighbours)
{
	if (!neighbours)
		return NULL;
	rows_free(&neighbours->addresses);
	rows_free(&neighbours->stations);
	rows_free(&neighbours->leases);
	free(neighbours);
	return NULL;
}

static void row_clear(struct row *row)
{
	*row = (struct row){.seen_usec = NEVER, .told_usec = NEVER, .warned_usec = NEVER};
}

/* The row of that key, last in order from now on; a new one was never seen. NULL: no memory. */
static struct row *row_of(struct row **rows, const void *key, size_t size)
{
	struct row *row;

	HASH_FIND(hh, *rows, key, size, row);
	if (row) {
		HASH_DEL(*rows, row);
	} else if (HASH_COUNT(*rows) >= NEIGHBOURS_MAX) {
		row = *rows; /* the first: seen longest ago */
		HASH_DEL(*rows, row);
		row_clear(row);
	} else {
		row = malloc(sizeof(*row));
		if (!row)
			return NULL;
		row_clear(row);
	}
	memcpy(&row->key, key, size);
	HASH_ADD(hh, *rows, key, size, row);
	return row;
}

static bool is_due(int64_t *last_usec, int64_t now_usec)
{
	if (*last_usec != NEVER && now_usec - *last_usec < NEIGHBOURS_REPORT_USEC)
		return false;
	*last_usec = now_usec;
	return true;
}

static bool same_mac(const struct mac *a, const struct mac *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* ---- one MAC, two addresses in turn ---- */

/* True: it came back to the address before, again and again. */
static bool takes_turns(struct row *row, const struct addr *address, int64_t now_usec)
{
	if (addr_equal(&row->station.last, address))
		return false;
	if (addr_equal(&row->station.before, address) && now_usec - row->station.changed_usec < TURN_USEC)
		row->station.turns++;
	else
		row->station.turns = 0;
	row->station.before = row->station.last;
	row->station.last = *address;
	row->station.changed_usec = now_usec;
	return row->station.turns >= TURNS;
}

static bool is_twice(struct neighbours *neighbours, const struct addr *address, const struct mac *mac,
		     int64_t now_usec)
{
	struct row *row;

	if (address->family != AF_INET) /* of IPv6 everybody has several */
		return false;
	row = row_of(&neighbours->stations, mac, sizeof(*mac));
	if (!row)
		return false;
	return takes_turns(row, address, now_usec) && is_due(&row->warned_usec, now_usec);
}

/* ---- one address, two MACs ---- */

static bool is_anothers(const struct row *row, const struct mac *mac, int64_t now_usec)
{
	return row->seen_usec != NEVER && !same_mac(&row->holder, mac) &&
	       now_usec - row->seen_usec < NEIGHBOURS_HELD_USEC;
}

static enum neighbours_outcome held(struct row *row, const struct mac *mac, int64_t now_usec)
{
	if (!same_mac(&row->holder, mac))
		row->told_usec = NEVER;
	row->holder = *mac;
	row->seen_usec = now_usec;
	return is_due(&row->told_usec, now_usec) ? NEIGHBOURS_NEW : NEIGHBOURS_OLD;
}

/* The rows' order is that of being seen, and a claim that is not believed is not a sight of the holder: but
 * who claims the same again and again keeps the row alive, which is what we want to know. */
enum neighbours_outcome neighbours_seen(struct neighbours *neighbours, const struct addr *address,
					const struct mac *mac, enum neighbours_how how, int64_t now_usec,
					struct mac *holder)
{
	struct row *row = row_of(&neighbours->addresses, address, sizeof(*address));
	enum neighbours_outcome outcome;

	if (!row)
		return NEIGHBOURS_OLD;
	if (how != NEIGHBOURS_LEASE && is_anothers(row, mac, now_usec)) {
		*holder = row->holder;
		return is_due(&row->warned_usec, now_usec) ? NEIGHBOURS_CONFLICT : NEIGHBOURS_OLD;
	}
	if (how == NEIGHBOURS_FORGED)
		return NEIGHBOURS_OLD;
	outcome = held(row, mac, now_usec);
	if (how == NEIGHBOURS_CLAIM && is_twice(neighbours, address, mac, now_usec))
		return NEIGHBOURS_TWICE;
	return how == NEIGHBOURS_LEASE ? NEIGHBOURS_NEW : outcome;
}

/* ---- leases ---- */

/* A table of their own: claims without end do not push them out. */
void neighbours_leased(struct neighbours *neighbours, const struct addr *address, const struct mac *mac,
		       uint32_t lease_seconds)
{
	struct row *row = row_of(&neighbours->leases, address, sizeof(*address));

	if (!row)
		return;
	row->holder = *mac;
	row->lease_seconds = lease_seconds;
}

uint32_t neighbours_confirmed(struct neighbours *neighbours, const struct addr *address,
			      const struct mac *mac)
{
	struct row *row;
	uint32_t lease_seconds;

	HASH_FIND(hh, neighbours->leases, address, sizeof(*address), row);
	if (!row || !same_mac(&row->holder, mac))
		return 0;
	lease_seconds = row->lease_seconds;
	HASH_DEL(neighbours->leases, row);
	free(row);
	return lease_seconds;
}
