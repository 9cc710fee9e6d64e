// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The packet path of offices that have services, and of marks towards the provider, rule by rule. An office's
 * class is known before a packet comes here, and what is looked up contains it: whatever a host writes into
 * its packets moves them within its own office alone. A packet without ports, or too short to have what is
 * asked for, matches nothing and stays where it is. Chains of this file exist only where the configuration
 * asks for them.
 */
#include "nft_rules.h"
#include <errno.h>

#define BEHIND_CLASS NFT_REG32_01
#define BEHIND_CLASS_AND_ADDRESS4 NFT_REG32_02
#define BEHIND_CLASS_AND_ADDRESS6 NFT_REG32_05
#define DSCP_MAX 63
#define DSCP_MASK4 0xfc /* of the second byte */
#define IP4_CHECKSUM_OFFSET 10

bool services_needed(const struct plan *plan)
{
	return plan->n_matches > 0;
}

bool marks_needed(const struct plan *plan)
{
	return plan->n_marks > 0 || plan->dscp_clear;
}

/* ---- words ---- */

static void load(struct rules *r, uint32_t key, uint32_t reg)
{
	EXPRESSION(r, "meta", {NFTNL_EXPR_META_KEY, key}, {NFTNL_EXPR_META_DREG, reg});
}

static void load_bytes(struct rules *r, uint32_t base, uint32_t offset, uint32_t length, uint32_t reg)
{
	EXPRESSION(r, "payload", {NFTNL_EXPR_PAYLOAD_DREG, reg}, {NFTNL_EXPR_PAYLOAD_BASE, base},
		   {NFTNL_EXPR_PAYLOAD_OFFSET, offset}, {NFTNL_EXPR_PAYLOAD_LEN, length});
}

static void set_bytes(struct rules *r, struct nftnl_expr *expr, uint16_t type, const void *bytes,
		      uint32_t length)
{
	if (expr && nftnl_expr_set_data(expr, type, bytes, length) < 0)
		r->error = -ENOMEM;
}

static void to_host_order(struct rules *r, uint32_t reg, uint32_t length, uint32_t op)
{
	EXPRESSION(r, "byteorder", {NFTNL_EXPR_BYTEORDER_SREG, reg}, {NFTNL_EXPR_BYTEORDER_DREG, reg},
		   {NFTNL_EXPR_BYTEORDER_OP, op}, {NFTNL_EXPR_BYTEORDER_LEN, length},
		   {NFTNL_EXPR_BYTEORDER_SIZE, length});
}

static void shift_right(struct rules *r, uint32_t reg, uint32_t length, uint32_t bits)
{
	struct nftnl_expr *expr =
	    EXPRESSION(r, "bitwise", {NFTNL_EXPR_BITWISE_SREG, reg}, {NFTNL_EXPR_BITWISE_DREG, reg},
		       {NFTNL_EXPR_BITWISE_OP, NFT_BITWISE_RSHIFT}, {NFTNL_EXPR_BITWISE_LEN, length});

	set_bytes(r, expr, NFTNL_EXPR_BITWISE_DATA, &bits, sizeof(bits));
}

/* The class as sets of ranges have it. */
static void load_range_class(struct rules *r)
{
	load(r, NFT_META_PRIORITY, REGISTER_1);
	to_host_order(r, REGISTER_1, 4, NFT_BYTEORDER_HTON);
}

static void find(struct rules *r, enum set_id set)
{
	struct nftnl_expr *expr =
	    EXPRESSION(r, "lookup", {NFTNL_EXPR_LOOKUP_SREG, REGISTER_1}, {NFTNL_EXPR_LOOKUP_FLAGS, 0});
	char name[SET_NAME];

	if (expr && set_types[set].map)
		nftnl_expr_set_u32(expr, NFTNL_EXPR_LOOKUP_DREG, REGISTER_1);
	rule_text(r, expr, NFTNL_EXPR_LOOKUP_SET, set_name(set, "", name));
}

static void take_class(struct rules *r, enum set_id map)
{
	find(r, map);
	EXPRESSION(r, "meta", {NFTNL_EXPR_META_KEY, NFT_META_PRIORITY}, {NFTNL_EXPR_META_SREG, REGISTER_1});
	pass(r);
}

/* ---- services ---- */

enum end { SOURCE_END, DESTINATION_END };

