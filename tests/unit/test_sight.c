/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves watch/sight, neighbours, ra and echo: which frames become which events and how often, what an
 * advertisement holds, and which answers to a probe count.
 */
#include "../../watch/echo.h"
#include "../../watch/ra.h"
#include "../../watch/sight.h"
#include "frame_maker.h"
#include <check.h>
#include <stdio.h>

#define SECOND INT64_C(1000000)

static char *garden[] = {(char *)"kotim.test", (char *)"rsud.test"};
static struct settings_zone zone = {.id = "taman", .device = "zone0", .garden = garden, .n_garden = 2};
static struct sight sight;
static struct message_watch_event told[4096];
static size_t n_told;
static int64_t now_usec;

static void tell(void *userdata, const struct message_watch_event *event)
{
	(void)userdata;
	if (n_told < sizeof(told) / sizeof(*told))
		told[n_told++] = *event;
}

static void setup(void)
{
	ck_assert_int_eq(prefix_parse("10.200.0.1/20", &zone.address4), 0);
	ck_assert_int_eq(prefix_parse("2001:db8:200::1/64", &zone.address6), 0);
	ck_assert_int_eq(sight_init(&sight, &zone, tell, NULL), 0);
	mac_parse(MAKER_GATEWAY, &sight.mac);
	addr_parse("fe80::1", &sight.link_local);
	n_told = 0;
	now_usec = 1000 * SECOND;
}

static void teardown(void)
{
	sight_clear(&sight);
}

static bool in(struct made made)
{
	return sight_in(&sight, made.bytes, made.length, now_usec);
}

static void out(struct made made)
{
	sight_out(&sight, made.bytes, made.length, now_usec);
}

static void arp(const char *mac, const char *address)
{
	in(make_arp(mac, 1, mac, address, "10.200.0.1"));
}

/* The events since the last call, one a line; MACs by their last digit. */
static void check_told(const char *wanted)
{
	static const char *const names[] = {"", "neighbour", "conflict", "garden", "uplink"};
	char text[4096] = "", address[ADDR_TEXT];
	int n = 0;

	for (size_t i = 0; i < n_told; i++) {
		const struct message_watch_event *event = &told[i];

		ck_assert_str_eq(event->device, "zone0");
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s%s %x>%x %s %u %s", i ? "\n" : "",
			      names[event->event], event->mac.octets[5], event->other_mac.octets[5],
			      event->address.family ? addr_text(&event->address, address) : "-",
			      event->lifetime_seconds, event->name);
	}
	ck_assert_str_eq(text, wanted);
	n_told = 0;
}

START_TEST(a_neighbour_is_told_once_a_minute)
{
	for (int i = 0; i < 59; i++, now_usec += SECOND)
		arp(MAKER_GUEST, "10.200.1.5");
	check_told("neighbour 1>0 10.200.1.5 0 ");
	now_usec += 2 * SECOND;
	arp(MAKER_GUEST, "10.200.1.5");
	check_told("neighbour 1>0 10.200.1.5 0 ");
	in(make_nd(MAKER_GUEST, "2001:db8:200::5", 135, "2001:db8:200::1", 1, MAKER_GUEST));
	check_told("neighbour 1>0 2001:db8:200::5 0 ");
}
END_TEST

START_TEST(probes_and_addresses_of_other_networks_are_nothing)
{
	arp(MAKER_GUEST, "0.0.0.0");
	arp(MAKER_GUEST, "192.168.1.5");
	in(make_nd(MAKER_GUEST, "2001:db8:999::5", 135, "2001:db8:200::1", 1, MAKER_GUEST));
	in(make_nd(MAKER_GUEST, "::", 135, "2001:db8:200::5", 0, NULL));
	check_told("");
}
END_TEST

START_TEST(an_address_that_another_uses_is_a_conflict)
{
	arp(MAKER_GUEST, "10.200.1.5");
	check_told("neighbour 1>0 10.200.1.5 0 ");
	now_usec += 100 * SECOND;
	arp(MAKER_OTHER, "10.200.1.5");
	check_told("conflict 1>2 10.200.1.5 0 claims an address that another device uses");
	arp(MAKER_OTHER, "10.200.1.5"); /* not again at once */
	arp(MAKER_GUEST, "10.200.1.5"); /* and its holder keeps it */
	check_told("neighbour 1>0 10.200.1.5 0 ");
	now_usec += 61 * SECOND;
	arp(MAKER_OTHER, "10.200.1.5");
	check_told("conflict 1>2 10.200.1.5 0 claims an address that another device uses");
	now_usec += 121 * SECOND; /* silent for two minutes: free */
	arp(MAKER_OTHER, "10.200.1.5");
	check_told("neighbour 2>0 10.200.1.5 0 ");
}
END_TEST

