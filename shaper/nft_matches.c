// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What belongs to a service of an office, and what leaves marked: rows of the plan as elements of sets, and
 * back. A service's rows lie in the sets of both directions, since the far end is the destination of what an
 * office sends and the source of what it receives. In sets of ranges the class is in network byte order, as
 * nft writes it there. An element that is not exactly what a row would make is no row.
 */
#include "nft_private.h"
#include <errno.h>
#include <string.h>

enum form { BY_FAR_END, BY_PORT, BY_DSCP };

static const struct match_set {
	enum set_id id;
	enum form form;
	bool down;
	uint8_t family; /* BY_FAR_END */
} match_sets[] = {
    {SET_SERVICE_FAR_UP4, BY_FAR_END, false, AF_INET},	{SET_SERVICE_FAR_UP6, BY_FAR_END, false, AF_INET6},
    {SET_SERVICE_FAR_DOWN4, BY_FAR_END, true, AF_INET}, {SET_SERVICE_FAR_DOWN6, BY_FAR_END, true, AF_INET6},
    {SET_SERVICE_PORTS_UP, BY_PORT, false, 0},		{SET_SERVICE_PORTS_DOWN, BY_PORT, true, 0},
    {SET_SERVICE_DSCP_UP, BY_DSCP, false, 0},		{SET_SERVICE_DSCP_DOWN, BY_DSCP, true, 0},
};

#define CLASS_LENGTH 4
#define FIELD 4 /* a field begins in a new register */

static const struct match_set *find_set(enum set_id id)
{
	for (size_t i = 0; i < ELEMENTS(match_sets); i++)
		if (match_sets[i].id == id)
			return &match_sets[i];
	return NULL;
}

static enum form form_of(const struct plan_match *row)
{
	if (row->dscp != PLAN_DSCP_NONE)
		return BY_DSCP;
	return row->prefix.addr.family ? BY_FAR_END : BY_PORT;
}

static uint32_t class_of(bool down, uint16_t minor)
{
	return down ? CLASS_DOWN(minor) : CLASS_UP(minor);
}

/* ---- to elements ---- */

static void put_ports(const struct plan_match *row, struct element *out)
{
	const uint8_t any[] = {0, UINT8_MAX};
	const uint16_t first = htons(row->first_port), last = htons(row->last_port);

	element_range(out, row->protocol ? &row->protocol : &any[0], row->protocol ? &row->protocol : &any[1],
		      sizeof(row->protocol));
	element_range(out, &first, &last, sizeof(first));
}

static void put_range_class(uint32_t class, struct element *out)
{
	const uint32_t wire = htonl(class);

	element_range(out, &wire, &wire, sizeof(wire));
}

static void put_class_dscp(uint32_t class, uint8_t dscp, struct element *out)
{
	element_range(out, &class, &class, sizeof(class));
	element_range(out, &dscp, &dscp, sizeof(dscp));
	out->range = false;
}

bool match_element(const struct plan_match *row, enum set_id id, struct element *out)
{
	const struct match_set *set = find_set(id);

	if (!set || set->form != form_of(row) || set->family != row->prefix.addr.family)
		return false;
	out->valued = true;
	out->value = class_of(set->down, row->minor);
	if (set->form == BY_DSCP) {
		put_class_dscp(class_of(set->down, row->office), row->dscp, out);
		return true;
	}
	put_range_class(class_of(set->down, row->office), out);
	if (set->form == BY_FAR_END)
		element_prefix(out, &row->prefix);
	put_ports(row, out);
	return true;
}

bool mark_element(const struct plan_mark *row, struct element *out)
{
	put_class_dscp(CLASS_UP(row->minor), row->dscp, out);
	return true;
}

/* ---- from elements ---- */

static uint16_t get_port(const uint8_t *key)
{
	return (uint16_t)(key[0] << 8 | key[1]);
}

static void get_ports(const struct element *element, size_t offset, struct plan_match *row)
{
	if (element->key[offset] == element->end[offset])
		row->protocol = element->key[offset];
	row->first_port = get_port(element->key + offset + FIELD);
	row->last_port = get_port(element->end + offset + FIELD);
}

static uint32_t get_class(const struct element *element, enum form form)
{
	uint32_t class;

	memcpy(&class, element->key, sizeof(class));
	return form == BY_DSCP ? class : ntohl(class);
}

static bool get_row(const struct element *element, const struct match_set *set, struct plan_match *row)
{
	const size_t address = set->family == AF_INET ? 4 : set->family == AF_INET6 ? 16 : 0;

	if (set->form == BY_DSCP) {
		row->dscp = element->key[CLASS_LENGTH];
		return true;
	}
	row->dscp = PLAN_DSCP_NONE;
	get_ports(element, CLASS_LENGTH + address, row);
	return !address || element_get_prefix(element, CLASS_LENGTH, address, &row->prefix);
}

bool match_of_element(const struct element *element, enum set_id id, bool *down, struct plan_match *out)
{
	const struct match_set *set = find_set(id);
	struct plan_match row = {.minor = CLASS_MINOR(element->value)};
	struct element again = {};

	if (!set || element->length == 0 || !get_row(element, set, &row))
		return false;
	row.office = CLASS_MINOR(get_class(element, set->form));
	/* What this row would be written as: anything else was not written by us. */
	if (!match_element(&row, id, &again) || again.value != element->value ||
	    memcmp(again.key, element->key, sizeof(again.key)) != 0 ||
	    memcmp(again.end, element->end, sizeof(again.end)) != 0)
		return false;
	*down = set->down;
	*out = row;
	return true;
}

bool mark_of_element(const struct element *element, struct plan_mark *out)
{
	struct plan_mark row = {.minor = CLASS_MINOR(get_class(element, BY_DSCP)),
				.dscp = element->key[CLASS_LENGTH]};
	struct element again = {};

	(void)mark_element(&row, &again);
	if (element->length == 0 || memcmp(again.key, element->key, sizeof(again.key)) != 0)
		return false;
	*out = row;
	return true;
}

/* ---- who is looked at ---- */

static int see_office(uint16_t office, element_fn seen, void *data)
{
	int r = 0;

	for (unsigned down = 0; down < 2 && r == 0; down++) {
		const uint32_t class = class_of(down, office);
		struct element element = {};

		element_range(&element, &class, &class, sizeof(class));
		element.range = false;
		r = seen(&element, data);
	}
	return r;
}

int service_offices_each(const struct plan *want, element_fn seen, void *data)
{
	uint8_t done[(UINT16_MAX + 1) / 8] = {0};
	int r = 0;

	for (size_t i = 0; i < want->n_matches && r == 0; i++) {
		const uint16_t office = want->matches[i].office;

		if (done[office / 8] & 1u << office % 8)
			continue;
		done[office / 8] |= (uint8_t)(1u << office % 8);
		r = see_office(office, seen, data);
	}
	return r;
}
