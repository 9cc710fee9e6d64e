/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: reload, schedule, override, repair and return are all "decide anew, send the whole plan"; here is the
 * one place that does it. It never writes to the kernel, never decides by itself what the planner decides,
 * and never waits.
 */
#include "engine.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "apply.h"
#include "booking.h"
#include "daemon.h"
#include "delegated.h"
#include "evidence.h"
#include "life.h"
#include "meter.h"
#include "notify.h"
#include "quota.h"
#include "reload.h"
#include "restore.h"
#include "settings.h"
#include "shaper.h"
#include "slots_room.h"
#include "uplink.h"
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "../lib/units.h"

#define PREPARE_USEC (5 * USEC_PER_MINUTE)

struct engine {
	struct daemon *daemon;
	struct policy *policy;
	struct slots slots;
	struct overrides overrides;
	struct blocks blocks;
	struct state state;
	struct view view;
	struct apply *apply;
	bool adopted; /* what the kernel held when this daemon came is known */
	int step_fd;
	sd_event_source *step, *timer;
};

/* ---- when to look again ---- */

static int on_timer(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct engine *engine = userdata;
	bool change = engine->view.next_wall_usec <= clock_now().wall_usec;
	_cleanup_(freep) char *cause =
	    change && engine->view.next_cause ? strdup(engine->view.next_cause) : NULL;

	engine_update(engine, cause ? cause : change ? "schedule" : "classes for a zone that opens soon");
	return 0;
}

/* The next change, or before it the time to build classes for a zone that is about to open. */
static int64_t next_look(const struct engine *engine, struct instant now)
{
	int64_t next = engine->view.next_wall_usec;

	for (size_t i = 0; i < engine->policy->n_zones; i++) {
		const struct engine_zone *zone = &engine->view.zones[i];
		int64_t prepare = zone->next_wall_usec - PREPARE_USEC;

		if (!zone->open && prepare > now.wall_usec && (!next || prepare < next))
			next = prepare;
	}
	return next;
}

/* The wall clock's own timer, so that a clock that is set does not shift it; a rehearsed clock runs evenly
 * on. */
static void timer_arm(struct engine *engine, struct instant now)
{
	int64_t wall = next_look(engine, now);
	bool rehearsal = clock_is_rehearsal();
	int64_t at = rehearsal ? now.mono_usec + (wall - now.wall_usec) : wall;
	int r;

	engine->timer = sd_event_source_disable_unref(engine->timer);
	if (!wall)
		return;
	r = sd_event_add_time(engine->daemon->event, &engine->timer,
			      rehearsal ? CLOCK_MONOTONIC : CLOCK_REALTIME, (uint64_t)MAX(at, (int64_t)1),
			      USEC_PER_MSEC, on_timer, engine);
	if (r < 0)
		log_error("no timer for the next change: %s", strerror(-r));
}

static int on_step(sd_event_source *source _unused_, int fd, uint32_t revents _unused_, void *userdata)
{
	struct engine *engine = userdata;
	int r = clock_step_rearm(fd);

	if (r < 0)
		log_error("steps of the clock can no longer be seen: %s", strerror(-r));
	log_notice("the machine's clock was set");
	engine_update(engine, "the machine's clock was set");
	return 0;
}

/* ---- deciding ---- */

struct planner_input engine_input(const struct engine *engine, struct instant now)
{
	struct planner_input in = {
	    .policy = engine->policy,
	    .now = now,
	    .slots = &engine->slots,
	    .blocks = &engine->blocks.map,
	    .overrides = engine->overrides.rows,
	    .n_overrides = engine->overrides.n,
	    .uplink = uplink_rate(engine->daemon->uplink),
	    .throttled = quota_throttled(engine->daemon->quota),
	};

	in.delegated = delegated_rows(engine->daemon->delegated, &in.n_delegated);
	return in;
}

static bool opens_soon(const struct engine_zone *zone, int64_t wall_usec)
{
	return !zone->open && zone->next_wall_usec && zone->next_wall_usec - wall_usec <= PREPARE_USEC;
}

static bool grow_zone(struct engine *engine, const struct engine_zone *zone)
{
	size_t users;

	if (!engine->adopted || zone->slot < 0 || !(zone->open || opens_soon(zone, clock_now().wall_usec)))
		return false;
	users = sessions_count(engine->daemon->sessions, zone->zone->device);
	return blocks_grow(&engine->blocks, zone->zone, (unsigned)zone->slot, users);
}

