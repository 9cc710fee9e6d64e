/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one place that decides which office is inside, which zone is open, and who yields to whom. The plan,
 * the status, the portal's answers and the list of changes all ask here, so that they never tell different
 * stories. Pure.
 */
#include "decision.h"
#include "../lib/cleanup.h"
#include <string.h>

struct policy_rate rate_sum(struct policy_rate a, struct policy_rate b)
{
	return (struct policy_rate){a.down_bps + b.down_bps, a.up_bps + b.up_bps};
}

struct policy_rate rate_less(struct policy_rate a, struct policy_rate b)
{
	return (struct policy_rate){a.down_bps - MIN(a.down_bps, b.down_bps),
				    a.up_bps - MIN(a.up_bps, b.up_bps)};
}

static struct policy_rate rate_min(struct policy_rate a, struct policy_rate b)
{
	return (struct policy_rate){MIN(a.down_bps, b.down_bps), MIN(a.up_bps, b.up_bps)};
}

uint64_t rate_part(uint64_t bps, uint64_t part, uint64_t whole)
{
	return whole ? (uint64_t)((unsigned __int128)bps * part / whole / 8 * 8) : 0;
}

bool rate_fits(struct policy_rate a, struct policy_rate budget)
{
	return a.down_bps <= budget.down_bps && a.up_bps <= budget.up_bps;
}

/* ---- overrides ---- */

static bool in_force(const struct override *override, int64_t wall_usec)
{
	return !override->until_wall_usec || override->until_wall_usec > wall_usec;
}

static bool is_for_zone(const struct override *override)
{
	return override->kind == OVERRIDE_ZONE_OPEN || override->kind == OVERRIDE_ZONE_CLOSED;
}

static const struct override *find_override(const struct planner_input *in, bool zone, const char *id)
{
	for (size_t i = in->n_overrides; i-- > 0;) {
		const struct override *o = &in->overrides[i];

		if (is_for_zone(o) == zone && in_force(o, in->now.wall_usec) && strcmp(o->id, id) == 0)
			return o;
	}
	return NULL;
}

const struct override *decision_zone_override(const struct planner_input *in, const struct policy_zone *zone)
{
	return find_override(in, true, zone->id);
}

const struct override *decision_overtime(const struct planner_input *in, const struct policy_office *office)
{
	return find_override(in, false, office->id);
}

/* ---- states ---- */

static bool schedule_inside(const struct decision *d, const struct policy_schedule *schedule)
{
	if (d->inside)
		return d->inside[schedule - d->in->policy->schedules];
	return calendar_inside(d->in->policy, schedule, d->in->now.wall_usec);
}

bool decision_public(const struct decision *d)
{
	return !schedule_inside(d, d->in->policy->site_schedule);
}

static bool works_overtime(const struct decision *d, const struct policy_office *office)
{
	return d->in->n_overrides && !schedule_inside(d, office->schedule) &&
	       decision_overtime(d->in, office);
}

static bool works(const struct decision *d, const struct policy_office *office)
{
	return schedule_inside(d, office->schedule) || works_overtime(d, office);
}

/* It has used up its quota, and its quota says that this lowers its rates. */
static bool is_throttled(const struct decision *d, const struct policy_office *office)
{
	const struct planner_input *in = d->in;
	int slot;

	if (!in->throttled || !office->quota_bytes || office->quota_over != POLICY_OVER_THROTTLE)
		return false;
	if (d->throttled)
		return d->throttled[office - in->policy->offices];
	slot = slots_find(in->slots, "office", office->id);
	return slot >= 0 && in->throttled[slot];
}

enum office_state decision_office_state(const struct decision *d, const struct policy_office *office)
{
	if (is_throttled(d, office))
		return OFFICE_THROTTLED;
	return works(d, office) ? OFFICE_INSIDE : OFFICE_OUTSIDE;
}

static bool zone_open_by_calendar(const struct decision *d, const struct policy_zone *zone)
{
	return schedule_inside(d, zone->open) && !(zone->not_during && schedule_inside(d, zone->not_during));
}

bool decision_zone_open(const struct decision *d, const struct policy_zone *zone)
{
	const struct override *override = decision_zone_override(d->in, zone);

	return override ? override->kind == OVERRIDE_ZONE_OPEN : zone_open_by_calendar(d, zone);
}

/* ---- shares ---- */

/* Without regard to what fits. */
static struct policy_share wanted_share(const struct decision *d, const struct policy_office *office)
{
	return works(d, office) ? office->inside : office->outside;
}

static struct policy_share capped(struct policy_share share, struct policy_rate budget)
{
	share.ceiling = rate_min(share.ceiling, budget);
	share.guaranteed = rate_min(share.guaranteed, share.ceiling);
	return share;
}

/* Of what the uplink should give. */
static struct policy_share granted_office_share(const struct decision *d, const struct policy_office *office)
{
	struct policy_share share = wanted_share(d, office);

