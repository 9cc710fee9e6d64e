/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves lib/plan, plan_codec and plan_print: order, search, difference with its time slack, and that no byte
 * of an encoded plan can be changed into something that encoding would not have made.
 */
#include "../../lib/plan.h"
#include "../../lib/cleanup.h"
#include <check.h>
#include <errno.h>
#include <string.h>

#define MINUTE INT64_C(60000000)

static struct prefix network(const char *text)
{
	struct prefix p = {0};

	ck_assert_msg(prefix_parse(text, &p) == 0, "%s", text);
	return p;
}

static struct plan_class class_row(enum plan_tree tree, uint16_t minor)
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

static struct plan_session session_row(const char *device, uint8_t last, uint16_t minor)
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
static struct plan example(void)
{
	static const uint16_t minors[] = {PLAN_REST(7), PLAN_ROOT, PLAN_INNER(7), PLAN_OWN, PLAN_GUEST(2, 5)};
	struct plan plan = {.nat = true, .portal_port = 8081, .tls_port = 8443, .uplink = "wan0"};
	struct plan_device devices[] = {
	    {"zone0", PLAN_ZONE, {0}, PLAN_REST(7)}, {"lan0", PLAN_OFFICE}, {"wan0", PLAN_UPLINK}};
	struct plan_prefix prefixes[] = {{"lan0", network("2001:db8:2::/64"), PLAN_REST(0)},
					 {"lan0", network("10.10.2.0/24"), PLAN_REST(0)},
					 {"lan0", network("10.10.1.0/24"), PLAN_REST(1)}};
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

static struct plan sorted(void)
{
	struct plan plan = example();

	plan_sort(&plan);
	return plan;
}

static char *printed(const struct plan *plan)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	plan_print(out, plan, 0);
	fclose(out);
	return text;
}

static size_t differences(const struct plan *have, const struct plan *want)
{
	struct plan_changes changes = {0};
	size_t n;

	ck_assert_int_eq(plan_diff(have, want, &changes), 0);
	n = changes.n;
	plan_changes_clear(&changes);
	return n;
}

START_TEST(sorting_puts_rows_in_the_order_of_their_keys)
{
	_cleanup_(plan_clear) struct plan plan = sorted();

	ck_assert_uint_eq(plan.n_classes, 10);
	for (size_t i = 1; i < plan.n_classes; i++)
		ck_assert_uint_lt(plan.classes[i - 1].tree << 16 | plan.classes[i - 1].minor,
				  plan.classes[i].tree << 16 | plan.classes[i].minor);
	ck_assert_str_eq(plan.devices[0].name, "lan0");
	ck_assert_str_eq(plan.devices[2].name, "zone0");
	for (size_t i = 0; i < plan.n_sessions; i++)
		ck_assert_uint_eq(plan.sessions[i].mac.octets[5], i + 1);
	ck_assert_str_eq(plan.chains[0].name, "forward");
}
END_TEST

START_TEST(find_knows_every_row_and_no_other)
{
	_cleanup_(plan_clear) struct plan plan = sorted();
	struct plan empty = {0};
	const struct mac mac = {{2, 0, 0, 0, 0, 4}}, stranger = {{2, 0, 0, 0, 0, 99}};

	for (size_t i = 0; i < plan.n_classes; i++)
		ck_assert_ptr_eq(plan_find_class(&plan, plan.classes[i].tree, plan.classes[i].minor),
				 &plan.classes[i]);
	ck_assert_ptr_null(plan_find_class(&plan, PLAN_UP, 0x7777));
	ck_assert_uint_eq(plan_find_device(&plan, "zone0")->role, PLAN_ZONE);
	ck_assert_ptr_null(plan_find_device(&plan, "zone"));
	ck_assert_ptr_null(plan_find_device(&plan, "zone0-and-much-more-than-fits"));
	ck_assert_uint_eq(plan_find_session(&plan, "zone0", &mac)->id, 4);
	ck_assert_ptr_null(plan_find_session(&plan, "zone1", &mac));
	ck_assert_ptr_null(plan_find_session(&plan, "zone0", &stranger));
	ck_assert_ptr_null(plan_find_class(&empty, PLAN_UP, PLAN_ROOT));
	ck_assert_ptr_null(plan_find_device(&empty, "wan0"));
}
END_TEST

