// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A line of a table: headings, values, sums. Words stand at the left and wrap, figures at the right and do
 * not. Each says how high it is before it is drawn, so that who breaks pages need not know why.
 */
#include "format.h"
#include "pdf.h"

#define PAD_X 0.55 /* of the letters' size */
#define CELL_LINES 10
#define HEADING_LINES 8

/* Words and dates are read from the left, figures from their last digit. */
static bool is_read(const struct report_column *column)
{
	return pdf_column_is_text(column) || column->unit == REPORT_DAY || column->unit == REPORT_MONTH ||
	       column->unit == REPORT_TIME;
}

static struct pdf_style style_of(const struct report_column *column, double size, bool bold, unsigned lines)
{
	return (struct pdf_style){
	    .size = size, .bold = bold, .lines = lines, .align = is_read(column) ? CHART_LEFT : CHART_RIGHT};
}

/* Returns the height that it takes in its column. */
static double put(struct pdf *pdf, const struct pdf_columns *columns, size_t i, const struct pdf_style *style,
		  const char *text, double x, double y, bool paint)
{
	const double pad = PAD_X * columns->size, width = columns->width[i] - 2 * pad;

	return paint ? pdf_text(pdf, style, x + columns->x[i] + pad, y, width, text)
		     : pdf_text_height(pdf, style, width, text);
}

double pdf_headings(struct pdf *pdf, const struct report_table *table, const struct pdf_columns *columns,
		    double x, double y, bool paint)
{
	const double pad = columns->pad + 1;
	double high = 0;

	for (size_t i = 0; i < columns->n; i++) {
		const struct report_column *column = &table->columns[columns->column[i]];
		const struct pdf_style style = style_of(column, columns->size, true, HEADING_LINES);
		const double taken = put(pdf, columns, i, &style, column->title, x, y, false);

		high = MAX(high, taken);
	}
	if (paint) {
		pdf_box(pdf, x, y, columns->total, high + 2 * pad, PDF_BAND);
		pdf_rule(pdf, x, y + high + 2 * pad, columns->total, 0.8, PDF_INK);
	}
	for (size_t i = 0; i < columns->n && paint; i++) {
		const struct report_column *column = &table->columns[columns->column[i]];
		const struct pdf_style style = style_of(column, columns->size, true, HEADING_LINES);
		const double taken = put(pdf, columns, i, &style, column->title, x, y, false);

		put(pdf, columns, i, &style, column->title, x, y + pad + high - taken,
		    true); /* at the foot */
	}
	return high + 2 * pad;
}

double pdf_row(struct pdf *pdf, const struct report_table *table, const struct pdf_columns *columns,
	       size_t row, double x, double y, bool paint)
{
	const double pad = columns->pad;
	double high = 0;

	for (size_t i = 0; i < columns->n; i++) {
		const size_t c = columns->column[i];
		const struct report_column *column = &table->columns[c];
		const struct pdf_style style =
		    style_of(column, columns->size, false, pdf_column_is_text(column) ? CELL_LINES : 1);
		char text[FORMAT_TEXT];
		double taken;

		taken = put(pdf, columns, i, &style,
			    format_cell(&table->cells[row * table->n_columns + c], column->unit,
					pdf->document->english, true, text),
			    x, y + pad, paint);
		high = MAX(high, taken);
	}
	if (paint)
		pdf_rule(pdf, x, y + high + 2 * pad, columns->total, 0.35, PDF_RULE);
	return high + 2 * pad;
}

static struct pdf_style sums_style(const struct pdf_columns *columns)
{
	return (struct pdf_style){.size = columns->size, .bold = true, .lines = 1, .align = CHART_RIGHT};
}

double pdf_sums_height(struct pdf *pdf, const struct pdf_columns *columns)
{
	const struct pdf_style style = sums_style(columns);

	return pdf_line_height(pdf, &style) + 2 * columns->pad + 1;
}

const char *pdf_sum_word(const struct pdf *pdf, bool all)
{
	static const char *const words[2][2] = {{"Jumlah", "Total"}, {"Jumlah semua", "All together"}};

	return words[all][pdf->document->english];
}

static void put_sum_word(struct pdf *pdf, const struct pdf_columns *columns, bool all, double x, double y)
{
	struct pdf_style style = sums_style(columns);

	style.align = CHART_LEFT;
	put(pdf, columns, 0, &style, pdf_sum_word(pdf, all), x, y, true);
}

double pdf_sums(struct pdf *pdf, const struct report_table *table, const struct pdf_columns *columns,
		size_t from, size_t until, bool all, double x, double y)
{
	const struct pdf_style style = sums_style(columns);
	const double pad = columns->pad + 0.5, high = pdf_sums_height(pdf, columns);
	char text[FORMAT_TEXT];

	pdf_rule(pdf, x, y, columns->total, 0.8, PDF_INK);
	for (size_t i = 0; i < columns->n; i++) {
		const size_t c = columns->column[i];

		if (i > 0 && table->columns[c].total)
			put(pdf, columns, i, &style,
			    format_value(report_column_sum(table, c, from, until), table->columns[c].unit,
					 pdf->document->english, true, text),
			    x, y + pad, true);
	}
	put_sum_word(pdf, columns, all, x, y + pad);
	pdf_rule(pdf, x, y + high, columns->total, 0.8, PDF_INK);
	return high;
}
