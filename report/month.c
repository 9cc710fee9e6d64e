/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a month is made in one order, each step a file of its own, and this is its table of contents. It asks
 * no clock and no machine: the same ledger and the same settings give the same month.
 */
#include "month.h"
#include <errno.h>
#include <string.h>
#include "month_parts.h"
#include "../lib/units.h"

static int read_ledger(struct maker *maker, int32_t month)
{
	const struct report_settings *settings = maker->settings;
	struct basis *basis = &maker->basis;
	int r = timeline_load(maker->ledger, settings->policy, &maker->timeline);

	if (r == 0)
		r = basis_make(maker->ledger, &maker->timeline, month, settings->now_wall_usec, BASIS_DAYS,
			       basis);
	if (r < 0)
		return r;
	maker->minutes = calloc(SPAN_DAYS, sizeof(*maker->minutes));
	if (!maker->minutes)
		return -ENOMEM;
	r = minutes_load(maker->ledger, &basis->span, maker->minutes);
	return r < 0 ? r : rates_load(maker->ledger, &basis->span, RATES_AND_VISITS, &maker->rates);
}

static bool is_empty(const struct maker *maker)
{
	for (unsigned i = 0; i < maker->basis.span.days; i++)
		if (maker->minutes[i].measured_min > 0)
			return false;
	return maker->basis.last_day == INT32_MIN;
}

static int begin(struct maker *maker)
{
	const struct span *span = &maker->basis.span;
	const char *site = maker->settings->policy->site_name;
	struct report_month *month = calloc(1, sizeof(*month));

	maker->month = month;
	if (!month)
		return -ENOMEM;
	month->month = span->month;
	month->from_day = span->from_day;
	month->until_day = span->until_day;
	month->from_sec = span_begin(span) / USEC_PER_SEC;
	month->until_sec = span_end(span) / USEC_PER_SEC;
	month->rehearsal = maker->settings->rehearsal;
	month->site = strdup(site ? site : "");
	return month->site ? 0 : -ENOMEM;
}

static int make(struct maker *maker)
{
	static int (*const steps[])(struct maker *) = {
	    month_happened, month_uplink,     month_zones, month_offices,
	    month_quotas,   month_shortfalls, month_money, month_advice,
	};
	int r = is_empty(maker) ? -ENODATA : begin(maker);

	for (size_t i = 0; r == 0 && i < ELEMENTS(steps); i++)
		r = steps[i](maker);
	if (r == 0)
		r = month_order(maker->month); /* until here all are by id */
	return r < 0 ? r : month_daily(maker);
}

int report_month_make(struct ledger *ledger, int32_t month, const struct report_settings *settings,
		      struct report_month **out)
{
	struct maker maker = {.ledger = ledger, .settings = settings};
	int r = ledger_look(ledger);

	if (r == 0) {
		r = read_ledger(&maker, month);
		if (r == 0)
			r = make(&maker);
		ledger_looked(ledger);
	}
	timeline_clear(&maker.timeline);
	basis_clear(&maker.basis);
	rates_clear(&maker.rates);
	free(maker.minutes);
	if (r == 0)
		*out = maker.month;
	else
		report_month_free(maker.month);
	return r;
}

/* ---- freeing ---- */

static void free_office(struct report_office *office)
{
	for (size_t i = 0; i < office->n_changes; i++) {
		free(office->changes[i].what);
		free(office->changes[i].from);
		free(office->changes[i].to);
	}
	free(office->changes);
	free(office->name);
	free(office->former);
	free(office->budget_code);
}

static void free_zone(struct report_zone *zone)
{
	free(zone->name);
	free(zone->open);
	free(zone->not_during);
}

struct report_month *report_month_free(struct report_month *month)
{
	if (!month)
		return NULL;
	for (size_t i = 0; i < month->n_offices; i++)
		free_office(&month->offices[i]);
	for (size_t i = 0; i < month->n_zones; i++)
		free_zone(&month->zones[i]);
	for (size_t i = 0; i < month->n_daily; i++)
		free(month->daily[i].days);
	terms_contract_clear(&month->contract.terms);
	free(month->offices);
	free(month->zones);
	free(month->daily);
	free(month->uplink.outages);
	free(month->uplink.tests);
	free(month->uplink.days);
	free(month->gaps);
	free(month->corrections);
	free(month->shortfalls);
	free(month->site);
	free(month);
	return NULL;
}
