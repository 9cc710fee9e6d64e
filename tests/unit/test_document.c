// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Proves report/build and report/document: a document is built straight down and read back as it was given;
 * the report has every section that was asked for, in order and in both languages; sums and formulas agree
 * with their cells in every table, and every chart has its table.
 */
#include "report_fixture.h"
#include <ctype.h>
#include <errno.h>

/* ---- building ---- */

static const struct report_column two_columns[] = {
    {.key = "name", .title = (char *)"Nama", .unit = REPORT_TEXT},
    {.key = "n", .title = (char *)"N", .unit = REPORT_COUNT, .total = true},
};

static struct report_document *empty(void)
{
	struct report_document *document = calloc(1, sizeof(*document));

	ck_assert_ptr_nonnull(document);
	return document;
}

static struct report_table grouped(void)
{
	return (struct report_table){.key = "t",
				     .title = (char *)"T",
				     .columns = (struct report_column *)two_columns,
				     .n_columns = 2,
				     .group = 0};
}

START_TEST(built)
{
	_cleanup_(report_document_freep) struct report_document *document = empty();
	struct report_build build = {.document = document};
	const struct report_table like = grouped();
	char name[] = "satu";

	ck_assert_ptr_nonnull(build_section(&build, "one", "Satu", "Satu"));
	build_text(&build, REPORT_PARAGRAPH, "%s %d", "teks", 7);
	ck_assert_ptr_nonnull(build_table(&build, &like));
	for (int i = 0; i < 1000; i++)
		build_row(&build, (struct report_cell[]){cell_text(name), cell(i)}, 2);
	name[0] = 'X'; /* nothing of the caller's is kept */
	build_row(&build, (struct report_cell[]){cell_text("dua"), cell_absent()}, 2);
	build_chart(&build, &(struct report_chart){.title = name, .n_series = 1});
	ck_assert_int_eq(build.error, 0);
	ck_assert_uint_eq(document->sections[0].n_blocks, 3);
	ck_assert_str_eq(document->sections[0].blocks[0].text, "teks 7");
	ck_assert_uint_eq(document->sections[0].blocks[1].table.n_rows, 1001);
	ck_assert_str_eq(document->sections[0].blocks[1].table.cells[0].text, "satu");
	ck_assert_uint_eq(document->sections[0].blocks[1].table.columns[0].weight, 1);
	ck_assert_ptr_ne(document->sections[0].blocks[2].chart.title, name);
}
END_TEST

START_TEST(summed)
{
	_cleanup_(report_document_freep) struct report_document *document = empty();
	struct report_build build = {.document = document};
	const struct report_table like = grouped();
	const struct report_table *table;

	build_section(&build, "one", "Satu", "Satu");
	build_table(&build, &like);
	build_row(&build, (struct report_cell[]){cell_text("a"), cell(5)}, 2);
	build_row(&build, (struct report_cell[]){cell_text("a"), cell_absent()}, 2);
	build_row(&build, (struct report_cell[]){cell_text("b"), cell(-7)}, 2);
	build_row(&build, (struct report_cell[]){cell_absent(), cell(INT64_MAX)}, 2);
	build_row(&build, (struct report_cell[]){cell_absent(), cell(INT64_MAX)}, 2);
	table = &document->sections[0].blocks[0].table;
	ck_assert_uint_eq(report_group_end(table, 0), 2);
	ck_assert_uint_eq(report_group_end(table, 2), 3);
	ck_assert_uint_eq(report_group_end(table, 3), 5);
	ck_assert_uint_eq(report_group_end(table, 5), 5);
	ck_assert_int_eq(report_column_sum(table, 1, 0, 3), -2);
	ck_assert_int_eq(report_column_sum(table, 1, 3, 99), INT64_MAX); /* never wraps */
}
END_TEST

