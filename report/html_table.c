// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A table of the document as a table of the page: headings that name their column or row for who hears it,
 * sums in the foot, groups as bodies of one table or, where they are narrow, as small tables side by side.
 * Figures are format_cell()'s and nobody else's.
 */
#include "format.h"
#include "html.h"

/* A table with more rows scrolls under its headings on a screen; one with more columns turns the sheet of
 * paper. */
#define LONG_ROWS 40
#define WIDE_COLUMNS 8
#define CROWDED_COLUMNS 11

static const char *sum_word(bool english)
{
	return english ? "Total" : "Jumlah";
}

static bool is_shown(const struct report_table *table, size_t column)
{
	return table->group < 0 || column != (size_t)table->group;
}

static size_t shown_columns(const struct report_table *table)
{
	return table->n_columns - (table->group >= 0 ? 1 : 0);
}

static size_t first_shown(const struct report_table *table)
{
	return table->group == 0 ? 1 : 0;
}

static void put_value(FILE *out, const struct report_cell *cell, enum report_unit unit, bool english)
{
	char text[FORMAT_TEXT];

	html_text(out, format_cell(cell, unit, english, true, text));
}

static void put_headings(FILE *out, const struct report_table *table)
{
	fputs("<thead><tr>", out);
	for (size_t c = 0; c < table->n_columns; c++) {
		if (!is_shown(table, c))
			continue;
		fputs(table->columns[c].unit == REPORT_TEXT || c == first_shown(table)
			  ? "<th scope=\"col\" class=\"t\">"
			  : "<th scope=\"col\">",
		      out);
		html_text(out, table->columns[c].title);
		fputs("</th>", out);
	}
	fputs("</tr></thead>\n", out);
}

static void put_row(FILE *out, const struct report_table *table, size_t row, bool english)
{
	const struct report_cell *cells = table->cells + row * table->n_columns;
	size_t first = first_shown(table);

	fputs("<tr>", out);
	for (size_t c = 0; c < table->n_columns; c++) {
		enum report_unit unit = table->columns[c].unit;

		if (!is_shown(table, c))
			continue;
		fputs(c == first ? "<th scope=\"row\"" : "<td", out);
		fputs(unit == REPORT_TEXT ? " class=\"t\">" : ">", out);
		put_value(out, &cells[c], unit, english);
		fputs(c == first ? "</th>" : "</td>", out);
	}
	fputs("</tr>\n", out);
}

/* `of`: the group whose sums these are, or NULL. */
static void put_sums(FILE *out, const struct report_table *table, size_t from, size_t until,
		     const struct report_cell *of, bool english)
{
	size_t first = first_shown(table);

	fputs("<tr class=\"sum\"><th scope=\"row\" class=\"t\">", out);
	html_text(out, sum_word(english));
	if (of) {
		putc(' ', out);
		put_value(out, of, table->columns[table->group].unit, english);
	}
	fputs("</th>", out);
	for (size_t c = 0; c < table->n_columns; c++) {
		struct report_cell sum;

		if (!is_shown(table, c) || c == first)
			continue;
		fputs("<td>", out);
		if (table->columns[c].total) {
			sum = cell(report_column_sum(table, c, from, until));
			put_value(out, &sum, table->columns[c].unit, english);
		}
		fputs("</td>", out);
	}
	fputs("</tr>\n", out);
}

static void put_rows(FILE *out, const struct report_table *table, size_t from, size_t until, bool english)
{
	for (size_t row = from; row < until; row++)
		put_row(out, table, row, english);
}

static void put_empty(FILE *out, const struct report_table *table, bool english)
{
	fprintf(out, "<tbody><tr><td class=\"t\" colspan=\"%zu\">%s</td></tr></tbody>\n",
		shown_columns(table), english ? "None" : "Tidak ada");
}

static const struct report_cell *group_of(const struct report_table *table, size_t row)
{
	return &table->cells[row * table->n_columns + (size_t)table->group];
}

static void put_group(FILE *out, const struct report_table *table, size_t from, size_t until, bool english)
{
	fprintf(out, "<tbody><tr class=\"group\"><th scope=\"rowgroup\" class=\"t\" colspan=\"%zu\">",
		shown_columns(table));
	put_value(out, group_of(table, from), table->columns[table->group].unit, english);
	fputs("</th></tr>\n", out);
	put_rows(out, table, from, until, english);
	if (table->total)
		put_sums(out, table, from, until, group_of(table, from), english);
	fputs("</tbody>\n", out);
}

