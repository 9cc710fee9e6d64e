/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the files of booking share: one room, in three files that each do one thing: booking.c reads, booking_write.c writes,
 * booking_status.c says. Nobody else looks in here.
 */
#include "booking.h"
#include "figures.h"
#include "slips.h"
#include "traffic.h"
#include "../lib/clock.h"
#include "../lib/units.h"

struct reading {
	struct instant now;
	int64_t usec; /* since the one before */
	bool late;
};

struct booking {
	struct daemon *daemon;
	struct tally *tally;
	struct traffic *traffic;
	struct slips slips;
	struct figures figures;
	char device[IFNAMSIZ]; /* the uplink's */
	char boot[LEDGER_BOOT];
	/* what was kept */
	bool resolved; /* the marks of before are known */
	bool kept_of_boot;
	int64_t kept_wall_usec;	 /* how far the ledger went when this process began; 0: nothing */
	int64_t first_wall_usec; /* the first reading */
	/* the interval */
	struct instant last; /* the last reading; mono 0: none yet */
	int64_t measured_usec, due_wall_usec;
	int64_t closed_mono_usec; /* the reading that ended the last one */
	/* the plan */
	struct plan next_plan; /* its classes alone */
	uint64_t next_number;
	int64_t passed_mono_usec; /* up to when guarantees have been counted */
	bool switching;		  /* a row has to become another's, after this answer of the meter */
	uint64_t switch_after;
	/* the ledger */
	char error[160];	   /* "": all is well */
	int64_t failed_wall_usec;  /* since when it was not */
	int64_t written_wall_usec; /* the end of the last interval in it */
	struct entitlement_alarm alarms[PLAN_SLOTS][PLAN_TREES];
};

/* The interval ends with the last reading, and goes to the ledger. Nothing where nothing was read. */
void booking_close(struct booking *booking);
/* Where summing goes on, if the ledger can say so. */
bool booking_resolve(struct booking *booking);
void booking_figures(struct booking *booking);
