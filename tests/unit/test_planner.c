/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves policy/planner, decision, next and overcommit: states, overrides, who yields, the rows of a plan
 * with HTB's numbers, and that no state of the calendar is oversold unseen.
 */
#include "policy_fixture.h"
#include "../../lib/units.h"
#include <errno.h>
#include <stdio.h>

#define MONO (1000 * USEC_PER_SEC)

static struct slots slots;
static struct guest_blocks blocks;
static struct override overrides[4];

static struct planner_input input(const char *time)
{
	struct planner_input in = {
	    .policy = regency(), .slots = &slots, .blocks = &blocks, .overrides = overrides};

	in.now = (struct instant){at(time), MONO};
	ck_assert_int_eq(slots_assign(&slots, in.policy), 0);
	return in;
}

static void override(struct planner_input *in, enum override_kind kind, const char *id, const char *until)
{
	struct override *o = &overrides[in->n_overrides++];

	o->kind = kind;
	snprintf(o->id, sizeof(o->id), "%s", id);
	o->until_wall_usec = until ? at(until) : 0;
}

static struct plan plan_of(const struct planner_input *in)
{
	struct plan plan;

	ck_assert_int_eq(planner_plan(in, &plan), 0);
	return plan;
}

/* ---- states ---- */

static const struct {
	const char *time;
	bool public, dinkes_inside, taman_open;
} states[] = {
    {"2026-11-23 05:59:59", true, false, false}, /* Monday */
    {"2026-11-23 06:00", true, false, true},	 {"2026-11-23 07:30", false, true, false},
    {"2026-11-23 15:59:59", false, true, false}, {"2026-11-23 16:00", true, false, true},
    {"2026-11-23 22:00", true, false, false},	 {"2026-12-25 10:00", true, false, true}, /* a holiday */
    {"2026-02-19 07:45", true, false, true},						  /* Ramadan */
    {"2026-02-19 08:00", false, true, false},	 {"2026-02-19 15:00", true, false, true},
    {"2026-11-22 10:00", true, false, true}, /* Sunday */
};

START_TEST(state)
{
	struct planner_input in = input(states[_i].time);
	const struct policy *p = in.policy;

	ck_assert_int_eq(planner_public_phase(&in), states[_i].public);
	ck_assert_int_eq(planner_office_state(&in, &p->offices[DINKES]),
			 states[_i].dinkes_inside ? OFFICE_INSIDE : OFFICE_OUTSIDE);
	ck_assert_int_eq(planner_zone_open(&in, &p->zones[TAMAN_KOTA]), states[_i].taman_open);
	ck_assert_int_eq(planner_office_state(&in, &p->offices[RSUD]), OFFICE_INSIDE);
	ck_assert(planner_zone_open(&in, &p->zones[ALUN]));
}
END_TEST

START_TEST(shares_follow_the_state)
{
	struct planner_input in = input("2026-11-23 10:00");
	const struct policy *p = in.policy;

	ck_assert_uint_eq(planner_office_share(&in, &p->offices[DINKES]).guaranteed.down_bps, 40 * MBIT);
	ck_assert_uint_eq(planner_office_share(&in, &p->offices[DINKES]).ceiling.up_bps, 80 * MBIT);
	ck_assert_uint_eq(planner_zone_share(&in, &p->zones[TAMAN_KOTA]).ceiling.down_bps, 0);
	ck_assert_uint_eq(planner_guarantees(&in).down_bps, (2 + 1 + 40 + 20 + 5) * MBIT);
	in.now.wall_usec = at("2026-11-23 16:00");
	ck_assert_uint_eq(planner_office_share(&in, &p->offices[DINKES]).guaranteed.down_bps, 4 * MBIT);
	ck_assert_uint_eq(planner_office_share(&in, &p->offices[DINKES]).ceiling.up_bps, 60 * MBIT);
	ck_assert_uint_eq(planner_zone_share(&in, &p->zones[TAMAN_KOTA]).guaranteed.down_bps, 20 * MBIT);
	ck_assert_uint_eq(planner_zone_share(&in, &p->zones[TAMAN_KOTA]).guaranteed.up_bps, 10 * MBIT);
	ck_assert_uint_eq(planner_guarantees(&in).down_bps, (2 + 1 + 4 + 20 + 20 + 5) * MBIT);
	ck_assert_uint_eq(planner_guarantees(&in).up_bps, (2 + 1 + 4 + 20 + 10 + 5) * MBIT);
}
END_TEST

START_TEST(a_ceiling_is_capped_at_the_budget)
{
	struct planner_input in = input("2026-11-23 10:00");

	ck_assert_uint_eq(planner_office_share(&in, &the_offices[RSUD]).ceiling.down_bps, 95 * MBIT);
}
END_TEST

/* ---- overrides ---- */

START_TEST(a_person_opens_and_closes)
{
	struct planner_input in = input("2026-11-23 10:00");

	override(&in, OVERRIDE_ZONE_OPEN, "taman-kota", "2026-11-23 11:00");
	override(&in, OVERRIDE_ZONE_CLOSED, "alun-alun", NULL);
	ck_assert(planner_zone_open(&in, &the_zones[TAMAN_KOTA]));
	ck_assert(!planner_zone_open(&in, &the_zones[ALUN]));
	in.now.wall_usec = at("2026-11-23 11:00"); /* past its end */
	ck_assert(!planner_zone_open(&in, &the_zones[TAMAN_KOTA]));
	ck_assert(!planner_zone_open(&in, &the_zones[ALUN]));
}
END_TEST

