/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * STATE/history: every configuration that was applied, whole, so that there is always one to go back to. An entry is written ahead,
 * durably, before the kernel is touched; it becomes good by one rename, which needs no room on the disk and which power cannot cut in
 * half. Whoever starts takes the last good one, whatever became of the edited files or of an apply on its way.
 *
 *   STATE/history/current          the number of the last good entry; replaced by rename
 *   STATE/history/000012/files/... the files of the configuration's folder that were read, at their places below it
 *   STATE/history/000012/meta.json who, when, why, what else was read (outside the folder: referred to, not copied)
 *   STATE/history/000012.commit    the next `current`: only while the entry is not good
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../policy/config.h"

#define HISTORY_KEPT 100u	 /* entries; never the current one nor a pending one is dropped */
#define HISTORY_EDITED UINT64_C(0) /* in place of a number: the files as they are in the configuration's folder now */
#define HISTORY_FAULT 512
#define HISTORY_FILES_BYTES (12u << 20) /* of all files of an entry, for whoever asks for their contents */

struct history;

enum history_origin { HISTORY_APPLY, HISTORY_ROLLBACK, HISTORY_BOOT, HISTORY_ORIGINS };
enum history_state { HISTORY_PENDING, HISTORY_GOOD, HISTORY_REFUSED, HISTORY_EXPIRED, HISTORY_STATES };

struct history_entry {
	uint64_t number;
	int64_t wall_usec;
	char who[65];
	enum history_origin origin;
	uint64_t of;		       /* ROLLBACK: the number whose files these are; else the one that was current, 0: none */
	enum history_state state;
	int64_t confirm_until_wall_usec; /* by the clock when it was written ahead; 0: was or is not to be confirmed */
	char text[HISTORY_FAULT];      /* REFUSED, EXPIRED: why. "" else */
};

/* `directory`: STATE, or STATE/rehearsal. `config_path`: the edited configuration file. What an earlier process left half written is
 * removed, what it left pending is EXPIRED. Without a directory that can be written all goes on: then history_writable() says why not.
 * 0 or -ENOMEM. */
int history_new(const char *directory, const char *config_path, struct history **out);
struct history *history_free(struct history *history);

/* Entry `number`, or the edited files (HISTORY_EDITED), as config_load() would: 0; 1 refused; -ENOENT: no such number; other -errno.
 * Names in the policy and in the report are those of the configuration's folder. The process's time zone stays as it was. */
int history_policy(const struct history *history, uint64_t number, struct policy **out, struct config_report *report);

/* The configuration that a start goes by: the last good entry; if that cannot be loaded an older good one; if there is none the edited
 * files, which are recorded. Says in the log which, and what is wrong with the edited ones. The process's time zone is then the site's.
 * 0; 1: none is sound (faults said on standard error); -errno. */
int history_boot(struct history *history, struct policy **out);

/* Reads the edited files, writes them ahead as a new PENDING entry, and loads the policy from what was written. 0; 1: refused by the
 * report; -EBUSY: one is pending; -EALREADY: the same as the current one (its number in *number; *out is loaded, nothing is written);
 * -ESTALE: the files were changed while they were read; other -errno: could not be written, and nothing of it is left. */
int history_prepare(struct history *history, const struct history_entry *about, struct policy **out, struct config_report *report,
		    uint64_t *number);
/* The pending entry is the last good one from now on. 0 or -errno: nothing has changed. */
int history_good(struct history *history);
/* The pending entry is REFUSED or EXPIRED; what can be written of that is. */
void history_drop(struct history *history, enum history_state state, const char *why);

uint64_t history_current(const struct history *history); /* the last good one; 0: none is recorded */
uint64_t history_pending(const struct history *history); /* 0: none */
/* NULL: it can be written; else why not. */
const char *history_error(const struct history *history);

/* Newest first; *out is the caller's to free. The number of rows, or -errno. */
long history_list(const struct history *history, struct history_entry **out);
int history_entry(const struct history *history, uint64_t number, struct history_entry *out); /* 0 or -ENOENT */

enum history_edited { HISTORY_SAME, HISTORY_DIFFERS, HISTORY_BROKEN };
/* The edited files beside the current entry; remembered until one of them changes. `text`: what is wrong or differs, "" when same. */
enum history_edited history_edited(struct history *history, char text[static HISTORY_FAULT]);

/* Calls `file` for each file of an entry (or of the edited ones), by its name relative to the configuration's folder. 0 or -errno: -ENOENT
 * no such number, -EFBIG more than HISTORY_FILES_BYTES; a negative answer of `file` ends it. */
int history_files(const struct history *history, uint64_t number,
		  int (*file)(void *userdata, const char *name, const char *bytes, size_t length), void *userdata);

/*
 * For the control socket (history_command.c; the command table in control.c has them):
 *   "history" -> {"current", "pending": number or null, "edited": {"state": "same"|"differs"|"broken", "text"}, "error": null or why nothing
 *       can be written, "entries": [{"number", "when" (RFC 3339), "who", "origin", "of": number or null, "state",
 *       "confirm_until": time or null, "text"}] newest first}
 *   "history-files" {"number"} -> {"number", "files": [{"name", "text" or "base64"}]}: roles admin only
 *   "apply" {"confirm_usec"?, "of"?: the number that a rollback has put back} -> as ever plus "number", "confirm_until": time or null
 *   "confirm" -> {"number", "text"}
 *   status: "configuration": {"number" (last good one), "pending": number or null, "confirm_until": time or null, "left_usec": or null,
 *       "edited": {"state", "text"}, "error"}
 */
const char *history_origin_name(enum history_origin origin);
const char *history_state_name(enum history_state state);
const char *history_edited_name(enum history_edited edited);
