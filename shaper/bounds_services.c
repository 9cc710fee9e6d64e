// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Judges what moves packets within an office, and what is written into them towards the provider. A row is
 * allowed where a service of that very office says so in the file that root wrote, and all rows of one class
 * must be one service's; so a daemon in a stranger's hands cannot lend an office another's class, nor sell
 * somebody a DSCP. It never corrects a plan.
 */
#include "bounds_services.h"
#include "refusal.h"
#include "../lib/cleanup.h"
#include <errno.h>
#include <string.h>

#define SERVICES (PLAN_FIRST_GUEST - PLAN_FIRST_SERVICE)

/* Whose a class may be, after the rows so far: services of one office, a bit each. */
struct claim {
	const struct policy_office *office; /* NULL: nothing said yet */
	uint64_t services;
};
#define SERVICES_MAX 64

struct judge {
	const struct policy *policy;
	const struct plan *plan;
	const struct bounds_owners *owners;
	struct claim *claims; /* by service class */
	struct refusal refusal;
};

static bool is_service(uint16_t minor)
{
	return minor >= PLAN_FIRST_SERVICE && minor < PLAN_FIRST_GUEST;
}

static bool is_rest(uint16_t minor)
{
	return minor >= PLAN_REST(0) && minor <= PLAN_REST(PLAN_SLOTS - 1) && minor % 2 == PLAN_REST(0) % 2;
}

/* ---- what a service says ---- */

/* A range may have been cut around another service's. */
static bool has_ports(const struct policy_service *service, const struct plan_match *row)
{
	for (size_t i = 0; i < service->n_ports; i++)
		if (service->ports[i].protocol == row->protocol &&
		    service->ports[i].first <= row->first_port && service->ports[i].last >= row->last_port)
			return true;
	return false;
}

static bool has_prefix(const struct policy_service *service, const struct prefix *prefix)
{
	for (size_t i = 0; i < service->n_prefixes; i++) {
		const struct prefix network = prefix_network(&service->prefixes[i]);

		if (memcmp(&network, prefix, sizeof(network)) == 0)
			return true;
	}
	return false;
}

static bool has_dscp(const struct policy_service *service, uint8_t dscp)
{
	for (size_t i = 0; i < service->n_dscp; i++)
		if (service->dscp[i] == dscp)
			return true;
	return false;
}

static bool says(const struct policy_service *service, const struct plan_match *row)
{
	if (row->dscp != PLAN_DSCP_NONE)
		return has_dscp(service, row->dscp);
	if (!row->prefix.addr.family)
		return service->n_prefixes == 0 && has_ports(service, row);
	if (!has_prefix(service, &row->prefix))
		return false;
	return row->protocol ? has_ports(service, row)
			     : service->n_ports == 0 && row->first_port == 0 && row->last_port == UINT16_MAX;
}

static uint64_t services_that_say(const struct policy_office *office, const struct plan_match *row)
{
	uint64_t services = 0;

	for (size_t i = 0; i < office->n_services && i < SERVICES_MAX; i++)
		if (says(&office->services[i], row))
			services |= UINT64_C(1) << i;
	return services;
}

/* An office without any prefix now (delegated, and none has come) sends no packet: anybody's service will do.
 */
static const struct policy_office *find_office(const struct judge *judge, const struct plan_match *row)
{
	const struct policy *policy = judge->policy;
	const uint16_t owner = judge->owners->office_plus_1[PLAN_SLOT_OF(row->office)];
	const struct claim *claim = &judge->claims[row->minor - PLAN_FIRST_SERVICE];

	if (owner)
		return &policy->offices[owner - 1];
	if (claim->office)
		return claim->office;
	for (size_t i = 0; i < policy->n_offices; i++)
		if (services_that_say(&policy->offices[i], row))
			return &policy->offices[i];
	return NULL;
}

/* ---- judging ---- */

static bool hangs_on(const struct plan *plan, enum plan_tree tree, uint16_t minor, uint16_t parent)
{
	const struct plan_class *row = plan_find_class(plan, tree, minor);

	return row && row->parent == parent;
}

/* `rest` is the minor behind its inner class's. */
static bool is_in_office(const struct judge *judge, const struct plan_match *row)
{
	const uint16_t inner = row->office - 1;

	if (!is_rest(row->office) || !is_service(row->minor))
		return false;
	for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES; tree++)
		if (!hangs_on(judge->plan, tree, row->office, inner) ||
		    !hangs_on(judge->plan, tree, row->minor, inner))
			return false;
	return true;
}

static int judge_match(const struct judge *judge, const struct plan_match *row)
{
	const struct policy_office *office;
	struct claim *claim;

	if (!is_in_office(judge, row))
		return refuse(&judge->refusal, "service class %x: not inside the office of class %x",
			      row->minor, row->office);
	office = find_office(judge, row);
	claim = &judge->claims[row->minor - PLAN_FIRST_SERVICE];
	if (!claim->office)
		*claim = (struct claim){office, UINT64_MAX};
	claim->services &= office && claim->office == office ? services_that_say(office, row) : 0;
	if (claim->services)
		return 0;
	return refuse(&judge->refusal,
		      "service class %x: no service of its office in the configuration is this (dscp %u, "
		      "protocol %u, ports %u-%u, or prefix)",
		      row->minor, row->dscp, row->protocol, row->first_port, row->last_port);
}

static bool has_mark(const struct claim *claim, int dscp)
{
	for (size_t i = 0; claim->office && i < claim->office->n_services && i < SERVICES_MAX; i++)
		if (claim->services & UINT64_C(1) << i && claim->office->services[i].mark == dscp)
			return true;
	return false;
}

static int judge_mark(const struct judge *judge, const struct plan_mark *row)
{
	if (is_service(row->minor) && has_mark(&judge->claims[row->minor - PLAN_FIRST_SERVICE], row->dscp))
		return 0;
	return refuse(&judge->refusal, "mark %u of class %x: no service of the configuration has it there",
		      row->dscp, row->minor);
}

int bounds_services(const struct policy *policy, const struct plan *plan, const struct bounds_owners *owners,
		    char *text, size_t size)
{
	_cleanup_(freep) struct claim *claims = calloc(SERVICES, sizeof(*claims));
	const struct judge judge = {policy, plan, owners, claims, {text, size}};
	int r = claims ? 0 : -ENOMEM;

	for (size_t i = 0; i < plan->n_matches && r == 0; i++)
		r = judge_match(&judge, &plan->matches[i]);
	for (size_t i = 0; i < plan->n_marks && r == 0; i++)
		r = judge_mark(&judge, &plan->marks[i]);
	return r;
}
