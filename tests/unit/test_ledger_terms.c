/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves what was agreed when, and what was open: terms are valid from their instant on whatever the clock
 * did before, minutes never go to a closed day, and both are sealed. Of a notice: which report goes with it.
 */
#include "metering_fixture.h"
#include "../../ledger/month.h"
#include "../../ledger/terms.h"
#include <errno.h>

static char shown[4096];

static int show(const struct ledger_terms *terms, void *userdata _unused_)
{
	size_t length = strlen(shown);

	snprintf(shown + length, sizeof(shown) - length, "%jd %d %s=%.40s;",
		 (intmax_t)((terms->wall_usec - NOW) / USEC_PER_HOUR), terms->kind, terms->of,
		 terms->document);

	return 0;
}

static const char *until(int hours)
{
	shown[0] = '\0';
	ck_assert_int_eq(ledger_terms(ledger, NOW + hours * USEC_PER_HOUR, show, NULL), 0);
	return shown;
}

static const char *last(void)
{
	shown[0] = '\0';
	ck_assert_int_eq(ledger_terms_last(ledger, show, NULL), 0);
	return shown;
}

static int put(int hours, enum ledger_terms_kind kind, const char *of, const char *document)
{
	struct ledger_terms terms = {
	    .wall_usec = NOW + hours * USEC_PER_HOUR, .kind = kind, .document = document};

	snprintf(terms.of, sizeof(terms.of), "%s", of);
	return ledger_terms_put(ledger, &terms);
}

#define ALWAYS 1000

START_TEST(what_changes_is_a_row)
{
	ck_assert_str_eq(last(), "");
	ck_assert_int_eq(put(0, LEDGER_TERMS_OFFICE, "dinkes", "{\"a\":1}"), 0);
	ck_assert_int_eq(put(1, LEDGER_TERMS_OFFICE, "dinkes", "{\"a\":1}"), 1);
	ck_assert_int_eq(put(2, LEDGER_TERMS_OFFICE, "dinkes", "{\"a\":2}"), 0);
	ck_assert_int_eq(put(2, LEDGER_TERMS_ZONE, "dinkes", "{}"),
			 0); /* a park of the same id is somebody else */
	ck_assert_int_eq(put(1, LEDGER_TERMS_SITE, "", "{\"name\":\"Kotim\"}"), 0);
	reopen();
	ck_assert_str_eq(
	    until(ALWAYS),
	    "0 4 dinkes={\"a\":1};1 1 ={\"name\":\"Kotim\"};2 4 dinkes={\"a\":2};2 5 dinkes={};");
	ck_assert_str_eq(until(2), "0 4 dinkes={\"a\":1};1 1 ={\"name\":\"Kotim\"};");
	ck_assert_str_eq(until(0), "");
	ck_assert_str_eq(last(), "1 1 ={\"name\":\"Kotim\"};2 4 dinkes={\"a\":2};2 5 dinkes={};");
}
END_TEST

START_TEST(what_ends_is_left_out_and_may_come_back)
{
	ck_assert_int_eq(put(0, LEDGER_TERMS_OFFICE, "dinkes", ""), 1); /* it never was */
	ck_assert_int_eq(put(1, LEDGER_TERMS_OFFICE, "dinkes", "{}"), 0);
	ck_assert_int_eq(put(2, LEDGER_TERMS_OFFICE, "dinkes", ""), 0);
	ck_assert_int_eq(put(3, LEDGER_TERMS_OFFICE, "dinkes", ""), 1);
	ck_assert_str_eq(last(), "");
	ck_assert_int_eq(put(4, LEDGER_TERMS_OFFICE, "dinkes", "{}"), 0);
	ck_assert_str_eq(last(), "4 4 dinkes={};");
	ck_assert_str_eq(until(ALWAYS), "1 4 dinkes={};2 4 dinkes=;4 4 dinkes={};");
}
END_TEST

/* A clock that was ahead for a while must not make old terms come back when that time really comes. */
START_TEST(a_clock_that_was_set_decides_nothing)
{
	ck_assert_int_eq(put(0, LEDGER_TERMS_CONTRACT, "", "old"), 0);
	ck_assert_int_eq(put(100, LEDGER_TERMS_CONTRACT, "", "ahead"), 0);
	ck_assert_int_eq(put(1, LEDGER_TERMS_CONTRACT, "", "new"), 0);
	ck_assert_str_eq(until(ALWAYS), "0 3 =old;1 3 =new;100 3 =ahead;100 3 =new;");
	ck_assert_str_eq(last(), "100 3 =new;");
	ck_assert_int_eq(put(2, LEDGER_TERMS_CONTRACT, "", "new"), 1);
	ck_assert_int_eq(put(0, LEDGER_TERMS_CONTRACT, "", "old"),
			 0); /* set back before, and back to the old ones */
	ck_assert_str_eq(last(), "100 3 =old;");
	ck_assert_int_eq(put(3, LEDGER_TERMS_CONTRACT, "", ""), 0);
	ck_assert_str_eq(last(), "");
}
END_TEST

