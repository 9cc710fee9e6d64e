// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the configuration says of the contract and the report arrives in the policy: a split as percentages,
 * refunds in the order in which they are owed, what is not said as the manual page says. Refusals are
 * tests/golden/config's.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include "../../policy/config.h"

#define GOLDEN "tests/golden/config"

static struct policy *load(const char *path)
{
	struct config_report report;
	struct policy *policy = NULL;
	int result = config_load(path, &policy, &report);

	ck_assert_msg(result == 0, "%s: %s", path, report.n_faults ? report.faults[0] : "?");
	config_report_clear(&report);
	return policy;
}

START_TEST(what_is_not_said_has_defaults)
{
	struct policy *policy = load(GOLDEN "/accepted.conf");

	ck_assert_ptr_null(policy->contract.provider);
	ck_assert_ptr_null(policy->signatory.office);
	ck_assert_uint_eq(policy->report.n_letterhead, 0);
	ck_assert_ptr_null(policy->report.logo);
	ck_assert_ptr_null(policy->report.verify);
	ck_assert_int_eq(policy->report.baseline_rupiah, 7000000);
	ck_assert_uint_eq(policy->report.formats, POLICY_FORMAT_PDF | POLICY_FORMAT_XLSX);
	ck_assert(!policy->report.mail);
	ck_assert(!policy->report.english);
	ck_assert_int_eq(policy_office(policy, "dinkes")->budget_rupiah, 0);
	policy_free(policy);
}
END_TEST

START_TEST(what_little_is_said_has_defaults)
{
	struct policy *policy = load(GOLDEN "/accepted-everything.conf");

	ck_assert(policy->report.mail);
	ck_assert_str_eq(policy->language, "en");
	ck_assert(!policy->report.english);
	ck_assert_uint_eq(policy->contract.split_percent[POLICY_SPLIT_P95], 100);
	ck_assert_uint_eq(policy->contract.split_percent[POLICY_SPLIT_GUARANTEED], 0);
	ck_assert_uint_eq(policy->contract.n_refunds, 0);
	ck_assert_int_eq(policy->contract.budget_rupiah, 0);
	policy_free(policy);
}
END_TEST

START_TEST(the_contract_arrives)
{
	static const unsigned percent[POLICY_SPLITS] = {[POLICY_SPLIT_EQUAL] = 30, [POLICY_SPLIT_P95] = 70};
	struct policy *policy = load(GOLDEN "/accepted-report.conf");
	const struct policy_contract *contract = &policy->contract;

	ck_assert_str_eq(contract->provider, "PT Contoh");
	ck_assert_str_eq(contract->number, "027/123/DISKOMINFO/2026");
	ck_assert_int_eq(contract->monthly_rupiah, INT64_C(1000000000000));
	ck_assert_int_eq(contract->budget_rupiah, 1440000000);
	ck_assert_mem_eq(contract->split_percent, percent, sizeof(percent));
	ck_assert_uint_eq(contract->n_refunds, 2);
	ck_assert_uint_eq(contract->refunds[0].below_permille, 995);
	ck_assert_uint_eq(contract->refunds[0].percent, 5);
	ck_assert_uint_eq(contract->refunds[1].below_permille, 950);
	ck_assert_uint_eq(contract->refunds[1].percent, 50);
	ck_assert_int_eq(policy_office(policy, "dinkes")->budget_rupiah, 84000000);
	ck_assert_str_eq(policy_office(policy, "dinkes")->budget_code, "5.1.02.02.01.0063");
	policy_free(policy);
}
END_TEST

START_TEST(the_report_arrives)
{
	struct policy *policy = load(GOLDEN "/accepted-report.conf");

	ck_assert_uint_eq(policy->report.n_letterhead, 2);
	ck_assert_str_eq(policy->report.letterhead[1], "DINAS");
	ck_assert_int_eq(policy->report.logo[0], '/');
	ck_assert_str_eq(strrchr(policy->report.logo, '/'), "/logo.png");
	ck_assert_int_eq(policy->report.baseline_rupiah, 0);
	ck_assert_str_eq(policy->report.verify, "https://example.id/laporan");
	ck_assert(!policy->report.mail);
	ck_assert_uint_eq(policy->report.formats, POLICY_FORMAT_CSV | POLICY_FORMAT_HTML);
	ck_assert(policy->report.english);
	policy_free(policy);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("config_report");
	TCase *tests = tcase_create("config_report");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tests, what_is_not_said_has_defaults);
	tcase_add_test(tests, what_little_is_said_has_defaults);
	tcase_add_test(tests, the_contract_arrives);
	tcase_add_test(tests, the_report_arrives);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
