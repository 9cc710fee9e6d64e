/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Any bytes as what the kernel answers the shaper: devices, addresses, qdiscs, classes, filters, nftables'
 * sets, elements, chains and rules, many of which others than we may have put there. The first byte chooses
 * who reads; then come messages, each behind its length (2 bytes) and a byte that chooses its type. Each lies
 * in memory of exactly its size. Nothing outside of it is read, and what was read is a plan. libnftnl, which
 * reads sets, chains and rules, takes the kernel at its word (it ends the program on an attribute of another
 *length): those are of a real gateway (corpus/netlink/tables), only the elements are any bytes.
 *
 *   clang -std=gnu11 -D_GNU_SOURCE -g -O1 -fsanitize=fuzzer,address,undefined tests/fuzz/fuzz_netlink.c \
 *	shaper/link.c shaper/netlink_batch.c shaper/tc.c shaper/tc_*.c shaper/nft.c shaper/nft_*.c \
 *	lib/addr.c lib/clock.c lib/plan.c lib/plan_codec.c lib/plan_diff.c lib/units.c lib/log.c \
 *	-lmnl -lnftnl -o fuzz_netlink
 *   ./fuzz_netlink -max_total_time=60 -max_len=4096 tests/fuzz/corpus/netlink
 *
 * The corpus is made by netlink.py, of a running gateway's answers.
 */
#include "../../shaper/link.h"
#include "../../shaper/nft_private.h"
#include "../../shaper/tc.h"
#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include "strict.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#define NFT(type) (NFNL_SUBSYS_NFTABLES << 8 | (type))
static const uint16_t types[] = {RTM_NEWLINK,
				 RTM_NEWADDR,
				 RTM_NEWQDISC,
				 RTM_NEWTCLASS,
				 RTM_NEWTFILTER,
				 NFT(NFT_MSG_NEWSET),
				 NFT(NFT_MSG_NEWSETELEM),
				 NFT(NFT_MSG_NEWCHAIN),
				 NFT(NFT_MSG_NEWRULE),
				 NFT(NFT_MSG_NEWTABLE)};
#define HEAD_MIN 20u /* the kernel never leaves out the fixed part: tcmsg is the longest */

#define OF_ROUTE 5u /* so many are rtnetlink's; the others come on nfnetlink's socket */

struct source {
	const uint8_t *bytes;
	size_t length;
};
static struct source input, real;
static bool nfnetlink;

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* ---- in the place of shaper/netlink.c ---- */

static int give(uint16_t type, const uint8_t *body, size_t length, netlink_message_fn seen, void *data)
{
	const size_t head = type >> 8 ? sizeof(struct nfgenmsg) : HEAD_MIN;
	const size_t size = MNL_ALIGN(MNL_NLMSG_HDRLEN + MAX(length, head));
	struct nlmsghdr *message = calloc(1, size);
	int r;

	if (!message)
		return -ENOMEM;
	message->nlmsg_len = (uint32_t)size;
	message->nlmsg_type = type;
	memcpy(mnl_nlmsg_get_payload(message), body, length);
	r = seen(message, data);
	free(message);
	return r;
}

static uint16_t type_of(uint8_t choice)
{
	return nfnetlink ? types[OF_ROUTE + choice % (ELEMENTS(types) - OF_ROUTE)] : types[choice % OF_ROUTE];
}

/* A dump's answers are all of its own type. */
static uint16_t answer_of(const struct nlmsghdr *request)
{
	return (uint16_t)(request->nlmsg_type - (nfnetlink ? 1 : 2));
}

int netlink_dump(struct netlink *netlink, struct nlmsghdr *message, netlink_message_fn seen, void *data)
{
	const uint16_t wanted = answer_of(message);
	const struct source *source = nfnetlink && wanted != NFT(NFT_MSG_NEWSETELEM) ? &real : &input;
	const uint8_t *at = source->bytes, *end = source->bytes + source->length;
	int r = 0;

	(void)netlink;
	while (r == 0 && end - at > 3) {
		const size_t length = MIN((size_t)(at[0] | at[1] << 8), (size_t)(end - at) - 3);

		if (type_of(at[2]) == wanted)
			r = give(wanted, at + 3, length, seen, data);
		at += 3 + length;
	}
	return r;
}

