/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: entitled and achieved stand side by side in `gerbang status`, and a guest's own bytes begin at zero
 * though its class was another's before. Counters of the kernel are never reset, and a figure here must never
 * fall.
 */
#include "meter.h"
#include <errno.h>
#include <stdlib.h>
#include "booking.h"
#include "daemon.h"
#include "quota.h"
#include "shaper.h"
#include "usage.h"
#include "../lib/cleanup.h"
#include "../lib/log.h"
#include "../lib/units.h"

#define COUNT_USEC (10 * USEC_PER_SEC)
#define COUNT_WATCHED_USEC (1 * USEC_PER_SEC)
#define WATCHED_USEC (10 * USEC_PER_SEC)
#define FRESH_USEC (500 * USEC_PER_MSEC)
#define MINORS 65536

struct watcher {
	struct watcher *next;
	uint64_t count; /* the COUNT that it waits for */
	void (*done)(void *userdata, int error);
	void *userdata;
};

struct meter {
	struct daemon *daemon;
	struct meter_row *rows[PLAN_TREES]; /* MINORS each; pages that nobody uses are not there */
	uint64_t asked, answered;
	bool in_flight, again;
	int64_t last_mono_usec, watched_until_usec;
	int64_t due_mono_usec; /* the timer's */
	sd_event_source *timer;
	struct watcher *watchers;
};

/* ---- counters into totals ---- */

static uint64_t grown(uint64_t before, uint64_t now)
{
	return now >= before ? now - before : now;
}

static void row_update(struct meter *meter, const struct message_counter *counter, int64_t elapsed_usec)
{
	struct meter_row *row = &meter->rows[counter->tree][counter->minor];
	uint64_t delta = grown(row->raw_bytes, counter->delivered_bytes);

	row->bytes += delta;
	row->dropped += grown(row->raw_dropped, counter->dropped_packets);
	row->packets += grown(row->raw_packets, counter->delivered_packets);
	row->raw_bytes = counter->delivered_bytes;
	row->raw_packets = counter->delivered_packets;
	row->raw_dropped = counter->dropped_packets;
	row->rate_bps =
	    row->seen && elapsed_usec > 0 ? (uint64_t)((double)delta * 8e6 / (double)elapsed_usec) : 0;
	row->seen = meter->answered;
}

/* A class that was deleted has said its last: its next one begins at 0. */
static void row_final(struct meter *meter, const struct message_counter *counter)
{
	struct meter_row *row = &meter->rows[counter->tree][counter->minor];

	row->bytes += grown(row->raw_bytes, counter->delivered_bytes);
	row->packets += grown(row->raw_packets, counter->delivered_packets);
	row->dropped += grown(row->raw_dropped, counter->dropped_packets);
	row->raw_bytes = row->raw_packets = row->raw_dropped = 0;
	row->rate_bps = 0;
}

static void take_counters(struct meter *meter, const struct message_counter *counters, size_t n)
{
	int64_t now = clock_now().mono_usec;
	int64_t elapsed = meter->last_mono_usec ? now - meter->last_mono_usec : 0;

	for (size_t i = 0; i < n; i++) {
		if (counters[i].tree >= PLAN_TREES)
			continue;
		if (counters[i].final)
			row_final(meter, &counters[i]);
		else
			row_update(meter, &counters[i], elapsed);
	}
	meter->last_mono_usec = now;
}

/* ---- asking ---- */

static void wake_watchers(struct meter *meter, bool all)
{
	struct watcher **link = &meter->watchers;

	while (*link) {
		struct watcher *watcher = *link;

		if (!all && watcher->count > meter->answered) {
			link = &watcher->next;
			continue;
		}
		*link = watcher->next;
		watcher->done(watcher->userdata, 0);
		free(watcher);
	}
}

static void timer_set(struct meter *meter, int64_t at_mono_usec)
{
	meter->due_mono_usec = at_mono_usec;
	sd_event_source_set_time(meter->timer, (uint64_t)at_mono_usec);
	sd_event_source_set_enabled(meter->timer, SD_EVENT_ONESHOT);
}

/* When the wall clock's seconds are full: an interval of the ledger then ends where a row does. In
 * microseconds from now. */
static int64_t next_tick(const struct meter *meter)
{
	const struct instant now = clock_now();
	const int64_t every = now.mono_usec < meter->watched_until_usec ? COUNT_WATCHED_USEC : COUNT_USEC;

	return every - now.wall_usec % every;
}

