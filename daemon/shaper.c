/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: everything that the daemon wants of the kernel goes through this one connection. It must never block
 * the loop, never flood the shaper's socket, and never leave a request without an answer: a lost connection
 * answers them all.
 */
#include "shaper.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include "requests.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/peer.h"
#include "../lib/privilege.h"
#include "../lib/units.h"

#define RECONNECT_USEC (200 * USEC_PER_MSEC)
#define ANSWER_USEC (10 * USEC_PER_SEC)
#define APPLY_USEC                                                                                           \
	(60 * USEC_PER_SEC) /* thousands of classes from nothing take seconds (kernel-facts 11)              \
			     */

#define TRIED_BYTES_MAX (8u << 20)

struct shaper {
	sd_event *event;
	char *path;
	struct shaper_events events;
	void *userdata;
	int fd;
	bool ready, said_away;
	char alarm[sizeof(((struct message_alarm *)NULL)->text)];
	sd_event_source *io, *retry, *timeout;
	struct requests requests;
};

/* ---- losing the connection ---- */

static void retry_arm(struct shaper *shaper)
{
	sd_event_source_set_time_relative(shaper->retry, RECONNECT_USEC);
	sd_event_source_set_enabled(shaper->retry, SD_EVENT_ONESHOT);
}

static void say_away(struct shaper *shaper, const char *why)
{
	if (!shaper->said_away)
		log_warning("the shaper is away (%s: %s): the kernel keeps what it has, nobody new is let in",
			    shaper->path, why);
	shaper->said_away = true;
}

static void disconnect(struct shaper *shaper, const char *why)
{
	const struct shaper_answer answer = {.error = -ECONNRESET};
	struct request_list lost;
	struct request *request;

	say_away(shaper, why);
	shaper->ready = false;
	shaper->io = sd_event_source_disable_unref(shaper->io);
	closep(&shaper->fd);
	shaper->fd = -1;
	sd_event_source_set_enabled(shaper->timeout, SD_EVENT_OFF);
	retry_arm(shaper);
	requests_take_all(&shaper->requests, &lost);
	while ((request = TAILQ_FIRST(&lost))) {
		TAILQ_REMOVE(&lost, request, link);
		request->done(request->userdata, request->tag, &answer);
		request_free(request);
	}
}

/* ---- sending ---- */

static int64_t patience(const struct shaper *shaper)
{
	return shaper->requests.n_apply ? APPLY_USEC : ANSWER_USEC;
}

static void timeout_arm(struct shaper *shaper)
{
	const struct request *oldest = requests_oldest(&shaper->requests);

	if (!oldest) {
		sd_event_source_set_enabled(shaper->timeout, SD_EVENT_OFF);
		return;
	}
	sd_event_source_set_time(shaper->timeout, (uint64_t)(oldest->sent_usec + patience(shaper)));
	sd_event_source_set_enabled(shaper->timeout, SD_EVENT_ONESHOT);
}

static int send_request(struct shaper *shaper, struct request *request)
{
	union message message = {0};

	if (request->type == MESSAGE_SESSION_ADD || request->type == MESSAGE_SESSION_CHANGE ||
	    request->type == MESSAGE_SESSION_REMOVE)
		message.session.session = request->session;
	if (request->type == MESSAGE_GARDEN)
		message.garden = request->garden;
	message.header.id = request->id;
	return message_send(shaper->fd, request->type, &message, request->blob);
}

static void flush(struct shaper *shaper)
{
	struct requests *requests = &shaper->requests;
	struct request *request;

	while (shaper->fd >= 0 && requests->n_sent < SHAPER_WINDOW && (request = requests_next(requests))) {
		int r = send_request(shaper, request);

		requests_sent(requests, request, clock_now().mono_usec);
		if (r < 0) { /* the loop will see the end of the connection and answer all of them */
			log_warning("cannot send %s to the shaper: %s", message_name(request->type),
				    strerror(-r));
			shutdown(shaper->fd, SHUT_RDWR);
			break;
		}
	}
	timeout_arm(shaper);
}

/* Takes `blob` in every case. */
static int request_make(struct shaper *shaper, enum message_type type, int blob, struct request **out)
{
	int r = 0;

	if (!shaper->ready)
		r = -ENOTCONN;
	else if (shaper->requests.n_waiting >= SHAPER_QUEUE)
		r = -ENOBUFS;
	if (r < 0) {
		closep(&blob);
		return r;
	}
	*out = requests_add(&shaper->requests, type, blob);
	return *out ? 0 : -ENOMEM;
}

