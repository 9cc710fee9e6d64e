/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What goes into the ledger, and when. A login is written at once, before the kernel has it: a daemon that is
 * killed finds everybody again who is in. All that is used meanwhile is written a few seconds later, person
 * by person with its sessions in one transaction, so that both always tell the same; a few hundred a turn of
 * the loop, so that logins never wait for it. A ledger that fails is said once and tried again; nothing is
 * forgotten meanwhile.
 */
#include <stdbool.h>
#include "person.h"

struct daemon;
struct records;

/* Opens DIRECTORY/ledger.db; one that cannot be opened is tried again. 0 or -errno for want of memory. */
int records_new(struct daemon *daemon, const char *directory, struct records **out);
const char *records_directory(const struct records *records); /* where the ledger is: a rehearsal has its own */
struct records *records_free(struct records *records); /* writes what is left to be written */

/* A session that begins, with its person and device: at once. */
void records_begin(struct records *records, struct session *session);
/* Something of a person or a session is unsaved: soon. */
void records_soon(struct records *records);
/* The row of a session that is over: soon. */
void records_end(struct records *records, const struct ledger_session *row, enum ledger_end how);
/* All that is unsaved: now. Where the ledger fails it stays unsaved. */
void records_flush(struct records *records);
/* NULL: all is well; else what is wrong. */
const char *records_error(const struct records *records);
