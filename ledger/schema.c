/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a file that a city relies on is older than the program that opens it. A migration that has been
 * released is never changed: the next one is added below it. Columns say what they hold; wall times and
 * durations are microseconds.
 */
#include "schema.h"
#include <errno.h>

/* A key is when << 16 | subject: what one interval touches lies together, and nothing is stored twice. `at`
 * and `subject` are for whoever reads the file with another program. */
#define FLOW(way)                                                                                            \
	way "_bytes INTEGER NOT NULL," way "_packets INTEGER NOT NULL," way "_dropped INTEGER NOT NULL," way \
	    "_late_bytes INTEGER NOT NULL," way "_borrowed INTEGER NOT NULL," way                            \
	    "_demand_sec INTEGER NOT NULL," way "_short_sec INTEGER NOT NULL," way                           \
	    "_backlog INTEGER NOT NULL"
#define USAGE(name)                                                                                          \
	"CREATE TABLE usage_" name " (key INTEGER PRIMARY KEY,"                                              \
	" at INTEGER GENERATED ALWAYS AS (key >> 16) VIRTUAL,"                                               \
	" subject INTEGER GENERATED ALWAYS AS (key & 65535) VIRTUAL,"                                        \
	" msec INTEGER NOT NULL, " FLOW("down") ", " FLOW("up") ") STRICT;"

