/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The configuration as plain data, valid once config_load() has returned it. libconfig stops in config.c.
 * Owned strings; pointers between rows stay valid as long as the policy. Rates in bit/s, seen from the
 * office or guest. Dates are days since 1970-01-01 (local civil dates); minutes count from local midnight.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <net/if.h>
#include "../lib/addr.h"

struct policy_rate {
	uint64_t down_bps, up_bps;
};
struct policy_share {
	struct policy_rate guaranteed, ceiling;
};

/* One window on one weekday (0 = Sunday as in struct tm). end_minute may reach 2880: past midnight. */
struct policy_window {
	uint8_t weekday;
	uint16_t start_minute, end_minute; /* start < end */
};
struct policy_period { /* replaces the windows from `from_day` to `to_day`, both inside */
	char *name;
	int32_t from_day, to_day;
	struct policy_window *windows;
	size_t n_windows;
};
struct policy_schedule {
	char *id;
	struct policy_window *windows;
	size_t n_windows;
	bool holidays; /* outside on every holiday */
	struct policy_period *periods;
	size_t n_periods;
};
struct policy_holiday {
	int32_t day;
	char *name;
};

/* A service inside an office: what belongs to it, what it is guaranteed of the office's guarantee, who is served first.
 * By far end (prefixes; with ports: only those of the far end), else by port (of either end); and by DSCP. */
enum policy_priority {
	POLICY_PRIORITY_HIGH,	/* before everybody, and never more than its rate */
	POLICY_PRIORITY_NORMAL, /* borrows as the rest of the office does */
	POLICY_PRIORITY_LOW	/* borrows after all offices */
};
struct policy_ports {
	uint8_t protocol; /* IPPROTO_TCP, IPPROTO_UDP */
	uint16_t first, last;
};
struct policy_service {
	char *id;
	struct policy_ports *ports;
	size_t n_ports;
	struct prefix *prefixes;
	size_t n_prefixes;
	uint8_t *dscp; /* believed: 0..63 */
	size_t n_dscp;
	struct policy_rate rate; /* 0: by percent */
	unsigned percent;	 /* of the office's guarantee as it is */
	enum policy_priority priority;
	int mark; /* the DSCP that it leaves with towards the provider; -1: as the uplink says */
};

enum policy_over { POLICY_OVER_NOTICE, POLICY_OVER_THROTTLE };

struct policy_office {
	char *id, *name, *budget_code; /* budget_code NULL: not said */
	int64_t budget_rupiah; /* of a calendar year, for its share of the uplink; 0: not said */
	const struct policy_schedule *schedule;
	char (*devices)[IFNAMSIZ];
	size_t n_devices;
	struct prefix *prefixes;
	size_t n_prefixes;
	bool delegated; /* "delegated" among the prefixes: and whatever global IPv6 prefixes its devices have (it shares them with no other) */
	struct policy_service *services;
	size_t n_services;
	struct policy_share inside, outside;
	uint64_t quota_bytes; /* 0: none */
	unsigned quota_notice_percent;
	enum policy_over quota_over;
	struct policy_rate quota_throttle;
};

enum policy_login { POLICY_LOGIN_CLICK = 1, POLICY_LOGIN_VOUCHER = 2, POLICY_LOGIN_ACCOUNT = 4, POLICY_LOGIN_RADIUS = 8 };

struct policy_zone {
	char *id, *name;
	char device[IFNAMSIZ];
	struct prefix address4, address6; /* family 0: none */
	const struct policy_schedule *open;
	const struct policy_schedule *not_during; /* NULL: none */
	struct policy_share share;
	struct policy_rate client;
	uint64_t session_usec, idle_usec; /* idle 0: none */
	uint64_t daily_bytes;		  /* a person's, down plus up, in a local day; 0: none */
	uint64_t session_bytes;		  /* client.data: of one visit, down plus up; 0: none */
	unsigned client_devices;	  /* a voucher's or account's at one time where it says nothing itself; 0: no limit */
	unsigned logins;		  /* enum policy_login, or-ed */
	bool roam; /* a guest keeps the session in every other zone that has this, too */
	struct { struct addr first, last; uint64_t lease_usec; } dhcp; /* family 0: chosen by policy_dhcp_range() */
	char **garden; /* names, with their subdomains */
	size_t n_garden;
};

enum policy_split { POLICY_SPLIT_EQUAL, POLICY_SPLIT_GUARANTEED, POLICY_SPLIT_DELIVERED, POLICY_SPLIT_P95, POLICY_SPLITS };

/* What the provider owes: below so much availability, so much of the month's price. */
struct policy_refund { unsigned below_permille, percent; };
struct policy_contract {
	char *provider, *number; /* number: of the contract, "" without */
	int64_t monthly_rupiah;
	int32_t from_day, to_day;
	unsigned sla_permille;
	unsigned split_percent[POLICY_SPLITS]; /* add up to 100: contract.split is one name (100 percent of it) or ( { by; percent; }, ... ) */
	struct policy_refund *refunds; /* contract.refunds = ( { below = 99.5; percent = 5; }, ... ), highest `below` first, percents rising */
	size_t n_refunds;
	int64_t budget_rupiah; /* contract.budget: of a calendar year; 0: not said */
};