void engine_grow(struct engine *engine, const struct policy_zone *zone)
{
	const struct engine_zone *row = engine_zone_by_device(engine, zone->device);

	if (row && grow_zone(engine, row))
		engine_update(engine, "more guest classes");
}

void engine_update(struct engine *engine, const char *cause)
{
	struct instant now = clock_now();
	struct planner_input in = engine_input(engine, now);

	view_update(&engine->view, &in, cause);
	timer_arm(engine, now);
	for (size_t i = 0; i < engine->policy->n_zones; i++)
		grow_zone(engine, &engine->view.zones[i]);
	if (!engine->adopted)
		return;
	life_close(engine->daemon->life);
	apply_send(engine->apply, now, cause);
}

void engine_adjust(struct engine *engine)
{
	if (engine->adopted)
		apply_adjust(engine->apply, clock_now());
}

/* ---- from the shaper ---- */

void engine_on_state(void *userdata, const struct plan *actual)
{
	struct engine *engine = userdata;

	if (!engine->adopted) {
		struct planner_input in = engine_input(engine, clock_now());

		blocks_adopt(&engine->blocks, actual, engine->policy, &engine->slots);
		view_update(&engine->view, &in, "start");
		uplink_adopt(engine->daemon->uplink, actual);
		restore_begin(engine->daemon->restore, actual);
		engine->adopted = true;
	}
	meter_ask(engine->daemon->meter);
	engine_update(engine, "connected to the shaper");
	reload_connected(engine->daemon->reload);
}

void engine_on_drift(void *userdata)
{
	struct engine *engine = userdata;

	log_debug("the shaper saw something of ours change"); /* what it repairs is said with the result */
	engine_update(engine, "repair");
}

void engine_on_alarm(void *userdata, const char *text)
{
	const struct engine *engine = userdata;

	if (text[0])
		notify_event(engine->daemon->notify, 0, "alarm.flowtable", "", "", "%s", text);
	else
		notify_event(engine->daemon->notify, 0, "alarm.flowtable.end", "", "",
			     "no flowtable is on a device of ours any more");
}

/* ---- the apply's questions ---- */

static int on_plan(void *userdata, struct instant now, uint64_t number, struct plan *out)
{
	struct engine *engine = userdata;
	struct planner_input in = engine_input(engine, now);
	struct guest_blocks map = blocks_ask(&engine->blocks, engine->policy, &engine->slots);
	_cleanup_(freep) struct plan_session *sessions = NULL;
	int r;

	r = life_plan(engine->daemon->life, now, number, &sessions, &in.n_sessions);
	if (r < 0)
		return r;
	in.blocks = &map;
	in.sessions = sessions;
	r = planner_plan(&in, out);
	if (r >= 0)
		booking_plan(engine->daemon->booking, number, out);
	return r;
}

static void on_settled(void *userdata, uint64_t number)
{
	struct engine *engine = userdata;
	struct daemon *daemon = engine->daemon;

	life_settle(daemon->life, number);
	booking_settled(daemon->booking, number);
	if (blocks_settle(&engine->blocks, daemon->pool, daemon->sessions, meter_asked(daemon->meter)))
		meter_ask(daemon->meter); /* new classes serve once their counters are known */
	restore_settled(daemon->restore);
	reload_settled(daemon->reload);
	if (overrides_prune(&engine->overrides, engine->policy, clock_now().wall_usec))
		state_save(&engine->state, &engine->slots, &engine->overrides);
}

static void on_again(void *userdata, const char *cause)
{
	engine_update(userdata, cause);
}

/* ---- overrides, policy ---- */

int engine_override(struct engine *engine, enum override_kind kind, const char *id, int64_t until_wall_usec)
{
	int r = overrides_set(&engine->overrides, kind, id, until_wall_usec);

	if (r >= 0)
		state_save(&engine->state, &engine->slots, &engine->overrides);
	return r;
}

bool engine_override_end(struct engine *engine, enum override_kind kind, const char *id)
{
	bool was = overrides_unset(&engine->overrides, kind, id);

	if (was)
		state_save(&engine->state, &engine->slots, &engine->overrides);
	return was;
}

