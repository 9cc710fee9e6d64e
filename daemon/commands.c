/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what a person may do to a running gateway without touching its files. Each of these is a decision
 * against the calendar, or a question; none of them writes to the kernel by itself, and none is answered
 * "done" before it is.
 */
#include "commands.h"
#include <errno.h>
#include <string.h>
#include "booking.h"
#include "daemon.h"
#include "engine.h"
#include "later.h"
#include "meter.h"
#include "../lib/log.h"
#include "../lib/units.h"

#define OVERRIDE_USEC_MAX (400 * USEC_PER_DAY)

/* The decision stands; carries it out, and answers when the kernel has it. */
static void decide(const struct ticket *ticket, const char *cause, json_t *document)
{
	engine_update(ticket->daemon->engine, cause);
	later_planned(ticket, document);
}

/* ---- zones and offices ---- */

static const struct policy_zone *zone_argument(const struct ticket *ticket, const json_t *request)
{
	const struct policy_zone *zone;
	const char *id;

	if (!control_text(ticket, request, "id", &id))
		return NULL;
	zone = policy_zone(engine_policy(ticket->daemon->engine), id);
	if (!zone)
		control_refuse(ticket, TEXT_NOT_ZONE, "id", id);
	return zone;
}

static const struct policy_office *office_argument(const struct ticket *ticket, const json_t *request)
{
	const struct policy_office *office;
	const char *id;

	if (!control_text(ticket, request, "id", &id))
		return NULL;
	office = policy_office(engine_policy(ticket->daemon->engine), id);
	if (!office)
		control_refuse(ticket, TEXT_NOT_OFFICE, "id", id);
	return office;
}

/* "usec" from now, or 0 for "until auto". */
static bool until_argument(const struct ticket *ticket, const json_t *request, int64_t *until_wall_usec)
{
	static const struct control_bounds within = {"for", USEC_PER_SEC, OVERRIDE_USEC_MAX,
						     units_duration_human};
	int64_t usec;

	*until_wall_usec = 0;
	if (!json_object_get(request, "usec"))
		return true;
	if (!control_amount(ticket, request, "usec", &within, &usec))
		return false;
	*until_wall_usec = clock_now().wall_usec + usec;
	return true;
}

/* "until 2026-11-23 18:00"; malloc'd, NULL: memory. */
static char *until_text(const struct ticket *ticket, int64_t until_wall_usec)
{
	char time[CONTROL_TIME_TEXT];

	if (!until_wall_usec)
		return text_fill(ticket->language, TEXT_UNTIL_AUTO, TEXT_VALUES());
	return text_fill(ticket->language, TEXT_UNTIL, TEXT_VALUES(control_time_text(until_wall_usec, time)));
}

static json_t *until_json(int64_t until_wall_usec)
{
	char text[CLOCK_TEXT];

	return until_wall_usec ? json_string(clock_text(until_wall_usec, text)) : json_null();
}

/* True where the zone is open, has a guarantee in the configuration, and does not get it. */
static bool only_borrows(const struct engine *engine, const struct policy_zone *zone)
{
	struct planner_input in = engine_input(engine, clock_now());
	struct policy_share share = planner_zone_share(&in, zone);

	return (zone->share.guaranteed.down_bps && !share.guaranteed.down_bps) ||
	       (zone->share.guaranteed.up_bps && !share.guaranteed.up_bps);
}

static json_t *opened_json(const struct ticket *ticket, const struct policy_zone *zone,
			   int64_t until_wall_usec)
{
	_cleanup_(freep) char *until = until_text(ticket, until_wall_usec);
	char down[UNITS_TEXT], up[UNITS_TEXT];
	bool borrows = only_borrows(ticket->daemon->engine, zone);
	json_t *text;

	units_rate_human(zone->share.guaranteed.down_bps, down);
	units_rate_human(zone->share.guaranteed.up_bps, up);
	text = control_sentence(ticket, borrows ? TEXT_ZONE_BORROWS : TEXT_ZONE_OPENED, zone->id, until, down,
				up);
	return json_pack("{s:s, s:b, s:o, s:b, s:o}", "id", zone->id, "open", 1, "until",
			 until_json(until_wall_usec), "borrows_only", borrows, "text", text);
}

