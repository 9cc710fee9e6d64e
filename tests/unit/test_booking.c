/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters into sums (tally), and sums into the ledger (slips), with a ledger that may fail. Every byte once.
 */
#include "ledger_fixture.h"
#include "../../daemon/slips.h"
#include "../../daemon/tally.h"
#include "../../lib/units.h"

#define ROW_SEC (NOW / USEC_PER_SEC / LEDGER_ROW_SEC * LEDGER_ROW_SEC)
#define BOOT "3bbf420d-6286-46c5-a0d0-250730dbb5bb"
#define MBIT UINT64_C(1000000)

static struct tally *tally;

static void begin(bool here)
{
	tally = tally_new();
	ck_assert_ptr_nonnull(tally);
	tally->begin_here = here;
	tally_owner(tally, 0, LEDGER_OFFICE, "dinkes");
	tally_owner(tally, 1, LEDGER_OFFICE, "bkad");
	tally_owner(tally, 2, LEDGER_ZONE, "taman");
	tally_owner(tally, TALLY_UPLINK, LEDGER_UPLINK, "");
	tally->rows[0].configured = tally->rows[1].configured = tally->rows[2].configured = true;
	tally->rows[TALLY_UPLINK].configured = true;
}

static void end(void)
{
	tally = tally_free(tally);
}

struct given {
	uint16_t minor;
	uint64_t bytes, packets, dropped;
	uint32_t backlog;
	bool final;
};

static void reading(const struct given *rows, size_t n, struct tally_span span)
{
	tally_begin(tally);
	for (size_t i = 0; i < n; i++)
		tally_take(tally, &(struct message_counter){.tree = PLAN_DOWN,
							    .final = rows[i].final,
							    .minor = rows[i].minor,
							    .backlog_bytes = rows[i].backlog,
							    .delivered_bytes = rows[i].bytes,
							    .delivered_packets = rows[i].packets,
							    .dropped_packets = rows[i].dropped});
	tally_pass(tally, span.late ? 0 : span.usec);
	tally_end(tally, &span);
}

#define READ(...)                                                                                            \
	reading((const struct given[]){__VA_ARGS__}, ELEMENTS(((const struct given[]){__VA_ARGS__})),        \
		(struct tally_span){.usec = 10 * USEC_PER_SEC})
#define READ_LATE(...)                                                                                       \
	reading((const struct given[]){__VA_ARGS__}, ELEMENTS(((const struct given[]){__VA_ARGS__})),        \
		(struct tally_span){.late = true})

static struct ledger_flow *down(unsigned row)
{
	return &tally->rows[row].ways[PLAN_DOWN].flow;
}

START_TEST(test_deltas)
{
	begin(true);
	READ({PLAN_INNER(0), 1000, 10, 1}); /* what a class had before anybody kept marks is nobody's */
	ck_assert_uint_eq(down(0)->bytes, 0);
	READ({PLAN_INNER(0), 1500, 15, 3},
	     {PLAN_INNER(1), 70, 1, 0}); /* the second was made meanwhile: all of it */
	ck_assert_uint_eq(down(0)->bytes, 500);
	ck_assert_uint_eq(down(0)->packets, 5);
	ck_assert_uint_eq(down(0)->dropped, 2);
	ck_assert_uint_eq(down(0)->late_bytes, 0);
	ck_assert_uint_eq(down(1)->bytes, 70);
	READ({PLAN_INNER(0), 1500, 15, 3});
	ck_assert_uint_eq(down(0)->bytes, 500);
	ck_assert_uint_eq(tally->rows[0].ways[PLAN_DOWN].rate_bps, 0);
	end();
}
END_TEST

/* Late and on time, a gap and what came after it. */
START_TEST(test_late)
{
	begin(false);
	READ_LATE({PLAN_INNER(0), 1000, 10, 0});
	READ({PLAN_INNER(0), 1100, 11, 0});
	ck_assert_uint_eq(down(0)->bytes, 1100);
	ck_assert_uint_eq(down(0)->late_bytes, 1000);
	end();
}
END_TEST

