// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `gerbang usage --by` and `--hosts`: the same figures in time, and by machine. A correction belongs to a
 * day, so hours and rows of five minutes are shown as they were counted.
 */
#include <errno.h>
#include <string.h>
#include "../lib/units.h"
#include "dates.h"
#include "usage.h"

struct series {
	const struct usage_request *request;
	json_t *rows, *by_key; /* borrowed rows by "AT KIND ID", for corrections */
};

static json_t *at_json(enum ledger_grain grain, int64_t at)
{
	char text[DATE_TEXT];

	if (grain == LEDGER_MONTHS)
		return json_string(date_of_month((int32_t)at, text));
	return grain == LEDGER_DAYS ? json_string(date_of_day((int32_t)at, text)) : usage_time(at);
}

static bool corrected(const struct series *series)
{
	return series->request->by >= LEDGER_DAYS;
}

static void make_key(int64_t at, enum ledger_subject kind, const char *id, char out[static 80])
{
	snprintf(out, 80, "%jd %d %s", (intmax_t)at, (int)kind, id);
}

static json_t *make_row(const struct series *series, const struct ledger_usage *usage)
{
	const struct ledger_part *part = &usage->part;
	json_t *row = json_pack("{so}", "at", at_json(series->request->by, usage->at));
	json_t *subject = usage_subject(series->request->site, part->kind, part->id);

	json_object_update(row, subject);
	json_decref(subject);
	json_object_set_new(row, "down", usage_flow(&part->down, usage->measured_sec));
	json_object_set_new(row, "up", usage_flow(&part->up, usage->measured_sec));
	if (corrected(series))
		json_object_set_new(row, "correction", json_pack("{si,si}", "down_bytes", 0, "up_bytes", 0));
	json_object_set_new(row, "total_bytes", usage_bytes(part->down.bytes + part->up.bytes));
	json_object_set_new(row, "measured_seconds", json_integer((json_int_t)usage->measured_sec));
	return row;
}

static int on_usage(const struct ledger_usage *usage, void *userdata)
{
	struct series *series = userdata;
	json_t *row = make_row(series, usage);
	char key[80];

	if (!row || json_array_append_new(series->rows, row) < 0)
		return -ENOMEM;
	if (!corrected(series))
		return 0;
	make_key(usage->at, usage->part.kind, usage->part.id, key);
	return json_object_set(series->by_key, key, row) < 0 ? -ENOMEM : 0;
}

static void add_to(json_t *object, const char *key, int64_t value)
{
	json_object_set_new(
	    object, key, json_integer(json_integer_value(json_object_get(object, key)) + (json_int_t)value));
}

/* What was corrected on a day that has no row gets one: it is billed. */
static int on_correction(const struct ledger_correction *correction, void *userdata)
{
	struct series *series = userdata;
	int32_t at = series->request->by == LEDGER_DAYS ? correction->day : correction->month;
	struct ledger_usage none = {.at = at, .part = {.kind = correction->kind}};
	json_t *row;
	char key[80];
	int r;

	if (!usage_wanted(series->request, correction->kind, correction->id_of))
		return 0;
	make_key(at, correction->kind, correction->id_of, key);
	if (!json_object_get(series->by_key, key)) {
		snprintf(none.part.id, sizeof(none.part.id), "%s", correction->id_of);
		r = on_usage(&none, series);
		if (r < 0)
			return r;
	}
	row = json_object_get(series->by_key, key);
	add_to(json_object_get(row, "correction"), "down_bytes", correction->down_bytes);
	add_to(json_object_get(row, "correction"), "up_bytes", correction->up_bytes);
	add_to(row, "total_bytes", correction->down_bytes + correction->up_bytes);
	return 0;
}

static int gather(struct series *series)
{
	const struct usage_request *request = series->request;
	struct ledger_query query = span_query(&request->span, request->by);
	int r;

	query.kind = request->kind;
	query.id = request->id;
	r = ledger_usage(request->site->ledger, &query, on_usage, series);
	if (r == 0 && corrected(series))
		r = ledger_corrections(request->site->ledger, request->span.from_day, request->span.until_day,
				       on_correction, series);
	return r;
}

int usage_series(const struct usage_request *request, json_t **out)
{
	static const char *const names[] = {
	    [LEDGER_ROWS] = "row", [LEDGER_HOURS] = "hour", [LEDGER_DAYS] = "day", [LEDGER_MONTHS] = "month"};
	_cleanup_(json_decrefp) json_t *document = usage_document(request), *by_key = json_object();
	struct series series = {.request = request, .rows = json_array(), .by_key = by_key};
	int r;

	json_object_set_new(document, "by", json_string(names[request->by]));
	json_object_set_new(document, "rows", series.rows);
	r = gather(&series);
	if (r == 0)
		*out = json_incref(document);
	return r;
}

/* ---- machines inside an office ---- */

struct hosts {
	const struct usage_request *request;
	json_t *rows;
};

static int on_host(const struct ledger_host *host, void *userdata)
{
	struct hosts *hosts = userdata;
	char address[ADDR_TEXT];
	json_t *row = json_pack("{ss,ss?,ss,so,so,so}", "office", host->office, "name",
				site_name(hosts->request->site, LEDGER_OFFICE, host->office), "address",
				addr_text(&host->address, address), "down_bytes",
				usage_bytes(host->down_bytes), "up_bytes", usage_bytes(host->up_bytes),
				"total_bytes", usage_bytes(host->down_bytes + host->up_bytes));

	return json_array_append_new(hosts->rows, row) < 0 ? -ENOMEM : 0;
}

int usage_hosts(const struct usage_request *request, json_t **out)
{
	_cleanup_(json_decrefp) json_t *document = usage_document(request);
	struct hosts hosts = {.request = request, .rows = json_array()};
	const struct policy *policy = request->site->policy;
	int r;

	json_object_set_new(document, "estimates", json_true());
	json_object_set_new(document, "kept", policy ? json_boolean(policy->privacy.hosts) : json_null());
	json_object_set_new(document, "hosts", hosts.rows);
	r = ledger_hosts(request->site->ledger, request->id, request->span.from_day, request->span.until_day,
			 request->hosts, on_host, &hosts);
	if (r == 0)
		*out = json_incref(document);
	return r;
}
