/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves what a month costs and who bears it: the contract that covers it, the provider's word kept or not to
 * the minute, each key of the split, and a year that adds up with those who are gone.
 */
#include "report_month_fixture.h"
#include <errno.h>

#define SEPTEMBER (NOVEMBER - 2)
#define OCTOBER (NOVEMBER - 1)
#define YEAR_BEGIN civil_first_day(2026 * 12)
#define YEAR_END (civil_first_day(2027 * 12) - 1)

static struct policy_contract contract;

static void set_up_money(void)
{
	set_up_month();
	contract = contract_like(30000000, YEAR_BEGIN, YEAR_END);
}

/* Two offices: 40 + 20 and 20 + 10 Mbit/s guaranteed, three quarters and a quarter of the bytes. */
static void two_offices(void)
{
	agree_office(USEC(-90, 0, 0), "dinkes", "Dinas Kesehatan", 40);
	agree_office(USEC(-90, 0, 0), "bkad", "Badan Keuangan", 20);
	book_one(SEC(2, 9, 0), 300, "dinkes", 2 * GB, GB);
	book_one(SEC(2, 9, 5), 300, "bkad", 900000000, 100000000);
}

static int64_t sum_of_shares(void)
{
	int64_t sum = 0;

	for (size_t i = 0; i < month->n_offices; i++)
		sum += month->offices[i].money.share;
	return sum;
}

static void split_by(const unsigned percent[static POLICY_SPLITS])
{
	static int64_t times;

	memcpy(contract.split_percent, percent, sizeof(contract.split_percent));
	agree_contract(AFTER + ++times, &contract); /* the last that was recorded is what counts */
	make_month(NOVEMBER, AFTER);
	ck_assert_int_eq(sum_of_shares(), month->contract.cost);
}

START_TEST(each_key)
{
	two_offices();
	split_by((unsigned[POLICY_SPLITS]){[POLICY_SPLIT_EQUAL] = 100});
	ck_assert_int_eq(office("dinkes")->money.share, 15000000);
	ck_assert_uint_eq(office("dinkes")->money.share_permyriad, 5000);
	split_by((unsigned[POLICY_SPLITS]){[POLICY_SPLIT_GUARANTEED] = 100});
	ck_assert_int_eq(office("dinkes")->money.share, 20000000);
	split_by((unsigned[POLICY_SPLITS]){[POLICY_SPLIT_DELIVERED] = 100});
	ck_assert_int_eq(office("dinkes")->money.share, 22500000);
	split_by((unsigned[POLICY_SPLITS]){[POLICY_SPLIT_P95] = 100}); /* 53.3 and 24 Mbit/s, down */
	ck_assert_int_eq(office("dinkes")->money.share, 20689655);
	split_by((unsigned[POLICY_SPLITS]){[POLICY_SPLIT_EQUAL] = 30, [POLICY_SPLIT_DELIVERED] = 70});
	ck_assert_int_eq(office("dinkes")->money.share, 4500000 + 15750000);
	correct(2, "bkad", 2 * GB, 0); /* both three */
	split_by((unsigned[POLICY_SPLITS]){[POLICY_SPLIT_DELIVERED] = 100});
	ck_assert_int_eq(office("dinkes")->money.share, 15000000);
}
END_TEST

START_TEST(equal_is_by_days)
{
	agree_office(USEC(-90, 0, 0), "dinkes", "Dinas Kesehatan", 40);
	agree_office(USEC(21, 15, 0), "baru", "Dinas Baru", 40);  /* ten days */
	end_terms(LEDGER_TERMS_OFFICE, "dinkes", USEC(20, 9, 0)); /* twenty */
	agree_contract(USEC(-90, 0, 0), &contract);
	book_one(SEC(2, 9, 0), 300, "dinkes", 2 * GB, GB);
	make_month(NOVEMBER, AFTER);
	ck_assert_int_eq(office("dinkes")->money.share, 20000000);
	ck_assert_int_eq(office("baru")->money.share, 10000000);
}
END_TEST

START_TEST(a_guarantee_counts_from_its_day_on)
{
	agree_office(USEC(-90, 0, 0), "dinkes", "Dinas Kesehatan", 10);
	agree_office(USEC(16, 15, 0), "dinkes", "Dinas Kesehatan", 30); /* 15 x 15 + 15 x 45 */
	agree_office(USEC(-90, 0, 0), "bkad", "Badan Keuangan", 10);	/* 30 x 15 */
	memset(contract.split_percent, 0, sizeof(contract.split_percent));
	contract.split_percent[POLICY_SPLIT_GUARANTEED] = 100;
	agree_contract(USEC(-90, 0, 0), &contract);
	book_one(SEC(2, 9, 0), 300, "dinkes", 2 * GB, GB);
	make_month(NOVEMBER, AFTER);
	ck_assert_int_eq(office("dinkes")->money.share, 20000000);
}
END_TEST

/* ---- which contract ---- */

