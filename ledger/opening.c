/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what a zone's hours were is planned in the configuration and may be overridden by a person; what they
 * really were is added up here, a minute at a time. A day that is closed is not added to.
 */
#include <errno.h>
#include "month.h"
#include "slice.h"
#include "subject.h"

static const char add[] = "INSERT INTO opening (day, zone, open_min) VALUES (?, ?, ?)"
			  " ON CONFLICT (day, zone) DO UPDATE SET open_min = open_min + excluded.open_min";
static const char days[] =
    "SELECT day, zone, open_min FROM opening WHERE day >= ? AND day < ? ORDER BY day, zone";

int ledger_opening_add(struct ledger *ledger, const struct ledger_opening *minute)
{
	int32_t closed;
	int r = subject_judge(LEDGER_ZONE, minute->zone);

	if (r == 0)
		r = slice_closed(ledger, &closed);
	if (r < 0)
		return r;
	return store_run(ledger, add,
			 VALUES(INT(minute->day > closed ? minute->day : closed + 1), TEXT(minute->zone),
				INT(minute->open_min)));
}

struct seen {
	int (*seen)(const struct ledger_opening *opening, void *userdata);
	void *userdata;
};

static int on_day(sqlite3_stmt *row, void *userdata)
{
	const struct seen *seen = userdata;
	struct ledger_opening opening = {.day = (int32_t)sqlite3_column_int64(row, 0),
					 .open_min = (uint32_t)store_count(row, 2)};

	store_text(row, 1, opening.zone, sizeof(opening.zone));
	return seen->seen(&opening, seen->userdata);
}

int ledger_openings(struct ledger *ledger, int32_t from_day, int32_t until_day,
		    int (*seen)(const struct ledger_opening *opening, void *userdata), void *userdata)
{
	struct seen data = {seen, userdata};

	return store_each(ledger, days, VALUES(INT(from_day), INT(until_day)), on_day, &data);
}
