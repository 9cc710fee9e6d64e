/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Local sockets between our programs: SOCK_SEQPACKET in the file system, exact lengths, peer credentials
 * (SO_PEERCRED), and at most one descriptor a message. A bulk payload (a plan, counters, a JSON document)
 * travels as a sealed memfd, so that no message outgrows a socket buffer.
 * A peer that is not one of the allowed users, or sends a wrong length, is disconnected; it is never an assertion.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define WIRE_MESSAGE_MAX 65536u

int wire_listen(const char *path, mode_t mode); /* fd, CLOEXEC, NONBLOCK; replaces a stale socket. -errno */
int wire_accept(int fd);                        /* fd or -errno */
int wire_connect(const char *path);             /* fd, NONBLOCK; -ENOENT/-ECONNREFUSED: nobody there yet */
int wire_peer(int fd, uid_t *uid, gid_t *gid, pid_t *pid);

/* Sends whole or fails: 0, or -errno (-EAGAIN: the peer does not read; the caller drops the peer). */
int wire_send(int fd, const void *message, size_t length, int passed_fd);
/* Length received (> 0), 0 at end of file, -errno. `passed_fd` is -1 when none came; unexpected ones are closed
 * when it is NULL. A message longer than `size` is -EMSGSIZE; more than one descriptor -EBADMSG; on an accepted
 * socket a sender who is not the user that connected -EPERM. */
ssize_t wire_receive(int fd, void *message, size_t size, int *passed_fd);

/* A sealed memfd holding `bytes`; fd or -errno. */
int wire_blob(const void *bytes, size_t length);
/* Maps nothing, trusts nothing: checks the seals, reads at most `max` bytes into malloc'd memory (NUL-terminated
 * behind the end). 0 or -errno (-EPERM: not sealed, -EFBIG). */
int wire_blob_read(int fd, size_t max, void **bytes, size_t *length);
