/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rooms of the part that reads frames, in order: the daemon's settings, captures and sockets while we may
 * still open them, the drop of privilege, the loop; teardown in reverse. It must never read a frame before
 * the drop, and never keep a stale capture: it ends instead, and its parent makes another.
 */
#include "child.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "../lib/privilege.h"
#include "../lib/program.h"
#include "../lib/units.h"
#include "devices.h"
#include "link.h"
#include "owners.h"
#include "probe.h"
#include "room.h"
#include "rtt.h"
#include "talk.h"

#define RETRY_USEC (60 * USEC_PER_SEC) /* of a device that is there and cannot be captured */

struct child {
	sd_event *event;
	sd_event_source *retry;
	struct devices *devices;
	struct link *link;
	struct settings *settings;
	struct room_house house;
	struct probe *probe;
	struct rtt *rtt;   /* NULL: round trips cannot be measured */
	struct talk *talk; /* NULL: nobody can be seen talking */
	struct owners *owners;
	unsigned uplink_index;
	struct room *rooms; /* as settings->zones */
	size_t n_rooms;
	bool open, ends;
};

static void end(struct child *child, int status)
{
	child->ends = true;
	sd_event_exit(child->event, status);
}

static void tell(void *userdata, const struct message_watch_event *event)
{
	struct child *child = userdata;

	if (!link_send(child->link, event))
		log_debug("%s: an event is lost: the daemon does not listen", event->device);
}

/* ---- the uplink ---- */

static void tell_uplink(struct child *child, enum probe_state state)
{
	struct message_watch_event event = {.event = WATCH_UPLINK, .lifetime_seconds = state == PROBE_UP};

	if (state == PROBE_UNKNOWN)
		return;
	memcpy(event.device, child->settings->uplink, sizeof(event.device));
	tell(child, &event);
}

static void on_probe(void *userdata, enum probe_state state)
{
	log_notice("uplink %s: %s", ((struct child *)userdata)->settings->uplink,
		   state == PROBE_UP ? "probes are answered" : "no probe is answered");
	tell_uplink(userdata, state);
}

static void on_round(void *userdata, const struct rounds_verdict *verdict)
{
	struct child *child = userdata;
	struct message_watch_event event = {.event = WATCH_PROBE,
					    .rtt_usec = verdict->rtt_usec,
					    .sent = verdict->sent,
					    .answered = verdict->answered};

	memcpy(event.device, child->settings->uplink, sizeof(event.device));
	tell(child, &event);
}

static void open_probe(struct child *child)
{
	static const struct probe_events events = {.changed = on_probe, .round = on_round};
	const struct settings *settings = child->settings;
	int r;

	child->uplink_index = devices_index(settings->uplink);
	if (!settings->n_probes || !child->uplink_index)
		return;
	r = probe_new(child->event, settings->uplink, &events, child, &child->probe);
	if (r < 0)
		log_warning("uplink %s: cannot be probed: %s", settings->uplink, strerror(-r));
}

/* ---- packets that pass ---- */

static void on_window(void *userdata, const char *json)
{
	struct child *child = userdata;

	(void)link_send_json(child->link, MESSAGE_WATCH_LATENCY, 0, json);
}

static void on_talkers(void *userdata, uint64_t id, const char *json)
{
	struct child *child = userdata;

	(void)link_send_json(child->link, MESSAGE_WATCH_TALKERS, id, json);
}

static void on_talk(void *userdata, uint64_t id, const char *office)
{
	struct child *child = userdata;

	if (child->open && child->talk)
		talk_ask(child->talk, id, office);
}

/* Without these the rest works. */
static void open_samples(struct child *child)
{
	int r = rtt_open(&child->rtt);

	if (r < 0)
		log_warning("no round trips are measured: %s", strerror(-r));
	r = talk_open(&child->talk);
	if (r < 0)
		log_warning("nobody can be seen talking: %s", strerror(-r));
}

