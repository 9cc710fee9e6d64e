/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * The commands on quotas and on the ledger's account; control.c has their rows. All that they do is in the journal with who asked and why.
 * Times in answers are RFC 3339; null: none.
 *
 * quota-exempt asks {"office", "seconds" or "until" ("YYYY-MM-DD HH:MM", local) or "until_wall_usec", "reason", "by"? (on whose word, beside the user who asks)} and is answered,
 * once the kernel has the rates, {"id", "office", "until", "who", "reason", "text", "warning"?}
 *
 * quota-list is answered {"exemptions": [{"id", "office", "from", "until", "revoked", "in_force", "who", "reason"}] (those that end in the
 * future or ended or were revoked within 40 days, oldest first), "offices": [{"id", "name", "month_bytes", "quota_bytes", "quota": {as in
 * the status}}] (those with a quota)}
 *
 * quota-revoke asks {"id"} and is answered {"id", "office", "text", "warning"?}
 *
 * ledger-correct asks {"kind": "office" or "zone", "id", "day": "YYYY-MM-DD", "down_bytes", "up_bytes" (either may be negative, 0 or missing),
 * "reason", "by"?} and is answered {"id" (the correction's), "subject", "day", "down_bytes", "up_bytes", "who", "reason", "text"}
 */
#include "commands.h"

command_handler command_quota_exempt, command_quota_list, command_quota_revoke; /* quota_commands.c */
command_handler command_ledger_correct;						/* correct_command.c */

/* "reason" and "by" as one text of the ledger: "REASON, by NAME". False: refused. */
#define QUOTA_REASON 256
bool quota_reason(const struct ticket *ticket, const json_t *request, char out[static QUOTA_REASON]);
