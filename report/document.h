/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The report as sections of paragraphs, tables and charts in one language, before it is a file. The writers (html, pdf, xlsx, csv) know
 * nothing of offices or money, only of cells: that is why all of them show the same numbers. Texts are UTF-8 and never trusted: each
 * writer escapes for its own format. Everything is owned by the document.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../lib/cleanup.h"

/* What a cell's value is, and how it is written (format.h). One unit a column, so that a column can be added up by eye. */
enum report_unit {
	REPORT_TEXT,
	REPORT_COUNT,	/* 1.234 */
	REPORT_BYTES,	/* in GB (10^9), two decimals: 1.234,57 */
	REPORT_BPS,	/* in Mbit/s (10^6), two decimals */
	REPORT_PERCENT, /* hundredths of a percent: 99,87 %; the heading has no "%" */
	REPORT_RUPIAH,	/* Rp7.000.000,00 */
	REPORT_DAY,	/* days since 1970: 23 November 2026, in tables 23 Nov 2026 */
	REPORT_MONTH,	/* year x 12 + month - 1: November 2026 */
	REPORT_TIME,	/* seconds since 1970, local: 23 Nov 2026 14.05.09 */
	REPORT_SECONDS, /* a length: 1:02:03 (hours may exceed 24) */
	REPORT_UNITS
};
struct report_cell {
	bool absent;	/* "–": not known, does not apply; an empty field in CSV */
	int64_t value;	/* of every unit but TEXT */
	char *text;	/* TEXT */
};

/* How a column's values come about, so that a spreadsheet can compute them again: the cell holds the result all the same. */
enum report_formula { REPORT_GIVEN, REPORT_SUM_OF /* column a + column b of the row */, REPORT_DIFFERENCE /* a - b */ };
struct report_column {
	const char *key; /* heading of the CSV: English, snake_case, with its base unit: "down_bytes", "share_rupiah", "p95_down_bps" */
	char *title;	 /* heading for people, with the unit that is shown: "Unduh (GB)" */
	enum report_unit unit;
	bool total;	 /* the last line has its sum */
	enum report_formula formula;
	size_t a, b;	 /* columns */
	unsigned weight; /* width relative to the others; texts wrap */
	bool open;	 /* may be published (open_data.h) */
};
struct report_table {
	const char *key; /* of the CSV file and, with "section.", of the table: "offices", unique in the document */
	char *title;
	char *note;	 /* below it, or NULL */
	struct report_column *columns;
	size_t n_columns;
	struct report_cell *cells; /* n_rows x n_columns, row by row */
	size_t n_rows;
	bool total;	 /* a last line of sums; its first column says so */
	bool facts;	 /* two columns: what, value (each row its own unit: units[row]); no heading line on paper */
	enum report_unit *units; /* of facts */
	int group;	 /* >= 0: rows with the same value there stand together under it as a heading, each group with its sums; the column is not shown on paper. -1 */
	bool narrow;	 /* few short columns: several may stand side by side on paper */
	bool open;
	const char *description[2]; /* for the data dictionary: id, en; NULL where not open */
};

enum report_chart_kind { REPORT_BARS, REPORT_LINES, REPORT_STACK };
struct report_chart {
	enum report_chart_kind kind;
	char *title, *description; /* description: for who cannot see it; one sentence with the figures */
	size_t table;		   /* in the same section: index of the block that holds the table */
	size_t label;		   /* column of the x axis */
	size_t series[4];
	size_t n_series;
	size_t most;		   /* only the first so many rows (a table sorted by size); 0: all */
};

enum report_block_kind { REPORT_PARAGRAPH, REPORT_TABLE, REPORT_CHART, REPORT_NOTE /* small, e.g. a method */, REPORT_HEADING };
struct report_block {
	enum report_block_kind kind;
	char *text; /* PARAGRAPH, NOTE, HEADING */
	struct report_table table;
	struct report_chart chart;
};
struct report_section {
	const char *key;  /* "summary", "uplink", "offices", "daily", "zones", "cost", "need", "corrections", "method" */
	char *title;
	char *sheet;	  /* the spreadsheet's tab: at most 31 characters, none of []:*?/\ */
	struct report_block *blocks;
	size_t n_blocks;
};

struct report_document {
	bool english;
	int32_t month;
	char **letterhead;
	size_t n_letterhead;
	char *logo; /* path of a PNG or NULL */
	char *title, *subtitle; /* "Laporan Pemakaian Internet", "November 2026" */
	char *mark; /* on every page: "SEMENTARA", "GELADI", "SEMENTARA · GELADI"; NULL */
	char *sign_place_date, *sign_office, *sign_name, *sign_nip; /* NULL: no signature block. place_date "Sampit, ......................" : the date is written by hand or, where the month is closed, the first working day after it */
	char *verify; /* text of the QR code, and beside it in words */
	char *verify_words;
	char *footer; /* "Laporan November 2026 · Diskominfo …": page numbers are the writer's */
	struct report_section *sections;
	size_t n_sections;
};

/* Building: -ENOMEM sticks in *error and later calls do nothing, so that a section is written straight down. Texts are copied. */
struct report_build { struct report_document *document; int error; };
struct report_section *build_section(struct report_build *build, const char *key, const char *title, const char *sheet);
void build_text(struct report_build *build, enum report_block_kind kind, const char *format, ...) _printf_(3, 4);
/* Of the last section. The columns (titles included) are copied; facts without columns get "what" and "value". The pointer is valid until the next block is
 * added; NULL, as that of a section, once something has failed. */
struct report_table *build_table(struct report_build *build, const struct report_table *like);
void build_row(struct report_build *build, const struct report_cell *cells, size_t n); /* of the last table; texts are copied */
void build_chart(struct report_build *build, const struct report_chart *like);
void build_fact(struct report_build *build, const char *what, enum report_unit unit, struct report_cell value); /* a row of the last table, which is one of facts */
static inline struct report_cell cell(int64_t value) { return (struct report_cell){.value = value}; }
static inline struct report_cell cell_text(const char *text) { return (struct report_cell){.text = (char *)text}; }
static inline struct report_cell cell_absent(void) { return (struct report_cell){.absent = true}; }
static inline struct report_cell cell_if(bool known, int64_t value) { return (struct report_cell){.absent = !known, .value = value}; }

struct report_document *report_document_free(struct report_document *document);
DEFINE_CLEANUP(struct report_document *, report_document_free)

/* The sum of a column over [from, until) rows; absent cells are 0. */
int64_t report_column_sum(const struct report_table *table, size_t column, size_t from, size_t until);
/* The rows of the group that begins at `row`: one past its end. */
size_t report_group_end(const struct report_table *table, size_t row);

struct report_month;
struct report_settings;
/* All sections of the month in a language. 0 or -errno. */
int report_document_make(const struct report_month *month, const struct report_settings *settings, bool english, struct report_document **out);