static void request_go(struct shaper *shaper, struct request *request, shaper_done done, void *userdata,
		       uint64_t tag)
{
	request->done = done;
	request->userdata = userdata;
	request->tag = tag;
	flush(shaper);
}

int shaper_request(struct shaper *shaper, enum message_type type, const struct plan_session *session,
		   int blob, shaper_done done, void *userdata, uint64_t tag)
{
	struct request *request;
	int r = request_make(shaper, type, blob, &request);

	if (r < 0)
		return r;
	if (session)
		request->session = *session;
	request_go(shaper, request, done, userdata, tag);
	return 0;
}

int shaper_garden(struct shaper *shaper, const struct message_garden *garden, shaper_done done,
		  void *userdata, uint64_t tag)
{
	struct request *request;
	int r = request_make(shaper, MESSAGE_GARDEN, -1, &request);

	if (r < 0)
		return r;
	request->garden = *garden;
	request_go(shaper, request, done, userdata, tag);
	return 0;
}

/* ---- receiving ---- */

static int on_result(struct shaper *shaper, const union message *message, int blob _unused_)
{
	struct request *request = requests_take(&shaper->requests, message->header.id);
	struct shaper_answer answer = {.error = message->result.error, .result = &message->result};

	if (!request && !message->header.id)
		log_error("the shaper cannot say what the kernel holds: %s", message->result.text);
	if (!request)
		return -EBADMSG;
	if (answer.error > 0)
		answer.error = -EBADMSG;
	request->done(request->userdata, request->tag, &answer);
	request_free(request);
	return 0;
}

static int on_counters(struct shaper *shaper, const union message *message, int blob)
{
	_cleanup_(freep) void *bytes = NULL;
	struct shaper_answer answer = {0};
	struct request *request;
	size_t length;
	int r;

	r = wire_blob_read(blob, (size_t)PLAN_TREES * 65536 * sizeof(*answer.counters), &bytes, &length);
	if (r < 0)
		return r;
	request = requests_take(&shaper->requests, message->header.id);
	if (!request || length % sizeof(*answer.counters))
		answer.error = -EBADMSG;
	if (!request)
		return -EBADMSG;
	answer.counters = bytes;
	answer.n_counters = length / sizeof(*answer.counters);
	request->done(request->userdata, request->tag, &answer);
	request_free(request);
	return 0;
}

static int on_tried(struct shaper *shaper, const union message *message, int blob)
{
	_cleanup_(freep) void *bytes = NULL;
	struct shaper_answer answer = {0};
	struct request *request;
	size_t length;
	int r;

	r = wire_blob_read(blob, TRIED_BYTES_MAX, &bytes, &length);
	if (r < 0)
		return r;
	request = requests_take(&shaper->requests, message->header.id);
	if (!request)
		return -EBADMSG;
	answer.text = bytes;
	request->done(request->userdata, request->tag, &answer);
	request_free(request);
	return 0;
}

static int on_state(struct shaper *shaper, const union message *message _unused_, int blob)
{
	_cleanup_(freep) void *bytes = NULL;
	struct plan actual = {0};
	size_t length;
	int r;

	r = wire_blob_read(blob, PLAN_BYTES_MAX, &bytes, &length);
	if (r < 0)
		return r;
	r = plan_decode(bytes, length, &actual);
	if (r < 0)
		return r;
	log_notice("connected to the shaper");
	shaper->ready = true;
	shaper->said_away = false;
	timeout_arm(shaper);
	shaper->events.state(shaper->userdata, &actual);
	plan_clear(&actual);
	return 0;
}

static int on_drift(struct shaper *shaper, const union message *message _unused_, int blob _unused_)
{
	if (shaper->ready)
		shaper->events.drift(shaper->userdata);
	return 0;
}

static int on_alarm(struct shaper *shaper, const union message *message, int blob _unused_)
{
	if (strcmp(shaper->alarm, message->alarm.text) == 0)
		return 0;
	memcpy(shaper->alarm, message->alarm.text, sizeof(shaper->alarm));
	shaper->events.alarm(shaper->userdata, shaper->alarm);
	return 0;
}

const char *shaper_alarm(const struct shaper *shaper)
{
	return shaper->alarm;
}

