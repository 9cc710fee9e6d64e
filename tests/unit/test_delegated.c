/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves daemon/delegated_rows.c: which of the kernel's addresses say a prefix, that nobody takes another's
 * by delegating, and that no message, however cut or made up, does more than be left out.
 */
#include "../../daemon/delegated_rows.h"
#include "../../lib/cleanup.h"
#include <check.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>

static uint8_t buffer[512];

static struct nlmsghdr *message_of(const char *prefix, uint32_t flags, uint8_t scope, unsigned ifindex)
{
	struct nlmsghdr *message;
	struct ifaddrmsg *header;
	struct prefix parsed;

	memset(buffer, 0, sizeof(buffer));
	ck_assert_int_eq(prefix_parse(prefix, &parsed), 0);
	message = mnl_nlmsg_put_header(buffer);
	message->nlmsg_type = RTM_NEWADDR;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->ifa_family = parsed.addr.family;
	header->ifa_prefixlen = parsed.length;
	header->ifa_flags = (uint8_t)flags;
	header->ifa_scope = scope;
	header->ifa_index = ifindex;
	mnl_attr_put(message, IFA_ADDRESS, addr_bits(&parsed.addr) / 8, parsed.addr.octets);
	mnl_attr_put_u32(message, IFA_FLAGS, flags);
	return message;
}

static const struct {
	const char *prefix;
	uint32_t flags;
	uint8_t scope;
	const char *said; /* NULL: none */
} addresses[] = {
    {"2001:db8:77::1/64", IFA_F_PERMANENT, RT_SCOPE_UNIVERSE, "2001:db8:77::/64"},
    {"2001:db8:77:0:1:2:3:4/64", IFA_F_TEMPORARY, RT_SCOPE_UNIVERSE, "2001:db8:77::/64"},
    {"2001:db8:77::1/64", IFA_F_DEPRECATED, RT_SCOPE_UNIVERSE, "2001:db8:77::/64"},
    {"2001:db8:77::1/64", IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE, RT_SCOPE_UNIVERSE, "2001:db8:77::/64"},
    {"2001:db8:7700::1/56", 0, RT_SCOPE_UNIVERSE, "2001:db8:7700::/56"},
    {"fd00:1::1/64", 0, RT_SCOPE_UNIVERSE, "fd00:1::/64"},
    {"2001:db8:77::1/64", IFA_F_TENTATIVE | IFA_F_OPTIMISTIC, RT_SCOPE_UNIVERSE, "2001:db8:77::/64"},
    {"2001:db8:77::1/64", IFA_F_TENTATIVE, RT_SCOPE_UNIVERSE, NULL},
    {"2001:db8:77::1/64", IFA_F_DADFAILED | IFA_F_PERMANENT, RT_SCOPE_UNIVERSE, NULL},
    {"fe80::1/64", IFA_F_PERMANENT, RT_SCOPE_LINK, NULL},
    {"fe80::1/64", IFA_F_PERMANENT, RT_SCOPE_UNIVERSE, NULL},
    {"ff02::1/64", IFA_F_PERMANENT, RT_SCOPE_UNIVERSE, NULL},
    {"::1/128", IFA_F_PERMANENT, RT_SCOPE_HOST, NULL},
    {"2001:db8:77::1/128", 0, RT_SCOPE_UNIVERSE, NULL},
    {"2001:db8:77::1/127", 0, RT_SCOPE_UNIVERSE, NULL},
    {"2001:db8::1/3", 0, RT_SCOPE_UNIVERSE, NULL},
    {"2001::1/0", 0, RT_SCOPE_UNIVERSE, NULL},
    {"64:ff9b::1/96", 0, RT_SCOPE_UNIVERSE, NULL},
    {"10.10.1.1/24", IFA_F_PERMANENT, RT_SCOPE_UNIVERSE, NULL},
};

START_TEST(which_addresses_say_a_prefix)
{
	struct prefix prefix;
	unsigned ifindex = 0;
	char text[PREFIX_TEXT];
	int r = delegated_parse(message_of(addresses[_i].prefix, addresses[_i].flags, addresses[_i].scope, 7),
				&ifindex, &prefix);

	ck_assert_int_eq(r, addresses[_i].said ? 1 : 0);
	if (r) {
		ck_assert_str_eq(prefix_text(&prefix, text), addresses[_i].said);
		ck_assert_uint_eq(ifindex, 7);
	}
}
END_TEST

/* Cut anywhere, and with any byte turned over. */
START_TEST(no_message_does_harm)
{
	struct nlmsghdr *message = message_of("2001:db8:77::1/64", 0, RT_SCOPE_UNIVERSE, 7);
	const uint32_t whole = message->nlmsg_len;
	struct prefix prefix;
	unsigned ifindex;

	for (uint32_t length = NLMSG_HDRLEN; length < whole; length++) {
		message->nlmsg_len = length;
		ck_assert_int_le(delegated_parse(message, &ifindex, &prefix), 1);
	}
	for (uint32_t at = NLMSG_HDRLEN; at < whole; at++) {
		for (unsigned flip = 1; flip < 256; flip *= 2) {
			message = message_of("2001:db8:77::1/64", 0, RT_SCOPE_UNIVERSE, 7);
			buffer[at] ^= (uint8_t)flip;
			if (delegated_parse(message, &ifindex, &prefix) == 1)
				ck_assert(prefix.length >= 24 && prefix.length <= 126 &&
					  !prefix_has_host_bits(&prefix));
		}
	}
	message = message_of("2001:db8:77::1/64", 0, RT_SCOPE_UNIVERSE, 7);
	message->nlmsg_type = RTM_DELADDR;
	ck_assert_int_eq(delegated_parse(message, &ifindex, &prefix), -EBADMSG);
}
END_TEST

