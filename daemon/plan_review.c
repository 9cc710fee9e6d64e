/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: whoever edits the configuration of a gateway that a town depends on must see what it will do, while
 * the daemon runs, and before anything is changed. So both configurations go to the planner with the same
 * overrides, sessions and class slots as what runs; nothing of it is kept.
 */
#include "plan_review.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include "daemon.h"
#include "engine.h"
#include "history.h"
#include "plan_try.h"
#include "reload.h"
#include "session.h"
#include "slots_room.h"
#include "../policy/describe.h"
#include "../policy/review.h"

#define NUMBER_MAX INT64_C(1000000000)
#define DAYS 7

DEFINE_CLEANUP(struct policy *, policy_free)

struct review {
	const struct ticket *ticket;
	int64_t from_number, to_number; /* from -1: what runs; to 0: the edited files */
	int64_t at_wall_usec;		/* 0: now */
	bool operations;
	struct policy *from_owned, *to;
	struct slots slots;
	struct config_report report; /* of `to` */
	struct planner_input before, after;
};

static void review_clear(struct review *review)
{
	policy_free(review->from_owned);
	policy_free(review->to);
	slots_clear(&review->slots);
	config_report_clear(&review->report);
}

/* ---- both configurations ---- */

static void refuse_faults(const struct ticket *ticket, const struct config_report *report)
{
	_cleanup_(freep) char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	for (size_t i = 0; stream && i < report->n_faults; i++)
		fprintf(stream, "%s%s", i ? "\n" : "", report->faults[i]);
	if (stream)
		fclose(stream);
	control_refuse_as_is(ticket, text && *text ? text : strerror(ENOMEM));
}

static void refuse_number(const struct ticket *ticket, int64_t number, int error)
{
	char entry[24];

	snprintf(entry, sizeof(entry), "%" PRId64, number);
	control_refuse(ticket, TEXT_NO_HISTORY, entry, strerror(-error));
}

/* False: refused. */
static bool load(const struct ticket *ticket, int64_t number, struct policy **out,
		 struct config_report *report)
{
	int r = history_policy(ticket->daemon->history, (uint64_t)number, out, report);

	if (r > 0)
		refuse_faults(ticket, report);
	else if (r < 0)
		refuse_number(ticket, number, r);
	return r == 0;
}

static bool load_from(struct review *review)
{
	struct config_report report = {0};
	bool loaded;

	if (review->from_number < 0)
		return true;
	loaded = load(review->ticket, review->from_number, &review->from_owned, &report);
	config_report_clear(&report);
	return loaded;
}

static int copy_slots(struct slots *to, const struct slots *from)
{
	to->ids = calloc(from->n + 1, sizeof(*to->ids));
	if (!to->ids)
		return -ENOMEM;
	if (from->n)
		memcpy(to->ids, from->ids, from->n * sizeof(*to->ids));
	to->n = from->n;
	return 0;
}

static bool same_rate(struct policy_rate a, struct policy_rate b)
{
	return a.down_bps == b.down_bps && a.up_bps == b.up_bps;
}

/* Where the uplink's own rate is edited, what was measured of the former says nothing. */
static struct planner_input input_of(const struct review *review, const struct policy *policy)
{
	struct engine *engine = review->ticket->daemon->engine;
	struct planner_input in = engine_input(engine, clock_now());

	if (!same_rate(policy->uplink_rate, in.policy->uplink_rate))
		in.uplink = (struct policy_rate){0};
	in.policy = policy;
	in.slots = &review->slots;
	return in;
}

static int prepare(struct review *review)
{
	struct engine *engine = review->ticket->daemon->engine;
	const struct policy *from = review->from_owned ? review->from_owned : engine_policy(engine);
	int r = copy_slots(&review->slots, engine_slots(engine));

	if (r == 0)
		r = slots_assign_room(&review->slots, review->to, from);
	if (r < 0)
		return r;
	review->before = input_of(review, from);
	review->after = input_of(review, review->to);
	review->after.now = review->before.now;
	return 0;
}

/* ---- what it says ---- */

static const char *why_touched(const struct review *review, const struct policy_zone *zone)
{
	const struct policy_zone *then = policy_zone(review->to, zone->id);

	if (!then)
		return "removed";
	if (strncmp(zone->device, then->device, sizeof(zone->device)))
		return "devices";
	if (memcmp(&zone->address4, &then->address4, sizeof(zone->address4)) ||
	    memcmp(&zone->address6, &then->address6, sizeof(zone->address6)))
		return "address";
	return planner_zone_open(&review->before, zone) && !planner_zone_open(&review->after, then) ? "closed"
												    : NULL;
}

