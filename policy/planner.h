/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * planner(policy, instant, overrides, classes, sessions) -> plan: a pure function. No clock, no I/O, no globals.
 *
 * States: an office is inside or outside its schedule (overtime: inside); a zone is open where `open` is inside and `not_during`
 * is not, or as a person's override says. A closed zone keeps its classes at a token guarantee, so that nothing is
 * rebuilt. Guests' classes borrow within their zone; zones borrow after offices, offices in the ratio of their
 * guarantees (quantum). HTB prios: services of high priority 0, offices, their services of normal priority and own 1,
 * services of low priority 2, zones and guests 3, unattributed 4.
 */
#include "../lib/clock.h"
#include "../lib/plan.h"
#include "policy.h"
#include "calendar.h"

/* Class slots stay with an id for ever: kept by the daemon across reloads. */
struct slots {
	char (*ids)[80];  /* "office/dinkes", "zone/taman-kota", "service/dinkes/voip"; index = slot, empty: free */
	size_t n;	  /* <= PLAN_SLOTS */
};
int slots_assign(struct slots *slots, const struct policy *policy); /* new ids take the lowest free slot. 0, -ENOMEM, -ENOSPC */
int slots_find(const struct slots *slots, const char *kind, const char *id); /* slot or -ENOENT; kind "office" or "zone" */
int slots_find_service(const struct slots *slots, const char *office, const char *id);
void slots_clear(struct slots *slots);

enum override_kind { OVERRIDE_ZONE_OPEN = 1, OVERRIDE_ZONE_CLOSED, OVERRIDE_OFFICE_INSIDE };
struct override {
	uint8_t kind; /* enum override_kind */
	char id[33];
	int64_t until_wall_usec; /* 0: until `auto` */
};

/* Which zone's slot has a block of guest classes: blocks[b] is slot + 1, or 0 for none. */
struct guest_blocks {
	uint16_t slot_plus_1[PLAN_GUEST_BLOCKS];
};

/* A global IPv6 prefix that a device of an office has just now, for offices with `delegated`. */
struct planner_delegated {
	char device[IFNAMSIZ];
	struct prefix prefix; /* a network */
};

struct planner_input {
	const struct policy *policy;
	struct instant now;
	const struct slots *slots;
	const struct guest_blocks *blocks;   /* NULL: none */
	const struct override *overrides;    /* those past their end are ignored */
	size_t n_overrides;
	const struct plan_session *sessions; /* those past their end, or of a closed or unknown zone, are left out */
	size_t n_sessions;
	struct policy_rate uplink; /* what the uplink gives now, headroom not yet taken off, where it is adjusted; 0: as configured.
				    * Guarantees that no longer fit shrink by one factor for all */
	const struct planner_delegated *delegated;
	size_t n_delegated;
	const bool *throttled; /* by slot, PLAN_SLOTS of them: this office has used up its quota and is not exempt; NULL: none. One whose quota
				* says "notice" is not affected. Rates are the lesser of its state's and its throttle's */
};

enum office_state { OFFICE_INSIDE, OFFICE_OUTSIDE, OFFICE_THROTTLED };

/* 0, -ENOMEM, or -ENOENT: an office or zone has no slot, slots_assign() comes first. The plan is sorted. */
int planner_plan(const struct planner_input *in, struct plan *out);

/* The same decisions, one by one: for status, the portal, and the commands. */
bool planner_public_phase(const struct planner_input *in);
enum office_state planner_office_state(const struct planner_input *in, const struct policy_office *office);
struct policy_share planner_office_share(const struct planner_input *in, const struct policy_office *office);
/* What a service has of `share`, its office's as planner_office_share() says. Services whose rates no longer fit (a throttle) shrink by one factor. */
struct policy_share planner_service_share(const struct policy_office *office, const struct policy_service *service,
					  struct policy_share share);
/* What there is to give at that instant: of in->uplink or the configured rate, less the headroom. */
struct policy_rate planner_budget(const struct planner_input *in);
bool planner_zone_open(const struct planner_input *in, const struct policy_zone *zone);
/* Guarantee 0 where an override opened it and it does not fit: it only borrows. Closed: all zero. */
struct policy_share planner_zone_share(const struct planner_input *in, const struct policy_zone *zone);

struct planner_change {
	int64_t wall_usec;		 /* 0: none within 400 days */
	enum calendar_cause_kind cause;
	const char *name;		 /* holiday, period, or NULL */
	const struct policy_schedule *schedule; /* whose window; NULL for an override */
	bool inside;			 /* the schedule's state from then on */
	bool opening;			 /* the schedule holds a zone's opening hours, and no office's hours */
	const char *holiday;		 /* of that day, where hours begin although the site's schedule keeps it; else NULL */
	const struct override *override; /* the one that ends, points into the input; else NULL */
};
/* The next instant at which this zone's openness, or anything in the plan, changes. */
struct planner_change planner_zone_next(const struct planner_input *in, const struct policy_zone *zone);
struct planner_change planner_next(const struct planner_input *in);

/* The sum of all guarantees in the state at `in->now`, own and unattributed included: for the refusal and for commands.
 * Zones have yielded to overtime already; over the budget it means that overtime was promised more than there is (the
 * plan itself never promises so much: the last offices in the file then keep the guarantee that they have outside). */
struct policy_rate planner_guarantees(const struct planner_input *in);
/* Looks for a state of the calendar (no overrides) in which the guarantees exceed the budget. 0: none. 1: *wall_usec is such
 * an instant, *sum what they add up to there. -ENOMEM. */
int planner_overcommitted(const struct policy *policy, int64_t *wall_usec, struct policy_rate *sum);
