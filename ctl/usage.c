// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `gerbang usage` and `gerbang uplink`: what was typed becomes one question to the ledger, and its answer a
 * table, a JSON document or a CSV. Nothing is asked of the daemon.
 */
#include "usage.h"
#include <errno.h>
#include <string.h>
#include "ask.h"
#include "csv.h"
#include "options.h"
#include "render.h"
#include "usage_render.h"

#define HOSTS_DEFAULT 10
#define HOSTS_MAX 100000

/* ---- which view ---- */

static const struct view {
	enum option option; /* that asks for it; the first has none */
	bool whole_days;    /* its rows are days */
	const char *rows;   /* the array that may be empty */
	int (*gather)(const struct usage_request *request, json_t **out);
	void (*render)(const json_t *document);
} views[] = {
    {OPTIONS, false, "subjects", usage_sums, render_usage},
    {OPTION_DETAIL, false, "subjects", usage_sums, render_usage_detail},
    {OPTION_BY, false, "rows", usage_series, render_series},
    {OPTION_HOSTS, true, "hosts", usage_hosts, render_hosts},
    {OPTION_LENDING, true, "days", usage_lending, render_lending},
    {OPTION_BUSY, true, "days", usage_busy, render_busy},
};

static int not_together(enum option one, enum option other)
{
	complain(WORD_NOT_TOGETHER, option_name(one), option_name(other));
	return CONTROL_USAGE;
}

static int choose_view(const struct invocation *invocation, const struct view **out)
{
	*out = &views[0];
	for (size_t i = 1; i < ELEMENTS(views); i++) {
		if (!invocation->values[views[i].option])
			continue;
		if (*out != &views[0])
			return not_together(views[i].option, (*out)->option);
		*out = &views[i];
	}
	return 0;
}

static int judge_pairs(const struct invocation *invocation)
{
	static const enum option pairs[][2] = {
	    {OPTION_JSON, OPTION_CSV},	   {OPTION_OFFICE, OPTION_ZONE}, {OPTION_ZONE, OPTION_HOSTS},
	    {OPTION_OFFICE, OPTION_BUSY},  {OPTION_ZONE, OPTION_BUSY},	 {OPTION_OFFICE, OPTION_LENDING},
	    {OPTION_ZONE, OPTION_LENDING},
	};

	for (size_t i = 0; i < ELEMENTS(pairs); i++)
		if (invocation->values[pairs[i][0]] && invocation->values[pairs[i][1]])
			return not_together(pairs[i][0], pairs[i][1]);
	return 0;
}

/* ---- the request ---- */

static int read_by(const char *typed, struct usage_request *request)
{
	static const char *const names[] = {
	    [LEDGER_ROWS] = "row", [LEDGER_HOURS] = "hour", [LEDGER_DAYS] = "day", [LEDGER_MONTHS] = "month"};

	for (size_t i = 0; i < ELEMENTS(names); i++) {
		if (strcmp(names[i], typed) != 0)
			continue;
		request->by = (enum ledger_grain)i;
		if (request->by <= request->span.grain)
			return 0;
		complain(WORD_BY_COARSE, typed);
		return CONTROL_USAGE;
	}
	complain(WORD_BAD_BY, typed);
	return CONTROL_USAGE;
}

static int read_hosts(const char *typed, struct usage_request *request)
{
	long hosts = *typed ? strtol(typed, NULL, 10) : HOSTS_DEFAULT;

	if (typed[strspn(typed, "0123456789")] == '\0' && hosts >= 1 && hosts <= HOSTS_MAX) {
		request->hosts = (unsigned)hosts;
		return 0;
	}
	complain(WORD_BAD_COUNT, option_name(OPTION_HOSTS), "100000", typed);
	return CONTROL_USAGE;
}

static int read_span(const struct invocation *invocation, const struct site *site, struct span *out)
{
	const struct span_typed typed = {.month = invocation->values[OPTION_MONTH],
					 .since = invocation->values[OPTION_SINCE],
					 .until = invocation->values[OPTION_UNTIL]};

	return span_read(&typed, site->now_wall_usec, out) < 0 ? CONTROL_USAGE : 0;
}

static int read_request(const struct invocation *invocation, const struct site *site, const struct view *view,
			struct usage_request *out)
{
	const char *const *values = invocation->values;
	int r;

	*out = (struct usage_request){.site = site};
	r = read_span(invocation, site, &out->span);
	if (r != 0)
		return r;
	if (values[OPTION_OFFICE] || values[OPTION_ZONE]) {
		out->kind = values[OPTION_OFFICE] ? LEDGER_OFFICE : LEDGER_ZONE;
		out->id = values[OPTION_OFFICE] ? values[OPTION_OFFICE] : values[OPTION_ZONE];
	}
	out->rates = out->kind || values[OPTION_DETAIL] || values[OPTION_JSON] || values[OPTION_CSV];
	if (view->whole_days && out->span.grain < LEDGER_DAYS) {
		complain(WORD_WHOLE_DAYS, option_name(view->option));
		return CONTROL_USAGE;
	}
	if (values[OPTION_HOSTS])
		return read_hosts(values[OPTION_HOSTS], out);
	return values[OPTION_BY] ? read_by(values[OPTION_BY], out) : 0;
}

/* ---- the answer ---- */

/* An identifier that nobody ever had is a mistake, and no zero. */
static bool is_unknown(const struct usage_request *request, const struct view *view, const json_t *document)
{
	return request->id && json_array_size(json_object_get(document, view->rows)) == 0 &&
	       !site_knows(request->site, request->kind, request->id);
}

static int show(const struct invocation *invocation, const struct usage_request *request,
		const struct view *view)
{
	_cleanup_(json_decrefp) json_t *document = NULL;
	int r = site_judge(request->site, view->gather(request, &document));

	if (r != 0)
		return r;
	if (is_unknown(request, view, document)) {
		complain(WORD_NO_SUBJECT, request->id);
		return CONTROL_REFUSED;
	}
	if (!invocation->values[OPTION_CSV])
		return ask_show(invocation, document, view->render);
	csv_usage(document);
	return CONTROL_DONE;
}

static int show_view(const struct invocation *invocation, const struct view *view)
{
	struct usage_request request;
	struct site site;
	int r = site_open(invocation, &site);

	if (r == 0)
		r = read_request(invocation, &site, view, &request);
	if (r == 0)
		r = show(invocation, &request, view);
	site_close(&site);
	return r;
}

int command_usage(const struct invocation *invocation)
{
	const struct view *view;
	int r = judge_pairs(invocation);

	if (r == 0)
		r = choose_view(invocation, &view);
	return r == 0 ? show_view(invocation, view) : r;
}

int command_uplink(const struct invocation *invocation)
{
	static const struct view view = {OPTIONS, true, "days", usage_uplink, render_uplink};

	return show_view(invocation, &view);
}
