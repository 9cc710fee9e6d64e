// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Proves what the report says in words: three sentences whatever is not known, the verdict on the provider
 * and on what was lent, what was assumed, and what every page carries.
 */
#include "report_fixture.h"

/* ---- sentences ---- */

/* A sentence ends with a full stop before a space or the end: figures have neither. */
static size_t sentences(const char *text)
{
	size_t n = 0;

	for (const char *at = text; (at = strchr(at, '.')); at++)
		n += at[1] == ' ' || at[1] == '\0';
	return n;
}

START_TEST(three_sentences)
{
	struct report_month *month = month_fixture();
	/* each of these once not known, and all together */
	bool known[6];

	for (int mask = 0; mask < 64; mask++) {
		_cleanup_(report_document_freep) struct report_document *document = NULL;

		month = month_fixture();
		for (size_t i = 0; i < ELEMENTS(known); i++)
			known[i] = !(mask & (1 << i));
		month->uplink.rated = known[0];
		month->uplink.measured_min = known[1] ? 2850 : 0;
		month->contract.terms.provider = known[2] ? month->contract.terms.provider : NULL;
		month->contract.year_budget = known[3] ? 400000000 : 0;
		month->uplink.n_outages = known[4] ? 2 : 0;
		month->contract.sla_met = known[5];
		document = fixture_document(month, _i);
		ck_assert_msg(sentences(summary(document)) == 3, "%s", summary(document));
	}
}
END_TEST

START_TEST(summary_says)
{
	_cleanup_(report_document_freep) struct report_document *document =
	    fixture_document(month_fixture(), false);
	_cleanup_(report_document_freep) struct report_document *english =
	    fixture_document(month_fixture(), true);

	ck_assert_str_eq(summary(document),
			 "Selama November 2026 uplink yang dibeli dengan kapasitas 100,00 Mbit/s unduh "
			 "mengalirkan 110,00 GB untuk 3 kantor dan 2 zona "
			 "publik, dengan persentil ke-95 unduh 50,00 Mbit/s atau 50,00 % dari kapasitas itu. "
			 "Uplink tersedia 99,58 % dari waktu terukur "
			 "dengan 2 gangguan yang seluruhnya berlangsung 12 menit 15 detik, sehingga tingkat "
			 "layanan (SLA) 99,80 % menurut kontrak tidak "
			 "terpenuhi dan restitusinya Rp1.500.000,00. Biaya bulan ini sesudah restitusi "
			 "sebesar Rp28.500.001,00 dibagi kepada 3 kantor, "
			 "sehingga dari pagu setahun Rp400.000.000,00 telah terealisasi Rp313.500.011,00 dan "
			 "tersisa Rp86.499.989,00.");
	ck_assert_ptr_nonnull(strstr(summary(english), "During November 2026 the uplink"));
	ck_assert_ptr_nonnull(strstr(summary(english), "not met and the refund is Rp1,500,000.00."));
	ck_assert_ptr_nonnull(strstr(summary(english), "Rp86,499,989.00 is left."));
}
END_TEST

/* Whether somebody was harmed by what was lent is said first, either way. */
START_TEST(harm)
{
	struct report_month *month = month_fixture();
	_cleanup_(report_document_freep) struct report_document *short_of = fixture_document(month, false);
	_cleanup_(report_document_freep) struct report_document *fine = NULL;

	ck_assert(says(short_of, "zones", "Ada 1 menit"));
	ck_assert(!says(short_of, "zones", "Tidak ada kantor yang dirugikan"));
	ck_assert_int_eq(fixture_cell(short_of, "shortfalls", 0, "lacking_bps")->value, 3000000);
	month->short_minutes = 0;
	month->n_shortfalls = 0;
	fine = fixture_document(month, false);
	ck_assert(says(fine, "zones", "Tidak ada kantor yang dirugikan"));
	ck_assert_ptr_null(fixture_table(fine, "shortfalls"));
}
END_TEST

/* What remains beside the uplink's own counters is of packets: a correction is none. */
START_TEST(reconciled)
{
	struct report_month *month = month_fixture();
	_cleanup_(report_document_freep) struct report_document *document = NULL;
	const struct report_table *table;

	month->offices_down.corrected = -300000000;
	fixture_zones[0].up.corrected = 250000000;
	document = fixture_document(month, false);
	table = fixture_table(document, "accounted");
	ck_assert_int_eq(report_column_sum(table, fixture_column(table, "down_bytes"), 0, 4), 94005001000);
	ck_assert(says(document, "uplink", "tersisa 5,69 GB unduh dan 0,25 GB unggah"));
}
END_TEST

START_TEST(service_level)
{
	struct report_month *month = month_fixture();
	_cleanup_(report_document_freep) struct report_document *missed = fixture_document(month, false);
	_cleanup_(report_document_freep) struct report_document *met = NULL, *unmeasured = NULL;

	ck_assert(says(missed, "uplink",
		       "(SLA) TIDAK TERPENUHI: ketersediaan 99,58 % terhadap 99,80 % yang dijanjikan, "
		       "terukur selama 2.850 dari "
		       "43.200 menit bulan ini. Restitusi: 5 % dari biaya bulan ini, yaitu Rp1.500.000,00."));
	month->contract.sla_met = true;
	met = fixture_document(month, true);
	ck_assert(says(met, "uplink", "Service level (SLA) met"));
	month->uplink.measured_min = 0;
	unmeasured = fixture_document(month, true);
	ck_assert(says(unmeasured, "uplink", "cannot be judged"));
	ck_assert(fixture_cell(unmeasured, "service_level", 8, "value")->absent);
}
END_TEST

