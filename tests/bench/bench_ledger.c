/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Figures of the ledger: bench-ledger DIRECTORY [OFFICES [YEARS [DAYS-WITH-ROWS]]]. Makes a city's ledger in
 * that folder (about a gigabyte and a half for 300 offices and 396 days of rows), then times what a daemon
 * and a reader do with it. Figures, not verdicts.
 */
#include "ledger_city.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include "../../ledger/civil.h"
#include "../../lib/cleanup.h"
#include "../../lib/clock.h"
#include "../../lib/units.h"

#define INTERVALS 300
#define MARKS_EACH 2
#define LAST_DAY 20780 /* 2026-11-23 */

DEFINE_CLEANUP(struct ledger *, ledger_close)

static double now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

struct timing {
	double wall, cpu;
};

static struct timing begin(void)
{
	return (struct timing){now(CLOCK_MONOTONIC), now(CLOCK_PROCESS_CPUTIME_ID)};
}

static struct timing took(struct timing since)
{
	return (struct timing){now(CLOCK_MONOTONIC) - since.wall, now(CLOCK_PROCESS_CPUTIME_ID) - since.cpu};
}

static void say(const char *what, struct timing time)
{
	printf("%-58s %9.2f ms, CPU %9.2f ms\n", what, time.wall * 1e3, time.cpu * 1e3);
	fflush(stdout);
}

/* ---- what a daemon does ---- */

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void spread(const char *what, double *values, size_t n)
{
	qsort(values, n, sizeof(*values), compare);
	printf("%-58s median %.2f ms, 95 %% %.2f ms, longest %.2f ms\n", what, values[n / 2] * 1e3,
	       values[n * 95 / 100] * 1e3, values[n - 1] * 1e3);
}

static void fill_marks(const struct ledger_part *parts, size_t n, uint64_t bytes, struct ledger_mark *marks)
{
	for (size_t i = 0; i < n * MARKS_EACH; i++) {
		const struct ledger_part *part = &parts[i / MARKS_EACH];

		marks[i] = (struct ledger_mark){.tree = (uint8_t)(i % MARKS_EACH),
						.minor = (uint16_t)(0x1000 + i),
						.kind = part->kind,
						.bytes = bytes,
						.packets = bytes / 900};
		memcpy(marks[i].id, part->id, sizeof(part->id));
	}
}

static int put_intervals(struct ledger *ledger, const struct ledger_city *city)
{
	size_t n = ledger_city_subjects(city);
	_cleanup_(freep) struct ledger_part *parts = calloc(n, sizeof(*parts));
	_cleanup_(freep) struct ledger_mark *marks = calloc(n * MARKS_EACH, sizeof(*marks));
	static double wall[INTERVALS], cpu[INTERVALS];
	int64_t start = civil_midnight_usec(city->until_day) / USEC_PER_SEC + 8 * 3600;
	int r = 0;

	for (int i = 0; r == 0 && i < INTERVALS; i++) {
		int64_t at = start + i * 10;
		struct ledger_interval interval = {(at + 10) * USEC_PER_SEC,
						   10 * USEC_PER_SEC,
						   at - at % LEDGER_ROW_SEC,
						   at - at % 3600,
						   city->until_day,
						   civil_month(city->until_day),
						   parts,
						   n,
						   marks,
						   n * MARKS_EACH,
						   "00000000-0000-0000-0000-000000000000"};
		struct timing time;

		ledger_city_parts(city, at, 10, parts);
		fill_marks(parts, n, (uint64_t)(i + 1) * 1000000, marks);
		time = begin();
		r = ledger_interval_put(ledger, &interval);
		time = took(time);
		wall[i] = time.wall;
		cpu[i] = time.cpu;
	}
	spread("one interval with marks, durable", wall, INTERVALS);
	spread("  of that, CPU", cpu, INTERVALS);
	return r;
}

/* What the disk itself takes: as much as an interval writes, and its fsync. */
static void disk(const char *directory)
{
	static char page[4096 * 30];
	static double wall[100];
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/bench-disk", directory);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	for (size_t i = 0; fd >= 0 && i < ELEMENTS(wall); i++) {
		struct timing time = begin();

		if (write(fd, page, sizeof(page)) < 0 || fdatasync(fd) < 0)
			break;
		wall[i] = took(time).wall;
	}
	spread("the disk alone: 120 KB and fdatasync", wall, ELEMENTS(wall));
	close(fd);
	unlink(path);
}

/* ---- what a reader does ---- */

static int count_usage(const struct ledger_usage *usage _unused_, void *userdata)
{
	++*(unsigned *)userdata;
	return 0;
}

