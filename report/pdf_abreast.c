// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Many small tables of few columns, as many beside one another as the page takes: a month of days for each of
 * three hundred offices. Those of a row begin at one height; one that is longer than a page goes on in the
 * next place, under its name.
 */
#include "format.h"
#include "pdf.h"

#define GAP 14.0
#define PAD 0.14 /* close lines: two rows of months of 31 days stand on a page */
#define BELOW 10.0
#define ACROSS_MOST 6
#define NAME_LINES 4

struct card {
	size_t from, until; /* rows */
	bool last;	    /* of its group: its sums follow */
	size_t group;	    /* where that began */
};
struct cards {
	struct pdf *pdf;
	const struct report_table *table;
	struct pdf_columns columns;
	double width, headings, row;
	size_t across;
};

static const double sizes[] = {6.5, 6, 5.5};
static const struct pdf_style name_style = {.size = 7, .bold = true, .lines = NAME_LINES};

/* Three beside one another where figures allow it at a size that can be read, else fewer. */
static void fit(struct cards *cards)
{
	const double width = pdf_width(cards->pdf);
	const size_t most = cards->pdf->across ? 5 : 3;

	for (cards->across = most; cards->across > 1; cards->across--) {
		cards->width = (width - (double)(cards->across - 1) * GAP) / (double)cards->across;
		if (pdf_columns(cards->pdf, cards->table, cards->width, sizes, ELEMENTS(sizes),
				&cards->columns))
			return;
	}
	cards->width = width;
	pdf_columns(cards->pdf, cards->table, width, sizes, ELEMENTS(sizes), &cards->columns);
}

static const char *name_of(const struct cards *cards, const struct card *card, char out[static FORMAT_TEXT])
{
	const struct report_table *table = cards->table;
	const size_t c = (size_t)table->group;

	return format_cell(&table->cells[card->group * table->n_columns + c], table->columns[c].unit,
			   cards->pdf->document->english, true, out);
}

static double name_height(const struct cards *cards, const struct card *card)
{
	char text[FORMAT_TEXT];

	return pdf_text_height(cards->pdf, &name_style, cards->width, name_of(cards, card, text)) + 3;
}

static double rows_height(const struct cards *cards, const struct card *card)
{
	double high = 0;

	for (size_t row = card->from; row < card->until; row++)
		high += pdf_row(cards->pdf, cards->table, &cards->columns, row, 0, 0, false);
	return high;
}

static double sums_height(const struct cards *cards, const struct card *card)
{
	return cards->table->total && card->last ? pdf_sums_height(cards->pdf, &cards->columns) : 0;
}

/* As many rows of the group as a page takes at most. */
static struct card card_at(const struct cards *cards, size_t row, size_t group)
{
	const size_t end = report_group_end(cards->table, group);
	const double room = pdf_depth(cards->pdf) - cards->headings - 8 * NAME_LINES - 40;
	const size_t most = MAX((size_t)(MAX(room, 0) / cards->row), (size_t)1);
	struct card card = {.from = row, .until = MIN(end, row + most), .group = group};

	card.last = card.until == end;
	return card;
}

/* The next ones that stand beside one another; where the following begins. */
static size_t gather(const struct cards *cards, size_t row, size_t *group, struct card *out, size_t *n)
{
	for (*n = 0; *n < cards->across && row < cards->table->n_rows; (*n)++) {
		out[*n] = card_at(cards, row, *group);
		row = out[*n].until;
		if (out[*n].last)
			*group = row;
	}
	return row;
}

static void put_card(struct cards *cards, const struct card *card, double x, double names)
{
	struct pdf *pdf = cards->pdf;
	double y = pdf->y + names;
	char text[FORMAT_TEXT];

	pdf_text(pdf, &name_style, x, y - name_height(cards, card), cards->width, name_of(cards, card, text));
	y += pdf_headings(pdf, cards->table, &cards->columns, x, y, true);
	for (size_t row = card->from; row < card->until; row++)
		y += pdf_row(pdf, cards->table, &cards->columns, row, x, y, true);
	if (sums_height(cards, card) > 0)
		pdf_sums(pdf, cards->table, &cards->columns, card->group, card->until, false, x, y);
}

/* The highest name, and the highest of what is below the headings. */
static void line_heights(const struct cards *cards, const struct card *line, size_t n, double *names,
			 double *below)
{
	*names = *below = 0;
	for (size_t i = 0; i < n; i++) {
		const double name = name_height(cards, &line[i]),
			     rows = rows_height(cards, &line[i]) + sums_height(cards, &line[i]);

		*names = MAX(*names, name);
		*below = MAX(*below, rows);
	}
}

static void put_line(struct cards *cards, const struct card *line, size_t n)
{
	struct pdf *pdf = cards->pdf;
	double names, below;

	line_heights(cards, line, n, &names, &below);
	pdf_room(pdf, names + cards->headings + below);
	for (size_t i = 0; i < n; i++)
		put_card(cards, &line[i], pdf_left() + (double)i * (cards->width + GAP), names);
	pdf->y += names + cards->headings + below + BELOW;
}

/* All groups together. */
static void put_all(struct cards *cards)
{
	struct pdf *pdf = cards->pdf;

	if (!cards->table->total)
		return;
	pdf_room(pdf, cards->headings + pdf_sums_height(pdf, &cards->columns) + 16);
	pdf->y += pdf_text(pdf, &name_style, pdf_left(), pdf->y, cards->width, cards->table->title) + 3;
	pdf->y += pdf_headings(pdf, cards->table, &cards->columns, pdf_left(), pdf->y, true);
	pdf->y +=
	    pdf_sums(pdf, cards->table, &cards->columns, 0, cards->table->n_rows, true, pdf_left(), pdf->y);
}

static void begin(struct cards *cards, struct pdf *pdf, const struct report_table *table)
{
	*cards = (struct cards){.pdf = pdf, .table = table};
	fit(cards);
	cards->columns.pad = PAD * cards->columns.size;
	cards->headings = pdf_headings(pdf, table, &cards->columns, 0, 0, false);
	cards->row = pdf_row(pdf, table, &cards->columns, 0, 0, 0, false);
}

double pdf_abreast_least(struct pdf *pdf, const struct report_table *table)
{
	struct cards cards;
	struct card line[ACROSS_MOST];
	double names, below;
	size_t group = 0, n;

	begin(&cards, pdf, table);
	gather(&cards, 0, &group, line, &n);
	line_heights(&cards, line, n, &names, &below);
	return names + cards.headings + below;
}

void pdf_abreast(struct pdf *pdf, const struct report_table *table)
{
	struct cards cards;
	struct card line[ACROSS_MOST];
	size_t group = 0, n;

	begin(&cards, pdf, table);
	pdf_table_title(pdf, table);
	for (size_t row = 0; row < table->n_rows;) {
		row = gather(&cards, row, &group, line, &n);
		put_line(&cards, line, n);
	}
	put_all(&cards);
}
