// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What guests find at the gateway itself, and how much of it: DHCP, the resolver, the portal, ping. Nothing
 * else of the gateway's is theirs, logged in or not. And what all guests share with the offices, the
 * connection table, is given out here in portions.
 *
 * Why these numbers. A telephone that is in use holds 50 to 200 connections, one that shares files as many as
 * it gets; a captive one needs a browser's six for each of some hosts of the garden. All stations of a zone
 * together have 32 accounts, by the MAC's lowest bits, since counting means walking through the account: with
 * 2,048 in each a zone ends at 65,536 entries of those who are in and 16,384 of those who are not, and
 * whoever brings many MACs meets that; the table is made for half a million (etc/sysctl.d). New ones are
 * counted only as fast as the kernel forgets old ones in such an account (nf_conncount: some 8 a tick), which
 * is what the rates are for.
 */
#include "nft_rules.h"
#include <linux/if_ether.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>

#define MLD2_REPORT 143 /* RFC 3810 */

static const struct portion {
	enum set_id budget, own, shared;
	uint32_t per_second, burst, own_most, shared_most;
} captive_portion = {SET_NEW_BUDGET, SET_CONNECTIONS, SET_ZONE_CONNECTIONS, 20, 128, 64, 512},
  guest_portion = {SET_NEW_BUDGET_IN, SET_CONNECTIONS_IN, SET_ZONE_CONNECTIONS_IN, 100, 512, 512, 2048};

/* A tunnel through names carries some 100 bytes a question: 5 a second is no use to anybody, and a telephone
 * that opens its eyes asks some dozens at once. */
#define CAPTIVE_QUERIES 5
#define CAPTIVE_QUERIES_BURST 60
#define GUEST_QUERIES 50
#define GUEST_QUERIES_BURST 200

/* A packet that would make a new entry of the connection table. Too much of it is dropped in silence: answers
 * would help the flood, and a program that means well tries again. */
static void give_portion(struct rules *r, const struct portion *portion)
{
	match_beyond_rate(r, portion->budget, portion->per_second, portion->burst);
	drop(r);
	match_beyond_count(r, portion->own, portion->own_most);
	drop(r);
	match_beyond_count_of_many(r, portion->shared, portion->shared_most);
	drop(r);
	pass(r);
}

void rules_new_guest(ARGUMENTS)
{
	give_portion(r, &guest_portion);
}

void rules_new_captive(ARGUMENTS)
{
	give_portion(r, &captive_portion);
}

/* Something that we offer. Whoever is in is known by the MAC here: it is about portions, not about the gate.
 */
void rules_zone_service(ARGUMENTS)
{
	match_known_connection(r, IS_NOT);
	pass(r);
	match_unconfirmed_connection(r);
	map_guest6(r);
	go_to(r, "new_guest");
	match_unconfirmed_connection(r);
	go_to(r, "new_captive");
	pass(r);
}

void rules_zone_dns(ARGUMENTS)
{
	map_guest6(r);
	go_to(r, "zone_dns_in");
	match_within_rate(r, SET_DNS_BUDGET, CAPTIVE_QUERIES, CAPTIVE_QUERIES_BURST);
	go_to(r, "zone_service");
	drop(r);
}

void rules_zone_dns_in(ARGUMENTS)
{
	match_within_rate(r, SET_DNS_BUDGET_IN, GUEST_QUERIES, GUEST_QUERIES_BURST);
	go_to(r, "zone_service");
	drop(r);
}

/* A station asks for its own address: two or four messages, and some again. All that one sends without an
 * address are one connection, so that portions do not bound them, and a range of addresses would be gone in
 * seconds. */
#define DHCP_MESSAGES 1
#define DHCP_MESSAGES_BURST 12
/* Each may be an entry of the neighbour table, which the offices share. */
#define NEIGHBOUR_MESSAGES 20
#define NEIGHBOUR_MESSAGES_BURST 200

static void offer(struct rules *r, uint8_t protocol, uint16_t port)
{
	match_port(r, protocol, IS, port);
	go_to(r, "zone_service");
}

