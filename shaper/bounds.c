/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Judges what the daemon asks for against what root wrote: the edited file, or the one under which the last
 * plan was applied, or the one that was settled last. What is allowed is itself kept as rows of a plan,
 * sorted, so that a plan of 300 offices is judged in well under a millisecond. It never corrects a plan: it
 * says what is wrong and refuses.
 */
#include "bounds.h"
#include "bounds_classes.h"
#include "bounds_delegated.h"
#include "bounds_services.h"
#include "garden.h"
#include "allowance.h"
#include "refusal.h"
#include "settled.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/units.h"
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define SESSION_MAX_USEC (400 * USEC_PER_DAY)

enum origin { EDITED, APPLIED, SETTLED, ORIGINS };
struct bounds {
	char *path, *state;		   /* state NULL: nothing is kept */
	struct timespec edited;		   /* when the file was, as far as was looked */
	struct allowance *limits[ORIGINS]; /* NULL: none */
	struct allowance *active;	   /* those of the last judgement */
};

/* ---- reading ---- */

static void take(struct allowance **place, struct allowance *limits)
{
	allowance_free(*place);
	*place = limits;
}

static void note_time(struct bounds *bounds)
{
	struct stat status;

	if (stat(bounds->path, &status) == 0)
		bounds->edited = status.st_mtim;
}

/* A file with faults is no reason to stand still, where another was good. */
static int open_limits(struct bounds *bounds)
{
	int r;

	note_time(bounds);
	r = allowance_load(bounds->path, NULL, 0, &bounds->limits[EDITED]);
	if (bounds->state && settled_load(bounds->state, bounds->path, &bounds->limits[SETTLED]) != 0)
		bounds->limits[SETTLED] = NULL;
	if (r == 0 || !bounds->limits[SETTLED])
		return r;
	log_warning("%s is not used as it is: plans are judged by the configuration that was settled last",
		    bounds->path);
	return 0;
}

int bounds_open(const char *path, const char *state, struct bounds **out)
{
	_cleanup_(bounds_closep) struct bounds *bounds = calloc(1, sizeof(*bounds));
	int r;

	if (!bounds)
		return -ENOMEM;
	bounds->path = strdup(path);
	bounds->state = state ? strdup(state) : NULL;
	if (!bounds->path || (state && !bounds->state))
		return -ENOMEM;
	r = open_limits(bounds);
	if (r != 0)
		return r;
	bounds->active = allowance_use(bounds->limits[bounds->limits[EDITED] ? EDITED : SETTLED]);
	*out = bounds;
	bounds = NULL;
	return 0;
}

struct bounds *bounds_close(struct bounds *bounds)
{
	if (!bounds)
		return NULL;
	for (size_t i = 0; i < ORIGINS; i++)
		allowance_free(bounds->limits[i]);
	allowance_free(bounds->active);
	free(bounds->path);
	free(bounds->state);
	free(bounds);
	return NULL;
}

const struct policy *bounds_policy(const struct bounds *bounds)
{
	return bounds->active->policy;
}

bool bounds_has_device(const struct bounds *bounds, const char *name)
{
	for (size_t i = 0; i < ORIGINS; i++)
		if (bounds->limits[i] && plan_find_device(&bounds->limits[i]->allowed, name))
			return true;
	return false;
}

