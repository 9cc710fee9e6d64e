/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what was agreed changes, and bytes are judged by what was agreed when they passed. So the ledger's
 * terms are read once, in full, and asked by time. Only where the ledger never recorded any does the
 * configuration speak.
 */
#include "month_parts.h"
#include <errno.h>
#include <string.h>

/* ---- reading ---- */

static int read_office(const char *document, struct version *out)
{
	return terms_read_office(document, &out->office);
}

static int read_zone(const char *document, struct version *out)
{
	return terms_read_zone(document, &out->zone);
}

static int read_uplink(const char *document, struct version *out)
{
	return terms_read_uplink(document, &out->uplink);
}

static int read_contract(const char *document, struct version *out)
{
	return terms_read_contract(document, &out->contract);
}

static void clear_office(struct version *version)
{
	terms_office_clear(&version->office);
}

static void clear_zone(struct version *version)
{
	terms_zone_clear(&version->zone);
}

static void clear_contract(struct version *version)
{
	terms_contract_clear(&version->contract);
}

static const struct {
	int (*read)(const char *document, struct version *out);
	void (*clear)(struct version *version);
} kinds[] = {
    [LEDGER_TERMS_UPLINK] = {read_uplink, NULL},
    [LEDGER_TERMS_CONTRACT] = {read_contract, clear_contract},
    [LEDGER_TERMS_OFFICE] = {read_office, clear_office},
    [LEDGER_TERMS_ZONE] = {read_zone, clear_zone},
};

static bool is_wanted(enum ledger_terms_kind kind)
{
	return (size_t)kind < ELEMENTS(kinds) && kinds[kind].read;
}

/* ---- keeping ---- */

static int compare(const struct lineage *lineage, enum ledger_terms_kind kind, const char *of)
{
	if (lineage->kind != kind)
		return lineage->kind < kind ? -1 : 1;
	return strcmp(lineage->of, of);
}

/* Where it is, or would be. */
static size_t place(const struct timeline *timeline, enum ledger_terms_kind kind, const char *of)
{
	size_t low = 0, high = timeline->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&timeline->lineages[middle], kind, of) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct lineage *timeline_find(const struct timeline *timeline, enum ledger_terms_kind kind,
				    const char *of)
{
	size_t at = place(timeline, kind, of);

	return at < timeline->n && compare(&timeline->lineages[at], kind, of) == 0 ? &timeline->lineages[at]
										   : NULL;
}

static struct lineage *find_or_make(struct timeline *timeline, enum ledger_terms_kind kind, const char *of)
{
	size_t at = place(timeline, kind, of);
	struct lineage *lineage;

	if (at < timeline->n && compare(&timeline->lineages[at], kind, of) == 0)
		return &timeline->lineages[at];
	if (timeline->n == timeline->room) {
		size_t room = timeline->room ? timeline->room * 2 : 64;

		lineage = realloc(timeline->lineages, room * sizeof(*lineage));
		if (!lineage)
			return NULL;
		timeline->lineages = lineage;
		timeline->room = room;
	}
	lineage = &timeline->lineages[at];
	memmove(lineage + 1, lineage, (timeline->n++ - at) * sizeof(*lineage));
	*lineage = (struct lineage){.kind = kind};
	snprintf(lineage->of, sizeof(lineage->of), "%s", of);
	return lineage;
}

static struct version *add_version(struct lineage *lineage)
{
	if (lineage->n == lineage->room) {
		size_t room = lineage->room ? lineage->room * 2 : 1;
		struct version *versions = realloc(lineage->versions, room * sizeof(*versions));

		if (!versions)
			return NULL;
		lineage->versions = versions;
		lineage->room = room;
	}
	return &lineage->versions[lineage->n];
}

static int add(struct timeline *timeline, const struct ledger_terms *terms, int64_t recorded_usec)
{
	struct lineage *lineage = find_or_make(timeline, terms->kind, terms->of);
	struct version *version = lineage ? add_version(lineage) : NULL;
	int r = 0;

	if (!version)
		return -ENOMEM;
	*version = (struct version){.wall_usec = terms->wall_usec, .recorded_usec = recorded_usec};
	if (terms->document[0])
		r = kinds[terms->kind].read(terms->document, version);
	else
		version->gone = true;
	if (r < 0)
		return r;
	lineage->n++;
	return 0;
}

