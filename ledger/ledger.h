/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What must outlive every program and the machine's power: sessions, passes, vouchers, accounts, data used by day. SQLite in
 * write-ahead mode, one writer (gerbangd), this header the only door; no SQL outside this folder. The schema has a version and
 * migrates itself forward. What was metered is metering.h, what happened evidence.h, the chain of closed days chain.h: the same file.
 *
 * What is kept of a device is a keyed hash (ledger_hash()), except in the row of a live session, which loses its MAC and
 * address when it ends (UU 27/2022, articles 16 and 43: as little and as short as the purpose needs).
 *
 * Functions return 0, a documented positive outcome, or -errno: -ENOENT no such row, -EEXIST, -ENOSPC, -EROFS, -EIO (also a
 * damaged file), -EBUSY; after an error nothing of that call is in the file. Wall times in microseconds since 1970. Rows are
 * copied; nothing returned is owned by the ledger. Not thread-safe.
 */
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../lib/addr.h"

struct ledger;

/* Opens or makes DIRECTORY/ledger.db and DIRECTORY/ledger.key (32 random bytes, 0600). -EPROTONOSUPPORT: written by a newer
 * version, left alone. */
int ledger_open(const char *directory, struct ledger **out);
/* What an error of ledger_open() means to whoever has to do something about it. */
const char *ledger_open_error(int error);
struct ledger *ledger_close(struct ledger *ledger);
const char *ledger_error(const struct ledger *ledger); /* SQLite's words on the last error, for the log */

/* Several calls as one transaction: the commit is the only write to the disk. ledger_commit() that fails has rolled back.
 * durable: on the disk before this returns (vouchers that are about to be printed), else what the kernel has not written yet
 * (at most its last half minute) may be lost with the power, never with the process. Where SQLite has undone the transaction
 * by itself, every later call of it and its commit return why. -EALREADY: begun; -EINVAL: a commit of nothing begun. */
int ledger_begin(struct ledger *ledger);
int ledger_commit(struct ledger *ledger, bool durable);
void ledger_rollback(struct ledger *ledger);

#define LEDGER_HASH 16
/* BLAKE2b with the ledger's own key: the same device gives the same hash here, and nowhere else. */
void ledger_hash(const struct ledger *ledger, const struct mac *mac, uint8_t out[static LEDGER_HASH]);

enum ledger_kind { LEDGER_PASS = 1, LEDGER_VOUCHER, LEDGER_ACCOUNT };

/* ---- passes: one for a device that came by click; a new MAC with its code gets the same pass ---- */

#define LEDGER_CODE 12 /* "ABCDE-FGHJK" and the end */
struct ledger_pass {
	int64_t id; /* 0 in ledger_pass_put(): a new one */
	char code[LEDGER_CODE];
	char visit_zone[33];	    /* of the visit that is under way or was the last */
	int64_t visit_ends_wall_usec; /* 0: none yet */
	uint64_t visit_bytes;
	int64_t seen_wall_usec;
};
int ledger_pass(struct ledger *ledger, int64_t id, struct ledger_pass *out);
int ledger_pass_by_code(struct ledger *ledger, const char *code, struct ledger_pass *out); /* canonical code, see code.h */
int ledger_pass_by_device(struct ledger *ledger, const uint8_t hash[static LEDGER_HASH], struct ledger_pass *out);
/* Fills id and code of a new one; the code never changes. -ENOENT: it was forgotten meanwhile. */
int ledger_pass_put(struct ledger *ledger, struct ledger_pass *pass);
/* From now on this device has this pass. -ENOENT: there is no such pass. */
int ledger_device_put(struct ledger *ledger, const uint8_t hash[static LEDGER_HASH], int64_t pass, int64_t wall_usec);

/* ---- vouchers ---- */

struct ledger_voucher {
	int64_t id, batch;
	char code[LEDGER_CODE];
	char zone[33]; /* "": every zone */
	int64_t created_wall_usec, valid_until_wall_usec;
	int64_t revoked_wall_usec, first_used_wall_usec; /* 0: not */
	int64_t time_usec, used_usec;	  /* while online; 0: no limit */
	uint64_t data_bytes, used_bytes;  /* down plus up; 0: no limit */
	unsigned devices;		  /* at one time; 0: as the zone says */
};
/* Makes `count` vouchers like `like` under one new batch, each with a code of its own, durably. */
int ledger_vouchers_create(struct ledger *ledger, const struct ledger_voucher *like, unsigned count, int64_t *batch);
int ledger_voucher(struct ledger *ledger, int64_t id, struct ledger_voucher *out);
int ledger_voucher_by_code(struct ledger *ledger, const char *code, struct ledger_voucher *out);
/* Every voucher, newest batch first, of one zone (NULL: all) and batch (0: all). `seen` returns non-zero to stop; that is
 * returned. It must not begin the same walk again. */
