/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves the chain: days are closed once, in order, and whatever is altered afterwards is named, whoever
 * altered it and however small. Each kind of tampering has its row in a table.
 */
#include "metering_fixture.h"
#include "../bench/ledger_city.h"
#include <errno.h>

#define FIRST 20770 /* 2026-11-13 */
#define DAYS 9

static struct ledger_day days[64];
static size_t n_days;

static int on_day(const struct ledger_day *day, void *userdata _unused_)
{
	days[n_days++] = *day;
	return 0;
}

static size_t chain(void)
{
	n_days = 0;
	ck_assert_int_eq(ledger_days(ledger, 0, INT32_MAX, on_day, NULL), 0);
	return n_days;
}

static void say_something(int64_t wall_usec)
{
	struct ledger_correction correction = {.wall_usec = wall_usec,
					       .day = FIRST,
					       .month = civil_month(FIRST),
					       .kind = LEDGER_OFFICE,
					       .id_of = "kantor-001",
					       .down_bytes = -1000,
					       .who = "siti",
					       .reason = "router dipinjam"};
	struct ledger_outage outage = {.began_wall_usec = wall_usec, .cause = LEDGER_OUTAGE_SILENT};
	const struct ledger_gap gap = {
	    .from_wall_usec = wall_usec - 5000, .to_wall_usec = wall_usec, .cause = LEDGER_GAP_DAEMON};
	const struct ledger_shortfall shortfall = {
	    wall_usec / USEC_PER_SEC, LEDGER_OFFICE, "kantor-002", true, 10, 20};
	const struct ledger_event event = {
	    .wall_usec = wall_usec, .kind = "correction", .who = "siti", .text = "a correction"};
	const struct ledger_availability minute = {
	    .day = FIRST + 3, .measured_min = 1440, .sent = 3, .answered = 2};
	const struct ledger_test test = {.wall_usec = wall_usec, .server = "iperf3://a", .down_bps = 5};

	ck_assert_int_eq(ledger_correction_put(ledger, &correction), 0);
	ck_assert_int_eq(ledger_outage_begin(ledger, &outage), 0);
	ck_assert_int_eq(ledger_outage_end(ledger, outage.id, wall_usec + 7), 0);
	ck_assert_int_eq(ledger_gap_put(ledger, &gap), 0);
	ck_assert_int_eq(ledger_shortfall_put(ledger, &shortfall), 0);
	ck_assert_int_eq(ledger_event_put(ledger, &event), 0);
	ck_assert_int_eq(ledger_availability_add(ledger, &minute), 0);
	ck_assert_int_eq(ledger_test_put(ledger, &test), 0);
}

/* Nine days of a small city with something of everything; the last day is open. */
static void make_city(void)
{
	const struct ledger_city city = {.offices = 6,
					 .zones = 2,
					 .from_day = FIRST,
					 .until_day = FIRST + DAYS,
					 .rows_from = FIRST,
					 .seed = 3,
					 .holes = true};

	ck_assert_int_eq(ledger_city_make(ledger, &city), 0);
	ck_assert_int_eq(ledger_close_days(ledger, FIRST + 2, NOW, 100), 2);
	say_something(NOW);
	ck_assert_int_eq(ledger_close_days(ledger, FIRST + DAYS - 1, NOW, 100), DAYS - 3);
}

START_TEST(days_are_closed_in_order_and_once)
{
	struct ledger_day last;

	ck_assert_int_eq(ledger_last_closed(ledger, &last), -ENOENT);
	ck_assert_int_eq(ledger_close_days(ledger, INT32_MAX, NOW, 5), 0); /* no rows, nothing to close */
	book_one(NOON, 10, "a", 1, 1);
	book_one(NOON + 3 * DAY, 10, "a", 1, 1); /* days without rows are none */
	book_one(NOON + 4 * DAY, 10, "a", 1, 1);
	ck_assert_int_eq(ledger_close_days(ledger, day_of(NOON), NOW, 5), 0);
	ck_assert_int_eq(ledger_close_days(ledger, day_of(NOON) + 4, NOW, 1), 1);
	ck_assert_int_eq(ledger_close_days(ledger, day_of(NOON) + 4, NOW + 5, 5), 1);
	ck_assert_int_eq(ledger_close_days(ledger, day_of(NOON) + 4, NOW, 5), 0);
	reopen();
	ck_assert_uint_eq(chain(), 2);
	ck_assert_int_eq(days[0].day, day_of(NOON));
	ck_assert_int_eq(days[1].day, day_of(NOON) + 3);
	ck_assert_int_eq(days[1].closed_wall_usec, NOW + 5);
	ck_assert_mem_ne(days[0].hash, days[1].hash, LEDGER_DIGEST);
	ck_assert_int_eq(ledger_last_closed(ledger, &last), 0);
	ck_assert_mem_eq(&last, &days[1], sizeof(last));
	it_closes();
	ck_assert_uint_eq(verified.days, 2);
	ck_assert_uint_eq(verified.rows, 3);
	ck_assert_mem_eq(verified.last.hash, last.hash, LEDGER_DIGEST);
}
END_TEST

