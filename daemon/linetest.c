/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: whoever pays for a line wants to know what it gives, and nobody at work shall pay for the answer. So
 * it is measured when the offices are closed and the line is quiet, or not at all that day.
 */
#include "linetest.h"
#include <errno.h>
#include <string.h>
#include "courier.h"
#include "daemon.h"
#include "engine.h"
#include "notify.h"
#include "traffic.h"
#include "../ledger/evidence.h"
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/units.h"
#include "../policy/calendar.h"

#define TURN_USEC (2 * USEC_PER_SEC)
#define AGAIN_USEC (10 * USEC_PER_MINUTE)
#define LATEST_USEC (2 * USEC_PER_HOUR)
#define QUIET_PERCENT 10  /* of what was bought, either way: more is somebody who works */
#define ENOUGH_PERCENT 80 /* less is an alarm: protocols and our own headroom take their part */
#define RECENT_USEC (3 * USEC_PER_HOUR)

struct linetest {
	struct daemon *daemon;
	sd_event_source *timer;
	struct traffic *traffic;
	struct traffic_bytes bytes; /* as of `read_mono` */
	int64_t read_mono;	    /* 0: never */
	int32_t done_day;	    /* the local day whose test is over, or was given up */
	int64_t again_wall;	    /* not before this */
	bool running;
	struct ledger_test last; /* wall_usec 0: none */
	const char *reason;	 /* why it was put off */
};

/* ---- may it be now ---- */

static bool is_inside_office(const struct linetest *linetest, struct instant now)
{
	const struct planner_input in = engine_input(linetest->daemon->engine, now);

	for (size_t i = 0; i < in.policy->n_offices; i++) {
		const struct policy_office *office = &in.policy->offices[i];
		const enum office_state state = planner_office_state(&in, office);

		if (state == OFFICE_INSIDE || (state == OFFICE_THROTTLED &&
					       calendar_inside(in.policy, office->schedule, now.wall_usec)))
			return true;
	}
	return false;
}

/* Bit/s since the last turn; both 0 where that is not known, and then `known` is false. */
static struct policy_rate carried(struct linetest *linetest, struct instant now, bool *known)
{
	const struct traffic_bytes before = linetest->bytes;
	const int64_t usec = now.mono_usec - linetest->read_mono;
	struct policy_rate rate = {0};
	const bool first = !linetest->read_mono;

	*known = false;
	if (traffic_read(linetest->traffic, engine_policy(linetest->daemon->engine)->uplink,
			 &linetest->bytes) < 0) {
		linetest->read_mono = 0;
		return rate;
	}
	linetest->read_mono = now.mono_usec;
	if (first || usec <= 0 || linetest->bytes.received < before.received ||
	    linetest->bytes.sent < before.sent)
		return rate;
	*known = true;
	rate.down_bps = (uint64_t)((double)(linetest->bytes.received - before.received) * 8e6 / (double)usec);
	rate.up_bps = (uint64_t)((double)(linetest->bytes.sent - before.sent) * 8e6 / (double)usec);
	return rate;
}

static bool is_busy(struct policy_rate rate, struct policy_rate bought)
{
	return rate.down_bps > bought.down_bps / 100 * QUIET_PERCENT ||
	       rate.up_bps > bought.up_bps / 100 * QUIET_PERCENT;
}

/* ---- the result ---- */

static const char *rate_text(uint64_t bps, char text[static UNITS_TEXT])
{
	return units_rate_human(bps, text);
}

static bool is_too_little(const struct ledger_test *test, struct policy_rate bought,
			  struct policy_rate budget)
{
	return test->down_bps < bought.down_bps / 100 * ENOUGH_PERCENT ||
	       (test->up_bps && test->up_bps < MIN(bought.up_bps, budget.up_bps) / 100 * ENOUGH_PERCENT);
}