int ledger_vouchers(struct ledger *ledger, const char *zone, int64_t batch,
		    int (*seen)(const struct ledger_voucher *voucher, void *userdata), void *userdata);
int ledger_voucher_revoke(struct ledger *ledger, const char *code, int64_t wall_usec); /* durable. 1: it was already */
/* Sets (not adds) what has been used, so that writing twice does no harm. */
int ledger_voucher_used(struct ledger *ledger, int64_t id, int64_t used_usec, uint64_t used_bytes, int64_t first_used_wall_usec);

/* ---- accounts ---- */

#define LEDGER_PASSWORD 128 /* crypto_pwhash_STRBYTES */
struct ledger_account {
	int64_t id;
	char name[65];
	char password[LEDGER_PASSWORD]; /* argon2id, as libsodium writes it */
	char zone[33];			/* "": every zone */
	unsigned devices;		/* at one time; 0: as the zone says */
	int64_t session_usec;		/* 0: as the zone says */
	uint64_t daily_bytes;		/* 0: as the zone says */
	int64_t created_wall_usec;
};
int ledger_account_add(struct ledger *ledger, struct ledger_account *account); /* durable; -EEXIST */
int ledger_account(struct ledger *ledger, int64_t id, struct ledger_account *out);
int ledger_account_by_name(struct ledger *ledger, const char *name, struct ledger_account *out); /* names ignore case (ASCII) */
int ledger_account_remove(struct ledger *ledger, const char *name); /* durable */
int ledger_accounts(struct ledger *ledger, int (*seen)(const struct ledger_account *account, void *userdata), void *userdata);

/* ---- data by person and local day ---- */

int ledger_day(struct ledger *ledger, enum ledger_kind kind, int64_t id, int32_t day, uint64_t *bytes); /* no row: 0 bytes */
int ledger_day_set(struct ledger *ledger, enum ledger_kind kind, int64_t id, int32_t day, uint64_t bytes);

/* ---- sessions ---- */

struct ledger_session {
	uint64_t id;
	char zone[33], device[IFNAMSIZ];
	struct mac mac;
	struct addr address4; /* family 0: not known */
	uint8_t login;	      /* enum policy_login */
	uint8_t kind;	      /* enum ledger_kind; 0: nobody known */
	int64_t person;
	int64_t started_wall_usec, ends_wall_usec;
	int64_t saved_wall_usec;     /* when this row was written: a clock that went back shows */
	uint64_t down_bytes, up_bytes; /* so far */
	uint64_t down_packets, up_packets, down_dropped, up_dropped; /* dropped: packets */
};
enum ledger_end { LEDGER_END_TIME = 1, LEDGER_END_LOGOUT, LEDGER_END_KICK, LEDGER_END_IDLE, LEDGER_END_DATA, LEDGER_END_CLOSED, LEDGER_END_LOST, LEDGER_END_MOVED };
/* By id: inserts or replaces; one that had ended is live again. -EINVAL: id 0, or above INT64_MAX. */
int ledger_session_put(struct ledger *ledger, const struct ledger_session *session);
/* Keeps zone, login, times, bytes and the device's hash; forgets MAC and address. -ENOENT is for the caller to ignore. */
int ledger_session_end(struct ledger *ledger, const struct ledger_session *session, enum ledger_end how, int64_t wall_usec);
int ledger_session(struct ledger *ledger, uint64_t id, struct ledger_session *out); /* a live one */
int ledger_sessions(struct ledger *ledger, int (*seen)(const struct ledger_session *session, void *userdata), void *userdata); /* live */
int ledger_session_last(struct ledger *ledger, uint64_t *id); /* the highest id ever used; 0: none */

/* ---- forgetting ---- */

struct ledger_forgotten {
	unsigned devices, passes, sessions; /* rows deleted or made anonymous */
};
/* Erases all that is kept of one device: hash, pass (with its other devices), days, and the hash in ended sessions (UU 27/2022,
 * article 8). A row that is still live is ended and made anonymous: ledger_session_end() of it then returns -ENOENT. */
int ledger_forget(struct ledger *ledger, const uint8_t hash[static LEDGER_HASH], struct ledger_forgotten *out);
/* Passes and hashes unseen for 90 days, days older than 40, vouchers over for 400; called once a day. Rows touched, or -errno.
 * With the configured retention: ledger_prune_kept() in metering.h. */
int ledger_prune(struct ledger *ledger, int64_t wall_usec);
