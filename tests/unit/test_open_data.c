// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Proves report/open_data: nothing gets out that was not marked open, whatever stands in the report: no
 * person, no reason, no exact time, no server, no small number of people; and everything that gets out is
 * described in both languages.
 */
#include "report_fixture.h"
#include "../../report/open_data.h"
#include "../../report/open_words.h"
#include "../../report/writers.h"

static struct report_document *opened(const struct report_document *document)
{
	struct report_document *open = NULL;

	ck_assert_int_eq(open_document(document, &open), 0);
	return open;
}

static char *memory(int (*write)(const struct report_document *, FILE *),
		    const struct report_document *document)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert_int_eq(write(document, out), 0);
	fclose(out);
	return text;
}

static int all_csv(const struct report_document *document, FILE *out)
{
	for (size_t i = 0; i < document->n_sections; i++)
		for (size_t j = 0; j < document->sections[i].n_blocks; j++)
			ck_assert_int_eq(csv_write(document, &document->sections[i].blocks[j].table, out), 0);
	return 0;
}

/* Everything that is in the month and must not be published. */
static const char *const secrets[] = {
    "wahyuni",	   "uji beban",				  /* who corrected, and why */
    "Contoh",	   "19700101",				  /* who signs */
    "uji.example",					  /* what is tested against */
    "01:12:05",	   "01.12.05",	"T01:00:00", "T00:01:00", /* when outages and shortages were */
};

START_TEST(nothing_else)
{
	_cleanup_(report_document_freep) struct report_document *document =
	    fixture_document(month_fixture(), _i);
	_cleanup_(report_document_freep) struct report_document *open = opened(document);
	_cleanup_(freep) char *json = memory(open_json, open), *csv = memory(all_csv, open);

	for (size_t i = 0; i < ELEMENTS(secrets); i++) {
		ck_assert_msg(!strstr(json, secrets[i]), "\"%s\" is published in JSON", secrets[i]);
		ck_assert_msg(!strstr(csv, secrets[i]), "\"%s\" is published in CSV", secrets[i]);
	}
	ck_assert_ptr_null(open->sign_name);
	ck_assert_ptr_null(open->logo);
	ck_assert_uint_eq(open->n_letterhead, 0);
	for (size_t i = 0; i < open->n_sections; i++)
		for (size_t j = 0; j < open->sections[i].n_blocks; j++) {
			const struct report_block *block = &open->sections[i].blocks[j];

			ck_assert_int_eq(block->kind, REPORT_TABLE);
			ck_assert(block->table.open);
			for (size_t k = 0; k < block->table.n_columns; k++)
				ck_assert(block->table.columns[k].open);
		}
}
END_TEST

/* These tables tell of instants, persons and servers: whoever opens one has to change this list, too. */
START_TEST(closed_tables)
{
	static const char *const closed[] = {"outages", "tests",       "shortfalls",
					     "gaps",	"corrections", "office_changes"};
	_cleanup_(report_document_freep) struct report_document *document =
	    fixture_document(month_fixture(), false);
	_cleanup_(report_document_freep) struct report_document *open = opened(document);

	for (size_t i = 0; i < ELEMENTS(closed); i++) {
		ck_assert_ptr_nonnull(fixture_table(document, closed[i]));
		ck_assert_ptr_null(fixture_table(open, closed[i]));
	}
	for (size_t i = 0; i < open->n_sections; i++)
		for (size_t j = 0; j < open->sections[i].n_blocks; j++)
			for (size_t k = 0; k < open->sections[i].blocks[j].table.n_columns; k++)
				ck_assert_int_ne(open->sections[i].blocks[j].table.columns[k].unit,
						 REPORT_TIME);
}
END_TEST

START_TEST(few_people)
{
	_cleanup_(report_document_freep) struct report_document *document =
	    fixture_document(month_fixture(), false);
	_cleanup_(report_document_freep) struct report_document *open = opened(document);

	ck_assert_int_eq(fixture_cell(open, "zones", 0, "visitors")->value, 310);
	ck_assert_int_eq(fixture_cell(open, "zones", 0, "sessions")->value, 1250);
	ck_assert_int_eq(fixture_cell(document, "zones", 1, "visitors")->value, 9);
	ck_assert(fixture_cell(open, "zones", 1, "visitors")->absent);
	ck_assert(fixture_cell(open, "zones", 1, "sessions")->absent); /* else 12 sessions of fewer than 10 */
	ck_assert(fixture_cell(open, "zones", 1, "online_seconds")->absent);
	ck_assert_int_eq(fixture_cell(open, "zones", 1, "open_min")->value, 1920);
}
END_TEST

