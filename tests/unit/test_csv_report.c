// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Proves report/csv to the byte: RFC 4180, headings that are keys, base units in every language, and no text
 * that a spreadsheet would compute or that breaks its line. The same files are read by another program in
 * report_text.py.
 */
#include "report_fixture.h"
#include "../../report/writers.h"

static char *written(const struct report_document *document, const struct report_table *table)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(csv_write(document, table, out), 0);
	fclose(out);
	return text;
}

/* A table of one column and one row, with this text in it. */
static char *field(const char *text)
{
	_cleanup_(report_document_freep) struct report_document *document = calloc(1, sizeof(*document));
	const struct report_column column = {.key = "t", .title = (char *)"T", .unit = REPORT_TEXT};
	const struct report_table like = {.key = "t",
					  .title = (char *)"T",
					  .columns = (struct report_column *)&column,
					  .n_columns = 1,
					  .group = -1};
	struct report_build build = {.document = document};

	build_section(&build, "s", "S", "S");
	build_table(&build, &like);
	build_row(&build, (struct report_cell[]){cell_text(text)}, 1);
	ck_assert_int_eq(build.error, 0);
	return written(document, &document->sections[0].blocks[0].table);
}

static const struct {
	const char *text, *field;
} fields[] = {
    {"Dinas Kesehatan", "Dinas Kesehatan"},
    {"", ""},
    {"a, b", "\"a, b\""},
    {"\"Taman\" Kota", "\"\"\"Taman\"\" Kota\""},
    {"dua\nbaris", "\"dua\nbaris\""},
    {"=1+1", "'=1+1"},
    {"+62 531", "'+62 531"},
    {"-1", "'-1"},
    {"@SUM(A1)", "'@SUM(A1)"},
    {"  =1+1", "'  =1+1"},
    {"\t=1+1", "' =1+1"},
    {"\r\x01=1+1", "'=1+1"},
    {"\n=1+1", "\"'\n=1+1\""},
    {"\xC2\xA0=1", "'\xC2\xA0=1"},
    {"\xEF\xBC\x9D"
     "1",
     "'\xEF\xBC\x9D"
     "1"}, /* a wide "=" */
    {"=HYPERLINK(\"http://x\",\"a\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"a\"\")\""},
    {"1=1", "1=1"},
    {"\xE2\x80\xAE"
     "abc",
     "abc"},								      /* what writes backwards */
    {"\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D", "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D"}, /* who writes from the right */
    {"a\xFFz", "a\xEF\xBF\xBDz"},					      /* no UTF-8 */
};

START_TEST(texts)
{
	_cleanup_(freep) char *text = field(fields[_i].text);
	char expected[256];

	snprintf(expected, sizeof(expected), "t\r\n%s\r\n", fields[_i].field);
	ck_assert_str_eq(text, expected);
}
END_TEST

START_TEST(long_text)
{
	enum { LENGTH = 100000 };
	_cleanup_(freep) char *name = malloc(LENGTH + 1), *text = NULL;

	memset(name, 'x', LENGTH);
	name[LENGTH] = '\0';
	text = field(name);
	ck_assert_uint_eq(strlen(text), LENGTH + strlen("t\r\n\r\n"));
}
END_TEST

START_TEST(numbers)
{
	_cleanup_(report_document_freep) struct report_document *document =
	    fixture_document(month_fixture(), _i);
	_cleanup_(freep) char *daily = written(document, fixture_table(document, "uplink_daily")),
			      *outages = written(document, fixture_table(document, "busy_hours"));

	ck_assert_str_eq(daily, "day,down_bytes,up_bytes,total_bytes\r\n"
				"2026-11-01,40000000000,4000000000,44000000000\r\n"
				"2026-11-02,60000000000,6000000000,66000000000\r\n"); /* and no sums */
	ck_assert_str_eq(outages, "day,busy_down_bps,bought_down_bps,busy_up_bps,bought_up_bps,used_down_"
				  "permyriad,used_up_permyriad\r\n"
				  "2026-11-01,60000000,100000000,6000000,50000000,6000,1200\r\n"
				  "2026-11-02,,100000000,,50000000,,\r\n");
}
END_TEST

START_TEST(facts)
{
	_cleanup_(report_document_freep) struct report_document *document =
	    fixture_document(month_fixture(), false);
	_cleanup_(freep) char *text = written(document, fixture_table(document, "contract"));

	ck_assert_ptr_eq(strstr(text, "what,value,unit\r\n"), text);
	ck_assert_ptr_nonnull(strstr(text, "\r\nPenyedia,PT Penyedia Nusantara,text\r\n"));
	ck_assert_ptr_nonnull(strstr(text, "\r\nBerlaku sampai,2026-12-31,day\r\n"));
	ck_assert_ptr_nonnull(strstr(text, "\r\nBiaya bulan ini,30000001,rupiah\r\n"));
	ck_assert_ptr_nonnull(strstr(text, "\r\nPersen restitusi,500,permyriad\r\n"));
}
END_TEST

START_TEST(full_disk)
{
	_cleanup_(report_document_freep) struct report_document *document =
	    fixture_document(month_fixture(), false);
	FILE *out = fopen("/dev/full", "w");

	setvbuf(out, NULL, _IONBF, 0);
	ck_assert_int_lt(csv_write(document, fixture_table(document, "daily"), out), 0);
	fclose(out);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("csv_report");
	TCase *tests = tcase_create("csv_report");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, texts, 0, ELEMENTS(fields));
	tcase_add_test(tests, long_text);
	tcase_add_loop_test(tests, numbers, 0, 2);
	tcase_add_test(tests, facts);
	tcase_add_test(tests, full_disk);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
