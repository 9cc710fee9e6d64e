/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: auditors found capacity that was bought without need, and offices that lived with too little. So each
 * guarantee is held against three months of what was really used, by rules that a clerk can follow with a
 * pencil. It never decides anything: it advises.
 */
#include "need.h"

#define FEWEST_DAYS 14
#define IDLE_PERCENT 40
#define DEMAND_PERCENT 2
#define ROOM_PERCENT 125
#define QUOTA_MONTHS 2
#define MBIT UINT64_C(1000000)

struct sums {
	unsigned months, active_days, quotas;
	uint64_t down_bps, up_bps;	/* highest */
	uint32_t demand_sec, demand_of; /* of the month with the highest share */
};

static uint64_t up_to(uint64_t bps, unsigned percent)
{
	unsigned __int128 wanted = (unsigned __int128)bps * percent;
	unsigned __int128 whole = (wanted + 100u * MBIT - 1) / (100u * MBIT);

	return (uint64_t)MAX(MIN(whole, (unsigned __int128)(UINT64_MAX / MBIT)), 1) * MBIT;
}

static void add(struct sums *sums, const struct need_month *month)
{
	if (!month->rated)
		return;
	sums->months++;
	sums->active_days += month->active_days;
	sums->quotas += month->quota_used_up;
	sums->down_bps = MAX(sums->down_bps, month->p95_down_bps);
	sums->up_bps = MAX(sums->up_bps, month->p95_up_bps);
	if (month->measured_sec > 0 && (uint64_t)month->demand_sec * MAX(sums->demand_of, 1) >
					   (uint64_t)sums->demand_sec * month->measured_sec) {
		sums->demand_sec = month->demand_sec;
		sums->demand_of = month->measured_sec;
	}
}

static bool is_full(uint64_t p95_bps, uint64_t guaranteed_bps)
{
	return guaranteed_bps > 0 && p95_bps >= guaranteed_bps;
}

static bool is_idle(uint64_t p95_bps, uint64_t guaranteed_bps)
{
	return (unsigned __int128)p95_bps * 100 < (unsigned __int128)guaranteed_bps * IDLE_PERCENT ||
	       guaranteed_bps == 0;
}

static enum report_need_reason reason_of(const struct sums *sums, const struct need_month *now)
{
	if (is_full(sums->down_bps, now->guaranteed_down_bps) ||
	    is_full(sums->up_bps, now->guaranteed_up_bps))
		return REPORT_REASON_FULL;
	if ((uint64_t)sums->demand_sec * 100 > (uint64_t)sums->demand_of * DEMAND_PERCENT)
		return REPORT_REASON_DEMAND;
	if (sums->quotas >= QUOTA_MONTHS)
		return REPORT_REASON_QUOTA;
	if (is_idle(sums->down_bps, now->guaranteed_down_bps) &&
	    is_idle(sums->up_bps, now->guaranteed_up_bps))
		return REPORT_REASON_IDLE;
	return REPORT_REASON_FITS;
}

static const enum report_need needs[] = {
    [REPORT_REASON_SHORT_TIME] = REPORT_NEED_UNKNOWN, [REPORT_REASON_IDLE] = REPORT_NEED_LOWER,
    [REPORT_REASON_FITS] = REPORT_NEED_FITS,	      [REPORT_REASON_FULL] = REPORT_NEED_HIGHER,
    [REPORT_REASON_DEMAND] = REPORT_NEED_HIGHER,      [REPORT_REASON_QUOTA] = REPORT_NEED_HIGHER,
};

static uint64_t towards(enum report_need need, uint64_t wanted_bps, uint64_t guaranteed_bps)
{
	return need == REPORT_NEED_LOWER ? MIN(wanted_bps, guaranteed_bps) : MAX(wanted_bps, guaranteed_bps);
}

/* A guarantee that is called too low is never advised to fall, nor one that is too high to rise. */
static void suggest(struct report_advice *advice, const struct need_month *now)
{
	uint64_t down, up;

	if (advice->need != REPORT_NEED_LOWER && advice->need != REPORT_NEED_HIGHER)
		return;
	down = towards(advice->need, up_to(advice->p95_down_bps, ROOM_PERCENT), now->guaranteed_down_bps);
	up = towards(advice->need, up_to(advice->p95_up_bps, ROOM_PERCENT), now->guaranteed_up_bps);
	if (down != now->guaranteed_down_bps || up != now->guaranteed_up_bps) {
		advice->suggested_down_bps = down;
		advice->suggested_up_bps = up;
	} else if (advice->need == REPORT_NEED_LOWER) { /* it is as low as one goes */
		advice->need = REPORT_NEED_FITS;
		advice->reason = REPORT_REASON_FITS;
	}
}

struct report_advice need_judge(const struct need_month *months, size_t n)
{
	struct report_advice advice = {.reason = REPORT_REASON_SHORT_TIME};
	struct sums sums = {0};

	for (size_t i = 0; i < n; i++)
		add(&sums, &months[i]);
	if (n > 0 && sums.active_days >= FEWEST_DAYS &&
	    (months->guaranteed_down_bps > 0 || months->guaranteed_up_bps > 0))
		advice.reason = reason_of(&sums, months);
	advice.need = needs[advice.reason];
	advice.p95_down_bps = sums.down_bps;
	advice.p95_up_bps = sums.up_bps;
	advice.demand_permyriad =
	    (uint32_t)(sums.demand_of > 0 ? ((uint64_t)sums.demand_sec * 20000 + sums.demand_of) /
						(2 * (uint64_t)sums.demand_of)
					  : 0);
	advice.months = sums.months;
	advice.active_days = sums.active_days;
	if (n > 0)
		suggest(&advice, months);
	return advice;
}
