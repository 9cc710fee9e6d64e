/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves lib/addr: what is written comes back, what is not an address is refused, and prefix arithmetic is
 * right at octet borders and at both ends of a length.
 */
#include "../../lib/addr.h"
#include "../../lib/cleanup.h"
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <string.h>

static struct addr address(const char *text)
{
	struct addr a = {0};

	ck_assert_msg(addr_parse(text, &a) == 0, "%s", text);
	return a;
}

static struct prefix network(const char *text)
{
	struct prefix p = {0};

	ck_assert_msg(prefix_parse(text, &p) == 0, "%s", text);
	return p;
}

START_TEST(addresses_round_trip)
{
	static const char *const texts[] = {"0.0.0.0", "10.200.0.1",	  "255.255.255.255",	      "::",
					    "::1",     "2001:db8:200::1", "fe80::1234:5678:9abc:def0"};

	for (size_t i = 0; i < ELEMENTS(texts); i++) {
		struct addr a = address(texts[i]);
		char text[ADDR_TEXT];

		ck_assert_str_eq(addr_text(&a, text), texts[i]);
		ck_assert_uint_eq(addr_bits(&a), strchr(texts[i], ':') ? 128 : 32);
	}
}
END_TEST

START_TEST(what_is_no_address_is_refused)
{
	static const char *const texts[] = {
	    "",	       "10.1.1", "10.1.1.256", "010.1.1.1",  "10.1.1.1 ", "fe80::1%eth0", "2001:db8::1::2",
	    "12345::", "dinkes", "1",	       "10.1.1.1/24"};

	for (size_t i = 0; i < ELEMENTS(texts); i++) {
		struct addr a = {.family = 77};

		ck_assert_msg(addr_parse(texts[i], &a) == -EINVAL, "%s", texts[i]);
		ck_assert_uint_eq(a.family, 77);
	}
}
END_TEST

START_TEST(prefixes_round_trip)
{
	static const char *const texts[] = {"0.0.0.0/0", "10.10.2.0/24",    "10.200.0.1/20",  "10.1.1.1/32",
					    "::/0",	 "2001:db8:2::/64", "2001:db8::1/128"};

	for (size_t i = 0; i < ELEMENTS(texts); i++) {
		struct prefix p = network(texts[i]);
		char text[PREFIX_TEXT];

		ck_assert_str_eq(prefix_text(&p, text), texts[i]);
	}
}
END_TEST

START_TEST(what_is_no_prefix_is_refused)
{
	static const char *const texts[] = {"10.0.0.0",
					    "10.0.0.0/",
					    "10.0.0.0/33",
					    "10.0.0.0/-1",
					    "10.0.0.0/+8",
					    "10.0.0.0/08",
					    "10.0.0.0/8x",
					    "10.0.0.0/8/8",
					    "/8",
					    "::/129",
					    "::/ 64",
					    "10.0.0.0/4294967304",
					    "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000/1"};

	for (size_t i = 0; i < ELEMENTS(texts); i++) {
		struct prefix p = {.length = 77};

		ck_assert_msg(prefix_parse(texts[i], &p) == -EINVAL, "%s", texts[i]);
		ck_assert_uint_eq(p.length, 77);
	}
}
END_TEST

START_TEST(macs_round_trip_and_nothing_else_passes)
{
	static const char *const wrong[] = {"",
					    "02:00:00:00:00",
					    "02:00:00:00:00:0",
					    "02:00:00:00:00:001",
					    "02-00-00:00-00-01",
					    "02:00:00:00:00-01",
					    "0200.0000:0001",
					    "0200.0000.000",
					    "0200.0000.00011",
					    "02.00.00.00.00.01",
					    "020000000001",
					    "0200",
					    "02-",
					    "02:00:00:00:00:",
					    "0g:00:00:00:00:01",
					    "02:00:00:00:00:01:",
					    "2:00:00:00:00:0:1",
					    "02:00:00:00:00 01"};
	static const char *const same[] = {"02:6e:cd:00:ff:7e", "02-6E-CD-00-FF-7E", "02-6e-cd-00-ff-7e",
					   "026e.cd00.ff7e", "026E.CD00.FF7E"};
	struct mac mac;
	char text[MAC_TEXT];

	ck_assert_int_eq(mac_parse("02:aB:Cd:00:FF:7e", &mac), 0);
	ck_assert_str_eq(mac_text(&mac, text), "02:ab:cd:00:ff:7e");
	for (size_t i = 0; i < ELEMENTS(same); i++) {
		mac = (struct mac){0};
		ck_assert_msg(mac_parse(same[i], &mac) == 0, "%s", same[i]);
		ck_assert_str_eq(mac_text(&mac, text), "02:6e:cd:00:ff:7e");
	}
	for (size_t i = 0; i < ELEMENTS(wrong); i++)
		ck_assert_msg(mac_parse(wrong[i], &mac) == -EINVAL, "%s", wrong[i]);
}
END_TEST

START_TEST(group_and_empty_macs_are_not_unicast)
{
	struct mac mac;

	mac_parse("02:00:00:00:00:01", &mac);
	ck_assert(mac_is_unicast(&mac));
	mac_parse("01:00:5e:00:00:01", &mac);
	ck_assert(!mac_is_unicast(&mac));
	mac_parse("ff:ff:ff:ff:ff:ff", &mac);
	ck_assert(!mac_is_unicast(&mac));
	mac_parse("00:00:00:00:00:00", &mac);
	ck_assert(!mac_is_unicast(&mac));
}
END_TEST