START_TEST(a_lease_is_a_fact)
{
	arp(MAKER_GUEST, "10.200.1.5");
	n_told = 0;
	out(make_dhcp("10.200.0.1", 5, MAKER_OTHER, "10.200.1.5", 3600));
	check_told(""); /* who asked for it is not known */
	in(make_arp(MAKER_GUEST, 2, MAKER_OTHER, "10.200.1.5", "10.200.0.1"));
	check_told("");
	arp(MAKER_OTHER, "10.200.1.5");
	check_told("neighbour 2>0 10.200.1.5 3600 ");
	arp(MAKER_OTHER, "10.200.1.5");
	check_told("");
	out(make_dhcp("10.200.0.9", 5, MAKER_GUEST, "10.200.1.5", 3600)); /* not our server */
	out(make_dhcp("10.200.0.1", 5, MAKER_GUEST, "10.99.1.5", 3600));  /* not the zone's */
	in(make_dhcp("10.200.0.1", 5, MAKER_GUEST, "10.200.1.6", 3600));  /* came in: nobody's lease */
	check_told("conflict fe>fe 10.200.0.1 0 answers DHCP requests");
}
END_TEST

START_TEST(a_claim_in_anothers_name_is_no_fact)
{
	in(make_arp(MAKER_OTHER, 2, MAKER_GUEST, "10.200.1.5", "10.200.0.1"));
	check_told("");
	arp(MAKER_GUEST, "10.200.1.5");
	in(make_arp(MAKER_GUEST, 2, MAKER_OTHER, "10.200.1.5", "10.200.0.1"));
	check_told("neighbour 1>0 10.200.1.5 0 \n"
		   "conflict 1>2 10.200.1.5 0 claims an address that another device uses");
}
END_TEST

START_TEST(the_gateways_own_is_nobodys)
{
	arp(MAKER_GUEST, "10.200.0.1");
	in(make_nd(MAKER_GUEST, "fe80::5", 136, "2001:db8:200::1", 2, MAKER_GUEST));
	in(make_nd(MAKER_GUEST, "fe80::5", 136, "fe80::1", 2, MAKER_GUEST));
	in(make_nd(MAKER_GUEST, "fe80::5", 134, NULL, 1, MAKER_GUEST));
	arp(MAKER_GATEWAY, "10.200.1.5");
	check_told("conflict fe>1 10.200.0.1 0 claims the gateway's address\n"
		   "conflict fe>1 2001:db8:200::1 0 claims the gateway's address\n"
		   "conflict fe>1 fe80::1 0 claims the gateway's address\n"
		   "conflict fe>1 fe80::5 0 sends router advertisements\n"
		   "conflict fe>fe - 0 uses the gateway's own MAC");
}
END_TEST

START_TEST(one_mac_with_two_addresses_in_turn_is_two_devices)
{
	arp(MAKER_GUEST, "10.200.1.5");
	arp(MAKER_GUEST, "10.200.1.6"); /* a change of address is none */
	arp(MAKER_GUEST, "10.200.1.6");
	n_told = 0;
	for (int i = 0; i < 20; i++, now_usec += SECOND)
		arp(MAKER_GUEST, i % 2 ? "10.200.1.6" : "10.200.1.5");
	check_told("conflict 1>1 - 0 shares its MAC with another");
}
END_TEST

START_TEST(a_solicitation_is_passed_on)
{
	ck_assert(in(make_nd(MAKER_GUEST, "fe80::5", 133, NULL, 1, MAKER_GUEST)));
	ck_assert(in(make_nd(MAKER_GUEST, "::", 133, NULL, 0, NULL)));
	ck_assert(!in(make_nd(MAKER_GUEST, "fe80::5", 135, "2001:db8:200::1", 1, MAKER_GUEST)));
}
END_TEST

/* Nobody makes the daemon read more than a bounded number of events a second, or this table grow. */
START_TEST(a_flood_is_bounded)
{
	unsigned conflicts = 0;

	arp(MAKER_GUEST, "10.200.1.5");
	n_told = 0;
	for (unsigned i = 0; i < 100000; i++) {
		char mac[MAC_TEXT], address[32];

		snprintf(mac, sizeof(mac), "06:00:00:%02x:%02x:%02x", i >> 16, i >> 8 & 255, i & 255);
		snprintf(address, sizeof(address), "10.200.%u.%u", i >> 8 & 15, i & 255);
		arp(mac, address);
	}
	for (size_t i = 0; i < n_told; i++)
		conflicts += told[i].event == WATCH_CONFLICT;
	ck_assert_uint_le(conflicts, 10);
	ck_assert_uint_le(n_told, 1010);
}
END_TEST

