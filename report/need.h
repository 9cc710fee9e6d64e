/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Whether an office's guarantee is too high, fitting, or too low, judged by rules that fit on a page (docs/finance.md), from up to three months.
 * Pure. A guarantee is what is kept free for an office: what it never comes near is bought without need, what it stays at is too little.
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
