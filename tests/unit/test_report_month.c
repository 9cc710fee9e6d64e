/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves the month by hand-made ledgers: who was there and under which name, what was delivered, what was
 * agreed then and not today, what happened, and how a month that is not over says so.
 */
#include "report_month_fixture.h"
#include <errno.h>

START_TEST(nothing_is_no_month)
{
	struct report_month *none = NULL;

	settings.now_wall_usec = AFTER;
	agree_office(USEC(1, 0, 0), "dinkes", "Dinas Kesehatan", 40);
	ck_assert_int_eq(report_month_make(ledger, NOVEMBER, &settings, &none), -ENODATA);
	ck_assert_ptr_null(none);
}
END_TEST

START_TEST(delivered_is_counted_and_corrected)
{
	agree_office(USEC(-30, 0, 0), "dinkes", "Dinas Kesehatan", 40);
	book_one(SEC(2, 9, 0), 300, "dinkes", 5 * GB, GB);
	book_one(SEC(2, 10, 0), 300, "dinkes", 3 * GB, GB);
	book_one(SEC(3, 9, 0), 300, "dinkes", 500000, 499999); /* a byte less than active */
	correct(2, "dinkes", -(int64_t)GB, 0);
	correct(4, "dinkes", 7, -9); /* below 0 on that day alone */
	make_month(NOVEMBER, AFTER);
	ck_assert_uint_eq(office("dinkes")->down.bytes, 7 * GB + 500007);
	ck_assert_int_eq(office("dinkes")->down.corrected, -(int64_t)GB + 7);
	ck_assert_uint_eq(office("dinkes")->up.bytes, 2 * GB + 499990);
	ck_assert_uint_eq(office("dinkes")->down.mean_bps, (7 * GB + 500007) * 8 / (30 * 86400));
	ck_assert_uint_eq(office("dinkes")->days_active, 1);
	ck_assert_uint_eq(office("dinkes")->measured_sec, 900);
	ck_assert_uint_eq(daily("dinkes")->n, 30); /* days without bytes, too */
	ck_assert_uint_eq(daily("dinkes")->days[1].down_bytes, 7 * GB);
	ck_assert_int_eq((int64_t)daily("dinkes")->days[3].up_bytes, -9);
	ck_assert_uint_eq(month->n_corrections, 2);
	ck_assert_uint_eq(month->offices_down.bytes, office("dinkes")->down.bytes);
}
END_TEST

START_TEST(late_bytes_count_and_rate_nothing)
{
	struct ledger_part part = OFFICE("dinkes", 3750000000, 0); /* 100 Mbit/s for 300 s */

	agree_office(USEC(1, 0, 0), "dinkes", "Dinas Kesehatan", 40);
	part.down.late_bytes = 1875000000;
	part.down.demand_sec = 20;
	part.up.demand_sec = 3;
	part.down.short_sec = 2;
	book(SEC(5, 8, 5), 300, &part, 1);
	make_month(NOVEMBER, AFTER);
	ck_assert_uint_eq(office("dinkes")->down.bytes, 3750000000);
	ck_assert_uint_eq(office("dinkes")->down.late_bytes, 1875000000);
	ck_assert_uint_eq(office("dinkes")->down.p95_bps, 50 * MBIT);
	ck_assert_uint_eq(office("dinkes")->down.used_permyriad, 12500);
	ck_assert_uint_eq(office("dinkes")->samples, 1);
	ck_assert(office("dinkes")->rated);
	ck_assert_uint_eq(office("dinkes")->demand_sec, 23);
	ck_assert_uint_eq(office("dinkes")->short_sec, 2);
}
END_TEST

/* ---- what was valid then ---- */

static void is_change(const struct report_change *change, int day, const char *what, const char *from,
		      const char *to)
{
	ck_assert_int_eq(change->day, nth(day));
	ck_assert_str_eq(change->what, what);
	ck_assert_str_eq(change->from, from);
	ck_assert_str_eq(change->to, to);
}

