/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: three programs connect to a socket that another one made, and each must see that nobody else stands
 * behind it. It must never hand out a connection to a stranger.
 */
#include "peer.h"
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include "cleanup.h"
#include "log.h"
#include "privilege.h"
#include "wire.h"

static bool is_wanted(uid_t uid, const char *user)
{
	uid_t wanted;

	return uid == 0 || uid == getuid() || (privilege_uid(user, &wanted) >= 0 && uid == wanted);
}

int peer_connect(const char *path, const char *user)
{
	static uid_t said = (uid_t)-1; /* retried every so often: one line a stranger */
	_cleanup_(closep) int fd = wire_connect(path);
	uid_t uid = (uid_t)-1;
	int r, connected;

	if (fd < 0)
		return fd;
	r = wire_peer(fd, &uid, NULL, NULL);
	if (r < 0)
		return r;
	if (!is_wanted(uid, user)) {
		if (uid != said)
			log_warning("%s: belongs to user %ju, must be root or %s", path, (uintmax_t)uid,
				    user);
		said = uid;
		return -EPERM;
	}
	connected = fd;
	fd = -1;
	return connected;
}