START_TEST(what_follows_a_name_is_cleared_on_adding)
{
	_cleanup_(plan_clear) struct plan plan = {0};
	struct plan_device row = {.role = PLAN_OFFICE};

	memset(row.name, 'x', sizeof(row.name));
	memcpy(row.name, "lan0", 5);
	plan_add_device(&plan, &row);
	for (size_t i = 4; i < sizeof(row.name); i++)
		ck_assert_int_eq(plan.devices[0].name[i], 0);
	ck_assert_int_eq(plan.devices[0].role, PLAN_OFFICE);
}
END_TEST

START_TEST(a_copy_is_equal_and_apart)
{
	_cleanup_(plan_clear) struct plan plan = sorted(), copy = {0};
	struct plan_session row = session_row("zone0", 77, PLAN_GUEST(0, 60));

	ck_assert_int_eq(plan_copy(&copy, &plan), 0);
	ck_assert_uint_eq(differences(&plan, &copy), 0);
	ck_assert_str_eq(copy.uplink, "wan0");
	copy.sessions[0].id = 1000;
	ck_assert_uint_eq(plan.sessions[0].id, 1);
	/* A copy (and a decoded plan) can grow: nine rows, then across the next power of two. */
	for (int i = 0; i < 20; i++)
		ck_assert_int_eq(plan_add_session(&copy, &row), 0);
	ck_assert_uint_eq(copy.n_sessions, 29);
}
END_TEST

START_TEST(clearing_leaves_an_empty_plan)
{
	struct plan plan = example(), zero = {0};

	plan_clear(&plan);
	ck_assert_int_eq(memcmp(&plan, &zero, sizeof(plan)), 0);
	plan_clear(&plan);
}
END_TEST

START_TEST(equal_plans_do_not_differ)
{
	_cleanup_(plan_clear) struct plan have = sorted(), want = sorted();
	struct plan empty = {0};

	ck_assert_uint_eq(differences(&have, &want), 0);
	ck_assert_uint_eq(differences(&empty, &empty), 0);
}
END_TEST

START_TEST(from_nothing_all_is_added_and_to_nothing_removed)
{
	_cleanup_(plan_clear) struct plan plan = sorted();
	const size_t n = plan.n_classes + plan.n_devices + plan.n_prefixes + plan.n_addresses + plan.n_gates +
			 plan.n_sessions + plan.n_chains;
	struct plan empty = {0};
	_cleanup_(plan_changes_clear) struct plan_changes up = {0}, down = {0};

	ck_assert_int_eq(plan_diff(&empty, &plan, &up), 0);
	ck_assert_int_eq(plan_diff(&plan, &empty, &down), 0);
	ck_assert_uint_eq(up.n, n);
	ck_assert_uint_eq(down.n, n);
	for (size_t i = 0; i < n; i++) {
		ck_assert_int_eq(up.rows[i].op, PLAN_ADD);
		ck_assert_int_eq(down.rows[i].op, PLAN_REMOVE);
		if (i)
			ck_assert_int_ge(up.rows[i].kind, up.rows[i - 1].kind);
	}
	ck_assert_uint_eq(up.rows[1].want, 1);
	ck_assert_uint_eq(down.rows[1].have, 1);
}
END_TEST

