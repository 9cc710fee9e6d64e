// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Drives libmicrohttpd by its epoll descriptor, which is edge-triggered: after each run it may hold work that
 * no descriptor will announce again, so that MHD_get_timeout() is asked before every sleep. Nothing here
 * looks into a request.
 */
#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include "../lib/addr.h"
#include "../lib/log.h"
#include "../lib/units.h"
#include "http.h"

#define BACKLOG 1024
#define BIND_RETRY_USEC (1 * USEC_PER_SEC)

struct peer {
	TAILQ_ENTRY(peer) link;
	uint64_t deadline_usec;
	struct addr address;
	int fd;
	bool busy; /* in `busy`, else in `idle` */
	bool cut;  /* in neither */
};

TAILQ_HEAD(peers, peer);

struct http {
	sd_event *event;
	sd_event_source *io, *turn, *life, *bind;
	struct MHD_Daemon *mhd;
	MHD_AccessHandlerCallback handler;
	MHD_RequestCompletedCallback completed;
	void *userdata;
	unsigned n_peers;
	bool crowded;		 /* since it was last empty */
	uint16_t port;		 /* 0: none wanted yet */
	bool again;		 /* libmicrohttpd needs a run that no descriptor announces */
	bool said;		 /* that the port cannot be bound: logged once */
	struct peers idle, busy; /* each in order of deadlines; idle: no request yet */
};

static int run(struct http *http)
{
	http->again = false;
	if (http->mhd && MHD_run(http->mhd) == MHD_NO)
		log_error("libmicrohttpd cannot run");
	if (http->crowded && http->n_peers == 0) {
		malloc_trim(0); /* what a crowd needed goes back to the system */
		http->crowded = false;
	}
	return 0;
}

static int on_io(sd_event_source *source _unused_, int fd _unused_, uint32_t revents _unused_, void *userdata)
{
	return run(userdata);
}

static int on_turn(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	return run(userdata);
}

/* Before each sleep of the event loop. */
static int on_prepare(sd_event_source *source _unused_, void *userdata)
{
	struct http *http = userdata;
	MHD_UNSIGNED_LONG_LONG msec;
	uint64_t now;
	int r;

	if (http->again)
		msec = 0;
	else if (MHD_get_timeout(http->mhd, &msec) != MHD_YES)
		return sd_event_source_set_enabled(http->turn, SD_EVENT_OFF);
	r = sd_event_now(http->event, CLOCK_MONOTONIC, &now);
	if (r < 0)
		return r;
	r = sd_event_source_set_time(http->turn, msec == 0 ? 0 : now + (uint64_t)msec * USEC_PER_MSEC);
	return r < 0 ? r : sd_event_source_set_enabled(http->turn, SD_EVENT_ONESHOT);
}

static struct peers *list_of(struct http *http, const struct peer *peer)
{
	return peer->busy ? &http->busy : &http->idle;
}

static struct peer *next_to_end(struct http *http)
{
	struct peer *idle = TAILQ_FIRST(&http->idle), *busy = TAILQ_FIRST(&http->busy);

	if (!idle || !busy)
		return idle ? idle : busy;
	return idle->deadline_usec <= busy->deadline_usec ? idle : busy;
}

static void arm_life(struct http *http)
{
	struct peer *first = next_to_end(http);

	if (!first) {
		sd_event_source_set_enabled(http->life, SD_EVENT_OFF);
		return;
	}
	sd_event_source_set_time(http->life, first->deadline_usec);
	sd_event_source_set_enabled(http->life, SD_EVENT_ONESHOT);
}

/* The descriptor stays libmicrohttpd's: it sees the end of the stream and closes it. */
static void cut(struct http *http, struct peer *peer)
{
	TAILQ_REMOVE(list_of(http, peer), peer, link);
	peer->cut = true;
	shutdown(peer->fd, SHUT_RDWR);
}

static int on_life(sd_event_source *source _unused_, uint64_t usec, void *userdata)
{
	struct http *http = userdata;
	struct peer *first;

	while ((first = next_to_end(http)) && first->deadline_usec <= usec)
		cut(http, first);
	arm_life(http);
	return 0;
}

static struct peer *peer_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

void http_busy(struct http *http, struct MHD_Connection *connection)
{
	struct peer *peer = peer_of(connection);

	if (!peer || peer->busy || peer->cut)
		return;
	TAILQ_REMOVE(&http->idle, peer, link);
	TAILQ_INSERT_TAIL(&http->busy, peer, link);
	peer->busy = true;
	sd_event_now(http->event, CLOCK_MONOTONIC, &peer->deadline_usec);
	peer->deadline_usec += HTTP_LIFE_SECONDS * USEC_PER_SEC;
	arm_life(http);
}

void http_end_idle(struct http *http, struct MHD_Connection *connection)
{
	const struct peer *own = peer_of(connection);
	struct peer *peer, *next;

	for (peer = own ? TAILQ_FIRST(&http->idle) : NULL; peer; peer = next) {
		next = TAILQ_NEXT(peer, link);
		if (addr_equal(&peer->address, &own->address))
			cut(http, peer);
	}
}

