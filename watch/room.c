/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what belongs to one zone is opened, changed and closed together. Opening needs the capability; nothing
 * after that does.
 */
#include "room.h"
#include <errno.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "devices.h"

/* ---- what is seen ---- */

static void tell(void *userdata, const struct message_watch_event *event)
{
	struct room *room = userdata;

	if (event->event == WATCH_GARDEN && room->refresh && !room->refreshing)
		refresh_seen(room->refresh, event->name);
	room->house->tell(room->house->userdata, event);
}

static void on_frame(void *userdata, enum capture_direction direction, const uint8_t *bytes, size_t length)
{
	struct room *room = userdata;
	const int64_t now = clock_now().mono_usec;

	if (direction == CAPTURE_OUT)
		sight_out(&room->sight, bytes, length, now);
	else if (sight_in(&room->sight, bytes, length, now) && room->advertiser)
		advertiser_solicited(room->advertiser);
}

static void on_answer(void *userdata, const struct dns_answer *answer)
{
	struct room *room = userdata;

	room->refreshing = true;
	sight_answer(&room->sight, answer, clock_now().mono_usec);
	room->refreshing = false;
}

static void on_failed(void *userdata)
{
	struct room *room = userdata;

	room->failed = true;
	room->house->failed(room->house->userdata);
}

/* ---- opening and closing ---- */

int room_init(struct room *room, const struct room_house *house, const struct settings_zone *zone)
{
	*room = (struct room){.house = house, .zone = zone};
	return sight_init(&room->sight, zone, tell, room);
}

static void room_close(struct room *room)
{
	for (size_t i = 0; i < ELEMENTS(room->captures); i++)
		room->captures[i] = capture_free(room->captures[i]);
	room->advertiser = advertiser_free(room->advertiser);
	room->refresh = refresh_free(room->refresh);
	room->ifindex = 0;
}

void room_clear(struct room *room)
{
	room_close(room);
	sight_clear(&room->sight);
}

static void look(struct room *room)
{
	room->sight.mac = devices_mac(room->zone->device);
	room->sight.link_local = devices_link_local(room->zone->device);
}

void room_open(struct room *room)
{
	const char *device = room->zone->device;
	int r = 0;

	room->ifindex = devices_index(device);
	if (!room->ifindex)
		return;
	for (size_t i = 0; r >= 0 && i < ELEMENTS(room->captures); i++)
		r = capture_open(device, (enum capture_direction)i, &room->captures[i]);
	if (r < 0) {
		room->refused = room->ifindex;
		room_close(room);
		return;
	}
	look(room);
	log_info("zone %s: %s is watched", room->zone->id, device);
}

/* ---- by the settings ---- */

static int advertise(struct room *room)
{
	const struct prefix *address = &room->zone->address6;
	const char *api = room->house->settings->api;

	if (!room->house->advertise)
		return 0;
	if (room->advertiser && address->addr.family)
		return advertiser_change(room->advertiser, address, api);
	advertiser_end(room->advertiser, true);
	room->advertiser = advertiser_free(room->advertiser);
	if (!address->addr.family)
		return 0;
	return advertiser_new(room->house->advertise, room->zone->device, address, api, &room->advertiser);
}

/* Without it gardens work, but for a guest's first packets. */
static void refresh(struct room *room)
{
	const struct settings_zone *zone = room->zone;
	const struct addr *server = zone->address4.addr.family ? &zone->address4.addr : &zone->address6.addr;
	int r = 0;

	room->refresh = refresh_free(room->refresh);
	if (!zone->n_garden || !server->family)
		return;
	r = refresh_new(room->house->event, server, on_answer, room, &room->refresh);
	if (r < 0)
		log_warning("zone %s: the garden's names cannot be asked for: %s", zone->id, strerror(-r));
	else
		refresh_list(room->refresh, zone->garden, zone->n_garden);
}

int room_adopt(struct room *room, const struct settings_zone *zone)
{
	room->zone = room->sight.zone = zone;
	if (!room->ifindex)
		return 0;
	refresh(room);
	return advertise(room);
}

int room_start(struct room *room)
{
	static const struct capture_events events = {.frame = on_frame, .failed = on_failed};
	int r = 0;

	for (size_t i = 0; r >= 0 && room->ifindex && i < ELEMENTS(room->captures); i++)
		r = capture_start(room->captures[i], room->house->event, &events, room);
	return r < 0 ? r : room_adopt(room, room->zone);
}

bool room_look(struct room *room)
{
	const unsigned index = devices_index(room->zone->device);

	if (room->ifindex && (room->failed || index != room->ifindex)) {
		log_notice("zone %s: %s is gone or down", room->zone->id, room->zone->device);
		room_close(room);
	}
	if (room->ifindex)
		look(room);
	return !room->ifindex && index && index != room->refused;
}
