// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the services of an office say to each other: two of them must never claim the same packet in the same
 * way (the kernel's maps could not hold it), and together they must never ask for more than the office is
 * guaranteed. The later in the file is told.
 */
#include <string.h>
#include "../lib/plan.h"
#include "../lib/units.h"
#include "config_reader.h"
#include "services.h"

enum {
	SERVICE_LEAST_BPS = 8000, /* less is no guarantee: a frame would wait for seconds */
	CALL_BPS = 100000	  /* G.711, 50 packets a second, with all headers */
};

struct office_services {
	struct config_reader *r;
	config_setting_t *list;
	const struct policy_office *office;
};

/* The place of row `index` of a service's list, or the service itself where it took that from its name. */
static config_setting_t *place_of(const struct office_services *o, size_t service, const char *list,
				  size_t index)
{
	config_setting_t *setting = config_setting_get_elem(o->list, (unsigned)service), *rows;

	rows = config_setting_is_group(setting) ? config_setting_get_member(setting, list) : NULL;
	return rows ? config_setting_get_elem(rows, (unsigned)index) : setting;
}

#define PORTS_TEXT 24
static const char *ports_text(const struct policy_ports *ports, char text[static PORTS_TEXT])
{
	const char *protocol = ports->protocol == IPPROTO_TCP ? "tcp" : "udp";

	if (ports->first == ports->last)
		snprintf(text, PORTS_TEXT, "%s %u", protocol, ports->first);
	else
		snprintf(text, PORTS_TEXT, "%s %u-%u", protocol, ports->first, ports->last);
	return text;
}

static bool ports_overlap(const struct policy_ports *a, const struct policy_ports *b)
{
	return a->protocol && a->protocol == b->protocol && a->first <= b->last && b->first <= a->last;
}

/* The later of the two is told, once for each of its rows. */
static bool refuse_ports(const struct office_services *o, size_t service, size_t row, size_t other,
			 size_t others)
{
	const struct policy_service *s = &o->office->services[service], *t = &o->office->services[other];
	char text[PORTS_TEXT], got_text[PORTS_TEXT], got[CONFIG_GOT];

	for (size_t i = 0; i < others; i++)
		if (ports_overlap(&s->ports[row], &t->ports[i])) {
			config_fault_got(o->r, place_of(o, service, "ports", row), NULL,
					 config_quote(ports_text(&s->ports[row], got_text), got),
					 "must not overlap with \"%s\" of %s", ports_text(&t->ports[i], text),
					 t->id);
			return true;
		}
	return false;
}

/* With prefixes, ports are the far end's: check_far(). */
static void check_ports(const struct office_services *o, size_t service)
{
	const struct policy_service *s = &o->office->services[service];

	for (size_t row = 0; row < s->n_ports; row++) {
		bool told = refuse_ports(o, service, row, service, row);

		for (size_t other = 0; other < service && !told && !s->n_prefixes; other++)
			if (!o->office->services[other].n_prefixes)
				told =
				    refuse_ports(o, service, row, other, o->office->services[other].n_ports);
	}
}

static bool any_ports_overlap(const struct policy_service *a, const struct policy_service *b)
{
	if (!a->n_ports || !b->n_ports)
		return true; /* any */
	for (size_t i = 0; i < a->n_ports; i++)
		for (size_t j = 0; j < b->n_ports; j++)
			if (ports_overlap(&a->ports[i], &b->ports[j]))
				return true;
	return false;
}

static bool refuse_far(const struct office_services *o, size_t service, size_t row, size_t other,
		       size_t others)
{
	const struct policy_service *s = &o->office->services[service], *t = &o->office->services[other];
	const struct prefix *prefix = &s->prefixes[row];
	char text[PREFIX_TEXT];

	for (size_t i = 0; i < others; i++)
		if (prefix->addr.family && t->prefixes[i].addr.family &&
		    prefix_overlaps(prefix, &t->prefixes[i])) {
			config_fault(o->r, place_of(o, service, "prefixes", row),
				     "must not overlap with \"%s\" of %s", prefix_text(&t->prefixes[i], text),
				     t->id);
			return true;
		}
	return false;
}

static void check_far(const struct office_services *o, size_t service)
{
	const struct policy_service *s = &o->office->services[service];

	for (size_t row = 0; row < s->n_prefixes; row++) {
		bool told = refuse_far(o, service, row, service, row);

		for (size_t other = 0; other < service && !told; other++)
			if (any_ports_overlap(s, &o->office->services[other]))
				told =
				    refuse_far(o, service, row, other, o->office->services[other].n_prefixes);
	}
}

/* ---- DSCP, ids ---- */

/* The service that has had this DSCP before row `row` of `service`, or NULL. */
static const struct policy_service *dscp_owner(const struct office_services *o, size_t service, size_t row)
{
	const struct policy_service *services = o->office->services;
	uint8_t dscp = services[service].dscp[row];

	for (size_t i = 0; i <= service; i++)
		for (size_t j = 0; j < (i == service ? row : services[i].n_dscp); j++)
			if (services[i].dscp[j] == dscp && dscp != PLAN_DSCP_NONE)
				return &services[i];
	return NULL;
}

static void check_dscp(const struct office_services *o, size_t service)
{
	const struct policy_service *s = &o->office->services[service];
	char number[8], got[CONFIG_GOT];

	for (size_t row = 0; row < s->n_dscp; row++) {
		const struct policy_service *owner = dscp_owner(o, service, row);

		if (!owner)
			continue;
		snprintf(number, sizeof(number), "%u", s->dscp[row]);
		config_fault_got(o->r, place_of(o, service, "dscp", row), NULL, config_quote(number, got),
				 "must not be a DSCP of %s too", owner->id);
	}
}

static bool check_id(const struct office_services *o, size_t service)
{
	config_setting_t *setting = config_setting_get_elem(o->list, (unsigned)service), *id;
	char got[CONFIG_GOT];

	for (size_t i = 0; i < service; i++) {
		if (strcmp(o->office->services[i].id, o->office->services[service].id) != 0)
			continue;
		id = config_setting_is_group(setting) ? config_setting_get_member(setting, "id") : NULL;
		config_fault_got(o->r, id ? id : setting, NULL, config_quote(o->office->services[i].id, got),
				 "must not be used twice in services");
		return false;
	}
	return true;
}

/* ---- rates ---- */

/* One phase of the office, one direction. */
struct phase {
	const char *name, *direction;
	size_t offset; /* of the direction in struct policy_rate */
	struct policy_rate guaranteed;
};

static uint64_t in_direction(struct policy_rate rate, size_t offset)
{
	uint64_t bps;

	memcpy(&bps, (const char *)&rate + offset, sizeof(bps));
	return bps;
}

static bool refuse_sum(const struct office_services *o, const struct phase *p)
{
	uint64_t most = in_direction(p->guaranteed, p->offset), sum = 0;
	char sum_text[UNITS_TEXT], most_text[UNITS_TEXT], got[CONFIG_GOT];

	for (size_t i = 0; i < o->office->n_services; i++)
		sum += in_direction(service_rate(&o->office->services[i], p->guaranteed), p->offset);
	if (!most || sum <= most)
		return false;
	config_fault_got(o->r, o->list, NULL, config_quote(units_rate_text(sum, sum_text), got),
			 "rates of services must fit in what the office is guaranteed %s (%s %s)", p->name,
			 units_rate_text(most, most_text), p->direction);
	return true;
}

/* Too little for anything, or for what it is for. Whether something was said. */
static bool refuse_least(const struct office_services *o, const struct phase *p, size_t service)
{
	const struct policy_service *s = &o->office->services[service];
	config_setting_t *setting = config_setting_get_elem(o->list, (unsigned)service), *rate;
	uint64_t bps = in_direction(service_rate(s, p->guaranteed), p->offset);
	char text[UNITS_TEXT], got[CONFIG_GOT];

	if (!in_direction(p->guaranteed, p->offset) || (!s->percent && !s->rate.down_bps))
		return false;
	rate = config_setting_is_group(setting) ? config_setting_get_member(setting, "rate") : NULL;
	if (bps >= SERVICE_LEAST_BPS && (bps >= CALL_BPS || s->priority != POLICY_PRIORITY_HIGH))
		return false;
	if (bps < SERVICE_LEAST_BPS)
		config_fault_got(o->r, rate ? rate : setting, NULL,
				 config_quote(units_rate_text(bps, text), got),
				 "must come to at least 8 kbit of what the office is guaranteed %s (%s)",
				 p->name, p->direction);
	else
		config_warn_tally(o->r, setting, "services",
				  "comes to less than 100 kbit/s, which is about what one call needs");
	return true;
}

/* The first phase and direction that shows it is enough, for all together and for each. */
static void check_rates(const struct office_services *o, const struct phase *phases, size_t n)
{
	bool told = false;

	for (size_t i = 0; i < n && !told; i++)
		told = refuse_sum(o, &phases[i]);
	for (size_t service = 0; service < o->office->n_services; service++) {
		told = false;
		for (size_t i = 0; i < n && !told; i++)
			told = refuse_least(o, &phases[i], service);
	}
}

/* A row that could not be read has said so: nothing is said about those that could. */
static bool all_read(const struct policy_office *office)
{
	for (size_t i = 0; i < office->n_services; i++)
		if (!office->services[i].id)
			return false;
	return office->n_services > 0;
}

void config_check_services(struct config_reader *r, config_setting_t *group,
			   const struct policy_office *office)
{
	const size_t down = offsetof(struct policy_rate, down_bps), up = offsetof(struct policy_rate, up_bps);
	const struct phase phases[] = {{"inside", "down", down, office->inside.guaranteed},
				       {"inside", "up", up, office->inside.guaranteed},
				       {"outside", "down", down, office->outside.guaranteed},
				       {"outside", "up", up, office->outside.guaranteed}};
	struct office_services o = {r, config_setting_get_member(group, "services"), office};

	if (!o.list || r->error || !all_read(office))
		return;
	for (size_t i = 0; i < office->n_services; i++) {
		if (!check_id(&o, i))
			continue;
		check_ports(&o, i);
		check_far(&o, i);
		check_dscp(&o, i);
	}
	check_rates(&o, phases, config_setting_get_member(group, "outside") ? 4 : 2);
}
