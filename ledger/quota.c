/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: an exemption is a promise with an end and a name under it, and what an office has been told is not
 * told again after a restart.
 */
#include <errno.h>
#include "evidence.h"
#include "store.h"

/* ---- exemptions ---- */

static const char insert[] =
    "INSERT INTO exemption (office, from_wall_usec, until_wall_usec, who, reason) VALUES (?, ?, ?, ?, ?)";
static const char end_early[] =
    "UPDATE exemption SET revoked_wall_usec = ?, revoked_by = ? WHERE id = ? AND revoked_wall_usec = 0";
static const char every[] =
    "SELECT id, office, from_wall_usec, until_wall_usec, revoked_wall_usec, who, reason FROM exemption"
    " WHERE (?1 IS NULL OR office = ?1) AND (?2 = 0 OR until_wall_usec > ?2) ORDER BY id";

int ledger_exemption_put(struct ledger *ledger, struct ledger_exemption *exemption)
{
	if (!exemption->office[0] || !exemption->who[0] || !exemption->reason[0] ||
	    exemption->until_wall_usec <= exemption->from_wall_usec)
		return -EINVAL;
	return store_insert(ledger, insert,
			    VALUES(TEXT(exemption->office), INT(exemption->from_wall_usec),
				   INT(exemption->until_wall_usec), TEXT(exemption->who),
				   TEXT(exemption->reason)),
			    &exemption->id);
}

int ledger_exemption_revoke(struct ledger *ledger, int64_t id, int64_t wall_usec, const char *who)
{
	if (wall_usec == 0)
		return -EINVAL;
	return store_change(ledger, end_early, VALUES(INT(wall_usec), TEXT(who ? who : ""), INT(id)));
}

struct seen {
	int (*seen)(const struct ledger_exemption *exemption, void *userdata);
	void *userdata;
};

static int on_row(sqlite3_stmt *row, void *userdata)
{
	const struct seen *seen = userdata;
	struct ledger_exemption exemption = {
	    .id = sqlite3_column_int64(row, 0),
	    .from_wall_usec = sqlite3_column_int64(row, 2),
	    .until_wall_usec = sqlite3_column_int64(row, 3),
	    .revoked_wall_usec = sqlite3_column_int64(row, 4),
	};

	store_text(row, 1, exemption.office, sizeof(exemption.office));
	store_text(row, 5, exemption.who, sizeof(exemption.who));
	store_text(row, 6, exemption.reason, sizeof(exemption.reason));
	return seen->seen(&exemption, seen->userdata);
}

int ledger_exemptions(struct ledger *ledger, const char *office, int64_t until_after_wall_usec,
		      int (*seen)(const struct ledger_exemption *exemption, void *userdata), void *userdata)
{
	struct seen data = {seen, userdata};

	return store_each(ledger, every, VALUES(TEXT(office), INT(until_after_wall_usec)), on_row, &data);
}

/* ---- what has been said ---- */

static const char find_stage[] = "SELECT stage FROM quota_stage WHERE office = ? AND month = ?";
static const char put_stage[] = "INSERT INTO quota_stage (office, month, stage) VALUES (?, ?, ?)"
				" ON CONFLICT (office, month) DO UPDATE SET stage = excluded.stage";

int ledger_quota_stage(struct ledger *ledger, const char *office, int32_t month, enum ledger_quota_stage *out)
{
	sqlite3_stmt *row;
	int r = store_find(ledger, find_stage, VALUES(TEXT(office), INT(month)), &row);

	if (r == -ENOENT) {
		*out = LEDGER_QUOTA_NONE;
		return 0;
	}
	if (r < 0)
		return r;
	*out = (enum ledger_quota_stage)sqlite3_column_int(row, 0);
	store_done(row);
	return 0;
}

int ledger_quota_stage_set(struct ledger *ledger, const char *office, int32_t month,
			   enum ledger_quota_stage stage)
{
	if (!office[0] || stage < LEDGER_QUOTA_NONE || stage > LEDGER_QUOTA_OVER)
		return -EINVAL;
	return store_insert(ledger, put_stage, VALUES(TEXT(office), INT(month), INT(stage)), NULL);
}