/* ---- gardens ---- */

static struct made answer_from(const char *from, const char *name)
{
	struct made dns = make_question(name, 1, 2);

	put_alias(&dns, NULL, "edge.cdn.test", 5);
	put_address(&dns, "edge.cdn.test", "192.0.2.80", 5);
	return make_udp(MAKER_GATEWAY, from, "10.200.1.5", 53, 4444, &dns);
}

START_TEST(a_garden_learns_from_our_answers)
{
	struct made dns = make_question("RSUD.test", 1, 2), tcp = {.length = 0};

	out(answer_from("10.200.0.1", "www.kotim.test"));
	check_told("garden 0>0 192.0.2.80 300 www.kotim.test");
	put_address(&dns, NULL, "2001:db8:ffff::80", 400);
	put_address(&dns, NULL, "192.0.2.81", 1000000);
	out(make_udp(MAKER_GATEWAY, "2001:db8:200::1", "2001:db8:200::5", 53, 4444, &dns));
	check_told("garden 0>0 2001:db8:ffff::80 400 rsud.test\n"
		   "garden 0>0 192.0.2.81 86400 rsud.test");
	put16(&tcp, 53);
	put16(&tcp, 4444);
	put_zero(&tcp, 8);
	put16(&tcp, 0x5018);
	put_zero(&tcp, 6);
	put16(&tcp, (unsigned)dns.length);
	put(&tcp, dns.bytes, dns.length);
	out(make_packet(MAKER_GATEWAY, "10.200.0.1", "10.200.1.5", IPPROTO_TCP, &tcp));
	check_told("garden 0>0 2001:db8:ffff::80 400 rsud.test\n"
		   "garden 0>0 192.0.2.81 86400 rsud.test");
	tcp.bytes[21]++; /* the message goes on in another segment */
	out(make_packet(MAKER_GATEWAY, "10.200.0.1", "10.200.1.5", IPPROTO_TCP, &tcp));
	check_told("");
}
END_TEST

START_TEST(a_garden_does_not_learn_from_others)
{
	out(answer_from("10.200.0.1", "kotim.test.evil.example")); /* another name */
	out(answer_from("10.200.0.1", "notkotim.test"));
	out(answer_from("192.0.2.53", "www.kotim.test")); /* a resolver that a guest chose */
	out(answer_from("10.200.0.2", "www.kotim.test"));
	in(answer_from("10.200.0.1", "www.kotim.test")); /* a guest who says it is the gateway */
	check_told("");
	zone.n_garden = 0;
	out(answer_from("10.200.0.1", "www.kotim.test"));
	zone.n_garden = 2;
	check_told("");
}
END_TEST

/* ---- advertisements and probes ---- */

static struct ra ra_of(const char *address, const char *api)
{
	struct ra ra = {.mtu = 1500, .api = api};

	prefix_parse(address, &ra.address);
	mac_parse(MAKER_GATEWAY, &ra.mac);
	return ra;
}

/* The option of that type: its octets, or NULL. */
static const uint8_t *option_of(const uint8_t *bytes, size_t length, uint8_t type)
{
	for (size_t at = 16; at < length; at += bytes[at + 1] * 8u) {
		ck_assert_uint_gt(bytes[at + 1], 0);
		ck_assert_uint_le(at + bytes[at + 1] * 8u, length);
		if (bytes[at] == type)
			return bytes + at;
	}
	return NULL;
}

START_TEST(an_advertisement_says_all)
{
	struct ra ra = ra_of("2001:db8:200::1/64", "https://wifi.kotim.test/api");
	uint8_t bytes[RA_MAX];
	size_t length = ra_build(&ra, bytes);
	const uint8_t *prefix = option_of(bytes, length, 3), *captive = option_of(bytes, length, 37);

	ck_assert_uint_eq(bytes[0], 134);
	ck_assert_uint_eq(bytes[5], 0x40); /* other, not managed */
	ck_assert_uint_eq(bytes[6] << 8 | bytes[7], 1800);
	ck_assert_ptr_nonnull(option_of(bytes, length, 1));
	ck_assert_uint_eq(option_of(bytes, length, 5)[7], 1500 & 255);
	ck_assert_uint_eq(prefix[2], 64);
	ck_assert_uint_eq(prefix[3], 0xc0);
	ck_assert_int_eq(memcmp(prefix + 16, "\x20\x01\x0d\xb8\x02\0\0\0\0\0\0\0\0\0\0\0", 16), 0);
	ck_assert_int_eq(memcmp(option_of(bytes, length, 25) + 8, ra.address.addr.octets, 16), 0);
	ck_assert_uint_eq(captive[1] * 8, 32);
	ck_assert_int_eq(memcmp(captive + 2, "https://wifi.kotim.test/api\0\0\0", 30), 0);
}
END_TEST

