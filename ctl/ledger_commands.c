// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `gerbang ledger`, `gerbang log`: what is kept and for how long, and what was decided. Both only read.
 */
#include <errno.h>
#include <string.h>
#include "../lib/clock.h"
#include "../lib/units.h"
#include "../policy/calendar.h"
#include "ask.h"
#include "dates.h"
#include "ledger_render.h"
#include "render.h"
#include "usage.h"

/* ---- what is kept ---- */

static json_t *time_or_null(int64_t wall_usec)
{
	return wall_usec ? usage_time(wall_usec / USEC_PER_SEC) : json_null();
}

static int on_kept(const struct ledger_kept *kept, void *userdata)
{
	bool goes = kept->keep_usec && kept->oldest_wall_usec;

	return json_array_append_new(
	    userdata,
	    json_pack(
		"{ss,so,so,so,so,so,so}", "what", kept->what, "rows", usage_bytes(kept->rows), "bytes",
		usage_bytes(kept->bytes), "oldest", time_or_null(kept->oldest_wall_usec), "newest",
		time_or_null(kept->newest_wall_usec), "keep_seconds",
		kept->keep_usec ? json_integer(kept->keep_usec / USEC_PER_SEC) : json_null(), "next_pruning",
		goes ? usage_time((kept->oldest_wall_usec + kept->keep_usec) / USEC_PER_SEC) : json_null()));
}

static int count_day(const struct ledger_day *day _unused_, void *userdata)
{
	++*(json_int_t *)userdata;
	return 0;
}

static int put_chain(struct ledger *ledger, json_t *document)
{
	struct ledger_day last;
	char text[DATE_TEXT], hash[2 * LEDGER_DIGEST + 1];
	json_int_t days = 0;
	int r = ledger_last_closed(ledger, &last);

	if (r == -ENOENT) {
		json_object_set_new(document, "chain", json_null());
		return 0;
	}
	if (r == 0)
		r = ledger_days(ledger, 0, INT32_MAX, count_day, &days);
	for (size_t i = 0; r == 0 && i < LEDGER_DIGEST; i++)
		snprintf(hash + 2 * i, 3, "%02x", last.hash[i]);
	if (r == 0)
		json_object_set_new(
		    document, "chain",
		    json_pack("{sI,ss,so,ss}", "days", days, "last", date_of_day(last.day, text), "closed",
			      usage_time(last.closed_wall_usec / USEC_PER_SEC), "hash", hash));
	return r;
}

static int show_ledger(const struct invocation *invocation, const struct site *site)
{
	_cleanup_(json_decrefp) json_t *document =
	    json_pack("{ss,sb}", "directory", site->ledger_directory, "rehearsal", (int)site->rehearsal);
	const struct policy *policy = site->policy;
	struct ledger_retention retention = {0};
	json_t *kept = json_array();
	int r;

	if (policy)
		retention = (struct ledger_retention){.rows_usec = (int64_t)policy->ledger.rows_usec,
						      .sessions_usec = (int64_t)policy->ledger.sessions_usec,
						      .hosts_usec = (int64_t)policy->privacy.hosts_usec};
	json_object_set_new(document, "kept", kept);
	r = ledger_kept(site->ledger, &retention, on_kept, kept);
	if (r == 0)
		r = put_chain(site->ledger, document);
	r = site_judge(site, r);
	return r == 0 ? ask_show(invocation, document, render_ledger) : r;
}

int command_ledger(const struct invocation *invocation)
{
	struct site site;
	int r = site_open(invocation, &site);

	if (r == 0)
		r = show_ledger(invocation, &site);
	site_close(&site);
	return r;
}

/* ---- the journal ---- */

#define LOG_DAYS 30

static int on_event(const struct ledger_event *event, void *userdata)
{
	return json_array_append_new(userdata, json_pack("{so,ss,ss,ss,ss}", "time",
							 usage_time(event->wall_usec / USEC_PER_SEC), "kind",
							 event->kind, "subject", event->subject, "who",
							 event->who, "text", event->text));
}

static int log_span(const struct invocation *invocation, const struct site *site, struct span *span)
{
	const struct span_typed typed = {.since = invocation->values[OPTION_SINCE],
					 .until = invocation->values[OPTION_UNTIL],
					 .any_minute = true};
	int32_t today = calendar_day_of(site->now_wall_usec);

	if (typed.since || typed.until)
		return span_read(&typed, site->now_wall_usec, span) < 0 ? CONTROL_USAGE : 0;
	*span = (struct span){.from_sec = date_day_begins(today - LOG_DAYS),
			      .until_sec = date_day_begins(today + 1),
			      .month = -1};
	return 0;
}

static int show_log(const struct invocation *invocation, const struct site *site)
{
	const char *subject = invocation->values[OPTION_OFFICE] ? invocation->values[OPTION_OFFICE]
								: invocation->values[OPTION_ZONE];
	_cleanup_(json_decrefp) json_t *document = NULL;
	struct usage_request request = {.site = site};
	json_t *events = json_array();
	int r = log_span(invocation, site, &request.span);

	if (r != 0) {
		json_decref(events);
		return r;
	}
	document = usage_document(&request);
	json_object_set_new(document, "events", events);
	r = site_judge(site, ledger_events(site->ledger, request.span.from_sec * USEC_PER_SEC,
					   request.span.until_sec * USEC_PER_SEC,
					   invocation->values[OPTION_KIND], subject, on_event, events));
	return r == 0 ? ask_show(invocation, document, render_log) : r;
}

int command_log(const struct invocation *invocation)
{
	struct site site;
	int r = site_open(invocation, &site);

	if (r == 0)
		r = show_log(invocation, &site);
	site_close(&site);
	return r;
}
