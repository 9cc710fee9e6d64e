/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The difference of two plans, for all kinds of row by plan.c's table: two sorted lists side by side. What a
 * change means for the kernel is the shaper's; here it must never be more than which rows differ.
 */
#include "plan_rows.h"
#include "cleanup.h"
#include <errno.h>

static size_t rows_n(const struct plan *plan, enum plan_kind kind)
{
	size_t n;

	plan_rows(plan, kind, &n);
	return n;
}

void plan_changes_clear(struct plan_changes *changes)
{
	free(changes->rows);
	*changes = (struct plan_changes){0};
}

/* There is room: see plan_diff(). */
static void changes_push(struct plan_changes *changes, enum plan_kind kind, enum plan_op op, size_t have,
			 size_t want)
{
	changes->rows[changes->n++] = (struct plan_change){
	    .kind = kind,
	    .op = op,
	    .have = op == PLAN_ADD ? 0 : (uint32_t)have,
	    .want = op == PLAN_REMOVE ? 0 : (uint32_t)want,
	};
}

/* Two sorted lists side by side: -1 where only the first has the next key, 1 where only the second. */
static int next_key(const struct plan *have, size_t h, const struct plan *want, size_t w, enum plan_kind kind)
{
	if (h == rows_n(have, kind))
		return 1;
	if (w == rows_n(want, kind))
		return -1;
	return plan_row_kinds[kind].compare(plan_row(have, kind, h), plan_row(want, kind, w));
}

static void diff_kind(const struct plan *have, const struct plan *want, enum plan_kind kind,
		      struct plan_changes *out)
{
	size_t h = 0, w = 0;

	while (h < rows_n(have, kind) || w < rows_n(want, kind)) {
		int r = next_key(have, h, want, w, kind);

		if (r < 0)
			changes_push(out, kind, PLAN_REMOVE, h, w);
		else if (r > 0)
			changes_push(out, kind, PLAN_ADD, h, w);
		else if (!plan_row_kinds[kind].equal(plan_row(have, kind, h), plan_row(want, kind, w)))
			changes_push(out, kind, PLAN_CHANGE, h, w);
		h += r <= 0;
		w += r >= 0;
	}
}

int plan_diff(const struct plan *have, const struct plan *want, struct plan_changes *out)
{
	struct plan_changes changes = {0};
	size_t most = 0;

	for (unsigned kind = 0; kind < PLAN_KINDS; kind++)
		most += rows_n(have, kind) + rows_n(want, kind);
	changes.rows = reallocarray(NULL, MAX(most, (size_t)1), sizeof(*changes.rows));
	if (!changes.rows)
		return -ENOMEM;
	for (unsigned kind = 0; kind < PLAN_KINDS; kind++)
		diff_kind(have, want, kind, &changes);
	*out = changes;
	return 0;
}
