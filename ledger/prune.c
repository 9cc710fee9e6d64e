/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: what is no longer needed goes by itself, from the file, the log and the free pages. Figures that name
 * nobody stay; rows of five minutes go by whole closed days, so that what stays of a day is in its totals and
 * sealed.
 */
#include <errno.h>
#include <limits.h>
#include "metering.h"
#include "store.h"
#include "../lib/units.h"

#define DAYS_DEVICE 90
#define DAYS_DAY 40
#define DAYS_VOUCHER 400
#define DAYS_NOTICE 90
#define DAYS_A_CALL 3 /* of rows: about 90,000 each in a large city */

static int erase(struct ledger *ledger, const char *sql, int64_t value, unsigned *count)
{
	int r = store_run(ledger, sql, VALUES(INT(value)));

	if (r == 0)
		*count += (unsigned)store_changes(ledger);
	return r;
}

/* ---- people ---- */

#define NOT_LIVE(pass)                                                                                       \
	" AND NOT EXISTS (SELECT 1 FROM session WHERE kind = 1 AND person = " pass                           \
	" AND ended_wall_usec IS NULL)"

static const struct {
	const char *sql; /* of one instant, or the day of it */
	int64_t days;
	bool by_day;
} prunes[] = {
    {"UPDATE session SET kind = 0, person = 0 WHERE kind = 1 AND ended_wall_usec IS NOT NULL"
     " AND person IN (SELECT id FROM pass WHERE seen_wall_usec < ?" NOT_LIVE("pass.id") ")",
     DAYS_DEVICE, false},
    {"DELETE FROM device WHERE seen_wall_usec < ?" NOT_LIVE("device.pass"), DAYS_DEVICE, false},
    {"DELETE FROM pass WHERE seen_wall_usec < ?" NOT_LIVE("pass.id"), DAYS_DEVICE, false},
    {"DELETE FROM day WHERE day < ?", DAYS_DAY, true},
    {"DELETE FROM voucher WHERE valid_until_wall_usec BETWEEN 1 AND ?1 OR revoked_wall_usec BETWEEN 1 AND ?1",
     DAYS_VOUCHER, false},
    {"DELETE FROM notice WHERE done_wall_usec IS NOT NULL AND done_wall_usec < ?", DAYS_NOTICE, false},
};
static const char empty_batches[] = "DELETE FROM batch WHERE id NOT IN (SELECT batch FROM voucher)";

static int prune_people(struct ledger *ledger, int64_t wall_usec, unsigned *count)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ELEMENTS(prunes); i++) {
		int64_t before = wall_usec - prunes[i].days * USEC_PER_DAY;

		r = erase(ledger, prunes[i].sql, prunes[i].by_day ? before / USEC_PER_DAY : before, count);
	}
	return r == 0 ? store_run(ledger, empty_batches, NULL, 0) : r;
}

/* The condition is word for word the index's, else it is not used. */
static const char anonymise[] = "UPDATE session SET hash = NULL, kind = 0, person = 0"
				" WHERE (hash IS NOT NULL OR kind <> 0) AND ended_wall_usec < ?";
static const char old_hosts[] = "DELETE FROM host WHERE day < ?";

static int prune_kept(struct ledger *ledger, int64_t wall_usec, const struct ledger_retention *kept,
		      unsigned *count)
{
	int r = prune_people(ledger, wall_usec, count);

	if (r == 0 && kept->sessions_usec > 0)
		r = erase(ledger, anonymise, wall_usec - kept->sessions_usec, count);
	if (r == 0 && kept->hosts_usec > 0)
		r = erase(ledger, old_hosts, (wall_usec - kept->hosts_usec) / USEC_PER_DAY, count);
	return r;
}

/* ---- rows of five minutes ---- */

static const char oldest[] = "SELECT slice.day, max(at) FROM slice JOIN link ON link.day = slice.day"
			     " WHERE slice.day = (SELECT min(day) FROM slice) GROUP BY slice.day";
static const char drop_rows[] =
    "DELETE FROM usage_row WHERE key >= (SELECT min(at) FROM slice WHERE day = ?1) << 16"
    " AND key <= ((SELECT max(at) FROM slice WHERE day = ?1) << 16) + 65535"
    " AND (key >> 16) IN (SELECT at FROM slice WHERE day = ?1)";
static const char drop_hours[] =
    "DELETE FROM usage_hour WHERE key >= (SELECT min(hour) FROM slice WHERE day = ?1) << 16"
    " AND key <= ((SELECT max(hour) FROM slice WHERE day = ?1) << 16) + 65535"
    " AND (key >> 16) IN (SELECT hour FROM slice WHERE day = ?1)";
static const char drop_slices[] = "DELETE FROM slice WHERE day = ?";
static const char remember[] = "INSERT INTO pruned (one, before_day) VALUES (1, ?1 + 1) ON CONFLICT (one)"
			       " DO UPDATE SET before_day = max(before_day, excluded.before_day)";

/* -ENOENT: the oldest day is not over long enough, or not closed. */
static int find_oldest(struct ledger *ledger, int64_t before_sec, int32_t *day)
{
	sqlite3_stmt *row;
	int64_t last;
	int r = store_find(ledger, oldest, NULL, 0, &row);

	if (r < 0)
		return r;
	*day = (int32_t)sqlite3_column_int64(row, 0);
	last = sqlite3_column_int64(row, 1);
	store_done(row);
	return last + LEDGER_ROW_SEC <= before_sec ? 0 : -ENOENT;
}

static int drop_day(struct ledger *ledger, int32_t day, unsigned *count)
{
	int r = erase(ledger, drop_rows, day, count);

	if (r == 0)
		r = erase(ledger, drop_hours, day, count);
	if (r == 0)
		r = store_run(ledger, drop_slices, VALUES(INT(day)));
	return r == 0 ? store_run(ledger, remember, VALUES(INT(day))) : r;
}

static int prune_rows(struct ledger *ledger, int64_t before_sec, unsigned *count)
{
	int r = 0;

	for (int i = 0; r == 0 && i < DAYS_A_CALL; i++) {
		int32_t day;

		r = find_oldest(ledger, before_sec, &day);
		if (r == 0)
			r = drop_day(ledger, day, count);
	}
	return r == -ENOENT ? 0 : r;
}

/* ---- all of it ---- */

static int prune_all(struct ledger *ledger, int64_t wall_usec, const struct ledger_retention *kept)
{
	unsigned count = 0;
	int r = prune_kept(ledger, wall_usec, kept, &count);

	if (r == 0 && kept->rows_usec > 0)
		r = prune_rows(ledger, (wall_usec - kept->rows_usec) / USEC_PER_SEC, &count);
	return r < 0 ? r : (int)MIN(count, (unsigned)INT_MAX);
}

int ledger_prune_kept(struct ledger *ledger, int64_t wall_usec, const struct ledger_retention *retention)
{
	int r = store_enter(ledger, STORE_SOON);

	if (r < 0)
		return r;
	r = store_leave(ledger, prune_all(ledger, wall_usec, retention));
	if (r > 0)
		store_empty_log(ledger);
	return r;
}

int ledger_prune(struct ledger *ledger, int64_t wall_usec)
{
	const struct ledger_retention retention = {.sessions_usec = DAYS_DEVICE * USEC_PER_DAY};

	return ledger_prune_kept(ledger, wall_usec, &retention);
}
