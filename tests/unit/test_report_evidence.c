/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves what a month says of the line and of the public: outages and gaps cut to the month, minutes of
 * shortfall counted once, busy hours, what was lent and what lay idle, visits, and tests of the line.
 */
#include "report_month_fixture.h"

static void two_days(void)
{
	agree_office(USEC(-30, 0, 0), "dinkes", "Dinas Kesehatan", 40);
	book_one(SEC(2, 9, 0), 300, "dinkes", GB, GB);
}

static void outage(int64_t from_usec, int64_t to_usec, enum ledger_outage_cause cause)
{
	struct ledger_outage row = {.began_wall_usec = from_usec, .cause = cause};

	ck_assert_int_eq(ledger_outage_begin(ledger, &row), 0);
	if (to_usec)
		ck_assert_int_eq(ledger_outage_end(ledger, row.id, to_usec), 0);
}

START_TEST(outages_within_the_month)
{
	two_days();
	outage(USEC(0, 23, 0), USEC(1, 0, 30), LEDGER_OUTAGE_CARRIER); /* half of it */
	outage(USEC(5, 8, 0) + 900000, USEC(5, 8, 1) + 100000, LEDGER_OUTAGE_LOSS);
	outage(USEC(30, 23, 0), USEC(31, 2, 0), LEDGER_OUTAGE_SILENT);
	outage(USEC(31, 3, 0), 0, LEDGER_OUTAGE_SILENT); /* of December */
	watch(nth(1), 1440, 30);
	watch(nth(5), 1000, 0);
	make_month(NOVEMBER, AFTER);
	ck_assert_uint_eq(month->uplink.n_outages, 3);
	ck_assert_int_eq(month->uplink.outages[0].began_sec, SEC(1, 0, 0));
	ck_assert_int_eq(month->uplink.outages[0].ended_sec, SEC(1, 0, 30));
	ck_assert_uint_eq(month->uplink.outages[1].seconds, 60);
	ck_assert_int_eq(month->uplink.outages[2].ended_sec, SEC(31, 0, 0));
	ck_assert_uint_eq(month->uplink.outage_sec, 1800 + 60 + 3600);
	ck_assert_uint_eq(month->uplink.measured_min, 2440);
	ck_assert_uint_eq(month->uplink.silent_min, 30);
	ck_assert_uint_eq(month->uplink.available_permyriad, 9877);
	ck_assert_uint_eq(month->uplink.days[4].measured_min, 1000);
}
END_TEST

START_TEST(an_outage_that_goes_on)
{
	two_days();
	outage(USEC(5, 8, 0), 0, LEDGER_OUTAGE_SILENT);
	make_month(NOVEMBER, USEC(5, 9, 0));
	ck_assert_int_eq(month->uplink.outages[0].ended_sec, 0);
	ck_assert_uint_eq(month->uplink.outages[0].seconds, 3600);
	make_month(NOVEMBER, AFTER);
	ck_assert_uint_eq(month->uplink.outages[0].seconds, 25 * 86400 + 16 * 3600);
}
END_TEST

START_TEST(gaps_within_the_month)
{
	const struct ledger_gap gaps[] = {
	    {0, USEC(0, 23, 0), USEC(1, 1, 0), LEDGER_GAP_POWER, true},
	    {0, USEC(9, 9, 0), USEC(9, 8, 0), LEDGER_GAP_CLOCK, false}, /* set back by an hour */
	    {0, USEC(32, 9, 0), USEC(32, 9, 1), LEDGER_GAP_DAEMON, false},
	};

	two_days();
	for (size_t i = 0; i < ELEMENTS(gaps); i++)
		ck_assert_int_eq(ledger_gap_put(ledger, &gaps[i]), 0);
	make_month(NOVEMBER, AFTER);
	ck_assert_uint_eq(month->n_gaps, 2);
	ck_assert_uint_eq(month->gaps[0].seconds, 3600);
	ck_assert(month->gaps[0].gap.lost);
	ck_assert_uint_eq(month->gaps[1].seconds, 3600);
	ck_assert_int_eq(month->gaps[1].gap.cause, LEDGER_GAP_CLOCK);
}
END_TEST

static void shortfall(int64_t minute_sec, enum ledger_subject kind, const char *id, bool up,
		      uint64_t achieved)
{
	struct ledger_shortfall row = {minute_sec, kind, .up = up, .achieved_bps = achieved,
				       .entitled_bps = 40 * MBIT};

	snprintf(row.id, sizeof(row.id), "%s", id);
	ck_assert_int_eq(ledger_shortfall_put(ledger, &row), 0);
}

