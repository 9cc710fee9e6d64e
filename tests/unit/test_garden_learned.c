/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves daemon/garden: which addresses are sent to the shaper, and how often. The engine and the shaper are
 * played here; the rest is the daemon's own.
 */
#include "../../daemon/daemon.h"
#include "../../daemon/engine.h"
#include "../../daemon/garden.h"
#include "../../daemon/shaper.h"
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static char *names[] = {(char *)"kotim.test", (char *)"RSUD.test"};
static struct prefix office_prefixes[2];
static struct policy_office office = {.prefixes = office_prefixes, .n_prefixes = 2};
static struct policy_zone zones[2];
static struct policy policy = {.zones = zones, .n_zones = 2, .offices = &office, .n_offices = 1};
static struct engine_zone engine_zones[2] = {{.zone = &zones[0]}, {.zone = &zones[1]}};
static struct daemon rooms;
static struct garden *garden;
static struct message_garden sent;
static unsigned n_sent;
static int answer;
static shaper_done done;
static void *done_userdata;

const struct policy *engine_policy(const struct engine *engine)
{
	(void)engine;
	return &policy;
}

const struct engine_zone *engine_zone_by_device(const struct engine *engine, const char *device)
{
	(void)engine;
	for (size_t i = 0; i < 2; i++)
		if (strcmp(zones[i].device, device) == 0)
			return &engine_zones[i];
	return NULL;
}

int shaper_garden(struct shaper *shaper, const struct message_garden *message, shaper_done on_done,
		  void *userdata, uint64_t tag)
{
	(void)shaper;
	(void)tag;
	sent = *message;
	n_sent++;
	done = on_done;
	done_userdata = userdata;
	return answer;
}

static void setup(void)
{
	memcpy(zones[0].device, "zone0", 6);
	memcpy(zones[1].device, "zone1", 6);
	zones[0].garden = names;
	zones[0].n_garden = 2;
	prefix_parse("10.200.0.1/20", &zones[0].address4);
	prefix_parse("2001:db8:200::1/64", &zones[0].address6);
	prefix_parse("203.0.113.1/25", &zones[1].address4); /* public, and ours */
	prefix_parse("198.51.100.0/24", &office_prefixes[0]);
	prefix_parse("2001:db8:1::/64", &office_prefixes[1]);
	garden = garden_new(&rooms);
	ck_assert_ptr_nonnull(garden);
	n_sent = 0;
	answer = 0;
}

static void teardown(void)
{
	garden = garden_free(garden);
}

static unsigned hear(const char *device, const char *name, const char *address, uint32_t seconds)
{
	const unsigned before = n_sent;
	struct addr addr = {0};

	if (addr_parse(address, &addr) < 0)
		abort();
	garden_heard(garden, device, name, &addr, seconds);
	return n_sent - before;
}

static const struct {
	const char *device, *name, *address;
	bool allowed;
} judged[] = {
    {"zone0", "kotim.test", "192.0.2.80", true},
    {"zone0", "www.kotim.test", "192.0.2.81", true},
    {"zone0", "www.rsud.test", "2001:db8:ffff::80", true},
    /* names */
    {"zone0", "notkotim.test", "192.0.2.82", false},
    {"zone0", "kotim.test.example", "192.0.2.82", false},
    {"zone0", "", "192.0.2.82", false},
    {"zone1", "kotim.test", "192.0.2.82", false}, /* that zone has no garden */
    {"lan0", "kotim.test", "192.0.2.82", false},
    /* special addresses */
    {"zone0", "kotim.test", "0.0.0.0", false},
    {"zone0", "kotim.test", "10.99.0.1", false},
    {"zone0", "kotim.test", "100.64.0.1", false},
    {"zone0", "kotim.test", "127.0.0.1", false},
    {"zone0", "kotim.test", "169.254.169.254", false},
    {"zone0", "kotim.test", "172.31.255.255", false},
    {"zone0", "kotim.test", "192.168.0.1", false},
    {"zone0", "kotim.test", "224.0.0.1", false},
    {"zone0", "kotim.test", "255.255.255.255", false},
    {"zone0", "kotim.test", "::", false},
    {"zone0", "kotim.test", "::1", false},
    {"zone0", "kotim.test", "64:ff9b::a00:1", false},
    {"zone0", "kotim.test", "fe80::1", false},
    {"zone0", "kotim.test", "fd00::1", false},
    {"zone0", "kotim.test", "ff02::1", false},
    {"zone0", "kotim.test", "2002:a00:1::1", false},
    {"zone0", "kotim.test", "2001::1", false},
    /* public, and ours */
    {"zone0", "kotim.test", "198.51.100.7", false},
    {"zone0", "kotim.test", "2001:db8:1::7", false},
    {"zone0", "kotim.test", "2001:db8:200::7", false},
    {"zone0", "kotim.test", "203.0.113.5", false},
    {"zone0", "kotim.test", "203.0.113.200", true}, /* beside our prefix */
};

