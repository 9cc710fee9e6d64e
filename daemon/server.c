/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: the portal's and the command line's sockets are hostile in the same way. Whatever a peer sends or
 * refuses to read must cost this daemon a bounded amount of memory and time, and nobody else an answer.
 */
#include "server.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/units.h"

#define MESSAGES_A_TURN 32 /* then the others' turn */
#define LOG_EVERY_USEC (10 * USEC_PER_SEC)
#define CONNECTIONS_A_SECOND 100u

struct peer {
	struct server *server;
	uint64_t serial;
	uid_t uid;
	unsigned rank;
	int fd;
	sd_event_source *io;
	UT_hash_handle hh; /* uthash keeps the order of arrival */
};

struct server {
	sd_event *event;
	char *path;
	int fd;
	sd_event_source *io;
	unsigned max_peers;
	uint64_t next_serial;
	struct server_events events;
	void *userdata;
	int64_t logged_usec;
	struct peer *peers;
};

/* Strangers may knock as often as they like; the log hears of it now and then. */
static bool may_log(struct server *server)
{
	int64_t now = clock_now().mono_usec;

	if (server->logged_usec && now - server->logged_usec < LOG_EVERY_USEC)
		return false;
	server->logged_usec = now;
	return true;
}

static void peer_drop(struct peer *peer)
{
	struct server *server = peer->server;
	uint64_t serial = peer->serial;

	HASH_DEL(server->peers, peer);
	sd_event_source_disable_unref(peer->io);
	closep(&peer->fd);
	free(peer);
	if (server->events.gone)
		server->events.gone(server->userdata, serial);
}

static struct peer *peer_find(const struct server *server, uint64_t serial)
{
	struct peer *peer;

	HASH_FIND(hh, server->peers, &serial, sizeof(serial), peer);
	return peer;
}

static int peer_receive(struct peer *peer)
{
	_cleanup_(closep) int blob = -1;
	struct server *server = peer->server;
	union message message;
	int r;

	r = message_receive(peer->fd, &message, &blob);
	if (r <= 0)
		return r ? r : -ECONNRESET;
	r = server->events.message(server->userdata, peer->serial, &message, blob);
	explicit_bzero(&message, sizeof(message)); /* it may have held a password */
	return r < 0 ? r : 1;
}

static int on_peer(sd_event_source *source _unused_, int fd _unused_, uint32_t revents _unused_,
		   void *userdata)
{
	struct peer *peer = userdata;
	struct server *server = peer->server;
	uint64_t serial = peer->serial;
	int r = 1;

	for (unsigned i = 0; i < MESSAGES_A_TURN && r > 0; i++) {
		r = peer_receive(peer);
		peer = peer_find(server, serial); /* an answer that it did not read may have ended it */
		if (!peer)
			return 0;
	}
	if (r >= 0 || r == -EAGAIN)
		return 0;
	if (r != -ECONNRESET && may_log(server))
		log_warning("%s: a peer is disconnected: %s", server->path, strerror(-r));
	peer_drop(peer);
	return 0;
}

static int peer_add(struct server *server, int fd, uid_t uid, unsigned rank)
{
	struct peer *peer = calloc(1, sizeof(*peer));
	int r;

	if (!peer) {
		close(fd);
		return -ENOMEM;
	}
	*peer = (struct peer){
	    .server = server, .serial = server->next_serial++, .uid = uid, .rank = rank, .fd = fd};
	HASH_ADD(hh, server->peers, serial, sizeof(peer->serial), peer);
	r = sd_event_add_io(server->event, &peer->io, fd, EPOLLIN, on_peer, peer);
	if (r < 0) {
		peer_drop(peer);
		return r;
	}
	if (HASH_COUNT(server->peers) > server->max_peers)
		peer_drop(server->peers);
	if (server->events.connected)
		server->events.connected(server->userdata, peer->serial);
	return 0;
}

/* 0: may not connect. */
static unsigned rank_of(const struct server *server, int fd, uid_t uid, gid_t gid)
{
	return server->events.rank ? server->events.rank(fd, uid, gid) : server->events.allowed(uid, gid);
}

static int on_connect(sd_event_source *source _unused_, int listener, uint32_t revents _unused_,
		      void *userdata)
{
	struct server *server = userdata;
	int fd = wire_accept(listener);
	unsigned rank = 0;
	uid_t uid;
	gid_t gid;
	pid_t pid;
	int r;

	if (fd < 0) {
		if (fd != -EAGAIN && may_log(server))
			log_warning("%s: a connection waits: %s", server->path, strerror(-fd));
		return 0;
	}
	r = wire_peer(fd, &uid, &gid, &pid);
	if (r >= 0)
		rank = rank_of(server, fd, uid, gid);
	if (!rank) {
		if (r >= 0 && may_log(server))
			log_warning("%s: user %ju may not connect", server->path, (uintmax_t)uid);
		close(fd);
		return 0;
	}
	r = peer_add(server, fd, uid, rank);
	if (r < 0)
		log_warning("%s: cannot take a peer: %s", server->path, strerror(-r));
	return 0;
}

bool server_peer(const struct server *server, uint64_t serial, uid_t *uid)
{
	const struct peer *peer = peer_find(server, serial);

	if (!peer)
		return false;
	*uid = peer->uid;
	return true;
}

unsigned server_rank(const struct server *server, uint64_t serial)
{
	const struct peer *peer = peer_find(server, serial);

	return peer ? peer->rank : 0;
}

void server_send(struct server *server, uint64_t serial, enum message_type type, union message *message,
		 int blob)
{
	struct peer *peer = peer_find(server, serial);

	if (!peer)
		return;
	if (message_send(peer->fd, type, message, blob) < 0)
		peer_drop(peer);
}

void server_send_all(struct server *server, enum message_type type, const union message *message, int blob)
{
	struct peer *peer, *next;

	HASH_ITER(hh, server->peers, peer, next)
	{
		union message copy = *message;

		server_send(server, peer->serial, type, &copy, blob);
	}
}

int server_new(sd_event *event, const char *path, mode_t mode, unsigned max_peers,
	       const struct server_events *events, void *userdata, struct server **out)
{
	struct server *server = calloc(1, sizeof(*server));
	int r;

	if (!server)
		return -ENOMEM;
	*server = (struct server){.event = sd_event_ref(event),
				  .max_peers = max_peers,
				  .next_serial = 1,
				  .events = *events,
				  .userdata = userdata};
	server->path = strdup(path);
	server->fd = server->path ? wire_listen(path, mode) : -ENOMEM;
	r = server->fd;
	if (r >= 0)
		r = sd_event_add_io(event, &server->io, server->fd, EPOLLIN, on_connect, server);
	if (r >= 0) /* without a descriptor left, who waits would wake the loop for ever */
		r = sd_event_source_set_ratelimit(server->io, USEC_PER_SEC, CONNECTIONS_A_SECOND);
	if (r < 0) {
		log_error("%s: cannot listen: %s", path, strerror(-r));
		server_free(server);
		return r;
	}
	*out = server;
	return 0;
}

struct server *server_free(struct server *server)
{
	if (!server)
		return NULL;
	while (server->peers)
		peer_drop(server->peers);
	sd_event_source_disable_unref(server->io);
	if (server->fd >= 0)
		unlink(server->path);
	closep(&server->fd);
	sd_event_unref(server->event);
	free(server->path);
	free(server);
	return NULL;
}
