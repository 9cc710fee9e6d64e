/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The sentences on quotas for log, journal and notices: English here, Indonesian in notify_words.c.
 */
#include "quota_judge.h"

struct notify;

enum quota_cause { /* why the figures are looked at */
	QUOTA_CAUSE_COUNTED,
	QUOTA_CAUSE_MONTH,  /* another month has begun, or the clock was set into one */
	QUOTA_CAUSE_POLICY,
	QUOTA_CAUSE_CORRECTION,
	QUOTA_CAUSE_EXEMPTION
};

struct quota_tale {
	const struct policy_office *office;
	uint64_t used_bytes;
	int32_t month;
	int64_t exempt_until_wall_usec;
	enum quota_cause cause; /* of QUOTA_SAY_RESTORE */
};
void quota_say(struct notify *notify, enum quota_say say, const struct quota_tale *tale);
void quota_say_exempted(struct notify *notify, const struct ledger_exemption *exemption);
void quota_say_revoked(struct notify *notify, const struct ledger_exemption *exemption, const char *who);
