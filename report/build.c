// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: a document is written straight down, section by section, and whoever writes it should not have to
 * think of memory. The first failure sticks and makes every later call do nothing. It must never keep a
 * pointer to a text of the caller's, and knows no word of any language.
 */
#include "document.h"
#include <errno.h>
#include <stdarg.h>
#include <string.h>

/* Arrays grow by doubling, so whether there is room is seen by their length alone: they are full at each
 * power of two. */
static void *room(struct report_build *build, void *array, size_t n, size_t size)
{
	void *larger;

	if (n & (n - 1))
		return array;
	larger = reallocarray(array, n ? 2 * n : 1, size);
	if (!larger)
		build->error = -ENOMEM;
	return larger;
}

static char *copy(struct report_build *build, const char *text)
{
	char *own = text ? strdup(text) : NULL;

	if (text && !own)
		build->error = -ENOMEM;
	return own;
}

struct report_section *build_section(struct report_build *build, const char *key, const char *title,
				     const char *sheet)
{
	struct report_document *document = build->document;
	struct report_section *sections, *section;

	if (build->error)
		return NULL;
	sections = room(build, document->sections, document->n_sections, sizeof(*sections));
	if (!sections)
		return NULL;
	document->sections = sections;
	section = &sections[document->n_sections++];
	*section = (struct report_section){.key = key};
	section->title = copy(build, title);
	section->sheet = copy(build, sheet);
	return build->error ? NULL : section;
}

/* An empty block at the end of the last section. */
static struct report_block *add_block(struct report_build *build, enum report_block_kind kind)
{
	struct report_document *document = build->document;
	struct report_section *section;
	struct report_block *blocks;

	if (!build->error && document->n_sections == 0)
		build->error = -EINVAL;
	if (build->error)
		return NULL;
	section = &document->sections[document->n_sections - 1];
	blocks = room(build, section->blocks, section->n_blocks, sizeof(*blocks));
	if (!blocks)
		return NULL;
	section->blocks = blocks;
	blocks[section->n_blocks] = (struct report_block){.kind = kind, .table.group = -1};
	return &blocks[section->n_blocks++];
}

void build_text(struct report_build *build, enum report_block_kind kind, const char *format, ...)
{
	struct report_block *block = add_block(build, kind);
	va_list arguments;

	if (!block)
		return;
	va_start(arguments, format);
	if (vasprintf(&block->text, format, arguments) < 0) {
		block->text = NULL;
		build->error = -ENOMEM;
	}
	va_end(arguments);
}

static void copy_columns(struct report_build *build, struct report_table *table,
			 const struct report_table *like)
{
	table->columns = calloc(like->n_columns ? like->n_columns : 1, sizeof(*table->columns));
	if (!table->columns) {
		build->error = -ENOMEM;
		return;
	}
	for (; table->n_columns < like->n_columns; table->n_columns++) {
		struct report_column *column = &table->columns[table->n_columns];

		*column = like->columns[table->n_columns];
		column->title = copy(build, column->title ? column->title : "");
		if (column->weight == 0)
			column->weight = 1;
	}
}

struct report_table *build_table(struct report_build *build, const struct report_table *like)
{
	static const struct report_column of_facts[2] = {{.key = "what", .weight = 1, .open = true},
							 {.key = "value", .weight = 1, .open = true}};
	struct report_table with_columns = *like;
	struct report_block *block = add_block(build, REPORT_TABLE);
	struct report_table *table;

	if (!block)
		return NULL;
	if (like->facts && like->n_columns == 0) {
		with_columns.columns = (struct report_column *)of_facts;
		with_columns.n_columns = ELEMENTS(of_facts);
	}
	table = &block->table;
	*table = *like;
	table->columns = NULL;
	table->cells = NULL;
	table->units = NULL;
	table->n_columns = table->n_rows = 0;
	table->title = copy(build, like->title);
	table->note = copy(build, like->note);
	copy_columns(build, table, &with_columns);
	return build->error ? NULL : table;
}

static struct report_table *last_table(struct report_build *build)
{
	struct report_document *document = build->document;
	struct report_section *section;

	if (build->error)
		return NULL;
	section = document->n_sections ? &document->sections[document->n_sections - 1] : NULL;
	if (section && section->n_blocks && section->blocks[section->n_blocks - 1].kind == REPORT_TABLE)
		return &section->blocks[section->n_blocks - 1].table;
	build->error = -EINVAL;
	return NULL;
}

