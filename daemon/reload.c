/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: `gerbang apply`. An edited configuration takes the place of the running one whole, or not at all: with
 * a fault, or when the shaper refuses what it leads to, everything stays as it was.
 */
#include <errno.h>
#include <string.h>
#include "commands.h"
#include "daemon.h"
#include "engine.h"
#include "guest.h"
#include "settings.h"
#include "terms.h"
#include "watch.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../policy/config.h"
#include "../policy/describe.h"

DEFINE_CLEANUP(struct policy *, policy_free)

struct reload {
	struct ticket *ticket;
	struct policy *before;
	json_t *document;
};

static bool in_progress; /* one process, one configuration */

static char *join_lines(char **lines, size_t n)
{
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	if (!stream)
		return NULL;
	for (size_t i = 0; i < n; i++)
		fprintf(stream, "%s%s", i ? "\n" : "", lines[i]);
	fclose(stream);
	return text;
}

static bool differs(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") != 0;
}

/* What this process has built itself upon. NULL, or the key that only a restart changes. */
static const char *needs_restart(const struct policy *now, const struct policy *then)
{
	if (differs(now->timezone, then->timezone))
		return "site.timezone";
	if (differs(now->run_directory, then->run_directory))
		return "paths.run";
	if (differs(now->state_directory, then->state_directory))
		return "paths.state";
	return NULL;
}

static json_t *lines_json(char **lines, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_string(lines[i]));
	return array;
}

static json_t *summary(const struct ticket *ticket, const struct policy *then,
		       const struct config_report *report)
{
	struct engine *engine = ticket->daemon->engine;
	struct planner_input from = engine_input(engine, clock_now()), to = from;
	json_t *changes;
	_cleanup_(freep) char *number = NULL;

	to.policy = then;
	changes = describe_changes(&from, &to);
	number = text_count(ticket->language, TEXT_CHANGE, (int64_t)json_array_size(changes));
	return json_pack(
	    "{s:o, s:o, s:o}", "changes", changes, "warnings",
	    lines_json(report->warnings, report->n_warnings), "text",
	    control_sentence(ticket, json_array_size(changes) ? TEXT_APPLIED : TEXT_APPLIED_NOTHING, number));
}

static void go_back(struct reload *reload, int error, const char *text)
{
	struct daemon *daemon = reload->ticket->daemon;
	_cleanup_(policy_freep) struct policy *refused = NULL;
	const char *why = text && *text ? text : strerror(-error);

	if (engine_swap(daemon->engine, reload->before, &refused) < 0) {
		log_error("no memory to go back to the former configuration");
		control_refuse(reload->ticket, TEXT_NOT_APPLIED_LOST, why);
		return;
	}
	reload->before = NULL;
	log_error("the new configuration could not be applied (%s): back to the former one", why);
	engine_update(daemon->engine, "back to the former configuration");
	control_refuse(reload->ticket, TEXT_NOT_APPLIED_STAYS, why);
}

static void on_applied(void *userdata, int error, const char *text)
{
	struct reload *reload = userdata;
	struct daemon *daemon = reload->ticket->daemon;
	json_t *document = reload->document;

	in_progress = false;
	if (error == 0 || error == -ENOTCONN) {
		if (error)
			json_object_set_new(document, "warning",
					    control_sentence(reload->ticket, TEXT_SHAPER_AWAY));
		log_notice("the configuration was loaded again");
		guests_settings(daemon->guests);
		watch_settings(daemon->watch);
		settings_dnsmasq(engine_policy(daemon->engine));
		terms_policy(daemon->terms);
		control_json(reload->ticket, CONTROL_DONE, document);
	} else {
		json_decref(document);
		if (error != -ESHUTDOWN)
			go_back(reload, error, text);
	}
	policy_free(reload->before);
	ticket_free(reload->ticket);
	free(reload);
}

/* The policy is in place from here on; the answer comes with the kernel's. Takes `policy`. */
static void put_in_place(const struct ticket *ticket, struct policy *policy,
			 const struct config_report *report)
{
	struct engine *engine = ticket->daemon->engine;
	struct reload *reload = calloc(1, sizeof(*reload));
	int r = -ENOMEM;

	if (reload && (reload->ticket = ticket_keep(ticket))) {
		reload->document = summary(ticket, policy, report);
		r = engine_swap(engine, policy, &reload->before);
	}
	if (r < 0) {
		control_refuse(ticket, TEXT_NOT_APPLIED,
			       r == -ENOSPC ? text_of(ticket->language, TEXT_NO_CLASS_LEFT) : strerror(-r));
		if (reload && reload->ticket)
			ticket_free(reload->ticket);
		if (reload)
			json_decref(reload->document);
		free(reload);
		policy_free(policy);
		return;
	}
	in_progress = true;
	engine_update(engine, "the configuration was loaded again");
	engine_wait(engine, on_applied, reload);
}

static void refuse_faults(const struct ticket *ticket, const struct config_report *report, int r)
{
	_cleanup_(freep) char *text = r > 0 ? join_lines(report->faults, report->n_faults) : NULL;

	log_notice("apply: the configuration was refused for %zu faults; what runs stays", report->n_faults);
	control_refuse_as_is(ticket, text ? text : strerror(r < 0 ? -r : ENOMEM));
}

static void load(const struct ticket *ticket, struct config_report *report)
{
	const struct policy *now = engine_policy(ticket->daemon->engine);
	_cleanup_(policy_freep) struct policy *policy = NULL;
	const char *key;
	int r;

	r = config_load(ticket->daemon->config_path, &policy, report);
	clock_zone_set(now->timezone); /* whatever the file says: it is not in force yet */
	if (r) {
		refuse_faults(ticket, report, r);
		return;
	}
	key = needs_restart(now, policy);
	if (key) {
		control_refuse(ticket, TEXT_NEEDS_RESTART, key);
		return;
	}
	put_in_place(ticket, policy, report);
	policy = NULL;
}

void command_apply(const struct ticket *ticket, const json_t *request _unused_)
{
	struct config_report report = {0};

	if (in_progress) {
		control_refuse(ticket, TEXT_APPLY_RUNS);
		return;
	}
	load(ticket, &report);
	for (size_t i = 0; i < report.n_warnings; i++)
		log_warning("%s", report.warnings[i]);
	config_report_clear(&report);
}
