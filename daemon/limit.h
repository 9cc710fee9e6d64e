/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What is left to a person in a zone, in bytes and in time. Pure: of the arguments alone, and the site's time
 * zone.
 *
 *             time of a session               bytes
 *   pass      what is left of its visit       client.data a visit, client.daily a day
 *   voucher   its own, else client.session,   its own, else client.data a session;
 *             never past its date             client.daily a day
 *   account   its own, else client.session    client.data a session; its own a day, else client.daily
 */
#include "../policy/policy.h"
#include "person.h"

#define LIMIT_NONE UINT64_MAX

struct limit {
	uint64_t bytes;	    /* left until the first of its limits; LIMIT_NONE: there is none */
	int64_t again_usec; /* from now until there is more, where it is 0 */
	bool own;	    /* that limit is the voucher's own: there never will be more */
};
/* `session_bytes`: of the session that asks; 0 for one that would begin. */
struct limit limit_data(const struct policy_zone *zone, const struct person *person, uint64_t session_bytes,
			int64_t wall_usec);
/* How long a session that begins (or goes on) now may last; 0 or less: not at all. A visit must have been
 * begun. */
int64_t limit_time(const struct policy_zone *zone, const struct person *person, int64_t wall_usec);
unsigned limit_devices(const struct policy_zone *zone, const struct person *person); /* 0: no limit */

/* Whether the pass has a visit under way in this zone. `before`: the zone of its visit, or NULL where that is
 * gone. */
bool visit_goes_on(const struct ledger_pass *pass, const struct policy_zone *before,
		   const struct policy_zone *zone, int64_t wall_usec);
/* A new visit. Bytes of one that is still under way in another zone count on. */
void visit_begin(struct ledger_pass *pass, const struct policy_zone *zone, int64_t wall_usec);

/* When to look again at somebody with so many bytes left at such a rate (bits a second, both directions):
 * half of the time that it would take, so that the last look comes close to the end. */
int64_t limit_look_usec(uint64_t bytes_left, uint64_t bps);

/* What is left of a time that ends at `ends` in the words of a clock that read `saved` when that was written:
 * a clock that went back since then gives nothing away. */
int64_t limit_left_usec(int64_t ends_wall_usec, int64_t saved_wall_usec, int64_t wall_usec);

/* Whether what was counted for day `counted` counts on day `today`. A clock that went back over midnight gives nobody the day
 * again; one that was further ahead was wrong, and nobody stays out until that day comes. */
bool limit_day_counts(int32_t counted, int32_t today);
int32_t limit_day(int64_t wall_usec);	   /* local days since 1970-01-01 */
int64_t limit_midnight(int64_t wall_usec); /* the next one */
