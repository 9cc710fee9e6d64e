/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves lib/plan_codec: what a plan becomes as bytes comes back the same, and nothing else gets through.
 */
#include "plan_fixture.h"

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
	ck_assert(back.dscp_clear && back.ifb_always);
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
	p->classes[0].zero[2] = 1;
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

/* The fixture's matches in their order: by DSCP, by port (TCP, UDP), by far end (any, TCP), by DSCP. */
enum { DSCP, PORT, PORT_UDP, FAR, FAR_PORT };
static void spoil_match_office(struct plan *p)
{
	p->matches[DSCP].office = 0;
}
static void spoil_match_minor(struct plan *p)
{
	p->matches[DSCP].minor = 0;
}
static void spoil_match_dscp(struct plan *p)
{
	p->matches[DSCP].dscp = 64;
}
static void spoil_match_dscp_port(struct plan *p)
{
	p->matches[DSCP].last_port = 1;
}
static void spoil_match_port_dscp(struct plan *p)
{
	p->matches[PORT].dscp = 1;
}
static void spoil_match_range(struct plan *p)
{
	p->matches[PORT].first_port = 5062;
}
static void spoil_match_nothing(struct plan *p)
{
	p->matches[PORT].protocol = 0;
}
static void spoil_match_hidden(struct plan *p)
{
	p->matches[PORT].prefix.addr.octets[0] = 1;
}
static void spoil_match_host_bits(struct plan *p)
{
	p->matches[FAR].prefix.length = 24;
}
static void spoil_match_any_port(struct plan *p)
{
	p->matches[FAR].last_port = 80;
}
static void spoil_match_far_dscp(struct plan *p)
{
	p->matches[FAR_PORT].dscp = 46;
}
static void spoil_match_twice(struct plan *p)
{
	p->matches[PORT_UDP].protocol = IPPROTO_TCP;
}
static void spoil_mark_minor(struct plan *p)
{
	p->marks[0].minor = 0;
}
static void spoil_mark_dscp(struct plan *p)
{
	p->marks[0].dscp = 64;
}
static void spoil_mark_padding(struct plan *p)
{
	p->marks[1].zero[0] = 1;
}

static spoiler *const spoilers[] = {
    spoil_match_office,	   spoil_match_minor,	 spoil_match_dscp,     spoil_match_dscp_port,
    spoil_match_port_dscp, spoil_match_range,	 spoil_match_nothing,  spoil_match_hidden,
    spoil_match_host_bits, spoil_match_any_port, spoil_match_far_dscp, spoil_match_twice,
    spoil_mark_minor,	   spoil_mark_dscp,	 spoil_mark_padding,   spoil_order,
    spoil_duplicate,	   spoil_tree,		 spoil_leaf,	       spoil_prio,
    spoil_padding,	   spoil_parent,	 spoil_role,	       spoil_empty_name,
    spoil_unended_name,	   spoil_hidden_name,	 spoil_path_name,      spoil_dots_name,
    spoil_space_name,	   spoil_uplink,	 spoil_host_bits,      spoil_family,
    spoil_length,	   spoil_octets,	 spoil_gate,	       spoil_address6,
    spoil_no_address,	   spoil_ends,		 spoil_class,	       spoil_chain,
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

int main(void)
{
	Suite *suite = suite_create("plan: codec");
	TCase *tests = tcase_create("plan: codec");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tests, encoding_goes_both_ways);
	tcase_add_test(tests, any_other_length_is_refused);
	tcase_add_test(tests, no_tampered_byte_gets_through);
	tcase_add_loop_test(tests, an_invalid_plan_is_not_encoded, 0, ELEMENTS(spoilers));
	tcase_add_test(tests, an_unsorted_plan_is_not_encoded);
	tcase_add_test(tests, a_session_alone_is_judged_as_in_a_plan);
	tcase_add_test(tests, a_large_plan_goes_both_ways);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
