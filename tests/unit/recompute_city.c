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
#include "../../ledger/month.h"
#include "../../ledger/terms.h"
#include "../../lib/cleanup.h"
#include "../../lib/clock.h"
#include "../../lib/units.h"

#define FIRST 20737 /* 2026-10-11 */
#define DAYS 34
#define BOOT "6f2c3c3e-0000-4000-8000-000000000001"

static struct ledger *ledger;

DEFINE_CLEANUP(struct ledger_month_record *, ledger_month_free)

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

static int agree(int32_t day, int64_t wall)
{
	char document[64];
	const struct ledger_terms terms = {
	    .wall_usec = wall, .kind = LEDGER_TERMS_OFFICE, .of = "kantor-001", .document = document};
	const struct ledger_opening opening = {
	    .day = day, .zone = "taman-01", .open_min = (uint32_t)rand() % 1440};
	int r;

	snprintf(document, sizeof(document), "{\"name\":\"Kantor \xe2\x80\x9c%d\xe2\x80\x9d\"}", rand());
	r = ledger_terms_put(ledger, &terms);
	return r < 0 ? r : ledger_opening_add(ledger, &opening);
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
		r = agree(day, wall);
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

#define DEVICES 40

static int visit(const struct ledger_city *city, uint64_t id)
{
	int64_t started =
	    civil_midnight_usec(FIRST) + (int64_t)(rand() % (DAYS * 86400)) * USEC_PER_SEC + rand() % 1000000;
	struct ledger_session session = {.id = id,
					 .device = "zone0",
					 .mac = {{2, 0, 0, 0, 0, (uint8_t)(rand() % DEVICES)}},
					 .started_wall_usec = started,
					 .saved_wall_usec = started + (int64_t)rand() * 2,
					 .down_bytes = (uint64_t)rand(),
					 .up_bytes = (uint64_t)rand()};
	int r;

	snprintf(session.zone, sizeof(session.zone), "taman-%02u", 1 + (unsigned)rand() % city->zones);
	r = ledger_session_put(ledger, &session);
	if (r < 0 || rand() % 5 == 0)
		return r;
	return ledger_session_end(ledger, &session, LEDGER_END_TIME, session.saved_wall_usec);
}

/* Visitors; one wants to be forgotten. */
static int visits(const struct ledger_city *city)
{
	struct ledger_forgotten forgotten;
	uint8_t hash[LEDGER_HASH];
	int r = 0;

	for (uint64_t id = 1; r == 0 && id <= 400; id++)
		r = visit(city, id);
	ledger_hash(ledger, &(struct mac){{2, 0, 0, 0, 0, 7}}, hash);
	return r < 0 ? r : ledger_forget(ledger, hash, &forgotten);
}

/* As the daemon does: a month that is over and closed is recorded, and sealed with the day that is closed
 * next. */
static int record(int32_t day, int64_t at)
{
	_cleanup_(ledger_month_freep) struct ledger_month_record *record = NULL;
	int32_t month;
	int r = ledger_month_due(ledger, day, &month);

	if (r == 0)
		r = ledger_month_compute(ledger, month,
					 civil_midnight_usec(civil_first_day(month)) / USEC_PER_SEC,
					 civil_midnight_usec(civil_first_day(month + 1)) / USEC_PER_SEC,
					 at * USEC_PER_SEC, &record);
	if (r == 0)
		r = ledger_month_put(ledger, record);
	return r == -ENOENT ? 0 : r;
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
		if (r == 0 && i % 40 == 0)
			r = record((int32_t)((at + 7 * 3600) / 86400), at);
	}
	at = civil_midnight_usec(city->until_day + 20) /
	     USEC_PER_SEC; /* the link that is closed now holds all of it */
	if (r == 0)
		r = put_interval(city, at);
	return r < 0
		   ? r
		   : MIN(ledger_close_days(ledger, (int32_t)((at + 7 * 3600) / 86400), at * USEC_PER_SEC, 50),
			 0);
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

static void say_visits(const char *what, const struct ledger_visits *visits)
{
	printf("%s %s: %ju %ju %ju %ju %ju %ju\n", what, visits->zone, (uintmax_t)visits->sessions,
	       (uintmax_t)visits->visitors, (uintmax_t)visits->anonymous, (uintmax_t)visits->down_bytes,
	       (uintmax_t)visits->up_bytes, (uintmax_t)visits->online_sec);
}

static int on_visits(const struct ledger_visits *visits, void *userdata)
{
	say_visits(userdata, visits);
	return 0;
}

static int say_record(int32_t month)
{
	_cleanup_(ledger_month_freep) struct ledger_month_record *record = NULL;
	int r = ledger_month(ledger, month, &record);

	for (size_t i = 0; r == 0 && i < record->n_rates; i++) {
		const struct ledger_percentile *p = &record->rates[i].percentile;

		printf("rate %d %d %s: %ju %ju %u %u %ju %ju\n", month, record->rates[i].kind,
		       record->rates[i].id, (uintmax_t)p->down_bps, (uintmax_t)p->up_bps, p->samples,
		       p->missing, (uintmax_t)p->peak_down_bps, (uintmax_t)p->peak_up_bps);
	}
	for (size_t i = 0; r == 0 && i < record->n_visits; i++)
		say_visits("recorded", &record->visits[i]);
	return r;
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
		r = ledger_visits(ledger, 0, INT64_MAX, on_visits, "visits");
	if (r == 0)
		r = say_record(civil_month(FIRST));
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
		r = visits(&city);
	if (r == 0)
		r = live(&city);
	if (r == 0)
		r = say_all();
	if (r < 0)
		fprintf(stderr, "%s: %s\n", strerror(-r), ledger_error(ledger));
	ledger_close(ledger);
	return r < 0;
}
