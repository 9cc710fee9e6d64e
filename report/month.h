/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A month as it has to be answered for: everything that the report states, as exact integers in base units. report_month_make() is a pure
 * function of the ledger and the settings: no clock, no network, nothing of the machine. What was valid comes from the ledger's
 * terms (../ledger/terms.h), not from today's configuration; who signs, the letterhead and the baseline are the settings'.
 *
 * Delivered = counted + corrections. Bytes are layer 2, after the queue (docs/ledger.md). Money is whole rupiah. Percentages are in
 * hundredths of a percent (permyriad), rounded half up, as every rounding here. Days are local, since 1970-01-01; seconds since 1970.
 *
 * The days of a month that is not over: up to the one in which settings.now lies, or the last with rows where that is later. Present on a day: configured
 * at some time of it, or with counted bytes, or with a correction of it. The terms of a day: the last that began before its end (the last ones also where they have
 * ended), else the first that there are. The rows that the ledger recorded first, at one instant, are valid from ever; without any row the configuration is.
 * Time present: the length of the days present, of the day in which `now` lies only what has passed.
 * Owned strings; report_month_free() frees all.
 */
#include "../ledger/chain.h"
#include "../ledger/month.h"
#include "../ledger/terms.h"
#include "../lib/cleanup.h"
#include "../policy/policy.h"

struct report_rate { /* one direction of a subject, over its time in the month */
	uint64_t bytes;	     /* delivered, corrections included */
	int64_t corrected;   /* of `bytes` */
	uint64_t late_bytes; /* of `bytes`: in no percentile */
	uint64_t mean_bps;   /* bytes x 8 / time present, rounded down */
	uint64_t p95_bps, peak_bps; /* see `rated` */
	uint64_t guaranteed_bps, ceiling_bps; /* inside, on the last day present; of the uplink: what was bought, both */
	uint32_t used_permyriad; /* p95 / guaranteed (of the uplink: / bought); 0 where either is not there */
};

/* what: "office" (added: from "", to its name; removed: to ""), "name", "budget_code", "budget", "guaranteed.down", "guaranteed.up", "ceiling.down", "ceiling.up",
 * "outside.guaranteed.down", "outside.guaranteed.up", "outside.ceiling.down", "outside.ceiling.up", "quota", "over" (to "throttle" or "notice"). By time. */
struct report_change { int32_t day; char *what; char *from, *to; /* base units as text, or names; "" : was not there / is no more */ };

/* What is needed, by the last three months (need.h). */
enum report_need { REPORT_NEED_UNKNOWN, REPORT_NEED_LOWER, REPORT_NEED_FITS, REPORT_NEED_HIGHER };
enum report_need_reason {
	REPORT_REASON_SHORT_TIME,	/* UNKNOWN: fewer than 14 active days in the three months */
	REPORT_REASON_IDLE,	/* LOWER: the 95th percentile never reached 40 % of the guarantee, down and up, in any of the months */
	REPORT_REASON_FITS,
	REPORT_REASON_FULL,	/* HIGHER: a 95th percentile at or over the guarantee */
	REPORT_REASON_DEMAND,	/* HIGHER: it had demand beyond what it was given in over 2 % of the measured time */
	REPORT_REASON_QUOTA	/* HIGHER: the quota was used up in at least two of the months */
};
struct report_advice {
	enum report_need need;
	enum report_need_reason reason;
	uint64_t p95_down_bps, p95_up_bps; /* highest of the months */
	uint32_t demand_permyriad;	   /* of measured time, down or up, highest */
	unsigned months, active_days;	   /* that there was something to judge by */
	uint64_t suggested_down_bps, suggested_up_bps; /* guarantee: highest p95 x 1.25 up to whole Mbit/s, at least 1 Mbit/s; 0: none */
};

struct report_money { int64_t share, refund, net; /* share - refund */ int64_t budget, realised, left; /* of the year up to this month, net; budget 0: not said, left then 0 */ uint32_t share_permyriad; };

struct report_office {
	char id[LEDGER_ID];
	char *name, *former; /* former: the names that it had before in this month, ", " between; "" */
	char *budget_code;   /* "" */
	int32_t first_day, last_day; /* present: configured, within the month */
	bool added, removed;	     /* in this month */
	struct report_rate down, up;
	bool rated;		     /* there are percentiles */
	uint32_t samples, missing;
	uint32_t days_active;	     /* with at least REPORT_ACTIVE_BYTES, down plus up */
	uint32_t measured_sec, demand_sec, short_sec; /* demand, short: down plus up */
	uint32_t measured_min, down_min; /* the uplink's minutes on the days that it was present */
	uint32_t available_permyriad;
	uint32_t short_minutes;	     /* minutes in which it had demand and got less than 95 % of its entitlement (shortfalls) */
	uint64_t quota_bytes;	     /* 0: none */
	bool throttle;		     /* what happens over it */
	uint32_t quota_permyriad;
	enum ledger_quota_stage quota_stage;
	unsigned exemptions;
	int64_t noticed_wall_usec, over_wall_usec; /* from the journal; 0: not */
	struct report_change *changes;
	size_t n_changes;
	struct report_money money;
	struct report_advice advice;
};
#define REPORT_ACTIVE_BYTES UINT64_C(1000000)

