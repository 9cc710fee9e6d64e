/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Every byte, by whom and when. A *subject* is an office, a zone, the gateway's own traffic, what nobody claims, or the uplink's
 * device itself. An *interval* (10 s) is what the daemon measured between two readings of the kernel's counters; it is added to the
 * row of five minutes in which it ended, to that hour, local day and local month, and the counters' marks are set, all in one
 * transaction: the sums of the four are equal at every instant, nothing is counted twice, and what a power cut takes is the
 * interval that had not been written.
 *
 * Bytes are layer 2, delivered, after the queue. Rows are added to and never changed otherwise; a correction is a row of its own
 * (evidence.h). Errors as in ledger.h. Seconds are of the wall clock since 1970; days and months are the site's local ones, made by the
 * caller: day since 1970-01-01, month = year * 12 + month - 1.
 */
#include "ledger.h"

enum ledger_subject { LEDGER_OFFICE = 1, LEDGER_ZONE, LEDGER_OWN, LEDGER_UNATTRIBUTED, LEDGER_UPLINK, LEDGER_SUBJECTS };
#define LEDGER_ID 33 /* of the configuration; own, unattributed and uplink have "" */

struct ledger_flow { /* one direction, seen from the office or guest. All are added up */
	uint64_t bytes, packets; /* delivered; of LEDGER_UPLINK: received (down) and sent (up) by the device */
	uint64_t dropped;	 /* packets, by its queue */
	uint64_t late_bytes;	 /* of `bytes`: counted by the kernel in a gap, when nobody read. Billed; no sample of a percentile */
	uint64_t borrowed;	 /* of `bytes`: above the guarantee of that time, interval by interval */
	uint64_t backlog;	 /* in the queue at the interval's end: not added up, the last one stays */
	uint32_t demand_sec;	 /* it had more to send than was let through: its queue was never empty, or dropped */
	uint32_t short_sec;	 /* of those: it got less than 95 % of what it was entitled to */
};

struct ledger_part { /* one subject's in an interval */
	enum ledger_subject kind;
	char id[LEDGER_ID];
	struct ledger_flow down, up;
};

/* A kernel counter as far as it has been booked, and for whom: what survives the daemon, so that what passed meanwhile is booked
 * when it comes back. Valid in one boot of the machine. */
struct ledger_mark {
	uint8_t tree;	/* enum plan_tree; LEDGER_MARK_DEVICE: the uplink device's own, minor 0 received, 1 sent */
	uint16_t minor;
	enum ledger_subject kind;
	char id[LEDGER_ID];
	uint64_t bytes, packets, dropped;
};
#define LEDGER_MARK_DEVICE 255
#define LEDGER_BOOT 37 /* /proc/sys/kernel/random/boot_id and the end */

#define LEDGER_ROW_SEC 300
struct ledger_interval {
	int64_t end_wall_usec; /* of the interval; now */
	int64_t seconds_usec;  /* how long it was, by the monotonic clock, of what was measured; a gap before it is not in it */
	int64_t row_sec;       /* begin of the row of five minutes */
	int64_t hour_sec;      /* begin of the local hour */
	int32_t day, month;
	const struct ledger_part *parts;
	size_t n_parts;
	const struct ledger_mark *marks; /* replace all earlier ones */
	size_t n_marks;
	const char *boot;
};
/* -EINVAL: no seconds, a subject without id or twice, a total that would no longer fit into 63 bits, a row that is not in its hour, a
 * month that is not the day's. A row that lies in a closed day (chain.h: the clock went back) is booked in the first that is open.
 * Durable: on the disk when it returns, or nothing of it is. A transaction of its own, therefore -EALREADY after ledger_begin(): a
 * commit of several things cannot promise that what it reported as failed is never in the file. */
int ledger_interval_put(struct ledger *ledger, const struct ledger_interval *interval);

/* -ENOENT: never written. *out is the caller's to free; n 0 where `boot` is another than the marks': counters began anew. The time
 * is filled in both cases. */
int ledger_marks(struct ledger *ledger, const char *boot, struct ledger_mark **out, size_t *n, int64_t *end_wall_usec);

/* ---- gaps: time in which nothing, or not everything, was measured ---- */

enum ledger_gap_cause {
	LEDGER_GAP_DAEMON = 1, /* gerbangd was away: bytes are booked late, none is lost */
	LEDGER_GAP_POWER,      /* the machine was: what passed since the last interval is lost */
	LEDGER_GAP_SHAPER,     /* nobody could read the counters: late */
	LEDGER_GAP_DISK,       /* the ledger could not be written: kept in memory, and late */
	LEDGER_GAP_CLOCK,      /* the wall clock was set: rows before and after overlap or are apart */
	LEDGER_GAP_COUNTERS    /* counters vanished from under us: what passed since the last interval is lost */
};
struct ledger_gap {
	int64_t id; /* out */
	int64_t from_wall_usec, to_wall_usec;
	enum ledger_gap_cause cause;
	bool lost; /* bytes are missing, not only late */
};
int ledger_gap_put(struct ledger *ledger, const struct ledger_gap *gap);
int ledger_gaps(struct ledger *ledger, int64_t from_wall_usec, int64_t to_wall_usec, /* that touch this time */
		int (*seen)(const struct ledger_gap *gap, void *userdata), void *userdata);

