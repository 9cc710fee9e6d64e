/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What of a policy has to be remembered for ever, because somebody pays by it: as JSON documents for the ledger (../ledger/terms.h), and back.
 * The one place that knows the documents' keys. Rates in bit/s, money in whole rupiah, days since 1970-01-01. A key that is
 * missing reads as 0, "" or nothing: documents of older versions stay readable.
 *
 * site     {"name", "timezone"}
 * uplink   {"download_bps", "upload_bps", "headroom_percent"}
 * contract {"provider", "number", "monthly_rupiah", "from_day", "to_day", "sla_permille", "split": {"equal": 0, "guaranteed": 100, "delivered": 0, "p95": 0},
 *           "refunds": [{"below_permille", "percent"}], "budget_rupiah"}
 * office   {"name", "budget_code", "budget_rupiah", "inside": {"guaranteed": {"down_bps", "up_bps"}, "ceiling": {...}}, "outside": {...}, "quota_bytes", "over": "throttle"|"notice"}
 * zone     {"name", "open": "mon-sun 06:00-22:00", "not_during": "mon-fri 07:30-16:00" or "", "guaranteed", "ceiling", "client": {"down_bps", "up_bps"}}
 */
#include "policy.h"

struct terms_office { char *name, *budget_code; int64_t budget_rupiah; struct policy_share inside, outside; uint64_t quota_bytes; bool throttle; };
struct terms_zone { char *name, *open, *not_during; struct policy_share share; struct policy_rate client; };
struct terms_uplink { struct policy_rate rate; unsigned headroom_percent; };

/* malloc'd JSON, sorted keys, compact: equal terms give equal bytes. NULL: no memory. */
char *terms_of_site(const struct policy *policy);
char *terms_of_uplink(const struct policy *policy);
char *terms_of_contract(const struct policy_contract *contract);
char *terms_of_office(const struct policy_office *office);
char *terms_of_zone(const struct policy_zone *zone);

/* 0, -EINVAL (no JSON object) or -ENOMEM; owned strings, to be cleared. */
int terms_read_uplink(const char *document, struct terms_uplink *out);
int terms_read_contract(const char *document, struct policy_contract *out);
int terms_read_office(const char *document, struct terms_office *out);
int terms_read_zone(const char *document, struct terms_zone *out);
void terms_contract_clear(struct policy_contract *contract);
void terms_office_clear(struct terms_office *office);
void terms_zone_clear(struct terms_zone *zone);
/* A schedule's ordinary windows as the configuration writes them: "mon-thu 07:30-16:00, fri 07:30-11:00". malloc'd. */
char *terms_of_schedule(const struct policy_schedule *schedule);