/* A counter that fell is a new epoch, summed whole; a fall of drops is none. */
START_TEST(test_epochs)
{
	begin(false);
	READ({PLAN_INNER(0), 1000, 10, 5});
	ck_assert(!tally->fell);
	READ({PLAN_INNER(0), 300, 3, 2});
	ck_assert(tally->fell);
	ck_assert_uint_eq(down(0)->bytes, 1300);
	ck_assert_uint_eq(down(0)->packets, 13);
	ck_assert_uint_eq(down(0)->dropped, 5);
	READ({PLAN_INNER(0), 400, 4, 3});
	ck_assert(!tally->fell);
	ck_assert_uint_eq(down(0)->bytes, 1400);
	ck_assert_uint_eq(down(0)->dropped, 6);
	end();
}
END_TEST

/* Final figures, once and twice in one answer, with and without a class that comes after them. */
START_TEST(test_finals)
{
	begin(false);
	READ({PLAN_INNER(0), 1000, 10, 0}, {PLAN_INNER(1), 1000, 10, 0});
	READ({PLAN_INNER(0), 1200, 12, 4, 0, true}, {PLAN_INNER(1), 1100, 11, 0, 0, true},
	     {PLAN_INNER(1), 5000, 50, 0, 0, true}, {PLAN_INNER(1), 70, 1, 0});
	ck_assert(!tally->fell);
	ck_assert_uint_eq(down(0)->bytes, 1200);
	ck_assert_uint_eq(down(0)->dropped, 4);
	ck_assert_uint_eq(down(1)->bytes, 1100 + 5000 + 70);
	READ({PLAN_INNER(0), 30, 1, 0}, {PLAN_INNER(1), 71, 1, 0});
	ck_assert(!tally->fell);
	ck_assert_uint_eq(down(0)->bytes, 1230);
	ck_assert_uint_eq(down(1)->bytes, 6171);
	end();
}
END_TEST

static void restore(uint64_t bytes)
{
	const struct ledger_mark mark = {.tree = PLAN_DOWN,
					 .minor = PLAN_INNER(0),
					 .kind = LEDGER_OFFICE,
					 .id = "lama",
					 .bytes = bytes,
					 .packets = bytes / 100,
					 .dropped = 1};

	tally_restore(tally, &mark, 1);
}

/* Marks of before: what passed meanwhile, also where final figures are all that is left; to whom the mark
 * belonged. */
START_TEST(test_restored)
{
	begin(false);
	restore(1000);
	READ_LATE({PLAN_INNER(0), 1200, 12, 4, 0, true}, {PLAN_INNER(0), 50, 1, 0});
	ck_assert(!tally->fell);
	ck_assert_str_eq(tally->rows[0].id, "lama");
	ck_assert_uint_eq(down(0)->bytes, 250);
	ck_assert_uint_eq(down(0)->late_bytes, 250);
	ck_assert_uint_eq(down(0)->dropped, 3);
	end();
}
END_TEST

/* The ledger could not be read at first: nothing is summed twice, nothing is left out. */
START_TEST(test_marks_that_come_late)
{
	const struct ledger_mark marks[] = {
	    {.tree = PLAN_DOWN, .minor = PLAN_INNER(0), .kind = LEDGER_OFFICE, .id = "dinkes", .bytes = 400},
	    {.tree = LEDGER_MARK_DEVICE, .minor = 0, .kind = LEDGER_UPLINK, .bytes = 10}};

	begin(true);
	READ_LATE({PLAN_INNER(0), 1000, 0, 0}, {PLAN_INNER(1), 60, 0, 0});
	READ({PLAN_INNER(0), 1100, 0, 0}, {PLAN_INNER(1), 60, 0, 0});
	ck_assert_uint_eq(down(0)->bytes, 100);
	tally_before(tally, marks, 2);
	ck_assert_uint_eq(down(0)->bytes, 700);
	ck_assert_uint_eq(down(0)->late_bytes, 600);
	ck_assert_uint_eq(down(1)->bytes, 60); /* without a mark it is newer than the marks */
	tally_before(tally, NULL, 0);
	ck_assert_uint_eq(down(0)->bytes, 700);
	end();
}
END_TEST