START_TEST(facts)
{
	_cleanup_(report_document_freep) struct report_document *document = empty();
	struct report_build build = {.document = document};
	const struct report_table like = {.key = "f", .title = (char *)"F", .facts = true, .group = -1};
	const struct report_table *table;

	build_section(&build, "one", "Satu", "Satu");
	build_table(&build, &like);
	build_fact(&build, "berapa", REPORT_RUPIAH, cell(7));
	build_fact(&build, "siapa", REPORT_TEXT, cell_text("kami"));
	build_fact(&build, "kapan", REPORT_DAY, cell_absent());
	ck_assert_int_eq(build.error, 0);
	table = &document->sections[0].blocks[0].table;
	ck_assert_uint_eq(table->n_columns, 2);
	ck_assert_str_eq(table->columns[1].key, "value");
	ck_assert_uint_eq(table->units[0], REPORT_RUPIAH);
	ck_assert_str_eq(table->cells[3].text, "kami");
	ck_assert(table->cells[5].absent);
	ck_assert_uint_eq(report_group_end(table, 0), 3);
}
END_TEST

/* What is built wrongly sticks, and nothing after it is done. */
START_TEST(misbuilt)
{
	_cleanup_(report_document_freep) struct report_document *document = empty();
	struct report_build build = {.document = document};
	const struct report_table like = grouped();

	build_text(&build, REPORT_NOTE, "%s", "");
	ck_assert_int_eq(build.error, -EINVAL); /* no section */
	ck_assert_ptr_null(build_section(&build, "one", "Satu", "Satu"));
	build.error = 0;
	build_section(&build, "one", "Satu", "Satu");
	build_table(&build, &like);
	build_row(&build, (struct report_cell[]){cell(1)}, 1);
	ck_assert_int_eq(build.error, -EINVAL); /* too few cells */
	ck_assert_ptr_null(build_table(&build, &like));
	build_fact(&build, "x", REPORT_COUNT, cell(1));
	ck_assert_uint_eq(document->sections[0].n_blocks, 1);
	build.error = 0;
	build_text(&build, REPORT_NOTE, "%s", "");
	build_row(&build, (struct report_cell[]){cell(1), cell(1)}, 2);
	ck_assert_int_eq(build.error, -EINVAL); /* the last block is no table */
}
END_TEST

/* ---- the whole ---- */

static const char *const section_keys[] = {"summary", "uplink", "offices",     "daily", "zones",
					   "cost",    "need",	"corrections", "method"};

START_TEST(sections)
{
	_cleanup_(report_document_freep) struct report_document *document =
	    fixture_document(month_fixture(), _i);

	ck_assert_uint_eq(document->n_sections, ELEMENTS(section_keys));
	for (size_t i = 0; i < ELEMENTS(section_keys); i++) {
		const struct report_section *section = &document->sections[i];

		ck_assert_str_eq(section->key, section_keys[i]);
		ck_assert_uint_le(strlen(section->sheet), 31);
		ck_assert_ptr_null(strpbrk(section->sheet, "[]:*?/\\"));
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(section->sheet, document->sections[j].sheet);
	}
}
END_TEST

static void check_formula(const struct report_table *table, size_t row, size_t column)
{
	const struct report_column *of = &table->columns[column];
	const struct report_cell *cells = &table->cells[row * table->n_columns];
	const int64_t a = cells[of->a].value, b = cells[of->b].value;

	if (of->formula == REPORT_GIVEN || cells[column].absent)
		return;
	ck_assert_msg(!cells[of->a].absent && !cells[of->b].absent, "%s.%s is made of nothing", table->key,
		      of->key);
	ck_assert_msg(cells[column].value == (of->formula == REPORT_SUM_OF ? a + b : a - b), "%s.%s, row %zu",
		      table->key, of->key, row);
}

static void check_table(const struct report_table *table)
{
	for (size_t i = 0; i < table->n_columns; i++) {
		const struct report_column *column = &table->columns[i];

		for (const char *at = column->key; *at; at++)
			ck_assert_msg(islower(*at) || isdigit(*at) || *at == '_', "%s.%s", table->key,
				      column->key);
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(column->key, table->columns[j].key);
		ck_assert_msg(!column->total || column->unit != REPORT_TEXT, "%s.%s is added up", table->key,
			      column->key);
		ck_assert(column->a < table->n_columns && column->b < table->n_columns);
		for (size_t row = 0; row < table->n_rows; row++) {
			const struct report_cell *cell = &table->cells[row * table->n_columns + i];

			check_formula(table, row, i);
			ck_assert_msg(table->facts || cell->absent ||
					  (column->unit == REPORT_TEXT) == (cell->text != NULL),
				      "%s.%s, row %zu: a text where a number belongs, or none", table->key,
				      column->key, row);
		}
	}
	ck_assert_msg(!table->open || (table->description[0] && table->description[1]),
		      "%s is open and not described", table->key);
}

