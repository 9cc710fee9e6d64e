// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rules, expression by expression, as `nft --debug=netlink` shows them: each helper is one phrase of nft's
 * language and loads registers as nft does, so that `nft list` reads our rules back in words. Which rules
 * there are is not decided here. A helper begins a rule where none is open; an error sticks and later calls
 * do nothing.
 */
#include "nft_private.h"
#include <errno.h>
#include <libnftnl/object.h>
#include <net/if_arp.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <string.h>

/* A device's name fills the first 16-byte register; what is concatenated to it begins here. */
#define REGISTER_2_AND_8 NFT_REG32_06 /* behind a MAC */
#define REGISTER_1_AND_4 NFT_REG32_01 /* behind an IPv4 address */

#define IP4_SOURCE 12
#define IP4_DESTINATION 16
#define IP6_SOURCE 8
#define IP6_DESTINATION 24
#define MAC_DESTINATION 0
#define MAC_SOURCE 6
#define PORT_SOURCE 0
#define PORT_DESTINATION 2
#define ARP_SOURCE_IP4 14

static void rule_begin(struct rules *rules)
{
	rules->rule = nftnl_rule_alloc();
	if (!rules->rule || nftnl_rule_set_str(rules->rule, NFTNL_RULE_TABLE, rules->table) < 0 ||
	    nftnl_rule_set_str(rules->rule, NFTNL_RULE_CHAIN, rules->chain) < 0)
		rules->error = -ENOMEM;
	else
		nftnl_rule_set_u32(rules->rule, NFTNL_RULE_FAMILY, rules->family);
}

static struct nftnl_expr *expression(struct rules *rules, const char *name)
{
	struct nftnl_expr *expr;

	if (!rules->error && !rules->rule)
		rule_begin(rules);
	if (rules->error)
		return NULL;
	expr = nftnl_expr_alloc(name);
	if (!expr)
		rules->error = -ENOMEM;
	else
		nftnl_rule_add_expr(rules->rule, expr);
	return expr;
}

void end_rule(struct rules *rules)
{
	if (!rules->error && rules->rule)
		rules->error = rules->sink(rules->rule, rules->data);
	if (rules->rule)
		nftnl_rule_free(rules->rule);
	rules->rule = NULL;
}

struct nftnl_expr *rule_expression(struct rules *rules, const char *name, const struct attribute *attributes)
{
	struct nftnl_expr *expr = expression(rules, name);

	for (; expr && attributes->type; attributes++)
		nftnl_expr_set_u32(expr, attributes->type, attributes->value);
	return expr;
}
static void set_data(struct rules *rules, struct nftnl_expr *expr, uint16_t type, const void *bytes,
		     uint32_t length)
{
	if (expr && nftnl_expr_set_data(expr, type, bytes, length) < 0)
		rules->error = -ENOMEM;
}

void rule_text(struct rules *rules, struct nftnl_expr *expr, uint16_t type, const char *text)
{
	if (expr && nftnl_expr_set_str(expr, type, text) < 0)
		rules->error = -ENOMEM;
}

/* ---- words ---- */

static void load_meta(struct rules *rules, uint32_t key)
{
	EXPRESSION(rules, "meta", {NFTNL_EXPR_META_KEY, key}, {NFTNL_EXPR_META_DREG, REGISTER_1});
}

static void load_payload(struct rules *rules, uint32_t base, uint32_t offset, uint32_t length, uint32_t reg)
{
	EXPRESSION(rules, "payload", {NFTNL_EXPR_PAYLOAD_DREG, reg}, {NFTNL_EXPR_PAYLOAD_BASE, base},
		   {NFTNL_EXPR_PAYLOAD_OFFSET, offset}, {NFTNL_EXPR_PAYLOAD_LEN, length});
}

static void compare(struct rules *rules, uint32_t op, const void *bytes, uint32_t length)
{
	struct nftnl_expr *expr =
	    EXPRESSION(rules, "cmp", {NFTNL_EXPR_CMP_SREG, REGISTER_1}, {NFTNL_EXPR_CMP_OP, op});

	set_data(rules, expr, NFTNL_EXPR_CMP_DATA, bytes, length);
}

void rule_mask(struct rules *rules, uint32_t reg, const void *mask, uint32_t length)
{
	static const uint8_t zero[16];
	struct nftnl_expr *expr =
	    EXPRESSION(rules, "bitwise", {NFTNL_EXPR_BITWISE_SREG, reg}, {NFTNL_EXPR_BITWISE_DREG, reg},
		       {NFTNL_EXPR_BITWISE_LEN, length});

	set_data(rules, expr, NFTNL_EXPR_BITWISE_MASK, mask, length);
	set_data(rules, expr, NFTNL_EXPR_BITWISE_XOR, zero, length);
}