int netlink_get(struct netlink *netlink, struct nlmsghdr *message, netlink_message_fn seen, void *data)
{
	return netlink_dump(netlink, message, seen, data);
}

int netlink_open(int bus, unsigned groups, struct netlink **out)
{
	(void)bus, (void)groups, (void)out;
	return -EIO;
}

struct netlink *netlink_close(struct netlink *netlink)
{
	(void)netlink;
	return NULL;
}

int netlink_request(struct netlink *netlink, struct nlmsghdr *message, char *text, size_t size)
{
	(void)netlink, (void)message, (void)text, (void)size;
	return -EIO;
}

unsigned netlink_operations(const struct netlink *netlink)
{
	(void)netlink;
	return 0;
}

uint32_t netlink_port(const struct netlink *netlink)
{
	(void)netlink;
	return 0;
}

void netlink_rehearse(struct netlink *netlink, netlink_rehearse_fn seen, void *data)
{
	(void)netlink, (void)seen, (void)data;
}

int netlink_membership(struct netlink *netlink, int group, bool join)
{
	(void)netlink, (void)group, (void)join;
	return 0;
}

int netlink_batch_send(struct netlink *netlink, struct netlink_batch *batch, char *text, size_t size)
{
	(void)netlink, (void)batch, (void)text, (void)size;
	return -EIO;
}

/* ---- who reads ---- */

static void read_links(void)
{
	struct links links = {0};
	struct plan plan = {0};

	if (links_read(NULL, &links) == 0) {
		for (size_t i = 0; i < links.n; i++)
			check(memchr(links.rows[i].name, '\0', IFNAMSIZ) &&
			      memchr(links.rows[i].kind, '\0', IFNAMSIZ));
		addresses_read(NULL, &links, NULL, &plan);
	}
	links_clear(&links);
	plan_clear(&plan);
}

static int seen_class(const struct tc_class_seen *seen, void *data)
{
	(void)data;
	check(seen->class.minor != 0 || seen->class.parent == 0);
	return 0;
}

static void read_trees(void)
{
	static const struct leaves leaves = {.shared = LEAF_CAKE, .guest = LEAF_FQ_CODEL, .mtu = 1500};
	struct tc_redirect redirect = {0};
	struct tc_qdiscs qdiscs = {0};

	if (tc_read_qdiscs(NULL, &leaves, &qdiscs) == 0) {
		for (unsigned tree = 0; tree < 2; tree++)
			tc_read_classes(NULL, 2, (enum plan_tree)tree, &qdiscs, seen_class, NULL);
		tc_read_redirect(NULL, &qdiscs, 2, 3, true, &redirect);
	}
	tc_qdiscs_clear(&qdiscs);
}

/* What was read can be told, too. */
static void read_tables(void)
{
	struct nft nft = {0};
	struct plan plan = {0};
	void *bytes = NULL;
	size_t length;

	if (nft_read(&nft, &plan) == 0) {
		plan_sort(&plan);
		plan_encode(&plan, &bytes, &length);
	}
	free(bytes);
	plan_clear(&plan);
}

/* A real gateway's tables, from the top of the tree. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static uint8_t bytes[1 << 18];
	FILE *file = fopen("tests/fuzz/corpus/netlink/tables", "re");

	(void)argc, (void)argv;
	check(file != NULL);
	real = (struct source){bytes + 1, fread(bytes, 1, sizeof(bytes), file) - 1};
	fclose(file);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static void (*const ways[])(void) = {read_links, read_trees, read_tables};

	if (length == 0)
		return 0;
	nfnetlink = bytes[0] % ELEMENTS(ways) == 2;
	input = (struct source){bytes + 1, length - 1};
	ways[bytes[0] % ELEMENTS(ways)]();
	return 0;
}