static json_t *sessions_json(const struct review *review)
{
	const struct policy *policy = review->before.policy;
	json_t *rows = json_array();

	for (size_t i = 0; i < policy->n_zones; i++) {
		const struct policy_zone *zone = &policy->zones[i];
		size_t n = sessions_count(review->ticket->daemon->sessions, zone->device);
		const char *why = n ? why_touched(review, zone) : NULL;

		if (why)
			json_array_append_new(rows,
					      json_pack("{s:s, s:s, s:I, s:s}", "zone", zone->id, "name",
							zone->name, "sessions", (json_int_t)n, "why", why));
	}
	return rows;
}

static json_t *restart_json(const json_t *settings)
{
	static const char *const keys[] = {"site.timezone", "paths.run", "paths.state"};
	json_t *array = json_array();
	const json_t *row;
	size_t i;

	json_array_foreach(settings, i, row)
	{
		const char *key = json_string_value(json_object_get(row, "key"));

		for (size_t k = 0; key && k < ELEMENTS(keys); k++)
			if (!strcmp(json_string_value(json_object_get(row, "what")), "site") &&
			    !strcmp(key, keys[k]))
				json_array_append_new(array, json_string(key));
	}
	return array;
}

static json_t *lines_json(char **lines, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_string(lines[i]));
	return array;
}

static json_t *number_json(const struct review *review)
{
	uint64_t current = history_pending(review->ticket->daemon->history);

	if (review->from_number >= 0)
		return json_integer(review->from_number);
	if (!current)
		current = history_current(review->ticket->daemon->history);
	return current ? json_integer((json_int_t)current) : json_null();
}

static json_t *review_json(const struct review *review)
{
	const char *language = language_name(review->ticket->language);
	json_t *settings = review_settings(review->before.policy, review->to);
	struct planner_input then = review->after;

	if (review->at_wall_usec) {
		then.now.wall_usec = review->at_wall_usec;
		then.now.mono_usec += review->at_wall_usec - review->after.now.wall_usec;
	}
	return json_pack(
	    "{s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:{s:o, s:o}, s:o}", "from", number_json(review), "to",
	    (json_int_t)review->to_number, "plan", describe_plan(&then, language), "changes",
	    describe_changes(&review->before, &then), "configuration", reload_json(review->ticket->daemon),
	    "states", review_states(&review->before, &review->after, DAYS, language), "restart",
	    restart_json(settings), "warnings",
	    lines_json(review->report.warnings, review->report.n_warnings), "touched", "sessions",
	    sessions_json(review), "flows", review_flows(settings), "settings", settings);
}

/* ---- the question ---- */

static bool read_request(const json_t *request, struct review *review)
{
	const struct ticket *ticket = review->ticket;

	review->from_number = -1;
	review->operations = json_is_true(json_object_get(request, "ops"));
	if (json_object_get(request, "from") &&
	    !control_number(ticket, request, "from", 0, NUMBER_MAX, &review->from_number))
		return false;
	if (json_object_get(request, "to") &&
	    !control_number(ticket, request, "to", 0, NUMBER_MAX, &review->to_number))
		return false;
	return !json_object_get(request, "at") || control_time(ticket, request, "at", &review->at_wall_usec);
}

/* Differing is not only what differs now: a quota that is edited changes no rate today. */
static enum control_status judge(const json_t *document)
{
	return json_array_size(json_object_get(document, "settings")) ||
		       json_array_size(json_object_get(document, "changes"))
		   ? CONTROL_CHANGES
		   : CONTROL_DONE;
}

static void answer(const struct review *review)
{
	json_t *document = review_json(review);

	if (document && review->operations)
		plan_try(review->ticket, &review->after, judge(document), document);
	else
		control_json(review->ticket, judge(document), document);
}

void command_plan(const struct ticket *ticket, const json_t *request)
{
	_cleanup_(review_clear) struct review review = {.ticket = ticket};
	int r;

	if (!read_request(request, &review) || !load(ticket, review.to_number, &review.to, &review.report) ||
	    !load_from(&review))
		return;
	r = prepare(&review);
	if (r == 0)
		answer(&review);
	else
		control_refuse(ticket, TEXT_NOT_APPLIED,
			       r == -ENOSPC ? text_of(ticket->language, TEXT_NO_CLASS_LEFT) : strerror(-r));
}
