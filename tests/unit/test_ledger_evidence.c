/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves what happened: every row is read back as it was put, what is open can be ended once, and what could
 * not be true is refused.
 */
#include "metering_fixture.h"
#include <errno.h>

/* Whatever a walk shows, kept as bytes. */
static struct shown {
	union {
		struct ledger_event event;
		struct ledger_outage outage;
		struct ledger_availability availability;
		struct ledger_target target;
		struct ledger_test test;
		struct ledger_shortfall shortfall;
		struct ledger_correction correction;
		struct ledger_exemption exemption;
		struct ledger_notice notice;
		struct ledger_gap gap;
		struct ledger_host host;
	};
} shown[16];
static size_t n;

#define SHOW(type)                                                                                           \
	static int show_##type(const struct ledger_##type *row, void *userdata _unused_)                     \
	{                                                                                                    \
		ck_assert_uint_lt(n, ELEMENTS(shown));                                                       \
		shown[n++].type = *row;                                                                      \
		return 0;                                                                                    \
	}
SHOW(event)
SHOW(outage)
SHOW(availability)
SHOW(target)
SHOW(test)
SHOW(shortfall)
SHOW(correction)
SHOW(exemption)
SHOW(notice)
SHOW(gap)
SHOW(host)
#define WALK(walk, ...)                                                                                      \
	({                                                                                                   \
		n = 0;                                                                                       \
		ck_assert_int_eq(walk(ledger, __VA_ARGS__, NULL), 0);                                        \
		n;                                                                                           \
	})

START_TEST(the_journal)
{
	struct ledger_event event = {
	    .wall_usec = NOW, .kind = "quota.notice", .subject = "dinkes", .text = "80 % of 2 TB"};

	ck_assert_int_eq(ledger_event_put(ledger, &event), 0);
	event.wall_usec++;
	snprintf(event.kind, sizeof(event.kind), "quota.exempt");
	snprintf(event.who, sizeof(event.who), "siti");
	ck_assert_int_eq(ledger_event_put(ledger, &event), 0);
	snprintf(event.kind, sizeof(event.kind), "clock");
	event.subject[0] = '\0';
	ck_assert_int_eq(ledger_event_put(ledger, &event), 0);
	event.kind[0] = '\0';
	ck_assert_int_eq(ledger_event_put(ledger, &event), -EINVAL);
	reopen();
	ck_assert_uint_eq(WALK(ledger_events, 0, INT64_MAX, NULL, NULL, show_event), 3);
	ck_assert_str_eq(shown[0].event.kind, "clock"); /* newest first */
	ck_assert_str_eq(shown[1].event.who, "siti");
	ck_assert_str_eq(shown[2].event.text, "80 % of 2 TB");
	ck_assert_uint_eq(WALK(ledger_events, 0, INT64_MAX, "quota.", NULL, show_event), 2);
	ck_assert_uint_eq(WALK(ledger_events, 0, INT64_MAX, "quota_", NULL, show_event), 0);
	ck_assert_uint_eq(WALK(ledger_events, 0, INT64_MAX, NULL, "dinkes", show_event), 2);
	ck_assert_uint_eq(WALK(ledger_events, NOW, NOW + 1, NULL, NULL, show_event), 1);
}
END_TEST

