/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why: a person may lift a throttle for a time, and answers for it by name: no exemption is in force before
 * the ledger has it. And what people see of a quota in the status.
 */
#include "quota.h"
#include <errno.h>
#include <string.h>
#include "daemon.h"
#include "quota_room.h"
#include "../lib/clock.h"

int quota_exempt(struct quota *quota, struct ledger_exemption *exemption)
{
	int r = quota && quota->daemon->ledger ? ledger_exemption_put(quota->daemon->ledger, exemption)
					       : -ENOTCONN;

	if (r < 0)
		return r;
	quota_say_exempted(quota->daemon->notify, exemption);
	if (quota_keep_exemption(exemption, quota) < 0)
		quota->exemptions_known = false; /* it is in the ledger: read anew */
	quota_look(quota);
	return 0;
}

struct wanted {
	int64_t id;
	struct ledger_exemption *out;
	bool found;
};

static int seek_exemption(const struct ledger_exemption *exemption, void *userdata)
{
	struct wanted *wanted = userdata;

	if (exemption->id != wanted->id || exemption->revoked_wall_usec)
		return 0;
	*wanted->out = *exemption;
	wanted->found = true;
	return 1;
}

static void drop_exemption(struct quota *quota, int64_t id)
{
	size_t kept = 0;

	for (size_t i = 0; i < quota->n_exemptions; i++)
		if (quota->exemptions[i].id != id)
			quota->exemptions[kept++] = quota->exemptions[i];
	quota->n_exemptions = kept;
}

int quota_revoke(struct quota *quota, int64_t id, const char *who, struct ledger_exemption *out)
{
	const int64_t wall = clock_now().wall_usec;
	struct wanted wanted = {.id = id, .out = out};
	int r = -ENOTCONN;

	if (quota && quota->daemon->ledger)
		r = ledger_exemptions(quota->daemon->ledger, NULL, wall, seek_exemption, &wanted);
	if (r >= 0)
		r = wanted.found ? ledger_exemption_revoke(quota->daemon->ledger, id, wall, who) : -ENOENT;
	if (r < 0)
		return r;
	quota_say_revoked(quota->daemon->notify, out, who);
	drop_exemption(quota, id);
	quota_look(quota);
	return 0;
}

/* ---- what others see ---- */

static json_t *time_json(int64_t wall_usec)
{
	char text[CLOCK_TEXT];

	return wall_usec ? json_string(clock_text(wall_usec, text)) : json_null();
}

static json_t *throttle_json(const struct policy_office *office)
{
	if (office->quota_over != POLICY_OVER_THROTTLE)
		return json_null();
	return json_pack("{s:I, s:I}", "down_bps", (json_int_t)office->quota_throttle.down_bps, "up_bps",
			 (json_int_t)office->quota_throttle.up_bps);
}

void quota_describe(const struct quota *quota, const struct policy_office *office, json_t *office_status)
{
	static const char *const stages[] = {
	    [LEDGER_QUOTA_NONE] = "none", [LEDGER_QUOTA_NOTICED] = "noticed", [LEDGER_QUOTA_OVER] = "over"};
	const struct quota_row *row = quota && office->quota_bytes ? quota_find(quota, office->id) : NULL;
	const int64_t wall = clock_now().wall_usec;
	struct quota_case about;
	char month[8];

	if (!row) {
		json_object_set_new(office_status, "quota", json_null());
		return;
	}
	about = quota_case_of(quota, row, office, wall);
	json_object_set_new(
	    office_status, "quota",
	    json_pack("{s:f, s:i, s:s, s:s, s:b, s:o, s:o, s:s, s:o}", "percent",
		      (double)quota_permille(about.used_bytes, about.limit_bytes) / 10, "notice_percent",
		      (int)office->quota_notice_percent, "stage", stages[row->stage], "over",
		      office->quota_over == POLICY_OVER_THROTTLE ? "throttle" : "notice", "throttled",
		      row->throttled, "throttle", throttle_json(office), "exempt_until",
		      time_json(quota_exempt_until(quota->exemptions, quota->n_exemptions, row->id, wall)),
		      "month", quota_month_text(quota->month, month), "renews",
		      time_json(quota_month_begin(quota->month + 1))));
}