/* ---- beside the policy ---- */

static char lan0[][IFNAMSIZ] = {"lan0"}, lan1[][IFNAMSIZ] = {"lan1", "lan2"}, lan3[][IFNAMSIZ] = {"lan3"};
static struct prefix named[2];
static struct policy_office offices[3];
static struct policy_zone zones[1];
static struct policy policy;

static void setup(void)
{
	prefix_parse("2001:db8:1::/64", &named[0]);
	prefix_parse("2001:db8:3::/48", &named[1]);
	memset(zones, 0, sizeof(zones));
	prefix_parse("2001:db8:200::1/64", &zones[0].address6);
	offices[0] = (struct policy_office){
	    .id = "satu", .devices = lan0, .n_devices = 1, .prefixes = &named[0], .n_prefixes = 1};
	offices[1] = (struct policy_office){.id = "dua",
					    .devices = lan1,
					    .n_devices = 2,
					    .prefixes = &named[1],
					    .n_prefixes = 1,
					    .delegated = true};
	offices[2] = (struct policy_office){.id = "tiga", .devices = lan3, .n_devices = 1, .delegated = true};
	policy = (struct policy){.offices = offices, .n_offices = 3, .zones = zones, .n_zones = 1};
}

static int add(struct delegated_rows *rows, const char *device, const char *text)
{
	struct prefix prefix;

	ck_assert_int_eq(prefix_parse(text, &prefix), 0);
	return delegated_add(rows, device, &prefix);
}

static void assert_row(const struct delegated_rows *rows, size_t i, const char *device, const char *expected)
{
	char text[PREFIX_TEXT];

	ck_assert_uint_lt(i, rows->n);
	ck_assert_str_eq(rows->rows[i].device, device);
	ck_assert_str_eq(prefix_text(&rows->rows[i].prefix, text), expected);
}

START_TEST(only_what_is_asked_for_and_fits)
{
	struct delegated_rows rows = {0};

	setup();
	add(&rows, "lan2", "2001:db8:77::/64");
	add(&rows, "lan2", "2001:db8:77::/64"); /* its temporary address */
	add(&rows, "lan0", "2001:db8:66::/64"); /* an office that did not ask */
	add(&rows, "wan0", "2001:db8:ffff::/64");
	add(&rows, "lan1", "2001:db8:3:5::/64"); /* has it already */
	add(&rows, "lan1", "2001:db8::/32");	 /* everybody's */
	add(&rows, "lan3", "2001:db8:1::/64");	 /* satu's */
	add(&rows, "lan3", "2001:db8:200::/72"); /* the park's */
	add(&rows, "lan3", "2001:db8:77::/80");	 /* dua's, within */
	add(&rows, "lan3", "2001:db8:88::/64");
	ck_assert_uint_eq(delegated_judge(&rows, &policy), 4);
	ck_assert_uint_eq(rows.n, 2);
	assert_row(&rows, 0, "lan2", "2001:db8:77::/64");
	assert_row(&rows, 1, "lan3", "2001:db8:88::/64");
	delegated_clear(&rows);
}
END_TEST

START_TEST(the_order_of_the_kernel_does_not_matter)
{
	static const char *const prefixes[] = {"2001:db8:77::/64", "2001:db8:70::/60", "2001:db8:88::/64"};
	struct delegated_rows one = {0}, other = {0};

	setup();
	for (size_t i = 0; i < ELEMENTS(prefixes); i++) {
		add(&one, "lan3", prefixes[i]);
		add(&other, "lan3", prefixes[ELEMENTS(prefixes) - 1 - i]);
	}
	ck_assert(!delegated_equal(&one, &other));
	delegated_judge(&one, &policy);
	delegated_judge(&other, &policy);
	ck_assert(delegated_equal(&one, &other));
	delegated_clear(&one);
	ck_assert(!delegated_equal(&one, &other));
	delegated_clear(&other);
	ck_assert(delegated_equal(&one, &other));
}
END_TEST

START_TEST(so_many_and_no_more)
{
	struct delegated_rows rows = {0};
	char text[PREFIX_TEXT];

	setup();
	for (unsigned i = 0; i < DELEGATED_MOST; i++) {
		snprintf(text, sizeof(text), "2001:db8:%x::/64", 0x1000 + i);
		ck_assert_int_eq(add(&rows, "lan3", text), 0);
	}
	ck_assert_int_eq(add(&rows, "lan3", "2001:db8:f000::/64"), -ENOSPC);
	ck_assert_uint_eq(delegated_judge(&rows, &policy), 0);
	ck_assert_uint_eq(rows.n, DELEGATED_MOST);
	delegated_clear(&rows);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("delegated");
	Suite *suite = suite_create("delegated");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, which_addresses_say_a_prefix, 0, ELEMENTS(addresses));
	tcase_add_test(tcase, no_message_does_harm);
	tcase_add_test(tcase, only_what_is_asked_for_and_fits);
	tcase_add_test(tcase, the_order_of_the_kernel_does_not_matter);
	tcase_add_test(tcase, so_many_and_no_more);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