START_TEST(outages_begin_and_end)
{
	struct ledger_outage first = {.began_wall_usec = NOW, .cause = LEDGER_OUTAGE_CARRIER},
			     second = {.began_wall_usec = NOW + 100, .cause = LEDGER_OUTAGE_LOSS},
			     wrong = {.began_wall_usec = NOW, .cause = (enum ledger_outage_cause)4};

	ck_assert_int_eq(ledger_outage_begin(ledger, &first), 0);
	ck_assert_int_eq(ledger_outage_begin(ledger, &second), 0);
	ck_assert_int_eq(ledger_outage_begin(ledger, &wrong), -EINVAL);
	ck_assert_int_ne(first.id, second.id);
	reopen();
	ck_assert_int_eq(ledger_outage_end(ledger, first.id, NOW + 50), 0);
	ck_assert_int_eq(ledger_outage_end(ledger, first.id, NOW + 60), -ENOENT);
	ck_assert_int_eq(ledger_outage_end(ledger, 77, NOW + 60), -ENOENT);
	ck_assert_uint_eq(WALK(ledger_outages, NOW, NOW + 200, show_outage), 2);
	ck_assert_int_eq(shown[0].outage.ended_wall_usec, NOW + 50);
	ck_assert_int_eq(shown[1].outage.ended_wall_usec, 0);
	ck_assert_uint_eq(WALK(ledger_outages, NOW + 60, NOW + 70, show_outage), 0);
	ck_assert_uint_eq(WALK(ledger_outages, NOW + 150, NOW + 200, show_outage), 1); /* still open */
	ck_assert_int_eq(shown[0].outage.cause, LEDGER_OUTAGE_LOSS);
	ck_assert_uint_eq(WALK(ledger_outages, NOW + 40, NOW + 45, show_outage), 1);
}
END_TEST

START_TEST(minutes_add_up)
{
	struct ledger_availability minute = {.day = 20780, .measured_min = 1, .sent = 20, .answered = 20};
	struct ledger_target target = {.day = 20780, .sent = 5, .answered = 4};

	ck_assert_int_eq(ledger_availability_add(ledger, &minute), 0);
	minute.down_min = minute.silent_min = 1;
	minute.answered = 0;
	ck_assert_int_eq(ledger_availability_add(ledger, &minute), 0);
	ck_assert_int_eq(addr_parse("1.1.1.1", &target.address), 0);
	ck_assert_int_eq(ledger_target_add(ledger, &target), 0);
	ck_assert_int_eq(ledger_target_add(ledger, &target), 0);
	ck_assert_int_eq(addr_parse("2001:db8::1", &target.address), 0);
	ck_assert_int_eq(ledger_target_add(ledger, &target), 0);
	target.address.family = 0;
	ck_assert_int_eq(ledger_target_add(ledger, &target), -EINVAL);
	reopen();
	ck_assert_uint_eq(WALK(ledger_availabilities, 20780, 20781, show_availability), 1);
	ck_assert_uint_eq(shown[0].availability.measured_min, 2);
	ck_assert_uint_eq(shown[0].availability.down_min + shown[0].availability.silent_min, 2);
	ck_assert_uint_eq(shown[0].availability.sent, 40);
	ck_assert_uint_eq(shown[0].availability.answered, 20);
	ck_assert_uint_eq(WALK(ledger_targets, 20780, 20781, show_target), 2);
	ck_assert_uint_eq(shown[0].target.sent, 10);
	ck_assert_int_eq(shown[1].target.address.family, AF_INET6);
	ck_assert(addr_equal(&shown[0].target.address, &(struct addr){AF_INET, {1, 1, 1, 1}}));
}
END_TEST

START_TEST(a_minute_of_a_closed_day)
{
	struct ledger_availability minute = {.day = day_of(NOON), .measured_min = 1};

	book_one(NOON, 10, "a", 1, 1);
	ck_assert_int_eq(ledger_availability_add(ledger, &minute), 0);
	ck_assert_int_eq(ledger_close_days(ledger, day_of(NOON) + 1, NOW, 1), 1);
	ck_assert_int_eq(ledger_availability_add(ledger, &minute), 0);
	ck_assert_uint_eq(WALK(ledger_availabilities, 0, INT32_MAX, show_availability), 2);
	ck_assert_int_eq(shown[1].availability.day, day_of(NOON) + 1);
	it_closes();
}
END_TEST

START_TEST(tests_of_the_line)
{
	struct ledger_test test = {
	    .wall_usec = NOW, .server = "iperf3://speed.example", .down_bps = 480000000, .up_bps = 470000000};

	ck_assert_int_eq(ledger_test_put(ledger, &test), 0);
	test = (struct ledger_test){.wall_usec = NOW + 5, .server = "https://b", .error = "no route"};
	ck_assert_int_eq(ledger_test_put(ledger, &test), 0);
	reopen();
	ck_assert_uint_eq(WALK(ledger_tests, NOW, NOW + 6, show_test), 2);
	ck_assert_uint_eq(shown[0].test.down_bps, 480000000);
	ck_assert_str_eq(shown[1].test.error, "no route");
	ck_assert_uint_eq(WALK(ledger_tests, NOW + 6, NOW + 7, show_test), 0);
}
END_TEST

