/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves watch/frames, dhcp and dns: honest frames are read as they are; every shorter length, and every
 * single lie about a length or a kind, is refused. Each frame lies in memory of its own length, so that a
 * sanitizer sees a byte too far.
 */
#include "../../watch/dns.h"
#include "../../watch/frames.h"
#include "frame_maker.h"
#include <check.h>
#include <errno.h>
#include <stdio.h>

static union {
	struct frame_arp arp;
	struct frame_nd nd;
	struct frame_dhcp dhcp;
	struct frame_datagram datagram;
	struct dns_answer dns;
} out;

static int as_arp(const uint8_t *bytes, size_t length)
{
	return frame_arp(bytes, length, &out.arp);
}

static int as_nd(const uint8_t *bytes, size_t length)
{
	return frame_nd(bytes, length, &out.nd);
}

static int as_dhcp(const uint8_t *bytes, size_t length)
{
	return frame_dhcp(bytes, length, &out.dhcp);
}

static int as_datagram(const uint8_t *bytes, size_t length)
{
	return frame_datagram(bytes, length, &out.datagram);
}

static int as_dns(const uint8_t *bytes, size_t length)
{
	return dns_read(bytes, length, &out.dns);
}

typedef int (*reader)(const uint8_t *, size_t);

/* In memory that ends where the frame ends. */
static int read_exactly(reader read, const struct made *made, size_t length)
{
	uint8_t *bytes = malloc(length + !length);
	int r;

	memcpy(bytes, made->bytes, length);
	r = read(bytes, length);
	free(bytes);
	return r;
}

static void check_mac(const struct mac *mac, const char *wanted)
{
	char text[MAC_TEXT];

	ck_assert_str_eq(mac_text(mac, text), wanted);
}

static void check_addr(const struct addr *addr, const char *wanted)
{
	char text[ADDR_TEXT];

	ck_assert_str_eq(addr_text(addr, text), wanted);
}

/* Read whole; refused when anything less has come, but for what may be missing at the end. */
static void check_lengths(reader read, const struct made *made, size_t optional)
{
	ck_assert_int_eq(read_exactly(read, made, made->length), 0);
	for (size_t n = 0; n < made->length - optional; n++)
		ck_assert_msg(read_exactly(read, made, n) == -EBADMSG, "%zu of %zu bytes were enough", n,
			      made->length);
}

struct lie {
	size_t at;
	uint8_t value;
	const char *what;
};

static void check_lies(reader read, const struct made *made, const struct lie *lies, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct made changed = *made;

		changed.bytes[lies[i].at] = lies[i].value;
		ck_assert_msg(read_exactly(read, &changed, changed.length) == -EBADMSG, "accepted: %s",
			      lies[i].what);
	}
}

START_TEST(arp_is_read)
{
	const struct made made = make_arp(MAKER_GUEST, 1, MAKER_GUEST, "10.200.1.5", "10.200.0.1");
	const struct made reply = make_arp(MAKER_GUEST, 2, MAKER_OTHER, "10.200.1.5", "10.200.1.5");
	static const struct lie lies[] = {
	    {6, 0x03, "a frame's sender that is a group"},
	    {13, 0x00, "another EtherType"},
	    {15, 6, "another kind of network"},
	    {16, 0x86, "another protocol"},
	    {18, 8, "longer link-layer addresses"},
	    {19, 16, "longer addresses"},
	    {21, 3, "another operation"},
	    {22, 0xff, "a group that claims"},
	    {28, 224, "a group that is claimed"},
	};

	check_lengths(as_arp, &made, 0);
	ck_assert(!out.arp.reply);
	check_mac(&out.arp.mac, MAKER_GUEST);
	check_addr(&out.arp.address, "10.200.1.5");
	check_addr(&out.arp.target, "10.200.0.1");
	ck_assert_int_eq(read_exactly(as_arp, &reply, reply.length), 0);
	ck_assert(out.arp.reply);
	check_mac(&out.arp.source, MAKER_GUEST);
	check_mac(&out.arp.mac, MAKER_OTHER);
	check_lies(as_arp, &made, lies, sizeof(lies) / sizeof(*lies));
}
END_TEST

