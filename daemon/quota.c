/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: here a month's bytes, the clock, the ledger's stages and a person's exemptions meet, and what comes of
 * it is planned, written and told, in this order: an office that is over is slowed down first. What is
 * decided stands in quota_judge.c. A ledger that fails stops nothing and is tried again.
 */
#include "quota.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "booking.h"
#include "daemon.h"
#include "engine.h"
#include "meter.h"
#include "quota_room.h"
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/units.h"

static const struct policy *policy_of(const struct quota *quota)
{
	return engine_policy(quota->daemon->engine);
}

/* Rows are the policy's offices in their order; NULL: another policy is in place already, and quota_policy()
 * is still to come. */
static const struct policy_office *office_of(const struct quota *quota, size_t i)
{
	const struct policy *policy = policy_of(quota);

	return i < policy->n_offices && strcmp(policy->offices[i].id, quota->rows[i].id) == 0
		   ? &policy->offices[i]
		   : NULL;
}

/* ---- judging ---- */

struct quota_case quota_case_of(const struct quota *quota, const struct quota_row *row,
				const struct policy_office *office, int64_t wall_usec)
{
	const bool known = !row->waiting && row->slot >= 0;

	return (struct quota_case){
	    .used_bytes = known ? booking_month(quota->daemon->booking, (unsigned)row->slot) : 0,
	    .limit_bytes = office->quota_bytes,
	    .notice_percent = office->quota_notice_percent,
	    .over = office->quota_over,
	    .exempt =
		quota_exempt_until(quota->exemptions, quota->n_exemptions, row->id, wall_usec) > wall_usec,
	    .throttled = row->throttled,
	    .stage = row->stage,
	    .trust = row->waiting ? QUOTA_TRUST_STAGE : row->trust,
	};
}

/* Whether it begins or ends to be throttled. */
static bool judge(struct quota *quota, struct quota_row *row, const struct policy_office *office,
		  int64_t wall_usec)
{
	const struct quota_case about = quota_case_of(quota, row, office, wall_usec);
	const struct quota_verdict verdict = quota_judge(&about);
	const bool changes = verdict.throttled != row->throttled;

	row->say = row->fresh ? QUOTA_SAY_NOTHING : verdict.say;
	row->dirty |= verdict.stage != row->stage;
	row->stage = verdict.stage;
	row->throttled = verdict.throttled;
	row->fresh = false;
	if (!row->waiting)
		row->trust = QUOTA_TRUST_STAGE;
	if (row->slot >= 0)
		quota->throttled[row->slot] = row->throttled;
	return changes;
}

static bool judge_all(struct quota *quota, int64_t wall_usec)
{
	bool changes = false;

	for (size_t i = 0; i < quota->n_rows; i++)
		if (office_of(quota, i))
			changes |= judge(quota, &quota->rows[i], office_of(quota, i), wall_usec);
	return changes;
}

static void tell_row(const struct quota *quota, const struct quota_row *row,
		     const struct policy_office *office, int64_t wall_usec)
{
	struct quota_tale tale = {.office = office, .month = quota->month, .cause = row->cause};

	tale.exempt_until_wall_usec =
	    quota_exempt_until(quota->exemptions, quota->n_exemptions, row->id, wall_usec);
	if (row->slot >= 0)
		tale.used_bytes = booking_month(quota->daemon->booking, (unsigned)row->slot);
	quota_say(quota->daemon->notify, row->say, &tale);
}

static void tell(struct quota *quota)
{
	const int64_t wall = clock_now().wall_usec;

	for (size_t i = 0; i < quota->n_rows; i++) {
		struct quota_row *row = &quota->rows[i];

		if (row->say != QUOTA_SAY_NOTHING && office_of(quota, i))
			tell_row(quota, row, office_of(quota, i), wall);
		row->say = QUOTA_SAY_NOTHING;
		if (!row->waiting)
			row->cause = QUOTA_CAUSE_COUNTED;
	}
}

/* Another month: nothing of it is known but what the ledger says, until counters are read. */
static void turn_month(struct quota *quota, int32_t month)
{
	quota->month = month;
	quota->exemptions_known = false;
	quota->retry_mono_usec = 0;
	for (size_t i = 0; i < quota->n_rows; i++) {
		struct quota_row *row = &quota->rows[i];

		row->stage = LEDGER_QUOTA_NONE;
		row->known = row->dirty = false;
		row->waiting = true;
		row->trust = QUOTA_TRUST_NEARLY;
		row->cause = QUOTA_CAUSE_MONTH;
	}
}

/* True: somebody begins or ends to be throttled. */
static bool look(struct quota *quota)
{
	const int64_t wall = clock_now().wall_usec;
	const int32_t month = quota_month(wall);

	if (month != quota->month) {
		quota_write(quota);
		turn_month(quota, month);
		booking_corrected(quota->daemon->booking); /* nor may its figures be the former month's */
		meter_ask(quota->daemon->meter);
	}
	quota_read(quota);
	quota->span = quota_span(quota->exemptions, quota->n_exemptions, wall);
	return judge_all(quota, wall);
}

void quota_look(struct quota *quota)
{
	if (look(quota))
		engine_update(quota->daemon->engine, "quota");
	quota_write(quota);
	tell(quota);
}

