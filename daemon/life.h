/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A session's life between the table and the kernel: it joins, it may change its address, it leaves (by
 * itself, by a person, by its end, with its zone). The kernel enforces all ends by itself; this keeps the
 * table, the classes and conntrack in step.
 */
#include "../lib/clock.h"
#include "../policy/policy.h"
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
};
/* 0: on its way, `waiter` is called (and owned). -EAGAIN: no class is free, but one is coming; -ENOENT: none;
 * -ENOTCONN, -ENOBUFS: the shaper; -ENOMEM. A guest who has a session already must not come here. */
int life_join(struct life *life, const struct life_guest *guest, struct session_waiter *waiter);
/* 0: on its way, `waiter` (or NULL) is called once the kernel has let go of it. -ENOTCONN: not now. */
int life_leave(struct life *life, struct session *session, struct session_waiter *waiter);
void life_address(struct life *life, struct session *session, const struct addr *address4);

/* The sessions that the kernel had when this daemon came. */
void life_adopt(struct life *life, const struct plan *actual);
/* The sessions of zones that are closed are over, whether or not the shaper can be told now. */
void life_close(struct life *life);
/* The rows for APPLY number `apply`; those that it leaves out are marked. malloc'd. 0 or -ENOMEM. */
int life_plan(struct life *life, struct instant now, uint64_t apply, struct plan_session **out, size_t *n);
/* The kernel holds what APPLY number `apply` said: what it left out is gone. */
void life_settle(struct life *life, uint64_t apply);

/* Bytes that this session has used so far. */
uint64_t life_bytes(const struct life *life, const struct session *session, enum plan_tree tree);
