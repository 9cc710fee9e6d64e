// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Drives libmicrohttpd by its epoll descriptor, which is edge-triggered: after each run it may hold work that
 * no descriptor will announce again, so that MHD_get_timeout() is asked before every sleep. All time limits
 * are kept here, by one tick a second, and not by libmicrohttpd, whose own would move a timer with every
 * request. Nothing here looks into a request.
 */
#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include "../lib/log.h"
#include "../lib/units.h"
#include "http.h"
#include "tls.h"

#define BACKLOG 1024
#define CROWD 64 /* connections that need memory worth giving back */
#define BIND_RETRY_USEC (1 * USEC_PER_SEC)
#define TICK_USEC (1 * USEC_PER_SEC)
#define VAIN_RUNS 8
#define VAIN_MSEC 5

struct peer {
	TAILQ_ENTRY(peer) link;
	uint64_t born_usec, deadline_usec;
	struct addr address;
	int fd;
	bool asked; /* at least one request */
	bool busy;  /* in `busy`, else in `idle` */
	bool cut;   /* in neither */
};

TAILQ_HEAD(peers, peer);

struct http {
	sd_event *event;
	sd_event_source *io, *again, *later, *tick, *bind;
	struct MHD_Daemon *mhd;
	struct http_service service;
	unsigned n_peers;
	bool crowded;		 /* since it was last empty */
	uint16_t port;		 /* 0: none wanted yet */
	unsigned vain;		 /* runs since the last event of a descriptor */
	bool more;		 /* libmicrohttpd needs a run that no descriptor announces */
	bool said;		 /* that the port cannot be bound: logged once */
	struct peers idle, busy; /* each nearly in order of deadlines; idle: waits for a request */
};

static uint64_t now_usec(struct http *http)
{
	uint64_t now = 0;

	sd_event_now(http->event, CLOCK_MONOTONIC, &now);
	return now;
}

static int run(struct http *http)
{
	http->more = false;
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
	struct http *http = userdata;

	http->vain = 0;
	return run(http);
}

static int on_again(sd_event_source *source _unused_, void *userdata)
{
	struct http *http = userdata;

	http->again = sd_event_source_disable_unref(http->again);
	http->vain++;
	return run(http);
}

static int on_later(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	return run(userdata);
}

/* A new source each time: one that is kept is pending since it was made, goes before all others, and starves
 * them. */
static int run_again(struct http *http)
{
	return http->again ? 0 : sd_event_add_defer(http->event, &http->again, on_again, http);
}

/*
 * Before each sleep of the event loop. While a TLS handshake has come in part, libmicrohttpd 0.9.75 wants to
 * run without end; so that after some runs in vain the next waits a little.
 */