START_TEST(neighbour_discovery_is_read)
{
	static const struct {
		unsigned type, option;
		const char *from, *target, *address; /* NULL: none is claimed */
	} cases[] = {
	    {133, 1, "fe80::5", NULL, "fe80::5"},
	    {133, 0, "::", NULL, NULL},
	    {134, 1, "fe80::5", NULL, "fe80::5"},
	    {135, 1, "2001:db8:200::5", "2001:db8:200::1", "2001:db8:200::5"},
	    {135, 0, "::", "2001:db8:200::5", NULL}, /* asks whether it is free */
	    {136, 2, "fe80::5", "2001:db8:200::5", "2001:db8:200::5"},
	    {136, 0, "fe80::5", "2001:db8:200::5", "2001:db8:200::5"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct made made = make_nd(MAKER_GUEST, cases[i].from, cases[i].type, cases[i].target,
						 cases[i].option, MAKER_OTHER);

		check_lengths(as_nd, &made, 0);
		ck_assert_int_eq(read_exactly(as_nd, &made, made.length), 0);
		ck_assert_uint_eq(out.nd.type, cases[i].type);
		ck_assert_int_eq(out.nd.address.family != 0, cases[i].address != NULL);
		if (cases[i].address)
			check_addr(&out.nd.address, cases[i].address);
		check_mac(&out.nd.mac, cases[i].option ? MAKER_OTHER : MAKER_GUEST);
	}
}
END_TEST

START_TEST(neighbour_discovery_that_lies_is_refused)
{
	const struct made made = make_nd(MAKER_GUEST, "fe80::5", 136, "2001:db8:200::5", 2, MAKER_OTHER);
	static const struct lie lies[] = {
	    {13, 0x00, "another EtherType"},
	    {14, 0x40, "IPv4 in IPv6"},
	    {19, 200, "a payload longer than the frame"},
	    {19, 20, "a payload that cuts the message"},
	    {20, 17, "another protocol"},
	    {21, 254, "passed on by a router"},
	    {22, 0xff, "a group that sends"},
	    {54, 132, "another type"},
	    {54, 138, "another type"},
	    {55, 1, "a code"},
	    {62, 0xff, "a group that is claimed"},
	    {79, 0, "an option of no length"},
	    {79, 2, "an option longer than the message"},
	    {80, 0x01, "a group's MAC"},
	};

	check_lies(as_nd, &made, lies, sizeof(lies) / sizeof(*lies));
}
END_TEST

START_TEST(a_lease_is_read)
{
	const struct made made = make_dhcp("10.200.0.1", 5, MAKER_GUEST, "10.200.1.5", 3600);
	static const struct lie lies[] = {
	    {20, 0x20, "a fragment that goes on"},
	    {21, 1, "a later fragment"},
	    {23, 6, "TCP"},
	    {14, 0x44, "a header too short"},
	    {14, 0x4f, "a header that eats the ports"},
	    {35, 66, "another source port"},
	    {37, 67, "another destination port"},
	    {42, 1, "a request"},
	    {43, 6, "another kind of network"},
	    {44, 16, "a longer address"},
	    {70, 1, "a group's MAC"},
	    {278, 0, "no magic"},
	    {283, 50, "no type"},
	    {284, 2, "a type of two octets"},
	    {285, 2, "an offer"},
	    {285, 6, "a refusal"},
	    {287, 200, "an option longer than the message"},
	};
	const struct made inform = make_dhcp("10.200.0.1", 5, MAKER_GUEST, "0.0.0.0", 3600);
	const struct made endless = make_dhcp("10.200.0.1", 5, MAKER_GUEST, "10.200.1.5", 0);

	check_lengths(as_dhcp, &made, 0);
	check_mac(&out.dhcp.mac, MAKER_GUEST);
	check_addr(&out.dhcp.address, "10.200.1.5");
	check_addr(&out.dhcp.server, "10.200.0.1");
	ck_assert_uint_eq(out.dhcp.lease_seconds, 3600);
	check_lies(as_dhcp, &made, lies, sizeof(lies) / sizeof(*lies));
	ck_assert_int_eq(read_exactly(as_dhcp, &inform, inform.length), -EBADMSG);
	ck_assert_int_eq(read_exactly(as_dhcp, &endless, endless.length), -EBADMSG);
}
END_TEST

START_TEST(datagrams_end_where_they_say)
{
	struct made payload = {.bytes = "0123456789", .length = 10}, made;
	struct made tcp = {.length = 0};

	made = make_udp(MAKER_GATEWAY, "2001:db8:200::1", "2001:db8:200::5", 53, 4444, &payload);
	check_lengths(as_datagram, &made, 0);
	put_zero(&made, 6); /* what a short frame is padded with */
	ck_assert_int_eq(read_exactly(as_datagram, &made, made.length), 0);
	ck_assert_uint_eq(out.datagram.length, 10);
	ck_assert_uint_eq(out.datagram.source_port, 53);
	ck_assert_uint_eq(out.datagram.destination_port, 4444);
	made.bytes[14 + 40 + 5] = 7; /* less than its own header */
	ck_assert_int_eq(read_exactly(as_datagram, &made, made.length), -EBADMSG);

	put16(&tcp, 53);
	put16(&tcp, 4444);
	put_zero(&tcp, 8);
	put16(&tcp, 0x6010); /* four octets of options */
	put_zero(&tcp, 6);
	put_zero(&tcp, 4);
	put(&tcp, "abc", 3);
	made = make_packet(MAKER_GATEWAY, "10.200.0.1", "10.200.1.5", IPPROTO_TCP, &tcp);
	check_lengths(as_datagram, &made, 0);
	ck_assert_uint_eq(out.datagram.length, 3);
	made.bytes[14 + 20 + 12] = 0x40;
	ck_assert_int_eq(read_exactly(as_datagram, &made, made.length), -EBADMSG);
	made.bytes[14 + 20 + 12] = 0xf0;
	ck_assert_int_eq(read_exactly(as_datagram, &made, made.length), -EBADMSG);
}
END_TEST

/* ---- DNS ---- */

/* "name: address/ttl address/ttl" */
static void check_answer(const struct made *dns, const char *wanted)
{
	char text[2048];
	int n;

	ck_assert_int_eq(read_exactly(as_dns, dns, dns->length), 0);
	n = snprintf(text, sizeof(text), "%s:", out.dns.name);
	for (size_t i = 0; i < out.dns.n_addresses; i++) {
		char address[ADDR_TEXT];

		n += snprintf(text + n, sizeof(text) - (size_t)n, " %s/%u",
			      addr_text(&out.dns.addresses[i].address, address),
			      out.dns.addresses[i].ttl_seconds);
	}
	ck_assert_str_eq(text, wanted);
}

START_TEST(an_answer_leads_from_its_name_to_addresses)
{
	struct made dns = make_question("WWW.Kotim.Test", 1, 3);

	put_address(&dns, NULL, "192.0.2.80", 60);
	put_address(&dns, "www.KOTIM.test", "192.0.2.81", 90000);
	put_address(&dns, NULL, "2001:db8:ffff::80", 1);
	check_lengths(as_dns, &dns, 0);
	check_answer(&dns, "www.kotim.test: 192.0.2.80/60 192.0.2.81/90000 2001:db8:ffff::80/1");
}
END_TEST

START_TEST(aliases_are_followed_in_any_order_and_only_they)
{
	struct made dns = make_question("www.kotim.test", 28, 6);

	put_address(&dns, "edge.cdn.test", "2001:db8:ffff::1", 30);
	put_alias(&dns, "a.cdn.test", "edge.cdn.test", 5);
	put_alias(&dns, NULL, "A.CDN.test", 5);
	put_address(&dns, "bank.test", "2001:db8:ffff::666", 30); /* nobody leads there */
	put_alias(&dns, "edge.cdn.test", "www.kotim.test", 5);	  /* a ring */
	put_address(&dns, "edge.cdn.test", "2001:db8:ffff::2", 30);
	check_answer(&dns, "www.kotim.test: 2001:db8:ffff::1/30 2001:db8:ffff::2/30");
}
END_TEST

START_TEST(records_of_another_class_kind_or_length_are_passed_over)
{
	struct made dns = make_question("www.kotim.test", 1, 4);

	put_address(&dns, NULL, "192.0.2.80", 60);
	dns.bytes[dns.length - 11] = 3; /* CHAOS */
	put_record(&dns, NULL, 1, 60);
	put16(&dns, 5);
	put_zero(&dns, 5);
	put_record(&dns, NULL, 16, 60);
	put16(&dns, 3);
	put(&dns, "\2hi", 3);
	put_address(&dns, NULL, "192.0.2.82", 60);
	check_answer(&dns, "www.kotim.test: 192.0.2.82/60");
}
END_TEST

START_TEST(more_than_is_kept_is_left_out)
{
	struct made dns = make_question("a.test", 1, 60);
	struct made chain = make_question("n00.test", 1, 25);

	for (unsigned i = 0; i < 60; i++)
		put_address(&dns, NULL, "192.0.2.80", i);
	ck_assert_int_eq(read_exactly(as_dns, &dns, dns.length), 0);
	ck_assert_uint_eq(out.dns.n_addresses, DNS_ADDRESSES);
	for (unsigned i = 0; i < 24; i++) {
		char owner[16], target[16];

		snprintf(owner, sizeof(owner), "n%02u.test", i);
		snprintf(target, sizeof(target), "n%02u.test", i + 1);
		put_alias(&chain, owner, target, 1);
	}
	put_address(&chain, "n24.test", "192.0.2.80", 1);
	ck_assert_int_eq(read_exactly(as_dns, &chain, chain.length), 0);
	ck_assert_uint_eq(out.dns.n_addresses, 0);
}
END_TEST

START_TEST(other_messages_are_not_answers)
{
	static const struct {
		size_t at;
		uint8_t value;
		const char *what;
	} others[] = {{2, 0x01, "a query"},
		      {2, 0xa8, "another opcode"},
		      {3, 0x83, "no such name"},
		      {5, 2, "two questions"},
		      {5, 0, "no question"}};
	struct made dns = make_question("www.kotim.test", 1, 1),
		    mail = make_question("www.kotim.test", 15, 0),
		    odd = make_question("w!w.kotim.test", 1, 0), root = make_question("", 1, 0);

	put_address(&dns, NULL, "192.0.2.80", 60);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		struct made changed = dns;

		changed.bytes[others[i].at] = others[i].value;
		ck_assert_msg(read_exactly(as_dns, &changed, changed.length) == 1, "%s", others[i].what);
	}
	ck_assert_int_eq(read_exactly(as_dns, &mail, mail.length), 1);
	ck_assert_int_eq(read_exactly(as_dns, &odd, odd.length), 1);
	ck_assert_int_eq(read_exactly(as_dns, &root, root.length), 1);
}
END_TEST

