/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What somebody else did, as far as it can be read from the kernel: rows of the last plan that are gone or
 * altered although the new plan has them, too, and rows that nobody planned. Guests and gates come and go by
 * themselves and are left out. Only says; the application goes on and mends.
 */
#include "apply_steps.h"
#include "../lib/log.h"
#include <errno.h>
#include <string.h>

#define LINES 6u

struct damage {
	const struct work *work;
	const struct plan *applied;
	struct plan_changes found;   /* from what is there to what was applied */
	struct plan_changes planned; /* from what was applied to what is wanted */
	unsigned said, more;
};

static bool is_planned(const struct damage *damage, const struct plan_change *found)
{
	for (size_t i = 0; i < damage->planned.n; i++) {
		const struct plan_change *planned = &damage->planned.rows[i];

		if (planned->kind == found->kind && planned->op != PLAN_ADD && planned->have == found->want)
			return true;
	}
	return false;
}

static bool is_damage(const struct damage *damage, const struct plan_change *found)
{
	if (found->kind == PLAN_SESSIONS || found->kind == PLAN_GATES)
		return false;
	return found->op == PLAN_REMOVE || !is_planned(damage, found);
}

static void say_lines(char *text)
{
	const char *line;

	while ((line = strsep(&text, "\n")))
		if (line[0])
			log_warning("repair: the kernel is not as it was left: %.200s", line);
}

static void say(struct damage *damage, const struct plan_change *found)
{
	struct plan_change row = *found;
	const struct plan_changes one = {.rows = &row, .n = 1};
	char *text = NULL;
	size_t size = 0;
	FILE *out = damage->said < LINES ? open_memstream(&text, &size) : NULL;

	if (!out) {
		damage->more++;
		return;
	}
	plan_changes_print(out, &damage->work->actual.plan, damage->applied, &one);
	if (fclose(out) == 0 && text)
		say_lines(text);
	free(text);
	damage->said++;
}

void apply_say_damage(const struct work *work)
{
	const struct plan *applied = &work->kernel->applied;
	struct damage damage = {.work = work, .applied = applied};

	if (!work->kernel->remembered || work->changes.n == 0)
		return;
	if (plan_diff(&work->actual.plan, applied, &damage.found) == 0 &&
	    plan_diff(applied, &work->want, &damage.planned) == 0) {
		for (size_t i = 0; i < damage.found.n; i++)
			if (is_damage(&damage, &damage.found.rows[i]))
				say(&damage, &damage.found.rows[i]);
		if (damage.more)
			log_warning("repair: the kernel is not as it was left: %u more differences",
				    damage.more);
	}
	plan_changes_clear(&damage.found);
	plan_changes_clear(&damage.planned);
}
