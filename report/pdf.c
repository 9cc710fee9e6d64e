// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The report as a letter of an office: what is read, signed, filed and found again after ten years. Here is
 * only the order of things, and what keeps together: a heading never stands alone at the foot of a page,
 * and a signature never on a page of its own. The same document gives the same bytes.
 */
#include "pdf.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "letters.h"
#include "writers.h"

static const struct pdf_style section_style = {.size = 13, .bold = true, .lines = 3},
			      heading_style = {.size = 10.5, .bold = true, .lines = 4},
			      paragraph_style = {.size = 10, .leading = 1.3},
			      note_style = {.size = 8, .rgb = PDF_GREY, .leading = 1.15};

/* ---- blocks ---- */

static void put_text(struct pdf *pdf, const struct pdf_style *style, const char *text, double below)
{
	const double height = pdf_text_height(pdf, style, pdf_width(pdf), text);

	pdf_room(pdf, height);
	pdf->y += pdf_text(pdf, style, pdf_left(), pdf->y, pdf_width(pdf), text) + below;
}

/* How much of a block has to stand together, its heading included. */
static double least(struct pdf *pdf, const struct report_section *section, size_t i)
{
	const struct report_block *block;

	if (i >= section->n_blocks)
		return 0;
	block = &section->blocks[i];
	switch (block->kind) {
	case REPORT_PARAGRAPH:
		return pdf_text_height(pdf, &paragraph_style, pdf_width(pdf), block->text);
	case REPORT_NOTE:
		return pdf_text_height(pdf, &note_style, pdf_width(pdf), block->text);
	case REPORT_HEADING:
		return 20 + pdf_text_height(pdf, &heading_style, pdf_width(pdf), block->text) +
		       least(pdf, section, i + 1);
	case REPORT_TABLE:
		return pdf_table_least(pdf, &block->table);
	case REPORT_CHART:
		return pdf_chart_height(pdf, section, &block->chart);
	}
	return 0;
}

static void put_heading(struct pdf *pdf, const struct report_section *section, size_t i)
{
	pdf_room(pdf, least(pdf, section, i));
	pdf->y += 6;
	put_text(pdf, &heading_style, section->blocks[i].text, 4);
}

static void put_block(struct pdf *pdf, const struct report_section *section, size_t i)
{
	const struct report_block *block = &section->blocks[i];

	switch (block->kind) {
	case REPORT_PARAGRAPH:
		put_text(pdf, &paragraph_style, block->text, 8);
		break;
	case REPORT_NOTE:
		put_text(pdf, &note_style, block->text, 7);
		break;
	case REPORT_HEADING:
		put_heading(pdf, section, i);
		break;
	case REPORT_TABLE:
		pdf_table(pdf, &block->table);
		break;
	case REPORT_CHART:
		pdf_chart(pdf, section, &block->chart);
		break;
	}
}

/* ---- sections ---- */

/* All of a section stands on pages of one kind: nobody turns a letter round for every other table. */
static bool is_wide(struct pdf *pdf, const struct report_section *section)
{
	for (size_t i = 0; i < section->n_blocks; i++)
		if (section->blocks[i].kind == REPORT_TABLE &&
		    pdf_table_is_wide(pdf, &section->blocks[i].table))
			return true;
	return false;
}

static void bookmark(struct pdf *pdf, const char *text)
{
	_cleanup_(freep) char *clean = letters_clean(text, 200);
	char place[80];

	if (!pdf->paint || !clean)
		return;
	/* in whole points: a comma of some locale is no number to a PDF */
	snprintf(place, sizeof(place), "page=%u pos=[%d %d]", pdf->page, (int)pdf_left(), (int)pdf->y - 8);
	cairo_pdf_surface_add_outline(pdf->surface, CAIRO_PDF_OUTLINE_ROOT, clean, place,
				      CAIRO_PDF_OUTLINE_FLAG_OPEN);
}

static void put_title(struct pdf *pdf, const struct report_section *section, size_t number)
{
	const struct pdf_style *style = &section_style;
	const double width = pdf_width(pdf);
	char numbered[32];
	double high;

	snprintf(numbered, sizeof(numbered), "%zu.", number + 1);
	bookmark(pdf, section->title);
	high = pdf_text(pdf, style, pdf_left() + 24, pdf->y, width - 24, section->title);
	pdf_text(pdf, style, pdf_left(), pdf->y, 24, numbered);
	pdf->y += high + 3;
	pdf_rule(pdf, pdf_left(), pdf->y, width, 1, PDF_INK);
	pdf->y += 9;
}

/* The last words come along to the page of the signature. */
static void keep_end(struct pdf *pdf, const struct report_section *section, size_t i)
{
	const struct report_document *document = pdf->document;
	const double height = least(pdf, section, i) + 16; /* and what is below it */

	if (section == &document->sections[document->n_sections - 1] && i + 1 == section->n_blocks &&
	    height + pdf_end_height(pdf) < pdf_depth(pdf) / 2)
		pdf_room(pdf, height + pdf_end_height(pdf));
}

