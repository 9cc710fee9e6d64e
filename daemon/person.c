/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what a person has used must be the same for all its sessions, for its next one, and tomorrow. This
 * table is that one place; it decides no limit and writes nothing. A login costs one look here, and where the
 * person is new one in the ledger.
 */
#include "person.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "daemon.h"
#include "life.h"
#include "limit.h"
#include "../lib/cleanup.h"
#include "../lib/units.h"

#undef HASH_NONFATAL_OOM
#define HASH_NONFATAL_OOM 1

#define COMINGS 1000 /* at once: more than any telephone in bad reception needs in a day */
#define COMING_USEC (3 * USEC_PER_SEC)

/* What a MAC is now, while its pass is in memory: saves a hash and a look in the ledger, and does without a
 * ledger. */
struct device {
	struct mac mac;
	struct person *person;
	UT_hash_handle hh;
};

struct persons {
	struct daemon *daemon;
	struct person *table;
	struct device *devices;
	int64_t last_unborn; /* ids of passes that the ledger does not have yet count down */
};

/* ---- the table ---- */

static struct person *find(const struct persons *persons, int64_t kind, int64_t id)
{
	struct person_key key = {.kind = kind, .id = id};
	struct person *person;

	HASH_FIND(hh, persons->table, &key, sizeof(key), person);
	return person;
}

/* Sessions were read with what was used until they were saved; a person begins with today's bytes. */
static void read_day(struct persons *persons, struct person *person)
{
	struct ledger *ledger = persons->daemon->ledger;

	person->day = limit_day(clock_now().wall_usec);
	if (!ledger || person->key.id < 0 ||
	    ledger_day(ledger, (enum ledger_kind)person->key.kind, person->key.id, person->day,
		       &person->day_bytes) < 0)
		person->day_bytes = 0;
}

static struct person *add(struct persons *persons, enum ledger_kind kind, int64_t id)
{
	struct person *person = calloc(1, sizeof(*person));

	if (!person)
		return NULL;
	person->key = (struct person_key){.kind = kind, .id = id};
	person->comings = (struct rate){.every_usec = COMING_USEC, .burst = COMINGS};
	LIST_INIT(&person->sessions);
	HASH_ADD(hh, persons->table, key, sizeof(person->key), person);
	if (!person->hh.tbl) {
		free(person);
		return NULL;
	}
	read_day(persons, person);
	return person;
}

struct person *persons_pass(struct persons *persons, const struct ledger_pass *row)
{
	struct person *person = find(persons, LEDGER_PASS, row->id);

	if (person || !(person = add(persons, LEDGER_PASS, row->id)))
		return person;
	person->pass = *row;
	return person;
}

struct person *persons_voucher(struct persons *persons, const struct ledger_voucher *row)
{
	struct person *person = find(persons, LEDGER_VOUCHER, row->id);
	struct ledger_voucher before;

	if (!person) {
		person = add(persons, LEDGER_VOUCHER, row->id);
		if (person)
			person->voucher = *row;
		return person;
	}
	before = person->voucher;
	person->voucher = *row;
	person->voucher.used_usec = MAX(before.used_usec, row->used_usec);
	person->voucher.used_bytes = MAX(before.used_bytes, row->used_bytes);
	if (before.first_used_wall_usec)
		person->voucher.first_used_wall_usec = before.first_used_wall_usec;
	return person;
}

struct person *persons_account(struct persons *persons, const struct ledger_account *row)
{
	struct person *person = find(persons, LEDGER_ACCOUNT, row->id);

	if (!person)
		person = add(persons, LEDGER_ACCOUNT, row->id);
	if (person) {
		person->account = *row;
		explicit_bzero(person->account.password, sizeof(person->account.password));
	}
	return person;
}

struct person *persons_get(struct persons *persons, enum ledger_kind kind, int64_t id)
{
	struct ledger *ledger = persons->daemon->ledger;
	struct person *person = find(persons, kind, id);
	struct ledger_pass pass;
	struct ledger_voucher voucher;
	struct ledger_account account;

