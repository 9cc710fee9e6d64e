/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What a zone's frames mean: who uses which address, who claims what is another's, which addresses guests
 * were told for the garden's names. Knows no socket: what it finds goes to `tell`, bounded in rate.
 */
#include <stdbool.h>
#include "../lib/message.h"
#include "dns.h"
#include "neighbours.h"
#include "../lib/rate.h"
#include "settings.h"

#define SIGHT_GARDEN_MIN_SECONDS 300u /* telephones keep an answer longer than it says */
#define SIGHT_GARDEN_MAX_SECONDS 86400u

struct sight {
	const struct settings_zone *zone; /* the caller's */
	struct mac mac;			  /* the device's own */
	struct addr link_local;		  /* its own; family 0: not known */
	struct neighbours *neighbours;
	struct rate facts, leases, gardens, conflicts;
	void (*tell)(void *userdata, const struct message_watch_event *event);
	void *userdata;
};

int sight_init(struct sight *sight, const struct settings_zone *zone,
	       void (*tell)(void *userdata, const struct message_watch_event *event), void *userdata);
void sight_clear(struct sight *sight);
/* A frame that came in. True: it solicits a router advertisement. */
bool sight_in(struct sight *sight, const uint8_t *bytes, size_t length, int64_t now_usec);
/* The resolver's answer to a question of ours. */
void sight_answer(struct sight *sight, const struct dns_answer *answer, int64_t now_usec);
/* A frame that this machine sends out. */
void sight_out(struct sight *sight, const uint8_t *bytes, size_t length, int64_t now_usec);