struct report_day { /* of a subject, or of the uplink */
	int32_t day;
	uint64_t down_bytes, up_bytes; /* delivered, corrections included; a day's may be below 0 by a correction: to be read as int64_t */
	uint32_t measured_sec;
};
struct report_daily { enum ledger_subject kind; char id[LEDGER_ID]; struct report_day *days; size_t n; /* each day present, also without bytes */ };

struct report_uplink_day {
	int32_t day;
	uint64_t down_bytes, up_bytes; /* these and public_bytes as in report_day */
	uint64_t busy_down_bps, busy_up_bps; /* of its busiest local hour, each way: (bytes - late) x 8 / 3600 rounded down; 0 where hours are no longer kept */
	uint32_t measured_min, down_min;
	uint64_t lent_bytes;		     /* delivered to public zones above their guarantee, down plus up */
	uint64_t public_bytes;		     /* all that zones received and sent */
	uint64_t spare_bytes;		     /* what the uplink could have carried besides: (bought down + up) x measured_sec / 8 - (delivered down + up), at least 0 */
	uint32_t short_minutes;		     /* offices' */
};
struct report_outage { int64_t began_sec, ended_sec; /* cut to whole seconds and to the month; ended 0: not yet */ uint32_t seconds; /* between them, or until now or the month's end */ enum ledger_outage_cause cause; };

struct report_uplink {
	struct report_rate down, up; /* the device's own counters; percentiles of it */
	bool rated;
	unsigned headroom_percent;
	uint32_t measured_min, down_min, carrier_min, silent_min, loss_min, month_min; /* month_min: minutes of the month so far as it is over */
	uint32_t available_permyriad;
	struct report_outage *outages;
	size_t n_outages;
	uint32_t outage_sec; /* their sum */
	struct ledger_test *tests;
	size_t n_tests;
	struct report_uplink_day *days;
	size_t n_days;
	uint64_t busy_down_bps, busy_up_bps; /* highest of the days */
	/* own and unattributed traffic, so that all adds up */
	uint64_t own_down, own_up, unattributed_down, unattributed_up;
};

struct report_zone {
	char id[LEDGER_ID];
	char *name, *open, *not_during;
	int32_t first_day, last_day;
	struct report_rate down, up;
	bool rated;
	uint32_t open_min;
	uint64_t sessions, visitors, anonymous; /* visitors 0 with sessions: no longer known */
	uint64_t online_sec;
	uint64_t lent_bytes; /* of its bytes: above its guarantee, lent from what offices left */
};

struct report_contract { /* provider NULL in `terms`: none covers a day of this month */
	struct policy_contract terms;
	int64_t recorded_wall_usec; /* when this version was; after the month's end it is said */
	unsigned days;		    /* of the month that it covers */
	int64_t cost;		    /* of the month: monthly x days / days of the month, half up */
	bool sla_met;
	unsigned refund_percent;
	int64_t refund, net;
	int64_t baseline;	    /* settings' x offices present */
	int64_t baseline_each;
	int64_t year_budget, year_realised, year_left; /* net */
	int32_t year_from_month;    /* the first month of the year that the ledger knows */
};

struct report_gap { struct ledger_gap gap; uint32_t seconds; /* within the month, between whole seconds */ };
struct report_correction { struct ledger_correction row; /* texts in arrays */ };

struct report_settings {
	const struct policy *policy; /* signatory, report, site; terms where the ledger has none */
	bool rehearsal;		     /* from a rehearsal's ledger: said on every page */
	int64_t now_wall_usec;	     /* only to say how far a month that is not over has come; of a closed month it changes nothing */
};

struct report_month {
	int32_t month;
	int32_t from_day, until_day; /* [from, until) */
	int64_t from_sec, until_sec;
	bool provisional;	     /* not over, or its last day not closed */
	bool rehearsal;
	bool assumed;		     /* terms were recorded only later (or are the configuration's): `assumed_day` says from when */
	int32_t assumed_day;	     /* first day that was recorded; 0: none was */
	bool recorded;		     /* percentiles and visitors are the month's record; else computed from rows now */
	char hash[65];		     /* hex, of the last closed day of the month; "" */
	int32_t hash_day;
	char *site;		     /* name */
	struct report_uplink uplink;
	struct report_contract contract;
	struct report_office *offices; /* by name as people sort (case-folded), then id */
	size_t n_offices;
	struct report_daily *daily;    /* in the order of offices, then zones */
	size_t n_daily;
	struct report_zone *zones;
	size_t n_zones;
	struct ledger_visits all_zones; /* visitors: distinct over all zones */
	struct report_gap *gaps;
	size_t n_gaps;
	struct ledger_correction *corrections;
	size_t n_corrections;
	struct ledger_shortfall *shortfalls; /* offices' only, the 50 that lacked most (entitled - achieved, then by minute, id, down first) */
	size_t n_shortfalls;
	uint32_t short_minutes;		     /* of all offices */
	uint64_t lent_bytes, public_bytes, spare_bytes; /* sums of the days */
	struct report_rate offices_down, offices_up;	/* sums: bytes, corrected, late_bytes, guaranteed_bps */
};

/* 0; -ENODATA: the ledger has nothing of that month; -errno. The process's time zone is the site's (config_load() sets it). */
int report_month_make(struct ledger *ledger, int32_t month, const struct report_settings *settings, struct report_month **out);
struct report_month *report_month_free(struct report_month *month);
DEFINE_CLEANUP(struct report_month *, report_month_free)
