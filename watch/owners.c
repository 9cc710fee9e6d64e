/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: each packet that is sampled is looked up here, among up to thousands of prefixes. The configuration's
 * prefixes do not overlap, so it is one search in a sorted list; where they should, the figures are wrong and
 * nothing else.
 */
#include "owners.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "taps.h"

struct range {
	struct addr first, last;
	int owner;
};

struct owner_taps {
	unsigned *taps;
	size_t n;
};

struct owners {
	struct range *ranges; /* sorted */
	size_t n_ranges;
	struct owner_taps *owners;
	size_t n_owners;
	unsigned *taps;
	size_t n_taps;
};

DEFINE_CLEANUP(struct owners *, owners_free)

struct owners *owners_free(struct owners *owners)
{
	if (!owners)
		return NULL;
	for (size_t i = 0; i < owners->n_owners; i++)
		free(owners->owners[i].taps);
	free(owners->owners);
	free(owners->ranges);
	free(owners->taps);
	free(owners);
	return NULL;
}

/* ---- making it ---- */

static void add_range(struct owners *owners, int owner, const struct prefix *prefix)
{
	struct range *range = &owners->ranges[owners->n_ranges];

	if (!prefix->addr.family)
		return;
	*range = (struct range){.first = prefix_first(prefix), .last = prefix_last(prefix), .owner = owner};
	owners->n_ranges++;
}

static void add_tap(unsigned *taps, size_t *n, unsigned index)
{
	for (size_t i = 0; i < *n; i++)
		if (taps[i] == index)
			return;
	if (index)
		taps[(*n)++] = index;
}

static int add_devices(struct owners *owners, const char (*devices)[IFNAMSIZ], size_t n)
{
	struct owner_taps *owner = &owners->owners[owners->n_owners++];

	owner->taps = calloc(n + 1, sizeof(*owner->taps));
	if (!owner->taps)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const unsigned index = taps_index(devices[i]);

		add_tap(owner->taps, &owner->n, index);
		add_tap(owners->taps, &owners->n_taps, index);
	}
	return 0;
}

static int add_office(struct owners *owners, const struct settings_office *office)
{
	for (size_t i = 0; i < office->n_prefixes; i++)
		add_range(owners, (int)owners->n_owners, &office->prefixes[i]);
	return add_devices(owners, (const char(*)[IFNAMSIZ])office->devices, office->n_devices);
}

static int add_zone(struct owners *owners, const struct settings_zone *zone)
{
	add_range(owners, (int)owners->n_owners, &zone->address4);
	add_range(owners, (int)owners->n_owners, &zone->address6);
	return add_devices(owners, &zone->device, 1);
}

static int compare(const void *a, const void *b)
{
	return memcmp(&((const struct range *)a)->first, &((const struct range *)b)->first,
		      sizeof(struct addr));
}

static int allocate(const struct settings *settings, struct owners *owners)
{
	size_t ranges = 2 * settings->n_zones, taps = settings->n_zones;

	for (size_t i = 0; i < settings->n_offices; i++) {
		ranges += settings->offices[i].n_prefixes;
		taps += settings->offices[i].n_devices;
	}
	owners->ranges = calloc(ranges + 1, sizeof(*owners->ranges));
	owners->taps = calloc(taps + 1, sizeof(*owners->taps));
	owners->owners = calloc(settings->n_offices + settings->n_zones + 1, sizeof(*owners->owners));
	return owners->ranges && owners->taps && owners->owners ? 0 : -ENOMEM;
}

int owners_new(const struct settings *settings, struct owners **out)
{
	_cleanup_(owners_freep) struct owners *owners = calloc(1, sizeof(*owners));
	int r = owners ? allocate(settings, owners) : -ENOMEM;

	for (size_t i = 0; r >= 0 && i < settings->n_offices; i++)
		r = add_office(owners, &settings->offices[i]);
	for (size_t i = 0; r >= 0 && i < settings->n_zones; i++)
		r = add_zone(owners, &settings->zones[i]);
	if (r < 0)
		return r;
	qsort(owners->ranges, owners->n_ranges, sizeof(*owners->ranges), compare);
	*out = owners;
	owners = NULL;
	return 0;
}

/* ---- asking it ---- */

int owners_find(const struct owners *owners, const struct addr *address)
{
	size_t low = 0, high = owners->n_ranges;

	while (low < high) { /* the first range that begins behind the address */
		size_t middle = (low + high) / 2;

		if (memcmp(&owners->ranges[middle].first, address, sizeof(*address)) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || owners->ranges[low - 1].last.family != address->family ||
	    memcmp(&owners->ranges[low - 1].last, address, sizeof(*address)) < 0)
		return OWNERS_NOBODY;
	return owners->ranges[low - 1].owner;
}

bool owners_has_tap(const struct owners *owners, int owner, unsigned ifindex)
{
	for (size_t i = 0; i < owners->owners[owner].n; i++)
		if (owners->owners[owner].taps[i] == ifindex)
			return true;
	return false;
}

int owners_of_packet(const struct owners *owners, unsigned ifindex, bool leaves, const struct addr *from,
		     const struct addr *to)
{
	const int owner = owners_find(owners, leaves ? to : from);

	if (owner == OWNERS_NOBODY || !owners_has_tap(owners, owner, ifindex) ||
	    owners_find(owners, leaves ? from : to) != OWNERS_NOBODY)
		return OWNERS_NOBODY;
	return owner;
}

const unsigned *owners_taps(const struct owners *owners, size_t *n)
{
	*n = owners->n_taps;
	return owners->taps;
}
