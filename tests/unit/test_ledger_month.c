/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves a month's record: visitors are counted once, it is computed when its rows are all there and while
 * they are, it is what they say, and it stays what it was.
 */
#include "month_fixture.h"
#include <errno.h>

/* ---- visits ---- */

static char shown[1024];

static int show_visits(const struct ledger_visits *visits, void *userdata _unused_)
{
	size_t length = strlen(shown);

	snprintf(shown + length, sizeof(shown) - length, "%s %ju/%ju/%ju %ju %ju %ju;", visits->zone,
		 (uintmax_t)visits->sessions, (uintmax_t)visits->visitors, (uintmax_t)visits->anonymous,
		 (uintmax_t)visits->down_bytes, (uintmax_t)visits->up_bytes, (uintmax_t)visits->online_sec);
	return 0;
}

static const char *visits_of(struct ledger *of, int64_t from_sec, int64_t until_sec)
{
	shown[0] = '\0';
	ck_assert_int_eq(
	    ledger_visits(of, from_sec * USEC_PER_SEC, until_sec * USEC_PER_SEC, show_visits, NULL), 0);
	return shown;
}

static void make_visits(void)
{
	visit(1, 1, "taman", NOON, 10, true);
	visit(2, 1, "taman", NOON + 1, 10, true);   /* the same device once more */
	visit(3, 1, "pasar", NOON + 2, 10, true);   /* and elsewhere */
	visit(4, 2, "taman", NOON + 3, 10, false);  /* online */
	visit(5, 1, "taman", NOON + 4, 10, false);  /* the first is back, and online */
	visit(6, 3, "taman", NOON + 100, 10, true); /* later */
}

START_TEST(a_device_is_a_visitor_once)
{
	ck_assert_str_eq(visits_of(ledger, 0, NOON * 2), " 0/0/0 0 0 0;");
	make_visits();
	ck_assert_str_eq(visits_of(ledger, NOON, NOON + 100),
			 "pasar 1/1/0 3000 3 10;taman 4/2/0 12000 12 40; 5/2/0 15000 15 50;");
	ck_assert_str_eq(visits_of(ledger, NOON + 1, NOON + 3),
			 "pasar 1/1/0 3000 3 10;taman 1/1/0 2000 2 10; 2/1/0 5000 5 20;");
}
END_TEST

START_TEST(a_forgotten_visitor_is_a_session_still)
{
	struct ledger_forgotten forgotten;
	uint8_t hash[LEDGER_HASH];

	make_visits();
	hash_of(1, hash);
	ck_assert_int_eq(ledger_forget(ledger, hash, &forgotten), 0);
	ck_assert_str_eq(visits_of(ledger, NOON, NOON + 100),
			 "pasar 1/0/1 3000 3 10;taman 4/1/3 12000 12 40; 5/1/4 15000 15 50;");
}
END_TEST

/* Whoever may read the file and not the key can not tell who is online from who was there before, and says
 * so. */
START_TEST(a_reader_knows_them_by_the_key)
{
	struct ledger *reader;

	make_visits();
	ck_assert_int_eq(ledger_open_read(directory, &reader), 0);
	ck_assert_str_eq(visits_of(reader, NOON, NOON + 100),
			 "pasar 1/1/0 3000 3 10;taman 4/2/0 12000 12 40; 5/2/0 15000 15 50;");
	ledger_close(reader);
	ck_assert_int_eq(unlink(path_of("ledger.key")), 0);
	ck_assert_int_eq(ledger_open_read(directory, &reader), 0);
	ck_assert_int_ne(access(path_of("ledger.key"), F_OK), 0);
	ck_assert_str_eq(visits_of(reader, NOON, NOON + 100),
			 "pasar 1/1/0 3000 3 10;taman 4/1/2 12000 12 40; 5/1/2 15000 15 50;");
	ledger_close(reader);
}
END_TEST

/* ---- when ---- */