static int start_samples(struct child *child)
{
	int r = 0;

	if (child->rtt)
		r = rtt_start(child->rtt, child->event, on_window, child);
	if (r >= 0 && child->talk)
		r = talk_start(child->talk, child->event, on_talkers, child);
	return r;
}

/* Whose packets are where: by the settings, and the devices that are there now. */
static int look_for_owners(struct child *child)
{
	struct owners *before = child->owners;
	int r = owners_new(child->settings, &child->owners);

	if (r < 0)
		return r;
	if (child->rtt)
		r = rtt_set(child->rtt, child->settings, child->owners);
	if (child->talk)
		talk_set(child->talk, child->settings, child->owners);
	owners_free(before);
	return r;
}

/* ---- rooms ---- */

static int make_rooms(struct child *child)
{
	child->rooms = calloc(child->settings->n_zones + 1, sizeof(*child->rooms));
	if (!child->rooms)
		return -ENOMEM;
	for (size_t i = 0; i < child->settings->n_zones; i++) {
		struct room *room = &child->rooms[i];

		if (room_init(room, &child->house, &child->settings->zones[i]) < 0)
			return -ENOMEM;
		child->n_rooms++;
		room_open(room);
	}
	return 0;
}

/* ---- devices come and go ---- */

static void on_devices(void *userdata)
{
	struct child *child = userdata;
	unsigned uplink;

	if (!child->open)
		return;
	for (size_t i = 0; i < child->n_rooms; i++)
		if (room_look(&child->rooms[i]))
			end(child, CHILD_AGAIN);
	if (look_for_owners(child) < 0)
		end(child, 1);
	uplink = devices_index(child->settings->uplink);
	if (child->settings->n_probes && uplink && uplink != child->uplink_index)
		end(child, CHILD_AGAIN);
}

static int on_retry(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	end(userdata, CHILD_AGAIN);
	return 0;
}

static int retry_later(struct child *child)
{
	bool refused = false;

	for (size_t i = 0; i < child->n_rooms; i++)
		refused = refused || child->rooms[i].refused;
	if (!refused)
		return 0;
	return sd_event_add_time_relative(child->event, &child->retry, CLOCK_MONOTONIC, (uint64_t)RETRY_USEC,
					  0, on_retry, child);
}

/* ---- settings ---- */

static bool same_devices(const struct settings *a, const struct settings *b)
{
	if (a->n_zones != b->n_zones || strcmp(a->uplink, b->uplink) != 0)
		return false;
	for (size_t i = 0; i < a->n_zones; i++)
		if (strcmp(a->zones[i].device, b->zones[i].device) != 0)
			return false;
	return true;
}

/* Zones that are no more have no router either. */
static void leave(struct child *child, const struct settings *settings)
{
	for (size_t i = 0; i < child->n_rooms; i++) {
		struct room *room = &child->rooms[i];
		const struct settings_zone *zone = settings_zone(settings, room->zone->device);

		if (!zone || memcmp(&zone->address6, &room->zone->address6, sizeof(zone->address6)) != 0)
			advertiser_end(room->advertiser, true);
	}
	end(child, CHILD_AGAIN);
}

static int adopt(struct child *child)
{
	const struct settings *settings = child->settings;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < child->n_rooms; i++)
		r = room_adopt(&child->rooms[i], &settings->zones[i]);
	if (r >= 0 && child->probe)
		r = probe_set(child->probe, settings->probes, settings->n_probes, settings->probe_usec);
	if (r >= 0)
		r = look_for_owners(child);
	if (!child->probe && settings->n_probes && child->uplink_index)
		end(child, CHILD_AGAIN);
	return r;
}

static void on_settings(void *userdata, struct settings *settings)
{
	struct child *child = userdata;
	struct settings *before = child->settings;

	if (child->open && !same_devices(before, settings)) {
		leave(child, settings);
		settings_free(settings);
		return;
	}
	child->settings = settings;
	child->house.settings = settings;
	if (child->open && adopt(child) < 0)
		end(child, 1);
	settings_free(before);
}

