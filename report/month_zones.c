/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what the public was given has to be told in hours, visits and bytes, with what was lent to it, and
 * without anybody who could be recognised.
 */
#include "month_parts.h"
#include <errno.h>
#include <string.h>

static int name_zone(const struct member *member, const struct version *version, struct report_zone *zone)
{
	const struct terms_zone *terms = version ? &version->zone : NULL;

	zone->name = strdup(terms && terms->name && terms->name[0] ? terms->name : member->id);
	zone->open = strdup(terms && terms->open ? terms->open : "");
	zone->not_during = strdup(terms && terms->not_during ? terms->not_during : "");
	return zone->name && zone->open && zone->not_during ? 0 : -ENOMEM;
}

static void measure(const struct maker *maker, const struct member *member, const struct version *version,
		    struct report_zone *zone)
{
	static const struct policy_share nothing;
	const struct policy_share *share = version ? &version->zone.share : &nothing;
	const struct ledger_percentile *percentile = rates_of(&maker->rates, LEDGER_ZONE, member->id);
	int64_t seconds = span_seconds(&maker->basis.span, member->present);

	month_rate(&zone->down, &member->down, member->corrected_down, seconds,
		   (struct policy_rate){share->guaranteed.down_bps, share->ceiling.down_bps});
	month_rate(&zone->up, &member->up, member->corrected_up, seconds,
		   (struct policy_rate){share->guaranteed.up_bps, share->ceiling.up_bps});
	zone->rated = percentile && percentile->samples > 0;
	if (percentile)
		month_rated(&zone->down, &zone->up, percentile);
	zone->lent_bytes = member->down.borrowed + member->up.borrowed;
}

static void visit(const struct rates *rates, struct report_zone *zone)
{
	const struct ledger_visits *visits = rates_visits(rates, zone->id);

	if (!visits)
		return;
	zone->sessions = visits->sessions;
	zone->visitors = visits->visitors;
	zone->anonymous = visits->anonymous;
	zone->online_sec = visits->online_sec;
}

static int make_zone(const struct maker *maker, const struct member *member, struct report_zone *zone)
{
	const struct version *version = member_terms(member, &maker->basis.span);

	snprintf(zone->id, sizeof(zone->id), "%s", member->id);
	zone->first_day = member_first_day(member, &maker->basis.span);
	zone->last_day = member_last_day(member, &maker->basis.span);
	measure(maker, member, version, zone);
	visit(&maker->rates, zone);
	return name_zone(member, version, zone);
}

static int on_opening(const struct ledger_opening *opening, void *userdata)
{
	const struct report_month *month = userdata;

	for (size_t i = 0; i < month->n_zones; i++)
		if (strcmp(month->zones[i].id, opening->zone) == 0)
			month->zones[i].open_min += opening->open_min;
	return 0;
}

int month_zones(struct maker *maker)
{
	const struct basis *basis = &maker->basis;
	struct report_month *month = maker->month;
	const struct ledger_visits *all = rates_visits(&maker->rates, "");
	int r = 0;

	month->zones = calloc(basis->n + 1, sizeof(*month->zones));
	if (!month->zones)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < basis->n; i++)
		if (basis->members[i].kind == LEDGER_ZONE)
			r = make_zone(maker, &basis->members[i], &month->zones[month->n_zones++]);
	if (all)
		month->all_zones = *all;
	return r < 0 ? r
		     : ledger_openings(maker->ledger, basis->span.from_day, basis->span.until_day, on_opening,
				       month);
}
