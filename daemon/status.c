/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: the questions of people and scripts: entitled beside achieved (`gerbang status`, `gerbang sessions`),
 * and what is to come. The entitled half is the planner's (describe.h), the achieved half the meter's; here
 * they are only put side by side, and nothing is changed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "booking.h"
#include "commands.h"
#include "daemon.h"
#include "engine.h"
#include "evidence.h"
#include "life.h"
#include "limit.h"
#include "meter.h"
#include "neighbour.h"
#include "notify.h"
#include "reload.h"
#include "shaper.h"
#include "status_parts.h"
#include "watch.h"
#include "../lib/units.h"
#include "../policy/describe.h"

#define SCHEDULE_DAYS 14
#define SCHEDULE_DAYS_MAX 366

/* ---- waiting for fresh figures ---- */

struct asked {
	struct ticket *ticket;
	json_t *(*make)(const struct ticket *ticket, const char *zone);
	char zone[33]; /* "" for all */
};

static void on_fresh(void *userdata, int error)
{
	struct asked *asked = userdata;

	if (error != -ESHUTDOWN)
		control_json(asked->ticket, CONTROL_DONE, asked->make(asked->ticket, asked->zone));
	ticket_free(asked->ticket);
	free(asked);
}

static void answer_fresh(const struct ticket *ticket, json_t *(*make)(const struct ticket *, const char *),
			 const char *zone)
{
	struct asked *asked = calloc(1, sizeof(*asked));

	if (asked)
		asked->ticket = ticket_keep(ticket);
	if (!asked || !asked->ticket) {
		free(asked);
		control_refuse(ticket, TEXT_TOO_MANY);
		return;
	}
	asked->make = make;
	snprintf(asked->zone, sizeof(asked->zone), "%s", zone);
	meter_watch(ticket->daemon->meter, on_fresh, asked);
}

/* ---- status ---- */

/* HTB counts into the inner class what its leaves deliver, and drops at the leaves. */
static uint64_t zone_dropped(const struct daemon *daemon, enum plan_tree tree, unsigned slot)
{
	const struct blocks *blocks = engine_blocks(daemon->engine);
	uint64_t dropped = meter_row(daemon->meter, tree, PLAN_REST(slot))->dropped;

	for (unsigned block = 0; block < PLAN_GUEST_BLOCKS; block++)
		for (unsigned i = 0; blocks->map.slot_plus_1[block] == slot + 1 && i < PLAN_GUEST_BLOCK; i++)
			dropped += meter_row(daemon->meter, tree, PLAN_GUEST(block, i))->dropped;
	return dropped;
}

static void put_zone(const struct daemon *daemon, json_t *object)
{
	const char *id = json_string_value(json_object_get(object, "id"));
	const struct policy_zone *zone = policy_zone(engine_policy(daemon->engine), id ? id : "");
	int slot = slots_find(engine_slots(daemon->engine), "zone", id ? id : "");

	if (!zone || slot < 0)
		return;
	json_object_set_new(object, "sessions",
			    json_integer((json_int_t)sessions_count(daemon->sessions, zone->device)));
	for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES; tree++)
		status_figures(daemon, object, tree, PLAN_INNER(slot),
			       zone_dropped(daemon, tree, (unsigned)slot));
	booking_describe(daemon->booking, (unsigned)slot, object);
}

static json_t *overrides_json(const struct overrides *overrides, int64_t wall_usec)
{
	json_t *array = json_array();
	char text[CLOCK_TEXT];

	for (size_t i = 0; i < overrides->n; i++) {
		const struct override *row = &overrides->rows[i];

		if (row->until_wall_usec && row->until_wall_usec <= wall_usec)
			continue;
		json_array_append_new(
		    array,
		    json_pack("{s:s, s:s, s:s?}", "kind", override_name(row->kind), "id", row->id, "until",
			      row->until_wall_usec ? clock_text(row->until_wall_usec, text) : NULL));
	}
	return array;
}

