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
#define TC_INNER 1u /* the one class of a qdisc that holds another: a TBF */

/* ---- leaves (tc_leaf.c) ---- */

enum leaf_kind { LEAF_CAKE, LEAF_FQ_CODEL, LEAF_FIFO, LEAF_KINDS };

/* What leaves are made of here. Whoever shares a leaf with others gets CAKE, else the splitter (a TBF too fast
 * to delay) with fq_codel in it, else with a byte FIFO: HTB serves equal turns only where packets are no longer
 * than a turn (kernel-facts.md 8), and neither fq_codel nor a FIFO splits. Where a class is wide nothing is split.
 * A guest has the splitter, with a small fq_codel in it where there is one. */
struct leaves {
	enum leaf_kind shared, guest; /* guest: LEAF_FQ_CODEL or LEAF_FIFO */
	uint32_t mtu;		      /* of the uplink: the splitter lets nothing larger pass */
	bool nat;		      /* the uplink translates: CAKE has to look behind it to tell hosts apart */
};
const char *leaf_name(enum leaf_kind kind);	      /* "cake", "tbf+fq_codel", "tbf+bfifo" */
int leaf_parse(const char *text, enum leaf_kind *out); /* "cake", "fq_codel", "fifo"; or -EINVAL */
/* What of a class's limit_bytes and rtt_usec its leaf keeps, as the kernel gives it back. `tree` (sorted) tells
 * whether a guest has room for two qdiscs. */
void leaf_normalise(const struct leaves *leaves, const struct plan *tree, struct plan_class *class);
/* May `have` become `want` without a new queue? Both of one class, both with a leaf. */
bool leaf_changes_in_place(const struct leaves *leaves, const struct plan_class *have,
			   const struct plan_class *want);
/* Appends the leaf of a class: `fresh`, or changed in place. 0 or -ENOMEM. */
int leaf_put(struct netlink_batch *batch, const struct leaves *leaves, int ifindex,
	     const struct plan_class *class, bool fresh);
int leaf_delete(struct netlink_batch *batch, int ifindex, const struct plan_class *class);

/* The parameters of one qdisc, as far as leaves are made of its kind (tc_leaf_kinds.c). */
enum leaf_part { PART_FOREIGN, PART_CAKE, PART_FQ_CODEL, PART_SPLITTER, PART_FIFO, LEAF_PARTS };
#define LEAF_VALUES 9
struct leaf_values {
	uint8_t part;
	uint64_t values[LEAF_VALUES]; /* the first: limit or round-trip time */
};
void leaf_read(const char *kind, const struct nlattr *options, struct leaf_values *out);
void leaf_want(enum leaf_part part, const struct leaves *leaves, const struct plan_class *class,
	       struct leaf_values *out);
bool leaf_same(const struct leaf_values *have, const struct leaf_values *want);
/* Kind and options. What only a new qdisc takes is left out of a change. */
void leaf_write(struct nlmsghdr *message, const struct leaves *leaves, const struct leaf_values *values, bool fresh);
uint32_t leaf_codel_usec(uint32_t usec); /* the value that fq_codel gives back of it */

/* ---- qdiscs ---- */

struct tc_qdisc {
	int ifindex;
	uint32_t parent, handle;
	char kind[IFNAMSIZ];
	struct leaf_values leaf_values;
	uint8_t leaf; /* enum plan_leaf; NONE: not one that we would give this class */
	uint32_t limit_bytes, rtt_usec;
	uint32_t default_class, rate2quantum; /* of an HTB */
	uint64_t dropped_packets;
};
/* Sets the leaf of a row below a class of ours; `inner`: the qdisc inside it, or NULL. */
void leaf_judge(const struct leaves *leaves, struct tc_qdisc *row, const struct tc_qdisc *inner);
struct tc_qdiscs {
	struct tc_qdisc *rows; /* sorted by ifindex, parent */
	size_t n, size;
};
void tc_qdiscs_clear(struct tc_qdiscs *qdiscs);
/* The request of a dump of all devices' qdiscs, and one row of its answer: its place, its drops, and what makes a root ours.
 * false: it is none. For whoever reads in pieces and needs no leaves judged. */
struct nlmsghdr *tc_qdisc_dump(struct netlink_batch *batch);
bool tc_qdisc_brief(const struct nlmsghdr *message, struct tc_qdisc *out);
int tc_qdiscs_add(struct tc_qdiscs *qdiscs, const struct tc_qdisc *row); /* 0 or -ENOMEM; tc_qdiscs_sort() before it is looked up */
void tc_qdiscs_sort(struct tc_qdiscs *qdiscs);
/* All devices in one dump. 0 or -errno. */
int tc_read_qdiscs(struct netlink *netlink, const struct leaves *leaves, struct tc_qdiscs *out);
const struct tc_qdisc *tc_find_qdisc(const struct tc_qdiscs *qdiscs, int ifindex, uint32_t parent);
/* A tree of ours on a device that carries more than what is ours to queue sends the rest past itself: `direct`. */
bool tc_root_is_ours(const struct tc_qdiscs *qdiscs, int ifindex, enum plan_tree tree, bool direct);
int tc_root_put(struct netlink_batch *batch, int ifindex, enum plan_tree tree, bool direct);
int tc_root_delete(struct netlink_batch *batch, int ifindex);

/* ---- classes (tc_class.c): the root must be ours ---- */

struct tc_class_seen {
	struct plan_class class;
	uint32_t backlog_bytes;
	uint64_t delivered_bytes, delivered_packets, dropped_packets;
};
/* The request of a dump of a tree's classes, its leaves' own not among them; and one message of its answer, or of the news that a
 * class is gone: 1, 0: none of this tree, or -errno. */
struct nlmsghdr *tc_class_dump(struct netlink_batch *batch, int ifindex, enum plan_tree tree);
int tc_class_parse(const struct nlmsghdr *message, int ifindex, enum plan_tree tree, const struct tc_qdiscs *qdiscs,
		   struct tc_class_seen *out);
/* The same, of the class no more than its number and its parent. false: none of this tree. */
bool tc_class_figures(const struct nlmsghdr *message, int ifindex, enum plan_tree tree, struct tc_class_seen *out);
/* Calls `seen` for each class of the tree; `qdiscs` (may be NULL) tells the leaves. 0 or -errno. */
typedef int (*tc_class_fn)(const struct tc_class_seen *class, void *data);
int tc_read_classes(struct netlink *netlink, int ifindex, enum plan_tree tree, const struct tc_qdiscs *qdiscs,
		    tc_class_fn seen, void *data);
int tc_class_put(struct netlink_batch *batch, int ifindex, const struct plan_class *class);
/* The kernel will tell its last figures (netlink_on_echo()). */
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

/* ---- for these files ---- */

/* Attributes of `message` behind its tcmsg, by type; those beyond `max` are not ours to know. */
void tc_parse(const struct nlattr **table, uint16_t max, const struct nlmsghdr *message);
void tc_parse_nested(const struct nlattr **table, uint16_t max, const struct nlattr *nest);
/* Copies an attribute's payload where it is long enough: the kernel aligns to 4 bytes only. */
bool tc_get(const struct nlattr *attr, void *out, size_t size);

/* Starts a message at the batch's room; NULL: no memory. The caller ends with netlink_batch_add(). */
struct nlmsghdr *tc_message(struct netlink_batch *batch, uint16_t type, uint16_t flags, int ifindex,
			    uint32_t parent, uint32_t handle);
