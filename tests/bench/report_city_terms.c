// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Why: a month is judged by what was agreed in it, so each configuration of a made-up city is recorded at its
 * time, as gerbangd does; and a month that is over gets its record: computed where its rows are kept, else
 * made up, as of a month whose rows were pruned after it had been computed.
 */
#include "report_city.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "../../ledger/civil.h"
#include "../../ledger/month.h"
#include "../../ledger/terms.h"
#include "../../lib/cleanup.h"
#include "../../lib/units.h"
#include "../../policy/terms.h"

DEFINE_CLEANUP(struct ledger_month_record *, ledger_month_free)

static int put(struct ledger *ledger, int64_t wall_usec, enum ledger_terms_kind kind, const char *of,
	       char *document)
{
	_cleanup_(freep) char *owned = document;
	struct ledger_terms terms = {.wall_usec = wall_usec, .kind = kind, .document = document};
	int r;

	if (!document)
		return -ENOMEM;
	snprintf(terms.of, sizeof(terms.of), "%s", of);
	r = ledger_terms_put(ledger, &terms);
	return MIN(r, 0);
}

static int put_gone(struct ledger *ledger, const struct tale *tale, size_t stage)
{
	const struct policy *policy = tale->stages[stage].policy, *before = tale->stages[stage - 1].policy;
	int64_t wall_usec = tale->stages[stage].wall_usec;
	int r = 0;

	for (size_t i = 0; r == 0 && i < before->n_offices; i++)
		if (!policy_office(policy, before->offices[i].id))
			r = put(ledger, wall_usec, LEDGER_TERMS_OFFICE, before->offices[i].id, strdup(""));
	for (size_t i = 0; r == 0 && i < before->n_zones; i++)
		if (!policy_zone(policy, before->zones[i].id))
			r = put(ledger, wall_usec, LEDGER_TERMS_ZONE, before->zones[i].id, strdup(""));
	if (r == 0 && before->contract.provider && !policy->contract.provider)
		r = put(ledger, wall_usec, LEDGER_TERMS_CONTRACT, "", strdup(""));
	return r;
}

static int put_stage(struct ledger *ledger, const struct tale *tale, size_t stage)
{
	const struct policy *policy = tale->stages[stage].policy;
	int64_t wall_usec = tale->stages[stage].wall_usec;
	int r = put(ledger, wall_usec, LEDGER_TERMS_SITE, "", terms_of_site(policy));

	if (r == 0)
		r = put(ledger, wall_usec, LEDGER_TERMS_UPLINK, "", terms_of_uplink(policy));
	if (r == 0 && policy->contract.provider)
		r = put(ledger, wall_usec, LEDGER_TERMS_CONTRACT, "", terms_of_contract(&policy->contract));
	for (size_t i = 0; r == 0 && i < policy->n_offices; i++)
		r = put(ledger, wall_usec, LEDGER_TERMS_OFFICE, policy->offices[i].id,
			terms_of_office(&policy->offices[i]));
	for (size_t i = 0; r == 0 && i < policy->n_zones; i++)
		r = put(ledger, wall_usec, LEDGER_TERMS_ZONE, policy->zones[i].id,
			terms_of_zone(&policy->zones[i]));
	return r == 0 && stage > 0 ? put_gone(ledger, tale, stage) : r;
}

int tale_terms(struct ledger *ledger, const struct tale *tale, int32_t day)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < tale->n_stages; i++)
		if (tale->stages[i].wall_usec >= civil_midnight_usec(day) &&
		    tale->stages[i].wall_usec < civil_midnight_usec(day + 1))
			r = put_stage(ledger, tale, i);
	return r;
}

/* ---- the record of a month ---- */

struct made {
	const struct tale *tale;
	struct ledger_month_record record;
	size_t room;
};

static int add_rate(const struct ledger_usage *usage, void *userdata)
{
	struct made *made = userdata;
	struct ledger_month_rate *rate = &made->record.rates[made->record.n_rates];
	uint64_t down = usage->part.down.bytes * 8 / (usage->measured_sec + 1),
		 luck = tale_dice(made->tale, 21, made->record.n_rates);

	if (made->record.n_rates == made->room)
		return -EOVERFLOW;
	made->record.n_rates++;
	rate->kind = usage->part.kind;
	memcpy(rate->id, usage->part.id, sizeof(rate->id));
	rate->percentile = (struct ledger_percentile){.down_bps = down * (1000 + luck % 1000) / 1000,
						      .up_bps = down / 9 + luck % 1000,
						      .samples = 8000 + (uint32_t)(luck / 8 % 900),
						      .missing = (uint32_t)(luck % 40),
						      .peak_down_bps = down * 3 + luck % 7777,
						      .peak_up_bps = down / 4};
	return 0;
}

static int add_visits(const struct ledger_visits *visits, void *userdata)
{
	struct made *made = userdata;

	if (made->record.n_visits == made->tale->city.zones + 1)
		return -EOVERFLOW;
	made->record.visits[made->record.n_visits++] = *visits;
	return 0;
}

static int make_up(struct ledger *ledger, const struct tale *tale, int32_t month)
{
	struct made made = {.tale = tale, .record.month = month, .room = ledger_city_subjects(&tale->city)};
	_cleanup_(freep) struct ledger_month_rate *rates = calloc(made.room, sizeof(*rates));
	_cleanup_(freep) struct ledger_visits *visits = calloc(tale->city.zones + 1, sizeof(*visits));
	const struct ledger_query query = {LEDGER_MONTHS, month, month + 1, 0, NULL};
	int64_t from = civil_midnight_usec(civil_first_day(month)),
		until = civil_midnight_usec(civil_first_day(month + 1));
	int r;

	if (!rates || !visits)
		return -ENOMEM;
	made.record.rates = rates;
	made.record.visits = visits;
	made.record.wall_usec = until + USEC_PER_HOUR;
	made.record.from_sec = from / USEC_PER_SEC;
	made.record.until_sec = until / USEC_PER_SEC;
	r = ledger_usage(ledger, &query, add_rate, &made);
	if (r == 0)
		r = ledger_visits(ledger, from, until, add_visits, &made);
	return r == 0 ? ledger_month_put(ledger, &made.record) : r;
}

static int compute(struct ledger *ledger, int32_t month)
{
	_cleanup_(ledger_month_freep) struct ledger_month_record *record = NULL;
	int64_t from = civil_midnight_usec(civil_first_day(month)),
		until = civil_midnight_usec(civil_first_day(month + 1));
	int r = ledger_month_compute(ledger, month, from / USEC_PER_SEC, until / USEC_PER_SEC,
				     until + USEC_PER_HOUR, &record);

	return r == 0 ? ledger_month_put(ledger, record) : r;
}

int tale_record(struct ledger *ledger, const struct tale *tale, int32_t day)
{
	int32_t month = civil_month(day) - 1;

	if (tale->unrecorded || !tale->city.close || civil_month(day - 1) != month ||
	    day <= tale->city.from_day)
		return 0;
	if (tale->city.rows_from > MAX(civil_first_day(month), tale->city.from_day))
		return make_up(ledger, tale, month);
	return compute(ledger, month);
}