START_TEST(the_last_override_wins)
{
	struct planner_input in = input("2026-11-23 10:00");

	override(&in, OVERRIDE_ZONE_OPEN, "taman-kota", NULL);
	override(&in, OVERRIDE_ZONE_CLOSED, "taman-kota", "2026-11-23 11:00");
	ck_assert(!planner_zone_open(&in, &the_zones[TAMAN_KOTA]));
	in.now.wall_usec = at("2026-11-23 12:00");
	ck_assert(planner_zone_open(&in, &the_zones[TAMAN_KOTA]));
}
END_TEST

START_TEST(an_override_of_nobody_is_ignored)
{
	struct planner_input in = input("2026-11-23 10:00");

	override(&in, OVERRIDE_ZONE_OPEN, "dinkes", NULL);
	override(&in, OVERRIDE_OFFICE_INSIDE, "taman-kota", NULL);
	ck_assert(!planner_zone_open(&in, &the_zones[TAMAN_KOTA]));
	ck_assert_uint_eq(planner_guarantees(&in).down_bps, 68 * MBIT);
}
END_TEST

/* 68 of 95 Mbit/s are promised at 10:00: 20 more fit, 30 do not. */
START_TEST(an_opened_zone_that_fits_is_guaranteed)
{
	struct planner_input in = input("2026-11-23 10:00");

	override(&in, OVERRIDE_ZONE_OPEN, "taman-kota", NULL);
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[TAMAN_KOTA]).guaranteed.down_bps, 20 * MBIT);
	ck_assert_uint_eq(planner_guarantees(&in).down_bps, 88 * MBIT);
}
END_TEST

START_TEST(an_opened_zone_that_does_not_fit_only_borrows)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct policy_share share;

	override(&in, OVERRIDE_ZONE_OPEN, "taman-kota", NULL);
	the_zones[TAMAN_KOTA].share.guaranteed.up_bps = 28 * MBIT; /* in one direction is enough */
	share = planner_zone_share(&in, &the_zones[TAMAN_KOTA]);
	ck_assert_uint_eq(share.guaranteed.down_bps, 0);
	ck_assert_uint_eq(share.guaranteed.up_bps, 0);
	ck_assert_uint_eq(share.ceiling.down_bps, 60 * MBIT);
	/* the zone that the calendar opens is not touched */
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[ALUN]).guaranteed.down_bps, 5 * MBIT);
}
END_TEST

START_TEST(opened_zones_fill_what_is_left_in_order)
{
	struct planner_input in = input("2026-11-23 10:00");

	override(&in, OVERRIDE_ZONE_OPEN, "taman-kota", NULL);
	override(&in, OVERRIDE_ZONE_OPEN, "alun-alun", NULL);
	the_zones[ALUN].open = &the_schedules[TAMAN];
	the_zones[ALUN].not_during = &the_schedules[KANTOR];
	the_zones[TAMAN_KOTA].share.guaranteed.down_bps = 33 * MBIT; /* 95 - 63 = 32 */
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[TAMAN_KOTA]).guaranteed.down_bps, 0);
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[ALUN]).guaranteed.down_bps, 5 * MBIT);
	the_zones[TAMAN_KOTA].share.guaranteed.down_bps = 30 * MBIT;
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[TAMAN_KOTA]).guaranteed.down_bps, 30 * MBIT);
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[ALUN]).guaranteed.down_bps, 0);
}
END_TEST

START_TEST(overtime_keeps_the_inside_rates)
{
	struct planner_input in = input("2026-11-23 20:00");

	override(&in, OVERRIDE_OFFICE_INSIDE, "dinkes", "2026-11-23 21:00");
	ck_assert_int_eq(planner_office_state(&in, &the_offices[DINKES]), OFFICE_INSIDE);
	ck_assert_uint_eq(planner_office_share(&in, &the_offices[DINKES]).guaranteed.down_bps, 40 * MBIT);
	ck_assert(planner_public_phase(&in)); /* of the site, not of an office */
	in.now.wall_usec = at("2026-11-23 21:00");
	ck_assert_int_eq(planner_office_state(&in, &the_offices[DINKES]), OFFICE_OUTSIDE);
}
END_TEST

/* 2 + 1 + 40 + 20 + 20 + 5 = 88 of 95. */
START_TEST(zones_yield_to_overtime_last_first)
{
	struct planner_input in = input("2026-11-23 20:00");

	override(&in, OVERRIDE_OFFICE_INSIDE, "dinkes", NULL);
	the_offices[DINKES].inside.guaranteed.down_bps = 50 * MBIT; /* 3 over: the 5 of alun-alun */
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[TAMAN_KOTA]).guaranteed.down_bps, 20 * MBIT);
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[ALUN]).guaranteed.down_bps, 0);
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[ALUN]).ceiling.down_bps, 20 * MBIT);
	the_offices[DINKES].inside.guaranteed.down_bps = 60 * MBIT;
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[TAMAN_KOTA]).guaranteed.down_bps, 0);
	ck_assert_uint_eq(planner_zone_share(&in, &the_zones[ALUN]).guaranteed.down_bps, 0);
	ck_assert_uint_eq(planner_office_share(&in, &the_offices[DINKES]).guaranteed.down_bps, 60 * MBIT);
	ck_assert_uint_eq(planner_guarantees(&in).down_bps, 83 * MBIT);
}
END_TEST