/* report = { letterhead; logo; baseline; verify; mail; formats; language; } */
enum policy_format { POLICY_FORMAT_HTML = 1, POLICY_FORMAT_PDF = 2, POLICY_FORMAT_XLSX = 4, POLICY_FORMAT_CSV = 8 };
struct policy_report {
	char **letterhead; /* lines, the first ones in capitals as they are written; n 0: the site's name */
	size_t n_letterhead;
	char *logo; /* path of a PNG beside the configuration; NULL: none */
	int64_t baseline_rupiah; /* a month of one office's own line, for comparison; 0: no comparison. Default 7000000 */
	char *verify; /* where the QR code leads (a URL); NULL: it holds month and chain hash themselves */
	bool mail; /* report.mail: the timer's report goes to mail.to; default true where mail is configured */
	unsigned formats; /* enum policy_format, or-ed: what the timer writes and mails; default pdf, xlsx */
	bool english; /* report.language: "id" unless said otherwise, whatever site.language is */
};

/* The folder portal.theme: theme.conf and what it names. All fields have defaults, so a page has a look without one. */
struct policy_link {
	char *url, *text[2]; /* by language: id, en */
};
struct policy_theme {
	char *name;		     /* beside the logo; default: the site's name */
	char accent[8], background[8]; /* "#rrggbb" */
	void *logo;		     /* PNG, JPEG or WebP bytes, at most POLICY_LOGO_MAX; NULL: none */
	size_t logo_size;
	const char *logo_type; /* "image/png", ... */
	char **terms[2];	     /* paragraphs by language; n_terms 0: the portal's own */
	size_t n_terms[2];
	struct policy_link *links;
	size_t n_links;
};
#define POLICY_LOGO_MAX 12288u

struct policy {
	char *site_name, *timezone, *language;
	const struct policy_schedule *site_schedule;
	char *state_directory, *run_directory;
	char uplink[IFNAMSIZ];
	struct policy_rate uplink_rate; /* down_bps = download */
	unsigned headroom_percent;
	bool nat, nat66;
	/* uplink.link, as a name or { overhead; mpu; }: see plan_class */
	uint8_t overhead_bytes, mpu_bytes;
	enum policy_queue { POLICY_QUEUE_AUTO, POLICY_QUEUE_CAKE, POLICY_QUEUE_FQ_CODEL, POLICY_QUEUE_FIFO } queue;
	uint64_t rtt_usec;  /* uplink.rtt, 100 ms: to what most are connected with */
	bool dscp_clear;    /* uplink.dscp = "clear"; "keep" is the default */
	bool ifb_always;    /* uplink.ifb = "always"; "auto" is the default */
	/* uplink.adjust = { minimum; latency; }: the rate follows what the provider gives, between minimum and the configured one.
	 * minimum 0: never adjusted */
	struct { struct policy_rate minimum; uint64_t latency_usec; } adjust;
	struct policy_rate own, unattributed;
	struct addr *probes;
	size_t n_probes;
	unsigned loss_percent; /* uplink.loss: an outage from this much of the probes lost for a minute; 100: only silence is one */
	/* uplink.test = { server; at; days; seconds; }: what the line gives, measured with its own traffic. server NULL: never. weekdays: bit 1 << tm_wday */
	struct { char *server; uint16_t minute; uint8_t weekdays; unsigned seconds; } test;
	struct addr *dns;
	size_t n_dns;
	struct policy_schedule *schedules;
	size_t n_schedules;
	struct policy_holiday *holidays; /* sorted by day, from the list and the files */
	size_t n_holidays;
	struct policy_office *offices;
	size_t n_offices;
	bool between_offices;
	struct policy_zone *zones;
	size_t n_zones;
	struct { char *hostname, *certificate, *key, *venue, *theme_directory; uint16_t port, tls_port; } portal;
	struct policy_theme theme;
	struct policy_contract contract; /* provider NULL: none is configured */
	struct { char *office, *name, *nip, *place; } signatory; /* office NULL: likewise */
	struct policy_report report;
	struct { char *server, *from, *user, *password_file; char **to; size_t n_to; } mail; /* server: "smtp://HOST:PORT", "smtps://..."; as configured it may be a bare HOST[:PORT] */
	struct { char *url, *key_file; } webhook; /* url NULL: none. key: requests carry HMAC-SHA256 of their body (X-Gerbang-Signature) */
	unsigned notify; /* enum policy_notify, or-ed: what is sent by mail and webhook */
	/* ledger = { rows = "396 d"; sessions = "90 d"; }; privacy = { hosts = false; keep = "30 d"; } */
	struct { uint64_t rows_usec, sessions_usec; } ledger;
	struct { bool hosts; uint64_t hosts_usec; } privacy;
};
enum policy_notify { POLICY_NOTIFY_QUOTA = 1, POLICY_NOTIFY_OUTAGE = 2, POLICY_NOTIFY_ENTITLEMENT = 4, POLICY_NOTIFY_LEDGER = 8, POLICY_NOTIFY_UPLINK = 16 };

void policy_free(struct policy *policy);
const struct policy_office *policy_office(const struct policy *policy, const char *id); /* or NULL */
const struct policy_zone *policy_zone(const struct policy *policy, const char *id);
const struct policy_schedule *policy_schedule(const struct policy *policy, const char *id);
const struct policy_holiday *policy_holiday(const struct policy *policy, int32_t day); /* or NULL */
/* What the uplink gives in each direction once the headroom is kept back; a multiple of 8 bit/s. */
struct policy_rate policy_budget(const struct policy *policy);
