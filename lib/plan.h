/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the kernel should hold, and what it holds: one type for both, so that reload, schedule, override and
 * repair are all "diff, then emit". Plain arrays of fixed-size rows, each sorted by its key; a zero byte in
 * every padding; nothing here knows about offices by name, netlink, or files.
 *
 * Two HTB trees (kernel-facts.md 1, 4, 7, 23):
 *   PLAN_UP    on the uplink device, handle 1:   what offices and guests send
 *   PLAN_DOWN  handle 2:                         what they receive; priority 2:0 passes it unqueued. On the
 *              IFB PLAN_IFB, or, where all LAN traffic leaves by one device (VLANs of one trunk count as that
 *              trunk), on that device itself: the shaper sees which (plan.download)
 * A class is (tree, minor). A classification is a minor, the same in both trees.
 */
#include <net/if.h>
#include <stdint.h>
#include <stdbool.h>
#include <stdio.h>
#include "addr.h"

#define PLAN_IFB "gerbang-ifb"
#define PLAN_IFB_QUEUE 10000

enum plan_tree { PLAN_UP, PLAN_DOWN, PLAN_TREES };

/* Class minors. An office or zone with slot s has the inner class PLAN_INNER(s) and the leaf PLAN_REST(s). */
enum {
	PLAN_ROOT = 1,
	PLAN_OWN = 2, /* the default class: the gateway itself */
	PLAN_UNATTRIBUTED = 3,
	PLAN_SLOTS = 4096,
	PLAN_FIRST_INNER = 0x1000,
	PLAN_FIRST_SERVICE = 0x3000, /* a service inside an office: a leaf beside its `rest` */
	PLAN_FIRST_GUEST = 0x4000,
	PLAN_GUEST_BLOCK = 64,				       /* guest classes come and go in blocks */
	PLAN_GUEST_BLOCKS = (0x10000 - 0x4000) / 64, /* 768 */
};
#define PLAN_INNER(slot) ((uint16_t)(PLAN_FIRST_INNER + 2 * (slot)))
#define PLAN_REST(slot) ((uint16_t)(PLAN_FIRST_INNER + 2 * (slot) + 1))
#define PLAN_SERVICE(slot) ((uint16_t)(PLAN_FIRST_SERVICE + (slot)))
#define PLAN_SLOT_OF(minor) (((minor) - PLAN_FIRST_INNER) / 2)
#define PLAN_GUEST(block, index) ((uint16_t)(PLAN_FIRST_GUEST + PLAN_GUEST_BLOCK * (block) + (index)))

enum plan_leaf {
	PLAN_LEAF_NONE,	 /* an inner class */
	PLAN_LEAF_SHARED, /* an office's or zone's `rest`, own, unattributed: the best queue that the kernel has */
	PLAN_LEAF_WIDE,	 /* as SHARED, for a class so fast that packets of segmentation offload may stay whole */
	PLAN_LEAF_GUEST	 /* one guest: a small queue (kernel-facts.md 25) */
};

/* Key: tree, minor. Times are what HTB keeps (a burst is a time at a rate), in multiples of 8 us so that they
 * survive the kernel's 64 ns ticks unchanged. */
struct plan_class {
	uint64_t rate_bps; /* guaranteed */
	uint64_t ceiling_bps;
	uint32_t burst_usec, cburst_usec;
	uint32_t quantum_bytes;
	uint32_t limit_bytes; /* of the leaf where the leaf is a FIFO; the shaper clears it for other leaves */
	uint32_t rtt_usec; /* of the leaf where it has one (CAKE's rtt, fq_codel's interval); the shaper clears it for others */
	uint16_t minor, parent; /* parent 0: the qdisc itself */
	uint8_t tree, leaf, prio;
	uint8_t mpu_bytes;	/* a shorter frame costs as much as one of this length */
	uint8_t overhead_bytes; /* what a frame costs on the provider's line beside its 14 bytes of Ethernet header. The shaper adds
				 * those 14 where the tree's device counts none (PPP). Rates only: counters never contain it */
	uint8_t zero[3];
};