/* Each name stands where the answer's owner would. */
static const struct {
	const char *bytes;
	size_t length;
	const char *what;
} bad_names[] = {
    {"\xc0", 1, "half a pointer"},
    {"\xc0\x1c", 2, "a pointer to itself"},
    {"\xc0\x30", 2, "a pointer forward"},
    {"\xc0\x02", 2, "a pointer into the header"},
    {"\x01"
     "a"
     "\xc0\x1c",
     4, "a pointer to its own beginning"},
    {"\x40"
     "a",
     2, "a label of a kind that is none"},
    {"\x80"
     "a",
     2, "a label of a kind that is none"},
    {"\x3f"
     "abc",
     4, "a label longer than the message"},
    {"\x01"
     "a",
     2, "no end"},
};

START_TEST(bad_names_are_refused)
{
	for (size_t i = 0; i < sizeof(bad_names) / sizeof(*bad_names); i++) {
		struct made dns = make_question("kotim.test", 1, 1); /* the answer is at 28 = 0x1c */

		ck_assert_uint_eq(dns.length, 0x1c);
		put(&dns, bad_names[i].bytes, bad_names[i].length);
		ck_assert_msg(read_exactly(as_dns, &dns, dns.length) == -EBADMSG, "accepted: %s",
			      bad_names[i].what);
	}
}
END_TEST

