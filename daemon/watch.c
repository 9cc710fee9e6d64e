/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: gerbang-watch tells what strangers' frames say. Here each event meets the policy, and a bound in rate:
 * nothing that a stranger sends may cost this daemon more than a look, fill the journal, or move a session to
 * an address that is another's.
 */
#include "watch.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "daemon.h"
#include "engine.h"
#include "evidence.h"
#include "garden.h"
#include "hosts.h"
#include "latency.h"
#include "roam.h"
#include "server.h"
#include "session.h"
#include "settings.h"
#include "top.h"
#include "uplink.h"
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/privilege.h"
#include "../lib/rate.h"
#include "../lib/units.h"

#define PEERS 2 /* one, and the next that takes its place */
#define CONFLICTS 32u
#define CONFLICT_WHAT 64
#define SAME_CONFLICT_USEC USEC_PER_MINUTE

struct conflict {
	struct mac mac, other_mac;
	struct addr address;
	char zone[64], what[CONFLICT_WHAT];
	int64_t wall_usec, mono_usec;
};

struct watch {
	struct daemon *daemon;
	struct server *server;
	struct garden *garden;
	struct rate facts, leases, lines;
	struct conflict conflicts[CONFLICTS]; /* newest first */
	unsigned n_conflicts;
	unsigned n_peers;
};

/* ---- the uplink ---- */

static void on_uplink(struct watch *watch, const struct message_watch_event *event)
{
	const struct policy *policy = engine_policy(watch->daemon->engine);

	if (strncmp(event->device, policy->uplink, IFNAMSIZ) == 0 && policy->n_probes)
		evidence_uplink(watch->daemon->evidence, event->lifetime_seconds);
}

static void on_probe(struct watch *watch, const struct message_watch_event *event)
{
	const struct policy *policy = engine_policy(watch->daemon->engine);

	uplink_probe(watch->daemon->uplink, event->device, event->rtt_usec);
	if (strncmp(event->device, policy->uplink, IFNAMSIZ) == 0 && policy->n_probes)
		evidence_probe(watch->daemon->evidence, event->sent, event->answered);
}

/* ---- neighbours ---- */

/* What our DHCP server gave is a fact. What a frame claims may bring a guest into a zone where it has no
 * session yet; the session that it has keeps its address: else who claims a neighbour's address would have
 * it. */
static void on_neighbour(struct watch *watch, const struct message_watch_event *event)
{
	const struct engine_zone *zone = engine_zone_by_device(watch->daemon->engine, event->device);
	const bool leased = event->lifetime_seconds;

	if (!zone || !mac_is_unicast(&event->mac))
		return;
	if (event->address.family != AF_INET || !prefix_contains(&zone->zone->address4, &event->address) ||
	    addr_equal(&zone->zone->address4.addr, &event->address))
		return;
	/* Claims without end must not use up what leases need. */
	if (!rate_take(leased ? &watch->leases : &watch->facts, clock_now().mono_usec))
		return;
	if (leased || !sessions_find(watch->daemon->sessions, event->device, &event->mac))
		roam_seen(watch->daemon, event->device, &event->mac, &event->address);
}

/* ---- conflicts ---- */

static struct conflict *conflict_find(struct watch *watch, const struct message_watch_event *event)
{
	for (unsigned i = 0; i < watch->n_conflicts; i++) {
		struct conflict *row = &watch->conflicts[i];

		if (memcmp(&row->mac, &event->mac, sizeof(row->mac)) == 0 &&
		    memcmp(&row->other_mac, &event->other_mac, sizeof(row->other_mac)) == 0 &&
		    addr_equal(&row->address, &event->address))
			return row;
	}
	return NULL;
}

static void conflict_push(struct watch *watch, const struct conflict *conflict)
{
	const unsigned kept = MIN(watch->n_conflicts, CONFLICTS - 1);

	memmove(watch->conflicts + 1, watch->conflicts, kept * sizeof(*conflict));
	watch->conflicts[0] = *conflict;
	watch->n_conflicts = kept + 1;
}

