/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a need is judged by three months, so those two before this one are read as this one was. Who decides
 * what they say is need.c.
 */
#include "need.h"
#include "month_parts.h"
#include "../ledger/civil.h"

#define MONTHS 3

struct past { /* newest first */
	struct basis basis[MONTHS];
	struct rates rates[MONTHS];
};

static unsigned days_active(const struct member *member, const struct span *span)
{
	unsigned n = 0;

	for (unsigned i = 0; i < span->days; i++)
		n += member->days[i].down_bytes + member->days[i].up_bytes >= (int64_t)REPORT_ACTIVE_BYTES;
	return n;
}

static struct need_month need_of(const struct basis *basis, const struct rates *rates, const char *id)
{
	const struct member *member = basis_find(basis, LEDGER_OFFICE, id);
	const struct ledger_percentile *percentile = rates_of(rates, LEDGER_OFFICE, id);
	const struct version *version = member ? member_terms(member, &basis->span) : NULL;
	struct need_month need = {.rated = percentile && percentile->samples > 0};

	if (!member)
		return (struct need_month){0};
	if (percentile) {
		need.p95_down_bps = percentile->down_bps;
		need.p95_up_bps = percentile->up_bps;
	}
	if (version) {
		need.guaranteed_down_bps = version->office.inside.guaranteed.down_bps;
		need.guaranteed_up_bps = version->office.inside.guaranteed.up_bps;
		need.quota_used_up = version->office.quota_bytes > 0 &&
				     member_down(member) + member_up(member) >= version->office.quota_bytes;
	}
	need.demand_sec = MAX(member->down.demand_sec, member->up.demand_sec);
	need.measured_sec = member->measured_sec;
	need.active_days = days_active(member, &basis->span);
	return need;
}

static int load_past(struct maker *maker, struct past *past)
{
	int r = 0;

	for (int i = 1; r == 0 && i < MONTHS; i++) {
		r = basis_make(maker->ledger, &maker->timeline, maker->month->month - i, BASIS_OVER,
			       BASIS_DAYS, &past->basis[i]);
		if (r == 0 && past->basis[i].last_day != INT32_MIN)
			r = rates_load(maker->ledger, &past->basis[i].span, RATES_ONLY, &past->rates[i]);
	}
	return r;
}

static void judge(struct maker *maker, const struct past *past)
{
	for (size_t i = 0; i < maker->month->n_offices; i++) {
		struct report_office *office = &maker->month->offices[i];
		struct need_month months[MONTHS] = {need_of(&maker->basis, &maker->rates, office->id)};

		for (size_t m = 1; m < MONTHS; m++)
			months[m] = need_of(&past->basis[m], &past->rates[m], office->id);
		office->advice = need_judge(months, MONTHS);
	}
}

int month_advice(struct maker *maker)
{
	struct past past = {0};
	int r = load_past(maker, &past);

	if (r == 0)
		judge(maker, &past);
	for (size_t i = 1; i < MONTHS; i++) {
		basis_clear(&past.basis[i]);
		rates_clear(&past.rates[i]);
	}
	return r;
}
