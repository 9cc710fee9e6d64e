/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: the row of an office is what its head pays by. Each figure comes from what the ledger counted and
 * from the terms of that time; nothing of today's configuration gets in.
 */
#include "month_parts.h"
#include <errno.h>
#include <string.h>

void month_rate(struct report_rate *out, const struct ledger_flow *flow, int64_t corrected, int64_t seconds,
		struct policy_rate bought)
{
	out->bytes = (uint64_t)MAX((int64_t)flow->bytes + corrected, 0);
	out->corrected = corrected;
	out->late_bytes = flow->late_bytes;
	out->mean_bps = seconds > 0 ? (uint64_t)((unsigned __int128)out->bytes * 8 / (uint64_t)seconds) : 0;
	out->guaranteed_bps = bought.down_bps;
	out->ceiling_bps = bought.up_bps;
}

void month_rated(struct report_rate *down, struct report_rate *up, const struct ledger_percentile *percentile)
{
	down->p95_bps = percentile->down_bps;
	down->peak_bps = percentile->peak_down_bps;
	down->used_permyriad = split_permyriad(down->p95_bps, down->guaranteed_bps);
	up->p95_bps = percentile->up_bps;
	up->peak_bps = percentile->peak_up_bps;
	up->used_permyriad = split_permyriad(up->p95_bps, up->guaranteed_bps);
}

/* ---- what was agreed ---- */

static int name_office(const struct member *member, const struct version *version,
		       struct report_office *office)
{
	const char *name = version ? version->office.name : NULL;
	const char *code = version ? version->office.budget_code : NULL;

	office->name = strdup(name && name[0] ? name : member->id);
	office->budget_code = strdup(code ? code : "");
	return office->name && office->budget_code ? 0 : -ENOMEM;
}

static void agree(const struct version *version, struct report_office *office)
{
	if (!version)
		return;
	office->quota_bytes = version->office.quota_bytes;
	office->throttle = version->office.throttle;
	office->money.budget = version->office.budget_rupiah;
}

/* A name that it had at some time of the month. */
static const char *name_in(const struct lineage *lineage, size_t at, const struct span *span)
{
	const struct version *version = &lineage->versions[at];
	bool over = at + 1 < lineage->n && version[1].wall_usec <= span_begin(span);

	return version->gone || over || version->wall_usec >= span_end(span) ? NULL : version->office.name;
}

static bool is_new(const struct lineage *lineage, size_t at, const struct span *span, const char *last)
{
	const char *name = name_in(lineage, at, span);

	if (!name || !name[0] || strcmp(name, last) == 0)
		return false;
	for (size_t i = 0; i < at; i++) {
		const char *other = name_in(lineage, i, span);

		if (other && strcmp(other, name) == 0)
			return false;
	}
	return true;
}

static int add_name(char **names, const char *name)
{
	char *longer;

	if (asprintf(&longer, "%s%s%s", *names, (*names)[0] ? ", " : "", name) < 0)
		return -ENOMEM;
	free(*names);
	*names = longer;
	return 0;
}

static int recall_names(const struct member *member, const struct span *span, struct report_office *office)
{
	const struct lineage *lineage = member->lineage;
	int r = 0;

	office->former = strdup("");
	if (!office->former)
		return -ENOMEM;
	for (size_t i = 0; lineage && r == 0 && i < lineage->n; i++)
		if (is_new(lineage, i, span, office->name))
			r = add_name(&office->former, lineage->versions[i].office.name);
	return r;
}

/* ---- what it got ---- */

static struct policy_rate down_of(const struct version *version)
{
	const struct policy_share *share = version ? &version->office.inside : NULL;

	return share ? (struct policy_rate){share->guaranteed.down_bps, share->ceiling.down_bps}
		     : (struct policy_rate){0};
}

static struct policy_rate up_of(const struct version *version)
{
	const struct policy_share *share = version ? &version->office.inside : NULL;

	return share ? (struct policy_rate){share->guaranteed.up_bps, share->ceiling.up_bps}
		     : (struct policy_rate){0};
}

static void measure(const struct maker *maker, const struct member *member, const struct version *version,
		    struct report_office *office)
{
	const struct ledger_percentile *percentile = rates_of(&maker->rates, LEDGER_OFFICE, member->id);
	int64_t seconds = span_seconds(&maker->basis.span, member->present);

	month_rate(&office->down, &member->down, member->corrected_down, seconds, down_of(version));
	month_rate(&office->up, &member->up, member->corrected_up, seconds, up_of(version));
	office->rated = percentile && percentile->samples > 0;
	if (percentile) {
		month_rated(&office->down, &office->up, percentile);
		office->samples = percentile->samples;
		office->missing = percentile->missing;
	}
	office->measured_sec = member->measured_sec;
	office->demand_sec = member->down.demand_sec + member->up.demand_sec;
	office->short_sec = member->down.short_sec + member->up.short_sec;
	office->quota_permyriad = split_permyriad(office->down.bytes + office->up.bytes, office->quota_bytes);
}

static void count_days(const struct maker *maker, const struct member *member, struct report_office *office)
{
	for (unsigned i = 0; i < maker->basis.span.days; i++) {
		const struct member_day *day = &member->days[i];

		office->days_active += day->down_bytes + day->up_bytes >= (int64_t)REPORT_ACTIVE_BYTES;
		if (!(member->present & (UINT32_C(1) << i)))
			continue;
		office->measured_min += maker->minutes[i].measured_min;
		office->down_min += maker->minutes[i].down_min;
	}
	office->available_permyriad = month_available(office->measured_min, office->down_min);
}

static void come_and_go(const struct member *member, const struct span *span, struct report_office *office)
{
	bool was = lineage_is_there(member->lineage, span_begin(span));
	bool is = lineage_is_there(member->lineage, span_end(span));
	bool ever = lineage_days(member->lineage, span) != 0;

	office->first_day = member_first_day(member, span);
	office->last_day = member_last_day(member, span);
	office->added = ever && !was;
	office->removed = ever && !is;
}

static int make_office(const struct maker *maker, const struct member *member, struct report_office *office)
{
	const struct span *span = &maker->basis.span;
	const struct version *version = member_terms(member, span);
	int r;

	snprintf(office->id, sizeof(office->id), "%s", member->id);
	r = name_office(member, version, office);
	if (r == 0)
		r = recall_names(member, span, office);
	if (r < 0)
		return r;
	agree(version, office);
	come_and_go(member, span, office);
	measure(maker, member, version, office);
	count_days(maker, member, office);
	return month_changes(member, span, office);
}

struct report_office *month_office(struct report_month *month, const char *id)
{
	size_t low = 0, high = month->n_offices;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(month->offices[middle].id, id);

		if (order == 0)
			return &month->offices[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static void add_rate(struct report_rate *sum, const struct report_rate *rate)
{
	sum->bytes += rate->bytes;
	sum->corrected += rate->corrected;
	sum->late_bytes += rate->late_bytes;
	sum->guaranteed_bps += rate->guaranteed_bps;
}

int month_offices(struct maker *maker)
{
	struct report_month *month = maker->month;
	int r = 0;

	month->offices = calloc(maker->basis.n + 1, sizeof(*month->offices));
	if (!month->offices)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < maker->basis.n; i++) {
		struct report_office *office = &month->offices[month->n_offices];

		if (maker->basis.members[i].kind != LEDGER_OFFICE)
			continue;
		month->n_offices++;
		r = make_office(maker, &maker->basis.members[i], office);
		add_rate(&month->offices_down, &office->down);
		add_rate(&month->offices_up, &office->up);
	}
	return r;
}
