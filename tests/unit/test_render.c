/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves ctl/render, ctl/people, ctl/changes, ctl/usage_table, ctl/usage_views, ctl/uplink_table and
 * ctl/ledger_render: what people see of a fixed JSON document is, letter by letter, what is in
 * tests/unit/render/NAME.LANGUAGE.txt: a regency of 36 offices within 100 columns, both languages, no colour
 * where there is no terminal, and a poor document that leaves things out. GERBANG_GOLDEN=write writes the
 * files anew: review the difference as you would code.
 */
#include "../../ctl/ledger_render.h"
#include "../../ctl/people.h"
#include "../../ctl/render.h"
#include "../../ctl/usage_render.h"
#include "../../ctl/words.h"
#include "capture.h"
#include <stdio.h>

#define FOLDER "tests/unit/render/"
#define COLUMNS 100	     /* what a regency must fit in */
#define COLUMNS_VOUCHERS 125 /* the longest name of a zone */
#define COLUMNS_SESSIONS 110 /* a zone with a long name, a guest with a long address */
#define COLUMNS_BOOKS TABLE_COLUMNS

static const struct {
	const char *name;
	void (*render)(const json_t *document);
} cases[] = {
    {"status", render_status},
    {"status-poor", render_status},
    {"plan", render_plan},
    {"plan-alone", render_plan},
    {"schedule", render_schedule},
    {"sessions", render_sessions},
    {"sessions-none", render_sessions},
    {"apply", render_apply},
    {"done", render_done},
    {"empty", render_status},
    {"created", render_created},
    {"vouchers", render_vouchers},
    {"vouchers-none", render_vouchers},
    {"accounts", render_accounts},
    {"accounts-none", render_accounts},
    {"sheet", render_sheet},
    {"sheet-one", render_sheet},
    {"status-trouble", render_status},
    {"status-unplugged", render_status},
    {"status-slow", render_status},
    {"status-books", render_status},
    {"status-well", render_status},
    {"verified-not", render_verified}, /* sentences as long as they are */
    {"log", render_log},
#define BOOKS 24 /* from here on */
    {"usage", render_usage},
    {"usage-detail", render_usage_detail},
    {"usage-one", render_usage},
    {"usage-none", render_usage},
    {"series-days", render_series},
    {"series-hours", render_series},
    {"series-months", render_series},
    {"hosts", render_hosts},
    {"hosts-none", render_hosts},
    {"lending", render_lending},
    {"busy", render_busy},
    {"uplink", render_uplink},
    {"uplink-unwatched", render_uplink},
    {"verified", render_verified},
    {"verified-young", render_verified},
    {"closed-day", render_closed_day},
    {"ledger", render_ledger},
    {"ledger-young", render_ledger},
    {"log-none", render_log},
    {"quota", render_quota},
    {"quota-none", render_quota},
};

static const char *const languages[] = {"id", "en"};

static char *read_text(const char *path)
{
	_cleanup_(fclosep) FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t room = 0;

	if (!file || getdelim(&text, &room, '\0', file) < 0) {
		free(text);
		return strdup("");
	}
	return text;
}

static void write_text(const char *path, const char *text)
{
	_cleanup_(fclosep) FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
}

static char *rendered(size_t i, const char *language)
{
	char path[128];
	json_t *document;
	struct capture capture;
	char *text;

	snprintf(path, sizeof(path), FOLDER "%s.json", cases[i].name);
	document = json_load_file(path, JSON_ALLOW_NUL, NULL);
	ck_assert_msg(document != NULL, "%s cannot be read", path);
	speak(language);
	capture = capture_start(STDOUT_FILENO);
	cases[i].render(document);
	text = capture_end(&capture);
	json_decref(document);
	return text;
}

START_TEST(what_people_see)
{
	const char *language = languages[_i % 2], *write = getenv("GERBANG_GOLDEN");
	_cleanup_(freep) char *text = rendered((size_t)_i / 2, language), *expected = NULL;
	char path[128];

	snprintf(path, sizeof(path), FOLDER "%s.%s.txt", cases[_i / 2].name, language);
	if (write && strcmp(write, "write") == 0)
		write_text(path, text);
	expected = read_text(path);
	ck_assert_msg(strcmp(text, expected) == 0, "%s is not what was printed:\n%s", path, text);
}
END_TEST

static size_t characters(const char *line, size_t length)
{
	size_t n = 0;

	for (size_t i = 0; i < length; i++)
		n += ((unsigned char)line[i] & 0xc0) != 0x80;
	return n;
}

