// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A table over as many pages as it takes. Its headings are on each; the first two lines stay with the
 * headings and the last with the sums, so that no page begins with a sum of nothing.
 */
#include "format.h"
#include "pdf.h"

static const struct pdf_style title_style = {.size = 9.5, .bold = true, .lines = 4},
			      note_style = {.size = 8, .rgb = PDF_GREY, .leading = 1.1, .lines = 12},
			      none_style = {.size = 8.5, .rgb = PDF_GREY, .lines = 1};

#define KEPT_ROWS 12
#define KEPT 200.0     /* points that are moved to the next page rather than broken */
#define NOTE_KEPT 60.0 /* a note longer than this may stand on the next page */

struct flow { /* a table as it goes down the pages */
	struct pdf *pdf;
	const struct report_table *table;
	struct pdf_columns columns;
	double x;
	double headings, sums; /* heights */
	size_t group;	       /* row at which the current one began */
};

/* ---- around it ---- */

static double title_height(struct pdf *pdf, const struct report_table *table)
{
	return table->title ? pdf_text_height(pdf, &title_style, pdf_width(pdf), table->title) + 4 : 0;
}

void pdf_table_title(struct pdf *pdf, const struct report_table *table)
{
	if (table->title)
		pdf->y += pdf_text(pdf, &title_style, pdf_left(), pdf->y, pdf_width(pdf), table->title) + 4;
}

static double note_height(struct pdf *pdf, const struct report_table *table)
{
	return table->note ? pdf_text_height(pdf, &note_style, pdf_width(pdf), table->note) + 4 : 0;
}

void pdf_table_note(struct pdf *pdf, const struct report_table *table)
{
	if (table->note) {
		pdf_room(pdf, note_height(pdf, table));
		pdf->y += 4;
		pdf->y += pdf_text(pdf, &note_style, pdf_left(), pdf->y, pdf_width(pdf), table->note);
	}
	pdf->y += 16;
}

static void put_none(struct pdf *pdf)
{
	pdf->y += pdf_text(pdf, &none_style, pdf_left(), pdf->y + 2, pdf_width(pdf),
			   pdf->document->english ? "None" : "Tidak ada") +
		  4;
	pdf_rule(pdf, pdf_left(), pdf->y, pdf_width(pdf), 0.35, PDF_RULE);
}

/* ---- its lines ---- */

static void flow_begin(struct flow *flow, struct pdf *pdf, const struct report_table *table)
{
	*flow = (struct flow){.pdf = pdf, .table = table, .x = pdf_left()};
	pdf_columns_of_page(pdf, table, &flow->columns);
	flow->headings = pdf_headings(pdf, table, &flow->columns, 0, 0, false);
	flow->sums = table->total ? pdf_sums_height(pdf, &flow->columns) : 0;
}

static void put_headings(struct flow *flow)
{
	struct pdf *pdf = flow->pdf;

	pdf->y += pdf_headings(pdf, flow->table, &flow->columns, flow->x, pdf->y, true);
}

static double row_height(const struct flow *flow, size_t row)
{
	return row < flow->table->n_rows ? pdf_row(flow->pdf, flow->table, &flow->columns, row, 0, 0, false)
					 : 0;
}

static const char *group_text(const struct flow *flow, char out[static FORMAT_TEXT])
{
	const struct report_table *table = flow->table;
	const size_t c = (size_t)table->group;

	return format_cell(&table->cells[flow->group * table->n_columns + c], table->columns[c].unit,
			   flow->pdf->document->english, true, out);
}

static struct pdf_style group_style(const struct flow *flow)
{
	return (struct pdf_style){.size = flow->columns.size, .bold = true, .lines = 3};
}

static double group_height(const struct flow *flow)
{
	const struct pdf_style style = group_style(flow);
	char text[FORMAT_TEXT];

	if (flow->table->group < 0)
		return 0;
	return pdf_text_height(flow->pdf, &style, flow->columns.total - 8, group_text(flow, text)) + 8;
}

