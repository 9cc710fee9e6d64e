/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a machine that comes up at night after a power cut has nobody to ask. It takes what was last known to
 * be good, says what else it saw, and never takes an edit that nobody applied while there is something good.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include "history_meta.h"
#include "history_room.h"
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/log.h"

static void say_report(const struct config_report *report)
{
	for (size_t i = 0; i < report->n_faults; i++)
		fprintf(stderr, "%s\n", report->faults[i]);
	for (size_t i = 0; i < report->n_warnings; i++)
		log_warning("%s", report->warnings[i]);
}

/* 0: loaded. Else said. */
static int load_entry(struct history *history, uint64_t number, struct policy **out)
{
	_cleanup_(json_decrefp) json_t *meta = NULL;
	struct config_report report = {0};
	int r = history_policy(history, number, out, &report);

	if (r)
		log_error("the applied configuration (history %" PRIu64 ") cannot be loaded: %s", number,
			  report.n_faults ? report.faults[0] : strerror(r < 0 ? -r : EINVAL));
	else
		say_report(&report);
	config_report_clear(&report);
	if (r)
		return r;
	meta = store_meta_read(history->directory, number);
	history->sums = history_meta_sums(meta);
	history->current = number;
	return 0;
}

/* The last good one, or the one before it, and so on. -ENOENT: none. */
static int load_good(struct history *history, struct policy **out)
{
	_cleanup_(freep) uint64_t *numbers = NULL;
	const uint64_t last = history->current;
	long n = last ? store_numbers(history->directory, &numbers) : 0;

	if (last && load_entry(history, last, out) == 0)
		return 0;
	while (n-- > 0)
		if (numbers[n] < last && store_is_committed(history->directory, numbers[n]) &&
		    load_entry(history, numbers[n], out) == 0)
			return 0;
	return -ENOENT;
}

static void say_edited(struct history *history)
{
	char text[HISTORY_FAULT];

	switch (history_edited(history, text)) {
	case HISTORY_SAME:
		break;
	case HISTORY_DIFFERS:
		log_warning("the edited configuration differs from the applied one (history %" PRIu64
			    "), which is used: %s: `gerbang plan` shows what would change, `gerbang apply` "
			    "takes it",
			    history->current, text);
		break;
	case HISTORY_BROKEN:
		log_warning("the edited configuration is broken; the applied one (history %" PRIu64
			    ") is used: %s",
			    history->current, text);
		break;
	}
}

/* What was started with is good: there is nothing else. A history that cannot be written stops no start. */
static void record(struct history *history, const struct config_report *report)
{
	const struct history_entry about = {.origin = HISTORY_BOOT};
	_cleanup_(bundle_clear) struct bundle bundle = {0};
	uint64_t number;
	int r = history_gather(history, report, &bundle);

	if (r >= 0)
		r = history_write(history, &about, &bundle, &number);
	if (r >= 0)
		r = history_good(history);
	if (r >= 0) {
		log_notice("the configuration is recorded as history %" PRIu64, number);
		return;
	}
	history->current = history->pending = 0;
	log_error(
	    "the configuration cannot be recorded (%s): all goes on, but nothing can be applied until it can",
	    history_error(history) ? history->error : strerror(-r));
	history->sums = json_object();
	bundle_sums(&bundle, history->sums);
}

static int load_edited(struct history *history, struct policy **out)
{
	struct config_report report = {0};
	int r = history_load(history, HISTORY_EDITED, out, &report);

	if (history->current)
		log_error("no applied configuration can be loaded: the edited one is tried");
	say_report(&report);
	if (r < 0)
		log_error("%s: cannot be judged: %s", history->config_path, strerror(-r));
	if (r == 0)
		record(history, &report);
	config_report_clear(&report);
	return r;
}

int history_boot(struct history *history, struct policy **out)
{
	struct history_entry entry;
	char when[CLOCK_TEXT];
	int r = load_good(history, out);

	if (r < 0) {
		r = load_edited(history, out);
		if (r == 0)
			clock_zone_set((*out)->timezone);
		return r;
	}
	clock_zone_set((*out)->timezone);
	if (history_entry(history, history->current, &entry) == 0)
		log_info("the configuration is history %" PRIu64 " of %s%s%s", history->current,
			 clock_text(entry.wall_usec, when), *entry.who ? ", applied by " : "", entry.who);
	say_edited(history);
	return 0;
}
