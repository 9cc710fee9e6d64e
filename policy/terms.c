// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Terms as documents. Equal terms have to give equal bytes, whatever the order in which a configuration says
 * them, since a row in the ledger means that something has changed.
 */
#include "terms.h"
#include <string.h>
#include <jansson.h>
#include "../lib/cleanup.h"

static const char *const days[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

static char *dump(json_t *document)
{
	_cleanup_(json_decrefp) json_t *owned = document;

	return owned ? json_dumps(owned, JSON_SORT_KEYS | JSON_COMPACT) : NULL;
}

static json_t *text_or_empty(const char *text)
{
	return json_string(text ? text : "");
}

static json_t *rate(const struct policy_rate *rate)
{
	return json_pack("{sI,sI}", "down_bps", (json_int_t)rate->down_bps, "up_bps",
			 (json_int_t)rate->up_bps);
}

static json_t *share(const struct policy_share *share)
{
	return json_pack("{so,so}", "guaranteed", rate(&share->guaranteed), "ceiling", rate(&share->ceiling));
}

/* ---- schedules ---- */

static bool same_hours(const struct policy_window *a, const struct policy_window *b)
{
	return a->start_minute == b->start_minute && a->end_minute == b->end_minute;
}

static bool has(const struct policy_schedule *schedule, const struct policy_window *hours, int weekday)
{
	for (size_t i = 0; i < schedule->n_windows; i++)
		if (schedule->windows[i].weekday == weekday % 7 && same_hours(&schedule->windows[i], hours))
			return true;
	return false;
}

static bool is_first(const struct policy_schedule *schedule, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (same_hours(&schedule->windows[j], &schedule->windows[i]))
			return false;
	return true;
}

/* "mon-thu,sat": weeks begin on Monday. */
static void put_days(FILE *stream, const struct policy_schedule *schedule, const struct policy_window *hours)
{
	const char *comma = "";

	for (int day = 1; day <= 7; day++) {
		int last = day;

		if (!has(schedule, hours, day))
			continue;
		while (last < 7 && has(schedule, hours, last + 1))
			last++;
		fprintf(stream, "%s%s", comma, days[day % 7]);
		if (last > day)
			fprintf(stream, "-%s", days[last % 7]);
		comma = ",";
		day = last;
	}
}

char *terms_of_schedule(const struct policy_schedule *schedule)
{
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);
	const char *comma = "";

	if (!stream)
		return NULL;
	for (size_t i = 0; schedule && i < schedule->n_windows; i++) {
		const struct policy_window *hours = &schedule->windows[i];
		const unsigned end =
		    hours->end_minute > 1440u ? hours->end_minute - 1440u : hours->end_minute;

		if (!is_first(schedule, i))
			continue;
		fputs(comma, stream);
		put_days(stream, schedule, hours);
		fprintf(stream, " %02u:%02u-%02u:%02u", hours->start_minute / 60u, hours->start_minute % 60u,
			end / 60u, end % 60u);
		comma = ", ";
	}
	if (fclose(stream) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

/* ---- documents ---- */

char *terms_of_site(const struct policy *policy)
{
	return dump(json_pack("{so,so}", "name", text_or_empty(policy->site_name), "timezone",
			      text_or_empty(policy->timezone)));
}

char *terms_of_uplink(const struct policy *policy)
{
	return dump(json_pack("{sI,sI,sI}", "download_bps", (json_int_t)policy->uplink_rate.down_bps,
			      "upload_bps", (json_int_t)policy->uplink_rate.up_bps, "headroom_percent",
			      (json_int_t)policy->headroom_percent));
}

static json_t *refunds(const struct policy_contract *contract)
{
	json_t *rows = json_array();

	for (size_t i = 0; rows && i < contract->n_refunds; i++)
		json_array_append_new(rows, json_pack("{sI,sI}", "below_permille",
						      (json_int_t)contract->refunds[i].below_permille,
						      "percent", (json_int_t)contract->refunds[i].percent));
	return rows;
}

char *terms_of_contract(const struct policy_contract *contract)
{
	const unsigned *percent = contract->split_percent;
	json_t *split = json_pack("{sI,sI,sI,sI}", "equal", (json_int_t)percent[POLICY_SPLIT_EQUAL],
				  "guaranteed", (json_int_t)percent[POLICY_SPLIT_GUARANTEED], "delivered",
				  (json_int_t)percent[POLICY_SPLIT_DELIVERED], "p95",
				  (json_int_t)percent[POLICY_SPLIT_P95]);

	return dump(json_pack("{so,so,sI,sI,sI,sI,so,so,sI}", "provider", text_or_empty(contract->provider),
			      "number", text_or_empty(contract->number), "monthly_rupiah",
			      (json_int_t)contract->monthly_rupiah, "from_day",
			      (json_int_t)contract->from_day, "to_day", (json_int_t)contract->to_day,
			      "sla_permille", (json_int_t)contract->sla_permille, "split", split, "refunds",
			      refunds(contract), "budget_rupiah", (json_int_t)contract->budget_rupiah));
}

char *terms_of_office(const struct policy_office *office)
{
	return dump(json_pack("{so,so,sI,so,so,sI,ss}", "name", text_or_empty(office->name), "budget_code",
			      text_or_empty(office->budget_code), "budget_rupiah",
			      (json_int_t)office->budget_rupiah, "inside", share(&office->inside), "outside",
			      share(&office->outside), "quota_bytes", (json_int_t)office->quota_bytes, "over",
			      office->quota_over == POLICY_OVER_THROTTLE ? "throttle" : "notice"));
}

char *terms_of_zone(const struct policy_zone *zone)
{
	_cleanup_(freep) char *open = terms_of_schedule(zone->open);
	_cleanup_(freep) char *not_during = terms_of_schedule(zone->not_during);

	if (!open || !not_during)
		return NULL;
	return dump(json_pack("{so,ss,ss,so,so,so}", "name", text_or_empty(zone->name), "open", open,
			      "not_during", not_during, "guaranteed", rate(&zone->share.guaranteed),
			      "ceiling", rate(&zone->share.ceiling), "client", rate(&zone->client)));
}
