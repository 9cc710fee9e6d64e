/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The ways in: from what a guest says to who it is. A way is a row in credential.c: what it asks for, and a
 * function that answers at once or later. A way that asks somebody else (RADIUS, RFC 2865: the name and
 * secret of a GUEST_LOGIN_ACCOUNT in a zone with POLICY_LOGIN_RADIUS) is one more row: it keeps the `check`
 * it was given, sends its request from the loop, and calls credential_answer() with a person of its own kind
 * once it knows, or after its time-out.
 *
 * Attempts at secrets are throttled (throttle.h). Secrets are wiped and never logged.
 */
#include "../lib/message.h"
#include "../policy/policy.h"
#include "person.h"

struct daemon;
struct credentials;

struct credential_claim {
	enum guest_request way;
	const struct policy_zone *zone;
	struct mac mac;
	const char *name, *secret; /* as typed */
	const char *cookie;	   /* as the browser sent it, or "" */
};

struct credential {
	struct person *person; /* NULL: refused, or `error` */
	uint8_t login;	       /* enum policy_login: the way */
	uint8_t refusal;       /* enum guest_refusal */
	int64_t retry_seconds; /* of REFUSED_PATIENCE */
	int error;	       /* -EBUSY, -EIO, ...: could not be judged now; -ESHUTDOWN: this daemon ends */
};
/* Called exactly once, perhaps from within credential_check(). The zone of the claim may be gone by then. */
typedef void (*credential_done)(void *userdata, const struct credential *credential);

int credentials_new(struct daemon *daemon, struct credentials **out);
struct credentials *credentials_free(struct credentials *credentials);

/* Keeps nothing of the claim but copies. */
void credential_check(struct credentials *credentials, const struct credential_claim *claim,
		      credential_done done, void *userdata);
