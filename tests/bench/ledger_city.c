/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: three years of three hundred offices are 35 million rows, and what reads them has to be tried on them.
 * Made up, but in proportion: busy hours, quiet nights, offices of many sizes, an uplink that carries the sum
 * of all.
 */
#include "ledger_city.h"
#include <errno.h>
#include <string.h>
#include "../../ledger/civil.h"
#include "../../ledger/seal.h"
#include "../../ledger/slice.h"
#include "../../lib/units.h"

#define DAY_SEC 86400
#define ROWS_DAY (DAY_SEC / LEDGER_ROW_SEC)
#define OTHERS 3 /* own, unattributed, uplink */

/* ---- chance that can be repeated: splitmix64 (Vigna) ---- */

static uint64_t mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static double chance(const struct ledger_city *city, uint64_t a, uint64_t b)
{
	return (double)(mix(city->seed ^ mix(a * 1000003 + b)) >> 11) / 9007199254740992.0;
}

/* ---- who does what ---- */

size_t ledger_city_subjects(const struct ledger_city *city)
{
	return city->offices + city->zones + OTHERS;
}

static double mean_bps(const struct ledger_city *city, size_t i)
{
	if (city->named && i < city->offices + city->zones)
		return city->named[i].mean_bps;
	if (i < city->offices)
		return 1e6 * (double)(1 + i * 7 % 40);
	return i < city->offices + city->zones ? 20e6 : 200e3;
}

/* How busy the hour is: 0 to 1. */
static double busy(int64_t at)
{
	int64_t second = (at + 7 * 3600) % DAY_SEC;
	double hour = (double)second / 3600;

	return hour > 7.5 && hour < 16 ? 1.0 : hour > 5 && hour < 22 ? 0.15 : 0.01;
}

/* Of an own story; own and unattributed traffic has none. Below 0: there is no row. */
static double load(const struct ledger_city *city, size_t i, int64_t at)
{
	return city->load && i < city->offices + city->zones ? city->load(city, i, at) : busy(at);
}

static void fill_flow(struct ledger_flow *flow, double bytes, double luck)
{
	*flow = (struct ledger_flow){.bytes = (uint64_t)bytes, .packets = (uint64_t)(bytes / 900)};
	if (luck > 0.8) {
		flow->dropped = flow->packets / 2000;
		flow->borrowed = flow->bytes / 3;
		flow->demand_sec = (uint32_t)(10 * luck);
	}
}

static void name(const struct ledger_city *city, size_t i, struct ledger_part *part)
{
	static const enum ledger_subject others[OTHERS] = {LEDGER_OWN, LEDGER_UNATTRIBUTED, LEDGER_UPLINK};

	*part = (struct ledger_part){.kind = LEDGER_OFFICE};
	if (city->named && i < city->offices + city->zones)
		memcpy(part->id, city->named[i].id, sizeof(part->id));
	else if (i < city->offices)
		snprintf(part->id, sizeof(part->id), "kantor-%03zu", i + 1);
	else if (i < city->offices + city->zones)
		snprintf(part->id, sizeof(part->id), "taman-%02zu", i + 1 - city->offices);
	if (i >= city->offices)
		part->kind = LEDGER_ZONE;
	if (i >= city->offices + city->zones)
		part->kind = others[i - city->offices - city->zones];
}

/* Who is hungry wants more than it gets, and at times gets less than its due. */
static void starve(const struct ledger_city *city, size_t i, struct ledger_part *part)
{
	if (!city->named || i >= city->offices + city->zones)
		return;
	part->down.demand_sec = (uint32_t)(part->down.demand_sec * city->named[i].hunger);
	part->up.demand_sec = part->down.demand_sec / 3;
	part->down.short_sec = part->down.demand_sec / 4;
	part->up.borrowed = part->down.borrowed / 10;
}