START_TEST(what_cannot_be_is_refused)
{
	_cleanup_(freep) char *largest = calloc(1, LEDGER_TERMS_MAX + 2);
	struct ledger_terms endless = {.wall_usec = NOW, .kind = LEDGER_TERMS_OFFICE, .document = "{}"};

	memset(largest, 'x', LEDGER_TERMS_MAX);
	memset(endless.of, 'x', sizeof(endless.of));
	ck_assert_int_eq(put(0, LEDGER_TERMS_OFFICE, "", "{}"), -EINVAL);
	ck_assert_int_eq(put(0, LEDGER_TERMS_ZONE, "", "{}"), -EINVAL);
	ck_assert_int_eq(put(0, LEDGER_TERMS_SITE, "dinkes", "{}"), -EINVAL);
	ck_assert_int_eq(put(0, (enum ledger_terms_kind)0, "", "{}"), -EINVAL);
	ck_assert_int_eq(put(0, (enum ledger_terms_kind)6, "a", "{}"), -EINVAL);
	ck_assert_int_eq(put(0, LEDGER_TERMS_SITE, "", NULL), -EINVAL);
	ck_assert_int_eq(ledger_terms_put(ledger, &endless), -EINVAL);
	ck_assert_int_eq(put(0, LEDGER_TERMS_SITE, "", largest), 0);
	largest[LEDGER_TERMS_MAX] = 'x';
	ck_assert_int_eq(put(0, LEDGER_TERMS_UPLINK, "", largest), -EINVAL);
	ck_assert_int_eq(ask("SELECT count(*) FROM terms"), 1);
}
END_TEST

/* A daemon puts all subjects' in one transaction. */
START_TEST(within_a_transaction)
{
	ck_assert_int_eq(ledger_begin(ledger), 0);
	ck_assert_int_eq(put(0, LEDGER_TERMS_SITE, "", "{}"), 0);
	ck_assert_int_eq(put(0, LEDGER_TERMS_OFFICE, "", "{}"), -EINVAL);
	ck_assert_int_eq(put(0, LEDGER_TERMS_UPLINK, "", "{}"), 0);
	ck_assert_int_eq(ledger_commit(ledger, true), 0);
	ck_assert_int_eq(ask("SELECT count(*) FROM terms"), 2);
	ck_assert_int_eq(ledger_begin(ledger), 0);
	ck_assert_int_eq(put(1, LEDGER_TERMS_SITE, "", "{1}"), 0);
	ledger_rollback(ledger);
	ck_assert_str_eq(last(), "0 1 ={};0 2 ={};");
}
END_TEST

static int stop(const struct ledger_terms *terms _unused_, void *userdata _unused_)
{
	return 7;
}

START_TEST(a_walk_may_stop)
{
	ck_assert_int_eq(put(0, LEDGER_TERMS_SITE, "", "{}"), 0);
	ck_assert_int_eq(ledger_terms(ledger, INT64_MAX, stop, NULL), 7);
	ck_assert_int_eq(ledger_terms_last(ledger, stop, NULL), 7);
}
END_TEST

/* ---- hours in which a zone was open ---- */

static int show_opening(const struct ledger_opening *opening, void *userdata)
{
	size_t length = strlen(shown);

	snprintf(shown + length, sizeof(shown) - length, "%d %s %u;",
		 opening->day - *(const int32_t *)userdata, opening->zone, opening->open_min);
	return 0;
}

static const char *openings(int32_t from, int32_t to)
{
	int32_t base = day_of(NOON);

	shown[0] = '\0';
	ck_assert_int_eq(ledger_openings(ledger, base + from, base + to, show_opening, &base), 0);
	return shown;
}

static int open_for(int32_t day, const char *zone, uint32_t minutes)
{
	struct ledger_opening opening = {.day = day_of(NOON) + day, .open_min = minutes};

	snprintf(opening.zone, sizeof(opening.zone), "%s", zone);
	return ledger_opening_add(ledger, &opening);
}

START_TEST(minutes_add_up)
{
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(open_for(0, "taman", 1), 0);
	ck_assert_int_eq(open_for(0, "alun-alun", 1), 0);
	ck_assert_int_eq(open_for(1, "taman", 0), 0);
	ck_assert_int_eq(open_for(0, "", 1), -EINVAL);
	reopen();
	ck_assert_str_eq(openings(0, 9), "0 alun-alun 1;0 taman 3;1 taman 0;");
	ck_assert_str_eq(openings(1, 9), "1 taman 0;");
	ck_assert_str_eq(openings(-9, 0), "");
}
END_TEST