/* Who reads facts by a program finds them by their words. */
static void check_facts(const struct report_table *table)
{
	for (size_t i = 0; table->facts && i < table->n_rows; i++)
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(table->cells[i * 2].text, table->cells[j * 2].text);
}

static void check_chart(const struct report_section *section, const struct report_chart *chart)
{
	const struct report_block *block = &section->blocks[chart->table];

	ck_assert(chart->table < section->n_blocks && block->kind == REPORT_TABLE);
	ck_assert(chart->n_series > 0 && chart->n_series <= ELEMENTS(chart->series));
	ck_assert(chart->label < block->table.n_columns);
	for (size_t i = 0; i < chart->n_series; i++) {
		ck_assert(chart->series[i] < block->table.n_columns);
		ck_assert_int_ne(block->table.columns[chart->series[i]].unit, REPORT_TEXT);
		/* one axis, one unit */
		ck_assert_int_eq(block->table.columns[chart->series[i]].unit,
				 block->table.columns[chart->series[0]].unit);
	}
	ck_assert(chart->description && *chart->description && chart->title && *chart->title);
}

/* Each table by itself, and no key twice: it is a file's name. */
START_TEST(tables)
{
	_cleanup_(report_document_freep) struct report_document *document =
	    fixture_document(month_fixture(), _i);
	size_t charts = 0;

	for (size_t i = 0; i < document->n_sections; i++)
		for (size_t j = 0; j < document->sections[i].n_blocks; j++) {
			const struct report_block *block = &document->sections[i].blocks[j];

			if (block->kind == REPORT_TABLE) {
				ck_assert_ptr_eq(fixture_table(document, block->table.key), &block->table);
				check_table(&block->table);
				check_facts(&block->table);
			} else if (block->kind == REPORT_CHART) {
				check_chart(&document->sections[i], &block->chart);
				charts++;
			} else {
				ck_assert(block->text && *block->text);
			}
		}
	ck_assert_uint_eq(charts, 5);
}
END_TEST

/* A month of nothing at all: no office, no contract, nothing measured. Every section is there and says so. */
START_TEST(nothing)
{
	const struct report_month month = {.month = NOVEMBER,
					   .from_day = NOV(1),
					   .until_day = NOV(31),
					   .from_sec = SEC(1),
					   .until_sec = SEC(31),
					   .provisional = true,
					   .assumed = true};
	struct policy policy = {0};
	const struct report_settings settings = {.policy = &policy};
	_cleanup_(report_document_freep) struct report_document *document = NULL;

	ck_assert_int_eq(report_document_make(&month, &settings, _i, &document), 0);
	ck_assert_uint_eq(document->n_sections, ELEMENTS(section_keys));
	for (size_t i = 0; i < document->n_sections; i++)
		ck_assert_uint_gt(document->sections[i].n_blocks, 0);
	ck_assert_ptr_null(document->sign_office);
	ck_assert_ptr_null(document->verify);
	ck_assert_ptr_null(fixture_table(document, "cost"));
	ck_assert_ptr_null(fixture_table(document, "contract"));
	ck_assert(fixture_cell(document, "year", 1, "value")->absent);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("document");
	TCase *tests = tcase_create("document");
	SRunner *runner;
	int failed;

	tcase_add_test(tests, built);
	tcase_add_test(tests, summed);
	tcase_add_test(tests, facts);
	tcase_add_test(tests, misbuilt);
	tcase_add_loop_test(tests, sections, 0, 2);
	tcase_add_loop_test(tests, tables, 0, 2);
	tcase_add_loop_test(tests, nothing, 0, 2);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
