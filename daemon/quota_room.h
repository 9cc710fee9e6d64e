/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The inside of quota.h's room, for the quota*.c files alone.
 */
#include <systemd/sd-event.h>
#include "quota_say.h"
#include "../lib/plan.h"

struct quota_row { /* an office of the policy, in its order */
	char id[LEDGER_ID];
	int slot; /* or negative */
	enum ledger_quota_stage stage;
	uint64_t limit_bytes; /* of the policy that it was judged by */
	bool known;	      /* the ledger has been asked for the stage */
	bool dirty;	      /* the stage has yet to be written */
	bool waiting;	      /* counters have not been read since its month was looked up: the bytes are not known */
	bool fresh;	      /* never judged: what is found is no news */
	bool throttled;
	enum quota_trust trust;
	enum quota_cause cause;
	enum quota_say say;
};

struct quota {
	struct daemon *daemon;
	struct quota_row *rows;
	size_t n_rows;
	struct quota_exemption *exemptions;
	size_t n_exemptions;
	bool exemptions_known;
	int32_t month;
	struct quota_span span;
	int64_t retry_mono_usec;
	bool throttled[PLAN_SLOTS];
	sd_event_source *post;
};

/* quota_ledger.c: what is not known yet, and what has yet to be written. A ledger that fails is tried again in ten seconds. */
void quota_read(struct quota *quota);
void quota_write(struct quota *quota);
int quota_keep_exemption(const struct ledger_exemption *exemption, void *quota); /* 0 or -ENOMEM */

/* quota.c */
struct quota_row *quota_find(const struct quota *quota, const char *id); /* or NULL */
struct quota_case quota_case_of(const struct quota *quota, const struct quota_row *row,
				const struct policy_office *office, int64_t wall_usec);
void quota_look(struct quota *quota); /* judges, plans anew where that matters, writes, tells */
