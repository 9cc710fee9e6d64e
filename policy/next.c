/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What changes next, and why: walks from one instant at which something may change to the next until
 * something does. It must never report a change that nobody would see.
 */
#include "decision.h"
#include "../lib/cleanup.h"
#include "../lib/units.h"

#define HORIZON_USEC (400 * USEC_PER_DAY)

static bool is_working_hours(const struct policy *policy, const struct policy_schedule *schedule)
{
	if (policy->site_schedule == schedule)
		return true;
	for (size_t i = 0; i < policy->n_offices; i++)
		if (policy->offices[i].schedule == schedule)
			return true;
	return false;
}

static bool is_opening_hours(const struct policy *policy, const struct policy_schedule *schedule)
{
	for (size_t i = 0; i < policy->n_zones; i++)
		if (policy->zones[i].open == schedule)
			return !is_working_hours(policy, schedule);
	return false;
}

static bool is_used(const struct policy *policy, const struct policy_schedule *schedule)
{
	for (size_t i = 0; i < policy->n_zones; i++)
		if (policy->zones[i].open == schedule || policy->zones[i].not_during == schedule)
			return true;
	return is_working_hours(policy, schedule);
}

static const char *site_holiday(const struct policy *policy, int64_t wall_usec)
{
	const struct policy_holiday *holiday = NULL;

	if (policy->site_schedule->holidays)
		holiday = policy_holiday(policy, calendar_day_of(wall_usec));
	return holiday ? holiday->name : NULL;
}

static bool is_sooner(int64_t wall_usec, const struct planner_change *best)
{
	return wall_usec && (!best->wall_usec || wall_usec < best->wall_usec);
}

static void consider_schedule(struct planner_change *best, const struct policy *policy,
			      const struct policy_schedule *schedule, int64_t after)
{
	struct calendar_change change = calendar_next(policy, schedule, after);

	if (!is_sooner(change.wall_usec, best))
		return;
	*best =
	    (struct planner_change){.wall_usec = change.wall_usec,
				    .cause = change.cause,
				    .name = change.name,
				    .schedule = schedule,
				    .inside = change.inside,
				    .opening = is_opening_hours(policy, schedule),
				    .holiday = change.inside ? site_holiday(policy, change.wall_usec) : NULL};
}

static void consider_override(struct planner_change *best, const struct override *override, int64_t after)
{
	if (override->until_wall_usec > after && is_sooner(override->until_wall_usec, best))
		*best = (struct planner_change){
		    .wall_usec = override->until_wall_usec, .cause = CALENDAR_OVERRIDE, .override = override};
}

static struct planner_input input_at(const struct planner_input *in, int64_t wall_usec)
{
	struct planner_input at = *in;

	at.now.wall_usec = wall_usec;
	at.now.mono_usec += wall_usec - in->now.wall_usec;
	return at;
}

/* The next instant at which this zone may change; schedules come first where several do at once. */
static struct planner_change zone_candidate(const struct planner_input *at, const struct policy_zone *zone)
{
	const struct override *override = decision_zone_override(at, zone);
	struct planner_change best = {0};

	if (override && !override->until_wall_usec)
		return best; /* for ever */
	consider_schedule(&best, at->policy, zone->open, at->now.wall_usec);
	if (zone->not_during)
		consider_schedule(&best, at->policy, zone->not_during, at->now.wall_usec);
	if (override)
		consider_override(&best, override, at->now.wall_usec);
	return best;
}

struct planner_change planner_zone_next(const struct planner_input *in, const struct policy_zone *zone)
{
	bool open = planner_zone_open(in, zone);
	struct planner_input at = *in;

	for (;;) {
		struct planner_change change = zone_candidate(&at, zone);

		if (!change.wall_usec || change.wall_usec > in->now.wall_usec + HORIZON_USEC)
			return (struct planner_change){0};
		at = input_at(in, change.wall_usec);
		if (planner_zone_open(&at, zone) != open)
			return change;
	}
}

/* The site's own schedule gives the cause where several change at once, then the file's order. */
static struct planner_change candidate(const struct planner_input *in, int64_t after)
{
	const struct policy *policy = in->policy;
	struct planner_change best = {0};

	consider_schedule(&best, policy, policy->site_schedule, after);
	for (size_t i = 0; i < policy->n_schedules; i++)
		if (&policy->schedules[i] != policy->site_schedule && is_used(policy, &policy->schedules[i]))
			consider_schedule(&best, policy, &policy->schedules[i], after);
	for (size_t i = 0; i < in->n_overrides; i++)
		consider_override(&best, &in->overrides[i], after);
	return best;
}

struct planner_change planner_next(const struct planner_input *in)
{
	_cleanup_(decision_clear) struct decision now = decision_make(in);
	int64_t at = in->now.wall_usec;

	for (;;) {
		struct planner_change change = candidate(in, at);
		struct planner_input then = input_at(in, change.wall_usec);

		if (!change.wall_usec || change.wall_usec > in->now.wall_usec + HORIZON_USEC)
			return (struct planner_change){0};
		_cleanup_(decision_clear) struct decision next = decision_make(&then);
		if (decision_differs(&now, &next))
			return change;
		at = change.wall_usec;
	}
}
