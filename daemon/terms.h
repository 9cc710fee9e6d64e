/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What is agreed goes into the ledger when it is loaded (../policy/terms.h, ../ledger/terms.h): each subject's terms that are not the
 * recorded ones already, and the end of those that are gone. While the ledger cannot be written it is tried again each minute: later rows
 * are valid from when they were written, which is said in the log.
 */
struct daemon;
struct terms;

int terms_new(struct daemon *daemon, struct terms **out); /* records at the loop's first turn. 0 or -errno */
struct terms *terms_free(struct terms *terms);
void terms_policy(struct terms *terms); /* another policy is in force. NULL: nothing */
