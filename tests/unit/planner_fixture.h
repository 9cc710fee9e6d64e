/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The regency of policy_fixture.h at an instant, as the planner's questions take it.
 */
#include "policy_fixture.h"
#include "../../lib/units.h"
#include <errno.h>
#include <stdio.h>

#define MONO (1000 * USEC_PER_SEC)

static struct slots slots;
static struct guest_blocks blocks;
static struct override overrides[4];

static _unused_ struct planner_input input(const char *time)
{
	struct planner_input in = {
	    .policy = regency(), .slots = &slots, .blocks = &blocks, .overrides = overrides};

	in.now = (struct instant){at(time), MONO};
	ck_assert_int_eq(slots_assign(&slots, in.policy), 0);
	return in;
}

static _unused_ void override(struct planner_input *in, enum override_kind kind, const char *id,
			      const char *until)
{
	struct override *o = &overrides[in->n_overrides++];

	o->kind = kind;
	snprintf(o->id, sizeof(o->id), "%s", id);
	o->until_wall_usec = until ? at(until) : 0;
}

static _unused_ struct plan plan_of(const struct planner_input *in)
{
	struct plan plan;

	ck_assert_int_eq(planner_plan(in, &plan), 0);
	return plan;
}

static void clear(void)
{
	slots_clear(&slots);
}