START_TEST(exactly_ten)
{
	struct report_month *month = month_fixture();
	_cleanup_(report_document_freep) struct report_document *document = NULL, *open = NULL;

	fixture_zones[1].visitors = OPEN_FEWEST;
	document = fixture_document(month, false);
	open = opened(document);
	ck_assert_int_eq(fixture_cell(open, "zones", 1, "visitors")->value, OPEN_FEWEST);
	ck_assert_int_eq(fixture_cell(open, "zones", 1, "sessions")->value, 12);
}
END_TEST

/* Figures that are open are the report's, untouched; a formula whose parts are gone is a figure. */
START_TEST(same_figures)
{
	_cleanup_(report_document_freep) struct report_document *document =
	    fixture_document(month_fixture(), false);
	_cleanup_(report_document_freep) struct report_document *open = opened(document);
	const struct report_table *quotas = fixture_table(open, "quotas");

	ck_assert_uint_eq(quotas->n_columns, fixture_table(document, "quotas")->n_columns - 2);
	for (size_t i = 0; i < OFFICES; i++)
		ck_assert_int_eq(fixture_cell(open, "cost", i, "net_rupiah")->value,
				 fixture_offices[i].money.net);
	ck_assert_int_eq(fixture_table(open, "daily")->group, 0);
	ck_assert_int_eq(fixture_table(open, "offices")->columns[4].formula, REPORT_SUM_OF);
}
END_TEST

static struct report_column hidden_part[] = {
    {.key = "secret", .title = (char *)"s", .unit = REPORT_COUNT},
    {.key = "down_bytes", .title = (char *)"d", .unit = REPORT_COUNT, .open = true},
    {.key = "total_bytes",
     .title = (char *)"t",
     .unit = REPORT_COUNT,
     .open = true,
     .formula = REPORT_SUM_OF,
     .a = 0,
     .b = 1},
};

START_TEST(hidden_parts)
{
	_cleanup_(report_document_freep) struct report_document *document = calloc(1, sizeof(*document));
	_cleanup_(report_document_freep) struct report_document *open = NULL;
	const struct report_table like = {.key = "t",
					  .title = (char *)"T",
					  .columns = hidden_part,
					  .n_columns = 3,
					  .group = 0,
					  .open = true};
	struct report_table closed = like;
	struct report_build build = {.document = document};

	closed.key = "closed";
	closed.open = false;
	build_section(&build, "s", "S", "S");
	build_table(&build, &like);
	build_row(&build, (struct report_cell[]){cell(1), cell(2), cell(3)}, 3);
	build_table(&build, &closed); /* open columns do not open a table */
	build_row(&build, (struct report_cell[]){cell(1), cell(2), cell(3)}, 3);
	ck_assert_int_eq(build.error, 0);
	open = opened(document);
	ck_assert_ptr_null(fixture_table(open, "closed"));
	ck_assert_uint_eq(fixture_table(open, "t")->n_columns, 2);
	ck_assert_int_eq(fixture_table(open, "t")->group, -1);
	ck_assert_int_eq(fixture_table(open, "t")->columns[1].formula, REPORT_GIVEN);
	ck_assert_int_eq(fixture_cell(open, "t", 0, "total_bytes")->value, 3);
}
END_TEST

START_TEST(described)
{
	_cleanup_(report_document_freep) struct report_document *document =
	    fixture_document(month_fixture(), false);
	_cleanup_(report_document_freep) struct report_document *open = opened(document);
	_cleanup_(freep) char *dictionary = memory(open_dictionary, open);

	for (size_t i = 0; i < open->n_sections; i++)
		for (size_t j = 0; j < open->sections[i].n_blocks; j++) {
			const struct report_table *table = &open->sections[i].blocks[j].table;

			ck_assert(table->description[0] && table->description[1]);
			for (size_t k = 0; k < table->n_columns; k++)
				ck_assert_msg(*open_words(table->columns[k].key)[0] &&
						  *open_words(table->columns[k].key)[1],
					      "%s.%s has no description", table->key, table->columns[k].key);
		}
	ck_assert_ptr_eq(strstr(dictionary, "table,column,type,unit,description_id,description_en\r\n"),
			 dictionary);
	ck_assert_str_eq(open_words("no such key")[1], "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("open_data");
	TCase *tests = tcase_create("open_data");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, nothing_else, 0, 2);
	tcase_add_test(tests, closed_tables);
	tcase_add_test(tests, few_people);
	tcase_add_test(tests, exactly_ten);
	tcase_add_test(tests, same_figures);
	tcase_add_test(tests, hidden_parts);
	tcase_add_test(tests, described);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
