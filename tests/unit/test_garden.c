/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves shaper/garden: which addresses the privileged side lets a garden have, whatever it is told.
 */
#include "../../shaper/garden.h"
#include "policy_fixture.h"
#include <errno.h>

static char text[160];

static struct message_garden garden(const char *address, uint32_t seconds)
{
	struct message_garden garden = {.device = "zone0", .lifetime_seconds = seconds};

	ck_assert_int_eq(addr_parse(address, &garden.address), 0);
	return garden;
}

static int judged(const char *address)
{
	const struct message_garden one = garden(address, 300);

	text[0] = '\0';
	return garden_judge(regency(), &one, text, sizeof(text));
}

static const char *const welcome[] = {"203.0.113.7",	"1.1.1.1",	 "9.255.255.255",  "11.0.0.1",
				      "100.63.255.255", "100.128.0.1",	 "172.15.255.1",   "172.32.0.1",
				      "223.255.255.1",	"2001:db8:9::1", "2606:4700::1111"};

START_TEST(public_addresses_are_welcome)
{
	ck_assert_msg(judged(welcome[_i]) == 0, "%s: %s", welcome[_i], text);
}
END_TEST

static const struct {
	const char *address, *why;
} never[] = {
    {"0.1.2.3", "this network"},
    {"10.99.1.1", "private"},
    {"100.64.0.1", "provider's own"},
    {"127.0.0.53", "loopback"},
    {"169.254.169.254", "link-local"},
    {"172.31.255.255", "private"},
    {"192.168.0.1", "private"},
    {"224.0.0.251", "multicast"},
    {"240.0.0.1", "reserved"},
    {"255.255.255.255", "reserved"},
    {"::", "not a host's"},
    {"::1", "not a host's"},
    {"::ffff:203.0.113.7", "not a host's"},
    {"64:ff9b::a0a:201", "not a host's"},
    {"fd12::1", "private"},
    {"fe80::1", "link-local"},
    {"fec0::1", "site-local"},
    {"ff02::fb", "multicast"},
    {"10.10.2.10", "private"},
    {"2001:db8:2::10", "an office's"},
    {"2001:db8:200::9", "a zone's"},
};

START_TEST(what_is_nobodys_or_ours_is_refused)
{
	ck_assert_int_eq(judged(never[_i].address), -EPERM);
	ck_assert_msg(strstr(text, never[_i].why) && strstr(text, "zone0"), "%s: %s", never[_i].address,
		      text);
}
END_TEST

/* Offices and zones may have public addresses, too. */
START_TEST(public_addresses_of_ours_are_refused)
{
	const struct message_garden one = garden("203.0.113.7", 300);
	struct policy *policy = regency();

	ck_assert_int_eq(prefix_parse("203.0.113.0/24", &policy->offices[DINKES].prefixes[0]), 0);
	ck_assert_int_eq(garden_judge(policy, &one, text, sizeof(text)), -EPERM);
	ck_assert_ptr_nonnull(strstr(text, "an office's"));
	policy = regency();
	ck_assert_int_eq(prefix_parse("203.0.113.1/28", &policy->zones[ALUN].address4), 0);
	ck_assert_int_eq(garden_judge(policy, &one, text, sizeof(text)), -EPERM);
	ck_assert_ptr_nonnull(strstr(text, "a zone's"));
}
END_TEST

START_TEST(a_zones_device_and_a_day_at_most)
{
	static const uint32_t times[] = {1, 300, 86400, 0, 86401, UINT32_MAX};
	static const char *const devices[] = {"zone0", "zone1", "lan0", "wan0", "zone2", ""};

	for (size_t i = 0; i < ELEMENTS(times); i++) {
		const struct message_garden one = garden("203.0.113.7", times[i]);

		ck_assert_int_eq(garden_judge(regency(), &one, text, sizeof(text)), i < 3 ? 0 : -EPERM);
	}
	for (size_t i = 0; i < ELEMENTS(devices); i++) {
		struct message_garden one = garden("203.0.113.7", 300);

		memset(one.device, 0, sizeof(one.device));
		memcpy(one.device, devices[i], strlen(devices[i]));
		ck_assert_int_eq(garden_judge(regency(), &one, text, sizeof(text)), i < 2 ? 0 : -EPERM);
	}
}
END_TEST

/* What is no address of a kind, or has more bytes than its kind, cannot be compared with ours. */
START_TEST(what_is_no_address_is_refused)
{
	struct message_garden one = garden("203.0.113.7", 300);

	one.address.octets[4] = 1;
	ck_assert_int_eq(garden_judge(regency(), &one, text, sizeof(text)), -EPERM);
	one.address.octets[4] = 0;
	for (int family = 0; family < 256; family++) {
		one.address.family = (uint8_t)family;
		if (family != AF_INET && family != AF_INET6)
			ck_assert_int_eq(garden_judge(regency(), &one, text, sizeof(text)), -EPERM);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("garden");
	TCase *tests = tcase_create("garden");

	tcase_add_loop_test(tests, public_addresses_are_welcome, 0, ELEMENTS(welcome));
	tcase_add_loop_test(tests, what_is_nobodys_or_ours_is_refused, 0, ELEMENTS(never));
	tcase_add_test(tests, public_addresses_of_ours_are_refused);
	tcase_add_test(tests, a_zones_device_and_a_day_at_most);
	tcase_add_test(tests, what_is_no_address_is_refused);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
