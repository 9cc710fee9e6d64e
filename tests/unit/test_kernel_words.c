/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the shaper says of netlink messages: the lines of a rehearsal as an admin reads them, and that a
 * message of anybody's, cut short or nonsense, is never read beyond its end.
 */
#include "../../lib/cleanup.h"
#include "../../shaper/flowtables.h"
#include "../../shaper/nft_private.h"
#include "../../shaper/tc.h"
#include "../../shaper/words.h"
#include <check.h>
#include <endian.h>
#include <linux/rtnetlink.h>
#include <string.h>

#define WAN 7
static struct link rows[] = {{.index = WAN, .name = "wan0"}};
static const struct links links = {.rows = rows, .n = 1};
static char *text;

static void tear_down(void)
{
	free(text);
	text = NULL;
}

/* The words of all messages of a batch. */
static void read_batch(const struct netlink_batch *batch, const struct plan *have,
		       void (*read)(struct words *words, const struct nlmsghdr *message))
{
	struct words words = {.links = &links, .have = have};
	size_t size;

	free(text);
	words.out = open_memstream(&text, &size);
	for (size_t at = 0; at < batch->length;) {
		const struct nlmsghdr *message = (const void *)(batch->bytes + at);

		read(&words, message);
		at += MNL_ALIGN(message->nlmsg_len);
	}
	words_end(&words);
	fclose(words.out);
}

static const struct plan_class office = {.tree = PLAN_UP,
					 .minor = 0x1001,
					 .parent = 0x1000,
					 .rate_bps = 40000000,
					 .ceiling_bps = 2500000000,
					 .leaf = PLAN_LEAF_SHARED,
					 .quantum_bytes = 1514,
					 .prio = 1,
					 .limit_bytes = 50000};

START_TEST(a_class_is_added_changed_deleted)
{
	_cleanup_(netlink_batch_clear) struct netlink_batch batch = {};
	struct plan have = {};

	ck_assert_int_eq(tc_class_put(&batch, WAN, &office), 0);
	read_batch(&batch, &have, words_route);
	ck_assert_str_eq(
	    text,
	    "tc class add dev wan0 parent 1:1000 classid 1:1001 htb rate 40Mbit ceil 2500Mbit prio 1 quantum 1514\n");
	ck_assert_int_eq(plan_add_class(&have, &office), 0);
	read_batch(&batch, &have, words_route);
	ck_assert_str_eq(
	    text,
	    "tc class change dev wan0 parent 1:1000 classid 1:1001 htb rate 40Mbit ceil 2500Mbit prio 1 quantum 1514\n");
	netlink_batch_clear(&batch);
	ck_assert_int_eq(tc_class_delete(&batch, WAN, &office), 0);
	read_batch(&batch, &have, words_route);
	ck_assert_str_eq(text, "tc class delete dev wan0 classid 1:1001\n");
	plan_clear(&have);
}
END_TEST

START_TEST(queues_and_filters)
{
	_cleanup_(netlink_batch_clear) struct netlink_batch batch = {};
	const struct leaves leaves = {.shared = LEAF_FIFO, .mtu = 1500};
	const struct tc_redirect none = {};

	ck_assert_int_eq(tc_root_put(&batch, WAN, PLAN_UP, false), 0);
	ck_assert_int_eq(leaf_put(&batch, &leaves, WAN, &office, true), 0);
	ck_assert_int_eq(tc_redirect_put(&batch, WAN, 9, &none), 0);
	ck_assert_int_eq(tc_root_delete(&batch, WAN), 0);
	read_batch(&batch, NULL, words_route);
	ck_assert_ptr_nonnull(strstr(text, "tc qdisc replace dev wan0 root handle 1: htb\n"));
	ck_assert_ptr_nonnull(strstr(text, "tc qdisc replace dev wan0 parent 1:1001 handle "));
	ck_assert_ptr_nonnull(strstr(text, " tbf\n"));
	ck_assert_ptr_nonnull(strstr(text, "tc qdisc add dev wan0 clsact\n"));
	ck_assert_ptr_nonnull(strstr(text, "tc filter add dev wan0 egress pref 18180 u32 match u32 0 0 "
					   "action mirred egress redirect dev gerbang-ifb\n"));
	ck_assert_ptr_nonnull(strstr(text, "tc qdisc delete dev wan0 root\n"));
}
END_TEST

