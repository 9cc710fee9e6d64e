/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Where this program's folders are, known before any configuration is chosen: the edited file says it, and where that is broken, what it
 * still says of "paths". They hold for the life of the process, whichever entry of the history it then goes by.
 */
struct paths {
	char *state, *run;
};

/* 0: known, and the edited file is sound; 1: it has faults, the folders are those that it names or the default ones; -errno: memory. */
int paths_find(const char *config_path, struct paths *out);
void paths_clear(struct paths *paths);