static json_t *status_json(const struct ticket *ticket, const char *zone _unused_)
{
	struct daemon *daemon = ticket->daemon;
	struct engine *engine = daemon->engine;
	struct instant now = clock_now();
	struct planner_input in = engine_input(engine, now);
	json_t *status = describe_plan(&in, language_name(ticket->language)), *row;
	size_t i;

	status_uplink(daemon, json_object_get(status, "uplink"));
	json_array_foreach(json_object_get(status, "offices"), i, row) status_office(daemon, row);
	json_array_foreach(json_object_get(status, "zones"), i, row) put_zone(daemon, row);
	status_class(daemon, json_object_get(status, "own"), PLAN_OWN);
	status_class(daemon, json_object_get(status, "unattributed"), PLAN_UNATTRIBUTED);
	evidence_describe(daemon->evidence, status);
	notify_describe(daemon->notify, status);
	json_object_set_new(status, "conflicts", watch_conflicts(daemon->watch));
	json_object_set_new(status, "ledger", booking_json(daemon->booking));
	json_object_set_new(status, "lending", booking_lending(daemon->booking));
	json_object_set_new(status, "configuration", reload_json(daemon));
	json_object_set_new(status, "shaper", json_boolean(shaper_ready(daemon->shaper)));
	json_object_set_new(status, "alarm", shaper_alarm(daemon->shaper)[0] ? json_string(shaper_alarm(daemon->shaper)) : json_null());
	json_object_set_new(status, "rehearsal", json_boolean(clock_is_rehearsal()));
	json_object_set_new(status, "overrides", overrides_json(engine_overrides(engine), now.wall_usec));
	return status;
}

void command_status(const struct ticket *ticket, const json_t *request _unused_)
{
	answer_fresh(ticket, status_json, "");
}

/* ---- sessions ---- */

static const struct {
	uint8_t login;
	const char *name;
} logins[] = {
    {POLICY_LOGIN_CLICK, "click"},
    {POLICY_LOGIN_VOUCHER, "voucher"},
    {POLICY_LOGIN_ACCOUNT, "account"},
    {POLICY_LOGIN_RADIUS, "radius"},
};

static const char *login_name(uint8_t login)
{
	for (size_t i = 0; i < ELEMENTS(logins); i++)
		if (logins[i].login == login)
			return logins[i].name;
	return "other";
}

static const char *person_name(const struct person *person)
{
	static const char *const names[] = {
	    [LEDGER_PASS] = "pass", [LEDGER_VOUCHER] = "voucher", [LEDGER_ACCOUNT] = "account"};

	return names[person->key.kind];
}

static json_t *wall_json(struct instant now, int64_t mono_usec)
{
	char text[CLOCK_TEXT];

	return json_string(clock_text(now.wall_usec + (mono_usec - now.mono_usec), text));
}

/* What the kernel sees at each guest's MAC: read once for a whole listing. */
struct seen {
	struct neighbour_row *rows;
	ssize_t n; /* negative: could not be read, the listing then shows what logged in */
};

