/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Leaves as messages: every queue has a handle of its own, whatever classes there are, and what is written is
 * recognised when it is read. No kernel.
 */
#include <check.h>
#include <linux/pkt_sched.h>
#include <string.h>
#include "../../shaper/tc.h"

#define UNUSED_SLOT 7

static const struct leaves all_leaves[] = {
    {.shared = LEAF_CAKE, .guest = LEAF_FQ_CODEL, .mtu = 1500, .nat = true},
    {.shared = LEAF_FQ_CODEL, .guest = LEAF_FQ_CODEL, .mtu = 1492},
    {.shared = LEAF_FIFO, .guest = LEAF_FIFO, .mtu = 9000},
};

static void add(struct plan *plan, uint16_t minor, uint8_t leaf)
{
	const struct plan_class row = {
	    .minor = minor, .tree = PLAN_DOWN, .leaf = leaf, .limit_bytes = 30000, .rtt_usec = 100000};

	ck_assert_int_eq(plan_add_class(plan, &row), 0);
}

/* As many as there can be: each slot an office's or a service's, all guests up to `last`. */
static void fill(struct plan *plan, unsigned last)
{
	add(plan, PLAN_OWN, PLAN_LEAF_SHARED);
	add(plan, PLAN_UNATTRIBUTED, PLAN_LEAF_SHARED);
	for (unsigned slot = 0; slot < PLAN_SLOTS; slot++)
		add(plan, slot % 3 ? PLAN_SERVICE(slot) : PLAN_REST(slot), PLAN_LEAF_SHARED);
	for (unsigned minor = PLAN_FIRST_GUEST; minor <= last; minor++)
		add(plan, (uint16_t)minor, PLAN_LEAF_GUEST);
	plan_sort(plan);
}

static void put_all(const struct leaves *leaves, struct plan *plan, struct netlink_batch *batch)
{
	for (size_t i = 0; i < plan->n_classes; i++)
		leaf_normalise(leaves, plan, &plan->classes[i]);
	for (size_t i = 0; i < plan->n_classes; i++)
		ck_assert_int_eq(leaf_put(batch, leaves, 1, &plan->classes[i], true), 0);
}

static const struct nlmsghdr *next(const struct nlmsghdr *message)
{
	return (const void *)((const char *)message + MNL_ALIGN(message->nlmsg_len));
}

static const unsigned lasts[] = {0x4fff, 0x9fff, 0xa03f, 0xffff};

START_TEST(every_queue_has_a_handle_of_its_own)
{
	static bool taken[0x10000];
	struct plan plan = {};
	struct netlink_batch batch = {};
	const struct nlmsghdr *message;

	memset(taken, 0, sizeof(taken));
	taken[0] = taken[1] = taken[2] = taken[0xffff] = true;
	fill(&plan, lasts[_i]);
	put_all(&all_leaves[1], &plan, &batch);
	message = (const void *)batch.bytes;
	for (unsigned i = 0; i < batch.messages; i++, message = next(message)) {
		const struct tcmsg *tc = mnl_nlmsg_get_payload(message);

		ck_assert_uint_eq(TC_H_MIN(tc->tcm_handle), 0);
		ck_assert_msg(!taken[tc->tcm_handle >> 16], "%x: twice", tc->tcm_handle >> 16);
		taken[tc->tcm_handle >> 16] = true;
	}
	netlink_batch_clear(&batch);
	plan_clear(&plan);
}
END_TEST

/* What the kernel gives back of fq_codel's times (CODEL_SHIFT). */
static void through_codels_clock(const struct nlattr *options)
{
	struct nlattr *attr;

	mnl_attr_for_each_nested(attr, options)
	{
		uint32_t *usec = mnl_attr_get_payload(attr);
		const uint16_t type = mnl_attr_get_type(attr);

		if (type == TCA_FQ_CODEL_INTERVAL || type == TCA_FQ_CODEL_TARGET)
			*usec = (uint32_t)(((uint64_t)*usec * 1000 >> 10 << 10) / 1000);
	}
}