static void read_month(struct ledger *ledger, int32_t month)
{
	struct ledger_query query = {LEDGER_MONTHS, month, month + 1, 0, NULL};
	unsigned n = 0;
	struct timing time = begin();

	ledger_usage(ledger, &query, count_usage, &n);
	say("a month's usage of all subjects", took(time));
	time = begin();
	query =
	    (struct ledger_query){LEDGER_DAYS, civil_first_day(month), civil_first_day(month + 1), 0, NULL};
	ledger_sums(ledger, &query, count_usage, &n);
	say("the same as sums of days", took(time));
	time = begin();
	query = (struct ledger_query){LEDGER_DAYS, 0, 1 << 20, LEDGER_OFFICE, "kantor-001"};
	ledger_usage(ledger, &query, count_usage, &n);
	say("all days of one office", took(time));
}

static void read_percentile(struct ledger *ledger, const struct ledger_city *city, int32_t month)
{
	int64_t from = civil_midnight_usec(civil_first_day(month)) / USEC_PER_SEC;
	int64_t until = civil_midnight_usec(civil_first_day(month + 1)) / USEC_PER_SEC;
	struct ledger_percentile out = {0};
	struct timing time = begin();
	char id[LEDGER_ID];

	ledger_percentile(ledger, LEDGER_OFFICE, "kantor-001", from, until, &out);
	say("95th percentile of one office's month", took(time));
	time = begin();
	for (unsigned i = 0; i < city->offices; i++) {
		snprintf(id, sizeof(id), "kantor-%03u", i + 1);
		ledger_percentile(ledger, LEDGER_OFFICE, id, from, until, &out);
	}
	say("95th percentile of every office's month", took(time));
}

static int say_kept(const struct ledger_kept *kept, void *userdata)
{
	const struct ledger_city *city = userdata;

	if (kept->rows == 0)
		return 0;
	printf("  %-10s %10ju rows %14ju bytes (%.1f a row)\n", kept->what, (uintmax_t)kept->rows,
	       (uintmax_t)kept->bytes, (double)kept->bytes / (double)kept->rows);
	if (strcmp(kept->what, "rows") == 0 && city->offices)
		printf("  an office's rows of a year: %.2f MB\n",
		       (double)kept->bytes / (double)kept->rows * 288 * 365 / 1e6);
	return 0;
}

static int say_finding(const struct ledger_finding *finding, void *userdata)
{
	if (++*(unsigned *)userdata <= 5)
		printf("  FOUND: %s\n", finding->text);
	return 0;
}

static void read_all(const char *directory, const struct ledger_city *city)
{
	_cleanup_(ledger_closep) struct ledger *ledger = NULL;
	const struct ledger_retention retention = {0};
	struct ledger_verified verified = {0};
	unsigned findings = 0;
	struct timing time = begin();

	if (ledger_open_read(directory, &ledger) < 0)
		return;
	say("opening for reading", took(time));
	for (int i = 0; i < 2; i++) {
		read_month(ledger, civil_month(city->until_day) - 1);
		read_percentile(ledger, city, civil_month(city->until_day) - 1);
	}
	time = begin();
	ledger_kept(ledger, &retention, say_kept, (void *)city);
	say("what is kept", took(time));
	time = begin();
	ledger_verify(ledger, say_finding, &findings, &verified);
	say("verifying all of it", took(time));
	printf("  %u days closed, %u of them pruned, %ju rows, %u findings, uplink %jd/10000\n",
	       verified.days, verified.days_pruned, (uintmax_t)verified.rows, verified.findings,
	       (intmax_t)verified.uplink_permyriad);
}

int main(int argc, char **argv)
{
	struct ledger_city city = {
	    .offices = argc > 2 ? (unsigned)atoi(argv[2]) : 300, .zones = 5, .seed = 1, .close = true};
	int years = argc > 3 ? atoi(argv[3]) : 3, rows = argc > 4 ? atoi(argv[4]) : 396;
	_cleanup_(ledger_closep) struct ledger *ledger = NULL;
	struct timing time = begin();
	int r;

	if (argc < 2 || clock_zone_set("Asia/Pontianak") < 0 || ledger_open(argv[1], &ledger) < 0) {
		fprintf(stderr, "bench-ledger DIRECTORY [OFFICES [YEARS [DAYS-WITH-ROWS]]]\n");
		return 2;
	}
	city.until_day = LAST_DAY;
	city.from_day = LAST_DAY - years * 365;
	city.rows_from = LAST_DAY - rows;
	r = ledger_city_make(ledger, &city);
	if (r == 0)
		say("making the city", took(time));
	disk(argv[1]);
	if (r == 0)
		r = put_intervals(ledger, &city);
	time = begin();
	if (r == 0)
		r = ledger_close_days(ledger, LAST_DAY, clock_now().wall_usec, 1);
	say("closing a day", took(time));
	time = begin();
	if (r >= 0)
		r = ledger_prune_kept(ledger, civil_midnight_usec(city.rows_from + 3) + USEC_PER_DAY,
				      &(struct ledger_retention){.rows_usec = USEC_PER_DAY});
	say("pruning three days of rows, as many as one call does", took(time));
	if (r >= 0)
		read_all(argv[1], &city);
	if (r < 0)
		fprintf(stderr, "bench-ledger: %s: %s\n", strerror(-r), ledger_error(ledger));
	return r < 0;
}
