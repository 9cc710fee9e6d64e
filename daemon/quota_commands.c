/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a quota can be lifted for a time, by somebody who says why; everybody may see who did. Nothing is
 * promised that the ledger has not got.
 */
#include "quota_commands.h"
#include <errno.h>
#include <string.h>
#include "booking.h"
#include "credentials_commands.h"
#include "daemon.h"
#include "engine.h"
#include "later.h"
#include "quota.h"
#include "../lib/clock.h"
#include "../lib/log.h"

#define EXEMPT_USEC_MAX (400 * USEC_PER_DAY)
#define LIST_BACK_USEC (40 * USEC_PER_DAY)
#define REASON_MOST 180
#define BY_MOST 64

/* ---- arguments ---- */

/* What is printed and mailed: one line. The JSON was valid UTF-8. */
static bool is_line(const char *text, size_t most)
{
	if (!*text || strlen(text) > most)
		return false;
	for (const unsigned char *c = (const unsigned char *)text; *c; c++)
		if (*c < ' ' || *c == 0x7f || (*c == 0xc2 && c[1] < 0xa0)) /* C0, DEL, C1 */
			return false;
	return text[strspn(text, " ")] != '\0';
}

static bool line_argument(const struct ticket *ticket, const json_t *request, const char *key, size_t most,
			  const char **out)
{
	char number[24];

	if (!control_text(ticket, request, key, out))
		return false;
	if (is_line(*out, most))
		return true;
	snprintf(number, sizeof(number), "%zu", most);
	control_refuse(ticket, TEXT_NOT_LINE, key, number, *out);
	return false;
}

bool quota_reason(const struct ticket *ticket, const json_t *request, char out[static QUOTA_REASON])
{
	const char *reason, *by = NULL;

	if (!line_argument(ticket, request, "reason", REASON_MOST, &reason))
		return false;
	if (json_object_get(request, "by") && !line_argument(ticket, request, "by", BY_MOST, &by))
		return false;
	if (by && strcmp(by, control_who(ticket)) == 0)
		by = NULL; /* who asks is in the row anyway */
	snprintf(out, QUOTA_REASON, "%s%s%s", reason, by ? ", by " : "", by ? by : "");
	return true;
}

static const struct policy_office *office_argument(const struct ticket *ticket, const json_t *request)
{
	const struct policy_office *office;
	const char *id;

	if (!control_text(ticket, request, "office", &id))
		return NULL;
	office = policy_office(engine_policy(ticket->daemon->engine), id);
	if (!office)
		control_refuse(ticket, TEXT_NOT_OFFICE, "office", id);
	else if (!office->quota_bytes)
		control_refuse(ticket, TEXT_NO_QUOTA, id);
	return office && office->quota_bytes ? office : NULL;
}

/* "seconds" from now, or an instant: "until", local, as people type it, or "until_wall_usec". */
static bool end_argument(const struct ticket *ticket, const json_t *request, int64_t now, int64_t *wall_usec)
{
	int64_t seconds;

	if (json_object_get(request, "until"))
		return control_time(ticket, request, "until", wall_usec);
	if (json_object_get(request, "until_wall_usec"))
		return control_number(ticket, request, "until_wall_usec", 0, INT64_MAX, wall_usec);
	if (!control_number(ticket, request, "seconds", 1, EXEMPT_USEC_MAX / USEC_PER_SEC, &seconds))
		return false;
	*wall_usec = now + seconds * USEC_PER_SEC;
	return true;
}

static bool until_argument(const struct ticket *ticket, const json_t *request, int64_t *until_wall_usec)
{
	const int64_t now = clock_now().wall_usec;
	char text[CONTROL_TIME_TEXT], most[UNITS_TEXT];

	if (!end_argument(ticket, request, now, until_wall_usec))
		return false;
	if (*until_wall_usec <= now)
		control_refuse(ticket, TEXT_NOT_FUTURE, control_time_text(*until_wall_usec, text));
	else if (*until_wall_usec > now + EXEMPT_USEC_MAX)
		control_refuse(ticket, TEXT_NOT_SO_FAR, units_duration_human(EXEMPT_USEC_MAX, most));
	else
		return true;
	return false;
}

/* ---- answers ---- */

static void refuse(const struct ticket *ticket, int error)
{
	if (error == -ENOTCONN)
		control_refuse(ticket, TEXT_NO_ACCOUNT_BOOK);
	else
		credentials_not_written(ticket, error);
}

/* ---- exempt ---- */

