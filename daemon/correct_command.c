/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a figure that is wrong is never changed: a correction stands beside it, with who made it, when and
 * why, and is added to every sum.
 */
#include "quota_commands.h"
#include <errno.h>
#include <string.h>
#include "booking.h"
#include "credentials_commands.h"
#include "daemon.h"
#include "engine.h"
#include "notify.h"
#include "quota.h"
#include "../ledger/evidence.h"
#include "../lib/clock.h"
#include "../policy/calendar.h"

#define CORRECTION_MOST INT64_C(1000000000000000) /* 1 PB */

/* ---- whom ---- */

static int is_it(const struct ledger_presence *presence, void *userdata)
{
	const struct ledger_correction *wanted = userdata;

	return presence->kind == wanted->kind && strcmp(presence->id, wanted->id_of) == 0;
}

/* One that is no longer in the configuration may have been billed. */
static bool exists(const struct daemon *daemon, const struct ledger_correction *wanted)
{
	const struct policy *policy = engine_policy(daemon->engine);
	const char *id = wanted->id_of;

	if (wanted->kind == LEDGER_OFFICE ? policy_office(policy, id) != NULL
					  : policy_zone(policy, id) != NULL)
		return true;
	return ledger_presences(daemon->ledger, wanted->day, wanted->day + 1, is_it,
				(void *)(uintptr_t)wanted) == 1;
}

static bool kind_argument(const struct ticket *ticket, const json_t *request, enum ledger_subject *out)
{
	const char *kind;

	if (!control_text(ticket, request, "kind", &kind))
		return false;
	*out = strcmp(kind, "office") == 0 ? LEDGER_OFFICE : LEDGER_ZONE;
	if (*out == LEDGER_OFFICE || strcmp(kind, "zone") == 0)
		return true;
	control_refuse(ticket, TEXT_NOT_KIND, kind);
	return false;
}

static bool subject_argument(const struct ticket *ticket, const json_t *request,
			     struct ledger_correction *out)
{
	const char *id;

	if (!kind_argument(ticket, request, &out->kind) || !control_text(ticket, request, "id", &id))
		return false;
	snprintf(out->id_of, sizeof(out->id_of), "%s", id);
	if (strlen(id) < sizeof(out->id_of) && exists(ticket->daemon, out))
		return true;
	control_refuse(ticket, out->kind == LEDGER_OFFICE ? TEXT_NOT_OFFICE : TEXT_NOT_ZONE, "id", id);
	return false;
}

/* ---- when and how much ---- */

static bool digits(const char *text, size_t n, int *out)
{
	*out = 0;
	for (size_t i = 0; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*out = *out * 10 + (text[i] - '0');
	}
	return true;
}

static bool is_date(const char *text, int *year, int *month, int *day)
{
	return strlen(text) == 10 && text[4] == '-' && text[7] == '-' && digits(text, 4, year) &&
	       digits(text + 5, 2, month) && digits(text + 8, 2, day) && *year >= 2000 && *month && *day &&
	       calendar_date_valid(*year, *month, *day);
}

/* What has been; today is corrected as it stands. */
static bool day_argument(const struct ticket *ticket, const json_t *request, struct ledger_correction *out)
{
	int year, month, day;
	const char *text;

	if (!control_text(ticket, request, "day", &text))
		return false;
	if (!is_date(text, &year, &month, &day)) {
		control_refuse(ticket, TEXT_NOT_DAY, "day", text);
		return false;
	}
	out->day = calendar_day(year, month, day);
	out->month = year * 12 + month - 1;
	if (out->day <= calendar_day_of(clock_now().wall_usec))
		return true;
	control_refuse(ticket, TEXT_DAY_TO_COME, text);
	return false;
}

static bool bytes_argument(const struct ticket *ticket, const json_t *request, const char *key, int64_t *out)
{
	*out = 0;
	return !json_object_get(request, key) ||
	       control_number(ticket, request, key, -CORRECTION_MOST, CORRECTION_MOST, out);
}

static bool amounts(const struct ticket *ticket, const json_t *request, struct ledger_correction *out)
{
	if (!bytes_argument(ticket, request, "down_bytes", &out->down_bytes) ||
	    !bytes_argument(ticket, request, "up_bytes", &out->up_bytes))
		return false;
	if (out->down_bytes || out->up_bytes)
		return true;
	control_refuse(ticket, TEXT_CORRECTS_NOTHING);
	return false;
}

/* ---- doing it ---- */

static void tell(const struct ticket *ticket, const struct ledger_correction *c, const char *day)
{
	notify_event(ticket->daemon->notify, POLICY_NOTIFY_LEDGER, "correction", c->id_of, c->who,
		     "%s %s: %s corrected by %jd bytes down, %jd bytes up by %s: %s (correction %jd)",
		     c->kind == LEDGER_OFFICE ? "office" : "zone", c->id_of, day, (intmax_t)c->down_bytes,
		     (intmax_t)c->up_bytes, c->who, c->reason, (intmax_t)c->id);
	booking_corrected(ticket->daemon->booking);
	if (c->kind == LEDGER_OFFICE)
		quota_corrected(ticket->daemon->quota, c->id_of);
}

static json_t *corrected_json(const struct ticket *ticket, const struct ledger_correction *c, const char *day)
{
	char down[24], up[24];

	snprintf(down, sizeof(down), "%+jd", (intmax_t)c->down_bytes);
	snprintf(up, sizeof(up), "%+jd", (intmax_t)c->up_bytes);
	return json_pack("{s:I, s:s, s:s, s:I, s:I, s:s, s:s, s:o}", "id", (json_int_t)c->id, "subject",
			 c->id_of, "day", day, "down_bytes", (json_int_t)c->down_bytes, "up_bytes",
			 (json_int_t)c->up_bytes, "who", c->who, "reason", c->reason, "text",
			 control_sentence(ticket, TEXT_CORRECTED, c->id_of, day, down, up));
}

void command_ledger_correct(const struct ticket *ticket, const json_t *request)
{
	struct ledger_correction correction = {.wall_usec = clock_now().wall_usec};
	const char *day;
	int r;

	if (!ticket->daemon->ledger) {
		control_refuse(ticket, TEXT_NO_ACCOUNT_BOOK);
		return;
	}
	if (!day_argument(ticket, request, &correction) || !subject_argument(ticket, request, &correction) ||
	    !amounts(ticket, request, &correction) || !quota_reason(ticket, request, correction.reason))
		return;
	day = json_string_value(json_object_get(request, "day"));
	snprintf(correction.who, sizeof(correction.who), "%s", control_who(ticket));
	booking_flush(ticket->daemon->booking); /* today's sum as it is */
	r = ledger_correction_put(ticket->daemon->ledger, &correction);
	if (r == -EINVAL) {
		control_refuse(ticket, TEXT_CORRECTS_TOO_MUCH, correction.id_of, day);
		return;
	}
	if (r < 0) {
		credentials_not_written(ticket, r);
		return;
	}
	tell(ticket, &correction, day);
	control_json(ticket, CONTROL_DONE, corrected_json(ticket, &correction, day));
}
