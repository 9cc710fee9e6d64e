/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Columns of text for a terminal: as wide as their widest cell, counted in characters; colour only where
 * there is somebody to see it (a terminal, NO_COLOR unset).
 */
#include <stddef.h>

enum colour { COLOUR_NONE, COLOUR_HEAD, COLOUR_GOOD, COLOUR_WARN, COLOUR_BAD, COLOUR_QUIET, COLOURS };

struct table;

/* `align` has one letter a column: 'l' or 'r'. NULL: memory. */
struct table *table_new(const char *align);
/* The next cell, row by row. NULL is an empty cell. A table that ran out of memory prints nothing. */
void table_cell(struct table *table, enum colour colour, const char *text);
void table_print(const struct table *table);
/* The same, no wider than the terminal (TABLE_COLUMNS where there is none): the last column is cut, or left out where
 * there is no room for it. */
#define TABLE_COLUMNS 80
void table_print_fit(const struct table *table);
struct table *table_free(struct table *table);

/* "\033[1m" or "". */
const char *colour_start(enum colour colour);
const char *colour_end(enum colour colour);
