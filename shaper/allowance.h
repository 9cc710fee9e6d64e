/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What one configuration allows, and the bytes that it was read from: the edited file, the one under which the last plan was
 * applied, and the one that was settled last are three such limits, shared by counting.
 */
#include <stddef.h>
#include "../lib/cleanup.h"
#include "../lib/plan.h"
#include "../policy/policy.h"

struct allowance_file {
	char *name; /* below the configuration's folder */
	char *bytes;
	size_t length;
};
struct allowance {
	unsigned users;
	struct policy *policy;
	struct plan allowed; /* devices (minor of a zone's: its index), prefixes (minor: the office's index), addresses */
	struct allowance_file *files; /* what lies elsewhere is not among them */
	size_t n_files;
};
#define ALLOWANCE_BYTES_MAX (16u << 20) /* of all files */

/* Reads the configuration `path`, or `copy` of its folder (may be NULL: the folder itself). Every file must belong to root, or to `owner`
 * where that is not 0, and be writable by nobody else. 0; 1: it has faults (said in the log, as is the rest); -EPERM: somebody else
 * can write it; -errno. */
int allowance_load(const char *path, const char *copy, unsigned owner, struct allowance **out);
struct allowance *allowance_use(struct allowance *limits); /* one user more; NULL stays NULL */
struct allowance *allowance_free(struct allowance *limits); /* one user less */
DEFINE_CLEANUP(struct allowance *, allowance_free)
bool allowance_same_files(const struct allowance *a, const struct allowance *b);
/* Nobody but root and `owner` can write it: 0, -EPERM (said in the log); 0 where it is not there. */
int allowance_check_owner(const char *path, unsigned owner);
