/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Inside plan*.c only: the table that says what each kind of row is, so that add, sort, diff, encode, decode
 * and find are one loop each. Adding a kind of row is adding a line in plan.c, one in plan_codec.c
 * and one in plan_print.c.
 */
#include "plan.h"

struct plan_row_kind {
	size_t size;
	size_t rows_offset, n_offset; /* of the array and its count in struct plan */
	size_t names[2];	      /* offsets of its texts; PLAN_NO_NAME ends */
	size_t name_sizes[2];
	int (*compare)(const void *a, const void *b); /* by key, as qsort() */
	bool (*equal)(const void *have, const void *want);
};
#define PLAN_NO_NAME SIZE_MAX

extern const struct plan_row_kind plan_row_kinds[PLAN_KINDS];

const void *plan_rows(const struct plan *plan, enum plan_kind kind, size_t *n);
const void *plan_row(const struct plan *plan, enum plan_kind kind, size_t i);
/* Takes the place of the rows of that kind with a copy; 0 or -ENOMEM. */
int plan_rows_set(struct plan *plan, enum plan_kind kind, const void *rows, size_t n);
