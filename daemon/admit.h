/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Whether a person may come in now, here, with this device, and for how long. Reads the tables; changes
 * nothing but the visit of a pass, which begins with its first login.
 */
#include "engine.h"
#include "person.h"

struct daemon;

struct admission {
	uint8_t refusal;	 /* enum guest_refusal */
	bool used_up;		 /* no data is left */
	int64_t again_wall_usec; /* then: when there is more, and the zone is open */
	int64_t lasts_usec;	 /* else: so long, at most */
	struct session *instead; /* or NULL: the session whose place it takes, which must be gone before */
	bool by_silence;	 /* for nothing was heard of it, as far as the last COUNT says */
};

/* `cookie`: the code that the browser kept, as it sent it. */
struct admission admit(struct daemon *daemon, const struct policy_zone *zone, struct person *person,
		       const struct mac *mac, const char *cookie);
/* What a click of this device would come to, without one. */
struct admission admit_peek(struct daemon *daemon, const struct policy_zone *zone, const struct mac *mac,
			    const char *cookie);
/* The session stands for the person now: others of the same device, or of a pass, are over. */
void admit_moved(struct daemon *daemon, struct session *session);
