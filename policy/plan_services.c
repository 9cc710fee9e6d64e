/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Services of an office -> a class each beside its `rest`, what belongs to them, and what they leave marked
 * with. All of it lies inside what the office has: together with `rest` they are never guaranteed more.
 */
#include "plan_build.h"
#include "services.h"
#include "../lib/cleanup.h"
#include <errno.h>
#include <netinet/in.h>

/* ---- shares ---- */

/* What services may be guaranteed together: `rest` keeps a little, however small the office's guarantee is.
 */
static uint64_t room_for_services(uint64_t guaranteed_bps)
{
	return guaranteed_bps - MIN((uint64_t)PLAN_TOKEN_BPS, guaranteed_bps / 2 / 8 * 8);
}

static uint64_t fitted(uint64_t bps, uint64_t sum_bps, uint64_t guaranteed_bps)
{
	uint64_t room = room_for_services(guaranteed_bps);

	if (sum_bps > room)
		bps = rate_part(bps, room, sum_bps);
	return MAX(bps, (uint64_t)PLAN_STEP_BPS);
}

struct policy_share planner_service_share(const struct policy_office *office,
					  const struct policy_service *service, struct policy_share share)
{
	struct policy_rate wanted = service_rate(service, share.guaranteed), sum = {0};
	struct policy_share result = {.ceiling = share.ceiling};

	for (size_t i = 0; i < office->n_services; i++)
		sum = rate_sum(sum, service_rate(&office->services[i], share.guaranteed));
	result.guaranteed.down_bps = fitted(wanted.down_bps, sum.down_bps, share.guaranteed.down_bps);
	result.guaranteed.up_bps = fitted(wanted.up_bps, sum.up_bps, share.guaranteed.up_bps);
	/* Served before everybody: so it may never take more, or it would starve them. */
	if (service->priority == POLICY_PRIORITY_HIGH)
		result.ceiling = result.guaranteed;
	return result;
}

/* ---- rows ---- */

struct placed { /* a service of an office whose classes are known */
	struct build *b;
	const struct policy_service *service;
	uint16_t office, minor;
};

static void add_match(const struct placed *p, struct plan_match row)
{
	row.office = p->office;
	row.minor = p->minor;
	build_keep(p->b, plan_add_match(p->b->plan, &row));
}

static struct plan_match port_match(const struct policy_ports *ports)
{
	return (struct plan_match){.first_port = ports->first,
				   .last_port = ports->last,
				   .protocol = ports->protocol,
				   .dscp = PLAN_DSCP_NONE};
}

static void add_far(const struct placed *p, const struct prefix *prefix)
{
	struct plan_match row = {.last_port = UINT16_MAX, .dscp = PLAN_DSCP_NONE};

	if (!p->service->n_ports) {
		row.prefix = prefix_network(prefix);
		add_match(p, row);
	}
	for (size_t i = 0; i < p->service->n_ports; i++) {
		row = port_match(&p->service->ports[i]);
		row.prefix = prefix_network(prefix);
		add_match(p, row);
	}
}

static void add_matches(const struct placed *p)
{
	const struct policy_service *s = p->service;

	for (size_t i = 0; i < s->n_prefixes; i++)
		add_far(p, &s->prefixes[i]);
	for (size_t i = 0; i < s->n_ports && !s->n_prefixes; i++)
		add_match(p, port_match(&s->ports[i]));
	for (size_t i = 0; i < s->n_dscp; i++)
		add_match(p, (struct plan_match){.dscp = s->dscp[i]});
}

static void add_mark(const struct placed *p)
{
	struct plan_mark row = {.minor = p->minor, .dscp = (uint8_t)p->service->mark};

	if (p->service->mark >= 0)
		build_keep(p->b, plan_add_mark(p->b->plan, &row));
}

static uint8_t prio_of(enum policy_priority priority)
{
	switch (priority) {
	case POLICY_PRIORITY_HIGH:
		return PRIO_HIGH;
	case POLICY_PRIORITY_NORMAL:
		return PRIO_OFFICE;
	case POLICY_PRIORITY_LOW:
		break;
	}
	return PRIO_LOW;
}

/* Whether the class is there. */
static bool add_service(struct build *b, const struct policy_office *office,
			const struct policy_service *service, int slot, const struct policy_share *share)
{
	int own = slots_find_service(b->in->slots, office->id, service->id);
	struct class_shape shape = {PLAN_SERVICE(own), PLAN_INNER(slot), PLAN_LEAF_SHARED,
				    prio_of(service->priority), *share};
	struct placed placed = {b, service, PLAN_REST(slot), PLAN_SERVICE(own)};

	if (own < 0) {
		build_keep(b, own);
		return false;
	}
	build_class(b, &shape);
	add_matches(&placed);
	add_mark(&placed);
	return true;
}

struct policy_share build_services(struct build *b, const struct policy_office *office, int slot,
				   struct policy_share share)
{
	struct policy_share rest = share;

	for (size_t i = 0; i < office->n_services; i++) {
		const struct policy_service *service = &office->services[i];
		struct policy_share own = planner_service_share(office, service, share);

		if (add_service(b, office, service, slot, &own))
			rest.guaranteed = rate_less(rest.guaranteed, own.guaranteed);
	}
	return rest;
}
