/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: whoever reads `gerbang status` must see whether the ledger is written, what is missing of today, and
 * who lent what to whom. Figures alone; nothing is judged here.
 */
#include "booking_room.h"
#include "daemon.h"
#include "record.h"
#include "../lib/cleanup.h"

static json_t *time_json(int64_t wall_usec)
{
	char text[CLOCK_TEXT];

	return wall_usec ? json_string(clock_text(wall_usec, text)) : json_null();
}

static json_t *seconds_json(int64_t usec)
{
	return json_integer((json_int_t)((usec + USEC_PER_SEC - 1) / USEC_PER_SEC));
}

json_t *booking_json(const struct booking *booking)
{
	const char *rows_error = booking ? records_error(booking->daemon->records) : NULL;
	const char *error = rows_error || !booking || !booking->error[0] ? rows_error : booking->error;

	if (!booking)
		return json_null();
	return json_pack("{s:b, s:s?, s:o, s:o, s:o, s:o}", "ok", !error, "error", error, "written",
			 time_json(booking->written_wall_usec), "since",
			 error ? time_json(booking->failed_wall_usec) : json_null(), "gap_seconds_today",
			 seconds_json(booking->figures.gap_usec), "lost_seconds_today",
			 seconds_json(booking->figures.lost_usec));
}

static json_t *lent_json(const uint64_t borrowed[PLAN_TREES], uint32_t short_sec)
{
	return json_pack("{s:I, s:I, s:I}", "down_bytes", (json_int_t)borrowed[PLAN_DOWN], "up_bytes",
			 (json_int_t)borrowed[PLAN_UP], "short_minutes", (json_int_t)(short_sec / 60));
}

/* What is not written yet counts: a row that is looked at every second must not stand still for ten. */
static void borrowed_of(const struct booking *booking, unsigned slot, uint64_t out[PLAN_TREES])
{
	for (unsigned tree = 0; tree < PLAN_TREES; tree++)
		out[tree] = booking->figures.rows[slot].borrowed[tree] +
			    booking->tally->rows[slot].ways[tree].flow.borrowed;
}

void booking_describe(const struct booking *booking, unsigned slot, json_t *object)
{
	uint64_t borrowed[PLAN_TREES];

	if (!booking || slot >= PLAN_SLOTS)
		return;
	borrowed_of(booking, slot, borrowed);
	json_object_set_new(object, "borrowed_today",
			    lent_json(borrowed, booking->figures.rows[slot].short_sec));
}

static json_t *sum_json(const struct booking *booking, enum ledger_subject kind)
{
	uint64_t sum[PLAN_TREES] = {0}, borrowed[PLAN_TREES];
	uint32_t short_sec = 0;

	for (unsigned i = 0; i < PLAN_SLOTS; i++) {
		if (booking->tally->rows[i].kind != kind)
			continue;
		borrowed_of(booking, i, borrowed);
		sum[PLAN_DOWN] += borrowed[PLAN_DOWN];
		sum[PLAN_UP] += borrowed[PLAN_UP];
		short_sec += booking->figures.rows[i].short_sec;
	}
	return lent_json(sum, short_sec);
}

json_t *booking_lending(const struct booking *booking)
{
	if (!booking)
		return json_null();
	return json_pack("{s:o, s:o}", "offices", sum_json(booking, LEDGER_OFFICE), "zones",
			 sum_json(booking, LEDGER_ZONE));
}