int engine_swap(struct engine *engine, struct policy *policy, struct policy **before)
{
	struct view view;
	int r;

	r = slots_assign_room(&engine->slots, policy, engine->policy);
	if (r < 0)
		return r;
	r = view_make(policy, &engine->view, &view);
	if (r < 0)
		return r;
	view_clear(&engine->view);
	engine->view = view;
	*before = engine->policy;
	engine->policy = policy;
	uplink_policy(engine->daemon->uplink);
	delegated_policy(engine->daemon->delegated);
	booking_policy(engine->daemon->booking);
	quota_policy(engine->daemon->quota);
	evidence_policy(engine->daemon->evidence);
	notify_policy(engine->daemon->notify);
	state_save(&engine->state, &engine->slots, &engine->overrides);
	return 0;
}

/* ---- what others ask ---- */

const struct policy *engine_policy(const struct engine *engine)
{
	return engine->policy;
}

const struct overrides *engine_overrides(const struct engine *engine)
{
	return &engine->overrides;
}

const struct blocks *engine_blocks(const struct engine *engine)
{
	return &engine->blocks;
}

const struct slots *engine_slots(const struct engine *engine)
{
	return &engine->slots;
}

bool engine_adopted(const struct engine *engine)
{
	return engine->adopted;
}

const struct apply_report *engine_report(const struct engine *engine)
{
	return apply_report(engine->apply);
}

void engine_wait(struct engine *engine, engine_done done, void *userdata)
{
	apply_wait(engine->apply, done, userdata);
}

const struct engine_zone *engine_zone_by_device(const struct engine *engine, const char *device)
{
	for (size_t i = 0; i < engine->policy->n_zones; i++)
		if (!strncmp(engine->policy->zones[i].device, device, IFNAMSIZ))
			return &engine->view.zones[i];
	return NULL;
}

static bool zone_has(const struct policy_zone *zone, const struct addr *address)
{
	const struct prefix *prefix = address->family == AF_INET ? &zone->address4 : &zone->address6;

	return prefix->addr.family == address->family && prefix_contains(prefix, address);
}

const struct engine_zone *engine_zone_by_address(const struct engine *engine, const struct addr *address)
{
	for (size_t i = 0; i < engine->policy->n_zones; i++)
		if (zone_has(&engine->policy->zones[i], address))
			return &engine->view.zones[i];
	return NULL;
}

/* ---- life ---- */

static int watch_clock(struct engine *engine)
{
	engine->step_fd = clock_step_fd();
	if (engine->step_fd < 0)
		return engine->step_fd;
	return sd_event_add_io(engine->daemon->event, &engine->step, engine->step_fd, EPOLLIN, on_step,
			       engine);
}

static int load(struct engine *engine)
{
	static const struct apply_events events = {.plan = on_plan, .settled = on_settled, .again = on_again};
	int r;

	r = state_load(engine->policy->state_directory, &engine->slots, &engine->overrides, &engine->state);
	if (r < 0)
		return r;
	r = slots_assign_room(&engine->slots, engine->policy, NULL);
	if (r < 0)
		return r;
	r = view_make(engine->policy, NULL, &engine->view);
	if (r < 0)
		return r;
	r = apply_new(engine->daemon, &events, engine, &engine->apply);
	if (r < 0)
		return r;
	return watch_clock(engine);
}

int engine_new(struct daemon *daemon, struct policy *policy, struct engine **out)
{
	struct engine *engine = calloc(1, sizeof(*engine));
	int r;

	if (!engine) {
		policy_free(policy);
		return -ENOMEM;
	}
	engine->daemon = daemon;
	engine->policy = policy;
	engine->step_fd = -1;
	r = load(engine);
	if (r < 0) {
		log_error("cannot start: %s", strerror(-r));
		engine_free(engine);
		return r;
	}
	*out = engine;
	return 0;
}

int engine_start(struct engine *engine)
{
	state_save(&engine->state, &engine->slots, &engine->overrides);
	settings_dnsmasq(engine->policy);
	uplink_policy(engine->daemon->uplink);
	delegated_policy(engine->daemon->delegated);
	engine_update(engine, "start");
	return 0;
}

struct engine *engine_free(struct engine *engine)
{
	if (!engine)
		return NULL;
	apply_free(engine->apply);
	sd_event_source_disable_unref(engine->step);
	sd_event_source_disable_unref(engine->timer);
	closep(&engine->step_fd);
	view_clear(&engine->view);
	slots_clear(&engine->slots);
	overrides_clear(&engine->overrides);
	state_clear(&engine->state);
	policy_free(engine->policy);
	free(engine);
	return NULL;
}
