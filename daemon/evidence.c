/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: here the clock, the carrier and gerbang-watch's word meet what is decided in outage.h and minutes.h,
 * and what comes of it is told: to the ledger, people and guests. Nothing is decided here, and a ledger that
 * fails stops nothing.
 */
#include "evidence.h"
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include "daemon.h"
#include "engine.h"
#include "evidence_rows.h"
#include "linetest.h"
#include "notify.h"
#include "../ledger/metering.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/units.h"
#include "../policy/calendar.h"

#define TURN_USEC USEC_PER_SEC
/* A round is told when the next one begins, or after two seconds where rounds are shorter (settings.c: where
 * the rate is adjusted). */
#define LAG_USEC (5 * USEC_PER_SEC)
#define LAG_FAST_USEC (2 * USEC_PER_SEC)
#define LOOK_BACK_USEC (400 * USEC_PER_DAY)

struct evidence {
	struct daemon *daemon;
	sd_event_source *timer;
	struct outage outage;
	struct minutes minutes;
	struct evidence_rows rows;
	struct addr targets[OUTAGE_TARGETS];
	size_t n_targets;
	bool adopted; /* what was open in the ledger is known */
	bool failed;  /* the ledger cannot be written: said once */
};

static const char *uplink_of(const struct evidence *evidence)
{
	return engine_policy(evidence->daemon->engine)->uplink;
}

const char *evidence_cause(enum ledger_outage_cause cause)
{
	static const char *const names[] = {[LEDGER_OUTAGE_CARRIER] = "carrier",
					    [LEDGER_OUTAGE_SILENT] = "silent",
					    [LEDGER_OUTAGE_LOSS] = "loss"};

	return (size_t)cause < ELEMENTS(names) && names[cause] ? names[cause] : "none";
}

/* ---- telling ---- */

static void say_began(struct evidence *evidence, const struct outage_change *change, struct instant now)
{
	struct notify *notify = evidence->daemon->notify;
	const char *uplink = uplink_of(evidence);
	char since[CLOCK_TEXT];

	clock_text(change->began_at.wall_usec, since);
	switch (change->began_cause) {
	case LEDGER_OUTAGE_CARRIER:
		notify_event(notify, POLICY_NOTIFY_OUTAGE, "outage.begin", "", "",
			     "outage: the uplink %s has no carrier since %s", uplink, since);
		return;
	case LEDGER_OUTAGE_SILENT:
		notify_event(notify, POLICY_NOTIFY_OUTAGE, "outage.begin", "", "",
			     "outage: the uplink %s reaches no probe since %s", uplink, since);
		return;
	case LEDGER_OUTAGE_LOSS:
		notify_event(notify, POLICY_NOTIFY_OUTAGE, "outage.begin", "", "",
			     "outage: the uplink %s loses %u %% of its probes since %s", uplink,
			     outage_loss(&evidence->outage, now), since);
		return;
	}
}

static void say_over(struct evidence *evidence, const struct outage_change *change,
		     struct instant first_began)
{
	char at[CLOCK_TEXT], lasted[UNITS_TEXT];
	const int64_t usec = change->ended_at.mono_usec - first_began.mono_usec;

	notify_event(evidence->daemon->notify, POLICY_NOTIFY_OUTAGE, "outage.end", "", "",
		     "the uplink %s is back: the outage ended at %s and had lasted %s", uplink_of(evidence),
		     clock_text(change->ended_at.wall_usec, at),
		     units_duration_human((uint64_t)MAX(usec, 0), lasted));
}

static void save(struct evidence *evidence)
{
	struct ledger *ledger = evidence->daemon->ledger;
	int r = ledger ? evidence_rows_save(&evidence->rows, ledger) : 0;

	if (r < 0 && !evidence->failed)
		log_error(
		    "outages and availability cannot be written now (%s): kept in memory and tried again",
		    ledger_error(ledger));
	if (r >= 0 && evidence->failed)
		log_notice("outages and availability are written again");
	evidence->failed = r < 0;
}

/* By the clock as it is now: it may have been set since, and then it is right now. */
static void date(struct instant *instant, struct instant now)
{
	instant->wall_usec = now.wall_usec - (now.mono_usec - instant->mono_usec);
}

static void date_all(struct evidence *evidence, struct instant now, struct outage_change *change)
{
	struct outage *outage = &evidence->outage;

	date(&change->ended_at, now);
	date(&change->began_at, now);
	if (change->began && outage->first_began.mono_usec == outage->began.mono_usec)
		date(&outage->first_began, now);
}

static void take(struct evidence *evidence, struct instant now, struct instant first_began,
		 struct outage_change *change)
{
	if (!change->ended && !change->began)
		return;
	date_all(evidence, now, change);
	minutes_outage(&evidence->minutes, change);
	if (change->ended) {
		evidence_rows_ended(&evidence->rows, change->ended_at.wall_usec);
		if (change->over)
			say_over(evidence, change, first_began);
	}
	if (change->began) {
		evidence_rows_began(&evidence->rows, change->began_cause, change->began_at.wall_usec);
		say_began(evidence, change, now);
	}
	save(evidence);
}