START_TEST(a_name_of_more_than_255_octets_is_refused)
{
	for (unsigned labels = 3; labels <= 4; labels++) {
		struct made dns = make_question("x", 1, 0);

		dns.length = 12;
		for (unsigned i = 0; i < labels; i++) {
			put8(&dns, 63);
			for (unsigned j = 0; j < 63; j++)
				put8(&dns, 'a');
		}
		if (labels == 3) { /* 192 + 62 + 1: just fits */
			put8(&dns, 61);
			for (unsigned j = 0; j < 61; j++)
				put8(&dns, 'b');
		}
		put8(&dns, 0);
		put32(&dns, 0x00010001);
		ck_assert_int_eq(read_exactly(as_dns, &dns, dns.length), labels == 3 ? 0 : -EBADMSG);
	}
}
END_TEST

START_TEST(a_pointer_may_go_back_to_the_middle_of_a_name)
{
	struct made dns = make_question("www.kotim.test", 1, 2);

	put(&dns, "\3cdn\xc0\x10", 6); /* cdn.kotim.test */
	put16(&dns, 1);
	put16(&dns, 1);
	put32(&dns, 7);
	put16(&dns, 4);
	put_addr(&dns, "192.0.2.9");
	put_record(&dns, NULL, 5, 7);
	put16(&dns, 6);
	put(&dns, "\3CDN\xc0\x10", 6);
	check_answer(&dns, "www.kotim.test: 192.0.2.9/7");
}
END_TEST

