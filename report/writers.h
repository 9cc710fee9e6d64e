/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A document into files. The same document gives the same bytes, on every machine with the same fonts: no time of writing, no random ids.
 * Each writes into memory or an open descriptor; who puts files into place whole is files.h. Errors -errno, nothing is left open.
 */
#include <stdio.h>
#include "document.h"

/* One file, all in it, no script: prints on A4, in pages; passes axe; dark text on white. Charts as inline SVG. */
int html_write(const struct report_document *document, FILE *out);
/* A4, letterhead, fonts embedded, page numbers "3 / 12", bookmarks for sections, table headings repeated on each page, signature block, QR. PDF metadata (title, language) set. -ENOPKG: the machine has no font at all. */
int pdf_write(const struct report_document *document, FILE *out);
/* A sheet a section (and a further one, "Kantor 2", where a long table could not be used otherwise; what a cell holds: xlsx.h), a first one that leads to them; titles and headers frozen; numbers and dates are numbers; sums and row formulas are formulas with their values; native charts; printable on A4. */
int xlsx_write(const struct report_document *document, const char *path);
/* RFC 4180 in UTF-8, comma, CRLF, one line of headings (keys), base units, no sums. A text that a spreadsheet would take for a formula gets an apostrophe.
 * Facts have a third column, "unit": what the line's value is in (format_unit()). */
int csv_write(const struct report_document *document, const struct report_table *table, FILE *out);