static size_t columns_of(size_t i)
{
	void (*render)(const json_t *) = cases[i].render;

	return i >= BOOKS		   ? COLUMNS_BOOKS
	       : render == render_vouchers ? COLUMNS_VOUCHERS
	       : render == render_sessions ? COLUMNS_SESSIONS
					   : COLUMNS;
}

START_TEST(it_fits_the_terminal)
{
	_cleanup_(freep) char *text = rendered((size_t)_i / 2, languages[_i % 2]);
	size_t length, columns = columns_of((size_t)_i / 2);

	ck_assert_ptr_null(strchr(text, '\033'));
	for (const char *line = text; *line; line += length + 1) {
		length = strcspn(line, "\n");
		ck_assert_msg(characters(line, length) <= columns, "%.*s", (int)length, line);
		ck_assert_msg(length == 0 || line[length - 1] != ' ', "blanks at the end of: %.*s",
			      (int)length, line);
	}
}
END_TEST

/* ---- hundreds of offices ---- */

#define OFFICES 300

static json_t *flow(json_int_t bytes)
{
	return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "bytes", bytes, "packets", bytes / 800,
			 "dropped_packets", bytes / 9999, "dropped_bytes_estimate", bytes / 12,
			 "borrowed_bytes", bytes / 2, "late_bytes", bytes / 3, "average_bps", bytes / 4444,
			 "p95_bps", bytes / 1111, "peak_bps", bytes / 999);
}

/* Each with the longest identifier that there may be, a name of 90 letters, and figures of every length. */
static json_t *many_offices(void)
{
	json_t *subjects = json_array();

	for (int i = 0; i < OFFICES; i++) {
		char id[33], name[128];
		json_int_t bytes = 999499999999999LL >> (i % 50);

		snprintf(id, sizeof(id), "dinas-pekerjaan-umum-penata-%04d", i);
		snprintf(name, sizeof(name),
			 "Dinas Pekerjaan Umum, Penataan Ruang, Perumahan Rakyat dan Kawasan Permukiman "
			 "\xc3\xa9 %d",
			 i);
		json_array_append_new(
		    subjects,
		    json_pack("{s:s,s:s,s:s,s:o,s:o,s:{s:I,s:I},s:I,s:I,s:I,s:f,s:s}", "kind", "office", "id",
			      id, "name", name, "down", flow(bytes), "up", flow(bytes / 7), "correction",
			      "down_bytes", -bytes / 3, "up_bytes", (json_int_t)0, "total_bytes", bytes,
			      "measured_seconds", (json_int_t)2678399, "missing_samples", (json_int_t)8928,
			      "quota_percent", 12345.6, "quota_stage", "over"));
	}
	return json_pack("{s:s,s:s,s:o,s:[],s:i}", "month", "2026-08", "site", "Diskominfo", "subjects",
			 subjects, "gaps", "gap_seconds", 0);
}

START_TEST(three_hundred_offices_stay_readable)
{
	json_t *document = many_offices();
	struct capture capture;
	_cleanup_(freep) char *text = NULL;
	size_t length;

	speak(languages[_i % 2]);
	capture = capture_start(STDOUT_FILENO);
	(_i < 2 ? render_usage : render_usage_detail)(document);
	text = capture_end(&capture);
	json_decref(document);
	for (const char *line = text; *line; line += length + 1) {
		length = strcspn(line, "\n");
		ck_assert_msg(characters(line, length) <= TABLE_COLUMNS, "%.*s", (int)length, line);
	}
	for (int i = 0; i < OFFICES; i++) { /* each is there, whole */
		char id[40];

		snprintf(id, sizeof(id), "\ndinas-pekerjaan-umum-penata-%04d ", i);
		ck_assert_ptr_nonnull(strstr(text, id));
	}
}
END_TEST

START_TEST(json_is_one_document)
{
	json_t *document = json_pack("[{s:s},n,i]", "a", "b\xc3\xa9", 5), *again;
	struct capture capture = capture_start(STDOUT_FILENO);
	_cleanup_(freep) char *text = NULL;

	render_json(document);
	text = capture_end(&capture);
	again = json_loads(text, 0, NULL);
	ck_assert(json_equal(document, again));
	ck_assert_int_eq(text[strlen(text) - 1], '\n');
	json_decref(document);
	json_decref(again);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("render");
	TCase *tests = tcase_create("render");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, what_people_see, 0, 2 * ELEMENTS(cases));
	tcase_add_loop_test(tests, it_fits_the_terminal, 0, 2 * ELEMENTS(cases));
	tcase_add_loop_test(tests, three_hundred_offices_stay_readable, 0, 4);
	tcase_add_test(tests, json_is_one_document);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
