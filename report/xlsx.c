// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The report as a workbook for the clerk who goes on computing with it. Says who is asked in which order; the
 * parts are in xlsx_*.c. The same document gives the same bytes: the date of creation is the month's end, and
 * numbers are written as in the locale "C".
 */
#include <errno.h>
#include <locale.h>
#include <string.h>
#include <time.h>
#include "letters.h"
#include "writers.h"
#include "xlsx.h"

#define TEXT_LETTERS 90.0
#define PROPERTY_LETTERS 200

static void put_block(struct xlsx *x, size_t section, size_t block)
{
	const struct report_block *what = &x->document->sections[section].blocks[block];
	const struct xlsx_place *place = &x->plan->places[section][block];
	struct xlsx_sheet *sheet = &x->plan->sheets[place->sheet];

	switch (what->kind) {
	case REPORT_PARAGRAPH:
		xlsx_text_over(x, sheet, place->row, 0, TEXT_LETTERS, what->text, x->styles.paragraph);
		break;
	case REPORT_NOTE:
		xlsx_text_over(x, sheet, place->row, 0, TEXT_LETTERS, what->text, x->styles.note);
		break;
	case REPORT_HEADING:
		xlsx_line(x, sheet->paper, place->row, what->text, x->styles.heading, 20);
		break;
	case REPORT_TABLE:
		xlsx_table(x, section, block);
		break;
	case REPORT_CHART:
		xlsx_chart(x, section, block);
		break;
	}
}

/* The instant at which the month is over, in UTC. */
static time_t created(const struct report_document *document)
{
	struct tm tm = {
	    .tm_year = (document->month + 1) / 12 - 1900, .tm_mon = (document->month + 1) % 12, .tm_mday = 1};

	return timegm(&tm);
}

static void set_properties(struct xlsx *x)
{
	const struct report_document *document = x->document;
	_cleanup_(freep) char *title =
	    letters_clean(document->title ? document->title : "", PROPERTY_LETTERS);
	_cleanup_(freep) char *subject =
	    letters_clean(document->subtitle ? document->subtitle : "", PROPERTY_LETTERS);
	_cleanup_(freep) char *author =
	    letters_clean(document->n_letterhead ? document->letterhead[0] : "", PROPERTY_LETTERS);
	_cleanup_(freep) char *status = letters_clean(document->mark ? document->mark : "", PROPERTY_LETTERS);
	lxw_doc_properties properties = {
	    .title = title, .subject = subject, .author = author, .status = status};

	if (!title || !subject || !author || !status) {
		xlsx_note(x, LXW_ERROR_MEMORY_MALLOC_FAILED);
		return;
	}
	properties.created = created(document);
	xlsx_note(x, workbook_set_properties(x->book, &properties));
}

static void add_sheets(struct xlsx *x)
{
	for (size_t i = 0; x->error == 0 && i < x->plan->n_sheets; i++) {
		struct xlsx_sheet *sheet = &x->plan->sheets[i];

		sheet->paper = workbook_add_worksheet(x->book, sheet->name);
		if (!sheet->paper)
			x->error = -EINVAL;
		else if (sheet->section)
			xlsx_page(x, sheet);
	}
}

static void put_all(struct xlsx *x)
{
	xlsx_styles_make(x);
	set_properties(x);
	add_sheets(x);
	if (x->error)
		return;
	xlsx_contents(x, &x->plan->sheets[0]);
	xlsx_page(x, &x->plan->sheets[0]);
	for (size_t s = 0; s < x->document->n_sections; s++)
		for (size_t b = 0; x->error == 0 && b < x->document->sections[s].n_blocks; b++)
			put_block(x, s, b);
}

static int close_book(struct xlsx *x, const char *path)
{
	lxw_error error;

	if (x->error) {
		lxw_workbook_free(x->book);
		return x->error;
	}
	errno = 0;
	error = workbook_close(x->book);
	if (error == LXW_ERROR_MEMORY_MALLOC_FAILED)
		return -ENOMEM;
	if (error != LXW_NO_ERROR)
		return errno > 0 ? -errno : -EIO;
	return xlsx_check(path);
}

static int write_book(const struct report_document *document, const char *path)
{
	_cleanup_(xlsx_plan_freep) struct xlsx_plan *plan = NULL;
	struct xlsx x = {.document = document};
	int r = xlsx_layout(document, &plan);

	if (r < 0)
		return r;
	x.plan = plan;
	x.book = workbook_new(path);
	if (!x.book)
		return -ENOMEM;
	put_all(&x);
	return close_book(&x, path);
}

int xlsx_write(const struct report_document *document, const char *path)
{
	locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0), before;
	int r;

	if (plain == (locale_t)0)
		return -ENOMEM;
	before = uselocale(plain);
	r = write_book(document, path);
	uselocale(before);
	freelocale(plain);
	return r;
}