START_TEST(devices_and_addresses)
{
	_cleanup_(netlink_batch_clear) struct netlink_batch batch = {};
	struct prefix prefix;

	ck_assert_int_eq(prefix_parse("10.200.0.1/20", &prefix), 0);
	ck_assert_int_eq(link_put_ifb(&batch, PLAN_IFB, 10000), 0);
	ck_assert_int_eq(link_put_up(&batch, WAN), 0);
	ck_assert_int_eq(link_put_queue(&batch, WAN, 10000), 0);
	ck_assert_int_eq(link_delete(&batch, PLAN_IFB), 0);
	ck_assert_int_eq(address_put(&batch, WAN, &prefix), 0);
	ck_assert_int_eq(address_delete(&batch, WAN, &prefix), 0);
	read_batch(&batch, NULL, words_route);
	ck_assert_str_eq(text, "ip link add gerbang-ifb type ifb\n"
			       "ip link set wan0 up\n"
			       "ip link set wan0 txqueuelen 10000\n"
			       "ip link delete gerbang-ifb\n"
			       "ip address add 10.200.0.1/20 dev wan0\n"
			       "ip address delete 10.200.0.1/20 dev wan0\n");
}
END_TEST

static void put_office(struct transaction *transaction, uint16_t type)
{
	struct element element = {.valued = true, .value = CLASS_UP(0x1001)};
	struct prefix prefix;

	ck_assert_int_eq(prefix_parse("10.10.1.0/24", &prefix), 0);
	element_prefix(&element, &prefix);
	element_device(&element, "lan0");
	put_element(transaction, type, 0, SET_OFFICE_UP4, "", &element);
}

static void put_guest(struct transaction *transaction)
{
	struct element element = {.valued = true, .value = CLASS_DOWN(0x4001), .timeout_msec = 90000};
	const struct mac mac = {{2, 0, 0, 0, 0, 0x1f}};

	element_mac(&element, &mac);
	put_element(transaction, NFT_MSG_NEWSETELEM, 0, SET_DOWN, "zone0", &element);
}

START_TEST(elements_a_line_each)
{
	_cleanup_(transaction_clear) struct transaction transaction;

	transaction_begin(&transaction);
	put_office(&transaction, NFT_MSG_NEWSETELEM);
	put_office(&transaction, NFT_MSG_DELSETELEM);
	put_guest(&transaction);
	put_set_flush(&transaction, SET_MARKS);
	put_table(&transaction, NFT_MSG_DELTABLE, NFPROTO_INET, NFT_TABLE);
	read_batch(&transaction.batch, NULL, words_nft);
	ck_assert_str_eq(
	    text, "nft add element inet gerbang office_up4 { 10.10.1.0/24 . \"lan0\" : 1:1001 }\n"
		  "nft delete element inet gerbang office_up4 { 10.10.1.0/24 . \"lan0\" }\n"
		  "nft add element netdev gerbang down_zone0 { 02:00:00:00:00:1f timeout 90s : 2:4001 }\n"
		  "nft flush set inet gerbang marks\n"
		  "nft delete table inet gerbang\n");
}
END_TEST

static void put_rule_of(struct transaction *transaction, const char *chain)
{
	struct nlmsghdr *message = transaction_message(transaction, NFT_MSG_NEWRULE, NFPROTO_INET, 0);

	mnl_attr_put_strz(message, NFTA_RULE_TABLE, NFT_TABLE);
	mnl_attr_put_strz(message, NFTA_RULE_CHAIN, chain);
	transaction_add(transaction);
}

