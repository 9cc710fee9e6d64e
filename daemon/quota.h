/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Offices and their month: what has been used of a quota, who has heard of it, and who is throttled. Bytes are booking.h's, rules are
 * quota_judge.h's, rates are the planner's. Stages and exemptions live in the ledger: a throttle is in force from the first plan after a
 * restart. Where the ledger cannot be read or written, what was known last goes on.
 * All functions accept NULL.
 */
#include <jansson.h>
#include "quota_judge.h"

struct daemon;
struct quota;

/* After the engine, the ledger and the booking; before the first plan. 0 or -errno. */
int quota_new(struct daemon *daemon, struct quota **out);
struct quota *quota_free(struct quota *quota);

/* From meter.c after booking_take(). When the next reading is wanted at the latest, in microseconds from now. */
int64_t quota_turn(struct quota *quota);
/* For the planner's input: by slot, PLAN_SLOTS of them. Valid until the next event. */
const bool *quota_throttled(const struct quota *quota);
/* Another policy is in place. The caller plans anew. */
void quota_policy(struct quota *quota);
/* A correction has changed what an office has used. Plans anew where that matters. */
void quota_corrected(struct quota *quota, const char *office);

/* Durable when it returns, and in force: fills id. -errno as the ledger's, and -ENOTCONN: there is none. */
int quota_exempt(struct quota *quota, struct ledger_exemption *exemption);
/* -ENOENT: there is no such exemption, or it is over already. *out: the one that was revoked. */
int quota_revoke(struct quota *quota, int64_t id, const char *who, struct ledger_exemption *out);

/* "quota" of an office's row in the status: null without one, else {"percent", "notice_percent", "stage" (none, noticed, over),
 * "over" (notice, throttle), "throttled", "throttle": {"down_bps", "up_bps"} or null, "exempt_until" (or null), "month", "renews"} */
void quota_describe(const struct quota *quota, const struct policy_office *office, json_t *office_status);
