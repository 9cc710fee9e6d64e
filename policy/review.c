/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: an edit that looks harmless at noon may take a guarantee away at six. So each coming state of the
 * calendar is decided twice, once by each configuration, by the same planner that will decide it then; only
 * what differs is kept. Never reckons anything anew.
 */
#include "review.h"
#include "describe.h"
#include "../lib/cleanup.h"
#include "../lib/units.h"
#include <string.h>

#define STATES_MAX 200 /* of a week: a bound, not a wish */

/* ---- coming states ---- */

static json_t *time_json(int64_t wall_usec)
{
	char text[CLOCK_TEXT];

	return json_string(clock_text(wall_usec, text));
}

static json_t *rate_json(struct policy_rate rate)
{
	return json_pack("{sI,sI}", "down_bps", (json_int_t)rate.down_bps, "up_bps", (json_int_t)rate.up_bps);
}

static struct planner_input input_at(const struct planner_input *in, int64_t wall_usec)
{
	struct planner_input at = *in;

	at.now.wall_usec = wall_usec;
	at.now.mono_usec += wall_usec - in->now.wall_usec;
	at.uplink = (struct policy_rate){0};
	return at;
}

/* Steals `cause`. */
static json_t *state_json(const struct planner_input *from, const struct planner_input *to, json_t *cause)
{
	struct policy_rate sum = planner_guarantees(to), budget = planner_budget(to);
	bool fits = sum.down_bps <= budget.down_bps && sum.up_bps <= budget.up_bps;

	return json_pack("{so,so,so,so,sb,so}", "time", time_json(to->now.wall_usec), "cause", cause,
			 "guaranteed", rate_json(sum), "budget", rate_json(budget), "fits", (int)fits,
			 "changes", describe_changes(from, to));
}

/* With hundreds of offices each working day would repeat the same thousand rows: they stand once. Steals
 * `state`. */
static int add_state(json_t *rows, json_t *state)
{
	const json_t *changes = json_object_get(state, "changes"), *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		if (json_array_size(changes) && json_equal(json_object_get(row, "changes"), changes)) {
			json_object_del(state, "changes");
			json_object_set_new(state, "same_as", json_integer((json_int_t)i));
			break;
		}
	}
	return json_array_append_new(rows, state);
}

static json_t *cause_json(const struct planner_change *change, const char *language)
{
	_cleanup_(freep) char *text = describe_cause(change, language);

	return text ? json_string(text) : NULL;
}

static json_t *phase_json(const struct planner_input *in, const char *language)
{
	_cleanup_(freep) char *text = describe_phase_cause(in, language);

	return text ? json_string(text) : NULL;
}

/* The sooner of both; the second configuration's cause where both change at once. */
static struct planner_change sooner(struct planner_change a, struct planner_change b)
{
	if (!a.wall_usec || (b.wall_usec && b.wall_usec <= a.wall_usec))
		return b;
	return a;
}

json_t *review_states(const struct planner_input *from, const struct planner_input *to, int days,
		      const char *language)
{
	int64_t end = to->now.wall_usec + days * USEC_PER_DAY;
	json_t *rows = json_array();
	struct planner_change old = planner_next(from), new = planner_next(to);
	int r = add_state(rows, state_json(from, to, phase_json(to, language)));

	for (unsigned n = 0; r == 0 && n < STATES_MAX; n++) {
		struct planner_change next = sooner(old, new);
		struct planner_input a, b;

		if (!next.wall_usec || next.wall_usec > end)
			return rows;
		a = input_at(from, next.wall_usec);
		b = input_at(to, next.wall_usec);
		r = add_state(rows, state_json(&a, &b, cause_json(&next, language)));
		if (old.wall_usec == next.wall_usec)
			old = planner_next(&a);
		if (new.wall_usec == next.wall_usec)
			new = planner_next(&b);
	}
	if (r == 0)
		return rows;
	json_decref(rows);
	return NULL;
}

/* ---- connections ---- */

static const struct {
	const char *what, *key, *why;
} touches[] = {
    {"office", "added", "added"},
    {"office", "removed", "removed"},
    {"office", "prefixes", "prefixes"},
    {"office", "devices", "devices"},
    {"service", "added", "services"},
    {"service", "removed", "services"},
    {"service", "ports", "services"},
    {"service", "prefixes", "services"},
    {"service", "dscp", "services"},
    {"site", "uplink.device", "uplink"},
    {"site", "uplink.nat", "nat"},
    {"site", "uplink.nat66", "nat"},
    {"site", "between_offices", "between_offices"},
};

static const char *member(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text ? text : "";
}

static const char *why_touched(const json_t *row)
{
	for (size_t i = 0; i < ELEMENTS(touches); i++)
		if (!strcmp(member(row, "what"), touches[i].what) &&
		    !strcmp(member(row, "key"), touches[i].key))
			return touches[i].why;
	return NULL;
}

/* What an added one has is no further change; nor is a service's second key. */
static bool is_said(const json_t *rows, const json_t *row, const char *why)
{
	const json_t *last = json_array_get(rows, json_array_size(rows) - 1);

	return last && json_equal(json_object_get(last, "id"), json_object_get(row, "id")) &&
	       !strcmp(member(last, "what"), member(row, "what")) &&
	       (!strcmp(member(last, "why"), why) || !strcmp(member(last, "why"), "added"));
}

json_t *review_flows(const json_t *settings)
{
	json_t *rows = json_array();
	const json_t *row;
	size_t i;

	json_array_foreach(settings, i, row)
	{
		const char *why = why_touched(row);

		if (why && !is_said(rows, row, why))
			json_array_append_new(rows,
					      json_pack("{sO,sO,sO,ss}", "what", json_object_get(row, "what"),
							"id", json_object_get(row, "id"), "name",
							json_object_get(row, "name"), "why", why));
	}
	return rows;
}
