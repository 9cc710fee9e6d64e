/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The configuration under which a plan proved good, kept in the shaper's own directory: files at their places below the
 * configuration's folder, in one of two folders, and the name of the valid one in `current`, which is replaced by rename.
 */
#include "allowance.h"

/* 0; 1: there is none, or it cannot be used (said in the log); -errno. `path`: of the configuration that it is a copy of. */
int settled_load(const char *state, const char *path, struct allowance **out);
/* Durable when it returns 0; after -errno the former one is still valid. */
int settled_write(const char *state, const struct allowance *limits);