static int (*const receivers[MESSAGE_TYPES])(struct shaper *, const union message *, int) = {
    [MESSAGE_RESULT] = on_result,
    [MESSAGE_COUNTERS] = on_counters,
    [MESSAGE_STATE] = on_state,
    [MESSAGE_TRIED] = on_tried,
    [MESSAGE_DRIFT] = on_drift,
    [MESSAGE_ALARM] = on_alarm,
};

static int receive(struct shaper *shaper)
{
	_cleanup_(closep) int blob = -1;
	union message message;
	int r;

	r = message_receive(shaper->fd, &message, &blob);
	if (r <= 0)
		return r ? r : -ECONNRESET;
	if (!receivers[message.header.type])
		return -EBADMSG;
	r = receivers[message.header.type](shaper, &message, blob);
	return r < 0 ? r : 1;
}

static int on_io(sd_event_source *source _unused_, int fd _unused_, uint32_t revents _unused_, void *userdata)
{
	struct shaper *shaper = userdata;
	int r = 1;

	for (unsigned i = 0; i < SHAPER_WINDOW && r > 0; i++)
		r = receive(shaper);
	if (r < 0 && r != -EAGAIN)
		disconnect(shaper, r == -EBADMSG ? "it sent what no shaper sends" : strerror(-r));
	else
		flush(shaper);
	return 0;
}

static int on_timeout(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct shaper *shaper = userdata;
	const struct request *oldest = requests_oldest(&shaper->requests);

	if (!shaper->ready && shaper->fd >= 0)
		disconnect(shaper, "it does not say what the kernel holds");
	else if (oldest && clock_now().mono_usec >= oldest->sent_usec + patience(shaper))
		disconnect(shaper, "no answer in time");
	else
		timeout_arm(shaper);
	return 0;
}

/* ---- connecting ---- */

static int try_connect(struct shaper *shaper)
{
	_cleanup_(closep) int fd = peer_connect(shaper->path, USER_SHAPER);
	int r;

	if (fd < 0)
		return fd;
	r = sd_event_add_io(shaper->event, &shaper->io, fd, EPOLLIN, on_io, shaper);
	if (r < 0)
		return r;
	shaper->fd = fd;
	fd = -1;
	sd_event_source_set_time_relative(shaper->timeout, APPLY_USEC); /* for its STATE */
	sd_event_source_set_enabled(shaper->timeout, SD_EVENT_ONESHOT);
	return 0;
}

static int on_retry(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct shaper *shaper = userdata;
	int r = try_connect(shaper);

	if (r < 0) {
		say_away(shaper, strerror(-r));
		retry_arm(shaper);
	}
	return 0;
}

int shaper_new(sd_event *event, const char *path, const struct shaper_events *events, void *userdata,
	       struct shaper **out)
{
	struct shaper *shaper = calloc(1, sizeof(*shaper));
	int r;

	if (!shaper)
		return -ENOMEM;
	requests_init(&shaper->requests);
	shaper->fd = -1;
	shaper->events = *events;
	shaper->userdata = userdata;
	shaper->event = sd_event_ref(event);
	shaper->path = strdup(path);
	r = shaper->path ? 0 : -ENOMEM;
	if (r >= 0)
		r = sd_event_add_time(event, &shaper->retry, CLOCK_MONOTONIC, 0, 0, on_retry, shaper);
	if (r >= 0)
		r = sd_event_add_time(event, &shaper->timeout, CLOCK_MONOTONIC, 0, 0, on_timeout, shaper);
	if (r >= 0)
		r = sd_event_source_set_enabled(shaper->timeout, SD_EVENT_OFF);
	if (r < 0) {
		shaper_free(shaper);
		return r;
	}
	*out = shaper;
	return 0;
}

struct shaper *shaper_free(struct shaper *shaper)
{
	struct request_list lost;
	struct request *request;

	if (!shaper)
		return NULL;
	requests_take_all(&shaper->requests, &lost);
	while ((request = TAILQ_FIRST(&lost))) {
		TAILQ_REMOVE(&lost, request, link);
		request_free(request);
	}
	sd_event_source_disable_unref(shaper->io);
	sd_event_source_disable_unref(shaper->retry);
	sd_event_source_disable_unref(shaper->timeout);
	sd_event_unref(shaper->event);
	closep(&shaper->fd);
	free(shaper->path);
	free(shaper);
	return NULL;
}

bool shaper_ready(const struct shaper *shaper)
{
	return shaper->ready;
}