START_TEST(add_change_and_remove_are_told_apart)
{
	_cleanup_(plan_clear) struct plan have = sorted(), want = sorted();
	_cleanup_(plan_changes_clear) struct plan_changes changes = {0};
	struct plan_class row = class_row(PLAN_UP, PLAN_INNER(3));

	want.classes[1].rate_bps = 8;			    /* 1:2 */
	plan_add_class(&want, &row);			    /* 1:1006 */
	want.sessions[8] = session_row("zone1", 1, 0x4777); /* instead of the ninth */
	plan_sort(&want);
	ck_assert_int_eq(plan_diff(&have, &want, &changes), 0);
	ck_assert_uint_eq(changes.n, 4);
	ck_assert(changes.rows[0].kind == PLAN_CLASSES && changes.rows[0].op == PLAN_CHANGE);
	ck_assert(changes.rows[0].have == 1 && changes.rows[0].want == 1);
	ck_assert(changes.rows[1].kind == PLAN_CLASSES && changes.rows[1].op == PLAN_ADD);
	ck_assert_uint_eq(want.classes[changes.rows[1].want].minor, PLAN_INNER(3));
	ck_assert(changes.rows[2].kind == PLAN_SESSIONS && changes.rows[2].op == PLAN_REMOVE);
	ck_assert_uint_eq(have.sessions[changes.rows[2].have].id, 9);
	ck_assert(changes.rows[3].kind == PLAN_SESSIONS && changes.rows[3].op == PLAN_ADD);
	ck_assert_str_eq(want.sessions[changes.rows[3].want].device, "zone1");
}
END_TEST

START_TEST(times_within_the_slack_are_the_same)
{
	_cleanup_(plan_clear) struct plan have = sorted(), want = sorted();

	want.gates[0].closes_mono_usec += PLAN_TIME_SLACK_USEC;
	want.sessions[0].ends_mono_usec -= PLAN_TIME_SLACK_USEC;
	ck_assert_uint_eq(differences(&have, &want), 0);
	want.gates[0].closes_mono_usec++;
	ck_assert_uint_eq(differences(&have, &want), 1);
	want.sessions[0].ends_mono_usec--;
	ck_assert_uint_eq(differences(&have, &want), 2);
	want.sessions[1].ends_mono_usec = INT64_MAX;
	have.sessions[1].ends_mono_usec = INT64_MIN;
	ck_assert_uint_eq(differences(&have, &want), 3);
}
END_TEST

START_TEST(no_end_in_sight_is_not_a_time_near_zero)
{
	_cleanup_(plan_clear) struct plan have = sorted(), want = sorted();

	have.gates[0].closes_mono_usec = 1000;
	want.gates[0].closes_mono_usec = 0;
	ck_assert_uint_eq(differences(&have, &want), 1);
	have.gates[0].closes_mono_usec = 0;
	ck_assert_uint_eq(differences(&have, &want), 0);
}
END_TEST

START_TEST(a_session_with_another_address_or_class_differs)
{
	_cleanup_(plan_clear) struct plan have = sorted(), want = sorted();

	want.sessions[0].address4.octets[3]++;
	want.sessions[1].minor++;
	want.sessions[2].down_base_bytes++;
	ck_assert_uint_eq(differences(&have, &want), 3);
}
END_TEST

struct encoded {
	void *bytes;
	size_t length;
};

static struct encoded encoded(const struct plan *plan)
{
	struct encoded e = {0};

	ck_assert_int_eq(plan_encode(plan, &e.bytes, &e.length), 0);
	return e;
}

START_TEST(encoding_goes_both_ways)
{
	_cleanup_(plan_clear) struct plan plan = sorted(), back = {0}, none = {0};
	struct encoded e = encoded(&plan), again;
	char *one = printed(&plan), *other;

	ck_assert_int_eq(plan_decode(e.bytes, e.length, &back), 0);
	ck_assert_uint_eq(back.portal_port, 8081);
	ck_assert_uint_eq(back.tls_port, 8443);
	other = printed(&back);
	ck_assert_str_eq(one, other);
	again = encoded(&back);
	ck_assert(again.length == e.length && memcmp(again.bytes, e.bytes, e.length) == 0);
	free(e.bytes);
	free(again.bytes);
	free(one);
	free(other);
	e = encoded(&none);
	ck_assert_int_eq(plan_decode(e.bytes, e.length, &none), 0);
	ck_assert_uint_eq(none.n_classes, 0);
	free(e.bytes);
}
END_TEST