static int on_prepare(sd_event_source *source _unused_, void *userdata)
{
	struct http *http = userdata;
	MHD_UNSIGNED_LONG_LONG msec = 0;
	int r;

	if (http->more) {
		http->vain = 0;
		return run_again(http);
	}
	if (MHD_get_timeout(http->mhd, &msec) != MHD_YES)
		return sd_event_source_set_enabled(http->later, SD_EVENT_OFF);
	if (msec == 0 && http->vain < VAIN_RUNS)
		return run_again(http);
	r = sd_event_source_set_time_relative(http->later, MAX(msec, VAIN_MSEC) * (uint64_t)USEC_PER_MSEC);
	return r < 0 ? r : sd_event_source_set_enabled(http->later, SD_EVENT_ONESHOT);
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

/* The descriptor stays libmicrohttpd's: it sees the end of the stream and closes it. */
static void cut(struct http *http, struct peer *peer)
{
	TAILQ_REMOVE(list_of(http, peer), peer, link);
	peer->cut = true;
	shutdown(peer->fd, SHUT_RDWR);
}

static void arm_tick(struct http *http)
{
	int enabled = SD_EVENT_OFF;

	if (sd_event_source_get_enabled(http->tick, &enabled) >= 0 && enabled != SD_EVENT_OFF)
		return;
	sd_event_source_set_time(http->tick, now_usec(http) + TICK_USEC);
	sd_event_source_set_enabled(http->tick, SD_EVENT_ONESHOT);
}

static int on_tick(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct http *http = userdata;
	uint64_t now = now_usec(http);
	struct peer *first;

	while ((first = next_to_end(http)) && first->deadline_usec <= now)
		cut(http, first);
	if (first)
		arm_tick(http);
	return 0;
}

static struct peer *peer_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
	    MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

static void move(struct http *http, struct peer *peer, bool busy, unsigned seconds)
{
	TAILQ_REMOVE(list_of(http, peer), peer, link);
	peer->busy = busy;
	TAILQ_INSERT_TAIL(list_of(http, peer), peer, link);
	peer->deadline_usec = now_usec(http) + seconds * USEC_PER_SEC;
}

void http_busy(struct http *http, struct MHD_Connection *connection)
{
	struct peer *peer = peer_of(connection);

	if (!peer || peer->busy || peer->cut)
		return;
	peer->asked = true;
	move(http, peer, true, HTTP_REQUEST_SECONDS);
}

void http_idle(struct http *http, struct MHD_Connection *connection)
{
	struct peer *peer = peer_of(connection);

	if (peer && peer->busy && !peer->cut)
		move(http, peer, false, HTTP_KEEP_SECONDS);
}

bool http_may_keep(struct http *http, struct MHD_Connection *connection)
{
	const struct peer *peer = peer_of(connection);

	return peer && http->n_peers < http->service.crowd / 2 &&
	       now_usec(http) < peer->born_usec + HTTP_KEEP_UNTIL_SECONDS * USEC_PER_SEC;
}

void http_end_idle(struct http *http, const struct addr *guest)
{
	struct peer *peer, *next;

	for (peer = TAILQ_FIRST(&http->idle); peer; peer = next) {
		next = TAILQ_NEXT(peer, link);
		if (!peer->asked && addr_equal(&peer->address, guest))
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

	if (!peer) { /* one without bounds would stay for ever */
		if (fd)
			shutdown(fd->connect_fd, SHUT_RDWR);
		return NULL;
	}
	peer->born_usec = now_usec(http);
	peer->deadline_usec = peer->born_usec;
	peer->deadline_usec +=
	    (http->service.tls ? HTTP_FIRST_SECONDS_TLS : HTTP_FIRST_SECONDS) * USEC_PER_SEC;
	peer->fd = fd->connect_fd;
	peer->address = addr_from_sockaddr(address->client_addr);
	return peer;
}

static void peer_start(struct http *http, struct peer *peer)
{
	TAILQ_INSERT_TAIL(&http->idle, peer, link);
	if (++http->n_peers > CROWD)
		http->crowded = true;
	if (http->n_peers > http->service.crowd)
		cut(http, next_to_end(http));
	arm_tick(http);
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
	http->more = true; /* at its limit of connections it listens again only in the run after this one */
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

/* The target of a request stays as it came: what is compared is never what was decoded. */
static size_t leave_encoded(void *userdata _unused_, struct MHD_Connection *connection _unused_, char *text)
{
	return strlen(text);
}

static struct MHD_Daemon *start(struct http *http, unsigned family)
{
	const struct http_service *service = &http->service;
	struct MHD_OptionItem tls[] = {
	    {MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)(uintptr_t)tls_retrieve},
	    {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)TLS_PRIORITIES},
	    {MHD_OPTION_END, 0, NULL},
	};

	return MHD_start_daemon(
	    MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
		(service->tls ? MHD_USE_TLS : MHD_USE_TURBO) | family,
	    http->port, NULL, NULL, service->handler, service->userdata, MHD_OPTION_EXTERNAL_LOGGER,
	    on_mhd_log, NULL, MHD_OPTION_CONNECTION_LIMIT, service->connections,
	    MHD_OPTION_PER_IP_CONNECTION_LIMIT, service->per_address, MHD_OPTION_CONNECTION_TIMEOUT, 0u,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_MEMORY, MHD_OPTION_LISTEN_BACKLOG_SIZE,
	    (unsigned)BACKLOG, MHD_OPTION_NOTIFY_CONNECTION, on_connection, http, MHD_OPTION_NOTIFY_COMPLETED,
	    service->completed, service->userdata, MHD_OPTION_URI_LOG_CALLBACK, service->target,
	    service->userdata, MHD_OPTION_UNESCAPE_CALLBACK, leave_encoded, NULL, MHD_OPTION_ARRAY,
	    service->tls ? tls : tls + ELEMENTS(tls) - 1, MHD_OPTION_END);
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
	http->again = sd_event_source_disable_unref(http->again);
	sd_event_source_set_enabled(http->later, SD_EVENT_OFF);
	if (http->mhd)
		MHD_stop_daemon(http->mhd);
	http->mhd = NULL;
}

static int on_bind(sd_event_source *source, uint64_t usec _unused_, void *userdata)
{
	struct http *http = userdata;

	errno = 0;
	http->mhd = start(http, kernel_has_ipv6() ? MHD_USE_DUAL_STACK : 0);
	if (http->mhd && attach(http) == 0) {
		log_notice("%s: listening on port %u", http->service.name, http->port);
		http->said = false;
		return 0;
	}
	if (!http->said)
		log_error("%s: cannot listen on port %u: %s; trying again", http->service.name, http->port,
			  errno ? strerror(errno) : "libmicrohttpd refuses");
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
	sd_event_source_set_enabled(http->bind, SD_EVENT_OFF);
	http->port = port;
	http->said = false;
	if (port)
		on_bind(http->bind, 0, http);
}

static int add_sources(struct http *http)
{
	const struct {
		sd_event_source **source;
		uint64_t accuracy_usec;
		sd_event_time_handler_t handler;
	} timers[] = {
	    {&http->later, USEC_PER_MSEC, on_later},
	    {&http->tick, USEC_PER_SEC, on_tick},
	    {&http->bind, 10 * USEC_PER_MSEC, on_bind},
	};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < ELEMENTS(timers); i++) {
		r = sd_event_add_time(http->event, timers[i].source, CLOCK_MONOTONIC, UINT64_MAX,
				      timers[i].accuracy_usec, timers[i].handler, http);
		if (r >= 0)
			r = sd_event_source_set_enabled(*timers[i].source, SD_EVENT_OFF);
	}
	return r;
}

int http_new(sd_event *event, const struct http_service *service, struct http **out)
{
	_cleanup_(http_freep) struct http *http = calloc(1, sizeof(*http));
	int r;

	if (!http)
		return -ENOMEM;
	http->event = sd_event_ref(event);
	http->service = *service;
	TAILQ_INIT(&http->idle);
	TAILQ_INIT(&http->busy);
	r = add_sources(http);
	if (r < 0)
		return r;
	*out = http;
	http = NULL;
	return 0;
}

void http_resume(struct http *http, struct MHD_Connection *connection)
{
	MHD_resume_connection(connection);
	http->more = true;
}

struct http *http_free(struct http *http)
{
	if (!http)
		return NULL;
	stop(http);
	sd_event_source_disable_unref(http->later);
	sd_event_source_disable_unref(http->tick);
	sd_event_source_disable_unref(http->bind);
	sd_event_unref(http->event);
	free(http);
	return NULL;
}
