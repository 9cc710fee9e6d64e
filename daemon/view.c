/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: an admin must find in the journal when the park opened and why. This file asks the planner and decides
 * nothing.
 */
#include "view.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/log.h"
#include "../lib/units.h"
#include "../policy/describe.h"

#define FORESEEN_USEC USEC_PER_MINUTE

static const char *const office_states[] = {
    [OFFICE_INSIDE] = "inside",
    [OFFICE_OUTSIDE] = "outside",
    [OFFICE_THROTTLED] = "throttled",
};

static void carry_zone(struct engine_zone *zone, const struct view *before)
{
	for (size_t i = 0; i < before->policy->n_zones; i++)
		if (!strcmp(zone->zone->id, before->policy->zones[i].id))
			zone->open = before->zones[i].open;
}

static void carry_office(const struct policy_office *office, uint8_t *state, const struct view *before)
{
	for (size_t i = 0; i < before->policy->n_offices; i++)
		if (!strcmp(office->id, before->policy->offices[i].id))
			*state = before->offices[i];
}

static void carry(struct view *view, const struct view *before)
{
	for (size_t i = 0; i < view->policy->n_zones; i++)
		carry_zone(&view->zones[i], before);
	for (size_t i = 0; i < view->policy->n_offices; i++)
		carry_office(&view->policy->offices[i], &view->offices[i], before);
	view->public_phase = before->public_phase;
	view->seen = before->seen;
}

int view_make(const struct policy *policy, const struct view *before, struct view *out)
{
	struct view view = {.policy = policy};

	view.zones = calloc(policy->n_zones + 1, sizeof(*view.zones));
	view.offices = calloc(policy->n_offices + 1, sizeof(*view.offices));
	if (!view.zones || !view.offices) {
		view_clear(&view);
		return -ENOMEM;
	}
	for (size_t i = 0; i < policy->n_zones; i++)
		view.zones[i] = (struct engine_zone){.zone = &policy->zones[i], .slot = -ENOENT};
	if (before)
		carry(&view, before);
	*out = view;
	return 0;
}

void view_clear(struct view *view)
{
	for (size_t i = 0; view->zones && i < view->policy->n_zones; i++)
		free(view->zones[i].next_cause);
	free(view->zones);
	free(view->offices);
	free(view->next_cause);
	*view = (struct view){0};
}

/* Why something is different at `now`: the change that was foreseen for it, where that has just come about;
 * after a jump of the clock, or a person's order, what the caller says. */
static const char *why(int64_t foreseen_usec, const char *foreseen_cause, const struct planner_input *in,
		       const char *cause)
{
	int64_t late = in->now.wall_usec - foreseen_usec;

	return foreseen_usec && foreseen_cause && late >= 0 && late < FORESEEN_USEC ? foreseen_cause : cause;
}

/* As text at once: what it points to may be gone when it is wanted. */
static void foresee(const struct planner_change *next, int64_t *wall_usec, char **cause)
{
	free(*cause);
	*cause = next->wall_usec ? describe_cause(next, "en") : NULL;
	*wall_usec = next->wall_usec;
}

static void update_phase(struct view *view, const struct planner_input *in, const char *cause)
{
	bool public_phase = planner_public_phase(in);

	if (!view->seen || public_phase != view->public_phase)
		log_notice("phase: %s (%s)", public_phase ? "public" : "office",
			   why(view->next_wall_usec, view->next_cause, in, cause));
	view->public_phase = public_phase;
}

static void update_zone(struct view *view, struct engine_zone *zone, const struct planner_input *in,
			const char *cause)
{
	bool open = planner_zone_open(in, zone->zone);
	struct planner_change next = planner_zone_next(in, zone->zone);

	if (view->seen ? open != zone->open : open)
		log_notice("zone %s: %s (%s)", zone->zone->id, open ? "open" : "closed",
			   why(zone->next_wall_usec, zone->next_cause, in, cause));
	zone->open = open;
	zone->slot = slots_find(in->slots, "zone", zone->zone->id);
	foresee(&next, &zone->next_wall_usec, &zone->next_cause);
}

static void update_office(struct view *view, size_t i, const struct planner_input *in, const char *cause)
{
	const struct policy_office *office = &view->policy->offices[i];
	enum office_state state = planner_office_state(in, office);

	if (view->seen && state != view->offices[i])
		log_notice("office %s: %s (%s)", office->id, office_states[state],
			   why(view->next_wall_usec, view->next_cause, in, cause));
	view->offices[i] = (uint8_t)state;
}

void view_update(struct view *view, const struct planner_input *in, const char *cause)
{
	struct planner_change next = planner_next(in);

	update_phase(view, in, cause);
	for (size_t i = 0; i < view->policy->n_zones; i++)
		update_zone(view, &view->zones[i], in, cause);
	for (size_t i = 0; i < view->policy->n_offices; i++)
		update_office(view, i, in, cause);
	foresee(&next, &view->next_wall_usec, &view->next_cause);
	view->seen = true;
}