/* Its first block; words do not stay behind without what they introduce. */
static double beginning(struct pdf *pdf, const struct report_section *section)
{
	const double first = least(pdf, section, 0), second = least(pdf, section, 1) + 12;

	if (section->n_blocks < 2 || section->blocks[0].kind != REPORT_PARAGRAPH)
		return first;
	return first + MIN(second, pdf_depth(pdf) * 0.55);
}

static void put_section(struct pdf *pdf, const struct report_section *section, size_t number)
{
	const bool wide = is_wide(pdf, section);

	if (wide != pdf->across) {
		pdf_page_end(pdf);
		pdf_page_begin(pdf, wide);
	} else {
		pdf->y += 14;
		pdf_room(pdf, 40 + beginning(pdf, section));
	}
	pdf->section_pages[number] = pdf->page;
	put_title(pdf, section, number);
	for (size_t i = 0; i < section->n_blocks; i++) {
		keep_end(pdf, section, i);
		put_block(pdf, section, i);
	}
}

/* ---- all of it ---- */

static void run(struct pdf *pdf, bool paint)
{
	const struct report_document *document = pdf->document;

	pdf->paint = paint;
	pdf->page = 0;
	pdf_page_begin(pdf, false);
	pdf_front(pdf);
	for (size_t i = 0; i < document->n_sections && !pdf->error; i++)
		put_section(pdf, &document->sections[i], i);
	pdf_end(pdf);
	pdf_page_end(pdf);
	pdf->pages = pdf->page;
}

/* Nothing of the machine or the hour: it is "written" when its month was over. */
static void put_metadata(struct pdf *pdf)
{
	const struct report_document *document = pdf->document;
	const int32_t after = document->month + 1;
	_cleanup_(freep) char *title = letters_clean(document->title ? document->title : "", 200),
			      *subtitle = letters_clean(document->subtitle ? document->subtitle : "", 200),
			      *author =
				  letters_clean(document->n_letterhead ? document->letterhead[0] : "", 200);
	char text[1700];

	if (!title || !subtitle || !author) {
		pdf->error = -ENOMEM;
		return;
	}
	snprintf(text, sizeof(text), "%s%s%s", title, *subtitle ? " \xc2\xb7 " : "", subtitle);
	cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_TITLE, text);
	cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_AUTHOR, author);
	cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_CREATOR, "Gerbang");
	snprintf(text, sizeof(text), "%04d-%02d-01T00:00:00Z", CLAMP(after / 12, 1970, 9999),
		 CLAMP(after % 12, 0, 11) + 1);
	cairo_pdf_surface_set_metadata(pdf->surface, CAIRO_PDF_METADATA_CREATE_DATE, text);
}

static cairo_status_t keep(void *closure, const unsigned char *data, unsigned length)
{
	return fwrite(data, 1, length, closure) == length ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static int status_errno(cairo_status_t status)
{
	return status == CAIRO_STATUS_SUCCESS ? 0 : status == CAIRO_STATUS_NO_MEMORY ? -ENOMEM : -EIO;
}

static void open_context(struct pdf *pdf)
{
	pdf->context = pango_cairo_create_context(pdf->cr);
	pango_cairo_context_set_resolution(pdf->context, 72);
	pango_context_set_round_glyph_positions(pdf->context, FALSE);
	pango_context_set_base_dir(pdf->context, PANGO_DIRECTION_LTR);
}

static int draw(const struct report_document *document, FILE *out)
{
	const size_t n = document->n_sections ? document->n_sections : 1;
	_cleanup_(freep) unsigned *section_pages = calloc(n, sizeof(*section_pages));
	struct pdf pdf = {.document = document, .section_pages = section_pages};
	int r;

	if (!section_pages)
		return -ENOMEM;
	pdf.surface = cairo_pdf_surface_create_for_stream(keep, out, 595.276, 841.89);
	pdf.cr = cairo_create(pdf.surface);
	open_context(&pdf);
	if (!pdf_fonts_work(&pdf))
		pdf.error = -ENOPKG;
	put_metadata(&pdf);
	for (int paint = 0; paint < 2 && !pdf.error; paint++)
		run(&pdf, paint);
	pdf_fonts_free(&pdf);
	g_object_unref(pdf.context);
	r = pdf.error ? pdf.error : status_errno(cairo_status(pdf.cr));
	cairo_destroy(pdf.cr);
	cairo_surface_finish(pdf.surface);
	r = r ? r : status_errno(cairo_surface_status(pdf.surface));
	cairo_surface_destroy(pdf.surface);
	return r;
}

int pdf_write(const struct report_document *document, FILE *out)
{
	_cleanup_(freep) char *bytes = NULL;
	size_t size = 0;
	FILE *memory = open_memstream(&bytes, &size);
	int r;

	if (!memory)
		return -errno;
	r = draw(document, memory);
	if (fclose(memory) != 0 && r == 0)
		r = -ENOMEM;
	if (r < 0)
		return r;
	errno = 0;
	if (fwrite(bytes, 1, size, out) != size)
		return errno > 0 ? -errno : -EIO;
	r = pdf_language(out, bytes, size, document->english ? "en" : "id");
	if (r < 0)
		return r;
	if (fflush(out) != 0 || ferror(out))
		return errno > 0 ? -errno : -EIO;
	return 0;
}
