/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a month's record is what the report says of a month whose rows are gone. While they are still there,
 * it is what anybody would compute from them; sessions may only have lost their owner since, by a rule or a
 * wish.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "civil.h"
#include "month.h"
#include "verify.h"
#include "../lib/units.h"

DEFINE_CLEANUP(struct ledger_month_record *, ledger_month_free)

/* A session that was live when the record was made is saved again with every change of the clock, and may so
 * begin a little earlier or later than it did then. */
#define SLACK_USEC USEC_PER_HOUR

struct pair {
	struct verify *verify;
	const struct ledger_month_record *held, *computed;
	struct ledger_visits *visits; /* at most */
	size_t n_visits;
	char month[CIVIL_TEXT];
};

static void pair_done(struct pair *pair)
{
	free(pair->visits);
}

/* ---- rates: the same to the last bit ---- */

static int compare(const struct pair *pair, const char *who, const char *what, uint64_t held,
		   uint64_t computed)
{
	if (held == computed)
		return 0;
	return verify_found(pair->verify, LEDGER_FOUND_SUM, civil_first_day(pair->held->month),
			    "%s, %s, %s: the rows give %ju, the month's record holds %ju", pair->month, who,
			    what, (uintmax_t)computed, (uintmax_t)held);
}

static int compare_rate(const struct pair *pair, const struct ledger_month_rate *held,
			const struct ledger_month_rate *computed)
{
	const struct ledger_percentile *a = &held->percentile, *b = &computed->percentile;
	const struct {
		const char *what;
		uint64_t held, computed;
	} figures[] = {
	    {"95th percentile down", a->down_bps, b->down_bps},
	    {"95th percentile up", a->up_bps, b->up_bps},
	    {"samples", a->samples, b->samples},
	    {"missing samples", a->missing, b->missing},
	    {"peak down", a->peak_down_bps, b->peak_down_bps},
	    {"peak up", a->peak_up_bps, b->peak_up_bps},
	};
	struct subject subject = {.kind = held->kind};
	char who[SUBJECT_TEXT];
	int r = 0;

	memcpy(subject.id, held->id, sizeof(subject.id));
	subject_text(&subject, who);
	for (size_t i = 0; r == 0 && i < ELEMENTS(figures); i++)
		r = compare(pair, who, figures[i].what, figures[i].held, figures[i].computed);
	return r;
}

static int order(const struct ledger_month_rate *a, const struct ledger_month_rate *b)
{
	return a->kind != b->kind ? (a->kind > b->kind) - (a->kind < b->kind) : strcmp(a->id, b->id);
}

static int lonely(const struct pair *pair, const struct ledger_month_rate *rate, const char *where)
{
	struct subject subject = {.kind = rate->kind};
	char who[SUBJECT_TEXT];

	memcpy(subject.id, rate->id, sizeof(subject.id));
	return verify_found(pair->verify, LEDGER_FOUND_SUM, civil_first_day(pair->held->month), "%s, %s: %s",
			    pair->month, subject_text(&subject, who), where);
}

/* Both are by kind and id. */
static int compare_rates(const struct pair *pair)
{
	const struct ledger_month_record *a = pair->held, *b = pair->computed;
	size_t i = 0, j = 0;
	int r = 0;

	while (r == 0 && (i < a->n_rates || j < b->n_rates)) {
		int side = i == a->n_rates ? 1 : j == b->n_rates ? -1 : order(&a->rates[i], &b->rates[j]);

		if (side < 0)
			r = lonely(pair, &a->rates[i++],
				   "the month's record has rates of it, and there are no rows");
		else if (side > 0)
			r = lonely(pair, &b->rates[j++], "it has rows, and no rates in the month's record");
		else
			r = compare_rate(pair, &a->rates[i++], &b->rates[j++]);
	}
	return r;
}

/* ---- visits: a session may have grown since, a device may have been forgotten ---- */