static void load_protocol_port(struct rules *r, enum end end, uint32_t reg)
{
	load(r, NFT_META_L4PROTO, reg);
	load_bytes(r, NFT_PAYLOAD_TRANSPORT_HEADER, end == SOURCE_END ? 0 : 2, 2, reg + 1);
}

static void by_far_end(struct rules *r, uint8_t family, enum end far, enum set_id map)
{
	const uint32_t behind = family == V4 ? BEHIND_CLASS_AND_ADDRESS4 : BEHIND_CLASS_AND_ADDRESS6;

	match_family(r, family);
	load_range_class(r);
	if (family == V4)
		load_bytes(r, NFT_PAYLOAD_NETWORK_HEADER, far == SOURCE_END ? 12 : 16, 4, BEHIND_CLASS);
	else
		load_bytes(r, NFT_PAYLOAD_NETWORK_HEADER, far == SOURCE_END ? 8 : 24, 16, BEHIND_CLASS);
	load_protocol_port(r, far, behind);
	take_class(r, map);
}

static void by_port(struct rules *r, enum end end, enum set_id map)
{
	load_range_class(r);
	load_protocol_port(r, end, BEHIND_CLASS);
	take_class(r, map);
}

/* IPv6 has it across two bytes, behind the version. */
static void load_dscp(struct rules *r, uint8_t family, uint32_t reg)
{
	static const uint8_t mask4[] = {DSCP_MASK4}, mask6[] = {0x0f, 0xc0};

	if (family == V4) {
		load_bytes(r, NFT_PAYLOAD_NETWORK_HEADER, 1, 1, reg);
		rule_mask(r, reg, mask4, sizeof(mask4));
		shift_right(r, reg, sizeof(mask4), 2);
		return;
	}
	load_bytes(r, NFT_PAYLOAD_NETWORK_HEADER, 0, 2, reg);
	rule_mask(r, reg, mask6, sizeof(mask6));
	to_host_order(r, reg, sizeof(mask6), NFT_BYTEORDER_NTOH);
	shift_right(r, reg, sizeof(mask6), 6);
}

static void by_dscp(struct rules *r, uint8_t family, enum set_id map)
{
	match_family(r, family);
	load(r, NFT_META_PRIORITY, REGISTER_1);
	load_dscp(r, family, BEHIND_CLASS);
	take_class(r, map);
}

/* Only what some row could match is asked. */
struct forms {
	bool far4, far6, ports, dscp;
};

static struct forms forms_of(const struct plan *plan)
{
	struct forms forms = {};

	for (size_t i = 0; i < plan->n_matches; i++) {
		const struct plan_match *row = &plan->matches[i];

		forms.dscp |= row->dscp != PLAN_DSCP_NONE;
		forms.far4 |= row->prefix.addr.family == AF_INET;
		forms.far6 |= row->prefix.addr.family == AF_INET6;
		forms.ports |= row->dscp == PLAN_DSCP_NONE && !row->prefix.addr.family;
	}
	return forms;
}

struct direction {
	enum end far, near;
	enum set_id far4, far6, ports, dscp;
};

static void look_up(struct rules *r, const struct plan *plan, const struct direction *direction)
{
	const struct forms forms = forms_of(plan);

	if (forms.far4)
		by_far_end(r, V4, direction->far, direction->far4);
	if (forms.far6)
		by_far_end(r, V6, direction->far, direction->far6);
	if (forms.ports) {
		by_port(r, direction->far, direction->ports);
		by_port(r, direction->near, direction->ports);
	}
	if (forms.dscp) {
		by_dscp(r, V4, direction->dscp);
		by_dscp(r, V6, direction->dscp);
	}
	pass(r);
}

void rules_service_up(ARGUMENTS)
{
	static const struct direction up = {DESTINATION_END,	 SOURCE_END,	       SET_SERVICE_FAR_UP4,
					    SET_SERVICE_FAR_UP6, SET_SERVICE_PORTS_UP, SET_SERVICE_DSCP_UP};

	look_up(r, plan, &up);
}

void rules_service_down(ARGUMENTS)
{
	static const struct direction down = {SOURCE_END,
					      DESTINATION_END,
					      SET_SERVICE_FAR_DOWN4,
					      SET_SERVICE_FAR_DOWN6,
					      SET_SERVICE_PORTS_DOWN,
					      SET_SERVICE_DSCP_DOWN};

	look_up(r, plan, &down);
}

void match_service_office(struct rules *r)
{
	load(r, NFT_META_PRIORITY, REGISTER_1);
	find(r, SET_SERVICE_OFFICES);
}

