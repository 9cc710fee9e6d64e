/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a budget is of a year, so what was realised is recomputed month by month, each by its own contract,
 * terms and record. What an office that is gone has borne stays in the year's total.
 */
#include "month_parts.h"
#include <errno.h>
#include "../lib/units.h"

/* ---- the first month of the year that the ledger knows ---- */

static int on_first(const struct ledger_usage *usage, void *userdata)
{
	*(int32_t *)userdata = (int32_t)usage->at;
	return 1;
}

static int first_month(struct ledger *ledger, int32_t month, int32_t *out)
{
	const struct ledger_query query = {.grain = LEDGER_MONTHS, .until = month};
	int32_t january = month - month % 12, first = month;
	int r = ledger_usage(ledger, &query, on_first, &first);

	if (r < 0)
		return r;
	*out = MAX(first, january);
	return 0;
}

/* ---- one month ---- */

static void realise(struct report_month *month, const struct basis *basis,
		    const struct settlement *settlement)
{
	size_t n = 0;

	month->contract.year_realised += settlement->contract.net;
	for (size_t i = 0; settlement->shares && i < basis->n; i++) {
		struct report_office *office;

		if (basis->members[i].kind != LEDGER_OFFICE)
			continue;
		office = month_office(month, basis->members[i].id);
		if (office)
			office->money.realised += settlement->shares[n] - settlement->refunds[n];
		n++;
	}
}

static int load_rates(const struct maker *maker, const struct basis *basis, struct rates *out)
{
	struct report_contract contract;
	int r = contract_of(&maker->timeline, maker->settings->policy, &basis->span, &contract);
	bool wanted = r == 0 && contract.terms.provider && contract.terms.split_percent[POLICY_SPLIT_P95] > 0;

	terms_contract_clear(&contract.terms);
	return wanted ? rates_load(maker->ledger, &basis->span, RATES_ONLY, out) : r;
}

static int realise_earlier(struct maker *maker, int32_t month)
{
	struct settlement settlement = {0};
	struct rates rates = {0};
	struct basis basis;
	int r = basis_make(maker->ledger, &maker->timeline, month, BASIS_OVER, BASIS_SUMS, &basis);

	if (r == 0)
		r = load_rates(maker, &basis, &rates);
	if (r == 0)
		r = settle(maker->ledger, &maker->timeline, maker->settings->policy, &basis, &rates,
			   &settlement);
	if (r == 0)
		realise(maker->month, &basis, &settlement);
	settlement_clear(&settlement);
	rates_clear(&rates);
	basis_clear(&basis);
	return r;
}

/* ---- this month ---- */

static void charge(struct report_month *month, const struct settlement *settlement)
{
	for (size_t i = 0; settlement->shares && i < month->n_offices; i++) { /* both by id */
		struct report_money *money = &month->offices[i].money;

		money->share = settlement->shares[i];
		money->refund = settlement->refunds[i];
		money->net = money->share - money->refund;
		money->share_permyriad =
		    split_permyriad((uint64_t)money->share, (uint64_t)settlement->contract.cost);
	}
}

static void take_contract(struct report_month *month, struct settlement *settlement)
{
	int64_t realised = month->contract.year_realised;

	month->contract = settlement->contract;
	month->contract.year_realised = realised;
	settlement->contract = (struct report_contract){0}; /* its texts are the month's now */
}

static int settle_this(struct maker *maker)
{
	struct report_month *month = maker->month;
	struct settlement settlement = {0};
	int r = settle(maker->ledger, &maker->timeline, maker->settings->policy, &maker->basis, &maker->rates,
		       &settlement);

	if (r == 0) {
		realise(month, &maker->basis, &settlement);
		charge(month, &settlement);
		take_contract(month, &settlement);
	}
	settlement_clear(&settlement);
	return r;
}

static void compare_budgets(struct report_month *month, int64_t baseline)
{
	struct report_contract *contract = &month->contract;

	for (size_t i = 0; i < month->n_offices; i++) {
		struct report_money *money = &month->offices[i].money;

		money->left = money->budget > 0 ? money->budget - money->realised : 0;
	}
	contract->year_budget = contract->terms.budget_rupiah;
	contract->year_left = contract->year_budget > 0 ? contract->year_budget - contract->year_realised : 0;
	contract->baseline_each = baseline;
	contract->baseline = baseline * (int64_t)month->n_offices;
}

int month_money(struct maker *maker)
{
	struct report_month *month = maker->month;
	int32_t first;
	int r = first_month(maker->ledger, month->month, &first);

	for (int32_t earlier = first; r == 0 && earlier < month->month; earlier++)
		r = realise_earlier(maker, earlier);
	if (r == 0)
		r = settle_this(maker);
	if (r < 0)
		return r;
	month->contract.year_from_month = first;
	compare_budgets(month, maker->settings->policy->report.baseline_rupiah);
	return 0;
}
