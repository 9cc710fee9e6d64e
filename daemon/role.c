/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: the colleague who sells vouchers at the counter need not be able to change the uplink. The kernel says
 * which groups a peer had when it connected; nothing that it sends is asked.
 */
#include "role.h"
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <sys/socket.h>
#include "../lib/cleanup.h"
#include "../lib/privilege.h"

#define GROUPS_MAX 1024

static const struct {
	const char *group;
	enum role role;
} groups[] = {
    {"gerbang-admin", ROLE_ADMIN},
    {"gerbang-operator", ROLE_OPERATOR},
    {"gerbang-viewer", ROLE_VIEWER},
    {USER_DAEMON, ROLE_ADMIN}, /* as it was before there were roles */
};

const char *role_name(enum role role)
{
	static const char *const names[ROLES] = {"none", "viewer", "operator", "admin"};

	return names[role];
}

const char *role_group(enum role role)
{
	for (size_t i = 0; i < ELEMENTS(groups); i++)
		if (groups[i].role == role)
			return groups[i].group;
	return "";
}

/* All groups of the peer: its process's, and its user's. How many; at least the first. */
static size_t groups_of(int fd, uid_t uid, gid_t gid, gid_t out[static 2 * GROUPS_MAX + 1])
{
	socklen_t length = GROUPS_MAX * sizeof(*out);
	const struct passwd *user = getpwuid(uid);
	int n = GROUPS_MAX;
	size_t count = 1;

	out[0] = gid;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, out + 1, &length) >= 0)
		count += length / sizeof(*out);
	if (user && getgrouplist(user->pw_name, user->pw_gid, out + count, &n) >= 0)
		count += (size_t)n;
	return count;
}

static bool is_in(const char *name, const gid_t *list, size_t n)
{
	const struct group *group = getgrnam(name);

	for (size_t i = 0; group && i < n; i++)
		if (list[i] == group->gr_gid)
			return true;
	return false;
}

enum role role_of_peer(int fd, uid_t uid, gid_t gid)
{
	gid_t list[2 * GROUPS_MAX + 1];
	enum role role = ROLE_NONE;
	uid_t own;
	size_t n;

	if (uid == 0 || uid == geteuid() || (privilege_uid(USER_DAEMON, &own) >= 0 && uid == own))
		return ROLE_ADMIN;
	n = groups_of(fd, uid, gid, list);
	for (size_t i = 0; i < ELEMENTS(groups); i++)
		if (groups[i].role > role && is_in(groups[i].group, list, n))
			role = groups[i].role;
	return role;
}