START_TEST(added_renamed_removed)
{
	agree_office(USEC(-40, 0, 0), "tetap", "Badan Kuno", 10); /* of another month */
	agree_office(USEC(-30, 0, 0), "lama", "Dinas Lama", 40);
	agree_office(USEC(-30, 0, 0), "tetap", "Badan Tetap", 10);
	agree_office(USEC(10, 14, 0), "baru", "Dinas Baru", 20);
	agree_office(USEC(12, 9, 0), "tetap", "Badan Kedua", 10);
	agree_office(USEC(20, 9, 0), "tetap", "Badan Ketiga", 30);
	end_terms(LEDGER_TERMS_OFFICE, "lama", USEC(15, 11, 30));
	book_one(SEC(17, 1, 0), 300, "lama", 1000, 0); /* after its end: present, all the same */
	book_one(SEC(2, 1, 0), 300, "tetap", 1000, 0);
	make_month(NOVEMBER, AFTER);
	ck_assert_uint_eq(month->n_offices, 3);
	ck_assert(!month->assumed);
	ck_assert(office("baru")->added && !office("baru")->removed);
	ck_assert_int_eq(office("baru")->first_day, nth(10));
	ck_assert_int_eq(office("baru")->last_day, nth(30));
	ck_assert_uint_eq(daily("baru")->n, 21);
	is_change(&office("baru")->changes[0], 10, "office", "", "Dinas Baru");
	ck_assert(!office("lama")->added && office("lama")->removed);
	ck_assert_int_eq(office("lama")->last_day, nth(17));
	ck_assert_uint_eq(daily("lama")->n, 16); /* 1 to 15, and 17 */
	ck_assert_uint_eq(office("lama")->down.guaranteed_bps, 40 * MBIT);
	is_change(&office("lama")->changes[0], 15, "office", "Dinas Lama", "");
	ck_assert_str_eq(office("tetap")->name, "Badan Ketiga");
	ck_assert_str_eq(office("tetap")->former, "Badan Tetap, Badan Kedua");
	ck_assert_uint_eq(office("tetap")->n_changes, 4);
	is_change(&office("tetap")->changes[0], 12, "name", "Badan Tetap", "Badan Kedua");
	is_change(&office("tetap")->changes[2], 20, "guaranteed.down", "10000000", "30000000");
	ck_assert_uint_eq(office("tetap")->down.guaranteed_bps, 30 * MBIT);
	ck_assert_uint_eq(office("tetap")->up.ceiling_bps, 100 * MBIT);
}
END_TEST

START_TEST(a_later_month_changes_nothing)
{
	agree_office(USEC(-30, 0, 0), "dinkes", "Dinas Kesehatan", 40);
	agree_office(usec_of(NOVEMBER + 1, 1, 0, 0), "dinkes", "Nama Baru", 99);
	agree_office(usec_of(NOVEMBER + 1, 1, 0, 0), "lain", "Lain", 99);
	book_one(SEC(2, 1, 0), 300, "dinkes", 1000, 0);
	make_month(NOVEMBER, AFTER);
	ck_assert_uint_eq(month->n_offices, 1);
	ck_assert_str_eq(office("dinkes")->name, "Dinas Kesehatan");
	ck_assert_str_eq(office("dinkes")->former, "");
	ck_assert_uint_eq(office("dinkes")->n_changes, 0);
	ck_assert(!office("dinkes")->removed);
}
END_TEST

START_TEST(the_first_terms_are_assumed_before)
{
	agree_office(USEC(10, 14, 0), "dinkes", "Dinas Kesehatan", 40);
	agree_office(USEC(12, 0, 0), "baru", "Dinas Baru", 20);
	book_one(SEC(2, 1, 0), 300, "dinkes", 1000, 0);
	make_month(NOVEMBER, AFTER);
	ck_assert(month->assumed);
	ck_assert_int_eq(month->assumed_day, nth(10));
	ck_assert_int_eq(office("dinkes")->first_day, nth(1));
	ck_assert(!office("dinkes")->added);
	ck_assert_uint_eq(office("dinkes")->n_changes, 0);
	ck_assert_int_eq(office("baru")->first_day, nth(12));
	ck_assert(office("baru")->added);
}
END_TEST