static void put_row(struct report_build *build, struct report_table *table, const struct report_cell *cells)
{
	struct report_cell *all, *own;

	all = room(build, table->cells, table->n_rows, table->n_columns * sizeof(*all));
	if (!all)
		return;
	table->cells = all;
	own = &all[table->n_rows++ * table->n_columns];
	for (size_t i = 0; i < table->n_columns; i++) {
		own[i] = cells[i];
		own[i].text = cells[i].absent ? NULL : copy(build, cells[i].text);
	}
}

void build_row(struct report_build *build, const struct report_cell *cells, size_t n)
{
	struct report_table *table = last_table(build);

	if (!table)
		return;
	if (n != table->n_columns || n == 0 || table->facts)
		build->error = -EINVAL;
	else
		put_row(build, table, cells);
}

void build_fact(struct report_build *build, const char *what, enum report_unit unit, struct report_cell value)
{
	struct report_table *table = last_table(build);
	enum report_unit *units;

	if (!table)
		return;
	if (!table->facts || table->n_columns != 2) {
		build->error = -EINVAL;
		return;
	}
	units = room(build, table->units, table->n_rows, sizeof(*units));
	if (!units)
		return;
	table->units = units;
	units[table->n_rows] = unit;
	put_row(build, table, (struct report_cell[]){cell_text(what), value});
}

void build_chart(struct report_build *build, const struct report_chart *like)
{
	struct report_block *block = add_block(build, REPORT_CHART);

	if (!block)
		return;
	block->chart = *like;
	block->chart.title = copy(build, like->title);
	block->chart.description = copy(build, like->description);
}

/* ---- reading ---- */

int64_t report_column_sum(const struct report_table *table, size_t column, size_t from, size_t until)
{
	int64_t sum = 0;

	for (size_t row = from; row < until && row < table->n_rows; row++) {
		const struct report_cell *cell = &table->cells[row * table->n_columns + column];

		if (!cell->absent && __builtin_add_overflow(sum, cell->value, &sum))
			return cell->value < 0 ? INT64_MIN : INT64_MAX;
	}
	return sum;
}

static bool same(const struct report_cell *a, const struct report_cell *b)
{
	if (a->absent || b->absent)
		return a->absent == b->absent;
	return a->value == b->value && !strcmp(a->text ? a->text : "", b->text ? b->text : "");
}

size_t report_group_end(const struct report_table *table, size_t row)
{
	const struct report_cell *first;

	if (table->group < 0 || row >= table->n_rows)
		return table->n_rows;
	first = &table->cells[row * table->n_columns + table->group];
	for (row++; row < table->n_rows; row++)
		if (!same(first, &table->cells[row * table->n_columns + table->group]))
			break;
	return row;
}

/* ---- freeing ---- */

static void table_clear(struct report_table *table)
{
	for (size_t i = 0; i < table->n_rows * table->n_columns; i++)
		free(table->cells[i].text);
	for (size_t i = 0; i < table->n_columns; i++)
		free(table->columns[i].title);
	free(table->cells);
	free(table->columns);
	free(table->units);
	free(table->title);
	free(table->note);
}

static void section_clear(struct report_section *section)
{
	for (size_t i = 0; i < section->n_blocks; i++) {
		struct report_block *block = &section->blocks[i];

		free(block->text);
		free(block->chart.title);
		free(block->chart.description);
		table_clear(&block->table);
	}
	free(section->blocks);
	free(section->title);
	free(section->sheet);
}

struct report_document *report_document_free(struct report_document *document)
{
	if (!document)
		return NULL;
	for (size_t i = 0; i < document->n_sections; i++)
		section_clear(&document->sections[i]);
	free(document->sections);
	for (size_t i = 0; i < document->n_letterhead; i++)
		free(document->letterhead[i]);
	free(document->letterhead);
	free(document->logo);
	free(document->title);
	free(document->subtitle);
	free(document->mark);
	free(document->sign_place_date);
	free(document->sign_office);
	free(document->sign_name);
	free(document->sign_nip);
	free(document->verify);
	free(document->verify_words);
	free(document->footer);
	free(document);
	return NULL;
}