	if (person || !ledger)
		return person;
	switch (kind) {
	case LEDGER_PASS:
		return ledger_pass(ledger, id, &pass) < 0 ? NULL : persons_pass(persons, &pass);
	case LEDGER_VOUCHER:
		return ledger_voucher(ledger, id, &voucher) < 0 ? NULL : persons_voucher(persons, &voucher);
	case LEDGER_ACCOUNT:
		return ledger_account(ledger, id, &account) < 0 ? NULL : persons_account(persons, &account);
	}
	return NULL;
}

/* ---- devices ---- */

static struct device *device_find(const struct persons *persons, const struct mac *mac)
{
	struct device *device;

	HASH_FIND(hh, persons->devices, mac, sizeof(*mac), device);
	return device;
}

static void device_drop(struct persons *persons, struct device *device)
{
	HASH_DEL(persons->devices, device);
	free(device);
}

void persons_device(struct persons *persons, const struct mac *mac, struct person *person)
{
	struct device *device = device_find(persons, mac);

	if (device) {
		device->person = person;
		return;
	}
	device = calloc(1, sizeof(*device));
	if (!device)
		return; /* the ledger knows, or will */
	device->mac = *mac;
	device->person = person;
	HASH_ADD(hh, persons->devices, mac, sizeof(device->mac), device);
	if (!device->hh.tbl)
		free(device);
}

static struct person *known_device(struct persons *persons, const struct mac *mac)
{
	struct device *device = device_find(persons, mac);
	struct ledger *ledger = persons->daemon->ledger;
	uint8_t hash[LEDGER_HASH];
	struct ledger_pass pass;
	struct person *person;

	if (device)
		return device->person;
	if (!ledger)
		return NULL;
	ledger_hash(ledger, mac, hash);
	if (ledger_pass_by_device(ledger, hash, &pass) < 0)
		return NULL;
	person = persons_pass(persons, &pass);
	if (person)
		persons_device(persons, mac, person);
	return person;
}

struct person *persons_known(struct persons *persons, const struct mac *mac, const char *code)
{
	struct ledger *ledger = persons->daemon->ledger;
	struct person *person = known_device(persons, mac);
	struct ledger_pass pass;

	if (person || !*code || !ledger || ledger_pass_by_code(ledger, code, &pass) < 0)
		return person;
	return persons_pass(persons, &pass);
}

struct person *persons_new_pass(struct persons *persons, const struct mac *mac)
{
	struct person *person = add(persons, LEDGER_PASS, --persons->last_unborn);

	if (!person)
		return NULL;
	person->unsaved = true;
	persons_device(persons, mac, person);
	return person;
}

void persons_born(struct persons *persons, struct person *person, int64_t id)
{
	HASH_DEL(persons->table, person);
	person->key.id = person->pass.id = id;
	HASH_ADD(hh, persons->table, key, sizeof(person->key), person); /* one out, one in: never grows */
}

void persons_each_device(const struct persons *persons, const struct person *person,
			 void (*seen)(void *userdata, const struct mac *mac), void *userdata)
{
	struct device *device, *next;

	HASH_ITER(hh, persons->devices, device, next)
	{
		if (device->person == person)
			seen(userdata, &device->mac);
	}
}

/* ---- one person ---- */

void person_attach(struct person *person, struct session *session, struct instant now)
{
	person_tick(person, now);
	if (LIST_EMPTY(&person->sessions))
		person->ticked_mono_usec = now.mono_usec;
	LIST_INSERT_HEAD(&person->sessions, session, of_person);
	session->person = person;
	if (person->key.kind == LEDGER_VOUCHER && !person->voucher.first_used_wall_usec) {
		person->voucher.first_used_wall_usec = now.wall_usec;
		person->unsaved = true;
	}
}

void person_detach(struct session *session, struct instant now)
{
	struct person *person = session->person;

	if (!person)
		return;
	person_tick(person, now);
	LIST_REMOVE(session, of_person);
	session->person = NULL;
	if (LIST_EMPTY(&person->sessions))
		person->ticked_mono_usec = 0;
}

/* A clock that went back since it was last read leaves a visit what was left of it. */
static void visit_tick(struct ledger_pass *pass, int64_t wall_usec)
{
	if (wall_usec < pass->seen_wall_usec)
		pass->visit_ends_wall_usec -= pass->seen_wall_usec - wall_usec;
	pass->seen_wall_usec = wall_usec;
}

