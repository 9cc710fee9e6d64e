/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: that the provider was away has to be shown to the provider: outages with begin, end and cause, and
 * what the line gave when it was tested.
 */
#include <errno.h>
#include "evidence.h"
#include "store.h"

/* ---- outages ---- */

static const char begin[] = "INSERT INTO outage (began_wall_usec, ended_wall_usec, cause) VALUES (?, 0, ?)";
static const char end[] = "UPDATE outage SET ended_wall_usec = ? WHERE id = ? AND ended_wall_usec = 0";
static const char touching[] = "SELECT id, began_wall_usec, ended_wall_usec, cause FROM outage"
			       " WHERE began_wall_usec < ?2 AND (ended_wall_usec = 0 OR ended_wall_usec > ?1"
			       " OR began_wall_usec >= ?1) ORDER BY began_wall_usec, id";

int ledger_outage_begin(struct ledger *ledger, struct ledger_outage *outage)
{
	if (outage->cause < LEDGER_OUTAGE_CARRIER || outage->cause > LEDGER_OUTAGE_LOSS)
		return -EINVAL;
	return store_insert(ledger, begin, VALUES(INT(outage->began_wall_usec), INT(outage->cause)),
			    &outage->id);
}

int ledger_outage_end(struct ledger *ledger, int64_t id, int64_t wall_usec)
{
	return wall_usec == 0 ? -EINVAL : store_change(ledger, end, VALUES(INT(wall_usec), INT(id)));
}

struct seen_outage {
	int (*seen)(const struct ledger_outage *outage, void *userdata);
	void *userdata;
};

static int on_outage(sqlite3_stmt *row, void *userdata)
{
	const struct seen_outage *seen = userdata;
	const struct ledger_outage outage = {
	    .id = sqlite3_column_int64(row, 0),
	    .began_wall_usec = sqlite3_column_int64(row, 1),
	    .ended_wall_usec = sqlite3_column_int64(row, 2),
	    .cause = (enum ledger_outage_cause)sqlite3_column_int(row, 3),
	};

	return seen->seen(&outage, seen->userdata);
}

int ledger_outages(struct ledger *ledger, int64_t from_wall_usec, int64_t until_wall_usec,
		   int (*seen)(const struct ledger_outage *outage, void *userdata), void *userdata)
{
	struct seen_outage data = {seen, userdata};

	return store_each(ledger, touching, VALUES(INT(from_wall_usec), INT(until_wall_usec)), on_outage,
			  &data);
}

/* ---- tests ---- */

static const char insert_test[] =
    "INSERT INTO line_test (wall_usec, server, down_bps, up_bps, error) VALUES (?, ?, ?, ?, ?)";
static const char tests[] = "SELECT id, wall_usec, server, down_bps, up_bps, error FROM line_test"
			    " WHERE wall_usec >= ? AND wall_usec < ? ORDER BY wall_usec, id";

int ledger_test_put(struct ledger *ledger, const struct ledger_test *test)
{
	return store_insert(ledger, insert_test,
			    VALUES(INT(test->wall_usec), TEXT(test->server), COUNT(test->down_bps),
				   COUNT(test->up_bps), TEXT(test->error)),
			    NULL);
}

struct seen_test {
	int (*seen)(const struct ledger_test *test, void *userdata);
	void *userdata;
};

static int on_test(sqlite3_stmt *row, void *userdata)
{
	const struct seen_test *seen = userdata;
	struct ledger_test test = {
	    .id = sqlite3_column_int64(row, 0),
	    .wall_usec = sqlite3_column_int64(row, 1),
	    .down_bps = store_count(row, 3),
	    .up_bps = store_count(row, 4),
	};

	store_text(row, 2, test.server, sizeof(test.server));
	store_text(row, 5, test.error, sizeof(test.error));
	return seen->seen(&test, seen->userdata);
}

int ledger_tests(struct ledger *ledger, int64_t from_wall_usec, int64_t until_wall_usec,
		 int (*seen)(const struct ledger_test *test, void *userdata), void *userdata)
{
	struct seen_test data = {seen, userdata};

	return store_each(ledger, tests, VALUES(INT(from_wall_usec), INT(until_wall_usec)), on_test, &data);
}
