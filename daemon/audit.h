/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * Who changed what: a row of the journal (kind "audit.COMMAND") and a line of the log for each command that changes something, done or
 * refused. Of its arguments those alone that name no guest and are no secret.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct daemon;

#define AUDIT_WHAT 160
#define AUDIT_DENIED_MOST 30 /* rows a minute of what somebody may not do; then one that counts the others */

struct audit { /* the journal's guard against who asks for what he may not, all day long */
	int64_t minute;
	unsigned denied;
};

/* The arguments that may be kept: {"id":"taman-kota"}, or "". */
const char *audit_what(const json_t *request, char what[static AUDIT_WHAT]);
/* `what`: audit_what()'s; `number`: a history number of the answer, or 0. */
void audit_command(struct daemon *daemon, const char *command, const char *who, const char *what, bool done, uint64_t number);
void audit_denied(struct daemon *daemon, struct audit *audit, const char *command, const char *who, const char *needs);
