/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Every message between programs. A message is its struct: its length is exact, its fields are host order (one
 * machine), texts are NUL-terminated in fixed arrays. message_receive() has checked type, length, version and
 * that every text ends; values are the receiver's to judge. Bulk payloads come as a memfd (wire.h).
 *
 *   socket (below the run directory)   listens          connects
 *   shaper/socket                      gerbang-shaper   gerbangd
 *   daemon/portal                      gerbangd         gerbang-portal
 *   daemon/watch                       gerbangd         gerbang-watch
 *   daemon/control                     gerbangd         gerbang
 *   daemon/courier                     gerbangd         gerbang-courier
 *
 * Requests carry an id that the answer repeats; answers to different requests may come in any order.
 */
#include "addr.h"
#include "plan.h"
#include "wire.h"

#define MESSAGE_VERSION 5
#define MESSAGE_SOCKET_SHAPER "shaper/socket"
#define MESSAGE_SOCKET_PORTAL "daemon/portal"
#define MESSAGE_SOCKET_WATCH "daemon/watch"
#define MESSAGE_SOCKET_CONTROL "daemon/control"
#define MESSAGE_SOCKET_COURIER "daemon/courier"

enum message_type {
	/* daemon -> shaper */
	MESSAGE_APPLY = 1,	 /* memfd: a plan, the whole desired state. Answer: RESULT */
	MESSAGE_READ,		 /* Answer: STATE */
	MESSAGE_COUNT,		 /* Answer: COUNTERS */
	MESSAGE_SESSION_ADD,	 /* Answer: RESULT, after the kernel has it */
	MESSAGE_SESSION_CHANGE,	 /* new end or address of a known session. Answer: RESULT */
	MESSAGE_SESSION_REMOVE,	 /* and its conntrack entries. Answer: RESULT; removing nothing is 0 */
	MESSAGE_GARDEN,		 /* an address of the garden, for a time. Answer: RESULT */
	MESSAGE_TRY,		 /* memfd: a plan; nothing is changed. Answer: TRIED, or RESULT with the refusal */
	MESSAGE_SETTLED,	 /* what was applied last is good (and confirmed): the configuration that allowed it may allow it again
				  * after the edited one is broken. Answer: RESULT */
	/* shaper -> daemon */
	MESSAGE_RESULT,
	MESSAGE_STATE,	  /* memfd: the plan that the kernel holds, with its sessions; sent unasked, id 0, on connection */
	MESSAGE_COUNTERS, /* memfd: struct message_counter[] */
	MESSAGE_TRIED,	  /* memfd: text, one line each operation of the kernel that APPLY of this plan would make now; may be empty */
	MESSAGE_ALARM,	  /* unasked: what no apply can mend and people must hear of; text "": it is over */
	MESSAGE_DRIFT,	  /* unasked: a device came or went, or something of ours is gone: send APPLY again */
	/* portal <-> daemon */
	MESSAGE_PORTAL_SETTINGS, /* daemon -> portal on connection and on change. memfd: JSON, see below */
	MESSAGE_GUEST,		 /* portal -> daemon: what a guest asks for. Answer: GUEST_STATE */
	MESSAGE_GUEST_STATE,
	/* watch <-> daemon */
	MESSAGE_WATCH_SETTINGS, /* daemon -> watch on connection and on change. memfd: JSON, see below */
	MESSAGE_WATCH_EVENT,	/* watch -> daemon: what was seen. No answer */
	MESSAGE_WATCH_LATENCY,	/* watch -> daemon, every 10 s, unasked: memfd JSON, see below. No answer */
	MESSAGE_WATCH_TALK,	/* daemon -> watch: who talks? memfd JSON {"office": id or ""}. Answer: WATCH_TALKERS */
	MESSAGE_WATCH_TALKERS,	/* watch -> daemon: memfd JSON, see below */
	/* ctl <-> daemon */
	MESSAGE_CONTROL, /* memfd: a JSON object {"command": NAME, arguments...}. Answer: CONTROL_RESULT */
	MESSAGE_CONTROL_RESULT, /* memfd: a JSON document, or an error's text where status is not 0 */
	/* daemon <-> courier */
	MESSAGE_COURIER,      /* daemon -> courier: an errand. memfd JSON, see below. Answer: COURIER_DONE, when it is done or has failed */
	MESSAGE_COURIER_DONE, /* courier -> daemon: memfd JSON, see below */
	MESSAGE_TYPES
};

