/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: who was there in a month, on which days, and what they were given, is the base of each table and each
 * rupiah. It is read in a few walks, for the month of the report and, without its days, for those of the year
 * before it.
 */
#include "month_parts.h"
#include <errno.h>
#include <string.h>
#include "../ledger/civil.h"

/* ---- members, by kind and id ---- */

static int compare(const struct member *member, enum ledger_subject kind, const char *id)
{
	if (member->kind != kind)
		return member->kind < kind ? -1 : 1;
	return strcmp(member->id, id);
}

static size_t place(const struct basis *basis, enum ledger_subject kind, const char *id)
{
	size_t low = 0, high = basis->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&basis->members[middle], kind, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct member *basis_find(const struct basis *basis, enum ledger_subject kind, const char *id)
{
	size_t at = place(basis, kind, id);

	return at < basis->n && compare(&basis->members[at], kind, id) == 0 ? &basis->members[at] : NULL;
}

struct making {
	struct basis *basis;
	const struct timeline *timeline;
	enum basis_detail detail;
};

static const enum ledger_terms_kind terms_of[LEDGER_SUBJECTS] = {
    [LEDGER_OFFICE] = LEDGER_TERMS_OFFICE, [LEDGER_ZONE] = LEDGER_TERMS_ZONE};

static int fill(const struct making *making, struct member *member, enum ledger_subject kind, const char *id)
{
	struct member_day *days = NULL;

	if (making->detail == BASIS_DAYS) {
		days = calloc(SPAN_DAYS, sizeof(*days));
		if (!days)
			return -ENOMEM;
	}
	*member = (struct member){.kind = kind, .days = days};
	snprintf(member->id, sizeof(member->id), "%s", id);
	if (kind < LEDGER_SUBJECTS && terms_of[kind])
		member->lineage = timeline_find(making->timeline, terms_of[kind], id);
	return 0;
}

static int make_room(struct basis *basis)
{
	size_t room = basis->room ? basis->room * 2 : 64;
	struct member *members = realloc(basis->members, room * sizeof(*members));

	if (!members)
		return -ENOMEM;
	basis->members = members;
	basis->room = room;
	return 0;
}

static int find_or_make(const struct making *making, enum ledger_subject kind, const char *id,
			struct member **out)
{
	struct basis *basis = making->basis;
	size_t at = place(basis, kind, id);
	struct member made;
	int r;

	if (at == basis->n || compare(&basis->members[at], kind, id) != 0) {
		r = basis->n == basis->room ? make_room(basis) : 0;
		if (r == 0)
			r = fill(making, &made, kind, id);
		if (r < 0)
			return r;
		memmove(&basis->members[at + 1], &basis->members[at],
			(basis->n++ - at) * sizeof(*basis->members));
		basis->members[at] = made;
	}
	*out = &basis->members[at];
	return 0;
}

/* ---- what was counted ---- */

static void add_flow(struct ledger_flow *sum, const struct ledger_flow *flow)
{
	sum->bytes += flow->bytes;
	sum->packets += flow->packets;
	sum->dropped += flow->dropped;
	sum->late_bytes += flow->late_bytes;
	sum->borrowed += flow->borrowed;
	sum->demand_sec += flow->demand_sec;
	sum->short_sec += flow->short_sec;
}

static void add_day(struct member *member, const struct span *span, const struct ledger_usage *usage)
{
	unsigned at = (unsigned)((int32_t)usage->at - span->from_day);
	struct member_day *day = &member->days[at];

	day->down_bytes += (int64_t)usage->part.down.bytes;
	day->up_bytes += (int64_t)usage->part.up.bytes;
	day->borrowed += usage->part.down.borrowed + usage->part.up.borrowed;
	day->measured_sec += usage->measured_sec;
	if (usage->part.down.bytes > 0 || usage->part.up.bytes > 0)
		member->present |= UINT32_C(1) << at;
}

static int on_usage(const struct ledger_usage *usage, void *userdata)
{
	struct making *making = userdata;
	struct basis *basis = making->basis;
	struct member *member;
	int r = find_or_make(making, usage->part.kind, usage->part.id, &member);

	if (r < 0)
		return r;
	add_flow(&member->down, &usage->part.down);
	add_flow(&member->up, &usage->part.up);
	member->measured_sec += usage->measured_sec;
	if (making->detail == BASIS_DAYS) {
		add_day(member, &basis->span, usage);
		basis->last_day = MAX(basis->last_day, (int32_t)usage->at);
	}
	return 0;
}

static int load_usage(struct ledger *ledger, struct making *making)
{
	const struct span *span = &making->basis->span;
	struct ledger_query query = {.grain = LEDGER_DAYS, .from = span->from_day, .until = span->until_day};

	if (making->detail == BASIS_SUMS)
		query = (struct ledger_query){
		    .grain = LEDGER_MONTHS, .from = span->month, .until = span->month + 1};
	return ledger_usage(ledger, &query, on_usage, making);
}

/* ---- what was corrected ---- */

static int on_correction(const struct ledger_correction *correction, void *userdata)
{
	const struct making *making = userdata;
	unsigned at = (unsigned)(correction->day - making->basis->span.from_day);
	struct member *member;
	int r = find_or_make(making, correction->kind, correction->id_of, &member);

	if (r < 0)
		return r;
	member->corrected_down += correction->down_bytes;
	member->corrected_up += correction->up_bytes;
	member->present |= UINT32_C(1) << at;
	if (member->days) {
		member->days[at].down_bytes += correction->down_bytes;
		member->days[at].up_bytes += correction->up_bytes;
	}
	return 0;
}

/* ---- who was configured ---- */

static int add_configured(struct making *making, const struct lineage *lineage)
{
	static const enum ledger_subject subjects[] = {
	    [LEDGER_TERMS_OFFICE] = LEDGER_OFFICE, [LEDGER_TERMS_ZONE] = LEDGER_ZONE};
	struct member *member;
	uint32_t days;
	int r;

	if ((size_t)lineage->kind >= ELEMENTS(subjects) || !subjects[lineage->kind])
		return 0;
	days = lineage_days(lineage, &making->basis->span);
	if (!days)
		return 0;
	r = find_or_make(making, subjects[lineage->kind], lineage->of, &member);
	if (r == 0)
		member->present |= days;
	return r;
}

static int load_configured(struct making *making)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < making->timeline->n; i++)
		r = add_configured(making, &making->timeline->lineages[i]);
	return r;
}