START_TEST(any_other_length_is_refused)
{
	_cleanup_(plan_clear) struct plan plan = sorted();
	struct encoded e = encoded(&plan);
	struct plan out = {.portal_port = 77};
	char *longer = calloc(1, e.length + 1);

	memcpy(longer, e.bytes, e.length);
	ck_assert_int_eq(plan_decode(longer, e.length + 1, &out), -EBADMSG);
	for (size_t length = 0; length < e.length; length++) {
		/* Its own allocation, so that a sanitizer sees a step too far. */
		void *cut = malloc(length ? length : 1);

		memcpy(cut, e.bytes, length);
		ck_assert_int_eq(plan_decode(cut, length, &out), -EBADMSG);
		free(cut);
	}
	ck_assert_uint_eq(out.portal_port, 77);
	free(longer);
	free(e.bytes);
}
END_TEST

/* Whatever one byte is changed to: refused, or a plan that encodes to exactly these bytes. */
START_TEST(no_tampered_byte_gets_through)
{
	static const uint8_t masks[] = {0x01, 0x02, 0x40, 0x80, 0xff};
	_cleanup_(plan_clear) struct plan plan = sorted();
	struct encoded e = encoded(&plan);
	uint8_t *bytes = e.bytes;
	size_t refused = 0;

	for (size_t i = 0; i < e.length; i++)
		for (size_t m = 0; m < ELEMENTS(masks); m++) {
			_cleanup_(plan_clear) struct plan out = {0};
			int r;

			bytes[i] ^= masks[m];
			r = plan_decode(bytes, e.length, &out);
			if (r == 0) {
				struct encoded again = encoded(&out);

				ck_assert(again.length == e.length &&
					  memcmp(again.bytes, bytes, e.length) == 0);
				free(again.bytes);
			} else {
				ck_assert_int_eq(r, -EBADMSG);
				refused++;
			}
			bytes[i] ^= masks[m];
		}
	ck_assert_uint_gt(refused, e.length);
	free(e.bytes);
}
END_TEST

/* Each makes a plan that no encoder accepts. The same rules guard the decoder. */
typedef void spoiler(struct plan *plan);

static void spoil_order(struct plan *p)
{
	p->classes[0].minor = 0xffff;
}
static void spoil_duplicate(struct plan *p)
{
	p->sessions[1] = p->sessions[0];
}
static void spoil_tree(struct plan *p)
{
	p->classes[9].tree = PLAN_TREES;
}
static void spoil_leaf(struct plan *p)
{
	p->classes[0].leaf = PLAN_LEAF_GUEST + 1;
}
static void spoil_prio(struct plan *p)
{
	p->classes[0].prio = 8;
}
static void spoil_padding(struct plan *p)
{
	p->classes[0].zero[0] = 1;
}
static void spoil_parent(struct plan *p)
{
	p->classes[0].parent = p->classes[0].minor;
}
static void spoil_role(struct plan *p)
{
	p->devices[0].role = 0;
}
static void spoil_empty_name(struct plan *p)
{
	memset(p->devices[0].name, 0, IFNAMSIZ);
}
static void spoil_unended_name(struct plan *p)
{
	memset(p->devices[2].name, 'z', IFNAMSIZ);
}
static void spoil_hidden_name(struct plan *p)
{
	p->devices[0].name[10] = 'x';
}
static void spoil_path_name(struct plan *p)
{
	memcpy(p->devices[0].name, "../a", 4);
}
static void spoil_dots_name(struct plan *p)
{
	memcpy(p->devices[0].name, "..\0\0", 4);
}
static void spoil_space_name(struct plan *p)
{
	p->devices[0].name[1] = ' ';
}
static void spoil_uplink(struct plan *p)
{
	memset(p->uplink, 'x', IFNAMSIZ);
}
static void spoil_host_bits(struct plan *p)
{
	p->prefixes[0].prefix.addr.octets[3] = 1;
}
static void spoil_family(struct plan *p)
{
	p->prefixes[0].prefix.addr.family = 1;
}
static void spoil_length(struct plan *p)
{
	p->addresses[0].prefix.length = 33;
}
static void spoil_octets(struct plan *p)
{
	p->addresses[0].prefix.addr.octets[4] = 1;
}
static void spoil_gate(struct plan *p)
{
	p->gates[0].closes_mono_usec = -1;
}
static void spoil_address6(struct plan *p)
{
	p->sessions[0].address4.family = AF_INET6;
}
static void spoil_no_address(struct plan *p)
{
	p->sessions[0].address4.family = 0;
}
static void spoil_ends(struct plan *p)
{
	p->sessions[0].ends_mono_usec = -1;
}
static void spoil_class(struct plan *p)
{
	p->sessions[0].minor = 0;
}
static void spoil_chain(struct plan *p)
{
	memset(p->chains[0].name, 'x', sizeof(p->chains[0].name));
}

