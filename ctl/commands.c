// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The commands. Each checks what a person typed, asks the daemon (or the policy library where that is
 * enough), and shows the answer: nothing is decided here.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "../lib/clock.h"
#include "../lib/units.h"
#include "arguments.h"
#include "ask.h"
#include "client.h"
#include "command.h"
#include "local.h"
#include "render.h"
#include "review.h"
#include "when.h"

#define SCHEDULE_DAYS 14
#define OVERRIDE_DAYS_MAX 400 /* the daemon's bound */

DEFINE_CLEANUP(struct policy *, policy_free)

/* ---- times ---- */

/* A request whose argument `key` is the time `typed`. Steals `request`. */
static int ask_with_time(const struct invocation *invocation, json_t *request, const char *key,
			 const char *typed)
{
	_cleanup_(freep) char *run_directory = local_run_directory(ask_config(invocation));
	char time[WHEN_TEXT];

	if (!run_directory || when_read(run_directory, typed, time) < 0) {
		json_decref(request);
		return run_directory ? CONTROL_USAGE : ask_no_memory();
	}
	json_object_set_new(request, key, json_string(time));
	return ask_below(invocation, run_directory, request, render_done);
}

/* ---- without a daemon ---- */

static int check_json(const struct invocation *invocation)
{
	_cleanup_(json_decrefp) json_t *document = NULL;
	bool valid = false;

	document = local_check(ask_config(invocation), &valid);
	if (!document)
		return ask_no_memory();
	render_json(document);
	return valid ? CONTROL_DONE : CONTROL_REFUSED;
}

int command_check(const struct invocation *invocation)
{
	_cleanup_(policy_freep) struct policy *policy = NULL;
	size_t warnings = 0;

	if (invocation->values[OPTION_JSON])
		return check_json(invocation);
	policy = local_policy(ask_config(invocation), true, &warnings);
	if (!policy)
		return CONTROL_REFUSED;
	printf("%s: %zu %s, %zu %s, %zu %s, %zu %s", word(WORD_OK), policy->n_offices, word(WORD_OFFICES),
	       policy->n_zones, word(WORD_ZONES), policy->n_schedules, word(WORD_SCHEDULES),
	       policy->n_holidays, word(WORD_HOLIDAYS));
	if (warnings > 0)
		printf("; %zu %s", warnings, word(WORD_WARNINGS));
	putchar('\n');
	return CONTROL_DONE;
}

/* The daemon first: it knows overrides and its own clock. -1: nobody is there, ask the policy library. */
static int try_daemon(const struct invocation *invocation, const char *run_directory, json_t *request,
		      ask_renderer render)
{
	_cleanup_(answer_clear) struct answer answer = {0};
	int r = client_call(run_directory, request, &answer);

	if (r == -ENOENT || r == -ECONNREFUSED || r == -EACCES || r == -ENOTDIR)
		return -1;
	if (r < 0)
		return ask_unreachable(run_directory, r);
	r = ask_show_answer(invocation, &answer, render);
	if (r == CONTROL_DONE && json_array_size(json_object_get(answer.json, "changes")) > 0)
		return CONTROL_CHANGES;
	return r;
}

static int plan_locally(const struct invocation *invocation, const char *run_directory)
{
	_cleanup_(policy_freep) struct policy *policy = NULL;
	_cleanup_(json_decrefp) json_t *document = NULL;
	const char *at = invocation->values[OPTION_AT];
	int64_t wall_usec;
	char time[WHEN_TEXT];

	policy = local_policy(ask_config(invocation), false, NULL); /* and the site's time zone */
	if (!policy)
		return CONTROL_REFUSED;
	wall_usec = clock_now().wall_usec;
	if (at && (when_read(run_directory, at, time) < 0 || clock_parse(time, &wall_usec) < 0))
		return CONTROL_USAGE;
	document = local_plan(policy, wall_usec);
	return ask_show(invocation, document, render_plan);
}

int command_plan(const struct invocation *invocation)
{
	_cleanup_(freep) char *run_directory = local_run_directory(ask_config(invocation));
	const char *at = invocation->values[OPTION_AT];
	char time[WHEN_TEXT];
	json_t *request;
	int r;

	if (!run_directory)
		return ask_no_memory();
	if (at && when_read(run_directory, at, time) < 0)
		return CONTROL_USAGE;
	request = json_pack("{ss}", "command", "plan");
	if (at)
		json_object_set_new(request, "at", json_string(time));
	if (invocation->values[OPTION_OPS])
		json_object_set_new(request, "ops", json_true());
	r = try_daemon(invocation, run_directory, request, at ? render_plan : render_review);
	return r >= 0 ? r : plan_locally(invocation, run_directory);
}

