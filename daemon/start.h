/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Which configuration a start goes by, in two steps: the folders while there is still privilege to make them, the policy without any.
 */
#include <stdbool.h>
#include "paths.h"

struct daemon;
struct policy;

/* 0: known; -EINVAL: the edited file is broken and there is no history to go by; its faults are said, nothing was touched. -errno */
int start_folders(const char *config_path, bool rehearsal, struct paths *out);
/* Fills daemon->history. 0, or -errno, said. Takes the strings of `paths`: they are the policy's. */
int start_policy(struct daemon *daemon, struct paths *paths, struct policy **out);
