// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The handle, and what concerns our tables as a whole. It must never name a table other than ours.
 */
#include "nft_private.h"
#include <errno.h>
#include <libnftnl/object.h>
#include <linux/netlink.h>

int nft_open(struct nft **out)
{
	_cleanup_(nft_closep) struct nft *nft = calloc(1, sizeof(*nft));
	int r;

	if (!nft)
		return -ENOMEM;
	r = netlink_open(NETLINK_NETFILTER, 0, &nft->netlink);
	if (r < 0)
		return r;
	*out = nft;
	nft = NULL;
	return 0;
}

struct nft *nft_close(struct nft *nft)
{
	if (nft)
		netlink_close(nft->netlink);
	free(nft);
	return NULL;
}

void nft_rehearse(struct nft *nft, netlink_rehearse_fn seen, void *data)
{
	netlink_rehearse(nft->netlink, seen, data);
}

uint32_t nft_port(const struct nft *nft)
{
	return netlink_port(nft->netlink);
}

static int seen_counter(const struct nlmsghdr *message, void *data)
{
	struct nftnl_obj *obj = nftnl_obj_alloc();
	uint64_t *values = data;
	int r = -ENOMEM;

	if (obj && nftnl_obj_nlmsg_parse(message, obj) == 0) {
		values[0] = nftnl_obj_get_u64(obj, NFTNL_OBJ_CTR_BYTES);
		values[1] = nftnl_obj_get_u64(obj, NFTNL_OBJ_CTR_PKTS);
		r = 0;
	}
	if (obj)
		nftnl_obj_free(obj);
	return r;
}

int nft_own_down(struct nft *nft, uint64_t *bytes, uint64_t *packets)
{
	char buffer[512] __attribute__((aligned(NLMSG_ALIGNTO))) = {0};
	struct nlmsghdr *message = nftnl_nlmsg_build_hdr(buffer, NFT_MSG_GETOBJ, NFPROTO_INET, 0, 0);
	uint64_t values[2] = {0};
	int r;

	mnl_attr_put_strz(message, NFTA_OBJ_TABLE, NFT_TABLE);
	mnl_attr_put_strz(message, NFTA_OBJ_NAME, "own_down");
	mnl_attr_put_u32(message, NFTA_OBJ_TYPE, htonl(NFT_OBJECT_COUNTER));
	r = netlink_get(nft->netlink, message, seen_counter, values);
	if (r < 0)
		return r;
	*bytes = values[0];
	*packets = values[1];
	return 0;
}

int nft_flush(struct nft *nft, unsigned *operations)
{
	_cleanup_(transaction_clear) struct transaction transaction = {};
	_cleanup_(layout_clear) struct layout layout = {};
	int r = layout_read(nft, &layout);

	if (r < 0)
		return r == -EINTR ? -EAGAIN : r;
	transaction_begin(&transaction);
	if (layout.inet)
		put_table(&transaction, NFT_MSG_DELTABLE, NFPROTO_INET, NFT_TABLE);
	if (layout.netdev)
		put_table(&transaction, NFT_MSG_DELTABLE, NFPROTO_NETDEV, NFT_TABLE);
	return transaction_commit(&transaction, nft, operations, NULL, 0);
}
