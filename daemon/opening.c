/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: somebody will ask how long the park's Wi-Fi was really there in November. A schedule says when it
 * should have been.
 */
#include "opening.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "daemon.h"
#include "engine.h"
#include "figures.h"
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/units.h"

#define LOOK_USEC (5 * USEC_PER_SEC)
#define LOOK_REHEARSED_USEC USEC_PER_SEC /* the clock may be moved at any time */

struct open_zone {
	char id[LEDGER_ID];
};

struct opening {
	struct daemon *daemon;
	int64_t minute; /* of the wall clock's, in which the last look was */
	int32_t day;
	struct open_zone *open; /* at the last look */
	size_t n_open;
	struct ledger_opening rows[OPENING_ROWS]; /* not in the ledger yet, oldest first */
	size_t n;
	bool failed;
	sd_event_source *timer;
};

static void add(struct opening *opening, int32_t day, const char *zone)
{
	struct ledger_opening *row;

	for (size_t i = 0; i < opening->n; i++) {
		row = &opening->rows[i];
		if (row->day == day && strcmp(row->zone, zone) == 0) {
			row->open_min++;
			return;
		}
	}
	if (opening->n == OPENING_ROWS)
		memmove(opening->rows, opening->rows + 1, --opening->n * sizeof(*opening->rows));
	row = &opening->rows[opening->n++];
	*row = (struct ledger_opening){.day = day, .open_min = 1};
	snprintf(row->zone, sizeof(row->zone), "%s", zone);
}

/* All of it or nothing. */
static int write_rows(struct opening *opening, struct ledger *ledger)
{
	int r = ledger_begin(ledger);

	if (r < 0)
		return r;
	for (size_t i = 0; r >= 0 && i < opening->n; i++)
		r = ledger_opening_add(ledger, &opening->rows[i]);
	if (r >= 0)
		return ledger_commit(ledger, false);
	ledger_rollback(ledger);
	return r;
}

static void save(struct opening *opening)
{
	struct ledger *ledger = opening->daemon->ledger;
	int r = ledger && opening->n ? write_rows(opening, ledger) : 0;

	if (r < 0 && !opening->failed)
		log_error(
		    "the zones' opening minutes cannot be written now (%s): kept in memory and tried again",
		    ledger_error(ledger));
	if (r >= 0 && ledger)
		opening->n = 0;
	opening->failed = r < 0;
}

/* Which zones are open now: what the minute will be judged by if it was the last look in it. */
static void see(struct opening *opening, struct instant now)
{
	const struct engine *engine = opening->daemon->engine;
	const struct policy *policy = engine_policy(engine);
	struct open_zone *open = realloc(opening->open, MAX(policy->n_zones, (size_t)1) * sizeof(*open));

	opening->minute = now.wall_usec / USEC_PER_MINUTE;
	opening->day = figures_time(now.wall_usec).day;
	opening->n_open = 0;
	if (!open)
		return;
	opening->open = open;
	for (size_t i = 0; i < policy->n_zones; i++) {
		const struct engine_zone *zone = engine_zone_by_device(engine, policy->zones[i].device);

		if (zone && zone->open)
			snprintf(open[opening->n_open++].id, LEDGER_ID, "%s", policy->zones[i].id);
	}
}

static int on_timer(sd_event_source *source, uint64_t usec _unused_, void *userdata)
{
	struct opening *opening = userdata;
	const struct instant now = clock_now();

	if (opening->minute != now.wall_usec / USEC_PER_MINUTE) {
		for (size_t i = 0; i < opening->n_open; i++)
			add(opening, opening->day, opening->open[i].id);
		save(opening);
	}
	see(opening, now);
	sd_event_source_set_time_relative(source,
					  (uint64_t)(clock_is_rehearsal() ? LOOK_REHEARSED_USEC : LOOK_USEC));
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

int opening_new(struct daemon *daemon, struct opening **out)
{
	struct opening *opening = calloc(1, sizeof(*opening));
	int r;

	if (!opening)
		return -ENOMEM;
	opening->daemon = daemon;
	r = sd_event_add_time_relative(daemon->event, &opening->timer, CLOCK_MONOTONIC, USEC_PER_SEC, 0,
				       on_timer, opening);
	if (r < 0) {
		opening_free(opening);
		return r;
	}
	*out = opening;
	return 0;
}

struct opening *opening_free(struct opening *opening)
{
	if (!opening)
		return NULL;
	if (opening->n)
		save(opening);
	sd_event_source_disable_unref(opening->timer);
	free(opening->open);
	free(opening);
	return NULL;
}
