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
 *   daemon/control                     gerbangd         gerbang
 *
 * Requests carry an id that the answer repeats; answers to different requests may come in any order.
 */
#include "addr.h"
#include "plan.h"
#include "wire.h"

#define MESSAGE_VERSION 1
#define MESSAGE_SOCKET_SHAPER "shaper/socket"
#define MESSAGE_SOCKET_PORTAL "daemon/portal"
#define MESSAGE_SOCKET_CONTROL "daemon/control"

enum message_type {
	/* daemon -> shaper */
	MESSAGE_APPLY = 1,	 /* memfd: a plan, the whole desired state. Answer: RESULT */
	MESSAGE_READ,		 /* Answer: STATE */
	MESSAGE_COUNT,		 /* Answer: COUNTERS */
	MESSAGE_SESSION_ADD,	 /* Answer: RESULT, after the kernel has it */
	MESSAGE_SESSION_CHANGE,	 /* new end or address of a known session. Answer: RESULT */
	MESSAGE_SESSION_REMOVE,	 /* and its conntrack entries. Answer: RESULT; removing nothing is 0 */
	/* shaper -> daemon */
	MESSAGE_RESULT,
	MESSAGE_STATE,	  /* memfd: the plan that the kernel holds, with its sessions; sent unasked, id 0, on connection */
	MESSAGE_COUNTERS, /* memfd: struct message_counter[] */
	MESSAGE_DRIFT,	  /* unasked: a device came or went, or something of ours is gone: send APPLY again */
	/* portal <-> daemon */
	MESSAGE_PORTAL_SETTINGS, /* daemon -> portal on connection and on change */
	MESSAGE_GUEST,		 /* portal -> daemon: what a guest asks for. Answer: GUEST_STATE */
	MESSAGE_GUEST_STATE,
	/* ctl <-> daemon */
	MESSAGE_CONTROL, /* memfd: a JSON object {"command": NAME, arguments...}. Answer: CONTROL_RESULT */
	MESSAGE_CONTROL_RESULT, /* memfd: a JSON document, or an error's text where status is not 0 */
	MESSAGE_TYPES
};

struct message_header {
	uint16_t type;
	uint16_t version;
	uint32_t length; /* of the whole message */
	uint64_t id;
};

struct message_plain { /* APPLY READ COUNT STATE COUNTERS DRIFT CONTROL */
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
	char leaf[16];	     /* "cake", "fq_codel", "tbf+bfifo" */
};

struct message_counter { /* monotonic as the kernel keeps them; layer-2 bytes after the queue */
	uint8_t tree;
	uint8_t zero[1];
	uint16_t minor; /* own, download: minor PLAN_OWN counts what the gateway itself received (an nft counter) */
	uint32_t backlog_bytes;
	uint64_t delivered_bytes, delivered_packets, dropped_packets;
};

struct message_portal_settings {
	struct message_header header;
	uint16_t port;
	char hostname[254];
	char site[128];
	char language[3];
};

enum guest_request { GUEST_ASK = 1, GUEST_LOGIN_CLICK, GUEST_LOGOUT };

struct message_guest {
	struct message_header header;
	struct addr address;	/* the guest's end of its HTTP connection */
	uint32_t scope_id;	/* for a link-local address: interface index */
	uint8_t request;	/* enum guest_request */
};

enum guest_state {
	GUEST_UNKNOWN = 1, /* not in any zone, or no neighbour entry: not a guest */
	GUEST_CAPTIVE,	   /* zone open, may log in */
	GUEST_ONLINE,
	GUEST_CLOSED,	   /* zone closed */
	GUEST_BUSY	   /* cannot be let in now: zone full, or the shaper is away */
};

struct message_guest_state {
	struct message_header header;
	uint8_t state;		  /* enum guest_state */
	char zone[33];		  /* id */
	char zone_name[128];
	int64_t seconds_remaining; /* ONLINE: until the session or the zone ends, whichever is first */
	int64_t opens_wall_usec;   /* CLOSED: next opening; 0 unknown */
	int64_t closes_wall_usec;  /* CAPTIVE, ONLINE: next closing; 0 none in sight */
	int64_t session_usec;	   /* length of a session here */
	uint64_t down_bps, up_bps; /* a guest's ceiling here */
	uint64_t down_bytes, up_bytes; /* ONLINE: of this session so far */
	char opens_text[64];	   /* "2026-11-24 16:00", site's local time; empty: unknown */
	char closes_text[64];
	int64_t now_wall_usec;	       /* the daemon's clock at the answer (a rehearsal's too): what "today" is */
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
	struct message_portal_settings portal_settings;
	struct message_guest guest;
	struct message_guest_state guest_state;
	struct message_control_result control_result;
};

const char *message_name(enum message_type type);
/* Fills the header's type, version and length; the caller has set id and fields. 0 or -errno as wire_send(). */
int message_send(int fd, enum message_type type, union message *message, int passed_fd);
/* 1: a message; 0: end of file; -EAGAIN: none yet; -EBADMSG: wrong type, length, version or text. A message of a type
 * that carries a memfd has one in *passed_fd (else -EBADMSG); others have -1. Other errors as wire_receive(). After any
 * error but -EAGAIN the caller drops the peer. */
int message_receive(int fd, union message *message, int *passed_fd);
