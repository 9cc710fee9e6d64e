// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Drawings inside the page: charts from their marks, the QR code from its modules. Written with integers: a
 * comma for the decimal point, as some locales want it, is no SVG.
 */
#include <errno.h>
#include <math.h>
#include <qrencode.h>
#include "chart.h"
#include "html.h"

#define CHART_WIDTH 520.0
#define CHART_HEIGHT 230.0
#define QR_QUIET 4 /* modules of white around it, ISO/IEC 18004 */

DEFINE_CLEANUP(QRcode *, QRcode_free)

/* name="1.25" */
static void put_number(FILE *out, const char *name, double points)
{
	long hundredths = lround(points * 100);

	fprintf(out, " %s=\"%s%ld.%02ld\"", name, hundredths < 0 ? "-" : "", labs(hundredths) / 100,
		labs(hundredths) % 100);
}

static void put_line(FILE *out, const struct chart_mark *mark)
{
	fputs("<line", out);
	put_number(out, "x1", mark->x);
	put_number(out, "y1", mark->y);
	put_number(out, "x2", mark->x2);
	put_number(out, "y2", mark->y2);
	put_number(out, "stroke-width", mark->width);
	fprintf(out, " stroke=\"#%06X\"/>\n", mark->rgb & 0xFFFFFF);
}

static void put_box(FILE *out, const struct chart_mark *mark)
{
	fputs("<rect", out);
	put_number(out, "x", mark->x);
	put_number(out, "y", mark->y);
	put_number(out, "width", fmax(mark->x2, 0));
	put_number(out, "height", fmax(mark->y2, 0));
	fprintf(out, " fill=\"#%06X\"/>\n", mark->rgb & 0xFFFFFF);
}

static void put_turn(FILE *out, const struct chart_mark *mark)
{
	long x = lround(mark->x), y = lround(mark->y);

	fprintf(out, " transform=\"rotate(-90 %ld %ld)\"", x, y);
}

static void put_letters(FILE *out, const struct chart_mark *mark)
{
	static const char *const anchors[] = {
	    [CHART_LEFT] = "start", [CHART_CENTRE] = "middle", [CHART_RIGHT] = "end"};

	fputs("<text", out);
	put_number(out, "x", mark->turned ? (double)lround(mark->x) : mark->x);
	put_number(out, "y", mark->turned ? (double)lround(mark->y) : mark->y);
	put_number(out, "font-size", mark->width);
	fprintf(out, " text-anchor=\"%s\" fill=\"#%06X\"", anchors[mark->align], mark->rgb & 0xFFFFFF);
	if (mark->turned)
		put_turn(out, mark);
	putc('>', out);
	html_text(out, mark->text ? mark->text : "");
	fputs("</text>\n", out);
}

static void put_mark(FILE *out, const struct chart_mark *mark)
{
	switch (mark->kind) {
	case CHART_LINE:
		put_line(out, mark);
		break;
	case CHART_BOX:
		put_box(out, mark);
		break;
	case CHART_TEXT:
		put_letters(out, mark);
		break;
	}
}

int svg_chart(FILE *out, const struct report_section *section, const struct report_chart *chart, bool english)
{
	_cleanup_(chart_freep) struct chart *drawn = NULL;
	int r = chart_make(section, chart, english, CHART_WIDTH, CHART_HEIGHT, &drawn);

	if (r < 0)
		return r;
	fprintf(out, "<svg role=\"img\" viewBox=\"0 0 %ld %ld\" aria-label=\"", lround(drawn->width),
		lround(drawn->height));
	html_text(out, chart->title ? chart->title : "");
	fputs("\">\n", out);
	for (size_t i = 0; i < drawn->n; i++)
		put_mark(out, &drawn->marks[i]);
	fputs("</svg>\n", out);
	return 0;
}

/* Each run of dark modules in a row is one piece of the path. */
static void put_modules(FILE *out, const QRcode *code)
{
	for (int y = 0; y < code->width; y++) {
		const unsigned char *row = code->data + (ptrdiff_t)y * code->width;

		for (int x = 0, end; x < code->width; x = end) {
			for (end = x + 1; end < code->width && !((row[x] ^ row[end]) & 1);)
				end++;
			if (row[x] & 1)
				fprintf(out, "M%d %dh%dv1h-%dz", x + QR_QUIET, y + QR_QUIET, end - x,
					end - x);
		}
	}
}

int svg_qr(FILE *out, const char *text, const char *description)
{
	_cleanup_(QRcode_freep) QRcode *code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M);
	int side;

	if (!code)
		return errno == ERANGE ? -E2BIG : -ENOMEM;
	side = code->width + 2 * QR_QUIET;
	fprintf(out,
		"<svg class=\"qr\" role=\"img\" shape-rendering=\"crispEdges\" viewBox=\"0 0 %d %d\" "
		"aria-label=\"",
		side, side);
	html_text(out, description);
	fprintf(out, "\"><path fill=\"#FFFFFF\" d=\"M0 0h%dv%dh-%dz\"/><path fill=\"#000000\" d=\"", side,
		side, side);
	put_modules(out, code);
	fputs("\"/></svg>\n", out);
	return 0;
}
