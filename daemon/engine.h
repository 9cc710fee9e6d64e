/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * When to plan, and to whom the plan goes. Holds the policy, slots, overrides and guest blocks; asks the
 * planner at start, when the calendar says so, when a clock is set, when a person or the shaper says so;
 * sends the plan to the shaper, one at a time: what is wanted meanwhile goes with the next one.
 */
#include "../policy/planner.h"
#include "apply.h"
#include "blocks.h"
#include "override.h"
#include "state.h"
#include "view.h"

struct daemon;
struct engine;

/* Takes the policy. Reads the state file. Does not plan before engine_start(). 0 or -errno, said in the log.
 */
int engine_new(struct daemon *daemon, struct policy *policy, struct engine **out);
struct engine *engine_free(struct engine *engine);
int engine_start(struct engine *engine);

/* From the shaper (shaper.h). */
void engine_on_state(void *userdata, const struct plan *actual);
void engine_on_drift(void *userdata);
void engine_on_alarm(void *userdata, const char *text);

const struct policy *engine_policy(const struct engine *engine);
const struct overrides *engine_overrides(const struct engine *engine);
const struct blocks *engine_blocks(const struct engine *engine);
const struct slots *engine_slots(const struct engine *engine);
bool engine_adopted(const struct engine *engine); /* what the kernel held when this daemon came is known */
const struct apply_report *engine_report(const struct engine *engine); /* what the shaper has chosen */
/* For the planner's questions; without sessions. Valid until the next event. */
struct planner_input engine_input(const struct engine *engine, struct instant now);

/* Zones as last decided; NULL: none such. */
const struct engine_zone *engine_zone_by_device(const struct engine *engine, const char *device);
const struct engine_zone *engine_zone_by_address(const struct engine *engine, const struct addr *address);

/* Decides anew, now, and sends the plan. `cause` is for the log. */
void engine_update(struct engine *engine, const char *cause);
/* The uplink's rate has been adjusted: the plan alone is made anew, and little is said of it. */
void engine_adjust(struct engine *engine);
/* One more guest is about to need a class: builds more in the background where few are left. */
void engine_grow(struct engine *engine, const struct policy_zone *zone);

/* 0 or -ENOMEM. Saved; the caller then updates. */
int engine_override(struct engine *engine, enum override_kind kind, const char *id, int64_t until_wall_usec);
bool engine_override_end(struct engine *engine, enum override_kind kind, const char *id);

/* Calls `done` once the kernel holds all that has been decided until now, or with the error: text NULL or
 * what the shaper said. -ENOTCONN at once when the shaper is away; -ESHUTDOWN when this daemon ends. */
typedef void (*engine_done)(void *userdata, int error, const char *text);
void engine_wait(struct engine *engine, engine_done done, void *userdata);

/* Puts another policy in place, and hands back the one before. The caller updates. 0, -ENOMEM, -ENOSPC. */
int engine_swap(struct engine *engine, struct policy *policy, struct policy **before);