/* Printable ASCII, so that it is a line of a log and a JSON string. */
static void copy_what(char *out, const char *text)
{
	size_t i = 0;

	for (; text[i] && i < CONFLICT_WHAT - 1; i++)
		out[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	out[i] = '\0';
}

/* The journal names nobody: who it is says `gerbang status`, to those who may ask. */
static void say_conflict(struct watch *watch, const struct conflict *row)
{
	char mac[MAC_TEXT], other[MAC_TEXT], address[ADDR_TEXT] = "";

	if (rate_take(&watch->lines, row->mono_usec))
		log_warning("zone %s: a conflict: a device %s (gerbang status --json says which)", row->zone,
			    row->what);
	if (row->address.family)
		addr_text(&row->address, address);
	log_debug("zone %s: conflict: %s, %s, %s", row->zone, mac_text(&row->mac, mac),
		  mac_text(&row->other_mac, other), address);
}

static void on_conflict(struct watch *watch, const struct message_watch_event *event)
{
	const struct engine_zone *zone = engine_zone_by_device(watch->daemon->engine, event->device);
	const struct instant now = clock_now();
	struct conflict *known = conflict_find(watch, event);
	struct conflict row = {.mac = event->mac,
			       .other_mac = event->other_mac,
			       .wall_usec = now.wall_usec,
			       .mono_usec = now.mono_usec};

	if (!zone || (known && now.mono_usec - known->mono_usec < SAME_CONFLICT_USEC))
		return;
	if (event->address.family == AF_INET || event->address.family == AF_INET6)
		row.address = event->address;
	snprintf(row.zone, sizeof(row.zone), "%s", zone->zone->id);
	copy_what(row.what, event->name);
	conflict_push(watch, &row);
	say_conflict(watch, &row);
}

json_t *watch_conflicts(const struct watch *watch)
{
	char time[CLOCK_TEXT], mac[MAC_TEXT], other[MAC_TEXT], address[ADDR_TEXT];
	json_t *array = json_array();

	for (unsigned i = 0; watch && i < watch->n_conflicts; i++) {
		const struct conflict *row = &watch->conflicts[i];

		json_array_append_new(
		    array, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "time",
				     clock_text(row->wall_usec, time), "zone", row->zone, "mac",
				     mac_text(&row->mac, mac), "other_mac", mac_text(&row->other_mac, other),
				     "address", row->address.family ? addr_text(&row->address, address) : "",
				     "what", row->what));
	}
	return array;
}

/* ---- events ---- */

static void on_garden(struct watch *watch, const struct message_watch_event *event)
{
	garden_heard(watch->garden, event->device, event->name, &event->address, event->lifetime_seconds);
}

static void (*const events[])(struct watch *, const struct message_watch_event *) = {
    [WATCH_NEIGHBOUR] = on_neighbour, [WATCH_CONFLICT] = on_conflict, [WATCH_GARDEN] = on_garden,
    [WATCH_UPLINK] = on_uplink,	      [WATCH_PROBE] = on_probe,
};

static int on_event(struct watch *watch, const union message *message, int blob _unused_)
{
	const struct message_watch_event *event = &message->watch_event;

	if (event->event >= ELEMENTS(events) || !events[event->event])
		return -EBADMSG;
	events[event->event](watch, event);
	return 0;
}

/* ---- documents ---- */

static int on_latency(struct watch *watch, const union message *message _unused_, int blob)
{
	_cleanup_(freep) void *json = NULL;
	size_t length;
	int r = wire_blob_read(blob, MESSAGE_JSON_MAX, &json, &length);

	return r < 0 ? r : latency_take(watch->daemon->latency, json, length, clock_now().mono_usec);
}

