/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Can the calendar ever promise more than there is? Sweeps over every instant at which a schedule changes, on
 * days that together show every state, and adds up the guarantees. A state depends on the schedules alone, so
 * that offices are added up by schedule once. It must look at every state: what it misses is oversold.
 */
#include "decision.h"
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include <errno.h>

struct event {
	int64_t wall_usec;
	size_t schedule;
	bool inside;
};

struct sweep {
	const struct policy *policy;
	struct policy_rate budget;
	struct policy_rate *inside, *outside; /* the offices' guarantees, by schedule */
	bool *is_inside;		      /* by schedule, now */
	struct event *events;
	size_t n, size;
};

static void sweep_clear(struct sweep *sweep)
{
	free(sweep->inside);
	free(sweep->outside);
	free(sweep->is_inside);
	free(sweep->events);
}

static int sweep_make(struct sweep *sweep, const struct policy *policy)
{
	size_t n = policy->n_schedules;

	sweep->policy = policy;
	sweep->budget = policy_budget(policy);
	sweep->inside = calloc(n, sizeof(*sweep->inside));
	sweep->outside = calloc(n, sizeof(*sweep->outside));
	sweep->is_inside = calloc(n, sizeof(*sweep->is_inside));
	if (!sweep->inside || !sweep->outside || !sweep->is_inside)
		return -ENOMEM;
	for (size_t i = 0; i < policy->n_offices; i++) {
		const struct policy_office *office = &policy->offices[i];
		size_t s = office->schedule - policy->schedules;

		sweep->inside[s] = rate_sum(sweep->inside[s], office->inside.guaranteed);
		sweep->outside[s] = rate_sum(sweep->outside[s], office->outside.guaranteed);
	}
	return 0;
}

static int add_event(struct sweep *sweep, int64_t wall_usec, size_t schedule, bool inside)
{
	if (sweep->n == sweep->size) {
		size_t size = sweep->size ? 2 * sweep->size : 256;
		struct event *events = reallocarray(sweep->events, size, sizeof(*events));

		if (!events)
			return -ENOMEM;
		sweep->events = events;
		sweep->size = size;
	}
	sweep->events[sweep->n++] = (struct event){wall_usec, schedule, inside};
	return 0;
}

static int collect(struct sweep *sweep, size_t schedule, int64_t from, int64_t to)
{
	const struct policy_schedule *s = &sweep->policy->schedules[schedule];
	bool inside = calendar_inside(sweep->policy, s, from);

	for (int64_t at = from; at && at < to;) {
		struct calendar_change change;

		if (add_event(sweep, at, schedule, inside) < 0)
			return -ENOMEM;
		change = calendar_next(sweep->policy, s, at);
		at = change.wall_usec;
		inside = change.inside;
	}
	return 0;
}

static int by_time(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	return (x->wall_usec > y->wall_usec) - (x->wall_usec < y->wall_usec);
}

static bool zone_is_open(const struct sweep *sweep, const struct policy_zone *zone)
{
	const struct policy_schedule *first = sweep->policy->schedules;

	return sweep->is_inside[zone->open - first] &&
	       !(zone->not_during && sweep->is_inside[zone->not_during - first]);
}

static struct policy_rate add_up(const struct sweep *sweep)
{
	const struct policy *policy = sweep->policy;
	struct policy_rate sum = rate_sum(policy->own, policy->unattributed);

	for (size_t s = 0; s < policy->n_schedules; s++)
		sum = rate_sum(sum, sweep->is_inside[s] ? sweep->inside[s] : sweep->outside[s]);
	for (size_t i = 0; i < policy->n_zones; i++)
		if (zone_is_open(sweep, &policy->zones[i]))
			sum = rate_sum(sum, policy->zones[i].share.guaranteed);
	return sum;
}

/* 1: found, as planner_overcommitted(). */
static int replay(struct sweep *sweep, int64_t *wall_usec, struct policy_rate *out)
{
	for (size_t i = 0; i < sweep->n;) {
		int64_t at = sweep->events[i].wall_usec;
		struct policy_rate sum;

		for (; i < sweep->n && sweep->events[i].wall_usec == at; i++)
			sweep->is_inside[sweep->events[i].schedule] = sweep->events[i].inside;
		sum = add_up(sweep);
		if (!rate_fits(sum, sweep->budget)) {
			*wall_usec = at;
			*out = sum;
			return 1;
		}
	}
	return 0;
}

static int64_t midnight(int32_t day)
{
	int y, m, d;

	calendar_civil(day, &y, &m, &d);
	return clock_from_local(y, m, d, 0, 0, 0);
}

/* The days from `first` to `last`, both inside. */
static int sweep_days(struct sweep *sweep, int32_t first, int32_t last, int64_t *wall_usec,
		      struct policy_rate *sum)
{
	int r = 0;

	sweep->n = 0;
	for (size_t s = 0; s < sweep->policy->n_schedules && r == 0; s++)
		r = collect(sweep, s, midnight(first), midnight(last + 1));
	if (r < 0)
		return r;
	if (sweep->n)
		qsort(sweep->events, sweep->n, sizeof(*sweep->events), by_time);
	return replay(sweep, wall_usec, sum);
}

int planner_overcommitted(const struct policy *policy, int64_t *wall_usec, struct policy_rate *sum)
{
	_cleanup_(sweep_clear) struct sweep sweep = {0};
	_cleanup_(freep) int32_t *days = NULL;
	ssize_t n = calendar_sample_days(policy, &days);
	int r = n < 0 ? (int)n : sweep_make(&sweep, policy);

	for (ssize_t i = 0, end; i < n && r == 0; i = end) {
		for (end = i + 1; end < n && days[end] == days[end - 1] + 1; end++)
			;
		r = sweep_days(&sweep, days[i], days[end - 1], wall_usec, sum);
	}
	return r;
}