START_TEST(overtime_that_cannot_fit_is_not_promised_but_told)
{
	struct planner_input in = input("2026-11-23 20:00");
	struct policy_share share;

	override(&in, OVERRIDE_OFFICE_INSIDE, "dinkes", NULL);
	the_offices[DINKES].inside.guaranteed.down_bps = 75 * MBIT;
	ck_assert_uint_eq(planner_guarantees(&in).down_bps, (3 + 75 + 20 + 20 + 5) * MBIT);
	share = planner_office_share(&in, &the_offices[DINKES]);
	ck_assert_uint_eq(share.guaranteed.down_bps, 4 * MBIT);
	ck_assert_uint_eq(share.ceiling.down_bps, 80 * MBIT);
	ck_assert_int_eq(planner_office_state(&in, &the_offices[DINKES]), OFFICE_INSIDE);
}
END_TEST

/* ---- what changes next ---- */

START_TEST(the_next_change_of_a_zone)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct planner_change c = planner_zone_next(&in, &the_zones[TAMAN_KOTA]);

	ck_assert_str_eq(local(c.wall_usec), "2026-11-23 16:00:00");
	ck_assert_ptr_eq(c.schedule, &the_schedules[KANTOR]);
	ck_assert(c.cause == CALENDAR_WINDOW && !c.inside && !c.opening);
	in.now.wall_usec = at("2026-11-23 16:00");
	c = planner_zone_next(&in, &the_zones[TAMAN_KOTA]);
	ck_assert_str_eq(local(c.wall_usec), "2026-11-23 22:00:00");
	ck_assert_ptr_eq(c.schedule, &the_schedules[TAMAN]);
	ck_assert(c.opening);
	in.now.wall_usec = at("2026-12-25 06:00"); /* the office hours of a holiday do not close it */
	ck_assert_str_eq(local(planner_zone_next(&in, &the_zones[TAMAN_KOTA]).wall_usec),
			 "2026-12-25 22:00:00");
	ck_assert_int_eq(planner_zone_next(&in, &the_zones[ALUN]).wall_usec, 0);
}
END_TEST

START_TEST(the_next_change_of_an_overridden_zone)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct planner_change c;

	override(&in, OVERRIDE_ZONE_OPEN, "taman-kota", "2026-11-23 12:00");
	c = planner_zone_next(&in, &the_zones[TAMAN_KOTA]);
	ck_assert_str_eq(local(c.wall_usec), "2026-11-23 12:00:00");
	ck_assert(c.cause == CALENDAR_OVERRIDE && c.override == &overrides[0] && !c.schedule);
	overrides[0].until_wall_usec = at("2026-11-23 17:00"); /* open then by the calendar too */
	c = planner_zone_next(&in, &the_zones[TAMAN_KOTA]);
	ck_assert_str_eq(local(c.wall_usec), "2026-11-23 22:00:00");
	overrides[0].until_wall_usec = 0;
	ck_assert_int_eq(planner_zone_next(&in, &the_zones[TAMAN_KOTA]).wall_usec, 0);
}
END_TEST

START_TEST(the_next_change_of_anything)
{
	struct planner_input in = input("2026-11-23 15:59:50");
	struct planner_change c = planner_next(&in);

	ck_assert_str_eq(local(c.wall_usec), "2026-11-23 16:00:00");
	ck_assert_ptr_eq(c.schedule, &the_schedules[KANTOR]);
	in.now.wall_usec = c.wall_usec;
	c = planner_next(&in);
	/* schedules that nobody uses (malam, at 20:00) are no change */
	ck_assert_str_eq(local(c.wall_usec), "2026-11-23 22:00:00");
	in.now.wall_usec = at("2026-12-23 22:00");
	c = planner_next(&in);
	ck_assert_str_eq(local(c.wall_usec), "2026-12-24 06:00:00");
}
END_TEST

START_TEST(an_override_s_end_is_a_change_where_it_matters)
{
	struct planner_input in = input("2026-11-23 16:30");
	struct planner_change c;

	override(&in, OVERRIDE_OFFICE_INSIDE, "dinkes", "2026-11-23 18:00");
	override(&in, OVERRIDE_ZONE_OPEN, "taman-kota", "2026-11-23 17:00"); /* it is open anyway */
	c = planner_next(&in);
	ck_assert_str_eq(local(c.wall_usec), "2026-11-23 18:00:00");
	ck_assert(c.cause == CALENDAR_OVERRIDE && c.override == &overrides[0]);
}
END_TEST

START_TEST(nothing_ever_changes)
{
	struct planner_input in = input("2026-11-23 16:30");

	the_policy.site_schedule = the_offices[DINKES].schedule = the_zones[TAMAN_KOTA].open =
	    &the_schedules[ALL_DAY];
	the_zones[TAMAN_KOTA].not_during = NULL;
	ck_assert_int_eq(planner_next(&in).wall_usec, 0);
}
END_TEST

/* ---- rows ---- */