START_TEST(half_a_month)
{
	contract.from_day = nth(16);
	two_offices();
	agree_contract(USEC(-90, 0, 0), &contract);
	make_month(NOVEMBER, AFTER);
	ck_assert_uint_eq(month->contract.days, 15);
	ck_assert_int_eq(month->contract.cost, 15000000);
	contract.monthly_rupiah = 1;
	contract.to_day = nth(16);
	agree_contract(AFTER, &contract); /* the last that covers a day, whenever it was written down */
	make_month(NOVEMBER, AFTER);
	ck_assert_int_eq(month->contract.recorded_wall_usec, AFTER);
	ck_assert_uint_eq(month->contract.days, 1);
	ck_assert_int_eq(month->contract.cost, 0);
	contract.from_day = nth(31);
	contract.to_day = YEAR_END;
	agree_contract(AFTER + 1, &contract); /* covers December alone */
	end_terms(LEDGER_TERMS_CONTRACT, "", AFTER + 2);
	make_month(NOVEMBER, AFTER);
	ck_assert_int_eq(month->contract.recorded_wall_usec, AFTER);
}
END_TEST

START_TEST(none_but_the_configurations)
{
	two_offices();
	make_month(NOVEMBER, AFTER);
	ck_assert_ptr_null(month->contract.terms.provider);
	ck_assert_int_eq(month->contract.cost, 0);
	ck_assert_int_eq(sum_of_shares(), 0);
	policy.contract = contract;
	make_month(NOVEMBER, AFTER);
	ck_assert_str_eq(month->contract.terms.provider, "PT Jaringan");
	ck_assert_str_eq(month->contract.terms.number, "12/SPK/2026");
	ck_assert_int_eq(month->contract.recorded_wall_usec, 0);
	ck_assert_int_eq(sum_of_shares(), 30000000);
	policy.contract.to_day = nth(0);
	make_month(NOVEMBER, AFTER);
	ck_assert_ptr_null(month->contract.terms.provider);
	ck_assert_int_eq(month->contract.baseline, 14000000);
	ck_assert_int_eq(month->contract.baseline_each, 7000000);
}
END_TEST

START_TEST(nobody_to_pay)
{
	watch(nth(3), 1440, 0);
	agree_contract(USEC(-90, 0, 0), &contract);
	make_month(NOVEMBER, AFTER);
	ck_assert_uint_eq(month->n_offices, 0);
	ck_assert_int_eq(month->contract.cost, 30000000);
	ck_assert_int_eq(month->contract.year_realised, 30000000);
}
END_TEST

/* ---- the provider's word ---- */

START_TEST(refunds_by_the_minute)
{
	static const struct {
		uint32_t down_min;
		bool met;
		unsigned percent;
	} cases[] = {{0, true, 0},   {5, true, 0},    {6, false, 5},
		     {20, false, 5}, {21, false, 25}, {1000, false, 25}};
	struct policy_refund refunds[] = {{995, 5}, {980, 25}};

	contract.refunds = refunds;
	contract.n_refunds = ELEMENTS(refunds);
	two_offices();
	agree_contract(USEC(-90, 0, 0), &contract);
	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		int32_t which =
		    NOVEMBER + (int32_t)i; /* each a month of its own: minutes are only added up */

		contract.to_day = civil_first_day(which + 1) - 1;
		agree_contract(AFTER + (int64_t)i, &contract);
		watch(civil_first_day(which), 500, cases[i].down_min / 2);
		watch(civil_first_day(which) + 20, 500, cases[i].down_min - cases[i].down_min / 2);
		make_month(which, usec_of(which + 1, 1, 0, 0));
		ck_assert_uint_eq(month->uplink.down_min, cases[i].down_min);
		ck_assert_int_eq(month->contract.sla_met, cases[i].met);
		ck_assert_uint_eq(month->contract.refund_percent, cases[i].percent);
		ck_assert_int_eq(month->contract.refund, (int64_t)cases[i].percent * 300000);
		ck_assert_int_eq(month->contract.net, 30000000 - month->contract.refund);
		ck_assert_int_eq(office("bkad")->money.refund, month->contract.refund / 2);
		ck_assert_int_eq(office("bkad")->money.net,
				 office("bkad")->money.share - office("bkad")->money.refund);
	}
}
END_TEST

START_TEST(an_offices_own_days)
{
	agree_office(USEC(-90, 0, 0), "dinkes", "Dinas Kesehatan", 40);
	agree_office(USEC(10, 12, 0), "baru", "Dinas Baru", 40);
	book_one(SEC(2, 9, 0), 300, "dinkes", 2 * GB, GB);
	watch(nth(9), 1440, 720);
	watch(nth(10), 1440, 144);
	make_month(NOVEMBER, AFTER);
	ck_assert_uint_eq(office("dinkes")->measured_min, 2880);
	ck_assert_uint_eq(office("dinkes")->available_permyriad, 7000);
	ck_assert_uint_eq(office("baru")->measured_min, 1440);
	ck_assert_uint_eq(office("baru")->down_min, 144);
	ck_assert_uint_eq(office("baru")->available_permyriad, 9000);
}
END_TEST

/* ---- the year ---- */

