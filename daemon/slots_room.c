/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: see the header. What is forgotten is said, for its counters go on as another's.
 */
#include "slots_room.h"
#include <errno.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "../lib/log.h"

/* The ids that `policy` has, made into slots of their own: how an id is written is slots.c's. */
static bool has_id(const struct slots *own, const char *id)
{
	for (size_t i = 0; i < own->n; i++)
		if (!strcmp(own->ids[i], id))
			return true;
	return false;
}

static int make_room(struct slots *slots, const struct policy *policy, const struct policy *also)
{
	_cleanup_(slots_clear) struct slots kept = {0};
	size_t freed = 0;
	int r = slots_assign(&kept, policy);

	if (r >= 0 && also)
		slots_assign(&kept, also); /* as many as fit: who goes has no claim */
	for (size_t i = 0; r >= 0 && i < slots->n; i++) {
		if (!slots->ids[i][0] || has_id(&kept, slots->ids[i]))
			continue;
		memset(slots->ids[i], 0, sizeof(slots->ids[i]));
		freed++;
	}
	if (freed)
		log_warning(
		    "all %u class slots are taken: those of %zu offices, zones and services that are gone "
		    "are given to others",
		    (unsigned)PLAN_SLOTS, freed);
	return r;
}

int slots_assign_room(struct slots *slots, const struct policy *policy, const struct policy *also)
{
	int r = slots_assign(slots, policy);

	if (r != -ENOSPC)
		return r;
	r = make_room(slots, policy, also);
	return r < 0 ? r : slots_assign(slots, policy);
}