static void on_connected(void *userdata)
{
	struct child *child = userdata;

	if (child->open)
		tell_uplink(child, probe_state(child->probe));
}

/* ---- start and end ---- */

static int on_signal(sd_event_source *source _unused_, const struct signalfd_siginfo *info _unused_,
		     void *userdata)
{
	end(userdata, 0);
	return 0;
}

static void on_failed(void *userdata)
{
	struct child *child = userdata;

	devices_suspect(child->devices);
}

static int make_loop(struct child *child, const char *run_directory)
{
	static const struct link_events events = {
	    .connected = on_connected, .settings = on_settings, .talk = on_talk};
	static const int numbers[] = {SIGTERM, SIGINT}; /* blocked by the parent */
	int r = sd_event_new(&child->event);

	for (size_t i = 0; r >= 0 && i < ELEMENTS(numbers); i++)
		r = sd_event_add_signal(child->event, NULL, numbers[i], on_signal, child);
	if (r >= 0)
		r = program_watch_child(child->event);
	if (r >= 0)
		r = devices_new(child->event, on_devices, child, &child->devices);
	child->house.event = child->event;
	child->house.tell = tell;
	child->house.failed = on_failed;
	child->house.userdata = child;
	return r < 0 ? r : link_new(child->event, run_directory, &events, child, &child->link);
}

/* Trusts the daemon with the capability in hand; strangers are not heard yet. */
static int wait_for_settings(struct child *child)
{
	int r = 0;

	while (r >= 0 && !child->settings && !child->ends)
		r = sd_event_run(child->event, UINT64_MAX);
	return r < 0 ? r : 0;
}

static int open_all(struct child *child)
{
	int r = advertise_new(child->event, &child->house.advertise);

	if (r < 0)
		log_warning("no router advertisements: %s", strerror(-r));
	open_probe(child);
	open_samples(child);
	return make_rooms(child);
}

static int start_all(struct child *child)
{
	int r = 0;

	child->open = true;
	for (size_t i = 0; r >= 0 && i < child->n_rooms; i++)
		r = room_start(&child->rooms[i]);
	if (r >= 0 && child->probe)
		r = probe_set(child->probe, child->settings->probes, child->settings->n_probes,
			      child->settings->probe_usec);
	if (r >= 0)
		r = start_samples(child);
	if (r >= 0)
		r = look_for_owners(child);
	if (r >= 0)
		r = retry_later(child);
	devices_suspect(child->devices); /* what came while this was being opened */
	return r;
}

static int run(struct child *child, const char *run_directory)
{
	int r = make_loop(child, run_directory);

	if (r >= 0)
		r = wait_for_settings(child);
	if (r < 0 || child->ends)
		return r;
	r = open_all(child);
	if (r >= 0)
		r = privilege_drop(USER_WATCH, 0);
	if (r >= 0)
		r = start_all(child);
	return r < 0 ? r : sd_event_loop(child->event);
}

static void teardown(struct child *child, bool last)
{
	for (size_t i = 0; i < child->n_rooms; i++) {
		if (last)
			advertiser_end(child->rooms[i].advertiser, false);
		room_clear(&child->rooms[i]);
	}
	free(child->rooms);
	probe_free(child->probe);
	rtt_free(child->rtt);
	talk_free(child->talk);
	owners_free(child->owners);
	advertise_free(child->house.advertise);
	link_free(child->link);
	settings_free(child->settings);
	sd_event_source_disable_unref(child->retry);
	devices_free(child->devices);
	sd_event_unref(child->event);
}

int child_run(const char *run_directory)
{
	struct child child = {0};
	int r = run(&child, run_directory);

	if (r < 0)
		log_error("frames cannot be read: %s", strerror(-r));
	teardown(&child, r == 0);
	return r < 0 ? 1 : r;
}
