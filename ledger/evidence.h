/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What happened, so that somebody who was not there can be shown: outages, availability, tests of the line, shortfalls, corrections,
 * exemptions, notices, and a journal of all that was decided. Rows are added; only an open outage, exemption or notice is ever ended.
 * Errors as in ledger.h; durable unless said otherwise.
 */
#include "metering.h"

/* ---- the journal ---- */

struct ledger_event {
	int64_t id;	    /* out */
	int64_t wall_usec;
	char kind[32];	    /* "quota.notice", "quota.throttle", "quota.restored", "quota.exempt", "outage.begin", "outage.end", "alarm.entitlement",
			     * "alarm.ledger", "clock", "correction", "configuration", "test", ... */
	char subject[LEDGER_ID]; /* an office, a zone, or "" */
	char who[65];	    /* a user, or "" for the program itself */
	char text[512];	    /* English, as in the log */
};
int ledger_event_put(struct ledger *ledger, const struct ledger_event *event);
/* Newest first, `kind` NULL or a prefix ("quota."), subject NULL: all. */
int ledger_events(struct ledger *ledger, int64_t from_wall_usec, int64_t until_wall_usec, const char *kind, const char *subject,
		  int (*seen)(const struct ledger_event *event, void *userdata), void *userdata);

/* ---- the uplink ---- */

enum ledger_outage_cause { LEDGER_OUTAGE_CARRIER = 1, LEDGER_OUTAGE_SILENT, LEDGER_OUTAGE_LOSS };
struct ledger_outage { int64_t id; int64_t began_wall_usec, ended_wall_usec; /* 0: not yet */ enum ledger_outage_cause cause; };
int ledger_outage_begin(struct ledger *ledger, struct ledger_outage *outage); /* fills id */
int ledger_outage_end(struct ledger *ledger, int64_t id, int64_t wall_usec);  /* -ENOENT: none such is open */
int ledger_outages(struct ledger *ledger, int64_t from_wall_usec, int64_t until_wall_usec, /* that touch this time, oldest first */
		   int (*seen)(const struct ledger_outage *outage, void *userdata), void *userdata);

/* A local day's minutes. Added to once a minute, in whole minutes; availability = 1 - down / measured. One that lies in a closed day
 * (chain.h) is added to the first that is open. */
struct ledger_availability {
	int32_t day;
	uint32_t measured_min; /* somebody was watching */
	uint32_t down_min;     /* of those: more than half of it in an outage */
	uint32_t carrier_min, silent_min, loss_min; /* of down_min, by cause */
	uint64_t sent, answered; /* probes */
};
int ledger_availability_add(struct ledger *ledger, const struct ledger_availability *minute); /* not durable by itself */
int ledger_availabilities(struct ledger *ledger, int32_t from_day, int32_t until_day,
			  int (*seen)(const struct ledger_availability *day, void *userdata), void *userdata);
struct ledger_target { int32_t day; struct addr address; uint64_t sent, answered; }; /* one target's silence is not the provider's */
int ledger_target_add(struct ledger *ledger, const struct ledger_target *target);
int ledger_targets(struct ledger *ledger, int32_t from_day, int32_t until_day, int (*seen)(const struct ledger_target *target, void *userdata),
		   void *userdata);

struct ledger_test { int64_t id, wall_usec; char server[128]; uint64_t down_bps, up_bps; char error[128]; /* "": it worked */ };
int ledger_test_put(struct ledger *ledger, const struct ledger_test *test);
int ledger_tests(struct ledger *ledger, int64_t from_wall_usec, int64_t until_wall_usec,
		 int (*seen)(const struct ledger_test *test, void *userdata), void *userdata);

/* ---- a minute in which an office or zone with demand got less than 95 % of its entitlement ---- */

struct ledger_shortfall {
	int64_t minute_sec;
	enum ledger_subject kind;
	char id[LEDGER_ID];
	bool up;
	uint64_t achieved_bps, entitled_bps;
};
int ledger_shortfall_put(struct ledger *ledger, const struct ledger_shortfall *shortfall);
int ledger_shortfalls(struct ledger *ledger, int64_t from_sec, int64_t until_sec,
		      int (*seen)(const struct ledger_shortfall *shortfall, void *userdata), void *userdata);

/* ---- corrections ---- */

struct ledger_correction {
	int64_t id, wall_usec; /* when it was made */
	int32_t day, month;    /* what it corrects */
	enum ledger_subject kind;
	char id_of[LEDGER_ID];
	int64_t down_bytes, up_bytes; /* added to what was counted; may be negative */
	char who[65], reason[256];    /* neither may be empty */
};
/* -EINVAL also: the month's sum of a direction would be below 0, a month that is not the day's. */
int ledger_correction_put(struct ledger *ledger, struct ledger_correction *correction);
int ledger_corrections(struct ledger *ledger, int32_t from_day, int32_t until_day,
		       int (*seen)(const struct ledger_correction *correction, void *userdata), void *userdata);

/* ---- quota ---- */

struct ledger_exemption {
	int64_t id;
	char office[LEDGER_ID];
	int64_t from_wall_usec, until_wall_usec, revoked_wall_usec; /* 0: not */
	char who[65], reason[256];
};
int ledger_exemption_put(struct ledger *ledger, struct ledger_exemption *exemption);
int ledger_exemption_revoke(struct ledger *ledger, int64_t id, int64_t wall_usec, const char *who);
int ledger_exemptions(struct ledger *ledger, const char *office, int64_t until_after_wall_usec, /* those that end after this; 0: all */
		      int (*seen)(const struct ledger_exemption *exemption, void *userdata), void *userdata);

/* What has been said of an office's quota in a month, so that a restart does not say it again. */
enum ledger_quota_stage { LEDGER_QUOTA_NONE, LEDGER_QUOTA_NOTICED, LEDGER_QUOTA_OVER };
int ledger_quota_stage(struct ledger *ledger, const char *office, int32_t month, enum ledger_quota_stage *out); /* no row: NONE */
int ledger_quota_stage_set(struct ledger *ledger, const char *office, int32_t month, enum ledger_quota_stage stage);

/* ---- notices that have to reach somebody: an outbox ---- */

enum ledger_notice_way { LEDGER_NOTICE_MAIL = 1, LEDGER_NOTICE_WEBHOOK };
struct ledger_notice {
	int64_t id, created_wall_usec, next_wall_usec;
	enum ledger_notice_way way;
	unsigned tries;
	char kind[32], subject[160], text[2048]; /* kind as an event's */
	char error[160];			  /* of the last try */
	char month[8]; /* "2026-11": that month's report goes with a mail, as the files that lie in the reports' folder; "": nothing does */
};
int ledger_notice_put(struct ledger *ledger, struct ledger_notice *notice);
int ledger_notice_tried(struct ledger *ledger, int64_t id, int64_t next_wall_usec, const char *error);
int ledger_notice_done(struct ledger *ledger, int64_t id, int64_t wall_usec, bool given_up);
int ledger_notices(struct ledger *ledger, int (*seen)(const struct ledger_notice *notice, void *userdata), void *userdata); /* waiting, oldest first */
