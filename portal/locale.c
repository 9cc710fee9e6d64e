// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where the catalogues are: beside a program that was built but not installed, else where they are installed.
 * Apart from texts.c so that only this file knows of directories.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "../lib/cleanup.h"
#include "texts.h"

/* BUILD/portal/gerbang-portal -> BUILD/po, if it is there. */
static bool beside_program(char out[static PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", out, PATH_MAX - 1);
	char *slash;
	struct stat st;

	for (int up = 0; up < 2; up++) {
		out[length > 0 ? length : 0] = '\0';
		slash = strrchr(out, '/');
		if (!slash)
			return false;
		length = slash - out;
	}
	if ((size_t)length + sizeof("/po") > PATH_MAX)
		return false;
	memcpy(slash, "/po", sizeof("/po"));
	return stat(out, &st) == 0 && S_ISDIR(st.st_mode);
}

void texts_open(void)
{
	char directory[PATH_MAX];

	texts_load(beside_program(directory) ? directory : PORTAL_LOCALE_DIRECTORY, PORTAL_LANGUAGES);
}
