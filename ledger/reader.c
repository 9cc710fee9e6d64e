/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: whoever only asks must never stand in the daemon's way, nor change a byte. A reader of a write-ahead
 * log sees one instant and locks nobody out. Where it may read the file but may not write beside it, it reads
 * the file as it lies there, if nothing is in the log.
 */
#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include "key.h"
#include "metering.h"
#include "schema.h"
#include "store.h"

#define LEDGER_FILE "ledger.db"
#define BUSY_MSEC 5000

DEFINE_CLEANUP(struct ledger *, ledger_close)

static int look_at(const char *path, struct stat *status)
{
	if (stat(path, status) < 0)
		return -errno;
	return S_ISREG(status->st_mode) ? 0 : -EIO;
}

static int configure(struct ledger *ledger)
{
	static const struct {
		int option, value;
	} options[] = {
	    {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1}, {SQLITE_DBCONFIG_DEFENSIVE, 1},
	    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},   {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
	    {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
	};
	int r = sqlite3_busy_timeout(ledger->db, BUSY_MSEC);

	for (size_t i = 0; r == SQLITE_OK && i < ELEMENTS(options); i++)
		r = sqlite3_db_config(ledger->db, options[i].option, options[i].value, NULL);
	return store_failed(ledger, r);
}

static int judge_version(struct ledger *ledger)
{
	int64_t version;
	int r = schema_judge(ledger);

	if (r == 0)
		r = store_integer(ledger, "PRAGMA user_version", &version);
	return r < 0 ? r : version < schema_version() ? -EPROTO : 0;
}

static int try_open(const char *name, int flags, struct ledger **out)
{
	_cleanup_(ledger_closep) struct ledger *ledger = calloc(1, sizeof(*ledger));
	int r;

	if (!ledger)
		return -ENOMEM;
	ledger->reader = true;
	errno = 0;
	r = sqlite3_open_v2(name, &ledger->db,
			    SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
				SQLITE_OPEN_EXRESCODE | flags,
			    NULL);
	if (!ledger->db)
		return -ENOMEM;
	r = r == SQLITE_OK ? configure(ledger) : store_failed(ledger, r);
	if (r == 0)
		r = store_execute(ledger, "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384;");
	if (r == 0)
		r = judge_version(ledger);
	if (r < 0)
		return r;
	*out = ledger;
	ledger = NULL;
	return 0;
}

/* Without a log the file is whole by itself. */
static int try_alone(const char *path, struct ledger **out)
{
	static const char begin[] = "file:", end[] = "?immutable=1";
	char name[sizeof(begin) + PATH_MAX * 3 + sizeof(end)], *to = name;

	memcpy(to, begin, sizeof(begin) - 1);
	to += sizeof(begin) - 1;
	for (const char *from = path; *from; from++) {
		if (strchr("?#%", *from))
			to += snprintf(to, 4, "%%%02x", (unsigned)(unsigned char)*from);
		else
			*to++ = *from;
	}
	memcpy(to, end, sizeof(end));
	return try_open(name, SQLITE_OPEN_URI, out);
}

/* Whoever writes, or died while writing, leaves its log beside the file. */
static bool nobody_writes(const char *path)
{
	static const char *const beside[] = {"-wal", "-shm"};
	char name[PATH_MAX + 8];
	struct stat status;

	for (size_t i = 0; i < ELEMENTS(beside); i++) {
		snprintf(name, sizeof(name), "%s%s", path, beside[i]);
		if (stat(name, &status) == 0 || errno != ENOENT)
			return false;
	}
	return true;
}

int ledger_open_read(const char *directory, struct ledger **out)
{
	char path[PATH_MAX];
	struct stat status;
	int r = snprintf(path, sizeof(path), "%s/%s", directory, LEDGER_FILE);

	if (r < 0 || (size_t)r >= sizeof(path))
		return -ENAMETOOLONG;
	if (sodium_init() < 0)
		return -ENOMEM;
	r = look_at(path, &status);
	if (r < 0)
		return r;
	r = try_open(path, 0, out);
	if ((r == -EACCES || r == -EPERM || r == -EROFS || r == -EIO) && nobody_writes(path))
		r = try_alone(path, out);
	if (r == 0) /* without it nobody can say whether a device that is online was there before */
		(*out)->keyed = key_read(directory, (*out)->key, sizeof((*out)->key)) == 0;
	return r;
}

int ledger_look(struct ledger *ledger)
{
	return store_look(ledger);
}

void ledger_looked(struct ledger *ledger)
{
	store_looked(ledger, 0);
}