static const char *const migrations[] = {
    /* 1: people, vouchers, sessions */
    "CREATE TABLE pass ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " code TEXT NOT NULL UNIQUE,"
    " visit_zone TEXT NOT NULL,"
    " visit_ends_wall_usec INTEGER NOT NULL,"
    " visit_bytes INTEGER NOT NULL,"
    " seen_wall_usec INTEGER NOT NULL) STRICT;"

    "CREATE TABLE device (" /* a keyed hash of a MAC, never the MAC */
    " hash BLOB PRIMARY KEY CHECK (length(hash) = 16),"
    " pass INTEGER NOT NULL REFERENCES pass ON DELETE CASCADE,"
    " seen_wall_usec INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX device_pass ON device (pass);"

    "CREATE TABLE batch ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " created_wall_usec INTEGER NOT NULL) STRICT;"

    "CREATE TABLE voucher ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " batch INTEGER NOT NULL REFERENCES batch ON DELETE CASCADE,"
    " code TEXT NOT NULL UNIQUE,"
    " zone TEXT NOT NULL," /* '': every zone */
    " created_wall_usec INTEGER NOT NULL,"
    " valid_until_wall_usec INTEGER NOT NULL,"
    " revoked_wall_usec INTEGER NOT NULL DEFAULT 0,"
    " first_used_wall_usec INTEGER NOT NULL DEFAULT 0,"
    " time_usec INTEGER NOT NULL,"
    " used_usec INTEGER NOT NULL DEFAULT 0,"
    " data_bytes INTEGER NOT NULL,"
    " used_bytes INTEGER NOT NULL DEFAULT 0,"
    " devices INTEGER NOT NULL) STRICT;"
    "CREATE INDEX voucher_batch ON voucher (batch);"

    "CREATE TABLE account ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " name TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (name <> ''),"
    " password TEXT NOT NULL,"
    " zone TEXT NOT NULL,"
    " devices INTEGER NOT NULL,"
    " session_usec INTEGER NOT NULL,"
    " daily_bytes INTEGER NOT NULL,"
    " created_wall_usec INTEGER NOT NULL) STRICT;"

    "CREATE TABLE day ("
    " kind INTEGER NOT NULL,"
    " person INTEGER NOT NULL,"
    " day INTEGER NOT NULL," /* local, since 1970-01-01 */
    " bytes INTEGER NOT NULL,"
    " PRIMARY KEY (kind, person, day)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX day_day ON day (day);"

    "CREATE TABLE session ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " zone TEXT NOT NULL,"
    " device TEXT NOT NULL,"
    " mac BLOB," /* while it is live */
    " address4 BLOB,"
    " hash BLOB," /* of the MAC, once it is over */
    " login INTEGER NOT NULL,"
    " kind INTEGER NOT NULL,"
    " person INTEGER NOT NULL,"
    " started_wall_usec INTEGER NOT NULL,"
    " ends_wall_usec INTEGER NOT NULL,"
    " saved_wall_usec INTEGER NOT NULL,"
    " down_bytes INTEGER NOT NULL,"
    " up_bytes INTEGER NOT NULL,"
    " ended_wall_usec INTEGER," /* NULL: live */
    " how INTEGER,"
    " CHECK (ended_wall_usec IS NULL OR (mac IS NULL AND address4 IS NULL))) STRICT;"
    "CREATE INDEX session_live ON session (id) WHERE ended_wall_usec IS NULL;"
    "CREATE INDEX session_hash ON session (hash) WHERE hash IS NOT NULL;"
    "CREATE INDEX session_hashed ON session (ended_wall_usec) WHERE hash IS NOT NULL;"
    "CREATE INDEX session_person ON session (kind, person);",

    /* 2: metering, what happened, the chain. `sealed`: the closed day whose link holds the row */
    "CREATE TABLE subject ("
    " number INTEGER PRIMARY KEY CHECK (number BETWEEN 1 AND 65535),"
    " kind INTEGER NOT NULL,"
    " id TEXT NOT NULL,"
    " UNIQUE (kind, id)) STRICT;"
    "CREATE TABLE slice (" /* in which local hour and day a row of five minutes lies */
    " at INTEGER PRIMARY KEY,"
    " hour INTEGER NOT NULL,"
    " day INTEGER NOT NULL) STRICT;"
    "CREATE INDEX slice_day ON slice (day);"
    /* one a line: rows, hours, days, months */
    USAGE("row") USAGE("hour") USAGE("day")
	USAGE("month") "CREATE TABLE mark ("
		       " key INTEGER PRIMARY KEY," /* tree << 16 | minor */
		       " subject INTEGER NOT NULL REFERENCES subject,"
		       " bytes INTEGER NOT NULL,"
		       " packets INTEGER NOT NULL,"
		       " dropped INTEGER NOT NULL) STRICT;"
		       "CREATE TABLE booked ("
		       " one INTEGER PRIMARY KEY CHECK (one = 1),"
		       " boot TEXT NOT NULL,"
		       " end_wall_usec INTEGER NOT NULL) STRICT;"
		       "CREATE TABLE pruned ("
		       " one INTEGER PRIMARY KEY CHECK (one = 1),"
		       " before_day INTEGER NOT NULL) STRICT;"
		       "CREATE TABLE link ("
		       " day INTEGER PRIMARY KEY,"
		       " closed_wall_usec INTEGER NOT NULL,"
		       " rows BLOB NOT NULL CHECK (length(rows) = 32),"
		       " totals BLOB NOT NULL CHECK (length(totals) = 32),"
		       " hash BLOB NOT NULL CHECK (length(hash) = 32)) STRICT;"

		       "CREATE TABLE gap ("
		       " id INTEGER PRIMARY KEY AUTOINCREMENT,"
		       " from_wall_usec INTEGER NOT NULL,"
		       " to_wall_usec INTEGER NOT NULL,"
		       " cause INTEGER NOT NULL,"
		       " lost INTEGER NOT NULL,"
		       " sealed INTEGER) STRICT;"
		       "CREATE INDEX gap_sealed ON gap (sealed);"
		       "CREATE TABLE outage ("
		       " id INTEGER PRIMARY KEY AUTOINCREMENT,"
		       " began_wall_usec INTEGER NOT NULL,"
		       " ended_wall_usec INTEGER NOT NULL," /* 0: not yet */
		       " cause INTEGER NOT NULL,"
		       " sealed INTEGER) STRICT;"
		       "CREATE INDEX outage_sealed ON outage (sealed);"
		       "CREATE TABLE availability ("
		       " day INTEGER PRIMARY KEY,"
		       " measured_min INTEGER NOT NULL,"
		       " down_min INTEGER NOT NULL,"
		       " carrier_min INTEGER NOT NULL,"
		       " silent_min INTEGER NOT NULL,"
		       " loss_min INTEGER NOT NULL,"
		       " sent INTEGER NOT NULL,"
		       " answered INTEGER NOT NULL) STRICT;"
		       "CREATE TABLE target ("
		       " day INTEGER NOT NULL,"
		       " address BLOB NOT NULL,"
		       " sent INTEGER NOT NULL,"
		       " answered INTEGER NOT NULL,"
		       " PRIMARY KEY (day, address)) STRICT, WITHOUT ROWID;"
		       "CREATE TABLE line_test ("
		       " id INTEGER PRIMARY KEY AUTOINCREMENT,"
		       " wall_usec INTEGER NOT NULL,"
		       " server TEXT NOT NULL,"
		       " down_bps INTEGER NOT NULL,"
		       " up_bps INTEGER NOT NULL,"
		       " error TEXT NOT NULL,"
		       " sealed INTEGER) STRICT;"
		       "CREATE INDEX line_test_sealed ON line_test (sealed);"
		       "CREATE TABLE shortfall ("
		       " minute_sec INTEGER NOT NULL,"
		       " subject INTEGER NOT NULL REFERENCES subject,"
		       " up INTEGER NOT NULL,"
		       " achieved_bps INTEGER NOT NULL,"
		       " entitled_bps INTEGER NOT NULL,"
		       " sealed INTEGER,"
		       " PRIMARY KEY (minute_sec, subject, up)) STRICT, WITHOUT ROWID;"
		       "CREATE INDEX shortfall_sealed ON shortfall (sealed);"
		       "CREATE TABLE correction ("
		       " id INTEGER PRIMARY KEY AUTOINCREMENT,"
		       " wall_usec INTEGER NOT NULL,"
		       " day INTEGER NOT NULL,"
		       " month INTEGER NOT NULL,"
		       " subject INTEGER NOT NULL REFERENCES subject,"
		       " down_bytes INTEGER NOT NULL,"
		       " up_bytes INTEGER NOT NULL,"
		       " who TEXT NOT NULL CHECK (who <> ''),"
		       " reason TEXT NOT NULL CHECK (reason <> ''),"
		       " sealed INTEGER) STRICT;"
		       "CREATE INDEX correction_sealed ON correction (sealed);"
		       "CREATE INDEX correction_month ON correction (month);"
		       "CREATE TABLE event ("
		       " id INTEGER PRIMARY KEY AUTOINCREMENT,"
		       " wall_usec INTEGER NOT NULL,"
		       " kind TEXT NOT NULL,"
		       " subject TEXT NOT NULL,"
		       " who TEXT NOT NULL,"
		       " text TEXT NOT NULL,"
		       " sealed INTEGER) STRICT;"
		       "CREATE INDEX event_wall ON event (wall_usec);"
		       "CREATE INDEX event_sealed ON event (sealed);"

		       "CREATE TABLE exemption ("
		       " id INTEGER PRIMARY KEY AUTOINCREMENT,"
		       " office TEXT NOT NULL CHECK (office <> ''),"
		       " from_wall_usec INTEGER NOT NULL,"
		       " until_wall_usec INTEGER NOT NULL,"
		       " revoked_wall_usec INTEGER NOT NULL DEFAULT 0,"
		       " revoked_by TEXT NOT NULL DEFAULT '',"
		       " who TEXT NOT NULL CHECK (who <> ''),"
		       " reason TEXT NOT NULL CHECK (reason <> '')) STRICT;"
		       "CREATE TABLE quota_stage ("
		       " office TEXT NOT NULL,"
		       " month INTEGER NOT NULL,"
		       " stage INTEGER NOT NULL,"
		       " PRIMARY KEY (office, month)) STRICT, WITHOUT ROWID;"
		       "CREATE TABLE notice ("
		       " id INTEGER PRIMARY KEY AUTOINCREMENT,"
		       " created_wall_usec INTEGER NOT NULL,"
		       " next_wall_usec INTEGER NOT NULL,"
		       " way INTEGER NOT NULL,"
		       " tries INTEGER NOT NULL,"
		       " kind TEXT NOT NULL,"
		       " subject TEXT NOT NULL,"
		       " text TEXT NOT NULL,"
		       " error TEXT NOT NULL,"
		       " done_wall_usec INTEGER," /* NULL: it waits */
		       " given_up INTEGER NOT NULL DEFAULT 0) STRICT;"
		       "CREATE INDEX notice_waiting ON notice (id) WHERE done_wall_usec IS NULL;"

		       "CREATE TABLE host (" /* personal data: only where it is asked for, and not for long */
		       " day INTEGER NOT NULL,"
		       " office INTEGER NOT NULL REFERENCES subject,"
		       " address BLOB NOT NULL,"
		       " down_bytes INTEGER NOT NULL,"
		       " up_bytes INTEGER NOT NULL,"
		       " PRIMARY KEY (day, office, address)) STRICT, WITHOUT ROWID;"

		       "ALTER TABLE session ADD COLUMN down_packets INTEGER NOT NULL DEFAULT 0;"
		       "ALTER TABLE session ADD COLUMN up_packets INTEGER NOT NULL DEFAULT 0;"
		       "ALTER TABLE session ADD COLUMN down_dropped INTEGER NOT NULL DEFAULT 0;"
		       "ALTER TABLE session ADD COLUMN up_dropped INTEGER NOT NULL DEFAULT 0;"
		       "DROP INDEX session_hashed;"
		       "CREATE INDEX session_known ON session (ended_wall_usec) WHERE hash IS NOT NULL OR "
		       "kind <> 0;",
    /* 3: what was agreed when, what of a month is computed once, when a zone was open; a notice's report */
    "CREATE TABLE terms (" /* the newest row of a subject before an instant is valid at it */
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " wall_usec INTEGER NOT NULL,"
    " kind INTEGER NOT NULL,"
    " subject TEXT NOT NULL,"
    " document TEXT NOT NULL," /* '': it is no more */
    " sealed INTEGER) STRICT;"
    "CREATE INDEX terms_subject ON terms (kind, subject, wall_usec, id);"
    "CREATE INDEX terms_sealed ON terms (sealed);"
    "CREATE TABLE month_record ("
    " month INTEGER PRIMARY KEY,"
    " wall_usec INTEGER NOT NULL,"
    " from_sec INTEGER NOT NULL,"
    " until_sec INTEGER NOT NULL,"
    " sealed INTEGER) STRICT;"
    "CREATE INDEX month_record_sealed ON month_record (sealed);"
    "CREATE TABLE month_rate ("
    " month INTEGER NOT NULL REFERENCES month_record,"
    " kind INTEGER NOT NULL,"
    " id TEXT NOT NULL,"
    " down_bps INTEGER NOT NULL,"
    " up_bps INTEGER NOT NULL,"
    " samples INTEGER NOT NULL,"
    " missing INTEGER NOT NULL,"
    " peak_down_bps INTEGER NOT NULL,"
    " peak_up_bps INTEGER NOT NULL,"
    " PRIMARY KEY (month, kind, id)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE month_visits ("
    " month INTEGER NOT NULL REFERENCES month_record,"
    " zone TEXT NOT NULL," /* '': all together */
    " sessions INTEGER NOT NULL,"
    " visitors INTEGER NOT NULL,"
    " anonymous INTEGER NOT NULL,"
    " down_bytes INTEGER NOT NULL,"
    " up_bytes INTEGER NOT NULL,"
    " online_sec INTEGER NOT NULL,"
    " PRIMARY KEY (month, zone)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE opening ("
    " day INTEGER NOT NULL,"
    " zone TEXT NOT NULL CHECK (zone <> ''),"
    " open_min INTEGER NOT NULL,"
    " PRIMARY KEY (day, zone)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX session_started ON session (started_wall_usec);"
    "ALTER TABLE notice ADD COLUMN month TEXT NOT NULL DEFAULT '';",
};
#define VERSION ((int64_t)ELEMENTS(migrations))

int64_t schema_version(void)
{
	return VERSION;
}

int schema_judge(struct ledger *ledger)
{
	int64_t version, tables;
	int r = store_integer(ledger, "PRAGMA user_version", &version);

	if (r == 0)
		r = store_integer(ledger, "SELECT count(*) FROM sqlite_schema", &tables);
	if (r < 0)
		return r;
	if (version > VERSION)
		return -EPROTONOSUPPORT;
	return version < 0 || (version == 0 && tables > 0) ? -EIO : 0;
}

static int migrate_to(struct ledger *ledger, int64_t version)
{
	char pragma[48];
	int r = store_enter(ledger, STORE_DURABLE);

	if (r < 0)
		return r;
	snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %jd", (intmax_t)version);
	r = store_execute(ledger, migrations[version - 1]);
	if (r == 0)
		r = store_execute(ledger, pragma);
	return store_leave(ledger, r);
}

int schema_migrate(struct ledger *ledger)
{
	int64_t version;
	int r = store_integer(ledger, "PRAGMA user_version", &version);

	while (r == 0 && version < VERSION)
		r = migrate_to(ledger, ++version);
	return r;
}
