// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `gerbang usage`: one line a subject. Why: this is what is billed by. What was counted and what was
 * corrected stay apart until the total, and what the classes delivered is held against what the uplink itself
 * counted.
 */
#include <errno.h>
#include <string.h>
#include "../lib/units.h"
#include "usage.h"

/* ---- what is known of each subject ---- */

struct account {
	enum ledger_subject kind;
	char id[LEDGER_ID];
	struct ledger_flow down, up;
	uint32_t measured_sec;
	int64_t corrected_down, corrected_up;
	struct ledger_percentile percentile;
	bool rated;
};

struct accounts {
	const struct usage_request *request;
	struct account *rows;
	size_t n, room;
};

static struct account *find(const struct accounts *accounts, enum ledger_subject kind, const char *id)
{
	for (size_t i = 0; i < accounts->n; i++)
		if (accounts->rows[i].kind == kind && strcmp(accounts->rows[i].id, id) == 0)
			return &accounts->rows[i];
	return NULL;
}

static struct account *add(struct accounts *accounts, enum ledger_subject kind, const char *id)
{
	struct account *row;

	if (accounts->n == accounts->room) {
		row = realloc(accounts->rows, (accounts->room * 2 + 64) * sizeof(*row));
		if (!row)
			return NULL;
		accounts->rows = row;
		accounts->room = accounts->room * 2 + 64;
	}
	row = &accounts->rows[accounts->n++];
	*row = (struct account){.kind = kind};
	snprintf(row->id, sizeof(row->id), "%s", id);
	return row;
}

static int on_sum(const struct ledger_usage *usage, void *userdata)
{
	struct account *row = add(userdata, usage->part.kind, usage->part.id);

	if (!row)
		return -ENOMEM;
	row->down = usage->part.down;
	row->up = usage->part.up;
	row->measured_sec = usage->measured_sec;
	return 0;
}

static int on_correction(const struct ledger_correction *correction, void *userdata)
{
	struct accounts *accounts = userdata;
	struct account *row;

	if (!usage_wanted(accounts->request, correction->kind, correction->id_of))
		return 0;
	row = find(accounts, correction->kind, correction->id_of);
	if (!row)
		row = add(accounts, correction->kind, correction->id_of);
	if (!row)
		return -ENOMEM;
	row->corrected_down += correction->down_bytes;
	row->corrected_up += correction->up_bytes;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct account *one = a, *other = b;

	return one->kind != other->kind ? (one->kind > other->kind) - (one->kind < other->kind)
					: strcmp(one->id, other->id);
}

/* ---- percentiles and peaks ---- */

static void put_percentile(struct account *row, const struct ledger_percentile *percentile)
{
	row->percentile = *percentile;
	row->rated = percentile->samples > 0;
}

static int on_percentile(enum ledger_subject kind, const char *id, const struct ledger_percentile *percentile,
			 void *userdata)
{
	struct account *row = find(userdata, kind, id);

	if (row)
		put_percentile(row, percentile);
	return 0;
}

static int rate(struct accounts *accounts)
{
	const struct usage_request *request = accounts->request;
	struct ledger_percentile percentile;
	int r;

	if (!request->kind)
		return ledger_percentiles(request->site->ledger, request->span.from_sec,
					  request->span.until_sec, on_percentile, accounts);
	r = ledger_percentile(request->site->ledger, request->kind, request->id, request->span.from_sec,
			      request->span.until_sec, &percentile);
	if (r == 0 && accounts->n > 0)
		put_percentile(&accounts->rows[0], &percentile);
	return r == -ENOENT ? 0 : r;
}

/* ---- one subject's figures ---- */

static json_t *rate_json(const struct account *row, uint64_t bps)
{
	return row->rated ? usage_bytes(bps) : json_null();
}

