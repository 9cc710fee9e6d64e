/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what can only be computed while rows of five minutes are kept is taken from where it was written down;
 * a month that is still open is computed from its rows; and what nobody can know any more is not guessed.
 */
#include "month_parts.h"
#include <errno.h>
#include <string.h>
#include "../lib/units.h"

DEFINE_CLEANUP(struct ledger_month_record *, ledger_month_free)

/* ---- from a record ---- */

static void *copy_of(const void *from, size_t n, size_t size)
{
	void *to = calloc(n + 1, size);

	if (to && n > 0)
		memcpy(to, from, n * size);
	return to;
}

static int take(const struct ledger_month_record *record, struct rates *out)
{
	out->rates = copy_of(record->rates, record->n_rates, sizeof(*out->rates));
	out->visits = copy_of(record->visits, record->n_visits, sizeof(*out->visits));
	if (!out->rates || !out->visits)
		return -ENOMEM;
	out->n_rates = record->n_rates;
	out->n_visits = record->n_visits;
	return 0;
}

/* ---- from rows ---- */

static int on_rate(enum ledger_subject kind, const char *id, const struct ledger_percentile *percentile,
		   void *userdata)
{
	struct rates *out = userdata;
	struct ledger_month_rate *rate;

	if (out->n_rates == out->room_rates) {
		size_t room = out->room_rates ? out->room_rates * 2 : 64;

		rate = realloc(out->rates, room * sizeof(*rate));
		if (!rate)
			return -ENOMEM;
		out->rates = rate;
		out->room_rates = room;
	}
	rate = &out->rates[out->n_rates++];
	*rate = (struct ledger_month_rate){.kind = kind, .percentile = *percentile};
	snprintf(rate->id, sizeof(rate->id), "%s", id);
	return 0;
}

static int on_visits(const struct ledger_visits *visits, void *userdata)
{
	struct rates *out = userdata;

	if (out->n_visits == out->room_visits) {
		size_t room = out->room_visits ? out->room_visits * 2 : 8;
		struct ledger_visits *more = realloc(out->visits, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		out->visits = more;
		out->room_visits = room;
	}
	out->visits[out->n_visits++] = *visits;
	return 0;
}

static int compute_rates(struct ledger *ledger, const struct span *span, struct rates *out)
{
	return ledger_percentiles(ledger, span_begin(span) / USEC_PER_SEC, span_end(span) / USEC_PER_SEC,
				  on_rate, out);
}

static int compute_visits(struct ledger *ledger, const struct span *span, struct rates *out)
{
	free(out->visits);
	out->visits = NULL;
	out->n_visits = out->room_visits = 0;
	return ledger_visits(ledger, span_begin(span), span_end(span), on_visits, out);
}

/* ---- the one, else the other ---- */

/* 1: neither is there, and nothing was found. */
static int find_or_compute(struct ledger *ledger, const struct span *span, struct rates *out)
{
	_cleanup_(ledger_month_freep) struct ledger_month_record *record = NULL;
	int r = ledger_month(ledger, span->month, &record);

	out->recorded = r == 0;
	if (r == -ENOENT)
		r = ledger_month_compute(ledger, span->month, span_begin(span) / USEC_PER_SEC,
					 span_end(span) / USEC_PER_SEC, 0, &record);
	out->known = r == 0 || r == -EAGAIN;
	if (r == 0)
		return take(record, out);
	if (r == -EAGAIN) /* its rows are all there, only not yet closed */
		r = compute_rates(ledger, span, out);
	else if (r != -ENODATA)
		return r;
	return r < 0 && r != -ENODATA ? r : 1;
}

static int compare(const void *a, const void *b)
{
	const struct ledger_month_rate *x = a, *y = b;

	return x->kind != y->kind ? (x->kind > y->kind) - (x->kind < y->kind) : strcmp(x->id, y->id);
}

int rates_load(struct ledger *ledger, const struct span *span, enum rates_detail detail, struct rates *out)
{
	int r;

	*out = (struct rates){0};
	r = find_or_compute(ledger, span, out);
	if (r > 0)
		r = detail == RATES_AND_VISITS ? compute_visits(ledger, span, out) : 0;
	if (r == 0 && out->n_rates > 0)
		qsort(out->rates, out->n_rates, sizeof(*out->rates), compare);
	return r;
}

void rates_clear(struct rates *rates)
{
	free(rates->rates);
	free(rates->visits);
	*rates = (struct rates){0};
}

const struct ledger_percentile *rates_of(const struct rates *rates, enum ledger_subject kind, const char *id)
{
	struct ledger_month_rate wanted = {.kind = kind};
	const struct ledger_month_rate *found;

	snprintf(wanted.id, sizeof(wanted.id), "%s", id);
	found = rates->n_rates > 0 ? bsearch(&wanted, rates->rates, rates->n_rates, sizeof(wanted), compare)
				   : NULL;
	return found ? &found->percentile : NULL;
}

const struct ledger_visits *rates_visits(const struct rates *rates, const char *zone)
{
	for (size_t i = 0; i < rates->n_visits; i++)
		if (strcmp(rates->visits[i].zone, zone) == 0)
			return &rates->visits[i];
	return NULL;
}