START_TEST(minutes_that_fell_short)
{
	struct ledger_shortfall shortfall = {NOON, LEDGER_OFFICE, "dinkes", false, 30, 40};

	ck_assert_int_eq(ledger_shortfall_put(ledger, &shortfall), 0);
	shortfall.achieved_bps = 31;
	ck_assert_int_eq(ledger_shortfall_put(ledger, &shortfall), 0); /* the same minute */
	shortfall.up = true;
	ck_assert_int_eq(ledger_shortfall_put(ledger, &shortfall), 0);
	shortfall.id[0] = '\0';
	ck_assert_int_eq(ledger_shortfall_put(ledger, &shortfall), -EINVAL);
	reopen();
	ck_assert_uint_eq(WALK(ledger_shortfalls, NOON, NOON + 60, show_shortfall), 2);
	ck_assert_uint_eq(shown[0].shortfall.achieved_bps, 31);
	ck_assert(!shown[0].shortfall.up && shown[1].shortfall.up);
	ck_assert_str_eq(shown[0].shortfall.id, "dinkes");
	book_one(NOON, 10, "dinkes", 1, 1);
	ck_assert_int_eq(ledger_close_days(ledger, day_of(NOON) + 1, NOW, 1), 1);
	shortfall = (struct ledger_shortfall){NOON, LEDGER_OFFICE, "dinkes", false, 1, 40};
	ck_assert_int_eq(ledger_shortfall_put(ledger, &shortfall), 0);
	ck_assert_uint_eq(WALK(ledger_shortfalls, NOON, NOON + 60, show_shortfall), 2);
	ck_assert_uint_eq(shown[0].shortfall.achieved_bps, 31); /* sealed */
	it_closes();
}
END_TEST

START_TEST(corrections_have_a_reason_and_a_name)
{
	struct ledger_correction correction = {.wall_usec = NOW,
					       .day = day_of(NOON),
					       .month = civil_month(day_of(NOON)),
					       .kind = LEDGER_OFFICE,
					       .id_of = "dinkes",
					       .down_bytes = -60,
					       .up_bytes = 5,
					       .who = "siti",
					       .reason = "salah colok"},
				 other = correction;

	book_one(NOON, 10, "dinkes", 100, 10);
	ck_assert_int_eq(ledger_correction_put(ledger, &correction), 0);
	ck_assert_int_ne(correction.id, 0);
	ck_assert_int_eq(ledger_correction_put(ledger, &other), -EINVAL); /* 100 - 60 - 60 */
	other.down_bytes = 0;
	other.up_bytes = -16;
	ck_assert_int_eq(ledger_correction_put(ledger, &other), -EINVAL);
	other.up_bytes = -15;
	ck_assert_int_eq(ledger_correction_put(ledger, &other), 0);
	other.who[0] = '\0';
	ck_assert_int_eq(ledger_correction_put(ledger, &other), -EINVAL);
	other = correction;
	other.reason[0] = '\0';
	ck_assert_int_eq(ledger_correction_put(ledger, &other), -EINVAL);
	other = correction;
	other.month++;
	ck_assert_int_eq(ledger_correction_put(ledger, &other), -EINVAL);
	other = correction;
	other.down_bytes = INT64_MIN;
	ck_assert_int_eq(ledger_correction_put(ledger, &other), -EINVAL);
	reopen();
	ck_assert_uint_eq(WALK(ledger_corrections, day_of(NOON), day_of(NOON) + 1, show_correction), 2);
	ck_assert_int_eq(shown[0].correction.down_bytes, -60);
	ck_assert_str_eq(shown[0].correction.reason, "salah colok");
	ck_assert_str_eq(shown[1].correction.id_of, "dinkes");
	ck_assert_uint_eq(usage_by(LEDGER_MONTHS, 0, INT64_MAX, 0, NULL), 1);
	ck_assert_uint_eq(usages[0].part.down.bytes, 100); /* what was counted stays */
}
END_TEST

