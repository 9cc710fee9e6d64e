/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Rows of a document as RFC 4180: a line of headings, CRLF, fields in quotation marks where they need them. A text that a
 * spreadsheet would take for a formula (= + - @, a tab or a carriage return first) gets an apostrophe before it; numbers are
 * plain, with a decimal point, in every language.
 */
#include <jansson.h>
#include <stdio.h>

struct csv_column {
	const char *head, *path; /* "down.bytes": of the row, or else of the document */
};

void csv_rows(FILE *out, const json_t *document, const json_t *rows, const struct csv_column *columns, size_t n);

/* The views of `gerbang usage`, by what the document holds. */
void csv_usage(const json_t *document);