START_TEST(a_minute_counts_once)
{
	two_days();
	agree_office(USEC(1, 0, 0), "bkad", "Badan Keuangan", 20);
	shortfall(SEC(3, 9, 0), LEDGER_OFFICE, "dinkes", false, 30 * MBIT);
	shortfall(SEC(3, 9, 0), LEDGER_OFFICE, "dinkes", true, 10 * MBIT);
	shortfall(SEC(3, 9, 0), LEDGER_OFFICE, "bkad", true, 20 * MBIT);
	shortfall(SEC(4, 9, 1), LEDGER_OFFICE, "dinkes", true, 35 * MBIT);
	shortfall(SEC(4, 9, 1), LEDGER_ZONE, "taman", true, 0); /* borrows; nobody's harm */
	shortfall(SEC(31, 0, 0), LEDGER_OFFICE, "dinkes", true, 0);
	make_month(NOVEMBER, AFTER);
	ck_assert_uint_eq(office("dinkes")->short_minutes, 2);
	ck_assert_uint_eq(office("bkad")->short_minutes, 1);
	ck_assert_uint_eq(month->short_minutes, 3);
	ck_assert_uint_eq(month->uplink.days[2].short_minutes, 2);
	ck_assert_uint_eq(month->uplink.days[3].short_minutes, 1);
	ck_assert_uint_eq(month->n_shortfalls, 4);
	ck_assert_uint_eq(month->shortfalls[0].achieved_bps, 10 * MBIT); /* the worst first */
	ck_assert_str_eq(month->shortfalls[1].id, "bkad");
	ck_assert_uint_eq(month->shortfalls[3].achieved_bps, 35 * MBIT);
}
END_TEST

START_TEST(the_worst_fifty)
{
	two_days();
	for (unsigned i = 0; i < 60; i++)
		shortfall(SEC(3, 9, 0) + 60 * i, LEDGER_OFFICE, "dinkes", false, i * MBIT / 2);
	make_month(NOVEMBER, AFTER);
	ck_assert_uint_eq(month->n_shortfalls, 50);
	ck_assert_uint_eq(office("dinkes")->short_minutes, 60);
	ck_assert_int_eq(month->shortfalls[49].minute_sec, SEC(3, 9, 49));
}
END_TEST

/* ---- the uplink's days ---- */

static struct ledger_part zone_part(const char *id, uint64_t down, uint64_t borrowed)
{
	struct ledger_part part = part_of(LEDGER_ZONE, id, down, 1000);

	part.down.borrowed = borrowed;
	part.up.borrowed = 10;
	return part;
}

START_TEST(busy_lent_and_idle)
{
	struct ledger_part parts[] = {part_of(LEDGER_UPLINK, "", 9 * GB, 2 * GB),
				      zone_part("taman", 3 * GB, 2 * GB), part_of(LEDGER_OWN, "", 5000, 6000),
				      part_of(LEDGER_UNATTRIBUTED, "", 70, 80)};
	struct policy before = policy;

	before.uplink_rate = (struct policy_rate){200 * MBIT, 100 * MBIT};
	agree(LEDGER_TERMS_UPLINK, "", USEC(-30, 0, 0), terms_of_uplink(&before));
	agree(LEDGER_TERMS_UPLINK, "", USEC(3, 12, 0), terms_of_uplink(&policy));
	book(SEC(2, 9, 0), 300, parts, 4);
	parts[0].down.bytes = 12 * GB;
	parts[0].down.late_bytes = 4 * GB; /* nobody knows in which hour these passed */
	book(SEC(2, 10, 5), 600, parts, 1);
	book(SEC(2, 9, 30), 300, &parts[1], 1);
	parts[0].down.bytes = 9 * GB;
	parts[0].down.late_bytes = 0;
	book(SEC(3, 23, 59), 600, parts, 1);
	make_month(NOVEMBER, AFTER);
	ck_assert_uint_eq(month->uplink.days[1].busy_down_bps, 9 * GB * 8 / 3600);
	ck_assert_uint_eq(month->uplink.days[1].busy_up_bps, 2 * GB * 8 / 3600);
	ck_assert_uint_eq(month->uplink.busy_down_bps, 9 * GB * 8 / 3600);
	ck_assert_uint_eq(month->uplink.days[1].lent_bytes, 4 * GB + 20);
	ck_assert_uint_eq(month->uplink.days[1].public_bytes, 6 * GB + 2000);
	ck_assert_uint_eq(month->uplink.days[1].spare_bytes, 300 * MBIT * 900 / 8 - 25 * GB);
	ck_assert_uint_eq(month->uplink.days[2].spare_bytes,
			  800 * MBIT * 600 / 8 - 11 * GB); /* bought since */
	ck_assert_uint_eq(month->uplink.days[3].spare_bytes, 0);
	ck_assert_uint_eq(month->spare_bytes, 300 * MBIT * 900 / 8 - 25 * GB + 49 * GB);
	ck_assert_uint_eq(month->lent_bytes, 4 * GB + 20);
	ck_assert_uint_eq(month->uplink.down.bytes, 30 * GB);
	ck_assert_uint_eq(month->uplink.down.late_bytes, 4 * GB);
	ck_assert_uint_eq(month->uplink.down.guaranteed_bps, 500 * MBIT);
	ck_assert_uint_eq(month->uplink.headroom_percent, 5);
	ck_assert_uint_eq(month->uplink.own_up, 6000);
	ck_assert_uint_eq(month->uplink.unattributed_down, 70);
}
END_TEST

