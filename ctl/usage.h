/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What `gerbang usage` and `gerbang uplink` find in the ledger, each view as one JSON document: exact, bytes as whole numbers,
 * times as RFC 3339. usage_render.h and csv.h show them. Each returns 0 and a new reference, or -errno of the ledger.
 */
#include <jansson.h>
#include "site.h"
#include "span.h"

struct usage_request {
	const struct site *site;
	struct span span;
	enum ledger_subject kind; /* 0: all */
	const char *id;		  /* NULL: all */
	bool rates;		  /* percentiles and peaks: every row of five minutes is read */
	enum ledger_grain by;	  /* of a series */
	unsigned hosts;		  /* how many an office */
};

int usage_sums(const struct usage_request *request, json_t **out);
int usage_series(const struct usage_request *request, json_t **out);
int usage_hosts(const struct usage_request *request, json_t **out);
int usage_lending(const struct usage_request *request, json_t **out);
int usage_busy(const struct usage_request *request, json_t **out);
int usage_uplink(const struct usage_request *request, json_t **out);

/* ---- what the views have in common ---- */

/* {"site", "timezone", "from", "until", "month" (where it is one), "made", "rehearsal"} */
json_t *usage_document(const struct usage_request *request);
/* {"kind", "id", "name" (null: the configuration has it no more)} */
json_t *usage_subject(const struct site *site, enum ledger_subject kind, const char *id);
json_t *usage_time(int64_t wall_sec); /* RFC 3339 */
json_t *usage_bytes(uint64_t value);
/* Rate of what was measured: what came late, in a gap, belongs to no second of it. */
uint64_t usage_rate(const struct ledger_flow *flow, uint32_t measured_sec);
/* {"bytes", "packets", "dropped_packets", "dropped_bytes_estimate", "offered_bytes_estimate", "borrowed_bytes", "late_bytes", "average_bps",
 * "demand_seconds", "short_seconds"} */
json_t *usage_flow(const struct ledger_flow *flow, uint32_t measured_sec);
uint64_t usage_dropped_bytes(const struct ledger_flow *flow); /* an estimate: by the mean packet that was delivered */
bool usage_wanted(const struct usage_request *request, enum ledger_subject kind, const char *id);