enum plan_role { PLAN_UPLINK = 1, PLAN_OFFICE = 2, PLAN_ZONE = 3 };

/* Key: name. A zone device has exactly one zone; several offices may share a device. */
struct plan_device {
	char name[IFNAMSIZ];
	uint8_t role;
	uint8_t zero[1];
	uint16_t minor; /* zone: its `rest` class; else 0 */
};

/* An office's addresses behind a device. Key: device, prefix. */
struct plan_prefix {
	char device[IFNAMSIZ];
	struct prefix prefix; /* a network, no host bits */
	uint16_t minor;	      /* the office's `rest` class in both trees */
};

/* What belongs to a service of an office, seen from its far end. Three forms:
 *   by DSCP      dscp 0..63, all else zero
 *   by port      protocol, first_port..last_port (of either end), no prefix
 *   by far end   prefix; protocol 0: any (then ports 0..65535), else the far end's port
 * Looked up in the order far end, port, DSCP; within one form and office rows do not overlap. Key: all but minor. */
struct plan_match {
	uint16_t office; /* the office's `rest` class */
	uint16_t minor;	 /* the service's class */
	uint16_t first_port, last_port;
	uint8_t dscp; /* PLAN_DSCP_NONE: not by DSCP */
	uint8_t protocol; /* IPPROTO_TCP, IPPROTO_UDP; 0: any */
	struct prefix prefix; /* family 0: none. A network, no host bits */
};
#define PLAN_DSCP_NONE 255

/* What a class of the upload tree leaves with: packets of others keep theirs, or lose it (plan.dscp_clear). Key: minor. */
struct plan_mark {
	uint16_t minor;
	uint8_t dscp;
	uint8_t zero[1];
};

/* An address that Gerbang assigns to a device, with the zone's prefix length. Key: device, prefix. */
struct plan_address {
	char device[IFNAMSIZ];
	struct prefix prefix;
};

/* The zones that are open now. A closed zone has no row: nothing of its guests is forwarded, whatever sessions exist.
 * The kernel itself closes it when the time comes. Key: device. */
struct plan_gate {
	int64_t closes_mono_usec; /* 0: no end in sight */
	char device[IFNAMSIZ];
};

/* One guest who is in. Key: device, mac. IPv6 sources are checked against the device's PLAN address. */
struct plan_session {
	uint64_t id;
	int64_t ends_mono_usec;	   /* by its own time, whatever the gate does */
	int64_t started_mono_usec; /* kept in the kernel for the daemon's return, as is the rest down to login */
	uint64_t down_base_bytes, up_base_bytes; /* of the class's counters at login: the class is reused */
	char device[IFNAMSIZ];
	struct mac mac;
	uint16_t minor;	      /* its guest class, both trees */
	struct addr address4; /* family 0: not known yet */
	uint8_t login;	      /* enum policy_login */
	uint8_t zero[6];
};

/* One nft chain of ours, filled by the shaper alone (in both plans), never sent by the daemon. Key: family, name. */
struct plan_chain {
	uint8_t family; /* NFPROTO_INET, NFPROTO_NETDEV */
	char name[IFNAMSIZ + 16];
	char device[IFNAMSIZ]; /* netdev chains */
	uint8_t zero[7];
	uint64_t digest; /* of its hook and its rules as libnftnl prints them */
};

