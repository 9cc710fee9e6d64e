/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Who may what at the control socket: by the groups of whoever connects, of the process (SO_PEERGROUPS) as well as of its user in the
 * group database, so that a new member need not log in again.
 */
#include <sys/types.h>

enum role { ROLE_NONE, ROLE_VIEWER, ROLE_OPERATOR, ROLE_ADMIN, ROLES };

/* Of the peer of a connected socket: root and this program's own user are admins. */
enum role role_of_peer(int fd, uid_t uid, gid_t gid);
const char *role_name(enum role role);	/* "admin" */
const char *role_group(enum role role); /* "gerbang-admin" */
