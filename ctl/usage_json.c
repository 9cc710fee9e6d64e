// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: the same figure must have the same name and the same formula in every view. Nothing is rounded to a
 * unit here.
 */
#include <string.h>
#include "../lib/clock.h"
#include "../lib/units.h"
#include "dates.h"
#include "usage.h"

json_t *usage_time(int64_t wall_sec)
{
	char text[CLOCK_TEXT];

	return json_string(clock_text(wall_sec * USEC_PER_SEC, text));
}

json_t *usage_bytes(uint64_t value)
{
	return json_integer((json_int_t)MIN(value, (uint64_t)INT64_MAX));
}

json_t *usage_document(const struct usage_request *request)
{
	const struct policy *policy = request->site->policy;
	const char *zone = getenv("TZ");
	char month[DATE_TEXT];

	return json_pack("{ss?,ss?,so,so,ss?,so,sb}", "site", policy ? policy->site_name : NULL, "timezone",
			 zone, "from", usage_time(request->span.from_sec), "until",
			 usage_time(request->span.until_sec), "month",
			 request->span.month >= 0 ? date_of_month(request->span.month, month) : NULL, "made",
			 usage_time(request->site->now_wall_usec / USEC_PER_SEC), "rehearsal",
			 (int)request->site->rehearsal);
}

json_t *usage_subject(const struct site *site, enum ledger_subject kind, const char *id)
{
	return json_pack("{ss,ss,ss?}", "kind", whose_kind(kind), "id", id, "name",
			 site_name(site, kind, id));
}

uint64_t usage_rate(const struct ledger_flow *flow, uint32_t measured_sec)
{
	unsigned __int128 bytes = flow->bytes > flow->late_bytes ? flow->bytes - flow->late_bytes : 0;

	return measured_sec ? (uint64_t)(bytes * 8 / measured_sec) : 0;
}

uint64_t usage_dropped_bytes(const struct ledger_flow *flow)
{
	return flow->packets ? (uint64_t)((unsigned __int128)flow->dropped * flow->bytes / flow->packets) : 0;
}

json_t *usage_flow(const struct ledger_flow *flow, uint32_t measured_sec)
{
	return json_pack("{so,so,so,so,so,so,so,so,sI,sI}", "bytes", usage_bytes(flow->bytes), "packets",
			 usage_bytes(flow->packets), "dropped_packets", usage_bytes(flow->dropped),
			 "dropped_bytes_estimate", usage_bytes(usage_dropped_bytes(flow)),
			 "offered_bytes_estimate", usage_bytes(flow->bytes + usage_dropped_bytes(flow)),
			 "borrowed_bytes", usage_bytes(flow->borrowed), "late_bytes",
			 usage_bytes(flow->late_bytes), "average_bps",
			 usage_bytes(usage_rate(flow, measured_sec)), "demand_seconds",
			 (json_int_t)flow->demand_sec, "short_seconds", (json_int_t)flow->short_sec);
}

bool usage_wanted(const struct usage_request *request, enum ledger_subject kind, const char *id)
{
	return (!request->kind || request->kind == kind) && (!request->id || strcmp(request->id, id) == 0);
}
