/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a visitor who walks across the square, or whose lease was renewed, is not to log in again. What is
 * seen here comes from strangers' frames: it gives nobody more than one session, and moves none but in the
 * zones that say so.
 */
#include "roam.h"
#include <errno.h>
#include <string.h>
#include "daemon.h"
#include "engine.h"
#include "life.h"
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "../lib/units.h"

#define STAY_USEC                                                                                            \
	(5 * USEC_PER_SEC) /* between two moves of one guest: a MAC that is seen in two zones at once */

static bool is_in(const struct engine_zone *zone, const struct addr *address)
{
	const struct prefix *prefix = &zone->zone->address4;
	struct prefix network;

	if (address->family != AF_INET || prefix->addr.family != AF_INET)
		return false;
	network = prefix_network(prefix);
	return prefix_contains(&network, address);
}

/* The session that this guest has in another zone from which it may be taken along. */
static struct session *elsewhere(const struct daemon *daemon, const struct engine_zone *here,
				 const struct mac *mac)
{
	const struct policy *policy = engine_policy(daemon->engine);

	for (size_t i = 0; i < policy->n_zones; i++) {
		const struct policy_zone *zone = &policy->zones[i];
		struct session *session;

		if (!zone->roam || zone == here->zone)
			continue;
		session = sessions_find(daemon->sessions, zone->device, mac);
		if (session && session->state == SESSION_ONLINE)
			return session;
	}
	return NULL;
}

static void move(struct daemon *daemon, struct session *session, const struct engine_zone *to,
		 const struct addr *address)
{
	const int64_t now = clock_now().mono_usec;
	struct life_guest guest = {
	    .zone = to->zone,
	    .slot = (unsigned)to->slot,
	    .mac = session->row.mac,
	    .login = session->row.login,
	    .person = session->person,
	    .ends_mono_usec = session->row.ends_mono_usec,
	    .started_mono_usec = session->row.started_mono_usec,
	};
	int r;

	if (session->moved_mono_usec && now - session->moved_mono_usec < STAY_USEC)
		return;
	if (is_in(to, address))
		guest.address4 = *address;
	memcpy(guest.bytes, session->billed, sizeof(guest.bytes));
	memcpy(guest.packets, session->packets, sizeof(guest.packets));
	memcpy(guest.dropped, session->dropped, sizeof(guest.dropped));
	r = life_join(daemon->life, &guest, NULL);
	if (r < 0) { /* seen again soon */
		log_debug("zone %s: a guest cannot be taken along now: %s", to->zone->id, strerror(-r));
		return;
	}
	sessions_find(daemon->sessions, to->zone->device, &guest.mac)->moved_mono_usec = now;
	life_end(daemon->life, session, LEDGER_END_MOVED);
}

void roam_seen(struct daemon *daemon, const char *device, const struct mac *mac, const struct addr *address)
{
	const struct engine_zone *zone = engine_zone_by_device(daemon->engine, device);
	struct session *session;

	if (!zone || !zone->open)
		return;
	session = sessions_find(daemon->sessions, device, mac);
	if (session) {
		if (session->state == SESSION_ONLINE && is_in(zone, address) &&
		    !addr_equal(&session->row.address4, address))
			life_address(daemon->life, session, address);
		return;
	}
	if (!zone->zone->roam || zone->slot < 0)
		return;
	session = elsewhere(daemon, zone, mac);
	if (session)
		move(daemon, session, zone, address);
}