static json_t *exempted_json(const struct ticket *ticket, const struct ledger_exemption *exemption,
			     bool throttles)
{
	char until[CONTROL_TIME_TEXT], id[24];

	snprintf(id, sizeof(id), "%jd", (intmax_t)exemption->id);
	control_time_text(exemption->until_wall_usec, until);
	return json_pack("{s:I, s:s, s:o, s:s, s:s, s:o}", "id", (json_int_t)exemption->id, "office",
			 exemption->office, "until", credentials_time(exemption->until_wall_usec), "who",
			 exemption->who, "reason", exemption->reason, "text",
			 control_sentence(ticket, throttles ? TEXT_EXEMPTED : TEXT_EXEMPTED_NOTICE,
					  exemption->office, until, id));
}

void command_quota_exempt(const struct ticket *ticket, const json_t *request)
{
	const struct policy_office *office = office_argument(ticket, request);
	struct ledger_exemption exemption = {.from_wall_usec = clock_now().wall_usec};
	bool throttles;
	int r;

	if (!office || !until_argument(ticket, request, &exemption.until_wall_usec) ||
	    !quota_reason(ticket, request, exemption.reason))
		return;
	throttles = office->quota_over == POLICY_OVER_THROTTLE;
	snprintf(exemption.office, sizeof(exemption.office), "%s", office->id);
	snprintf(exemption.who, sizeof(exemption.who), "%s", control_who(ticket));
	r = quota_exempt(ticket->daemon->quota, &exemption);
	if (r < 0)
		refuse(ticket, r);
	else
		later_planned(ticket, exempted_json(ticket, &exemption, throttles));
}

/* ---- list ---- */

struct list {
	json_t *exemptions;
	int64_t wall_usec;
};

static int add_exemption(const struct ledger_exemption *exemption, void *userdata)
{
	struct list *list = userdata;
	const bool in_force = !exemption->revoked_wall_usec && exemption->from_wall_usec <= list->wall_usec &&
			      list->wall_usec < exemption->until_wall_usec;
	json_t *row =
	    json_pack("{s:I, s:s, s:o, s:o, s:o, s:b, s:s, s:s}", "id", (json_int_t)exemption->id, "office",
		      exemption->office, "from", credentials_time(exemption->from_wall_usec), "until",
		      credentials_time(exemption->until_wall_usec), "revoked",
		      credentials_time(exemption->revoked_wall_usec), "in_force", in_force, "who",
		      exemption->who, "reason", exemption->reason);

	return json_array_append_new(list->exemptions, row) < 0 ? -ENOMEM : 0;
}

static json_t *office_json(const struct daemon *daemon, const struct policy_office *office)
{
	const int slot = slots_find(engine_slots(daemon->engine), "office", office->id);
	const uint64_t used = slot < 0 ? 0 : booking_month(daemon->booking, (unsigned)slot);
	json_t *row = json_pack("{s:s, s:s, s:I, s:I}", "id", office->id, "name", office->name, "month_bytes",
				(json_int_t)used, "quota_bytes", (json_int_t)office->quota_bytes);

	if (row)
		quota_describe(daemon->quota, office, row);
	return row;
}

static json_t *offices_json(const struct daemon *daemon)
{
	const struct policy *policy = engine_policy(daemon->engine);
	json_t *rows = json_array();

	for (size_t i = 0; i < policy->n_offices; i++)
		if (policy->offices[i].quota_bytes)
			json_array_append_new(rows, office_json(daemon, &policy->offices[i]));
	return rows;
}

void command_quota_list(const struct ticket *ticket, const json_t *request _unused_)
{
	struct list list = {.wall_usec = clock_now().wall_usec};
	int r = -ENOTCONN;

	list.exemptions = json_array();
	if (ticket->daemon->ledger && list.exemptions)
		r = ledger_exemptions(ticket->daemon->ledger, NULL, list.wall_usec - LIST_BACK_USEC,
				      add_exemption, &list);
	if (r < 0) {
		json_decref(list.exemptions);
		refuse(ticket, r);
		return;
	}
	control_json(
	    ticket, CONTROL_DONE,
	    json_pack("{s:o, s:o}", "exemptions", list.exemptions, "offices", offices_json(ticket->daemon)));
}

/* ---- revoke ---- */

void command_quota_revoke(const struct ticket *ticket, const json_t *request)
{
	struct ledger_exemption exemption;
	char text[24];
	int64_t id;
	int r;

	if (!control_number(ticket, request, "id", 1, INT64_MAX, &id))
		return;
	snprintf(text, sizeof(text), "%jd", (intmax_t)id);
	r = quota_revoke(ticket->daemon->quota, id, control_who(ticket), &exemption);
	if (r == -ENOENT)
		control_refuse(ticket, TEXT_NO_EXEMPTION, text);
	else if (r < 0)
		refuse(ticket, r);
	else
		later_planned(
		    ticket,
		    json_pack("{s:I, s:s, s:o}", "id", (json_int_t)id, "office", exemption.office, "text",
			      control_sentence(ticket, TEXT_EXEMPTION_REVOKED, text, exemption.office)));
}