static void say(struct linetest *linetest, const struct ledger_test *test)
{
	const struct policy *policy = engine_policy(linetest->daemon->engine);
	const struct policy_rate bought = policy->uplink_rate;
	const bool little = is_too_little(test, bought, policy_budget(policy));
	struct notify *notify = linetest->daemon->notify;
	char down[UNITS_TEXT], up[UNITS_TEXT], of_down[UNITS_TEXT], of_up[UNITS_TEXT];
	const char *kind = little ? "alarm.uplink" : "test";
	const enum policy_notify to = little ? POLICY_NOTIFY_UPLINK : 0;

	rate_text(test->down_bps, down);
	rate_text(test->up_bps, up);
	rate_text(bought.down_bps, of_down);
	rate_text(bought.up_bps, of_up);
	if (test->error[0])
		notify_event(notify, 0, "test", "", "", "the line could not be tested: %s", test->error);
	else if (test->up_bps && little)
		notify_event(
		    notify, to, kind, "", "",
		    "the line gave too little in a test against %s: down %s of %s bought, up %s of %s",
		    test->server, down, of_down, up, of_up);
	else if (test->up_bps)
		notify_event(notify, to, kind, "", "",
			     "the line was tested against %s: down %s of %s bought, up %s of %s",
			     test->server, down, of_down, up, of_up);
	else if (little)
		notify_event(notify, to, kind, "", "",
			     "the line gave too little in a test against %s: down %s of %s bought; up is not "
			     "measured so",
			     test->server, down, of_down);
	else
		notify_event(notify, to, kind, "", "",
			     "the line was tested against %s: down %s of %s bought; up is not measured so",
			     test->server, down, of_down);
}

static uint64_t rate_of(const json_t *answer, const char *key)
{
	const json_int_t bps = json_integer_value(json_object_get(answer, key));

	return bps > 0 ? (uint64_t)bps : 0;
}

static void put(struct linetest *linetest)
{
	struct ledger *ledger = linetest->daemon->ledger;

	if (!ledger || ledger_test_put(ledger, &linetest->last) < 0)
		log_warning("a test of the line could not be written into the ledger: %s",
			    ledger ? ledger_error(ledger) : "it is not open");
}

static void on_answer(void *userdata, const json_t *answer)
{
	struct linetest *linetest = userdata;
	struct ledger_test *test = &linetest->last;
	const char *error = json_string_value(json_object_get(answer, "error"));

	linetest->running = false;
	test->wall_usec = clock_now().wall_usec;
	test->down_bps = rate_of(answer, "down_bps");
	test->up_bps = rate_of(answer, "up_bps");
	snprintf(test->error, sizeof(test->error), "%s",
		 answer ? (error ? error : "the courier's answer cannot be understood")
			: "the courier went away");
	if (!test->error[0] && !test->down_bps)
		snprintf(test->error, sizeof(test->error), "nothing was measured");
	put(linetest);
	say(linetest, test);
}

/* ---- when ---- */

static int start(struct linetest *linetest)
{
	const struct policy *policy = engine_policy(linetest->daemon->engine);
	json_t *errand = json_pack("{s:s, s:s, s:I}", "kind", "test", "server", policy->test.server,
				   "seconds", (json_int_t)policy->test.seconds);

	linetest->last = (struct ledger_test){0};
	/* What is behind a "?" may be a key, and is nobody's business. */
	snprintf(linetest->last.server, sizeof(linetest->last.server), "%.*s",
		 (int)strcspn(policy->test.server, "?#"), policy->test.server);
	return courier_ask(linetest->daemon->courier, errand, on_answer, linetest);
}

/* The instant of today's test; false: none today, or not now. */
static bool is_time(const struct linetest *linetest, struct instant now, int32_t day, int64_t *at)
{
	const struct policy *policy = engine_policy(linetest->daemon->engine);
	const struct tm tm = clock_local(now.wall_usec);

	if (!policy->test.server || !(policy->test.weekdays >> tm.tm_wday & 1) || linetest->done_day == day)
		return false;
	*at = clock_from_local(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, policy->test.minute / 60,
			       policy->test.minute % 60, 0);
	return now.wall_usec >= *at && now.wall_usec < *at + LATEST_USEC + AGAIN_USEC;
}

