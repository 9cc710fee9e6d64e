/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a session that is live must be found again after a reboot, with whom it belongs to. When it ends the
 * row loses what says whose device it was; numbers stay.
 */
#include "store.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define IPV4 4
#define COLUMNS                                                                                              \
	"id, zone, device, mac, address4, login, kind, person, started_wall_usec, ends_wall_usec, "          \
	"saved_wall_usec,"                                                                                   \
	" down_bytes, up_bytes, down_packets, up_packets, down_dropped, up_dropped"

static const char put[] =
    "INSERT INTO session (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET zone = excluded.zone, device = excluded.device,"
    " mac = excluded.mac, address4 = excluded.address4, hash = NULL, login = excluded.login,"
    " kind = excluded.kind, person = excluded.person,"
    " started_wall_usec = excluded.started_wall_usec, ends_wall_usec = excluded.ends_wall_usec,"
    " saved_wall_usec = excluded.saved_wall_usec, down_bytes = excluded.down_bytes,"
    " up_bytes = excluded.up_bytes, down_packets = excluded.down_packets, up_packets = excluded.up_packets,"
    " down_dropped = excluded.down_dropped, up_dropped = excluded.up_dropped, ended_wall_usec = NULL, how = "
    "NULL";
static const char finish[] =
    "UPDATE session SET mac = NULL, address4 = NULL, hash = ?, ends_wall_usec = ?,"
    " saved_wall_usec = ?, down_bytes = ?, up_bytes = ?, down_packets = ?, up_packets = ?, down_dropped = ?,"
    " up_dropped = ?, ended_wall_usec = ?, how = ?"
    " WHERE id = ? AND ended_wall_usec IS NULL";
static const char by_id[] = "SELECT " COLUMNS " FROM session WHERE id = ? AND ended_wall_usec IS NULL";
static const char live[] = "SELECT " COLUMNS " FROM session WHERE ended_wall_usec IS NULL ORDER BY id";
static const char last[] =
    "SELECT seq FROM sqlite_sequence WHERE name = 'session'"; /* also of rows that are gone */

static void read_row(sqlite3_stmt *row, void *to)
{
	struct ledger_session *out = to;

	*out = (struct ledger_session){
	    .id = store_count(row, 0),
	    .login = (uint8_t)sqlite3_column_int(row, 5),
	    .kind = (uint8_t)sqlite3_column_int(row, 6),
	    .person = sqlite3_column_int64(row, 7),
	    .started_wall_usec = sqlite3_column_int64(row, 8),
	    .ends_wall_usec = sqlite3_column_int64(row, 9),
	    .saved_wall_usec = sqlite3_column_int64(row, 10),
	    .down_bytes = store_count(row, 11),
	    .up_bytes = store_count(row, 12),
	    .down_packets = store_count(row, 13),
	    .up_packets = store_count(row, 14),
	    .down_dropped = store_count(row, 15),
	    .up_dropped = store_count(row, 16),
	};
	store_text(row, 1, out->zone, sizeof(out->zone));
	store_text(row, 2, out->device, sizeof(out->device));
	store_blob(row, 3, out->mac.octets, sizeof(out->mac.octets));
	if (store_blob(row, 4, out->address4.octets, IPV4))
		out->address4.family = AF_INET;
}

int ledger_session_put(struct ledger *ledger, const struct ledger_session *session)
{
	const struct addr *address = &session->address4;

	if (session->id == 0 || session->id > INT64_MAX)
		return -EINVAL;
	return store_run(
	    ledger, put,
	    VALUES(INT(session->id), TEXT(session->zone), TEXT(session->device),
		   BLOB(session->mac.octets, sizeof(session->mac.octets)),
		   BLOB(address->family == AF_INET ? address->octets : NULL, IPV4), INT(session->login),
		   INT(session->kind), INT(session->person), INT(session->started_wall_usec),
		   INT(session->ends_wall_usec), INT(session->saved_wall_usec), COUNT(session->down_bytes),
		   COUNT(session->up_bytes), COUNT(session->down_packets), COUNT(session->up_packets),
		   COUNT(session->down_dropped), COUNT(session->up_dropped)));
}

int ledger_session_end(struct ledger *ledger, const struct ledger_session *session, enum ledger_end how,
		       int64_t wall_usec)
{
	uint8_t hash[LEDGER_HASH];

	ledger_hash(ledger, &session->mac, hash);
	return store_run_one(ledger, finish,
			     VALUES(BLOB(hash, sizeof(hash)), INT(session->ends_wall_usec),
				    INT(session->saved_wall_usec), COUNT(session->down_bytes),
				    COUNT(session->up_bytes), COUNT(session->down_packets),
				    COUNT(session->up_packets), COUNT(session->down_dropped),
				    COUNT(session->up_dropped), INT(wall_usec), INT(how), INT(session->id)));
}

int ledger_session(struct ledger *ledger, uint64_t id, struct ledger_session *out)
{
	return store_read(ledger, by_id, VALUES(COUNT(id)), read_row, out);
}

struct seen {
	int (*seen)(const struct ledger_session *session, void *userdata);
	void *userdata;
};

static int on_row(sqlite3_stmt *row, void *userdata)
{
	const struct seen *seen = userdata;
	struct ledger_session session;

	read_row(row, &session);
	return seen->seen(&session, seen->userdata);
}

int ledger_sessions(struct ledger *ledger, int (*seen)(const struct ledger_session *session, void *userdata),
		    void *userdata)
{
	struct seen data = {seen, userdata};

	return store_each(ledger, live, NULL, 0, on_row, &data);
}

int ledger_session_last(struct ledger *ledger, uint64_t *id)
{
	int64_t found = 0;
	int r = store_integer(ledger, last, &found);

	if (r < 0 && r != -ENOENT)
		return r;
	*id = (uint64_t)MAX(found, 0);
	return 0;
}
