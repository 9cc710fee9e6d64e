// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `gerbang quota`: who has used how much of what was given, and who was let off, by whom, why and until when.
 * The daemon judges and keeps; here it is asked.
 */
#include <errno.h>
#include <string.h>
#include "../lib/clock.h"
#include "../lib/units.h"
#include "arguments.h"
#include "ask.h"
#include "ledger_render.h"
#include "local.h"
#include "render.h"
#include "when.h"
#include "who.h"

#define EXEMPT_DAYS_MAX 366 /* the daemon's bound */

int command_quota(const struct invocation *invocation)
{
	return ask(invocation, json_pack("{ss}", "command", "quota-list"), render_quota);
}

/* The daemon takes an instant: it is the site's zone that says which one. */
static int add_until(const struct invocation *invocation, const char *run_directory, json_t *request)
{
	const char *path = ask_config(invocation);
	_cleanup_(freep) char *zone = local_setting(path, "site.timezone");
	char time[WHEN_TEXT];
	int64_t wall_usec;

	if (!zone || clock_zone_set(zone) < 0) {
		complain(WORD_REFUSED, path);
		return CONTROL_REFUSED;
	}
	if (when_read(run_directory, invocation->values[OPTION_UNTIL], time) < 0 ||
	    clock_parse(time, &wall_usec) < 0)
		return CONTROL_USAGE;
	json_object_set_new(request, "until_wall_usec", json_integer(wall_usec));
	return 0;
}

/* --for D or --until T, one of them. */
static int add_end(const struct invocation *invocation, const char *run_directory, json_t *request)
{
	static const struct argument duration = {
	    OPTION_FOR, ARGUMENT_DURATION, "usec", USEC_PER_SEC, EXEMPT_DAYS_MAX * USEC_PER_DAY, NULL};
	const char *until = invocation->values[OPTION_UNTIL];
	json_t *usec = NULL;
	int r;

	if (!invocation->values[OPTION_FOR] == !until) {
		complain(WORD_NEEDS_OPTION, invocation->command->name, "--for DURATION | --until TIME");
		return CONTROL_USAGE;
	}
	if (until)
		return add_until(invocation, run_directory, request);
	r = arguments_measure(&duration, invocation->values[OPTION_FOR], &usec);
	if (r == 0)
		json_object_set_new(request, "seconds",
				    json_integer(json_integer_value(usec) / USEC_PER_SEC));
	json_decref(usec);
	return r;
}

static int add_exemption(const struct invocation *invocation, const char *run_directory, json_t *request)
{
	static const struct argument reason = {OPTION_REASON, ARGUMENT_TEXT, "reason", 0, 0, "--reason TEXT"};
	int r = add_end(invocation, run_directory, request);

	if (r == 0)
		r = arguments_add(invocation, &reason, 1, request);
	return r == 0 ? who_add(invocation, request) : r;
}

int command_quota_exempt(const struct invocation *invocation)
{
	_cleanup_(freep) char *run_directory = local_run_directory(ask_config(invocation));
	json_t *request = json_pack("{ss,ss}", "command", "quota-exempt", "office", invocation->words[0]);
	int r =
	    run_directory && request ? add_exemption(invocation, run_directory, request) : ask_no_memory();

	if (r == 0)
		return ask_below(invocation, run_directory, request, render_done);
	json_decref(request);
	return r;
}

int command_quota_revoke(const struct invocation *invocation)
{
	const char *typed = invocation->words[0];
	json_t *request;
	char *end;
	long long id;

	errno = 0;
	id = strtoll(typed, &end, 10);
	if (errno != 0 || *end || id < 1 || *typed < '0' || *typed > '9') {
		complain(WORD_BAD_COUNT, "N", "9223372036854775807", typed);
		return CONTROL_USAGE;
	}
	request = json_pack("{ss,sI}", "command", "quota-revoke", "id", (json_int_t)id);
	return ask(invocation, request, render_done);
}
