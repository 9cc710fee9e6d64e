/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a voucher's code has 50 bits and an account's password fewer; neither is worth much to whoever may try
 * without end. It must never shut out somebody who has done nothing yet, nor grow with the number of those
 * who try.
 *
 * A bucket is kept as the time at which it will be full again (the virtual scheduling of ITU-T I.371): no
 * ticks, no counters.
 */
#include "throttle.h"
#include <errno.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>
#include "../lib/cleanup.h"
#include "../lib/units.h"

#undef HASH_NONFATAL_OOM
#define HASH_NONFATAL_OOM 1

struct bucket {
	int64_t full_usec;
};

struct tried_key {
	char device[IFNAMSIZ];
	struct mac mac;
};

struct tried {
	struct tried_key key;
	struct bucket bucket;
	bool failed; /* has failed since it was last forgotten */
	UT_hash_handle hh;
};

struct space {
	char device[IFNAMSIZ];
	struct bucket bucket;
	UT_hash_handle hh;
};

struct throttle {
	struct tried *guests; /* in the order of their last attempt */
	struct space *spaces; /* at most one a zone device */
};

/* ---- buckets ---- */

/* How long until one can be taken: 0: now. */
static int64_t bucket_wait(const struct bucket *bucket, int64_t each_usec, int64_t burst, int64_t now_usec)
{
	return MAX(bucket->full_usec - (burst - 1) * each_usec - now_usec, (int64_t)0);
}

static void bucket_take(struct bucket *bucket, int64_t each_usec, int64_t now_usec)
{
	bucket->full_usec = MAX(bucket->full_usec, now_usec) + each_usec;
}

/* ---- the tables ---- */

static struct tried *guest_find(struct throttle *throttle, const char *device, const struct mac *mac)
{
	struct tried_key key = {.mac = *mac};
	struct tried *guest;

	memcpy(key.device, device, strnlen(device, IFNAMSIZ - 1));
	HASH_FIND(hh, throttle->guests, &key, sizeof(key), guest);
	return guest;
}

static void guest_drop(struct throttle *throttle, struct tried *guest)
{
	HASH_DEL(throttle->guests, guest);
	free(guest);
}

static struct tried *guest_add(struct throttle *throttle, const char *device, const struct mac *mac)
{
	struct tried *guest = calloc(1, sizeof(*guest));

	if (!guest)
		return NULL;
	memcpy(guest->key.device, device, strnlen(device, IFNAMSIZ - 1));
	guest->key.mac = *mac;
	HASH_ADD(hh, throttle->guests, key, sizeof(guest->key), guest);
	if (!guest->hh.tbl) {
		free(guest);
		return NULL;
	}
	if (HASH_COUNT(throttle->guests) > THROTTLE_GUESTS)
		guest_drop(throttle, throttle->guests);
	return guest;
}

/* To the end of the order: the first in it is the one to be forgotten. False: it is gone for want of memory.
 */
static bool guest_touch(struct throttle *throttle, struct tried *guest)
{
	HASH_DEL(throttle->guests, guest);
	HASH_ADD(hh, throttle->guests, key, sizeof(guest->key), guest);
	if (guest->hh.tbl)
		return true;
	free(guest);
	return false;
}

static struct space *space_of(struct throttle *throttle, const char *device, bool make)
{
	char key[IFNAMSIZ] = "";
	struct space *space;

	memcpy(key, device, strnlen(device, IFNAMSIZ - 1));
	HASH_FIND(hh, throttle->spaces, key, sizeof(key), space);
	if (space || !make || !(space = calloc(1, sizeof(*space))))
		return space;
	memcpy(space->device, key, sizeof(key));
	HASH_ADD(hh, throttle->spaces, device, sizeof(space->device), space);
	if (space->hh.tbl)
		return space;
	free(space);
	return NULL;
}

/* ---- attempts ---- */

static int64_t space_wait(struct throttle *throttle, const char *device, int64_t now_usec)
{
	const struct space *space = space_of(throttle, device, false);

	return space ? bucket_wait(&space->bucket, THROTTLE_ZONE_USEC, THROTTLE_ZONE_BURST, now_usec) : 0;
}

int64_t throttle_try(struct throttle *throttle, const char *device, const struct mac *mac, int64_t now_usec)
{
	struct tried *guest = guest_find(throttle, device, mac);
	int64_t wait = 0;

	if (!guest)
		guest = guest_add(throttle, device, mac);
	else if (!guest_touch(throttle, guest))
		guest = NULL;
	if (!guest)
		return -ENOMEM;
	if (guest->failed)
		wait = space_wait(throttle, device, now_usec);
	wait = MAX(wait, bucket_wait(&guest->bucket, THROTTLE_GUEST_USEC, THROTTLE_GUEST_BURST, now_usec));
	if (wait)
		return (wait + USEC_PER_SEC - 1) / USEC_PER_SEC;
	bucket_take(&guest->bucket, THROTTLE_GUEST_USEC, now_usec);
	return 0;
}

void throttle_failed(struct throttle *throttle, const char *device, const struct mac *mac, int64_t now_usec)
{
	struct tried *guest = guest_find(throttle, device, mac);
	struct space *space = space_of(throttle, device, true);

	if (guest)
		guest->failed = true;
	if (!space)
		return;
	bucket_take(&space->bucket, THROTTLE_ZONE_USEC, now_usec);
	/* However many have failed, patience is over soon after the last of them. */
	space->bucket.full_usec =
	    MIN(space->bucket.full_usec, now_usec + 2 * THROTTLE_ZONE_BURST * THROTTLE_ZONE_USEC);
}

void throttle_passed(struct throttle *throttle, const char *device, const struct mac *mac, int64_t now_usec)
{
	struct tried *guest = guest_find(throttle, device, mac);

	if (!guest)
		return;
	guest->bucket.full_usec -= THROTTLE_GUEST_USEC;
	if (guest->bucket.full_usec <= now_usec && !guest->failed)
		guest_drop(throttle, guest);
}

struct throttle *throttle_new(void)
{
	return calloc(1, sizeof(struct throttle));
}

struct throttle *throttle_free(struct throttle *throttle)
{
	struct space *space, *next;

	if (!throttle)
		return NULL;
	while (throttle->guests)
		guest_drop(throttle, throttle->guests);
	HASH_ITER(hh, throttle->spaces, space, next)
	{
		HASH_DEL(throttle->spaces, space);
		free(space);
	}
	free(throttle);
	return NULL;
}