/* "" : now. NULL: not known yet, next turn. Else why not. */
static const char *judge(struct linetest *linetest, struct instant now)
{
	bool known;
	const struct policy_rate rate = carried(linetest, now, &known);

	if (is_inside_office(linetest, now))
		return "an office is at work";
	if (!courier_there(linetest->daemon->courier))
		return "gerbang-courier is away";
	if (!known)
		return NULL;
	return is_busy(rate, engine_policy(linetest->daemon->engine)->uplink_rate) ? "the line is in use"
										   : "";
}

static void put_off(struct linetest *linetest, struct instant now, int32_t day, int64_t at, const char *why)
{
	linetest->read_mono = 0;
	linetest->again_wall = now.wall_usec + AGAIN_USEC;
	if (linetest->again_wall < at + LATEST_USEC) {
		log_info("the line's test is put off by ten minutes: %s", why);
		return;
	}
	linetest->done_day = day;
	notify_event(linetest->daemon->notify, 0, "test", "", "", "the line is not tested today: %s", why);
}

static int seen_test(const struct ledger_test *test, void *userdata)
{
	*(struct ledger_test *)userdata = *test;
	return 0;
}

/* A daemon that was restarted after the test does not make another. */
static bool was_done(struct linetest *linetest, int64_t at, struct instant now)
{
	struct ledger_test test = {0};

	if (!linetest->daemon->ledger || linetest->last.wall_usec)
		return linetest->last.wall_usec >= at;
	if (ledger_tests(linetest->daemon->ledger, at - RECENT_USEC, now.wall_usec + USEC_PER_MINUTE,
			 seen_test, &test) < 0)
		return false;
	if (test.wall_usec)
		linetest->last = test;
	return test.wall_usec >= at;
}

static void turn(struct linetest *linetest)
{
	const struct instant now = clock_now();
	const int32_t day = calendar_day_of(now.wall_usec);
	const char *why;
	int64_t at;

	if (linetest->running || !is_time(linetest, now, day, &at)) {
		linetest->read_mono = 0;
		return;
	}
	if (linetest->again_wall > now.wall_usec && linetest->again_wall - now.wall_usec <= AGAIN_USEC)
		return;
	if (was_done(linetest, at, now)) {
		linetest->done_day = day;
		return;
	}
	why = judge(linetest, now);
	if (why && *why) {
		put_off(linetest, now, day, at, why);
	} else if (why && start(linetest) >= 0) {
		linetest->running = true;
		linetest->done_day = day;
		log_info("the line is being tested against %s", linetest->last.server);
	}
}

static int on_timer(sd_event_source *source, uint64_t usec _unused_, void *userdata)
{
	turn(userdata);
	sd_event_source_set_time_relative(source, TURN_USEC);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

json_t *linetest_last(const struct linetest *linetest)
{
	const struct ledger_test *last;
	char time[CLOCK_TEXT];

	if (!linetest || linetest->running || !linetest->last.wall_usec)
		return json_null();
	last = &linetest->last;
	return json_pack("{s:s, s:s, s:I, s:I, s:s}", "time", clock_text(last->wall_usec, time), "server",
			 last->server, "down_bps", (json_int_t)last->down_bps, "up_bps",
			 (json_int_t)last->up_bps, "error", last->error);
}

int linetest_new(struct daemon *daemon, struct linetest **out)
{
	struct linetest *linetest = calloc(1, sizeof(*linetest));
	int r;

	if (!linetest)
		return -ENOMEM;
	linetest->daemon = daemon;
	linetest->done_day = INT32_MIN;
	r = traffic_new(&linetest->traffic);
	if (r >= 0)
		r = sd_event_add_time_relative(daemon->event, &linetest->timer, CLOCK_MONOTONIC, TURN_USEC,
					       USEC_PER_SEC, on_timer, linetest);
	if (r < 0) {
		linetest_free(linetest);
		return r;
	}
	*out = linetest;
	return 0;
}

struct linetest *linetest_free(struct linetest *linetest)
{
	if (!linetest)
		return NULL;
	courier_forget(linetest->daemon->courier, linetest);
	sd_event_source_disable_unref(linetest->timer);
	traffic_free(linetest->traffic);
	free(linetest);
	return NULL;
}
