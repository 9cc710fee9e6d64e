/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a month is what is billed, and the uplink is what was bought. The first must be its days' sum; the
 * second must have carried what the classes say, but for what is known to differ.
 */
#include "verify.h"
#include <errno.h>
#include "civil.h"
#include "../lib/units.h"

/* ---- months against days ---- */

struct months {
	struct verify *verify;
	int32_t month; /* that is being added up; -1: none yet */
	uint64_t n;    /* rows of months that were compared */
};

static int conclude_month(struct months *months)
{
	struct verify *verify = months->verify;

	if (months->month < 0)
		return 0;
	return verify_compare(verify, LEDGER_MONTHS, months->month, civil_first_day(months->month),
			      &verify->month, "days", &months->n);
}

static int on_day(int64_t key, const struct usage *usage, void *userdata)
{
	struct months *months = userdata;
	int32_t month = civil_month((int32_t)usage_at(key));
	int r = 0;

	if (month != months->month) {
		r = conclude_month(months);
		tally_clear(&months->verify->month);
		months->month = month;
	}
	tally_add(&months->verify->month, usage_number(key), usage);
	return r;
}

static const char count_months[] = "SELECT count(*) FROM usage_month";

int verify_months(struct verify *verify)
{
	struct months months = {verify, -1, 0};
	int64_t n;
	int r = usage_walk(verify->ledger, LEDGER_DAYS, 0, INT32_MAX, 0, on_day, &months);

	if (r == 0)
		r = conclude_month(&months);
	if (r == 0)
		r = store_integer(verify->ledger, count_months, &n);
	if (r == 0 && (uint64_t)n != months.n)
		r = verify_found(verify, LEDGER_FOUND_ROW, 0, "%jd rows of months, and days for %ju of them",
				 (intmax_t)n, (uintmax_t)months.n);
	return r;
}

/* ---- classes against the uplink ---- */

#define ENOUGH_BYTES 10e6
#define ENOUGH_PART 0.01
/* What a dropped packet had is not counted, and it is rather data than an acknowledgement: between the mean
 * of what was delivered and a whole frame. */
#define FULL_FRAME 1514.0

struct balance { /* of a day */
	int32_t day;
	double up, sent, down, own, received, backlog;
	double dropped_least, dropped_most;
	bool uplink;
};
struct uplink {
	struct verify *verify;
	struct balance now;
	double backlog_before; /* of the day before; 0 without */
	int32_t day_before;
	double worst;
};

static void add_class(struct balance *balance, int64_t kind, const struct usage *usage)
{
	const int64_t *down = &usage->values[USAGE_DOWN];
	double packets = (double)down[USAGE_PACKETS], bytes = (double)down[USAGE_BYTES];

	balance->up += (double)usage->values[USAGE_UP + USAGE_BYTES];
	if (kind == LEDGER_OWN)
		balance->own += bytes;
	else
		balance->down += bytes;
	balance->dropped_least +=
	    (double)down[USAGE_DROPPED] * (packets > 0 ? MIN(bytes / packets, FULL_FRAME) : 0);
	balance->dropped_most += (double)down[USAGE_DROPPED] * FULL_FRAME;
	balance->backlog += (double)down[USAGE_BACKLOG];
}

static void add_uplink(struct balance *balance, const struct usage *usage)
{
	balance->uplink = true;
	balance->received += (double)usage->values[USAGE_DOWN + USAGE_BYTES];
	balance->sent += (double)usage->values[USAGE_UP + USAGE_BYTES];
}

static int on_lost(const struct ledger_gap *gap, void *userdata)
{
	bool *lost = userdata;

	*lost |= gap->lost;
	return 0;
}

/* The device's word lies between `least` and `most`. */
static int judge_way(struct uplink *uplink, const char *way, double classes, double least, double most)
{
	double device = CLAMP(classes, least, most);
	double difference = classes > device ? classes - device : device - classes;
	double part = difference / MAX(device, 1.0);
	char day[CIVIL_TEXT];

	if (difference > ENOUGH_BYTES || device * ENOUGH_PART > ENOUGH_BYTES)
		uplink->worst = MAX(uplink->worst, part);
	if (difference <= ENOUGH_BYTES || part <= ENOUGH_PART)
		return 0;
	return verify_found(
	    uplink->verify, LEDGER_FOUND_UPLINK, uplink->now.day,
	    "%s, %s: the classes have %.0f bytes, the uplink's device %.0f (%.2f %% apart, allowed are 1 %%)",
	    civil_day_text(uplink->now.day, day), way, classes, device, part * 100);
}

static int judge_day(struct uplink *uplink)
{
	const struct balance *now = &uplink->now;
	double before = uplink->day_before == now->day - 1 ? uplink->backlog_before : 0, passed;
	bool lost = false;
	int r;

	uplink->backlog_before = now->backlog;
	uplink->day_before = now->day;
	if (!now->uplink)
		return 0;
	r = ledger_gaps(uplink->verify->ledger, civil_midnight_usec(now->day),
			civil_midnight_usec(now->day + 1), on_lost, &lost);
	if (r < 0 || lost)
		return r;
	r = judge_way(uplink, "up", now->up, now->sent, now->sent);
	if (r != 0)
		return r;
	passed = now->received - now->own - (now->backlog - before);
	return judge_way(uplink, "down", now->down, passed - now->dropped_most, passed - now->dropped_least);
}

static int on_total(int64_t key, const struct usage *usage, void *userdata)
{
	struct uplink *uplink = userdata;
	const struct subject *subject = subject_at(&uplink->verify->subjects, usage_number(key));
	int32_t day = (int32_t)usage_at(key);
	int r = 0;

	if (day != uplink->now.day) {
		r = judge_day(uplink);
		uplink->now = (struct balance){.day = day};
	}
	if (subject && subject->kind == LEDGER_UPLINK)
		add_uplink(&uplink->now, usage);
	else if (subject)
		add_class(&uplink->now, subject->kind, usage);
	return r;
}

int verify_uplink(struct verify *verify)
{
	struct uplink uplink = {.verify = verify, .day_before = -2, .now.day = -1};
	int r = usage_walk(verify->ledger, LEDGER_DAYS, 0, INT32_MAX, 0, on_total, &uplink);

	if (r == 0)
		r = judge_day(&uplink);
	verify->out->uplink_permyriad = (int64_t)MIN(uplink.worst * 10000 + 0.5, 1e15);
	return r;
}
