/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Giving up privilege: from root to a named user with exactly the capabilities given (a mask of 1 << CAP_x),
 * bounding set emptied, no_new_privs set; no core is left by a crash from then on. Called as an ordinary user (as under systemd, with ambient
 * capabilities) it only reduces. 0 or -errno, said in the log; a program ends when this fails.
 */
#include <stdint.h>
#include <sys/types.h>

int privilege_drop(const char *user, uint64_t capabilities);
/* The uid of `user`, or -ENOENT. */
int privilege_uid(const char *user, uid_t *uid);
/* As root: makes `path` (0755) owned by `user`; otherwise it must exist and be writable. */
int privilege_directory(const char *path, const char *user);

#define USER_DAEMON "gerbang"
#define USER_SHAPER "gerbang-shaper"
#define USER_PORTAL "gerbang-portal"
#define USER_WATCH "gerbang-watch"
#define USER_COURIER "gerbang-courier"
