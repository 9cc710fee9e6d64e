/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Counters of classes -> sums of subjects. Pure: rows of the kernel's counters in, flows of an interval and marks out. Knows no clock,
 * no ledger, no policy.
 *
 * A subject has a row: an office's or zone's slot, and the three behind PLAN_SLOTS. Its figures are those of its inner class (of the
 * class itself, where it has none); what its queues ask for is seen at its leaves. A *mark* is a counter as far as it is in
 * the sums. A counter that fell has begun a new epoch: it is summed whole. Final figures of a deleted class are summed to whom its
 * mark belongs, and the class's next one begins at 0.
 */
#include "entitlement.h"
#include "../ledger/metering.h"
#include "../lib/message.h"

enum { TALLY_OWN = PLAN_SLOTS, TALLY_UNATTRIBUTED, TALLY_UPLINK, TALLY_ROWS };
#define TALLY_NONE TALLY_ROWS

struct tally_count {
	uint64_t bytes, packets, dropped;
};

struct tally_way {
	struct tally_count mark;
	struct tally_count origin; /* where summing began, if marks were not known then */
	bool begun;		   /* seen since this process began */
	struct ledger_flow flow;   /* what has not been taken yet */
	uint64_t rate_bps;	   /* between the last two readings */
	uint64_t total;		   /* bytes since this process began, late ones too */
	/* the class as planned: its guarantee, and that times time, of the interval and of the reading so far */
	uint64_t guaranteed_bps, interval_bits, reading_bits;
	int64_t demand_usec; /* of the interval */
	struct entitlement minute;
	/* of the reading that is under way, by its leaves */
	struct tally_count delta;
	uint64_t backlog, able_bps, passed_bits; /* ceilings of leaves with demand; what the others passed */
	bool demand, pressed;
};

struct tally_row {
	enum ledger_subject kind; /* 0: free */
	char id[LEDGER_ID];
	bool configured; /* has a row in every interval, also of zeroes */
	bool anew;	 /* the next reading begins it: the counter is another's */
	bool judged;	 /* is entitled to its guarantee: an office; a zone while it is open */
	struct tally_way ways[PLAN_TREES];
};

struct tally_leaf {
	uint64_t bytes, dropped, ceiling_bps;
	uint32_t backlog;
};

struct tally {
	struct tally_row *rows;
	struct tally_leaf *leaves[PLAN_TREES]; /* by minor */
	uint16_t services[PLAN_SLOTS]; /* a service's slot: its office's, + 1 */
	uint16_t blocks[PLAN_GUEST_BLOCKS]; /* a block of guest classes: its zone's slot + 1 */
	uint64_t readings;
	bool planned;	 /* guarantees are known */
	bool begin_here; /* the first reading begins the marks: nothing was kept of earlier ones */
	bool fell;	 /* in the last reading a counter fell without final figures */
};

struct tally *tally_new(void);
struct tally *tally_free(struct tally *tally);

/* Who is summed in a row from now on. Its marks stay, its flows must have been taken. */
void tally_owner(struct tally *tally, unsigned row, enum ledger_subject kind, const char *id);
unsigned tally_row_of(uint16_t minor);	 /* whose bytes a class's are; TALLY_NONE */
uint16_t tally_class_of(unsigned row);

/* A reading: begin, each row, the uplink's device, end. `late`: of a gap. `usec`: since the last one. */
void tally_begin(struct tally *tally);
void tally_take(struct tally *tally, const struct message_counter *counter);
void tally_device(struct tally *tally, enum plan_tree tree, const struct tally_count *count);
struct tally_span {
	int64_t usec;
	bool late;
	unsigned overhead_bytes, mpu_bytes; /* what a packet costs beside its bytes */
};
void tally_end(struct tally *tally, const struct tally_span *span);

/* Guarantees have been in force for so long; and those of this plan are from now on. */
void tally_pass(struct tally *tally, int64_t usec);
void tally_plan(struct tally *tally, const struct plan *plan);
/* The interval is over: what was borrowed in it, and how long there was demand, is known. */
void tally_close(struct tally *tally);

/* Marks that were kept, before the first reading: summing goes on there. A row without one begins at 0. */
void tally_restore(struct tally *tally, const struct ledger_mark *marks, size_t n);
/* The same after the first readings, which begin_here: what passed between those marks and the beginning is summed, late. */
void tally_before(struct tally *tally, const struct ledger_mark *marks, size_t n);
/* -ENOMEM, or how many: marks as far as the sums have them, malloc'd. */
ssize_t tally_marks(const struct tally *tally, struct ledger_mark **out);
/* The same of flows, by kind and id; they begin anew. Zeroes for whoever is configured and moved nothing. */
ssize_t tally_parts(struct tally *tally, struct ledger_part **out);
void tally_hold(struct tally *tally); /* flows stay, and are late */