START_TEST(a_year_with_who_is_gone)
{
	struct policy_office dear = office_like("dinkes", "Dinas Kesehatan", 40);

	dear.budget_rupiah = 100000000;
	contract.budget_rupiah = 200000000;
	agree(LEDGER_TERMS_OFFICE, "dinkes", usec_of(SEPTEMBER, 1, 0, 0), terms_of_office(&dear));
	agree_office(usec_of(SEPTEMBER, 1, 0, 0), "lama", "Dinas Lama", 40);
	agree_contract(usec_of(SEPTEMBER, 1, 0, 0), &contract);
	contract.monthly_rupiah = 40000000;
	contract.from_day = civil_first_day(OCTOBER);
	agree_contract(usec_of(OCTOBER, 1, 0, 0),
		       &contract); /* dearer, but later versions cover September not */
	end_terms(LEDGER_TERMS_OFFICE, "lama", usec_of(OCTOBER, 1, 0, 0));
	for (int32_t m = SEPTEMBER; m <= NOVEMBER; m++)
		book_one(usec_of(m, 2, 9, 0) / USEC_PER_SEC, 300, "dinkes", GB, GB);
	make_month(NOVEMBER, AFTER);
	ck_assert_int_eq(month->contract.year_from_month, SEPTEMBER);
	ck_assert_uint_eq(month->n_offices, 1);
	ck_assert_int_eq(office("dinkes")->money.share, 40000000);
	ck_assert_int_eq(office("dinkes")->money.realised, 95000000);
	ck_assert_int_eq(office("dinkes")->money.left, 5000000);
	ck_assert_int_eq(month->contract.year_realised, 110000000);
	ck_assert_int_eq(month->contract.year_budget, 200000000);
	ck_assert_int_eq(month->contract.year_left, 90000000);
	make_month(SEPTEMBER, AFTER);
	ck_assert_int_eq(office("lama")->money.realised, 15000000);
	ck_assert_int_eq(office("lama")->money.left, 0); /* no budget is said */
}
END_TEST

START_TEST(each_month_by_its_own_figures)
{
	unsigned percent[POLICY_SPLITS] = {20, 0, 40, 40};
	int64_t alone = 0;

	memcpy(contract.split_percent, percent, sizeof(percent));
	contract.refunds = &(struct policy_refund){995, 10};
	contract.n_refunds = 1;
	two_offices();
	agree_contract(USEC(-90, 0, 0), &contract);
	watch(civil_first_day(OCTOBER), 1000, 100);
	book_one(usec_of(OCTOBER, 2, 9, 0) / USEC_PER_SEC, 300, "bkad", 7 * GB, GB);
	book_one(usec_of(OCTOBER, 4, 9, 0) / USEC_PER_SEC, 300, "tamu", 7000,
		 123); /* nobody's terms, one day */
	for (int32_t m = OCTOBER; m <= NOVEMBER; m++) {
		make_month(m, AFTER);
		alone += office("bkad")->money.net;
		ck_assert_int_eq(office("bkad")->money.realised, alone);
	}
	ck_assert_int_gt(alone, 0);
	ck_assert_int_eq(month->contract.year_realised, 30000000 + 27000000);
}
END_TEST

START_TEST(a_new_year_begins_with_january)
{
	contract.to_day += 365;
	two_offices();
	agree_contract(USEC(-90, 0, 0), &contract);
	book_one(usec_of(NOVEMBER + 3, 9, 9, 0) / USEC_PER_SEC, 300, "bkad", GB, GB);
	make_month(NOVEMBER + 3, usec_of(NOVEMBER + 4, 1, 0, 0));
	ck_assert_int_eq(month->contract.year_from_month, 2027 * 12);
	ck_assert_int_eq(month->contract.year_realised,
			 60000000); /* January without a row was paid for, too */
}
END_TEST

START_TEST(a_leap_years_february)
{
	const int32_t february = 2028 * 12 + 1;

	contract.from_day = civil_first_day(february) + 28;
	contract.to_day = contract.from_day + 10;
	contract.monthly_rupiah = 29000001;
	agree_office(USEC(1, 0, 0), "dinkes", "Dinas Kesehatan", 40);
	agree_contract(USEC(1, 0, 0), &contract);
	book_one(usec_of(february, 29, 23, 50) / USEC_PER_SEC, 300, "dinkes", GB, GB);
	make_month(february, usec_of(february + 1, 1, 0, 0));
	ck_assert_int_eq(month->until_day - month->from_day, 29);
	ck_assert_uint_eq(month->contract.days, 1);
	ck_assert_int_eq(month->contract.cost, 1000000);
	ck_assert_uint_eq(daily("dinkes")->n, 29);
	ck_assert_uint_eq(daily("dinkes")->days[28].down_bytes, GB);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {each_key,
				      equal_is_by_days,
				      a_guarantee_counts_from_its_day_on,
				      half_a_month,
				      none_but_the_configurations,
				      nobody_to_pay,
				      refunds_by_the_minute,
				      an_offices_own_days,
				      a_year_with_who_is_gone,
				      each_month_by_its_own_figures,
				      a_new_year_begins_with_january,
				      a_leap_years_february};

	return run_tests("report_money", tests, ELEMENTS(tests), 30, set_up_money, tear_down_month);
}
