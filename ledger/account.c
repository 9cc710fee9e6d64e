/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: an account is a name that somebody was promised. It is there, or gone, once the admin has been told
 * so. Only the password's argon2id text ever comes here.
 */
#include "store.h"
#include <errno.h>

#define COLUMNS "id, name, password, zone, devices, session_usec, daily_bytes, created_wall_usec"

static const char by_id[] = "SELECT " COLUMNS " FROM account WHERE id = ?";
static const char by_name[] = "SELECT " COLUMNS " FROM account WHERE name = ?"; /* its column ignores case */
static const char every[] = "SELECT " COLUMNS " FROM account ORDER BY name";
static const char insert[] =
    "INSERT INTO account (name, password, zone, devices, session_usec, daily_bytes, created_wall_usec)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)";
static const char delete_days[] = "DELETE FROM day WHERE kind = ? AND person = ?";
static const char delete_one[] = "DELETE FROM account WHERE id = ?";

static void read_row(sqlite3_stmt *row, void *to)
{
	struct ledger_account *out = to;

	*out = (struct ledger_account){
	    .id = sqlite3_column_int64(row, 0),
	    .devices = (unsigned)store_count(row, 4),
	    .session_usec = sqlite3_column_int64(row, 5),
	    .daily_bytes = store_count(row, 6),
	    .created_wall_usec = sqlite3_column_int64(row, 7),
	};
	store_text(row, 1, out->name, sizeof(out->name));
	store_text(row, 2, out->password, sizeof(out->password));
	store_text(row, 3, out->zone, sizeof(out->zone));
}

int ledger_account(struct ledger *ledger, int64_t id, struct ledger_account *out)
{
	return store_read(ledger, by_id, VALUES(INT(id)), read_row, out);
}

int ledger_account_by_name(struct ledger *ledger, const char *name, struct ledger_account *out)
{
	return store_read(ledger, by_name, VALUES(TEXT(name)), read_row, out);
}

struct seen {
	int (*seen)(const struct ledger_account *account, void *userdata);
	void *userdata;
};

static int on_row(sqlite3_stmt *row, void *userdata)
{
	const struct seen *seen = userdata;
	struct ledger_account account;

	read_row(row, &account);
	return seen->seen(&account, seen->userdata);
}

int ledger_accounts(struct ledger *ledger, int (*seen)(const struct ledger_account *account, void *userdata),
		    void *userdata)
{
	struct seen data = {seen, userdata};

	return store_each(ledger, every, NULL, 0, on_row, &data);
}

int ledger_account_add(struct ledger *ledger, struct ledger_account *account)
{
	int64_t id = 0;
	int r = store_enter(ledger, STORE_DURABLE);

	if (r < 0)
		return r;
	r = store_run(ledger, insert,
		      VALUES(TEXT(account->name), TEXT(account->password), TEXT(account->zone),
			     INT(account->devices), INT(account->session_usec), COUNT(account->daily_bytes),
			     INT(account->created_wall_usec)));
	if (r == 0)
		id = sqlite3_last_insert_rowid(ledger->db);
	r = store_leave(ledger, r);
	if (r == 0)
		account->id = id;
	return r;
}

static int remove_one(struct ledger *ledger, const char *name)
{
	struct ledger_account account;
	int r = ledger_account_by_name(ledger, name, &account);

	if (r == 0)
		r = store_run(ledger, delete_days, VALUES(INT(LEDGER_ACCOUNT), INT(account.id)));
	if (r == 0)
		r = store_run_one(ledger, delete_one, VALUES(INT(account.id)));
	return r;
}

int ledger_account_remove(struct ledger *ledger, const char *name)
{
	int r = store_enter(ledger, STORE_DURABLE);

	return r < 0 ? r : store_leave(ledger, remove_one(ledger, name));
}