START_TEST(test_the_device)
{
	begin(false);
	tally_begin(tally);
	tally_device(tally, PLAN_DOWN, &(struct tally_count){1000, 10, 0});
	tally_end(tally, &(struct tally_span){.late = true});
	tally->rows[TALLY_UPLINK].anew = true; /* another device: its counter says nothing of this one's */
	tally_begin(tally);
	tally_device(tally, PLAN_DOWN, &(struct tally_count){777000, 10, 0});
	tally_end(tally, &(struct tally_span){.usec = USEC_PER_SEC});
	ck_assert_uint_eq(down(TALLY_UPLINK)->bytes, 1000);
	tally_begin(tally);
	tally_device(tally, PLAN_DOWN, &(struct tally_count){777100, 11, 0});
	tally_end(tally, &(struct tally_span){.usec = USEC_PER_SEC});
	ck_assert_uint_eq(down(TALLY_UPLINK)->bytes, 1100);
	end();
}
END_TEST

static void plan(uint64_t inner_bps, uint64_t guest_bps)
{
	struct plan_class classes[] = {
	    {.tree = PLAN_DOWN, .minor = PLAN_INNER(0), .rate_bps = inner_bps, .ceiling_bps = 100 * MBIT},
	    {.tree = PLAN_DOWN, .minor = PLAN_REST(0), .rate_bps = inner_bps, .ceiling_bps = 100 * MBIT},
	    {.tree = PLAN_DOWN, .minor = PLAN_INNER(2), .rate_bps = 20 * MBIT, .ceiling_bps = 60 * MBIT},
	    {.tree = PLAN_DOWN, .minor = PLAN_GUEST(7, 3), .rate_bps = 8, .ceiling_bps = guest_bps}};
	const struct plan row = {.classes = classes, .n_classes = ELEMENTS(classes)};

	tally_plan(tally, &row);
}

/* Ten seconds at 8 Mbit/s with a guarantee of 5: three are borrowed. What is late is not. */
START_TEST(test_borrowed)
{
	begin(false);
	plan(5 * MBIT, 10 * MBIT);
	READ_LATE({PLAN_INNER(0), 90 * MBIT, 0, 0});
	tally_close(tally);
	ck_assert_uint_eq(down(0)->borrowed, 0);
	READ({PLAN_INNER(0), 100 * MBIT, 0, 0});
	tally_close(tally);
	ck_assert_uint_eq(down(0)->borrowed, (80 - 50) * MBIT / 8);
	end();
}
END_TEST

/* Where the guarantee changed in between, each second has its own. */
START_TEST(test_borrowed_across_a_change)
{
	begin(false);
	plan(5 * MBIT, 10 * MBIT);
	READ({PLAN_INNER(0), 0, 0, 0});
	tally_close(tally);
	tally_pass(tally, 5 * USEC_PER_SEC);
	plan(1 * MBIT, 10 * MBIT);
	tally_pass(tally, 5 * USEC_PER_SEC);
	reading((const struct given[]){{PLAN_INNER(0), 10 * MBIT, 0, 0}}, 1, (struct tally_span){.usec = 0});
	tally_close(tally);
	ck_assert_uint_eq(down(0)->borrowed, (80 - 30) * MBIT / 8);
	end();
}
END_TEST

