/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Class slots: an office or zone keeps the class that it was first given, across every reload, so that
 * counters and flows stay where they are. A slot is never given to another id.
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

static int assign(struct slots *slots, size_t *from, const char *kind, const char *id)
{
	if (slots_find(slots, kind, id) >= 0)
		return 0;
	while (*from < slots->n && slots->ids[*from][0])
		++*from;
	if (*from == slots->n)
		return -ENOSPC;
	snprintf(slots->ids[*from], SLOT_TEXT, "%s/%s", kind, id);
	return 0;
}

/* No empty slot stays at the end. */
static void trim(struct slots *slots)
{
	while (slots->n && !slots->ids[slots->n - 1][0])
		slots->n--;
}

int slots_assign(struct slots *slots, const struct policy *policy)
{
	size_t from = 0;
	int r = reserve(slots, policy->n_offices + policy->n_zones);

	for (size_t i = 0; i < policy->n_offices && r == 0; i++)
		r = assign(slots, &from, "office", policy->offices[i].id);
	for (size_t i = 0; i < policy->n_zones && r == 0; i++)
		r = assign(slots, &from, "zone", policy->zones[i].id);
	trim(slots);
	return r;
}

void slots_clear(struct slots *slots)
{
	free(slots->ids);
	*slots = (struct slots){0};
}
