/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * November 2026 of a small regency as a finished model, for the tests of words and files: three offices (two
 * of one name, one that a spreadsheet would compute), two zones (one with few visitors), an outage, a gap, a
 * correction. No ledger has to exist. Each test may change its copy: month_fixture() starts anew.
 */
#include "../../lib/cleanup.h"
#include "../../report/document.h"
#include "../../report/month.h"
#include <check.h>
#include <string.h>
#include <time.h>

#define NOVEMBER (2026 * 12 + 10)
#define NOV(d) (20758 + (d)-1)			    /* days since 1970 */
#define SEC(d) ((int64_t)NOV(d) * 86400 - 7 * 3600) /* local midnight in WIB */
#define MBIT UINT64_C(1000000)
#define GB UINT64_C(1000000000)
#define HASH "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

enum { DINKES, TWIN, HOSTILE, OFFICES };

static struct report_office fixture_offices[OFFICES];
static struct report_zone fixture_zones[2];
static struct report_day fixture_days[OFFICES + 2][2];
static struct report_daily fixture_daily[OFFICES + 2];
static struct report_uplink_day fixture_uplink[2];
static struct report_outage fixture_outages[2];
static struct report_change fixture_changes[3];
static struct ledger_test fixture_tests[2];
static struct report_gap fixture_gaps[1];
static struct ledger_correction fixture_corrections[1];
static struct ledger_shortfall fixture_shortfalls[1];
static struct policy_refund fixture_refunds[] = {{995, 5}, {980, 10}};
static struct report_month fixture_month;
static struct policy fixture_policy;
static struct policy_window fixture_windows[] = {
    {1, 450, 960}, {2, 450, 960}, {3, 450, 960}, {4, 450, 960}, {5, 450, 960}};
static struct policy_schedule fixture_schedule = {.id = "kantor", .windows = fixture_windows, .n_windows = 5};
static struct report_settings fixture_settings;

static inline void fixture_rate(struct report_rate *rate, uint64_t bytes, uint64_t guaranteed)
{
	*rate = (struct report_rate){.bytes = bytes,
				     .mean_bps = bytes * 8 / 172800,
				     .p95_bps = guaranteed / 2,
				     .peak_bps = guaranteed,
				     .guaranteed_bps = guaranteed,
				     .ceiling_bps = 2 * guaranteed,
				     .used_permyriad = 5000};
}

static inline void fixture_office(size_t i, const char *id, const char *name, uint64_t down, int64_t share)
{
	struct report_office *office = &fixture_offices[i];

	*office = (struct report_office){.name = (char *)name,
					 .former = (char *)"",
					 .budget_code = (char *)"5.1.02.02.01.0063",
					 .first_day = NOV(1),
					 .last_day = NOV(2),
					 .rated = true,
					 .samples = 570,
					 .missing = 6,
					 .days_active = 2,
					 .measured_sec = 171000,
					 .measured_min = 2850,
					 .down_min = 12,
					 .available_permyriad = 9958};
	snprintf(office->id, sizeof(office->id), "%s", id);
	fixture_rate(&office->down, down, 10 * MBIT);
	fixture_rate(&office->up, down / 10, 5 * MBIT);
	office->money = (struct report_money){.share = share,
					      .refund = share / 20,
					      .net = share - share / 20,
					      .budget = 100000000,
					      .realised = 70000000,
					      .left = 30000000,
					      .share_permyriad = 3333};
	office->advice = (struct report_advice){.need = REPORT_NEED_FITS,
						.reason = REPORT_REASON_FITS,
						.p95_down_bps = 5 * MBIT,
						.p95_up_bps = 2 * MBIT,
						.months = 3,
						.active_days = 60};
}

static inline void fixture_zone(size_t i, const char *id, const char *name, uint64_t sessions,
				uint64_t visitors)
{
	fixture_zones[i] = (struct report_zone){.name = (char *)name,
						.open = (char *)"mon-sun 06:00-22:00",
						.not_during = (char *)"",
						.first_day = NOV(1),
						.last_day = NOV(2),
						.rated = true,
						.open_min = 1920,
						.sessions = sessions,
						.visitors = visitors,
						.anonymous = 1,
						.online_sec = 7322,
						.lent_bytes = GB};
	snprintf(fixture_zones[i].id, sizeof(fixture_zones[i].id), "%s", id);
	fixture_rate(&fixture_zones[i].down, 2 * GB, 10 * MBIT);
	fixture_rate(&fixture_zones[i].up, GB / 2, 10 * MBIT);
}

static inline void fixture_day(size_t i, enum ledger_subject kind, const char *id,
			       const struct report_rate *down, const struct report_rate *up)
{
	fixture_days[i][0] = (struct report_day){NOV(1), down->bytes / 3, up->bytes / 3, 85500};
	fixture_days[i][1] =
	    (struct report_day){NOV(2), down->bytes - down->bytes / 3, up->bytes - up->bytes / 3, 85500};
	fixture_daily[i] = (struct report_daily){.kind = kind, .days = fixture_days[i], .n = 2};
	snprintf(fixture_daily[i].id, sizeof(fixture_daily[i].id), "%.32s", id);
}