/* ---- what was open when this daemon came ---- */

struct opened {
	struct ledger_outage newest;
	int64_t ids[8];
	unsigned n;
};

static int on_outage(const struct ledger_outage *outage, void *userdata)
{
	struct opened *opened = userdata;

	if (outage->ended_wall_usec)
		return 0;
	if (opened->newest.id && opened->n < ELEMENTS(opened->ids))
		opened->ids[opened->n++] = opened->newest.id;
	opened->newest = *outage;
	return 0;
}

/* The ledger's last interval: then this machine was watched. */
static int64_t last_known(struct ledger *ledger, int64_t began, int64_t now)
{
	_cleanup_(freep) struct ledger_mark *marks = NULL;
	int64_t end = began;
	size_t n = 0;

	if (ledger_marks(ledger, "", &marks, &n, &end) < 0)
		return began;
	return CLAMP(end, began, MAX(began, now));
}

static struct instant past(struct instant now, int64_t wall_usec)
{
	return (struct instant){.wall_usec = wall_usec,
				.mono_usec = now.mono_usec - (now.wall_usec - wall_usec)};
}

static void adopt(struct evidence *evidence, struct instant now)
{
	struct ledger *ledger = evidence->daemon->ledger;
	struct opened opened = {0};
	int64_t seen;

	if (!ledger || evidence->adopted)
		return;
	if (ledger_outages(ledger, now.wall_usec - LOOK_BACK_USEC, now.wall_usec + USEC_PER_DAY, on_outage,
			   &opened) < 0)
		return;
	evidence->adopted = true;
	for (unsigned i = 0; i < opened.n; i++)
		ledger_outage_end(ledger, opened.ids[i], opened.newest.began_wall_usec);
	if (!opened.newest.id)
		return;
	seen = last_known(ledger, opened.newest.began_wall_usec, now.wall_usec);
	if (evidence->outage.cause) { /* another has begun meanwhile, with the ledger away */
		ledger_outage_end(ledger, opened.newest.id, seen);
		return;
	}
	evidence_rows_adopt(&evidence->rows, &opened.newest);
	outage_adopt(&evidence->outage, opened.newest.cause, past(now, opened.newest.began_wall_usec),
		     past(now, seen));
	minutes_outage(&evidence->minutes, &(struct outage_change){.began = true,
								   .began_cause = opened.newest.cause,
								   .began_at = evidence->outage.began});
}

/* ---- what is seen ---- */

/* A device that is not there has no carrier. */
static bool has_carrier(const char *device)
{
	_cleanup_(closep) int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {0};

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", device);
	if (fd < 0)
		return true; /* nothing is known: no outage is made up */
	return ioctl(fd, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_RUNNING);
}

void evidence_carrier(struct evidence *evidence, bool up)
{
	const struct instant now = clock_now();
	struct outage_change change;
	struct instant began;

	if (!evidence)
		return;
	began = evidence->outage.first_began;
	change = outage_carrier(&evidence->outage, now, up);
	take(evidence, now, began, &change);
}

void evidence_probe(struct evidence *evidence, uint16_t sent, uint16_t answered)
{
	const struct instant now = clock_now();
	struct outage_change change;
	struct instant began;

	if (!evidence || !evidence->n_targets)
		return;
	began = evidence->outage.first_began;
	minutes_round(&evidence->minutes, sent, answered);
	change = outage_round(&evidence->outage, now, sent, answered);
	take(evidence, now, began, &change);
}

void evidence_uplink(struct evidence *evidence, bool answered)
{
	const struct instant now = clock_now();
	struct outage_change change;
	struct instant began;

	if (!evidence || !answered || !evidence->n_targets)
		return;
	began = evidence->outage.first_began;
	change = outage_answered(&evidence->outage, now);
	take(evidence, now, began, &change);
}

void evidence_watch(struct evidence *evidence, bool there)
{
	const struct instant now = clock_now();
	struct outage_change change;
	struct instant began;

	if (!evidence)
		return;
	began = evidence->outage.first_began;
	change = outage_watched(&evidence->outage, now, there);
	take(evidence, now, began, &change);
}

/* ---- time passes ---- */

static void take_minutes(struct evidence *evidence, struct instant now, bool end)
{
	struct ledger_availability minute;
	struct minute raw;
	bool some = false;

	while (minutes_take(&evidence->minutes, now, end, &minute, &raw)) {
		evidence_rows_minute(&evidence->rows, &minute, &raw, evidence->targets, evidence->n_targets);
		some = true;
	}
	if (some || evidence->failed)
		save(evidence);
}

