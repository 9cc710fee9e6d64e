/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves the metering rows: an interval is in all four tables or in none, a closed day is never written to,
 * what is wrong is refused whole, and questions are answered with exactly what was booked.
 */
#include "metering_fixture.h"
#include <errno.h>

/* ---- booking ---- */

START_TEST(an_interval_is_in_all_four)
{
	struct ledger_part parts[] = {OFFICE("dinkes", 1000000, 200), part_of(LEDGER_ZONE, "taman", 5000, 60),
				      part_of(LEDGER_UPLINK, "", 1006000, 260)};
	static const enum ledger_grain grains[] = {LEDGER_ROWS, LEDGER_HOURS, LEDGER_DAYS, LEDGER_MONTHS};

	parts[0].down.dropped = 7;
	parts[0].down.borrowed = 900;
	parts[0].down.late_bytes = 11;
	parts[0].up.demand_sec = 10;
	parts[0].up.short_sec = 3;
	parts[0].down.backlog = 4444;
	book(NOON + 10, 10, parts, 3);
	parts[0].down.backlog = 33;
	book(NOON + 20, 10, parts, 3);
	reopen();
	for (size_t i = 0; i < ELEMENTS(grains); i++) {
		ck_assert_uint_eq(usage_by(grains[i], 0, INT64_MAX, 0, NULL), 3);
		ck_assert_str_eq(usages[0].part.id, "dinkes");
		ck_assert_uint_eq(usages[0].part.down.bytes, 2000000);
		ck_assert_uint_eq(usages[0].part.down.packets, 2000);
		ck_assert_uint_eq(usages[0].part.down.dropped, 14);
		ck_assert_uint_eq(usages[0].part.down.borrowed, 1800);
		ck_assert_uint_eq(usages[0].part.down.late_bytes, 22);
		ck_assert_uint_eq(usages[0].part.down.backlog, 33); /* the last one stays */
		ck_assert_uint_eq(usages[0].part.up.bytes, 400);
		ck_assert_uint_eq(usages[0].part.up.demand_sec, 20);
		ck_assert_uint_eq(usages[0].part.up.short_sec, 6);
		ck_assert_uint_eq(usages[0].measured_sec, 20);
		ck_assert_int_eq(usages[1].part.kind, LEDGER_ZONE);
		ck_assert_int_eq(usages[2].part.kind, LEDGER_UPLINK);
	}
	grains_are_equal();
}
END_TEST

START_TEST(rows_hours_days_and_months_begin_where_they_do)
{
	int64_t midnight = NOON - DAY / 2 + 8 * DAY; /* 2026-12-01 00:00 */

	for (int64_t at = midnight - 3600; at < midnight + 3600; at += 100)
		book_one(at, 100, "dinkes", 100, 10);
	ck_assert_uint_eq(usage_by(LEDGER_ROWS, 0, INT64_MAX, 0, NULL), 24);
	ck_assert_uint_eq(usage_by(LEDGER_HOURS, 0, INT64_MAX, 0, NULL), 2);
	ck_assert_uint_eq(usage_by(LEDGER_DAYS, 0, INT64_MAX, 0, NULL), 2);
	ck_assert_int_eq(usages[1].at - usages[0].at, 1);
	ck_assert_uint_eq(usages[0].part.down.bytes, 3600);
	ck_assert_uint_eq(usage_by(LEDGER_MONTHS, 0, INT64_MAX, 0, NULL), 2);
	ck_assert_int_eq(usages[1].at, 2026 * 12 + 11);
	ck_assert_uint_eq(usage_by(LEDGER_ROWS, midnight - 300, midnight, 0, NULL),
			  1); /* from <= it < until */
	ck_assert_int_eq(usages[0].at, midnight - 300);
	grains_are_equal();
}
END_TEST

