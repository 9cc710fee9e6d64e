/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: the plan is sent from many causes, and must be neither lost nor sent on top of one that is still on
 * its way. This file knows nothing of what is in it.
 */
#include "apply.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "daemon.h"
#include "shaper.h"
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "../lib/units.h"

#define RETRY_FIRST_USEC (1 * USEC_PER_SEC)
#define RETRY_LAST_USEC (30 * USEC_PER_SEC)

struct waiter {
	struct waiter *next;
	uint64_t number; /* the plan that it waits for */
	void (*done)(void *userdata, int error, const char *text);
	void *userdata;
};

struct apply {
	struct daemon *daemon;
	struct apply_events events;
	void *userdata;
	uint64_t number; /* of the last plan sent */
	bool in_flight, again;
	char cause[160], next_cause[160];
	bool quiet;
	struct apply_report report;
	int64_t retry_usec;
	sd_event_source *retry;
	struct waiter *waiters;
};

static void keep_cause(char *to, size_t size, const char *cause)
{
	snprintf(to, size, "%s", cause);
}

static void retry_arm(struct apply *apply)
{
	apply->retry_usec = CLAMP(2 * apply->retry_usec, RETRY_FIRST_USEC, RETRY_LAST_USEC);
	sd_event_source_set_time_relative(apply->retry, (uint64_t)apply->retry_usec);
	sd_event_source_set_enabled(apply->retry, SD_EVENT_ONESHOT);
}

static int on_retry(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct apply *apply = userdata;

	apply->events.again(apply->userdata, "another try");
	return 0;
}

static void wake(struct apply *apply, uint64_t number, int error, const char *text)
{
	struct waiter *list = apply->waiters, **later = &apply->waiters;

	apply->waiters = NULL;
	while (list) {
		struct waiter *waiter = list;

		list = waiter->next;
		if (waiter->number > number) {
			waiter->next = *later;
			*later = waiter;
			continue;
		}
		waiter->done(waiter->userdata, error, text);
		free(waiter);
	}
}

static void log_result(const struct apply *apply, const struct shaper_answer *answer)
{
	if (answer->error == -ECONNRESET)
		return; /* said by the connection */
	if (answer->error)
		log_error("the plan was not applied (%s): %s", apply->cause,
			  answer->result && answer->result->text[0] ? answer->result->text
								    : strerror(-answer->error));
	else if (answer->result->operations)
		log_line(apply->quiet ? LOG_DEBUG : LOG_NOTICE, "applied: %u changes of the kernel (%s)",
			 answer->result->operations, apply->cause);
	else
		log_debug("applied: nothing to change (%s)", apply->cause);
}

static void take_report(struct apply *apply, const struct message_result *result)
{
	struct apply_report report = {0};

	memcpy(report.leaf, result->leaf, sizeof(report.leaf));
	memcpy(report.leaf_reason, result->leaf_reason, sizeof(report.leaf_reason));
	memcpy(report.download, result->download, sizeof(report.download));
	if (!memcmp(&report, &apply->report, sizeof(report)))
		return;
	apply->report = report;
	log_info("leaf queue: %s (%s); downloads are shaped on %.*s", report.leaf,
		 *report.leaf_reason ? report.leaf_reason : "no reason given", IFNAMSIZ, report.download);
}

static void on_applied(void *userdata, uint64_t number, const struct shaper_answer *given)
{
	struct apply *apply = userdata;
	struct shaper_answer answer = *given;
	bool again = apply->again;

	if (!answer.error && !answer.result)
		answer.error = -EBADMSG;
	apply->in_flight = apply->again = false;
	log_result(apply, &answer);
	if (!answer.error) {
		apply->retry_usec = 0;
		take_report(apply, answer.result);
		apply->events.settled(apply->userdata, number);
	} else if (answer.error != -ECONNRESET) {
		retry_arm(apply);
	}
	wake(apply, answer.error == -ECONNRESET ? UINT64_MAX : number, answer.error,
	     answer.result ? answer.result->text : NULL);
	if (again && !apply->in_flight)
		apply->events.again(apply->userdata, apply->next_cause);
}

static int send_plan(struct apply *apply, struct instant now)
{
	_cleanup_(freep) void *bytes = NULL;
	struct plan plan = {0};
	size_t length = 0;
	int r;

	r = apply->events.plan(apply->userdata, now, apply->number + 1, &plan);
	if (r >= 0)
		r = plan_encode(&plan, &bytes, &length);
	plan_clear(&plan);
	if (r >= 0)
		r = wire_blob(bytes, length);
	if (r >= 0)
		r = shaper_request(apply->daemon->shaper, MESSAGE_APPLY, NULL, r, on_applied, apply,
				   apply->number + 1);
	if (r >= 0)
		apply->number++;
	return r;
}

static void send_or_note(struct apply *apply, struct instant now, const char *cause, bool quiet)
{
	int r;

	if (!shaper_ready(apply->daemon->shaper))
		return;
	if (apply->in_flight) {
		apply->again = true;
		keep_cause(apply->next_cause, sizeof(apply->next_cause), cause);
		return;
	}
	sd_event_source_set_enabled(apply->retry, SD_EVENT_OFF);
	keep_cause(apply->cause, sizeof(apply->cause), cause);
	apply->quiet = quiet;
	r = send_plan(apply, now);
	apply->in_flight = r >= 0;
	if (r < 0 && r != -ENOTCONN) {
		log_error("cannot plan or send the plan (%s): %s", cause, strerror(-r));
		retry_arm(apply);
	}
}

void apply_send(struct apply *apply, struct instant now, const char *cause)
{
	send_or_note(apply, now, cause, false);
}

void apply_adjust(struct apply *apply, struct instant now)
{
	send_or_note(apply, now, "the uplink's rate is adjusted", true);
}

void apply_wait(struct apply *apply, void (*done)(void *userdata, int error, const char *text),
		void *userdata)
{
	struct waiter *waiter = apply->in_flight ? calloc(1, sizeof(*waiter)) : NULL;

	if (!waiter) {
		done(userdata, -ENOTCONN, NULL);
		return;
	}
	*waiter = (struct waiter){.next = apply->waiters,
				  .number = apply->number + apply->again,
				  .done = done,
				  .userdata = userdata};
	apply->waiters = waiter;
}

const struct apply_report *apply_report(const struct apply *apply)
{
	return &apply->report;
}

int apply_new(struct daemon *daemon, const struct apply_events *events, void *userdata, struct apply **out)
{
	struct apply *apply = calloc(1, sizeof(*apply));
	int r;

	if (!apply)
		return -ENOMEM;
	*apply = (struct apply){.daemon = daemon, .events = *events, .userdata = userdata};
	r = sd_event_add_time(daemon->event, &apply->retry, CLOCK_MONOTONIC, 0, 0, on_retry, apply);
	if (r >= 0)
		r = sd_event_source_set_enabled(apply->retry, SD_EVENT_OFF);
	if (r < 0) {
		apply_free(apply);
		return r;
	}
	*out = apply;
	return 0;
}

struct apply *apply_free(struct apply *apply)
{
	if (!apply)
		return NULL;
	wake(apply, UINT64_MAX, -ESHUTDOWN, NULL);
	sd_event_source_disable_unref(apply->retry);
	free(apply);
	return NULL;
}