static size_t seen_first(const struct seen *seen, unsigned ifindex, const struct mac *mac)
{
	size_t low = 0, high = seen->n > 0 ? (size_t)seen->n : 0, middle;

	while (low < high) {
		const struct neighbour_row *row = &seen->rows[middle = low + (high - low) / 2];

		if (row->ifindex < ifindex ||
		    (row->ifindex == ifindex && memcmp(&row->mac, mac, sizeof(*mac)) < 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The IPv4 address that is let through, then the IPv6 addresses, of which a guest may have many. */
static json_t *addresses_json(const struct session *session, const struct seen *seen)
{
	unsigned ifindex = if_nametoindex(session->row.device);
	json_t *array = json_array();
	char text[ADDR_TEXT];

	if (session->row.address4.family)
		json_array_append_new(array, json_string(addr_text(&session->row.address4, text)));
	for (size_t i = seen_first(seen, ifindex, &session->row.mac); (ssize_t)i < seen->n; i++) {
		const struct neighbour_row *row = &seen->rows[i];

		if (row->ifindex != ifindex || memcmp(&row->mac, &session->row.mac, sizeof(row->mac)))
			break;
		if (row->address.family == AF_INET6)
			json_array_append_new(array, json_string(addr_text(&row->address, text)));
	}
	return array;
}

/* By the session's own time or the zone's closing, whichever is first. */
static int64_t ends_mono(const struct session *session, const struct engine_zone *zone, struct instant now)
{
	int64_t end = session->row.ends_mono_usec;

	if (zone->next_wall_usec)
		end = MIN(end, now.mono_usec + (zone->next_wall_usec - now.wall_usec));
	return end;
}

static json_t *bytes_json(const struct session *session, const struct policy_zone *zone, struct instant now)
{
	struct limit limit = limit_data(zone, session->person,
					session->billed[PLAN_DOWN] + session->billed[PLAN_UP], now.wall_usec);

	return limit.bytes == LIMIT_NONE ? json_null() : json_integer((json_int_t)limit.bytes);
}

static json_t *session_json(const struct daemon *daemon, const struct session *session,
			    const struct engine_zone *zone, const struct seen *seen)
{
	struct instant now = clock_now();
	int64_t end = ends_mono(session, zone, now);
	char mac[MAC_TEXT];

	return json_pack("{s:I, s:s, s:s, s:s, s:o, s:s, s:s, s:o, s:o, s:I, s:o, s:I, s:I}", "id",
			 (json_int_t)session->row.id, "zone", zone->zone->id, "zone_name", zone->zone->name,
			 "mac", mac_text(&session->row.mac, mac), "addresses", addresses_json(session, seen),
			 "login", login_name(session->row.login), "person", person_name(session->person),
			 "started", wall_json(now, session->row.started_mono_usec), "expires",
			 wall_json(now, end), "seconds_remaining",
			 (json_int_t)(MAX(end - now.mono_usec, (int64_t)0) / USEC_PER_SEC), "bytes_remaining",
			 bytes_json(session, zone->zone, now), "down_bytes",
			 (json_int_t)life_bytes(daemon->life, session, PLAN_DOWN), "up_bytes",
			 (json_int_t)life_bytes(daemon->life, session, PLAN_UP));
}

static json_t *sessions_json(const struct ticket *ticket, const char *id)
{
	struct daemon *daemon = ticket->daemon;
	json_t *array = json_array();
	struct seen seen = {0};

	seen.n = neighbour_all(daemon->neighbour, &seen.rows);
	for (struct session *s = sessions_next(daemon->sessions, NULL); s;
	     s = sessions_next(daemon->sessions, s)) {
		const struct engine_zone *zone = engine_zone_by_device(daemon->engine, s->row.device);

		if (s->state == SESSION_ONLINE && zone && zone->open && (!*id || !strcmp(zone->zone->id, id)))
			json_array_append_new(array, session_json(daemon, s, zone, &seen));
	}
	free(seen.rows);
	return array;
}

void command_sessions(const struct ticket *ticket, const json_t *request)
{
	const char *id = "";

	if (json_object_get(request, "zone") && !control_text(ticket, request, "zone", &id))
		return;
	if (*id && !policy_zone(engine_policy(ticket->daemon->engine), id)) {
		control_refuse(ticket, TEXT_NOT_ZONE, "zone", id);
		return;
	}
	answer_fresh(ticket, sessions_json, id);
}

/* ---- schedule ---- */

void command_schedule(const struct ticket *ticket, const json_t *request)
{
	struct planner_input in = engine_input(ticket->daemon->engine, clock_now());
	int64_t days = SCHEDULE_DAYS;

	if (json_object_get(request, "days") &&
	    !control_number(ticket, request, "days", 1, SCHEDULE_DAYS_MAX, &days))
		return;
	control_json(ticket, CONTROL_DONE,
		     describe_schedule(&in, (int)days, language_name(ticket->language)));
}
