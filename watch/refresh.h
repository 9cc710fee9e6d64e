/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Asks the zone's resolver for the garden's names again, each time that their answer has run out: those that
 * the policy lists, and the latest that guests have asked for. So an address is in the kernel before the
 * guest who is told it sends a first packet, and the resolver gives guests the very answer that was seen
 * here.
 */
#include <stddef.h>
#include <systemd/sd-event.h>
#include "../lib/addr.h"
#include "dns.h"

#define REFRESH_NAMES 64u

struct refresh;

int refresh_new(sd_event *event, const struct addr *server,
		void (*answered)(void *userdata, const struct dns_answer *), void *userdata,
		struct refresh **out);
struct refresh *refresh_free(struct refresh *refresh);
/* From now on these are listed; what guests have asked for is forgotten. Copied; lower case. */
void refresh_list(struct refresh *refresh, char *const *names, size_t n);
void refresh_seen(struct refresh *refresh, const char *name); /* a guest has asked */
