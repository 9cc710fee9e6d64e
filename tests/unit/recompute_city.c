/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes a random city's ledger in a folder and says what the ledger answers of it, a line each: recompute.py,
 * which knows nothing of this program but the file that it made, has to come to the same.
 */
#include "../bench/ledger_city.h"
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include "../../ledger/civil.h"
#include "../../lib/cleanup.h"
#include "../../lib/clock.h"
#include "../../lib/units.h"

#define FIRST 20737 /* 2026-10-11 */
#define DAYS 34
#define BOOT "6f2c3c3e-0000-4000-8000-000000000001"

static struct ledger *ledger;

/* ---- a city, and what happens to it ---- */

static int put_interval(const struct ledger_city *city, int64_t end)
{
	struct ledger_part parts[64];
	int32_t day = (int32_t)((end + 7 * 3600) / 86400);
	int64_t seconds = 1 + rand() % 30;
	struct ledger_interval interval = {end * USEC_PER_SEC,
					   seconds * USEC_PER_SEC + rand() % 1000000,
					   end - end % LEDGER_ROW_SEC,
					   end - end % 3600,
					   day,
					   civil_month(day),
					   parts,
					   ledger_city_subjects(city),
					   NULL,
					   0,
					   BOOT};

	ledger_city_parts(city, end, (double)seconds, parts);
	parts[0].down.backlog = (uint64_t)rand() % 100000;
	parts[0].down.late_bytes = parts[0].down.bytes / 3;
	parts[rand() % 4].up.short_sec = (uint32_t)(rand() % 10);
	return ledger_interval_put(ledger, &interval);
}

static int happen(int32_t day)
{
	int64_t wall = civil_midnight_usec(day) + rand() % USEC_PER_DAY;
	struct ledger_correction correction = {.wall_usec = wall,
					       .day = FIRST,
					       .month = civil_month(FIRST),
					       .kind = LEDGER_OFFICE,
					       .id_of = "kantor-001",
					       .down_bytes = rand() - 1000,
					       .who = "siti",
					       .reason =
						   "kabel tertukar, \xe2\x80\x9cgedung B\xe2\x80\x9d\n"};
	const struct ledger_gap gap = {
	    .from_wall_usec = wall, .to_wall_usec = wall + rand(), .cause = LEDGER_GAP_DAEMON};
	const struct ledger_shortfall shortfall = {wall / USEC_PER_SEC, LEDGER_ZONE, "taman-01",
						   rand() % 2,		5,	     6};
	const struct ledger_event event = {.wall_usec = wall, .kind = "clock", .text = "the clock was set"};
	const struct ledger_availability minute = {
	    .day = day, .measured_min = 1440, .down_min = 3, .silent_min = 3, .sent = 9, .answered = 8};
	const struct ledger_test test = {
	    .wall_usec = wall, .server = "iperf3://a", .down_bps = 5, .error = ""};
	struct ledger_outage outage = {.began_wall_usec = wall, .cause = LEDGER_OUTAGE_LOSS};
	int r = ledger_correction_put(ledger, &correction);

	if (r == 0)
		r = ledger_gap_put(ledger, &gap);
	if (r == 0)
		r = ledger_shortfall_put(ledger, &shortfall);
	if (r == 0)
		r = ledger_event_put(ledger, &event);
	if (r == 0)
		r = ledger_availability_add(ledger, &minute);
	if (r == 0)
		r = ledger_test_put(ledger, &test);
	if (r == 0)
		r = ledger_outage_begin(ledger, &outage);
	return r < 0 || rand() % 3 == 0 ? r : ledger_outage_end(ledger, outage.id, wall + rand());
}

/* Days of a clock that jumps, with something happening, each closed when the next has begun. */
static int live(const struct ledger_city *city)
{
	int64_t at = civil_midnight_usec(city->until_day) / USEC_PER_SEC;
	int r = 0;

	for (int i = 0; r == 0 && i < 600; i++) {
		at += rand() % 900 - (rand() % 50 == 0 ? rand() % 90000 : 0);
		r = put_interval(city, at);
		if (r == 0 && i % 60 == 0)
			r = happen((int32_t)((at + 7 * 3600) / 86400));
		if (r == 0 && i % 40 == 0)
			r = MIN(ledger_close_days(ledger, (int32_t)((at + 7 * 3600) / 86400),
						  at * USEC_PER_SEC, 50),
				0);
	}
	return r;
}