START_TEST(exemptions_end)
{
	struct ledger_exemption exemption = {.office = "dinkes",
					     .from_wall_usec = NOW,
					     .until_wall_usec = NOW + 100,
					     .who = "siti",
					     .reason = "pemilu"},
				other = exemption;

	ck_assert_int_eq(ledger_exemption_put(ledger, &exemption), 0);
	other.until_wall_usec = NOW;
	ck_assert_int_eq(ledger_exemption_put(ledger, &other), -EINVAL);
	other = exemption;
	other.reason[0] = '\0';
	ck_assert_int_eq(ledger_exemption_put(ledger, &other), -EINVAL);
	snprintf(other.reason, sizeof(other.reason), "banjir");
	snprintf(other.office, sizeof(other.office), "bpbd");
	other.until_wall_usec = NOW + 500;
	ck_assert_int_eq(ledger_exemption_put(ledger, &other), 0);
	ck_assert_int_eq(ledger_exemption_revoke(ledger, exemption.id, NOW + 9, "budi"), 0);
	ck_assert_int_eq(ledger_exemption_revoke(ledger, exemption.id, NOW + 9, "budi"), -ENOENT);
	reopen();
	ck_assert_uint_eq(WALK(ledger_exemptions, NULL, 0, show_exemption), 2);
	ck_assert_int_eq(shown[0].exemption.revoked_wall_usec, NOW + 9);
	ck_assert_uint_eq(WALK(ledger_exemptions, NULL, NOW + 100, show_exemption), 1);
	ck_assert_str_eq(shown[0].exemption.reason, "banjir");
	ck_assert_uint_eq(WALK(ledger_exemptions, "dinkes", 0, show_exemption), 1);
}
END_TEST

START_TEST(what_has_been_said)
{
	enum ledger_quota_stage stage = LEDGER_QUOTA_OVER;

	ck_assert_int_eq(ledger_quota_stage(ledger, "dinkes", 24322, &stage), 0);
	ck_assert_int_eq(stage, LEDGER_QUOTA_NONE);
	ck_assert_int_eq(ledger_quota_stage_set(ledger, "dinkes", 24322, LEDGER_QUOTA_NOTICED), 0);
	ck_assert_int_eq(ledger_quota_stage_set(ledger, "dinkes", 24322, LEDGER_QUOTA_OVER), 0);
	ck_assert_int_eq(ledger_quota_stage_set(ledger, "", 24322, LEDGER_QUOTA_OVER), -EINVAL);
	reopen();
	ck_assert_int_eq(ledger_quota_stage(ledger, "dinkes", 24322, &stage), 0);
	ck_assert_int_eq(stage, LEDGER_QUOTA_OVER);
	ck_assert_int_eq(ledger_quota_stage(ledger, "dinkes", 24323, &stage), 0);
	ck_assert_int_eq(stage, LEDGER_QUOTA_NONE);
}
END_TEST

START_TEST(notices_wait)
{
	struct ledger_notice notice = {.created_wall_usec = NOW,
				       .next_wall_usec = NOW,
				       .way = LEDGER_NOTICE_MAIL,
				       .kind = "quota.notice",
				       .subject = "80 %",
				       .text = "..."},
			     hook = {.created_wall_usec = NOW,
				     .next_wall_usec = NOW,
				     .way = LEDGER_NOTICE_WEBHOOK};

	ck_assert_int_eq(ledger_notice_put(ledger, &notice), 0);
	ck_assert_int_eq(ledger_notice_put(ledger, &hook), 0);
	ck_assert_int_eq(ledger_notice_tried(ledger, notice.id, NOW + 60, "connection refused"), 0);
	reopen();
	ck_assert_uint_eq(WALK(ledger_notices, show_notice), 2);
	ck_assert_uint_eq(shown[0].notice.tries, 1);
	ck_assert_int_eq(shown[0].notice.next_wall_usec, NOW + 60);
	ck_assert_str_eq(shown[0].notice.error, "connection refused");
	ck_assert_str_eq(shown[0].notice.subject, "80 %");
	ck_assert_int_eq(ledger_notice_done(ledger, notice.id, NOW + 61, false), 0);
	ck_assert_int_eq(ledger_notice_done(ledger, notice.id, NOW + 61, false), -ENOENT);
	ck_assert_int_eq(ledger_notice_tried(ledger, notice.id, NOW, ""), -ENOENT);
	ck_assert_uint_eq(WALK(ledger_notices, show_notice), 1);
	hook.way = (enum ledger_notice_way)3;
	ck_assert_int_eq(ledger_notice_put(ledger, &hook), -EINVAL);
}
END_TEST