static inline void fixture_uplinks(struct report_uplink *uplink)
{
	fixture_uplink[0] = (struct report_uplink_day){NOV(1), 40 * GB, 4 * GB, 60 * MBIT, 6 * MBIT, 1425,
						       12,     GB,	3 * GB, 900 * GB,  0};
	fixture_uplink[1] =
	    (struct report_uplink_day){NOV(2), 60 * GB, 6 * GB, 0, 0, 1425, 0, GB, 2 * GB, 800 * GB, 0};
	fixture_outages[0] =
	    (struct report_outage){SEC(1) + 3600, SEC(1) + 3600 + 725, 725, LEDGER_OUTAGE_SILENT};
	fixture_outages[1] = (struct report_outage){SEC(2), 0, 10, LEDGER_OUTAGE_CARRIER};
	fixture_tests[0] = (struct ledger_test){.wall_usec = SEC(1) * 1000000,
						.server = "uji.example",
						.down_bps = 99 * MBIT,
						.up_bps = 48 * MBIT};
	fixture_tests[1] = (struct ledger_test){
	    .wall_usec = SEC(2) * 1000000, .server = "uji.example", .error = "no answer"};
	*uplink = (struct report_uplink){.rated = true,
					 .headroom_percent = 5,
					 .measured_min = 2850,
					 .down_min = 12,
					 .silent_min = 12,
					 .month_min = 43200,
					 .available_permyriad = 9958,
					 .outages = fixture_outages,
					 .n_outages = 2,
					 .outage_sec = 735,
					 .tests = fixture_tests,
					 .n_tests = 2,
					 .days = fixture_uplink,
					 .n_days = 2,
					 .busy_down_bps = 60 * MBIT,
					 .busy_up_bps = 6 * MBIT,
					 .own_down = 1000,
					 .own_up = 2000};
	fixture_rate(&uplink->down, 100 * GB, 100 * MBIT);
	fixture_rate(&uplink->up, 10 * GB, 50 * MBIT);
}

static inline void fixture_happened(void)
{
	fixture_changes[0] =
	    (struct report_change){NOV(2), (char *)"guaranteed.down", (char *)"10000000", (char *)"12500000"};
	fixture_changes[1] =
	    (struct report_change){NOV(2), (char *)"name", (char *)"Dinkes", (char *)"Dinas Kesehatan"};
	fixture_changes[2] =
	    (struct report_change){NOV(2), (char *)"over", (char *)"notice", (char *)"throttle"};
	fixture_offices[DINKES].changes = fixture_changes;
	fixture_offices[DINKES].n_changes = 3;
	fixture_gaps[0] =
	    (struct report_gap){{1, SEC(1) * 1000000, (SEC(1) + 60) * 1000000, LEDGER_GAP_POWER, true}, 60};
	fixture_corrections[0] = (struct ledger_correction){.wall_usec = SEC(2) * 1000000,
							    .day = NOV(1),
							    .month = NOVEMBER,
							    .kind = LEDGER_OFFICE,
							    .id_of = "dinkes",
							    .down_bytes = -300000000,
							    .who = "wahyuni",
							    .reason = "uji beban"};
	fixture_shortfalls[0] =
	    (struct ledger_shortfall){SEC(1) + 60, LEDGER_OFFICE, "dinkes", false, 7 * MBIT, 10 * MBIT};
}

static inline void fixture_contract(struct report_contract *contract)
{
	*contract = (struct report_contract){.terms = {.provider = (char *)"PT Penyedia Nusantara",
						       .number = (char *)"027/11/2026",
						       .monthly_rupiah = 30000001,
						       .from_day = NOV(1) - 300,
						       .to_day = NOV(30) + 31,
						       .sla_permille = 998,
						       .split_percent = {30, 0, 70, 0},
						       .refunds = fixture_refunds,
						       .n_refunds = 2,
						       .budget_rupiah = 400000000},
					     .recorded_wall_usec = (SEC(1) - 86400) * 1000000,
					     .days = 30,
					     .cost = 30000001,
					     .refund_percent = 5,
					     .refund = 1500000,
					     .net = 28500001,
					     .baseline = 21000000,
					     .baseline_each = 7000000,
					     .year_budget = 400000000,
					     .year_realised = 313500011,
					     .year_left = 86499989,
					     .year_from_month = 2026 * 12};
}

static inline void fixture_settings_make(void)
{
	fixture_policy = (struct policy){.site_name = (char *)"Diskominfo Kabupaten Kotawaringin Timur",
					 .site_schedule = &fixture_schedule};
	fixture_policy.signatory.office = (char *)"Kepala Dinas Komunikasi dan Informatika";
	fixture_policy.signatory.name = (char *)"Drs. Contoh, M.Si.";
	fixture_policy.signatory.nip = (char *)"19700101 199503 1 001";
	fixture_policy.signatory.place = (char *)"Sampit";
	fixture_settings = (struct report_settings){.policy = &fixture_policy,
						    .now_wall_usec = (SEC(30) + 3 * 86400) * 1000000};
}