START_TEST(rules_are_counted)
{
	_cleanup_(transaction_clear) struct transaction transaction;

	transaction_begin(&transaction);
	for (int i = 0; i < 3; i++)
		put_rule_of(&transaction, "forward");
	put_rule_of(&transaction, "input");
	read_batch(&transaction.batch, NULL, words_nft);
	ck_assert_str_eq(text, "nft add rule inet gerbang forward (3 rules)\n"
			       "nft add rule inet gerbang input (1 rules)\n");
}
END_TEST

/* Of whatever length that a netlink reader lets through. */
START_TEST(messages_cut_short_are_survived)
{
	_cleanup_(transaction_clear) struct transaction transaction;
	_cleanup_(netlink_batch_clear) struct netlink_batch batch = {};
	const size_t least = NLMSG_HDRLEN + sizeof(struct ifinfomsg) + sizeof(struct tcmsg);

	transaction_begin(&transaction);
	put_office(&transaction, NFT_MSG_NEWSETELEM);
	put_set_flush(&transaction, SET_MARKS);
	ck_assert_int_eq(tc_class_put(&batch, WAN, &office), 0);
	for (size_t cut = 4; cut < 200; cut += 4) {
		struct netlink_batch one = {.bytes = transaction.batch.bytes + NLMSG_HDRLEN + 4};
		struct nlmsghdr *message = (void *)one.bytes;
		const uint32_t length = message->nlmsg_len;

		if (length <= cut + NLMSG_HDRLEN + 4)
			break;
		message->nlmsg_len = one.length = length - cut;
		read_batch(&one, NULL, words_nft);
		message->nlmsg_len = length;
	}
	for (uint32_t length = ((struct nlmsghdr *)batch.bytes)->nlmsg_len; length > least; length -= 4) {
		((struct nlmsghdr *)batch.bytes)->nlmsg_len = length;
		batch.length = length;
		read_batch(&batch, NULL, words_route);
	}
}
END_TEST

static bool is_lan0(const void *data _unused_, const char *device)
{
	return strcmp(device, "lan0") == 0;
}

static void flowtable(char *buffer, const char *device)
{
	struct nlmsghdr *message = nftnl_nlmsg_build_hdr(buffer, NFT_MSG_NEWFLOWTABLE, NFPROTO_INET, 0, 0);
	struct nlattr *hook, *devices;

	mnl_attr_put_strz(message, NFTA_FLOWTABLE_TABLE, "evil");
	mnl_attr_put_strz(message, NFTA_FLOWTABLE_NAME, "f");
	hook = mnl_attr_nest_start(message, NFTA_FLOWTABLE_HOOK);
	mnl_attr_put_u32(message, NFTA_FLOWTABLE_HOOK_NUM, 0);
	devices = mnl_attr_nest_start(message, NFTA_FLOWTABLE_HOOK_DEVS);
	mnl_attr_put_strz(message, NFTA_DEVICE_NAME, "eth9");
	mnl_attr_put_strz(message, NFTA_DEVICE_NAME, device);
	mnl_attr_nest_end(message, devices);
	mnl_attr_nest_end(message, hook);
}

START_TEST(a_flowtable_on_our_device_is_told_apart)
{
	char buffer[512] __attribute__((aligned(8))) = {0}, said[160] = "";

	flowtable(buffer, "lan1");
	ck_assert(!flowtables_parse((void *)buffer, is_lan0, NULL, said, sizeof(said)));
	flowtable(buffer, "lan0");
	ck_assert(flowtables_parse((void *)buffer, is_lan0, NULL, said, sizeof(said)));
	ck_assert_str_eq(said, "flowtable f of table evil is on lan0: what it offloads is neither shaped, "
			       "nor counted, nor closed");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kernel words");
	TCase *tcase = tcase_create("kernel words");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, NULL, tear_down);
	tcase_add_test(tcase, a_class_is_added_changed_deleted);
	tcase_add_test(tcase, queues_and_filters);
	tcase_add_test(tcase, devices_and_addresses);
	tcase_add_test(tcase, elements_a_line_each);
	tcase_add_test(tcase, rules_are_counted);
	tcase_add_test(tcase, messages_cut_short_are_survived);
	tcase_add_test(tcase, a_flowtable_on_our_device_is_told_apart);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