static void lookup(struct rules *rules, enum set_id id, const char *device, uint32_t flags)
{
	struct nftnl_expr *expr = EXPRESSION(rules, "lookup", {NFTNL_EXPR_LOOKUP_SREG, REGISTER_1},
					     {NFTNL_EXPR_LOOKUP_FLAGS, flags});
	char name[SET_NAME];

	if (expr && set_types[id].map)
		nftnl_expr_set_u32(expr, NFTNL_EXPR_LOOKUP_DREG, REGISTER_1);
	rule_text(rules, expr, NFTNL_EXPR_LOOKUP_SET, set_name(id, device, name));
}

static void load_immediate(struct rules *rules, const void *bytes, uint32_t length)
{
	struct nftnl_expr *expr = EXPRESSION(rules, "immediate", {NFTNL_EXPR_IMM_DREG, REGISTER_1});

	set_data(rules, expr, NFTNL_EXPR_IMM_DATA, bytes, length);
}

static void store_priority(struct rules *rules)
{
	EXPRESSION(rules, "meta", {NFTNL_EXPR_META_KEY, NFT_META_PRIORITY},
		   {NFTNL_EXPR_META_SREG, REGISTER_1});
}

/* The link header has MAC addresses only where the device is Ethernet. */
static void match_ethernet(struct rules *rules)
{
	const uint16_t ethernet = ARPHRD_ETHER;

	load_meta(rules, NFT_META_IIFTYPE);
	compare(rules, NFT_CMP_EQ, &ethernet, sizeof(ethernet));
}

static void load_address(struct rules *rules, uint8_t nfproto, enum side side, uint32_t reg)
{
	if (nfproto == NFPROTO_IPV4)
		load_payload(rules, NFT_PAYLOAD_NETWORK_HEADER, side == SOURCE ? IP4_SOURCE : IP4_DESTINATION,
			     4, reg);
	else
		load_payload(rules, NFT_PAYLOAD_NETWORK_HEADER, side == SOURCE ? IP6_SOURCE : IP6_DESTINATION,
			     16, reg);
}

/* ---- phrases ---- */

void match_device(struct rules *rules, uint32_t key, uint32_t op, const char *device)
{
	char name[IFNAMSIZ] = {0};

	memcpy(name, device, strnlen(device, IFNAMSIZ - 1));
	load_meta(rules, key);
	compare(rules, op, name, sizeof(name));
}

void match_device_set(struct rules *rules, uint32_t key, enum set_id set, bool inverted)
{
	load_meta(rules, key);
	lookup(rules, set, "", inverted ? NFT_LOOKUP_F_INV : 0);
}

void match_family(struct rules *rules, uint8_t nfproto)
{
	load_meta(rules, NFT_META_NFPROTO);
	compare(rules, NFT_CMP_EQ, &nfproto, sizeof(nfproto));
}

void match_protocol(struct rules *rules, uint8_t protocol)
{
	load_meta(rules, NFT_META_L4PROTO);
	compare(rules, NFT_CMP_EQ, &protocol, sizeof(protocol));
}

static void match_port_at(struct rules *rules, uint8_t protocol, uint32_t offset, uint32_t op, uint16_t port)
{
	const uint16_t wire = htons(port);

	match_protocol(rules, protocol);
	load_payload(rules, NFT_PAYLOAD_TRANSPORT_HEADER, offset, sizeof(wire), REGISTER_1);
	compare(rules, op, &wire, sizeof(wire));
}

void match_port(struct rules *rules, uint8_t protocol, uint32_t op, uint16_t port)
{
	match_port_at(rules, protocol, PORT_DESTINATION, op, port);
}

void match_source_port(struct rules *rules, uint8_t protocol, uint16_t port)
{
	match_port_at(rules, protocol, PORT_SOURCE, NFT_CMP_EQ, port);
}