/* After any other event: has the clock left the time in which nothing changes by itself? It may have been
 * set. */
static int on_post(sd_event_source *source _unused_, void *userdata)
{
	struct quota *quota = userdata;
	const int64_t wall = clock_now().wall_usec;

	if (wall < quota->span.from_wall_usec || wall >= quota->span.until_wall_usec)
		quota_look(quota);
	return 0;
}

/* ---- the meter's turn ---- */

/* The most that it can use: the higher of its ceilings in each direction, within the uplink. */
static uint64_t most_bps(const struct policy *policy, const struct policy_office *office)
{
	const struct policy_rate budget = policy_budget(policy);
	uint64_t down = MAX(office->inside.ceiling.down_bps, office->outside.ceiling.down_bps);
	uint64_t up = MAX(office->inside.ceiling.up_bps, office->outside.ceiling.up_bps);

	return MIN(down, budget.down_bps) + MIN(up, budget.up_bps);
}

static int64_t next_reading(const struct quota *quota)
{
	const struct policy *policy = policy_of(quota);
	const int64_t wall = clock_now().wall_usec;
	int64_t wait = MAX(quota->span.until_wall_usec - wall, USEC_PER_MSEC);

	for (size_t i = 0; i < quota->n_rows; i++) {
		const struct policy_office *office = office_of(quota, i);
		struct quota_case about;

		if (!office || !office->quota_bytes)
			continue;
		about = quota_case_of(quota, &quota->rows[i], office, wall);
		wait = MIN(wait, quota_wait(&about, most_bps(policy, office)));
	}
	return wait;
}

int64_t quota_turn(struct quota *quota)
{
	if (!quota)
		return INT64_MAX;
	if (quota_month(clock_now().wall_usec) == quota->month)
		for (size_t i = 0; i < quota->n_rows; i++)
			quota->rows[i].waiting = false;
	quota_look(quota);
	return next_reading(quota);
}

const bool *quota_throttled(const struct quota *quota)
{
	return quota ? quota->throttled : NULL;
}

/* ---- another policy, another account ---- */

struct quota_row *quota_find(const struct quota *quota, const char *id)
{
	for (size_t i = 0; i < quota->n_rows; i++)
		if (strcmp(quota->rows[i].id, id) == 0)
			return &quota->rows[i];
	return NULL;
}

static struct quota_row row_for(const struct quota *quota, const struct policy_office *office)
{
	const struct quota_row *before = quota_find(quota, office->id);
	struct quota_row row = {.waiting = true, .fresh = true, .trust = QUOTA_TRUST_NEARLY};

	if (before)
		row = *before;
	snprintf(row.id, sizeof(row.id), "%s", office->id);
	row.slot = slots_find(engine_slots(quota->daemon->engine), "office", office->id);
	if (before && row.limit_bytes != office->quota_bytes) {
		row.trust = QUOTA_TRUST_BYTES;
		row.cause = QUOTA_CAUSE_POLICY;
	}
	if (row.cause == QUOTA_CAUSE_COUNTED)
		row.cause = QUOTA_CAUSE_POLICY;
	row.limit_bytes = office->quota_bytes;
	return row;
}

static int make_rows(struct quota *quota)
{
	const struct policy *policy = policy_of(quota);
	struct quota_row *rows = calloc(MAX(policy->n_offices, (size_t)1), sizeof(*rows));

	if (!rows)
		return -ENOMEM;
	for (size_t i = 0; i < policy->n_offices; i++)
		rows[i] = row_for(quota, &policy->offices[i]);
	free(quota->rows);
	quota->rows = rows;
	quota->n_rows = policy->n_offices;
	memset(quota->throttled, 0, sizeof(quota->throttled));
	return 0;
}

void quota_policy(struct quota *quota)
{
	if (!quota)
		return;
	if (make_rows(quota) < 0) {
		log_error("no memory for quotas: none is in force until the next configuration");
		memset(quota->throttled, 0, sizeof(quota->throttled));
		quota->n_rows = 0;
		return;
	}
	look(quota);
	quota_write(quota);
	tell(quota);
	meter_ask(quota->daemon->meter); /* for those who are new here */
}

void quota_corrected(struct quota *quota, const char *office)
{
	struct quota_row *row = quota ? quota_find(quota, office) : NULL;

	if (!row)
		return;
	row->trust = QUOTA_TRUST_BYTES;
	row->cause = QUOTA_CAUSE_CORRECTION;
	quota_look(quota);
}

/* ---- life ---- */

int quota_new(struct daemon *daemon, struct quota **out)
{
	struct quota *quota = calloc(1, sizeof(*quota));
	int r = quota ? 0 : -ENOMEM;

	if (quota) {
		quota->daemon = daemon;
		quota->month = quota_month(clock_now().wall_usec);
		r = make_rows(quota);
	}
	if (r >= 0)
		r = sd_event_add_post(daemon->event, &quota->post, on_post, quota);
	if (r < 0) {
		quota_free(quota);
		return r;
	}
	look(quota);
	*out = quota;
	return 0;
}

struct quota *quota_free(struct quota *quota)
{
	if (!quota)
		return NULL;
	quota_write(quota);
	sd_event_source_disable_unref(quota->post);
	free(quota->exemptions);
	free(quota->rows);
	free(quota);
	return NULL;
}