static void timer_arm(struct meter *meter)
{
	timer_set(meter, clock_now().mono_usec + next_tick(meter));
}

void meter_within(struct meter *meter, int64_t usec)
{
	int64_t now = clock_now().mono_usec;

	if (usec < COUNT_USEC && now + usec < meter->due_mono_usec)
		timer_set(meter, now + usec);
}

static void on_counted(void *userdata, uint64_t tag, const struct shaper_answer *answer)
{
	struct meter *meter = userdata;
	bool again = meter->again;

	meter->in_flight = meter->again = false;
	if (!answer->error && answer->counters) {
		meter->answered = tag;
		take_counters(meter, answer->counters, answer->n_counters);
		booking_take(meter->daemon->booking, answer->counters, answer->n_counters);
		meter_within(meter, usage_turn(meter->daemon->usage));
		meter_within(meter, quota_turn(meter->daemon->quota));
	} else if (answer->error != -ECONNRESET) {
		log_warning("the shaper could not read the counters: %s",
			    answer->result ? answer->result->text : "no counters in its answer");
	}
	wake_watchers(meter, answer->error != 0);
	if (again)
		meter_ask(meter);
}

void meter_ask(struct meter *meter)
{
	int r;

	if (meter->in_flight) {
		meter->again = true;
		return;
	}
	r = shaper_request(meter->daemon->shaper, MESSAGE_COUNT, NULL, -1, on_counted, meter,
			   meter->asked + 1);
	if (r < 0)
		return; /* away: the timer asks again */
	meter->asked++;
	meter->in_flight = true;
}

static int on_timer(sd_event_source *source _unused_, uint64_t usec _unused_, void *userdata)
{
	struct meter *meter = userdata;

	if (!meter->in_flight)
		meter_ask(meter);
	timer_arm(meter);
	return 0;
}

void meter_watch(struct meter *meter, void (*done)(void *userdata, int error), void *userdata)
{
	int64_t now = clock_now().mono_usec;
	struct watcher *watcher = NULL;
	bool fresh = meter->last_mono_usec && now - meter->last_mono_usec < FRESH_USEC;

	meter->watched_until_usec = now + WATCHED_USEC;
	meter_within(meter, next_tick(meter)); /* who looks puts off no reading that a limit waits for */
	if (!fresh)
		meter_ask(meter);
	if (!fresh && meter->in_flight)
		watcher = calloc(1, sizeof(*watcher));
	if (!watcher) {
		done(userdata, 0);
		return;
	}
	*watcher = (struct watcher){
	    .next = meter->watchers, .count = meter->asked, .done = done, .userdata = userdata};
	meter->watchers = watcher;
}

/* ---- the rest ---- */

const struct meter_row *meter_row(const struct meter *meter, enum plan_tree tree, uint16_t minor)
{
	return &meter->rows[tree][minor];
}

uint64_t meter_asked(const struct meter *meter)
{
	return meter->asked;
}

uint64_t meter_answered(const struct meter *meter)
{
	return meter->answered;
}

int meter_new(struct daemon *daemon, struct meter **out)
{
	struct meter *meter = calloc(1, sizeof(*meter));
	int r = -ENOMEM;

	if (!meter)
		return r;
	meter->daemon = daemon;
	meter->due_mono_usec = clock_now().mono_usec + COUNT_USEC;
	meter->rows[PLAN_UP] = calloc(MINORS, sizeof(struct meter_row));
	meter->rows[PLAN_DOWN] = calloc(MINORS, sizeof(struct meter_row));
	if (meter->rows[PLAN_UP] && meter->rows[PLAN_DOWN])
		r = sd_event_add_time_relative(daemon->event, &meter->timer, CLOCK_MONOTONIC, COUNT_USEC,
					       USEC_PER_MSEC, on_timer, meter);
	if (r < 0) {
		meter_free(meter);
		return r;
	}
	*out = meter;
	return 0;
}

struct meter *meter_free(struct meter *meter)
{
	if (!meter)
		return NULL;
	while (meter->watchers) {
		struct watcher *next = meter->watchers->next;

		meter->watchers->done(meter->watchers->userdata, -ESHUTDOWN);
		free(meter->watchers);
		meter->watchers = next;
	}
	sd_event_source_disable_unref(meter->timer);
	free(meter->rows[PLAN_UP]);
	free(meter->rows[PLAN_DOWN]);
	free(meter);
	return NULL;
}