START_TEST(only_public_addresses_of_its_names_are_a_garden)
{
	for (size_t i = 0; i < sizeof(judged) / sizeof(*judged); i++)
		ck_assert_msg(hear(judged[i].device, judged[i].name, judged[i].address, 300) ==
				  judged[i].allowed,
			      "%s: %s is %s", judged[i].device, judged[i].name, judged[i].address);
	ck_assert_str_eq(sent.device, "zone0");
	ck_assert_uint_eq(sent.lifetime_seconds, 300);
}
END_TEST

START_TEST(a_zone_without_ipv6_has_no_garden_there)
{
	zones[0].address6 = (struct prefix){0};
	ck_assert_uint_eq(hear("zone0", "kotim.test", "2001:db8:ffff::80", 300), 0);
}
END_TEST

START_TEST(the_same_is_sent_again_only_when_it_is_worth_it)
{
	ck_assert_uint_eq(hear("zone0", "kotim.test", "192.0.2.80", 300), 1);
	for (unsigned i = 0; i < 1000; i++)
		ck_assert_uint_eq(hear("zone0", "kotim.test", "192.0.2.80", 300), 0);
	ck_assert_uint_eq(hear("zone0", "kotim.test", "192.0.2.80", 320), 0);
	ck_assert_uint_eq(hear("zone0", "kotim.test", "192.0.2.80", 400), 1);
	ck_assert_uint_eq(hear("zone0", "kotim.test", "192.0.2.80", 10000000), 1);
	ck_assert_uint_eq(sent.lifetime_seconds, 86400);
	ck_assert_uint_eq(hear("zone0", "kotim.test", "192.0.2.80", 0), 0);
}
END_TEST

START_TEST(what_a_shaper_does_not_hold_is_sent_anew)
{
	const struct shaper_answer lost = {.error = -ECONNRESET}, refused = {.error = -ENOSPC};

	answer = -ENOTCONN;
	ck_assert_uint_eq(hear("zone0", "kotim.test", "192.0.2.80", 300), 1);
	answer = 0;
	ck_assert_uint_eq(hear("zone0", "kotim.test", "192.0.2.80", 300), 1);
	done(done_userdata, 0, &refused); /* not asked for again and again */
	ck_assert_uint_eq(hear("zone0", "kotim.test", "192.0.2.80", 300), 0);
	done(done_userdata, 0, &lost);
	ck_assert_uint_eq(hear("zone0", "kotim.test", "192.0.2.80", 300), 1);
}
END_TEST

/* A name server that answers with ever other addresses costs a bounded number of transactions. */
START_TEST(a_flood_of_addresses_is_bounded)
{
	char address[32];

	for (unsigned i = 0; i < 20000; i++) {
		snprintf(address, sizeof(address), "11.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
		hear("zone0", "kotim.test", address, 300);
	}
	ck_assert_uint_ge(n_sent, 500);
	ck_assert_uint_le(n_sent, 1500); /* the burst, and 100 a second */
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("garden");
	TCase *tcase = tcase_create("garden");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, only_public_addresses_of_its_names_are_a_garden);
	tcase_add_test(tcase, a_zone_without_ipv6_has_no_garden_there);
	tcase_add_test(tcase, the_same_is_sent_again_only_when_it_is_worth_it);
	tcase_add_test(tcase, what_a_shaper_does_not_hold_is_sent_anew);
	tcase_add_test(tcase, a_flood_of_addresses_is_bounded);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
