/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a closed day is final, so it is closed late and never twice; and what people were promised to be
 * forgotten is forgotten without anybody having to think of it.
 */
#include "closing.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "booking.h"
#include "daemon.h"
#include "engine.h"
#include "figures.h"
#include "../ledger/chain.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/units.h"

#define LOOK_USEC USEC_PER_MINUTE
#define LOOK_REHEARSED_USEC (2 * USEC_PER_SEC)
#define TURN_USEC (50 * USEC_PER_MSEC) /* between two steps: what others wait for has its turn */
#define DAYS_A_TURN 1u
#define PRUNE_USEC USEC_PER_DAY
#define PRUNE_FIRST_USEC (10 * USEC_PER_MINUTE)

struct closing {
	struct daemon *daemon;
	int32_t day;		 /* the local day as it is */
	int64_t day_mono_usec;	 /* since when that is known */
	int32_t closed_before;	 /* all days before this one are closed */
	int64_t prune_mono_usec; /* next */
	bool failed;
	sd_event_source *timer;
};

static bool is_settled(const struct closing *closing, const struct instant *now)
{
	if (clock_is_rehearsal())
		return now->wall_usec - figures_day_begin(closing->day) >= USEC_PER_HOUR;
	return now->mono_usec - closing->day_mono_usec >= USEC_PER_HOUR;
}

static void see_day(struct closing *closing, const struct instant *now)
{
	const int32_t day = figures_time(now->wall_usec).day;

	if (day == closing->day)
		return;
	closing->day = day;
	closing->day_mono_usec = now->mono_usec;
}

static void say(struct closing *closing, const char *what, int error)
{
	if (!closing->failed)
		log_error("days of the ledger cannot be %s: %s", what, strerror(-error));
	closing->failed = true;
}

/* True: there may be more. */
static bool close_some(struct closing *closing, const struct instant *now)
{
	struct ledger *ledger = closing->daemon->ledger;
	int r;

	if (!ledger || closing->closed_before == closing->day || !is_settled(closing, now))
		return false;
	booking_flush(closing->daemon->booking);
	r = ledger_close_days(ledger, closing->day, now->wall_usec, DAYS_A_TURN);
	if (r < 0) {
		say(closing, "closed", r);
		return false;
	}
	closing->failed = false;
	if (r)
		log_info("%d day%s of the ledger closed", r, r == 1 ? "" : "s");
	else
		closing->closed_before = closing->day;
	return r > 0;
}

/* True: there may be more. */
static bool prune_some(struct closing *closing, const struct instant *now)
{
	const struct policy *policy = engine_policy(closing->daemon->engine);
	const struct ledger_retention retention = {.rows_usec = (int64_t)policy->ledger.rows_usec,
						   .sessions_usec = (int64_t)policy->ledger.sessions_usec,
						   .hosts_usec = (int64_t)policy->privacy.hosts_usec};
	int r;

	if (!closing->daemon->ledger || now->mono_usec < closing->prune_mono_usec)
		return false;
	r = ledger_prune_kept(closing->daemon->ledger, now->wall_usec, &retention);
	if (r > 0) {
		log_info("the ledger forgot %d rows that are past their time", r);
		return true;
	}
	if (r < 0)
		say(closing, "pruned", r);
	closing->prune_mono_usec = now->mono_usec + PRUNE_USEC;
	return false;
}

static int on_timer(sd_event_source *source, uint64_t usec _unused_, void *userdata)
{
	struct closing *closing = userdata;
	const struct instant now = clock_now();
	bool more;

	see_day(closing, &now);
	more = close_some(closing, &now) || prune_some(closing, &now);
	sd_event_source_set_time_relative(source, (uint64_t)(more		    ? TURN_USEC
							     : clock_is_rehearsal() ? LOOK_REHEARSED_USEC
										    : LOOK_USEC));
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

int closing_new(struct daemon *daemon, struct closing **out)
{
	struct closing *closing = calloc(1, sizeof(*closing));
	const struct instant now = clock_now();
	int r;

	if (!closing)
		return -ENOMEM;
	closing->daemon = daemon;
	closing->prune_mono_usec = now.mono_usec + PRUNE_FIRST_USEC;
	see_day(closing, &now);
	r = sd_event_add_time_relative(daemon->event, &closing->timer, CLOCK_MONOTONIC, LOOK_REHEARSED_USEC,
				       USEC_PER_SEC, on_timer, closing);
	if (r < 0) {
		closing_free(closing);
		return r;
	}
	*out = closing;
	return 0;
}

struct closing *closing_free(struct closing *closing)
{
	if (!closing)
		return NULL;
	sd_event_source_disable_unref(closing->timer);
	free(closing);
	return NULL;
}
