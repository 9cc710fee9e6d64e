// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What rows say to each other: ids, prefixes and devices that two want, holidays named twice, and guarantees
 * that do not fit in the uplink together. Sorted and swept, so that a large or hostile file costs n log n.
 */
#include <errno.h>
#include <string.h>
#include "../lib/clock.h"
#include "../lib/plan.h"
#include "../lib/units.h"
#include "config_reader.h"
#include "planner.h"

static config_setting_t *row_of(config_setting_t *root, const char *list, size_t index)
{
	config_setting_t *rows = config_setting_get_member(root, list);

	return rows ? config_setting_get_elem(rows, (unsigned)index) : NULL;
}

static config_setting_t *member_of(config_setting_t *root, const char *list, size_t index, const char *name)
{
	config_setting_t *row = row_of(root, list, index);

	return row && config_setting_is_group(row) ? config_setting_get_member(row, name) : NULL;
}

/* Something that one row has and no other may. */
struct claim {
	const char *name; /* an id or device */
	struct prefix prefix;
	struct addr first;
	const char *kind, *owner; /* "office", its id */
	config_setting_t *setting;
	size_t order;
	bool told;
	bool alone; /* a device that no other may share */
};

struct claims {
	struct claim *rows;
	size_t n;
};

static int compare_order(const struct claim *a, const struct claim *b)
{
	return a->order < b->order ? -1 : a->order > b->order;
}

static int by_name(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	return c ? c : compare_order(x, y);
}

/* A network comes before the networks that lie in it. */
static int by_prefix(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int c = memcmp(&x->first, &y->first, sizeof(x->first));

	if (c == 0)
		c = x->prefix.length - y->prefix.length;
	return c ? c : compare_order(x, y);
}

static void claim(struct claims *claims, struct claim row, config_setting_t *setting)
{
	if (!setting)
		return;
	row.setting = setting;
	row.order = claims->n;
	claims->rows[claims->n++] = row;
}

static void sort(struct claims *claims, int (*compare)(const void *, const void *))
{
	if (claims->n)
		qsort(claims->rows, claims->n, sizeof(*claims->rows), compare);
}

static void check_ids(struct config_reader *r, config_setting_t *root, const char *list, const void *rows,
		      size_t n, size_t size)
{
	_cleanup_(freep) struct claim *room = config_alloc(r, n, sizeof(*room));
	struct claims claims = {room, 0};

	for (size_t i = 0; room && i < n; i++) {
		const char *id =
		    *(char *const *)((const char *)rows + i * size); /* each row begins with it */

		if (id)
			claim(&claims, (struct claim){.name = id}, member_of(root, list, i, "id"));
	}
	sort(&claims, by_name);
	for (size_t i = 1; i < claims.n; i++)
		if (!strcmp(room[i].name, room[i - 1].name))
			config_fault(r, room[i].setting, "must not be used twice in %s", list);
}

static void check_all_ids(struct config_reader *r, config_setting_t *root)
{
	const struct policy *policy = r->policy;

	_Static_assert(offsetof(struct policy_schedule, id) == 0 && offsetof(struct policy_office, id) == 0 &&
			   offsetof(struct policy_zone, id) == 0,
		       "check_ids() finds the id first");
	check_ids(r, root, "schedules", policy->schedules, policy->n_schedules, sizeof(*policy->schedules));
	check_ids(r, root, "offices", policy->offices, policy->n_offices, sizeof(*policy->offices));
	check_ids(r, root, "zones", policy->zones, policy->n_zones, sizeof(*policy->zones));
}

static void claim_prefix(struct claims *claims, const char *kind, const char *owner,
			 const struct prefix *prefix, config_setting_t *setting)
{
	struct prefix network;

	if (!prefix->addr.family)
		return;
	network = prefix_network(prefix);
	claim(
	    claims,
	    (struct claim){.prefix = network, .first = prefix_first(&network), .kind = kind, .owner = owner},
	    setting);
}

static void claim_prefixes(struct claims *claims, const struct policy *policy, config_setting_t *root)
{
	for (size_t i = 0; i < policy->n_offices; i++) {
		const struct policy_office *office = &policy->offices[i];
		config_setting_t *list = member_of(root, "offices", i, "prefixes");

		for (size_t j = 0; j < office->n_prefixes; j++)
			claim_prefix(claims, "offices", office->id, &office->prefixes[j],
				     config_setting_get_elem(list, (unsigned)j));
	}
	for (size_t i = 0; i < policy->n_zones; i++) {
		const struct policy_zone *zone = &policy->zones[i];

		claim_prefix(claims, "zones", zone->id, &zone->address4,
			     member_of(root, "zones", i, "address"));
		claim_prefix(claims, "zones", zone->id, &zone->address6,
			     member_of(root, "zones", i, "address6"));
	}
}

