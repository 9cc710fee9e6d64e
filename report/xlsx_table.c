// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A table as cells. Figures are numbers; a sum, and a column that the document says is the sum or the
 * difference of two others, are formulas with their results beside them, so that a clerk can follow the money
 * with the cursor. A formula that would not give the cell's own figure is not written: the ledger's figure
 * stands.
 */
#include <string.h>
#include "format.h"
#include "letters.h"
#include "xlsx.h"

#define FORMULA 64
#define FACT_LETTERS 60.0
#define NOTE_LETTERS 90.0
#define ABSENT "–"

/* Where a table is being written. */
struct pen {
	struct xlsx *x;
	struct xlsx_sheet *sheet;
	const struct report_table *table;
	uint64_t drawn; /* bit c: a chart draws column c */
	uint32_t row;
};

void xlsx_note(struct xlsx *x, lxw_error error)
{
	if (error == LXW_NO_ERROR || x->error)
		return;
	x->error = error == LXW_ERROR_MEMORY_MALLOC_FAILED ? -ENOMEM : -EINVAL;
}

void xlsx_text(struct xlsx *x, lxw_worksheet *paper, uint32_t row, size_t column, const char *text,
	       lxw_format *format)
{
	_cleanup_(freep) char *clean = letters_clean(text ? text : "", XLSX_LETTERS);

	if (!clean)
		xlsx_note(x, LXW_ERROR_MEMORY_MALLOC_FAILED);
	else
		xlsx_note(x, worksheet_write_string(paper, row, (lxw_col_t)column, clean, format));
}

void xlsx_line(struct xlsx *x, lxw_worksheet *paper, uint32_t row, const char *text, lxw_format *format,
	       double points)
{
	xlsx_text(x, paper, row, 0, text, format);
	xlsx_note(x, worksheet_set_row(paper, row, points, NULL));
}

void xlsx_text_over(struct xlsx *x, struct xlsx_sheet *sheet, uint32_t row, size_t first, double letters,
		    const char *text, lxw_format *format)
{
	size_t last = xlsx_span(sheet, first, letters);

	/* The text goes in afterwards, by the one way for texts. */
	if (last > first)
		xlsx_note(x, worksheet_merge_range(sheet->paper, row, (lxw_col_t)first, row, (lxw_col_t)last,
						   "", format));
	xlsx_text(x, sheet->paper, row, first, text, format);
	xlsx_note(
	    x, worksheet_set_row(sheet->paper, row, xlsx_height(sheet, first, last, text ? text : ""), NULL));
}

static void put_number(struct pen *pen, size_t column, const struct report_cell *cell, enum report_unit unit,
		       enum xlsx_role role)
{
	struct xlsx *x = pen->x;
	lxw_format *format = x->styles.value[role][unit];

	if (cell->absent && column < 64 && pen->drawn >> column & 1)
		xlsx_note(x, worksheet_write_blank(pen->sheet->paper, pen->row, (lxw_col_t)column, format));
	else if (cell->absent || unit == REPORT_TEXT)
		xlsx_text(x, pen->sheet->paper, pen->row, column, cell->absent ? ABSENT : cell->text, format);
	else
		xlsx_note(x, worksheet_write_number(pen->sheet->paper, pen->row, (lxw_col_t)column,
						    xlsx_number(cell->value, unit), format));
}

static void put_formula(struct pen *pen, size_t column, const char *formula, int64_t value,
			enum xlsx_role role)
{
	enum report_unit unit = pen->table->columns[column].unit;

	xlsx_note(pen->x,
		  worksheet_write_formula_num(pen->sheet->paper, pen->row, (lxw_col_t)column, formula,
					      pen->x->styles.value[role][unit], xlsx_number(value, unit)));
}

static bool can_add(enum report_unit unit)
{
	return unit != REPORT_TEXT && unit != REPORT_DAY && unit != REPORT_MONTH && unit != REPORT_TIME;
}

/* Whether the column's rule gives the cell's value, from two cells that are there, in the same unit. */
static bool rule_holds(const struct report_table *table, const struct report_cell *cells, size_t column)
{
	const struct report_column *columns = table->columns, *this = &columns[column];
	int64_t result;

	if (this->formula == REPORT_GIVEN || this->a >= table->n_columns || this->b >= table->n_columns ||
	    !can_add(this->unit) || columns[this->a].unit != this->unit ||
	    columns[this->b].unit != this->unit)
		return false;
	if (cells[column].absent || cells[this->a].absent || cells[this->b].absent)
		return false;
	if (this->formula == REPORT_SUM_OF)
		return !__builtin_add_overflow(cells[this->a].value, cells[this->b].value, &result) &&
		       result == cells[column].value;
	return !__builtin_sub_overflow(cells[this->a].value, cells[this->b].value, &result) &&
	       result == cells[column].value;
}

