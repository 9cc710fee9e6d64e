/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decisions (decision.c) -> rows of a plan: classes with their numbers for HTB, devices, addresses, gates,
 * sessions. Pure: the same input gives the same bytes. It must never let guaranteed rates add up to more than
 * the budget, for HTB serves a class's own rate even when its parent has nothing left.
 */
#include "plan_build.h"
#include "../lib/cleanup.h"
#include "../lib/units.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- what every gateway has ---- */

static void add_common(struct build *b)
{
	const struct decision *d = b->decision;
	struct class_shape root = {PLAN_ROOT, 0, PLAN_LEAF_NONE, PRIO_NONE, {d->budget, d->budget}};
	struct class_shape own = {PLAN_OWN, PLAN_ROOT, PLAN_LEAF_SHARED, PRIO_OFFICE, decision_own_share(d)};
	struct class_shape unattributed = {PLAN_UNATTRIBUTED, PLAN_ROOT, PLAN_LEAF_SHARED, PRIO_UNATTRIBUTED,
					   decision_unattributed_share(d)};

	build_class(b, &root);
	build_class(b, &own);
	build_class(b, &unattributed);
}

static bool has_device(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->n_devices; i++)
		if (strcmp(plan->devices[i].name, name) == 0)
			return true;
	return false;
}

/* Several offices may share one. */
static void add_device(struct build *b, const char *name, enum plan_role role, uint16_t minor)
{
	struct plan_device row = {.role = role, .minor = minor};

	if (has_device(b->plan, name))
		return;
	snprintf(row.name, sizeof(row.name), "%s", name);
	build_keep(b, plan_add_device(b->plan, &row));
}

/* ---- offices ---- */

static void add_prefixes(struct build *b, const struct policy_office *office, const char *device,
			 uint16_t minor)
{
	for (size_t i = 0; i < office->n_prefixes; i++) {
		struct plan_prefix row = {.prefix = prefix_network(&office->prefixes[i]), .minor = minor};

		snprintf(row.device, sizeof(row.device), "%s", device);
		build_keep(b, plan_add_prefix(b->plan, &row));
	}
}

/* Somebody's by configuration, or another device's already: the first in the file. */
static bool is_taken(const struct build *b, const struct prefix *prefix)
{
	const struct policy *policy = b->in->policy;

	for (size_t i = 0; i < policy->n_offices; i++)
		for (size_t j = 0; j < policy->offices[i].n_prefixes; j++)
			if (prefix_overlaps(&policy->offices[i].prefixes[j], prefix))
				return true;
	for (size_t i = 0; i < policy->n_zones; i++)
		if (policy->zones[i].address6.addr.family &&
		    prefix_overlaps(&policy->zones[i].address6, prefix))
			return true;
	for (size_t i = 0; i < b->plan->n_prefixes; i++)
		if (prefix_overlaps(&b->plan->prefixes[i].prefix, prefix))
			return true;
	return false;
}

/* Only behind the device that has it: no other has a route to it. */
static void add_delegated(struct build *b, const char *device, uint16_t minor)
{
	for (size_t i = 0; i < b->in->n_delegated; i++) {
		const struct planner_delegated *delegated = &b->in->delegated[i];
		struct plan_prefix row = {.prefix = prefix_network(&delegated->prefix), .minor = minor};

		if (strcmp(delegated->device, device) != 0 || row.prefix.addr.family != AF_INET6 ||
		    !row.prefix.length || is_taken(b, &row.prefix))
			continue;
		snprintf(row.device, sizeof(row.device), "%s", device);
		build_keep(b, plan_add_prefix(b->plan, &row));
	}
}

static void add_office_devices(struct build *b, const struct policy_office *office, uint16_t minor)
{
	for (size_t i = 0; i < office->n_devices; i++) {
		add_device(b, office->devices[i], PLAN_OFFICE, 0);
		add_prefixes(b, office, office->devices[i], minor);
		if (office->delegated)
			add_delegated(b, office->devices[i], minor);
	}
}

static void add_office(struct build *b, const struct policy_office *office)
{
	struct policy_share share = decision_office_share(b->decision, office);
	int slot = slots_find(b->in->slots, "office", office->id);
	struct class_shape inner = {PLAN_INNER(slot), PLAN_ROOT, PLAN_LEAF_NONE, PRIO_NONE, share};
	struct class_shape rest = {PLAN_REST(slot), PLAN_INNER(slot),
				   build_is_wide(b, office) ? PLAN_LEAF_WIDE : PLAN_LEAF_SHARED, PRIO_OFFICE};

	if (slot < 0) {
		build_keep(b, slot);
		return;
	}
	build_class(b, &inner);
	/* With services it is guaranteed less, and takes its turns as before: a call that nobody makes must
	 * not cost the office its part of what is free. */
	rest.turns = share.guaranteed;
	rest.share = build_services(b, office, slot, share);
	build_class(b, &rest);
	add_office_devices(b, office, rest.minor);
}

/* ---- zones ---- */

static void add_address(struct build *b, const struct policy_zone *zone, const struct prefix *prefix)
{
	struct plan_address row = {.prefix = *prefix};

	if (!prefix->addr.family)
		return;
	snprintf(row.device, sizeof(row.device), "%s", zone->device);
	build_keep(b, plan_add_address(b->plan, &row));
}

static void add_gate(struct build *b, const struct policy_zone *zone)
{
	struct planner_change next = planner_zone_next(b->in, zone);
	struct plan_gate row = {0};

	if (!decision_zone_open(b->decision, zone))
		return;
	if (next.wall_usec)
		row.closes_mono_usec = b->in->now.mono_usec + (next.wall_usec - b->in->now.wall_usec);
	snprintf(row.device, sizeof(row.device), "%s", zone->device);
	build_keep(b, plan_add_gate(b->plan, &row));
}

