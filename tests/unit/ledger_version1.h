/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The file as version 1 made it, word for word: what is out in the world does not change when we do.
 */
static const char ledger_version1[] =
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
    "CREATE INDEX session_person ON session (kind, person);" "PRAGMA user_version = 1;";
