/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * A month's report as a mail takes it: the files that `gerbang report --due` has put into STATE/reports/2026-11 (a rehearsal's: STATE/rehearsal/reports/...), read
 * at the moment of sending. Only regular files, no links, none whose name begins with a dot or that is a mark of `gerbang report --due`
 * (REPORT_MAIL_MARKS). What does not fit into a mail is not sent in part: the mail then says where it lies.
 */
#include <jansson.h>
#include <stdbool.h>
#include "../ledger/evidence.h"
#include "../policy/policy.h"

#define REPORT_MAIL_MOST (8u << 20) /* bytes of all files together, before base64 */
#define REPORT_MAIL_FILES 64u

/* "2026-11", from 2000 to 9999 */
bool report_mail_is_month(const char *text);
/* malloc'd, NULL: memory */
char *report_mail_directory(const struct policy *policy, const char *month);
/* [{"name", "type", "base64"}] by name, a new reference. 0; 1: they are too many or too large, *out is not touched; -ENOENT: there are none; -errno.
 * `out` NULL: only looks. */
int report_mail_files(const char *directory, json_t **out);
/* Subject, text, kind, month of the mail's notice, in the report's language. */
void report_mail_notice(const struct policy *policy, const char *month, struct ledger_notice *out);
/* The files of the notice's month into the errand of a mail, or into its text why they are not in it. */
void report_mail_attach(const struct policy *policy, const struct ledger_notice *notice, json_t *errand);