START_TEST(the_tree_hangs_together)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct plan plan;

	blocks.slot_plus_1[5] = 3;
	plan = plan_of(&in);
	ck_assert_uint_eq(plan.n_classes, 2 * (3 + 2 * 2 + 2 * 2 + 64));
	for (size_t i = 0; i < plan.n_classes; i++) {
		const struct plan_class *c = &plan.classes[i],
					*parent = plan_find_class(&plan, c->tree, c->parent);

		ck_assert(c->minor == PLAN_ROOT ? c->parent == 0 : parent && parent->leaf == PLAN_LEAF_NONE);
		ck_assert_uint_le(c->rate_bps, c->ceiling_bps);
		ck_assert(c->rate_bps % 8 == 0 && c->rate_bps && c->ceiling_bps % 8 == 0);
		ck_assert(c->burst_usec % 8 == 0 && c->burst_usec >= 4000 && c->burst_usec <= 60000000);
		ck_assert(c->cburst_usec % 8 == 0 && c->cburst_usec >= 4000);
		if (c->leaf == PLAN_LEAF_NONE)
			ck_assert(!c->quantum_bytes && !c->limit_bytes && !c->prio);
		else
			ck_assert(c->quantum_bytes >= 1514 && c->quantum_bytes <= 2000000 &&
				  c->limit_bytes >= 32000);
	}
	plan_clear(&plan);
}
END_TEST

START_TEST(a_class_has_the_office_s_numbers)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct plan plan = plan_of(&in);
	const struct plan_class *rest = plan_find_class(&plan, PLAN_DOWN, PLAN_REST(0));
	const struct plan_class *inner = plan_find_class(&plan, PLAN_UP, PLAN_INNER(0));

	ck_assert_uint_eq(rest->rate_bps, 40 * MBIT);
	ck_assert_uint_eq(rest->ceiling_bps, 80 * MBIT);
	ck_assert_uint_eq(rest->quantum_bytes, 30000);
	ck_assert_uint_eq(rest->limit_bytes, 500000); /* 100 ms at 40 Mbit/s */
	ck_assert_uint_eq(rest->burst_usec, 4000);
	ck_assert_uint_eq(inner->rate_bps, 40 * MBIT);
	ck_assert_uint_eq(inner->parent, PLAN_ROOT);
	plan_clear(&plan);
}
END_TEST

/* Both of 1 and 2 Mbit/s have more than a frame, so that what is left over is shared 1 : 2. */
START_TEST(quanta_keep_the_ratio_of_small_guarantees)
{
	struct planner_input in = input("2026-11-23 18:00");
	struct plan plan;

	the_offices[DINKES].outside.guaranteed.down_bps = 1 * MBIT;
	the_offices[RSUD].inside.guaranteed.down_bps = the_offices[RSUD].outside.guaranteed.down_bps =
	    2 * MBIT;
	plan = plan_of(&in);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_DOWN, PLAN_REST(0))->quantum_bytes, 1514);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_DOWN, PLAN_REST(1))->quantum_bytes, 3028);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_UP, PLAN_REST(0))->quantum_bytes,
			  3000); /* 6 ms at 4 Mbit/s */
	plan_clear(&plan);
}
END_TEST

START_TEST(own_borrows_and_unattributed_does_not)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct plan plan = plan_of(&in);
	const struct plan_class *own = plan_find_class(&plan, PLAN_DOWN, PLAN_OWN);
	const struct plan_class *unattributed = plan_find_class(&plan, PLAN_UP, PLAN_UNATTRIBUTED);

	ck_assert(own->rate_bps == 2 * MBIT && own->ceiling_bps == 95 * MBIT && own->prio == 0);
	ck_assert(unattributed->rate_bps == 1 * MBIT && unattributed->ceiling_bps == 1 * MBIT);
	ck_assert_uint_eq(unattributed->prio, 2);
	ck_assert_uint_eq(unattributed->burst_usec, 24800); /* 3,100 bytes at 1 Mbit/s */
	plan_clear(&plan);
}
END_TEST

START_TEST(guests_borrow_in_equal_turns_from_their_zone)
{
	struct planner_input in = input("2026-11-23 18:00");
	uint64_t sum = 0;
	struct plan plan;
	const struct plan_class *guest;

	blocks.slot_plus_1[0] = blocks.slot_plus_1[700] = 3;
	plan = plan_of(&in);
	guest = plan_find_class(&plan, PLAN_DOWN, PLAN_GUEST(700, 63));
	ck_assert_uint_eq(guest->rate_bps, 8);
	ck_assert_uint_eq(guest->ceiling_bps, 10 * MBIT);
	ck_assert(guest->parent == PLAN_INNER(2) && guest->leaf == PLAN_LEAF_GUEST && guest->prio == 1);
	ck_assert_uint_eq(guest->quantum_bytes, 3028);
	ck_assert_uint_eq(guest->limit_bytes, 62500);
	ck_assert_uint_eq(guest->cburst_usec, 4000);
	for (size_t i = 0; i < plan.n_classes; i++)
		if (plan.classes[i].tree == PLAN_DOWN && plan.classes[i].leaf == PLAN_LEAF_GUEST)
			sum += plan.classes[i].rate_bps;
	ck_assert_uint_le(sum, 20 * MBIT);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_DOWN, PLAN_INNER(2))->rate_bps, 20 * MBIT);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_DOWN, PLAN_REST(2))->rate_bps, 8 * KBIT);
	plan_clear(&plan);
}
END_TEST

START_TEST(a_guest_s_ceiling_is_within_the_zone)
{
	struct planner_input in = input("2026-11-23 18:00");
	struct plan plan;

	blocks.slot_plus_1[0] = 4;
	plan = plan_of(&in);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_DOWN, PLAN_GUEST(0, 0))->ceiling_bps, 20 * MBIT);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_UP, PLAN_GUEST(0, 0))->ceiling_bps, 5 * MBIT);
	plan_clear(&plan);
}
END_TEST