static struct peer *peer_new(struct http *http, struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *fd =
	    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	const union MHD_ConnectionInfo *address =
	    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct peer *peer = fd && address ? calloc(1, sizeof(*peer)) : NULL;

	if (!peer) /* bounded by silence alone */
		return NULL;
	sd_event_now(http->event, CLOCK_MONOTONIC, &peer->deadline_usec);
	peer->deadline_usec += HTTP_FIRST_SECONDS * USEC_PER_SEC;
	peer->fd = fd->connect_fd;
	peer->address = addr_from_sockaddr(address->client_addr);
	return peer;
}

static void peer_start(struct http *http, struct peer *peer)
{
	TAILQ_INSERT_TAIL(&http->idle, peer, link);
	if (++http->n_peers > HTTP_CROWD) {
		http->crowded = true;
		cut(http, next_to_end(http));
	}
	arm_life(http);
}

static void peer_end(struct http *http, struct peer *peer)
{
	if (!peer->cut)
		TAILQ_REMOVE(list_of(http, peer), peer, link);
	http->n_peers--;
	free(peer);
}

static void on_connection(void *userdata, struct MHD_Connection *connection, void **context,
			  enum MHD_ConnectionNotificationCode code)
{
	struct http *http = userdata;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		*context = peer_new(http, connection);
		if (*context)
			peer_start(http, *context);
		return;
	}
	http->again = true; /* at its limit of connections it listens again only in the run after this one */
	if (*context)
		peer_end(http, *context);
	*context = NULL;
}

static void on_mhd_log(void *userdata _unused_, const char *format, va_list arguments)
{
	char text[256];

	vsnprintf(text, sizeof(text), format, arguments);
	text[strcspn(text, "\n")] = '\0';
	log_debug("http: %s", text);
}

static struct MHD_Daemon *start(struct http *http, unsigned family)
{
	return MHD_start_daemon(
	    MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | family, http->port, NULL, NULL,
	    http->handler, http->userdata, MHD_OPTION_EXTERNAL_LOGGER, on_mhd_log, NULL,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)HTTP_CONNECTIONS, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
	    (unsigned)HTTP_CONNECTIONS_PER_ADDRESS, MHD_OPTION_CONNECTION_TIMEOUT,
	    (unsigned)HTTP_SILENCE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_MEMORY,
	    MHD_OPTION_LISTEN_BACKLOG_SIZE, (unsigned)BACKLOG, MHD_OPTION_NOTIFY_CONNECTION, on_connection,
	    http, MHD_OPTION_NOTIFY_COMPLETED, http->completed, http->userdata, MHD_OPTION_END);
}

static bool kernel_has_ipv6(void)
{
	_cleanup_(closep) int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd >= 0;
}

static int attach(struct http *http)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(http->mhd, MHD_DAEMON_INFO_EPOLL_FD);
	int r;

	if (!info)
		return -EOPNOTSUPP;
	r = sd_event_add_io(http->event, &http->io, info->epoll_fd, EPOLLIN, on_io, http);
	return r < 0 ? r : sd_event_source_set_prepare(http->io, on_prepare);
}

static void stop(struct http *http)
{
	http->io = sd_event_source_disable_unref(http->io);
	if (http->mhd)
		MHD_stop_daemon(http->mhd);
	http->mhd = NULL;
}

static int on_bind(sd_event_source *source, uint64_t usec _unused_, void *userdata)
{
	struct http *http = userdata;

	http->mhd = start(http, kernel_has_ipv6() ? MHD_USE_DUAL_STACK : 0);
	if (http->mhd && attach(http) == 0) {
		log_notice("listening on port %u", http->port);
		http->said = false;
		return 0;
	}
	if (!http->said)
		log_error("cannot listen on port %u: %s; trying again", http->port, strerror(errno));
	http->said = true;
	stop(http);
	sd_event_source_set_time_relative(source, BIND_RETRY_USEC);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

void http_listen(struct http *http, uint16_t port)
{
	if (port == http->port)
		return;
	stop(http);
	http->port = port;
	http->said = false;
	on_bind(http->bind, 0, http);
}

int http_new(sd_event *event, MHD_AccessHandlerCallback handler, MHD_RequestCompletedCallback completed,
	     void *userdata, struct http **out)
{
	_cleanup_(http_freep) struct http *http = calloc(1, sizeof(*http));
	int r;

	if (!http)
		return -ENOMEM;
	http->event = sd_event_ref(event);
	http->handler = handler;
	http->completed = completed;
	http->userdata = userdata;
	TAILQ_INIT(&http->idle);
	TAILQ_INIT(&http->busy);
	r = sd_event_add_time(event, &http->turn, CLOCK_MONOTONIC, UINT64_MAX, 1000, on_turn, http);
	if (r < 0)
		return r;
	r = sd_event_add_time(event, &http->life, CLOCK_MONOTONIC, UINT64_MAX, USEC_PER_SEC, on_life, http);
	if (r < 0)
		return r;
	r = sd_event_add_time(event, &http->bind, CLOCK_MONOTONIC, UINT64_MAX, 10000, on_bind, http);
	if (r < 0)
		return r;
	*out = http;
	http = NULL;
	return 0;
}

void http_resume(struct http *http, struct MHD_Connection *connection)
{
	MHD_resume_connection(connection);
	http->again = true;
}

struct http *http_free(struct http *http)
{
	if (!http)
		return NULL;
	stop(http);
	sd_event_source_disable_unref(http->turn);
	sd_event_source_disable_unref(http->life);
	sd_event_source_disable_unref(http->bind);
	sd_event_unref(http->event);
	free(http);
	return NULL;
}
