/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: the last good configuration lies in the state directory, and it is the edited file that says where
 * that is. A file with a fault must still lead there, so of that one only this much is understood
 * (config_scan_path).
 */
#include "paths.h"
#include <errno.h>
#include <string.h>
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../policy/config.h"

#define STATE "/var/lib/gerbang"
#define RUN "/run/gerbang"

DEFINE_CLEANUP(struct policy *, policy_free)

static int scan_file(const char *config_path, struct paths *out)
{
	struct paths paths = {config_scan_path(config_path, "state"), config_scan_path(config_path, "run")};

	if (!paths.state)
		paths.state = strdup(STATE);
	if (!paths.run)
		paths.run = strdup(RUN);
	if (!paths.state || !paths.run) {
		paths_clear(&paths);
		return -ENOMEM;
	}
	*out = paths;
	return 1;
}

int paths_find(const char *config_path, struct paths *out)
{
	_cleanup_(policy_freep) struct policy *policy = NULL;
	struct config_report report;
	struct paths paths;
	int r = config_load(config_path, &policy, &report);

	config_report_clear(&report);
	if (r < 0)
		return r;
	if (r > 0)
		return scan_file(config_path, out);
	paths = (struct paths){strdup(policy->state_directory), strdup(policy->run_directory)};
	if (!paths.state || !paths.run) {
		paths_clear(&paths);
		return -ENOMEM;
	}
	*out = paths;
	return 0;
}

void paths_clear(struct paths *paths)
{
	free(paths->state);
	free(paths->run);
	*paths = (struct paths){0};
}
