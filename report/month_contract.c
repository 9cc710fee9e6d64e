/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what a month of the line costs, whether the provider kept its word, and what it owes back, follow from
 * the contract that covers that month and from counted minutes alone. Whole rupiah; an availability is
 * compared by minutes, never by a rounded percentage.
 */
#include "month_parts.h"
#include <errno.h>
#include <string.h>

/* ---- which contract ---- */

static unsigned days_covered(const struct policy_contract *contract, const struct span *span)
{
	int64_t from = MAX(contract->from_day, span->from_day);
	int64_t until = MIN((int64_t)contract->to_day + 1, span->until_day);

	return until > from ? (unsigned)(until - from) : 0;
}

static const struct version *find(const struct timeline *timeline, const struct span *span)
{
	const struct lineage *lineage = timeline_find(timeline, LEDGER_TERMS_CONTRACT, "");

	for (size_t i = lineage ? lineage->n : 0; i > 0; i--) {
		const struct version *version = &lineage->versions[i - 1];

		if (!version->gone && version->contract.provider &&
		    days_covered(&version->contract, span) > 0)
			return version;
	}
	return NULL;
}

/* The document's way is the one way to copy a contract. */
static int copy(const struct policy_contract *from, struct policy_contract *to)
{
	_cleanup_(freep) char *document = terms_of_contract(from);

	return document ? terms_read_contract(document, to) : -ENOMEM;
}

int contract_of(const struct timeline *timeline, const struct policy *policy, const struct span *span,
		struct report_contract *out)
{
	const struct version *version = find(timeline, span);
	const struct policy_contract *contract = version ? &version->contract : &policy->contract;
	int r;

	*out = (struct report_contract){0};
	if (!contract->provider || days_covered(contract, span) == 0)
		return 0;
	r = copy(contract, &out->terms);
	if (r < 0)
		return r;
	out->recorded_wall_usec = version ? version->recorded_usec : 0;
	out->days = days_covered(contract, span);
	out->cost = split_part(contract->monthly_rupiah, out->days, span->days);
	return 0;
}

/* ---- what the provider owes ---- */

static bool is_below(uint64_t measured_min, uint64_t down_min, unsigned permille)
{
	return (measured_min - down_min) * 1000 < measured_min * permille;
}

static int owe(struct ledger *ledger, const struct span *span, struct report_contract *contract)
{
	struct ledger_availability days[SPAN_DAYS];
	uint64_t measured = 0, down = 0;
	int r = minutes_load(ledger, span, days);

	if (r < 0)
		return r;
	for (unsigned i = 0; i < span->days; i++) {
		measured += days[i].measured_min;
		down += MIN(days[i].down_min, days[i].measured_min);
	}
	contract->sla_met = !is_below(measured, down, contract->terms.sla_permille);
	for (size_t i = 0; i < contract->terms.n_refunds; i++)
		if (is_below(measured, down, contract->terms.refunds[i].below_permille))
			contract->refund_percent =
			    MAX(contract->refund_percent, contract->terms.refunds[i].percent);
	contract->refund = split_part(contract->cost, contract->refund_percent, 100);
	contract->net = contract->cost - contract->refund;
	return 0;
}

/* ---- who bears it ---- */

static uint64_t weigh_guarantee(const struct member *member, const struct span *span)
{
	uint64_t kbit = 0;

	for (unsigned i = 0; i < span->days; i++) {
		const struct version *version = NULL;

		if (member->present & (UINT32_C(1) << i))
			version = lineage_before(member->lineage, span->midnight_usec[i + 1]);
		if (version)
			kbit += (version->office.inside.guaranteed.down_bps +
				 version->office.inside.guaranteed.up_bps) /
				1000;
	}
	return kbit;
}

static uint64_t weigh_delivered(const struct member *member)
{
	int64_t bytes =
	    (int64_t)(member->down.bytes + member->up.bytes) + member->corrected_down + member->corrected_up;

	return (uint64_t)MAX(bytes, 0);
}

static void weigh(const struct basis *basis, const struct rates *rates, struct split_weights *out)
{
	for (size_t i = 0, n = 0; i < basis->n; i++) {
		const struct member *member = &basis->members[i];
		const struct ledger_percentile *percentile;

		if (member->kind != LEDGER_OFFICE)
			continue;
		percentile = rates_of(rates, LEDGER_OFFICE, member->id);
		out[n++] = (struct split_weights){
		    .by = {[POLICY_SPLIT_EQUAL] = (uint64_t)__builtin_popcount(member->present),
			   [POLICY_SPLIT_GUARANTEED] = weigh_guarantee(member, &basis->span),
			   [POLICY_SPLIT_DELIVERED] = weigh_delivered(member),
			   [POLICY_SPLIT_P95] =
			       percentile ? MAX(percentile->down_bps, percentile->up_bps) : 0}};
	}
}

static size_t offices_of(const struct basis *basis)
{
	size_t n = 0;

	for (size_t i = 0; i < basis->n; i++)
		n += basis->members[i].kind == LEDGER_OFFICE;
	return n;
}

static int share_out(const struct basis *basis, const struct rates *rates, size_t n, struct settlement *out)
{
	_cleanup_(freep) struct split_weights *weights = calloc(n, sizeof(*weights));
	const unsigned *percent = out->contract.terms.split_percent;
	int r;

	out->shares = calloc(n, sizeof(*out->shares));
	out->refunds = calloc(n, sizeof(*out->refunds));
	if (!weights || !out->shares || !out->refunds)
		return -ENOMEM;
	weigh(basis, rates, weights);
	r = split_contract(out->contract.cost, percent, weights, n, out->shares);
	return r < 0 ? r : split_contract(out->contract.refund, percent, weights, n, out->refunds);
}

int settle(struct ledger *ledger, const struct timeline *timeline, const struct policy *policy,
	   const struct basis *basis, const struct rates *rates, struct settlement *out)
{
	size_t n = offices_of(basis);
	int r;

	*out = (struct settlement){0};
	r = contract_of(timeline, policy, &basis->span, &out->contract);
	if (r < 0 || !out->contract.terms.provider)
		return r;
	r = owe(ledger, &basis->span, &out->contract);
	return r < 0 || n == 0 ? r : share_out(basis, rates, n, out);
}

void settlement_clear(struct settlement *settlement)
{
	terms_contract_clear(&settlement->contract.terms);
	free(settlement->shares);
	free(settlement->refunds);
	*settlement = (struct settlement){0};
}