START_TEST(a_prefix_spans_its_first_to_its_last)
{
	static const struct {
		const char *prefix, *first, *last;
	} cases[] = {
	    {"10.200.7.9/20", "10.200.0.0", "10.200.15.255"},
	    {"10.1.2.3/0", "0.0.0.0", "255.255.255.255"},
	    {"10.1.2.3/32", "10.1.2.3", "10.1.2.3"},
	    {"10.1.2.3/31", "10.1.2.2", "10.1.2.3"},
	    {"10.1.2.3/16", "10.1.0.0", "10.1.255.255"},
	    {"2001:db8:2::9/64", "2001:db8:2::", "2001:db8:2:0:ffff:ffff:ffff:ffff"},
	    {"2001:db8::/33", "2001:db8::", "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff"},
	};

	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct prefix p = network(cases[i].prefix);
		struct addr first = prefix_first(&p), last = prefix_last(&p);
		char text[ADDR_TEXT];

		ck_assert_str_eq(addr_text(&first, text), cases[i].first);
		ck_assert_str_eq(addr_text(&last, text), cases[i].last);
		ck_assert(prefix_contains(&p, &first) && prefix_contains(&p, &last));
		p = prefix_network(&p);
		ck_assert(!prefix_has_host_bits(&p) && addr_equal(&p.addr, &first));
	}
}
END_TEST

START_TEST(containment_and_overlap)
{
	struct prefix lan = network("10.10.2.0/23"), part = network("10.10.3.128/25"),
		      next = network("10.10.4.0/23");
	struct prefix all = network("0.0.0.0/0"), all6 = network("::/0");
	struct addr inside = address("10.10.3.255"), outside = address("10.10.4.0"),
		    six = address("::10.10.3.255");
	struct addr none = {0};

	ck_assert(prefix_contains(&lan, &inside) && !prefix_contains(&lan, &outside));
	ck_assert(!prefix_contains(&lan, &six) && !prefix_contains(&all, &six) &&
		  prefix_contains(&all6, &six));
	ck_assert(!prefix_contains(&all, &none) && !prefix_contains(&all6, &none));
	ck_assert(prefix_overlaps(&lan, &part) && prefix_overlaps(&part, &lan) &&
		  !prefix_overlaps(&lan, &next));
	ck_assert(prefix_overlaps(&all, &next) && !prefix_overlaps(&all6, &next));
	ck_assert(!prefix_has_host_bits(&lan));
	lan = network("10.10.2.1/23");
	ck_assert(prefix_has_host_bits(&lan));
}
END_TEST

START_TEST(a_length_beyond_the_family_stays_within_the_octets)
{
	struct prefix p = {.addr = address("10.1.2.3"), .length = 255};
	struct addr first = prefix_first(&p);

	ck_assert(addr_equal(&first, &p.addr));
	p.addr.family = 99;
	ck_assert_uint_eq(addr_bits(&p.addr), 0);
	ck_assert(!prefix_has_host_bits(&p));
}
END_TEST

START_TEST(scopes)
{
	static const struct {
		const char *text;
		bool link_local;
	} cases[] = {{"169.254.1.1", true}, {"169.253.1.1", false}, {"fe80::1", true},
		     {"febf::1", true},	    {"fec0::1", false},	    {"2001:db8::1", false}};
	struct prefix ula = network("fd12:3456::/48"), global = network("2001:db8::/32"),
		      wide = network("fc00::/6");

	for (size_t i = 0; i < ELEMENTS(cases); i++) {
		struct addr a = address(cases[i].text);

		ck_assert_msg(addr_is_link_local(&a) == cases[i].link_local, "%s", cases[i].text);
	}
	ck_assert(prefix_is_unique_local(&ula) && !prefix_is_unique_local(&global) &&
		  !prefix_is_unique_local(&wide));
}
END_TEST

START_TEST(socket_addresses_lose_their_mapping)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
	struct sockaddr other = {.sa_family = AF_UNIX};
	struct addr wanted = address("10.200.0.9"), a;

	inet_pton(AF_INET, "10.200.0.9", &in.sin_addr);
	a = addr_from_sockaddr((void *)&in);
	ck_assert(addr_equal(&a, &wanted));
	inet_pton(AF_INET6, "::ffff:10.200.0.9", &in6.sin6_addr);
	a = addr_from_sockaddr((void *)&in6);
	ck_assert(addr_equal(&a, &wanted));
	inet_pton(AF_INET6, "fe80::9", &in6.sin6_addr);
	wanted = address("fe80::9");
	a = addr_from_sockaddr((void *)&in6);
	ck_assert(addr_equal(&a, &wanted));
	a = addr_from_sockaddr(&other);
	ck_assert_uint_eq(a.family, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("addr");
	TCase *tests = tcase_create("addr");

	tcase_add_test(tests, addresses_round_trip);
	tcase_add_test(tests, what_is_no_address_is_refused);
	tcase_add_test(tests, prefixes_round_trip);
	tcase_add_test(tests, what_is_no_prefix_is_refused);
	tcase_add_test(tests, macs_round_trip_and_nothing_else_passes);
	tcase_add_test(tests, group_and_empty_macs_are_not_unicast);
	tcase_add_test(tests, a_prefix_spans_its_first_to_its_last);
	tcase_add_test(tests, containment_and_overlap);
	tcase_add_test(tests, a_length_beyond_the_family_stays_within_the_octets);
	tcase_add_test(tests, scopes);
	tcase_add_test(tests, socket_addresses_lose_their_mapping);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
