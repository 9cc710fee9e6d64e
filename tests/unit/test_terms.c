// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Terms as documents: what went in comes out, equal terms are equal bytes, and a document of another version,
 * or of nobody's, never stops a reader.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "../../policy/terms.h"

static struct policy_window windows[] = {
    {1, 450, 960}, {2, 450, 960},	  {3, 450, 960},	 {4, 450, 960},
    {5, 450, 690}, {6, 1320, 1440 + 120}, {0, 1320, 1440 + 120},
};
static struct policy_schedule office_hours = {.id = "kantor", .windows = windows, .n_windows = 5};
static struct policy_schedule nights = {.id = "malam", .windows = windows + 5, .n_windows = 2};
static struct policy_schedule never = {.id = "tidak"};

START_TEST(a_schedule_is_written_as_it_is_configured)
{
	char *text = terms_of_schedule(&office_hours), *night = terms_of_schedule(&nights),
	     *empty = terms_of_schedule(&never), *none = terms_of_schedule(NULL);

	ck_assert_str_eq(text, "mon-thu 07:30-16:00, fri 07:30-11:30");
	ck_assert_str_eq(night, "sat-sun 22:00-02:00");
	ck_assert_str_eq(empty, "");
	ck_assert_str_eq(none, "");
	free(text);
	free(night);
	free(empty);
	free(none);
}
END_TEST

START_TEST(an_office_comes_back)
{
	struct policy_office office = {.id = "dinkes",
				       .name = "Dinas \"Kesehatan\" \xe2\x80\xae",
				       .budget_code = "5.1.02",
				       .budget_rupiah = 84000000,
				       .inside = {{40000000, 20000000}, {200000000, 100000000}},
				       .outside = {{4000000, 4000000}, {100000000, 100000000}},
				       .quota_bytes = 2000000000000,
				       .quota_over = POLICY_OVER_THROTTLE};
	struct terms_office out;
	char *document = terms_of_office(&office), *again = terms_of_office(&office);

	ck_assert_str_eq(document, again);
	ck_assert_int_eq(terms_read_office(document, &out), 0);
	ck_assert_str_eq(out.name, office.name);
	ck_assert_str_eq(out.budget_code, "5.1.02");
	ck_assert_int_eq(out.budget_rupiah, 84000000);
	ck_assert_uint_eq(out.inside.guaranteed.down_bps, 40000000);
	ck_assert_uint_eq(out.inside.ceiling.up_bps, 100000000);
	ck_assert_uint_eq(out.outside.guaranteed.up_bps, 4000000);
	ck_assert_uint_eq(out.quota_bytes, 2000000000000);
	ck_assert(out.throttle);
	terms_office_clear(&out);
	office.quota_over = POLICY_OVER_NOTICE;
	free(again);
	again = terms_of_office(&office);
	ck_assert_str_ne(document, again);
	free(document);
	free(again);
}
END_TEST

START_TEST(a_contract_comes_back)
{
	struct policy_refund refunds[] = {{995, 5}, {990, 10}};
	struct policy_contract contract = {.provider = "PT X",
					   .monthly_rupiah = 999999999999,
					   .from_day = 20454,
					   .to_day = 20818,
					   .sla_permille = 995,
					   .split_percent = {30, 0, 70, 0},
					   .refunds = refunds,
					   .n_refunds = 2,
					   .budget_rupiah = 1440000000},
			       out;
	char *document = terms_of_contract(&contract);

	ck_assert_int_eq(terms_read_contract(document, &out), 0);
	ck_assert_str_eq(out.provider, "PT X");
	ck_assert_str_eq(out.number, "");
	ck_assert_int_eq(out.monthly_rupiah, 999999999999);
	ck_assert_int_eq(out.from_day, 20454);
	ck_assert_int_eq(out.to_day, 20818);
	ck_assert_uint_eq(out.sla_permille, 995);
	ck_assert_uint_eq(out.split_percent[POLICY_SPLIT_EQUAL], 30);
	ck_assert_uint_eq(out.split_percent[POLICY_SPLIT_DELIVERED], 70);
	ck_assert_uint_eq(out.n_refunds, 2);
	ck_assert_uint_eq(out.refunds[1].below_permille, 990);
	ck_assert_uint_eq(out.refunds[1].percent, 10);
	ck_assert_int_eq(out.budget_rupiah, 1440000000);
	terms_contract_clear(&out);
	free(document);
}
END_TEST

