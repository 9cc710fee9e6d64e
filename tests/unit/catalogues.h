/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The catalogues of the build directory that the test's program lies in: BUILD/tests/unit/test_x -> BUILD/po.
 */
#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../../lib/cleanup.h"
#include "../../portal/texts.h"

static inline const char *catalogues_directory(void)
{
	static char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 16);

	ck_assert_int_gt(length, 0);
	path[length] = '\0';
	for (int up = 0; up < 3; up++)
		*strrchr(path, '/') = '\0';
	return strcat(path, "/po");
}

static inline const char *catalogue_path(void)
{
	static char path[PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s/id/LC_MESSAGES/gerbang.mo", catalogues_directory());
	return path;
}

static inline void load_catalogues(void)
{
	ck_assert_int_eq(texts_load(catalogues_directory(), "id"), 0);
}