static void put_rates(const struct account *row, json_t *subject, json_t *down, json_t *up)
{
	json_object_set_new(down, "p95_bps", rate_json(row, row->percentile.down_bps));
	json_object_set_new(up, "p95_bps", rate_json(row, row->percentile.up_bps));
	json_object_set_new(down, "peak_bps", rate_json(row, row->percentile.peak_down_bps));
	json_object_set_new(up, "peak_bps", rate_json(row, row->percentile.peak_up_bps));
	json_object_set_new(subject, "samples", json_integer(row->percentile.samples));
	json_object_set_new(subject, "missing_samples", json_integer(row->percentile.missing));
}

static int64_t total_of(const struct account *row)
{
	return (int64_t)(row->down.bytes + row->up.bytes) + row->corrected_down + row->corrected_up;
}

/* A quota is a month's: over any other time a percentage of it would say nothing. */
static int put_quota(const struct usage_request *request, const struct account *row, json_t *subject)
{
	static const char *const stages[] = {"none", "noticed", "over"};
	const struct policy *policy = request->site->policy;
	const struct policy_office *office =
	    policy && row->kind == LEDGER_OFFICE ? policy_office(policy, row->id) : NULL;
	enum ledger_quota_stage stage = LEDGER_QUOTA_NONE;
	double percent;
	int r;

	if (!office || !office->quota_bytes || request->span.month < 0)
		return 0;
	percent = (double)total_of(row) * 100 / (double)office->quota_bytes;
	r = ledger_quota_stage(request->site->ledger, row->id, request->span.month, &stage);
	if (r < 0)
		return r;
	json_object_set_new(subject, "quota_bytes", usage_bytes(office->quota_bytes));
	json_object_set_new(subject, "quota_percent",
			    json_real((double)(int64_t)(percent * 10) / 10)); /* cut, not rounded up to 100 */
	json_object_set_new(subject, "quota_stage",
			    json_string(stages[MIN((size_t)stage, ELEMENTS(stages) - 1)]));
	return 0;
}

static int append(const struct usage_request *request, const struct account *row, json_t *subjects)
{
	json_t *subject = usage_subject(request->site, row->kind, row->id);
	json_t *down = usage_flow(&row->down, row->measured_sec),
	       *up = usage_flow(&row->up, row->measured_sec);

	if (json_array_append_new(subjects, subject) < 0)
		return -ENOMEM;
	json_object_set_new(subject, "down", down);
	json_object_set_new(subject, "up", up);
	json_object_set_new(subject, "correction",
			    json_pack("{sI,sI}", "down_bytes", (json_int_t)row->corrected_down, "up_bytes",
				      (json_int_t)row->corrected_up));
	json_object_set_new(subject, "total_bytes", json_integer((json_int_t)total_of(row)));
	json_object_set_new(subject, "measured_seconds", json_integer((json_int_t)row->measured_sec));
	if (request->rates)
		put_rates(row, subject, down, up);
	return put_quota(request, row, subject);
}

static int append_all(struct accounts *accounts, json_t *subjects)
{
	int r = accounts->request->rates ? rate(accounts) : 0;

	for (size_t i = 0; r == 0 && i < accounts->n; i++)
		r = append(accounts->request, &accounts->rows[i], subjects);
	return r;
}

/* ---- the closing line: two counters of different devices say the same ---- */

static json_t *closed(uint64_t classes, uint64_t own, uint64_t dropped, uint64_t uplink)
{
	int64_t difference = (int64_t)(classes + own + dropped) - (int64_t)uplink;

	return json_pack("{so,so,so,so,sI,so}", "classes_bytes", usage_bytes(classes), "own_bytes",
			 usage_bytes(own), "dropped_bytes_estimate", usage_bytes(dropped), "uplink_bytes",
			 usage_bytes(uplink), "difference_bytes", (json_int_t)difference,
			 "difference_percent",
			 uplink ? json_real((double)difference * 100 / (double)uplink) : json_null());
}

/* Up: what the classes sent is what the uplink sent. Down: what the uplink received is what the classes
 * delivered, what their queues dropped, and what was for the gateway itself. */