START_TEST(an_advertisement_leaves_out_what_does_not_hold)
{
	struct ra ra = ra_of("2001:db8:200::1/60", "");
	uint8_t bytes[RA_MAX];
	char api[600];
	size_t length = ra_build(&ra, bytes);

	ck_assert_ptr_null(option_of(bytes, length, 37));
	ck_assert_uint_eq(option_of(bytes, length, 3)[3], 0x80); /* not one to make addresses of */
	ra.last = ra.withdrawn = true;
	length = ra_build(&ra, bytes);
	ck_assert_uint_eq(bytes[6] << 8 | bytes[7], 0);
	ck_assert_int_eq(memcmp(option_of(bytes, length, 25) + 4, "\0\0\0\0", 4), 0);
	ck_assert_int_eq(memcmp(option_of(bytes, length, 3) + 4, "\0\0\0\0\0\0\0\0", 8), 0);
	/* Every length of the URI fills whole units, up to what fits. */
	for (size_t n = 1; n < sizeof(api); n++) {
		memset(api, 'a', n);
		api[n] = '\0';
		ra = ra_of("2001:db8:200::1/64", api);
		length = ra_build(&ra, bytes);
		ck_assert_uint_gt(length, 0);
		ck_assert_uint_eq(length % 8, 0);
		ck_assert_uint_le(length, RA_MAX);
	}
}
END_TEST

START_TEST(only_the_answer_to_our_request_counts)
{
	const struct echo echo = {.id = 0x1234, .sequence = 7, .payload = "0123456789abcde"};
	uint8_t packet[20 + ECHO_LENGTH] = {0x45};
	uint8_t *icmp = packet + 20;
	uint32_t sum = 0;

	echo_build(&echo, false, icmp);
	for (size_t i = 0; i < ECHO_LENGTH; i += 2)
		sum += (uint32_t)(icmp[i] << 8 | icmp[i + 1]);
	ck_assert_uint_eq(((sum >> 16) + (sum & 0xffff)) & 0xffff, 0xffff); /* RFC 1071 */
	ck_assert(!echo_answers(&echo, false, packet, sizeof(packet)));	    /* the request itself */
	icmp[0] = 0;
	ck_assert(echo_answers(&echo, false, packet, sizeof(packet)));
	for (size_t n = 0; n < sizeof(packet); n++)
		ck_assert(!echo_answers(&echo, false, packet, n));
	for (size_t i = 4; i < ECHO_LENGTH; i++) {
		icmp[i] ^= 1;
		ck_assert(!echo_answers(&echo, false, packet, sizeof(packet)));
		icmp[i] ^= 1;
	}
	packet[0] = 0x4f; /* a header longer than the packet */
	ck_assert(!echo_answers(&echo, false, packet, sizeof(packet)));
	icmp[0] = 129;
	ck_assert(echo_answers(&echo, true, icmp, ECHO_LENGTH));
	ck_assert(!echo_answers(&echo, true, icmp, ECHO_LENGTH - 1));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sight");
	TCase *tcase = tcase_create("sight");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_neighbour_is_told_once_a_minute);
	tcase_add_test(tcase, probes_and_addresses_of_other_networks_are_nothing);
	tcase_add_test(tcase, an_address_that_another_uses_is_a_conflict);
	tcase_add_test(tcase, a_lease_is_a_fact);
	tcase_add_test(tcase, a_claim_in_anothers_name_is_no_fact);
	tcase_add_test(tcase, the_gateways_own_is_nobodys);
	tcase_add_test(tcase, one_mac_with_two_addresses_in_turn_is_two_devices);
	tcase_add_test(tcase, a_solicitation_is_passed_on);
	tcase_add_test(tcase, a_flood_is_bounded);
	tcase_add_test(tcase, a_garden_learns_from_our_answers);
	tcase_add_test(tcase, a_garden_does_not_learn_from_others);
	tcase_add_test(tcase, an_advertisement_says_all);
	tcase_add_test(tcase, an_advertisement_leaves_out_what_does_not_hold);
	tcase_add_test(tcase, only_the_answer_to_our_request_counts);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