START_TEST(a_closed_day_stays_as_it_was)
{
	ck_assert_int_eq(open_for(0, "taman", 5), 0);
	book_one(NOON, 10, "a", 1, 1);
	ck_assert_int_eq(ledger_close_days(ledger, day_of(NOON) + 1, NOW, 9), 1);
	it_closes();
	ck_assert_int_eq(open_for(0, "taman", 1), 0); /* of the day that was closed meanwhile */
	ck_assert_str_eq(openings(0, 9), "0 taman 5;1 taman 1;");
	it_closes();
	tamper("UPDATE opening SET open_min = 6 WHERE open_min = 5");
	ck_assert_uint_eq(verify(), 1);
	ck_assert_int_eq(findings[0].day, day_of(NOON));
	ck_assert_int_eq(findings[0].kind, LEDGER_FOUND_CHAIN);
	tamper("UPDATE opening SET open_min = 5 WHERE open_min = 6");
	it_closes();
	tamper("INSERT INTO opening SELECT day, 'pasar', 1 FROM opening LIMIT 1");
	ck_assert_uint_eq(verify(), 1);
}
END_TEST

/* ---- the chain ---- */

/* What is done to sealed terms, and what it must not go unseen. */
static const char *const tamperings[] = {
    "UPDATE terms SET document = '{\"monthly_rupiah\":1}'",
    "UPDATE terms SET wall_usec = wall_usec - 1",
    "UPDATE terms SET subject = 'dinsos'",
    "UPDATE terms SET kind = 5",
    "DELETE FROM terms",
    "INSERT INTO terms VALUES (99, 1, 4, 'dinkes', '{}', (SELECT day FROM link))",
    "INSERT INTO terms VALUES (99, 1, 4, 'dinkes', '{}', 5)",
    "UPDATE terms SET sealed = NULL",
};

START_TEST(sealed_terms_are_not_altered_unseen)
{
	ck_assert_int_eq(
	    put(0, LEDGER_TERMS_OFFICE, "dinkes", "{\"nama\":\"Dinas \xe2\x80\x9cKesehatan\xe2\x80\x9d\"}"),
	    0);
	it_closes();
	book_one(NOON, 10, "a", 1, 1);
	ck_assert_int_eq(ledger_close_days(ledger, day_of(NOON) + 1, NOW, 9), 1);
	ck_assert_int_eq(ask("SELECT sealed FROM terms"), day_of(NOON));
	ck_assert_int_eq(put(1, LEDGER_TERMS_OFFICE, "dinkes", ""), 0); /* for the next link */
	it_closes();
	ck_assert_int_eq(ask("SELECT count(*) FROM terms WHERE sealed IS NULL"), 1);
	tamper(tamperings[_i]);
	ck_assert_msg(verify() > 0, "%s: not found", tamperings[_i]);
	ck_assert_msg(findings[0].kind == LEDGER_FOUND_CHAIN ||
			  strstr(findings[0].text, "terms that name a link"),
		      "%s: %s", tamperings[_i], findings[0].text);
}
END_TEST

/* ---- a notice with a report ---- */

static int show_notice(const struct ledger_notice *notice, void *userdata _unused_)
{
	size_t length = strlen(shown);

	snprintf(shown + length, sizeof(shown) - length, "%s/%s;", notice->kind, notice->month);
	return 0;
}

START_TEST(a_notice_says_which_report)
{
	struct ledger_notice notice = {.created_wall_usec = NOW,
				       .next_wall_usec = NOW,
				       .way = LEDGER_NOTICE_MAIL,
				       .kind = "report",
				       .month = "2026-10"};

	ck_assert_int_eq(ledger_notice_put(ledger, &notice), 0);
	snprintf(notice.kind, sizeof(notice.kind), "alarm");
	notice.month[0] = '\0';
	ck_assert_int_eq(ledger_notice_put(ledger, &notice), 0);
	reopen();
	shown[0] = '\0';
	ck_assert_int_eq(ledger_notices(ledger, show_notice, NULL), 0);
	ck_assert_str_eq(shown, "report/2026-10;alarm/;");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    what_changes_is_a_row,
	    what_ends_is_left_out_and_may_come_back,
	    a_clock_that_was_set_decides_nothing,
	    what_cannot_be_is_refused,
	    within_a_transaction,
	    a_walk_may_stop,
	    minutes_add_up,
	    a_closed_day_stays_as_it_was,
	    a_notice_says_which_report,
	};

	return run_tests_and_loop("ledger: terms", tests, ELEMENTS(tests), 30, set_up_site, tear_down,
				  sealed_terms_are_not_altered_unseen, ELEMENTS(tamperings));
}