	if ((size_t)(office - d->in->policy->offices) >= d->overtime_end && works_overtime(d, office))
		share.guaranteed = office->outside.guaranteed;
	return capped(share, d->nominal);
}

/* A zone opened by a person: the guarantee is its own where it fits beside those opened so before it. */
static struct policy_rate leftover_guarantee(const struct decision *d, const struct policy_zone *zone)
{
	struct policy_rate left = d->left, none = {0};

	for (const struct policy_zone *z = d->in->policy->zones;; z++) {
		bool opened = decision_zone_open(d, z) && !zone_open_by_calendar(d, z);
		struct policy_rate wish = capped(z->share, d->nominal).guaranteed;
		bool fits = rate_fits(wish, left);

		if (z == zone)
			return fits ? wish : none;
		if (opened && fits)
			left = rate_less(left, wish);
	}
}

static struct policy_share granted_zone_share(const struct decision *d, const struct policy_zone *zone)
{
	struct policy_share share = capped(zone->share, d->nominal);

	if (!decision_zone_open(d, zone))
		return (struct policy_share){0};
	if (!zone_open_by_calendar(d, zone))
		share.guaranteed = leftover_guarantee(d, zone);
	else if ((size_t)(zone - d->in->policy->zones) >= d->zones_end)
		share.guaranteed = (struct policy_rate){0};
	return share;
}

/* ---- what the uplink gives now ---- */

/* One factor for all, in each direction by itself; a guarantee stays one. */
static uint64_t shrunk(uint64_t bps, uint64_t granted_bps, uint64_t budget_bps)
{
	if (!bps || granted_bps <= budget_bps)
		return bps;
	return MAX(rate_part(bps, budget_bps, granted_bps), (uint64_t)8);
}

static struct policy_share fitted(const struct decision *d, struct policy_share share)
{
	struct policy_rate *rate = &share.guaranteed;

	rate->down_bps = shrunk(rate->down_bps, d->granted.down_bps, d->budget.down_bps);
	rate->up_bps = shrunk(rate->up_bps, d->granted.up_bps, d->budget.up_bps);
	return capped(share, d->budget);
}

/* Last of all, so that what a throttle frees is nobody's guarantee: it is borrowed, and who yields is decided
 * as without. */
static struct policy_share throttled(const struct policy_office *office, struct policy_share share)
{
	share.guaranteed = rate_min(share.guaranteed, office->quota_throttle);
	share.ceiling = rate_min(share.ceiling, office->quota_throttle);
	return share;
}

struct policy_share decision_office_share(const struct decision *d, const struct policy_office *office)
{
	struct policy_share share = fitted(d, granted_office_share(d, office));

	return is_throttled(d, office) ? throttled(office, share) : share;
}

struct policy_share decision_zone_share(const struct decision *d, const struct policy_zone *zone)
{
	return fitted(d, granted_zone_share(d, zone));
}

struct policy_share decision_own_share(const struct decision *d)
{
	return fitted(d, (struct policy_share){d->in->policy->own, d->budget});
}

struct policy_share decision_unattributed_share(const struct decision *d)
{
	return fitted(d, (struct policy_share){d->in->policy->unattributed, d->in->policy->unattributed});
}

/* ---- what fits ---- */

/* Takes overtime guarantees back, from the last office on, until the offices alone fit. */
static void settle_offices(struct decision *d)
{
	const struct policy *policy = d->in->policy;

	d->offices = rate_sum(policy->own, policy->unattributed);
	for (size_t i = 0; i < policy->n_offices; i++)
		d->offices = rate_sum(d->offices, granted_office_share(d, &policy->offices[i]).guaranteed);
	while (d->overtime_end > 0 && !rate_fits(d->offices, d->nominal)) {
		const struct policy_office *office = &policy->offices[d->overtime_end - 1];
		struct policy_rate before = granted_office_share(d, office).guaranteed;

		d->overtime_end--;
		d->offices =
		    rate_sum(rate_less(d->offices, before), granted_office_share(d, office).guaranteed);
	}
}

static struct policy_rate zone_claim(const struct decision *d, const struct policy_zone *zone)
{
	bool claims = zone_open_by_calendar(d, zone) && decision_zone_open(d, zone);

	return claims ? capped(zone->share, d->nominal).guaranteed : (struct policy_rate){0};
}

static void settle_zones(struct decision *d)
{
	const struct policy *policy = d->in->policy;
	struct policy_rate sum = d->offices;

	for (size_t i = 0; i < policy->n_zones; i++)
		sum = rate_sum(sum, zone_claim(d, &policy->zones[i]));
	while (d->zones_end > 0 && !rate_fits(sum, d->nominal))
		sum = rate_less(sum, zone_claim(d, &policy->zones[--d->zones_end]));
	d->left = rate_less(d->nominal, sum);
}

