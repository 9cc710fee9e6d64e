/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * /etc/gerbang/gerbang.conf (libconfig, gerbang.conf(5)) -> policy. All faults are found in one pass; a file with a
 * fault yields no policy. A fault and a warning are lines "FILE:LINE: KEY: what the rule is, got "VALUE"".
 */
#include "policy.h"

struct config_report {
	char **faults;
	size_t n_faults;
	char **warnings; /* accepted, but not enforced by this version, or worth a second look */
	size_t n_warnings;
	char **files; /* everything that was read, the configuration file first: who may write these, decides */
	size_t n_files;
};

/* 0: *out owns the policy, and the process's time zone is the site's. 1: refused, see report->faults. -errno: could not
 * be judged (memory). An unreadable file is a fault. The report is filled in every case. */
int config_load(const char *path, struct policy **out, struct config_report *report);
/* The same of a copy of the file's folder: what lies below the folder of `path` is read from `copy` instead, at the same place below it,
 * and goes by its own name in policy and report all the same. What lies elsewhere is read where it is. */
int config_load_copy(const char *path, const char *copy, struct policy **out, struct config_report *report);
/* The name of a file as seen from the folder of the file `path`: part of `file`, or NULL where it does not lie below that folder. */
const char *config_below(const char *path, const char *file);
/* paths.KEY in a file, or its text, that may have any fault; malloc'd. NULL: none that could be one, or no memory. For whoever has to find
 * the daemon, or what was applied last, beside a file that cannot be loaded. */
char *config_scan_path(const char *path, const char *key);
char *config_scan_text(const char *text, const char *key);
void config_report_clear(struct config_report *report);

#define CONFIG_PATH "/etc/gerbang/gerbang.conf"
