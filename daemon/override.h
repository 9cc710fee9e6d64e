/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What a person has decided against the calendar: at most one override for a zone and one for an office. One
 * whose end has passed counts for nothing (the planner ignores it) and is forgotten a day later: a clock that
 * was set wrong and right again does not lose it.
 */
#include "../policy/planner.h"

struct overrides {
	struct override *rows;
	size_t n;
};

int overrides_set(struct overrides *overrides, enum override_kind kind, const char *id,
		  int64_t until_wall_usec); /* 0, -ENOMEM */
/* Back to the calendar. True: there was one. `kind` says zone (either kind) or office. */
bool overrides_unset(struct overrides *overrides, enum override_kind kind, const char *id);
const struct override *overrides_find(const struct overrides *overrides, enum override_kind kind,
				      const char *id); /* or NULL */
/* Drops those long past, and those of what the policy no longer has. True: something went. */
bool overrides_prune(struct overrides *overrides, const struct policy *policy, int64_t wall_usec);
int overrides_copy(struct overrides *to, const struct overrides *from);
void overrides_clear(struct overrides *overrides);

const char *override_name(enum override_kind kind); /* "zone-open", "zone-closed", "office-inside" */
int override_kind_parse(const char *name);	    /* the kind or -EINVAL */