/* Else the ceiling would cut turns short, and the shares of what is free with them. */
START_TEST(a_turn_fits_into_the_burst_at_the_ceiling)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct plan plan = plan_of(&in);

	for (size_t i = 0; i < plan.n_classes; i++) {
		const struct plan_class *c = &plan.classes[i];

		ck_assert_uint_ge(c->ceiling_bps / 8 * c->cburst_usec / 1000000, c->quantum_bytes);
	}
	plan_clear(&plan);
}
END_TEST

START_TEST(only_an_office_that_is_always_fast_keeps_packets_whole)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct policy_office *office = &the_offices[RSUD];
	struct plan plan;

	((struct policy *)in.policy)->uplink_rate = (struct policy_rate){10000 * MBIT, 10000 * MBIT};
	office->inside.guaranteed = office->outside.guaranteed = (struct policy_rate){400 * MBIT, 400 * MBIT};
	office->inside.ceiling = office->outside.ceiling = (struct policy_rate){1000 * MBIT, 1000 * MBIT};
	plan = plan_of(&in);
	ck_assert_int_eq(plan_find_class(&plan, PLAN_UP, PLAN_REST(RSUD))->leaf, PLAN_LEAF_WIDE);
	ck_assert_int_eq(plan_find_class(&plan, PLAN_UP, PLAN_REST(DINKES))->leaf, PLAN_LEAF_SHARED);
	plan_clear(&plan);
	office->outside.guaranteed.up_bps = 10 * MBIT;
	plan = plan_of(&in);
	ck_assert_int_eq(plan_find_class(&plan, PLAN_DOWN, PLAN_REST(RSUD))->leaf, PLAN_LEAF_SHARED);
	plan_clear(&plan);
}
END_TEST

START_TEST(a_closed_zone_keeps_its_classes)
{
	struct planner_input in = input("2026-11-23 18:00");
	struct plan open, closed;
	const struct plan_class *inner;

	blocks.slot_plus_1[0] = 3;
	open = plan_of(&in);
	in.now.wall_usec = at("2026-11-23 23:00");
	closed = plan_of(&in);
	ck_assert_uint_eq(open.n_classes, closed.n_classes);
	inner = plan_find_class(&closed, PLAN_DOWN, PLAN_INNER(2));
	ck_assert(inner->rate_bps == 8 * KBIT && inner->ceiling_bps == 60 * MBIT);
	for (int i = 0; i < PLAN_GUEST_BLOCK; i++)
		ck_assert_mem_eq(plan_find_class(&open, PLAN_UP, PLAN_GUEST(0, i)),
				 plan_find_class(&closed, PLAN_UP, PLAN_GUEST(0, i)),
				 sizeof(struct plan_class));
	plan_clear(&open);
	plan_clear(&closed);
}
END_TEST

START_TEST(a_zone_that_yields_leaves_its_guests_classes_alone)
{
	struct planner_input in = input("2026-11-23 20:00");
	struct plan before, plan;

	blocks.slot_plus_1[0] = 3;
	before = plan_of(&in);
	override(&in, OVERRIDE_OFFICE_INSIDE, "dinkes", NULL);
	the_offices[DINKES].inside.guaranteed.down_bps = 60 * MBIT;
	plan = plan_of(&in);
	ck_assert_uint_eq(plan_find_class(&plan, PLAN_DOWN, PLAN_INNER(2))->rate_bps, 8 * KBIT);
	ck_assert_mem_eq(plan_find_class(&before, PLAN_DOWN, PLAN_GUEST(0, 0)),
			 plan_find_class(&plan, PLAN_DOWN, PLAN_GUEST(0, 0)), sizeof(struct plan_class));
	plan_clear(&before);
	plan_clear(&plan);
}
END_TEST

START_TEST(promises_never_pass_the_budget)
{
	struct planner_input in = input("2026-11-23 00:00");

	blocks.slot_plus_1[0] = 3;
	blocks.slot_plus_1[1] = 4;
	override(&in, OVERRIDE_OFFICE_INSIDE, "dinkes", NULL);
	override(&in, OVERRIDE_ZONE_OPEN, "taman-kota", "2026-11-23 14:00");
	for (uint64_t mbit = 10; mbit <= 90; mbit += 10) {
		the_offices[DINKES].inside.guaranteed =
		    (struct policy_rate){mbit * MBIT, (100 - mbit) * MBIT};
		for (int hour = 0; hour < 24; hour++) {
			struct planner_input then = in;
			uint64_t sums[PLAN_TREES] = {0};
			struct plan plan;

			then.now.wall_usec += hour * USEC_PER_HOUR;
			if (calendar_inside(&the_policy, &the_schedules[KANTOR], then.now.wall_usec))
				continue; /* there the configuration itself would be refused */
			plan = plan_of(&then);
			for (size_t i = 0; i < plan.n_classes; i++)
				if (plan.classes[i].parent == PLAN_ROOT)
					sums[plan.classes[i].tree] += plan.classes[i].rate_bps;
			/* tokens of zones that are guaranteed nothing come on top */
			ck_assert_uint_le(sums[PLAN_DOWN], 95 * MBIT + 16 * KBIT);
			ck_assert_uint_le(sums[PLAN_UP], 95 * MBIT + 16 * KBIT);
			plan_clear(&plan);
		}
	}
}
END_TEST