START_TEST(without_terms_the_configuration)
{
	struct policy_office configured = office_like("dinkes", "Dinas Kesehatan", 40);

	policy.offices = &configured;
	policy.n_offices = 1;
	book_one(SEC(2, 1, 0), 300, "siapa", 1000, 0); /* nobody knows its terms */
	correct(4, "siapa", 5, 0);
	make_month(NOVEMBER, AFTER);
	ck_assert(month->assumed);
	ck_assert_int_eq(month->assumed_day, 0);
	ck_assert_uint_eq(month->n_offices, 2);
	ck_assert_str_eq(office("dinkes")->name, "Dinas Kesehatan");
	ck_assert_uint_eq(office("dinkes")->down.guaranteed_bps, 40 * MBIT);
	ck_assert_str_eq(office("siapa")->name, "siapa");
	ck_assert_int_eq(office("siapa")->first_day, nth(2));
	ck_assert_uint_eq(daily("siapa")->n, 2); /* a day with a correction alone is one, too */
	ck_assert_int_eq(office("siapa")->last_day, nth(4));
	ck_assert(!office("siapa")->added && !office("siapa")->removed);
	ck_assert_uint_eq(office("siapa")->down.guaranteed_bps, 0);
	ck_assert_uint_eq(office("siapa")->down.used_permyriad, 0);
	ck_assert_uint_eq(month->uplink.down.guaranteed_bps, 500 * MBIT);
}
END_TEST

START_TEST(in_the_order_of_names)
{
	agree_office(USEC(1, 0, 0), "a", "zona", 1);
	agree_office(USEC(1, 0, 0), "b", "Ärzte", 1);
	agree_office(USEC(1, 0, 0), "c", "ALFA", 1);
	agree_office(USEC(1, 0, 0), "d", "beta", 1);
	agree_office(USEC(1, 0, 0), "f", "Beta", 1);
	agree_office(USEC(1, 0, 0), "e", "BETA", 1);
	book_one(SEC(2, 1, 0), 300, "a", 1000, 0);
	make_month(NOVEMBER, AFTER);
	for (size_t i = 0; i < 6; i++) {
		ck_assert_int_eq(month->offices[i].id[0], "cdefab"[i]);
		ck_assert_int_eq(month->daily[i].id[0], "cdefab"[i]);
	}
}
END_TEST

/* ---- not over, not closed ---- */

START_TEST(provisional_until_it_is_over_and_closed)
{
	agree_office(USEC(-30, 0, 0), "dinkes", "Dinas Kesehatan", 40);
	book_one(SEC(1, 1, 0), 300, "dinkes", 86400, 0);
	book_one(SEC(2, 1, 0), 300, "dinkes", 43200, 0);
	make_month(NOVEMBER, USEC(2, 12, 0));
	ck_assert(month->provisional);
	ck_assert_uint_eq(daily("dinkes")->n, 2);
	ck_assert_uint_eq(month->uplink.n_days, 2);
	ck_assert_uint_eq(month->uplink.month_min, 36 * 60);
	ck_assert_uint_eq(office("dinkes")->down.mean_bps, 8); /* over a day and a half */
	ck_assert(!office("dinkes")->removed);
	make_month(NOVEMBER, AFTER);
	ck_assert(month->provisional); /* over, not closed */
	ck_assert_str_eq(month->hash, "");
	ck_assert_int_eq(ledger_close_days(ledger, nth(2), AFTER, 9), 1);
	make_month(NOVEMBER, AFTER);
	ck_assert(month->provisional); /* its first day is */
	ck_assert_int_eq(month->hash_day, nth(1));
	close_all();
	make_month(NOVEMBER, usec_of(NOVEMBER + 1, 1, 0, 0));
	ck_assert(!month->provisional);
	ck_assert_uint_eq(strlen(month->hash), 64);
	ck_assert_int_eq(month->hash_day, nth(2));
	ck_assert_uint_eq(month->uplink.month_min, 30 * 1440);
}
END_TEST

