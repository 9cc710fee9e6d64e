// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The report as one page that needs nothing else: no script, no request, its charts and its logo inside. The
 * policy in its head says so to the browser too, should a text ever get out of html_text(). What it says is
 * the document's; here is only the order.
 */
#include <errno.h>
#include "html.h"
#include "writers.h"

#define PAPER_MARGINS "margin:17mm 14mm 17mm;"

/* One line of the margin boxes (CSS Paged Media 3); a browser that does not know them prints the marks of the
 * body. */
static void put_margin_box(FILE *out, const char *box, const char *text)
{
	if (!text)
		return;
	fprintf(out, "@%s{font:8pt sans-serif;content:\"", box);
	html_css_text(out, text);
	fputs("\"}\n", out);
}

static void put_page_rules(FILE *out, const struct report_document *document)
{
	fputs("@page{size:A4;" PAPER_MARGINS "\n", out);
	put_margin_box(out, "bottom-left", document->footer);
	put_margin_box(out, "top-left", document->mark);
	fputs("@bottom-right{font:8pt sans-serif;content:counter(page)\" / \"counter(pages)}}\n"
	      "@page wide{size:A4 landscape}\n",
	      out);
}

static void put_head(FILE *out, const struct report_document *document)
{
	fprintf(out,
		"<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
		"style-src 'unsafe-inline'\">\n<title>",
		document->english ? "en" : "id");
	html_text(out, document->title);
	fputs(" · ", out);
	html_text(out, document->subtitle);
	fputs("</title>\n<style>\n", out);
	fputs(html_style, out);
	put_page_rules(out, document);
	fputs("</style>\n</head>\n<body>\n", out);
}

static void put_mark(FILE *out, const struct report_document *document)
{
	if (!document->mark)
		return;
	fputs("<div class=\"water\" aria-hidden=\"true\">", out);
	html_text(out, document->mark);
	fputs("</div>\n<p class=\"mark\">", out);
	html_text(out, document->mark);
	fputs("</p>\n", out);
}

static void put_paragraph(FILE *out, const char *tag, const char *class, const char *text)
{
	if (!text)
		return;
	fprintf(out, "<%s%s%s%s>", tag, class ? " class=\"" : "", class ? class : "", class ? "\"" : "");
	html_text(out, text);
	fprintf(out, "</%s>\n", tag);
}

static void put_letterhead(FILE *out, const struct report_document *document)
{
	if (document->n_letterhead == 0 && !document->logo)
		return;
	fputs("<div class=\"letterhead\">\n", out);
	html_logo(out, document->logo);
	fputs("<div>\n", out);
	for (size_t i = 0; i < document->n_letterhead; i++)
		put_paragraph(out, "p", NULL, document->letterhead[i]);
	fputs("</div></div>\n", out);
}

static void put_contents(FILE *out, const struct report_document *document)
{
	fprintf(out, "<nav aria-label=\"%s\">\n<ol>\n", document->english ? "Contents" : "Daftar isi");
	for (size_t i = 0; i < document->n_sections; i++) {
		fputs("<li><a href=\"", out);
		html_id(out, "#s-", document->sections[i].key);
		fputs("\">", out);
		html_text(out, document->sections[i].title);
		fputs("</a></li>\n", out);
	}
	fputs("</ol>\n</nav>\n", out);
}

/* The drawing has its title in it; below stands in words what it shows. */
static int put_figure(FILE *out, const struct report_document *document, const struct report_section *section,
		      const struct report_chart *chart)
{
	int r;

	fputs("<figure>\n<div class=\"chart\" role=\"group\" tabindex=\"0\" aria-label=\"", out);
	html_text(out, chart->title ? chart->title : "");
	fputs("\">\n", out);
	r = svg_chart(out, section, chart, document->english);
	fputs("</div>\n", out);
	put_paragraph(out, "figcaption", NULL, chart->description);
	fputs("</figure>\n", out);
	return r;
}

