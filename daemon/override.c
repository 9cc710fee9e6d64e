/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: overrides come from commands and from the state file, and survive a reload as far as they still make
 * sense. This list must never hold two answers to one question.
 */
#include "override.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "../lib/units.h"

static const char *const names[] = {
    [OVERRIDE_ZONE_OPEN] = "zone-open",
    [OVERRIDE_ZONE_CLOSED] = "zone-closed",
    [OVERRIDE_OFFICE_INSIDE] = "office-inside",
};

const char *override_name(enum override_kind kind)
{
	return names[kind];
}

int override_kind_parse(const char *name)
{
	for (size_t i = 1; i < ELEMENTS(names); i++)
		if (!strcmp(name, names[i]))
			return (int)i;
	return -EINVAL;
}

static bool same_subject(const struct override *row, enum override_kind kind, const char *id)
{
	return (row->kind == OVERRIDE_OFFICE_INSIDE) == (kind == OVERRIDE_OFFICE_INSIDE) &&
	       !strcmp(row->id, id);
}

static struct override *find(const struct overrides *overrides, enum override_kind kind, const char *id)
{
	for (size_t i = 0; i < overrides->n; i++)
		if (same_subject(&overrides->rows[i], kind, id))
			return &overrides->rows[i];
	return NULL;
}

const struct override *overrides_find(const struct overrides *overrides, enum override_kind kind,
				      const char *id)
{
	return find(overrides, kind, id);
}

int overrides_set(struct overrides *overrides, enum override_kind kind, const char *id,
		  int64_t until_wall_usec)
{
	struct override *row = find(overrides, kind, id);

	if (!row) {
		struct override *rows = reallocarray(overrides->rows, overrides->n + 1, sizeof(*rows));

		if (!rows)
			return -ENOMEM;
		overrides->rows = rows;
		row = &rows[overrides->n++];
	}
	*row = (struct override){.kind = kind, .until_wall_usec = until_wall_usec};
	memcpy(row->id, id, strnlen(id, sizeof(row->id) - 1));
	return 0;
}

static void remove_row(struct overrides *overrides, struct override *row)
{
	*row = overrides->rows[--overrides->n];
}

bool overrides_unset(struct overrides *overrides, enum override_kind kind, const char *id)
{
	struct override *row = find(overrides, kind, id);

	if (row)
		remove_row(overrides, row);
	return row;
}

static bool makes_sense(const struct override *row, const struct policy *policy, int64_t wall_usec)
{
	if (row->until_wall_usec && row->until_wall_usec < wall_usec - USEC_PER_DAY)
		return false;
	return row->kind == OVERRIDE_OFFICE_INSIDE ? (bool)policy_office(policy, row->id)
						   : (bool)policy_zone(policy, row->id);
}

bool overrides_prune(struct overrides *overrides, const struct policy *policy, int64_t wall_usec)
{
	size_t before = overrides->n;

	for (size_t i = overrides->n; i-- > 0;)
		if (!makes_sense(&overrides->rows[i], policy, wall_usec))
			remove_row(overrides, &overrides->rows[i]);
	return overrides->n != before;
}

int overrides_copy(struct overrides *to, const struct overrides *from)
{
	struct overrides copy = {.n = from->n};

	copy.rows = from->n ? reallocarray(NULL, from->n, sizeof(*copy.rows)) : NULL;
	if (from->n && !copy.rows)
		return -ENOMEM;
	if (from->n)
		memcpy(copy.rows, from->rows, from->n * sizeof(*copy.rows));
	*to = copy;
	return 0;
}

void overrides_clear(struct overrides *overrides)
{
	free(overrides->rows);
	*overrides = (struct overrides){0};
}
