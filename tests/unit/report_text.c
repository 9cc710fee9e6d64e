// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Writes what report_text.py reads: `report-text DIRECTORY LANGUAGE`: the fixture's month as CSV, open data
 * and plain text, a file each; `report-text values`: thousands of values of every unit, as they are shown.
 */
#include "report_fixture.h"
#include <inttypes.h>
#include "../../report/format.h"
#include "../../report/open_data.h"
#include "../../report/writers.h"

static FILE *file(const char *directory, const char *prefix, const char *name, const char *suffix)
{
	char path[512];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s%s%s", directory, prefix, name, suffix);
	out = fopen(path, "w");
	if (!out)
		exit(EXIT_FAILURE);
	return out;
}

static void tables(const struct report_document *document, const char *directory, const char *prefix)
{
	for (size_t i = 0; i < document->n_sections; i++)
		for (size_t j = 0; j < document->sections[i].n_blocks; j++) {
			const struct report_block *block = &document->sections[i].blocks[j];
			FILE *out;

			if (block->kind != REPORT_TABLE)
				continue;
			out = file(directory, prefix, block->table.key, ".csv");
			csv_write(document, &block->table, out);
			fclose(out);
		}
}

/* Every word that a reader meets, a line each. */
static void words(const struct report_document *document, FILE *out)
{
	for (size_t i = 0; i < document->n_sections; i++) {
		fprintf(out, "%s\n%s\n", document->sections[i].title, document->sections[i].sheet);
		for (size_t j = 0; j < document->sections[i].n_blocks; j++) {
			const struct report_block *block = &document->sections[i].blocks[j];

			if (block->kind == REPORT_CHART)
				fprintf(out, "%s\n%s\n", block->chart.title, block->chart.description);
			else if (block->kind != REPORT_TABLE)
				fprintf(out, "%s\n", block->text);
			else
				fprintf(out, "%s\n%s\n", block->table.title,
					block->table.note ? block->table.note : "");
			for (size_t k = 0; k < block->table.n_columns; k++)
				fprintf(out, "%s\n", block->table.columns[k].title);
		}
	}
}

static int write_all(const char *directory, bool english)
{
	_cleanup_(report_document_freep) struct report_document *document = NULL, *open = NULL;
	FILE *out;

	if (report_document_make(month_fixture(), &fixture_settings, english, &document) < 0 ||
	    open_document(document, &open) < 0)
		return EXIT_FAILURE;
	tables(document, directory, "");
	tables(open, directory, "open-");
	out = file(directory, "", "open", ".json");
	open_json(open, out);
	fclose(out);
	out = file(directory, "", "dictionary", ".csv");
	open_dictionary(open, out);
	fclose(out);
	out = file(directory, "", "words", ".txt");
	words(document, out);
	fclose(out);
	return EXIT_SUCCESS;
}

/* xorshift: the same values on every machine; all sizes alike often. */
static int64_t next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (int64_t)*state >> (*state % 63);
}

static void values(void)
{
	uint64_t state = 88172645463325252u;
	char text[FORMAT_TEXT];

	for (int i = 0; i < 3000; i++) {
		const int64_t value = next(&state);

		for (int unit = REPORT_COUNT; unit <= REPORT_RUPIAH; unit++)
			for (int english = 0; english < 2; english++)
				printf("%s\t%" PRId64 "\t%d\t%s\n", format_unit((enum report_unit)unit),
				       value, english,
				       format_value(value, (enum report_unit)unit, english, i % 2, text));
	}
}

int main(int argc, char **argv)
{
	if (argc == 3)
		return write_all(argv[1], !strcmp(argv[2], "en"));
	if (argc != 2 || strcmp(argv[1], "values"))
		return EXIT_FAILURE;
	values();
	return EXIT_SUCCESS;
}
