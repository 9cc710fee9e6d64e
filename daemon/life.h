/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A session's life between the table and the kernel: it joins, it may change its address, it leaves (by
 * itself, by a person, by its end, with its zone). The kernel enforces all ends by itself; this keeps the
 * table, the classes and conntrack in step.
 */
#include "../lib/clock.h"
#include "../policy/policy.h"
#include "../ledger/ledger.h"
#include "session.h"

struct daemon;
struct life;

int life_new(struct daemon *daemon, struct life **out);
struct life *life_free(struct life *life); /* waiters are called with -ESHUTDOWN */

struct life_guest {
	const struct policy_zone *zone;
	unsigned slot;
	struct mac mac;
	struct addr address4; /* family 0: not known */
	uint8_t login;	      /* enum policy_login */
	struct person *person;
	int64_t ends_mono_usec;
	/* of a session that goes on from elsewhere, else 0 */
	uint64_t id;
	int64_t started_mono_usec;
	uint64_t bytes[PLAN_TREES]; /* used and charged already */
	uint64_t packets[PLAN_TREES], dropped[PLAN_TREES];
};
/* 0: on its way, `waiter` is called (and owned). -EAGAIN: no class is free, but one is coming; -ENOENT: none;
 * -ENOTCONN, -ENOBUFS: the shaper; -ENOMEM, -EEXIST (the id). A guest who has a session already must not come
 * here. `waiter` may be NULL. The ledger has it before the kernel. */
int life_join(struct life *life, const struct life_guest *guest, struct session_waiter *waiter);
/* 0: on its way, `waiter` (or NULL) is called once the kernel has let go of it. -ENOTCONN: not now. */
int life_leave(struct life *life, struct session *session, enum ledger_end how,
	       struct session_waiter *waiter);
/* The same for whom nobody waits: where the shaper is away, the next plan leaves the session out. */
void life_end(struct life *life, struct session *session, enum ledger_end how);
void life_address(struct life *life, struct session *session, const struct addr *address4);

/* The sessions that the kernel had when this daemon came; `join` gives each its person, or false: it is left
 * out. */
void life_adopt(struct life *life, const struct plan *actual,
		bool (*join)(void *userdata, struct session *session), void *userdata);
/* The sessions of zones that are closed are over, whether or not the shaper can be told now. */
void life_close(struct life *life);
/* The rows for APPLY number `apply`; those that it leaves out are marked. malloc'd. 0 or -ENOMEM. */
int life_plan(struct life *life, struct instant now, uint64_t apply, struct plan_session **out, size_t *n);
/* The kernel holds what APPLY number `apply` said: what it left out is gone. */
void life_settle(struct life *life, uint64_t apply);

/* Bytes that this session has used so far. */
uint64_t life_bytes(const struct life *life, const struct session *session, enum plan_tree tree);
/* The same of one that is over, from its class and bases. */
uint64_t life_bytes_of(const struct life *life, uint16_t minor, const uint64_t base[PLAN_TREES],
		       enum plan_tree tree);