START_TEST(not_before_its_last_day_is_closed)
{
	_cleanup_(ledger_month_freep) struct ledger_month_record *made = NULL;
	int32_t month = -1;

	ck_assert_int_eq(ledger_month_compute(ledger, INT32_MAX, 0, 1, NOW, &made), -EINVAL);
	ck_assert_int_eq(ledger_month_compute(ledger, OCTOBER, 0, INT64_MAX, NOW, &made), -EINVAL);
	ck_assert_int_eq(compute(OCTOBER, &made), -ENODATA);
	ck_assert_int_eq(ledger_month_due(ledger, INT32_MAX, &month), -ENOENT);
	book_one(begin_of(OCTOBER) + 50000, 10, "a", 1000, 1);
	book_one(begin_of(NOVEMBER) - 10, 10, "a", 1000, 1); /* its last row */
	book_one(begin_of(NOVEMBER) + 10, 10, "a", 1000, 1);
	ck_assert_int_eq(ledger_close_days(ledger, civil_first_day(NOVEMBER), NOW, 1), 1);
	ck_assert_int_eq(compute(OCTOBER, &made), -EAGAIN);
	ck_assert_int_eq(ledger_month_due(ledger, INT32_MAX, &month), -ENOENT);
	ck_assert_int_eq(ledger_close_days(ledger, civil_first_day(NOVEMBER), NOW, 9), 1);
	ck_assert_int_eq(compute(NOVEMBER, &made), -EAGAIN);
	ck_assert_ptr_null(made);
	ck_assert_int_eq(ledger_month_due(ledger, civil_first_day(NOVEMBER) - 1, &month), -ENOENT);
	ck_assert_int_eq(ledger_month_due(ledger, civil_first_day(NOVEMBER), &month), 0);
	ck_assert_int_eq(month, OCTOBER);
	ck_assert_int_eq(compute(OCTOBER, &made), 0);
	ck_assert_int_eq(made->from_sec, begin_of(OCTOBER));
	ck_assert_int_eq(made->until_sec, begin_of(NOVEMBER));
	ck_assert_uint_eq(made->n_rates, 1);
	ck_assert_int_eq(ledger_month_put(ledger, made), 0);
	ck_assert_int_eq(ledger_month_due(ledger, INT32_MAX - 40, &month), -ENOENT);
}
END_TEST

/* Three months, the first of which has lost days to pruning: the next ones are made all the same, oldest
 * first. */
START_TEST(a_month_that_is_pruned_is_not_known_any_more)
{
	struct ledger_retention kept = {.rows_usec = 40 * USEC_PER_DAY};
	_cleanup_(ledger_month_freep) struct ledger_month_record *made = NULL;
	int32_t month;

	for (int32_t m = OCTOBER - 2; m <= NOVEMBER; m++)
		for (int day = 5; day < 25; day += 5)
			book_one(begin_of(m) + day * DAY, 10, "a", 1000, 1);
	ck_assert_int_eq(ledger_close_days(ledger, civil_first_day(NOVEMBER), NOW, 99), 12);
	ck_assert_int_ge(ledger_prune_kept(ledger,
					   (begin_of(OCTOBER - 1) - 15 * DAY) * USEC_PER_SEC + kept.rows_usec,
					   &kept),
			 1);
	ck_assert_int_eq(compute(OCTOBER - 2, &made), -ENODATA);
	ck_assert_int_eq(ledger_month_due(ledger, civil_first_day(NOVEMBER), &month), 0);
	ck_assert_int_eq(month, OCTOBER - 1);
	record(OCTOBER - 1);
	ck_assert_int_eq(ledger_month_due(ledger, civil_first_day(NOVEMBER), &month), 0);
	ck_assert_int_eq(month, OCTOBER);
	ck_assert_int_eq(ledger_month_due(ledger, civil_first_day(OCTOBER), &month), -ENOENT);
}
END_TEST

/* ---- what ---- */