START_TEST(more_than_was_bought_is_not_idle)
{
	struct ledger_part part = part_of(LEDGER_UPLINK, "", 900 * GB, 0);

	book(SEC(2, 9, 0), 300, &part, 1);
	make_month(NOVEMBER, AFTER);
	ck_assert_uint_eq(month->uplink.days[1].spare_bytes, 0);
	ck_assert_uint_eq(month->uplink.n_days, 30);
}
END_TEST

/* ---- the public ---- */

static void visit(uint64_t id, uint8_t device, const char *zone, int64_t from_usec)
{
	struct ledger_session session = session_of(id, device);

	snprintf(session.zone, sizeof(session.zone), "%s", zone);
	session.started_wall_usec = from_usec;
	session.ends_wall_usec = from_usec + USEC_PER_HOUR;
	session.saved_wall_usec = from_usec + 30 * USEC_PER_MINUTE;
	ck_assert_int_eq(ledger_session_put(ledger, &session), 0);
	ck_assert_int_eq(ledger_session_end(ledger, &session, LEDGER_END_TIME, session.saved_wall_usec), 0);
}

START_TEST(zones_and_their_visitors)
{
	struct policy_schedule hours = {.id = (char *)"taman"};
	struct policy_zone zone = {.id = (char *)"taman",
				   .name = (char *)"Taman Kota",
				   .open = &hours,
				   .share = {{20 * MBIT, 20 * MBIT}, {300 * MBIT, 300 * MBIT}}};
	struct ledger_part part = zone_part("taman", 3 * GB, 2 * GB);
	const struct ledger_opening minutes = {nth(2), "taman", 600};

	agree(LEDGER_TERMS_ZONE, "taman", USEC(-30, 0, 0), terms_of_zone(&zone));
	zone.name = (char *)"alun-alun";
	agree(LEDGER_TERMS_ZONE, "alun", USEC(-30, 0, 0), terms_of_zone(&zone));
	book(SEC(2, 9, 0), 300, &part, 1);
	ck_assert_int_eq(ledger_opening_add(ledger, &minutes), 0);
	visit(1, 1, "taman", USEC(2, 8, 0));
	visit(2, 1, "taman", USEC(3, 8, 0));
	visit(3, 2, "taman", USEC(3, 8, 0));
	visit(4, 1, "alun", USEC(4, 8, 0));
	visit(5, 9, "alun", USEC(31, 8, 0));
	make_month(NOVEMBER, AFTER);
	ck_assert_uint_eq(month->n_zones, 2);
	ck_assert_str_eq(month->zones[0].name, "alun-alun");
	ck_assert_str_eq(month->zones[1].name, "Taman Kota");
	ck_assert_uint_eq(month->zones[1].sessions, 3);
	ck_assert_uint_eq(month->zones[1].visitors, 2);
	ck_assert_uint_eq(month->zones[1].online_sec, 3 * 1800);
	ck_assert_uint_eq(month->zones[1].open_min, 600);
	ck_assert_uint_eq(month->zones[1].lent_bytes, 2 * GB + 10);
	ck_assert_uint_eq(month->zones[1].down.guaranteed_bps, 20 * MBIT);
	ck_assert_uint_eq(month->zones[1].down.p95_bps, 80 * MBIT);
	ck_assert_uint_eq(month->zones[0].sessions, 1);
	ck_assert_uint_eq(month->all_zones.sessions, 4);
	ck_assert_uint_eq(month->all_zones.visitors, 2); /* the same device in both */
	ck_assert_uint_eq(month->n_daily, 2);
	ck_assert_int_eq(month->daily[1].kind, LEDGER_ZONE);
}
END_TEST

START_TEST(tests_of_the_line)
{
	struct ledger_test test = {.wall_usec = USEC(5, 2, 0), .server = "uji", .down_bps = 480 * MBIT};

	two_days();
	ck_assert_int_eq(ledger_test_put(ledger, &test), 0);
	test.wall_usec = USEC(35, 2, 0);
	ck_assert_int_eq(ledger_test_put(ledger, &test), 0);
	make_month(NOVEMBER, AFTER);
	ck_assert_uint_eq(month->uplink.n_tests, 1);
	ck_assert_uint_eq(month->uplink.tests[0].down_bps, 480 * MBIT);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {outages_within_the_month,
				      an_outage_that_goes_on,
				      gaps_within_the_month,
				      a_minute_counts_once,
				      the_worst_fifty,
				      busy_lent_and_idle,
				      more_than_was_bought_is_not_idle,
				      zones_and_their_visitors,
				      tests_of_the_line};

	return run_tests("report_evidence", tests, ELEMENTS(tests), 30, set_up_month, tear_down_month);
}
