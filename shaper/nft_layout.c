// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which tables, chains, sets and counters of ours the kernel has, without rules and elements. Other tables
 * are skipped by name. It changes nothing.
 */
#include "nft_private.h"
#include <errno.h>
#include <libnftnl/object.h>
#include <string.h>

void layout_clear(struct layout *layout)
{
	free(layout->sets);
	free(layout->chains);
	*layout = (struct layout){};
}

static void *grow(void *rows, size_t n, size_t size)
{
	/* Powers of two: a full array is one whose count is one. */
	if (n & (n - 1))
		return rows;
	return reallocarray(rows, n ? n * 2 : 1, size);
}

static int add_set(struct layout *layout, uint8_t family, const struct nftnl_set *set)
{
	struct layout_set row = {};
	struct layout_set *rows;
	const char *device;

	row.id = set_find(family, nftnl_set_get_str(set, NFTNL_SET_NAME), &device);
	row.matches = row.id != SETS && set_matches(row.id, set);
	snprintf(row.device, sizeof(row.device), "%s", device);
	rows = grow(layout->sets, layout->n_sets, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	layout->sets = rows;
	rows[layout->n_sets++] = row;
	return 0;
}

static int seen_set(const struct nlmsghdr *message, void *data)
{
	const struct nfgenmsg *header = mnl_nlmsg_get_payload(message);
	struct nftnl_set *set = nftnl_set_alloc();
	int r = -ENOMEM;

	if (set && nftnl_set_nlmsg_parse(message, set) == 0 && nftnl_set_is_set(set, NFTNL_SET_NAME))
		r = add_set(data, header->nfgen_family, set);
	if (set)
		nftnl_set_free(set);
	return r;
}

static const char *chain_device(const struct nftnl_chain *chain)
{
	const char *device = nftnl_chain_get_str(chain, NFTNL_CHAIN_DEV);
	const char *const *devices;

	if (device)
		return device;
	devices = nftnl_chain_get(chain, NFTNL_CHAIN_DEVICES);
	return devices && devices[0] && !devices[1] ? devices[0] : "";
}

static int add_chain(struct layout *layout, uint8_t family, const struct nftnl_chain *chain)
{
	const bool base = nftnl_chain_is_set(chain, NFTNL_CHAIN_HOOKNUM);
	const char *type = base ? nftnl_chain_get_str(chain, NFTNL_CHAIN_TYPE) : NULL;
	struct layout_chain row = {.family = family, .base = base};
	struct layout_chain *rows;

	snprintf(row.name, sizeof(row.name), "%s", nftnl_chain_get_str(chain, NFTNL_CHAIN_NAME));
	if (base)
		snprintf(row.device, sizeof(row.device), "%s", chain_device(chain));
	row.hook = digest_hook(type, nftnl_chain_get_u32(chain, NFTNL_CHAIN_HOOKNUM),
			       nftnl_chain_get_s32(chain, NFTNL_CHAIN_PRIO),
			       nftnl_chain_get_u32(chain, NFTNL_CHAIN_POLICY), row.device);
	rows = grow(layout->chains, layout->n_chains, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	layout->chains = rows;
	rows[layout->n_chains++] = row;
	return 0;
}

static int seen_chain(const struct nlmsghdr *message, void *data)
{
	const struct nfgenmsg *header = mnl_nlmsg_get_payload(message);
	struct nftnl_chain *chain = nftnl_chain_alloc();
	int r = -ENOMEM;

	if (chain && nftnl_chain_nlmsg_parse(message, chain) == 0) {
		const char *table = nftnl_chain_get_str(chain, NFTNL_CHAIN_TABLE);

		r = table && strcmp(table, NFT_TABLE) == 0 ? add_chain(data, header->nfgen_family, chain) : 0;
	}
	if (chain)
		nftnl_chain_free(chain);
	return r;
}

static int seen_nothing(_unused_ const struct nlmsghdr *message, _unused_ void *data)
{
	return 0;
}

/* The first attribute of every nftables request is the table's name. */
static struct nlmsghdr *request(void *buffer, uint16_t type, uint8_t family)
{
	struct nlmsghdr *message = nftnl_nlmsg_build_hdr(buffer, type, family, 0, 0);

	mnl_attr_put_strz(message, NFTA_TABLE_NAME, NFT_TABLE);
	return message;
}
#define BUFFER(name) char name[512] __attribute__((aligned(NLMSG_ALIGNTO))) = {0}

/* 1: there, 0: not there, -errno */
static int exists(struct nft *nft, struct nlmsghdr *message)
{
	int r = netlink_get(nft->netlink, message, seen_nothing, NULL);

	return r == 0 ? 1 : r == -ENOENT ? 0 : r;
}

static int read_family(struct nft *nft, uint8_t family, bool *there, struct layout *layout)
{
	BUFFER(buffer);
	int r = exists(nft, request(buffer, NFT_MSG_GETTABLE, family));

	if (r <= 0)
		return r;
	*there = true;
	r = netlink_dump(nft->netlink, request(buffer, NFT_MSG_GETSET, family), seen_set, layout);
	if (r < 0)
		return r;
	return netlink_dump(nft->netlink, request(buffer, NFT_MSG_GETCHAIN, family), seen_chain, layout);
}

static int read_counter(struct nft *nft, bool *there)
{
	BUFFER(buffer);
	struct nlmsghdr *message = request(buffer, NFT_MSG_GETOBJ, NFPROTO_INET);
	int r;

	mnl_attr_put_strz(message, NFTA_OBJ_NAME, "own_down");
	mnl_attr_put_u32(message, NFTA_OBJ_TYPE, htonl(NFT_OBJECT_COUNTER));
	r = exists(nft, message);
	*there = r == 1;
	return r < 0 ? r : 0;
}

int layout_read(struct nft *nft, struct layout *out)
{
	_cleanup_(layout_clear) struct layout layout = {};
	int r = read_family(nft, NFPROTO_INET, &layout.inet, &layout);

	if (r == 0)
		r = read_family(nft, NFPROTO_NETDEV, &layout.netdev, &layout);
	if (r == 0 && layout.inet)
		r = read_counter(nft, &layout.counter);
	if (r < 0)
		return r == -ENOENT ? -EINTR : r; /* a table went away in between */
	*out = layout;
	layout = (struct layout){};
	return 0;
}

const struct layout_set *layout_set(const struct layout *layout, enum set_id id, const char *device)
{
	for (size_t i = 0; i < layout->n_sets; i++)
		if (layout->sets[i].id == id && strcmp(layout->sets[i].device, device) == 0)
			return &layout->sets[i];
	return NULL;
}

const struct layout_chain *layout_chain(const struct layout *layout, uint8_t family, const char *name)
{
	for (size_t i = 0; i < layout->n_chains; i++)
		if (layout->chains[i].family == family && strcmp(layout->chains[i].name, name) == 0)
			return &layout->chains[i];
	return NULL;
}