void match_icmp(struct rules *rules, uint8_t nfproto, uint8_t type)
{
	match_family(rules, nfproto);
	match_protocol(rules, nfproto == NFPROTO_IPV4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	load_payload(rules, NFT_PAYLOAD_TRANSPORT_HEADER, 0, sizeof(type), REGISTER_1);
	compare(rules, NFT_CMP_EQ, &type, sizeof(type));
}

/* Whether any of these bits of the connection's state or status is set (NEQ), or none (EQ). */
static void match_connection(struct rules *rules, uint32_t key, uint32_t bits, uint32_t op)
{
	const uint32_t zero = 0;

	EXPRESSION(rules, "ct", {NFTNL_EXPR_CT_KEY, key}, {NFTNL_EXPR_CT_DREG, REGISTER_1});
	rule_mask(rules, REGISTER_1, &bits, sizeof(bits));
	compare(rules, op, &zero, sizeof(zero));
}

void match_known_connection(struct rules *rules, uint32_t op)
{
	match_connection(rules, NFT_CT_STATE,
			 NF_CT_STATE_BIT(IP_CT_ESTABLISHED) | NF_CT_STATE_BIT(IP_CT_RELATED), op);
}

void match_invalid_connection(struct rules *rules)
{
	match_connection(rules, NFT_CT_STATE, NF_CT_STATE_INVALID_BIT, NFT_CMP_NEQ);
}

void match_unconfirmed_connection(struct rules *rules)
{
	match_connection(rules, NFT_CT_STATUS, IPS_CONFIRMED, NFT_CMP_EQ);
}

void match_local_destination(struct rules *rules)
{
	const uint32_t local = RTN_LOCAL;

	EXPRESSION(rules, "fib", {NFTNL_EXPR_FIB_DREG, REGISTER_1},
		   {NFTNL_EXPR_FIB_RESULT, NFT_FIB_RESULT_ADDRTYPE},
		   {NFTNL_EXPR_FIB_FLAGS, NFTA_FIB_F_DADDR});
	compare(rules, NFT_CMP_EQ, &local, sizeof(local));
}

void match_ethertype(struct rules *rules, uint16_t type)
{
	const uint16_t wire = htons(type);

	load_meta(rules, NFT_META_PROTOCOL);
	compare(rules, NFT_CMP_EQ, &wire, sizeof(wire));
}

static void match_network(struct rules *rules, uint32_t offset, const struct prefix *prefix)
{
	const struct prefix network = prefix_network(prefix);
	const uint32_t length = addr_bits(&network.addr) / 8;
	uint8_t mask[16] = {0};

	for (unsigned bit = 0; bit < network.length; bit++)
		mask[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	load_payload(rules, NFT_PAYLOAD_NETWORK_HEADER, offset, length, REGISTER_1);
	rule_mask(rules, REGISTER_1, mask, length);
	compare(rules, NFT_CMP_EQ, network.addr.octets, length);
}

void match_source_network(struct rules *rules, const struct prefix *network)
{
	match_network(rules, network->addr.family == AF_INET ? IP4_SOURCE : IP6_SOURCE, network);
}

void match_destination_network(struct rules *rules, const struct prefix *network)
{
	match_network(rules, network->addr.family == AF_INET ? IP4_DESTINATION : IP6_DESTINATION, network);
}

void match_arp_source_network(struct rules *rules, const struct prefix *network)
{
	match_network(rules, ARP_SOURCE_IP4, network);
}

/* Answers to it would leave by one of these devices. */
void match_source_behind(struct rules *rules, enum set_id devices)
{
	EXPRESSION(rules, "fib", {NFTNL_EXPR_FIB_DREG, REGISTER_1},
		   {NFTNL_EXPR_FIB_RESULT, NFT_FIB_RESULT_OIFNAME}, {NFTNL_EXPR_FIB_FLAGS, NFTA_FIB_F_SADDR});
	lookup(rules, devices, "", 0);
}

void match_priority(struct rules *rules, uint32_t classid)
{
	load_meta(rules, NFT_META_PRIORITY);
	compare(rules, NFT_CMP_EQ, &classid, sizeof(classid));
}

void match_mark(struct rules *rules, uint32_t mark)
{
	load_meta(rules, NFT_META_MARK);
	compare(rules, NFT_CMP_EQ, &mark, sizeof(mark));
}

void match_garden(struct rules *rules, uint32_t key, uint8_t nfproto, enum side side)
{
	match_family(rules, nfproto);
	load_meta(rules, key);
	load_address(rules, nfproto, side, REGISTER_2);
	lookup(rules, nfproto == NFPROTO_IPV4 ? SET_GARDEN4 : SET_GARDEN6, "", 0);
}

static void lookup_device_address(struct rules *rules, uint32_t key, uint8_t nfproto, enum side side,
				  enum set_id set)
{
	const uint32_t behind = nfproto == NFPROTO_IPV4 ? REGISTER_1_AND_4 : REGISTER_2;

	match_family(rules, nfproto);
	load_address(rules, nfproto, side, REGISTER_1);
	EXPRESSION(rules, "meta", {NFTNL_EXPR_META_KEY, key}, {NFTNL_EXPR_META_DREG, behind});
	lookup(rules, set, "", 0);
}

void match_device_address(struct rules *rules, uint32_t key, uint8_t nfproto, enum side side, enum set_id set)
{
	lookup_device_address(rules, key, nfproto, side, set);
}

void match_address_pair(struct rules *rules, uint8_t nfproto, enum set_id set)
{
	match_family(rules, nfproto);
	load_address(rules, nfproto, SOURCE, REGISTER_1);
	load_address(rules, nfproto, DESTINATION, nfproto == NFPROTO_IPV4 ? REGISTER_1_AND_4 : REGISTER_2);
	lookup(rules, set, "", 0);
}

void map_device(struct rules *rules, uint32_t key, enum set_id map)
{
	load_meta(rules, key);
	lookup(rules, map, "", 0);
	store_priority(rules);
}

void map_device_address(struct rules *rules, uint32_t key, uint8_t nfproto, enum side side, enum set_id map)
{
	lookup_device_address(rules, key, nfproto, side, map);
	store_priority(rules);
}

void load_station(struct rules *rules)
{
	match_ethernet(rules);
	load_meta(rules, NFT_META_IIFNAME);
	load_payload(rules, NFT_PAYLOAD_LL_HEADER, MAC_SOURCE, 6, REGISTER_2);
}

void map_guest4(struct rules *rules)
{
	match_family(rules, NFPROTO_IPV4);
	load_station(rules);
	load_address(rules, NFPROTO_IPV4, SOURCE, REGISTER_2_AND_8);
	lookup(rules, SET_GUEST_UP4, "", 0);
	store_priority(rules);
}

void map_guest6(struct rules *rules)
{
	load_station(rules);
	lookup(rules, SET_GUEST_UP6, "", 0);
	store_priority(rules);
}

void map_guest_down(struct rules *rules, const char *device)
{
	match_ethernet(rules);
	load_payload(rules, NFT_PAYLOAD_LL_HEADER, MAC_DESTINATION, 6, REGISTER_1);
	lookup(rules, SET_DOWN, device, 0);
	store_priority(rules);
}

void set_priority(struct rules *rules, uint32_t classid)
{
	load_immediate(rules, &classid, sizeof(classid));
	store_priority(rules);
}

void set_mark(struct rules *rules, uint32_t mark)
{
	load_immediate(rules, &mark, sizeof(mark));
	EXPRESSION(rules, "meta", {NFTNL_EXPR_META_KEY, NFT_META_MARK}, {NFTNL_EXPR_META_SREG, REGISTER_1});
	end_rule(rules);
}

void count_own(struct rules *rules)
{
	struct nftnl_expr *expr =
	    EXPRESSION(rules, "objref", {NFTNL_EXPR_OBJREF_IMM_TYPE, NFT_OBJECT_COUNTER});

	rule_text(rules, expr, NFTNL_EXPR_OBJREF_IMM_NAME, "own_down");
	end_rule(rules);
}

void verdict(struct rules *rules, int code, const char *chain)
{
	struct nftnl_expr *expr = EXPRESSION(rules, "immediate", {NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT},
					     {NFTNL_EXPR_IMM_VERDICT, (uint32_t)code});

	if (chain)
		rule_text(rules, expr, NFTNL_EXPR_IMM_CHAIN, chain);
	end_rule(rules);
}

void reject(struct rules *rules, uint32_t type, uint8_t code)
{
	struct nftnl_expr *expr = EXPRESSION(rules, "reject", {NFTNL_EXPR_REJECT_TYPE, type});

	if (expr)
		nftnl_expr_set_u8(expr, NFTNL_EXPR_REJECT_CODE, code);
	end_rule(rules);
}

void redirect(struct rules *rules, uint16_t port)
{
	const uint16_t wire = htons(port);

	load_immediate(rules, &wire, sizeof(wire));
	/* The kernel answers with both ends of the range. */
	EXPRESSION(rules, "redir", {NFTNL_EXPR_REDIR_REG_PROTO_MIN, REGISTER_1},
		   {NFTNL_EXPR_REDIR_REG_PROTO_MAX, REGISTER_1},
		   {NFTNL_EXPR_REDIR_FLAGS, NF_NAT_RANGE_PROTO_SPECIFIED});
	end_rule(rules);
}

void masquerade(struct rules *rules)
{
	expression(rules, "masq");
	end_rule(rules);
}
