/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: `gerbang apply` and `gerbang confirm`, as somebody asks for them: what is wrong with the question is
 * said before anything is touched, and with the rule and the value.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include "commands.h"
#include "daemon.h"
#include "engine.h"
#include "history.h"
#include "reload.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../policy/config.h"
#include "../policy/describe.h"

#define CONFIRM_USEC_MIN USEC_PER_SEC
#define CONFIRM_USEC_MAX USEC_PER_DAY
#define NUMBER_MAX INT64_C(1000000000)

DEFINE_CLEANUP(struct policy *, policy_free)

struct apply_request {
	int64_t confirm_usec; /* 0: none */
	int64_t of;	      /* a rollback's; 0: none */
};

/* ---- words ---- */

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
		       const struct config_report *report, uint64_t number)
{
	struct engine *engine = ticket->daemon->engine;
	struct planner_input from = engine_input(engine, clock_now()), to = from;
	json_t *changes;
	_cleanup_(freep) char *n = NULL;
	char entry[24];

	to.policy = then;
	changes = describe_changes(&from, &to);
	n = text_count(ticket->language, TEXT_CHANGE, (int64_t)json_array_size(changes));
	snprintf(entry, sizeof(entry), "%" PRIu64, number);
	return json_pack("{s:o, s:o, s:I, s:n, s:o}", "changes", changes, "warnings",
			 lines_json(report->warnings, report->n_warnings), "number", (json_int_t)number,
			 "confirm_until", "text",
			 json_array_size(changes) ? control_sentence(ticket, TEXT_APPLIED, n, entry)
						  : control_sentence(ticket, TEXT_APPLIED_NOTHING, entry));
}

/* ---- refusals ---- */

static void refuse_faults(const struct ticket *ticket, const struct config_report *report)
{
	_cleanup_(freep) char *text = join_lines(report->faults, report->n_faults);

	log_notice("apply: the configuration was refused for %zu faults; what runs stays", report->n_faults);
	control_refuse_as_is(ticket, text ? text : strerror(ENOMEM));
}

static void refuse_error(const struct ticket *ticket, int error)
{
	const char *where = history_error(ticket->daemon->history);

	if (where)
		log_error("apply: refused, since it cannot be written ahead (%s); what runs stays", where);
	if (where)
		control_refuse(ticket, TEXT_NOT_RECORDED, where);
	else
		control_refuse(ticket, TEXT_NOT_APPLIED,
			       error == -ESTALE	  ? text_of(ticket->language, TEXT_EDITED_MEANWHILE)
			       : error == -ENOSPC ? text_of(ticket->language, TEXT_NO_CLASS_LEFT)
						  : strerror(-error));
}

static void refuse_pending(const struct ticket *ticket, int64_t left_usec)
{
	char entry[24], time[UNITS_TEXT];
	int64_t seconds = MAX((left_usec + USEC_PER_SEC - 1) / USEC_PER_SEC, (int64_t)1);

	snprintf(entry, sizeof(entry), "%" PRIu64, history_pending(ticket->daemon->history));
	control_refuse(ticket, TEXT_APPLY_WAITS, entry,
		       units_duration_human((uint64_t)(seconds * USEC_PER_SEC), time));
}

/* ---- apply ---- */

/* What only a restart takes up is recorded as good for that restart: it was judged whole. */
static void leave_to_restart(const struct ticket *ticket, const struct reload_about *about, const char *key)
{
	struct history *history = ticket->daemon->history;
	char entry[24];
	int r;

	if (about->confirm_usec) {
		history_drop(history, HISTORY_REFUSED, "needs a restart: it cannot be tried for a time");
		control_refuse(ticket, TEXT_NEEDS_RESTART, key);
		return;
	}
	r = about->recorded ? history_good(history) : 0;
	if (r < 0) {
		history_drop(history, HISTORY_REFUSED, strerror(-r));
		refuse_error(ticket, r);
		return;
	}
	snprintf(entry, sizeof(entry), "%" PRIu64, about->number);
	log_notice("history %s changes %s: it is in force from the next start of gerbangd on", entry, key);
	control_json(ticket, CONTROL_DONE,
		     json_pack("{s:[], s:[], s:I, s:n, s:b, s:o}", "changes", "warnings", "number",
			       (json_int_t)about->number, "confirm_until", "restart", 1, "text",
			       control_sentence(ticket, TEXT_AFTER_RESTART, key, entry)));
}

