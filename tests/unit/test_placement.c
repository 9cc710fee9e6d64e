/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the download tree belongs, by what devices there are. No kernel: links are rows.
 */
#include <check.h>
#include <string.h>
#include "../../shaper/placement.h"

/* placement.c asks link.c for a device by name or number; the rest of that file speaks netlink. */
const struct link *links_find(const struct links *links, const char *name)
{
	for (size_t i = 0; i < links->n; i++)
		if (strcmp(links->rows[i].name, name) == 0)
			return &links->rows[i];
	return NULL;
}

const struct link *links_find_index(const struct links *links, int index)
{
	for (size_t i = 0; i < links->n; i++)
		if (links->rows[i].index == index)
			return &links->rows[i];
	return NULL;
}

static const struct link links[] = {
    {.index = 2, .name = "wan0"},
    {.index = 3, .name = "lan0"},
    {.index = 4, .name = "lan1"},
    {.index = 5, .name = "trunk0"},
    {.index = 6, .name = "trunk0.10", .kind = "vlan", .lower = 5},
    {.index = 7, .name = "trunk0.20", .kind = "vlan", .lower = 5},
    {.index = 8, .name = "trunk1"},
    {.index = 9, .name = "trunk1.10", .kind = "vlan", .lower = 8},
    {.index = 10, .name = "trunk1.99", .kind = "vlan", .lower = 8},
    {.index = 11, .name = "trunk2"},
    {.index = 12, .name = "trunk2.10", .kind = "vlan", .lower = 11},
    {.index = 13, .name = "trunk2.7", .kind = "vlan", .lower = 11},
    {.index = 14, .name = "br0", .kind = "bridge"},
    {.index = 15, .name = "port0", .master = 14},
    {.index = 16, .name = "trunk3", .master = 14},
    {.index = 17, .name = "trunk3.10", .kind = "vlan", .lower = 16},
    {.index = 18, .name = "veth0", .kind = "veth", .lower = 19},
    {.index = 19, .name = "veth1", .kind = "veth", .lower = 18},
    {.index = 20, .name = "elsewhere", .kind = "vlan"}, /* its trunk is in another namespace */
    {.index = 21, .name = "lan2"},
    {.index = 22, .name = "macvlan0", .kind = "macvlan", .lower = 21},
    {.index = 23, .name = "trunk4"},
    {.index = 24, .name = "trunk4.10", .kind = "vlan", .lower = 23},
    {.index = 25, .name = "trunk4.10.5", .kind = "vlan", .lower = 24},
    {.index = 26, .name = "br0.20", .kind = "vlan", .lower = 14},
};

static const struct {
	const char *devices[4]; /* the first is a zone's */
	const char *uplink;
	bool ifb_always;
	const char *expected;
} cases[] = {
    {{"lan0"}, "wan0", false, "lan0"},
    {{"lan0"}, "wan0", true, PLAN_IFB},
    {{"lan0", "lan1"}, "wan0", false, PLAN_IFB},
    {{"trunk0.10", "trunk0.20"}, "wan0", false, "trunk0"},
    {{"trunk0.10", "trunk0.20", "trunk0"}, "wan0", false, "trunk0"},
    {{"trunk0.10", "trunk0.20", "lan0"}, "wan0", false, PLAN_IFB},
    {{"trunk0.10"}, "wan0", false, PLAN_IFB},	  /* .20 is a stranger's */
    {{"trunk1.10"}, "wan0", false, PLAN_IFB},	  /* .99 as well */
    {{"trunk2.10"}, "trunk2.7", false, PLAN_IFB}, /* the uplink comes in on the same trunk */
    {{"trunk2.10", "trunk2.7"}, "trunk2", false, PLAN_IFB},
    {{"br0"}, "wan0", false, PLAN_IFB}, /* br0.20 is a stranger's */
    {{"br0", "br0.20"}, "wan0", false, "br0"},
    {{"port0"}, "wan0", false, PLAN_IFB},     /* of a bridge */
    {{"trunk3.10"}, "wan0", false, PLAN_IFB}, /* its trunk is */
    {{"veth0"}, "wan0", false, "veth0"},      /* the other end is no stranger */
    {{"elsewhere"}, "wan0", false, "elsewhere"},
    {{"lan2"}, "wan0", false, PLAN_IFB},	/* somebody's macvlan is on it */
    {{"trunk4.10.5"}, "wan0", false, PLAN_IFB}, /* .10 is nobody's */
    {{"trunk4.10", "trunk4.10.5"}, "wan0", false, "trunk4"},
    {{NULL}, "wan0", false, PLAN_IFB},
};

START_TEST(it_is_where_all_lans_leave)
{
	struct links all = {.rows = (struct link *)links, .n = ELEMENTS(links)};
	struct plan_device devices[8] = {};
	struct plan plan = {.devices = devices, .ifb_always = cases[_i].ifb_always};
	struct placement placement;

	snprintf(plan.uplink, sizeof(plan.uplink), "%s", cases[_i].uplink);
	memcpy(devices[0].name, plan.uplink, sizeof(plan.uplink));
	devices[0].role = PLAN_UPLINK;
	plan.n_devices = 1;
	for (size_t i = 0; i < 4 && cases[_i].devices[i]; i++) {
		struct plan_device *row = &devices[plan.n_devices++];

		snprintf(row->name, sizeof(row->name), "%s", cases[_i].devices[i]);
		row->role = i ? PLAN_OFFICE : PLAN_ZONE;
	}
	ck_assert_int_eq(placement_decide(&all, &plan, &placement), 0);
	ck_assert_str_eq(placement.device, cases[_i].expected);
	ck_assert_ptr_nonnull(placement.why);
	placement_clear(&placement);
}
END_TEST

START_TEST(what_happens_to_a_trunk_or_on_it_matters)
{
	struct links all = {.rows = (struct link *)links, .n = ELEMENTS(links)};
	struct plan_device device = {.name = "trunk0.10", .role = PLAN_OFFICE};
	struct plan plan = {.devices = &device, .n_devices = 1, .uplink = "wan0"};
	struct placement placement;

	ck_assert_int_eq(placement_decide(&all, &plan, &placement), 0);
	ck_assert(placement_concerns(&placement, 5, 0));
	ck_assert(placement_concerns(&placement, 99, 5));
	ck_assert(!placement_concerns(&placement, 99, 0));
	ck_assert(!placement_concerns(&placement, 8, 11));
	placement_clear(&placement);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("placement");
	TCase *tests = tcase_create("placement");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tests, it_is_where_all_lans_leave, 0, ELEMENTS(cases));
	tcase_add_test(tests, what_happens_to_a_trunk_or_on_it_matters);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
