/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the parts of a verification share. Each part goes on after a finding, unless who is told stops it; a
 * part returns 0, what stopped it, or -errno.
 */
#include "chain.h"
#include "usage.h"

struct tally { /* one row's worth of sums for each subject, by number */
	struct usage *by;
	uint8_t *there; /* 1: added up; 2: and found in the table */
	size_t n;
};
struct verify_hour {
	int64_t hour;
	struct tally tally;
};
struct verify {
	struct ledger *ledger;
	int (*seen)(const struct ledger_finding *finding, void *userdata);
	void *userdata;
	struct ledger_verified *out;
	struct subjects subjects;
	uint64_t hours, days; /* rows of these tables that were compared */
	struct tally day, month;
	struct verify_hour *by_hour;
	size_t n_hours, room_hours;
};

int verify_found(struct verify *verify, enum ledger_finding_kind kind, int32_t day, const char *format, ...)
    _printf_(4, 5);

int tally_new(struct tally *tally, size_t n);
void tally_clear(struct tally *tally);
void tally_add(struct tally *tally, int64_t number, const struct usage *usage);
void tally_done(struct tally *tally);
/* The table's rows of this time against the tally; `what` made the tally ("rows"). Counts them into *n. */
int verify_compare(struct verify *verify, enum ledger_grain grain, int64_t at, int32_t day,
		   struct tally *tally, const char *what, uint64_t *n);

/* A day's rows of five minutes: each for itself, its hours and its total; their digest into `digest`. */
int verify_rows(struct verify *verify, int32_t day, uint8_t digest[static LEDGER_DIGEST]);
/* Every month against its days, and every day's classes against the uplink. */
int verify_months(struct verify *verify);
int verify_uplink(struct verify *verify);
/* Every month's record whose rows are still kept, computed once more. */
int verify_records(struct verify *verify);
