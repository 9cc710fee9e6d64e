// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The first page as official letters here begin: the arms at the left, whose office it is in the middle, a
 * thick and a thin rule below (kop surat); then the title, and what is where.
 */
#include <stdio.h>
#include "pdf.h"

#define LOGO 58.0 /* high */
#define GAP 10.0

/* The government, the office itself, then where it is. */
static struct pdf_style letterhead_style(size_t line, size_t n)
{
	if (line == 0 && n > 1)
		return (struct pdf_style){.size = 13, .align = CHART_CENTRE, .lines = 2, .leading = 1.1};
	if (line <= 1)
		return (struct pdf_style){
		    .size = 16, .bold = true, .align = CHART_CENTRE, .lines = 3, .leading = 1.1};
	return (struct pdf_style){.size = 9, .align = CHART_CENTRE, .lines = 2, .leading = 1.1};
}

static double letterhead_lines(struct pdf *pdf, double x, double y, double width, bool paint)
{
	const struct report_document *document = pdf->document;
	const double begin = y;

	for (size_t i = 0; i < document->n_letterhead; i++) {
		const struct pdf_style style = letterhead_style(i, document->n_letterhead);
		const char *text = document->letterhead[i];

		y += paint ? pdf_text(pdf, &style, x, y, width, text)
			   : pdf_text_height(pdf, &style, width, text);
	}
	return y - begin;
}

/* Between margins of the same width at both sides, so that the lines stand in the middle of the page. */
static void letterhead(struct pdf *pdf)
{
	const struct report_document *document = pdf->document;
	const double x = pdf_left(), width = pdf_width(pdf), logo = pdf_logo(pdf, x, pdf->y, LOGO);
	const double side = logo > 0 ? logo + GAP : 0, inner = width - 2 * side;
	double lines, high;

	if (document->n_letterhead == 0 && logo <= 0)
		return;
	lines = letterhead_lines(pdf, x + side, pdf->y, inner, false);
	high = MAX(lines, logo > 0 ? LOGO : 0);
	letterhead_lines(pdf, x + side, pdf->y + (high - lines) / 2, inner, true);
	pdf->y += high + 7;
	pdf_rule(pdf, x, pdf->y, width, 2.5, PDF_INK);
	pdf_rule(pdf, x, pdf->y + 3.2, width, 0.7, PDF_INK);
	pdf->y += 24;
}

static void title(struct pdf *pdf)
{
	const struct report_document *document = pdf->document;
	const struct pdf_style big = {.size = 17, .bold = true, .align = CHART_CENTRE, .lines = 3},
			       small = {.size = 12, .align = CHART_CENTRE, .lines = 3};

	if (document->title)
		pdf->y += pdf_text(pdf, &big, pdf_left(), pdf->y, pdf_width(pdf), document->title) + 3;
	if (document->subtitle)
		pdf->y += pdf_text(pdf, &small, pdf_left(), pdf->y, pdf_width(pdf), document->subtitle);
	pdf->y += 16;
}

static void dots(struct pdf *pdf, double from, double until, double y)
{
	static const double gaps[] = {0.7, 3};

	if (!pdf->paint || until <= from)
		return;
	cairo_save(pdf->cr);
	cairo_set_source_rgb(pdf->cr, 0.5, 0.5, 0.5);
	cairo_set_line_width(pdf->cr, 0.7);
	cairo_set_dash(pdf->cr, gaps, ELEMENTS(gaps), 0);
	cairo_move_to(pdf->cr, from, y);
	cairo_line_to(pdf->cr, until, y);
	cairo_stroke(pdf->cr);
	cairo_restore(pdf->cr);
}

static void contents_line(struct pdf *pdf, size_t i, double x, double width)
{
	const struct pdf_style left = {.size = 9, .lines = 1},
			       right = {.size = 9, .lines = 1, .align = CHART_RIGHT};
	const char *text = pdf->document->sections[i].title;
	const double high = pdf_line_height(pdf, &left), used = pdf_text_width(pdf, &left, text);
	char number[32];

	snprintf(number, sizeof(number), "%zu.", i + 1);
	pdf_text(pdf, &left, x, pdf->y, 20, number);
	pdf_text(pdf, &left, x + 20, pdf->y, width - 60, text);
	snprintf(number, sizeof(number), "%u", pdf->section_pages[i]);
	pdf_text(pdf, &right, x + width - 30, pdf->y, 30, number);
	dots(pdf, x + 24 + MIN(used, width - 60), x + width - 24, pdf->y + high * 0.78);
	pdf->y += high + 2;
}

static void contents(struct pdf *pdf)
{
	const struct pdf_style heading = {.size = 9, .bold = true, .lines = 1};
	const double x = pdf_left() + 60, width = pdf_width(pdf) - 120;

	if (pdf->document->n_sections < 2)
		return;
	pdf->y +=
	    pdf_text(pdf, &heading, x, pdf->y, width, pdf->document->english ? "Contents" : "Daftar isi") + 4;
	for (size_t i = 0; i < pdf->document->n_sections; i++) {
		pdf_room(pdf, 14);
		contents_line(pdf, i, x, width);
	}
	pdf->y += 10;
}

void pdf_front(struct pdf *pdf)
{
	letterhead(pdf);
	title(pdf);
	contents(pdf);
}
