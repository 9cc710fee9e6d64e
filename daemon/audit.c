/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: "who opened the park last night?" has an answer that nobody has to remember. It must never keep what
 * identifies a guest, nor anything that opens a door.
 */
#include "audit.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "daemon.h"
#include "notify.h"
#include "../ledger/evidence.h"
#include "../lib/cleanup.h"
#include "../lib/clock.h"
#include "../lib/units.h"

const char *audit_what(const json_t *request, char what[static AUDIT_WHAT])
{
	static const char *const keys[] = {"id",    "zone",	    "office", "usec",  "until", "count",
					   "month", "confirm_usec", "of",     "batch", "day",	"number"};
	_cleanup_(json_decrefp) json_t *kept = json_object();
	_cleanup_(freep) char *text = NULL;

	for (size_t i = 0; i < ELEMENTS(keys); i++) {
		json_t *value = json_object_get(request, keys[i]);

		if (json_is_string(value) || json_is_integer(value))
			json_object_set(kept, keys[i], value);
	}
	text = json_object_size(kept) ? json_dumps(kept, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
	snprintf(what, AUDIT_WHAT, "%s", text ? text : "");
	return what;
}

/* The zone or office that it is about, for the journal's own column. */
static void subject_of(const char *what, char out[static LEDGER_ID])
{
	static const char *const keys[] = {"id", "zone", "office"};
	_cleanup_(json_decrefp) json_t *kept = json_loads(what, 0, NULL);

	out[0] = '\0';
	for (size_t i = 0; i < ELEMENTS(keys) && !out[0]; i++) {
		const char *id = json_string_value(json_object_get(kept, keys[i]));

		if (id && strlen(id) < LEDGER_ID)
			snprintf(out, LEDGER_ID, "%s", id);
	}
}

void audit_command(struct daemon *daemon, const char *command, const char *who, const char *what, bool done,
		   uint64_t number)
{
	char kind[32], subject[LEDGER_ID], entry[40] = "";

	snprintf(kind, sizeof(kind), "audit.%s", command);
	subject_of(what, subject);
	if (number)
		snprintf(entry, sizeof(entry), " (history %" PRIu64 ")", number);
	notify_event(daemon->notify, 0, kind, subject, who, "%s%s%s by %s: %s%s", command, *what ? " " : "",
		     what, *who ? who : "nobody", done ? "done" : "refused", entry);
}

void audit_denied(struct daemon *daemon, struct audit *audit, const char *command, const char *who,
		  const char *needs)
{
	int64_t minute = clock_now().mono_usec / USEC_PER_MINUTE;
	char kind[32];

	if (minute != audit->minute) {
		if (audit->denied > AUDIT_DENIED_MOST)
			notify_event(daemon->notify, 0, "audit.denied", "", "",
				     "and %u more commands that were not allowed",
				     audit->denied - AUDIT_DENIED_MOST);
		*audit = (struct audit){.minute = minute};
	}
	if (++audit->denied > AUDIT_DENIED_MOST)
		return;
	snprintf(kind, sizeof(kind), "audit.%s", command);
	notify_event(daemon->notify, 0, kind, "", who, "%s by %s: refused: it needs the group %s", command,
		     *who ? who : "nobody", needs);
}