/* Its queue at both readings, or drops; a park at its guests' own rates is not short. */
START_TEST(test_demand_and_minutes)
{
	struct entitlement_minute minute;

	begin(false);
	tally->blocks[7] = 3;
	tally->rows[0].judged = tally->rows[2].judged = true;
	plan(20 * MBIT, 10 * MBIT);
	READ({PLAN_INNER(0), 0, 0, 0}, {PLAN_REST(0), 0, 0, 0, 500}, {PLAN_GUEST(7, 3), 0, 0, 0, 500});
	tally->rows[0].ways[PLAN_DOWN].minute = (struct entitlement){0};
	tally->rows[2].ways[PLAN_DOWN].minute = (struct entitlement){0};
	for (uint64_t i = 1; i <= 6; i++)
		READ({PLAN_INNER(0), i * 10 * MBIT, 0, 0}, {PLAN_REST(0), i * 10 * MBIT, 0, 0, 500},
		     {PLAN_INNER(2), i * 12 * MBIT, 0, 0}, {PLAN_GUEST(7, 3), i * 12 * MBIT, 0, i, 500});
	tally_close(tally);
	ck_assert_uint_eq(down(0)->demand_sec, 60);
	minute = entitlement_end(&tally->rows[0].ways[PLAN_DOWN].minute);
	ck_assert(minute.is_short);
	ck_assert_uint_eq(minute.achieved_bps, 8 * MBIT);
	ck_assert_uint_eq(minute.entitled_bps, 20 * MBIT);
	minute = entitlement_end(&tally->rows[2].ways[PLAN_DOWN].minute);
	ck_assert(!minute.is_short); /* 9.6 of the guest's own 10 Mbit/s, of a guarantee of 20 */
	ck_assert_uint_eq(minute.entitled_bps, 10 * MBIT);
	READ({PLAN_INNER(0), 70 * MBIT, 0, 0}, {PLAN_REST(0), 70 * MBIT, 0, 0, 0});
	tally_close(tally);
	ck_assert_uint_eq(down(0)->demand_sec, 60);
	end();
}
END_TEST

/* A row for whoever is configured, sorted, each subject once; flows begin anew. */
START_TEST(test_parts)
{
	struct ledger_part *parts;
	ssize_t n;

	begin(false);
	tally_owner(tally, 9, LEDGER_OFFICE, "dinkes"); /* its class is becoming another */
	READ({PLAN_INNER(0), 100, 1, 0}, {PLAN_INNER(9), 11, 1, 0});
	n = tally_parts(tally, &parts);
	ck_assert_int_eq(n, 4);
	ck_assert_str_eq(parts[0].id, "bkad");
	ck_assert_uint_eq(parts[0].down.bytes, 0);
	ck_assert_str_eq(parts[1].id, "dinkes");
	ck_assert_uint_eq(parts[1].down.bytes, 111);
	ck_assert_int_eq(parts[3].kind, LEDGER_UPLINK);
	free(parts);
	n = tally_parts(tally, &parts);
	ck_assert_int_eq(n, 4);
	ck_assert_uint_eq(parts[1].down.bytes, 0);
	free(parts);
	end();
}
END_TEST

/* ---- slips ---- */

static struct ledger_interval head(int64_t end_sec)
{
	return (struct ledger_interval){.end_wall_usec = NOW + end_sec * USEC_PER_SEC,
					.seconds_usec = 10 * USEC_PER_SEC,
					.row_sec = ROW_SEC,
					.hour_sec = ROW_SEC / 3600 * 3600,
					.day = 20780,
					.month = 2026 * 12 + 10,
					.boot = BOOT};
}

static void add(struct slips *slips, int64_t end_sec, int32_t more_days, uint64_t bytes)
{
	struct ledger_part *part = calloc(1, sizeof(*part));
	struct ledger_mark *mark = calloc(1, sizeof(*mark));
	struct ledger_interval interval = head(end_sec);

	interval.day += more_days;
	*part = (struct ledger_part){
	    .kind = LEDGER_OFFICE, .id = "dinkes", .down = {.bytes = bytes, .packets = 1}};
	*mark = (struct ledger_mark){.tree = PLAN_DOWN,
				     .minor = PLAN_INNER(0),
				     .kind = LEDGER_OFFICE,
				     .id = "dinkes",
				     .bytes = (uint64_t)end_sec};
	ck_assert_int_eq(slips_add(slips, &interval, part, 1, mark, 1), 0);
}