START_TEST(a_city_closes)
{
	make_city();
	grains_are_equal();
	it_closes();
	ck_assert_uint_eq(verified.days, DAYS - 1);
	ck_assert_int_le(verified.uplink_permyriad, 1);
	ck_assert_int_eq(ask("SELECT count(*) FROM correction WHERE sealed = 20772"),
			 1);		    /* the link closed next */
	say_something(NOW + USEC_PER_HOUR); /* afterwards: open, and for the next link */
	it_closes();
	ck_assert_int_eq(ledger_close_days(ledger, FIRST + DAYS, NOW, 100), 1);
	it_closes();
}
END_TEST

/* What is done to the file, what must be found first, and the words that name the place. */
static const struct {
	const char *sql;
	enum ledger_finding_kind kind;
	int32_t day;
	const char *words[3];
} tamperings[] = {
    {"UPDATE usage_row SET down_bytes = down_bytes + 1 WHERE subject = 2 AND at = (SELECT at FROM slice "
     "WHERE day = 20773 LIMIT 1)",
     LEDGER_FOUND_SUM,
     20773,
     {"2026-11-16T00:00", "office kantor-002, down_bytes", "the rows add up to"}},
    {"DELETE FROM usage_row WHERE subject = 2 AND at = (SELECT at FROM slice WHERE day = 20773 LIMIT 1)",
     LEDGER_FOUND_SUM,
     20773,
     {"2026-11-16T00:00", "office kantor-002", "hour"}},
    {"DELETE FROM usage_row WHERE subject = 2",
     LEDGER_FOUND_SUM,
     FIRST,
     {"kantor-002", "the hour has a row", ""}},
    {"INSERT INTO usage_row SELECT key + 60, msec, 1,1,0,0,0,0,0,0,1,1,0,0,0,0,0,0 FROM usage_row LIMIT 1",
     LEDGER_FOUND_ROW,
     FIRST,
     {"2026-11-13T", "nobody", "no such subject"}},
    {"UPDATE usage_row SET up_bytes = -5 WHERE key = (SELECT max(key) FROM usage_row)",
     LEDGER_FOUND_ROW,
     FIRST + DAYS - 1,
     {"uplink", "below 0", ""}},
    {"UPDATE usage_row SET down_late_bytes = 1 << 50 WHERE key = (SELECT max(key) FROM usage_row)",
     LEDGER_FOUND_ROW,
     FIRST + DAYS - 1,
     {"uplink", "late", ""}},
    {"UPDATE usage_hour SET up_packets = up_packets + 1 WHERE subject = 3 AND at = (SELECT hour FROM slice "
     "WHERE day = 20775 LIMIT 1)",
     LEDGER_FOUND_SUM,
     20775,
     {"2026-11-18T00:00", "office kantor-003, up_packets", "the hour holds"}},
    {"DELETE FROM usage_hour WHERE subject = 3",
     LEDGER_FOUND_SUM,
     FIRST,
     {"kantor-003", "the hour has no row", ""}},
    {"UPDATE usage_day SET msec = msec - 1 WHERE subject = 1 AND at = 20774",
     LEDGER_FOUND_SUM,
     20774,
     {"2026-11-17, office kantor-001, msec", "the day holds", ""}},
    {"UPDATE usage_month SET down_bytes = down_bytes - 1 WHERE subject = 4",
     LEDGER_FOUND_SUM,
     20758,
     {"2026-11, office kantor-004, down_bytes", "the days add up to", "the month holds"}},
    {"DELETE FROM usage_month WHERE subject = 4",
     LEDGER_FOUND_SUM,
     20758,
     {"2026-11, office kantor-004", "the month has no row", ""}},
    {"INSERT INTO usage_month SELECT key + 65536, msec, 1,1,0,0,0,0,0,0,1,1,0,0,0,0,0,0 FROM usage_month "
     "LIMIT 1",
     LEDGER_FOUND_ROW,
     0,
     {"rows of months", "", ""}},
    {"UPDATE link SET hash = zeroblob(32) WHERE day = 20774",
     LEDGER_FOUND_CHAIN,
     20774,
     {"2026-11-17: link to the day before", "computed", "closed with 000000"}},
    {"UPDATE link SET rows = zeroblob(32) WHERE day = 20774",
     LEDGER_FOUND_CHAIN,
     20774,
     {"2026-11-17: rows of five minutes", "", ""}},
    {"DELETE FROM link WHERE day = 20774",
     LEDGER_FOUND_CHAIN,
     20775,
     {"2026-11-18: link to the day before", "", ""}},
    {"DELETE FROM link WHERE day = 20770", LEDGER_FOUND_CHAIN, 20771, {"link to the day before", "", ""}},
    {"UPDATE correction SET down_bytes = -1001",
     LEDGER_FOUND_CHAIN,
     20772,
     {"2026-11-15: totals, corrections", "", ""}},
    {"UPDATE correction SET who = 'budi'", LEDGER_FOUND_CHAIN, 20772, {"totals, corrections", "", ""}},
    {"DELETE FROM correction", LEDGER_FOUND_CHAIN, 20772, {"totals, corrections", "", ""}},
    {"UPDATE correction SET sealed = 20773", LEDGER_FOUND_CHAIN, 20772, {"totals, corrections", "", ""}},
    {"UPDATE outage SET ended_wall_usec = ended_wall_usec + 1",
     LEDGER_FOUND_CHAIN,
     20772,
     {"totals", "", ""}},
    {"UPDATE gap SET cause = 2", LEDGER_FOUND_CHAIN, 20772, {"totals", "", ""}},
    {"UPDATE shortfall SET achieved_bps = 20", LEDGER_FOUND_CHAIN, 20772, {"totals", "", ""}},
    {"UPDATE availability SET down_min = 1", LEDGER_FOUND_CHAIN, 20773, {"totals", "", ""}},
    {"UPDATE line_test SET down_bps = 6", LEDGER_FOUND_CHAIN, 20772, {"totals", "", ""}},
    {"UPDATE event SET text = 'nothing'", LEDGER_FOUND_CHAIN, 20772, {"totals", "", ""}},
    {"UPDATE subject SET id = 'kantor-xxx' WHERE number = 2",
     LEDGER_FOUND_CHAIN,
     FIRST,
     {"rows of five minutes", "", ""}},
    {"UPDATE slice SET day = 20771 WHERE at = (SELECT min(at) FROM slice)",
     LEDGER_FOUND_SUM,
     FIRST,
     {"2026-11-13", "", ""}},
    {"DELETE FROM slice WHERE at = (SELECT max(at) FROM slice)",
     LEDGER_FOUND_SUM,
     FIRST + DAYS - 1,
     {"the rows add up to", "", ""}},
    {"DELETE FROM usage_row WHERE at >= (SELECT min(at) FROM slice WHERE day = 20773)",
     LEDGER_FOUND_CHAIN,
     20773,
     {"rows of five", "", ""}},
    {"UPDATE event SET sealed = 99", LEDGER_FOUND_CHAIN, 20772, {"totals", "", ""}},
    {"INSERT INTO event (wall_usec, kind, subject, who, text, sealed) VALUES (1, 'a', '', '', '', 99)",
     LEDGER_FOUND_ROW,
     0,
     {"events that name a link", "", ""}},
};

