/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a city asks how many people a park's network served, and may not know who they were. Devices are told
 * apart by their keyed hashes, here and nowhere else, and only their number leaves this file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "month.h"
#include "store.h"
#include "../lib/units.h"

static const char started[] = "SELECT zone, hash, mac, down_bytes, up_bytes, coalesce(ended_wall_usec, "
			      "saved_wall_usec) - started_wall_usec"
			      " FROM session WHERE started_wall_usec >= ? AND started_wall_usec < ?";

struct device {
	size_t zone;
	uint8_t hash[LEDGER_HASH];
};
struct visits {
	struct ledger *ledger;
	struct ledger_visits *zones; /* the first is all together */
	size_t n_zones, room_zones;
	struct device *devices;
	size_t n_devices, room_devices;
};

static void visits_done(struct visits *visits)
{
	free(visits->zones);
	free(visits->devices);
}

static int make_room(void **rows, size_t n, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 64;
	void *grown;

	if (n < *room)
		return 0;
	grown = reallocarray(*rows, more, size);
	if (!grown)
		return -ENOMEM;
	*rows = grown;
	*room = more;
	return 0;
}

static int zone_of(struct visits *visits, const char *id, size_t *at)
{
	void *rows = visits->zones;
	int r;

	for (*at = 0; *at < visits->n_zones; (*at)++)
		if (strcmp(visits->zones[*at].zone, id) == 0)
			return 0;
	r = make_room(&rows, visits->n_zones, &visits->room_zones, sizeof(*visits->zones));
	if (r < 0)
		return r;
	visits->zones = rows;
	visits->zones[visits->n_zones] = (struct ledger_visits){0};
	snprintf(visits->zones[visits->n_zones++].zone, LEDGER_ID, "%s", id);
	return 0;
}

/* ---- a session ---- */

/* False: nobody can say any more whose it was. One that is live has its MAC, and the hash once it is over. */
static bool hash_of(struct visits *visits, sqlite3_stmt *row, uint8_t *hash)
{
	struct mac mac;

	if (store_blob(row, 1, hash, LEDGER_HASH))
		return true;
	if (!visits->ledger->keyed || !store_blob(row, 2, mac.octets, sizeof(mac.octets)))
		return false;
	ledger_hash(visits->ledger, &mac, hash);
	return true;
}

static void add(struct ledger_visits *sum, sqlite3_stmt *row, bool known)
{
	sum->sessions++;
	sum->anonymous += !known;
	sum->down_bytes += store_count(row, 3);
	sum->up_bytes += store_count(row, 4);
	sum->online_sec +=
	    store_count(row, 5) / USEC_PER_SEC; /* a session's whole seconds, so that zones add up */
}

static int on_session(sqlite3_stmt *row, void *userdata)
{
	struct visits *visits = userdata;
	void *rows = visits->devices;
	struct device *device;
	char zone[LEDGER_ID];
	size_t at = 0;
	bool known;
	int r = make_room(&rows, visits->n_devices, &visits->room_devices, sizeof(*visits->devices));

	if (r < 0)
		return r;
	visits->devices = rows;
	device = &visits->devices[visits->n_devices];
	store_text(row, 0, zone, sizeof(zone));
	r = zone_of(visits, zone, &at);
	if (r < 0)
		return r;
	known = hash_of(visits, row, device->hash);
	device->zone = at;
	visits->n_devices += known;
	add(&visits->zones[0], row, known);
	if (at > 0)
		add(&visits->zones[at], row, known);
	return 0;
}

/* ---- devices, each once ---- */

static int compare_devices(const void *a, const void *b)
{
	const struct device *x = a, *y = b;
	int by_hash = memcmp(x->hash, y->hash, LEDGER_HASH);

	return by_hash ? by_hash : (x->zone > y->zone) - (x->zone < y->zone);
}

static void count_devices(struct visits *visits)
{
	const struct device *before = NULL;

	if (visits->n_devices > 0)
		qsort(visits->devices, visits->n_devices, sizeof(*visits->devices), compare_devices);
	for (size_t i = 0; i < visits->n_devices; i++) {
		const struct device *device = &visits->devices[i];
		bool other = !before || memcmp(before->hash, device->hash, LEDGER_HASH) != 0;

		visits->zones[0].visitors += other;
		if (device->zone > 0 && (other || before->zone != device->zone))
			visits->zones[device->zone].visitors++;
		before = device;
	}
}

static int compare_zones(const void *a, const void *b)
{
	const struct ledger_visits *x = a, *y = b;

	return strcmp(x->zone, y->zone);
}

static int tell(const struct visits *visits, int (*seen)(const struct ledger_visits *visits, void *userdata),
		void *userdata)
{
	int r = 0;

	qsort(&visits->zones[1], visits->n_zones - 1, sizeof(*visits->zones), compare_zones);
	for (size_t i = 1; r == 0 && i < visits->n_zones; i++)
		r = seen(&visits->zones[i], userdata);
	return r == 0 ? seen(&visits->zones[0], userdata) : r;
}

int ledger_visits(struct ledger *ledger, int64_t from_wall_usec, int64_t until_wall_usec,
		  int (*seen)(const struct ledger_visits *visits, void *userdata), void *userdata)
{
	_cleanup_(visits_done) struct visits visits = {.ledger = ledger};
	size_t all;
	int r = zone_of(&visits, "", &all);

	if (r == 0)
		r = store_each(ledger, started, VALUES(INT(from_wall_usec), INT(until_wall_usec)), on_session,
			       &visits);
	if (r < 0)
		return r;
	count_devices(&visits);
	return tell(&visits, seen, userdata);
}
