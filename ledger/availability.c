/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: availability is minutes, added up by local day, and which target was silent while others answered. A
 * day that is closed is not added to: a minute of it goes to the first day that is open.
 */
#include <errno.h>
#include "address.h"
#include "evidence.h"
#include "slice.h"

static const char add[] =
    "INSERT INTO availability (day, measured_min, down_min, carrier_min, silent_min, loss_min, sent, "
    "answered)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (day) DO UPDATE SET"
    " measured_min = measured_min + excluded.measured_min, down_min = down_min + excluded.down_min,"
    " carrier_min = carrier_min + excluded.carrier_min, silent_min = silent_min + excluded.silent_min,"
    " loss_min = loss_min + excluded.loss_min, sent = sent + excluded.sent, answered = answered + "
    "excluded.answered";
static const char days[] =
    "SELECT day, measured_min, down_min, carrier_min, silent_min, loss_min, sent, answered"
    " FROM availability WHERE day >= ? AND day < ? ORDER BY day";
static const char add_target[] = "INSERT INTO target (day, address, sent, answered) VALUES (?, ?, ?, ?)"
				 " ON CONFLICT (day, address) DO UPDATE SET sent = sent + excluded.sent,"
				 " answered = answered + excluded.answered";
static const char targets[] = "SELECT day, address, sent, answered FROM target WHERE day >= ? AND day < ?"
			      " ORDER BY day, address";

int ledger_availability_add(struct ledger *ledger, const struct ledger_availability *minute)
{
	int32_t closed;
	int r = slice_closed(ledger, &closed);

	if (r < 0)
		return r;
	return store_run(ledger, add,
			 VALUES(INT(minute->day > closed ? minute->day : closed + 1),
				INT(minute->measured_min), INT(minute->down_min), INT(minute->carrier_min),
				INT(minute->silent_min), INT(minute->loss_min), COUNT(minute->sent),
				COUNT(minute->answered)));
}

struct seen_day {
	int (*seen)(const struct ledger_availability *day, void *userdata);
	void *userdata;
};

static int on_day(sqlite3_stmt *row, void *userdata)
{
	const struct seen_day *seen = userdata;
	const struct ledger_availability day = {
	    .day = (int32_t)sqlite3_column_int64(row, 0),
	    .measured_min = (uint32_t)store_count(row, 1),
	    .down_min = (uint32_t)store_count(row, 2),
	    .carrier_min = (uint32_t)store_count(row, 3),
	    .silent_min = (uint32_t)store_count(row, 4),
	    .loss_min = (uint32_t)store_count(row, 5),
	    .sent = store_count(row, 6),
	    .answered = store_count(row, 7),
	};

	return seen->seen(&day, seen->userdata);
}

int ledger_availabilities(struct ledger *ledger, int32_t from_day, int32_t until_day,
			  int (*seen)(const struct ledger_availability *day, void *userdata), void *userdata)
{
	struct seen_day data = {seen, userdata};

	return store_each(ledger, days, VALUES(INT(from_day), INT(until_day)), on_day, &data);
}

/* ---- one target ---- */

int ledger_target_add(struct ledger *ledger, const struct ledger_target *target)
{
	if (address_length(&target->address) == 0)
		return -EINVAL;
	return store_run(ledger, add_target,
			 VALUES(INT(target->day), ADDRESS(&target->address), COUNT(target->sent),
				COUNT(target->answered)));
}

struct seen_target {
	int (*seen)(const struct ledger_target *target, void *userdata);
	void *userdata;
};

static int on_target(sqlite3_stmt *row, void *userdata)
{
	const struct seen_target *seen = userdata;
	struct ledger_target target = {
	    .day = (int32_t)sqlite3_column_int64(row, 0),
	    .sent = store_count(row, 2),
	    .answered = store_count(row, 3),
	};

	address_read(row, 1, &target.address);
	return seen->seen(&target, seen->userdata);
}

int ledger_targets(struct ledger *ledger, int32_t from_day, int32_t until_day,
		   int (*seen)(const struct ledger_target *target, void *userdata), void *userdata)
{
	struct seen_target data = {seen, userdata};

	return store_each(ledger, targets, VALUES(INT(from_day), INT(until_day)), on_target, &data);
}
