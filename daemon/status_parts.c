/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: `gerbang status` says of each office and of the uplink what they are entitled to beside what they get
 * and how long it takes. Figures of the meter, the watch and the shaper meet here; nothing is judged but by
 * slow.h.
 */
#include "status_parts.h"
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include "booking.h"
#include "daemon.h"
#include "engine.h"
#include "latency.h"
#include "meter.h"
#include "quota.h"
#include "slow.h"
#include "uplink.h"
#include "../lib/cleanup.h"

static const char *const tree_keys[PLAN_TREES] = {[PLAN_UP] = "up", [PLAN_DOWN] = "down"};

/* ---- figures of a class ---- */

static json_t *direction_of(json_t *object, enum plan_tree tree)
{
	json_t *direction = json_object_get(object, tree_keys[tree]);

	if (direction)
		return direction;
	direction = json_object();
	json_object_set_new(object, tree_keys[tree], direction);
	return direction;
}

void status_figures(const struct daemon *daemon, json_t *object, enum plan_tree tree, uint16_t minor,
		    uint64_t dropped)
{
	const struct meter_row *row = meter_row(daemon->meter, tree, minor);
	json_t *direction = direction_of(object, tree);

	json_object_set_new(direction, "delivered_bytes", json_integer((json_int_t)row->bytes));
	json_object_set_new(direction, "dropped_packets", json_integer((json_int_t)dropped));
	json_object_set_new(direction, "rate_bps", json_integer((json_int_t)row->rate_bps));
}

void status_class(const struct daemon *daemon, json_t *object, uint16_t minor)
{
	for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES; tree++)
		status_figures(daemon, object, tree, minor, meter_row(daemon->meter, tree, minor)->dropped);
}

/* ---- services ---- */

static void put_services(const struct daemon *daemon, json_t *services, const char *office)
{
	json_t *row;
	size_t i;

	json_array_foreach(services, i, row)
	{
		const char *id = json_string_value(json_object_get(row, "id"));
		const int slot = slots_find_service(engine_slots(daemon->engine), office, id ? id : "");

		if (slot >= 0)
			status_class(daemon, row, PLAN_SERVICE(slot));
	}
}

/* HTB counts into the inner class what its leaves deliver, and drops at the leaves: those of services that
 * the configuration has no more are still counted there. */
static uint64_t office_dropped(const struct daemon *daemon, enum plan_tree tree, const char *id, int slot)
{
	const struct slots *slots = engine_slots(daemon->engine);
	uint64_t dropped = meter_row(daemon->meter, tree, PLAN_REST(slot))->dropped;
	char stem[sizeof(slots->ids[0])];
	const int length = snprintf(stem, sizeof(stem), "service/%s/", id);

	for (size_t i = 0; i < slots->n && length < (int)sizeof(stem); i++)
		if (!strncmp(slots->ids[i], stem, (size_t)length))
			dropped += meter_row(daemon->meter, tree, PLAN_SERVICE(i))->dropped;
	return dropped;
}

/* ---- latency ---- */

static uint64_t figure(const json_t *object, const char *key, const char *inner)
{
	const json_t *value = json_object_get(object, key);
	const json_int_t usec = json_integer_value(inner ? json_object_get(value, inner) : value);

	return usec > 0 ? (uint64_t)usec : 0;
}

/* "latency" as the watch says it, and "slow": where it is, or null. */
static void put_latency(const struct daemon *daemon, json_t *object, const char *id)
{
	_cleanup_(json_decrefp) json_t *uplink = latency_uplink(daemon->latency);
	json_t *latency = latency_office(daemon->latency, id);
	const struct slow_figures figures = {.provider_usec = figure(uplink, "p50_usec", NULL),
					     .late_usec = uplink_late(daemon->uplink),
					     .queue_usec = figure(latency, "queue_usec", NULL),
					     .office_usec = figure(latency, "office", "p50_usec")};
	const char *where = json_is_object(latency) ? slow_where(&figures) : NULL;

	json_object_set_new(object, "latency", latency ? latency : json_null());
	json_object_set_new(object, "slow", where ? json_string(where) : json_null());
}

/* ---- an office ---- */

void status_office(const struct daemon *daemon, json_t *object)
{
	const char *id = json_string_value(json_object_get(object, "id"));
	const struct policy_office *office = policy_office(engine_policy(daemon->engine), id ? id : "");
	const int slot = slots_find(engine_slots(daemon->engine), "office", id ? id : "");

	if (!office || slot < 0)
		return;
	for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES; tree++)
		status_figures(daemon, object, tree, PLAN_INNER(slot),
			       office_dropped(daemon, tree, office->id, slot));
	json_object_set_new(object, "month_bytes",
			    json_integer((json_int_t)booking_month(daemon->booking, (unsigned)slot)));
	json_object_set_new(object, "quota_bytes",
			    office->quota_bytes ? json_integer((json_int_t)office->quota_bytes)
						: json_null());
	quota_describe(daemon->quota, office, object);
	booking_describe(daemon->booking, (unsigned)slot, object);
	put_services(daemon, json_object_get(object, "services"), office->id);
	put_latency(daemon, object, office->id);
}

/* ---- the uplink ---- */

/* The device is there, up, and has a carrier. */
static bool device_up(const char *device)
{
	_cleanup_(closep) int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {0};

	memcpy(request.ifr_name, device, strnlen(device, IFNAMSIZ - 1));
	return fd >= 0 && ioctl(fd, SIOCGIFFLAGS, &request) >= 0 && (request.ifr_flags & IFF_UP) &&
	       (request.ifr_flags & IFF_RUNNING);
}

static json_t *text_json(const char *text, size_t size)
{
	return json_stringn(text, strnlen(text, size));
}

void status_uplink(const struct daemon *daemon, json_t *object)
{
	const struct apply_report *report = engine_report(daemon->engine);
	json_t *latency = latency_uplink(daemon->latency);

	json_object_set_new(object, "up", json_boolean(device_up(engine_policy(daemon->engine)->uplink)));
	json_object_set_new(object, "leaf", text_json(report->leaf, sizeof(report->leaf)));
	json_object_set_new(object, "leaf_reason",
			    text_json(report->leaf_reason, sizeof(report->leaf_reason)));
	json_object_set_new(object, "download_device", text_json(report->download, sizeof(report->download)));
	for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES; tree++)
		json_object_set_new(
		    direction_of(object, tree), "rate_bps",
		    json_integer((json_int_t)meter_row(daemon->meter, tree, PLAN_ROOT)->rate_bps));
	json_object_set_new(object, "latency", latency ? latency : json_null());
	uplink_describe(daemon->uplink, object);
}