START_TEST(devices_prefixes_and_addresses)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct plan plan = plan_of(&in);
	static const char expected[] = "device lan0 office\n"
				       "device lan1 office\n"
				       "device wan0 uplink\n"
				       "device zone0 zone class 1005\n"
				       "device zone1 zone class 1007\n"
				       "prefix lan0 10.10.2.0/24 class 1001\n"
				       "prefix lan0 10.10.3.0/24 class 1003\n"
				       "prefix lan0 2001:db8:2::/64 class 1001\n"
				       "prefix lan1 10.10.3.0/24 class 1003\n"
				       "address zone0 10.200.0.1/20\n"
				       "address zone0 2001:db8:200::1/64\n"
				       "address zone1 10.201.0.1/24\n"
				       "gate zone1 open\n";
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	plan_print(out, &plan, MONO);
	fclose(out);
	ck_assert_ptr_nonnull(strstr(text, "device "));
	ck_assert_str_eq(strstr(text, "device "), expected);
	ck_assert(plan.nat && !plan.nat66 && plan.between_offices && plan.portal_port == 8080);
	ck_assert_str_eq(plan.uplink, "wan0");
	free(text);
	plan_clear(&plan);
}
END_TEST

/* Where there is no certificate, nothing must be sent to a port that nobody listens to. */
START_TEST(https_has_a_port_with_a_certificate_only)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct plan plan;

	the_policy.portal.tls_port = 8443;
	plan = plan_of(&in);
	ck_assert_uint_eq(plan.tls_port, 0);
	plan_clear(&plan);
	the_policy.portal.certificate = "/c";
	plan = plan_of(&in);
	ck_assert_uint_eq(plan.tls_port, 8443);
	plan_clear(&plan);
}
END_TEST

START_TEST(a_prefix_row_has_no_host_bits)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct plan plan;

	ck_assert_int_eq(prefix_parse("10.10.2.77/24", &dinkes_prefixes[0]), 0);
	plan = plan_of(&in);
	for (size_t i = 0; i < plan.n_prefixes; i++)
		ck_assert(!prefix_has_host_bits(&plan.prefixes[i].prefix));
	plan_clear(&plan);
}
END_TEST

START_TEST(a_gate_closes_with_the_calendar)
{
	struct planner_input in = input("2026-11-23 21:59:00");
	struct plan plan = plan_of(&in);

	ck_assert_uint_eq(plan.n_gates, 2);
	ck_assert_str_eq(plan.gates[0].device, "zone0");
	ck_assert_int_eq(plan.gates[0].closes_mono_usec, MONO + 60 * USEC_PER_SEC);
	ck_assert_int_eq(plan.gates[1].closes_mono_usec, 0);
	plan_clear(&plan);
	in.now.wall_usec = at("2026-11-23 22:00");
	plan = plan_of(&in);
	ck_assert_uint_eq(plan.n_gates, 1);
	plan_clear(&plan);
}
END_TEST

static struct plan_session session(const char *device, uint16_t minor, int64_t ends)
{
	struct plan_session s = {
	    .id = minor, .ends_mono_usec = ends, .minor = minor, .login = POLICY_LOGIN_CLICK};

	s.mac.octets[5] = (uint8_t)minor;
	snprintf(s.device, sizeof(s.device), "%s", device);
	return s;
}

START_TEST(sessions_that_may_be)
{
	struct planner_input in = input("2026-11-23 18:00");
	const struct plan_session sessions[] = {
	    session("zone0", PLAN_GUEST(7, 0), MONO + 1),   /* in */
	    session("zone0", PLAN_GUEST(7, 1), MONO),	    /* past its end */
	    session("zone0", PLAN_GUEST(8, 0), MONO + 1),   /* no such block */
	    session("zone1", PLAN_GUEST(7, 2), MONO + 1),   /* the block is another zone's */
	    session("zone9", PLAN_GUEST(7, 3), MONO + 1),   /* no such zone */
	    session("zone0", PLAN_REST(2), MONO + 1),	    /* not a guest's class */
	    session("zone0", PLAN_GUEST(9, 0), MONO + 1),   /* a block of a slot that is no zone's */
	    session("zone1", PLAN_GUEST(10, 63), MONO + 9), /* in */
	};
	struct plan plan;

	blocks.slot_plus_1[7] = 3;
	blocks.slot_plus_1[9] = 4096;
	blocks.slot_plus_1[10] = 4;
	in.sessions = sessions;
	in.n_sessions = ELEMENTS(sessions);
	plan = plan_of(&in);
	ck_assert_uint_eq(plan.n_sessions, 2);
	ck_assert_mem_eq(&plan.sessions[0], &sessions[0], sizeof(sessions[0]));
	ck_assert_mem_eq(&plan.sessions[1], &sessions[7], sizeof(sessions[0]));
	plan_clear(&plan);
	in.now.wall_usec = at("2026-11-23 23:00"); /* zone0 is closed */
	plan = plan_of(&in);
	ck_assert_uint_eq(plan.n_sessions, 1);
	plan_clear(&plan);
	in.blocks = NULL;
	plan = plan_of(&in);
	ck_assert_uint_eq(plan.n_sessions, 0);
	plan_clear(&plan);
}
END_TEST