static spoiler *const spoilers[] = {
    spoil_order,       spoil_duplicate,	 spoil_tree,	  spoil_leaf,	    spoil_prio,
    spoil_padding,     spoil_parent,	 spoil_role,	  spoil_empty_name, spoil_unended_name,
    spoil_hidden_name, spoil_path_name,	 spoil_dots_name, spoil_space_name, spoil_uplink,
    spoil_host_bits,   spoil_family,	 spoil_length,	  spoil_octets,	    spoil_gate,
    spoil_address6,    spoil_no_address, spoil_ends,	  spoil_class,	    spoil_chain,
};

START_TEST(an_invalid_plan_is_not_encoded)
{
	_cleanup_(plan_clear) struct plan plan = sorted();
	struct encoded e = {0};

	spoilers[_i](&plan);
	ck_assert_int_eq(plan_encode(&plan, &e.bytes, &e.length), -EINVAL);
	ck_assert_ptr_null(e.bytes);
}
END_TEST

START_TEST(an_unsorted_plan_is_not_encoded)
{
	_cleanup_(plan_clear) struct plan plan = example();
	struct encoded e = {0};

	ck_assert_int_eq(plan_encode(&plan, &e.bytes, &e.length), -EINVAL);
}
END_TEST

START_TEST(a_session_alone_is_judged_as_in_a_plan)
{
	struct plan_session good = session_row("zone0", 1, PLAN_GUEST(0, 0)), bad = good;

	ck_assert(plan_session_valid(&good));
	memset(&good.address4, 0, sizeof(good.address4));
	ck_assert(plan_session_valid(&good));
	memcpy(bad.device, "../x", 5);
	ck_assert(!plan_session_valid(&bad));
}
END_TEST

START_TEST(a_large_plan_goes_both_ways)
{
	_cleanup_(plan_clear) struct plan plan = {.portal_port = 80}, back = {0};
	struct encoded e;

	for (uint32_t i = 0; i < 10000; i++) {
		struct plan_session row = session_row("zone0", (uint8_t)i, PLAN_GUEST(0, i));

		row.mac.octets[4] = (uint8_t)(i >> 8);
		ck_assert_int_eq(plan_add_session(&plan, &row), 0);
	}
	plan_sort(&plan);
	e = encoded(&plan);
	ck_assert_int_eq(plan_decode(e.bytes, e.length, &back), 0);
	ck_assert_uint_eq(back.n_sessions, 10000);
	ck_assert_uint_eq(differences(&plan, &back), 0);
	free(e.bytes);
}
END_TEST