START_TEST(assumptions)
{
	struct report_month *month = month_fixture();
	_cleanup_(report_document_freep) struct report_document *plain = fixture_document(month, false);
	_cleanup_(report_document_freep) struct report_document *since = NULL, *never = NULL, *later = NULL;

	ck_assert(!says(plain, "method", "dianggap") && !says(plain, "method", "konfigurasi ketika"));
	ck_assert(says(plain, "method", "disegel"));
	ck_assert(!says(plain, "cost", "baru dicatat"));
	month->assumed = true;
	month->assumed_day = NOV(12);
	month->contract.recorded_wall_usec = SEC(31) * 1000000;
	since = fixture_document(month, false);
	ck_assert(says(since, "method", "sejak 12 November 2026"));
	ck_assert(says(since, "cost", "baru dicatat dalam buku besar pada 1 Desember 2026 00.00.00"));
	month->assumed_day = 0;
	month->recorded = false;
	month->contract.days = 11;
	never = fixture_document(month, false);
	ck_assert(says(never, "method", "konfigurasi ketika laporan ini dibuat"));
	ck_assert(says(never, "method", "belum dicatat tetap"));
	ck_assert(says(never, "cost", "mencakup 11 hari"));
	month->uplink.rated = false;
	later = fixture_document(month, false);
	ck_assert(says(later, "method", "tidak diketahui"));
}
END_TEST

/* ---- every page ---- */

START_TEST(marks)
{
	static const struct {
		bool provisional, rehearsal;
		const char *id, *en;
	} cases[] = {{false, false, NULL, NULL},
		     {true, false, "SEMENTARA", "PROVISIONAL"},
		     {false, true, "GELADI", "REHEARSAL"},
		     {true, true, "SEMENTARA · GELADI", "PROVISIONAL · REHEARSAL"}};
	struct report_month *month = month_fixture();

	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		_cleanup_(report_document_freep) struct report_document *id = NULL, *en = NULL;

		month->provisional = cases[i].provisional;
		month->rehearsal = cases[i].rehearsal;
		id = fixture_document(month, false);
		en = fixture_document(month, true);
		if (cases[i].id) {
			ck_assert_str_eq(id->mark, cases[i].id);
			ck_assert_str_eq(en->mark, cases[i].en);
		} else {
			ck_assert_ptr_null(id->mark);
		}
		ck_assert_int_eq(says(id, "summary", "SEMENTARA:"), cases[i].provisional);
		ck_assert_int_eq(says(id, "summary", "GELADI:"), cases[i].rehearsal);
	}
}
END_TEST

START_TEST(head_and_foot)
{
	struct report_month *month = month_fixture();
	char *lines[] = {(char *)"PEMERINTAH KABUPATEN", (char *)"DINAS KOMUNIKASI"};
	_cleanup_(report_document_freep) struct report_document *plain = fixture_document(month, false);
	_cleanup_(report_document_freep) struct report_document *full = NULL;

	ck_assert_str_eq(plain->title, "Laporan Pemakaian Bandwidth Internet");
	ck_assert_str_eq(plain->subtitle, "November 2026");
	ck_assert_str_eq(plain->footer, "Laporan November 2026 · Diskominfo Kabupaten Kotawaringin Timur");
	ck_assert_uint_eq(plain->n_letterhead, 1);
	ck_assert_str_eq(plain->letterhead[0], "Diskominfo Kabupaten Kotawaringin Timur");
	ck_assert_str_eq(plain->verify, "gerbang 2026-11 " HASH);
	ck_assert_ptr_nonnull(strstr(plain->verify_words, HASH));
	fixture_policy.report.letterhead = lines;
	fixture_policy.report.n_letterhead = 2;
	fixture_policy.report.verify = (char *)"https://diskominfo.example/laporan";
	full = fixture_document(month, false);
	ck_assert_str_eq(full->letterhead[1], "DINAS KOMUNIKASI");
	ck_assert_str_eq(full->verify, "https://diskominfo.example/laporan");
	ck_assert_ptr_nonnull(strstr(full->verify_words, HASH));
}
END_TEST

/* The first working day after a month that is closed: 1 December 2026 is a Tuesday. Else the hand writes it.
 * No clock has a say. */
START_TEST(signature)
{
	struct report_month *month = month_fixture();
	_cleanup_(report_document_freep) struct report_document *closed = fixture_document(month, false);
	_cleanup_(report_document_freep) struct report_document *open = NULL, *later = NULL, *nobody = NULL;

	ck_assert_str_eq(closed->sign_place_date, "Sampit, 1 Desember 2026");
	ck_assert_str_eq(closed->sign_office, "Kepala Dinas Komunikasi dan Informatika");
	ck_assert_str_eq(closed->sign_nip, "NIP 19700101 199503 1 001");
	fixture_settings.now_wall_usec += INT64_C(86400000000) * 400;
	later = fixture_document(month, false);
	ck_assert_str_eq(later->sign_place_date, closed->sign_place_date);
	month->provisional = true;
	open = fixture_document(month, false);
	ck_assert_str_eq(open->sign_place_date, "Sampit, ......................");
	fixture_policy.signatory.office = NULL;
	nobody = fixture_document(month, false);
	ck_assert_ptr_null(nobody->sign_office);
	ck_assert_ptr_null(nobody->sign_name);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sections");
	TCase *tests = tcase_create("sections");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, three_sentences, 0, 2);
	tcase_add_test(tests, summary_says);
	tcase_add_test(tests, harm);
	tcase_add_test(tests, reconciled);
	tcase_add_test(tests, service_level);
	tcase_add_test(tests, assumptions);
	tcase_add_test(tests, marks);
	tcase_add_test(tests, head_and_foot);
	tcase_add_test(tests, signature);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
