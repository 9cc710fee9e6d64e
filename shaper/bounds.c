/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Judges what the daemon asks for against the file that root wrote. What is allowed is itself kept as rows of
 * a plan, sorted, so that a plan of 300 offices is judged in well under a millisecond. It never corrects a
 * plan: it says what is wrong and refuses.
 */
#include "bounds.h"
#include "bounds_classes.h"
#include "bounds_delegated.h"
#include "bounds_services.h"
#include "garden.h"
#include "refusal.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/units.h"
#include "../policy/config.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define SESSION_MAX_USEC (400 * USEC_PER_DAY)
struct bounds {
	char *path;
	struct timespec edited; /* when the file was, as far as was looked */
	struct policy *policy;
	struct plan allowed; /* devices (minor of a zone's: its index), prefixes (minor: the office's index),
			      * addresses */
};

/* ---- reading ---- */

static int allow_device(struct plan *allowed, const char *name, enum plan_role role, size_t index)
{
	struct plan_device row = {.role = role, .minor = (uint16_t)index};

	snprintf(row.name, sizeof(row.name), "%s", name);
	return plan_add_device(allowed, &row);
}

static int allow_prefix(struct plan *allowed, const char *device, const struct prefix *prefix, size_t office)
{
	struct plan_prefix row = {.prefix = prefix_network(prefix), .minor = (uint16_t)office};

	snprintf(row.device, sizeof(row.device), "%s", device);
	return plan_add_prefix(allowed, &row);
}

static int allow_address(struct plan *allowed, const char *device, const struct prefix *prefix)
{
	struct plan_address row = {.prefix = *prefix};

	if (!prefix->addr.family)
		return 0;
	snprintf(row.device, sizeof(row.device), "%s", device);
	return plan_add_address(allowed, &row);
}

static int allow_office(struct plan *allowed, const struct policy_office *office, size_t index)
{
	int r = 0;

	for (size_t i = 0; i < office->n_devices && r == 0; i++) {
		r = allow_device(allowed, office->devices[i], PLAN_OFFICE, 0);
		for (size_t k = 0; k < office->n_prefixes && r == 0; k++)
			r = allow_prefix(allowed, office->devices[i], &office->prefixes[k], index);
	}
	return r;
}

static int allow_all(const struct policy *policy, struct plan *allowed)
{
	int r = allow_device(allowed, policy->uplink, PLAN_UPLINK, 0);

	for (size_t i = 0; i < policy->n_offices && r == 0; i++)
		r = allow_office(allowed, &policy->offices[i], i);
	for (size_t i = 0; i < policy->n_zones && r == 0; i++) {
		const struct policy_zone *zone = &policy->zones[i];

		r = allow_device(allowed, zone->device, PLAN_ZONE, i);
		if (r == 0)
			r = allow_address(allowed, zone->device, &zone->address4);
		if (r == 0)
			r = allow_address(allowed, zone->device, &zone->address6);
	}
	plan_sort(allowed);
	return r;
}

static int check_owner(const char *path)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return 0; /* config_load() says it better */
	if (status.st_uid == 0 && !(status.st_mode & (S_IWGRP | S_IWOTH)))
		return 0;
	log_error("%s: must belong to root and be writable by root alone, got owner %u, mode %04o", path,
		  (unsigned)status.st_uid, (unsigned)status.st_mode & 07777);
	return -EPERM;
}

static int load(const char *path, struct policy **policy, struct plan *allowed)
{
	struct config_report report = {};
	int r = check_owner(path);

	if (r == 0)
		r = config_load(path, policy, &report);
	for (size_t i = 0; i < report.n_faults; i++)
		log_error("%s", report.faults[i]);
	config_report_clear(&report);
	if (r != 0)
		return r;
	*allowed = (struct plan){};
	r = allow_all(*policy, allowed);
	if (r < 0) {
		plan_clear(allowed);
		policy_free(*policy);
	}
	return r;
}

int bounds_open(const char *path, struct bounds **out)
{
	_cleanup_(bounds_closep) struct bounds *bounds = calloc(1, sizeof(*bounds));
	struct stat status;
	int r;

	if (!bounds)
		return -ENOMEM;
	bounds->path = strdup(path);
	if (!bounds->path)
		return -ENOMEM;
	if (stat(path, &status) == 0)
		bounds->edited = status.st_mtim;
	r = load(path, &bounds->policy, &bounds->allowed);
	if (r != 0) {
		bounds->policy = NULL;
		return r;
	}
	*out = bounds;
	bounds = NULL;
	return 0;
}

struct bounds *bounds_close(struct bounds *bounds)
{
	if (!bounds)
		return NULL;
	policy_free(bounds->policy);
	plan_clear(&bounds->allowed);
	free(bounds->path);
	free(bounds);
	return NULL;
}

const struct policy *bounds_policy(const struct bounds *bounds)
{
	return bounds->policy;
}

bool bounds_has_device(const struct bounds *bounds, const char *name)
{
	return plan_find_device(&bounds->allowed, name) != NULL;
}

