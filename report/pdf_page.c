// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The sheet itself: its size, what stands at the head and the foot of each page, and whether something still
 * has room. A month that is not final says so on every page, in words and across it.
 */
#include <stdio.h>
#include "letters.h"
#include "pdf.h"

#define SHORT_SIDE 595.276 /* A4 */
#define LONG_SIDE 841.89
#define SIDE 51.0
#define HEAD 62.0
#define FIRST_HEAD 40.0
#define FOOT 54.0
#define WATERMARK 0xf0f0f0u

static double page_width(const struct pdf *pdf)
{
	return pdf->across ? LONG_SIDE : SHORT_SIDE;
}

static double page_height(const struct pdf *pdf)
{
	return pdf->across ? SHORT_SIDE : LONG_SIDE;
}

double pdf_left(void)
{
	return SIDE;
}

double pdf_width(const struct pdf *pdf)
{
	return page_width(pdf) - 2 * SIDE;
}

double pdf_bottom(const struct pdf *pdf)
{
	return page_height(pdf) - FOOT;
}

static double top(const struct pdf *pdf)
{
	return pdf->page == 1 ? FIRST_HEAD : HEAD;
}

double pdf_depth(const struct pdf *pdf)
{
	return pdf_bottom(pdf) - HEAD;
}

static void colour(struct pdf *pdf, unsigned rgb)
{
	cairo_set_source_rgb(pdf->cr, (rgb >> 16 & 0xff) / 255.0, (rgb >> 8 & 0xff) / 255.0,
			     (rgb & 0xff) / 255.0);
}

void pdf_box(struct pdf *pdf, double x, double y, double width, double height, unsigned rgb)
{
	if (!pdf->paint)
		return;
	colour(pdf, rgb);
	cairo_rectangle(pdf->cr, x, y, width, height);
	cairo_fill(pdf->cr);
}

void pdf_rule(struct pdf *pdf, double x, double y, double width, double thick, unsigned rgb)
{
	pdf_box(pdf, x, y - thick / 2, width, thick, rgb);
}

/* As a shape, so that who copies a table's text does not get it in between. */
static void watermark(struct pdf *pdf)
{
	const double wide = page_width(pdf), high = page_height(pdf);
	_cleanup_(freep) char *mark = letters_clean(pdf->document->mark, 60);
	PangoLayout *layout = pdf_layout_new(pdf, 40, true);
	int width, height;
	double scale;

	pango_layout_set_text(layout, mark ? mark : "", -1);
	pango_layout_get_size(layout, &width, &height);
	scale = wide * 0.85 * PANGO_SCALE / MAX(width, 1);
	cairo_save(pdf->cr);
	cairo_translate(pdf->cr, wide / 2, high / 2);
	cairo_rotate(pdf->cr, pdf->across ? -0.45 : -0.85);
	cairo_scale(pdf->cr, scale, scale);
	cairo_move_to(pdf->cr, -(double)width / PANGO_SCALE / 2, -(double)height / PANGO_SCALE / 2);
	colour(pdf, WATERMARK);
	pango_cairo_layout_path(pdf->cr, layout);
	cairo_fill(pdf->cr);
	cairo_restore(pdf->cr);
	g_object_unref(layout);
}

static void mark(struct pdf *pdf)
{
	const struct pdf_style style = {.size = 8.5, .bold = true, .align = CHART_CENTRE, .lines = 1};
	const char *words = pdf->document->mark;
	const double width = pdf_text_width(pdf, &style, words) + 16,
		     x = SIDE + pdf_width(pdf) - MIN(width, pdf_width(pdf));

	cairo_set_line_width(pdf->cr, 1);
	colour(pdf, PDF_INK);
	cairo_rectangle(pdf->cr, x, 20, MIN(width, pdf_width(pdf)), 16);
	cairo_stroke(pdf->cr);
	pdf_text(pdf, &style, x, 23, MIN(width, pdf_width(pdf)), words);
}

static void head(struct pdf *pdf)
{
	const struct report_document *document = pdf->document;
	const struct pdf_style style = {.size = 8, .rgb = PDF_GREY, .lines = 1};
	const double half = pdf_width(pdf) * 0.6;

	if (document->mark) {
		watermark(pdf);
		mark(pdf);
	}
	if (pdf->page == 1)
		return;
	pdf_text(pdf, &style, SIDE, 27, half, document->title);
	pdf_rule(pdf, SIDE, 42, pdf_width(pdf), 0.5, PDF_RULE);
}

static void foot(struct pdf *pdf)
{
	const struct pdf_style left = {.size = 8, .rgb = PDF_GREY, .lines = 1},
			       right = {.size = 8, .rgb = PDF_GREY, .lines = 1, .align = CHART_RIGHT};
	const double y = page_height(pdf) - FOOT + 18, width = pdf_width(pdf);
	char number[64];

	snprintf(number, sizeof(number), "%u / %u", pdf->page, pdf->pages);
	pdf_rule(pdf, SIDE, y - 5, width, 0.5, PDF_RULE);
	if (pdf->document->footer)
		pdf_text(pdf, &left, SIDE, y, width - 80, pdf->document->footer);
	pdf_text(pdf, &right, SIDE + width - 70, y, 70, number);
}

void pdf_page_begin(struct pdf *pdf, bool across)
{
	pdf->page++;
	pdf->across = across;
	pdf->y = top(pdf);
	if (!pdf->paint)
		return;
	cairo_pdf_surface_set_size(pdf->surface, page_width(pdf), page_height(pdf));
	head(pdf);
	foot(pdf);
}

void pdf_page_end(struct pdf *pdf)
{
	if (pdf->paint)
		cairo_show_page(pdf->cr);
}

bool pdf_room(struct pdf *pdf, double height)
{
	/* What is taller than a page begins where it is, and has to break itself. */
	if (pdf->y + height <= pdf_bottom(pdf) || pdf->y <= top(pdf))
		return false;
	pdf_page_end(pdf);
	pdf_page_begin(pdf, pdf->across);
	return true;
}