static int put_block(FILE *out, const struct report_document *document, const struct report_section *section,
		     const struct report_block *block)
{
	switch (block->kind) {
	case REPORT_PARAGRAPH:
		put_paragraph(out, "p", NULL, block->text);
		return 0;
	case REPORT_NOTE:
		put_paragraph(out, "p", "note", block->text);
		return 0;
	case REPORT_HEADING:
		put_paragraph(out, "h3", NULL, block->text);
		return 0;
	case REPORT_TABLE:
		html_table(out, &block->table, document->english);
		return 0;
	case REPORT_CHART:
		return put_figure(out, document, section, &block->chart);
	}
	return -EINVAL;
}

/* A section with a table of many columns is printed across. */
static bool is_wide(const struct report_section *section)
{
	for (size_t i = 0; i < section->n_blocks; i++)
		if (section->blocks[i].kind == REPORT_TABLE && html_table_is_wide(&section->blocks[i].table))
			return true;
	return false;
}

static int put_section(FILE *out, const struct report_document *document,
		       const struct report_section *section)
{
	int r = 0;

	fprintf(out, "<section%s aria-labelledby=\"", is_wide(section) ? " class=\"wide\"" : "");
	html_id(out, "s-", section->key);
	fputs("\">\n<h2 id=\"", out);
	html_id(out, "s-", section->key);
	fputs("\">", out);
	html_text(out, section->title);
	fputs("</h2>\n", out);
	for (size_t i = 0; r == 0 && i < section->n_blocks; i++)
		r = put_block(out, document, section, &section->blocks[i]);
	fputs("</section>\n", out);
	return r;
}

static int put_verify(FILE *out, const struct report_document *document)
{
	int r;

	if (!document->verify)
		return 0;
	fputs("<div class=\"verify\">\n", out);
	r = svg_qr(out, document->verify,
		   document->english ? "QR code: verification" : "Kode QR: verifikasi");
	fputs("<div>\n", out);
	put_paragraph(out, "p", NULL, document->verify_words);
	fputs("</div></div>\n", out);
	return r;
}

static void put_signature(FILE *out, const struct report_document *document)
{
	if (!document->sign_name && !document->sign_office)
		return;
	fputs("<div class=\"sign\">\n", out);
	put_paragraph(out, "p", NULL, document->sign_place_date);
	put_paragraph(out, "p", NULL, document->sign_office);
	put_paragraph(out, "p", "name", document->sign_name);
	put_paragraph(out, "p", NULL, document->sign_nip);
	fputs("</div>\n", out);
}

static void put_front(FILE *out, const struct report_document *document)
{
	fprintf(out, "<a class=\"skip\" href=\"#main\">%s</a>\n",
		document->english ? "To the contents" : "Langsung ke isi");
	fputs("<header>\n", out);
	put_letterhead(out, document);
	put_paragraph(out, "h1", NULL, document->title);
	put_paragraph(out, "p", "subtitle", document->subtitle);
	fputs("</header>\n", out);
	put_contents(out, document);
}

static int put_end(FILE *out, const struct report_document *document)
{
	int r;

	fputs("<div class=\"end\">\n", out);
	r = put_verify(out, document);
	put_signature(out, document);
	fputs("</div>\n</main>\n<footer>\n", out);
	put_paragraph(out, "p", "note", document->footer);
	fputs("</footer>\n</body>\n</html>\n", out);
	return r;
}

int html_write(const struct report_document *document, FILE *out)
{
	int r = 0;

	put_head(out, document);
	put_front(out, document);
	fputs("<main id=\"main\">\n", out);
	put_mark(out, document);
	for (size_t i = 0; r == 0 && i < document->n_sections; i++)
		r = put_section(out, document, &document->sections[i]);
	if (r == 0)
		r = put_end(out, document);
	if (r < 0)
		return r;
	errno = 0;
	if (fflush(out) != 0 || ferror(out))
		return errno > 0 ? -errno : -EIO;
	return 0;
}
