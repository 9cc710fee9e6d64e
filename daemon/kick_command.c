/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: an admin puts somebody out, by MAC or by address, and is told so once the kernel has let go. Whoever
 * is put out may log in again: a voucher is revoked and an account removed elsewhere.
 */
#include "commands.h"
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include "daemon.h"
#include "engine.h"
#include "later.h"
#include "life.h"
#include "neighbour.h"
#include "shaper.h"

struct guest_name {
	struct mac mac;
	struct addr address;
	bool is_mac;
};

static bool is_named(const struct session *session, const struct guest_name *name)
{
	if (session->state == SESSION_LEAVING)
		return false;
	return name->is_mac ? !memcmp(&session->row.mac, &name->mac, sizeof(name->mac))
			    : addr_equal(&session->row.address4, &name->address);
}

/* An IPv6 address stands for the MAC that the kernel sees at it. */
static void resolve(const struct daemon *daemon, struct guest_name *name)
{
	const struct engine_zone *zone = engine_zone_by_address(daemon->engine, &name->address);
	unsigned ifindex = zone ? if_nametoindex(zone->zone->device) : 0;

	if (ifindex && name->address.family == AF_INET6)
		name->is_mac = neighbour_mac(daemon->neighbour, ifindex, &name->address, &name->mac) >= 0;
}

static bool guest_argument(const struct ticket *ticket, const json_t *request, struct guest_name *out)
{
	struct guest_name name = {0};
	const char *guest;

	if (!control_text(ticket, request, "guest", &guest))
		return false;
	name.is_mac = mac_parse(guest, &name.mac) >= 0;
	if (!name.is_mac && addr_parse(guest, &name.address) < 0) {
		control_refuse(ticket, TEXT_NOT_GUEST, guest);
		return false;
	}
	if (!name.is_mac)
		resolve(ticket->daemon, &name);
	*out = name;
	return true;
}

static size_t count_named(const struct sessions *sessions, const struct guest_name *name)
{
	size_t n = 0;

	for (const struct session *s = sessions_next(sessions, NULL); s; s = sessions_next(sessions, s))
		n += is_named(s, name);
	return n;
}

static void on_kicked(struct session_waiter *waiter, int error)
{
	struct later *later = (struct later *)waiter; /* its first member */

	if (error == 0)
		later_answer(later);
	else if (error != -ESHUTDOWN)
		control_refuse(later->ticket, TEXT_NOT_KICKED, strerror(-error));
	later_free(later);
}

/* A guest in two zones has two sessions: all go, the last one answers. */
static void kick_all(const struct ticket *ticket, const struct guest_name *name, size_t n,
		     struct later *later)
{
	struct daemon *daemon = ticket->daemon;
	struct session *next;

	for (struct session *s = sessions_next(daemon->sessions, NULL); s && n; s = next) {
		next = sessions_next(daemon->sessions, s);
		if (is_named(s, name) &&
		    life_leave(daemon->life, s, LEDGER_END_KICK, --n ? NULL : &later->waiter) < 0 && !n)
			on_kicked(&later->waiter, -ENOTCONN);
	}
}

void command_kick(const struct ticket *ticket, const json_t *request)
{
	const char *guest = json_string_value(json_object_get(request, "guest"));
	struct daemon *daemon = ticket->daemon;
	struct guest_name name;
	struct later *later;
	size_t n;

	if (!guest_argument(ticket, request, &name))
		return;
	n = count_named(daemon->sessions, &name);
	if (!n) {
		control_refuse(ticket, TEXT_NO_SESSION, guest);
		return;
	}
	if (!shaper_ready(daemon->shaper)) {
		control_refuse(ticket, TEXT_NO_KICKING);
		return;
	}
	later = later_make(ticket, json_pack("{s:I, s:o}", "kicked", (json_int_t)n, "text",
					     control_sentence(ticket, TEXT_KICKED, guest)));
	if (!later)
		return;
	later->waiter.done = on_kicked;
	kick_all(ticket, &name, n, later);
}