/* Takes `policy`. */
static void put_in_place(const struct ticket *ticket, const struct reload_about *about, struct policy *policy,
			 const struct config_report *report)
{
	struct daemon *daemon = ticket->daemon;
	const char *key = needs_restart(engine_policy(daemon->engine), policy);
	json_t *document;
	int r;

	if (key) {
		leave_to_restart(ticket, about, key);
		policy_free(policy);
		return;
	}
	document = summary(ticket, policy, report, about->number);
	r = reload_put(daemon->reload, ticket, about, policy, document);
	if (r == 0)
		return;
	history_drop(daemon->history, HISTORY_REFUSED, strerror(-r));
	json_decref(document);
	policy_free(policy);
	refuse_error(ticket, r);
}

static void load(const struct ticket *ticket, const struct apply_request *asked, struct config_report *report)
{
	struct history *history = ticket->daemon->history;
	struct history_entry entry = {.of = asked->of ? (uint64_t)asked->of : history_current(history),
				      .origin = asked->of ? HISTORY_ROLLBACK : HISTORY_APPLY};
	struct reload_about about = {.confirm_usec = asked->confirm_usec};
	struct policy *policy = NULL;
	int r;

	snprintf(entry.who, sizeof(entry.who), "%s", control_who(ticket));
	if (asked->confirm_usec)
		entry.confirm_until_wall_usec = clock_now().wall_usec + asked->confirm_usec;
	r = history_prepare(history, &entry, &policy, report, &about.number);
	about.recorded = r == 0;
	if (r == 0 || r == -EALREADY)
		put_in_place(ticket, &about, policy, report);
	else if (r > 0)
		refuse_faults(ticket, report);
	else
		refuse_error(ticket, r);
}

static bool read_request(const struct ticket *ticket, const json_t *request, struct apply_request *out)
{
	static const struct control_bounds within = {"confirm", CONFIRM_USEC_MIN, CONFIRM_USEC_MAX,
						     units_duration_human};

	*out = (struct apply_request){0};
	if (json_object_get(request, "confirm_usec") &&
	    !control_amount(ticket, request, "confirm_usec", &within, &out->confirm_usec))
		return false;
	return !json_object_get(request, "of") ||
	       control_number(ticket, request, "of", 1, NUMBER_MAX, &out->of);
}

void command_apply(const struct ticket *ticket, const json_t *request)
{
	struct config_report report = {0};
	struct apply_request asked;
	int64_t left_usec;
	int r;

	if (!read_request(ticket, request, &asked))
		return;
	r = reload_make_way(ticket->daemon->reload, &left_usec);
	if (r == -EINPROGRESS) {
		control_refuse(ticket, TEXT_APPLY_RUNS);
	} else if (r < 0) {
		refuse_pending(ticket, left_usec);
	} else {
		load(ticket, &asked, &report);
		for (size_t i = 0; i < report.n_warnings; i++)
			log_warning("%s", report.warnings[i]);
		config_report_clear(&report);
	}
}

/* ---- confirm ---- */

void command_confirm(const struct ticket *ticket, const json_t *request _unused_)
{
	struct history *history = ticket->daemon->history;
	uint64_t number = history_pending(history);
	char entry[24];
	int r = reload_confirm(ticket->daemon->reload);

	if (r == -ENOENT) {
		control_refuse(ticket, TEXT_NOTHING_WAITS);
		return;
	}
	if (r < 0) {
		control_refuse(ticket, TEXT_NOT_CONFIRMED,
			       history_error(history) ? history_error(history) : strerror(-r));
		return;
	}
	snprintf(entry, sizeof(entry), "%" PRIu64, number);
	log_notice("history %s is confirmed by %s", entry, control_who(ticket));
	control_json(ticket, CONTROL_DONE,
		     json_pack("{s:I, s:o}", "number", (json_int_t)number, "text",
			       control_sentence(ticket, TEXT_CONFIRMED, entry)));
}
