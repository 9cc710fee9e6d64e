// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the packet path needs of the kernel, tried feature by feature in a table that is created and deleted
 * in one transaction: nobody ever sees it, and no packet meets it. It names the first feature that is
 * lacking.
 */
#include "nft_private.h"
#include <errno.h>
#include <string.h>

#define PROBE_TABLE "gerbang-probe"
#define PROBE_CHAIN "probe"

static void table_only(_unused_ struct rules *r)
{
}

static void classify(struct rules *r)
{
	match_device(r, NFT_META_IIFNAME, NFT_CMP_EQ, "lo");
	set_priority(r, 0x10001);
	verdict(r, NF_ACCEPT, NULL);
}

static void state(struct rules *r)
{
	match_known_connection(r, NFT_CMP_NEQ);
	verdict(r, NF_ACCEPT, NULL);
}

static void address_type(struct rules *r)
{
	match_local_destination(r);
	verdict(r, NF_ACCEPT, NULL);
}

static void refusal(struct rules *r)
{
	match_protocol(r, IPPROTO_TCP);
	reject(r, NFT_REJECT_TCP_RST, 0);
	reject(r, NFT_REJECT_ICMPX_UNREACH, NFT_REJECT_ICMPX_ADMIN_PROHIBITED);
}

static void to_portal(struct rules *r)
{
	match_protocol(r, IPPROTO_TCP);
	redirect(r, 80);
}

static void behind_uplink(struct rules *r)
{
	masquerade(r);
}

static void counted(struct rules *r)
{
	count_own(r);
}

static void marked(struct rules *r)
{
	match_mark(r, 1);
	set_mark(r, 2);
}

static void untracked(struct rules *r)
{
	do_not_track(r);
}

static void within_rate(struct rules *r)
{
	match_within_rate(r, SET_DNS_BUDGET, 5, 60);
	verdict(r, NF_ACCEPT, NULL);
}

static void beyond_count(struct rules *r)
{
	match_unconfirmed_connection(r);
	match_beyond_count_of_many(r, SET_CONNECTIONS, 512);
	verdict(r, NF_DROP, NULL);
}

static const struct chain plain = {NFPROTO_INET, PROBE_CHAIN};
static const struct chain filter = {NFPROTO_INET, PROBE_CHAIN, "filter", NF_INET_FORWARD, 0};
static const struct chain nat_in = {NFPROTO_INET, PROBE_CHAIN, "nat", NF_INET_PRE_ROUTING, -100};
static const struct chain nat_out = {NFPROTO_INET, PROBE_CHAIN, "nat", NF_INET_POST_ROUTING, 100};
static const struct chain egress = {NFPROTO_NETDEV,   PROBE_CHAIN, "filter",
				    NF_NETDEV_EGRESS, 0,	   .device = "lo"};
static const struct chain ingress = {NFPROTO_NETDEV,	PROBE_CHAIN, "filter",
				     NF_NETDEV_INGRESS, 0,	     .device = "lo"};

static const struct feature {
	const char *name;
	const struct chain *chain;
	enum set_id set; /* SETS: none */
	void (*write)(struct rules *rules);
} features[] = {
    {"nf_tables with the inet family (NF_TABLES_INET)", &filter, SETS, table_only},
    {"nftables meta expressions", &plain, SETS, classify},
    {"nftables sets with concatenated intervals", &plain, SET_OFFICE_UP4, table_only},
    {"nftables sets with timeouts", &plain, SET_GUEST_UP4, table_only},
    {"nftables counter objects", &plain, SETS, counted},
    {"nftables ct (NFT_CT)", &plain, SETS, state},
    {"nftables fib (NFT_FIB_INET)", &plain, SETS, address_type},
    {"nftables reject (NFT_REJECT_INET)", &plain, SETS, refusal},
    {"nftables redirect (NFT_REDIR)", &nat_in, SETS, to_portal},
    {"nftables masquerade (NFT_MASQ)", &nat_out, SETS, behind_uplink},
    {"nftables packet marks", &plain, SETS, marked},
    {"nftables limits in dynamic sets (NFT_LIMIT)", &filter, SET_DNS_BUDGET, within_rate},
    {"nftables connection counts in dynamic sets (NFT_CONNLIMIT)", &filter, SET_CONNECTIONS, beyond_count},
    {"nftables notrack at ingress (NFT_CT, NETFILTER_INGRESS)", &ingress, SETS, untracked},
    {"nftables egress hook (NETFILTER_EGRESS, NF_TABLES_NETDEV)", &egress, SET_DOWN, table_only},
};

static int try(struct nft *nft, const struct feature *feature)
{
	_cleanup_(transaction_clear) struct transaction transaction = {};
	const uint8_t family = feature->chain->family;
	struct rules rules = {.table = PROBE_TABLE,
			      .family = family,
			      .chain = PROBE_CHAIN,
			      .sink = put_rule,
			      .data = &transaction};

	transaction_begin(&transaction);
	put_table(&transaction, NFT_MSG_NEWTABLE, family, PROBE_TABLE);
	if (feature->write == counted)
		put_counter(&transaction, PROBE_TABLE);
	if (feature->set != SETS)
		put_set(&transaction, PROBE_TABLE, feature->set, "lo");
	put_chain(&transaction, PROBE_TABLE, feature->chain);
	feature->write(&rules);
	put_table(&transaction, NFT_MSG_DELTABLE, family, PROBE_TABLE);
	return rules.error ? rules.error : transaction_commit(&transaction, nft, NULL, NULL, 0);
}

int nft_probe(char *missing, size_t size)
{
	_cleanup_(nft_closep) struct nft *nft = NULL;
	int r = nft_open(&nft);

	if (r == -EPROTONOSUPPORT) {
		snprintf(missing, size, "netlink to netfilter (NETFILTER_NETLINK)");
		return -EOPNOTSUPP;
	}
	for (size_t i = 0; i < ELEMENTS(features) && r == 0; i++) {
		r = try(nft, &features[i]);
		if (r == 0 || r == -EPERM || r == -ENOMEM)
			continue;
		snprintf(missing, size, "%s: %s", features[i].name, strerror(-r));
		r = -EOPNOTSUPP;
	}
	return r;
}