/* Neighbours, routers and multicast: never an entry of the connection table. */
static void pass_neighbours(struct rules *r)
{
	static const uint8_t types[] = {ND_ROUTER_SOLICIT,  ND_NEIGHBOR_SOLICIT, ND_NEIGHBOR_ADVERT,
					MLD_LISTENER_QUERY, MLD_LISTENER_REPORT, MLD_LISTENER_REDUCTION,
					MLD2_REPORT};

	for (size_t i = 0; i < ELEMENTS(types); i++) {
		if (types[i] >= ND_ROUTER_SOLICIT && types[i] <= ND_NEIGHBOR_ADVERT) {
			match_icmp(r, V6, types[i]);
			match_beyond_rate(r, SET_NEIGHBOUR_BUDGET, NEIGHBOUR_MESSAGES,
					  NEIGHBOUR_MESSAGES_BURST);
			drop(r);
		}
		match_icmp(r, V6, types[i]);
		pass(r);
	}
}

/* What a guest may ask of the gateway itself, logged in or not. */
void rules_zone_input(ARGUMENTS)
{
	match_port(r, IPPROTO_UDP, IS, PORT_DNS);
	go_to(r, "zone_dns");
	match_port(r, IPPROTO_TCP, IS, PORT_DNS);
	go_to(r, "zone_dns");
	match_port(r, IPPROTO_UDP, IS, 67);
	match_beyond_rate(r, SET_DHCP_BUDGET, DHCP_MESSAGES, DHCP_MESSAGES_BURST);
	drop(r);
	/* Replies to what the gateway began; a guest's own packets gain nothing by it, for they began here
	 * too. */
	match_known_connection(r, IS_NOT);
	pass(r);
	offer(r, IPPROTO_TCP, plan->portal_port);
	if (plan->tls_port)
		offer(r, IPPROTO_TCP, plan->tls_port);
	offer(r, IPPROTO_UDP, 67);
	offer(r, IPPROTO_UDP, 547);
	match_icmp(r, V4, ICMP_ECHO);
	go_to(r, "zone_service");
	match_icmp(r, V6, ICMP6_ECHO_REQUEST);
	go_to(r, "zone_service");
	pass_neighbours(r);
	/* Browsers and resolvers try these first, and wait where nobody answers. */
	match_port(r, IPPROTO_UDP, IS, PORT_HTTPS);
	go_to(r, "refuse");
	match_port(r, IPPROTO_UDP, IS, PORT_DNS_OVER_TLS);
	go_to(r, "refuse");
	match_protocol(r, IPPROTO_TCP);
	go_to(r, "refuse");
	drop(r);
}

/* ---- before the kernel reads on ---- */

/* A question to our resolver makes no entry of the connection table: the next one comes from another port,
 * and a telephone that wakes up would have used its portion for names alone. */
static void leave_questions_untracked(struct rules *r, const struct prefix *destination)
{
	match_ethertype(r, destination->addr.family == AF_INET ? ETH_P_IP : ETH_P_IPV6);
	match_port(r, IPPROTO_UDP, IS, PORT_DNS);
	match_destination_network(r, destination);
	do_not_track(r);
}

static void leave_all_questions_untracked(struct rules *r, const struct plan *plan,
					  const struct plan_device *zone, const struct prefix *link_local)
{
	for (size_t i = 0; i < plan->n_addresses; i++) {
		struct prefix own = plan->addresses[i].prefix;

		if (strcmp(plan->addresses[i].device, zone->name) != 0)
			continue;
		own.length = addr_bits(&own.addr);
		leave_questions_untracked(r, &own);
	}
	leave_questions_untracked(r, link_local);
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
void rules_zone_ingress(ARGUMENTS)
{
	static const struct prefix nobody4 = {.addr.family = AF_INET, .length = 32};
	static const struct prefix nobody6 = {.addr.family = AF_INET6, .length = 128};
	static const struct prefix link_local = {{.family = AF_INET6, .octets = {0xfe, 0x80}}, 10};

	leave_all_questions_untracked(r, plan, zone, &link_local);
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
