/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what a machine starts with decides whether a town is online in the morning. The edited file says where
 * things are; the history says what is in force. It must never read an applied configuration with privilege:
 * whoever took this program over could have written it.
 */
#include "start.h"
#include <errno.h>
#include "daemon.h"
#include "history.h"
#include "../lib/cleanup.h"
#include "../lib/clock.h"

/* A rehearsal has a history of its own, as it has a ledger of its own. */
static char *directory_of(const char *state, bool rehearsal)
{
	char *directory;

	return asprintf(&directory, "%s%s", state, rehearsal ? "/rehearsal" : "") < 0 ? NULL : directory;
}

static bool has_history(const char *state, bool rehearsal)
{
	_cleanup_(freep) char *directory = directory_of(state, rehearsal), *current = NULL;

	if (!directory || asprintf(&current, "%s/history/current", directory) < 0) {
		current = NULL;
		return false;
	}
	return access(current, F_OK) == 0;
}

/* A broken file on a machine that never ran: its faults are all there is to say. */
static int refuse(const char *config_path)
{
	struct config_report report;
	struct policy *policy = NULL;

	config_load(config_path, &policy, &report);
	for (size_t i = 0; i < report.n_faults; i++)
		fprintf(stderr, "%s\n", report.faults[i]);
	config_report_clear(&report);
	policy_free(policy);
	return -EINVAL;
}

int start_folders(const char *config_path, bool rehearsal, struct paths *out)
{
	int r = paths_find(config_path, out);

	return r > 0 && !has_history(out->state, rehearsal) ? refuse(config_path) : MIN(r, 0);
}

static void set_paths(struct policy *policy, struct paths *paths)
{
	free(policy->state_directory);
	free(policy->run_directory);
	policy->state_directory = paths->state;
	policy->run_directory = paths->run;
	*paths = (struct paths){0};
}

int start_policy(struct daemon *daemon, struct paths *paths, struct policy **out)
{
	_cleanup_(freep) char *directory = directory_of(paths->state, clock_is_rehearsal());
	int r = directory ? history_new(directory, daemon->config_path, &daemon->history) : -ENOMEM;

	if (r >= 0)
		r = history_boot(daemon->history, out);
	if (r != 0)
		return r < 0 ? r : -EINVAL;
	set_paths(*out, paths);
	return 0;
}
