/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Who gets what at one instant: for the files of this folder, which ask for every office and zone in turn.
 * Holds pointers into the input, which must outlive it. The calendar is asked once a schedule.
 *
 * Who yields when not everything fits the budget (the calendar's own states always do:
 * planner_overcommitted()):
 *   1. a zone that only a person's override opens is last: it gets its guarantee where it fits, else it
 * borrows;
 *   2. zones yield to overtime, the last in the file first, each as a whole;
 *   3. overtime itself, where even that is not enough: the last office in the file keeps the guarantee that
 * it has outside.
 * Where the uplink gives less than it should, that decides first; then all guarantees shrink by one factor. A throttle
 * comes after all of these and changes nothing of them: what it frees is for borrowing.
 */
#include "planner.h"

struct decision {
	const struct planner_input *in;
	bool *inside;		    /* by schedule; NULL (no memory): the calendar is asked each time */
	bool *throttled;	    /* by office; NULL: nobody is, or (no memory) the input is asked each time */
	struct policy_rate budget;  /* what the uplink gives now */
	struct policy_rate nominal; /* what it should: who yields is decided by this */
	struct policy_rate granted; /* all guarantees that were granted of `nominal` */
	struct policy_rate offices; /* own, unattributed and the offices, as granted */
	struct policy_rate left;    /* for zones that only an override opens */
	size_t overtime_end;	    /* offices from this index on have no overtime guarantee */
	size_t zones_end;	    /* zones from this index on have yielded */
};

struct decision decision_make(const struct planner_input *in);
void decision_clear(struct decision *decision);

bool decision_public(const struct decision *d);
enum office_state decision_office_state(const struct decision *d, const struct policy_office *office);
struct policy_share decision_office_share(const struct decision *d, const struct policy_office *office);
bool decision_zone_open(const struct decision *d, const struct policy_zone *zone);
struct policy_share decision_zone_share(const struct decision *d, const struct policy_zone *zone);
/* Whether anything that a person or the kernel would see differs; both of the same policy. */
bool decision_differs(const struct decision *a, const struct decision *b);

/* The override in force at in->now, or NULL. The last one given wins. */
const struct override *decision_zone_override(const struct planner_input *in, const struct policy_zone *zone);
const struct override *decision_overtime(const struct planner_input *in, const struct policy_office *office);

struct policy_share decision_own_share(const struct decision *d);
struct policy_share decision_unattributed_share(const struct decision *d);
/* bps * part / whole, down to a multiple of 8 bit/s. */
uint64_t rate_part(uint64_t bps, uint64_t part, uint64_t whole);
struct policy_rate rate_sum(struct policy_rate a, struct policy_rate b);
struct policy_rate rate_less(struct policy_rate a, struct policy_rate b); /* not below 0 */
bool rate_fits(struct policy_rate a, struct policy_rate budget);
