/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves ctl/csv: RFC 4180 to the letter, numbers plain in every language, and no text that a spreadsheet
 * would compute. What is written is read back field by field with a reader of the RFC's grammar that is
 * written here.
 */
#include "../../ctl/csv.h"
#include "../../ctl/words.h"
#include "capture.h"

static char *written(const json_t *document, const json_t *rows, const struct csv_column *columns, size_t n)
{
	struct capture capture = capture_start(STDOUT_FILENO);

	csv_rows(stdout, document, rows, columns, n);
	return capture_end(&capture);
}

/* ---- a reader: field = quoted or bare; record ends with CRLF and nothing else ---- */

static const char *read_field(const char *at, char out[static 512])
{
	size_t n = 0;

	if (*at != '"') {
		while (*at != ',' && *at != '\r') {
			ck_assert_msg(*at && *at != '\n' && *at != '"', "a bare field has %d in it", *at);
			out[n++] = *at++;
		}
		out[n] = '\0';
		return at;
	}
	for (at++;; at++) {
		ck_assert_msg(*at, "a quoted field never ends");
		if (*at == '"' && *++at != '"')
			break;
		out[n++] = *at;
	}
	out[n] = '\0';
	ck_assert(*at == ',' || *at == '\r');
	return at;
}

/* The field of that line and column. */
static void field_at(const char *text, size_t line, size_t column, char out[static 512])
{
	for (size_t l = 0; *text; l++) {
		for (size_t c = 0;; c++) {
			text = read_field(text, out);
			if (l == line && c == column)
				return;
			if (*text == '\r')
				break;
			text++;
		}
		ck_assert_msg(text[1] == '\n', "a record does not end with CRLF");
		text += 2;
	}
	ck_abort_msg("there is no such field");
}

/* ---- texts ---- */

static const struct {
	const char *text, *field;
} texts[] = {
    {"Dinas Kesehatan", "Dinas Kesehatan"},
    {"", ""},
    {"a,b", "a,b"},
    {"say \"hello\"", "say \"hello\""},
    {"\"", "\""},
    {"two\nlines", "two\nlines"},
    {"two\r\nlines", "two\r\nlines"},
    {"Caf\xc3\xa9", "Caf\xc3\xa9"},
    {"=1+1", "'=1+1"},
    {"=HYPERLINK(\"http://192.0.2.1\",\"x\")", "'=HYPERLINK(\"http://192.0.2.1\",\"x\")"},
    {"+62 531", "'+62 531"},
    {"-1", "'-1"},
    {"@SUM(A1)", "'@SUM(A1)"},
    {"\t=1", "'\t=1"},
    {"\r=1", "'\r=1"},
    {" =1", " =1"},
    {"a=1", "a=1"},
    {"'quoted'", "'quoted'"},
};

START_TEST(a_text_comes_back_and_is_no_formula)
{
	static const struct csv_column columns[] = {{"first", "n"}, {"text", "text"}, {"last", "n"}};
	json_t *rows = json_pack("[{s:s,s:i}]", "text", texts[_i].text, "n", 7);
	_cleanup_(freep) char *text = written(NULL, rows, columns, ELEMENTS(columns));
	char field[512];

	field_at(text, 1, 1, field);
	ck_assert_str_eq(field, texts[_i].field);
	field_at(text, 1, 2, field);
	ck_assert_str_eq(field, "7");
	json_decref(rows);
}
END_TEST

START_TEST(numbers_are_plain_in_every_language)
{
	static const struct csv_column columns[] = {{"a", "a"}, {"b", "b"}, {"c", "c"},	     {"d", "d"},
						    {"e", "e"}, {"f", "f"}, {"g", "deep.er"}};
	json_t *rows = json_pack("[{s:I,s:I,s:f,s:n,s:b,s:b,s:{s:i}}]", "a", (json_int_t)INT64_MAX, "b",
				 (json_int_t)-300000000, "c", 99.5, "d", "e", 1, "f", 0, "deep", "er", 5);
	_cleanup_(freep) char *text = NULL;

	speak(_i ? "id" : "en");
	text = written(NULL, rows, columns, ELEMENTS(columns));
	ck_assert_str_eq(text, "a,b,c,d,e,f,g\r\n9223372036854775807,-300000000,99.5000,,true,false,5\r\n");
	json_decref(rows);
}
END_TEST

