// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Words on paper. Plain Latin text is broken into lines and set here; whatever needs shaping or turning round
 * is Pango's. A name never leaves its column: it wraps, within words where it must, and is cut with an
 * ellipsis after the lines that its place allows.
 */
#include <errno.h>
#include <string.h>
#include "letters.h"
#include "pdf.h"

#define PLAIN_MOST 400 /* letters; longer texts are Pango's */
#define LINES_MOST 100
#define LETTERS_MOST 4000

struct plain { /* a text that needs no shaping */
	struct pdf_font *font;
	uint32_t letters[PLAIN_MOST];
	struct pdf_glyph glyphs[PLAIN_MOST];
	size_t n;
};
struct span {
	size_t from, until;
	double width;
};

/* ---- plain ---- */

static bool plain_read(struct plain *plain, struct pdf_font *font, const char *text)
{
	uint32_t letter;

	plain->font = font;
	plain->n = 0;
	for (text = letters_next(text, &letter); letter; text = letters_next(text, &letter)) {
		if (plain->n == PLAIN_MOST || !pdf_font_glyph(font, letter, &plain->glyphs[plain->n]))
			return false;
		plain->letters[plain->n++] = letter;
	}
	return true;
}

static double plain_width(const struct plain *plain, size_t from, size_t until)
{
	double width = 0;

	for (; from < until; from++)
		width += plain->glyphs[from].advance;
	return width;
}

/* The next line: up to the last space that fits, else as many letters as do, at least one. */
static struct span next_line(const struct plain *plain, size_t from, double width)
{
	size_t until = from, space = 0;
	double used = 0;

	for (; until < plain->n && (used += plain->glyphs[until].advance) <= width + 0.01; until++)
		if (plain->letters[until] == ' ')
			space = until;
	if (until < plain->n && plain->letters[until] == ' ')
		space = until;
	if (until < plain->n && space > from)
		until = space;
	until = MAX(until, from + 1);
	return (struct span){from, until, plain_width(plain, from, until)};
}

static size_t plain_lines(const struct plain *plain, double width, size_t most,
			  struct span lines[static LINES_MOST])
{
	size_t n = 0;

	for (size_t from = 0; from < plain->n && n < most;) {
		lines[n] = next_line(plain, from, width);
		from = lines[n++].until;
		while (from < plain->n && plain->letters[from] == ' ')
			from++;
	}
	return n ? n : 1;
}

/* The last line that may be: with an ellipsis, for which letters go. */
static void plain_shorten(struct plain *plain, struct span *line, double width)
{
	struct pdf_glyph dots;

	if (line->until >= plain->n || !pdf_font_glyph(plain->font, 0x2026, &dots))
		return;
	while (line->until > line->from + 1 &&
	       plain_width(plain, line->from, line->until) + dots.advance > width)
		line->until--;
	plain->letters[line->until] = 0x2026;
	plain->glyphs[line->until++] = dots;
	line->width = plain_width(plain, line->from, line->until);
}

static void plain_show(struct pdf *pdf, const struct plain *plain, const struct span *line, double x,
		       double y)
{
	cairo_glyph_t glyphs[PLAIN_MOST];
	cairo_text_cluster_t clusters[PLAIN_MOST];
	char text[PLAIN_MOST * 4];
	int n = 0, bytes = 0;

	for (size_t i = line->from; i < line->until; i++, n++) {
		size_t size = letters_encode(plain->letters[i], text + bytes);

		glyphs[n] = (cairo_glyph_t){plain->glyphs[i].index, x, y};
		clusters[n] = (cairo_text_cluster_t){(int)size, 1};
		x += plain->glyphs[i].advance;
		bytes += (int)size;
	}
	cairo_set_scaled_font(pdf->cr, pdf_font_scaled(plain->font));
	cairo_show_text_glyphs(pdf->cr, text, bytes, glyphs, n, clusters, n, 0);
}

static double beside(enum chart_align align, double width, double used)
{
	return align == CHART_LEFT ? 0 : (width - used) / (align == CHART_CENTRE ? 2 : 1);
}

static double plain_draw(struct pdf *pdf, const struct pdf_style *style, struct plain *plain, double x,
			 double y, double width)
{
	const double high = pdf_line_height(pdf, style),
		     base = (high - pdf_font_height(plain->font)) / 2 + pdf_font_ascent(plain->font);
	const size_t most = style->lines ? MIN(style->lines, LINES_MOST) : LINES_MOST;
	struct span lines[LINES_MOST] = {{0}};
	size_t n = plain_lines(plain, width, most, lines);

	if (n == most)
		plain_shorten(plain, &lines[n - 1], width);
	for (size_t i = 0; i < n && pdf->paint; i++)
		plain_show(pdf, plain, &lines[i], x + beside(style->align, width, lines[i].width),
			   y + (double)i * high + base);
	return (double)n * high;
}