/* Of who was configured on every day the month's sums are enough. */
static bool is_unclear(const struct basis *basis)
{
	uint32_t all = (uint32_t)((UINT64_C(1) << basis->span.days) - 1);

	for (size_t i = 0; i < basis->n; i++) {
		const struct member *member = &basis->members[i];

		if (member->kind == LEDGER_OFFICE && member->present != all &&
		    (member->down.bytes > 0 || member->up.bytes > 0))
			return true;
	}
	return false;
}

/* Days with rows have come, whatever a clock says. */
static void look_ahead(struct basis *basis)
{
	if (basis->last_day >= basis->span.from_day)
		basis->span.seen =
		    MAX(basis->span.seen, (unsigned)(basis->last_day - basis->span.from_day + 1));
}

static int make(struct ledger *ledger, struct making *making)
{
	struct basis *basis = making->basis;
	int r = load_usage(ledger, making);

	look_ahead(basis);
	if (r == 0)
		r = ledger_corrections(ledger, basis->span.from_day, basis->span.until_day, on_correction,
				       making);
	return r < 0 ? r : load_configured(making);
}

int basis_make(struct ledger *ledger, const struct timeline *timeline, int32_t month, int64_t now_usec,
	       enum basis_detail detail, struct basis *out)
{
	struct making making = {out, timeline, detail};
	int r;

	*out = (struct basis){.last_day = INT32_MIN};
	span_of(month, now_usec, &out->span);
	r = make(ledger, &making);
	if (r < 0 || detail == BASIS_DAYS || !is_unclear(out))
		return r;
	basis_clear(out);
	return basis_make(ledger, timeline, month, now_usec, BASIS_DAYS, out);
}

void basis_clear(struct basis *basis)
{
	for (size_t i = 0; i < basis->n; i++)
		free(basis->members[i].days);
	free(basis->members);
	*basis = (struct basis){.last_day = INT32_MIN};
}

/* ---- asking ---- */

int32_t member_first_day(const struct member *member, const struct span *span)
{
	return span->from_day + (member->present ? __builtin_ctz(member->present) : 0);
}

int32_t member_last_day(const struct member *member, const struct span *span)
{
	return span->from_day + (member->present ? 31 - __builtin_clz(member->present) : 0);
}

static uint64_t delivered(uint64_t counted, int64_t corrected)
{
	return (uint64_t)MAX((int64_t)counted + corrected, 0);
}

uint64_t member_down(const struct member *member)
{
	return delivered(member->down.bytes, member->corrected_down);
}

uint64_t member_up(const struct member *member)
{
	return delivered(member->up.bytes, member->corrected_up);
}

const struct version *member_terms(const struct member *member, const struct span *span)
{
	unsigned day = (unsigned)(member_last_day(member, span) - span->from_day);

	return lineage_before(member->lineage, span->midnight_usec[day + 1]);
}
