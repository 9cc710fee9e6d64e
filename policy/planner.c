/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decisions (decision.c) -> rows of a plan: classes with their numbers for HTB, devices, addresses, gates,
 * sessions. Pure: the same input gives the same bytes. It must never let guaranteed rates add up to more than
 * the budget, for HTB serves a class's own rate even when its parent has nothing left.
 */
#include "decision.h"
#include "../lib/cleanup.h"
#include "../lib/units.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TOKEN_BPS 8000 /* what a class keeps that is guaranteed nothing: HTB knows no zero */
#define RATE_STEP_BPS 8
#define BURST_STEP_USEC 8
#define BURST_MAX_USEC (60 * USEC_PER_SEC)
#define BURST_BYTES 3100 /* two full frames: leaves split segmentation offload (kernel-facts.md 8) */
#define BURST_MIN_USEC                                                                                       \
	(4 * USEC_PER_MSEC) /* timers come late on a loaded machine: 1 ms lost 10 % of 900 Mbit/s */
#define FRAME_BYTES 1514
#define QUANTUM_MAX_BYTES 2000000
#define QUANTUM_USEC (6 * USEC_PER_MSEC)
#define QUANTUM_MAX_USEC (25 * USEC_PER_MSEC) /* others wait for it */
#define LIMIT_MIN_BYTES 32000
#define OFFLOAD_BYTES 66000 /* one packet of segmentation offload */
#define WIDE_BPS (UINT64_C(1000000000))

/* HTB offers what is left over to the lowest first. */
enum { PRIO_OFFICE, PRIO_ZONE, PRIO_UNATTRIBUTED };
#define PRIO_NONE 0 /* an inner class */

struct build {
	const struct planner_input *in;
	const struct decision *decision;
	const struct policy_zone **zone_of_slot; /* in->slots->n; NULL where the slot is not a zone's */
	struct plan *plan;
	uint64_t quantum_usec[PLAN_TREES];
	int error; /* the first */
};

struct class_shape {
	uint16_t minor, parent;
	uint8_t leaf, prio;
	struct policy_share share;
};

static void keep(struct build *b, int r)
{
	if (b->error == 0 && r < 0)
		b->error = r;
}

static uint64_t in_tree(struct policy_rate rate, int tree)
{
	return tree == PLAN_DOWN ? rate.down_bps : rate.up_bps;
}

/* ---- HTB's numbers ---- */

static uint32_t burst_usec(uint64_t bps, uint64_t bytes)
{
	uint64_t usec = (bytes * 8 * USEC_PER_SEC + bps - 1) / bps;

	usec = MAX(usec, (uint64_t)BURST_MIN_USEC);
	usec = (usec + BURST_STEP_USEC - 1) / BURST_STEP_USEC * BURST_STEP_USEC;
	return (uint32_t)MIN(usec, (uint64_t)BURST_MAX_USEC);
}

static uint64_t bytes_in_msec(uint64_t bps, unsigned msec)
{
	return bps / 8000 * msec + bps % 8000 * msec / 8000;
}

/* What is left over is shared in the ratio of the quanta, which HTB serves in turn: a time at the guarantee,
 * the same for all, long enough that the smallest is a frame and the ratio holds for it too. By what the
 * offices are ever guaranteed, so that a change of schedule does not touch those whom it leaves alone. */
static uint64_t quantum_usec(const struct policy *policy, int tree)
{
	uint64_t least = UINT64_MAX, most = 1, needed, allowed;

	for (size_t i = 0; i < policy->n_offices; i++) {
		uint64_t inside = in_tree(policy->offices[i].inside.guaranteed, tree);
		uint64_t outside = in_tree(policy->offices[i].outside.guaranteed, tree);

		least = MIN(least, MIN(inside, outside));
		most = MAX(most, MAX(inside, outside));
	}
	if (least == UINT64_MAX)
		return QUANTUM_USEC;
	needed = (FRAME_BYTES * 8 * USEC_PER_SEC + least - 1) / MAX(least, (uint64_t)1);
	allowed = QUANTUM_MAX_BYTES * 8 * USEC_PER_SEC / most;
	return CLAMP(MIN(needed, allowed), (uint64_t)QUANTUM_USEC, (uint64_t)QUANTUM_MAX_USEC);
}

