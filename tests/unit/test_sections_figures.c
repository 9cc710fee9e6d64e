// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Proves the figures and names in the report's tables: they are the month's own, each where it belongs; what
 * is not known is no zero, and where there is nothing of a kind, words say so.
 */
#include "report_fixture.h"

/* ---- figures ---- */

START_TEST(names)
{
	_cleanup_(report_document_freep) struct report_document *document =
	    fixture_document(month_fixture(), false);

	/* two of one name are told apart wherever they stand, so that no group of days holds both */
	ck_assert_str_eq(fixture_cell(document, "offices", DINKES, "office")->text,
			 "Dinas Kesehatan (dinkes)");
	ck_assert_str_eq(fixture_cell(document, "offices", TWIN, "office")->text,
			 "Dinas Kesehatan (dinkes-2)");
	ck_assert_str_eq(fixture_cell(document, "cost", HOSTILE, "office")->text,
			 fixture_offices[HOSTILE].name);
	ck_assert_uint_eq(report_group_end(fixture_table(document, "daily"), 0), 2);
	ck_assert_str_eq(fixture_cell(document, "capacity", TWIN, "remark")->text,
			 "baru bulan ini; dahulu: Puskesmas Lama");
	ck_assert_str_eq(fixture_cell(document, "corrections", 0, "whose")->text, "Dinas Kesehatan (dinkes)");
}
END_TEST

/* Hours in the reader's own words; what is no schedule stays what it is. */
START_TEST(hours)
{
	static const struct {
		const char *schedule, *id, *en;
	} cases[] = {
	    {"mon-sun 06:00-22:00", "Senin–Minggu 06.00–22.00", "Mon–Sun 06:00–22:00"},
	    {"mon-thu 07:30-16:00, fri 07:30-11:00", "Senin–Kamis 07.30–16.00, Jumat 07.30–11.00",
	     "Mon–Thu 07:30–16:00, Fri 07:30–11:00"},
	    {"tue,wed,sat 20:00-04:00", "Selasa,Rabu,Sabtu 20.00–04.00", "Tue,Wed,Sat 20:00–04:00"},
	    {"monday salmon", "monday salmon", "monday salmon"},
	    {"mo", "mo", "mo"},
	};

	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct report_month *month = month_fixture();
		_cleanup_(report_document_freep) struct report_document *id = NULL, *en = NULL;

		fixture_zones[0].open = (char *)cases[i].schedule;
		id = fixture_document(month, false);
		en = fixture_document(month, true);
		ck_assert_str_eq(fixture_cell(id, "zones", 0, "open")->text, cases[i].id);
		ck_assert_str_eq(fixture_cell(en, "zones", 0, "open")->text, cases[i].en);
		ck_assert(fixture_cell(id, "zones", 0, "not_during")->absent);
	}
}
END_TEST

START_TEST(figures)
{
	_cleanup_(report_document_freep) struct report_document *document =
	    fixture_document(month_fixture(), false);
	const struct report_table *daily = fixture_table(document, "daily"),
				  *cost = fixture_table(document, "cost");

	ck_assert_uint_eq(daily->n_rows, 2 * OFFICES);
	for (size_t i = 0; i < OFFICES; i++)
		ck_assert_int_eq(
		    report_column_sum(daily, fixture_column(daily, "down_bytes"), 2 * i, 2 * i + 2),
		    fixture_cell(document, "offices", i, "down_bytes")->value);
	ck_assert_int_eq(report_column_sum(cost, fixture_column(cost, "share_rupiah"), 0, OFFICES), 30000001);
	ck_assert(fixture_cell(document, "outages", 1, "ended")->absent);
	ck_assert_str_eq(fixture_cell(document, "outages", 0, "cause")->text,
			 "tidak ada jawaban dari internet");
	ck_assert_int_eq(fixture_cell(document, "availability", 0, "available_permyriad")->value, 9916);
	ck_assert_int_eq(fixture_cell(document, "busy_hours", 0, "used_down_permyriad")->value, 6000);
	ck_assert(fixture_cell(document, "busy_hours", 1, "busy_down_bps")
		      ->absent); /* hours that are no longer kept */
	ck_assert(fixture_cell(document, "tests", 1, "down_bps")->absent);
	ck_assert_str_eq(fixture_cell(document, "quotas", 0, "stage")->text, "sudah diberi tahu");
	ck_assert_uint_eq(fixture_table(document, "quotas")->n_rows, 1);
	ck_assert_str_eq(fixture_cell(document, "gaps", 0, "lost")->text, "ya");
	ck_assert_int_eq(fixture_cell(document, "budget_codes", 0, "offices")->value, OFFICES);
	ck_assert_int_eq(fixture_cell(document, "largest_offices", 0, "total_bytes")->value, 55005500000);
}
END_TEST