/* `there`: which of them have a row; NULL: nobody asks. */
static void fill_parts(const struct ledger_city *city, int64_t at, double seconds, struct ledger_part *parts,
		       bool *there)
{
	size_t n = ledger_city_subjects(city);
	struct ledger_part *uplink = &parts[n - 1];

	name(city, n - 1, uplink);
	for (size_t i = 0; i + 1 < n; i++) {
		double luck = chance(city, i, (uint64_t)at), now = load(city, i, at),
		       bytes = mean_bps(city, i) / 8 * seconds * (now > 0 ? now : 0);

		name(city, i, &parts[i]);
		if (there)
			there[i] = now >= 0;
		if (luck < 0.1)
			bytes = 0;
		fill_flow(&parts[i].down, bytes * luck * 2, luck);
		fill_flow(&parts[i].up, bytes * luck * 0.2, 0);
		starve(city, i, &parts[i]);
		uplink->up.bytes += parts[i].up.bytes;
		uplink->down.bytes += parts[i].down.bytes + parts[i].down.dropped * 900;
	}
	if (there)
		there[n - 1] = true;
}

void ledger_city_parts(const struct ledger_city *city, int64_t at, double seconds, struct ledger_part *parts)
{
	fill_parts(city, at, seconds, parts, NULL);
}

/* ---- into the ledger ---- */

struct making {
	struct ledger *ledger;
	const struct ledger_city *city;
	size_t n;
	struct ledger_part *parts;
	int64_t *numbers;
	struct usage *rows, *hour, *day, *month;
	uint8_t *there; /* in the hour 1, in the day 2, in the month 4 */
	bool *now;	/* has a row */
};

static int number_all(struct making *making)
{
	int r = 0;

	ledger_city_parts(making->city, 0, 1, making->parts);
	for (size_t i = 0; r == 0 && i < making->n; i++)
		r = subject_make(making->ledger, making->parts[i].kind, making->parts[i].id,
				 &making->numbers[i]);
	return r;
}

static int flush(struct making *making, enum ledger_grain grain, int64_t at, struct usage *sums, uint8_t bit)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < making->n; i++) {
		if (!(making->there[i] & bit))
			continue;
		r = usage_add(making->ledger, grain, at, making->numbers[i], &sums[i]);
		making->there[i] &= (uint8_t)~bit;
		sums[i] = (struct usage){0};
	}
	return r;
}

static void add(struct making *making, size_t i)
{
	usage_plus(&making->hour[i], &making->rows[i]);
	usage_plus(&making->day[i], &making->rows[i]);
	usage_plus(&making->month[i], &making->rows[i]);
	making->there[i] = 7;
}

/* Some rows were never written, some only in part, some late. */
static double measured(const struct ledger_city *city, int64_t at)
{
	double luck = city->holes ? chance(city, 77777, (uint64_t)at) : 0.5;

	if (city->measured)
		return city->measured(city, at);
	return luck < 0.02 ? 0 : luck < 0.04 ? 120 : luck > 0.98 ? 180 : LEDGER_ROW_SEC;
}

static int make_row(struct making *making, int64_t at, int64_t hour, int32_t day)
{
	const struct slice wanted = {at, hour, day};
	double seconds = measured(making->city, at);
	struct slice slice;
	int r;

	if (seconds <= 0)
		return 0;
	r = slice_open(making->ledger, &wanted, &slice);
	fill_parts(making->city, at, seconds, making->parts, making->now);
	for (size_t i = 0; r == 0 && i < making->n; i++) {
		if (!making->now[i])
			continue;
		if (seconds < LEDGER_ROW_SEC)
			making->parts[i].down.late_bytes = making->parts[i].down.bytes / 5;
		r = usage_pack(&making->parts[i], (int64_t)(seconds * 1e6), &making->rows[i]);
		if (r == 0)
			r = usage_add(making->ledger, LEDGER_ROWS, at, making->numbers[i], &making->rows[i]);
		add(making, i);
	}
	return r;
}