static void put_rule(struct pen *pen, size_t column, int64_t value)
{
	const struct report_column *this = &pen->table->columns[column];
	char a[LXW_MAX_CELL_NAME_LENGTH], b[LXW_MAX_CELL_NAME_LENGTH], formula[FORMULA];

	lxw_rowcol_to_cell(a, pen->row, (lxw_col_t)this->a);
	lxw_rowcol_to_cell(b, pen->row, (lxw_col_t)this->b);
	snprintf(formula, sizeof(formula), "=%s%c%s", a, this->formula == REPORT_SUM_OF ? '+' : '-', b);
	put_formula(pen, column, formula, value, XLSX_BODY);
}

/* The height that the row's texts need; 0: one line. */
static double height_of(const struct pen *pen, const struct report_cell *cells)
{
	double height = 0;

	for (size_t c = 0; c < pen->table->n_columns; c++) {
		const char *text = cells[c].absent ? NULL : cells[c].text;

		if (pen->table->columns[c].unit == REPORT_TEXT && text)
			height = MAX(height, xlsx_height(pen->sheet, c, c, text));
	}
	return height > XLSX_LINE ? height : 0;
}

/* The rows of a group fold away; their sum stays. */
static void set_height(const struct pen *pen, double height)
{
	lxw_row_col_options level = {.level = pen->table->group >= 0 ? 1 : 0};

	if (height > 0 || level.level > 0)
		xlsx_note(pen->x,
			  worksheet_set_row_opt(pen->sheet->paper, pen->row,
						height > 0 ? height : LXW_DEF_ROW_HEIGHT, NULL, &level));
}

static void put_row(struct pen *pen, size_t row)
{
	const struct report_table *table = pen->table;
	const struct report_cell *cells = table->cells + row * table->n_columns;

	for (size_t c = 0; c < table->n_columns; c++) {
		if (rule_holds(table, cells, c))
			put_rule(pen, c, cells[c].value);
		else
			put_number(pen, c, &cells[c], table->columns[c].unit, XLSX_BODY);
	}
	set_height(pen, height_of(pen, cells));
}

/* SUBTOTAL(9) adds up as SUM does, and leaves other SUBTOTALs out: so groups and all of them are sums of what
 * is above. */
static void put_sum(struct pen *pen, size_t column, size_t from, size_t until, uint32_t first, uint32_t last)
{
	char range[LXW_MAX_CELL_RANGE_LENGTH], formula[FORMULA];

	lxw_rowcol_to_range(range, first, (lxw_col_t)column, last, (lxw_col_t)column);
	snprintf(formula, sizeof(formula), pen->table->group >= 0 ? "=SUBTOTAL(9,%s)" : "=SUM(%s)", range);
	put_formula(pen, column, formula, report_column_sum(pen->table, column, from, until), XLSX_SUM);
}

/* "Jumlah", or "Jumlah Dinas Sosial". */
static void put_sum_word(struct pen *pen, const struct report_cell *of)
{
	const char *word = pen->x->document->english ? "Total" : "Jumlah";
	char text[FORMAT_TEXT], *both = NULL;

	if (of && asprintf(&both, "%s %s", word,
			   format_cell(of, pen->table->columns[pen->table->group].unit,
				       pen->x->document->english, true, text)) < 0) {
		xlsx_note(pen->x, LXW_ERROR_MEMORY_MALLOC_FAILED);
		return;
	}
	xlsx_line(pen->x, pen->sheet->paper, pen->row, both ? both : word,
		  pen->x->styles.value[XLSX_SUM][REPORT_TEXT],
		  xlsx_height(pen->sheet, 0, 0, both ? both : word));
	free(both);
}

/* Of table rows [from, until), which stand in the sheet's rows first to last. */
static void put_sums(struct pen *pen, size_t from, size_t until, uint32_t first, uint32_t last,
		     const struct report_cell *of)
{
	const struct report_table *table = pen->table;

	put_sum_word(pen, of);
	for (size_t c = 1; c < table->n_columns; c++) {
		if (table->columns[c].total && can_add(table->columns[c].unit))
			put_sum(pen, c, from, until, first, last);
		else
			xlsx_note(pen->x, worksheet_write_blank(pen->sheet->paper, pen->row, (lxw_col_t)c,
								pen->x->styles.value[XLSX_SUM][REPORT_TEXT]));
	}
	pen->row++;
}