START_TEST(a_zone_and_the_uplink_come_back)
{
	struct policy_zone zone = {.id = "taman",
				   .name = "Taman",
				   .open = &nights,
				   .not_during = &office_hours,
				   .share = {{20000000, 10000000}, {300000000, 200000000}},
				   .client = {10000000, 3000000}};
	struct policy policy = {
	    .uplink_rate = {500000000, 400000000}, .headroom_percent = 5, .site_name = (char *)"S"};
	struct terms_zone out;
	struct terms_uplink uplink;
	char *document = terms_of_zone(&zone), *line = terms_of_uplink(&policy),
	     *site = terms_of_site(&policy);

	ck_assert_int_eq(terms_read_zone(document, &out), 0);
	ck_assert_str_eq(out.open, "sat-sun 22:00-02:00");
	ck_assert_str_eq(out.not_during, "mon-thu 07:30-16:00, fri 07:30-11:30");
	ck_assert_uint_eq(out.share.ceiling.down_bps, 300000000);
	ck_assert_uint_eq(out.client.up_bps, 3000000);
	ck_assert_int_eq(terms_read_uplink(line, &uplink), 0);
	ck_assert_uint_eq(uplink.rate.up_bps, 400000000);
	ck_assert_uint_eq(uplink.headroom_percent, 5);
	ck_assert_str_eq(site, "{\"name\":\"S\",\"timezone\":\"\"}");
	terms_zone_clear(&out);
	free(document);
	free(line);
	free(site);
}
END_TEST

START_TEST(what_is_missing_or_wrong_reads_as_nothing)
{
	static const char *const wrong[] = {"", "[]", "{", "7", "null", NULL};
	struct terms_office office;
	struct policy_contract contract;
	struct terms_zone zone;
	struct terms_uplink uplink;

	for (size_t i = 0; i < 6; i++) {
		ck_assert_int_eq(terms_read_office(wrong[i], &office), -EINVAL);
		ck_assert_int_eq(terms_read_contract(wrong[i], &contract), -EINVAL);
		ck_assert_int_eq(terms_read_zone(wrong[i], &zone), -EINVAL);
		ck_assert_int_eq(terms_read_uplink(wrong[i], &uplink), -EINVAL);
	}
	ck_assert_int_eq(
	    terms_read_office("{\"name\":7,\"inside\":[],\"quota_bytes\":-5,\"new\":{}}", &office), 0);
	ck_assert_str_eq(office.name, "");
	ck_assert_uint_eq(office.quota_bytes, 0);
	ck_assert_uint_eq(office.inside.guaranteed.down_bps, 0);
	terms_office_clear(&office);
	ck_assert_int_eq(terms_read_contract("{\"split\":{\"equal\":50},\"refunds\":[7]}", &contract), 0);
	ck_assert_uint_eq(contract.split_percent[POLICY_SPLIT_GUARANTEED], 100);
	ck_assert_uint_eq(contract.split_percent[POLICY_SPLIT_EQUAL], 0);
	ck_assert_uint_eq(contract.refunds[0].percent, 0);
	terms_contract_clear(&contract);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("terms");
	TCase *tests = tcase_create("terms");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tests, a_schedule_is_written_as_it_is_configured);
	tcase_add_test(tests, an_office_comes_back);
	tcase_add_test(tests, a_contract_comes_back);
	tcase_add_test(tests, a_zone_and_the_uplink_come_back);
	tcase_add_test(tests, what_is_missing_or_wrong_reads_as_nothing);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
