// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Proves where things stand in the workbook: a sheet a section; a long table that cannot keep its heading in
 * sight, and what would stand below one, on a further sheet, its heading with it; and names of sheets that
 * every program takes.
 */
#include "../../report/letters.h"
#include "../../report/xlsx.h"
#include <check.h>
#include <string.h>
#include <strings.h>

static struct report_document *document;
static struct report_build build;
static struct xlsx_plan *plan;

static void set_up(void)
{
	document = calloc(1, sizeof(*document));
	build = (struct report_build){.document = document};
}

static void tear_down(void)
{
	plan = xlsx_plan_free(plan);
	document = report_document_free(document);
}

static void table(const char *key, size_t rows)
{
	struct report_column column = {.key = "n", .title = (char *)"N", .unit = REPORT_COUNT, .weight = 1};
	struct report_table like = {
	    .key = key, .title = (char *)key, .columns = &column, .n_columns = 1, .group = -1};

	build_table(&build, &like);
	for (size_t i = 0; i < rows; i++)
		build_row(&build, &(struct report_cell){.value = (int64_t)i}, 1);
}

static void make(void)
{
	ck_assert_int_eq(build.error, 0);
	ck_assert_int_eq(xlsx_layout(document, &plan), 0);
}

static const struct xlsx_place *at(size_t section, size_t block)
{
	return &plan->places[section][block];
}

START_TEST(short_tables_stand_on_one_sheet)
{
	build_section(&build, "a", "A", "Satu");
	table("one", 20);
	table("two", 20);
	build_section(&build, "b", "B", "Dua");
	table("three", 20);
	make();
	ck_assert_uint_eq(plan->n_sheets, 3);
	ck_assert_str_eq(plan->sheets[0].name, "Daftar isi");
	ck_assert_uint_eq(at(0, 0)->sheet, 1);
	ck_assert_uint_eq(at(0, 1)->sheet, 1);
	/* Title, heading, rows, and one between. */
	ck_assert_uint_eq(at(0, 1)->row, at(0, 0)->row + 1 + 1 + 20 + 1);
	ck_assert_uint_eq(at(1, 0)->sheet, 2);
}
END_TEST

START_TEST(a_second_long_table_takes_its_heading_to_a_further_sheet)
{
	build_section(&build, "a", "A", "Kantor");
	build_text(&build, REPORT_PARAGRAPH, "%s", "text");
	table("long", 300);
	build_text(&build, REPORT_NOTE, "%s", "note");
	build_text(&build, REPORT_HEADING, "%s", "heading");
	table("longer", 300);
	make();
	ck_assert_uint_eq(at(0, 0)->sheet, 1);
	ck_assert_uint_eq(at(0, 1)->sheet, 1);
	ck_assert_uint_eq(at(0, 2)->sheet, 1);
	ck_assert_uint_eq(at(0, 3)->sheet, 2);
	ck_assert_uint_eq(at(0, 4)->sheet, 2);
	ck_assert_str_eq(plan->sheets[2].name, "Kantor 2");
}
END_TEST

START_TEST(a_month_of_days_keeps_its_chart)
{
	build_section(&build, "a", "A", "Uplink");
	table("days", 31);
	build_chart(&build, &(struct report_chart){.title = (char *)"chart", .n_series = 1});
	make();
	ck_assert_uint_eq(at(0, 1)->sheet, 1);
	ck_assert_uint_eq(plan->n_sheets, 2);
}
END_TEST

START_TEST(a_long_table_far_down_begins_a_sheet)
{
	build_section(&build, "a", "A", "Kantor");
	table("short", 12);
	build_text(&build, REPORT_HEADING, "%s", "heading");
	table("long", 26);
	make();
	ck_assert_uint_eq(at(0, 0)->sheet, 1);
	ck_assert_uint_eq(at(0, 1)->sheet, 2);
	ck_assert_uint_eq(at(0, 2)->sheet, 2);
	ck_assert_uint_eq(plan->sheets[2].head, XLSX_FIRST_ROW + 2);
}
END_TEST

/* ECMA-376 18.2.19 and what Excel and LibreOffice take. */
START_TEST(names_of_sheets_are_taken_by_every_program)
{
	static const char *const asked[] = {"Kantor",
					    "kantor",
					    "KANTOR",
					    "daftar isi",
					    "A1",
					    "2026",
					    "",
					    "'x'",
					    "a:b\\c/d?e*f[g]h",
					    "Lembar dengan nama tiga puluh satu",
					    "Lembar dengan nama tiga puluh satu",
					    "Été Été Été Été Été Été Été Été Été",
					    "Été Été Été Été Été Été Été Été Été",
					    "\xFF\x01"};

	for (size_t i = 0; i < ELEMENTS(asked); i++)
		build_section(&build, "key", "Title", asked[i]);
	make();
	ck_assert_uint_eq(plan->n_sheets, 1 + ELEMENTS(asked));
	for (size_t i = 0; i < plan->n_sheets; i++) {
		const char *name = plan->sheets[i].name;

		ck_assert_uint_ge(letters_count(name), 1);
		ck_assert_uint_le(letters_count(name), XLSX_NAME);
		ck_assert_ptr_null(strpbrk(name, "[]:*?/\\'\n"));
		ck_assert(name[0] < '0' || name[0] > '9');
		for (size_t j = 0; j < i; j++)
			ck_assert_int_ne(strcasecmp(name, plan->sheets[j].name), 0);
	}
	ck_assert_str_eq(plan->sheets[2].name, "kantor 2");
	ck_assert_str_eq(plan->sheets[3].name, "KANTOR 3");
	ck_assert_str_eq(plan->sheets[5].name, "_A1");
}
END_TEST

START_TEST(more_rows_than_a_sheet_has_are_refused)
{
	struct report_block *block;

	build_section(&build, "a", "A", "A");
	table("long", 1);
	block = &document->sections[0].blocks[0];
	block->table.n_rows = LXW_ROW_MAX;
	block->table.n_columns = 0;
	ck_assert_int_eq(xlsx_layout(document, &plan), -E2BIG);
	block->table.n_rows = 1;
	block->table.n_columns = 1;
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("xlsx_layout");
	TCase *tcase = tcase_create("layout");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, short_tables_stand_on_one_sheet);
	tcase_add_test(tcase, a_second_long_table_takes_its_heading_to_a_further_sheet);
	tcase_add_test(tcase, a_month_of_days_keeps_its_chart);
	tcase_add_test(tcase, a_long_table_far_down_begins_a_sheet);
	tcase_add_test(tcase, names_of_sheets_are_taken_by_every_program);
	tcase_add_test(tcase, more_rows_than_a_sheet_has_are_refused);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
