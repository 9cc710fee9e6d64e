/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Two months of a small city, with visitors, the first of them closed: what a month's record is made of.
 */
#include "metering_fixture.h"
#include "../../ledger/month.h"
#include "../bench/ledger_city.h"

DEFINE_CLEANUP(struct ledger_month_record *, ledger_month_free)

#define OCTOBER 24321
#define NOVEMBER 24322

static _unused_ int64_t begin_of(int32_t month)
{
	return civil_midnight_usec(civil_first_day(month)) / USEC_PER_SEC;
}

static _unused_ int compute(int32_t month, struct ledger_month_record **out)
{
	return ledger_month_compute(ledger, month, begin_of(month), begin_of(month + 1), NOW, out);
}

static _unused_ void record(int32_t month)
{
	_cleanup_(ledger_month_freep) struct ledger_month_record *made = NULL;

	ck_assert_int_eq(compute(month, &made), 0);
	ck_assert_int_eq(ledger_month_put(ledger, made), 0);
}

static _unused_ void visit(uint64_t id, uint8_t device, const char *zone, int64_t at_sec, int64_t seconds,
			   bool ends)
{
	struct ledger_session session = session_of(id, device);

	snprintf(session.zone, sizeof(session.zone), "%s", zone);
	session.started_wall_usec = at_sec * USEC_PER_SEC;
	session.saved_wall_usec = (at_sec + seconds) * USEC_PER_SEC + 999999;
	session.down_bytes = 1000 * id;
	session.up_bytes = id;
	ck_assert_int_eq(ledger_session_put(ledger, &session), 0);
	if (ends)
		ck_assert_int_eq(
		    ledger_session_end(ledger, &session, LEDGER_END_TIME, session.saved_wall_usec), 0);
}

/* Two months of a small city, October's end closed and with visitors. */
static _unused_ void make_city(void)
{
	const struct ledger_city city = {.offices = 4,
					 .zones = 2,
					 .from_day = civil_first_day(OCTOBER) + 26,
					 .until_day = civil_first_day(NOVEMBER) + 2,
					 .rows_from = civil_first_day(OCTOBER) + 26,
					 .seed = 5,
					 .holes = true,
					 .close = true};

	ck_assert_int_eq(ledger_city_make(ledger, &city), 0);
	for (unsigned i = 1; i < 40; i++)
		visit(i, (uint8_t)(1 + i % 7), i % 3 ? "taman-01" : "taman-02", begin_of(NOVEMBER) - i * 5000,
		      60, i > 3);
}

static _unused_ void equal(const struct ledger_month_record *a, const struct ledger_month_record *b)
{
	ck_assert_int_eq(a->month, b->month);
	ck_assert_int_eq(a->wall_usec, b->wall_usec);
	ck_assert_int_eq(a->from_sec, b->from_sec);
	ck_assert_int_eq(a->until_sec, b->until_sec);
	ck_assert_uint_eq(a->n_rates, b->n_rates);
	ck_assert_uint_eq(a->n_visits, b->n_visits);
	for (size_t i = 0; i < a->n_rates; i++) {
		ck_assert_int_eq(a->rates[i].kind, b->rates[i].kind);
		ck_assert_str_eq(a->rates[i].id, b->rates[i].id);
		ck_assert_mem_eq(&a->rates[i].percentile, &b->rates[i].percentile,
				 sizeof(b->rates[i].percentile));
	}
	for (size_t i = 0; i < a->n_visits; i++)
		ck_assert_mem_eq(&a->visits[i], &b->visits[i], sizeof(b->visits[i]));
}
