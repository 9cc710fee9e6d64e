// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where everything stands in the workbook: a sheet a section, one thing below the other in the document's
 * order. Only what would not be usable there gets a further sheet
 * ("Kantor 2"): a long table whose heading could not be frozen at the top, and what would stand where nobody
 * scrolls, below a long table. Pure: it writes nothing.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>
#include "letters.h"
#include "xlsx.h"

#define LONG_ROWS 25	/* such a table wants its heading in sight */
#define ENDLESS_ROWS 60 /* and nobody looks for what is below such a one */
#define REACH 9		/* a heading down to this row can be frozen and leave room */

struct xlsx_plan *xlsx_plan_free(struct xlsx_plan *plan)
{
	if (!plan)
		return NULL;
	for (size_t i = 0; plan->places && i < plan->n_sections; i++)
		free(plan->places[i]);
	free(plan->places);
	free(plan->sheets);
	free(plan);
	return NULL;
}

/* ---- names ---- */

/* ECMA-376 and the programs that read it: no []:*?/\, no apostrophe at an end. A name that could be a cell's
 * ("A1", "2026") would have to be quoted where the library does not, so it gets a line below before it. */
static void name_of(const char *text, size_t most, char out[static XLSX_NAME * 4 + 1])
{
	size_t count = 0, length = 0;
	bool plain = true, digits = false;
	uint32_t letter;

	for (text = letters_next(text, &letter); letter && count < most;
	     text = letters_next(text, &letter), count++) {
		if (letter < 0x80 && strchr("[]:*?/\\\n'", (int)letter))
			letter = ' ';
		digits |= letter >= '0' && letter <= '9';
		plain &= letter < 0x80 && letter != ' ' && letter != '-';
		length += letters_encode(letter, out + length);
	}
	out[length] = '\0';
	if (length > 0 && !(plain && digits))
		return;
	out[MIN(length, most - 1)] = '\0';
	memmove(out + 1, out, strlen(out) + 1);
	out[0] = '_';
}

static bool is_taken(const struct xlsx_plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->n_sheets; i++)
		if (strcasecmp(plan->sheets[i].name, name) == 0)
			return true;
	return false;
}

/* The name, or "name 2", "name 3": no two alike, in whatever case. */
static struct xlsx_sheet *add_sheet(struct xlsx_plan *plan, const struct report_section *section,
				    const char *text)
{
	struct xlsx_sheet *sheet = &plan->sheets[plan->n_sheets];
	char name[XLSX_NAME * 4 + 1];

	name_of(text, XLSX_NAME, sheet->name);
	for (unsigned n = 2; is_taken(plan, sheet->name) && n < 1000; n++) {
		name_of(text, XLSX_NAME - strlen(" 999"), name);
		snprintf(sheet->name, sizeof(sheet->name), "%.*s %u", (int)sizeof(name) - 5, name, n);
	}
	sheet->section = section;
	sheet->rows = XLSX_FIRST_ROW;
	plan->n_sheets++;
	return sheet;
}

/* ---- places ---- */

static bool is_headed(const struct report_block *block)
{
	return block->kind == REPORT_TABLE && !block->table.facts;
}

static bool is_long(const struct report_block *block)
{
	return is_headed(block) && block->table.n_rows > LONG_ROWS;
}

static uint32_t rows_of(const struct report_block *block)
{
	switch (block->kind) {
	case REPORT_TABLE:
		return xlsx_table_rows(&block->table) + 1;
	case REPORT_CHART:
		return XLSX_CHART_ROWS + 1;
	case REPORT_PARAGRAPH:
	case REPORT_NOTE:
	case REPORT_HEADING:
		break;
	}
	return 1;
}

/* Whether the block has to begin a sheet; a heading goes where what it is the heading of goes. */
static bool needs_sheet(const struct xlsx_sheet *sheet, const struct report_section *section, size_t block)
{
	const struct report_block *what = &section->blocks[block];

	if (sheet->longish && what->kind != REPORT_NOTE)
		return true;
	if (what->kind == REPORT_HEADING && block + 1 < section->n_blocks)
		what++;
	return is_long(what) && (sheet->tables > 0 || sheet->rows + 1 > REACH);
}

static void place(struct xlsx_sheet *sheet, const struct report_block *block, bool english)
{
	if (block->kind == REPORT_TABLE)
		xlsx_widen(sheet, &block->table, english);
	if (is_headed(block)) {
		sheet->tables++;
		sheet->head = sheet->rows + 1;
	}
	sheet->longish |= is_headed(block) && block->table.n_rows > ENDLESS_ROWS;
	if (!sheet->about && block->kind != REPORT_PARAGRAPH && block->kind != REPORT_NOTE)
		sheet->about = block->kind == REPORT_TABLE   ? block->table.title
			       : block->kind == REPORT_CHART ? block->chart.title
							     : block->text;
	sheet->rows += rows_of(block);
}

static int place_section(struct xlsx_plan *plan, const struct report_document *document, size_t section)
{
	const struct report_section *from = &document->sections[section];
	const char *name = from->sheet ? from->sheet : from->title;
	struct xlsx_sheet *sheet = add_sheet(plan, from, name);

	plan->places[section] = calloc(from->n_blocks + 1, sizeof(**plan->places));
	if (!plan->places[section])
		return -ENOMEM;
	for (size_t b = 0; b < from->n_blocks; b++) {
		if (sheet->rows > XLSX_FIRST_ROW && needs_sheet(sheet, from, b))
			sheet = add_sheet(plan, from, name);
		plan->places[section][b] = (struct xlsx_place){plan->n_sheets - 1, sheet->rows};
		place(sheet, &from->blocks[b], document->english);
		if (sheet->rows >= LXW_ROW_MAX)
			return -E2BIG;
	}
	return 0;
}

static size_t most_sheets(const struct report_document *document)
{
	size_t count = 1;

	for (size_t i = 0; i < document->n_sections; i++)
		count += 1 + document->sections[i].n_blocks;
	return count;
}

int xlsx_layout(const struct report_document *document, struct xlsx_plan **out)
{
	_cleanup_(xlsx_plan_freep) struct xlsx_plan *plan = calloc(1, sizeof(*plan));
	int r = 0;

	if (!plan)
		return -ENOMEM;
	plan->sheets = calloc(most_sheets(document), sizeof(*plan->sheets));
	plan->places = calloc(document->n_sections + 1, sizeof(*plan->places));
	plan->n_sections = document->n_sections;
	if (!plan->sheets || !plan->places)
		return -ENOMEM;
	add_sheet(plan, NULL, document->english ? "Contents" : "Daftar isi");
	for (size_t i = 0; r == 0 && i < document->n_sections; i++)
		r = place_section(plan, document, i);
	if (r < 0)
		return r;
	*out = plan;
	plan = NULL;
	return 0;
}
