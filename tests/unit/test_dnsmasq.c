// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dnsmasq's configuration as text: golden files below tests/golden/dnsmasq (GERBANG_GOLDEN=write makes them
 * anew), the zones' ranges, and what must never stand in it. tests/netns/test_dnsmasq.py shows that dnsmasq
 * does what the text says.
 */
#include "policy_fixture.h"
#include <errno.h>
#include "../../policy/config.h"
#include "../../policy/dnsmasq.h"

#define GOLDEN "tests/golden/dnsmasq/"
#define LEASES "/var/lib/gerbang-dnsmasq/leases"

static char *text_of(const struct policy *policy)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	ck_assert_int_eq(dnsmasq_write(out, policy, LEASES), 0);
	fclose(out);
	return text;
}

static char *file_text(const char *path)
{
	_cleanup_(fclosep) FILE *file = fopen(path, "r");
	char *text = calloc(1, 65536);

	if (file)
		text[fread(text, 1, 65535, file)] = '\0';
	return text;
}

static void check_golden(const struct policy *policy, const char *path)
{
	_cleanup_(freep) char *text = text_of(policy);
	_cleanup_(freep) char *expected = NULL;

	if (getenv("GERBANG_GOLDEN")) {
		_cleanup_(fclosep) FILE *out = fopen(path, "w");

		fputs(text, out);
	}
	expected = file_text(path);
	ck_assert_msg(!strcmp(text, expected), "%s: expected\n%sgot\n%s", path, expected, text);
}

static struct policy *load(const char *path)
{
	struct config_report report;
	struct policy *policy = NULL;

	ck_assert_int_eq(config_load(path, &policy, &report), 0);
	config_report_clear(&report);
	return policy;
}

START_TEST(the_text_is_the_golden_file)
{
	struct policy *policy = load("tests/golden/config/accepted-guests.conf");

	check_golden(policy, GOLDEN "guests.conf");
	policy_free(policy);
	check_golden(regency(),
		     GOLDEN "regency.conf"); /* no certificate, one zone without IPv6, no resolver */
}
END_TEST

START_TEST(without_zones_nothing_is_served)
{
	struct policy *policy = regency();

	policy->n_zones = 0;
	check_golden(policy, GOLDEN "nothing.conf");
}
END_TEST

/* The API is announced with a certificate, and only then. */
START_TEST(option_114_and_103_come_with_a_certificate)
{
	struct policy *policy = regency();
	_cleanup_(freep) char *without = NULL;
	_cleanup_(freep) char *with = NULL;

	policy->portal.hostname = "wifi.test";
	without = text_of(policy);
	policy->portal.certificate = "/c";
	with = text_of(policy);
	ck_assert_ptr_null(strstr(without, "/api"));
	ck_assert_ptr_nonnull(strstr(with, "dhcp-option-force=tag:taman-kota,114,https://wifi.test/api\n"));
	ck_assert_ptr_nonnull(
	    strstr(with, "dhcp-option-force=tag:taman-kota,option6:103,https://wifi.test/api\n"));
	ck_assert_ptr_null(strstr(with, "tag:alun-alun,option6")); /* it has no IPv6 */
}
END_TEST

START_TEST(no_answer_is_falsified_and_nothing_is_advertised)
{
	static const char *const never[] = {
	    "\naddress=",   "\nenable-ra",   "\nra-",	      ",ra-",	 "\nstop-dns-rebind",
	    "\naddn-hosts", "\ndhcp-script", "\nlog-queries", "\nauth-", "\ndhcp-host"};
	struct policy *policy = load("tests/golden/config/accepted-guests.conf");
	_cleanup_(freep) char *text = text_of(policy);

	for (size_t i = 0; i < ELEMENTS(never); i++)
		ck_assert_msg(!strstr(text, never[i]), "%s", never[i]);
	policy_free(policy);
}
END_TEST

static const struct {
	const char *address, *first, *last;
} ranges[] = {
    {"10.200.0.1/20", "10.200.8.0", "10.200.15.250"},	 {"10.201.0.1/24", "10.201.0.128", "10.201.0.250"},
    {"10.201.0.254/24", "10.201.0.128", "10.201.0.250"}, {"10.202.0.1/16", "10.202.128.0", "10.202.255.250"},
    {"192.168.7.1/27", "192.168.7.16", "192.168.7.26"},	 {"192.168.7.1/28", "192.168.7.8", "192.168.7.14"},
    {"192.168.7.1/29", "192.168.7.4", "192.168.7.6"},	 {"192.168.7.1/30", "192.168.7.2", "192.168.7.2"},
    {"192.168.7.2/30", "192.168.7.1", "192.168.7.1"},
};

START_TEST(the_range_is_the_upper_half)
{
	struct policy_zone zone = {0};
	struct addr first, last;
	char text[2][ADDR_TEXT];

	ck_assert_int_eq(prefix_parse(ranges[_i].address, &zone.address4), 0);
	policy_dhcp_range(&zone, &first, &last);
	ck_assert_str_eq(addr_text(&first, text[0]), ranges[_i].first);
	ck_assert_str_eq(addr_text(&last, text[1]), ranges[_i].last);
	zone.dhcp.first = zone.dhcp.last = zone.address4.addr;
	policy_dhcp_range(&zone, &first, &last);
	ck_assert(addr_equal(&first, &zone.address4.addr) && addr_equal(&last, &zone.address4.addr));
}
END_TEST

START_TEST(a_zone_without_ipv4_has_no_range)
{
	struct policy_zone zone = {0};
	struct addr first, last;

	policy_dhcp_range(&zone, &first, &last);
	ck_assert_uint_eq(first.family, 0);
	ck_assert_uint_eq(last.family, 0);
}
END_TEST

/* What dnsmasq would read as something else is refused, and a full disk is told. */
START_TEST(paths_and_streams_are_judged)
{
	static const char *const paths[] = {"/a#b", "/a\"b", "/a\\b", "/a\nserver=8.8.8.8"};
	_cleanup_(fclosep) FILE *full = fopen("/dev/full", "w");
	struct policy *policy = regency();

	for (size_t i = 0; i < ELEMENTS(paths); i++)
		ck_assert_int_eq(dnsmasq_write(stdout, policy, paths[i]), -EINVAL);
	ck_assert_int_eq(dnsmasq_write(full, policy, LEASES), -EIO);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("dnsmasq");
	TCase *cases = tcase_create("dnsmasq");
	SRunner *runner;
	int failed;

	tcase_add_test(cases, the_text_is_the_golden_file);
	tcase_add_test(cases, without_zones_nothing_is_served);
	tcase_add_test(cases, option_114_and_103_come_with_a_certificate);
	tcase_add_test(cases, no_answer_is_falsified_and_nothing_is_advertised);
	tcase_add_loop_test(cases, the_range_is_the_upper_half, 0, ELEMENTS(ranges));
	tcase_add_test(cases, a_zone_without_ipv4_has_no_range);
	tcase_add_test(cases, paths_and_streams_are_judged);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