START_TEST(gaps_have_a_name)
{
	struct ledger_gap gap = {.from_wall_usec = NOW,
				 .to_wall_usec = NOW + 100,
				 .cause = LEDGER_GAP_POWER,
				 .lost = true},
			  back = {.from_wall_usec = NOW + 1000,
				  .to_wall_usec = NOW + 500,
				  .cause = LEDGER_GAP_CLOCK};

	ck_assert_int_eq(ledger_gap_put(ledger, &gap), 0);
	ck_assert_int_eq(ledger_gap_put(ledger, &back), 0);
	gap.cause = (enum ledger_gap_cause)0;
	ck_assert_int_eq(ledger_gap_put(ledger, &gap), -EINVAL);
	reopen();
	ck_assert_uint_eq(WALK(ledger_gaps, NOW + 99, NOW + 101, show_gap), 1);
	ck_assert(shown[0].gap.lost && shown[0].gap.cause == LEDGER_GAP_POWER);
	ck_assert_uint_eq(WALK(ledger_gaps, NOW + 101, NOW + 400, show_gap), 0);
	ck_assert_uint_eq(WALK(ledger_gaps, NOW + 600, NOW + 700, show_gap),
			  1); /* a clock that was set back */
}
END_TEST

START_TEST(hosts_are_the_largest_first)
{
	struct ledger_host host = {.day = 20780, .office = "dinkes", .down_bytes = 100, .up_bytes = 5};
	char address[ADDR_TEXT];

	for (int i = 1; i <= 5; i++) {
		snprintf(address, sizeof(address), "10.0.0.%d", i);
		ck_assert_int_eq(addr_parse(address, &host.address), 0);
		host.down_bytes = (uint64_t)(i * 37 % 5 + 1) * 100;
		host.day = 20780 + i % 2;
		ck_assert_int_eq(ledger_host_add(ledger, &host), 0);
	}
	ck_assert_int_eq(ledger_host_add(ledger, &host), 0); /* .5 again: added up */
	snprintf(host.office, sizeof(host.office), "bkd");
	ck_assert_int_eq(ledger_host_add(ledger, &host), 0);
	host.office[0] = '\0';
	ck_assert_int_eq(ledger_host_add(ledger, &host), -EINVAL);
	ck_assert_uint_eq(WALK(ledger_hosts, NULL, 0, INT32_MAX, 3, show_host), 4);
	ck_assert_str_eq(shown[0].host.office, "bkd");
	ck_assert_str_eq(shown[1].host.office, "dinkes");
	ck_assert_uint_eq(shown[1].host.down_bytes, 500);
	ck_assert_uint_ge(shown[2].host.down_bytes, shown[3].host.down_bytes);
	ck_assert_uint_eq(WALK(ledger_hosts, "dinkes", 20780, 20781, 10, show_host), 2);
	ck_assert_uint_eq(WALK(ledger_hosts, "dinkes", 0, INT32_MAX, 10, show_host), 5);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
	    the_journal,
	    outages_begin_and_end,
	    minutes_add_up,
	    a_minute_of_a_closed_day,
	    tests_of_the_line,
	    minutes_that_fell_short,
	    corrections_have_a_reason_and_a_name,
	    exemptions_end,
	    what_has_been_said,
	    notices_wait,
	    gaps_have_a_name,
	    hosts_are_the_largest_first,
	};

	return run_tests("ledger: evidence", tests, ELEMENTS(tests), 10, set_up_site, tear_down);
}