static int count_gap(const struct ledger_gap *gap, void *userdata)
{
	*(struct ledger_gap *)userdata = *gap;
	return 0;
}

static uint64_t marked(void)
{
	_cleanup_(freep) struct ledger_mark *marks = NULL;
	int64_t wall;
	size_t n;

	ck_assert_int_eq(ledger_marks(ledger, BOOT, &marks, &n, &wall), 0);
	ck_assert_uint_eq(n, 1);
	return marks[0].bytes;
}

static uint64_t late_bytes;

static int sum(const struct ledger_usage *usage, void *userdata)
{
	*(uint64_t *)userdata += usage->part.down.bytes;
	late_bytes = usage->part.down.late_bytes;
	return 0;
}

static uint64_t booked(void)
{
	const struct ledger_query query = {.grain = LEDGER_MONTHS, .from = 0, .until = INT32_MAX};
	uint64_t bytes = 0;

	ck_assert_int_ge(ledger_usage(ledger, &query, sum, &bytes), 0);
	return bytes;
}

START_TEST(test_written)
{
	struct slips slips;

	slips_init(&slips);
	add(&slips, 10, 0, 500);
	ck_assert_uint_eq(slips_month(&slips, 2026 * 12 + 10, LEDGER_OFFICE, "dinkes"), 500);
	ck_assert_int_eq(slips_write(&slips, ledger), 0);
	ck_assert_uint_eq(slips_month(&slips, 2026 * 12 + 10, LEDGER_OFFICE, "dinkes"), 0);
	ck_assert_uint_eq(booked(), 500);
	ck_assert_uint_eq(late_bytes, 0);
	ck_assert_uint_eq(marked(), 10);
	ck_assert_int_eq(slips_write(&slips, ledger), 0);
	ck_assert_uint_eq(booked(), 500);
	slips_clear(&slips);
}
END_TEST

/* An hour without a disk: one slip, one gap, all bytes, the last marks. */
START_TEST(test_held_back)
{
	struct ledger_gap gap = {0};
	struct slips slips;

	slips_init(&slips);
	for (int64_t i = 1; i <= 360; i++) {
		add(&slips, i * 10, 0, 100);
		slips_hold(&slips);
	}
	ck_assert_ptr_eq(TAILQ_FIRST(&slips.list), TAILQ_LAST(&slips.list, slip_list));
	add(&slips, 3610, 0, 7);
	ck_assert_uint_eq(slips_month(&slips, 2026 * 12 + 10, LEDGER_OFFICE, "dinkes"), 36007);
	ck_assert_int_eq(slips_write(&slips, ledger), 0);
	ck_assert_uint_eq(booked(), 36007);
	ck_assert_uint_eq(late_bytes, 36000);
	ck_assert_uint_eq(marked(), 3610);
	ck_assert_int_eq(ledger_gaps(ledger, 0, INT64_MAX, count_gap, &gap), 0);
	ck_assert_int_eq(gap.cause, LEDGER_GAP_DISK);
	ck_assert(!gap.lost);
	ck_assert_int_eq(gap.from_wall_usec, NOW);
	ck_assert_int_eq(gap.to_wall_usec, NOW + 3600 * USEC_PER_SEC);
	ck_assert_int_eq(ask("SELECT count(*) FROM gap"), 1);
	slips_clear(&slips);
}
END_TEST

/* A day that ended meanwhile keeps its own bytes. */
START_TEST(test_held_back_over_midnight)
{
	struct slips slips;

	slips_init(&slips);
	add(&slips, 10, 0, 100);
	slips_hold(&slips);
	add(&slips, 20, 0, 100);
	slips_hold(&slips);
	TAILQ_LAST(&slips.list, slip_list)->head.day -= 1;
	TAILQ_LAST(&slips.list, slip_list)->head.row_sec -= 86400;
	TAILQ_LAST(&slips.list, slip_list)->head.hour_sec -= 86400;
	add(&slips, 30, 0, 7);
	ck_assert_int_eq(slips_write(&slips, ledger), 0);
	ck_assert_int_eq(ask("SELECT down_bytes FROM usage_day WHERE at = 20779"), 200);
	ck_assert_int_eq(ask("SELECT down_bytes FROM usage_day WHERE at = 20780"), 7);
	slips_clear(&slips);
}
END_TEST

