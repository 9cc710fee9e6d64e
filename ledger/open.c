/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: opening decides whether this file may be written at all. A file that is damaged, newer or somebody
 * else's is judged before anything is written, and stays byte for byte what it was.
 */
#include "store.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include "key.h"
#include "schema.h"

#define LEDGER_FILE "ledger.db"
#define LEDGER_MODE 0600
#define BUSY_MSEC 50 /* nobody else writes; a person with sqlite3 must not stall the daemon */

_Static_assert(LEDGER_HASH >= crypto_generichash_BYTES_MIN, "BLAKE2b makes no shorter ones");
_Static_assert(STORE_KEY == crypto_generichash_KEYBYTES, "the key is BLAKE2b's");

DEFINE_CLEANUP(struct ledger *, ledger_close)

/* What SQLite makes beside the file takes the file's mode. */
static int prepare_file(const char *path)
{
	_cleanup_(closep) int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, LEDGER_MODE);
	struct stat status;

	if (fd >= 0)
		return 0;
	if (errno != EEXIST)
		return -errno;
	if (lstat(path, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EIO;
	return (status.st_mode & 077) && chmod(path, LEDGER_MODE) < 0 ? -errno : 0;
}

/* Nothing is written by closing until the file has been judged: NO_CKPT_ON_CLOSE. */
static int configure(struct ledger *ledger)
{
	static const struct {
		int option, value;
	} options[] = {
	    {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1}, {SQLITE_DBCONFIG_DEFENSIVE, 1},
	    {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},   {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
	    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},   {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
	    {SQLITE_DBCONFIG_DQS_DML, 0},	   {SQLITE_DBCONFIG_DQS_DDL, 0},
	};
	int r = sqlite3_busy_timeout(ledger->db, BUSY_MSEC);

	for (size_t i = 0; r == SQLITE_OK && i < ELEMENTS(options); i++)
		r = sqlite3_db_config(ledger->db, options[i].option, options[i].value, NULL);
	return store_failed(ledger, r);
}

static int open_file(struct ledger *ledger, const char *path)
{
	int flags =
	    SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
	int r = sqlite3_open_v2(path, &ledger->db, flags, NULL);

	if (!ledger->db)
		return -ENOMEM;
	if (r != SQLITE_OK)
		return store_failed(ledger, r);
	return sqlite3_db_readonly(ledger->db, "main") ? -EROFS : configure(ledger);
}

/* secure_delete: what is erased is overwritten. A checkpoint is the one thing that waits for the disk:
 * seldom, every 16 MB of log (some 800 logins), to which the log shrinks again. */
static const char pragmas[] = "PRAGMA synchronous = NORMAL;"
			      "PRAGMA secure_delete = ON;"
			      "PRAGMA temp_store = MEMORY;"
			      "PRAGMA cell_size_check = ON;"
			      "PRAGMA wal_autocheckpoint = 4000;"
			      "PRAGMA journal_size_limit = 16777216;";

static int begin_writing(struct ledger *ledger)
{
	sqlite3_stmt *statement;
	char mode[16];
	int r = store_execute(ledger, pragmas);

	if (r == 0)
		r = store_find(ledger, "PRAGMA journal_mode = WAL", NULL, 0, &statement);
	if (r < 0)
		return r;
	store_text(statement, 0, mode, sizeof(mode));
	store_done(statement);
	if (strcmp(mode, "wal") != 0)
		return -EIO;
	return schema_migrate(ledger);
}

int ledger_open(const char *directory, struct ledger **out)
{
	_cleanup_(ledger_closep) struct ledger *ledger = calloc(1, sizeof(*ledger));
	char path[PATH_MAX];
	int r = snprintf(path, sizeof(path), "%s/%s", directory, LEDGER_FILE);

	if (!ledger || sodium_init() < 0)
		return -ENOMEM;
	if (r < 0 || (size_t)r >= sizeof(path))
		return -ENAMETOOLONG;
	r = key_open(directory, ledger->key, sizeof(ledger->key));
	ledger->keyed = r == 0;
	if (r == 0)
		r = prepare_file(path);
	if (r == 0)
		r = open_file(ledger, path);
	if (r == 0)
		r = schema_judge(ledger);
	if (r == 0)
		r = begin_writing(ledger);
	if (r < 0)
		return r;
	sqlite3_db_config(ledger->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
	*out = ledger;
	ledger = NULL;
	return 0;
}

const char *ledger_open_error(int error)
{
	switch (error) {
	case -EPROTONOSUPPORT:
		return "it was written by a newer version of Gerbang: install that one again";
	case -EIO:
		return "the disk fails, or ledger.db is damaged: bring a copy of it back, or move it aside "
		       "and a new one is begun";
	case -EACCES:
	case -EPERM:
		return "no permission: the files of the state directory belong to the daemon's user";
	default:
		return strerror(-error);
	}
}

struct ledger *ledger_close(struct ledger *ledger)
{
	if (!ledger)
		return NULL;
	store_finalize(ledger);
	sqlite3_close(ledger->db); /* undoes what was begun and not committed */
	sodium_memzero(ledger->key, sizeof(ledger->key));
	free(ledger);
	return NULL;
}

const char *ledger_error(const struct ledger *ledger)
{
	return ledger->error;
}

void ledger_hash(const struct ledger *ledger, const struct mac *mac, uint8_t out[static LEDGER_HASH])
{
	crypto_generichash(out, LEDGER_HASH, mac->octets, sizeof(mac->octets), ledger->key,
			   sizeof(ledger->key));
}