/* ---- what the ledger says of it ---- */

static void say_flow(const struct ledger_flow *flow)
{
	printf(" %ju %ju %ju %ju %ju %u %u", (uintmax_t)flow->bytes, (uintmax_t)flow->packets,
	       (uintmax_t)flow->dropped, (uintmax_t)flow->late_bytes, (uintmax_t)flow->borrowed,
	       flow->demand_sec, flow->short_sec);
}

static int say_percentile(const struct ledger_usage *usage)
{
	int32_t month = (int32_t)usage->at;
	struct ledger_percentile out;
	int r = ledger_percentile(ledger, usage->part.kind, usage->part.id,
				  civil_midnight_usec(civil_first_day(month)) / USEC_PER_SEC,
				  civil_midnight_usec(civil_first_day(month + 1)) / USEC_PER_SEC, &out);

	printf("percentile %jd %d %s: %ju %ju %u %u\n", (intmax_t)usage->at, usage->part.kind, usage->part.id,
	       (uintmax_t)out.down_bps, (uintmax_t)out.up_bps, out.samples, out.missing);
	return r;
}

static int on_usage(const struct ledger_usage *usage, void *userdata)
{
	printf("%s %jd %d %s: %u", (const char *)userdata, (intmax_t)usage->at, usage->part.kind,
	       usage->part.id, usage->measured_sec);
	say_flow(&usage->part.down);
	say_flow(&usage->part.up);
	printf("\n");
	return strcmp(userdata, "month") == 0 ? say_percentile(usage) : 0;
}

static int on_day(const struct ledger_day *day, void *userdata _unused_)
{
	char rows[65], totals[65], hash[65];

	printf("link %d: %s %s %s\n", day->day,
	       sodium_bin2hex(rows, sizeof(rows), day->rows, sizeof(day->rows)),
	       sodium_bin2hex(totals, sizeof(totals), day->totals, sizeof(day->totals)),
	       sodium_bin2hex(hash, sizeof(hash), day->hash, sizeof(day->hash)));
	return 0;
}

static int on_finding(const struct ledger_finding *finding, void *userdata _unused_)
{
	printf("finding: %s\n", finding->text);
	return 0;
}

static int say_all(void)
{
	static const char *const names[] = {"row", "hour", "day", "month"};
	struct ledger_verified verified;
	int r = 0;

	for (int grain = LEDGER_HOURS; r == 0 && grain <= LEDGER_MONTHS; grain++) {
		const struct ledger_query query = {(enum ledger_grain)grain, 0, INT64_MAX, 0, NULL};

		r = ledger_usage(ledger, &query, on_usage, (void *)names[grain]);
	}
	if (r == 0)
		r = ledger_sums(ledger, &(struct ledger_query){LEDGER_ROWS, 0, INT64_MAX, 0, NULL}, on_usage,
				"sum");
	if (r == 0)
		r = ledger_days(ledger, 0, INT32_MAX, on_day, NULL);
	return r == 0 ? ledger_verify(ledger, on_finding, NULL, &verified) : r;
}

int main(int argc, char **argv)
{
	struct ledger_city city = {
	    .from_day = FIRST, .until_day = FIRST + DAYS, .rows_from = FIRST, .holes = true};
	int r;

	if (argc < 3 || clock_zone_set("Asia/Pontianak") < 0)
		return 2;
	city.seed = strtoull(argv[2], NULL, 10);
	srand((unsigned)city.seed);
	city.offices = 4 + (unsigned)rand() % 6;
	city.zones = 1 + (unsigned)rand() % 3;
	r = ledger_open(argv[1], &ledger);
	if (r == 0)
		r = ledger_city_make(ledger, &city);
	if (r == 0)
		r = live(&city);
	if (r == 0)
		r = say_all();
	if (r < 0)
		fprintf(stderr, "%s: %s\n", strerror(-r), ledger_error(ledger));
	ledger_close(ledger);
	return r < 0;
}
