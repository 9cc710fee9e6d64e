/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decisions as JSON for people and scripts. Only reads and names things: what is true is decided elsewhere,
 * and nothing here may reckon it anew. Keys are the public ones of `gerbang status --json`.
 *
 * jansson's "o" steals a reference and makes the whole NULL when one part is NULL: memory needs no checks in
 * between.
 */
#include "describe.h"
#include "decision.h"
#include "services.h"
#include "../lib/cleanup.h"
#include "../lib/units.h"
#include <stdio.h>
#include <string.h>

static json_t *text_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

static json_t *time_json(int64_t wall_usec)
{
	char text[CLOCK_TEXT];

	return json_string(clock_text(wall_usec, text));
}

static json_t *cause_json(const struct planner_change *change, const char *language)
{
	_cleanup_(freep) char *text = describe_cause(change, language);

	return text ? json_string(text) : NULL;
}

static json_t *reason_json(const struct planner_input *in, const char *language)
{
	_cleanup_(freep) char *text = describe_phase_cause(in, language);

	return text ? json_string(text) : NULL;
}

static json_t *change_json(struct planner_change change, const char *language)
{
	if (!change.wall_usec)
		return json_null();
	return json_pack("{so,so}", "time", time_json(change.wall_usec), "cause",
			 cause_json(&change, language));
}

/* Appends and steals `item`; NULL (and the array is gone) where either is NULL. */
static json_t *append(json_t *array, json_t *item)
{
	if (json_array_append_new(array, item) == 0)
		return array;
	json_decref(array);
	return NULL;
}

/* ---- the plan ---- */

static const char *phase_text(const struct decision *d)
{
	return decision_public(d) ? "public" : "office";
}

static const char *state_text(enum office_state state)
{
	switch (state) {
	case OFFICE_INSIDE:
		return "inside";
	case OFFICE_OUTSIDE:
		return "outside";
	case OFFICE_THROTTLED:
		break;
	}
	return "throttled";
}

static json_t *direction_json(uint64_t guaranteed_bps, uint64_t ceiling_bps)
{
	return json_pack("{sI,sI}", "guaranteed_bps", (json_int_t)guaranteed_bps, "ceiling_bps",
			 (json_int_t)ceiling_bps);
}

static json_t *down_json(struct policy_share share)
{
	return direction_json(share.guaranteed.down_bps, share.ceiling.down_bps);
}

static json_t *up_json(struct policy_share share)
{
	return direction_json(share.guaranteed.up_bps, share.ceiling.up_bps);
}

static json_t *share_json(struct policy_share share)
{
	return json_pack("{so,so}", "down", down_json(share), "up", up_json(share));
}

static json_t *service_json(const struct policy_office *office, const struct policy_service *service,
			    struct policy_share share)
{
	struct policy_share own = planner_service_share(office, service, share);

	return json_pack("{ss,ss,so,so}", "id", service->id, "priority",
			 service_priority_text(service->priority), "down", down_json(own), "up",
			 up_json(own));
}

static json_t *services_json(const struct policy_office *office, struct policy_share share)
{
	json_t *array = json_array();

	for (size_t i = 0; i < office->n_services; i++)
		array = append(array, service_json(office, &office->services[i], share));
	return array;
}

static json_t *office_json(const struct decision *d, const struct policy_office *office)
{
	struct policy_share share = decision_office_share(d, office);

	return json_pack("{ss,ss,ss,so,so,so}", "id", office->id, "name", office->name, "state",
			 state_text(decision_office_state(d, office)), "down", down_json(share), "up",
			 up_json(share), "services", services_json(office, share));
}

static json_t *zone_json(const struct decision *d, const struct policy_zone *zone, const char *language)
{
	struct policy_share share = decision_zone_share(d, zone);

	return json_pack("{ss,ss,sb,so,so,so}", "id", zone->id, "name", zone->name, "open",
			 decision_zone_open(d, zone), "next_change",
			 change_json(planner_zone_next(d->in, zone), language), "down", down_json(share),
			 "up", up_json(share));
}

static json_t *offices_json(const struct decision *d)
{
	json_t *array = json_array();

	for (size_t i = 0; i < d->in->policy->n_offices; i++)
		array = append(array, office_json(d, &d->in->policy->offices[i]));
	return array;
}

static json_t *zones_json(const struct decision *d, const char *language)
{
	json_t *array = json_array();

	for (size_t i = 0; i < d->in->policy->n_zones; i++)
		array = append(array, zone_json(d, &d->in->policy->zones[i], language));
	return array;
}