static void put_group(struct flow *flow)
{
	const struct pdf_style style = group_style(flow);
	struct pdf *pdf = flow->pdf;
	char text[FORMAT_TEXT];

	pdf_text(pdf, &style, flow->x + 4, pdf->y + 5, flow->columns.total - 8, group_text(flow, text));
	pdf->y += group_height(flow);
	pdf_rule(pdf, flow->x, pdf->y, flow->columns.total, 0.35, PDF_INK);
}

/* What has to stand below this line on the same page. */
static double company(const struct flow *flow, size_t row, size_t end)
{
	const bool all = end == flow->table->n_rows, groups = flow->table->group >= 0;
	const double note = all ? note_height(flow->pdf, flow->table) : 0,
		     last = flow->sums * (all && groups ? 2 : 1) + (note < NOTE_KEPT ? note : 0);

	return row + 1 == end ? last : row + 2 == end ? row_height(flow, row + 1) + last : 0;
}

static void put_rows(struct flow *flow, size_t from, size_t end)
{
	struct pdf *pdf = flow->pdf;

	for (size_t row = from; row < end; row++) {
		const double high = row_height(flow, row);

		if (pdf_room(pdf, high + company(flow, row, end))) {
			put_headings(flow);
			if (flow->table->group >= 0)
				put_group(flow);
		}
		pdf->y += pdf_row(pdf, flow->table, &flow->columns, row, flow->x, pdf->y, true);
	}
}

static void put_sums(struct flow *flow, size_t from, size_t end, bool all)
{
	struct pdf *pdf = flow->pdf;

	if (flow->table->total)
		pdf->y += pdf_sums(pdf, flow->table, &flow->columns, from, end, all, flow->x, pdf->y);
}

static void put_groups(struct flow *flow)
{
	const struct report_table *table = flow->table;
	struct pdf *pdf = flow->pdf;

	for (size_t row = 0, end; row < table->n_rows; row = end) {
		end = report_group_end(table, row);
		flow->group = row;
		if (pdf_room(pdf, group_height(flow) + row_height(flow, row) + row_height(flow, row + 1)))
			put_headings(flow);
		put_group(flow);
		put_rows(flow, row, end);
		put_sums(flow, row, end, false);
		pdf->y += 3;
	}
}

static bool is_empty(const struct report_table *table)
{
	return table->n_rows == 0 || table->n_columns <= (table->group >= 0 ? 1U : 0U);
}

/* A small table is not broken; of a longer one the first two lines stay with its headings. */
static double flow_least(struct flow *flow)
{
	const struct report_table *table = flow->table;
	const size_t rows = table->group < 0 && table->n_rows <= KEPT_ROWS ? table->n_rows : 2;
	double high = flow->headings + group_height(flow);

	for (size_t row = 0; row < rows && high < KEPT; row++)
		high += row_height(flow, row);
	return rows == table->n_rows ? high + company(flow, rows - 1, rows) : high;
}

double pdf_table_least(struct pdf *pdf, const struct report_table *table)
{
	struct flow flow;

	if (table->facts)
		return MIN(pdf_facts_height(pdf, table), KEPT);
	if (is_empty(table))
		return title_height(pdf, table) + 20;
	if (table->group >= 0 && table->narrow)
		return title_height(pdf, table) + pdf_abreast_least(pdf, table);
	flow_begin(&flow, pdf, table);
	return title_height(pdf, table) + flow_least(&flow);
}

static void put_whole(struct pdf *pdf, const struct report_table *table)
{
	struct flow flow;

	pdf_table_title(pdf, table);
	flow_begin(&flow, pdf, table);
	put_headings(&flow);
	if (table->group >= 0)
		put_groups(&flow);
	else
		put_rows(&flow, 0, table->n_rows);
	put_sums(&flow, 0, table->n_rows, table->group >= 0);
}

void pdf_table(struct pdf *pdf, const struct report_table *table)
{
	pdf_room(pdf, pdf_table_least(pdf, table));
	if (table->facts) {
		pdf_facts(pdf, table);
	} else if (is_empty(table)) {
		pdf_table_title(pdf, table);
		put_none(pdf);
	} else if (table->group >= 0 && table->narrow) {
		pdf_abreast(pdf, table);
	} else {
		put_whole(pdf, table);
	}
	pdf_table_note(pdf, table);
}