START_TEST(it_is_what_the_rows_say)
{
	_cleanup_(ledger_month_freep) struct ledger_month_record *made = NULL, *read = NULL;
	struct ledger_percentile percentile;

	make_city();
	ck_assert_int_eq(compute(OCTOBER, &made), 0);
	ck_assert_uint_eq(made->n_rates, 4 + 2 + 3);
	ck_assert_uint_eq(made->n_visits, 3);
	for (size_t i = 0; i < made->n_rates; i++) {
		ck_assert_int_eq(ledger_percentile(ledger, made->rates[i].kind, made->rates[i].id,
						   begin_of(OCTOBER), begin_of(NOVEMBER), &percentile),
				 0);
		ck_assert_mem_eq(&made->rates[i].percentile, &percentile, sizeof(percentile));
		ck_assert_uint_gt(percentile.peak_down_bps, 0);
		if (i > 0)
			ck_assert(made->rates[i - 1].kind < made->rates[i].kind ||
				  strcmp(made->rates[i - 1].id, made->rates[i].id) < 0);
	}
	ck_assert_uint_eq(made->visits[2].visitors, 7);
	ck_assert_int_eq(ledger_month(ledger, OCTOBER, &read), -ENOENT);
	ck_assert_int_eq(ledger_month_put(ledger, made), 0);
	reopen();
	ck_assert_int_eq(ledger_month(ledger, OCTOBER, &read), 0);
	equal(read, made);
	it_closes();
}
END_TEST

START_TEST(it_stays_what_it_was)
{
	_cleanup_(ledger_month_freep) struct ledger_month_record *made = NULL, *first = NULL, *read = NULL;

	make_city();
	record(OCTOBER);
	ck_assert_int_eq(ledger_month(ledger, OCTOBER, &first), 0);
	ck_assert_int_eq(compute(OCTOBER, &made), 0);
	made->wall_usec++;
	made->rates[0].percentile.down_bps++;
	made->n_visits = 0;
	ck_assert_int_eq(ledger_month_put(ledger, made), 1);
	ck_assert_int_eq(ledger_month(ledger, OCTOBER, &read), 0);
	equal(read, first);
	made->month++; /* half a record is none */
	made->rates[made->n_rates - 1] = made->rates[0];
	ck_assert_int_eq(ledger_month_put(ledger, made), -EEXIST);
	made->rates[0].id[0] = '\0';
	ck_assert_int_eq(ledger_month_put(ledger, made), -EINVAL);
	ck_assert_int_eq(ask("SELECT count(*) FROM month_record"), 1);
	ck_assert_int_eq(ask("SELECT count(*) FROM month_rate"), 9);
}
END_TEST

START_TEST(a_reader_computes_and_the_writer_writes)
{
	_cleanup_(ledger_month_freep) struct ledger_month_record *made = NULL, *own = NULL;
	struct ledger *writer = ledger, *reader;
	int32_t month;

	make_city();
	ck_assert_int_eq(compute(OCTOBER, &own), 0);
	ck_assert_int_eq(ledger_open_read(directory, &reader), 0);
	ledger = reader;
	ck_assert_int_eq(ledger_month_due(reader, INT32_MAX - 40, &month), 0);
	ck_assert_int_eq(compute(month, &made), 0);
	ck_assert_int_eq(ledger_month_put(reader, made), -EROFS);
	ledger = writer;
	equal(made, own);
	ck_assert_int_eq(ledger_month_put(writer, made), 0);
	ledger_close(reader);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    a_device_is_a_visitor_once,
	    a_forgotten_visitor_is_a_session_still,
	    a_reader_knows_them_by_the_key,
	    not_before_its_last_day_is_closed,
	    a_month_that_is_pruned_is_not_known_any_more,
	    it_is_what_the_rows_say,
	    it_stays_what_it_was,
	    a_reader_computes_and_the_writer_writes,
	};

	return run_tests("ledger: months", tests, ELEMENTS(tests), 30, set_up_site, tear_down);
}