void person_tick(struct person *person, struct instant now)
{
	int32_t day = limit_day(now.wall_usec);

	if (!limit_day_counts(person->day, day)) {
		person->day = day;
		person->day_bytes = 0;
	}
	if (person->key.kind == LEDGER_PASS)
		visit_tick(&person->pass, now.wall_usec);
	if (LIST_EMPTY(&person->sessions) || now.mono_usec <= person->ticked_mono_usec)
		return;
	if (person->key.kind == LEDGER_VOUCHER) {
		person->voucher.used_usec += now.mono_usec - person->ticked_mono_usec;
		person->unsaved = true;
	}
	person->ticked_mono_usec = now.mono_usec;
}

void person_charge(struct person *person, uint64_t bytes)
{
	if (!bytes)
		return;
	person->day_bytes += bytes;
	person->unsaved_day = true;
	if (person->key.kind == LEDGER_VOUCHER)
		person->voucher.used_bytes += bytes;
	else if (person->key.kind == LEDGER_PASS)
		person->pass.visit_bytes += bytes;
	person->unsaved |= person->key.kind != LEDGER_ACCOUNT;
}

unsigned person_devices(const struct person *person, const struct mac *but)
{
	const struct session *session;
	unsigned n = 0;

	LIST_FOREACH(session, &person->sessions, of_person)
	n += session->state != SESSION_LEAVING && (!but || memcmp(&session->row.mac, but, sizeof(*but)) != 0);
	return n;
}

size_t persons_end(struct daemon *daemon, enum ledger_kind kind, int64_t id)
{
	struct person *person = find(daemon->persons, kind, id);
	struct session *session;
	size_t n = 0;

	if (!person)
		return 0;
	LIST_FOREACH(session, &person->sessions, of_person)
	{
		if (session->state == SESSION_LEAVING)
			continue;
		life_end(daemon->life, session, LEDGER_END_KICK);
		n++;
	}
	return n;
}

/* ---- the whole ---- */

struct person *persons_next(const struct persons *persons, const struct person *after)
{
	return after ? after->hh.next : persons->table;
}

static bool is_needed(const struct person *person)
{
	return !LIST_EMPTY(&person->sessions) || person->comings.spent_until_usec > clock_now().mono_usec ||
	       person->held || person->unsaved || person->unsaved_day;
}

void persons_sweep(struct persons *persons)
{
	struct device *device, *next_device;
	struct person *person, *next;

	HASH_ITER(hh, persons->devices, device, next_device)
	{
		if (!is_needed(device->person))
			device_drop(persons, device);
	}
	HASH_ITER(hh, persons->table, person, next)
	{
		if (is_needed(person))
			continue;
		HASH_DEL(persons->table, person);
		free(person);
	}
}

/* The sweep will not do: it keeps whoever came lately, so that comings can be bounded. */
void persons_forget(struct persons *persons, struct person *person)
{
	struct device *device, *next;

	HASH_ITER(hh, persons->devices, device, next)
	{
		if (device->person == person)
			device_drop(persons, device);
	}
	HASH_DEL(persons->table, person);
	if (!person->held) {
		free(person);
		return;
	}
	person->key.id = --persons->last_unborn;
	person->pass = (struct ledger_pass){0};
	person->day_bytes = 0;
	person->unsaved = person->unsaved_day = false;
	HASH_ADD(hh, persons->table, key, sizeof(person->key), person); /* one out, one in: never grows */
}

int persons_new(struct daemon *daemon, struct persons **out)
{
	struct persons *persons = calloc(1, sizeof(*persons));

	if (!persons)
		return -ENOMEM;
	persons->daemon = daemon;
	*out = persons;
	return 0;
}

struct persons *persons_free(struct persons *persons)
{
	struct person *person, *next;

	if (!persons)
		return NULL;
	while (persons->devices)
		device_drop(persons, persons->devices);
	HASH_ITER(hh, persons->table, person, next)
	{
		HASH_DEL(persons->table, person);
		free(person);
	}
	free(persons);
	return NULL;
}
