/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Who is behind a session, as far as limits are concerned: a voucher, an account, or the pass of a device
 * (ledger.h). Keeps what each has used (time while online, bytes in all, bytes today), says what is left, and
 * writes it to the ledger every metering interval; a ledger that fails is tried again, and stops nobody.
 *
 * Here is the table of those who are in or were lately; what is left to them says limit.h, what is written
 * when record.h. A person is in memory as long as it has a session, is held, or has something unsaved. A pass
 * that could not be written yet has a negative id.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uthash.h>
#include "../ledger/ledger.h"
#include "../lib/rate.h"
#include "../lib/clock.h"
#include "session.h"

struct daemon;
struct persons;

struct person_key {
	int64_t kind; /* enum ledger_kind */
	int64_t id;
};

struct person {
	struct person_key key;
	struct ledger_pass pass; /* the one of these three that `kind` says */
	struct ledger_voucher voucher;
	struct ledger_account account;
	int32_t day; /* local, since 1970-01-01: of day_bytes */
	uint64_t day_bytes;
	struct session_list sessions;
	int64_t ticked_mono_usec; /* a voucher's time is counted up to here; 0: nobody is in */
	struct rate
	    comings; /* each login is a row of the ledger: nobody fills the disk by going in and out */
	unsigned held;
	bool unsaved, unsaved_day;
	UT_hash_handle hh;
};

int persons_new(struct daemon *daemon, struct persons **out);
struct persons *persons_free(struct persons *persons); /* no sessions any more */

/* The person of that kind and id, as it is in memory or in the ledger. NULL: no such, or it cannot be read.
 */
struct person *persons_get(struct persons *persons, enum ledger_kind kind, int64_t id);
/* The same, with a row just read: what memory knows better (used) stays. NULL: no memory. */
struct person *persons_voucher(struct persons *persons, const struct ledger_voucher *row);
struct person *persons_account(struct persons *persons, const struct ledger_account *row);
struct person *persons_pass(struct persons *persons, const struct ledger_pass *row);

/* The pass of a device, or else the one with the resume code of its browser (canonical, or ""). NULL: none.
 */
struct person *persons_known(struct persons *persons, const struct mac *mac, const char *code);
/* From now on the device has this pass. */
void persons_device(struct persons *persons, const struct mac *mac, struct person *person);
/* A pass for a device that has none: in memory first. NULL: no memory. */
struct person *persons_new_pass(struct persons *persons, const struct mac *mac);
/* It has been written, and has an id now. */
void persons_born(struct persons *persons, struct person *person, int64_t id);
/* Each MAC that has this pass, as far as memory knows. */
void persons_each_device(const struct persons *persons, const struct person *person,
			 void (*seen)(void *userdata, const struct mac *mac), void *userdata);

struct person *persons_next(const struct persons *persons,
			    const struct person *after); /* as sessions_next() */
/* Forgets those that nothing needs. */
void persons_sweep(struct persons *persons);
/* Lets go of a pass without sessions, now, with all that was to be written of it: its devices are strangers
 * from here on. Who is in the middle of a login goes on as one, with this same struct. */
void persons_forget(struct persons *persons, struct person *person);

void person_attach(struct person *person, struct session *session, struct instant now);
void person_detach(struct session *session, struct instant now);
/* Counts time and begins another day, up to now. */
void person_tick(struct person *person, struct instant now);
void person_charge(struct person *person, uint64_t bytes);
/* Sessions of it that are not LEAVING, but for the device `but` (or NULL). */
unsigned person_devices(const struct person *person, const struct mac *but);

/* Ends every live session of this person (a voucher was revoked, an account removed). How many there were. */
size_t persons_end(struct daemon *daemon, enum ledger_kind kind, int64_t id);
