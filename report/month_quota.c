/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what became of a quota, and in which minutes an office got too little, is told from the journal and
 * from the rows of evidence, read once for all offices.
 */
#include "month_parts.h"
#include <errno.h>
#include <string.h>
#include "../lib/units.h"

/* ---- quotas ---- */

static const struct {
	const char *kind;
	size_t at;
} instants[] = {
    {"quota.notice", offsetof(struct report_office, noticed_wall_usec)},
    {"quota.over", offsetof(struct report_office, over_wall_usec)},
    {"quota.throttle", offsetof(struct report_office, over_wall_usec)},
};

/* Newest first, so that the first of its kind in the month stays. */
static int on_event(const struct ledger_event *event, void *userdata)
{
	const struct maker *maker = userdata;
	struct report_office *office = month_office(maker->month, event->subject);

	for (size_t i = 0; office && i < ELEMENTS(instants); i++)
		if (strcmp(event->kind, instants[i].kind) == 0)
			*(int64_t *)((char *)office + instants[i].at) = event->wall_usec;
	return 0;
}

static int on_exemption(const struct ledger_exemption *exemption, void *userdata)
{
	const struct maker *maker = userdata;
	const struct span *span = &maker->basis.span;
	struct report_office *office = month_office(maker->month, exemption->office);
	int64_t until = exemption->until_wall_usec;

	if (exemption->revoked_wall_usec)
		until = MIN(until, exemption->revoked_wall_usec);
	if (office && exemption->from_wall_usec < span_end(span) && until > span_begin(span))
		office->exemptions++;
	return 0;
}

int month_quotas(struct maker *maker)
{
	const struct span *span = &maker->basis.span;
	struct report_month *month = maker->month;
	int r =
	    ledger_events(maker->ledger, span_begin(span), span_end(span), "quota.", NULL, on_event, maker);

	if (r == 0)
		r = ledger_exemptions(maker->ledger, NULL, span_begin(span), on_exemption, maker);
	for (size_t i = 0; r == 0 && i < month->n_offices; i++)
		r = ledger_quota_stage(maker->ledger, month->offices[i].id, span->month,
				       &month->offices[i].quota_stage);
	return r;
}

/* ---- shortfalls ---- */

#define WORST 50u

struct shortfalls {
	struct maker *maker;
	struct ledger_shortfall last; /* a minute counts once, down or up or both */
	size_t room;
};

static uint64_t lack(const struct ledger_shortfall *shortfall)
{
	return shortfall->entitled_bps > shortfall->achieved_bps
		   ? shortfall->entitled_bps - shortfall->achieved_bps
		   : 0;
}

static int by_lack(const void *a, const void *b)
{
	const struct ledger_shortfall *x = a, *y = b;
	int ids = strcmp(x->id, y->id);

	if (lack(x) != lack(y))
		return lack(x) < lack(y) ? 1 : -1;
	if (x->minute_sec != y->minute_sec)
		return x->minute_sec < y->minute_sec ? -1 : 1;
	return ids != 0 ? ids : (int)x->up - (int)y->up;
}

static int keep(struct shortfalls *all, const struct ledger_shortfall *shortfall)
{
	struct report_month *month = all->maker->month;

	if (month->n_shortfalls == all->room) {
		size_t room = all->room ? all->room * 2 : 64;
		struct ledger_shortfall *more = reallocarray(month->shortfalls, room, sizeof(*more));

		if (!more)
			return -ENOMEM;
		month->shortfalls = more;
		all->room = room;
	}
	month->shortfalls[month->n_shortfalls++] = *shortfall;
	return 0;
}

static void count(struct maker *maker, const struct ledger_shortfall *shortfall)
{
	struct report_month *month = maker->month;
	struct report_office *office = month_office(month, shortfall->id);
	unsigned day = span_day(&maker->basis.span, shortfall->minute_sec * USEC_PER_SEC);

	if (!office)
		return;
	office->short_minutes++;
	month->short_minutes++;
	if (day < month->uplink.n_days)
		month->uplink.days[day].short_minutes++;
}

static int on_shortfall(const struct ledger_shortfall *shortfall, void *userdata)
{
	struct shortfalls *all = userdata;
	bool same = shortfall->minute_sec == all->last.minute_sec && strcmp(shortfall->id, all->last.id) == 0;

	if (shortfall->kind != LEDGER_OFFICE)
		return 0;
	if (!same)
		count(all->maker, shortfall);
	all->last = *shortfall;
	return keep(all, shortfall);
}

int month_shortfalls(struct maker *maker)
{
	const struct span *span = &maker->basis.span;
	struct report_month *month = maker->month;
	struct shortfalls all = {.maker = maker};
	int r = ledger_shortfalls(maker->ledger, span_begin(span) / USEC_PER_SEC,
				  span_end(span) / USEC_PER_SEC, on_shortfall, &all);

	if (r == 0 && month->n_shortfalls > 0)
		qsort(month->shortfalls, month->n_shortfalls, sizeof(*month->shortfalls), by_lack);
	month->n_shortfalls = MIN(month->n_shortfalls, WORST);
	return r;
}
