/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: whether an office is slowed down for the rest of a month is decided by one function that can be read,
 * and proven without a gateway. It must never throttle by a figure that is not known, nor let go by one.
 */
#include "quota_judge.h"
#include <stdio.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/units.h"

#define WAIT_LEAST_USEC (10 * USEC_PER_MSEC)
#define SLACK_PART 400	/* of the limit: what may pass between two readings */
#define UNSURE_PART 100 /* of the limit: what a power cut may have taken out of the account */

/* ---- stages ---- */

static enum ledger_quota_stage stage_of(const struct quota_case *about, uint64_t used_bytes)
{
	const unsigned __int128 hundredths = (unsigned __int128)used_bytes * 100;

	if (used_bytes >= about->limit_bytes)
		return LEDGER_QUOTA_OVER;
	if (hundredths >= (unsigned __int128)about->limit_bytes * about->notice_percent)
		return LEDGER_QUOTA_NOTICED;
	return LEDGER_QUOTA_NONE;
}

static enum ledger_quota_stage stage_now(const struct quota_case *about)
{
	enum ledger_quota_stage stage = stage_of(about, about->used_bytes), unsure;

	switch (about->trust) {
	case QUOTA_TRUST_STAGE:
		return MAX(stage, about->stage);
	case QUOTA_TRUST_NEARLY:
		unsure = stage_of(about, about->used_bytes + about->limit_bytes / UNSURE_PART);
		return MAX(stage, MIN(unsure, about->stage));
	case QUOTA_TRUST_BYTES:
		break;
	}
	return stage;
}

static enum quota_say sentence(const struct quota_case *about, const struct quota_verdict *verdict)
{
	const bool rises = verdict->stage > about->stage;

	if (verdict->throttled && !about->throttled)
		return QUOTA_SAY_THROTTLE;
	if (rises && verdict->stage == LEDGER_QUOTA_OVER)
		return about->over == POLICY_OVER_NOTICE ? QUOTA_SAY_OVER : QUOTA_SAY_EXEMPT;
	if (about->throttled && !verdict->throttled && !about->exempt)
		return QUOTA_SAY_RESTORE;
	return rises ? QUOTA_SAY_NOTICE : QUOTA_SAY_NOTHING;
}

struct quota_verdict quota_judge(const struct quota_case *about)
{
	struct quota_verdict verdict = {0};

	if (about->limit_bytes) {
		verdict.stage = stage_now(about);
		verdict.throttled = verdict.stage == LEDGER_QUOTA_OVER &&
				    about->over == POLICY_OVER_THROTTLE && !about->exempt;
	}
	verdict.say = sentence(about, &verdict);
	return verdict;
}

int64_t quota_wait(const struct quota_case *about, uint64_t rate_bps)
{
	uint64_t left;
	unsigned __int128 usec;

	if (!about->limit_bytes || !rate_bps || about->over != POLICY_OVER_THROTTLE || about->exempt ||
	    about->used_bytes >= about->limit_bytes)
		return INT64_MAX;
	left = about->limit_bytes - about->used_bytes + about->limit_bytes / SLACK_PART;
	usec = (unsigned __int128)left * 8 * USEC_PER_SEC / rate_bps;
	return (int64_t)CLAMP(usec, (unsigned __int128)WAIT_LEAST_USEC, (unsigned __int128)INT64_MAX);
}

uint32_t quota_permille(uint64_t used_bytes, uint64_t limit_bytes)
{
	unsigned __int128 permille = limit_bytes ? (unsigned __int128)used_bytes * 1000 / limit_bytes : 0;

	return (uint32_t)MIN(permille, (unsigned __int128)INT32_MAX);
}

/* ---- exemptions ---- */

static bool in_force(const struct quota_exemption *row, int64_t wall_usec)
{
	return row->from_wall_usec <= wall_usec && wall_usec < row->until_wall_usec;
}

int64_t quota_exempt_until(const struct quota_exemption *rows, size_t n, const char *office,
			   int64_t wall_usec)
{
	int64_t until = 0;

	for (size_t i = 0; i < n; i++)
		if (in_force(&rows[i], wall_usec) && strcmp(rows[i].office, office) == 0)
			until = MAX(until, rows[i].until_wall_usec);
	return until;
}

/* ---- the month ---- */

int32_t quota_month(int64_t wall_usec)
{
	struct tm local = clock_local(wall_usec);

	return (local.tm_year + 1900) * 12 + local.tm_mon;
}

int64_t quota_month_begin(int32_t month)
{
	return clock_from_local(month / 12, month % 12 + 1, 1, 0, 0, 0);
}

const char *quota_month_text(int32_t month, char text[static 8])
{
	snprintf(text, 8, "%04u-%02u", (unsigned)(month / 12) % 10000, (unsigned)(month % 12 + 1) % 100);
	return text;
}

static void cut(struct quota_span *span, int64_t at, int64_t wall_usec)
{
	if (at <= wall_usec)
		span->from_wall_usec = MAX(span->from_wall_usec, at);
	else
		span->until_wall_usec = MIN(span->until_wall_usec, at);
}

struct quota_span quota_span(const struct quota_exemption *rows, size_t n, int64_t wall_usec)
{
	int32_t month = quota_month(wall_usec);
	struct quota_span span = {quota_month_begin(month), quota_month_begin(month + 1)};

	for (size_t i = 0; i < n; i++) {
		cut(&span, rows[i].from_wall_usec, wall_usec);
		cut(&span, rows[i].until_wall_usec, wall_usec);
	}
	return span;
}
