// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The packet path in words: every chain of ours, rule by rule. Who may pass is decided by sets and maps,
 * which change with offices, zones and guests; these rules change with the configuration alone. Three things
 * must never happen here: a connection-tracking state that lets a guest's packet past the gate
 * (kernel-facts.md 22), a packet of the uplink for a LAN device left without a class of ours (it would take
 * the gateway's own), and a rule of another table.
 */
#include "nft_private.h"
#include <errno.h>
#include <linux/if_ether.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>

#define DIRECT CLASS_DOWN(0) /* HTB's direct queue: neither shaped nor counted (kernel-facts.md 23) */

#define IIF NFT_META_IIFNAME
#define OIF NFT_META_OIFNAME
#define IS NFT_CMP_EQ
#define IS_NOT NFT_CMP_NEQ
#define V4 NFPROTO_IPV4
#define V6 NFPROTO_IPV6
#define PORT_HTTP 80
#define MLD2_REPORT 143 /* RFC 3810 */

#define ARGUMENTS struct rules *r, _unused_ const struct plan *plan, _unused_ const struct plan_device *zone

static void pass(struct rules *r)
{
	verdict(r, NF_ACCEPT, NULL);
}

static void drop(struct rules *r)
{
	verdict(r, NF_DROP, NULL);
}

static void go_to(struct rules *r, const char *chain)
{
	verdict(r, NFT_GOTO, chain);
}

/* A guest's program is told at once, so that a telephone notices the portal instead of waiting. */
static void refuse(ARGUMENTS)
{
	match_protocol(r, IPPROTO_TCP);
	reject(r, NFT_REJECT_TCP_RST, 0);
	reject(r, NFT_REJECT_ICMPX_UNREACH, NFT_REJECT_ICMPX_ADMIN_PROHIBITED);
}

/* Connection tracking does not translate what belongs to no connection: it would leave by the uplink with the
 * address that it has in here. */
static void drop_untranslatable(struct rules *r, const struct plan *plan)
{
	if (plan->nat) {
		match_family(r, V4);
		match_invalid_connection(r);
		drop(r);
	}
	if (plan->nat66) {
		match_family(r, V6);
		match_invalid_connection(r);
		drop(r);
	}
}

static void from_zone(ARGUMENTS)
{
	match_device_set(r, IIF, SET_OPEN_ZONES, true);
	go_to(r, "refuse");
	match_device(r, OIF, IS_NOT, plan->uplink);
	go_to(r, "refuse");
	drop_untranslatable(r, plan);
	map_guest4(r);
	pass(r);
	match_device_address(r, IIF, V6, SOURCE, SET_ZONE_ADDRESSES6);
	map_guest6(r);
	pass(r);
	go_to(r, "refuse");
}

static void from_office(ARGUMENTS)
{
	map_device_address(r, IIF, V4, SOURCE, SET_OFFICE_UP4);
	go_to(r, "office_out");
	map_device_address(r, IIF, V6, SOURCE, SET_OFFICE_UP6);
	go_to(r, "office_out");
	drop(r);
}

static void office_to_uplink(ARGUMENTS)
{
	drop_untranslatable(r, plan);
	pass(r);
}

static void office_out(ARGUMENTS)
{
	match_device(r, OIF, IS, plan->uplink);
	go_to(r, "office_to_uplink");
	match_device_set(r, OIF, SET_OFFICE_DEVICES, false);
	go_to(r, "office_to_office");
	match_device_set(r, OIF, SET_ZONE_DEVICES, false);
	drop(r);
}

static void office_to_office(ARGUMENTS)
{
	if (!plan->between_offices) {
		match_address_pair(r, V4, SET_SAME_OFFICE4);
		set_priority(r, DIRECT);
		pass(r);
		match_address_pair(r, V6, SET_SAME_OFFICE6);
		set_priority(r, DIRECT);
		pass(r);
		reject(r, NFT_REJECT_ICMPX_UNREACH, NFT_REJECT_ICMPX_ADMIN_PROHIBITED);
		return;
	}
	set_priority(r, DIRECT);
	pass(r);
}

static void from_uplink(ARGUMENTS)
{
	match_device_set(r, OIF, SET_OFFICE_DEVICES, false);
	go_to(r, "to_office");
	match_device_set(r, OIF, SET_ZONE_DEVICES, false);
	go_to(r, "to_zone");
	match_device(r, OIF, IS, plan->uplink);
	set_priority(r, CLASS_UP(PLAN_UNATTRIBUTED));
	end_rule(r);
}

static void to_office(ARGUMENTS)
{
	set_priority(r, CLASS_DOWN(PLAN_UNATTRIBUTED));
	end_rule(r);
	map_device_address(r, OIF, V4, DESTINATION, SET_OFFICE_DOWN4);
	pass(r);
	map_device_address(r, OIF, V6, DESTINATION, SET_OFFICE_DOWN6);
	pass(r);
}

/* Nobody outside opens a connection to a telephone, nor makes the gateway look for neighbours that do not
 * exist. Whose packet it is shows at the device's egress, where the MAC is known. */
static void to_zone(ARGUMENTS)
{
	match_device_set(r, OIF, SET_OPEN_ZONES, true);
	drop(r);
	match_known_connection(r, IS);
	drop(r);
	map_device(r, OIF, SET_ZONE_REST);
	pass(r);
	drop(r);
}

static void forward(ARGUMENTS)
{
	match_device(r, IIF, IS, plan->uplink);
	go_to(r, "from_uplink");
	match_device_set(r, IIF, SET_OFFICE_DEVICES, false);
	go_to(r, "from_office");
	match_device_set(r, IIF, SET_ZONE_DEVICES, false);
	go_to(r, "from_zone");
	/* Devices that are not ours: */
	match_device_set(r, OIF, SET_ZONE_DEVICES, false);
	drop(r);
	match_device_set(r, OIF, SET_OFFICE_DEVICES, false);
	set_priority(r, DIRECT);
	end_rule(r);
	match_device(r, OIF, IS, plan->uplink);
	set_priority(r, CLASS_UP(PLAN_UNATTRIBUTED));
	end_rule(r);
}

/* What a guest may ask of the gateway itself, logged in or not. */
static void zone_input(ARGUMENTS)
{
	static const struct {
		uint8_t protocol;
		uint16_t port;
	} services[] = {{IPPROTO_UDP, 67}, {IPPROTO_UDP, 53}, {IPPROTO_TCP, 53}, {IPPROTO_UDP, 547}};
	static const uint8_t icmp6[] = {ICMP6_ECHO_REQUEST,	ND_ROUTER_SOLICIT,  ND_NEIGHBOR_SOLICIT,
					ND_NEIGHBOR_ADVERT,	MLD_LISTENER_QUERY, MLD_LISTENER_REPORT,
					MLD_LISTENER_REDUCTION, MLD2_REPORT};

	/* Replies to what the gateway began; a guest's own packets gain nothing by it, for they began here
	 * too. */
	match_known_connection(r, IS_NOT);
	pass(r);
	for (size_t i = 0; i < ELEMENTS(services); i++) {
		match_port(r, services[i].protocol, IS, services[i].port);
		pass(r);
	}
	match_port(r, IPPROTO_TCP, IS, plan->portal_port);
	pass(r);
	match_icmp(r, V4, ICMP_ECHO);
	pass(r);
	for (size_t i = 0; i < ELEMENTS(icmp6); i++) {
		match_icmp(r, V6, icmp6[i]);
		pass(r);
	}
	match_protocol(r, IPPROTO_TCP);
	reject(r, NFT_REJECT_TCP_RST, 0);
	drop(r);
}

/* Whoever takes an address of ours outside would have the gateway's answers sent to it in here: a way in
 * for somebody who is not. */
static void input(ARGUMENTS)
{
	match_device_set(r, IIF, SET_UPLINK_DEVICE, false);
	count_own(r);
	match_device_set(r, IIF, SET_UPLINK_DEVICE, false);
	match_source_behind(r, SET_ZONE_DEVICES);
	drop(r);
	match_device_set(r, IIF, SET_UPLINK_DEVICE, false);
	match_source_behind(r, SET_OFFICE_DEVICES);
	drop(r);
	match_device_set(r, IIF, SET_ZONE_DEVICES, false);
	go_to(r, "zone_input");
	/* The portal is for zones. */
	match_device_set(r, IIF, SET_UPLINK_DEVICE, false);
	match_port(r, IPPROTO_TCP, IS, plan->portal_port);
	drop(r);
	match_device_set(r, IIF, SET_OFFICE_DEVICES, false);
	match_port(r, IPPROTO_TCP, IS, plan->portal_port);
	reject(r, NFT_REJECT_TCP_RST, 0);
}

/* The gateway's own packets do not queue behind the uplink's. */
static void output(ARGUMENTS)
{
	match_device_set(r, OIF, SET_OFFICE_DEVICES, false);
	set_priority(r, DIRECT);
	end_rule(r);
	match_device_set(r, OIF, SET_ZONE_DEVICES, false);
	set_priority(r, DIRECT);
	end_rule(r);
}

/* Port 80 of zones only. A map cannot be asked without taking its value; the priority set here is replaced in
 * forward. */
static void zone_nat(ARGUMENTS)
{
	match_local_destination(r);
	match_protocol(r, IPPROTO_TCP);
	redirect(r, plan->portal_port);
	match_device_set(r, IIF, SET_OPEN_ZONES, false);
	map_guest4(r);
	pass(r);
	match_device_set(r, IIF, SET_OPEN_ZONES, false);
	match_device_address(r, IIF, V6, SOURCE, SET_ZONE_ADDRESSES6);
	map_guest6(r);
	pass(r);
	match_protocol(r, IPPROTO_TCP);
	redirect(r, plan->portal_port);
}

static void prerouting(ARGUMENTS)
{
	match_device_set(r, IIF, SET_ZONE_DEVICES, false);
	match_port(r, IPPROTO_TCP, IS, PORT_HTTP);
	go_to(r, "zone_nat");
}

static void postrouting(ARGUMENTS)
{
	/* A neighbour on the uplink is not to hide behind the gateway's address. */
	match_device_set(r, IIF, SET_UPLINK_DEVICE, false);
	pass(r);
	if (plan->nat) {
		match_device_set(r, OIF, SET_UPLINK_DEVICE, false);
		match_family(r, V4);
		masquerade(r);
	}
	if (plan->nat66) {
		match_device_set(r, OIF, SET_UPLINK_DEVICE, false);
		match_family(r, V6);
		masquerade(r);
	}
}

/* Runs before clsact (kernel-facts.md 21). What was forwarded to the zone carries the zone's own class until
 * here: it is some guest's or it is nobody's. */
static void zone_egress(ARGUMENTS)
{
	match_priority(r, CLASS_DOWN(zone->minor));
	map_guest_down(r, zone->name);
	pass(r);
	match_priority(r, CLASS_DOWN(zone->minor));
	drop(r);
}

static void pass_zone_network(struct rules *r, const struct plan *plan, const struct plan_device *zone,
			      uint8_t family, void (*match)(struct rules *, const struct prefix *))
{
	for (size_t i = 0; i < plan->n_addresses; i++) {
		const struct plan_address *row = &plan->addresses[i];

		if (row->prefix.addr.family != family || strcmp(row->device, zone->name) != 0)
			continue;
		match_ethertype(r, match == match_arp_source_network ? ETH_P_ARP
				   : family == AF_INET		     ? ETH_P_IP
								     : ETH_P_IPV6);
		match(r, &row->prefix);
		pass(r);
	}
}

/* The gateway answers whoever asks it, refuses whom it does not let through, and reports errors: to the
 * address that the asker gave itself. Were that an address outside, the answer would carry the asker's bytes
 * there, past the gate. So a source that is not the zone's ends here, before the kernel reads on. */
static void zone_ingress(ARGUMENTS)
{
	static const struct prefix nobody4 = {.addr.family = AF_INET, .length = 32};
	static const struct prefix nobody6 = {.addr.family = AF_INET6, .length = 128};
	static const struct prefix link_local = {{.family = AF_INET6, .octets = {0xfe, 0x80}}, 10};

	pass_zone_network(r, plan, zone, AF_INET, match_source_network);
	match_ethertype(r, ETH_P_IP);
	match_source_network(r, &nobody4); /* asks for an address */
	pass(r);
	match_ethertype(r, ETH_P_IP);
	drop(r);
	pass_zone_network(r, plan, zone, AF_INET6, match_source_network);
	match_ethertype(r, ETH_P_IPV6);
	match_source_network(r, &link_local);
	pass(r);
	match_ethertype(r, ETH_P_IPV6);
	match_source_network(r, &nobody6);
	pass(r);
	match_ethertype(r, ETH_P_IPV6);
	drop(r);
	/* A neighbour of another network would only fill the table that all devices share. */
	pass_zone_network(r, plan, zone, AF_INET, match_arp_source_network);
	match_ethertype(r, ETH_P_ARP);
	match_arp_source_network(r, &nobody4);
	pass(r);
	match_ethertype(r, ETH_P_ARP);
	drop(r);
}

static const struct chain chains[] = {
    {NFPROTO_INET, "refuse", .write = refuse},
    {NFPROTO_INET, "from_zone", .write = from_zone},
    {NFPROTO_INET, "from_office", .write = from_office},
    {NFPROTO_INET, "office_out", .write = office_out},
    {NFPROTO_INET, "office_to_uplink", .write = office_to_uplink},
    {NFPROTO_INET, "office_to_office", .write = office_to_office},
    {NFPROTO_INET, "from_uplink", .write = from_uplink},
    {NFPROTO_INET, "to_office", .write = to_office},
    {NFPROTO_INET, "to_zone", .write = to_zone},
    {NFPROTO_INET, "zone_input", .write = zone_input},
    {NFPROTO_INET, "zone_nat", .write = zone_nat},
    {NFPROTO_INET, "forward", "filter", NF_INET_FORWARD, 0, .write = forward},
    {NFPROTO_INET, "input", "filter", NF_INET_LOCAL_IN, 0, .write = input},
    {NFPROTO_INET, "output", "filter", NF_INET_LOCAL_OUT, 0, .write = output},
    {NFPROTO_INET, "prerouting", "nat", NF_INET_PRE_ROUTING, -100, .write = prerouting},
    {NFPROTO_INET, "postrouting", "nat", NF_INET_POST_ROUTING, 100, .write = postrouting},
};

static int zone_chains_each(const struct plan_device *zone,
			    int (*seen)(const struct chain *chain, void *data), void *data)
{
	char ingress[sizeof("in_") + IFNAMSIZ];
	struct chain chain = {.family = NFPROTO_NETDEV,
			      .name = zone->name,
			      .type = "filter",
			      .hook = NF_NETDEV_EGRESS,
			      .device = zone->name,
			      .write = zone_egress,
			      .zone = zone};
	int r = seen(&chain, data);

	snprintf(ingress, sizeof(ingress), "in_%s", zone->name);
	chain.name = ingress;
	chain.hook = NF_NETDEV_INGRESS;
	chain.write = zone_ingress;
	return r ? r : seen(&chain, data);
}

int chains_each(const struct plan *want, int (*seen)(const struct chain *chain, void *data), void *data)
{
	int r = 0;

	for (size_t i = 0; i < ELEMENTS(chains) && r == 0; i++)
		r = seen(&chains[i], data);
	for (size_t i = 0; i < want->n_devices && r == 0; i++)
		if (want->devices[i].role == PLAN_ZONE)
			r = zone_chains_each(&want->devices[i], seen, data);
	return r;
}

int chain_rules(const struct chain *chain, const struct plan *want, int (*sink)(struct nftnl_rule *, void *),
		void *data)
{
	struct rules rules = {
	    .table = NFT_TABLE, .family = chain->family, .chain = chain->name, .sink = sink, .data = data};

	chain->write(&rules, want, chain->zone);
	if (rules.rule)
		nftnl_rule_free(rules.rule);
	return rules.error;
}

void put_chain(struct transaction *transaction, const char *table, const struct chain *chain)
{
	struct nlmsghdr *message =
	    transaction_message(transaction, NFT_MSG_NEWCHAIN, chain->family, NLM_F_CREATE | NLM_F_EXCL);
	struct nftnl_chain *c;

	if (!message)
		return;
	c = nftnl_chain_alloc();
	if (!c || nftnl_chain_set_str(c, NFTNL_CHAIN_TABLE, table) < 0 ||
	    nftnl_chain_set_str(c, NFTNL_CHAIN_NAME, chain->name) < 0 ||
	    (chain->type && nftnl_chain_set_str(c, NFTNL_CHAIN_TYPE, chain->type) < 0) ||
	    (chain->device && nftnl_chain_set_str(c, NFTNL_CHAIN_DEV, chain->device) < 0)) {
		transaction->error = -ENOMEM;
	} else {
		if (chain->type) {
			nftnl_chain_set_u32(c, NFTNL_CHAIN_HOOKNUM, chain->hook);
			nftnl_chain_set_s32(c, NFTNL_CHAIN_PRIO, chain->priority);
			nftnl_chain_set_u32(c, NFTNL_CHAIN_POLICY, NF_ACCEPT);
		}
		nftnl_chain_nlmsg_build_payload(message, c);
		transaction_add(transaction);
	}
	if (c)
		nftnl_chain_free(c);
}

int put_rule(struct nftnl_rule *rule, void *data)
{
	struct transaction *transaction = data;
	struct nlmsghdr *message =
	    transaction_message(transaction, NFT_MSG_NEWRULE, nftnl_rule_get_u32(rule, NFTNL_RULE_FAMILY),
				NLM_F_CREATE | NLM_F_APPEND);

	if (!message)
		return transaction->error;
	nftnl_rule_nlmsg_build_payload(message, rule);
	transaction_add(transaction);
	return 0;
}
