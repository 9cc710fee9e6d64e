// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The packet path in words: every chain of ours, rule by rule. Who may pass is decided by sets and maps,
 * which change with offices, zones and guests; these rules change with the configuration alone. Three things
 * must never happen here: a connection-tracking state that lets a guest's packet past the gate
 * (kernel-facts.md 22), a packet of the uplink for a LAN device left without a class of ours (it would take
 * the gateway's own), and a rule of another table.
 */
#include "nft_rules.h"
#include <errno.h>

#define DIRECT CLASS_DOWN(0) /* HTB's direct queue: neither shaped nor counted (kernel-facts.md 23) */

/* Connection tracking does not translate what belongs to no connection: it would leave by the uplink with the
 * address that it has in here. */
void drop_untranslatable(struct rules *r, const struct plan *plan)
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
	if (services_needed(plan)) {
		match_service_office(r);
		go_to(r, "service_up");
	}
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

static void enter_office(struct rules *r, const struct plan *plan)
{
	if (services_needed(plan))
		go_to(r, "office_in");
	else
		pass(r);
}

static void to_office(ARGUMENTS)
{
	set_priority(r, CLASS_DOWN(PLAN_UNATTRIBUTED));
	end_rule(r);
	map_device_address(r, OIF, V4, DESTINATION, SET_OFFICE_DOWN4);
	enter_office(r, plan);
	map_device_address(r, OIF, V6, DESTINATION, SET_OFFICE_DOWN6);
	enter_office(r, plan);
}

static void office_in(ARGUMENTS)
{
	match_service_office(r);
	go_to(r, "service_down");
	pass(r);
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

static void keep_portal_for_zones(struct rules *r, uint16_t port)
{
	match_device_set(r, IIF, SET_UPLINK_DEVICE, false);
	match_port(r, IPPROTO_TCP, IS, port);
	drop(r);
	match_device_set(r, IIF, SET_OFFICE_DEVICES, false);
	match_port(r, IPPROTO_TCP, IS, port);
	reject(r, NFT_REJECT_TCP_RST, 0);
}

/* What a tunnel of the kernel's that ends here unpacks comes by once more, as what was inside, and is counted
 * as that. */
static void own(ARGUMENTS)
{
	match_protocol(r, IPPROTO_ESP);
	verdict(r, NFT_RETURN, NULL);
	match_protocol(r, IPPROTO_AH);
	verdict(r, NFT_RETURN, NULL);
	match_port(r, IPPROTO_UDP, IS, PORT_IPSEC_NAT);
	verdict(r, NFT_RETURN, NULL);
	count_own(r);
}

/* Whoever takes an address of ours outside would have the gateway's answers sent to it in here: a way in
 * for somebody who is not. */
static void input(ARGUMENTS)
{
	match_device_set(r, IIF, SET_UPLINK_DEVICE, false);
	verdict(r, NFT_JUMP, "own");
	match_device_set(r, IIF, SET_UPLINK_DEVICE, false);
	match_source_behind(r, SET_ZONE_DEVICES);
	drop(r);
	match_device_set(r, IIF, SET_UPLINK_DEVICE, false);
	match_source_behind(r, SET_OFFICE_DEVICES);
	drop(r);
	match_device_set(r, IIF, SET_ZONE_DEVICES, false);
	go_to(r, "zone_input");
	keep_portal_for_zones(r, plan->portal_port);
	if (plan->tls_port)
		keep_portal_for_zones(r, plan->tls_port);
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

static void prerouting(ARGUMENTS)
{
	match_device_set(r, IIF, SET_ZONE_DEVICES, false);
	match_port(r, IPPROTO_TCP, IS, PORT_HTTP);
	go_to(r, "zone_nat");
	if (!plan->tls_port)
		return;
	/* Somebody else's HTTPS is never answered here: it would be a lie that the browser sees through. */
	match_device_set(r, IIF, SET_ZONE_DEVICES, false);
	match_port(r, IPPROTO_TCP, IS, PORT_HTTPS);
	match_local_destination(r);
	redirect(r, plan->tls_port);
}

/* Answers to questions that zone_ingress lets pass untracked. */
static void output_untracked(ARGUMENTS)
{
	match_device_set(r, OIF, SET_ZONE_DEVICES, false);
	match_source_port(r, IPPROTO_UDP, PORT_DNS);
	do_not_track(r);
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

static const struct chain chains[] = {
    {NFPROTO_INET, "service_up", .write = rules_service_up, .needed = services_needed},
    {NFPROTO_INET, "service_down", .write = rules_service_down, .needed = services_needed},
    {NFPROTO_INET, "office_in", .write = office_in, .needed = services_needed},
    {NFPROTO_INET, "to_provider", "filter", NF_INET_POST_ROUTING, -150, .write = rules_mark,
     .needed = marks_needed},
    {NFPROTO_INET, "refuse", .write = rules_refuse},
    {NFPROTO_INET, "new_guest", .write = rules_new_guest},
    {NFPROTO_INET, "new_captive", .write = rules_new_captive},
    {NFPROTO_INET, "guest_out", .write = rules_guest_out},
    {NFPROTO_INET, "garden_pass", .write = rules_garden_pass},
    {NFPROTO_INET, "garden_out", .write = rules_garden_out},
    {NFPROTO_INET, "from_garden", .write = rules_from_garden},
    {NFPROTO_INET, "from_zone", .write = rules_from_zone},
    {NFPROTO_INET, "from_office", .write = from_office},
    {NFPROTO_INET, "office_out", .write = office_out},
    {NFPROTO_INET, "office_to_uplink", .write = office_to_uplink},
    {NFPROTO_INET, "office_to_office", .write = office_to_office},
    {NFPROTO_INET, "from_uplink", .write = from_uplink},
    {NFPROTO_INET, "to_office", .write = to_office},
    {NFPROTO_INET, "to_zone", .write = rules_to_zone},
    {NFPROTO_INET, "zone_service", .write = rules_zone_service},
    {NFPROTO_INET, "zone_dns_in", .write = rules_zone_dns_in},
    {NFPROTO_INET, "zone_dns", .write = rules_zone_dns},
    {NFPROTO_INET, "zone_input", .write = rules_zone_input},
    {NFPROTO_INET, "zone_nat", .write = rules_zone_nat},
    {NFPROTO_INET, "own", .write = own},
    {NFPROTO_INET, "forward", "filter", NF_INET_FORWARD, 0, .write = forward},
    {NFPROTO_INET, "input", "filter", NF_INET_LOCAL_IN, 0, .write = input},
    {NFPROTO_INET, "output", "filter", NF_INET_LOCAL_OUT, 0, .write = output},
    {NFPROTO_INET, "untracked", "filter", NF_INET_LOCAL_OUT, -300, .write = output_untracked},
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
			      .write = rules_zone_egress,
			      .zone = zone};
	int r = seen(&chain, data);

	snprintf(ingress, sizeof(ingress), "in_%s", zone->name);
	chain.name = ingress;
	chain.hook = NF_NETDEV_INGRESS;
	chain.write = rules_zone_ingress;
	return r ? r : seen(&chain, data);
}

int chains_each(const struct plan *want, int (*seen)(const struct chain *chain, void *data), void *data)
{
	int r = 0;

	for (size_t i = 0; i < ELEMENTS(chains) && r == 0; i++)
		r = !chains[i].needed || chains[i].needed(want) ? seen(&chains[i], data) : 0;
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