/* The networks that hold the one at hand, outermost first. */
struct nest {
	struct claim *rows[130]; /* more than there are prefix lengths */
	size_t n;
};

static void refuse_prefix(struct config_reader *r, struct claim *a, struct claim *b)
{
	struct claim *first = a->order < b->order ? a : b, *later = first == a ? b : a;
	char text[PREFIX_TEXT];

	if (later->told)
		return;
	later->told = true;
	config_fault(r, later->setting, "must not overlap with \"%s\" of %s.%s",
		     prefix_text(&first->prefix, text), first->kind, first->owner ? first->owner : "?");
}

/* Of two that overlap the later in the file is told, and once. */
static void sweep_prefix(struct config_reader *r, struct nest *nest, struct claim *row)
{
	while (nest->n && !prefix_overlaps(&nest->rows[nest->n - 1]->prefix, &row->prefix))
		nest->n--;
	for (size_t i = 0; i < nest->n; i++)
		refuse_prefix(r, nest->rows[i], row);
	if (nest->n && nest->rows[nest->n - 1]->prefix.length == row->prefix.length)
		return; /* the same network again */
	if (nest->n < ELEMENTS(nest->rows))
		nest->rows[nest->n++] = row;
}

static void check_prefixes(struct config_reader *r, config_setting_t *root)
{
	size_t most = 2 * r->policy->n_zones;
	_cleanup_(freep) struct claim *room = NULL;
	struct claims claims = {0};
	struct nest nest = {.n = 0};

	for (size_t i = 0; i < r->policy->n_offices; i++)
		most += r->policy->offices[i].n_prefixes;
	claims.rows = room = config_alloc(r, most, sizeof(*room));
	if (!room)
		return;
	claim_prefixes(&claims, r->policy, root);
	sort(&claims, by_prefix);
	for (size_t i = 0; i < claims.n; i++)
		sweep_prefix(r, &nest, &room[i]);
}

static void claim_devices(struct claims *claims, const struct policy *policy, config_setting_t *root)
{
	config_setting_t *uplink = config_setting_get_member(root, "uplink");

	if (*policy->uplink && uplink && config_setting_is_group(uplink))
		claim(claims,
		      (struct claim){.name = policy->uplink, .kind = "uplink", .owner = "", .alone = true},
		      config_setting_get_member(uplink, "device"));
	for (size_t i = 0; i < policy->n_offices; i++) {
		const struct policy_office *office = &policy->offices[i];
		config_setting_t *list = member_of(root, "offices", i, "devices");

		for (size_t j = 0; j < office->n_devices; j++)
			if (*office->devices[j])
				claim(claims,
				      (struct claim){.name = office->devices[j],
						     .kind = "offices.",
						     .owner = office->id,
						     .alone = office->delegated},
				      config_setting_get_elem(list, (unsigned)j));
	}
	for (size_t i = 0; i < policy->n_zones; i++) {
		const struct policy_zone *zone = &policy->zones[i];

		if (*zone->device)
			claim(claims,
			      (struct claim){
				  .name = zone->device, .kind = "zones.", .owner = zone->id, .alone = true},
			      member_of(root, "zones", i, "devices"));
	}
}

static void refuse_device(struct config_reader *r, const struct claim *first, const struct claim *row)
{
	bool offices = !strcmp(row->kind, "offices.") && !strcmp(first->kind, "offices.");
	char got[CONFIG_GOT];

	config_fault_got(r, row->setting, NULL, config_quote(row->name, got),
			 "must not be a device of %s%s too%s", first->kind, first->owner ? first->owner : "?",
			 offices ? ": \"delegated\" prefixes are told apart by the device" : "");
}

/* Offices may share a device, but for one with delegated prefixes; the uplink and a zone have theirs alone.
 */
static void check_devices(struct config_reader *r, config_setting_t *root)
{
	size_t most = 1 + r->policy->n_zones;
	_cleanup_(freep) struct claim *room = NULL;
	struct claims claims = {0};

	for (size_t i = 0; i < r->policy->n_offices; i++)
		most += r->policy->offices[i].n_devices;
	claims.rows = room = config_alloc(r, most, sizeof(*room));
	if (!room)
		return;
	claim_devices(&claims, r->policy, root);
	sort(&claims, by_name);
	for (size_t i = 1, first = 0; i < claims.n; i++) {
		if (strcmp(room[i].name, room[first].name))
			first = i;
		else if (room[i].alone || room[first].alone)
			refuse_device(r, &room[first], &room[i]);
	}
}

static int by_date(const void *a, const void *b)
{
	const struct policy_holiday *x = a, *y = b;

	return x->day < y->day ? -1 : x->day > y->day;
}