/* Where there is nothing of a kind, words say so; an empty table never does. */
START_TEST(none_of_a_kind)
{
	struct report_month *month = month_fixture();
	_cleanup_(report_document_freep) struct report_document *document = NULL;

	fixture_offices[DINKES].quota_bytes = 0;
	fixture_offices[DINKES].n_changes = 0;
	month->n_gaps = month->n_corrections = month->uplink.n_outages = 0;
	document = fixture_document(month, false);
	ck_assert_ptr_null(fixture_table(document, "quotas"));
	ck_assert(says(document, "offices", "tidak ada kantor yang mempunyai kuota"));
	ck_assert_ptr_null(fixture_table(document, "office_changes"));
	ck_assert(says(document, "offices", "Perubahan ketentuan kantor: tidak ada"));
	ck_assert_ptr_null(fixture_table(document, "gaps"));
	ck_assert(says(document, "corrections", "Celah pengukuran: tidak ada"));
	ck_assert_ptr_null(fixture_table(document, "corrections"));
	ck_assert(says(document, "corrections", "Koreksi: tidak ada"));
	ck_assert_ptr_null(fixture_table(document, "outages"));
	ck_assert(says(document, "uplink", "tidak ada gangguan yang tercatat"));
	ck_assert_ptr_nonnull(strstr(summary(document), "tanpa gangguan yang tercatat"));
}
END_TEST

/* Who changed what and when, to the second. */
START_TEST(corrected)
{
	_cleanup_(report_document_freep) struct report_document *document =
	    fixture_document(month_fixture(), false);

	ck_assert_int_eq(fixture_cell(document, "corrections", 0, "made")->value, SEC(2));
	ck_assert_int_eq(fixture_cell(document, "corrections", 0, "day")->value, NOV(1));
	ck_assert_int_eq(fixture_cell(document, "corrections", 0, "total_bytes")->value, -300000000);
	ck_assert_str_eq(fixture_cell(document, "corrections", 0, "who")->text, "wahyuni");
	ck_assert_int_eq(fixture_cell(document, "gaps", 0, "from")->value, SEC(1));
	ck_assert_int_eq(fixture_cell(document, "quotas", 0, "noticed")->value, SEC(2) + 3600);
	ck_assert(fixture_cell(document, "quotas", 0, "exceeded")->absent);
}
END_TEST

START_TEST(changed)
{
	_cleanup_(report_document_freep) struct report_document *document =
	    fixture_document(month_fixture(), false);

	ck_assert_str_eq(fixture_cell(document, "office_changes", 0, "what")->text, "jaminan unduh (Mbit/s)");
	ck_assert_str_eq(fixture_cell(document, "office_changes", 0, "before")->text, "10,00");
	ck_assert_str_eq(fixture_cell(document, "office_changes", 0, "after")->text, "12,50");
	ck_assert_str_eq(fixture_cell(document, "office_changes", 1, "before")->text, "Dinkes");
	ck_assert_str_eq(fixture_cell(document, "office_changes", 2, "after")->text, "laju diturunkan");
}
END_TEST

/* A figure that was never taken is no 0: percentiles, visitors, a budget. */
START_TEST(unknown)
{
	struct report_month *month = month_fixture();
	_cleanup_(report_document_freep) struct report_document *document = NULL;

	fixture_offices[DINKES].rated = false;
	fixture_offices[DINKES].money.budget = 0;
	fixture_offices[DINKES].measured_min = 0;
	fixture_zones[0].visitors = 0;
	document = fixture_document(month, false);
	ck_assert(fixture_cell(document, "rates", DINKES, "p95_down_bps")->absent);
	ck_assert(fixture_cell(document, "rates", DINKES, "used_up_permyriad")->absent);
	ck_assert(fixture_cell(document, "budgets", DINKES, "budget_rupiah")->absent);
	ck_assert(fixture_cell(document, "budgets", DINKES, "left_rupiah")->absent);
	ck_assert(fixture_cell(document, "service", DINKES, "available_permyriad")->absent);
	ck_assert(fixture_cell(document, "zones", 0, "visitors")->absent);
	ck_assert(!fixture_cell(document, "zones", 1, "visitors")->absent);
}
END_TEST

/* 40 offices: the picture shows the largest 15, and the rest as one line that makes the sum whole. */
START_TEST(largest)
{
	static struct report_office many[40];
	struct report_month *month = month_fixture();
	_cleanup_(report_document_freep) struct report_document *document = NULL;
	const struct report_table *table;

	month->contract.net = 0;
	for (size_t i = 0; i < ELEMENTS(many); i++) {
		many[i] = fixture_offices[HOSTILE];
		snprintf(many[i].id, sizeof(many[i].id), "o%zu", i);
		many[i].money.net = (int64_t)((i * 17) % 40);
		month->contract.net += many[i].money.net;
	}
	month->offices = many;
	month->n_offices = ELEMENTS(many);
	month->n_daily = 0;
	for (size_t i = 3; i < ELEMENTS(many); i++)
		many[i].down.bytes = many[i].up.bytes = 0;
	document = fixture_document(month, false);
	ck_assert_uint_eq(fixture_table(document, "largest_offices")->n_rows,
			  3); /* who used nothing is none of them */
	table = fixture_table(document, "largest_costs");
	ck_assert_uint_eq(table->n_rows, 16);
	for (int64_t i = 0; i < 15; i++)
		ck_assert_int_eq(table->cells[i * 2 + 1].value, 39 - i);
	ck_assert_str_eq(table->cells[30].text, "Kantor lain (25)");
	ck_assert_int_eq(report_column_sum(table, 1, 0, 16), month->contract.net);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sections_figures");
	TCase *tests = tcase_create("sections_figures");
	SRunner *runner;
	int failed;

	tcase_add_test(tests, names);
	tcase_add_test(tests, hours);
	tcase_add_test(tests, figures);
	tcase_add_test(tests, none_of_a_kind);
	tcase_add_test(tests, corrected);
	tcase_add_test(tests, changed);
	tcase_add_test(tests, unknown);
	tcase_add_test(tests, largest);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
