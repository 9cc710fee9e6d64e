/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Queue disciplines, classes and filters as rtnetlink messages: the two HTB trees of plan.h, their leaves,
 * and on every LAN device a clsact whose egress filters hand IPv4 and IPv6 (never ARP) to the IFB. Writers
 * append to a batch; readers fill plain rows. Nothing here decides what should be there.
 */
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include "netlink.h"
#include "../lib/plan.h"

#define TC_ROOT(tree) ((uint32_t)((tree) + 1) << 16)
#define TC_CLASS(tree, minor) (TC_ROOT(tree) | (minor))
#define TC_DEFAULT PLAN_OWN

/* ---- leaves (tc_leaf.c) ---- */

enum leaf_kind { LEAF_CAKE, LEAF_FQ_CODEL, LEAF_FIFO, LEAF_KINDS };

/* What this kernel gives an office's or zone's `rest`. One that is wide has a byte FIFO where others have the splitter;
 * CAKE and fq_codel serve both. A guest always has the splitter over a byte FIFO: HTB
 * serves equal turns only where packets are no longer than a turn (kernel-facts.md 8), and neither fq_codel
 * nor a FIFO splits. */
struct leaves {
	enum leaf_kind shared;
	uint32_t mtu; /* of the uplink: a TBF splitter lets nothing larger pass */
};
const char *leaf_name(enum leaf_kind kind);		      /* "cake", "fq_codel", "tbf+bfifo" */
int leaf_parse(const char *text, enum leaf_kind *out);	      /* "cake", "fq_codel", "fifo"; or -EINVAL */
bool leaf_is_fifo(const struct leaves *leaves, uint8_t leaf); /* whether limit_bytes means something */
/* Appends the leaf of a class, new or changed. 0 or -ENOMEM. */
int leaf_put(struct netlink_batch *batch, const struct leaves *leaves, int ifindex,
	     const struct plan_class *class);
int leaf_delete(struct netlink_batch *batch, int ifindex, const struct plan_class *class);
/* The plan_leaf of a class whose qdisc this is; PLAN_LEAF_NONE: not the one that we would give it. *limit is
 * 0 unless a FIFO. */
enum plan_leaf leaf_judge(const struct leaves *leaves, uint16_t minor, const char *kind,
			  const struct nlattr *options, uint32_t *limit);

/* ---- qdiscs ---- */

struct tc_qdisc {
	int ifindex;
	uint32_t parent, handle;
	char kind[IFNAMSIZ];
	uint8_t leaf; /* enum plan_leaf */
	uint32_t limit_bytes;
	uint32_t default_class; /* of an HTB */
	uint64_t dropped_packets;
};
struct tc_qdiscs {
	struct tc_qdisc *rows; /* sorted by ifindex, parent */
	size_t n, size;
};
void tc_qdiscs_clear(struct tc_qdiscs *qdiscs);
/* All devices in one dump. 0 or -errno. */
int tc_read_qdiscs(struct netlink *netlink, const struct leaves *leaves, struct tc_qdiscs *out);
const struct tc_qdisc *tc_find_qdisc(const struct tc_qdiscs *qdiscs, int ifindex, uint32_t parent);
bool tc_root_is_ours(const struct tc_qdiscs *qdiscs, int ifindex, enum plan_tree tree);
int tc_root_put(struct netlink_batch *batch, int ifindex, enum plan_tree tree);
int tc_root_delete(struct netlink_batch *batch, int ifindex);

/* ---- classes: the root must be ours ---- */

struct tc_class_seen {
	struct plan_class class;
	uint32_t backlog_bytes;
	uint64_t delivered_bytes, delivered_packets, dropped_packets;
};
/* Calls `seen` for each class of the tree; `qdiscs` (may be NULL) tells the leaves. 0 or -errno. */
typedef int (*tc_class_fn)(const struct tc_class_seen *class, void *data);
int tc_read_classes(struct netlink *netlink, int ifindex, enum plan_tree tree, const struct tc_qdiscs *qdiscs,
		    tc_class_fn seen, void *data);
int tc_class_put(struct netlink_batch *batch, int ifindex, const struct plan_class *class);
int tc_class_delete(struct netlink_batch *batch, int ifindex, const struct plan_class *class);

/* ---- redirection of LAN devices to the IFB (tc_filter.c) ---- */

struct tc_redirect {
	bool clsact;   /* the device has one, ours or not */
	bool ours[2];  /* our IPv4 and IPv6 filters, complete and aimed at the IFB */
	bool stale[2]; /* something else sits at their priority */
	bool foreign;  /* filters that are not ours */
};
/* `whole`: look for foreign filters at the ingress as well, before a removal. */
int tc_read_redirect(struct netlink *netlink, const struct tc_qdiscs *qdiscs, int ifindex, int ifb,
		     bool whole, struct tc_redirect *out);
/* Appends what is missing; an intact device appends nothing. */
int tc_redirect_put(struct netlink_batch *batch, int ifindex, int ifb, const struct tc_redirect *have);
/* Appends the removal of ours, and of the clsact where nothing else uses it; `have` read whole. */
int tc_redirect_delete(struct netlink_batch *batch, int ifindex, const struct tc_redirect *have);

/* ---- for the three files ---- */

/* Starts a message at the batch's room; NULL: no memory. The caller ends with netlink_batch_add(). */
struct nlmsghdr *tc_message(struct netlink_batch *batch, uint16_t type, uint16_t flags, int ifindex,
			    uint32_t parent, uint32_t handle);
