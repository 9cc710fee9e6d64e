// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rules that keep accounts: `update @SET { iifname . ether saddr limit rate ... }` and `add @SET { iifname .
 * ether saddr ct count ... }`. The kernel makes an account for each station that comes along and forgets it
 * afterwards; nothing of that is ours to write or to read back. What is counted, and how much is too much, is
 * not decided here.
 */
#include "nft_private.h"
#include <errno.h>

/* How many accounts all stations of a device share where a station's own would not do: by the lowest bits of
 * its MAC. */
#define SHARED_BITS 0x1f

static void set_u64(struct nftnl_expr *expr, uint16_t type, uint64_t value)
{
	nftnl_expr_set_u64(expr, type, value);
}

/* `account` is the expression that keeps the account; it belongs to the rule from now on. */
static void keep_account(struct rules *rules, enum set_id id, uint32_t op, struct nftnl_expr *account)
{
	struct nftnl_expr *expr = NULL;
	char name[SET_NAME];

	if (!account && !rules->error)
		rules->error = -ENOMEM;
	if (account)
		expr = EXPRESSION(rules, "dynset", {NFTNL_EXPR_DYNSET_SREG_KEY, REGISTER_1});
	if (!expr) {
		if (account)
			nftnl_expr_free(account);
		return;
	}
	nftnl_expr_set_u32(expr, NFTNL_EXPR_DYNSET_OP, op);
	nftnl_expr_add_expr(expr, NFTNL_EXPR_DYNSET_EXPR, account);
	rule_text(rules, expr, NFTNL_EXPR_DYNSET_SET_NAME, set_name(id, "", name));
}

static void keep_rate(struct rules *rules, enum set_id id, uint32_t per_second, uint32_t burst,
		      uint32_t flags)
{
	struct nftnl_expr *limit = nftnl_expr_alloc("limit");

	if (limit) {
		set_u64(limit, NFTNL_EXPR_LIMIT_RATE, per_second);
		set_u64(limit, NFTNL_EXPR_LIMIT_UNIT, 1);
		nftnl_expr_set_u32(limit, NFTNL_EXPR_LIMIT_BURST, burst);
		nftnl_expr_set_u32(limit, NFTNL_EXPR_LIMIT_TYPE, NFT_LIMIT_PKTS);
		nftnl_expr_set_u32(limit, NFTNL_EXPR_LIMIT_FLAGS, flags);
	}
	load_station(rules);
	keep_account(rules, id, NFT_DYNSET_OP_UPDATE, limit);
}

void match_within_rate(struct rules *rules, enum set_id id, uint32_t per_second, uint32_t burst)
{
	keep_rate(rules, id, per_second, burst, 0);
}

void match_beyond_rate(struct rules *rules, enum set_id id, uint32_t per_second, uint32_t burst)
{
	keep_rate(rules, id, per_second, burst, NFT_LIMIT_F_INV);
}

void match_beyond_bytes(struct rules *rules, uint32_t per_second, uint32_t burst)
{
	struct nftnl_expr *limit = EXPRESSION(rules, "limit", {NFTNL_EXPR_LIMIT_BURST, burst},
					      {NFTNL_EXPR_LIMIT_TYPE, NFT_LIMIT_PKT_BYTES},
					      {NFTNL_EXPR_LIMIT_FLAGS, NFT_LIMIT_F_INV});

	if (limit) {
		set_u64(limit, NFTNL_EXPR_LIMIT_RATE, per_second);
		set_u64(limit, NFTNL_EXPR_LIMIT_UNIT, 1);
	}
}

static void keep_count(struct rules *rules, enum set_id id, uint32_t count)
{
	struct nftnl_expr *limit = nftnl_expr_alloc("connlimit");

	if (limit) {
		nftnl_expr_set_u32(limit, NFTNL_EXPR_CONNLIMIT_COUNT, count);
		nftnl_expr_set_u32(limit, NFTNL_EXPR_CONNLIMIT_FLAGS, NFT_CONNLIMIT_F_INV);
	}
	keep_account(rules, id, NFT_DYNSET_OP_ADD, limit);
}

void match_beyond_count(struct rules *rules, enum set_id id, uint32_t count)
{
	load_station(rules);
	keep_count(rules, id, count);
}

void match_beyond_count_of_many(struct rules *rules, enum set_id id, uint32_t count)
{
	static const uint8_t mask[6] = {[5] = SHARED_BITS};

	load_station(rules);
	rule_mask(rules, REGISTER_2, mask, sizeof(mask));
	keep_count(rules, id, count);
}

void do_not_track(struct rules *rules)
{
	rule_expression(rules, "notrack", (const struct attribute[]){{0}});
	end_rule(rules);
}