static json_t *uplink_json(const struct decision *d)
{
	const struct policy *policy = d->in->policy;

	return json_pack("{ss,sI,sI,s{sI,sI}}", "device", policy->uplink, "download_bps",
			 (json_int_t)policy->uplink_rate.down_bps, "upload_bps",
			 (json_int_t)policy->uplink_rate.up_bps, "budget", "down_bps",
			 (json_int_t)d->budget.down_bps, "up_bps", (json_int_t)d->budget.up_bps);
}

json_t *describe_plan(const struct planner_input *in, const char *language)
{
	_cleanup_(decision_clear) struct decision d = decision_make(in);

	return json_pack(
	    "{so,ss,so,so,so,so,so,so,so}", "time", time_json(in->now.wall_usec), "phase", phase_text(&d),
	    "phase_cause", reason_json(in, language), "next_change", change_json(planner_next(in), language),
	    "uplink", uplink_json(&d), "offices", offices_json(&d), "zones", zones_json(&d, language), "own",
	    share_json(decision_own_share(&d)), "unattributed", share_json(decision_unattributed_share(&d)));
}

/* ---- changes ---- */

/* Who a change is about. */
struct subject {
	const char *what, *id, *name;
};

static json_t *change_row(const struct subject *s, const char *key, json_t *from, json_t *to)
{
	return json_pack("{ss,so,so,ss,so,so}", "what", s->what, "id", text_or_null(s->id), "name",
			 text_or_null(s->name), "key", key, "from", from, "to", to);
}

/* The names of a share's four numbers; a share that is not there (an office added or removed) is null. */
static const struct {
	const char *key;
	size_t offset;
} share_keys[] = {
    {"down.guaranteed_bps", offsetof(struct policy_share, guaranteed.down_bps)},
    {"down.ceiling_bps", offsetof(struct policy_share, ceiling.down_bps)},
    {"up.guaranteed_bps", offsetof(struct policy_share, guaranteed.up_bps)},
    {"up.ceiling_bps", offsetof(struct policy_share, ceiling.up_bps)},
};

static json_t *number_json(const struct policy_share *share, size_t offset)
{
	uint64_t value;

	if (!share)
		return json_null();
	memcpy(&value, (const char *)share + offset, sizeof(value));
	return json_integer((json_int_t)value);
}

static json_t *add_if_different(json_t *array, const struct subject *s, const char *key, json_t *from,
				json_t *to)
{
	if (from && to && json_equal(from, to)) {
		json_decref(from);
		json_decref(to);
		return array;
	}
	return append(array, change_row(s, key, from, to));
}

static json_t *add_share(json_t *array, const struct subject *s, const struct policy_share *from,
			 const struct policy_share *to)
{
	for (size_t i = 0; i < ELEMENTS(share_keys); i++)
		array = add_if_different(array, s, share_keys[i].key, number_json(from, share_keys[i].offset),
					 number_json(to, share_keys[i].offset));
	return array;
}

/* An office before or after, for its services; NULL where it is not there. */
struct seen_office {
	const struct policy_office *office;
	struct policy_share share;
};

static const struct policy_service *find_service(const struct policy_office *office, const char *id)
{
	for (size_t i = 0; office && i < office->n_services; i++)
		if (!strcmp(office->services[i].id, id))
			return &office->services[i];
	return NULL;
}

static json_t *priority_json(const struct policy_service *service)
{
	return service ? json_string(service_priority_text(service->priority)) : json_null();
}

static json_t *add_service(json_t *array, const struct seen_office *a, const struct seen_office *b,
			   const char *id)
{
	const struct policy_service *from = find_service(a->office, id), *to = find_service(b->office, id);
	const struct policy_office *office = b->office ? b->office : a->office;
	struct policy_share before = {0}, after = {0};
	char path[80];
	struct subject s = {"service", path, office->name};

	if (from)
		before = planner_service_share(a->office, from, a->share);
	if (to)
		after = planner_service_share(b->office, to, b->share);
	snprintf(path, sizeof(path), "%s/%s", office->id, id);
	array = add_if_different(array, &s, "priority", priority_json(from), priority_json(to));
	return add_share(array, &s, from ? &before : NULL, to ? &after : NULL);
}

static json_t *add_services(json_t *array, const struct seen_office *a, const struct seen_office *b)
{
	for (size_t i = 0; b->office && i < b->office->n_services; i++)
		array = add_service(array, a, b, b->office->services[i].id);
	for (size_t i = 0; a->office && i < a->office->n_services; i++)
		if (!find_service(b->office, a->office->services[i].id))
			array = add_service(array, a, b, a->office->services[i].id);
	return array;
}

static json_t *office_state_json(const struct decision *d, const struct policy_office *office)
{
	return office ? json_string(state_text(decision_office_state(d, office))) : json_null();
}