START_TEST(rows_of_days_that_have_not_come)
{
	agree_office(USEC(-30, 0, 0), "dinkes", "Dinas Kesehatan", 40);
	book_one(SEC(9, 1, 0), 300, "dinkes", 1000, 0);
	make_month(NOVEMBER, USEC(2, 12, 0));
	ck_assert_uint_eq(daily("dinkes")->n, 9);
	ck_assert_uint_eq(month->uplink.n_days, 9);
}
END_TEST

/* ---- percentiles ---- */

static void book_hours(const char *id)
{
	for (int i = 1; i <= 40; i++)
		book_one(SEC(3, 0, 5 * i), 300, id, (uint64_t)i * 37500000, 37500000); /* i Mbit/s */
}

START_TEST(percentiles_of_the_record)
{
	struct ledger_month_record *record = NULL;

	agree_office(USEC(-30, 0, 0), "dinkes", "Dinas Kesehatan", 40);
	book_hours("dinkes");
	make_month(NOVEMBER, AFTER);
	ck_assert(!month->recorded);
	ck_assert_uint_eq(office("dinkes")->down.p95_bps, 38 * MBIT);
	ck_assert_uint_eq(office("dinkes")->down.peak_bps, 40 * MBIT);
	ck_assert_uint_eq(office("dinkes")->down.used_permyriad, 9500);
	close_all();
	ck_assert_int_eq(ledger_month_compute(ledger, NOVEMBER, SEC(1, 0, 0), SEC(31, 0, 0), AFTER, &record),
			 0);
	ck_assert_uint_eq(record->n_rates, 1);
	record->rates[0].percentile.down_bps = 17 * MBIT; /* so that it shows where it came from */
	ck_assert_int_eq(ledger_month_put(ledger, record), 0);
	ledger_month_free(record);
	make_month(NOVEMBER, AFTER);
	ck_assert(month->recorded);
	ck_assert_uint_eq(office("dinkes")->down.p95_bps, 17 * MBIT);
}
END_TEST

START_TEST(nobody_knows_any_more)
{
	agree_office(USEC(-30, 0, 0), "dinkes", "Dinas Kesehatan", 40);
	book_hours("dinkes");
	close_all();
	book_one(usec_of(NOVEMBER + 3, 1, 1, 0) / USEC_PER_SEC, 300, "dinkes", 1, 1);
	close_all();
	ck_assert_int_gt(ledger_prune_kept(ledger, usec_of(NOVEMBER + 3, 1, 1, 0),
					   &(struct ledger_retention){.rows_usec = USEC_PER_DAY}),
			 0);
	make_month(NOVEMBER, AFTER);
	ck_assert(!month->recorded);
	ck_assert(!office("dinkes")->rated);
	ck_assert_uint_eq(office("dinkes")->down.p95_bps, 0);
	ck_assert_uint_eq(office("dinkes")->down.bytes, UINT64_C(37500000) * 820);
	ck_assert_int_eq(office("dinkes")->advice.reason, REPORT_REASON_SHORT_TIME);
}
END_TEST

/* ---- quota ---- */

static void event(int64_t wall_usec, const char *kind, const char *subject)
{
	struct ledger_event event = {.wall_usec = wall_usec};

	snprintf(event.kind, sizeof(event.kind), "%s", kind);
	snprintf(event.subject, sizeof(event.subject), "%s", subject);
	ck_assert_int_eq(ledger_event_put(ledger, &event), 0);
}