/* Whatever a clock does. */
START_TEST(grains_stay_equal)
{
	static const char *const ids[] = {"a", "b", "c", "d"};
	int64_t at = NOON;

	srand(7);
	for (int i = 0; i < 1500; i++) {
		struct ledger_part parts[4];
		size_t n = 0;

		at += rand() % 400 - (i % 97 == 0 ? rand() % (3 * DAY) : 0);
		for (size_t j = 0; j < ELEMENTS(ids); j++)
			if (rand() % 3)
				parts[n++] = OFFICE(ids[j], (uint64_t)rand(), (uint64_t)rand());
		book(at, 1 + rand() % 20, parts, n);
		if (i % 300 == 299)
			ck_assert_int_ge(ledger_close_days(ledger, day_of(at), at * USEC_PER_SEC, 10), 0);
	}
	grains_are_equal();
	it_closes();
}
END_TEST

static struct ledger_interval good(struct ledger_part *part)
{
	*part = OFFICE("dinkes", 1000, 10);
	return interval_at(NOON, 10, part, 1);
}

#define REFUSED(change)                                                                                      \
	do {                                                                                                 \
		struct ledger_part part;                                                                     \
		struct ledger_interval interval = good(&part);                                               \
		change;                                                                                      \
		ck_assert_msg(ledger_interval_put(ledger, &interval) == -EINVAL, "%s", #change);             \
	} while (0)

START_TEST(what_cannot_be_is_refused_whole)
{
	struct ledger_part twice[] = {OFFICE("dinkes", 1, 1), OFFICE("dinkes", 1, 1)};

	REFUSED(interval.seconds_usec = 0);
	REFUSED(interval.seconds_usec = -1);
	REFUSED(part.id[0] = '\0');
	REFUSED(part.kind = (enum ledger_subject)0);
	REFUSED(part.kind = LEDGER_SUBJECTS);
	REFUSED(part.kind = LEDGER_UPLINK); /* has no id */
	REFUSED(memset(part.id, 'x', sizeof(part.id)));
	REFUSED(part.down.bytes = UINT64_MAX);
	REFUSED(part.up.packets = UINT64_C(1) << 63);
	REFUSED(interval.boot = "");
	REFUSED(interval.boot = NULL);
	REFUSED(interval.row_sec += 1);
	REFUSED(interval.row_sec = -300);
	REFUSED(interval.hour_sec += 3600);
	REFUSED(interval.hour_sec -= 3600);
	REFUSED(interval.month += 1);
	REFUSED(interval.day = -1);
	ck_assert_int_eq(try_book(NOON, 10, twice, 2), -EINVAL);
	ck_assert_int_eq(ask("SELECT (SELECT count(*) FROM usage_row) + (SELECT count(*) FROM slice)"
			     " + (SELECT count(*) FROM booked) + (SELECT count(*) FROM subject)"),
			 0);
}
END_TEST

START_TEST(a_total_has_63_bits)
{
	struct ledger_part parts[] = {OFFICE("a", 5, 5), OFFICE("b", INT64_MAX, 0)};

	book(NOON, 10, parts, 2);
	ck_assert_int_eq(try_book(NOON + 40 * DAY, 10, parts, 2), 0); /* another row, hour, day and month */
	ck_assert_int_eq(try_book(NOON + 10, 10, parts, 2), -EINVAL);
	ck_assert_int_eq(try_book(NOON + 3600, 10, parts, 2), -EINVAL); /* the day's total alone */
	ck_assert_int_eq(ask("SELECT sum(down_bytes) FROM usage_row WHERE subject = 1"), 10);
	ck_assert_int_eq(ask("SELECT count(*) FROM usage_row"), 4);
	ck_assert_int_eq(ask("SELECT max(down_bytes) = 9223372036854775807 FROM usage_month"), 1);
	book(NOON + 20, 10, parts, 1);
}
END_TEST

START_TEST(not_inside_a_transaction_of_others)
{
	struct ledger_part part = OFFICE("dinkes", 1, 1);

	ck_assert_int_eq(ledger_begin(ledger), 0);
	ck_assert_int_eq(try_book(NOON, 10, &part, 1), -EALREADY);
	ck_assert_int_eq(ledger_commit(ledger, false), 0);
	book(NOON, 10, &part, 1);
}
END_TEST

/* ---- marks ---- */

START_TEST(marks_are_replaced_and_of_one_boot)
{
	struct ledger_mark marks[] = {
	    {.tree = 1,
	     .minor = 0x100c,
	     .kind = LEDGER_OFFICE,
	     .id = "dinkes",
	     .bytes = UINT64_C(9000000000),
	     .packets = 5,
	     .dropped = 2},
	    {.tree = LEDGER_MARK_DEVICE, .minor = 1, .kind = LEDGER_UPLINK, .bytes = 77},
	};
	struct ledger_interval interval = interval_at(NOON, 10, NULL, 0);
	_cleanup_(freep) struct ledger_mark *found = NULL, *none = NULL, *fewer = NULL;
	int64_t end = 0;
	size_t n = 9;

	ck_assert_int_eq(ledger_marks(ledger, BOOT, &found, &n, &end), -ENOENT);
	interval.marks = marks;
	interval.n_marks = 2;
	ck_assert_int_eq(ledger_interval_put(ledger, &interval), 0);
	reopen();
	ck_assert_int_eq(ledger_marks(ledger, BOOT, &found, &n, &end), 0);
	ck_assert_uint_eq(n, 2);
	ck_assert_int_eq(end, NOON * USEC_PER_SEC);
	for (size_t i = 0; i < n; i++)
		ck_assert_mem_eq(&found[i].bytes, &marks[i].bytes, 3 * sizeof(uint64_t));
	ck_assert_str_eq(found[0].id, "dinkes");
	ck_assert_uint_eq(found[0].minor, 0x100c);
	ck_assert_uint_eq(found[1].tree, LEDGER_MARK_DEVICE);
	ck_assert_int_eq(found[1].kind, LEDGER_UPLINK);
	ck_assert_int_eq(ledger_marks(ledger, "6f2c3c3e-0000-4000-8000-000000000002", &none, &n, &end), 0);
	ck_assert_uint_eq(n, 0);
	interval.n_marks = 1;
	ck_assert_int_eq(ledger_interval_put(ledger, &interval), 0);
	ck_assert_int_eq(ledger_marks(ledger, BOOT, &fewer, &n, &end), 0);
	ck_assert_uint_eq(n, 1);
}
END_TEST

/* ---- a closed day ---- */

START_TEST(a_closed_day_stays_closed)
{
	int32_t yesterday = day_of(NOON);

	book_one(NOON, 10, "dinkes", 100, 1);
	book_one(NOON + DAY, 10, "dinkes", 1000, 1);
	ck_assert_int_eq(ledger_close_days(ledger, yesterday + 1, (NOON + DAY) * USEC_PER_SEC, 5), 1);
	book_one(NOON + 10, 10, "dinkes", 5, 1); /* the clock went back */
	book_one(NOON - DAY, 10, "dinkes", 7,
		 1); /* to a day that has no link of its own, but later ones have */
	ck_assert_uint_eq(usage_by(LEDGER_DAYS, 0, INT64_MAX, 0, NULL), 2);
	ck_assert_uint_eq(usages[0].part.down.bytes, 100);
	ck_assert_uint_eq(usages[1].part.down.bytes, 1012);
	ck_assert_uint_eq(usage_by(LEDGER_ROWS, 0, INT64_MAX, 0, NULL), 2);
	ck_assert_int_eq(usages[1].at, NOON + DAY); /* the first row that is open */
	grains_are_equal();
	it_closes();
}
END_TEST

START_TEST(the_first_open_row_is_made)
{
	int32_t today = day_of(NOON);

	book_one(NOON, 10, "dinkes", 100, 1);
	ck_assert_int_eq(ledger_close_days(ledger, today + 1, NOON * USEC_PER_SEC, 5), 1);
	book_one(NOON + 20, 10, "dinkes", 5, 1);
	book_one(NOON + 30, 10, "dinkes", 6, 1);
	ck_assert_uint_eq(usage_by(LEDGER_ROWS, NOON + 300, INT64_MAX, 0, NULL), 1);
	ck_assert_int_eq(usages[0].at, NOON + DAY / 2); /* tomorrow, 00:00 */
	ck_assert_uint_eq(usages[0].part.down.bytes, 11);
	ck_assert_uint_eq(usage_by(LEDGER_DAYS, today + 1, today + 2, 0, NULL), 1);
	it_closes();
	ck_assert_int_eq(ledger_close_days(ledger, today + 2, NOON * USEC_PER_SEC, 5), 1);
	it_closes();
}
END_TEST

/* Another time zone does not tear a row, or an hour, into two days. */
START_TEST(a_new_time_zone_moves_nothing)
{
	int64_t evening = NOON + 11 * 3600; /* 23:00 */

	book_one(evening + 600, 10, "dinkes", 1, 1);
	ck_assert_int_eq(clock_zone_set("Asia/Jayapura"), 0); /* two hours east: already tomorrow */
	book_one(evening + 610, 10, "dinkes", 2, 1);
	book_one(evening + 1200, 10, "dinkes", 4, 1);
	book_one(evening + 3600, 10, "dinkes", 8, 1);
	ck_assert_uint_eq(usage_by(LEDGER_DAYS, 0, INT64_MAX, 0, NULL), 2);
	ck_assert_uint_eq(usages[0].part.down.bytes, 7);
	grains_are_equal();
	it_closes();
}
END_TEST

/* ---- questions ---- */

START_TEST(a_question_is_answered_in_order)
{
	struct ledger_part parts[] = {part_of(LEDGER_ZONE, "alun", 1, 1), OFFICE("z", 2, 1),
				      OFFICE("a", 3, 1), part_of(LEDGER_OWN, "", 4, 1)};

	book(NOON, 10, parts, 4);
	book(NOON + DAY, 10, parts, 4);
	ck_assert_uint_eq(usage_by(LEDGER_DAYS, 0, INT64_MAX, 0, NULL), 8);
	ck_assert_str_eq(usages[0].part.id, "a");
	ck_assert_str_eq(usages[1].part.id, "z");
	ck_assert_str_eq(usages[2].part.id, "alun");
	ck_assert_int_eq(usages[3].part.kind, LEDGER_OWN);
	ck_assert_str_eq(usages[4].part.id, "a");
	ck_assert_uint_eq(usage_by(LEDGER_DAYS, 0, INT64_MAX, LEDGER_OFFICE, NULL), 4);
	ck_assert_uint_eq(usage_by(LEDGER_DAYS, 0, INT64_MAX, LEDGER_OFFICE, "z"), 2);
	ck_assert_uint_eq(usage_by(LEDGER_DAYS, 0, INT64_MAX, 0, "z"), 2);
	ck_assert_uint_eq(usage_by(LEDGER_DAYS, 0, INT64_MAX, LEDGER_ZONE, "z"), 0);
	ck_assert_uint_eq(usage_by(LEDGER_DAYS, 0, INT64_MAX, LEDGER_OFFICE, "' OR 1=1 --"), 0);
	ck_assert_uint_eq(usage_by(LEDGER_DAYS, INT64_MIN, INT64_MIN, 0, NULL), 0);
	ck_assert_uint_eq(sums_by(LEDGER_DAYS, day_of(NOON), INT64_MAX, 0, NULL), 4);
	ck_assert_uint_eq(usages[1].part.down.bytes, 4);
	ck_assert_uint_eq(usages[1].measured_sec, 20);
	ck_assert_int_eq(usages[1].at, day_of(NOON));
	ck_assert_uint_eq(sums_by(LEDGER_ROWS, 0, INT64_MAX, LEDGER_OFFICE, "z"), 1);
	ck_assert_uint_eq(usages[0].part.down.bytes, 4);
	ck_assert_int_eq(
	    ledger_usage(ledger, &(struct ledger_query){(enum ledger_grain)9, 0, 1, 0, NULL}, on_usage, NULL),
	    -EINVAL);
}
END_TEST

static struct ledger_percentile percentile(int64_t from, int64_t until)
{
	struct ledger_percentile out = {1, 1, 1, 1};

	ck_assert_int_eq(ledger_percentile(ledger, LEDGER_OFFICE, "dinkes", from, until, &out), 0);
	return out;
}

START_TEST(a_percentile_is_as_defined)
{
	struct ledger_percentile out = percentile(0, INT64_MAX);
	struct ledger_part late = OFFICE("dinkes", 1000000000, 0);

	ck_assert_uint_eq(out.samples + out.missing + out.down_bps, 0);
	for (int64_t i = 0; i < 100; i++) /* 37 is coprime to 100: each rate once, in no order */
		book_one(NOON + i * 300, 300, "dinkes", (uint64_t)(i * 37 % 100 + 1) * 300 * 125, 300 * 125);
	out = percentile(0, INT64_MAX);
	ck_assert_uint_eq(out.samples, 100);
	ck_assert_uint_eq(out.missing, 0);
	ck_assert_uint_eq(out.down_bps, 95000);
	ck_assert_uint_eq(out.up_bps, 1000);
	ck_assert_uint_eq(percentile(NOON, NOON + 19 * 300).down_bps,
			  97000); /* 5 % of 19 rows is none: 1+37k mod 100 */
	book_one(NOON + 110 * 300, 149, "dinkes", 1000000000,
		 0); /* not half of it, after 10 rows of nothing */
	out = percentile(0, INT64_MAX);
	ck_assert_uint_eq(out.samples, 100);
	ck_assert_uint_eq(out.missing, 11);
	ck_assert_uint_eq(out.down_bps, 95000);
	late.down.late_bytes = late.down.bytes;
	book(NOON + 111 * 300, 150, &late, 1); /* half of it, and late bytes are no rate */
	out = percentile(NOON + 111 * 300, INT64_MAX);
	ck_assert_uint_eq(out.samples, 1);
	ck_assert_uint_eq(out.missing + out.down_bps, 0);
}
END_TEST

static unsigned n_seen;
static struct ledger_presence presences[8];

static int on_presence(const struct ledger_presence *presence, void *userdata _unused_)
{
	presences[n_seen++] = *presence;
	return 0;
}

START_TEST(who_was_there)
{
	int32_t today = day_of(NOON);

	book_one(NOON, 10, "b", 1, 1);
	book_one(NOON + DAY, 10, "a", 1, 1);
	book_one(NOON + 2 * DAY, 10, "b", 1, 1);
	ck_assert_int_eq(ledger_presences(ledger, 0, INT32_MAX, on_presence, NULL), 0);
	ck_assert_uint_eq(n_seen, 2);
	ck_assert_str_eq(presences[0].id, "a");
	ck_assert_int_eq(presences[1].first_day, today);
	ck_assert_int_eq(presences[1].last_day, today + 2);
	n_seen = 0;
	ck_assert_int_eq(ledger_presences(ledger, today + 1, today + 2, on_presence, NULL), 0);
	ck_assert_uint_eq(n_seen, 1);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    an_interval_is_in_all_four,
	    rows_hours_days_and_months_begin_where_they_do,
	    grains_stay_equal,
	    what_cannot_be_is_refused_whole,
	    a_total_has_63_bits,
	    not_inside_a_transaction_of_others,
	    marks_are_replaced_and_of_one_boot,
	    a_closed_day_stays_closed,
	    the_first_open_row_is_made,
	    a_new_time_zone_moves_nothing,
	    a_question_is_answered_in_order,
	    a_percentile_is_as_defined,
	    who_was_there,
	};

	return run_tests("ledger: metering", tests, ELEMENTS(tests), 30, set_up_site, tear_down);
}