static void read_message(const struct nlmsghdr *message, struct tc_qdisc *out)
{
	const struct tcmsg *tc = mnl_nlmsg_get_payload(message);
	const struct nlattr *attr, *options = NULL;

	*out = (struct tc_qdisc){.parent = tc->tcm_parent, .handle = tc->tcm_handle};
	mnl_attr_for_each(attr, message, sizeof(*tc))
	{
		if (mnl_attr_get_type(attr) == TCA_KIND)
			snprintf(out->kind, sizeof(out->kind), "%s", mnl_attr_get_str(attr));
		else if (mnl_attr_get_type(attr) == TCA_OPTIONS)
			options = attr;
	}
	if (strcmp(out->kind, "fq_codel") == 0)
		through_codels_clock(options);
	leaf_read(out->kind, options, &out->leaf_values);
	/* What is sent as bytes comes back as ticks of 64 ns at 100 Gbit/s. */
	if (out->leaf_values.part == PART_SPLITTER)
		out->leaf_values.values[2] = (all_leaves[0].mtu + 500) * 2 / 25 / 64;
}

static const uint16_t minors[] = {PLAN_OWN, PLAN_REST(UNUSED_SLOT), PLAN_SERVICE(UNUSED_SLOT), 0x4000, 0x9fff,
				  0xffff};

static void recognise(const struct leaves *leaves, struct plan_class *class)
{
	struct netlink_batch batch = {};
	struct tc_qdisc rows[2];
	const struct nlmsghdr *message;

	leaf_normalise(leaves, &(struct plan){}, class);
	ck_assert_int_eq(leaf_put(&batch, leaves, 1, class, true), 0);
	message = (const void *)batch.bytes;
	for (unsigned i = 0; i < batch.messages; i++, message = next(message))
		read_message(message, &rows[i]);
	leaf_judge(leaves, &rows[0], batch.messages > 1 ? &rows[1] : NULL);
	ck_assert_int_eq(rows[0].leaf, class->leaf);
	ck_assert_uint_eq(rows[0].rtt_usec, class->rtt_usec);
	ck_assert_uint_eq(rows[0].limit_bytes, class->limit_bytes);
	if (batch.messages > 1) { /* without what it holds, or with another's */
		rows[0].leaf = PLAN_LEAF_NONE;
		rows[1].leaf_values.values[2]++;
		leaf_judge(leaves, &rows[0], &rows[1]);
		ck_assert_int_eq(rows[0].leaf, PLAN_LEAF_NONE);
	}
	netlink_batch_clear(&batch);
}

START_TEST(what_is_written_is_recognised)
{
	struct leaves leaves = all_leaves[_i];

	leaves.mtu = all_leaves[0].mtu;
	for (size_t i = 0; i < ELEMENTS(minors); i++) {
		const bool guest = minors[i] >= PLAN_FIRST_GUEST;

		for (uint8_t leaf = guest ? PLAN_LEAF_GUEST : PLAN_LEAF_SHARED;
		     leaf <= (guest ? PLAN_LEAF_GUEST : PLAN_LEAF_WIDE); leaf++) {
			struct plan_class class = {.minor = minors[i],
						   .tree = PLAN_UP,
						   .leaf = leaf,
						   .limit_bytes = 30000,
						   .rtt_usec = 50000};

			recognise(&leaves, &class);
		}
	}
}
END_TEST

/* As the kernel does it (CODEL_SHIFT 10): down to its ticks, and down to microseconds again. */
START_TEST(codels_clock_is_undone)
{
	for (uint32_t usec = 1000; usec < 1000000; usec += 997) {
		const uint32_t kept = leaf_codel_usec(usec);

		ck_assert(kept == usec || kept == usec - 1);
		ck_assert_uint_eq(leaf_codel_usec(kept), kept);
		ck_assert_uint_eq((uint64_t)kept * 1000 >> 10, (uint64_t)usec * 1000 >> 10);
	}
	ck_assert_uint_eq(leaf_codel_usec(100000), 100000);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("leaf");
	TCase *tests = tcase_create("leaf");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, every_queue_has_a_handle_of_its_own, 0, ELEMENTS(lasts));
	tcase_add_loop_test(tests, what_is_written_is_recognised, 0, ELEMENTS(all_leaves));
	tcase_add_test(tests, codels_clock_is_undone);
	suite_add_tcase(suite, tests);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