/* Guests are guaranteed nothing but by their zone, from which they borrow in equal turns: so their classes do
 * not change when the zone's share does, or when there are more of them. */
static void add_guests(struct build *b, const struct policy_zone *zone, int slot, struct policy_rate ceiling)
{
	const struct guest_blocks *blocks = b->in->blocks;
	struct class_shape guest = {.parent = PLAN_INNER(slot), .leaf = PLAN_LEAF_GUEST, .prio = PRIO_ZONE};

	if (!blocks)
		return;
	guest.share.guaranteed = (struct policy_rate){PLAN_STEP_BPS, PLAN_STEP_BPS};
	guest.share.ceiling.down_bps = MIN(zone->client.down_bps, ceiling.down_bps);
	guest.share.ceiling.up_bps = MIN(zone->client.up_bps, ceiling.up_bps);
	for (size_t i = 0; i < PLAN_GUEST_BLOCKS; i++)
		for (int k = 0; blocks->slot_plus_1[i] == slot + 1 && k < PLAN_GUEST_BLOCK; k++) {
			guest.minor = PLAN_GUEST(i, k);
			build_class(b, &guest);
		}
}

/* Closed, a zone keeps its classes. */
static void add_zone_classes(struct build *b, const struct policy_zone *zone, int slot)
{
	bool open = decision_zone_open(b->decision, zone);
	struct policy_rate ceiling = zone->share.ceiling;
	struct policy_share share = decision_zone_share(b->decision, zone), token;
	struct class_shape inner = {PLAN_INNER(slot), PLAN_ROOT, PLAN_LEAF_NONE, PRIO_NONE, share};
	struct class_shape rest = {PLAN_REST(slot), PLAN_INNER(slot), PLAN_LEAF_SHARED, PRIO_ZONE};

	ceiling.down_bps = MIN(ceiling.down_bps, b->decision->budget.down_bps);
	ceiling.up_bps = MIN(ceiling.up_bps, b->decision->budget.up_bps);
	token = (struct policy_share){.ceiling = ceiling};
	if (!open)
		inner.share = token;
	rest.share = token; /* its traffic runs in the guests' classes */
	build_class(b, &inner);
	build_class(b, &rest);
	add_guests(b, zone, slot, ceiling);
}

static void add_zone(struct build *b, const struct policy_zone *zone)
{
	int slot = slots_find(b->in->slots, "zone", zone->id);

	if (slot < 0) {
		build_keep(b, slot);
		return;
	}
	b->zone_of_slot[slot] = zone;
	add_device(b, zone->device, PLAN_ZONE, PLAN_REST(slot));
	add_address(b, zone, &zone->address4);
	add_address(b, zone, &zone->address6);
	add_zone_classes(b, zone, slot);
	add_gate(b, zone);
}

/* ---- sessions ---- */

/* The zone whose block of classes holds this one, or NULL. */
static const struct policy_zone *zone_of_guest(const struct build *b, uint16_t minor)
{
	unsigned owner;

	if (!b->in->blocks || minor < PLAN_FIRST_GUEST)
		return NULL;
	owner = b->in->blocks->slot_plus_1[(minor - PLAN_FIRST_GUEST) / PLAN_GUEST_BLOCK];
	return owner && owner <= b->in->slots->n ? b->zone_of_slot[owner - 1] : NULL;
}

static void add_session(struct build *b, const struct plan_session *session)
{
	const struct policy_zone *zone = zone_of_guest(b, session->minor);

	if (!zone || strcmp(zone->device, session->device) != 0 || !decision_zone_open(b->decision, zone))
		return;
	if (session->ends_mono_usec > b->in->now.mono_usec)
		build_keep(b, plan_add_session(b->plan, session));
}

/* ---- the whole ---- */

static void add_options(struct build *b)
{
	const struct policy *policy = b->in->policy;

	b->plan->nat = policy->nat;
	b->plan->nat66 = policy->nat66;
	b->plan->between_offices = policy->between_offices;
	b->plan->dscp_clear = policy->dscp_clear;
	b->plan->ifb_always = policy->ifb_always;
	b->plan->portal_port = policy->portal.port;
	b->plan->tls_port = policy->portal.certificate ? policy->portal.tls_port : 0;
	snprintf(b->plan->uplink, sizeof(b->plan->uplink), "%s", policy->uplink);
	add_device(b, policy->uplink, PLAN_UPLINK, 0);
}

static void add_all(struct build *b)
{
	const struct policy *policy = b->in->policy;

	add_options(b);
	add_common(b);
	for (size_t i = 0; i < policy->n_offices; i++)
		add_office(b, &policy->offices[i]);
	for (size_t i = 0; i < policy->n_zones; i++)
		add_zone(b, &policy->zones[i]);
	for (size_t i = 0; i < b->in->n_sessions; i++)
		add_session(b, &b->in->sessions[i]);
}

int planner_plan(const struct planner_input *in, struct plan *out)
{
	_cleanup_(decision_clear) struct decision decision = decision_make(in);
	_cleanup_(freep) const struct policy_zone **zone_of_slot =
	    calloc(in->slots->n + 1, sizeof(*zone_of_slot));
	struct plan plan = {0};
	struct build b = {in, &decision, zone_of_slot, &plan, .error = zone_of_slot ? 0 : -ENOMEM};

	for (int tree = 0; tree < PLAN_TREES; tree++)
		b.quantum_usec[tree] = build_quantum_usec(in->policy, tree);
	if (b.error == 0)
		add_all(&b);
	if (b.error < 0) {
		plan_clear(&plan);
		return b.error;
	}
	plan_sort(&plan);
	*out = plan;
	return 0;
}