static inline struct report_month *month_fixture(void)
{
	struct report_month *month = &fixture_month;

	setenv("TZ", "Asia/Pontianak", 1);
	tzset();
	fixture_office(DINKES, "dinkes", "Dinas Kesehatan", 50 * GB + 5000000, 10000001);
	fixture_office(TWIN, "dinkes-2", "Dinas Kesehatan", 30 * GB, 10000000);
	fixture_office(HOSTILE, "jahat", "=HYPERLINK(\"http://x\",\"a, b\")<b>", 10 * GB, 10000000);
	fixture_offices[DINKES].quota_bytes = 60 * GB;
	fixture_offices[DINKES].quota_permyriad = 9167;
	fixture_offices[DINKES].quota_stage = LEDGER_QUOTA_NOTICED;
	fixture_offices[DINKES].noticed_wall_usec = (SEC(2) + 3600) * 1000000;
	fixture_offices[TWIN].former = (char *)"Puskesmas Lama";
	fixture_offices[TWIN].added = true;
	fixture_zone(0, "taman-kota", "Taman Kota Sampit", 1250, 310);
	fixture_zone(1, "ikon-jelawat", "Ikon Jelawat", 12, 9);
	for (size_t i = 0; i < OFFICES; i++)
		fixture_day(i, LEDGER_OFFICE, fixture_offices[i].id, &fixture_offices[i].down,
			    &fixture_offices[i].up);
	for (size_t i = 0; i < 2; i++)
		fixture_day(OFFICES + i, LEDGER_ZONE, fixture_zones[i].id, &fixture_zones[i].down,
			    &fixture_zones[i].up);
	*month = (struct report_month){.month = NOVEMBER,
				       .from_day = NOV(1),
				       .until_day = NOV(31),
				       .from_sec = SEC(1),
				       .until_sec = SEC(31),
				       .recorded = true,
				       .hash = HASH,
				       .hash_day = NOV(30),
				       .site = (char *)"Diskominfo Kabupaten Kotawaringin Timur",
				       .offices = fixture_offices,
				       .n_offices = OFFICES,
				       .daily = fixture_daily,
				       .n_daily = OFFICES + 2,
				       .zones = fixture_zones,
				       .n_zones = 2,
				       .gaps = fixture_gaps,
				       .n_gaps = 1,
				       .corrections = fixture_corrections,
				       .n_corrections = 1,
				       .shortfalls = fixture_shortfalls,
				       .n_shortfalls = 1,
				       .short_minutes = 1,
				       .lent_bytes = 2 * GB,
				       .public_bytes = 5 * GB,
				       .spare_bytes = 1700 * GB};
	month->all_zones = (struct ledger_visits){.sessions = 1262, .visitors = 315};
	for (size_t i = 0; i < OFFICES; i++) {
		month->offices_down.bytes += fixture_offices[i].down.bytes;
		month->offices_up.bytes += fixture_offices[i].up.bytes;
	}
	fixture_uplinks(&month->uplink);
	fixture_happened();
	fixture_contract(&month->contract);
	fixture_settings_make();
	return month;
}

static inline struct report_document *fixture_document(const struct report_month *month, bool english)
{
	struct report_document *document = NULL;

	ck_assert_int_eq(report_document_make(month, &fixture_settings, english, &document), 0);
	return document;
}

/* NULL: there is none of that name. */
static inline const struct report_table *fixture_table(const struct report_document *document,
						       const char *key)
{
	for (size_t i = 0; i < document->n_sections; i++)
		for (size_t j = 0; j < document->sections[i].n_blocks; j++) {
			const struct report_block *block = &document->sections[i].blocks[j];

			if (block->kind == REPORT_TABLE && !strcmp(block->table.key, key))
				return &block->table;
		}
	return NULL;
}

static inline size_t fixture_column(const struct report_table *table, const char *key)
{
	for (size_t i = 0; i < table->n_columns; i++)
		if (!strcmp(table->columns[i].key, key))
			return i;
	ck_abort_msg("%s has no column %s", table->key, key);
}

static inline const struct report_cell *fixture_cell(const struct report_document *document, const char *key,
						     size_t row, const char *column)
{
	const struct report_table *table = fixture_table(document, key);

	ck_assert_msg(table != NULL, "there is no table %s", key);
	ck_assert_msg(row < table->n_rows, "%s has %zu rows", key, table->n_rows);
	return &table->cells[row * table->n_columns + fixture_column(table, column)];
}

/* The three sentences. */
static inline const char *summary(const struct report_document *document)
{
	ck_assert_int_eq(document->sections[0].blocks[0].kind, REPORT_PARAGRAPH);
	return document->sections[0].blocks[0].text;
}

/* A paragraph, a note or a table's note of that section has these words. */
static inline bool says(const struct report_document *document, const char *section, const char *words)
{
	for (size_t i = 0; i < document->n_sections; i++)
		for (size_t j = 0;
		     !strcmp(document->sections[i].key, section) && j < document->sections[i].n_blocks; j++) {
			const struct report_block *block = &document->sections[i].blocks[j];
			const char *text = block->kind == REPORT_TABLE ? block->table.note : block->text;

			if (text && strstr(text, words))
				return true;
		}
	return false;
}
