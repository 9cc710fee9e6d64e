/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What works without a daemon and without root: the policy library, asked directly.
 */
#include <jansson.h>
#include "../policy/config.h"

/* {"valid", "faults": [], "warnings": [], "offices", "zones", "schedules", "holidays"} */
json_t *local_check(const char *path, bool *valid);
/* The policy of `path`, or NULL: then the faults have been said on standard error. Warnings are said with
 * `warn`. */
struct policy *local_policy(const char *path, bool warn, size_t *n_warnings);
/* The run directory that `path` names. Where it cannot be loaded: the default, and it says so. malloc'd,
 * NULL: memory. */
char *local_run_directory(const char *path);
/* A text of the file by its path ("paths.state"), whatever else is wrong in it; malloc'd, or NULL. */
char *local_setting(const char *path, const char *key);
/* A new reference; NULL: memory. Causes are in the language of the terminal. */
json_t *local_plan(const struct policy *policy, int64_t wall_usec);
json_t *local_schedule(const struct policy *policy, int64_t wall_usec, int days);
