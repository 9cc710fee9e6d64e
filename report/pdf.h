/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The parts of the PDF writer. Everything is drawn twice: first without paint, which finds the pages, then for good, so that "3 / 12" and the contents are known
 * on the first page. Places are points (1/72 inch) from the upper left corner. A text reaches the paper through pdf_text() alone, which shows letters.h's letters.
 */
#include "chart.h"
#include "document.h"
/* After ours: GLib takes back MIN and MAX, which mean the same, before it defines its own. */
#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#define PDF_INK 0x1a1a1au
#define PDF_GREY 0x555555u
#define PDF_RULE 0xc8c8c8u
#define PDF_BAND 0xeeeeeeu

struct pdf_style {
	double size;
	bool bold;
	enum chart_align align;
	unsigned rgb;	   /* 0: ink */
	unsigned lines;	   /* at most so many, then an ellipsis; 0: a hundred */
	double leading;	   /* of a line's height; 0: 1 */
};
struct pdf_font;
struct pdf {
	const struct report_document *document;
	cairo_surface_t *surface;
	cairo_t *cr;
	PangoContext *context;
	struct pdf_font *fonts;
	unsigned n_fonts;
	bool paint;
	bool across; /* this page lies */
	double y;    /* where the next thing goes */
	unsigned page, pages;
	unsigned *section_pages; /* where each began, from the first time */
	int error;
};

/* ---- pdf_text.c: all return the height that was or would be taken ---- */
double pdf_text(struct pdf *pdf, const struct pdf_style *style, double x, double y, double width, const char *text);
double pdf_text_height(struct pdf *pdf, const struct pdf_style *style, double width, const char *text);
double pdf_text_width(struct pdf *pdf, const struct pdf_style *style, const char *text); /* on one line */
double pdf_word_width(struct pdf *pdf, const struct pdf_style *style, const char *text); /* its longest word */
double pdf_line_height(struct pdf *pdf, const struct pdf_style *style);
void pdf_fonts_free(struct pdf *pdf);

/* ---- pdf_font.c: letters that need no shaping: one glyph each, from left to right ---- */
struct pdf_glyph { unsigned long index; double advance; };
bool pdf_fonts_work(struct pdf *pdf); /* false: this machine has none, and nothing of this may be called */
struct pdf_font *pdf_font_get(struct pdf *pdf, double size, bool bold);
/* False: this letter is Pango's business. */
bool pdf_font_glyph(struct pdf_font *font, uint32_t letter, struct pdf_glyph *out);
double pdf_font_ascent(const struct pdf_font *font);
double pdf_font_height(const struct pdf_font *font);
cairo_scaled_font_t *pdf_font_scaled(const struct pdf_font *font);
PangoLayout *pdf_layout_new(struct pdf *pdf, double size, bool bold);

/* ---- pdf_page.c ---- */
double pdf_left(void);
double pdf_width(const struct pdf *pdf); /* between the margins */
double pdf_bottom(const struct pdf *pdf);
double pdf_depth(const struct pdf *pdf); /* of an empty page */
void pdf_page_begin(struct pdf *pdf, bool across);
void pdf_page_end(struct pdf *pdf);
/* A new page where `height` has no room on this one. True: there is one. */
bool pdf_room(struct pdf *pdf, double height);
void pdf_rule(struct pdf *pdf, double x, double y, double width, double thick, unsigned rgb);
void pdf_box(struct pdf *pdf, double x, double y, double width, double height, unsigned rgb);

/* ---- what stands on them ---- */
void pdf_front(struct pdf *pdf);
double pdf_end_height(struct pdf *pdf);
void pdf_end(struct pdf *pdf);
void pdf_chart(struct pdf *pdf, const struct report_section *section, const struct report_chart *chart);
double pdf_chart_height(struct pdf *pdf, const struct report_section *section, const struct report_chart *chart);
/* Nothing where it is no PNG or too large; else what it is wide at this height. */
double pdf_logo(struct pdf *pdf, double x, double y, double height);

/* ---- tables ---- */
struct pdf_columns { /* of those that are shown; see pdf_columns.c */
	double size, pad; /* of the letters; above and below a line of them */
	double total;	  /* width of all */
	double x[64], width[64];
	size_t column[64];
	size_t n;
};
/* Where each column of the table stands in `width`; false: it does not fit, and is made to. */
bool pdf_columns(struct pdf *pdf, const struct report_table *table, double width, const double *sizes, size_t n_sizes, struct pdf_columns *out);
void pdf_columns_of_page(struct pdf *pdf, const struct report_table *table, struct pdf_columns *out);
bool pdf_table_is_wide(struct pdf *pdf, const struct report_table *table);
void pdf_table(struct pdf *pdf, const struct report_table *table);
double pdf_table_least(struct pdf *pdf, const struct report_table *table); /* its title and first lines */
double pdf_facts_height(struct pdf *pdf, const struct report_table *table);
void pdf_facts(struct pdf *pdf, const struct report_table *table);
double pdf_abreast_least(struct pdf *pdf, const struct report_table *table); /* without its title */
void pdf_abreast(struct pdf *pdf, const struct report_table *table);
/* The parts of one: height taken, or that would be (paint: draw). */
double pdf_headings(struct pdf *pdf, const struct report_table *table, const struct pdf_columns *columns, double x, double y, bool paint);
double pdf_row(struct pdf *pdf, const struct report_table *table, const struct pdf_columns *columns, size_t row, double x, double y, bool paint);
double pdf_sums(struct pdf *pdf, const struct report_table *table, const struct pdf_columns *columns, size_t from, size_t until, bool all, double x, double y);
const char *pdf_sum_word(const struct pdf *pdf, bool all);
double pdf_sums_height(struct pdf *pdf, const struct pdf_columns *columns);
void pdf_table_title(struct pdf *pdf, const struct report_table *table);
void pdf_table_note(struct pdf *pdf, const struct report_table *table);
bool pdf_column_is_text(const struct report_column *column);

/* Adds /Lang to the finished file's catalogue (ISO 32000-1, 7.5.6: an incremental update). Unknown forms of a file are left as they are. 0 or -errno. */
int pdf_language(FILE *file, const char *bytes, size_t size, const char *language);
