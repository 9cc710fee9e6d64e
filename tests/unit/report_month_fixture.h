/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A ledger with terms, and the month that is made of it: a November in a site of UTC+7, its days counted from 1 (0 is
 * the last of October, 31 the first of December).
 */
#include "metering_fixture.h"
#include "../../policy/terms.h"
#include "../../report/month.h"

#define NOVEMBER (2026 * 12 + 10)
#define GB UINT64_C(1000000000)
#define MBIT UINT64_C(1000000)
#define USEC(day, hour, minute) usec_of(NOVEMBER, day, hour, minute)
#define SEC(day, hour, minute) (USEC(day, hour, minute) / USEC_PER_SEC)
#define AFTER usec_of(NOVEMBER + 1, 5, 12, 0) /* the month is long over */

static struct policy policy;
static struct report_settings settings;
static struct report_month *month;

static _unused_ int64_t usec_of(int32_t of, int day, int hour, int minute)
{
	return civil_midnight_usec(civil_first_day(of) + day - 1) + hour * USEC_PER_HOUR + minute * USEC_PER_MINUTE;
}

static _unused_ int32_t nth(int day)
{
	return civil_first_day(NOVEMBER) + day - 1;
}

static void set_up_month(void)
{
	set_up_site();
	policy = (struct policy){.site_name = (char *)"Diskominfo",
				 .uplink_rate = {500 * MBIT, 300 * MBIT},
				 .headroom_percent = 5,
				 .report = {.baseline_rupiah = 7000000}};
	settings = (struct report_settings){.policy = &policy};
	month = NULL;
}

static void tear_down_month(void)
{
	month = report_month_free(month);
	tear_down();
}

/* ---- what is agreed ---- */

/* Takes the document. */
static _unused_ void agree(enum ledger_terms_kind kind, const char *of, int64_t wall_usec, char *document)
{
	struct ledger_terms terms = {.wall_usec = wall_usec, .kind = kind, .document = document};

	ck_assert_ptr_nonnull(document);
	snprintf(terms.of, sizeof(terms.of), "%s", of);
	ck_assert_int_eq(ledger_terms_put(ledger, &terms), 0);
	free(document);
}

/* Guaranteed so many Mbit/s down, half of it up. */
static _unused_ struct policy_office office_like(const char *id, const char *name, uint64_t mbit)
{
	return (struct policy_office){.id = (char *)id,
				      .name = (char *)name,
				      .budget_code = (char *)"5.1.02.02.01.0063",
				      .inside = {{mbit * MBIT, mbit * MBIT / 2}, {200 * MBIT, 100 * MBIT}},
				      .outside = {{4 * MBIT, 2 * MBIT}, {100 * MBIT, 50 * MBIT}}};
}

static _unused_ void agree_office(int64_t wall_usec, const char *id, const char *name, uint64_t mbit)
{
	const struct policy_office office = office_like(id, name, mbit);

	agree(LEDGER_TERMS_OFFICE, id, wall_usec, terms_of_office(&office));
}

static _unused_ void end_terms(enum ledger_terms_kind kind, const char *of, int64_t wall_usec)
{
	agree(kind, of, wall_usec, strdup(""));
}

static _unused_ struct policy_contract contract_like(int64_t monthly, int32_t from_day, int32_t to_day)
{
	return (struct policy_contract){.provider = (char *)"PT Jaringan",
					.number = (char *)"12/SPK/2026",
					.monthly_rupiah = monthly,
					.from_day = from_day,
					.to_day = to_day,
					.sla_permille = 995,
					.split_percent = {[POLICY_SPLIT_EQUAL] = 100}};
}

static _unused_ void agree_contract(int64_t wall_usec, const struct policy_contract *contract)
{
	agree(LEDGER_TERMS_CONTRACT, "", wall_usec, terms_of_contract(contract));
}

/* ---- what happens ---- */

static _unused_ void correct(int day, const char *id, int64_t down, int64_t up)
{
	struct ledger_correction row = {.wall_usec = AFTER,
					.day = nth(day),
					.month = civil_month(nth(day)),
					.kind = LEDGER_OFFICE,
					.down_bytes = down,
					.up_bytes = up,
					.who = "siti",
					.reason = "uji"};

	snprintf(row.id_of, sizeof(row.id_of), "%s", id);
	ck_assert_int_eq(ledger_correction_put(ledger, &row), 0);
}

static _unused_ void watch(int32_t day, uint32_t measured_min, uint32_t down_min)
{
	const struct ledger_availability minutes = {
	    .day = day, .measured_min = measured_min, .down_min = down_min, .silent_min = down_min};

	ck_assert_int_eq(ledger_availability_add(ledger, &minutes), 0);
}

static _unused_ void close_all(void)
{
	ck_assert_int_ge(ledger_close_days(ledger, INT32_MAX, AFTER, 10000), 1);
}

/* ---- the month ---- */

static _unused_ void make_month(int32_t which, int64_t now_wall_usec)
{
	month = report_month_free(month);
	settings.now_wall_usec = now_wall_usec;
	ck_assert_int_eq(report_month_make(ledger, which, &settings, &month), 0);
	ck_assert_int_eq(month->month, which);
}

static _unused_ const struct report_office *office(const char *id)
{
	for (size_t i = 0; i < month->n_offices; i++)
		if (strcmp(month->offices[i].id, id) == 0)
			return &month->offices[i];
	ck_abort_msg("no office %s", id);
	return NULL;
}

static _unused_ const struct report_daily *daily(const char *id)
{
	for (size_t i = 0; i < month->n_daily; i++)
		if (strcmp(month->daily[i].id, id) == 0)
			return &month->daily[i];
	ck_abort_msg("no days of %s", id);
	return NULL;
}