static uint32_t quantum_bytes(int leaf, uint64_t guaranteed_bps, uint64_t usec)
{
	if (leaf == PLAN_LEAF_GUEST)
		return 2 * FRAME_BYTES;
	return (uint32_t)CLAMP(guaranteed_bps / 8 * usec / USEC_PER_SEC, (uint64_t)FRAME_BYTES,
			       (uint64_t)QUANTUM_MAX_BYTES);
}

static uint32_t limit_bytes(int leaf, uint64_t guaranteed_bps, uint64_t ceiling_bps)
{
	uint64_t bytes = 0;

	switch ((enum plan_leaf)leaf) {
	case PLAN_LEAF_NONE:
		return 0;
	case PLAN_LEAF_GUEST:
		bytes = bytes_in_msec(ceiling_bps, 50);
		break;
	case PLAN_LEAF_SHARED:
	case PLAN_LEAF_WIDE:
		bytes = MAX(bytes_in_msec(guaranteed_bps, 100), bytes_in_msec(ceiling_bps, 5));
		break;
	}
	return (uint32_t)CLAMP(bytes, (uint64_t)LIMIT_MIN_BYTES, (uint64_t)UINT32_MAX);
}

static void add_class(struct build *b, const struct class_shape *shape)
{
	for (int tree = 0; tree < PLAN_TREES; tree++) {
		uint64_t ceiling = MAX(in_tree(shape->share.ceiling, tree), (uint64_t)RATE_STEP_BPS);
		uint64_t rate = MIN(in_tree(shape->share.guaranteed, tree), ceiling);
		struct plan_class row = {.tree = tree,
					 .minor = shape->minor,
					 .parent = shape->parent,
					 .leaf = shape->leaf,
					 .prio = shape->prio};
		uint32_t quantum;

		row.rate_bps = rate ? rate : MIN((uint64_t)TOKEN_BPS, ceiling);
		row.ceiling_bps = ceiling;
		quantum = quantum_bytes(shape->leaf, row.rate_bps, b->quantum_usec[tree]);
		row.burst_usec = burst_usec(row.rate_bps, BURST_BYTES);
		/* At least a turn: else the ceiling cuts turns short, and shares of what is free with them.
		 */
		row.cburst_usec = burst_usec(ceiling, MAX(quantum + FRAME_BYTES, BURST_BYTES));
		/* The kernel keeps neither quantum nor prio of an inner class. */
		row.quantum_bytes = shape->leaf == PLAN_LEAF_NONE ? 0 : quantum;
		row.limit_bytes = limit_bytes(shape->leaf, row.rate_bps, ceiling);
		keep(b, plan_add_class(b->plan, &row));
	}
}

/* ---- what every gateway has ---- */

static void add_common(struct build *b)
{
	const struct policy *policy = b->in->policy;
	struct policy_rate budget = b->decision->budget;
	struct class_shape root = {PLAN_ROOT, 0, PLAN_LEAF_NONE, PRIO_NONE, {budget, budget}};
	struct class_shape own = {PLAN_OWN, PLAN_ROOT, PLAN_LEAF_SHARED, PRIO_OFFICE, {policy->own, budget}};
	struct class_shape unattributed = {PLAN_UNATTRIBUTED,
					   PLAN_ROOT,
					   PLAN_LEAF_SHARED,
					   PRIO_UNATTRIBUTED,
					   {policy->unattributed, policy->unattributed}};

	add_class(b, &root);
	add_class(b, &own);
	add_class(b, &unattributed);
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
	keep(b, plan_add_device(b->plan, &row));
}

/* ---- offices ---- */

static void add_prefixes(struct build *b, const struct policy_office *office, const char *device,
			 uint16_t minor)
{
	for (size_t i = 0; i < office->n_prefixes; i++) {
		struct plan_prefix row = {.prefix = prefix_network(&office->prefixes[i]), .minor = minor};

		snprintf(row.device, sizeof(row.device), "%s", device);
		keep(b, plan_add_prefix(b->plan, &row));
	}
}

