// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A chart's marks on paper, with its title above and below it in words what it shows: for who reads a copy
 * that is too pale.
 */
#include <errno.h>
#include <math.h>
#include "pdf.h"

#define UPRIGHT 175.0
#define LYING 15.0 /* a bar that lies */
#define AROUND 40.0

static const struct pdf_style title_style = {.size = 9.5, .bold = true, .lines = 3},
			      words_style = {.size = 8, .rgb = PDF_GREY, .lines = 6, .leading = 1.1};

static double field(const struct report_section *section, const struct report_chart *chart)
{
	size_t rows;

	if (chart->table >= section->n_blocks)
		return AROUND;
	rows = section->blocks[chart->table].table.n_rows;
	if (!chart_is_lying(section, chart))
		return rows ? UPRIGHT : AROUND;
	rows = chart->most ? MIN(rows, chart->most) : MIN(rows, (size_t)40);
	return AROUND + LYING * (double)MAX(rows, (size_t)1);
}

static double text_height(struct pdf *pdf, const struct pdf_style *style, const char *text)
{
	return text && *text ? pdf_text_height(pdf, style, pdf_width(pdf), text) : 0;
}

double pdf_chart_height(struct pdf *pdf, const struct report_section *section,
			const struct report_chart *chart)
{
	return text_height(pdf, &title_style, chart->title) + 4 + field(section, chart) + 3 +
	       text_height(pdf, &words_style, chart->description);
}

static void put_line(struct pdf *pdf, const struct chart_mark *mark, double x, double y)
{
	cairo_set_source_rgb(pdf->cr, (mark->rgb >> 16 & 0xff) / 255.0, (mark->rgb >> 8 & 0xff) / 255.0,
			     (mark->rgb & 0xff) / 255.0);
	cairo_set_line_width(pdf->cr, mark->width);
	cairo_move_to(pdf->cr, x + mark->x, y + mark->y);
	cairo_line_to(pdf->cr, x + mark->x2, y + mark->y2);
	cairo_stroke(pdf->cr);
}

/* How far a text may reach: chart_make() knows about how wide its letters are, not exactly. */
static double room_of(const struct chart *made, const struct chart_mark *mark)
{
	const double right = made->width - mark->x;

	if (mark->turned)
		return made->height;
	switch (mark->align) {
	case CHART_LEFT:
		return right;
	case CHART_RIGHT:
		return mark->x;
	case CHART_CENTRE:
		return 2 * MIN(mark->x, right);
	}
	return 0;
}

static void put_letters(struct pdf *pdf, const struct chart *made, const struct chart_mark *mark, double x,
			double y)
{
	const struct pdf_style style = {
	    .size = mark->width, .align = mark->align, .rgb = mark->rgb, .lines = 1};
	const double room = room_of(made, mark), back = mark->align == CHART_LEFT    ? 0
							: mark->align == CHART_RIGHT ? room
										     : room / 2;
	const double ascent = pdf_font_ascent(pdf_font_get(pdf, mark->width, false));

	cairo_save(pdf->cr);
	cairo_translate(pdf->cr, x + mark->x, y + mark->y);
	if (mark->turned)
		cairo_rotate(pdf->cr, -M_PI / 2);
	pdf_text(pdf, &style, -back, -ascent, room, mark->text ? mark->text : "");
	cairo_restore(pdf->cr);
}

static void put_marks(struct pdf *pdf, const struct chart *made, double x, double y)
{
	for (size_t i = 0; i < made->n; i++) {
		const struct chart_mark *mark = &made->marks[i];

		switch (mark->kind) {
		case CHART_LINE:
			put_line(pdf, mark, x, y);
			break;
		case CHART_BOX:
			pdf_box(pdf, x + mark->x, y + mark->y, mark->x2, mark->y2, mark->rgb);
			break;
		case CHART_TEXT:
			put_letters(pdf, made, mark, x, y);
			break;
		}
	}
}

void pdf_chart(struct pdf *pdf, const struct report_section *section, const struct report_chart *chart)
{
	_cleanup_(chart_freep) struct chart *made = NULL;
	int r;

	pdf_room(pdf, pdf_chart_height(pdf, section, chart));
	if (chart->title)
		pdf->y += pdf_text(pdf, &title_style, pdf_left(), pdf->y, pdf_width(pdf), chart->title) + 4;
	if (pdf->paint) {
		r = chart_make(section, chart, pdf->document->english, pdf_width(pdf), field(section, chart),
			       &made);
		if (r < 0) {
			pdf->error = r;
			return;
		}
		put_marks(pdf, made, pdf_left(), pdf->y);
	}
	pdf->y += field(section, chart) + 3;
	if (chart->description)
		pdf->y += pdf_text(pdf, &words_style, pdf_left(), pdf->y, pdf_width(pdf), chart->description);
	pdf->y += 14;
}
