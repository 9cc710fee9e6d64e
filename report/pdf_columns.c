// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How wide each column of a table is. A figure is never broken and never cut: its column is as wide as the
 * widest of it, sums included, and the words of its heading. Names take what is left, and wrap. What does not
 * fit upright becomes a little smaller, then lies.
 */
#include "format.h"
#include "pdf.h"

#define PAD 0.55   /* of the letters' size, at both sides */
#define PAD_Y 0.22 /* above and below */
/* a column of words is no narrower where it can be helped: times the letters' size */
#define TEXT_LEAST 11.0
#define TEXT_MOST 36.0
#define SQUEEZED 3.0

static const double upright_sizes[] = {8.5, 8, 7.5, 7}, lying_sizes[] = {8.5, 8, 7.5, 7, 6.5, 6};

struct measure {
	double least, natural;
};

bool pdf_column_is_text(const struct report_column *column)
{
	return column->unit == REPORT_TEXT;
}

static double value_width(struct pdf *pdf, const struct pdf_style *style, const struct report_cell *cell,
			  enum report_unit unit)
{
	char text[FORMAT_TEXT];

	return pdf_text_width(pdf, style, format_cell(cell, unit, pdf->document->english, true, text));
}

static double sums_width(struct pdf *pdf, const struct pdf_style *style, const struct report_table *table,
			 size_t column)
{
	const struct report_cell sum = cell(report_column_sum(table, column, 0, table->n_rows));

	return table->columns[column].total ? value_width(pdf, style, &sum, table->columns[column].unit) : 0;
}

/* At a size of 10, from which all sizes follow: letters grow alike. */
static struct measure column_measure(struct pdf *pdf, const struct report_table *table, size_t column)
{
	const struct pdf_style plain = {.size = 10}, bold = {.size = 10, .bold = true};
	const struct report_column *of = &table->columns[column];
	struct measure all = {.least = pdf_word_width(pdf, &bold, of->title)};
	double widest = 0;

	for (size_t row = 0; row < table->n_rows; row++) {
		const struct report_cell *at = &table->cells[row * table->n_columns + column];
		const double wide = value_width(pdf, &plain, at, of->unit);

		widest = MAX(widest, wide);
	}
	if (pdf_column_is_text(of)) {
		all.least = MAX(MIN(widest, TEXT_LEAST * 10), MIN(all.least, TEXT_MOST * 10));
		all.natural = MAX(all.least, MIN(widest, TEXT_MOST * 10));
	} else {
		all.least = MAX(MAX(all.least, widest), sums_width(pdf, &bold, table, column));
		all.natural = all.least;
	}
	return all;
}

/* Below the first one stands what the last line is. */
static void make_room_for_sum_word(struct pdf *pdf, const struct report_table *table, struct measure *first)
{
	const struct pdf_style bold = {.size = 10, .bold = true};

	if (!table->total)
		return;
	first->least = MAX(first->least, pdf_text_width(pdf, &bold, pdf_sum_word(pdf, table->group >= 0)));
	first->natural = MAX(first->natural, first->least);
}

static double sum_of(const struct measure *all, size_t n, double size, bool natural)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (natural ? all[i].natural : all[i].least) * size / 10 + 2 * PAD * size;
	return sum;
}

/* Names first get what they need; what is still left goes to all, by the weights that the table has. */
static void share_out(const struct report_table *table, const struct measure *all, double width,
		      struct pdf_columns *out)
{
	const double left = width - sum_of(all, out->n, out->size, false),
		     wanted = sum_of(all, out->n, out->size, true) - (width - left),
		     given = wanted > 0 ? MIN(1, left / wanted) : 0;
	double weights = 0, rest = left - given * wanted, x = 0;

	for (size_t i = 0; i < out->n; i++)
		weights += MAX(table->columns[out->column[i]].weight, 1U);
	for (size_t i = 0; i < out->n; i++) {
		const double least = all[i].least * out->size / 10 + 2 * PAD * out->size,
			     more = (all[i].natural - all[i].least) * out->size / 10;

		out->x[i] = x;
		out->width[i] = least + more * given +
				MAX(rest, 0) * MAX(table->columns[out->column[i]].weight, 1U) / weights;
		x += out->width[i];
	}
	out->total = x;
}

/* A table that fits nowhere: names give way to a few letters a line, and then all become smaller together. */
static void squeeze(const struct report_table *table, struct measure *all, double width,
		    struct pdf_columns *out)
{
	for (size_t i = 0; i < out->n; i++)
		if (pdf_column_is_text(&table->columns[out->column[i]]))
			all[i].least = MIN(all[i].least, SQUEEZED * 10);
	if (sum_of(all, out->n, out->size, false) > width)
		out->size *= width / sum_of(all, out->n, out->size, false);
}

/* The largest at which names get at least half of what they want; else the smallest. False: not even that. */
static bool choose_size(const struct measure *all, double width, const double *sizes, size_t n_sizes,
			struct pdf_columns *out)
{
	for (size_t i = 0; i < n_sizes; i++) {
		const double least = sum_of(all, out->n, sizes[i], false),
			     natural = sum_of(all, out->n, sizes[i], true);

		out->size = sizes[i];
		if ((least + natural) / 2 <= width)
			return true;
	}
	return sum_of(all, out->n, out->size, false) <= width;
}

bool pdf_columns(struct pdf *pdf, const struct report_table *table, double width, const double *sizes,
		 size_t n_sizes, struct pdf_columns *out)
{
	struct measure all[ELEMENTS(out->x)];
	bool fits;

	out->n = 0;
	for (size_t i = 0; i < table->n_columns && out->n < ELEMENTS(out->x); i++)
		if (table->group < 0 || i != (size_t)table->group) {
			all[out->n] = column_measure(pdf, table, i);
			out->column[out->n++] = i;
		}
	if (out->n > 0)
		make_room_for_sum_word(pdf, table, &all[0]);
	fits = choose_size(all, width, sizes, n_sizes, out);
	if (!fits)
		squeeze(table, all, width, out);
	else if (table->narrow)
		width = MIN(width, sum_of(all, out->n, out->size, true) + (double)out->n * 18);
	out->pad = PAD_Y * out->size;
	share_out(table, all, width, out);
	return fits;
}

bool pdf_table_is_wide(struct pdf *pdf, const struct report_table *table)
{
	struct pdf_columns columns;

	return !table->facts && !(table->narrow && table->group >= 0) &&
	       !pdf_columns(pdf, table, 595.276 - 2 * pdf_left(), upright_sizes, ELEMENTS(upright_sizes),
			    &columns);
}

void pdf_columns_of_page(struct pdf *pdf, const struct report_table *table, struct pdf_columns *out)
{
	if (pdf->across)
		pdf_columns(pdf, table, pdf_width(pdf), lying_sizes, ELEMENTS(lying_sizes), out);
	else
		pdf_columns(pdf, table, pdf_width(pdf), upright_sizes, ELEMENTS(upright_sizes), out);
}
