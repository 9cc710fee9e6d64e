// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: the public may know what its internet cost and how it was used, and nobody may learn from it who
 * somebody is or how to attack the network. So nothing is published that was not marked open, where it was
 * made; what is not known to be open is left out.
 */
#include "open_data.h"
#include <errno.h>
#include <jansson.h>
#include <string.h>
#include "format.h"
#include "letters.h"
#include "open_words.h"

/* ---- a copy of what is open ---- */

/* Counts of people: a row in which one of them is small has none of them. */
static const char *const of_people[] = {"visitors", "sessions", "anonymous_sessions", "online_seconds"};
static const char *const decisive[] = {"visitors", "sessions"};

static bool among(const char *key, const char *const *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(key, keys[i]))
			return true;
	return false;
}

static bool too_few(const struct report_table *table, size_t row)
{
	for (size_t i = 0; i < table->n_columns; i++) {
		const struct report_cell *cell = &table->cells[row * table->n_columns + i];

		if (!cell->absent && cell->value < OPEN_FEWEST &&
		    among(table->columns[i].key, decisive, ELEMENTS(decisive)))
			return true;
	}
	return false;
}

#define GONE SIZE_MAX
/* Where each column comes to stand, or GONE. Returns how many are left. */
static size_t places(const struct report_table *table, size_t *to)
{
	size_t n = 0;

	for (size_t i = 0; i < table->n_columns; i++)
		to[i] = table->columns[i].open ? n++ : GONE;
	return n;
}

static void copy_column(const struct report_column *from, const size_t *to, struct report_column *column)
{
	*column = *from;
	if (from->formula == REPORT_GIVEN)
		return;
	column->a = to[from->a];
	column->b = to[from->b];
	if (column->a == GONE || column->b == GONE)
		column->formula = REPORT_GIVEN;
}

static void copy_row(struct report_build *build, const struct report_table *from, size_t row,
		     const size_t *to, struct report_cell *cells, size_t n)
{
	const struct report_cell *own = &from->cells[row * from->n_columns];
	const bool few = too_few(from, row);

	if (from->facts) {
		build_fact(build, own[0].text ? own[0].text : "", from->units[row], own[1]);
		return;
	}
	for (size_t i = 0; i < from->n_columns; i++) {
		const bool hidden = few && among(from->columns[i].key, of_people, ELEMENTS(of_people));

		if (to[i] != GONE)
			cells[to[i]] = hidden ? cell_absent() : own[i];
	}
	build_row(build, cells, n);
}

static void copy_table(struct report_build *build, const struct report_table *from)
{
	const size_t most = from->n_columns + 1;
	_cleanup_(freep) size_t *to = calloc(most, sizeof(*to));
	_cleanup_(freep) struct report_column *columns = calloc(most, sizeof(*columns));
	_cleanup_(freep) struct report_cell *cells = calloc(most, sizeof(*cells));
	struct report_table table = *from;

	if (!to || !columns || !cells) {
		build->error = -ENOMEM;
		return;
	}
	table.columns = columns;
	table.n_columns = places(from, to);
	table.group = from->group >= 0 && to[from->group] != GONE ? (int)to[from->group] : -1;
	for (size_t i = 0; i < from->n_columns; i++)
		if (to[i] != GONE)
			copy_column(&from->columns[i], to, &columns[to[i]]);
	build_table(build, &table);
	for (size_t row = 0; row < from->n_rows && !build->error; row++)
		copy_row(build, from, row, to, cells, table.n_columns);
}

static bool publishable(const struct report_table *table)
{
	size_t n = 0;

	for (size_t i = 0; i < table->n_columns; i++)
		n += table->columns[i].open;
	return table->open && n > 0 && (!table->facts || n == 2);
}

static void copy_section(struct report_build *build, const struct report_section *from)
{
	bool begun = false;

	for (size_t i = 0; i < from->n_blocks && !build->error; i++) {
		const struct report_block *block = &from->blocks[i];

		if (block->kind != REPORT_TABLE || !publishable(&block->table))
			continue;
		if (!begun)
			build_section(build, from->key, from->title, from->sheet);
		begun = true;
		copy_table(build, &block->table);
	}
}

static char *own(struct report_build *build, const char *text)
{
	char *copy = text ? strdup(text) : NULL;

	if (text && !copy)
		build->error = -ENOMEM;
	return copy;
}

int open_document(const struct report_document *document, struct report_document **out)
{
	_cleanup_(report_document_freep) struct report_document *open = calloc(1, sizeof(*open));
	struct report_build build = {.document = open};

	if (!open)
		return -ENOMEM;
	open->english = document->english;
	open->month = document->month;
	open->title = own(&build, document->title);
	open->subtitle = own(&build, document->subtitle);
	open->mark = own(&build, document->mark);
	open->footer = own(&build, document->footer);
	open->verify_words = own(&build, document->verify_words);
	for (size_t i = 0; i < document->n_sections && !build.error; i++)
		copy_section(&build, &document->sections[i]);
	if (build.error)
		return build.error;
	*out = open;
	open = NULL;
	return 0;
}

/* ---- JSON ---- */