static void turn(struct evidence *evidence)
{
	const struct instant now = clock_now();
	struct outage_change change;
	struct instant began;

	adopt(evidence, now);
	evidence_carrier(evidence, has_carrier(uplink_of(evidence)));
	began = evidence->outage.first_began;
	change = outage_turn(&evidence->outage, now);
	take(evidence, now, began, &change);
	minutes_turn(&evidence->minutes, now, calendar_day_of(now.wall_usec),
		     outage_measured(&evidence->outage, now));
	take_minutes(evidence, now, false);
}

static int on_timer(sd_event_source *source, uint64_t usec _unused_, void *userdata)
{
	turn(userdata);
	sd_event_source_set_time_relative(source, TURN_USEC);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* ---- the policy ---- */

static bool same_targets(const struct evidence *evidence, const struct policy *policy)
{
	const size_t n = MIN(policy->n_probes, OUTAGE_TARGETS);

	for (size_t i = 0; i < n && n == evidence->n_targets; i++)
		if (!addr_equal(&evidence->targets[i], &policy->probes[i]))
			return false;
	return n == evidence->n_targets;
}

void evidence_policy(struct evidence *evidence)
{
	const struct policy *policy;

	if (!evidence)
		return;
	policy = engine_policy(evidence->daemon->engine);
	evidence->outage.probed = policy->n_probes != 0;
	evidence->outage.lag_usec = policy->adjust.minimum.down_bps ? LAG_FAST_USEC : LAG_USEC;
	evidence->outage.loss_percent = policy->loss_percent;
	if (same_targets(evidence, policy))
		return;
	evidence->n_targets = MIN(policy->n_probes, OUTAGE_TARGETS);
	for (size_t i = 0; i < evidence->n_targets; i++)
		evidence->targets[i] = policy->probes[i];
	outage_targets_changed(&evidence->outage);
	minutes_targets_changed(&evidence->minutes);
}

/* ---- being asked ---- */

bool evidence_outage(const struct evidence *evidence, int64_t *since_wall_usec,
		     enum ledger_outage_cause *cause)
{
	if (!evidence || !outage_is(&evidence->outage, clock_now()))
		return false;
	if (since_wall_usec)
		*since_wall_usec = evidence->outage.first_began.wall_usec;
	if (cause)
		*cause = evidence->outage.cause;
	return true;
}

static json_t *outage_json(const struct evidence *evidence)
{
	enum ledger_outage_cause cause;
	char since[CLOCK_TEXT];
	int64_t since_wall_usec;

	if (!evidence_outage(evidence, &since_wall_usec, &cause))
		return json_null();
	return json_pack("{s:s, s:s}", "since", clock_text(since_wall_usec, since), "cause",
			 evidence_cause(cause));
}

static json_t *target_json(const struct evidence *evidence, unsigned i)
{
	json_int_t sent = 0, answered = 0;
	char text[ADDR_TEXT];

	for (unsigned b = 0; b < evidence->outage.n_buckets; b++) {
		sent += evidence->outage.buckets[b].sent[i];
		answered += evidence->outage.buckets[b].answered[i];
	}
	return json_pack("{s:s, s:I, s:I}", "address", addr_text(&evidence->targets[i], text), "sent", sent,
			 "answered", answered);
}

void evidence_describe(const struct evidence *evidence, json_t *status)
{
	json_t *targets;

	if (!evidence || !status)
		return;
	targets = json_array();
	for (unsigned i = 0; i < evidence->n_targets; i++)
		json_array_append_new(targets, target_json(evidence, i));
	json_object_set_new(status, "outage", outage_json(evidence));
	json_object_set_new(
	    status, "evidence",
	    json_pack("{s:I, s:b, s:s, s:o, s:o}", "probes", (json_int_t)evidence->n_targets, "watched",
		      outage_measured(&evidence->outage, clock_now()), "says",
		      evidence->n_targets ? "probes" : "carrier only: no probes are configured", "targets",
		      targets, "test", linetest_last(evidence->daemon->linetest)));
}

/* ---- life ---- */

int evidence_new(struct daemon *daemon, struct evidence **out)
{
	struct evidence *evidence = calloc(1, sizeof(*evidence));
	int r;

	if (!evidence)
		return -ENOMEM;
	evidence->daemon = daemon;
	evidence_policy(evidence);
	if (!evidence->n_targets)
		log_info("no probes are configured: outages are what the carrier says, no more");
	r = sd_event_add_time_relative(daemon->event, &evidence->timer, CLOCK_MONOTONIC, 0,
				       100 * USEC_PER_MSEC, on_timer, evidence);
	if (r < 0) {
		evidence_free(evidence);
		return r;
	}
	*out = evidence;
	return 0;
}

/* An outage stays open: whoever comes next will know whether it is still so. */
struct evidence *evidence_free(struct evidence *evidence)
{
	const struct instant now = clock_now();

	if (!evidence)
		return NULL;
	sd_event_source_disable_unref(evidence->timer);
	minutes_turn(&evidence->minutes, now, calendar_day_of(now.wall_usec),
		     outage_measured(&evidence->outage, now));
	take_minutes(evidence, now, true);
	save(evidence);
	free(evidence);
	return NULL;
}