static int on_talkers(struct watch *watch, const union message *message, int blob)
{
	if (hosts_asked(message->header.id))
		return hosts_answered(watch->daemon->hosts, message->header.id, blob);
	return top_answered(watch->daemon->top, message->header.id, blob);
}

bool watch_talk(struct watch *watch, uint64_t id, const char *office)
{
	json_t *document = json_pack("{s:s}", "office", office);
	_cleanup_(freep) char *text = document ? json_dumps(document, JSON_COMPACT) : NULL;
	_cleanup_(closep) int blob = text ? wire_blob(text, strlen(text)) : -ENOMEM;
	const union message message = {.header.id = id};

	json_decref(document);
	if (!watch->n_peers || blob < 0)
		return false;
	server_send_all(watch->server, MESSAGE_WATCH_TALK, &message, blob);
	return watch->n_peers;
}

static int (*const messages[MESSAGE_TYPES])(struct watch *, const union message *, int blob) = {
    [MESSAGE_WATCH_EVENT] = on_event,
    [MESSAGE_WATCH_LATENCY] = on_latency,
    [MESSAGE_WATCH_TALKERS] = on_talkers,
};

static int on_message(void *userdata, uint64_t peer _unused_, const union message *message, int blob)
{
	if (!messages[message->header.type])
		return -EBADMSG;
	return messages[message->header.type](userdata, message, blob);
}

/* ---- the socket ---- */

static bool allowed(uid_t uid, gid_t gid _unused_)
{
	uid_t user;

	return uid == 0 || (privilege_uid(USER_WATCH, &user) >= 0 && uid == user);
}

static void on_connected(void *userdata, uint64_t peer)
{
	struct watch *watch = userdata;
	_cleanup_(closep) int blob = settings_watch(engine_policy(watch->daemon->engine));
	union message message = {0};

	watch->n_peers++;
	log_debug("gerbang-watch has connected");
	evidence_watch(watch->daemon->evidence, true);
	if (blob >= 0)
		server_send(watch->server, peer, MESSAGE_WATCH_SETTINGS, &message, blob);
	else
		log_error("gerbang-watch cannot be told its settings: %s", strerror(-blob));
}

static void on_gone(void *userdata, uint64_t peer _unused_)
{
	struct watch *watch = userdata;

	watch->n_peers--;
	if (watch->n_peers)
		return;
	top_watch_gone(watch->daemon->top);
	evidence_watch(watch->daemon->evidence, false);
}

void watch_settings(struct watch *watch)
{
	const struct policy *policy = engine_policy(watch->daemon->engine);
	_cleanup_(closep) int blob = settings_watch(policy);
	const union message message = {0};

	if (blob >= 0)
		server_send_all(watch->server, MESSAGE_WATCH_SETTINGS, &message, blob);
	else
		log_error("gerbang-watch cannot be told its settings: %s", strerror(-blob));
}

int watch_new(struct daemon *daemon, const char *path, struct watch **out)
{
	static const struct server_events server_events = {
	    .allowed = allowed, .connected = on_connected, .gone = on_gone, .message = on_message};
	struct watch *watch = calloc(1, sizeof(*watch));
	int r;

	if (!watch)
		return -ENOMEM;
	watch->daemon = daemon;
	watch->facts = (struct rate){.every_usec = 5 * USEC_PER_MSEC, .burst = 2000};
	watch->leases = watch->facts;
	watch->lines = (struct rate){.every_usec = 6 * USEC_PER_SEC, .burst = 10};
	watch->garden = garden_new(daemon);
	r = watch->garden ? 0 : -ENOMEM;
	if (r >= 0)
		r = server_new(daemon->event, path, 0666, PEERS, &server_events, watch, &watch->server);
	if (r < 0) {
		watch_free(watch);
		return r;
	}
	*out = watch;
	return 0;
}

struct watch *watch_free(struct watch *watch)
{
	if (!watch)
		return NULL;
	server_free(watch->server);
	garden_free(watch->garden);
	free(watch);
	return NULL;
}
