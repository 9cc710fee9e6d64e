/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Class slots: an office, a zone or a service of an office keeps the class that it was first given, across
 * every reload, so that counters and flows stay where they are. A slot is never given to another id.
 */
#include "planner.h"
#include "../lib/cleanup.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SLOT_TEXT sizeof(*((struct slots *)NULL)->ids)

static int find(const struct slots *slots, const char *text)
{
	for (size_t i = 0; i < slots->n; i++)
		if (strcmp(slots->ids[i], text) == 0)
			return (int)i;
	return -ENOENT;
}

int slots_find(const struct slots *slots, const char *kind, const char *id)
{
	char text[SLOT_TEXT];

	snprintf(text, sizeof(text), "%s/%s", kind, id);
	return find(slots, text);
}

int slots_find_service(const struct slots *slots, const char *office, const char *id)
{
	char text[SLOT_TEXT];

	snprintf(text, sizeof(text), "service/%s/%s", office, id);
	return find(slots, text);
}

/* Room for `more` further slots at the end, empty. */
static int reserve(struct slots *slots, size_t more)
{
	size_t n = MIN(slots->n + more, (size_t)PLAN_SLOTS);
	char(*ids)[SLOT_TEXT] = reallocarray(slots->ids, MAX(n, (size_t)1), sizeof(*ids));

	if (!ids)
		return -ENOMEM;
	memset(ids + slots->n, 0, (n - slots->n) * sizeof(*ids));
	slots->ids = ids;
	slots->n = n;
	return 0;
}

static int assign(struct slots *slots, size_t *from, const char *text)
{
	if (find(slots, text) >= 0)
		return 0;
	while (*from < slots->n && slots->ids[*from][0])
		++*from;
	if (*from == slots->n)
		return -ENOSPC;
	snprintf(slots->ids[*from], SLOT_TEXT, "%s", text);
	return 0;
}

static int assign_services(struct slots *slots, size_t *from, const struct policy_office *office)
{
	char text[SLOT_TEXT];
	int r = 0;

	for (size_t i = 0; i < office->n_services && r == 0; i++) {
		snprintf(text, sizeof(text), "service/%s/%s", office->id, office->services[i].id);
		r = assign(slots, from, text);
	}
	return r;
}

static size_t count_services(const struct policy *policy)
{
	size_t n = 0;

	for (size_t i = 0; i < policy->n_offices; i++)
		n += policy->offices[i].n_services;
	return n;
}

/* No empty slot stays at the end. */
static void trim(struct slots *slots)
{
	while (slots->n && !slots->ids[slots->n - 1][0])
		slots->n--;
}

int slots_assign(struct slots *slots, const struct policy *policy)
{
	char text[SLOT_TEXT];
	size_t from = 0;
	int r = reserve(slots, policy->n_offices + policy->n_zones + count_services(policy));

	for (size_t i = 0; i < policy->n_offices && r == 0; i++) {
		snprintf(text, sizeof(text), "office/%s", policy->offices[i].id);
		r = assign(slots, &from, text);
	}
	for (size_t i = 0; i < policy->n_zones && r == 0; i++) {
		snprintf(text, sizeof(text), "zone/%s", policy->zones[i].id);
		r = assign(slots, &from, text);
	}
	for (size_t i = 0; i < policy->n_offices && r == 0; i++)
		r = assign_services(slots, &from, &policy->offices[i]);
	trim(slots);
	return r;
}

void slots_clear(struct slots *slots)
{
	free(slots->ids);
	*slots = (struct slots){0};
}
