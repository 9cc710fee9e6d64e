// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How wide a column has to be so that nothing in it reads ####, and how high a row so that a sentence in it
 * is whole. In letters of the workbook's font: nothing here knows fonts, so it errs towards the wider.
 */
#include "format.h"
#include "letters.h"
#include "xlsx.h"

#define TEXT_WIDTH_MIN 8
#define TEXT_WIDTH_MANY 24.0 /* of a further column of texts, in a table of many */
#define TEXT_WIDTH_MAX 36.0
#define TEXT_WIDTH_FEW 56.0 /* in a table of few columns */
#define FEW_COLUMNS 6
#define AIR 2.5
#define DEFAULT_WIDTH 8.43

static double longest_word(const char *text)
{
	size_t length = 0, longest = 0;
	uint32_t letter;

	for (text = letters_next(text, &letter); letter; text = letters_next(text, &letter)) {
		length = letter == ' ' || letter == '\n' ? 0 : length + 1;
		longest = MAX(longest, length);
	}
	return (double)longest;
}

static double width_of(int64_t value, enum report_unit unit, bool english)
{
	char text[FORMAT_TEXT];

	return (double)letters_count(format_value(value, unit, english, unit != REPORT_MONTH, text));
}

/* The least and the most of a column are its widest figures, and its sum. */
static double numbers_width(const struct report_table *table, size_t column, bool english)
{
	enum report_unit unit = table->columns[column].unit;
	int64_t least = 0, most = 0;
	double width = 0;

	for (size_t row = 0; row < table->n_rows; row++) {
		const struct report_cell *cell = &table->cells[row * table->n_columns + column];

		if (cell->absent)
			continue;
		least = MIN(least, cell->value);
		most = MAX(most, cell->value);
	}
	width = MAX(width_of(least, unit, english), width_of(most, unit, english));
	if (table->total && table->columns[column].total)
		width =
		    MAX(width, width_of(report_column_sum(table, column, 0, table->n_rows), unit, english));
	return width;
}

static double most_width(const struct report_table *table, size_t column)
{
	if (column > 0)
		return table->n_columns > FEW_COLUMNS ? TEXT_WIDTH_MANY : TEXT_WIDTH_MAX;
	return table->n_columns > FEW_COLUMNS ? TEXT_WIDTH_MAX : TEXT_WIDTH_FEW;
}

static double texts_width(const struct report_table *table, size_t column)
{
	double width = TEXT_WIDTH_MIN;

	for (size_t row = 0; row < table->n_rows && width < TEXT_WIDTH_FEW; row++) {
		const struct report_cell *cell = &table->cells[row * table->n_columns + column];

		if (!cell->absent && cell->text)
			width = MAX(width, (double)letters_count(cell->text));
	}
	return width;
}

/* Figures of facts have to fit; their texts go on over the columns beside. */
static double facts_width(const struct report_table *table, bool english)
{
	double width = 0;

	for (size_t row = 0; row < table->n_rows; row++) {
		const struct report_cell *cell = &table->cells[row * table->n_columns + 1];

		if (table->units[row] != REPORT_TEXT && !cell->absent)
			width = MAX(width, width_of(cell->value, table->units[row], english));
	}
	return width;
}

static double wanted(const struct report_table *table, size_t column, bool english)
{
	double width;

	if (table->facts)
		return column == 0 ? MIN(texts_width(table, 0), TEXT_WIDTH_MAX) : facts_width(table, english);
	if (table->columns[column].unit == REPORT_TEXT)
		width = MIN(texts_width(table, column), most_width(table, column));
	else
		width = numbers_width(table, column, english);
	/* An arrow of the filter stands in the heading's corner. */
	return MAX(width, MIN(longest_word(table->columns[column].title), TEXT_WIDTH_MAX) + 1);
}

void xlsx_widen(struct xlsx_sheet *sheet, const struct report_table *table, bool english)
{
	size_t columns = MIN(table->n_columns, (size_t)XLSX_COLUMNS);

	for (size_t c = 0; c < columns; c++) {
		double width = wanted(table, c, english) + AIR;

		sheet->widths[c] = MAX(sheet->widths[c], width);
	}
	sheet->n_columns = MAX(sheet->n_columns, columns);
}

double xlsx_width(const struct xlsx_sheet *sheet, size_t column)
{
	double width = column < XLSX_COLUMNS ? sheet->widths[column] : 0;

	return width > 0 ? width : DEFAULT_WIDTH;
}

size_t xlsx_span(const struct xlsx_sheet *sheet, size_t first, double letters)
{
	size_t last = first;
	double width = xlsx_width(sheet, first);

	while (width < letters && last + 1 < XLSX_COLUMNS)
		width += xlsx_width(sheet, ++last);
	return last;
}

double xlsx_height(const struct xlsx_sheet *sheet, size_t first, size_t last, const char *text)
{
	double width = 0, lines = 0, length = 0;
	uint32_t letter;

	for (size_t c = first; c <= last; c++)
		width += xlsx_width(sheet, c);
	width = MAX(width - 1, 4.0);
	do {
		text = letters_next(text, &letter);
		if (letter && letter != '\n') {
			length++;
			continue;
		}
		lines += length > width ? (double)(size_t)(length / width) + 1 : 1;
		length = 0;
	} while (letter);
	/* The format ends at 409 points. */
	return MIN(lines * 15 + XLSX_LINE - 15, 405);
}
