// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: the figures go on into somebody's spreadsheet or program, exactly, in base units and in no language.
 * Names come from whoever edits the configuration: what opens the file must compute nothing of them. Of
 * facts, each line says its own unit.
 */
#include "writers.h"
#include <errno.h>
#include <string.h>
#include "format.h"
#include "letters.h"

/* What a spreadsheet takes for the begin of a formula, also in its wide forms; spaces before it are skipped,
 * as some do. */
static bool risky(const char *text)
{
	static const uint32_t begins[] = {'=', '+', '-', '@', 0xff1d, 0xff0b, 0xff0d, 0xff20};
	uint32_t letter;

	do
		text = letters_next(text, &letter);
	while (letter == ' ' || letter == 0xa0 || letter == '\n');
	for (size_t i = 0; i < ELEMENTS(begins); i++)
		if (letter == begins[i])
			return true;
	return false;
}

static void put_text(FILE *out, const char *text)
{
	const bool quoted = strpbrk(text, ",\"\n") != NULL;
	char bytes[4];
	uint32_t letter;

	if (quoted)
		putc('"', out);
	if (risky(text))
		putc('\'', out);
	for (text = letters_next(text, &letter); letter; text = letters_next(text, &letter)) {
		if (letter == '"')
			putc('"', out);
		fwrite(bytes, 1, letters_encode(letter, bytes), out);
	}
	if (quoted)
		putc('"', out);
}

static void put_cell(FILE *out, const struct report_cell *cell, enum report_unit unit)
{
	char plain[FORMAT_TEXT];

	if (cell->absent)
		return;
	if (unit == REPORT_TEXT)
		put_text(out, cell->text ? cell->text : "");
	else
		fputs(format_plain(cell->value, unit, plain), out);
}

static void put_row(FILE *out, const struct report_table *table, size_t row)
{
	for (size_t i = 0; i < table->n_columns; i++) {
		const bool own = table->facts && i == 1;

		if (i > 0)
			putc(',', out);
		put_cell(out, &table->cells[row * table->n_columns + i],
			 own ? table->units[row] : table->columns[i].unit);
	}
	if (table->facts)
		fprintf(out, ",%s", format_unit(table->units[row]));
	fputs("\r\n", out);
}

int csv_write(const struct report_document *document, const struct report_table *table, FILE *out)
{
	(void)document;
	for (size_t i = 0; i < table->n_columns; i++)
		fprintf(out, "%s%s", i > 0 ? "," : "", table->columns[i].key);
	fputs(table->facts ? ",unit\r\n" : "\r\n", out);
	for (size_t row = 0; row < table->n_rows; row++)
		put_row(out, table, row);
	return ferror(out) ? -EIO : 0;
}
