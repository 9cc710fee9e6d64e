/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the files that make a month share: its days, what was valid when, who was there and what they got, their
 * percentiles, and what of it is money. Nothing outside month*.c includes it.
 */
#include "month.h"
#include "split.h"
#include "../policy/terms.h"

/* ---- a month's local days ---- */

#define SPAN_DAYS 31
struct span {
	int32_t month, from_day, until_day;
	unsigned days, seen; /* of the month; that have come */
	int64_t now_usec;
	int64_t midnight_usec[SPAN_DAYS + 1]; /* of each day, and the end */
};
void span_of(int32_t month, int64_t now_usec, struct span *out);
unsigned span_day(const struct span *span, int64_t wall_usec); /* 0 .. days - 1: in which it lies, or the nearest */
static inline int64_t span_begin(const struct span *span)
{
	return span->midnight_usec[0];
}
static inline int64_t span_end(const struct span *span)
{
	return span->midnight_usec[span->days];
}
int64_t span_seconds(const struct span *span, uint32_t days); /* of the days whose bits are set */
int32_t span_local_day(int64_t wall_usec);

/* ---- what was valid when ---- */

struct version {
	int64_t wall_usec;     /* valid from; INT64_MIN: from ever */
	int64_t recorded_usec; /* 0: it is the configuration's */
	bool gone;
	union {
		struct terms_office office;
		struct terms_zone zone;
		struct terms_uplink uplink;
		struct policy_contract contract;
	};
};
struct lineage { /* of one subject, oldest first */
	enum ledger_terms_kind kind;
	char of[LEDGER_ID];
	struct version *versions;
	size_t n, room;
};
struct timeline {
	struct lineage *lineages; /* by kind and id */
	size_t n, room;
	int64_t first_usec; /* INT64_MAX: nothing is recorded */
};
int timeline_load(struct ledger *ledger, const struct policy *policy, struct timeline *out);
void timeline_clear(struct timeline *timeline);
const struct lineage *timeline_find(const struct timeline *timeline, enum ledger_terms_kind kind,
				    const char *of);
/* NULL is allowed: nothing is known of it. A bit for each day on which it was configured at some time. */
uint32_t lineage_days(const struct lineage *lineage, const struct span *span);
const struct version *lineage_before(const struct lineage *lineage, int64_t wall_usec); /* see month.h; or NULL */
bool lineage_is_there(const struct lineage *lineage, int64_t wall_usec); /* just before this instant */
struct policy_rate timeline_bought(const struct timeline *timeline, const struct policy *policy,
				   int64_t before_usec, unsigned *headroom_percent);

/* ---- who was there, and what they got ---- */

struct member_day {
	int64_t down_bytes, up_bytes; /* delivered */
	uint64_t borrowed;	      /* down plus up */
	uint32_t measured_sec;
};
struct member {
	enum ledger_subject kind;
	char id[LEDGER_ID];
	const struct lineage *lineage; /* or NULL */
	uint32_t present;	       /* a bit a day */
	struct ledger_flow down, up;   /* counted */
	int64_t corrected_down, corrected_up;
	uint32_t measured_sec;
	struct member_day *days; /* NULL: only the month's sums were asked for */
};
struct basis { /* of one month, by kind and id */
	struct span span;
	struct member *members;
	size_t n, room;
	int32_t last_day; /* with rows; INT32_MIN: none has */
};
enum basis_detail { BASIS_SUMS, BASIS_DAYS };
#define BASIS_OVER INT64_MAX /* now_usec: of a month before the report's */
int basis_make(struct ledger *ledger, const struct timeline *timeline, int32_t month, int64_t now_usec,
	       enum basis_detail detail, struct basis *out);
void basis_clear(struct basis *basis);
const struct member *basis_find(const struct basis *basis, enum ledger_subject kind, const char *id); /* or NULL */
int32_t member_first_day(const struct member *member, const struct span *span);
int32_t member_last_day(const struct member *member, const struct span *span);
uint64_t member_down(const struct member *member); /* delivered; never below 0 */
uint64_t member_up(const struct member *member);
/* Its terms on the last day on which it was there; NULL: nobody knows them. */
const struct version *member_terms(const struct member *member, const struct span *span);

/* ---- percentiles and visitors ---- */

struct rates {
	bool recorded, known;
	struct ledger_month_rate *rates; /* by kind and id */
	size_t n_rates, room_rates;
	struct ledger_visits *visits;
	size_t n_visits, room_visits;
};
enum rates_detail { RATES_ONLY, RATES_AND_VISITS };
int rates_load(struct ledger *ledger, const struct span *span, enum rates_detail detail, struct rates *out);
void rates_clear(struct rates *rates);
const struct ledger_percentile *rates_of(const struct rates *rates, enum ledger_subject kind, const char *id); /* or NULL */
const struct ledger_visits *rates_visits(const struct rates *rates, const char *zone);			       /* or NULL */

/* ---- all of it, and what each file adds to the month ---- */

struct maker {
	struct ledger *ledger;
	const struct report_settings *settings;
	struct timeline timeline;
	struct basis basis;
	struct rates rates;
	struct ledger_availability *minutes; /* of each day of the month: basis.span.days */
	struct report_month *month;
};
int minutes_load(struct ledger *ledger, const struct span *span, struct ledger_availability *out); /* span->days of them */
int month_happened(struct maker *maker);   /* gaps, corrections, the chain */
int month_uplink(struct maker *maker);
int month_zones(struct maker *maker);
int month_offices(struct maker *maker);	   /* by id; order comes last */
int month_changes(const struct member *member, const struct span *span, struct report_office *office);
int month_quotas(struct maker *maker);	   /* of the offices */
int month_shortfalls(struct maker *maker); /* of the offices, the days */
int month_advice(struct maker *maker);	   /* of the offices */
int month_money(struct maker *maker);	   /* the contract, the offices, the year */
int month_order(struct report_month *month);   /* offices and zones by name */
int month_daily(struct maker *maker);	   /* in that order */

struct report_office *month_office(struct report_month *month, const char *id); /* while they are by id; or NULL */
uint32_t month_available(uint32_t measured_min, uint32_t down_min); /* permyriad */
void month_rate(struct report_rate *out, const struct ledger_flow *flow, int64_t corrected, int64_t seconds,
		struct policy_rate bought /* down: guaranteed, up: ceiling */);
void month_rated(struct report_rate *down, struct report_rate *up,
		 const struct ledger_percentile *percentile);

/* ---- money ---- */

struct settlement {
	struct report_contract contract; /* of this month alone */
	int64_t *shares, *refunds;	 /* of the basis' offices, in their order; NULL without offices */
};
int settle(struct ledger *ledger, const struct timeline *timeline, const struct policy *policy,
	   const struct basis *basis, const struct rates *rates, struct settlement *out);
void settlement_clear(struct settlement *settlement);
/* What covers the month; out->terms.provider NULL: nothing does. */
int contract_of(const struct timeline *timeline, const struct policy *policy, const struct span *span,
		struct report_contract *out);