static void sum_granted(struct decision *d)
{
	const struct policy *policy = d->in->policy;

	d->granted = d->offices;
	for (size_t i = 0; i < policy->n_zones; i++)
		d->granted = rate_sum(d->granted, granted_zone_share(d, &policy->zones[i]).guaranteed);
}

static void ask_calendar(struct decision *d)
{
	const struct policy *policy = d->in->policy;
	bool *inside = calloc(policy->n_schedules, sizeof(*inside));

	for (size_t i = 0; inside && i < policy->n_schedules; i++)
		inside[i] = calendar_inside(policy, &policy->schedules[i], d->in->now.wall_usec);
	d->inside = inside;
}

/* By office: few are throttled at a time, and a slot's name says which. */
static void ask_quotas(struct decision *d)
{
	const struct planner_input *in = d->in;
	bool *rows = in->throttled ? calloc(in->policy->n_offices, sizeof(*rows)) : NULL;

	for (size_t slot = 0; rows && slot < in->slots->n; slot++) {
		const char *id = in->slots->ids[slot];
		const struct policy_office *office = NULL;

		if (in->throttled[slot] && strncmp(id, "office/", strlen("office/")) == 0)
			office = policy_office(in->policy, id + strlen("office/"));
		if (office)
			rows[office - in->policy->offices] = true;
	}
	d->throttled = rows;
}

struct decision decision_make(const struct planner_input *in)
{
	struct decision d = {.in = in,
			     .budget = planner_budget(in),
			     .nominal = policy_budget(in->policy),
			     .overtime_end = in->policy->n_offices,
			     .zones_end = in->policy->n_zones};

	ask_calendar(&d);
	ask_quotas(&d);
	settle_offices(&d);
	settle_zones(&d);
	sum_granted(&d);
	return d;
}

void decision_clear(struct decision *decision)
{
	free(decision->inside);
	free(decision->throttled);
	*decision = (struct decision){0};
}

/* ---- comparing ---- */

static bool share_differs(struct policy_share a, struct policy_share b)
{
	return memcmp(&a, &b, sizeof(a)) != 0; /* eight-byte fields: no padding */
}

bool decision_differs(const struct decision *a, const struct decision *b)
{
	const struct policy *policy = a->in->policy;
	bool differs = decision_public(a) != decision_public(b);

	for (size_t i = 0; i < policy->n_offices && !differs; i++) {
		const struct policy_office *o = &policy->offices[i];

		differs = decision_office_state(a, o) != decision_office_state(b, o) ||
			  share_differs(decision_office_share(a, o), decision_office_share(b, o));
	}
	for (size_t i = 0; i < policy->n_zones && !differs; i++) {
		const struct policy_zone *z = &policy->zones[i];

		differs = decision_zone_open(a, z) != decision_zone_open(b, z) ||
			  share_differs(decision_zone_share(a, z), decision_zone_share(b, z));
	}
	return differs;
}

/* ---- one by one ---- */

#define CLEARED _cleanup_(decision_clear) struct decision

static uint64_t now_bps(uint64_t now, uint64_t configured)
{
	return now && now < configured ? now : configured;
}

struct policy_rate planner_budget(const struct planner_input *in)
{
	struct policy policy = {.headroom_percent = in->policy->headroom_percent};

	policy.uplink_rate.down_bps = now_bps(in->uplink.down_bps, in->policy->uplink_rate.down_bps);
	policy.uplink_rate.up_bps = now_bps(in->uplink.up_bps, in->policy->uplink_rate.up_bps);
	return policy_budget(&policy);
}

bool planner_public_phase(const struct planner_input *in)
{
	return !calendar_inside(in->policy, in->policy->site_schedule, in->now.wall_usec);
}

enum office_state planner_office_state(const struct planner_input *in, const struct policy_office *office)
{
	struct decision d = {.in = in};

	return decision_office_state(&d, office);
}

struct policy_share planner_office_share(const struct planner_input *in, const struct policy_office *office)
{
	CLEARED d = decision_make(in);

	return decision_office_share(&d, office);
}

bool planner_zone_open(const struct planner_input *in, const struct policy_zone *zone)
{
	struct decision d = {.in = in};

	return decision_zone_open(&d, zone);
}

struct policy_share planner_zone_share(const struct planner_input *in, const struct policy_zone *zone)
{
	CLEARED d = decision_make(in);

	return decision_zone_share(&d, zone);
}

struct policy_rate planner_guarantees(const struct planner_input *in)
{
	CLEARED d = decision_make(in);
	const struct policy *policy = in->policy;
	struct policy_rate sum = rate_sum(policy->own, policy->unattributed);

	for (size_t i = 0; i < policy->n_offices; i++)
		sum = rate_sum(sum, wanted_share(&d, &policy->offices[i]).guaranteed);
	for (size_t i = 0; i < policy->n_zones; i++)
		sum = rate_sum(sum, granted_zone_share(&d, &policy->zones[i]).guaranteed);
	return sum;
}
