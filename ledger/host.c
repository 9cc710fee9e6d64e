/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: which machine in an office uses most is personal data. It is kept only by who asks for it in the
 * configuration, as a sum a day, and not for long; nothing that is billed is computed of it.
 */
#include <errno.h>
#include "address.h"
#include "subject.h"

static const char add[] =
    "INSERT INTO host (day, office, address, down_bytes, up_bytes) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (day, office, address) DO UPDATE SET"
    " down_bytes = down_bytes + excluded.down_bytes, up_bytes = up_bytes + excluded.up_bytes";
static const char largest[] =
    "SELECT id, address, down, up FROM (SELECT subject.id, address, sum(down_bytes) AS down, sum(up_bytes) "
    "AS up,"
    " row_number() OVER (PARTITION BY office ORDER BY sum(down_bytes) + sum(up_bytes) DESC, address) AS place"
    " FROM host JOIN subject ON subject.number = office WHERE day >= ?1 AND day < ?2"
    " AND (?3 IS NULL OR subject.id = ?3) GROUP BY office, address) WHERE place <= ?4 ORDER BY id, place";

int ledger_host_add(struct ledger *ledger, const struct ledger_host *host)
{
	int64_t office;
	int r = subject_judge(LEDGER_OFFICE, host->office);

	if (r < 0 || address_length(&host->address) == 0 || host->down_bytes > INT64_MAX ||
	    host->up_bytes > INT64_MAX)
		return -EINVAL;
	r = subject_make(ledger, LEDGER_OFFICE, host->office, &office);
	if (r < 0)
		return r;
	return store_run(ledger, add,
			 VALUES(INT(host->day), INT(office), ADDRESS(&host->address), INT(host->down_bytes),
				INT(host->up_bytes)));
}

struct seen {
	int32_t day;
	int (*seen)(const struct ledger_host *host, void *userdata);
	void *userdata;
};

static int on_row(sqlite3_stmt *row, void *userdata)
{
	const struct seen *seen = userdata;
	struct ledger_host host = {
	    .day = seen->day,
	    .down_bytes = store_count(row, 2),
	    .up_bytes = store_count(row, 3),
	};

	store_text(row, 0, host.office, sizeof(host.office));
	address_read(row, 1, &host.address);
	return seen->seen(&host, seen->userdata);
}

int ledger_hosts(struct ledger *ledger, const char *office, int32_t from_day, int32_t until_day,
		 unsigned most, int (*seen)(const struct ledger_host *host, void *userdata), void *userdata)
{
	struct seen data = {from_day, seen, userdata};

	return store_each(ledger, largest, VALUES(INT(from_day), INT(until_day), TEXT(office), INT(most)),
			  on_row, &data);
}
