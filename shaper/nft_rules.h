/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the files of the rule set share: nft's words in short, and the chains that zones need, which
 * nft_rules.c hangs in their places. Nobody else includes this.
 */
#include "nft_private.h"

#define IIF NFT_META_IIFNAME
#define OIF NFT_META_OIFNAME
#define IS NFT_CMP_EQ
#define IS_NOT NFT_CMP_NEQ
#define V4 NFPROTO_IPV4
#define V6 NFPROTO_IPV6
#define PORT_DNS 53
#define PORT_HTTP 80
#define PORT_IPSEC_NAT 4500 /* RFC 3948: IKE, and ESP in UDP */
#define PORT_HTTPS 443
#define PORT_DNS_OVER_TLS 853

#define ARGUMENTS struct rules *r, _unused_ const struct plan *plan, _unused_ const struct plan_device *zone

static inline void pass(struct rules *r)
{
	verdict(r, NF_ACCEPT, NULL);
}

static inline void drop(struct rules *r)
{
	verdict(r, NF_DROP, NULL);
}

static inline void go_to(struct rules *r, const char *chain)
{
	verdict(r, NFT_GOTO, chain);
}

void drop_untranslatable(struct rules *r, const struct plan *plan);

/* Of guests, as they come and go (nft_zones.c) */
void rules_refuse(ARGUMENTS);
void rules_from_zone(ARGUMENTS);
void rules_guest_out(ARGUMENTS);
void rules_garden_out(ARGUMENTS);
void rules_garden_pass(ARGUMENTS);
void rules_to_zone(ARGUMENTS);
void rules_from_garden(ARGUMENTS);
void rules_zone_nat(ARGUMENTS);
void rules_zone_egress(ARGUMENTS);
/* Of guests, at the gateway itself (nft_services.c) */
void rules_new_guest(ARGUMENTS);
void rules_new_captive(ARGUMENTS);
void rules_zone_input(ARGUMENTS);
void rules_zone_dns(ARGUMENTS);
void rules_zone_dns_in(ARGUMENTS);
void rules_zone_service(ARGUMENTS);
void rules_zone_ingress(ARGUMENTS);
/* Of offices that have services, and what leaves marked (nft_office_services.c) */
bool services_needed(const struct plan *plan);
bool marks_needed(const struct plan *plan);
void match_service_office(struct rules *r);
void rules_service_up(ARGUMENTS);
void rules_service_down(ARGUMENTS);
void rules_mark(ARGUMENTS);
