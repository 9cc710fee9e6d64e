/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Rows of a review ("settings", "changes": see policy/review.h and policy/describe.h) as lines for people, with equal changes of many
 * subjects said once: "dinkes, dinsos, bappeda and 297 more offices".
 */
#include <jansson.h>
#include "values.h"

#define REVIEW_LINES 24
#define REVIEW_TEXT 176

struct review_line {
	char label[48]; /* "inside.ceiling", "guarantee" */
	char text[REVIEW_TEXT];
};

/* All that changes for one subject. */
struct review_block {
	const char *what, *id; /* of the rows, which must outlive it; id NULL: the site and its classes */
	struct review_line lines[REVIEW_LINES];
	size_t n_lines;
	bool said; /* with another one */
};

/* malloc'd, in the order of the rows; NULL: none, or memory. */
struct review_block *review_blocks(const json_t *rows, size_t *n);
/* Prints them below `heading`, indented where there is none. */
void review_print(const json_t *rows, const char *heading);
/* "40M/20M", "2T", "2 h", "click, voucher", "-" */
const char *review_value(const json_t *value, char *out, size_t size);
/* "dinkes, dinsos, bappeda and 3 more offices": the first few by name, the rest counted. */
struct review_names {
	char text[REVIEW_TEXT];
	size_t n;
};
void review_name(struct review_names *names, const char *name);
void review_names_end(struct review_names *names, const char *what);