/* The file takes nothing for a while: everything stays here, and is there once afterwards. */
START_TEST(test_a_disk_that_fails)
{
	struct slips slips;

	slips_init(&slips);
	add(&slips, 10, 0, 1);
	ck_assert_int_eq(slips_write(&slips, ledger), 0);
	ck_assert_int_eq(ledger_begin(ledger), 0); /* whatever the reason */
	add(&slips, 20, 0, 10);
	ck_assert_int_lt(slips_write(&slips, ledger), 0);
	add(&slips, 30, 0, 100);
	ck_assert_int_lt(slips_write(&slips, ledger), 0);
	ledger_rollback(ledger);
	ck_assert_uint_eq(booked(), 1);
	ck_assert_uint_eq(marked(), 10);
	add(&slips, 40, 0, 1000);
	ck_assert_int_eq(slips_write(&slips, ledger), 0);
	ck_assert_uint_eq(booked(), 1111);
	ck_assert_uint_eq(late_bytes, 110);
	ck_assert_uint_eq(marked(), 40);
	slips_clear(&slips);
}
END_TEST

/* What the ledger will never take does not keep the rest out. */
START_TEST(test_refused)
{
	struct ledger_gap gap = {0};
	struct slips slips;

	slips_init(&slips);
	add(&slips, 10, 0, 1);
	TAILQ_FIRST(&slips.list)->parts[0].id[0] = '\0';
	add(&slips, 20, 0, 10);
	ck_assert_int_eq(slips_write(&slips, ledger), 0);
	ck_assert_uint_eq(booked(), 10);
	ck_assert_int_eq(ledger_gaps(ledger, 0, INT64_MAX, count_gap, &gap), 0);
	ck_assert(gap.lost);
	slips_clear(&slips);
}
END_TEST

START_TEST(test_gaps_that_touch_are_one)
{
	struct slips slips;

	slips_init(&slips);
	slips_gap(&slips,
		  &(struct ledger_gap){.from_wall_usec = 10, .to_wall_usec = 20, .cause = LEDGER_GAP_SHAPER});
	slips_gap(&slips,
		  &(struct ledger_gap){.from_wall_usec = 20, .to_wall_usec = 30, .cause = LEDGER_GAP_SHAPER});
	slips_gap(&slips,
		  &(struct ledger_gap){.from_wall_usec = 30, .to_wall_usec = 30, .cause = LEDGER_GAP_SHAPER});
	ck_assert_uint_eq(slips.n_gaps, 1);
	ck_assert_int_eq(slips.gaps[0].to_wall_usec, 30);
	for (int64_t i = 100; i < 300; i++)
		slips_gap(&slips, &(struct ledger_gap){.from_wall_usec = 2 * i,
						       .to_wall_usec = 2 * i + 1,
						       .cause = LEDGER_GAP_DAEMON});
	ck_assert_uint_le(slips.n_gaps, SLIPS_GAPS);
	ck_assert_int_eq(slips.gaps[slips.n_gaps - 1].to_wall_usec, 599);
	slips_clear(&slips);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {test_deltas,
				      test_late,
				      test_epochs,
				      test_finals,
				      test_restored,
				      test_marks_that_come_late,
				      test_the_device,
				      test_borrowed,
				      test_borrowed_across_a_change,
				      test_demand_and_minutes,
				      test_parts,
				      test_written,
				      test_held_back,
				      test_held_back_over_midnight,
				      test_a_disk_that_fails,
				      test_refused,
				      test_gaps_that_touch_are_one};

	return run_tests("booking", tests, ELEMENTS(tests), 10, set_up, tear_down);
}