struct message_header {
	uint16_t type;
	uint16_t version;
	uint32_t length; /* of the whole message */
	uint64_t id;
};

struct message_plain { /* APPLY READ COUNT STATE COUNTERS TRY SETTLED TRIED DRIFT PORTAL_SETTINGS WATCH_SETTINGS WATCH_LATENCY
				 * WATCH_TALK WATCH_TALKERS CONTROL COURIER COURIER_DONE */
	struct message_header header;
};

struct message_session { /* SESSION_ADD SESSION_CHANGE SESSION_REMOVE */
	struct message_header header;
	struct plan_session session;
};

struct message_result {
	struct message_header header;
	int32_t error;	     /* 0 or -errno */
	uint32_t operations; /* netlink messages that changed the kernel: 0 for an unchanged plan */
	char text[240];	     /* what failed, for the log and the admin */
	char leaf[16];	     /* "cake", "tbf+fq_codel", "tbf+bfifo" */
	char leaf_reason[96]; /* why this one: "the kernel has it", "no cake in this kernel", "uplink.queue says so" */
	char download[IFNAMSIZ]; /* the device that carries the download tree: "gerbang-ifb", or the one of all LANs */
};

struct message_counter { /* monotonic as the kernel keeps them; layer-2 bytes after the queue */
	uint8_t tree;
	uint8_t final;	/* 1: the class was deleted since the last COUNTERS, and these are its last figures; such rows come first,
			 * a class that was deleted twice has two. Each is told once */
	uint16_t minor; /* own, download: minor PLAN_OWN counts what the gateway itself received (an nft counter) */
	uint32_t backlog_bytes; /* of an inner class: of all leaves below it, now */
	uint64_t delivered_bytes, delivered_packets;
	uint64_t dropped_packets; /* of an inner class: of all leaves below it, those that are gone included. Begins anew with a leaf's
				   * queue, and, where leaves went, with the shaper: for drops a fall is no epoch to be added */
};
struct message_alarm {
	struct message_header header;
	char text[160];
};
#define MESSAGE_COUNTERS_MAX (2u * 65536u) /* rows. Where finals fill it a COUNTERS may have nothing else */

struct message_garden {
	struct message_header header;
	char device[IFNAMSIZ]; /* the zone's */
	struct addr address;
	uint32_t lifetime_seconds; /* from now; a second message of the same address begins it anew */
};

/*
 * PORTAL_SETTINGS: {"port", "tls_port" (0: no certificate configured), "hostname", "site", "language", "certificate", "key"
 * (paths that the portal itself can read; "" without), "venue" (URL or ""), "zones": [{"id", "device", "network4", "network6",
 * "address4", "address6"}], "theme": {"name", "accent" ("#rrggbb"), "background", "logo" (base64 or ""), "logo_type",
 * "terms": {"id": [paragraphs], "en": [...]}, "links": [{"url", "id", "en"}]}}: daemon/settings.c writes it, from the policy alone.
 *
 * WATCH_SETTINGS: {"uplink", "probes": [addresses], "api": "https://HOST/api" or "" without a certificate, "hostname",
 * "probe_usec": between two rounds of probes (5000000, or less where the uplink's rate is adjusted),
 * "zones": [{"id", "device", "address4" ("10.200.0.1/20" or ""), "address6" ("2001:db8:200::1/64" or ""), "garden": [names]}],
 * "offices": [{"id", "devices": [names], "prefixes": ["10.10.2.0/24", ...]}]}
 *
 * WATCH_LATENCY: {"uplink": {"samples", "p50_usec", "p95_usec"}, "offices": [{"id", "uplink": {samples, p50_usec, p95_usec},
 * "office": {...}}]}: round-trip times of TCP in the last 10 s. The first is seen at the uplink device: the provider and what lies behind
 * it. An office's "uplink" is seen at its LAN devices: the same plus our queues; its "office" is between us and its hosts. No row without samples.
 *
 * WATCH_TALKERS: {"seconds", "fraction" (of packets that were looked at), "rows": [{"office" or "zone": id, "address", "down_bps", "up_bps",
 * "packets"}]}: estimates from a bounded sample, largest first, at most 200 rows.
 */

