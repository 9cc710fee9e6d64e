/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A plan with a row of every kind, and what the tests of lib/plan ask of two plans.
 */
#include "../../lib/plan.h"
#include "../../lib/cleanup.h"
#include <check.h>
#include <errno.h>
#include <string.h>
#define MINUTE INT64_C(60000000)

static _unused_ struct prefix network(const char *text)
{
	struct prefix p = {0};

	ck_assert_msg(prefix_parse(text, &p) == 0, "%s", text);
	return p;
}

static _unused_ struct plan_class class_row(enum plan_tree tree, uint16_t minor)
{
	return (struct plan_class){.tree = tree,
				   .minor = minor,
				   .parent = PLAN_ROOT,
				   .leaf = PLAN_LEAF_SHARED,
				   .rate_bps = 40000000,
				   .ceiling_bps = 200000000,
				   .burst_usec = 1000,
				   .cburst_usec = 1000,
				   .quantum_bytes = 30000,
				   .limit_bytes = 500000};
}

static _unused_ struct plan_session session_row(const char *device, uint8_t last, uint16_t minor)
{
	struct plan_session s = {.id = last,
				 .ends_mono_usec = 120 * MINUTE,
				 .started_mono_usec = MINUTE,
				 .mac = {{2, 0, 0, 0, 0, last}},
				 .minor = minor,
				 .login = 1,
				 .address4 = {AF_INET, {10, 200, 0, last}}};

	snprintf(s.device, sizeof(s.device), "%s", device);
	return s;
}

/* One of everything, in no order. */
static _unused_ struct plan example(void)
{
	static const uint16_t minors[] = {PLAN_REST(7), PLAN_ROOT, PLAN_INNER(7), PLAN_OWN, PLAN_GUEST(2, 5)};
	struct plan plan = {.nat = true,
			    .dscp_clear = true,
			    .ifb_always = true,
			    .portal_port = 8081,
			    .tls_port = 8443,
			    .uplink = "wan0"};
	struct plan_device devices[] = {
	    {"zone0", PLAN_ZONE, {0}, PLAN_REST(7)}, {"lan0", PLAN_OFFICE}, {"wan0", PLAN_UPLINK}};
	struct plan_prefix prefixes[] = {{"lan0", network("2001:db8:2::/64"), PLAN_REST(0)},
					 {"lan0", network("10.10.2.0/24"), PLAN_REST(0)},
					 {"lan0", network("10.10.1.0/24"), PLAN_REST(1)}};
	struct plan_match matches[] = {
	    {.office = PLAN_REST(1), .minor = PLAN_SERVICE(9), .dscp = 46},
	    {PLAN_REST(0), PLAN_SERVICE(8), 5060, 5061, PLAN_DSCP_NONE, IPPROTO_UDP, {{0}, 0}},
	    {.office = PLAN_REST(0), .minor = PLAN_SERVICE(8), .dscp = 46},
	    {PLAN_REST(0), PLAN_SERVICE(8), 5060, 5061, PLAN_DSCP_NONE, IPPROTO_TCP, {{0}, 0}},
	    {PLAN_REST(0), PLAN_SERVICE(7), 443, 443, PLAN_DSCP_NONE, IPPROTO_TCP,
	     network("2001:db8:77::/48")},
	    {PLAN_REST(0), PLAN_SERVICE(7), 0, 65535, PLAN_DSCP_NONE, 0, network("203.0.113.7/32")}};
	struct plan_mark marks[] = {{PLAN_SERVICE(9), 34, {0}}, {PLAN_SERVICE(8), 46, {0}}};
	struct plan_address addresses[] = {{"zone0", network("2001:db8:200::1/64")},
					   {"zone0", network("10.200.0.1/20")}};
	struct plan_gate gate = {60 * MINUTE, "zone0"};
	struct plan_chain chain = {.family = 1, .name = "forward", .digest = 0x0123456789abcdef};
	struct plan_chain egress = {.family = 5, .name = "zone0", .device = "zone0", .digest = 1};

	for (size_t i = 0; i < ELEMENTS(minors); i++)
		for (unsigned tree = PLAN_TREES; tree-- > 0;) {
			struct plan_class row = class_row(tree, minors[i]);

			row.parent = minors[i] == PLAN_ROOT ? 0 : PLAN_ROOT;
			ck_assert_int_eq(plan_add_class(&plan, &row), 0);
		}
	for (size_t i = 0; i < ELEMENTS(devices); i++)
		ck_assert_int_eq(plan_add_device(&plan, &devices[i]), 0);
	for (size_t i = 0; i < ELEMENTS(prefixes); i++)
		ck_assert_int_eq(plan_add_prefix(&plan, &prefixes[i]), 0);
	for (size_t i = 0; i < ELEMENTS(matches); i++)
		ck_assert_int_eq(plan_add_match(&plan, &matches[i]), 0);
	for (size_t i = 0; i < ELEMENTS(marks); i++)
		ck_assert_int_eq(plan_add_mark(&plan, &marks[i]), 0);
	for (size_t i = 0; i < ELEMENTS(addresses); i++)
		ck_assert_int_eq(plan_add_address(&plan, &addresses[i]), 0);
	for (uint8_t i = 9; i > 0; i--) {
		struct plan_session row = session_row("zone0", i, PLAN_GUEST(0, i));

		ck_assert_int_eq(plan_add_session(&plan, &row), 0);
	}
	ck_assert_int_eq(plan_add_gate(&plan, &gate), 0);
	ck_assert_int_eq(plan_add_chain(&plan, &egress), 0);
	ck_assert_int_eq(plan_add_chain(&plan, &chain), 0);
	return plan;
}

static _unused_ struct plan sorted(void)
{
	struct plan plan = example();

	plan_sort(&plan);
	return plan;
}

static _unused_ char *printed(const struct plan *plan)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	plan_print(out, plan, 0);
	fclose(out);
	return text;
}

static _unused_ size_t differences(const struct plan *have, const struct plan *want)
{
	struct plan_changes changes = {0};
	size_t n;

	ck_assert_int_eq(plan_diff(have, want, &changes), 0);
	n = changes.n;
	plan_changes_clear(&changes);
	return n;
}
