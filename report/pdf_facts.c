// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is said once: a line each, the question at the left, the answer behind it in ink that is seen first.
 */
#include "format.h"
#include "pdf.h"

#define PAD 2.6
#define GAP 12.0

static const struct pdf_style title_style = {.size = 9.5, .bold = true, .lines = 4},
			      what_style = {.size = 9, .rgb = PDF_GREY, .lines = 6},
			      value_style = {.size = 9, .lines = 12};

static const char *value_text(const struct pdf *pdf, const struct report_table *table, size_t row,
			      char out[static FORMAT_TEXT])
{
	return format_cell(&table->cells[row * table->n_columns + 1], table->units[row],
			   pdf->document->english, false, out);
}

static const char *what_text(const struct report_table *table, size_t row)
{
	const char *text = table->cells[row * table->n_columns].text;

	return text ? text : "";
}

static double what_width(struct pdf *pdf, const struct report_table *table)
{
	double most = 0;

	for (size_t row = 0; row < table->n_rows; row++) {
		const double wide = pdf_text_width(pdf, &what_style, what_text(table, row));

		most = MAX(most, wide);
	}
	return MIN(most + 1, pdf_width(pdf) * 0.5);
}

static double put_row(struct pdf *pdf, const struct report_table *table, size_t row, double what, bool draw)
{
	const double x = pdf_left() + 4, width = pdf_width(pdf) - what - GAP - 8;
	const char *label = what_text(table, row);
	char text[FORMAT_TEXT];
	const char *value = value_text(pdf, table, row, text);
	double left, right;

	if (!draw) {
		left = pdf_text_height(pdf, &what_style, what, label);
		right = pdf_text_height(pdf, &value_style, width, value);
	} else {
		left = pdf_text(pdf, &what_style, x, pdf->y + PAD, what, label);
		right = pdf_text(pdf, &value_style, x + what + GAP, pdf->y + PAD, width, value);
	}
	return MAX(left, right) + 2 * PAD;
}

double pdf_facts_height(struct pdf *pdf, const struct report_table *table)
{
	const double what = what_width(pdf, table);
	double high = table->title ? pdf_text_height(pdf, &title_style, pdf_width(pdf), table->title) + 6 : 0;

	for (size_t row = 0; row < table->n_rows; row++)
		high += put_row(pdf, table, row, what, false);
	return high;
}

void pdf_facts(struct pdf *pdf, const struct report_table *table)
{
	const double what = what_width(pdf, table);

	pdf_table_title(pdf, table);
	pdf_rule(pdf, pdf_left(), pdf->y, pdf_width(pdf), 0.8, PDF_INK);
	for (size_t row = 0; row < table->n_rows; row++) {
		pdf_room(pdf, put_row(pdf, table, row, what, false));
		pdf->y += put_row(pdf, table, row, what, true);
		pdf_rule(pdf, pdf_left(), pdf->y, pdf_width(pdf), 0.35, PDF_RULE);
	}
}