START_TEST(tampering_is_named)
{
	const struct ledger_finding *first = &findings[0];

	make_city();
	tamper(tamperings[_i].sql);
	ck_assert_msg(verify() > 0, "%s: not found", tamperings[_i].sql);
	if (tamperings[_i].day == 20773 &&
	    strncmp(tamperings[_i].sql, "DELETE FROM usage_row WHERE at", 30) == 0)
		for (first = findings; first->kind != LEDGER_FOUND_CHAIN && first < &findings[n_findings - 1];
		     first++)
			ck_assert_int_eq(first->day, 20773); /* every hour says so before the digest does */
	ck_assert_msg(first->kind == tamperings[_i].kind && first->day == tamperings[_i].day,
		      "%s: found %d, day %d: %s", tamperings[_i].sql, first->kind, first->day, first->text);
	for (size_t i = 0; i < ELEMENTS(tamperings[_i].words); i++)
		ck_assert_msg(strstr(first->text, tamperings[_i].words[i]), "%s: %s", tamperings[_i].sql,
			      first->text);
}
END_TEST

/* Whoever makes rows, hours, day and month agree still cannot make the digest. */
START_TEST(a_careful_hand_is_found_too)
{
	make_city();
	tamper("UPDATE usage_row SET down_bytes = down_bytes - 3 WHERE subject = 2 AND at = (SELECT min(at) "
	       "FROM slice WHERE day = 20773);"
	       "UPDATE usage_hour SET down_bytes = down_bytes - 3 WHERE subject = 2 AND at = (SELECT "
	       "min(hour) FROM slice WHERE day = 20773);"
	       "UPDATE usage_day SET down_bytes = down_bytes - 3 WHERE subject = 2 AND at = 20773;"
	       "UPDATE usage_month SET down_bytes = down_bytes - 3 WHERE subject = 2");
	grains_are_equal();
	ck_assert_uint_ge(verify(), 2);
	ck_assert_int_eq(findings[0].kind, LEDGER_FOUND_CHAIN);
	ck_assert_int_eq(findings[0].day, 20773);
}
END_TEST