static bool reload(struct bounds *bounds)
{
	struct allowance *limits;

	if (allowance_load(bounds->path, NULL, 0, &limits) != 0)
		return false;
	if (bounds->active == bounds->limits[EDITED])
		take(&bounds->active, allowance_use(limits));
	take(&bounds->limits[EDITED], limits);
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

void bounds_applied(struct bounds *bounds)
{
	take(&bounds->limits[APPLIED], allowance_use(bounds->active));
}

void bounds_tried(struct bounds *bounds)
{
	if (bounds->limits[APPLIED])
		take(&bounds->active, allowance_use(bounds->limits[APPLIED]));
}

int bounds_settle(struct bounds *bounds)
{
	struct allowance *good = bounds->limits[APPLIED], *kept = bounds->limits[SETTLED];
	int r = 0;

	if (!good)
		return -ENODATA;
	if (bounds->state && (!kept || !allowance_same_files(good, kept)))
		r = settled_write(bounds->state, good);
	if (r == 0)
		take(&bounds->limits[SETTLED], allowance_use(good));
	return r;
}

/* ---- judging ---- */

struct judge {
	const struct allowance *limits;
	const struct plan *plan;
	struct refusal refusal;
	struct bounds_owners *owners;
	const struct bounds_networks *networks;
};

static const struct policy_zone *zone_of(const struct judge *judge, const char *device)
{
	const struct plan_device *row = plan_find_device(&judge->limits->allowed, device);

	return row && row->role == PLAN_ZONE ? &judge->limits->policy->zones[row->minor] : NULL;
}

static bool is_rest(uint16_t minor)
{
	return minor >= PLAN_REST(0) && minor <= PLAN_REST(PLAN_SLOTS - 1) && minor % 2 == PLAN_REST(0) % 2;
}

static int judge_device(const struct judge *judge, size_t i)
{
	const struct plan_device *row = &judge->plan->devices[i];
	const struct plan_device *allowed = plan_find_device(&judge->limits->allowed, row->name);

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
	const struct plan *allowed = &judge->limits->allowed;
	const struct plan_prefix *found =
	    allowed->n_prefixes
		? bsearch(row, allowed->prefixes, allowed->n_prefixes, sizeof(*row), compare_prefixes)
		: NULL;

	return found ? found->minor
		     : bounds_delegated(judge->limits->policy, judge->networks, judge->plan, row,
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

	for (size_t k = 0; k < judge->limits->allowed.n_addresses; k++)
		if (memcmp(row, &judge->limits->allowed.addresses[k], sizeof(*row)) == 0)
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
	const struct policy *policy = judge->limits->policy;
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
		r = bounds_classes(judge->limits->policy, judge->plan, judge->refusal.text,
				   judge->refusal.size);
	if (r == 0)
		r = bounds_services(judge->limits->policy, judge->plan, judge->owners, judge->refusal.text,
				    judge->refusal.size);
	return r;
}

static int judge_once(const struct allowance *limits, const struct plan *plan, char *text, size_t size)
{
	_cleanup_(bounds_networks_clear) struct bounds_networks networks = {};
	_cleanup_(freep) struct bounds_owners *owners = calloc(1, sizeof(*owners));
	const struct judge judge = {limits, plan, {text, size}, owners, &networks};
	int r = owners ? 0 : -ENOMEM;

	if (r == 0 && takes_delegated(limits->policy))
		r = bounds_networks_read(&networks);
	return r < 0 ? r : judge_plan(&judge);
}

/* ---- by any of them ---- */

typedef int (*judge_fn)(const struct allowance *limits, const void *what, char *text, size_t size);

static int judge_a_plan(const struct allowance *limits, const void *what, char *text, size_t size)
{
	return judge_once(limits, what, text, size);
}

static int judge_a_session(const struct allowance *limits, const void *what, char *text, size_t size)
{
	const struct judge judge = {limits, NULL, {text, size}, NULL, NULL};

	return judge_session_row(&judge, what);
}

static int judge_a_garden(const struct allowance *limits, const void *what, char *text, size_t size)
{
	return garden_judge(limits->policy, what, text, size);
}

/* Whose refusal is told is the edited file's, for that is what somebody can mend. */
static int judge_by(struct bounds *bounds, enum origin origin, judge_fn judge, const void *what,
		    const struct refusal *refusal)
{
	char text[240] = "";
	int r = -EPERM;

	if (!bounds->limits[origin])
		return r;
	r = judge(bounds->limits[origin], what, text, sizeof(text));
	if (r == 0)
		take(&bounds->active, allowance_use(bounds->limits[origin]));
	else if (!refusal->text[0])
		snprintf(refusal->text, refusal->size, "%s", text);
	return r;
}

static int judge_by_all(struct bounds *bounds, judge_fn judge, const void *what, char *text, size_t size)
{
	const struct refusal refusal = {text, size};
	int r;

	text[0] = '\0';
	r = judge_by(bounds, EDITED, judge, what, &refusal);
	if (r == -ENOMEM)
		return r;
	for (enum origin origin = APPLIED; origin < ORIGINS && r < 0; origin++)
		r = judge_by(bounds, origin, judge, what, &refusal);
	if (r == 0 || !reload(bounds))
		return r;
	text[0] = '\0';
	return judge_by(bounds, EDITED, judge, what, &refusal);
}

int bounds_plan(struct bounds *bounds, const struct plan *plan, char *text, size_t size)
{
	return judge_by_all(bounds, judge_a_plan, plan, text, size);
}

int bounds_session(struct bounds *bounds, const struct plan_session *session, char *text, size_t size)
{
	return judge_by_all(bounds, judge_a_session, session, text, size);
}

int bounds_garden(struct bounds *bounds, const struct message_garden *garden, char *text, size_t size)
{
	return judge_by_all(bounds, judge_a_garden, garden, text, size);
}