START_TEST(a_garden_is_a_name_and_its_subdomains)
{
	static const struct {
		const char *name, *suffix;
		bool within;
	} cases[] = {
	    {"kotim.test", "kotim.test", true},
	    {"www.kotim.test", "kotim.test", true},
	    {"notkotim.test", "kotim.test", false},
	    {"kotim.test.evil.example", "kotim.test", false},
	    {"test", "kotim.test", false},
	    {"kotim.test", "", false},
	    {"a.b.c.kotim.test", "c.kotim.test", true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		ck_assert_msg(dns_is_within(cases[i].name, cases[i].suffix) == cases[i].within, "%s in %s",
			      cases[i].name, cases[i].suffix);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("frames");
	TCase *tcase = tcase_create("frames");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, arp_is_read);
	tcase_add_test(tcase, neighbour_discovery_is_read);
	tcase_add_test(tcase, neighbour_discovery_that_lies_is_refused);
	tcase_add_test(tcase, a_lease_is_read);
	tcase_add_test(tcase, datagrams_end_where_they_say);
	tcase_add_test(tcase, an_answer_leads_from_its_name_to_addresses);
	tcase_add_test(tcase, aliases_are_followed_in_any_order_and_only_they);
	tcase_add_test(tcase, records_of_another_class_kind_or_length_are_passed_over);
	tcase_add_test(tcase, more_than_is_kept_is_left_out);
	tcase_add_test(tcase, other_messages_are_not_answers);
	tcase_add_test(tcase, bad_names_are_refused);
	tcase_add_test(tcase, a_name_of_more_than_255_octets_is_refused);
	tcase_add_test(tcase, a_pointer_may_go_back_to_the_middle_of_a_name);
	tcase_add_test(tcase, a_garden_is_a_name_and_its_subdomains);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