/* ---- marks ---- */

struct write {
	uint8_t mask[2], value[2];
	uint32_t checksum, offset;
};

/* Two bytes of the header anew: the congestion bits stay, and IPv4's checksum follows. */
static void set_dscp(struct rules *r, uint8_t family, uint8_t dscp)
{
	const uint16_t six = (uint16_t)(dscp << 6);
	const struct write write =
	    family == V4
		? (struct write){{0xff, 0x03},
				 {0, (uint8_t)(dscp << 2)},
				 NFT_PAYLOAD_CSUM_INET,
				 IP4_CHECKSUM_OFFSET}
		: (struct write){{0xf0, 0x3f}, {(uint8_t)(six >> 8), (uint8_t)six}, NFT_PAYLOAD_CSUM_NONE, 0};
	struct nftnl_expr *expr;

	load_bytes(r, NFT_PAYLOAD_NETWORK_HEADER, 0, 2, REGISTER_1);
	expr = EXPRESSION(r, "bitwise", {NFTNL_EXPR_BITWISE_SREG, REGISTER_1},
			  {NFTNL_EXPR_BITWISE_DREG, REGISTER_1}, {NFTNL_EXPR_BITWISE_LEN, 2});
	set_bytes(r, expr, NFTNL_EXPR_BITWISE_MASK, write.mask, sizeof(write.mask));
	set_bytes(r, expr, NFTNL_EXPR_BITWISE_XOR, write.value, sizeof(write.value));
	EXPRESSION(r, "payload", {NFTNL_EXPR_PAYLOAD_SREG, REGISTER_1},
		   {NFTNL_EXPR_PAYLOAD_BASE, NFT_PAYLOAD_NETWORK_HEADER}, {NFTNL_EXPR_PAYLOAD_OFFSET, 0},
		   {NFTNL_EXPR_PAYLOAD_LEN, 2}, {NFTNL_EXPR_PAYLOAD_CSUM_TYPE, write.checksum},
		   {NFTNL_EXPR_PAYLOAD_CSUM_OFFSET, write.offset});
	pass(r);
}

static void match_marked(struct rules *r, uint8_t family)
{
	static const uint8_t mask4[] = {DSCP_MASK4}, mask6[] = {0x0f, 0xc0}, zero[2];
	const uint32_t length = family == V4 ? sizeof(mask4) : sizeof(mask6);
	struct nftnl_expr *expr;

	load_bytes(r, NFT_PAYLOAD_NETWORK_HEADER, family == V4, length, REGISTER_1);
	rule_mask(r, REGISTER_1, family == V4 ? mask4 : mask6, length);
	expr = EXPRESSION(r, "cmp", {NFTNL_EXPR_CMP_SREG, REGISTER_1}, {NFTNL_EXPR_CMP_OP, NFT_CMP_NEQ});
	set_bytes(r, expr, NFTNL_EXPR_CMP_DATA, zero, length);
}

static void match_mark_of_class(struct rules *r, uint8_t dscp)
{
	struct nftnl_expr *expr;

	load(r, NFT_META_PRIORITY, REGISTER_1);
	expr = EXPRESSION(r, "immediate", {NFTNL_EXPR_IMM_DREG, BEHIND_CLASS});
	set_bytes(r, expr, NFTNL_EXPR_IMM_DATA, &dscp, sizeof(dscp));
	find(r, SET_MARKS);
}

static bool is_used(const struct plan *plan, uint8_t dscp)
{
	for (size_t i = 0; i < plan->n_marks; i++)
		if (plan->marks[i].dscp == dscp)
			return true;
	return false;
}

/* A kernel of this age writes constants alone: a rule a value, of which a city has two or three. */
static void mark_all(struct rules *r, const struct plan *plan, uint8_t family)
{
	for (uint8_t dscp = 0; dscp <= DSCP_MAX; dscp++) {
		if (!is_used(plan, dscp))
			continue;
		match_family(r, family);
		match_mark_of_class(r, dscp);
		set_dscp(r, family, dscp);
	}
	if (!plan->dscp_clear)
		return;
	match_family(r, family);
	match_marked(r, family);
	set_dscp(r, family, 0);
}

/* Behind all that classifies: what is written here changes no packet's class. */
void rules_mark(ARGUMENTS)
{
	match_device(r, OIF, IS_NOT, plan->uplink);
	pass(r);
	mark_all(r, plan, V4);
	mark_all(r, plan, V6);
}
