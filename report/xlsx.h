/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The parts of the workbook, inside of the XLSX writer. First everything gets its place (xlsx_layout), then it is written: a chart may stand before its table. Rows
 * and columns count from 0.
 *
 * What a cell holds: COUNT and RUPIAH the number, BYTES in GB, BPS in Mbit/s, PERCENT 0.9987 for 99.87 %, DAY, MONTH (its first day) and TIME (local) days since
 * 1899-12-30, SECONDS a fraction of a day; formats show them as format.h writes them. An absent cell is the text "–": it adds up as nothing,
 * and whoever multiplies by it is told. Where a chart draws the column it is empty: charts would draw the text as 0.
 */
#include <errno.h>
#include <xlsxwriter.h>
#include "document.h"

#define XLSX_COLUMNS 64 /* whose widths are looked after */
#define XLSX_NAME 31	/* letters of a sheet's name */
#define XLSX_LETTERS 32000 /* of a cell: the format ends at 32,767 */

enum xlsx_role { XLSX_BODY, XLSX_SUM, XLSX_FACT, XLSX_ROLES };
struct xlsx_styles {
	lxw_format *value[XLSX_ROLES][REPORT_UNITS];
	lxw_format *title, *subtitle, *mark, *heading, *paragraph, *note, *table_title, *head_text, *head_number, *what, *link;
};

struct xlsx_sheet {
	char name[XLSX_NAME * 4 + 1];
	const struct report_section *section; /* NULL: the first sheet, the contents */
	lxw_worksheet *paper;
	double widths[XLSX_COLUMNS]; /* 0: as it comes */
	size_t n_columns;	     /* that tables take */
	uint32_t rows;		     /* taken so far */
	unsigned tables;	     /* that have a heading */
	uint32_t head;		     /* row of the (last) one's heading; 0: none */
	const char *about;	     /* title of its first table, to tell the sheets of a section apart */
	bool longish;		     /* holds a table that one does not see the end of */
};
struct xlsx_place { size_t sheet; uint32_t row; }; /* first row of a block */
struct xlsx_plan {
	struct xlsx_sheet *sheets;
	size_t n_sheets;
	struct xlsx_place **places; /* [section][block] */
	size_t n_sections;
};
struct xlsx {
	lxw_workbook *book;
	const struct report_document *document;
	struct xlsx_plan *plan;
	struct xlsx_styles styles;
	int error; /* the first; later calls do nothing */
};

/* 0 or -errno. */
int xlsx_layout(const struct report_document *document, struct xlsx_plan **out);
struct xlsx_plan *xlsx_plan_free(struct xlsx_plan *plan);
DEFINE_CLEANUP(struct xlsx_plan *, xlsx_plan_free)
#define XLSX_TITLE_ROW 0
#define XLSX_SUBTITLE_ROW 1
#define XLSX_FIRST_ROW 3
#define XLSX_CHART_ROWS 18
#define XLSX_LINE 18.0 /* points that xlsx_height() says of one line */

/* Widths in letters. */
void xlsx_widen(struct xlsx_sheet *sheet, const struct report_table *table, bool english);
double xlsx_width(const struct xlsx_sheet *sheet, size_t column);
/* The last column so that text from `first` on has about so many letters, and how many rows' height it then takes. */
size_t xlsx_span(const struct xlsx_sheet *sheet, size_t first, double letters);
/* In points. */
double xlsx_height(const struct xlsx_sheet *sheet, size_t first, size_t last, const char *text);

void xlsx_styles_make(struct xlsx *x);
const char *xlsx_number_format(enum report_unit unit, bool english);
double xlsx_number(int64_t value, enum report_unit unit);

/* Texts go through these alone: cleaned, and a text whatever they begin with. */
void xlsx_text(struct xlsx *x, lxw_worksheet *paper, uint32_t row, size_t column, const char *text, lxw_format *format);
void xlsx_text_over(struct xlsx *x, struct xlsx_sheet *sheet, uint32_t row, size_t first, double letters, const char *text, lxw_format *format);
/* A line by itself, in large letters: the row's height is not everywhere found by the program that opens it. */
void xlsx_line(struct xlsx *x, lxw_worksheet *paper, uint32_t row, const char *text, lxw_format *format, double points);
/* Remembers the first failure of the library's. */
void xlsx_note(struct xlsx *x, lxw_error error);

void xlsx_table(struct xlsx *x, size_t section, size_t block);
void xlsx_chart(struct xlsx *x, size_t section, size_t block);
/* Rows of the table on its sheet, heading, sums and note included, and which of them has what. */
uint32_t xlsx_table_rows(const struct report_table *table);
uint32_t xlsx_table_first(const struct report_table *table, uint32_t row);

void xlsx_page(struct xlsx *x, struct xlsx_sheet *sheet);
void xlsx_contents(struct xlsx *x, struct xlsx_sheet *sheet);
/* The file at `path` is a workbook to its end: the library does not notice when its own temporary files are cut short by a full disk. 0 or -errno. */
int xlsx_check(const char *path);