static void put_group(struct pen *pen, size_t from, size_t until)
{
	uint32_t first = pen->row;

	for (size_t row = from; row < until; row++, pen->row++)
		put_row(pen, row);
	if (pen->table->total)
		put_sums(pen, from, until, first, pen->row - 1,
			 &pen->table->cells[from * pen->table->n_columns + (size_t)pen->table->group]);
}

static void put_rows(struct pen *pen)
{
	const struct report_table *table = pen->table;
	uint32_t first = pen->row;

	if (table->n_rows == 0) {
		xlsx_text(pen->x, pen->sheet->paper, pen->row++, 0,
			  pen->x->document->english ? "None" : "Tidak ada",
			  pen->x->styles.value[XLSX_BODY][REPORT_TEXT]);
		return;
	}
	for (size_t row = 0, end; row < table->n_rows; row = end) {
		end = row + 1;
		if (table->group < 0) {
			put_row(pen, row);
			pen->row++;
			continue;
		}
		end = report_group_end(table, row);
		put_group(pen, row, end);
	}
	if (table->total)
		put_sums(pen, 0, table->n_rows, first, pen->row - 1, NULL);
}

static void put_headings(struct pen *pen)
{
	const struct report_table *table = pen->table;
	double height = 0;

	for (size_t c = 0; c < table->n_columns; c++) {
		xlsx_text(pen->x, pen->sheet->paper, pen->row, c, table->columns[c].title,
			  table->columns[c].unit == REPORT_TEXT ? pen->x->styles.head_text
								: pen->x->styles.head_number);
		height = MAX(height, xlsx_height(pen->sheet, c, c, table->columns[c].title));
	}
	xlsx_note(pen->x, worksheet_set_row(pen->sheet->paper, pen->row++, height, NULL));
}

static void put_fact(struct pen *pen, size_t row)
{
	const struct report_cell *cells = pen->table->cells + row * pen->table->n_columns;
	enum report_unit unit = pen->table->units[row];

	xlsx_text(pen->x, pen->sheet->paper, pen->row, 0, cells[0].text, pen->x->styles.what);
	if (unit == REPORT_TEXT && !cells[1].absent)
		xlsx_text_over(pen->x, pen->sheet, pen->row, 1, FACT_LETTERS, cells[1].text,
			       pen->x->styles.value[XLSX_FACT][REPORT_TEXT]);
	else
		put_number(pen, 1, &cells[1], unit, XLSX_FACT);
	pen->row++;
}

uint32_t xlsx_table_rows(const struct report_table *table)
{
	size_t rows = table->n_rows ? table->n_rows : 1;

	if (table->group >= 0 && table->total)
		for (size_t row = 0; row < table->n_rows; row = report_group_end(table, row))
			rows++;
	rows += 1 + (table->facts ? 0 : 1) + (table->total && table->n_rows ? 1 : 0) + (table->note ? 1 : 0);
	return (uint32_t)MIN(rows, (size_t)LXW_ROW_MAX);
}

uint32_t xlsx_table_first(const struct report_table *table, uint32_t row)
{
	return row + (table->facts ? 1 : 2);
}

static uint64_t drawn_columns(const struct report_section *section, size_t block)
{
	uint64_t drawn = 0;

	for (size_t i = 0; i < section->n_blocks; i++) {
		const struct report_chart *chart = &section->blocks[i].chart;

		if (section->blocks[i].kind != REPORT_CHART || chart->table != block)
			continue;
		for (size_t s = 0; s < chart->n_series; s++)
			drawn |= chart->series[s] < 64 ? UINT64_C(1) << chart->series[s] : 0;
	}
	return drawn;
}

void xlsx_table(struct xlsx *x, size_t section, size_t block)
{
	const struct report_section *from = &x->document->sections[section];
	const struct report_table *table = &from->blocks[block].table;
	const struct xlsx_place *place = &x->plan->places[section][block];
	struct pen pen = {x, &x->plan->sheets[place->sheet], table, drawn_columns(from, block), place->row};

	xlsx_line(x, pen.sheet->paper, pen.row++, table->title ? table->title : table->key,
		  x->styles.table_title, 20);
	if (!table->facts) {
		put_headings(&pen);
		put_rows(&pen);
	}
	for (size_t i = 0; table->facts && i < table->n_rows; i++)
		put_fact(&pen, i);
	if (table->note)
		xlsx_text_over(x, pen.sheet, pen.row, 0, NOTE_LETTERS, table->note, x->styles.note);
}
