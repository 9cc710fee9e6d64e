// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A report has some fifty thousand figures. Pango shapes each as if it might be Arabic; this does not: a
 * letter of the Latin alphabet is one glyph, whose width is asked for once. It must know when it is not able
 * to, and say so.
 */
#include <math.h>
#include <string.h>
#include "letters.h"
#include "pdf.h"

/* Metrics of Arial, which official letters are written in; DejaVu Sans where it is not installed, and for
 * scripts that it has not. */
#define FAMILY "Liberation Sans, DejaVu Sans"
#define FONTS 24
#define LATIN 0x100
#define DASHES_FROM 0x2010 /* to U+2027: dashes, quotation marks, the ellipsis */
#define DASHES 0x18
#define MINUS 0x2212
#define GLYPHS (LATIN + DASHES + 1)

struct pdf_font {
	double size;
	bool bold;
	PangoFont *font;
	cairo_scaled_font_t *scaled; /* the font's */
	double ascent, height;
	bool known[GLYPHS];
	struct pdf_glyph glyphs[GLYPHS]; /* index 0: it has none */
};

static PangoFontDescription *describe(double size, bool bold)
{
	PangoFontDescription *description = pango_font_description_from_string(FAMILY);

	pango_font_description_set_absolute_size(description, size * PANGO_SCALE);
	pango_font_description_set_weight(description, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	return description;
}

PangoLayout *pdf_layout_new(struct pdf *pdf, double size, bool bold)
{
	PangoLayout *layout = pango_layout_new(pdf->context);
	PangoFontDescription *description = describe(size, bold);

	pango_layout_set_font_description(layout, description);
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_auto_dir(layout, FALSE); /* a column stands where it stands */
	pango_font_description_free(description);
	return layout;
}

static void load(struct pdf *pdf, struct pdf_font *font)
{
	PangoFontDescription *description = describe(font->size, font->bold);
	PangoFontMetrics *metrics;

	font->font = pango_context_load_font(pdf->context, description);
	font->scaled = font->font ? pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(font->font)) : NULL;
	metrics = pango_font_get_metrics(font->font, NULL);
	font->ascent = (double)pango_font_metrics_get_ascent(metrics) / PANGO_SCALE;
	font->height = font->ascent + (double)pango_font_metrics_get_descent(metrics) / PANGO_SCALE;
	pango_font_metrics_unref(metrics);
	pango_font_description_free(description);
}

struct pdf_font *pdf_font_get(struct pdf *pdf, double size, bool bold)
{
	struct pdf_font *font;

	if (!pdf->fonts)
		pdf->fonts = g_new0(struct pdf_font, FONTS);
	for (unsigned i = 0; i < pdf->n_fonts; i++)
		if (fabs(pdf->fonts[i].size - size) < 0.01 && pdf->fonts[i].bold == bold)
			return &pdf->fonts[i];
	if (pdf->n_fonts == FONTS) /* more sizes than a report has: the nearest thing to a wrong one */
		return &pdf->fonts[0];
	font = &pdf->fonts[pdf->n_fonts++];
	font->size = size;
	font->bold = bold;
	load(pdf, font);
	return font;
}

bool pdf_fonts_work(struct pdf *pdf)
{
	return pdf_font_get(pdf, 10, false)->scaled && pdf_font_get(pdf, 10, true)->scaled;
}

static void ask(struct pdf_font *font, uint32_t letter, size_t place)
{
	cairo_text_extents_t extents;
	cairo_glyph_t *glyphs = NULL;
	char text[5] = {0};
	int n = 0;

	font->known[place] = true;
	letters_encode(letter, text);
	if (cairo_scaled_font_text_to_glyphs(font->scaled, 0, 0, text, -1, &glyphs, &n, NULL, NULL, NULL) !=
		CAIRO_STATUS_SUCCESS ||
	    n != 1) {
		cairo_glyph_free(glyphs);
		return;
	}
	cairo_scaled_font_glyph_extents(font->scaled, glyphs, 1, &extents);
	font->glyphs[place] = (struct pdf_glyph){.index = glyphs[0].index, .advance = extents.x_advance};
	cairo_glyph_free(glyphs);
}

bool pdf_font_glyph(struct pdf_font *font, uint32_t letter, struct pdf_glyph *out)
{
	size_t place;

	if (letter < ' ' || letter == 0xAD)
		return false;
	if (letter < LATIN)
		place = letter;
	else if (letter >= DASHES_FROM && letter < DASHES_FROM + DASHES)
		place = LATIN + letter - DASHES_FROM;
	else if (letter == MINUS)
		place = GLYPHS - 1;
	else
		return false;
	if (!font->known[place])
		ask(font, letter, place);
	*out = font->glyphs[place];
	return out->index != 0;
}

double pdf_font_ascent(const struct pdf_font *font)
{
	return font->ascent;
}

double pdf_font_height(const struct pdf_font *font)
{
	return font->height;
}

cairo_scaled_font_t *pdf_font_scaled(const struct pdf_font *font)
{
	return font->scaled;
}

void pdf_fonts_free(struct pdf *pdf)
{
	for (unsigned i = 0; i < pdf->n_fonts; i++)
		g_clear_object(&pdf->fonts[i].font);
	g_free(pdf->fonts);
}