/* Where a packet of segmentation offload is no more than a turn, and half a millisecond, nobody gains by
 * splitting it. By the lower of the office's two shares, so that its queue never changes kind with packets in
 * it. */
static bool is_wide(const struct build *b, const struct policy_office *office)
{
	for (int tree = 0; tree < PLAN_TREES; tree++) {
		uint64_t guaranteed =
		    MIN(in_tree(office->inside.guaranteed, tree), in_tree(office->outside.guaranteed, tree));
		uint64_t ceiling =
		    MIN(in_tree(office->inside.ceiling, tree), in_tree(office->outside.ceiling, tree));

		if (ceiling < WIDE_BPS ||
		    quantum_bytes(PLAN_LEAF_WIDE, guaranteed, b->quantum_usec[tree]) < OFFLOAD_BYTES)
			return false;
	}
	return true;
}

static void add_office(struct build *b, const struct policy_office *office)
{
	struct policy_share share = decision_office_share(b->decision, office);
	int slot = slots_find(b->in->slots, "office", office->id);
	struct class_shape inner = {PLAN_INNER(slot), PLAN_ROOT, PLAN_LEAF_NONE, PRIO_NONE, share};
	struct class_shape rest = {PLAN_REST(slot), PLAN_INNER(slot),
				   is_wide(b, office) ? PLAN_LEAF_WIDE : PLAN_LEAF_SHARED, PRIO_OFFICE,
				   share};

	if (slot < 0) {
		keep(b, slot);
		return;
	}
	add_class(b, &inner);
	add_class(b, &rest);
	for (size_t i = 0; i < office->n_devices; i++) {
		add_device(b, office->devices[i], PLAN_OFFICE, 0);
		add_prefixes(b, office, office->devices[i], rest.minor);
	}
}

/* ---- zones ---- */

static void add_address(struct build *b, const struct policy_zone *zone, const struct prefix *prefix)
{
	struct plan_address row = {.prefix = *prefix};

	if (!prefix->addr.family)
		return;
	snprintf(row.device, sizeof(row.device), "%s", zone->device);
	keep(b, plan_add_address(b->plan, &row));
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
	keep(b, plan_add_gate(b->plan, &row));
}

/* Guests are guaranteed nothing but by their zone, from which they borrow in equal turns: so their classes do
 * not change when the zone's share does, or when there are more of them. */
static void add_guests(struct build *b, const struct policy_zone *zone, int slot, struct policy_rate ceiling)
{
	const struct guest_blocks *blocks = b->in->blocks;
	struct class_shape guest = {.parent = PLAN_INNER(slot), .leaf = PLAN_LEAF_GUEST, .prio = PRIO_ZONE};

	if (!blocks)
		return;
	guest.share.guaranteed = (struct policy_rate){RATE_STEP_BPS, RATE_STEP_BPS};
	guest.share.ceiling.down_bps = MIN(zone->client.down_bps, ceiling.down_bps);
	guest.share.ceiling.up_bps = MIN(zone->client.up_bps, ceiling.up_bps);
	for (size_t i = 0; i < PLAN_GUEST_BLOCKS; i++)
		for (int k = 0; blocks->slot_plus_1[i] == slot + 1 && k < PLAN_GUEST_BLOCK; k++) {
			guest.minor = PLAN_GUEST(i, k);
			add_class(b, &guest);
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
	add_class(b, &inner);
	add_class(b, &rest);
	add_guests(b, zone, slot, ceiling);
}

static void add_zone(struct build *b, const struct policy_zone *zone)
{
	int slot = slots_find(b->in->slots, "zone", zone->id);

	if (slot < 0) {
		keep(b, slot);
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
		keep(b, plan_add_session(b->plan, session));
}

/* ---- the whole ---- */

static void add_options(struct build *b)
{
	const struct policy *policy = b->in->policy;

	b->plan->nat = policy->nat;
	b->plan->nat66 = policy->nat66;
	b->plan->between_offices = policy->between_offices;
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
		b.quantum_usec[tree] = quantum_usec(in->policy, tree);
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