static bool reload(struct bounds *bounds)
{
	struct policy *policy;
	struct plan allowed;

	if (load(bounds->path, &policy, &allowed) != 0)
		return false;
	policy_free(bounds->policy);
	plan_clear(&bounds->allowed);
	bounds->policy = policy;
	bounds->allowed = allowed;
	return true;
}

void bounds_refresh(struct bounds *bounds)
{
	struct stat status;

	if (stat(bounds->path, &status) < 0 ||
	    memcmp(&status.st_mtim, &bounds->edited, sizeof(bounds->edited)) == 0)
		return;
	bounds->edited = status.st_mtim;
	(void)reload(bounds);
}

/* ---- judging ---- */

struct judge {
	const struct bounds *bounds;
	const struct plan *plan;
	struct refusal refusal;
	struct bounds_owners *owners;
	const struct bounds_networks *networks;
};

static const struct policy_zone *zone_of(const struct judge *judge, const char *device)
{
	const struct plan_device *row = plan_find_device(&judge->bounds->allowed, device);

	return row && row->role == PLAN_ZONE ? &judge->bounds->policy->zones[row->minor] : NULL;
}

static bool is_rest(uint16_t minor)
{
	return minor >= PLAN_REST(0) && minor <= PLAN_REST(PLAN_SLOTS - 1) && minor % 2 == PLAN_REST(0) % 2;
}

static int judge_device(const struct judge *judge, size_t i)
{
	const struct plan_device *row = &judge->plan->devices[i];
	const struct plan_device *allowed = plan_find_device(&judge->bounds->allowed, row->name);

	if (!allowed || allowed->role != row->role)
		return refuse(&judge->refusal, "device %s: not in this role in the configuration", row->name);
	if (row->role == PLAN_ZONE && !is_rest(row->minor))
		return refuse(&judge->refusal, "device %s: a zone's class must be a rest class, got %x",
			      row->name, row->minor);
	return 0;
}

/* As plan_sort() orders them. */
static int compare_prefixes(const void *a, const void *b)
{
	const struct plan_prefix *x = a, *y = b;
	int r = strncmp(x->device, y->device, sizeof(x->device));

	return r ? r : memcmp(&x->prefix, &y->prefix, sizeof(x->prefix));
}

/* The index of the office that has it. */
static int owner_of_prefix(const struct judge *judge, const struct plan_prefix *row)
{
	const struct plan *allowed = &judge->bounds->allowed;
	const struct plan_prefix *found =
	    allowed->n_prefixes
		? bsearch(row, allowed->prefixes, allowed->n_prefixes, sizeof(*row), compare_prefixes)
		: NULL;

	return found ? found->minor
		     : bounds_delegated(judge->bounds->policy, judge->networks, judge->plan, row,
					judge->refusal.text, judge->refusal.size);
}

static int judge_prefix(const struct judge *judge, size_t i)
{
	const struct plan_prefix *row = &judge->plan->prefixes[i];
	char text[PREFIX_TEXT];
	uint16_t *owner;
	int office;

	if (!is_rest(row->minor))
		return refuse(&judge->refusal, "prefix %s: its class must be a rest class, got %x",
			      prefix_text(&row->prefix, text), row->minor);
	office = owner_of_prefix(judge, row);
	if (office < 0)
		return office;
	owner = &judge->owners->office_plus_1[PLAN_SLOT_OF(row->minor)];
	if (*owner && *owner != office + 1)
		return refuse(&judge->refusal, "prefix %s: its class %x has another office's prefixes",
			      prefix_text(&row->prefix, text), row->minor);
	*owner = (uint16_t)(office + 1);
	return 0;
}

static int judge_address(const struct judge *judge, size_t i)
{
	const struct plan_address *row = &judge->plan->addresses[i];
	char text[PREFIX_TEXT];

	for (size_t k = 0; k < judge->bounds->allowed.n_addresses; k++)
		if (memcmp(row, &judge->bounds->allowed.addresses[k], sizeof(*row)) == 0)
			return 0;
	return refuse(&judge->refusal, "address %s on %s: not a zone's in the configuration",
		      prefix_text(&row->prefix, text), row->device);
}

static int judge_gate(const struct judge *judge, size_t i)
{
	const struct plan_gate *row = &judge->plan->gates[i];

	return zone_of(judge, row->device)
		   ? 0
		   : refuse(&judge->refusal, "gate %s: not a zone's device", row->device);
}

static int judge_session_row(const struct judge *judge, const struct plan_session *row)
{
	const struct policy_zone *zone = zone_of(judge, row->device);
	const int64_t now = clock_now().mono_usec;
	struct prefix network;

	if (!zone)
		return refuse(&judge->refusal, "session %llu: %s is not a zone's device",
			      (unsigned long long)row->id, row->device);
	if (!mac_is_unicast(&row->mac))
		return refuse(&judge->refusal, "session %llu: not a station's MAC address",
			      (unsigned long long)row->id);
	if (row->minor < PLAN_FIRST_GUEST)
		return refuse(&judge->refusal, "session %llu: class %x is not a guest's",
			      (unsigned long long)row->id, row->minor);
	if (row->ends_mono_usec > now + SESSION_MAX_USEC || row->started_mono_usec > now + USEC_PER_MINUTE)
		return refuse(&judge->refusal, "session %llu: its times are out of reason",
			      (unsigned long long)row->id);
	if (row->address4.family == 0)
		return 0;
	network = prefix_network(&zone->address4);
	if (!zone->address4.addr.family || !prefix_contains(&network, &row->address4))
		return refuse(&judge->refusal, "session %llu: its address is not in the zone's network",
			      (unsigned long long)row->id);
	return 0;
}