START_TEST(a_plan_without_slots_is_refused)
{
	struct planner_input in = input("2026-11-23 10:00");
	struct slots none = {0};
	struct plan plan = {.n_classes = 77};

	in.slots = &none;
	ck_assert_int_eq(planner_plan(&in, &plan), -ENOENT);
	ck_assert_uint_eq(plan.n_classes, 77);
}
END_TEST

START_TEST(the_same_input_gives_the_same_bytes)
{
	struct planner_input in = input("2026-11-23 18:00");
	struct plan a, b;
	void *x = NULL, *y = NULL;
	size_t n, m;

	blocks.slot_plus_1[3] = 3;
	a = plan_of(&in);
	b = plan_of(&in);
	ck_assert_int_eq(plan_encode(&a, &x, &n), 0);
	ck_assert_int_eq(plan_encode(&b, &y, &m), 0);
	ck_assert_uint_eq(n, m);
	ck_assert_mem_eq(x, y, n);
	free(x);
	free(y);
	plan_clear(&a);
	plan_clear(&b);
}
END_TEST

/* ---- overcommitment ---- */

START_TEST(the_regency_fits)
{
	int64_t wall = 1;
	struct policy_rate sum = {7, 7};

	ck_assert_int_eq(planner_overcommitted(regency(), &wall, &sum), 0);
	ck_assert(wall == 1 && sum.down_bps == 7);
}
END_TEST

START_TEST(office_hours_that_do_not_fit)
{
	struct policy *policy = regency();
	int64_t wall;
	struct policy_rate sum;

	the_offices[DINKES].inside.guaranteed.up_bps = 68 * MBIT; /* + 28 = 96 */
	ck_assert_int_eq(planner_overcommitted(policy, &wall, &sum), 1);
	ck_assert_uint_eq(sum.up_bps, 96 * MBIT);
	ck_assert(calendar_inside(policy, &the_schedules[KANTOR], wall));
	the_offices[DINKES].inside.guaranteed.up_bps = 67 * MBIT; /* exactly full */
	ck_assert_int_eq(planner_overcommitted(policy, &wall, &sum), 0);
}
END_TEST

/* Zone open and office inside meet on holidays only: the six-day office works on, kantor does not. */
START_TEST(a_state_that_only_a_holiday_shows)
{
	struct policy *policy = regency();
	int64_t wall;
	struct policy_rate sum;

	the_schedules[SIX_DAYS].holidays = false;
	the_schedules[SIX_DAYS].n_windows = 5; /* Monday to Friday, within the office hours */
	the_schedules[SIX_DAYS].n_periods = 0;
	the_schedules[KANTOR].n_periods = 0;
	the_offices[RSUD].schedule = &the_schedules[SIX_DAYS];
	the_offices[RSUD].inside.guaranteed.down_bps = 65 * MBIT; /* 3 + 4 + 65 + 20 + 5 = 97 */
	the_offices[RSUD].outside.guaranteed.down_bps = 1 * MBIT;
	the_offices[DINKES].inside.guaranteed.down_bps = 4 * MBIT;
	ck_assert_int_eq(planner_overcommitted(policy, &wall, &sum), 1);
	ck_assert_str_eq(local(wall), "2026-01-01 07:30:00");
	ck_assert_uint_eq(sum.down_bps, 97 * MBIT);
	policy->n_holidays = 0;
	ck_assert_int_eq(planner_overcommitted(policy, &wall, &sum), 0);
}
END_TEST

/* Ramadan's Friday afternoon: the night shift of the day before a period, a minute of overlap, and so on: the
 * sweep finds what minute by minute finds. */
START_TEST(the_sweep_is_exact)
{
	struct policy *policy = regency();
	struct planner_input in = {.policy = policy};
	struct policy_rate worst = {0}, sum;
	int64_t wall;

	the_offices[RSUD].schedule = &the_schedules[NIGHT];
	the_offices[RSUD].outside.guaranteed.down_bps = 0;
	the_zones[ALUN].open = &the_schedules[FRIDAY];
	the_zones[ALUN].not_during = &the_schedules[SIX_DAYS];
	the_offices[DINKES].inside.guaranteed.down_bps = 10 * MBIT;
	for (in.now.wall_usec = at("2026-01-01 00:00"); in.now.wall_usec < at("2027-01-01 00:00");
	     in.now.wall_usec += 15 * USEC_PER_MINUTE) {
		struct policy_rate here = planner_guarantees(&in);

		worst.down_bps = MAX(worst.down_bps, here.down_bps);
	}
	policy->headroom_percent = 0;
	policy->uplink_rate.down_bps = worst.down_bps;
	ck_assert_int_eq(planner_overcommitted(policy, &wall, &sum), 0);
	policy->uplink_rate.down_bps = worst.down_bps - 8;
	ck_assert_int_eq(planner_overcommitted(policy, &wall, &sum), 1);
	ck_assert_uint_eq(sum.down_bps, worst.down_bps);
}
END_TEST

/* ---- size ---- */

#define MANY_OFFICES 300
#define MANY_ZONES 50

static struct policy *big(void)
{
	static struct policy_office offices[MANY_OFFICES];
	static struct policy_zone zones[MANY_ZONES];
	static struct policy_holiday holidays[40];
	static char ids[MANY_OFFICES + MANY_ZONES][16];
	struct policy *policy = regency();

