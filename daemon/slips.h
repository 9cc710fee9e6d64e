/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Intervals on their way to the ledger, with the gaps and shortfalls that belong to them. What cannot be written stays here, a slip a
 * local day: its bytes are late then, and the time is a gap. An interval carries the marks of its own end: whenever power fails, marks
 * and sums in the file are of the same instant. Knows no clock.
 */
#include <sys/queue.h>
#include "../ledger/evidence.h"

#define SLIPS_GAPS 64u
#define SLIPS_SHORTFALLS 4096u

struct slip {
	TAILQ_ENTRY(slip) link;
	struct ledger_interval head; /* its parts are these */
	struct ledger_part *parts;
	struct ledger_mark *marks;
	size_t n_parts, n_marks;
};
TAILQ_HEAD(slip_list, slip);

struct slips {
	struct slip_list list; /* oldest first */
	int64_t held_from_wall_usec; /* 0: nothing is held back; else when the first interval began that could not be written */
	struct ledger_gap gaps[SLIPS_GAPS];
	unsigned n_gaps;
	struct ledger_shortfall *shortfalls;
	unsigned n_shortfalls;
};

void slips_init(struct slips *slips);
void slips_clear(struct slips *slips);

/* Steals parts and marks (malloc'd). `head` says when. -ENOMEM: they are lost. */
int slips_add(struct slips *slips, const struct ledger_interval *head, struct ledger_part *parts, size_t n_parts,
	      struct ledger_mark *marks, size_t n_marks);
/* One that touches the last of the same cause makes it longer; with no place left, the last one does. */
void slips_gap(struct slips *slips, const struct ledger_gap *gap);
void slips_shortfall(struct slips *slips, const struct ledger_shortfall *shortfall);

/* All of it, durably, as far as it goes. 0: nothing is left here. -errno: what is left is late. */
int slips_write(struct slips *slips, struct ledger *ledger);
/* It cannot even be tried. */
void slips_hold(struct slips *slips);

/* Down plus up of a subject in a month. */
uint64_t slips_month(const struct slips *slips, int32_t month, enum ledger_subject kind, const char *id);