/*
 * COURIER: {"kind": "mail", "server" (URL), "user", "password_file" ("" without), "from", "to": [], "subject", "text", "message_id",
 * "attachments": [{"name", "type", "base64"}] (may be absent; the whole stays below MESSAGE_JSON_MAX)}
 * | {"kind": "webhook", "url", "key_file" ("" without), "body": {...}} | {"kind": "test", "server": "iperf3://HOST:PORT" or "http(s)://...", "seconds"}.
 * COURIER_DONE: {"error": "" or why, "retry": whether another try may help, "down_bps", "up_bps" (a test's)}.
 */

enum guest_request {
	GUEST_ASK = 1,
	GUEST_LOGIN_CLICK,
	GUEST_LOGOUT,
	GUEST_LOGIN_VOUCHER, /* secret: the code, as typed */
	GUEST_LOGIN_ACCOUNT, /* name, secret */
	GUEST_RESUME	     /* secret: a resume code, as typed */
};

#define GUEST_NAME 65
#define GUEST_SECRET 129
#define GUEST_CODE 16 /* "ABCDE-FGHJK" */

struct message_guest {
	struct message_header header;
	struct addr address; /* the guest's end of its HTTP connection */
	uint32_t scope_id;   /* for a link-local address: interface index */
	uint8_t request;     /* enum guest_request */
	uint8_t zero[3];
	char name[GUEST_NAME]; /* ACCOUNT */
	char secret[GUEST_SECRET];
	char cookie[GUEST_CODE]; /* the resume code that the browser kept, or "": says who it was before its MAC changed */
};

enum guest_state {
	GUEST_UNKNOWN = 1, /* not in any zone, or no neighbour entry: not a guest */
	GUEST_CAPTIVE,	   /* zone open, may log in */
	GUEST_ONLINE,
	GUEST_CLOSED,	   /* zone closed */
	GUEST_BUSY,	   /* cannot be let in now: zone full, or the shaper is away */
	GUEST_USED_UP,	   /* this person's data is used up: retry_seconds until there is more and the zone is open */
	GUEST_UNSURE	   /* in or out: the kernel's word is not known just now. Nobody may be told either */
};

/* Why the last request did not do what was asked: beside the state, never instead of it. */
enum guest_refusal {
	GUEST_REFUSED_NOT = 0,
	GUEST_REFUSED_CODE,	/* no such voucher, or resume code */
	GUEST_REFUSED_EXPIRED,	/* the voucher's date has passed, or it was revoked */
	GUEST_REFUSED_SPENT,	/* the voucher's time or volume is used up */
	GUEST_REFUSED_DEVICES,	/* as many devices as it allows are in */
	GUEST_REFUSED_PASSWORD, /* name or password is wrong: never says which */
	GUEST_REFUSED_PATIENCE, /* too many attempts: retry_seconds */
	GUEST_REFUSED_WAY	/* this zone has no such way in */
};