	for (int i = 0; i < MANY_OFFICES; i++) {
		offices[i] = the_offices[i % 2];
		offices[i].id = ids[i];
		offices[i].schedule = &the_schedules[i % SCHEDULES];
		offices[i].inside.guaranteed = offices[i].outside.guaranteed =
		    (struct policy_rate)BOTH(100 * KBIT);
		snprintf(ids[i], sizeof(ids[i]), "office-%d", i);
	}
	for (int i = 0; i < MANY_ZONES; i++) {
		zones[i] = the_zones[i % 2];
		zones[i].id = ids[MANY_OFFICES + i];
		zones[i].share.guaranteed = (struct policy_rate)BOTH(100 * KBIT);
		snprintf(zones[i].id, sizeof(ids[0]), "zone-%d", i);
		snprintf(zones[i].device, sizeof(zones[i].device), "zone%d", i);
	}
	for (int i = 0; i < 40; i++)
		holidays[i] = (struct policy_holiday){calendar_day(2026, 1, 1) + 9 * i, "Hari Libur"};
	policy->offices = offices;
	policy->n_offices = MANY_OFFICES;
	policy->zones = zones;
	policy->n_zones = MANY_ZONES;
	policy->holidays = holidays;
	policy->n_holidays = 40;
	return policy;
}

START_TEST(a_large_regency_is_quick)
{
	struct planner_input in = {.policy = big(), .slots = &slots, .now = {at("2026-11-23 18:00"), MONO}};
	struct plan plan;
	struct policy_rate sum;
	int64_t wall, start = clock_now().mono_usec, after_check, after_plan;

	ck_assert_int_eq(planner_overcommitted(in.policy, &wall, &sum), 0);
	after_check = clock_now().mono_usec;
	ck_assert_int_eq(slots_assign(&slots, in.policy), 0);
	plan = plan_of(&in);
	after_plan = clock_now().mono_usec;
	printf("300 offices, 50 zones, 40 holidays: check %.1f ms, plan %.1f ms\n",
	       (double)(after_check - start) / 1000, (double)(after_plan - after_check) / 1000);
	ck_assert_int_lt(after_check - start,
			 1000 * USEC_PER_MSEC); /* 200 ms without sanitizers on an idle machine */
	plan_clear(&plan);
	slots_clear(&slots);
}
END_TEST

static void clear(void)
{
	slots_clear(&slots);
}

int main(void)
{
	Suite *suite = suite_create("planner");
	TCase *tests = tcase_create("planner");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, NULL, clear);
	tcase_add_loop_test(tests, state, 0, ELEMENTS(states));
	tcase_add_test(tests, shares_follow_the_state);
	tcase_add_test(tests, a_ceiling_is_capped_at_the_budget);
	tcase_add_test(tests, a_person_opens_and_closes);
	tcase_add_test(tests, the_last_override_wins);
	tcase_add_test(tests, an_override_of_nobody_is_ignored);
	tcase_add_test(tests, an_opened_zone_that_fits_is_guaranteed);
	tcase_add_test(tests, an_opened_zone_that_does_not_fit_only_borrows);
	tcase_add_test(tests, opened_zones_fill_what_is_left_in_order);
	tcase_add_test(tests, overtime_keeps_the_inside_rates);
	tcase_add_test(tests, zones_yield_to_overtime_last_first);
	tcase_add_test(tests, overtime_that_cannot_fit_is_not_promised_but_told);
	tcase_add_test(tests, the_next_change_of_a_zone);
	tcase_add_test(tests, the_next_change_of_an_overridden_zone);
	tcase_add_test(tests, the_next_change_of_anything);
	tcase_add_test(tests, an_override_s_end_is_a_change_where_it_matters);
	tcase_add_test(tests, nothing_ever_changes);
	tcase_add_test(tests, the_tree_hangs_together);
	tcase_add_test(tests, a_class_has_the_office_s_numbers);
	tcase_add_test(tests, quanta_keep_the_ratio_of_small_guarantees);
	tcase_add_test(tests, own_borrows_and_unattributed_does_not);
	tcase_add_test(tests, guests_borrow_in_equal_turns_from_their_zone);
	tcase_add_test(tests, a_guest_s_ceiling_is_within_the_zone);
	tcase_add_test(tests, a_turn_fits_into_the_burst_at_the_ceiling);
	tcase_add_test(tests, only_an_office_that_is_always_fast_keeps_packets_whole);
	tcase_add_test(tests, a_closed_zone_keeps_its_classes);
	tcase_add_test(tests, a_zone_that_yields_leaves_its_guests_classes_alone);
	tcase_add_test(tests, promises_never_pass_the_budget);
	tcase_add_test(tests, devices_prefixes_and_addresses);
	tcase_add_test(tests, https_has_a_port_with_a_certificate_only);
	tcase_add_test(tests, a_prefix_row_has_no_host_bits);
	tcase_add_test(tests, a_gate_closes_with_the_calendar);
	tcase_add_test(tests, sessions_that_may_be);
	tcase_add_test(tests, a_plan_without_slots_is_refused);
	tcase_add_test(tests, the_same_input_gives_the_same_bytes);
	tcase_add_test(tests, the_regency_fits);
	tcase_add_test(tests, office_hours_that_do_not_fit);
	tcase_add_test(tests, a_state_that_only_a_holiday_shows);
	tcase_add_test(tests, the_sweep_is_exact);
	tcase_add_test(tests, a_large_regency_is_quick);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
