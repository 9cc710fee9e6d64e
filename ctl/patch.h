/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Two sets of files as unified diffs, by libgit2 (https://libgit2.org, git_patch_from_buffers).
 */
#include <jansson.h>

/* Both: [{"name", "text" or "base64"}]. A new [{"file", "patch": unified diff, or null for what is no text}] of those that differ, by name;
 * NULL: memory. */
json_t *patch_files(const json_t *from, const json_t *to);
void patch_print(const json_t *file);
