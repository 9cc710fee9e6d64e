/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The connecting end of our sockets: a connection counts only once it is known whose socket it is.
 */

/* Connects to `path`, whose listener must be `user`, root, or this process's own user (a program run by hand,
 * all of it as one user). fd (CLOEXEC, NONBLOCK); -ENOENT/-ECONNREFUSED: nobody there yet; -EPERM: somebody
 * else's, said in the log once until it is another's. */
int peer_connect(const char *path, const char *user);
