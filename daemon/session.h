/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The table of live sessions: one for a guest (zone device, MAC), found by guest or by id, ordered by end.
 * Every operation is O(1) or O(log n): a login costs the same with ten sessions and ten thousand. Knows no
 * clock, no kernel.
 */
#include <stddef.h>
#include <stdbool.h>
#include <sys/queue.h>
#include <uthash.h>
#include "../lib/plan.h"

struct person; /* person.h */

enum session_state {
	SESSION_JOINING = 1, /* asked of the shaper, not yet in the kernel */
	SESSION_ONLINE,
	SESSION_LEAVING /* to be gone: no longer in any plan, its class not yet free */
};

LIST_HEAD(session_list, session);

/* Somebody who waits for the session to be in or gone. `done` is called once and owns the waiter from then
 * on. */
struct session_waiter {
	struct session_waiter *next;
	void (*done)(struct session_waiter *waiter, int error);
};

struct session_key {
	char device[IFNAMSIZ];
	struct mac mac;
};

struct session {
	struct plan_session row; /* read only, but address4 and the base counters */
	enum session_state state;
	uint8_t end;		   /* enum ledger_end: why it is LEAVING; 0: not said */
	bool unsaved;		   /* the ledger's row says something else */
	uint64_t base[PLAN_TREES]; /* the meter's totals at login, less what it brought along: life_bytes() */
	uint64_t billed[PLAN_TREES]; /* of its bytes: what its person has been charged */
	uint64_t packets[PLAN_TREES], dropped[PLAN_TREES]; /* of its class, as far as this daemon and the ledger have seen */
	uint64_t seen_packets[PLAN_TREES], seen_dropped[PLAN_TREES]; /* the meter's totals then */
	bool seen;						     /* false: the next reading begins them */
	int64_t heard_mono_usec;     /* when it last sent something, as far as the meter has seen */
	int64_t moved_mono_usec;     /* when it came from another zone; 0: it began here */
	int64_t looked_usec;	     /* when its IPv4 address was last looked for; 0: never */
	uint64_t gone_with;	     /* the APPLY that leaves it out; 0: none */
	struct session_waiter *waiters;
	struct person *person; /* who is behind it: person_attach() */
	LIST_ENTRY(session) of_person;
	/* of the table alone */
	struct session_key key;
	size_t heap_index;
	UT_hash_handle by_guest, by_id;
};

struct sessions;

struct sessions *sessions_new(void);
struct sessions *sessions_free(struct sessions *sessions); /* waiters must be gone */

/* 0, -EEXIST (the guest or the id is there), -ENOMEM. row->id 0 takes the next id. */
int sessions_add(struct sessions *sessions, const struct plan_session *row, enum session_state state,
		 struct session **out);
void sessions_remove(struct sessions *sessions, struct session *session);

struct session *sessions_find(const struct sessions *sessions, const char *device,
			      const struct mac *mac);				/* or NULL */
struct session *sessions_find_id(const struct sessions *sessions, uint64_t id); /* or NULL */
/* The one that ends first, or NULL. A LEAVING session no longer counts. */
struct session *sessions_first_to_end(const struct sessions *sessions);
/* The session is to go: it leaves the order of ends, not the table. */
void sessions_leaving(struct sessions *sessions, struct session *session);

/* Ids go on after this one, whoever had it. */
void sessions_ids_after(struct sessions *sessions, uint64_t last);

size_t sessions_total(const struct sessions *sessions);
size_t sessions_count(const struct sessions *sessions,
		      const char *device); /* LEAVING ones too: they hold a class */
/* All, in no promised order: next of NULL is the first; NULL after the last. Fetch the next before removing
 * one. */
struct session *sessions_next(const struct sessions *sessions, const struct session *after);

void session_wait(struct session *session, struct session_waiter *waiter);
/* Calls the waiters of a list that has been taken off its session. */
void session_wake(struct session_waiter *waiters, int error);