START_TEST(quota_and_what_became_of_it)
{
	struct policy_office limited = office_like("dinkes", "Dinas Kesehatan", 40);
	struct ledger_exemption exemption = {.office = "dinkes",
					     .from_wall_usec = USEC(20, 0, 0),
					     .until_wall_usec = USEC(25, 0, 0),
					     .who = "siti",
					     .reason = "pemilu"};

	limited.quota_bytes = 8 * GB;
	limited.quota_over = POLICY_OVER_THROTTLE;
	agree(LEDGER_TERMS_OFFICE, "dinkes", USEC(1, 0, 0), terms_of_office(&limited));
	agree_office(USEC(1, 0, 0), "tanpa", "Tanpa Kuota", 10);
	book_one(SEC(2, 1, 0), 300, "dinkes", 9 * GB, GB);
	correct(2, "dinkes", 0, GB);
	event(USEC(-1, 0, 0), "quota.notice", "dinkes"); /* of the month before */
	event(USEC(8, 9, 0), "quota.notice", "dinkes");
	event(USEC(9, 9, 0), "quota.over", "dinkes");
	event(USEC(10, 9, 0), "quota.restored", "dinkes");
	event(USEC(11, 9, 0), "quota.over", "dinkes");
	ck_assert_int_eq(ledger_quota_stage_set(ledger, "dinkes", NOVEMBER, LEDGER_QUOTA_OVER), 0);
	ck_assert_int_eq(ledger_exemption_put(ledger, &exemption), 0);
	exemption.from_wall_usec = USEC(32, 0, 0);
	exemption.until_wall_usec = USEC(33, 0, 0);
	ck_assert_int_eq(ledger_exemption_put(ledger, &exemption), 0);
	exemption.from_wall_usec = USEC(-5, 0, 0);
	ck_assert_int_eq(ledger_exemption_put(ledger, &exemption), 0);
	ck_assert_int_eq(ledger_exemption_revoke(ledger, exemption.id, USEC(0, 9, 0), "siti"), 0);
	make_month(NOVEMBER, AFTER);
	ck_assert_uint_eq(office("dinkes")->quota_bytes, 8 * GB);
	ck_assert(office("dinkes")->throttle);
	ck_assert_uint_eq(office("dinkes")->quota_permyriad, 13750);
	ck_assert_int_eq(office("dinkes")->quota_stage, LEDGER_QUOTA_OVER);
	ck_assert_int_eq(office("dinkes")->noticed_wall_usec, USEC(8, 9, 0));
	ck_assert_int_eq(office("dinkes")->over_wall_usec, USEC(9, 9, 0));
	ck_assert_uint_eq(office("dinkes")->exemptions, 1);
	ck_assert_uint_eq(office("tanpa")->quota_bytes, 0);
	ck_assert_uint_eq(office("tanpa")->quota_permyriad, 0);
	ck_assert_int_eq(office("tanpa")->over_wall_usec, 0);
}
END_TEST

START_TEST(advice_of_three_months)
{
	agree_office(usec_of(NOVEMBER - 3, 1, 0, 0), "dinkes", "Dinas Kesehatan", 10);
	for (int32_t m = NOVEMBER - 3; m <= NOVEMBER; m++)
		for (int day = 1; day <= 5; day++)
			book_one(usec_of(m, day, 9, 0) / USEC_PER_SEC, 300, "dinkes",
				 m == NOVEMBER - 3 ? 90 * UINT64_C(37500000) : 37500000, 37500000);
	make_month(NOVEMBER, AFTER);
	ck_assert_int_eq(office("dinkes")->advice.reason, REPORT_REASON_IDLE); /* August no longer counts */
	ck_assert_uint_eq(office("dinkes")->advice.months, 3);
	ck_assert_uint_eq(office("dinkes")->advice.active_days, 15);
	ck_assert_uint_eq(office("dinkes")->advice.suggested_down_bps, 2 * MBIT);
	make_month(NOVEMBER - 1, AFTER);
	ck_assert_int_eq(office("dinkes")->advice.reason, REPORT_REASON_FULL);
	ck_assert_uint_eq(office("dinkes")->advice.suggested_down_bps, 113 * MBIT);
	ck_assert_uint_eq(office("dinkes")->advice.suggested_up_bps, 5 * MBIT);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {nothing_is_no_month,
				      delivered_is_counted_and_corrected,
				      late_bytes_count_and_rate_nothing,
				      added_renamed_removed,
				      a_later_month_changes_nothing,
				      the_first_terms_are_assumed_before,
				      without_terms_the_configuration,
				      in_the_order_of_names,
				      provisional_until_it_is_over_and_closed,
				      rows_of_days_that_have_not_come,
				      percentiles_of_the_record,
				      nobody_knows_any_more,
				      quota_and_what_became_of_it,
				      advice_of_three_months};

	return run_tests("report_month", tests, ELEMENTS(tests), 30, set_up_month, tear_down_month);
}
