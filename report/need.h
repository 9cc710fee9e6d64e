/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Whether an office's guarantee is too high, fitting, or too low, judged by rules that fit on a page (docs/finance.md), from up to three months.
 * Pure. A guarantee is what is kept free for an office: what it never comes near is bought without need, what it stays at is too little.
 *
 * Months without percentiles are left out. All are held against the guarantee of the first, the report's month: what is advised on is what is
 * guaranteed now. In this order, the first that is true: no such months, fewer than 14 active days in them, or nothing guaranteed: SHORT_TIME; the highest p95
 * down or up >= its guarantee: FULL; the highest share demand / measured > 2 %: DEMAND; quota used up (delivered >= quota) in two: QUOTA;
 * the highest p95 down and up both < 40 %: IDLE; else FITS.
 * Suggested, each direction by itself, for HIGHER max(guarantee, S), for LOWER min(guarantee, S), with S = highest p95 x 1.25 up to whole Mbit/s, at least
 * 1 Mbit/s; where that changes neither direction: none (0, 0), and what was IDLE is FITS.
 */
#include "month.h"

struct need_month {
	uint64_t p95_down_bps, p95_up_bps, guaranteed_down_bps, guaranteed_up_bps; /* inside, at the month's end */
	bool rated, quota_used_up;
	uint32_t demand_sec, measured_sec; /* demand: the greater of down and up */
	unsigned active_days;
};
/* `months`: the report's first, older ones behind; n <= 3. */
struct report_advice need_judge(const struct need_month *months, size_t n);
