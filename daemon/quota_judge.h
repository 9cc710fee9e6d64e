/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What a month's bytes mean for an office with a quota: the stage it has reached, whether it is throttled, what has to be said of it, and
 * when to look again. Pure: no clock, no ledger, no event loop.
 *
 * A stage never falls by itself: a month's bytes only grow, and figures that are smaller than before are figures that are not known
 * (a ledger that cannot be read, counters that have yet to be). It falls where a person has changed what it is measured by.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../ledger/evidence.h"
#include "../policy/policy.h"

enum quota_trust {
	QUOTA_TRUST_STAGE,  /* the stage in the ledger, more than the bytes: counters have yet to be read, or nothing has changed */
	QUOTA_TRUST_NEARLY, /* the bytes, but for 1 %: the first look after a start; a power cut may have taken an interval */
	QUOTA_TRUST_BYTES   /* the bytes: the quota or the account has just been changed */
};

struct quota_case {
	uint64_t used_bytes, limit_bytes; /* limit 0: no quota */
	unsigned notice_percent;
	enum policy_over over;
	bool exempt;
	bool throttled;			/* until now */
	enum ledger_quota_stage stage;	/* until now, in this month */
	enum quota_trust trust;
};

enum quota_say { /* what people should hear of, once */
	QUOTA_SAY_NOTHING,
	QUOTA_SAY_NOTICE,   /* the percentage is reached */
	QUOTA_SAY_OVER,	    /* used up, and the quota says notice only */
	QUOTA_SAY_EXEMPT,   /* used up, and exempt */
	QUOTA_SAY_THROTTLE, /* used up, and throttled from now on */
	QUOTA_SAY_RESTORE   /* throttled no more, and not for an exemption, which was said when it was given */
};

struct quota_verdict {
	enum ledger_quota_stage stage;
	bool throttled;
	enum quota_say say;
};
struct quota_verdict quota_judge(const struct quota_case *about);

/* How long one may wait with the next reading so that, whatever the office does, it passes its limit by at most a four-hundredth of it:
 * until it is throttled, `rate_bps` (down plus up, at its ceilings) is all that it can. At least 10 ms, which only a quota needs that is
 * used up within seconds; INT64_MAX: it does not matter. */
int64_t quota_wait(const struct quota_case *about, uint64_t rate_bps);

/* In tenths of a percent, rounded down; no more than INT32_MAX. */
uint32_t quota_permille(uint64_t used_bytes, uint64_t limit_bytes);

/* ---- exemptions ---- */

struct quota_exemption { /* one that was not revoked */
	char office[LEDGER_ID];
	int64_t id, from_wall_usec, until_wall_usec;
};
/* The end of the last one that is in force now, from <= now < until; 0: none is. A clock that is set back to before it was given is not
 * covered by it. */
int64_t quota_exempt_until(const struct quota_exemption *rows, size_t n, const char *office, int64_t wall_usec);

/* ---- the month and what is in it ---- */

struct quota_span { /* from <= now < until: in it nothing changes by itself */
	int64_t from_wall_usec, until_wall_usec;
};
int32_t quota_month(int64_t wall_usec);			 /* local: year * 12 + month - 1 */
int64_t quota_month_begin(int32_t month);		 /* its first instant */
const char *quota_month_text(int32_t month, char text[static 8]); /* "2026-11" */
/* The local month, cut by the ends and beginnings of exemptions. */
struct quota_span quota_span(const struct quota_exemption *rows, size_t n, int64_t wall_usec);