static void put_bodies(FILE *out, const struct report_table *table, bool english)
{
	if (table->group < 0) {
		fputs("<tbody>", out);
		put_rows(out, table, 0, table->n_rows, english);
		fputs("</tbody>\n", out);
		return;
	}
	for (size_t row = 0, end; row < table->n_rows; row = end) {
		end = report_group_end(table, row);
		put_group(out, table, row, end, english);
	}
}

static void put_foot(FILE *out, const struct report_table *table, bool english)
{
	if (!table->total || table->n_rows == 0)
		return;
	fputs("<tfoot>", out);
	put_sums(out, table, 0, table->n_rows, NULL, english);
	fputs("</tfoot>", out);
}

static void put_note(FILE *out, const struct report_table *table)
{
	if (!table->note)
		return;
	fputs("<p class=\"note\">", out);
	html_text(out, table->note);
	fputs("</p>\n", out);
}

static void put_title(FILE *out, const struct report_table *table)
{
	html_text(out, table->title ? table->title : table->key);
}

/* What is wider than the screen moves by itself, also with the keys. */
static void put_frame(FILE *out, const struct report_table *table)
{
	fprintf(out, "<div class=\"frame%s%s\" role=\"group\" tabindex=\"0\" aria-labelledby=\"",
		table->n_rows > LONG_ROWS ? " long" : "",
		shown_columns(table) > CROWDED_COLUMNS ? " crowded" : "");
	html_id(out, "c-", table->key);
	fputs("\">\n<table id=\"", out);
	html_id(out, "t-", table->key);
	fputs("\"><caption id=\"", out);
	html_id(out, "c-", table->key);
	fputs("\">", out);
	put_title(out, table);
	fputs("</caption>\n", out);
}

static void put_whole(FILE *out, const struct report_table *table, bool english)
{
	put_frame(out, table);
	put_headings(out, table);
	if (table->n_rows)
		put_bodies(out, table, english);
	else
		put_empty(out, table, english);
	put_foot(out, table, english);
	fputs("</table></div>\n", out);
}

/* A small table for each group; all of them together in one more line. */
static void put_side_by_side(FILE *out, const struct report_table *table, bool english)
{
	fputs("<h3 id=\"", out);
	html_id(out, "t-", table->key);
	fputs("\">", out);
	put_title(out, table);
	fputs("</h3>\n<div class=\"abreast\" role=\"group\" tabindex=\"0\" aria-labelledby=\"", out);
	html_id(out, "t-", table->key);
	fputs("\">\n", out);
	for (size_t row = 0, end; row < table->n_rows; row = end) {
		end = report_group_end(table, row);
		fputs("<div class=\"card\"><table><caption>", out);
		put_value(out, group_of(table, row), table->columns[table->group].unit, english);
		fputs("</caption>\n", out);
		put_headings(out, table);
		fputs("<tbody>", out);
		put_rows(out, table, row, end, english);
		fputs("</tbody>", out);
		if (table->total) {
			fputs("<tfoot>", out);
			put_sums(out, table, row, end, NULL, english);
			fputs("</tfoot>", out);
		}
		fputs("</table></div>\n", out);
	}
	fputs("</div>\n", out);
}

static void put_all_groups(FILE *out, const struct report_table *table, bool english)
{
	if (!table->total)
		return;
	fputs("<div class=\"card\"><table><caption>", out);
	put_title(out, table);
	fputs("</caption>\n", out);
	put_headings(out, table);
	put_foot(out, table, english);
	fputs("</table></div>\n", out);
}

static void put_facts(FILE *out, const struct report_table *table, bool english)
{
	fputs("<table class=\"facts\" id=\"", out);
	html_id(out, "t-", table->key);
	fputs("\"><caption>", out);
	put_title(out, table);
	fputs("</caption>\n<tbody>", out);
	for (size_t row = 0; row < table->n_rows; row++) {
		const struct report_cell *cells = table->cells + row * table->n_columns;
		char text[FORMAT_TEXT];

		fputs("<tr><th scope=\"row\" class=\"t\">", out);
		put_value(out, &cells[0], REPORT_TEXT, english);
		fputs("</th><td class=\"t\">", out);
		html_text(out, format_cell(&cells[1], table->units[row], english, false, text));
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody></table>\n", out);
}

bool html_table_is_wide(const struct report_table *table)
{
	return !table->facts && shown_columns(table) > WIDE_COLUMNS;
}

void html_table(FILE *out, const struct report_table *table, bool english)
{
	if (table->facts)
		put_facts(out, table, english);
	else if (table->group >= 0 && table->narrow && table->n_rows) {
		put_side_by_side(out, table, english);
		put_all_groups(out, table, english);
	} else
		put_whole(out, table, english);
	put_note(out, table);
}