/* Oldest first: what has the time of the very first was so before anybody wrote it down. */
static int on_terms(const struct ledger_terms *terms, void *userdata)
{
	struct timeline *timeline = userdata;
	struct ledger_terms valid = *terms;

	if (timeline->first_usec == INT64_MAX)
		timeline->first_usec = terms->wall_usec;
	if (!is_wanted(terms->kind))
		return 0;
	if (terms->wall_usec == timeline->first_usec)
		valid.wall_usec = INT64_MIN;
	return add(timeline, &valid, terms->wall_usec);
}

static int add_own(struct timeline *timeline, enum ledger_terms_kind kind, const char *of, char *document)
{
	_cleanup_(freep) char *owned = document;
	struct ledger_terms terms = {.wall_usec = INT64_MIN, .kind = kind, .document = document};

	if (!owned)
		return -ENOMEM;
	snprintf(terms.of, sizeof(terms.of), "%s", of);
	return add(timeline, &terms, 0);
}

static int load_configuration(struct timeline *timeline, const struct policy *policy)
{
	int r = add_own(timeline, LEDGER_TERMS_UPLINK, "", terms_of_uplink(policy));

	for (size_t i = 0; r == 0 && i < policy->n_offices; i++)
		r = add_own(timeline, LEDGER_TERMS_OFFICE, policy->offices[i].id,
			    terms_of_office(&policy->offices[i]));
	for (size_t i = 0; r == 0 && i < policy->n_zones; i++)
		r = add_own(timeline, LEDGER_TERMS_ZONE, policy->zones[i].id,
			    terms_of_zone(&policy->zones[i]));
	return r;
}

int timeline_load(struct ledger *ledger, const struct policy *policy, struct timeline *out)
{
	int r;

	*out = (struct timeline){.first_usec = INT64_MAX};
	r = ledger_terms(ledger, INT64_MAX, on_terms, out);
	if (r == 0 && out->first_usec == INT64_MAX)
		r = load_configuration(out, policy);
	return r;
}

static void clear_lineage(struct lineage *lineage)
{
	for (size_t i = 0; i < lineage->n; i++)
		if (!lineage->versions[i].gone && kinds[lineage->kind].clear)
			kinds[lineage->kind].clear(&lineage->versions[i]);
	free(lineage->versions);
}

void timeline_clear(struct timeline *timeline)
{
	for (size_t i = 0; i < timeline->n; i++)
		clear_lineage(&timeline->lineages[i]);
	free(timeline->lineages);
	*timeline = (struct timeline){0};
}

/* ---- asking ---- */

static int64_t ends(const struct lineage *lineage, size_t version)
{
	return version + 1 < lineage->n ? lineage->versions[version + 1].wall_usec : INT64_MAX;
}

static bool touches(const struct lineage *lineage, int64_t from_usec, int64_t until_usec)
{
	for (size_t i = 0; i < lineage->n; i++) {
		int64_t begins = lineage->versions[i].wall_usec, end = ends(lineage, i);

		if (!lineage->versions[i].gone && begins < end && begins < until_usec && end > from_usec)
			return true;
	}
	return false;
}

uint32_t lineage_days(const struct lineage *lineage, const struct span *span)
{
	uint32_t days = 0;

	for (unsigned i = 0; lineage && i < span->seen; i++)
		if (touches(lineage, span->midnight_usec[i], span->midnight_usec[i + 1]))
			days |= UINT32_C(1) << i;
	return days;
}

const struct version *lineage_before(const struct lineage *lineage, int64_t wall_usec)
{
	const struct version *found = NULL;

	for (size_t i = 0; lineage && i < lineage->n; i++) {
		const struct version *version = &lineage->versions[i];

		if (found && version->wall_usec >= wall_usec)
			break;
		if (!version->gone)
			found = version;
	}
	return found;
}

bool lineage_is_there(const struct lineage *lineage, int64_t wall_usec)
{
	bool there = false;

	for (size_t i = 0; lineage && i < lineage->n && lineage->versions[i].wall_usec < wall_usec; i++)
		there = !lineage->versions[i].gone;
	return there;
}

struct policy_rate timeline_bought(const struct timeline *timeline, const struct policy *policy,
				   int64_t before_usec, unsigned *headroom_percent)
{
	const struct version *version =
	    lineage_before(timeline_find(timeline, LEDGER_TERMS_UPLINK, ""), before_usec);

	if (headroom_percent)
		*headroom_percent = version ? version->uplink.headroom_percent : policy->headroom_percent;
	return version ? version->uplink.rate : policy->uplink_rate;
}