static int make_rows(struct making *making, int32_t day)
{
	int64_t midnight = civil_midnight_usec(day) / USEC_PER_SEC;
	int r = 0;

	for (int64_t i = 0; r == 0 && i < ROWS_DAY; i++) {
		int64_t at = midnight + i * LEDGER_ROW_SEC, hour = at - (at - midnight) % 3600;

		r = make_row(making, at, hour, day);
		if (r == 0 && (i + 1) % 12 == 0)
			r = flush(making, LEDGER_HOURS, hour, making->hour, 1);
	}
	return r;
}

static void make_total(struct making *making, int32_t day)
{
	fill_parts(making->city, (int64_t)day * DAY_SEC + 3 * 3600, DAY_SEC / 3.0, making->parts,
		   making->now);
	for (size_t i = 0; i < making->n; i++) {
		if (!making->now[i])
			continue;
		usage_pack(&making->parts[i], DAY_SEC * USEC_PER_SEC, &making->rows[i]);
		add(making, i);
		making->there[i] &= 6;
		making->hour[i] = (struct usage){0};
	}
}

static int close_day(struct making *making, int32_t day)
{
	bool rows = day >= making->city->rows_from;
	uint8_t lost[LEDGER_DIGEST];
	int r;

	for (size_t i = 0; i < sizeof(lost); i++) /* of rows that nobody has any more */
		lost[i] = (uint8_t)mix(making->city->seed ^ ((uint64_t)day << 8 | i));
	r = seal_day(making->ledger, day, civil_midnight_usec(day + 1) + 15 * USEC_PER_MINUTE,
		     rows ? NULL : lost);
	if (r == 0 && !rows)
		r = store_run(making->ledger, "INSERT OR REPLACE INTO pruned (one, before_day) VALUES (1, ?)",
			      VALUES(INT(day + 1)));
	return r;
}

static int make_day(struct making *making, int32_t day)
{
	const struct ledger_city *city = making->city;
	int r = 0;

	if (day >= city->rows_from)
		r = make_rows(making, day);
	else
		make_total(making, day);
	if (r == 0)
		r = flush(making, LEDGER_DAYS, day, making->day, 2);
	if (r == 0 && (day + 1 == city->until_day || civil_month(day + 1) != civil_month(day)))
		r = flush(making, LEDGER_MONTHS, civil_month(day), making->month, 4);
	if (r == 0 && city->evening)
		r = city->evening(making->ledger, city, day);
	return r == 0 && city->close && day + 1 < city->until_day ? close_day(making, day) : r;
}

static int make_days(struct making *making)
{
	int r = 0;

	for (int32_t day = making->city->from_day; r == 0 && day < making->city->until_day; day++) {
		if (making->city->morning)
			r = making->city->morning(making->ledger, making->city, day);
		if (r == 0)
			r = ledger_begin(making->ledger);
		if (r == 0 && day == making->city->from_day)
			r = number_all(making);
		if (r == 0)
			r = make_day(making, day);
		if (r == 0)
			r = ledger_commit(making->ledger, false);
		else
			ledger_rollback(making->ledger);
	}
	return r;
}

int ledger_city_make(struct ledger *ledger, const struct ledger_city *city)
{
	size_t n = ledger_city_subjects(city);
	struct making making = {ledger,
				city,
				n,
				calloc(n, sizeof(*making.parts)),
				calloc(n, sizeof(*making.numbers)),
				calloc(n, sizeof(*making.rows)),
				calloc(n, sizeof(*making.hour)),
				calloc(n, sizeof(*making.day)),
				calloc(n, sizeof(*making.month)),
				calloc(n, 1),
				calloc(n, sizeof(*making.now))};
	int r = -ENOMEM;

	if (making.parts && making.numbers && making.rows && making.hour && making.day && making.month &&
	    making.there && making.now)
		r = make_days(&making);
	free(making.parts);
	free(making.numbers);
	free(making.rows);
	free(making.hour);
	free(making.day);
	free(making.month);
	free(making.there);
	free(making.now);
	return r;
}
