/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves watch/talkers and watch/owners: who talks most comes first and stays, however many addresses a
 * stranger invents; a packet is his to whom its inner end belongs, seen where his devices are, and nobody's
 * between two of us.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../lib/cleanup.h"
#include "../../watch/owners.h"
#include "../../watch/talkers.h"
#include "../../watch/taps.h"

/* "lan3" is looked at on device 3. */
unsigned taps_index(const char *name)
{
	return (unsigned)atoi(name + 3);
}

static struct addr address(const char *text)
{
	struct addr out;

	ck_assert_int_eq(addr_parse(text, &out), 0);
	return out;
}

START_TEST(the_largest_first)
{
	struct talkers *talkers = talkers_new();
	const struct addr a = address("10.10.1.10"), b = address("10.10.1.11"), c = address("2001:db8::5");
	struct talker top[8];

	talkers_seen(talkers, 0, &a, 1, 1000);
	talkers_seen(talkers, 0, &b, 1, 2000);
	talkers_seen(talkers, 1, &c, 0, 1500);
	talkers_seen(talkers, 0, &a, 0, 1001);
	ck_assert_uint_eq(talkers_top(talkers, -1, top, 8), 3);
	ck_assert(addr_equal(&top[0].address, &a) && top[0].down_bytes == 1000 && top[0].up_bytes == 1001);
	ck_assert_uint_eq(top[0].packets, 2);
	ck_assert(addr_equal(&top[1].address, &b) && addr_equal(&top[2].address, &c));
	ck_assert_uint_eq(talkers_top(talkers, 1, top, 8), 1);
	ck_assert_uint_eq(talkers_top(talkers, -1, top, 2), 2);
	talkers_clear(talkers);
	ck_assert_uint_eq(talkers_top(talkers, -1, top, 8), 0);
	talkers_free(talkers);
}
END_TEST

START_TEST(invented_addresses_push_nobody_out)
{
	struct talkers *talkers = talkers_new();
	struct addr invented = address("2001:db8::"), real = address("10.10.1.10");
	struct talker top;

	for (unsigned i = 0; i < 3 * TALKERS_MAX; i++) {
		memcpy(invented.octets + 8, &i, sizeof(i));
		talkers_seen(talkers, 0, &invented, 0, 60);
		if (i % 100 == 0)
			talkers_seen(talkers, 0, &real, 1, 1500);
	}
	ck_assert_uint_eq(talkers_top(talkers, -1, &top, 1), 1);
	ck_assert(addr_equal(&top.address, &real));
	ck_assert_uint_eq(top.down_bytes, (3 * TALKERS_MAX / 100 + 1) * 1500);
	talkers_free(talkers);
}
END_TEST

static struct prefix prefix(const char *text)
{
	struct prefix out;

	ck_assert_int_eq(prefix_parse(text, &out), 0);
	return out;
}

START_TEST(whose_packet_it_is)
{
	struct prefix dinkes[] = {prefix("10.10.1.0/24"), prefix("2001:db8:1::/64")},
		      bkad[] = {prefix("10.10.2.0/24")};
	char lan1[][IFNAMSIZ] = {"lan1", "lan7"}, lan2[][IFNAMSIZ] = {"lan2"};
	struct settings_office offices[] = {
	    {.devices = lan1, .n_devices = 2, .prefixes = dinkes, .n_prefixes = 2},
	    {.devices = lan2, .n_devices = 1, .prefixes = bkad, .n_prefixes = 1},
	};
	struct settings_zone zone = {
	    .device = "lan2", .address4 = prefix("10.200.0.1/20"), .address6 = prefix("2001:db8:200::1/64")};
	const struct settings settings = {.offices = offices, .n_offices = 2, .zones = &zone, .n_zones = 1};
	const struct addr outside = address("192.0.2.1"), host = address("10.10.1.255"),
			  other = address("10.10.2.0"), guest = address("10.200.15.255"),
			  guest6 = address("2001:db8:200::99"), host6 = address("2001:db8:1::ffff"),
			  outside6 = address("2001:db8:ffff::1");
	struct owners *owners;
	size_t n;

	ck_assert_int_eq(owners_new(&settings, &owners), 0);
	ck_assert_int_eq(owners_find(owners, &host), 0);
	ck_assert_int_eq(owners_find(owners, &other), 1);
	ck_assert_int_eq(owners_find(owners, &guest), 2);
	ck_assert_int_eq(owners_find(owners, &guest6), 2);
	ck_assert_int_eq(owners_find(owners, &outside), OWNERS_NOBODY);
	ck_assert_int_eq(owners_find(owners, &outside6), OWNERS_NOBODY);
	ck_assert_int_eq(owners_of_packet(owners, 1, false, &host, &outside), 0);
	ck_assert_int_eq(owners_of_packet(owners, 7, true, &outside6, &host6), 0);
	ck_assert_int_eq(owners_of_packet(owners, 2, false, &host, &outside), OWNERS_NOBODY);
	ck_assert_int_eq(owners_of_packet(owners, 1, true, &host, &outside), OWNERS_NOBODY);
	ck_assert_int_eq(owners_of_packet(owners, 1, false, &host, &other), OWNERS_NOBODY);
	ck_assert_int_eq(owners_of_packet(owners, 2, true, &outside, &guest), 2);
	owners_taps(owners, &n);
	ck_assert_uint_eq(n, 3);
	owners_free(owners);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("talkers");
	TCase *tcase = tcase_create("talkers");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, the_largest_first);
	tcase_add_test(tcase, invented_addresses_push_nobody_out);
	tcase_add_test(tcase, whose_packet_it_is);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