START_TEST(what_a_row_has_not_the_document_may_have)
{
	static const struct csv_column columns[] = {
	    {"from", "from"}, {"id", "id"}, {"none", "none"}, {"none", "none.at.all"}};
	json_t *document = json_pack("{s:s,s:s}", "from", "2026", "id", "not this"),
	       *rows = json_pack("[{s:s},{s:n}]", "id", "dinkes", "id");
	_cleanup_(freep) char *text = written(document, rows, columns, ELEMENTS(columns));

	ck_assert_str_eq(text, "from,id,none,none\r\n2026,dinkes,,\r\n2026,,,\r\n");
	json_decref(document);
	json_decref(rows);
}
END_TEST

/* ---- the views ---- */

static const struct {
	const char *file, *head;
	size_t rows;
} views[] = {
    {"usage",
     "from,until,kind,id,name,down_bytes,down_packets,down_dropped_packets,down_dropped_bytes_estimate,"
     "down_borrowed_bytes,down_late_bytes,down_average_bps,up_bytes,up_packets,up_dropped_packets,"
     "up_dropped_bytes_estimate,up_borrowed_bytes,up_late_bytes,up_average_bps,correction_down_bytes,"
     "correction_up_bytes,total_bytes,measured_seconds,down_p95_bps,down_peak_bps,up_p95_bps,up_peak_bps,"
     "samples,"
     "missing_samples,quota_bytes,quota_percent",
     8},
    {"series-days",
     "at,kind,id,name,down_bytes,down_packets,down_dropped_packets,down_dropped_bytes_estimate,down_borrowed_"
     "bytes,"
     "down_late_bytes,down_average_bps,up_bytes,up_packets,up_dropped_packets,up_dropped_bytes_estimate,"
     "up_borrowed_bytes,up_late_bytes,up_average_bps,correction_down_bytes,correction_up_bytes,total_bytes,"
     "measured_seconds",
     3},
    {"hosts", "office,name,address,down_bytes,up_bytes,total_bytes", 2},
    {"lending",
     "day,public_down_bytes,public_up_bytes,public_borrowed_bytes,offices_borrowed_bytes,spare_down_bytes,"
     "spare_up_bytes,short_minutes",
     2},
    {"busy", "day,down_hour,down_bps,down_percent,up_hour,up_bps,up_percent", 2},
};

static char *view(size_t i, json_t **document)
{
	struct capture capture;
	char path[128];

	snprintf(path, sizeof(path), "tests/unit/render/%s.json", views[i].file);
	*document = json_load_file(path, 0, NULL);
	ck_assert_ptr_nonnull(*document);
	capture = capture_start(STDOUT_FILENO);
	csv_usage(*document);
	return capture_end(&capture);
}

START_TEST(a_view_has_its_columns_and_a_line_for_each_row)
{
	json_t *document;
	_cleanup_(freep) char *text = view((size_t)_i, &document);
	size_t head = strlen(views[_i].head), lines = 0;

	ck_assert_msg(strncmp(text, views[_i].head, head) == 0 && memcmp(text + head, "\r\n", 2) == 0, "%s",
		      text);
	for (const char *at = text; (at = strstr(at, "\r\n")); at += 2)
		lines++;
	ck_assert_uint_eq(lines, views[_i].rows + 1);
	json_decref(document);
}
END_TEST

START_TEST(figures_are_the_documents_and_names_are_harmless)
{
	json_t *document;
	_cleanup_(freep) char *text = view(0, &document);
	char field[512];

	field_at(text, 1, 5, field);
	ck_assert_str_eq(field, "1240123456789");
	field_at(text, 1, 19, field);
	ck_assert_str_eq(field, "-300000000"); /* a number: no apostrophe */
	field_at(text, 3, 4, field);
	ck_assert_str_eq(field, "'=HYPERLINK(\"http://192.0.2.1\";\"Sekretariat, Daerah\")");
	field_at(text, 3, 23, field);
	ck_assert_str_eq(field, ""); /* no sample: nothing, and no 0 */
	json_decref(document);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("csv");
	TCase *tests = tcase_create("csv");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, a_text_comes_back_and_is_no_formula, 0, ELEMENTS(texts));
	tcase_add_loop_test(tests, numbers_are_plain_in_every_language, 0, 2);
	tcase_add_test(tests, what_a_row_has_not_the_document_may_have);
	tcase_add_loop_test(tests, a_view_has_its_columns_and_a_line_for_each_row, 0, ELEMENTS(views));
	tcase_add_test(tests, figures_are_the_documents_and_names_are_harmless);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