static int compare_visit(const struct pair *pair, const struct ledger_visits *held,
			 const struct ledger_visits *most)
{
	const struct {
		const char *what;
		uint64_t held, most;
	} figures[] = {
	    {"sessions", held->sessions, most->sessions},
	    {"down_bytes", held->down_bytes, most->down_bytes},
	    {"up_bytes", held->up_bytes, most->up_bytes},
	    {"visitors", held->visitors, most->visitors + most->anonymous},
	    {"anonymous sessions", held->anonymous, most->anonymous},
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < ELEMENTS(figures); i++) {
		if (figures[i].held > figures[i].most)
			r = verify_found(
			    pair->verify, LEDGER_FOUND_SUM, civil_first_day(pair->held->month),
			    "%s, %s%s, %s: the sessions give at most %ju, the month's record holds %ju",
			    pair->month, held->zone[0] ? "zone " : "all zones", held->zone, figures[i].what,
			    (uintmax_t)figures[i].most, (uintmax_t)figures[i].held);
	}
	return r;
}

static int on_visits(const struct ledger_visits *visits, void *userdata)
{
	struct pair *pair = userdata;
	struct ledger_visits *rows = reallocarray(pair->visits, pair->n_visits + 1, sizeof(*rows));

	if (!rows)
		return -ENOMEM;
	pair->visits = rows;
	rows[pair->n_visits++] = *visits;
	return 0;
}

static int compare_visits(struct pair *pair)
{
	static const struct ledger_visits none;
	const struct ledger_month_record *record = pair->held;
	int r = ledger_visits(pair->verify->ledger, record->from_sec * USEC_PER_SEC - SLACK_USEC,
			      record->until_sec * USEC_PER_SEC + SLACK_USEC, on_visits, pair);

	for (size_t i = 0; r == 0 && i < record->n_visits; i++) {
		const struct ledger_visits *held = &record->visits[i], *most = &none;

		for (size_t j = 0; j < pair->n_visits; j++)
			if (strcmp(pair->visits[j].zone, held->zone) == 0)
				most = &pair->visits[j];
		r = compare_visit(pair, held, most);
	}
	return r;
}

/* ---- a record ---- */

#define DAY_SEC 86400
#define MONTHS (10000 * 12)

static bool lies_by(int64_t sec, int32_t day)
{
	int64_t midnight = (int64_t)day * DAY_SEC; /* no zone's is further away than a day */

	return sec >= midnight - DAY_SEC && sec <= midnight + DAY_SEC;
}

static int check_limits(struct verify *verify, const struct ledger_month_record *held, int32_t month)
{
	char text[CIVIL_TEXT];

	if (lies_by(held->from_sec, civil_first_day(month)) &&
	    lies_by(held->until_sec, civil_first_day(month + 1)) && held->from_sec < held->until_sec)
		return 0;
	return verify_found(verify, LEDGER_FOUND_ROW, civil_first_day(month),
			    "%s: the month's record is of the seconds %jd to %jd, which are not that month",
			    civil_month_text(month, text), (intmax_t)held->from_sec,
			    (intmax_t)held->until_sec);
}

/* What cannot be computed any more is believed, as far as the chain proves it. */
static int check(struct verify *verify, int32_t month)
{
	_cleanup_(ledger_month_freep) struct ledger_month_record *held = NULL, *computed = NULL;
	_cleanup_(pair_done) struct pair pair = {.verify = verify};
	uint32_t findings = verify->out->findings;
	int r = ledger_month(verify->ledger, month, &held);

	if (r == 0)
		r = check_limits(verify, held, month);
	if (r != 0 || verify->out->findings > findings)
		return r;
	r = ledger_month_compute(verify->ledger, month, held->from_sec, held->until_sec, held->wall_usec,
				 &computed);
	if (r < 0)
		return r == -ENODATA || r == -EAGAIN ? 0 : r;
	pair.held = held;
	pair.computed = computed;
	civil_month_text(month, pair.month);
	r = compare_rates(&pair);
	return r == 0 ? compare_visits(&pair) : r;
}

static const char months[] = "SELECT month FROM month_record ORDER BY month";

static int on_month(sqlite3_stmt *row, void *userdata)
{
	int64_t month = sqlite3_column_int64(row, 0);

	if (month >= 0 && month < MONTHS)
		return check(userdata, (int32_t)month);
	return verify_found(userdata, LEDGER_FOUND_ROW, 0, "a record of month %jd, which there is not",
			    (intmax_t)month);
}

int verify_records(struct verify *verify)
{
	return store_each(verify->ledger, months, NULL, 0, on_month, verify);
}
