// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who answers for it: place and date, the office held, room for a hand and a stamp, the name and its number,
 * in one piece; beside it the code that leads to the proof, with the same in words, since a code alone tells
 * a reader nothing.
 */
#include <qrencode.h>
#include "pdf.h"

#define ROOM 58.0 /* for the hand and the stamp */
#define QR 76.0
#define QUIET 4 /* modules of white around it, ISO/IEC 18004 */
#define GAP 12.0
#define ABOVE 22.0

DEFINE_CLEANUP(QRcode *, QRcode_free)

static const struct pdf_style line_style = {.size = 10, .align = CHART_CENTRE, .lines = 4, .leading = 1.15},
			      name_style = {.size = 10, .bold = true, .align = CHART_CENTRE, .lines = 3},
			      words_style = {.size = 8, .lines = 14, .leading = 1.15};

static bool is_signed(const struct report_document *document)
{
	return document->sign_name || document->sign_office;
}

static double sign_width(const struct pdf *pdf)
{
	return pdf_width(pdf) * 0.44;
}

static double line(struct pdf *pdf, const struct pdf_style *style, double x, double y, const char *text,
		   bool draw)
{
	if (!text)
		return 0;
	return draw ? pdf_text(pdf, style, x, y, sign_width(pdf), text)
		    : pdf_text_height(pdf, style, sign_width(pdf), text);
}

/* The name is underlined, as letters here do it. */
static double name(struct pdf *pdf, double x, double y, bool draw)
{
	const char *text = pdf->document->sign_name;
	const double high = line(pdf, &name_style, x, y, text, draw),
		     used = text ? MIN(pdf_text_width(pdf, &name_style, text), sign_width(pdf)) : 0;

	if (draw && text)
		pdf_rule(pdf, x + (sign_width(pdf) - used) / 2, y + high, used, 0.7, PDF_INK);
	return high;
}

static double sign(struct pdf *pdf, double x, double y, bool draw)
{
	const struct report_document *document = pdf->document;
	const double begin = y;

	if (!is_signed(document))
		return 0;
	y += line(pdf, &line_style, x, y, document->sign_place_date, draw);
	y += line(pdf, &line_style, x, y, document->sign_office, draw);
	y += ROOM;
	y += name(pdf, x, y, draw) + 3;
	y += line(pdf, &line_style, x, y, document->sign_nip, draw);
	return y - begin;
}

/* All modules at once: no seams between rows. */
static void modules(struct pdf *pdf, const QRcode *code, double x, double y)
{
	const double module = QR / (code->width + 2 * QUIET);

	pdf_box(pdf, x, y, QR, QR, 0xffffff);
	for (int row = 0; row < code->width; row++) {
		const unsigned char *bits = code->data + (ptrdiff_t)row * code->width;

		for (int from = 0, to; from < code->width; from = to + 1) {
			for (to = from; to < code->width && bits[to] & 1; to++)
				;
			if (to > from)
				cairo_rectangle(pdf->cr, x + (QUIET + from) * module,
						y + (QUIET + row) * module, (to - from) * module, module);
		}
	}
	cairo_set_source_rgb(pdf->cr, 0, 0, 0);
	cairo_fill(pdf->cr);
}

static void qr(struct pdf *pdf, double x, double y)
{
	_cleanup_(QRcode_freep) QRcode *code = NULL;

	if (!pdf->paint || !pdf->document->verify)
		return;
	code = QRcode_encodeString8bit(pdf->document->verify, 0, QR_ECLEVEL_M);
	if (code) /* longer than any code holds: the words beside it remain */
		modules(pdf, code, x, y);
}

static double words_x(const struct pdf *pdf)
{
	return pdf_left() + (pdf->document->verify ? QR + 6 : 0);
}

static double words_width(const struct pdf *pdf)
{
	return pdf_left() + pdf_width(pdf) - (is_signed(pdf->document) ? sign_width(pdf) + GAP : 0) -
	       words_x(pdf);
}

static double verify_height(struct pdf *pdf)
{
	const char *text = pdf->document->verify_words;
	const double words = text ? pdf_text_height(pdf, &words_style, words_width(pdf), text) + 8 : 0;

	return MAX(words, pdf->document->verify ? QR : 0);
}

double pdf_end_height(struct pdf *pdf)
{
	const double sides[] = {sign(pdf, 0, 0, false), verify_height(pdf)}, high = MAX(sides[0], sides[1]);

	return high > 0 ? high + ABOVE : 0;
}

void pdf_end(struct pdf *pdf)
{
	const struct report_document *document = pdf->document;
	const double high = pdf_end_height(pdf);
	double foot;

	if (high <= 0)
		return;
	pdf_room(pdf, high);
	foot = pdf->y + high;
	pdf->y += ABOVE;
	sign(pdf, pdf_left() + pdf_width(pdf) - sign_width(pdf), pdf->y, true);
	qr(pdf, pdf_left() - 6, foot - verify_height(pdf));
	if (document->verify_words)
		pdf_text(pdf, &words_style, words_x(pdf), foot - verify_height(pdf) + 8, words_width(pdf),
			 document->verify_words);
	pdf->y = foot;
}