/* ---- Pango ---- */

static PangoLayout *layout_of(struct pdf *pdf, const struct pdf_style *style, double width, const char *text)
{
	static const PangoAlignment aligns[] = {[CHART_LEFT] = PANGO_ALIGN_LEFT,
						[CHART_CENTRE] = PANGO_ALIGN_CENTER,
						[CHART_RIGHT] = PANGO_ALIGN_RIGHT};
	_cleanup_(freep) char *clean = letters_clean(text, LETTERS_MOST);
	PangoLayout *layout = pdf_layout_new(pdf, style->size, style->bold);

	if (!clean)
		pdf->error = -ENOMEM;
	pango_layout_set_text(layout, clean ? clean : "", -1);
	pango_layout_set_alignment(layout, aligns[style->align]);
	if (style->leading > 0)
		pango_layout_set_line_spacing(layout, (float)style->leading);
	pango_layout_set_single_paragraph_mode(layout, style->lines == 1);
	if (width > 0) {
		pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
		pango_layout_set_height(layout, -(int)(style->lines ? style->lines : LINES_MOST));
		pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
	}
	return layout;
}

static double shaped_draw(struct pdf *pdf, const struct pdf_style *style, double x, double y, double width,
			  const char *text, bool paint)
{
	PangoLayout *layout = layout_of(pdf, style, width, text);
	int height;

	pango_layout_get_size(layout, NULL, &height);
	if (paint) {
		cairo_move_to(pdf->cr, x, y);
		pango_cairo_show_layout(pdf->cr, layout);
	}
	g_object_unref(layout);
	return (double)height / PANGO_SCALE;
}

/* ---- either ---- */

static void ink(struct pdf *pdf, unsigned rgb)
{
	rgb = rgb ? rgb : PDF_INK;
	cairo_set_source_rgb(pdf->cr, (rgb >> 16 & 0xff) / 255.0, (rgb >> 8 & 0xff) / 255.0,
			     (rgb & 0xff) / 255.0);
}

double pdf_text(struct pdf *pdf, const struct pdf_style *style, double x, double y, double width,
		const char *text)
{
	struct plain plain;

	if (!pdf->paint)
		return pdf_text_height(pdf, style, width, text);
	ink(pdf, style->rgb);
	if (plain_read(&plain, pdf_font_get(pdf, style->size, style->bold), text ? text : ""))
		return plain_draw(pdf, style, &plain, x, y, width);
	return shaped_draw(pdf, style, x, y, width, text, true);
}

double pdf_text_height(struct pdf *pdf, const struct pdf_style *style, double width, const char *text)
{
	const size_t most = style->lines ? MIN(style->lines, LINES_MOST) : LINES_MOST;
	struct span lines[LINES_MOST];
	struct plain plain;

	if (!plain_read(&plain, pdf_font_get(pdf, style->size, style->bold), text ? text : ""))
		return shaped_draw(pdf, style, 0, 0, width, text, false);
	return (double)plain_lines(&plain, width, most, lines) * pdf_line_height(pdf, style);
}

double pdf_text_width(struct pdf *pdf, const struct pdf_style *style, const char *text)
{
	struct plain plain;
	PangoLayout *layout;
	int width;

	if (plain_read(&plain, pdf_font_get(pdf, style->size, style->bold), text ? text : ""))
		return plain_width(&plain, 0, plain.n);
	layout = layout_of(pdf, style, 0, text);
	pango_layout_get_size(layout, &width, NULL);
	g_object_unref(layout);
	return (double)width / PANGO_SCALE;
}

double pdf_word_width(struct pdf *pdf, const struct pdf_style *style, const char *text)
{
	double widest = 0, width = 0;
	struct plain plain;

	if (!plain_read(&plain, pdf_font_get(pdf, style->size, style->bold), text ? text : ""))
		return pdf_text_width(pdf, style, text);
	for (size_t i = 0; i < plain.n; i++) {
		width = plain.letters[i] == ' ' ? 0 : width + plain.glyphs[i].advance;
		widest = MAX(widest, width);
	}
	return widest;
}

double pdf_line_height(struct pdf *pdf, const struct pdf_style *style)
{
	return pdf_font_height(pdf_font_get(pdf, style->size, style->bold)) *
	       (style->leading > 0 ? style->leading : 1);
}
