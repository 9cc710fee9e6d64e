/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: an office that has used up its month wants to know by whom. Nothing of it is looked at where the
 * configuration does not say so, and nothing but a local day's sums by address is kept.
 */
#include "hosts.h"
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include "booking.h"
#include "daemon.h"
#include "engine.h"
#include "figures.h"
#include "watch.h"
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/log.h"
#include "../lib/units.h"

#define EVERY_USEC USEC_PER_MINUTE
#define OURS (UINT64_C(1) << 63) /* of a question's number */

struct seen { /* an office's bytes when somebody of it was last seen */
	uint64_t bytes[PLAN_TREES];
	uint64_t talk_bps[PLAN_TREES]; /* of this answer: all its rows together */
};

struct hosts {
	struct daemon *daemon;
	struct seen *seen; /* by slot */
	uint64_t asked;
	bool begun, waiting, failed;
	sd_event_source *timer;
};

bool hosts_asked(uint64_t id)
{
	return id & OURS;
}

/* ---- the answer ---- */

static int slot_of(const struct hosts *hosts, const json_t *row)
{
	const char *office = json_string_value(json_object_get(row, "office"));

	return office ? slots_find(engine_slots(hosts->daemon->engine), "office", office) : -ENOENT;
}

static uint64_t talk_of(const json_t *row, enum plan_tree tree)
{
	const json_int_t bps =
	    json_integer_value(json_object_get(row, tree == PLAN_DOWN ? "down_bps" : "up_bps"));

	return bps > 0 ? (uint64_t)bps : 0;
}

static void sum_talk(struct hosts *hosts, const json_t *rows)
{
	const json_t *row;
	size_t i;

	for (unsigned slot = 0; slot < PLAN_SLOTS; slot++)
		memset(hosts->seen[slot].talk_bps, 0, sizeof(hosts->seen[slot].talk_bps));
	json_array_foreach(rows, i, row)
	{
		const int slot = slot_of(hosts, row);

		for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES && slot >= 0; tree++)
			hosts->seen[slot].talk_bps[tree] += talk_of(row, tree);
	}
}

static uint64_t share(const struct hosts *hosts, unsigned slot, enum plan_tree tree, uint64_t talk_bps)
{
	const struct seen *seen = &hosts->seen[slot];
	const uint64_t bytes = booking_bytes(hosts->daemon->booking, slot, tree) - seen->bytes[tree];

	return seen->talk_bps[tree]
		   ? (uint64_t)((double)bytes * ((double)talk_bps / (double)seen->talk_bps[tree]))
		   : 0;
}

static int put_row(struct hosts *hosts, const json_t *row, int32_t day)
{
	const char *address = json_string_value(json_object_get(row, "address"));
	const int slot = slot_of(hosts, row);
	struct ledger_host host = {.day = day};

	if (slot < 0 || !address || addr_parse(address, &host.address) < 0)
		return 0;
	snprintf(host.office, sizeof(host.office), "%s", json_string_value(json_object_get(row, "office")));
	host.down_bytes = share(hosts, (unsigned)slot, PLAN_DOWN, talk_of(row, PLAN_DOWN));
	host.up_bytes = share(hosts, (unsigned)slot, PLAN_UP, talk_of(row, PLAN_UP));
	return host.down_bytes || host.up_bytes ? ledger_host_add(hosts->daemon->ledger, &host) : 0;
}

/* Where nobody of an office was seen, its bytes wait for the next look. */
static void remember(struct hosts *hosts, bool all)
{
	for (unsigned slot = 0; slot < PLAN_SLOTS; slot++)
		for (enum plan_tree tree = PLAN_UP; tree < PLAN_TREES; tree++)
			if (all || hosts->seen[slot].talk_bps[tree])
				hosts->seen[slot].bytes[tree] =
				    booking_bytes(hosts->daemon->booking, slot, tree);
}

static int put_rows(struct hosts *hosts, const json_t *rows)
{
	struct ledger *ledger = hosts->daemon->ledger;
	const int32_t day = figures_time(clock_now().wall_usec).day;
	const json_t *row;
	size_t i;
	int r = ledger ? ledger_begin(ledger) : -ENODEV;

	if (r < 0)
		return r;
	json_array_foreach(rows, i, row)
	{
		r = put_row(hosts, row, day);
		if (r < 0) {
			ledger_rollback(ledger);
			return r;
		}
	}
	return ledger_commit(ledger, false);
}

int hosts_answered(struct hosts *hosts, uint64_t id, int blob)
{
	_cleanup_(json_decrefp) json_t *document = NULL;
	_cleanup_(freep) void *text = NULL;
	const json_t *rows;
	size_t length;
	int r;

	if (!hosts || !hosts->waiting || id != (OURS | hosts->asked))
		return 0;
	hosts->waiting = false;
	r = wire_blob_read(blob, MESSAGE_JSON_MAX, &text, &length);
	if (r < 0)
		return r;
	document = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
	rows = json_object_get(document, "rows");
	if (!json_is_array(rows))
		return -EBADMSG;
	sum_talk(hosts, rows);
	r = put_rows(hosts, rows);
	if (r < 0 && !hosts->failed)
		log_warning("who uses how much inside offices is not written: %s", strerror(-r));
	hosts->failed = r < 0;
	if (r >= 0)
		remember(hosts, false);
	return 0;
}

/* ---- the question ---- */

static int on_timer(sd_event_source *source, uint64_t usec _unused_, void *userdata)
{
	struct hosts *hosts = userdata;

	if (!engine_policy(hosts->daemon->engine)->privacy.hosts) {
		hosts->begun = false;
	} else if (!hosts->begun) { /* what passed before it was asked for is nobody's here */
		remember(hosts, true);
		hosts->begun = true;
	} else {
		hosts->asked++;
		hosts->waiting = watch_talk(hosts->daemon->watch, OURS | hosts->asked, "");
	}
	sd_event_source_set_time_relative(source, EVERY_USEC);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

int hosts_new(struct daemon *daemon, struct hosts **out)
{
	struct hosts *hosts = calloc(1, sizeof(*hosts));
	int r = -ENOMEM;

	if (!hosts)
		return r;
	hosts->daemon = daemon;
	hosts->seen = calloc(PLAN_SLOTS, sizeof(*hosts->seen));
	if (hosts->seen)
		r = sd_event_add_time_relative(daemon->event, &hosts->timer, CLOCK_MONOTONIC, USEC_PER_SEC,
					       USEC_PER_SEC, on_timer, hosts);
	if (r < 0) {
		hosts_free(hosts);
		return r;
	}
	*out = hosts;
	return 0;
}

struct hosts *hosts_free(struct hosts *hosts)
{
	if (!hosts)
		return NULL;
	sd_event_source_disable_unref(hosts->timer);
	free(hosts->seen);
	free(hosts);
	return NULL;
}