START_TEST(a_plan_is_printed_one_line_a_row)
{
	_cleanup_(plan_clear) struct plan plan = {
	    .nat = true, .portal_port = 8081, .tls_port = 8443, .uplink = "wan0"};
	struct plan_class row = class_row(PLAN_DOWN, PLAN_REST(8));
	struct plan_session session = session_row("zone0", 1, PLAN_GUEST(1, 2));
	struct plan_gate open = {0, "zone1"}, closing = {90 * MINUTE, "zone0"};
	char *text;

	plan_add_class(&plan, &row);
	plan_add_gate(&plan, &open);
	plan_add_gate(&plan, &closing);
	plan_add_session(&plan, &session);
	plan_sort(&plan);
	text = printed(&plan);
	ck_assert_str_eq(text,
			 "uplink wan0 nat yes nat66 no between-offices no portal-port 8081 tls-port 8443\n"
			 "class 2:1011 parent 2:1 shared prio 0 rate 40 Mbit ceiling 200 Mbit burst 1000 us"
			 " cburst 1000 us quantum 30000 limit 500000\n"
			 "gate zone0 closes in 5400.000 s\n"
			 "gate zone1 open\n"
			 "session zone0 02:00:00:00:00:01 10.200.0.1 id 1 class 4042 ends in 7200.000 s"
			 " started -60.000 s ago login 1 base down 0 up 0\n");
	free(text);
}
END_TEST

START_TEST(changes_are_printed_with_both_sides)
{
	_cleanup_(plan_clear) struct plan have = {0}, want = {0};
	_cleanup_(plan_changes_clear) struct plan_changes changes = {0};
	struct plan_device zone = {"zone0", PLAN_ZONE, {0}, 0x1001}, lan = {"lan0", PLAN_OFFICE},
			   wan = {"wan0", PLAN_UPLINK};
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	plan_add_device(&have, &lan);
	plan_add_device(&have, &zone);
	zone.minor = 0x1003;
	plan_add_device(&want, &zone);
	plan_add_device(&want, &wan);
	plan_sort(&have);
	plan_sort(&want);
	ck_assert_int_eq(plan_diff(&have, &want, &changes), 0);
	plan_changes_print(out, &have, &want, &changes);
	fclose(out);
	ck_assert_str_eq(text, "- device lan0 office\n"
			       "+ device wan0 uplink\n"
			       "< device zone0 zone class 1001\n"
			       "> device zone0 zone class 1003\n");
	free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plan");
	TCase *tests = tcase_create("plan");

	tcase_add_test(tests, sorting_puts_rows_in_the_order_of_their_keys);
	tcase_add_test(tests, find_knows_every_row_and_no_other);
	tcase_add_test(tests, what_follows_a_name_is_cleared_on_adding);
	tcase_add_test(tests, a_copy_is_equal_and_apart);
	tcase_add_test(tests, clearing_leaves_an_empty_plan);
	tcase_add_test(tests, equal_plans_do_not_differ);
	tcase_add_test(tests, from_nothing_all_is_added_and_to_nothing_removed);
	tcase_add_test(tests, add_change_and_remove_are_told_apart);
	tcase_add_test(tests, times_within_the_slack_are_the_same);
	tcase_add_test(tests, no_end_in_sight_is_not_a_time_near_zero);
	tcase_add_test(tests, a_session_with_another_address_or_class_differs);
	tcase_add_test(tests, encoding_goes_both_ways);
	tcase_add_test(tests, any_other_length_is_refused);
	tcase_add_test(tests, no_tampered_byte_gets_through);
	tcase_add_loop_test(tests, an_invalid_plan_is_not_encoded, 0, ELEMENTS(spoilers));
	tcase_add_test(tests, an_unsorted_plan_is_not_encoded);
	tcase_add_test(tests, a_session_alone_is_judged_as_in_a_plan);
	tcase_add_test(tests, a_large_plan_goes_both_ways);
	tcase_add_test(tests, a_plan_is_printed_one_line_a_row);
	tcase_add_test(tests, changes_are_printed_with_both_sides);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
