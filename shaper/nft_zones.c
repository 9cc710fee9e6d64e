// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The packet path of guests, rule by rule: who is in goes out and gets his answers; who is not is refused at
 * once, but for the garden. Every packet is judged by the sets, whatever connection it belongs to: a state of
 * the connection table must never let a packet past the gate (kernel-facts.md 22). Only what is let through
 * asks that table, whether it may have another entry.
 */
#include "nft_rules.h"
#include <linux/if_ether.h>

/* What answers from the garden carry between forward, where the address is known, and the device's egress,
 * where the guest is. Nobody else's packets have it: it is ours to set, and a value that nobody guesses. */
#define GARDEN_MARK 0x67617264

static const struct {
	uint8_t protocol;
	uint16_t port;
} garden_services[] = {{IPPROTO_TCP, PORT_HTTPS}, {IPPROTO_TCP, PORT_HTTP}, {IPPROTO_UDP, PORT_HTTPS}};

/* A guest's program is told at once, so that a telephone notices the portal instead of waiting. Who is told
 * makes an entry of the neighbour table, and has as many addresses as it likes: no program tries so often. */
#define REFUSED 200
#define REFUSED_BURST 1000

void rules_refuse(ARGUMENTS)
{
	match_beyond_rate(r, SET_REFUSED_BUDGET, REFUSED, REFUSED_BURST);
	drop(r);
	match_protocol(r, IPPROTO_TCP);
	reject(r, NFT_REJECT_TCP_RST, 0);
	reject(r, NFT_REJECT_ICMPX_UNREACH, NFT_REJECT_ICMPX_ADMIN_PROHIBITED);
}

void rules_from_zone(ARGUMENTS)
{
	match_device_set(r, IIF, SET_OPEN_ZONES, true);
	go_to(r, "refuse");
	match_device(r, OIF, IS_NOT, plan->uplink);
	go_to(r, "refuse");
	drop_untranslatable(r, plan);
	map_guest4(r);
	go_to(r, "guest_out");
	match_device_address(r, IIF, V6, SOURCE, SET_ZONE_ADDRESSES6);
	map_guest6(r);
	go_to(r, "guest_out");
	match_garden(r, IIF, V4, DESTINATION);
	go_to(r, "garden_out");
	match_device_address(r, IIF, V6, SOURCE, SET_ZONE_ADDRESSES6);
	match_garden(r, IIF, V6, DESTINATION);
	go_to(r, "garden_out");
	go_to(r, "refuse");
}

void rules_guest_out(ARGUMENTS)
{
	match_unconfirmed_connection(r);
	go_to(r, "new_guest");
	pass(r);
}

/* Whoever is not in borrows from the zone. */
void rules_garden_out(ARGUMENTS)
{
	for (size_t i = 0; i < ELEMENTS(garden_services); i++) {
		match_port(r, garden_services[i].protocol, IS, garden_services[i].port);
		map_device(r, IIF, SET_ZONE_REST_UP);
		go_to(r, "garden_pass");
	}
	go_to(r, "refuse");
}

void rules_garden_pass(ARGUMENTS)
{
	match_unconfirmed_connection(r);
	go_to(r, "new_captive");
	pass(r);
}

/* Nobody outside opens a connection to a telephone, nor makes the gateway look for neighbours that do not
 * exist. Whose packet it is shows at the device's egress, where the MAC is known. */
void rules_to_zone(ARGUMENTS)
{
	match_device_set(r, OIF, SET_OPEN_ZONES, true);
	drop(r);
	match_known_connection(r, IS);
	drop(r);
	match_garden(r, OIF, V4, SOURCE);
	verdict(r, NFT_JUMP, "from_garden");
	match_garden(r, OIF, V6, SOURCE);
	verdict(r, NFT_JUMP, "from_garden");
	map_device(r, OIF, SET_ZONE_REST);
	pass(r);
	drop(r);
}

void rules_from_garden(ARGUMENTS)
{
	for (size_t i = 0; i < ELEMENTS(garden_services); i++) {
		match_source_port(r, garden_services[i].protocol, garden_services[i].port);
		set_mark(r, GARDEN_MARK);
	}
}

/* Port 80 of zones only. A map cannot be asked without taking its value; the priority set here is replaced in
 * forward. */
void rules_zone_nat(ARGUMENTS)
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
	match_device_set(r, IIF, SET_OPEN_ZONES, false);
	match_garden(r, IIF, V4, DESTINATION);
	pass(r);
	match_device_set(r, IIF, SET_OPEN_ZONES, false);
	match_device_address(r, IIF, V6, SOURCE, SET_ZONE_ADDRESSES6);
	match_garden(r, IIF, V6, DESTINATION);
	pass(r);
	match_protocol(r, IPPROTO_TCP);
	redirect(r, plan->portal_port);
}

/* Names over TCP: an answer has up to 64 kB, and few packets of a guest's ask for and acknowledge megabytes,
 * which no budget of packets holds up. A telephone needs them only for the rare answer that is too long for a
 * datagram. So all who are not in share little; whoever is in has his own class. */
#define CAPTIVE_STREAM_BYTES 16384
#define CAPTIVE_STREAM_BURST 131072

static void give_streams_of_names(struct rules *r, const struct plan_device *zone)
{
	match_priority(r, CLASS_DOWN(0));
	match_source_port(r, IPPROTO_TCP, PORT_DNS);
	map_guest_down(r, zone->name);
	pass(r);
	match_priority(r, CLASS_DOWN(0));
	match_source_port(r, IPPROTO_TCP, PORT_DNS);
	match_beyond_bytes(r, CAPTIVE_STREAM_BYTES, CAPTIVE_STREAM_BURST);
	drop(r);
}

/* Runs before clsact (kernel-facts.md 21). What was forwarded to the zone carries the zone's own class until
 * here: it is some guest's, or the garden's, or nobody's. */
void rules_zone_egress(ARGUMENTS)
{
	give_streams_of_names(r, zone);
	match_priority(r, CLASS_DOWN(zone->minor));
	map_guest_down(r, zone->name);
	pass(r);
	match_priority(r, CLASS_DOWN(zone->minor));
	match_mark(r, GARDEN_MARK);
	pass(r);
	match_priority(r, CLASS_DOWN(zone->minor));
	drop(r);
}
