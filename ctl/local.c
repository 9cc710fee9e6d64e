// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Checking and planning on the spot. The planner is the daemon's own, so that what is foretold here is what
 * would happen; but a daemon knows more: overrides, sessions, and what is loaded rather than what is in the
 * file.
 */
#include <libconfig.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include "../lib/clock.h"
#include "../policy/describe.h"
#include "command.h"
#include "local.h"

#define RUN_DIRECTORY "/run/gerbang"

static void print_lines(char *const *lines, size_t n)
{
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "%s\n", lines[i]);
}

static struct policy *load(const char *path, struct config_report *report)
{
	struct policy *policy = NULL;

	return config_load(path, &policy, report) == 0 ? policy : NULL;
}

struct policy *local_policy(const char *path, bool warn, size_t *n_warnings)
{
	_cleanup_(config_report_clear) struct config_report report = {0};
	struct policy *policy = load(path, &report);

	if (!policy) {
		print_lines(report.faults, report.n_faults);
		complain(WORD_REFUSED, path);
		return NULL;
	}
	if (warn)
		print_lines(report.warnings, report.n_warnings);
	if (n_warnings)
		*n_warnings = report.n_warnings;
	return policy;
}

static json_t *lines_json(char *const *lines, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < n; i++)
		json_array_append_new(array, json_string(lines[i]));
	return array;
}

json_t *local_check(const char *path, bool *valid)
{
	_cleanup_(config_report_clear) struct config_report report = {0};
	struct policy *policy = load(path, &report);
	json_t *document = json_pack("{sb,so,so}", "valid", policy != NULL, "faults",
				     lines_json(report.faults, report.n_faults), "warnings",
				     lines_json(report.warnings, report.n_warnings));

	*valid = policy != NULL;
	if (policy) {
		json_object_set_new(document, "offices", json_integer((json_int_t)policy->n_offices));
		json_object_set_new(document, "zones", json_integer((json_int_t)policy->n_zones));
		json_object_set_new(document, "schedules", json_integer((json_int_t)policy->n_schedules));
		json_object_set_new(document, "holidays", json_integer((json_int_t)policy->n_holidays));
	}
	policy_free(policy);
	return document;
}

/* A person in the middle of an edit must be able to ask how things are. *readable: the file could be read at
 * all. */
static char *read_setting(const char *path, const char *key, bool *readable)
{
	_cleanup_(freep) char *copy = strdup(path);
	const char *value = NULL;
	char *found = NULL;
	config_t config;

	*readable = false;
	if (!copy)
		return NULL;
	config_init(&config);
	config_set_include_dir(&config, dirname(copy));
	*readable = config_read_file(&config, path);
	if (*readable && config_lookup_string(&config, key, &value))
		found = strdup(value);
	config_destroy(&config);
	if (!*readable && !strncmp(key, "paths.", 6)) /* a fault in the syntax */
		found = config_scan_path(path, key + 6);
	*readable |= found != NULL;
	return found;
}

char *local_setting(const char *path, const char *key)
{
	bool readable;

	return read_setting(path, key, &readable);
}

char *local_run_directory(const char *path)
{
	bool readable;
	char *directory = read_setting(path, "paths.run", &readable);

	if (directory)
		return directory;
	if (!readable)
		complain(WORD_DEFAULT_RUN, path, RUN_DIRECTORY);
	return strdup(RUN_DIRECTORY);
}

/* `describe` sees the site at that instant with nothing done by a person: no overrides, no sessions. */
static json_t *with_input(const struct policy *policy, int64_t wall_usec, int days,
			  json_t *(*describe)(const struct planner_input *in, int days))
{
	_cleanup_(slots_clear) struct slots slots = {0};
	struct planner_input in = {
	    .policy = policy,
	    .now = {.wall_usec = wall_usec, .mono_usec = clock_now().mono_usec},
	    .slots = &slots,
	};

	if (slots_assign(&slots, policy) < 0)
		return NULL;
	return describe(&in, days);
}

static json_t *plan_document(const struct planner_input *in, int days _unused_)
{
	return json_pack("{so,sn}", "plan", describe_plan(in, words_language_name()), "changes");
}

json_t *local_plan(const struct policy *policy, int64_t wall_usec)
{
	return with_input(policy, wall_usec, 0, plan_document);
}

static json_t *schedule_document(const struct planner_input *in, int days)
{
	return describe_schedule(in, days, words_language_name());
}

json_t *local_schedule(const struct policy *policy, int64_t wall_usec, int days)
{
	return with_input(policy, wall_usec, days, schedule_document);
}
