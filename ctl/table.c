// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Aligns cells. It knows nothing of what is in them, except that bytes of UTF-8 are fewer characters than
 * bytes and that a name from elsewhere must not control the terminal.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include "../lib/cleanup.h"
#include "table.h"

#define COLUMNS_MAX 12
#define GAP 2
#define LEAST 4 /* characters of a column that is cut: fewer say nothing */

struct cell {
	enum colour colour;
	char *text;
};

struct table {
	size_t n_columns, n, room;
	bool failed;
	char align[COLUMNS_MAX + 1];
	struct cell *cells;
};

static bool use_colour(void)
{
	static int known = -1;

	if (known < 0) {
		const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

		known = isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb") != 0;
	}
	return known;
}

const char *colour_start(enum colour colour)
{
	static const char *const codes[COLOURS] = {
	    [COLOUR_NONE] = "",		[COLOUR_HEAD] = "\033[1m", [COLOUR_GOOD] = "\033[32m",
	    [COLOUR_WARN] = "\033[33m", [COLOUR_BAD] = "\033[31m", [COLOUR_QUIET] = "\033[2m",
	};

	return use_colour() ? codes[colour] : "";
}

const char *colour_end(enum colour colour)
{
	return use_colour() && colour != COLOUR_NONE ? "\033[0m" : "";
}

struct table *table_new(const char *align)
{
	struct table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	snprintf(table->align, sizeof(table->align), "%s", align);
	table->n_columns = strlen(table->align);
	return table;
}

static bool make_room(struct table *table)
{
	struct cell *cells;

	if (table->n < table->room)
		return true;
	cells = realloc(table->cells, (table->room * 2 + 64) * sizeof(*cells));
	if (!cells)
		return false;
	table->cells = cells;
	table->room = table->room * 2 + 64;
	return true;
}

void table_cell(struct table *table, enum colour colour, const char *text)
{
	char *copy;

	if (!table || table->failed)
		return;
	copy = make_room(table) ? strdup(text ? text : "") : NULL;
	if (!copy) {
		table->failed = true;
		return;
	}
	for (char *c = copy; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	}
	table->cells[table->n++] = (struct cell){.colour = colour, .text = copy};
}

static int width_of(const char *text)
{
	int width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static void print_cell(const struct cell *cell, char align, int width, bool last)
{
	int pad = width - width_of(cell->text);

	printf("%*s%s%s%s", align == 'r' ? pad : 0, "", colour_start(cell->colour), cell->text,
	       colour_end(cell->colour));
	if (!last)
		printf("%*s", (align == 'r' ? 0 : pad) + GAP, "");
}

/* How much of it has `width` characters: bytes. */
static size_t bytes_of(const char *text, int width)
{
	size_t n = 0;

	for (int seen = 0; text[n]; n++) {
		if (((unsigned char)text[n] & 0xc0) != 0x80 && ++seen > width)
			break;
	}
	return n;
}

static void print_last(const struct cell *cell, char align, int width)
{
	_cleanup_(freep) char *cut = NULL;
	struct cell shown = *cell;

	if (width_of(cell->text) > width) {
		if (asprintf(&cut, "%.*s\xe2\x80\xa6", (int)bytes_of(cell->text, MAX(width - 1, 0)),
			     cell->text) < 0)
			cut = NULL;
		shown.text = cut ? cut : shown.text;
	}
	print_cell(&shown, align, width, true);
}

/* Nothing is printed behind the last cell that has something in it. */
static void print_row(const struct table *table, const struct cell *row, const int *widths)
{
	size_t n = table->n_columns;

	while (n > 0 && (!*row[n - 1].text || widths[n - 1] == 0))
		n--;
	for (size_t i = 0; i + 1 < n; i++)
		print_cell(&row[i], table->align[i], widths[i], false);
	if (n > 0)
		print_last(&row[n - 1], table->align[n - 1], widths[n - 1]);
	putchar('\n');
}

static void print_within(const struct table *table, int columns)
{
	int widths[COLUMNS_MAX] = {0}, before = 0, *last;

	if (!table || table->failed || table->n_columns == 0)
		return;
	for (size_t i = 0; i < table->n; i++)
		widths[i % table->n_columns] =
		    MAX(widths[i % table->n_columns], width_of(table->cells[i].text));
	for (size_t i = 0; i + 1 < table->n_columns; i++)
		before += widths[i] + GAP;
	last = &widths[table->n_columns - 1];
	if (columns && before + *last > columns)
		*last = columns - before >= LEAST ? columns - before : 0;
	for (size_t i = 0; i + table->n_columns <= table->n; i += table->n_columns)
		print_row(table, &table->cells[i], widths);
}

void table_print(const struct table *table)
{
	print_within(table, 0);
}

void table_print_fit(const struct table *table)
{
	struct winsize size;
	bool known = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;

	print_within(table, known ? MAX(size.ws_col, TABLE_COLUMNS) : TABLE_COLUMNS);
}

struct table *table_free(struct table *table)
{
	if (!table)
		return NULL;
	for (size_t i = 0; i < table->n; i++)
		free(table->cells[i].text);
	free(table->cells);
	free(table);
	return NULL;
}