void command_zone_open(const struct ticket *ticket, const json_t *request)
{
	const struct policy_zone *zone = zone_argument(ticket, request);
	struct engine *engine = ticket->daemon->engine;
	int64_t until;

	if (!zone || !until_argument(ticket, request, &until))
		return;
	if (engine_override(engine, OVERRIDE_ZONE_OPEN, zone->id, until) < 0)
		control_refuse(ticket, TEXT_NO_MEMORY);
	else
		decide(ticket, "a person opened it", opened_json(ticket, zone, until));
}

void command_zone_close(const struct ticket *ticket, const json_t *request)
{
	const struct policy_zone *zone = zone_argument(ticket, request);
	struct engine *engine = ticket->daemon->engine;
	_cleanup_(freep) char *text = NULL;
	int64_t until;

	if (!zone || !until_argument(ticket, request, &until))
		return;
	text = until_text(ticket, until);
	if (engine_override(engine, OVERRIDE_ZONE_CLOSED, zone->id, until) < 0)
		control_refuse(ticket, TEXT_NO_MEMORY);
	else
		decide(ticket, "a person closed it",
		       json_pack("{s:s, s:b, s:o, s:o}", "id", zone->id, "open", 0, "until",
				 until_json(until), "text",
				 control_sentence(ticket, TEXT_ZONE_CLOSED, zone->id, text)));
}

void command_zone_auto(const struct ticket *ticket, const json_t *request)
{
	const struct policy_zone *zone = zone_argument(ticket, request);
	struct engine *engine = ticket->daemon->engine;
	struct planner_input in;
	bool open;

	if (!zone)
		return;
	engine_override_end(engine, OVERRIDE_ZONE_OPEN, zone->id);
	in = engine_input(engine, clock_now());
	open = planner_zone_open(&in, zone);
	decide(ticket, "a person gave it back to its schedule",
	       json_pack(
		   "{s:s, s:b, s:o}", "id", zone->id, "open", open, "text",
		   control_sentence(ticket, open ? TEXT_ZONE_AUTO_OPEN : TEXT_ZONE_AUTO_CLOSED, zone->id)));
}

/* Walks the states until then. Where the guarantees add up to more than there is, even with every zone
 * yielding: when that is and what they add up to. 1 fits, 0 does not, -errno. */
static int overtime_fits(const struct engine *engine, const char *id, int64_t until_wall_usec,
			 int64_t *when_wall_usec, struct policy_rate *sum)
{
	const struct policy_rate budget = policy_budget(engine_policy(engine));
	struct planner_input in = engine_input(engine, clock_now());
	_cleanup_(overrides_clear) struct overrides overrides = {0};
	int r = overrides_copy(&overrides, engine_overrides(engine));

	if (r >= 0)
		r = overrides_set(&overrides, OVERRIDE_OFFICE_INSIDE, id, until_wall_usec);
	if (r < 0)
		return r;
	in.overrides = overrides.rows;
	in.n_overrides = overrides.n;
	while (in.now.wall_usec && in.now.wall_usec < until_wall_usec) {
		*sum = planner_guarantees(&in);
		*when_wall_usec = in.now.wall_usec;
		if (sum->down_bps > budget.down_bps || sum->up_bps > budget.up_bps)
			return 0;
		in.now.wall_usec = planner_next(&in).wall_usec;
	}
	return 1;
}