struct message_guest_state {
	struct message_header header;
	uint8_t state;		  /* enum guest_state */
	uint8_t refusal;	  /* enum guest_refusal */
	uint8_t logins;		  /* enum policy_login, or-ed: the ways in of this zone */
	uint8_t login;		  /* ONLINE: the way that was taken */
	uint8_t outage;		  /* 1: the uplink is down */
	uint8_t extensible;	  /* 1: after the end of this session another may be had (RFC 8908 can-extend-session) */
	char zone[33];		  /* id */
	char zone_name[128];
	int64_t seconds_remaining; /* ONLINE: until the session or the zone ends, whichever is first */
	int64_t bytes_remaining;   /* ONLINE: down plus up, of whichever limit is next; -1: no limit */
	int64_t retry_seconds;	   /* USED_UP, REFUSED_PATIENCE: try again after; else 0 */
	int64_t opens_wall_usec;   /* CLOSED: next opening; 0 unknown. USED_UP: when there is more, in whole minutes */
	int64_t closes_wall_usec;  /* CAPTIVE, ONLINE: next closing; 0 none in sight */
	int64_t outage_wall_usec;  /* since when */
	int64_t session_usec;	   /* length of a session here */
	uint64_t down_bps, up_bps; /* a guest's ceiling here */
	uint64_t down_bytes, up_bytes; /* ONLINE: of this session so far */
	char opens_text[64];	   /* "2026-11-24 16:00", site's local time; empty: unknown */
	char closes_text[64];
	char outage_text[64];
	char code[GUEST_CODE];	       /* ONLINE: this visit's resume code, also the cookie; "": none */
	int64_t now_wall_usec;	       /* the daemon's clock at the answer (a rehearsal's too): what "today" is */
};

enum watch_event {
	WATCH_NEIGHBOUR = 1, /* this MAC uses this address on this device: ARP or ND, lifetime_seconds 0; or a DHCP acknowledgement of ours: its lease */
	WATCH_CONFLICT,	     /* other_mac claims what is of mac: its address, or (family 0) the MAC itself; name says what, after "a device" */
	WATCH_GARDEN,	     /* a guest was told that name has this address for lifetime_seconds */
	WATCH_UPLINK,	     /* lifetime_seconds 1: probes are answered; 0: none is */
	WATCH_PROBE	     /* one round of probes is over: rtt_usec is the shortest of the answers that came in it, 0: none came */
};

#define MESSAGE_TARGETS 16 /* probes of a round: bit i is of the i-th of "probes" in WATCH_SETTINGS */

struct message_watch_event {
	struct message_header header;
	uint8_t event; /* enum watch_event */
	uint8_t zero[1];
	char device[IFNAMSIZ];
	struct mac mac, other_mac;
	struct addr address;
	uint32_t lifetime_seconds;
	uint32_t rtt_usec; /* PROBE */
	uint16_t sent, answered; /* PROBE: which targets were asked in the latest round whose time for answers is over, and which of them
				  * answered in that time (watch/probe.h). sent 0: no further round is that old yet. Each round is told once */
	char name[256]; /* GARDEN: the name that the guest asked for, lower case; CONFLICT: what was seen, for the log */
};

/* ctl: exit status of `gerbang` */
enum control_status { CONTROL_DONE = 0, CONTROL_REFUSED = 1, CONTROL_USAGE = 2, CONTROL_UNREACHABLE = 3, CONTROL_CHANGES = 4 };

struct message_control_result {
	struct message_header header;
	int32_t status; /* enum control_status */
};

#define MESSAGE_JSON_MAX (16u << 20)

union message {
	struct message_header header;
	struct message_plain plain;
	struct message_session session;
	struct message_result result;
	struct message_garden garden;
	struct message_alarm alarm;
	struct message_guest guest;
	struct message_guest_state guest_state;
	struct message_watch_event watch_event;
	struct message_control_result control_result;
};

const char *message_name(enum message_type type);
/* Fills the header's type, version and length; the caller has set id and fields. 0 or -errno as wire_send(). */
int message_send(int fd, enum message_type type, union message *message, int passed_fd);
/* 1: a message; 0: end of file; -EAGAIN: none yet; -EBADMSG: wrong type, length, version or text. A message of a type
 * that carries a memfd has one in *passed_fd (else -EBADMSG); others have -1. Other errors as wire_receive(). After any
 * error but -EAGAIN the caller drops the peer. */
int message_receive(int fd, union message *message, int *passed_fd);