struct plan {
	bool nat, nat66, between_offices;
	bool dscp_clear; /* towards the provider: DSCP 0 but for what has a plan_mark */
	bool ifb_always; /* never the one device of all LANs */
	uint16_t portal_port;
	uint16_t tls_port; /* where the zones' own port 443 is sent; 0: no certificate, it is reset */
	char uplink[IFNAMSIZ];
	char download[IFNAMSIZ]; /* where PLAN_DOWN is: filled by the shaper alone (in both plans), never sent by the daemon */
	struct plan_class *classes;
	size_t n_classes;
	struct plan_device *devices;
	size_t n_devices;
	struct plan_prefix *prefixes;
	size_t n_prefixes;
	struct plan_match *matches;
	size_t n_matches;
	struct plan_mark *marks;
	size_t n_marks;
	struct plan_address *addresses;
	size_t n_addresses;
	struct plan_gate *gates;
	size_t n_gates;
	struct plan_session *sessions;
	size_t n_sessions;
	struct plan_chain *chains;
	size_t n_chains;
};

void plan_clear(struct plan *plan); /* frees the rows and zeroes the rest */

/* Each appends a copy; 0 or -ENOMEM. Order does not matter until plan_sort(). */
int plan_add_class(struct plan *plan, const struct plan_class *row);
int plan_add_device(struct plan *plan, const struct plan_device *row);
int plan_add_prefix(struct plan *plan, const struct plan_prefix *row);
int plan_add_match(struct plan *plan, const struct plan_match *row);
int plan_add_mark(struct plan *plan, const struct plan_mark *row);
int plan_add_address(struct plan *plan, const struct plan_address *row);
int plan_add_gate(struct plan *plan, const struct plan_gate *row);
int plan_add_session(struct plan *plan, const struct plan_session *row);
int plan_add_chain(struct plan *plan, const struct plan_chain *row);
int plan_copy(struct plan *to, const struct plan *from);
void plan_sort(struct plan *plan);
/* The row with this key in a sorted plan, or NULL. */
const struct plan_class *plan_find_class(const struct plan *plan, enum plan_tree tree, uint16_t minor);
const struct plan_device *plan_find_device(const struct plan *plan, const char *name);
const struct plan_session *plan_find_session(const struct plan *plan, const char *device, const struct mac *mac);
/* What plan_decode() asks of a session: for one that comes in a message of its own. */
bool plan_session_valid(const struct plan_session *session);

enum plan_kind {
	PLAN_CLASSES,
	PLAN_DEVICES,
	PLAN_PREFIXES,
	PLAN_MATCHES,
	PLAN_MARKS,
	PLAN_ADDRESSES,
	PLAN_GATES,
	PLAN_SESSIONS,
	PLAN_CHAINS,
	PLAN_KINDS
};
enum plan_op { PLAN_ADD, PLAN_CHANGE, PLAN_REMOVE };

struct plan_change {
	uint8_t kind, op;
	uint32_t have, want; /* indexes of the rows; `have` means nothing for ADD, `want` nothing for REMOVE */
};
struct plan_changes {
	struct plan_change *rows; /* in the order of kinds, then keys */
	size_t n;
};
void plan_changes_clear(struct plan_changes *changes);
/* Both sorted. Times that differ by at most PLAN_TIME_SLACK_USEC are the same. Options (nat, uplink, ...) are not rows:
 * they show as changed chains. 0 or -ENOMEM. */
#define PLAN_TIME_SLACK_USEC 2000000
int plan_diff(const struct plan *have, const struct plan *want, struct plan_changes *out);

/* One line a row, stable, for golden tests and logs. Times are printed relative to `mono_usec`. */
void plan_print(FILE *out, const struct plan *plan, int64_t mono_usec);
void plan_changes_print(FILE *out, const struct plan *have, const struct plan *want, const struct plan_changes *changes);

/* Flat bytes for a memfd and back (malloc'd). Encoding asks for a sorted plan without duplicates (else -EINVAL; or -EFBIG,
 * -ENOMEM). Decoding trusts nothing: -EBADMSG for anything that plan_encode() could not have made: counts, lengths,
 * unterminated names, enums, key order, duplicate keys. */
int plan_encode(const struct plan *plan, void **bytes, size_t *length);
int plan_decode(const void *bytes, size_t length, struct plan *out);
#define PLAN_BYTES_MAX (64u << 20)