/* The list comes before the files in `holidays`; a date that both have keeps the list's name. */
static void settle_holidays(struct config_reader *r, config_setting_t *root)
{
	struct policy *policy = r->policy;
	config_setting_t *list = config_setting_get_member(root, "holidays");
	size_t listed =
	    list && policy->n_holidays ? MIN((size_t)config_setting_length(list), policy->n_holidays) : 0;
	size_t kept = 0;

	if (!policy->n_holidays)
		return;
	/* glibc's qsort is a merge sort or, short of memory, is not stable: the order of equals decides, so
	 * insert. */
	for (size_t i = 0; i < policy->n_holidays; i++) {
		struct policy_holiday row = policy->holidays[i];
		struct policy_holiday *same =
		    kept ? bsearch(&row, policy->holidays, kept, sizeof(row), by_date) : NULL;
		size_t at = kept;

		if (same) {
			if (i < listed && row.day)
				config_fault(r, member_of(root, "holidays", i, "date"),
					     "must not be listed twice");
			free(row.name);
			continue;
		}
		for (; at > 0 && policy->holidays[at - 1].day > row.day; at--)
			policy->holidays[at] = policy->holidays[at - 1];
		policy->holidays[at] = row;
		kept++;
	}
	policy->n_holidays = kept;
}

/* What planner_overcommitted() needs to make sense. */
static bool plannable(const struct config_reader *r)
{
	const struct policy *policy = r->policy;

	for (size_t i = 0; i < policy->n_offices; i++)
		if (!policy->offices[i].schedule || !policy->offices[i].id)
			return false;
	for (size_t i = 0; i < policy->n_zones; i++)
		if (!policy->zones[i].open || !policy->zones[i].id)
			return false;
	return r->zone_set && policy->site_schedule && policy->uplink_rate.down_bps &&
	       policy->uplink_rate.up_bps;
}

static void pair_text(const struct policy_rate *rate, char text[static CONFIG_GOT])
{
	char down[UNITS_TEXT], up[UNITS_TEXT];

	snprintf(text, CONFIG_GOT, "%s down, %s up", units_rate_text(rate->down_bps, down),
		 units_rate_text(rate->up_bps, up));
}

static void check_guarantees(struct config_reader *r, config_setting_t *root)
{
	config_setting_t *uplink = config_setting_get_member(root, "uplink");
	struct policy_rate sum, budget = policy_budget(r->policy);
	char sum_text[CONFIG_GOT], budget_text[CONFIG_GOT], got[2 * CONFIG_GOT];
	int64_t wall_usec;
	struct tm tm;
	int over = plannable(r) ? planner_overcommitted(r->policy, &wall_usec, &sum) : 0;

	if (over < 0)
		r->error = over;
	if (over <= 0 || !uplink)
		return;
	tm = clock_local(wall_usec);
	pair_text(&sum, sum_text);
	pair_text(&budget, budget_text);
	snprintf(got, sizeof(got), "\"%s at %04d-%02d-%02d %02d:%02d\"", sum_text, tm.tm_year + 1900,
		 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min);
	config_fault_got(
	    r, uplink, NULL, got,
	    "guarantees, own and unattributed must fit in the uplink less its headroom (%s) at all times",
	    budget_text);
}

static void check_slots(struct config_reader *r, config_setting_t *root)
{
	size_t rows = r->policy->n_offices + r->policy->n_zones;
	char got[CONFIG_GOT];

	for (size_t i = 0; i < r->policy->n_offices; i++)
		rows += r->policy->offices[i].n_services;

	if (rows <= PLAN_SLOTS / 2)
		return;
	snprintf(got, sizeof(got), "\"%zu\"", rows);
	config_fault_got(r, root, "offices", got,
			 "offices, their services and zones must be at most %d together", PLAN_SLOTS / 2);
}

/* "delegated" is no prefix: its empty row goes, now that nobody counts settings by rows any more. */
static void settle_prefixes(struct policy *policy)
{
	for (size_t i = 0; i < policy->n_offices; i++) {
		struct policy_office *office = &policy->offices[i];
		size_t kept = 0;

		for (size_t j = 0; j < office->n_prefixes; j++)
			if (office->prefixes[j].addr.family)
				office->prefixes[kept++] = office->prefixes[j];
		office->n_prefixes = kept;
	}
}

void config_check_all(struct config_reader *r, config_setting_t *root)
{
	check_all_ids(r, root);
	check_prefixes(r, root);
	check_devices(r, root);
	settle_holidays(r, root);
	check_slots(r, root);
	check_guarantees(r, root);
	config_check_guests(r, root);
	config_check_test(r, root);
	config_check_notify(r, root);
	settle_prefixes(r->policy);
}
