/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: people look for an office by its name, so tables are in the order of names, the same on every machine:
 * by Unicode's case folding and code points, not by what a locale thinks.
 */
#include "month_parts.h"
#include <errno.h>
#include <glib.h>
#include <string.h>

struct key {
	char *folded;
	const char *id;
	size_t at;
};

static int compare(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int order = strcmp(x->folded, y->folded);

	return order != 0 ? order : strcmp(x->id, y->id);
}

static void sort(struct key *keys, size_t n, const void *from, size_t size, void *to)
{
	qsort(keys, n, sizeof(*keys), compare);
	for (size_t i = 0; i < n; i++) {
		memcpy((char *)to + i * size, (const char *)from + keys[i].at * size, size);
		g_free(keys[i].folded);
	}
}

static struct key key_of(const char *name, const char *id, size_t at)
{
	return (struct key){g_utf8_casefold(name, -1), id, at};
}

static int order_offices(struct report_month *month)
{
	_cleanup_(freep) struct key *keys = calloc(month->n_offices + 1, sizeof(*keys));
	struct report_office *sorted = calloc(month->n_offices + 1, sizeof(*sorted));

	if (!keys || !sorted) {
		free(sorted);
		return -ENOMEM;
	}
	for (size_t i = 0; i < month->n_offices; i++)
		keys[i] = key_of(month->offices[i].name, month->offices[i].id, i);
	sort(keys, month->n_offices, month->offices, sizeof(*sorted), sorted);
	free(month->offices);
	month->offices = sorted;
	return 0;
}

static int order_zones(struct report_month *month)
{
	_cleanup_(freep) struct key *keys = calloc(month->n_zones + 1, sizeof(*keys));
	struct report_zone *sorted = calloc(month->n_zones + 1, sizeof(*sorted));

	if (!keys || !sorted) {
		free(sorted);
		return -ENOMEM;
	}
	for (size_t i = 0; i < month->n_zones; i++)
		keys[i] = key_of(month->zones[i].name, month->zones[i].id, i);
	sort(keys, month->n_zones, month->zones, sizeof(*sorted), sorted);
	free(month->zones);
	month->zones = sorted;
	return 0;
}

int month_order(struct report_month *month)
{
	int r = order_offices(month);

	return r < 0 ? r : order_zones(month);
}

/* ---- day by day ---- */

static int add_daily(struct maker *maker, enum ledger_subject kind, const char *id)
{
	const struct span *span = &maker->basis.span;
	const struct member *member = basis_find(&maker->basis, kind, id);
	struct report_daily *daily = &maker->month->daily[maker->month->n_daily++];

	*daily = (struct report_daily){.kind = kind, .days = calloc(SPAN_DAYS, sizeof(*daily->days))};
	snprintf(daily->id, sizeof(daily->id), "%s", id);
	if (!daily->days)
		return -ENOMEM;
	for (unsigned i = 0; i < span->days; i++)
		if (member->present & (UINT32_C(1) << i))
			daily->days[daily->n++] = (struct report_day){
			    span->from_day + (int32_t)i, (uint64_t)member->days[i].down_bytes,
			    (uint64_t)member->days[i].up_bytes, member->days[i].measured_sec};
	return 0;
}

int month_daily(struct maker *maker)
{
	struct report_month *month = maker->month;
	int r = 0;

	month->daily = calloc(month->n_offices + month->n_zones + 1, sizeof(*month->daily));
	if (!month->daily)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < month->n_offices; i++)
		r = add_daily(maker, LEDGER_OFFICE, month->offices[i].id);
	for (size_t i = 0; r == 0 && i < month->n_zones; i++)
		r = add_daily(maker, LEDGER_ZONE, month->zones[i].id);
	return r;
}
