/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: the one place that says how limits of zones, vouchers and accounts combine. It counts nothing and ends
 * nobody.
 */
#include "limit.h"
#include <string.h>
#include "../lib/cleanup.h"
#include "../lib/units.h"

/* ---- days ---- */

/* Days between 1970-01-01 and a date of the Gregorian calendar (Hinnant, "chrono-compatible low-level date
 * algorithms"). */
static int32_t days_from_civil(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = (y >= 0 ? y : y - 399) / 400;
	int year_of_era = y - era * 400;
	int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

/* The day that was asked for last: it is asked for thousands of times in a turn. A process has one time zone
 * (clock.h). */
static struct {
	int64_t begins_usec, ends_usec;
	int32_t number;
} last_day;

static void find_day(int64_t wall_usec)
{
	struct tm local;

	if (wall_usec >= last_day.begins_usec && wall_usec < last_day.ends_usec)
		return;
	local = clock_local(wall_usec);
	last_day.number = days_from_civil(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
	last_day.begins_usec =
	    clock_from_local(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday, 0, 0, 0);
	last_day.ends_usec =
	    clock_from_local(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday + 1, 0, 0, 0);
}

int32_t limit_day(int64_t wall_usec)
{
	find_day(wall_usec);
	return last_day.number;
}

int64_t limit_midnight(int64_t wall_usec)
{
	find_day(wall_usec);
	return last_day.ends_usec;
}

/* ---- bytes ---- */

bool limit_day_counts(int32_t counted, int32_t today)
{
	return counted == today || counted == today + 1;
}

static uint64_t left(uint64_t limit, uint64_t used)
{
	return limit > used ? limit - used : 0;
}

static void take_least(struct limit *limit, uint64_t of, uint64_t used, int64_t again_usec, bool own)
{
	uint64_t bytes = left(of, used);

	if (!of || bytes > limit->bytes || (bytes == limit->bytes && again_usec <= limit->again_usec))
		return;
	*limit = (struct limit){.bytes = bytes, .again_usec = again_usec, .own = own};
}

static uint64_t daily_of(const struct policy_zone *zone, const struct person *person)
{
	if (person->key.kind == LEDGER_ACCOUNT && person->account.daily_bytes)
		return person->account.daily_bytes;
	return zone->daily_bytes;
}

struct limit limit_data(const struct policy_zone *zone, const struct person *person, uint64_t session_bytes,
			int64_t wall_usec)
{
	struct limit limit = {.bytes = LIMIT_NONE};
	const bool voucher = person->key.kind == LEDGER_VOUCHER;
	uint64_t today = limit_day_counts(person->day, limit_day(wall_usec)) ? person->day_bytes : 0;

	take_least(&limit, daily_of(zone, person), today, limit_midnight(wall_usec) - wall_usec, false);
	if (person->key.kind == LEDGER_PASS)
		take_least(&limit, zone->session_bytes, person->pass.visit_bytes,
			   MAX(person->pass.visit_ends_wall_usec - wall_usec, (int64_t)0), false);
	else if (!voucher || !person->voucher.data_bytes)
		take_least(&limit, zone->session_bytes, session_bytes, 0, false);
	if (voucher)
		take_least(&limit, person->voucher.data_bytes, person->voucher.used_bytes, INT64_MAX, true);
	return limit;
}

/* ---- time ---- */

int64_t limit_left_usec(int64_t ends_wall_usec, int64_t saved_wall_usec, int64_t wall_usec)
{
	return ends_wall_usec - MAX(wall_usec, saved_wall_usec);
}

static int64_t voucher_time(const struct policy_zone *zone, const struct ledger_voucher *voucher,
			    int64_t wall_usec)
{
	int64_t usec =
	    voucher->time_usec ? voucher->time_usec - voucher->used_usec : (int64_t)zone->session_usec;

	if (voucher->revoked_wall_usec)
		return 0;
	if (voucher->valid_until_wall_usec)
		usec = MIN(usec, voucher->valid_until_wall_usec - wall_usec);
	return usec;
}

int64_t limit_time(const struct policy_zone *zone, const struct person *person, int64_t wall_usec)
{
	switch ((enum ledger_kind)person->key.kind) {
	case LEDGER_PASS:
		return limit_left_usec(person->pass.visit_ends_wall_usec, person->pass.seen_wall_usec,
				       wall_usec);
	case LEDGER_VOUCHER:
		return voucher_time(zone, &person->voucher, wall_usec);
	case LEDGER_ACCOUNT:
		return person->account.session_usec ? person->account.session_usec
						    : (int64_t)zone->session_usec;
	}
	return 0;
}

unsigned limit_devices(const struct policy_zone *zone, const struct person *person)
{
	unsigned own = 0;

	if (person->key.kind == LEDGER_VOUCHER)
		own = person->voucher.devices;
	else if (person->key.kind == LEDGER_ACCOUNT)
		own = person->account.devices;
	return own ? own : zone->client_devices;
}

int64_t limit_look_usec(uint64_t bytes_left, uint64_t bps)
{
	if (!bps || bytes_left == LIMIT_NONE)
		return INT64_MAX;
	return (int64_t)MIN((double)bytes_left * 8e6 / (double)bps / 2, 9e18);
}

/* ---- visits ---- */

bool visit_goes_on(const struct ledger_pass *pass, const struct policy_zone *before,
		   const struct policy_zone *zone, int64_t wall_usec)
{
	if (!before || limit_left_usec(pass->visit_ends_wall_usec, pass->seen_wall_usec, wall_usec) <= 0)
		return false;
	return !strcmp(before->id, zone->id) || (before->roam && zone->roam);
}

void visit_begin(struct ledger_pass *pass, const struct policy_zone *zone, int64_t wall_usec)
{
	/* Through another zone and back is no way to new data. */
	if (limit_left_usec(pass->visit_ends_wall_usec, pass->seen_wall_usec, wall_usec) <= 0)
		pass->visit_bytes = 0;
	memset(pass->visit_zone, 0, sizeof(pass->visit_zone));
	memcpy(pass->visit_zone, zone->id, strnlen(zone->id, sizeof(pass->visit_zone) - 1));
	pass->visit_ends_wall_usec = wall_usec + (int64_t)zone->session_usec;
	pass->seen_wall_usec = wall_usec;
}