static json_t *add_office(json_t *array, const struct decision *a, const struct policy_office *from,
			  const struct decision *b, const struct policy_office *to)
{
	const struct policy_office *any = to ? to : from;
	struct subject s = {"office", any->id, any->name};
	struct policy_share before = from ? decision_office_share(a, from) : (struct policy_share){0};
	struct policy_share after = to ? decision_office_share(b, to) : (struct policy_share){0};

	array = add_if_different(array, &s, "state", office_state_json(a, from), office_state_json(b, to));
	array = add_share(array, &s, from ? &before : NULL, to ? &after : NULL);
	if (a->in->policy == b->in->policy)
		return array; /* they follow their office */
	return add_services(array, &(struct seen_office){from, before}, &(struct seen_office){to, after});
}

static json_t *zone_open_json(const struct decision *d, const struct policy_zone *zone)
{
	return zone ? json_boolean(decision_zone_open(d, zone)) : json_null();
}

static json_t *add_zone(json_t *array, const struct decision *a, const struct policy_zone *from,
			const struct decision *b, const struct policy_zone *to)
{
	const struct policy_zone *any = to ? to : from;
	struct subject s = {"zone", any->id, any->name};
	struct policy_share before = from ? decision_zone_share(a, from) : (struct policy_share){0};
	struct policy_share after = to ? decision_zone_share(b, to) : (struct policy_share){0};

	array = add_if_different(array, &s, "open", zone_open_json(a, from), zone_open_json(b, to));
	return add_share(array, &s, from ? &before : NULL, to ? &after : NULL);
}

/* Those of the new policy first, in its order, then those that are gone. */
static json_t *add_offices(json_t *array, const struct decision *a, const struct decision *b)
{
	const struct policy *from = a->in->policy, *to = b->in->policy;

	for (size_t i = 0; i < to->n_offices; i++) {
		const struct policy_office *office = &to->offices[i];

		array =
		    add_office(array, a, from == to ? office : policy_office(from, office->id), b, office);
	}
	for (size_t i = 0; from != to && i < from->n_offices; i++)
		if (!policy_office(to, from->offices[i].id))
			array = add_office(array, a, &from->offices[i], b, NULL);
	return array;
}

static json_t *add_zones(json_t *array, const struct decision *a, const struct decision *b)
{
	const struct policy *from = a->in->policy, *to = b->in->policy;

	for (size_t i = 0; i < to->n_zones; i++) {
		const struct policy_zone *zone = &to->zones[i];

		array = add_zone(array, a, from == to ? zone : policy_zone(from, zone->id), b, zone);
	}
	for (size_t i = 0; from != to && i < from->n_zones; i++)
		if (!policy_zone(to, from->zones[i].id))
			array = add_zone(array, a, &from->zones[i], b, NULL);
	return array;
}

static json_t *add_site(json_t *array, const struct decision *a, const struct decision *b)
{
	struct subject site = {"site", NULL, b->in->policy->site_name}, uplink = {"uplink", NULL, NULL};
	struct subject own = {"own", NULL, NULL}, unattributed = {"unattributed", NULL, NULL};
	struct policy_share from_budget = {a->budget, a->budget}, to_budget = {b->budget, b->budget};
	struct policy_share from_own = decision_own_share(a), to_own = decision_own_share(b);
	struct policy_share from_unattributed = decision_unattributed_share(a),
			    to_unattributed = decision_unattributed_share(b);

	array =
	    add_if_different(array, &site, "phase", json_string(phase_text(a)), json_string(phase_text(b)));
	array = add_share(array, &uplink, &from_budget, &to_budget);
	array = add_share(array, &own, &from_own, &to_own);
	return add_share(array, &unattributed, &from_unattributed, &to_unattributed);
}

json_t *describe_changes(const struct planner_input *from, const struct planner_input *to)
{
	_cleanup_(decision_clear) struct decision a = decision_make(from);
	_cleanup_(decision_clear) struct decision b = decision_make(to);
	json_t *array = add_site(json_array(), &a, &b);

	array = add_offices(array, &a, &b);
	return add_zones(array, &a, &b);
}

/* ---- the schedule ---- */

json_t *describe_schedule(const struct planner_input *in, int days, const char *language)
{
	int64_t end = in->now.wall_usec + days * USEC_PER_DAY;
	struct planner_input now = *in;
	json_t *array = json_array();

	for (;;) {
		struct planner_change change = planner_next(&now);
		struct planner_input then = now;

		if (!array || !change.wall_usec || change.wall_usec > end)
			return array;
		then.now.wall_usec = change.wall_usec;
		then.now.mono_usec += change.wall_usec - now.now.wall_usec;
		array = append(array, json_pack("{so,so,so}", "time", time_json(change.wall_usec), "cause",
						cause_json(&change, language), "changes",
						describe_changes(&now, &then)));
		now = then;
	}
}
