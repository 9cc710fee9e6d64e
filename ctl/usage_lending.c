// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `gerbang usage --lending` and `--busy`. Why: an office lets the public use what it does not need only as
 * long as somebody can show, day by day, what was lent, to whom, and that every office with demand had its
 * own; and a line is bought again only by who can show that its busiest hour was full.
 */
#include <errno.h>
#include <string.h>
#include "../lib/units.h"
#include "../policy/calendar.h"
#include "dates.h"
#include "usage.h"

/* ---- lending ---- */

struct lending {
	const struct usage_request *request;
	json_t *days, *by_day;	  /* borrowed rows by "2026-11-23" */
	json_t *subjects, *by_id; /* and by "office dinkes" */
	struct ledger_shortfall last;
};

static const char *const lent_keys[] = {"public_down_bytes",	 "public_up_bytes",
					"public_borrowed_bytes", "offices_borrowed_bytes",
					"classes_down_bytes",	 "classes_up_bytes"};

static json_t *day_row(struct lending *lending, int32_t day)
{
	char text[DATE_TEXT];
	json_t *row = json_object_get(lending->by_day, date_of_day(day, text));

	if (row)
		return row;
	row = json_pack("{ss,so}", "day", text, "borrowed", json_array());
	for (size_t i = 0; i < ELEMENTS(lent_keys); i++)
		json_object_set_new(row, lent_keys[i], json_integer(0));
	json_object_set_new(row, "short_minutes", json_integer(0));
	json_object_set_new(row, "spare_down_bytes", json_null());
	json_object_set_new(row, "spare_up_bytes", json_null());
	json_array_append_new(lending->days, row);
	json_object_set(lending->by_day, text, row);
	return row;
}

static json_t *subject_row(struct lending *lending, enum ledger_subject kind, const char *id)
{
	char key[80];
	json_t *row;

	snprintf(key, sizeof(key), "%d %s", (int)kind, id);
	row = json_object_get(lending->by_id, key);
	if (row)
		return row;
	row = usage_subject(lending->request->site, kind, id);
	json_object_set_new(row, "borrowed_down_bytes", json_integer(0));
	json_object_set_new(row, "borrowed_up_bytes", json_integer(0));
	json_object_set_new(row, "demand_seconds", json_integer(0));
	json_object_set_new(row, "short_minutes", json_integer(0));
	json_object_set_new(row, "worst_percent", json_null());
	json_array_append_new(lending->subjects, row);
	json_object_set(lending->by_id, key, row);
	return row;
}

static void add_to(json_t *object, const char *key, uint64_t value)
{
	json_object_set_new(
	    object, key, json_integer(json_integer_value(json_object_get(object, key)) + (json_int_t)value));
}

/* What the line could have carried, by the rate that is configured today, less what the classes delivered. */
static void put_capacity(const struct lending *lending, json_t *row, uint32_t measured_sec)
{
	const struct policy *policy = lending->request->site->policy;
	const struct policy_rate rate = policy ? policy_budget(policy) : (struct policy_rate){0};

	if (!policy)
		return;
	json_object_set_new(row, "capacity_down_bytes", usage_bytes(rate.down_bps / 8 * measured_sec));
	json_object_set_new(row, "capacity_up_bytes", usage_bytes(rate.up_bps / 8 * measured_sec));
}

static void add_borrower(struct lending *lending, json_t *day, const struct ledger_part *part)
{
	json_t *row = subject_row(lending, part->kind, part->id), *borrower;

	add_to(row, "borrowed_down_bytes", part->down.borrowed);
	add_to(row, "borrowed_up_bytes", part->up.borrowed);
	add_to(row, "demand_seconds", MAX(part->down.demand_sec, part->up.demand_sec));
	if (part->down.borrowed + part->up.borrowed == 0)
		return;
	borrower = usage_subject(lending->request->site, part->kind, part->id);
	json_object_set_new(borrower, "down_bytes", usage_bytes(part->down.borrowed));
	json_object_set_new(borrower, "up_bytes", usage_bytes(part->up.borrowed));
	json_array_append_new(json_object_get(day, "borrowed"), borrower);
	add_to(day, part->kind == LEDGER_ZONE ? "public_borrowed_bytes" : "offices_borrowed_bytes",
	       part->down.borrowed + part->up.borrowed);
}

static int on_usage(const struct ledger_usage *usage, void *userdata)
{
	struct lending *lending = userdata;
	const struct ledger_part *part = &usage->part;
	json_t *day = day_row(lending, (int32_t)usage->at);

	if (part->kind == LEDGER_UPLINK) {
		put_capacity(lending, day, usage->measured_sec);
		return 0;
	}
	if (part->kind != LEDGER_OWN)
		add_to(day, "classes_down_bytes", part->down.bytes);
	add_to(day, "classes_up_bytes", part->up.bytes);
	if (part->kind == LEDGER_ZONE) {
		add_to(day, "public_down_bytes", part->down.bytes);
		add_to(day, "public_up_bytes", part->up.bytes);
	}
	if (part->kind == LEDGER_ZONE || part->kind == LEDGER_OFFICE)
		add_borrower(lending, day, part);
	return 0;
}

/* Both directions of one minute are one minute. */
static bool same_minute(const struct ledger_shortfall *a, const struct ledger_shortfall *b)
{
	return a->minute_sec == b->minute_sec && a->kind == b->kind && strcmp(a->id, b->id) == 0;
}

