/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once
/*
 * What people should hear of: to the log, to the journal and, where configured, by mail and webhook through the courier. Nothing of it
 * blocks or fails for the caller: what the ledger cannot take now is kept in memory and written later; what cannot be delivered is tried
 * again after 1, 5, 15 and 60 minutes, then hourly until it is three days old, then given up, which is said. At most NOTIFY_MOST an
 * hour, then one that says how many more there were. All functions accept NULL (then only the log hears).
 */
#include <jansson.h>
#include "../lib/cleanup.h"
#include "../policy/policy.h"

#define NOTIFY_MOST 30

struct daemon;
struct notify;

/* After the ledger; before whoever may have something to say. 0 or -errno. */
int notify_new(struct daemon *daemon, struct notify **out);
struct notify *notify_free(struct notify *notify); /* before the ledger is closed */

/* `kind`: one of enum policy_notify, sent where the configuration's notify has it; 0: log and journal only. `event_kind` as in struct ledger_event;
 * `subject` an office's or zone's id or ""; `who` a user or "". `format` makes one English sentence for log and journal; the notice is in
 * site.language: notify_words.c has the same sentence with the same conversions in Indonesian (one that it does not have is sent in English). */
void notify_event(struct notify *notify, enum policy_notify kind, const char *event_kind, const char *subject, const char *who,
		  const char *format, ...) _printf_(6, 7);

void notify_courier(struct notify *notify); /* the courier is there: what is due is tried (courier.c) */
void notify_policy(struct notify *notify);  /* the policy has changed: what waits is tried now, by the new ways */

struct outbox;
struct outbox *notify_outbox(const struct notify *notify); /* for what is no event: the report (report_command.c) */

/* {"ways": ["mail", "webhook"], "courier": true, "waiting": 2, "given_up": 0, "last": null or time, "error": null or text} */
void notify_describe(const struct notify *notify, json_t *status); /* as status["notices"] */