static void refuse_overtime(const struct ticket *ticket, const struct policy_office *office,
			    int64_t when_wall_usec, struct policy_rate sum)
{
	const struct policy_rate budget = policy_budget(engine_policy(ticket->daemon->engine));
	char texts[4][UNITS_TEXT], time[CONTROL_TIME_TEXT];

	control_refuse(ticket, TEXT_OVERTIME_DOES_NOT_FIT, office->id,
		       control_time_text(when_wall_usec, time), units_rate_text(sum.down_bps, texts[0]),
		       units_rate_text(sum.up_bps, texts[1]), units_rate_text(budget.down_bps, texts[2]),
		       units_rate_text(budget.up_bps, texts[3]));
}

/* The open zones that get no guarantee now, "a, b"; empty: none. NULL: memory. */
static char *borrowing_zones(const struct engine *engine)
{
	const struct policy *policy = engine_policy(engine);
	char *names = strdup("");

	for (size_t i = 0; i < policy->n_zones && names; i++) {
		_cleanup_(freep) char *before = names;
		struct planner_input in = engine_input(engine, clock_now());

		names = NULL;
		if (!planner_zone_open(&in, &policy->zones[i]) || !only_borrows(engine, &policy->zones[i]))
			names = strdup(before);
		else if (asprintf(&names, "%s%s%s", before, *before ? ", " : "", policy->zones[i].id) < 0)
			names = NULL;
	}
	return names;
}

static json_t *overtime_json(const struct ticket *ticket, const struct policy_office *office, int64_t until)
{
	_cleanup_(freep) char *zones = borrowing_zones(ticket->daemon->engine);
	char time[CONTROL_TIME_TEXT];

	return json_pack("{s:s, s:o, s:o}", "id", office->id, "until", until_json(until), "text",
			 control_sentence(ticket, zones && *zones ? TEXT_OVERTIME_YIELDS : TEXT_OVERTIME,
					  office->id, control_time_text(until, time), zones ? zones : ""));
}

void command_office_inside(const struct ticket *ticket, const json_t *request)
{
	const struct policy_office *office = office_argument(ticket, request);
	struct engine *engine = ticket->daemon->engine;
	char text[CONTROL_TIME_TEXT];
	struct policy_rate sum;
	int64_t until, when;
	int r;

	if (!office || !control_time(ticket, request, "until", &until))
		return;
	if (until <= clock_now().wall_usec) {
		control_refuse(ticket, TEXT_NOT_FUTURE, control_time_text(until, text));
		return;
	}
	r = overtime_fits(engine, office->id, until, &when, &sum);
	if (r == 0)
		refuse_overtime(ticket, office, when, sum);
	else if (r < 0 || engine_override(engine, OVERRIDE_OFFICE_INSIDE, office->id, until) < 0)
		control_refuse(ticket, TEXT_NO_MEMORY);
	else
		decide(ticket, "a person ordered overtime", overtime_json(ticket, office, until));
}

void command_office_auto(const struct ticket *ticket, const json_t *request)
{
	const struct policy_office *office = office_argument(ticket, request);

	if (!office)
		return;
	engine_override_end(ticket->daemon->engine, OVERRIDE_OFFICE_INSIDE, office->id);
	decide(ticket, "a person ended overtime",
	       json_pack("{s:s, s:o}", "id", office->id, "text",
			 control_sentence(ticket, TEXT_OFFICE_AUTO, office->id)));
}

void command_rehearse(const struct ticket *ticket, const json_t *request)
{
	char text[CONTROL_TIME_TEXT], rfc[CLOCK_TEXT];
	int64_t to;

	if (!clock_is_rehearsal()) {
		control_refuse(ticket, TEXT_NO_REHEARSAL);
		return;
	}
	if (!control_time(ticket, request, "to", &to))
		return;
	booking_flush(ticket->daemon->booking);
	clock_rehearse(to);
	meter_ask(ticket->daemon->meter); /* the first interval on the clock as it is now */
	log_notice("the rehearsed clock was moved to %s", control_time_text(to, text));
	decide(ticket, "the rehearsed clock was moved",
	       json_pack("{s:s, s:o}", "time", clock_text(to, rfc), "text",
			 control_sentence(ticket, TEXT_CLOCK_MOVED, text)));
}
