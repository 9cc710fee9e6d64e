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
void config_report_clear(struct config_report *report);

#define CONFIG_PATH "/etc/gerbang/gerbang.conf"
