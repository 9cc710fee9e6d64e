/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A listening socket and its peers: who may connect, how many, and what becomes of a peer that sends nonsense
 * or does not read. Peers are named by a serial number that is never used again: an answer that comes late
 * finds nobody rather than somebody else.
 */
#include <stdbool.h>
#include <systemd/sd-event.h>
#include "../lib/message.h"

struct server;

struct server_events {
	bool (*allowed)(uid_t uid, gid_t gid);
	unsigned (*rank)(int fd, uid_t uid, gid_t gid); /* or NULL. Instead of allowed(): 0 may not connect, see server_rank() */
	void (*connected)(void *userdata, uint64_t peer); /* or NULL */
	void (*gone)(void *userdata, uint64_t peer);	  /* or NULL */
	/* Negative: the peer is disconnected. `blob` is closed by the caller. */
	int (*message)(void *userdata, uint64_t peer, const union message *message, int blob);
};

/* With `max_peers` connected, a new one takes the place of the oldest. */
int server_new(sd_event *event, const char *path, mode_t mode, unsigned max_peers,
	       const struct server_events *events, void *userdata, struct server **out);
struct server *server_free(struct server *server);

/* Whose a peer is. False: nobody of that serial. */
bool server_peer(const struct server *server, uint64_t serial, uid_t *uid);
/* What rank() said of a peer when it connected; 0: nobody of that serial. */
unsigned server_rank(const struct server *server, uint64_t serial);
/* Sends, or drops the peer that does not read. Nobody of that serial: nothing. */
void server_send(struct server *server, uint64_t peer, enum message_type type, union message *message,
		 int blob);
/* `blob` (or -1) stays the caller's, in both. */
void server_send_all(struct server *server, enum message_type type, const union message *message, int blob);