static int judge_session(const struct judge *judge, size_t i)
{
	return judge_session_row(judge, &judge->plan->sessions[i]);
}

/* What the packet path is built with: a port that guests reach on the gateway, who reaches whom. */
static int judge_options(const struct judge *judge)
{
	const struct policy *policy = judge->bounds->policy;
	const struct plan *plan = judge->plan;
	const uint16_t tls_port = policy->portal.certificate ? policy->portal.tls_port : 0;

	if (strcmp(plan->uplink, policy->uplink) != 0)
		return refuse(&judge->refusal, "uplink: must be %s, got %s", policy->uplink, plan->uplink);
	if (plan->portal_port != policy->portal.port)
		return refuse(&judge->refusal, "portal.port: must be %u, got %u", policy->portal.port,
			      plan->portal_port);
	if (plan->tls_port != tls_port)
		return refuse(&judge->refusal, "portal.tls_port: must be %u (0: no certificate), got %u",
			      tls_port, plan->tls_port);
	if (plan->nat != policy->nat || plan->nat66 != policy->nat66)
		return refuse(&judge->refusal, "uplink.nat, uplink.nat66: must be as in the configuration");
	if (plan->between_offices != policy->between_offices)
		return refuse(&judge->refusal, "between_offices: must be as in the configuration");
	if (plan->dscp_clear != policy->dscp_clear || plan->ifb_always != policy->ifb_always)
		return refuse(&judge->refusal, "uplink.dscp, uplink.ifb: must be as in the configuration");
	if (plan->download[0])
		return refuse(&judge->refusal, "the download tree's device is not the daemon's to send");
	return 0;
}

static const struct {
	size_t n_offset;
	int (*judge)(const struct judge *judge, size_t i);
} rules[] = {
    {offsetof(struct plan, n_devices), judge_device},	 {offsetof(struct plan, n_prefixes), judge_prefix},
    {offsetof(struct plan, n_addresses), judge_address}, {offsetof(struct plan, n_gates), judge_gate},
    {offsetof(struct plan, n_sessions), judge_session},
};

static bool takes_delegated(const struct policy *policy)
{
	for (size_t i = 0; i < policy->n_offices; i++)
		if (policy->offices[i].delegated)
			return true;
	return false;
}

static int judge_plan(const struct judge *judge)
{
	int r = judge_options(judge);

	if (r == 0 && judge->plan->n_chains > 0)
		return refuse(&judge->refusal, "chains are not the daemon's to send");
	for (size_t k = 0; k < ELEMENTS(rules) && r == 0; k++) {
		size_t n;

		memcpy(&n, (const char *)judge->plan + rules[k].n_offset, sizeof(n));
		for (size_t i = 0; i < n && r == 0; i++)
			r = rules[k].judge(judge, i);
	}
	if (r == 0)
		r = bounds_classes(judge->bounds->policy, judge->plan, judge->refusal.text,
				   judge->refusal.size);
	if (r == 0)
		r = bounds_services(judge->bounds->policy, judge->plan, judge->owners, judge->refusal.text,
				    judge->refusal.size);
	return r;
}

static int judge_once(const struct bounds *bounds, const struct plan *plan, char *text, size_t size)
{
	_cleanup_(bounds_networks_clear) struct bounds_networks networks = {};
	_cleanup_(freep) struct bounds_owners *owners = calloc(1, sizeof(*owners));
	const struct judge judge = {bounds, plan, {text, size}, owners, &networks};
	int r = owners ? 0 : -ENOMEM;

	if (r == 0 && takes_delegated(bounds->policy))
		r = bounds_networks_read(&networks);
	return r < 0 ? r : judge_plan(&judge);
}

int bounds_plan(struct bounds *bounds, const struct plan *plan, char *text, size_t size)
{
	int r = judge_once(bounds, plan, text, size);

	return r < 0 && reload(bounds) ? judge_once(bounds, plan, text, size) : r;
}

int bounds_session(struct bounds *bounds, const struct plan_session *session, char *text, size_t size)
{
	const struct judge judge = {bounds, NULL, {text, size}, NULL, NULL};
	int r = judge_session_row(&judge, session);

	return r < 0 && reload(bounds) ? judge_session_row(&judge, session) : r;
}

int bounds_garden(struct bounds *bounds, const struct message_garden *garden, char *text, size_t size)
{
	int r = garden_judge(bounds->policy, garden, text, size);

	return r < 0 && reload(bounds) ? garden_judge(bounds->policy, garden, text, size) : r;
}
