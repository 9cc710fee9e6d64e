/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages in, kernel state out. Every request is judged by bounds.c before it reaches the kernel; a guest's
 * session goes straight to its set elements and costs the same whatever else there is (design, "Guest to
 * kernel"). It never trusts a length, a name or a number of the peer's.
 */
#include "server_private.h"
#include "actual.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/message.h"
#include "../lib/privilege.h"
#include "../lib/units.h"
#include <errno.h>
#include <string.h>

#define MESSAGES_A_TURN 256
#define LOG_EVERY_USEC (10 * USEC_PER_SEC)
#define CONNECTIONS_A_SECOND 100u

static void disconnect(struct server *server, const char *why)
{
	if (server->fd < 0)
		return;
	log_notice("the daemon's connection is over: %s", why);
	server->peer = sd_event_source_disable_unref(server->peer);
	close(server->fd);
	server->fd = -1;
	collect_stop(server->collect);
	server->n_counting = 0;
}

/* ---- answers ---- */

static const char *uplink(const struct server *server)
{
	return server->kernel->uplink;
}

int server_result(struct server *server, uint64_t id, int error, unsigned operations, const char *text)
{
	union message answer = {};

	answer.header.id = id;
	answer.result.error = error;
	answer.result.operations = operations;
	snprintf(answer.result.text, sizeof(answer.result.text), "%s",
		 error < 0 && !text[0] ? strerror(-error) : text);
	snprintf(answer.result.leaf, sizeof(answer.result.leaf), "%s",
		 leaf_name(server->kernel->leaves.shared));
	snprintf(answer.result.leaf_reason, sizeof(answer.result.leaf_reason), "%s",
		 server->kernel->leaf_reason);
	snprintf(answer.result.download, sizeof(answer.result.download), "%s",
		 server->kernel->placement.device);
	return message_send(server->fd, MESSAGE_RESULT, &answer, -1);
}

int server_blob(struct server *server, enum message_type type, uint64_t id, const void *bytes, size_t length)
{
	_cleanup_(closep) int blob = wire_blob(bytes, length);
	union message answer = {};

	if (blob < 0)
		return blob;
	answer.header.id = id;
	return message_send(server->fd, type, &answer, blob);
}

/* A session whose elements disagree (minor 0) is none: the next plan replaces or removes it. */
void server_drop_broken(struct plan *plan)
{
	size_t n = 0;

	for (size_t i = 0; i < plan->n_sessions; i++)
		if (plan->sessions[i].minor != 0)
			plan->sessions[n++] = plan->sessions[i];
	plan->n_sessions = n;
}

static int send_state(struct server *server, uint64_t id)
{
	_cleanup_(actual_clear) struct actual actual = {};
	_cleanup_(freep) void *bytes = NULL;
	size_t length;
	int r = actual_read(server->kernel, uplink(server), NULL, NULL, &actual);

	if (r == 0) {
		server_drop_broken(&actual.plan);
		r = plan_encode(&actual.plan, &bytes, &length);
	}
	if (r < 0) {
		log_error("reading the kernel's state: %s", strerror(-r));
		return server_result(server, id, r, 0, "reading the kernel's state");
	}
	return server_blob(server, MESSAGE_STATE, id, bytes, length);
}

/* ---- requests ---- */

static int handle_read(struct server *server, const union message *message, _unused_ int blob)
{
	return send_state(server, message->header.id);
}

/* ---- counting ---- */

/* The finals before the rows, and all of them before any row: a class may be there anew. */
static int send_counters(struct server *server, uint64_t id, const struct message_counter *rows, size_t n)
{
	_cleanup_(freep) struct message_counter *all = NULL;
	size_t n_finals;
	const struct message_counter *finals = remains_finals(server->kernel->remains, &n_finals);
	int r;

	if (n + n_finals > MESSAGE_COUNTERS_MAX)
		n = 0;
	all = reallocarray(NULL, n + n_finals + 1, sizeof(*all));
	if (!all)
		return -ENOMEM;
	if (n_finals)
		memcpy(all, finals, n_finals * sizeof(*all));
	if (n)
		memcpy(all + n_finals, rows, n * sizeof(*all));
	r = server_blob(server, MESSAGE_COUNTERS, id, all, (n + n_finals) * sizeof(*all));
	if (r == 0)
		remains_told(server->kernel->remains, n_finals);
	return r;
}

/* One collection for all who have asked meanwhile; the first of them is told the finals. */
static void on_counted(void *data, int error, const struct message_counter *rows, size_t n)
{
	struct server *server = data;
	const char *text =
	    error == -EAGAIN ? "the classes change faster than they can be counted" : "reading the counters";
	int r = 0;

	for (size_t i = 0; i < server->n_counting && r == 0; i++)
		r = error < 0 ? server_result(server, server->counting[i], error, 0, text)
			      : send_counters(server, server->counting[i], rows, n);
	server->n_counting = 0;
	if (r < 0)
		disconnect(server, strerror(-r));
}

static int handle_count(struct server *server, const union message *message, _unused_ int blob)
{
	int r;

	if (server->n_counting == COUNTING_MAX)
		return server_result(server, message->header.id, -EBUSY, 0, "the counters are being read");
	server->counting[server->n_counting++] = message->header.id;
	r = collect_start(server->collect);
	if (r == 0)
		return 0;
	server->n_counting--;
	return server_result(server, message->header.id, r, 0, "reading the counters");
}

/* ---- a guest ---- */

static int handle_session_add(struct server *server, const union message *message, _unused_ int blob)
{
	const struct plan_session *session = &message->session.session;
	unsigned operations = 0;
	char text[160] = "";
	int r;

	if (!plan_session_valid(session))
		return -EBADMSG;
	r = bounds_session(server->bounds, session, text, sizeof(text));
	if (r == 0)
		r = nft_session_add(server->kernel->nft, session, &operations);
	if (r == 0)
		tidy_returned(server->tidy, session);
	return server_result(server, message->header.id, r, operations, text);
}

static int handle_session_remove(struct server *server, const union message *message, _unused_ int blob)
{
	const struct plan_session *session = &message->session.session;
	unsigned operations = 0;
	char text[160] = "";
	int r;

	if (!plan_session_valid(session))
		return -EBADMSG;
	r = bounds_session(server->bounds, session, text, sizeof(text));
	if (r == 0)
		r = nft_session_remove(server->kernel->nft, session, &operations);
	if (r == 0) {
		const struct policy *policy = bounds_policy(server->bounds);

		tidy_session(server->tidy, session,
			     (const uint16_t[]){policy->portal.port, policy->portal.tls_port});
	}
	return server_result(server, message->header.id, r, operations, text);
}

static int handle_garden(struct server *server, const union message *message, _unused_ int blob)
{
	const struct message_garden *garden = &message->garden;
	unsigned operations = 0;
	char text[160] = "";
	int r = bounds_garden(server->bounds, garden, text, sizeof(text));

	if (r == 0)
		r = nft_garden_add(server->kernel->nft, garden->device, &garden->address,
				   garden->lifetime_seconds, &operations);
	return server_result(server, message->header.id, r, operations, text);
}

static int (*const handlers[MESSAGE_TYPES])(struct server *server, const union message *message, int blob) = {
    [MESSAGE_APPLY] = plans_apply,
    [MESSAGE_TRY] = plans_try,
    [MESSAGE_SETTLED] = plans_settled,
    [MESSAGE_READ] = handle_read,
    [MESSAGE_COUNT] = handle_count,
    [MESSAGE_SESSION_ADD] = handle_session_add,
    [MESSAGE_SESSION_CHANGE] = handle_session_add, /* adding replaces */
    [MESSAGE_SESSION_REMOVE] = handle_session_remove,
    [MESSAGE_GARDEN] = handle_garden,
};

/* 1: handled one, 0: none waits, -errno: the connection is over. */
static int handle_next(struct server *server)
{
	_cleanup_(closep) int blob = -1;
	union message message;
	int r = message_receive(server->fd, &message, &blob);

	if (r == -EAGAIN)
		return 0;
	if (r == 0)
		return -ECONNRESET;
	if (r < 0)
		return r;
	if (!handlers[message.header.type])
		return -EBADMSG;
	r = handlers[message.header.type](server, &message, blob);
	return r < 0 ? r : 1;
}

static int on_peer(_unused_ sd_event_source *source, _unused_ int fd, _unused_ uint32_t events, void *data)
{
	struct server *server = data;
	int r = 1;

	for (unsigned i = 0; i < MESSAGES_A_TURN && r > 0; i++)
		r = handle_next(server);
	if (r < 0)
		disconnect(server, r == -ECONNRESET ? "it ended" : strerror(-r));
	return 0;
}

/* ---- connection ---- */

/* Strangers may knock as often as they like; the log hears of it now and then. */
static bool may_log(struct server *server)
{
	const int64_t now = clock_now().mono_usec;

	if (server->logged_usec && now - server->logged_usec < LOG_EVERY_USEC)
		return false;
	server->logged_usec = now;
	return true;
}

static bool may_connect(struct server *server, int fd)
{
	uid_t uid, daemon;

	if (wire_peer(fd, &uid, NULL, NULL) < 0)
		return false;
	if (uid == 0 || (privilege_uid(USER_DAEMON, &daemon) == 0 && uid == daemon))
		return true;
	if (may_log(server))
		log_warning("a connection by uid %u was refused: only %s and root may", (unsigned)uid,
			    USER_DAEMON);
	return false;
}

static int send_alarm(struct server *server, const char *text)
{
	union message message = {};

	snprintf(message.alarm.text, sizeof(message.alarm.text), "%s", text);
	return message_send(server->fd, MESSAGE_ALARM, &message, -1);
}

/* The newest peer is the daemon: of an earlier one that was killed the end may not have been read yet. */
static int on_connection(_unused_ sd_event_source *source, int fd, _unused_ uint32_t events, void *data)
{
	struct server *server = data;
	_cleanup_(closep) int peer = wire_accept(fd);
	int r;

	if (peer < 0 && peer != -EAGAIN && may_log(server))
		log_warning("a connection waits: %s", strerror(-peer));
	if (peer < 0 || !may_connect(server, peer))
		return 0;
	disconnect(server, "another took its place");
	r = sd_event_add_io(server->event, &server->peer, peer, EPOLLIN, on_peer, server);
	if (r < 0) {
		log_error("a connection cannot be served: %s", strerror(-r));
		return 0;
	}
	server->fd = peer;
	peer = -1;
	log_notice("the daemon is connected");
	r = send_state(server, 0);
	if (r == 0 && drift_alarm(server->drift)[0])
		r = send_alarm(server, drift_alarm(server->drift));
	if (r < 0)
		disconnect(server, strerror(-r));
	return 0;
}

static void on_drift(void *data)
{
	struct server *server = data;
	union message message = {};
	int r;

	if (server->fd < 0) {
		plans_repair(server);
		return;
	}
	r = message_send(server->fd, MESSAGE_DRIFT, &message, -1);
	if (r < 0)
		disconnect(server, strerror(-r));
}

static void on_alarm(void *data, const char *text)
{
	struct server *server = data;
	int r = server->fd < 0 ? 0 : send_alarm(server, text);

	if (r < 0)
		disconnect(server, strerror(-r));
}

int server_open(sd_event *event, const char *path, struct kernel *kernel, struct bounds *bounds,
		struct server **out)
{
	static const struct drift_events events = {on_drift, on_alarm};
	_cleanup_(server_closep) struct server *server = calloc(1, sizeof(*server));
	int r;

	if (!server)
		return -ENOMEM;
	*server = (struct server){
	    .kernel = kernel, .bounds = bounds, .event = sd_event_ref(event), .listen_fd = -1, .fd = -1};
	r = drift_open(event, bounds, kernel, &events, server, &server->drift);
	if (r == 0)
		r = tidy_open(event, &server->tidy);
	if (r == 0)
		r = collect_open(event, kernel, server->drift, on_counted, server, &server->collect);
	if (r < 0)
		return r;
	server->listen_fd = wire_listen(path, 0666); /* who may speak is told by credentials */
	if (server->listen_fd < 0)
		return server->listen_fd;
	server->path = strdup(path);
	if (!server->path)
		return -ENOMEM;
	r = sd_event_add_io(event, &server->listening, server->listen_fd, EPOLLIN, on_connection, server);
	if (r >= 0) /* without a descriptor left, who waits would wake the loop for ever */
		r = sd_event_source_set_ratelimit(server->listening, USEC_PER_SEC, CONNECTIONS_A_SECOND);
	if (r < 0)
		return r;
	*out = server;
	server = NULL;
	return 0;
}

struct server *server_close(struct server *server)
{
	if (!server)
		return NULL;
	sd_event_source_disable_unref(server->peer);
	sd_event_source_disable_unref(server->listening);
	closep(&server->fd);
	closep(&server->listen_fd);
	if (server->path)
		(void)unlink(server->path);
	plan_clear(&server->last);
	tidy_close(server->tidy);
	collect_close(server->collect);
	drift_close(server->drift);
	sd_event_unref(server->event);
	free(server->path);
	free(server);
	return NULL;
}