static json_t *closing(const struct accounts *accounts)
{
	uint64_t down = 0, up = 0, own = 0, dropped = 0;
	const struct account *uplink = find(accounts, LEDGER_UPLINK, "");

	for (size_t i = 0; i < accounts->n; i++) {
		const struct account *row = &accounts->rows[i];

		if (row->kind == LEDGER_UPLINK)
			continue;
		up += row->up.bytes;
		if (row->kind == LEDGER_OWN) {
			own = row->down.bytes;
			continue;
		}
		down += row->down.bytes;
		dropped += usage_dropped_bytes(&row->down);
	}
	if (!uplink)
		return json_null();
	return json_pack("{so,so}", "down", closed(down, own, dropped, uplink->down.bytes), "up",
			 closed(up, 0, 0, uplink->up.bytes));
}

/* ---- gaps ---- */

struct gaps {
	const struct span *span;
	json_t *rows;
	int64_t seconds_usec;
};

static const char *gap_name(enum ledger_gap_cause cause)
{
	static const char *const names[] = {
	    [LEDGER_GAP_DAEMON] = "daemon", [LEDGER_GAP_POWER] = "power", [LEDGER_GAP_SHAPER] = "shaper",
	    [LEDGER_GAP_DISK] = "disk",	    [LEDGER_GAP_CLOCK] = "clock", [LEDGER_GAP_COUNTERS] = "counters"};

	return cause > 0 && (size_t)cause < ELEMENTS(names) ? names[cause] : "other";
}

static int on_gap(const struct ledger_gap *gap, void *userdata)
{
	struct gaps *gaps = userdata;
	int64_t from = MAX(gap->from_wall_usec, gaps->span->from_sec * USEC_PER_SEC),
		to = MIN(gap->to_wall_usec, gaps->span->until_sec * USEC_PER_SEC);

	gaps->seconds_usec += MAX(to - from, (int64_t)0);
	return json_array_append_new(
	    gaps->rows, json_pack("{so,so,ss,sb}", "from", usage_time(gap->from_wall_usec / USEC_PER_SEC),
				  "to", usage_time(gap->to_wall_usec / USEC_PER_SEC), "cause",
				  gap_name(gap->cause), "lost", (int)gap->lost));
}

static int put_gaps(const struct usage_request *request, json_t *document)
{
	struct gaps gaps = {.span = &request->span, .rows = json_array()};
	int r = ledger_gaps(request->site->ledger, request->span.from_sec * USEC_PER_SEC,
			    request->span.until_sec * USEC_PER_SEC, on_gap, &gaps);

	json_object_set_new(document, "gaps", gaps.rows);
	json_object_set_new(document, "gap_seconds",
			    json_integer((json_int_t)(gaps.seconds_usec / USEC_PER_SEC)));
	return r;
}

/* ---- the document ---- */

static int gather(struct accounts *accounts)
{
	const struct usage_request *request = accounts->request;
	struct ledger_query query = span_query(&request->span, request->span.grain);
	int r;

	query.kind = request->kind;
	query.id = request->id;
	r = ledger_sums(request->site->ledger, &query, on_sum, accounts);
	if (r == 0)
		r = ledger_corrections(request->site->ledger, request->span.from_day, request->span.until_day,
				       on_correction, accounts);
	if (r == 0 && request->id && accounts->n == 0 &&
	    site_knows(request->site, request->kind, request->id) &&
	    !add(accounts, request->kind, request->id))
		r = -ENOMEM;
	if (accounts->n > 0)
		qsort(accounts->rows, accounts->n, sizeof(*accounts->rows), compare);
	return r;
}

int usage_sums(const struct usage_request *request, json_t **out)
{
	_cleanup_(json_decrefp) json_t *document = usage_document(request);
	struct accounts accounts = {.request = request};
	json_t *subjects = json_array();
	int r;

	json_object_set_new(document, "subjects", subjects);
	r = gather(&accounts);
	if (r == 0)
		r = append_all(&accounts, subjects);
	if (r == 0 && !request->kind)
		json_object_set_new(document, "closing", closing(&accounts));
	free(accounts.rows);
	if (r == 0)
		r = put_gaps(request, document);
	if (r == 0)
		*out = json_incref(document);
	return r;
}
