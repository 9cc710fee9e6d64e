/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Files and folders that are on the disk once these functions have answered 0.
 */
#include <stddef.h>

int disk_write(const char *path, const char *bytes, size_t length); /* a new file (or the whole of an old one), synchronised */
int disk_parents(const char *path, size_t from); /* the folders of `path` behind its first `from` bytes */
int disk_sync(const char *folder);
int disk_sync_tree(const char *folder); /* and the folders below it */
int disk_rename(const char *from, const char *to, const char *folder); /* within `folder`, which is synchronised */
void disk_remove(const char *path);	/* a file, or a folder with all that it holds; nothing there: nothing */