static json_t *json_text(const char *text)
{
	_cleanup_(freep) char *clean = text ? letters_clean(text, SIZE_MAX) : NULL;

	if (!text)
		return json_null();
	return clean ? json_string(clean) : NULL;
}

static json_t *json_cell(const struct report_cell *cell, enum report_unit unit)
{
	char plain[FORMAT_TEXT];

	if (cell->absent)
		return json_null();
	if (unit == REPORT_TEXT)
		return json_text(cell->text ? cell->text : "");
	if (unit == REPORT_DAY || unit == REPORT_MONTH || unit == REPORT_TIME)
		return json_string(format_plain(cell->value, unit, plain));
	return json_integer(cell->value);
}

/* Steals `value`; NULL, as whatever could not be made, fails. */
static int put(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value) < 0 ? -ENOMEM : 0;
}

static int row_json(const struct report_table *table, size_t row, json_t *out)
{
	int r = 0;

	for (size_t i = 0; i < table->n_columns && r >= 0; i++)
		r = put(out, table->columns[i].key,
			json_cell(&table->cells[row * table->n_columns + i],
				  table->facts && i == 1 ? table->units[row] : table->columns[i].unit));
	if (r >= 0 && table->facts)
		r = put(out, "unit", json_string(format_unit(table->units[row])));
	return r;
}

static int table_json(const struct report_table *table, json_t *out)
{
	json_t *rows = json_array();
	int r = put(out, "title", json_text(table->title));

	if (r >= 0)
		r = put(out, "description",
			json_pack("{s:s?,s:s?}", "id", table->description[0], "en", table->description[1]));
	if (r >= 0 && table->note)
		r = put(out, "note", json_text(table->note));
	for (size_t i = 0; i < table->n_rows && r >= 0; i++) {
		json_t *row = json_object();

		r = row ? row_json(table, i, row) : -ENOMEM;
		if (json_array_append_new(rows, row) < 0)
			r = -ENOMEM;
	}
	if (r < 0) {
		json_decref(rows);
		return r;
	}
	return put(out, "rows", rows);
}

static int tables_json(const struct report_document *open, json_t *out)
{
	int r = 0;

	for (size_t i = 0; i < open->n_sections; i++)
		for (size_t j = 0; j < open->sections[i].n_blocks && r >= 0; j++) {
			const struct report_table *table = &open->sections[i].blocks[j].table;
			json_t *one = json_object();

			r = one ? table_json(table, one) : -ENOMEM;
			if (put(out, table->key, one) < 0)
				r = -ENOMEM;
		}
	return r;
}

static int head_json(const struct report_document *open, json_t *out)
{
	char month[FORMAT_TEXT];
	int r = put(out, "month", json_string(format_plain(open->month, REPORT_MONTH, month)));

	if (r >= 0)
		r = put(out, "language", json_string(open->english ? "en" : "id"));
	if (r >= 0)
		r = put(out, "title", json_text(open->title));
	if (r >= 0)
		r = put(out, "source", json_text(open->footer));
	if (r >= 0)
		r = put(out, "mark", json_text(open->mark));
	if (r >= 0)
		r = put(out, "verification", json_text(open->verify_words));
	return r;
}

int open_json(const struct report_document *open, FILE *out)
{
	json_t *all = json_object(), *tables = json_object();
	int r = all && tables ? head_json(open, all) : -ENOMEM;

	if (r >= 0)
		r = tables_json(open, tables);
	if (put(all, "tables", tables) < 0)
		r = r < 0 ? r : -ENOMEM;
	if (r >= 0 && (json_dumpf(all, out, JSON_INDENT(1)) < 0 || putc('\n', out) == EOF))
		r = -EIO;
	json_decref(all);
	return r;
}

/* ---- the dictionary of the data ---- */

/* Ours, and never a name of somebody's: quotes are all that has to be looked after. */
static void put_field(FILE *out, const char *text, const char *end)
{
	putc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
	fprintf(out, "\"%s", end);
}

static void put_entry(FILE *out, const char *table, const char *column, const struct open_type *type,
		      const char *const description[2])
{
	put_field(out, table, ",");
	put_field(out, column, ",");
	put_field(out, type->type, ",");
	put_field(out, type->unit, ",");
	put_field(out, description[0] ? description[0] : "", ",");
	put_field(out, description[1] ? description[1] : "", "\r\n");
}

static void put_table(FILE *out, const struct report_table *table)
{
	static const struct open_type of_table = {"table", ""};

	put_entry(out, table->key, "", &of_table, table->description);
	for (size_t i = 0; i < table->n_columns; i++)
		put_entry(out, table->key, table->columns[i].key,
			  table->facts ? open_type_fact(i) : open_type(table->columns[i].unit),
			  open_words(table->columns[i].key));
	if (table->facts)
		put_entry(out, table->key, "unit", open_type_fact(2), open_words("unit"));
}

int open_dictionary(const struct report_document *open, FILE *out)
{
	fputs("table,column,type,unit,description_id,description_en\r\n", out);
	for (size_t i = 0; i < open->n_sections; i++)
		for (size_t j = 0; j < open->sections[i].n_blocks; j++)
			put_table(out, &open->sections[i].blocks[j].table);
	return ferror(out) ? -EIO : 0;
}
