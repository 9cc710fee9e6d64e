// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the configuration says of the ledger, the evidence and notices arrives in the policy, in the form that
 * others take: servers as URLs with their port, days as bits. Refusals are tests/golden/config's.
 */
#include <check.h>
#include <string.h>
#include "../../lib/cleanup.h"
#include "../../lib/units.h"
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

	ck_assert_uint_eq(policy->loss_percent, 40);
	ck_assert_ptr_null(policy->test.server);
	ck_assert_ptr_null(policy->mail.server);
	ck_assert_ptr_null(policy->webhook.url);
	ck_assert_uint_eq(policy->notify, POLICY_NOTIFY_QUOTA | POLICY_NOTIFY_OUTAGE |
					      POLICY_NOTIFY_ENTITLEMENT | POLICY_NOTIFY_LEDGER |
					      POLICY_NOTIFY_UPLINK);
	ck_assert_uint_eq(policy->ledger.rows_usec, 396 * USEC_PER_DAY);
	ck_assert_uint_eq(policy->ledger.sessions_usec, 90 * USEC_PER_DAY);
	ck_assert(!policy->privacy.hosts);
	ck_assert_uint_eq(policy->privacy.hosts_usec, 30 * USEC_PER_DAY);
	policy_free(policy);
}
END_TEST

START_TEST(all_of_it_arrives)
{
	struct policy *policy = load(GOLDEN "/accepted-evidence.conf");
	const struct policy_office *dinkes = policy_office(policy, "dinkes");

	ck_assert_uint_eq(policy->loss_percent, 25);
	ck_assert_str_eq(policy->test.server, "iperf3://[2001:db8::1]:5201");
	ck_assert_uint_eq(policy->test.minute, 22 * 60 + 30);
	ck_assert_uint_eq(policy->test.weekdays, 1 << 6 | 1 << 0);
	ck_assert_uint_eq(policy->test.seconds, 5);
	ck_assert_str_eq(policy->mail.server, "smtps://mail.example.id:465");
	ck_assert_str_eq(policy->mail.user, "gerbang");
	ck_assert_int_eq(policy->mail.password_file[0], '/');
	ck_assert_str_eq(strrchr(policy->mail.password_file, '/'), "/mail.password");
	ck_assert_uint_eq(policy->mail.n_to, 2);
	ck_assert_str_eq(policy->webhook.url, "http://127.0.0.1:9000/hook?a=b");
	ck_assert_str_eq(policy->webhook.key_file, "/etc/gerbang/webhook.key");
	ck_assert_uint_eq(policy->notify, POLICY_NOTIFY_QUOTA | POLICY_NOTIFY_OUTAGE);
	ck_assert_uint_eq(policy->ledger.rows_usec, 3660 * USEC_PER_DAY);
	ck_assert_uint_eq(policy->ledger.sessions_usec, 7 * USEC_PER_DAY);
	ck_assert(policy->privacy.hosts);
	ck_assert_uint_eq(policy->privacy.hosts_usec, 14 * USEC_PER_DAY);
	ck_assert_uint_eq(dinkes->quota_bytes, UINT64_C(500000000000));
	ck_assert_uint_eq(dinkes->quota_notice_percent, 75);
	ck_assert_int_eq(dinkes->quota_over, POLICY_OVER_THROTTLE);
	ck_assert_uint_eq(dinkes->quota_throttle.up_bps, 1000000);
	ck_assert_int_eq(policy_office(policy, "rsud")->quota_over, POLICY_OVER_NOTICE);
	ck_assert_uint_eq(policy_office(policy, "rsud")->quota_notice_percent, 80);
	policy_free(policy);
}
END_TEST

START_TEST(servers_by_name_alone)
{
	struct policy *policy = load(GOLDEN "/accepted-notices.conf");

	ck_assert_str_eq(policy->mail.server, "smtp://10.0.0.25:587");
	ck_assert_ptr_null(policy->mail.user);
	ck_assert_str_eq(policy->webhook.url, "https://example.id");
	ck_assert_ptr_null(policy->webhook.key_file);
	ck_assert_uint_eq(policy->notify, 0);
	policy_free(policy);
	policy = load(GOLDEN "/accepted-everything.conf");
	ck_assert_str_eq(policy->mail.server, "smtp://mail:25");
	policy_free(policy);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("config_evidence");
	TCase *tests = tcase_create("config_evidence");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tests, what_is_not_said_has_defaults);
	tcase_add_test(tests, all_of_it_arrives);
	tcase_add_test(tests, servers_by_name_alone);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