/* 1 to 366, or 0: said. */
static int read_days(const struct invocation *invocation)
{
	const char *typed = invocation->values[OPTION_DAYS];
	char *end;
	long days;

	if (!typed)
		return SCHEDULE_DAYS;
	errno = 0;
	days = strtol(typed, &end, 10);
	if (errno == 0 && *typed >= '0' && *typed <= '9' && *end == '\0' && days >= 1 && days <= 366)
		return (int)days;
	complain(WORD_BAD_DAYS, typed);
	return 0;
}

static int schedule_locally(const struct invocation *invocation, int days)
{
	_cleanup_(policy_freep) struct policy *policy = NULL;
	_cleanup_(json_decrefp) json_t *document = NULL;

	policy = local_policy(ask_config(invocation), false, NULL);
	if (!policy)
		return CONTROL_REFUSED;
	document = local_schedule(policy, clock_now().wall_usec, days);
	return ask_show(invocation, document, render_schedule);
}

int command_schedule(const struct invocation *invocation)
{
	_cleanup_(freep) char *run_directory = NULL;
	int r, days = read_days(invocation);

	if (days == 0)
		return CONTROL_USAGE;
	run_directory = local_run_directory(ask_config(invocation));
	if (!run_directory)
		return ask_no_memory();
	r = try_daemon(invocation, run_directory, json_pack("{ss,si}", "command", "schedule", "days", days),
		       render_schedule);
	return r >= 0 ? r : schedule_locally(invocation, days);
}

/* ---- the daemon's ---- */

int command_status(const struct invocation *invocation)
{
	return ask(invocation, json_pack("{ss}", "command", "status"), render_status);
}

int command_apply(const struct invocation *invocation)
{
	static const struct argument confirm = {OPTION_CONFIRM, ARGUMENT_DURATION, "confirm_usec",
						USEC_PER_SEC,	USEC_PER_DAY,	   NULL};
	json_t *request = json_pack("{ss}", "command", "apply");
	int r = request ? arguments_add(invocation, &confirm, 1, request) : ask_no_memory();

	if (r == 0)
		return ask(invocation, request, render_apply);
	json_decref(request);
	return r;
}

static int zone_for(const struct invocation *invocation, const char *command)
{
	static const struct argument argument = {
	    OPTION_FOR, ARGUMENT_DURATION, "usec", USEC_PER_SEC, OVERRIDE_DAYS_MAX * USEC_PER_DAY, NULL};
	json_t *request = json_pack("{ss,ss}", "command", command, "id", invocation->words[0]);
	int r = request ? arguments_add(invocation, &argument, 1, request) : ask_no_memory();

	if (r == 0)
		return ask(invocation, request, render_done);
	json_decref(request);
	return r;
}

int command_zone_open(const struct invocation *invocation)
{
	return zone_for(invocation, "zone-open");
}

int command_zone_close(const struct invocation *invocation)
{
	return zone_for(invocation, "zone-close");
}

int command_zone_auto(const struct invocation *invocation)
{
	return ask(invocation, json_pack("{ss,ss}", "command", "zone-auto", "id", invocation->words[0]),
		   render_done);
}

int command_office_inside(const struct invocation *invocation)
{
	if (!invocation->values[OPTION_UNTIL]) {
		complain(WORD_NEEDS_OPTION, "office inside", "--until TIME");
		return CONTROL_USAGE;
	}
	return ask_with_time(invocation,
			     json_pack("{ss,ss}", "command", "office-inside", "id", invocation->words[0]),
			     "until", invocation->values[OPTION_UNTIL]);
}

int command_office_auto(const struct invocation *invocation)
{
	return ask(invocation, json_pack("{ss,ss}", "command", "office-auto", "id", invocation->words[0]),
		   render_done);
}

int command_rehearse(const struct invocation *invocation)
{
	return ask_with_time(invocation, json_pack("{ss}", "command", "rehearse"), "to",
			     invocation->words[0]);
}

int command_sessions(const struct invocation *invocation)
{
	json_t *request = json_pack("{ss}", "command", "sessions");

	if (invocation->values[OPTION_ZONE])
		json_object_set_new(request, "zone", json_string(invocation->values[OPTION_ZONE]));
	return ask(invocation, request, render_sessions);
}

int command_kick(const struct invocation *invocation)
{
	return ask(invocation, json_pack("{ss,ss}", "command", "kick", "guest", invocation->words[0]),
		   render_done);
}