/* ---- reading ---- */

enum ledger_grain { LEDGER_ROWS, LEDGER_HOURS, LEDGER_DAYS, LEDGER_MONTHS };
struct ledger_query {
	enum ledger_grain grain;
	int64_t from, until;	  /* row_sec, hour_sec, day or month; from <= it < until */
	enum ledger_subject kind; /* 0: all */
	const char *id;		  /* NULL: all */
};
struct ledger_usage {
	int64_t at; /* row_sec, hour_sec, day, month */
	struct ledger_part part;
	uint32_t measured_sec; /* of it; the grain's length less this is gap, or the subject was not there yet */
};
/* By `at`, then kind, then id. Corrections are not in it (evidence.h). `seen` as in ledger_vouchers(). */
int ledger_usage(struct ledger *ledger, const struct ledger_query *query, int (*seen)(const struct ledger_usage *usage, void *userdata),
		 void *userdata);
/* One row of sums by subject, `at` = from. */
int ledger_sums(struct ledger *ledger, const struct ledger_query *query, int (*seen)(const struct ledger_usage *usage, void *userdata),
		void *userdata);

/* The 95th percentile as carriers bill it: the rates of all rows of five minutes, sorted, the top 5 % dropped (rounded down to whole
 * rows), the highest of what is left. A row that was not measured for at least half of its time is no sample, and counts as missing.
 * A rate is (bytes - late bytes) x 8 / the time that was measured, rounded down. No sample at all: rates 0. Only as far back as rows are kept. */
struct ledger_percentile {
	uint64_t down_bps, up_bps;
	uint32_t samples, missing; /* rows, between the subject's first and last in that time */
	uint64_t peak_down_bps, peak_up_bps; /* the highest of all samples */
};
int ledger_percentile(struct ledger *ledger, enum ledger_subject kind, const char *id, int64_t from_sec, int64_t until_sec,
		      struct ledger_percentile *out);
/* The same of everybody who has rows then, in one walk: hundreds of subjects in about the time of ten. In no order. `seen` as above. */
int ledger_percentiles(struct ledger *ledger, int64_t from_sec, int64_t until_sec,
		       int (*seen)(enum ledger_subject kind, const char *id, const struct ledger_percentile *percentile, void *userdata),
		       void *userdata);

/* Which subjects have rows in these local days, with the first and last of them. By kind and id. */
struct ledger_presence { enum ledger_subject kind; char id[LEDGER_ID]; int32_t first_day, last_day; };
int ledger_presences(struct ledger *ledger, int32_t from_day, int32_t until_day,
		     int (*seen)(const struct ledger_presence *presence, void *userdata), void *userdata);

/* ---- hosts inside offices: only where the configuration asks for it; estimates from samples (WATCH_TALKERS) ---- */

struct ledger_host { int32_t day; char office[LEDGER_ID]; struct addr address; uint64_t down_bytes, up_bytes; };
int ledger_host_add(struct ledger *ledger, const struct ledger_host *host);
/* Sums between days, largest first, at most `most` an office; office NULL: all. */
int ledger_hosts(struct ledger *ledger, const char *office, int32_t from_day, int32_t until_day, unsigned most,
		 int (*seen)(const struct ledger_host *host, void *userdata), void *userdata);

/* ---- what there is, and for how long ---- */

struct ledger_retention { int64_t rows_usec, sessions_usec, hosts_usec; }; /* 0: for ever. Days and months are never pruned */
struct ledger_kept { const char *what; uint64_t rows, bytes; int64_t oldest_wall_usec, newest_wall_usec, keep_usec; }; /* bytes: pages on disk */
/* what: "rows", "hours", "days", "months", "chain", "sessions", "hosts", "events", "evidence", "notices". Reads the whole file. */
int ledger_kept(struct ledger *ledger, const struct ledger_retention *retention, int (*seen)(const struct ledger_kept *kept, void *userdata),
		void *userdata);

/* ledger_prune() with this retention of sessions, and: rows of five minutes and their hours, whole closed days at a time and a few days in
 * one call; hosts; notices that were sent 90 days ago. An ended session past its time keeps its figures and loses hash and person. */
int ledger_prune_kept(struct ledger *ledger, int64_t wall_usec, const struct ledger_retention *retention);

/* For whoever only reads, beside a running daemon: no ledger is made, migrated or written to (SQLite may leave its two files beside it,
 * empty, owned as the ledger is). -ENOENT: no ledger there. -EPROTONOSUPPORT: of
 * a newer version; -EPROTO: of an older one (start gerbangd once). */
int ledger_open_read(const char *directory, struct ledger **out);
/* What a reader asks in between, it asks of one instant of a file that a daemon is writing. In pairs, which may be nested: what ledger_look() has begun
 * ledger_looked() ends, whatever came in between. */
int ledger_look(struct ledger *ledger);
void ledger_looked(struct ledger *ledger);
