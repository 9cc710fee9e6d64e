/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What the ledger says of this month and this day, kept at hand: read anew after each interval, so that a question costs no disk, and
 * so that a correction, a new month and a clock that went back into the former one need no rule of their own.
 */
#include "tally.h"

struct figures_row {
	int64_t month_bytes; /* down plus up, corrections included */
	uint64_t borrowed[PLAN_TREES];
	uint32_t short_sec; /* of either direction */
};

struct figures {
	int32_t month, day;
	struct figures_row *rows; /* as the tally's */
	int64_t gap_usec, lost_usec; /* of this day */
	unsigned shortfalls;	     /* minutes */
};

int figures_new(struct figures *figures);
void figures_clear(struct figures *figures);
/* 0, or -errno: as they were, but for another month or day, of which nothing is known then. */
int figures_read(struct figures *figures, struct ledger *ledger, const struct tally *tally, int64_t wall_usec);

/* Where a time lies in the site's calendar. */
struct figures_time {
	int64_t row_sec, hour_sec;
	int32_t day, month;
};
struct figures_time figures_time(int64_t wall_usec);
int64_t figures_day_begin(int32_t day); /* its local midnight, wall_usec */