static int stop(const struct ledger_finding *finding _unused_, void *userdata _unused_)
{
	return 7;
}

START_TEST(whoever_listens_may_stop)
{
	make_city();
	tamper("UPDATE usage_row SET down_bytes = down_bytes + 1");
	ck_assert_int_eq(ledger_verify(ledger, stop, NULL, &verified), 7);
	ck_assert_uint_eq(verified.findings, 1);
	ck_assert_int_eq(ledger_verify(ledger, NULL, NULL, &verified), 0);
	ck_assert_uint_gt(verified.findings, 100);
}
END_TEST

START_TEST(a_damaged_file_is_a_finding)
{
	uint8_t garbage[4096 * 4];
	int64_t root;
	int fd;

	make_city();
	root = ask("SELECT rootpage FROM sqlite_schema WHERE name = 'usage_hour'");
	ledger = ledger_close(ledger);
	memset(garbage, 0xa5, sizeof(garbage));
	fd = open(path_of("ledger.db"), O_WRONLY);
	ck_assert_int_eq(pwrite(fd, garbage, 4096, (root - 1) * 4096), 4096);
	close(fd);
	open_ledger();
	ck_assert_uint_gt(verify(), 0);
	ck_assert_int_eq(findings[0].kind, LEDGER_FOUND_FILE);
}
END_TEST

/* ---- the uplink ---- */

static void book_uplink(uint64_t down, uint64_t up, uint64_t received, uint64_t sent, uint64_t dropped,
			uint64_t own, uint64_t backlog)
{
	struct ledger_part parts[] = {OFFICE("dinkes", down, up), part_of(LEDGER_UPLINK, "", received, sent),
				      part_of(LEDGER_OWN, "", own, 0)};

	parts[0].down.dropped = dropped;
	parts[0].down.backlog = backlog;
	book(NOON, 300, parts, 3);
}

#define GB UINT64_C(1000000000)

START_TEST(the_uplink_must_have_carried_it)
{
	book_uplink(10 * GB, 2 * GB, 10 * GB + 99000000, 2 * GB + 10000000, 0, 0, 0);
	it_closes();
	ck_assert_int_ge(verified.uplink_permyriad, 98);
	book_uplink(0, 0, 3000000, 0, 0, 0, 0);
	ck_assert_uint_eq(verify(), 1);
	ck_assert_int_eq(findings[0].kind, LEDGER_FOUND_UPLINK);
	ck_assert_int_eq(findings[0].day, day_of(NOON));
	ck_assert_ptr_nonnull(strstr(findings[0].text, "2026-11-23, down"));
	book_uplink(0, 0, 0, 15000000, 0, 0, 0);
	ck_assert_uint_eq(verify(), 2);
	ck_assert_ptr_nonnull(strstr(findings[0].text, ", up"));
}
END_TEST

START_TEST(what_is_known_to_differ_is_taken_off)
{
	/* half a gigabyte dropped, at 1000 bytes a packet; a gigabyte for the gateway; 300 MB still in the
	 * queue */
	book_uplink(10 * GB, 2 * GB, 11 * GB + 500000000 + 300000000, 2 * GB, 500000, 1 * GB, 300000000);
	it_closes();
	ck_assert_int_le(verified.uplink_permyriad, 1);
}
END_TEST

START_TEST(a_day_with_losses_is_not_judged)
{
	struct ledger_gap gap = {.from_wall_usec = (NOON - 60) * USEC_PER_SEC,
				 .to_wall_usec = NOON * USEC_PER_SEC,
				 .cause = LEDGER_GAP_DAEMON};

	book_uplink(10 * GB, 2 * GB, 20 * GB, 2 * GB, 0, 0, 0);
	ck_assert_uint_eq(verify(), 1);
	ck_assert_int_eq(ledger_gap_put(ledger, &gap), 0);
	ck_assert_uint_eq(verify(), 1); /* late is not lost */
	gap.lost = true;
	gap.cause = LEDGER_GAP_COUNTERS;
	ck_assert_int_eq(ledger_gap_put(ledger, &gap), 0);
	it_closes();
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    days_are_closed_in_order_and_once,	  a_city_closes,
	    a_careful_hand_is_found_too,	  whoever_listens_may_stop,
	    a_damaged_file_is_a_finding,	  the_uplink_must_have_carried_it,
	    what_is_known_to_differ_is_taken_off, a_day_with_losses_is_not_judged,
	};

	return run_tests_and_loop("ledger: chain", tests, ELEMENTS(tests), 30, set_up_site, tear_down,
				  tampering_is_named, ELEMENTS(tamperings));
}
