/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Router advertisements of the zones that have an IPv6 prefix (RFC 4861, 6.2): a few soon after the start,
 * then every 200 to 600 seconds, in answer to solicitations, and a last one of lifetime zero. One raw socket
 * for all; each packet names its device and leaves with hop limit 255 from the device's link-local address.
 */
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include "../lib/addr.h"

struct advertise;  /* the socket */
struct advertiser; /* a zone's timer */

int advertise_new(sd_event *event, struct advertise **out); /* needs CAP_NET_RAW */
struct advertise *advertise_free(struct advertise *advertise);

/* `api`: URI, copied; "": none. Begins with the quick ones. */
int advertiser_new(struct advertise *advertise, const char *device, const struct prefix *address,
		   const char *api, struct advertiser **out);
struct advertiser *advertiser_free(struct advertiser *advertiser);
/* Other settings: said at once. What was the prefix before is withdrawn. 0 or -ENOMEM. */
int advertiser_change(struct advertiser *advertiser, const struct prefix *address, const char *api);
void advertiser_solicited(struct advertiser *advertiser);
/* The last one, now. `withdrawn`: the prefix is not to be used any longer, either. */
void advertiser_end(struct advertiser *advertiser, bool withdrawn);
