// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What surrounds the tables: the title of each sheet, what stays in sight, how it comes out of a printer, and
 * the first sheet, which leads to the others. The mark of a month that is not final is on each sheet and on
 * each page of paper.
 */
#include <string.h>
#include "letters.h"
#include "xlsx.h"

#define PORTRAIT_LETTERS 95 /* more than that goes on A4 across */
#define LINE_LETTERS 70	    /* of a header or footer: the format allows 255 in all */
#define TITLE_LETTERS 90.0
#define A4 9

/* "&" is the beginning of a code there (ECMA-376, 18.3.1.39). */
static size_t margin_text(const char *text, char *out, size_t size)
{
	size_t length = 0, count = 0;
	uint32_t letter;

	for (text = letters_next(text ? text : "", &letter);
	     letter && count < LINE_LETTERS && length + 8 < size;
	     text = letters_next(text, &letter), count++) {
		if (letter == '&') {
			out[length++] = '&';
			count++;
		}
		length += letters_encode(letter == '\n' ? ' ' : letter, out + length);
	}
	out[length] = '\0';
	return length;
}

static void set_margins(struct xlsx *x, lxw_worksheet *paper)
{
	const struct report_document *document = x->document;
	char left[LINE_LETTERS * 4 + 12], right[LINE_LETTERS * 4 + 12], text[2 * sizeof(left) + 32];

	margin_text(document->mark, left, sizeof(left));
	margin_text(document->title, right, sizeof(right));
	snprintf(text, sizeof(text), "&L&\"-,Bold\"%s&R%s", left, right);
	xlsx_note(x, worksheet_set_header(paper, text));
	margin_text(document->footer, left, sizeof(left));
	snprintf(text, sizeof(text), "&L%s&R&P / &N", left);
	xlsx_note(x, worksheet_set_footer(paper, text));
	worksheet_set_margins(paper, 0.5, 0.5, 0.75, 0.75);
}

static void set_widths(struct xlsx *x, struct xlsx_sheet *sheet)
{
	double whole = 0;

	for (size_t c = 0; c < sheet->n_columns; c++) {
		whole += xlsx_width(sheet, c);
		xlsx_note(x, worksheet_set_column(sheet->paper, (lxw_col_t)c, (lxw_col_t)c,
						  xlsx_width(sheet, c), NULL));
	}
	worksheet_set_paper(sheet->paper, A4);
	if (whole > PORTRAIT_LETTERS)
		worksheet_set_landscape(sheet->paper);
	worksheet_fit_to_pages(sheet->paper, 1, 0);
}

/* A heading that stays in sight must be that of all that is below it: so only where it is the only one. */
static void set_frozen(struct xlsx *x, struct xlsx_sheet *sheet)
{
	bool only = sheet->tables == 1 && sheet->head <= 12;

	if (only) {
		worksheet_freeze_panes(sheet->paper, sheet->head + 1, sheet->n_columns > 3 ? 1 : 0);
		xlsx_note(x, worksheet_repeat_rows(sheet->paper, sheet->head, sheet->head));
		return;
	}
	worksheet_freeze_panes(sheet->paper, XLSX_SUBTITLE_ROW + 1, 0);
	xlsx_note(x, worksheet_repeat_rows(sheet->paper, XLSX_TITLE_ROW, XLSX_SUBTITLE_ROW));
}

static void put_subtitle(struct xlsx *x, lxw_worksheet *paper, uint32_t row)
{
	const struct report_document *document = x->document;
	_cleanup_(freep) char *text = NULL;

	if (asprintf(&text, "%s · %s%s%s", document->title, document->subtitle, document->mark ? " · " : "",
		     document->mark ? document->mark : "") < 0) {
		text = NULL;
		xlsx_note(x, LXW_ERROR_MEMORY_MALLOC_FAILED);
		return;
	}
	xlsx_text(x, paper, row, 0, text, document->mark ? x->styles.mark : x->styles.subtitle);
}

void xlsx_page(struct xlsx *x, struct xlsx_sheet *sheet)
{
	set_widths(x, sheet);
	set_margins(x, sheet->paper);
	if (!sheet->section)
		return;
	set_frozen(x, sheet);
	xlsx_line(x, sheet->paper, XLSX_TITLE_ROW, sheet->section->title, x->styles.title, 24);
	put_subtitle(x, sheet->paper, XLSX_SUBTITLE_ROW);
}

/* ---- the first sheet ---- */

static uint32_t put_line(struct xlsx *x, struct xlsx_sheet *sheet, uint32_t row, const char *text,
			 lxw_format *format)
{
	if (!text)
		return row;
	xlsx_line(x, sheet->paper, row, text, format, 20);
	return row + 1;
}

/* "internal:'Name'!A1": names hold no apostrophe. */
static void put_link(struct xlsx *x, struct xlsx_sheet *sheet, uint32_t row, const struct xlsx_sheet *to)
{
	char address[sizeof(to->name) + 32];
	bool first = to == x->plan->sheets + 1 || to[-1].section != to->section;
	_cleanup_(freep) char *title = letters_clean(to->section->title, 250);

	if (!title) {
		xlsx_note(x, LXW_ERROR_MEMORY_MALLOC_FAILED);
		return;
	}
	snprintf(address, sizeof(address), "internal:'%s'!A1", to->name);
	xlsx_note(x, worksheet_write_url_opt(sheet->paper, row, 0, address, x->styles.link, title, NULL));
	xlsx_text(x, sheet->paper, row, 1, to->name, x->styles.subtitle);
	if (!first)
		xlsx_text(x, sheet->paper, row, 2, to->about, x->styles.subtitle);
}

static uint32_t put_signature(struct xlsx *x, struct xlsx_sheet *sheet, uint32_t row)
{
	const struct report_document *document = x->document;

	row = put_line(x, sheet, row, document->sign_place_date, x->styles.subtitle);
	row = put_line(x, sheet, row, document->sign_office, x->styles.subtitle);
	row = put_line(x, sheet, row + 3, document->sign_name, x->styles.heading);
	return put_line(x, sheet, row, document->sign_nip, x->styles.subtitle);
}

void xlsx_contents(struct xlsx *x, struct xlsx_sheet *sheet)
{
	const struct report_document *document = x->document;
	const struct xlsx_plan *plan = x->plan;
	uint32_t row = 0;

	sheet->widths[0] = 62;
	sheet->widths[1] = 32;
	sheet->widths[2] = 50;
	sheet->n_columns = 3;
	worksheet_gridlines(sheet->paper, LXW_HIDE_ALL_GRIDLINES);
	for (size_t i = 0; i < document->n_letterhead; i++)
		row = put_line(x, sheet, row, document->letterhead[i],
			       i == 0 ? x->styles.heading : x->styles.subtitle);
	row = put_line(x, sheet, row + 1, document->title, x->styles.title);
	xlsx_note(x, worksheet_set_row(sheet->paper, row - 1, 24, NULL));
	row = put_line(x, sheet, row, document->subtitle, x->styles.heading);
	row = put_line(x, sheet, row, document->mark, x->styles.mark) + 1;
	for (size_t i = 1; i < plan->n_sheets; i++)
		put_link(x, sheet, row++, &plan->sheets[i]);
	row = put_signature(x, sheet, row + 1) + 1;
	if (document->verify_words)
		xlsx_text_over(x, sheet, row++, 0, TITLE_LETTERS, document->verify_words,
			       x->styles.paragraph);
	if (document->verify)
		xlsx_text_over(x, sheet, row, 0, TITLE_LETTERS, document->verify, x->styles.paragraph);
}