static int on_shortfall(const struct ledger_shortfall *shortfall, void *userdata)
{
	struct lending *lending = userdata;
	json_t *row = subject_row(lending, shortfall->kind, shortfall->id);
	const json_t *worst = json_object_get(row, "worst_percent");
	double percent = shortfall->entitled_bps
			     ? (double)(shortfall->achieved_bps * 1000 / shortfall->entitled_bps) / 10
			     : 0;

	if (!json_is_number(worst) || json_number_value(worst) > percent)
		json_object_set_new(row, "worst_percent", json_real(percent));
	if (same_minute(shortfall, &lending->last))
		return 0;
	lending->last = *shortfall;
	add_to(row, "short_minutes", 1);
	add_to(day_row(lending, calendar_day_of(shortfall->minute_sec * USEC_PER_SEC)), "short_minutes", 1);
	return 0;
}

static void put_spare(json_t *day, const char *capacity, const char *used, const char *spare)
{
	const json_t *whole = json_object_get(day, capacity);
	json_int_t left = json_integer_value(whole) - json_integer_value(json_object_get(day, used));

	if (json_is_integer(whole))
		json_object_set_new(day, spare, json_integer(MAX(left, 0)));
}

static int gather(struct lending *lending)
{
	const struct usage_request *request = lending->request;
	struct ledger_query query = span_query(&request->span, LEDGER_DAYS);
	json_t *day;
	size_t i;
	int r = ledger_usage(request->site->ledger, &query, on_usage, lending);

	if (r == 0)
		r = ledger_shortfalls(request->site->ledger, date_day_begins(request->span.from_day),
				      date_day_begins(request->span.until_day), on_shortfall, lending);
	json_array_foreach(lending->days, i, day)
	{
		put_spare(day, "capacity_down_bytes", "classes_down_bytes", "spare_down_bytes");
		put_spare(day, "capacity_up_bytes", "classes_up_bytes", "spare_up_bytes");
	}
	return r;
}

int usage_lending(const struct usage_request *request, json_t **out)
{
	_cleanup_(json_decrefp) json_t *document = usage_document(request), *by_day = json_object(),
				       *by_id = json_object();
	struct lending lending = {.request = request,
				  .days = json_array(),
				  .by_day = by_day,
				  .subjects = json_array(),
				  .by_id = by_id};
	int r;

	json_object_set_new(document, "days", lending.days);
	json_object_set_new(document, "subjects", lending.subjects);
	r = gather(&lending);
	if (r == 0)
		*out = json_incref(document);
	return r;
}

/* ---- the busiest hour ---- */

struct busy {
	const struct usage_request *request;
	json_t *days, *day; /* the last one, borrowed */
	int32_t last;
};

static json_t *busy_day(struct busy *busy, int32_t day)
{
	char text[DATE_TEXT];

	if (busy->day && busy->last == day)
		return busy->day;
	busy->last = day;
	busy->day = json_pack("{ss,sn,sn}", "day", date_of_day(day, text), "down", "up");
	json_array_append_new(busy->days, busy->day);
	return busy->day;
}

static void keep_busiest(json_t *day, const char *key, int64_t at, uint64_t bps, uint64_t bought_bps)
{
	const json_t *before = json_object_get(json_object_get(day, key), "bps");

	if (json_is_integer(before) && json_integer_value(before) >= (json_int_t)bps)
		return;
	json_object_set_new(
	    day, key,
	    json_pack("{so,so,so}", "hour", usage_time(at), "bps", usage_bytes(bps), "percent",
		      bought_bps ? json_real((double)(bps * 1000 / bought_bps) / 10) : json_null()));
}

/* An hour of which less than half was measured says nothing about its rate. */
static int on_hour(const struct ledger_usage *usage, void *userdata)
{
	struct busy *busy = userdata;
	const struct policy *policy = busy->request->site->policy;
	const struct policy_rate bought = policy ? policy->uplink_rate : (struct policy_rate){0};
	json_t *day;

	if (usage->measured_sec * 2 < 3600)
		return 0;
	day = busy_day(busy, calendar_day_of(usage->at * USEC_PER_SEC));
	keep_busiest(day, "down", usage->at, usage_rate(&usage->part.down, usage->measured_sec),
		     bought.down_bps);
	keep_busiest(day, "up", usage->at, usage_rate(&usage->part.up, usage->measured_sec), bought.up_bps);
	return 0;
}

int usage_busy(const struct usage_request *request, json_t **out)
{
	_cleanup_(json_decrefp) json_t *document = usage_document(request);
	struct ledger_query query = span_query(&request->span, LEDGER_HOURS);
	struct busy busy = {.request = request, .days = json_array()};
	const struct policy *policy = request->site->policy;
	int r;

	json_object_set_new(document, "bought",
			    policy
				? json_pack("{so,so}", "down_bps", usage_bytes(policy->uplink_rate.down_bps),
					    "up_bps", usage_bytes(policy->uplink_rate.up_bps))
				: json_null());
	json_object_set_new(document, "days", busy.days);
	query.kind = LEDGER_UPLINK;
	r = ledger_usage(request->site->ledger, &query, on_hour, &busy);
	if (r == 0)
		*out = json_incref(document);
	return r;
}
